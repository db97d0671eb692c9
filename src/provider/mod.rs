//! Provider definitions.

pub mod definition;
