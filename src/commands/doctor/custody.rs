//! The keyring, the vault, and whether others may reach them.

use std::path::PathBuf;

use crate::app::{App, Left, Seen, Stray};
use crate::commands::doctor::check::Check;
use crate::error::{Error, Kind, Result};
use crate::key::{self, KeyError, Source};
use crate::ordered;
use crate::private_file::{self, PrivateFileError};
use crate::ui::{counted, shell_word};
use crate::vault::{AnchorState, RecipientList, Trust, Vault, VaultError};

const VAULT: &str = "vault";

/// The checks, and the vault where it could be opened.
///
/// # Errors
/// When nobody can say where the vault would be.
pub(super) fn checks(app: &App) -> Result<(Vec<Check>, Option<Box<Vault>>)> {
    app.vault_path()?;
    let (mut checks, mut half_written, mut opened) = (Vec::new(), Vec::new(), None);
    match app.look_at_vault() {
        Ok(seen) => {
            checks.push(keyring(app, &seen));
            half_written = self::half_written(app, &seen)?;
            opened = vault(app, seen, &mut checks);
        }
        Err(error) => told_once(&mut checks, error),
    }
    checks.extend(permissions(app)?);
    checks.extend(rooms(app)?);
    checks.extend(half_written);
    checks.extend(opened.iter().flat_map(|vault| strays(app, vault)));
    Ok((checks, opened))
}

/// A fault of the vault, unless one is told already: what follows from it is no other one.
pub(super) fn told_once(checks: &mut Vec<Check>, error: Error) {
    let is_told = |check: &Check| check.topic == VAULT && check.failure().is_some();
    if !checks.iter().any(is_told) {
        checks.push(broken(error));
    }
}

fn broken(error: Error) -> Check {
    let check = Check::failed(VAULT, error);
    if check.hints.is_empty() {
        return check.hint("see what is wrong with it: `oauthctl vault check`");
    }
    check
}

/// The keyring, where it matters: where the key is there, or where a new vault's would be.
fn keyring(app: &App, seen: &Seen) -> Check {
    const TOPIC: &str = "keyring";
    let env = &app.env;
    if env.identity_file.is_some() || env.identity.is_some() {
        return Check::skip(TOPIC, "not needed: the environment names the key");
    }
    match seen {
        Seen::NoKey(Source::Keyring | Source::KeyringItem(_), error) => {
            Check::failed(TOPIC, app.no_key(error))
        }
        Seen::Open(Source::Keyring | Source::KeyringItem(_), ..)
        | Seen::Older(Source::Keyring | Source::KeyringItem(_), _)
        | Seen::Shut(Source::Keyring | Source::KeyringItem(_), _) => {
            Check::ok(TOPIC, "it is unlocked and holds the vault's key")
        }
        Seen::Open(source, ..)
        | Seen::Older(source, _)
        | Seen::Shut(source, _)
        | Seen::NoKey(source, _) => {
            Check::skip(TOPIC, format!("not needed: the vault's key is in {source}"))
        }
        Seen::Unreadable(_) => Check::skip(TOPIC, "not known whether it is needed"),
        Seen::Nothing => match key::look_at_keyring() {
            Ok(()) => Check::ok(TOPIC, "it answers and is unlocked"),
            Err(error) => {
                let mut check = Check::warn(TOPIC, error.to_string());
                check
                    .hints
                    .extend(error.way_out().first().map(ToString::to_string));
                check.hint("or do without: `oauthctl vault init --key file`")
            }
        },
    }
}

fn vault(app: &App, seen: Seen, checks: &mut Vec<Check>) -> Option<Box<Vault>> {
    const TOPIC: &str = VAULT;
    let is_overridden = app.env.identity_file.is_some() || app.env.identity.is_some();
    checks.push(match seen {
        Seen::Nothing => match app.gone_vault() {
            Ok(Some(gone)) | Err(gone) => Check::failed(TOPIC, gone),
            Ok(None) => Check::skip(TOPIC, "there is none yet")
                .hint("`oauthctl connect PROVIDER` makes one"),
        },
        Seen::NoKey(Source::Keyring | Source::KeyringItem(_), _) if !is_overridden => {
            Check::skip(TOPIC, "it can't be opened without its key")
        }
        Seen::NoKey(_, error @ KeyError::NoTerminal { .. }) => {
            let text = "its key is behind a passphrase, and this asks for none";
            let mut check = Check::skip(TOPIC, text);
            check
                .hints
                .extend(error.way_out().first().map(ToString::to_string));
            check
        }
        Seen::NoKey(_, error) => Check::failed(TOPIC, app.no_key(&error)),
        Seen::Older(_, error) => {
            Check::warn(TOPIC, error.to_string()).hint("`oauthctl list` brings it up to date")
        }
        Seen::Unreadable(error) => shut(error.into()),
        Seen::Shut(_, error) => shut(error),
        Seen::Open(source, vault, findings) => {
            checks.push(if findings.is_empty() {
                let text =
                    format!("it opens with the key in {source}, every record and event is sound");
                Check::ok(TOPIC, text)
            } else {
                let text = format!("{} wrong with it", counted(findings.len(), "thing"));
                let check = Check::fail(TOPIC, Kind::Stopped, text);
                check.hint("list them with `oauthctl vault check`")
            });
            checks.push(trust(&vault));
            match recovery(&vault) {
                Ok(check) => checks.push(check),
                Err(error) => told_once(checks, error.into()),
            }
            return Some(vault);
        }
    });
    None
}

fn shut(error: Error) -> Check {
    let check = Check::failed(VAULT, error);
    if check.hints.is_empty() {
        return check.hint("name another file with `--vault PATH`");
    }
    check
}

fn trust(vault: &Vault) -> Check {
    const TOPIC: &str = "trust";
    let stopped = |text: String| Check::fail(TOPIC, Kind::Stopped, text);
    match vault.trust() {
        Trust::RolledBack(why) => stopped(format!("the vault was rolled back: {why}"))
            .hint("if you restored it yourself: `oauthctl vault accept-rollback`"),
        Trust::CopiedInstance => stopped("the vault is a copy of one in use".to_owned())
            .hint("if it is the only one from now on: `oauthctl vault accept-rollback`"),
        Trust::Unpinned => stopped("nothing beside the key says that this is its vault".to_owned())
            .hint("compare with your recovery sheet: `oauthctl vault check --confirm FINGERPRINT`"),
        Trust::ReadOnlyFile => Check::warn(TOPIC, "the vault can't be written here")
            .hint("make its folder yours to write to, or use another: `--vault PATH`"),
        Trust::Trusted => match vault.anchor_state() {
            AnchorState::Good | AnchorState::Differs => {
                Check::ok(TOPIC, "pin and anchor beside the key fit the vault")
            }
            AnchorState::NotKept | AnchorState::Missing => Check::warn(
                TOPIC,
                "no anchor is beside the key: a rolled-back file would go unnoticed",
            )
            .hint("the next command that opens the vault writes it: `oauthctl list`"),
            AnchorState::Torn => Check::warn(TOPIC, "the anchor beside the key is damaged")
                .hint("the next command that opens the vault writes it: `oauthctl list`"),
            AnchorState::Unreadable(why) => Check::warn(
                TOPIC,
                format!("the anchor beside the key can't be read: {why}"),
            )
            .hint("see `oauthctl vault status`"),
        },
    }
}

fn recovery(vault: &Vault) -> std::result::Result<Check, VaultError> {
    let list = vault.read(|snapshot| snapshot.find::<RecipientList>(RecipientList::NAME))?;
    let count = list.map_or(0, |row| row.value.recipients.len());
    Ok(if count > 1 {
        Check::ok("recovery", "another key opens the vault too")
    } else {
        Check::warn("recovery", "who loses the vault's key loses the vault")
            .hint("`oauthctl vault recipients add --recovery-file FILE`")
    })
}

fn permissions(app: &App) -> Result<Vec<Check>> {
    const TOPIC: &str = "permissions";
    let wrong = app.open_to_others()?;
    if wrong.is_empty() {
        return Ok(vec![Check::ok(
            TOPIC,
            "settings, definitions, vault and key are yours alone",
        )]);
    }
    let told = |error: &PrivateFileError| {
        way_out(error, Check::fail(TOPIC, Kind::Stopped, error.to_string()))
    };
    Ok(wrong.iter().map(told).collect())
}

/// Whether our folders, where there are any, take a file: one of our own is written and removed.
fn rooms(app: &App) -> Result<Vec<Check>> {
    const TOPIC: &str = "room";
    let vault = app.vault_path()?;
    let of_vault = vault.parent().filter(|folder| folder.exists());
    let folders = [
        of_vault.unwrap_or(&app.paths.data),
        app.paths.state.as_path(),
    ];
    let folders = ordered::set(folders.into_iter().filter(|folder| folder.exists()));
    if folders.is_empty() {
        return Ok(vec![Check::skip(TOPIC, "no folder was made yet")]);
    }
    let mut checks = Vec::new();
    for folder in folders {
        if let Err(error) = private_file::try_folder(folder) {
            let mut text = error.to_string();
            if let PrivateFileError::Io { source, .. } = &error {
                text.extend([": ", &source.to_string()]);
            }
            let word = shell_word(&folder.display().to_string());
            checks.push(Check::fail(TOPIC, Kind::Failed, text).hint(format!(
                "make room, or make it yours to write to: `df -h {word}; ls -ld {word}`"
            )));
        }
    }
    if checks.is_empty() {
        checks.push(Check::ok(
            TOPIC,
            "the folders of the vault and its notes can be written to",
        ));
    }
    Ok(checks)
}

/// What a killed program left.
fn half_written(app: &App, seen: &Seen) -> Result<Vec<Check>> {
    let key = match seen {
        Seen::Open(source, ..)
        | Seen::Older(source, _)
        | Seen::Shut(source, _)
        | Seen::NoKey(source, _) => source.path(),
        Seen::Nothing | Seen::Unreadable(_) => None,
    };
    let told = |path: &PathBuf| {
        let text = format!(
            "`{}` was left by a program that was killed; it may hold a key",
            path.display()
        );
        let word = shell_word(&path.display().to_string());
        Check::warn("files", text).hint(format!("if no `oauthctl` runs now: `rm {word}`"))
    };
    Ok(app.half_written(key)?.iter().map(told).collect())
}

/// What runs left that were cut off; see [`App::strays`].
fn strays(app: &App, vault: &Vault) -> Vec<Check> {
    let told = |stray: &Stray| {
        let place = &stray.place;
        let what = match stray.what {
            Left::New => "what was left of a new key",
            Left::Copy => "a copy of the key in use",
            Left::FormerCopy => "a copy of a former key",
        };
        let is = if stray.is_seen { "is" } else { "may be" };
        let check = Check::warn(
            "files",
            format!("{what} {is} in {place}: a run was cut off, or failed"),
        );
        check.hint(match place.path() {
            Some(path) => format!(
                "if nothing else needs it, such as a backup or a vault that you set aside: `rm {}`",
                shell_word(&path.display().to_string())
            ),
            None => format!(
                "if nothing else needs it, remove it from the keyring: service `oauthctl`, users \
                 `{user}`, `{user}:pin` and `{user}:anchor`",
                user = key::item(place, vault.id()).unwrap_or_default()
            ),
        })
    };
    let strays = app.strays(vault);
    strays.iter().map(told).collect()
}

fn way_out(error: &PrivateFileError, check: Check) -> Check {
    let word = |path: &std::path::Path| shell_word(&path.display().to_string());
    match error {
        PrivateFileError::Loose { path, mode } if path.is_dir() => {
            check.hint(format!("`chmod {:o} {}`", mode & 0o1755, word(path)))
        }
        PrivateFileError::Loose { path, mode } => {
            check.hint(format!("`chmod {:o} {}`", mode & 0o700, word(path)))
        }
        PrivateFileError::Foreign { path } => {
            check.hint(format!("see whose it is: `ls -ld {}`", word(path)))
        }
        PrivateFileError::Symlink { path } => {
            check.hint(format!("see where it leads: `readlink -f {}`", word(path)))
        }
        PrivateFileError::Io { path, .. }
        | PrivateFileError::Unsure { path, .. }
        | PrivateFileError::WrongType { path, .. }
        | PrivateFileError::TooLarge { path, .. } => {
            check.hint(format!("look at it: `ls -l {}`", word(path)))
        }
    }
}
