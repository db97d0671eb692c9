//! The server from outside its socket, and through it.

mod device;
mod lab;
mod pages;
mod refresh;
mod strict;
mod wire;
