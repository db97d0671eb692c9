//! Provider definitions: what differs between authorization servers, as data in TOML files.
//!
//! The hard idea is that a provider is never code. A file (shipped or the user's) is parsed into
//! the stored form of [`file`], an overriding file is laid over a shipped one, and the result is
//! checked into a [`definition::Definition`], whose values are closed enums. Code that speaks the
//! protocol branches on those, never on a provider's name.

#[cfg(test)]
mod bad_files;
mod builtin;
pub mod check;
pub mod definition;
pub mod describe;
pub mod discovered;
mod error;
mod file;
mod folder;
mod near;
#[cfg(test)]
mod other_providers;
mod read;
mod read_revocation;
mod read_scopes;
pub mod rules;
#[cfg(test)]
mod shipped_facts;
mod source;

pub use error::ProviderError;
pub use folder::{Listed, Providers, remove_user_file, save_user_file};
pub use source::{LARGEST_FILE, parse};
