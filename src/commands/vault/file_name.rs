//! Names of files on the command line that can't be meant.

use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};

/// A file that is written or read by its name: `-` is none, and would be taken for stdin or stdout.
pub(super) fn named() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| {
        if path == Path::new("-") {
            return Err("name a file; `./-` is one of that name");
        }
        Ok(path)
    })
}
