//! What can be wrong with a provider definition.

use std::path::PathBuf;

use thiserror::Error;

use crate::names::ProviderName;
use crate::private_file::PrivateFileError;

/// Why a definition can't be had.
#[derive(Debug, Error)]
pub enum ProviderError {
    /// Neither a shipped definition nor a file of the user's has this name.
    #[error("no provider is called `{name}`{}", suggestion(near))]
    Unknown {
        /// The name that was asked for.
        name: ProviderName,
        /// Names that look like it, the nearest first; at most three.
        near: Vec<ProviderName>,
    },
    /// The file could not be read, or others could have written it.
    #[error("could not use a provider definition")]
    Unreadable(#[from] PrivateFileError),
    /// The file stands there, but says something that can't be used.
    #[error("`{}`{}: {}{why}", file.display(), at_line(*line), of_field(field))]
    Invalid {
        /// The file; a shipped one as `builtin/NAME.toml`.
        file: PathBuf,
        /// The line, counted from 1; none where something is missing.
        line: Option<usize>,
        /// The key, with its sections: `endpoints.token`; empty where the text is no TOML.
        field: String,
        /// What is wrong, made safe for a terminal.
        why: String,
    },
}

fn suggestion(near: &[ProviderName]) -> String {
    let names: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!("; near it: {}", names.join(", "))
    }
}

fn at_line(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(" line {line}"))
}

fn of_field(field: &str) -> String {
    if field.is_empty() {
        String::new()
    } else {
        format!("`{field}`: ")
    }
}
