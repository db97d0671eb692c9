//! Runs a grant against the world: the person's browser, and this machine's loopback.

pub mod browser;
pub mod code;
pub mod device;
pub mod discover;
pub mod landing;
pub mod listener;
pub mod machine;
mod page;
pub mod reach;
pub mod register;
mod request;
