//! URLs that may be opened.

use std::path::Path;
use std::str::FromStr;

use thiserror::Error;
use url::Url;

use crate::{endpoint, escape};

/// The longest URL that is opened; authorization URLs with many scopes are long.
const LONGEST: usize = 8 * 1024;

/// Why a URL may not be opened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{}` is not opened: {why}", escape::line(given))]
pub struct BrowserUrlError {
    given: String,
    why: &'static str,
}

/// An absolute `https` URL (`http` to this machine only) without user information, at most 8 KiB,
/// written anew by the parser in printable ASCII without spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserUrl(String);

impl BrowserUrl {
    /// The address of a page that this program wrote: nobody else chooses its path, and no text that
    /// came from elsewhere becomes such an address.
    ///
    /// # Errors
    /// When the path is not absolute.
    pub(super) fn of_page(path: &Path) -> Result<Self, BrowserUrlError> {
        let page = Url::from_file_path(path);
        page.map(|url| Self(url.into()))
            .map_err(|()| BrowserUrlError {
                given: path.display().to_string(),
                why: "it is not the path of a page",
            })
    }

    /// The URL as it is given to a program.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BrowserUrl {
    type Err = BrowserUrlError;

    fn from_str(text: &str) -> Result<Self, BrowserUrlError> {
        checked(text).map(Self).map_err(|why| BrowserUrlError {
            given: text.to_owned(),
            why,
        })
    }
}

fn checked(text: &str) -> Result<String, &'static str> {
    if text.len() > LONGEST {
        return Err("it is longer than 8 KiB");
    }
    // The parser drops line breaks and tabs, trims, and takes `\` for `/`. A URL that needs such
    // mercy reads differently to other programs.
    if text.contains(|c: char| c == '\\' || escape::is_unsafe(c)) || text.trim() != text {
        return Err("it has backslashes, control or invisible characters");
    }
    let (scheme, _rest) = text.split_once("://").ok_or("it is not an absolute URL")?;
    let url = Url::parse(text).map_err(|_any| "it is not a URL")?;
    if !url.scheme().eq_ignore_ascii_case(scheme) {
        return Err("it is not an absolute URL");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it has user information");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("it has no host");
    }
    match url.scheme() {
        "https" => {}
        "http" if endpoint::is_loopback(&url) => {}
        "http" => return Err("http is allowed to this machine only"),
        _ => return Err("its scheme is not https"),
    }
    let written = String::from(url);
    if written.len() > LONGEST {
        return Err("it is longer than 8 KiB");
    }
    if !written.bytes().all(|byte| (0x21..=0x7E).contains(&byte)) {
        return Err("it has characters that can't be written in a URL");
    }
    Ok(written)
}
