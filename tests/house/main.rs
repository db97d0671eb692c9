//! What keeps the house in order.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test crate: helper functions may panic, read the environment and write files"
)]

mod generated;
mod json_page;
mod layers;
mod order;
mod paths;
mod providers;
mod readme;
mod tree;
