//! Provider definitions: what differs between authorization servers, as data in TOML files.
//!
//! The hard idea is that a provider is never code. A file (shipped or the user's) is parsed into
//! the stored form of [`file`], an overriding file is laid over a shipped one, and the result is
//! checked into a [`definition::Definition`], whose values are closed enums. Code that speaks the
//! protocol branches on those, never on a provider's name.
//!
//! The least that a person has to write, in `providers/example.toml`; each file under `builtin/`
//! shows more:
//!
//! ```toml
//! display_name = "Example"
//!
//! [endpoints]
//! authorization = "https://example.org/oauth/authorize"
//! token = "https://example.org/oauth/token"
//!
//! [authorization]
//! pkce = "S256"             # or "none", where the provider has no PKCE
//!
//! [client]
//! authentication = "post"   # or "basic"
//! secret = "optional"       # or "required", "forbidden"
//! ```
//!
//! or, where a shipped definition is nearly right:
//!
//! ```toml
//! extends = "microsoft"
//!
//! [endpoints]
//! token = "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token"
//! ```

pub mod advice;
#[cfg(test)]
mod bad_files;
mod builtin;
pub mod check;
pub mod definition;
pub mod describe;
pub mod discovered;
mod error;
pub mod features;
mod file;
mod folder;
pub(crate) mod near;
#[cfg(test)]
mod other_providers;
mod read;
mod read_advice;
mod read_limits;
mod read_revocation;
mod read_scopes;
mod rules;
#[cfg(test)]
mod shipped_facts;
mod source;
mod written;

pub use error::ProviderError;
pub use folder::{Listed, Providers, remove_user_file, save_user_file};
pub use source::{LARGEST_FILE, parse};
