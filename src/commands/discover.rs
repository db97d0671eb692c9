//! `connect URL`: from an issuer to a definition, pinned at first use.

use std::sync::Arc;

use crate::app::App;
use crate::endpoint::Endpoint;
use crate::error::{Error, Kind, Result};
use crate::flow::discover::{self, DiscoverError};
use crate::http::Http;
use crate::names::ProviderName;
use crate::oauth::discovery::DiscoveryError;
use crate::private_file::{self, PrivateFileError};
use crate::provider::definition::Definition;
use crate::provider::{LARGEST_FILE, Providers, save_user_file};

/// A provider that was found by its URL.
pub(super) struct Discovered {
    pub(super) definition: Arc<Definition>,
    /// What is to be written to the user's providers, where it is not there.
    new: Option<String>,
}

/// The definition for an issuer: the pinned one if its metadata still says the same, else a new
/// one. A new one is written by [`Discovered::keep`] and not before: what is written may be used by
/// others at once, and could not be taken away again from under them when this connect fails.
pub(super) async fn provider(
    app: &App,
    http: &Http,
    issuer: &str,
    name: Option<&ProviderName>,
) -> Result<Discovered> {
    let name = match name {
        Some(name) => name.clone(),
        None => name_of(issuer)?,
    };
    if Providers::is_shipped(&name) {
        return Err(
            Error::new(Kind::Usage, format!("`{name}` is a built-in provider"))
                .hint("call the discovered one otherwise: `--name NAME`"),
        );
    }
    let found = discover::discover(http, issuer, &name)
        .await
        .map_err(|error| failed(&error))?;
    let text = found.text;
    if let Some(server) = &found.by_resource {
        app.ui.note(&format!("`{issuer}` is guarded by `{server}`"));
    }
    let file = app.providers().user_file(&name);
    match private_file::read_any(&file, LARGEST_FILE) {
        Ok(pinned) if pinned == text.as_bytes() => {}
        Ok(pinned) if accepts(app, issuer, &pinned, &text) => {
            save_user_file(&app.providers_folder(), &name, &text)?;
        }
        Ok(_) => {
            let message = format!("the metadata of `{issuer}` is not what it was at first use");
            return Err(Error::new(Kind::Stopped, message)
                .because(format!("`{}` holds what was pinned then", file.display()))
                .hint(format!(
                    "if the change is meant, say `oauthctl provider remove {name} --yes` and connect again"
                )));
        }
        Err(error) if error.is_not_found() => {
            let definition = app.providers().adopt(&name, &text)?;
            // Nobody is to consent to what can't be kept.
            let folder = app.providers_folder();
            private_file::ensure_folder(&folder)
                .and_then(|()| private_file::try_folder(&folder))
                .map_err(|error| not_kept(&name, &error))?;
            app.ui.note(&format!("discovered `{name}`"));
            return Ok(Discovered {
                definition,
                new: Some(text),
            });
        }
        Err(error) => {
            return Err(Error::new(Kind::Failed, "could not read the definition").caused_by(&error));
        }
    }
    let definition = app.providers().get(&name)?;
    Ok(Discovered {
        definition,
        new: None,
    })
}

impl Discovered {
    /// Writes the definition, before the provider grants anything: what was granted needs it.
    ///
    /// # Errors
    /// When it can't be written, or another one of that name was meanwhile.
    pub(super) fn keep(&self, app: &App) -> Result<()> {
        let Some(text) = &self.new else {
            return Ok(());
        };
        let name = &self.definition.name;
        let file = app.providers().user_file(name);
        let Err(error) = private_file::create_whole(&file, text.as_bytes()) else {
            let file = file.display();
            app.ui.note(&format!("`{name}` is defined in `{file}`"));
            return Ok(());
        };
        match private_file::read_any(&file, LARGEST_FILE) {
            // Another connect found the same.
            Ok(there) if there == text.as_bytes() => Ok(()),
            Ok(_) => {
                let message = format!("`{name}` was defined otherwise meanwhile");
                Err(Error::new(Kind::Stopped, message)
                    .because(format!("`{}` says something else", file.display()))
                    .hint("connect again under another name: `--name NAME`"))
            }
            Err(_) => Err(not_kept(name, &error)),
        }
    }
}

fn not_kept(name: &ProviderName, error: &PrivateFileError) -> Error {
    let message = format!("could not keep the definition of `{name}`");
    Error::new(Kind::Failed, message).caused_by(error)
}

/// Asks whether the new metadata is meant, line by line what it changes.
fn accepts(app: &App, issuer: &str, pinned: &[u8], text: &str) -> bool {
    if !app.ui.may_ask() {
        return false;
    }
    let pinned = String::from_utf8_lossy(pinned);
    app.ui.warn(&format!(
        "the metadata of `{issuer}` is not what it was at first use"
    ));
    let beside = |lines: &str, others: &str, mark: &str| {
        for line in lines
            .lines()
            .filter(|line| !others.lines().any(|o| o == *line))
        {
            app.ui.instruct(&format!("{mark} {line}"));
        }
    };
    beside(&pinned, text, "-");
    beside(text, &pinned, "+");
    app.ui.confirm("use the new metadata from now on?")
}

fn name_of(issuer: &str) -> Result<ProviderName> {
    let endpoint: Endpoint = issuer
        .parse()
        .map_err(|error: crate::endpoint::EndpointError| {
            Error::new(Kind::Usage, "could not read the issuer's URL").caused_by(&error)
        })?;
    let slug: String = endpoint
        .authority()
        .chars()
        .map(|c| {
            if c.is_ascii_lowercase() || c.is_ascii_digit() {
                c
            } else {
                '-'
            }
        })
        .take(32)
        .collect();
    slug.trim_matches('-')
        .parse()
        .map_err(|error: crate::names::NameError| {
            Error::new(Kind::Usage, "could not name the provider after its host")
                .caused_by(&error)
                .hint("say how to call it: `--name NAME`")
        })
}

fn failed(error: &DiscoverError) -> Error {
    let kind = match error {
        DiscoverError::Send(_) => Kind::Temporary,
        DiscoverError::None { status, .. } if *status >= 500 || *status == 429 => Kind::Temporary,
        DiscoverError::Metadata {
            source: DiscoveryError::Endpoint(_) | DiscoveryError::Query,
            ..
        } => Kind::Usage,
        DiscoverError::Metadata { .. }
        | DiscoverError::Resource { .. }
        | DiscoverError::None { .. }
        | DiscoverError::Definition(_) => Kind::Failed,
    };
    Error::new(kind, "could not discover the provider")
        .caused_by(error)
        .hint("a provider without usable metadata can be defined with `oauthctl provider add FILE`")
}
