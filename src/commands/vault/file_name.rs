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

/// As [`named`], for what `--force` replaces too: a folder is nothing that it could.
pub(super) fn replaceable() -> impl TypedValueParser<Value = PathBuf> {
    named().try_map(|path| {
        if path.is_dir() {
            return Err("that is a folder: name a file in it");
        }
        Ok(path)
    })
}
