//! placeholder
mod relay;
