//! The server from outside its socket, and through it.

mod authorize;
mod device;
mod endpoints;
mod github;
mod lab;
mod pages;
mod refresh;
mod token;
mod wire;
