//! Manuscripts: a folder of texts and the repository that keeps their versions.
//!
//! Knows no token and no connection: whoever calls brings a closure that yields access tokens.

pub mod error;
mod folder;
pub mod github;
mod objects;
pub mod oid;
pub mod path;
pub mod plan;
pub mod scan;
pub mod state;
pub mod tree;
