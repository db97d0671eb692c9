//! Manuscripts: a folder of texts and the repository that keeps their versions.
//!
//! Knows no token and no connection: whoever calls brings a closure that yields access tokens.

mod attempts;
mod combine;
pub mod compare;
pub mod diff;
mod edits;
pub mod error;
pub mod find;
mod folder;
pub mod github;
pub mod history;
pub mod integrate;
pub mod journal;
pub mod manuscript;
pub mod merge;
mod objects;
pub mod oid;
pub mod path;
pub mod plan;
pub mod pull;
pub mod push;
pub mod queue;
pub mod reading;
pub mod resolve;
pub mod scan;
mod secrets;
pub mod state;
pub mod status;
pub mod text;
pub mod tree;
pub mod undo;
pub mod version_name;
mod vet;
mod words;
