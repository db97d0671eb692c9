//! The one gate through which a URL reaches a browser.
//!
//! Authorization URLs, verification URLs and help links come from servers and files, and a launcher
//! would start anything they name: a file, a handler, an option, with a shell in between a command.
//! So a URL is parsed and written anew, and is one argument of a program that the person or the
//! desktop chose, started without a shell.

mod launch;
mod url_gate;

use std::path::{Path, PathBuf};
use std::{fmt, io};

use thiserror::Error;

pub use url_gate::{BrowserUrl, BrowserUrlError};

use crate::env::{self, Env};

/// Why no browser was started. The way out is always the same: show the URL.
#[derive(Debug, Error)]
pub enum BrowserError {
    /// The URL is not one that may be opened.
    #[error(transparent)]
    Url(#[from] BrowserUrlError),
    /// `BROWSER` can't be used.
    #[error("`BROWSER` can't be used: {0}")]
    Template(&'static str),
    /// There is no such program.
    #[error("{0}")]
    NotFound(&'static str),
    /// The program could not be started.
    #[error("can't start `{}`", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A browser, or what starts one, was started. Whether a window came up isn't known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The program that was given the URL.
    pub program: PathBuf,
}

/// Starts the person's browser with `url`: the program that `BROWSER` names (programs separated by
/// `:`, arguments by spaces, `%s` stands for the URL, else it comes last), or the desktop's launcher.
/// Returns at once; asks [`may_open`] nothing, so do that first.
///
/// # Errors
///
/// [`BrowserError`]; the URL is then best shown to the person.
pub fn open_url(url: &str, env: &Env) -> Result<Opened, BrowserError> {
    open(&url.parse()?, env)
}

/// Shows a page that this program wrote to `path`, as [`open_url`] does.
///
/// # Errors
///
/// As [`open_url`].
pub fn open_page(path: &Path, env: &Env) -> Result<Opened, BrowserError> {
    open(&BrowserUrl::of_page(path)?, env)
}

fn open(url: &BrowserUrl, env: &Env) -> Result<Opened, BrowserError> {
    let search_path = env::search_path();
    let launch = launch::find(url, env.browser.as_deref(), search_path.as_deref())?;
    let mut child = launch.start()?;
    // Nobody waits for the browser, but the system keeps an ended child until somebody asks for it.
    let waits = crate::beside::run("browser", move || {
        let _status = child.wait();
    });
    // Then the system keeps it until this program ends.
    let _ = waits;
    Ok(Opened {
        program: launch.program,
    })
}

/// The program that [`open_url`] would start; nothing is started.
///
/// # Errors
///
/// [`BrowserError`], as [`open_url`].
pub fn find(env: &Env) -> Result<PathBuf, BrowserError> {
    let url: BrowserUrl = "https://localhost/".parse()?;
    let search_path = env::search_path();
    Ok(launch::find(&url, env.browser.as_deref(), search_path.as_deref())?.program)
}

/// Why no browser should be started by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoBrowser {
    /// Nobody is watching.
    NoTerminal,
    /// This is an automated job.
    Ci,
    /// The person sits at another machine, where this machine's loopback can't be reached.
    Ssh,
    /// This is Linux inside Windows, and the browser is outside.
    Wsl,
    /// This is a container, and the browser is outside.
    Container,
    /// There is no display to show a window on.
    NoDisplay,
}

impl NoBrowser {
    /// What a person can do instead. `device` says whether the provider has the device flow.
    #[must_use]
    pub const fn way_out(self, device: bool) -> &'static str {
        match (self, device) {
            (Self::NoTerminal, _) => {
                "open the address in a browser on this machine; or `--start`, then `--resume ID`"
            }
            (Self::Ci, _) => {
                "a job signs in without a person: `--client-credentials`, `--token-exchange`, or \
                 `--with-token`"
            }
            (Self::Wsl, _) => {
                "open the address in the browser of Windows; if that can't reach the answer's \
                 address, paste it here"
            }
            (Self::Ssh | Self::Container | Self::NoDisplay, true) => {
                "open the address on any device and paste here where the browser ends, or use \
                 `--device`"
            }
            (Self::Ssh | Self::Container | Self::NoDisplay, false) => {
                "open the address on any device and paste here where the browser ends"
            }
        }
    }
}

impl fmt::Display for NoBrowser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoTerminal => "there is no terminal",
            Self::Ci => "this is an automated job (`CI` is set)",
            Self::Ssh => "this is an SSH session",
            Self::Wsl => "this is Linux inside Windows",
            Self::Container => "this is a container",
            Self::NoDisplay => "there is no display",
        })
    }
}

/// Whether a browser may be started without being asked for. `terminal` says whether a person sees
/// our stderr. A set `BROWSER` says that there is one whatever the machine looks like (editors set
/// it on remote machines), but not that anybody is there.
///
/// # Errors
///
/// [`NoBrowser`] says why not.
pub fn may_open(env: &Env, terminal: bool) -> Result<(), NoBrowser> {
    let needs_display = cfg!(all(unix, not(target_os = "macos")));
    if env.ci {
        Err(NoBrowser::Ci)
    } else if !terminal {
        Err(NoBrowser::NoTerminal)
    } else if env.browser.is_some() {
        Ok(())
    } else if env.ssh && !env.display {
        Err(NoBrowser::Ssh)
    } else if env.wsl {
        Err(NoBrowser::Wsl)
    } else if env.container {
        Err(NoBrowser::Container)
    } else if needs_display && !env.display {
        Err(NoBrowser::NoDisplay)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
