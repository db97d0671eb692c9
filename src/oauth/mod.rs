//! The protocol, pure: values in, values out; no I/O, no clock, no randomness.
//!
//! Everything in which providers differ arrives as a [`Definition`](crate::provider::definition::Definition);
//! nothing here knows a provider's name. Requests leave as `http::Request<Vec<u8>>` and answers
//! come in as a [`Reply`]; whoever owns a socket carries them.

pub mod attempt;
pub mod authorization;
pub mod callback;
pub mod client;
pub mod device;
pub mod discovery;
pub mod dpop;
pub mod id_token;
pub mod issuer;
pub mod json;
mod jws;
pub mod pushed;
pub mod registration;
pub mod reply;
pub mod request;
pub mod resource;
pub mod revocation;
pub mod sasl;
pub mod scope;
pub mod token_answer;
pub mod token_error;
pub mod token_request;
pub mod userinfo;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod shipped;

pub use client::Client;
pub use reply::Reply;
