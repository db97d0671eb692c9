//! `oauthctl` owns a person's or a CI job's OAuth connections.

pub mod app;
pub mod commands;
pub mod config;
pub mod connection;
pub mod endpoint;
pub mod env;
pub mod error;
pub mod escape;
pub mod exchange;
pub mod flow;
pub mod generate;
pub mod harden;
pub mod http;
pub mod key;
pub mod lock;
pub mod moment;
pub mod names;
pub mod oauth;
pub mod private_file;
pub mod provider;
pub mod sandbox;
pub mod secret;
pub mod token;
pub mod ui;
pub mod vault;
