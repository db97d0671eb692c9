//! What a report leaves out: who, where, and with which app.
//!
//! Everything that names a person, a machine or a registration is known by the time the checks are
//! made, so it is replaced wherever it stands, longest first; what looks like an address of e-mail
//! goes too, known or not. Built-in providers keep their names, for without them a report says
//! nothing.

use std::path::Path;

use crate::app::App;
use crate::commands::doctor::Patient;
use crate::commands::doctor::check::Check;
use crate::env;
use crate::error::Result;
use crate::key::Source;
use crate::ordered;
use crate::provider::Providers;
use crate::vault::Locked;

/// Replaces what a report must not tell.
pub(super) struct Redactor {
    /// What is replaced and by what, longest first.
    words: Vec<(String, String)>,
    /// Names that are words: replaced where they stand alone.
    names: Vec<(String, String)>,
}

impl Redactor {
    pub(super) fn of(app: &App, patient: &Patient) -> Result<Self> {
        let mut words: Vec<(String, String)> = Vec::new();
        let mut add = |what: &str, instead: &str| {
            if !what.is_empty() {
                words.push((what.to_owned(), instead.to_owned()));
            }
        };
        for (number, connection) in (1..).zip(&patient.connections) {
            let name = &connection.name;
            let own = !Providers::is_shipped(&name.provider);
            let provider = if own {
                "PROVIDER"
            } else {
                name.provider.as_str()
            };
            add(&name.to_string(), &format!("{provider}/ACCOUNT-{number}"));
            let host = connection.stamp.token_endpoint.authority();
            if own {
                add(&host, "HOST");
            }
        }
        let mut names = Vec::new();
        let used = patient.connections.iter().map(|one| &one.name.provider);
        let defined = app.providers().names();
        let own = patient.providers.keys().chain(used).chain(&defined);
        let own = ordered::set(own.filter(|name| !Providers::is_shipped(name)));
        for (number, name) in (1..).zip(own) {
            names.push((name.to_string(), format!("PROVIDER-{number}")));
        }
        if let Some(profile) = app.vault_path()?.parent().and_then(Path::file_name) {
            let profile = profile.to_string_lossy().into_owned();
            if profile != "default" {
                names.push((profile, "PROFILE".to_owned()));
            }
        }
        names.sort_unstable_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.cmp(b)));
        for definition in patient.definitions() {
            if !Providers::is_shipped(&definition.name) || is_own_file(definition) {
                add(&definition.display_name, "PROVIDER");
                add(&definition.token_endpoint.authority(), "HOST");
                if let Some(host) = definition.token_endpoint.url().host_str() {
                    add(host, "HOST");
                }
            }
        }
        let used = patient.connections.iter();
        let used = used.map(|connection| connection.stamp.client_id.to_string());
        let ids = ordered::set(patient.clients.iter().cloned().chain(used));
        for (number, id) in (1..).zip(ids) {
            add(&id, &format!("CLIENT-{number}"));
        }
        add_places(app, &mut add)?;
        words.sort_unstable_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.cmp(b)));
        Ok(Self { words, names })
    }

    /// The check without what must not be told.
    pub(super) fn check(&self, check: &Check) -> Check {
        Check {
            subject: check.subject.as_ref().map(|subject| {
                let quoted = self.text(&format!("`{subject}`"));
                quoted.trim_matches('`').to_owned()
            }),
            text: self.text(&check.text),
            hints: check.hints.iter().map(|hint| self.text(hint)).collect(),
            ..check.clone()
        }
    }

    fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (what, instead) in &self.words {
            text = text.replace(what, instead);
        }
        for (name, instead) in &self.names {
            text = without_word(&text, name, instead);
        }
        without_private_words(&text)
    }
}

/// `text` with another word wherever `name` is one.
fn without_word(text: &str, name: &str, instead: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    // the `s` of `vault's`, the `t` of `can't`
    let is_short_form = |before: &str| {
        before
            .strip_suffix('\'')
            .is_some_and(|it| it.ends_with(is_part))
    };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(name) {
        out.push_str(before);
        let inside = out.ends_with(is_part) || behind.starts_with(is_part) || is_short_form(&out);
        out.push_str(if inside { name } else { instead });
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Hosts and paths of this machine.
fn add_places(app: &App, add: &mut impl FnMut(&str, &str)) -> Result<()> {
    if let Some((_, proxy)) = env::network().proxy {
        let host = proxy.rsplit('@').next().unwrap_or_default();
        let host = host.rsplit("://").next().unwrap_or_default();
        add(host.split('/').next().unwrap_or_default(), "HOST");
    }
    // where the vault says that its key is, whether or not it can be opened
    let vault = Locked::open(&app.vault_path()?).ok().flatten();
    let recorded = vault.and_then(|it| Source::parse(&it.header().key_source).ok());
    let paths = [
        (
            recorded.and_then(|it| it.path().map(Path::to_owned)),
            "KEY-FILE",
        ),
        (Some(app.vault_path()?), "VAULT"),
        (app.env.identity_file.clone(), "KEY-FILE"),
        (app.env.passphrase_file.clone(), "PASSPHRASE-FILE"),
        (Some(app.paths.config.clone()), "CONFIG"),
        (Some(app.paths.data.clone()), "DATA"),
        (Some(app.paths.state.clone()), "STATE"),
        (env::network().certificates, "CERTIFICATES"),
        (env::home(), "~"),
    ];
    for (path, instead) in paths {
        let Some(path) = path else { continue };
        add(&shown(&path), instead);
        if let Ok(real) = path.canonicalize() {
            add(&shown(&real), instead);
        }
    }
    Ok(())
}

/// What no list can know beforehand: addresses of e-mail, and paths outside of our folders.
fn without_private_words(text: &str) -> String {
    let instead = |word: &str| {
        let core = word.trim_matches(|c: char| "`'\"(),;:.".contains(c));
        let is_absolute = core.starts_with('/') && core.matches('/').count() > 1;
        let is_path = is_absolute || core.starts_with("~/");
        let private = if core.contains('@') {
            "E-MAIL"
        } else if is_path && !is_of_the_system(core) {
            "PATH"
        } else {
            return word.to_owned();
        };
        word.replace(core, private)
    };
    let words: Vec<String> = text.split(' ').map(instead).collect();
    words.join(" ")
}

fn is_of_the_system(path: &str) -> bool {
    let system = ["/usr/", "/bin/", "/etc/", "/opt/", "/path/to/"];
    system.iter().any(|folder| path.starts_with(folder))
}

fn is_own_file(definition: &crate::provider::definition::Definition) -> bool {
    use crate::provider::definition::Origin;
    match definition.origin {
        Origin::BuiltIn => false,
        Origin::UserFile(_) => true,
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_replaced_where_it_is_a_word() {
        for (text, told) in [
            ("corp: it ended", "X: it ended"),
            (
                "see `corp`, corp/ada, /x/corp.toml",
                "see `X`, X/ada, /x/X.toml",
            ),
            ("corporate corp-1 my_corp", "corporate corp-1 my_corp"),
            ("corp", "X"),
            ("corp's, 'corp'", "X's, 'X'"),
        ] {
            assert_eq!(without_word(text, "corp", "X"), told);
        }
        let text = "the vault's key can't; see `s`, 's', s/ada";
        let told = "the vault's key can't; see `X`, 'X', X/ada";
        assert_eq!(without_word(text, "s", "X"), told);
    }
}
