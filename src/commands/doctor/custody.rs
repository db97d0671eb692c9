//! The keyring, the vault, and whether others may reach them.

use std::path::PathBuf;

use crate::app::{App, Seen};
use crate::commands::doctor::check::Check;
use crate::error::{Kind, Result};
use crate::key::{self, KeyError, Source};
use crate::private_file::PrivateFileError;
use crate::ui::shell_word;
use crate::vault::{AnchorState, RecipientList, Trust, Vault, VaultError};

/// The checks, and the vault where it could be opened.
pub(super) fn checks(app: &App, seen: Seen) -> Result<(Vec<Check>, Option<Box<Vault>>)> {
    let mut checks = vec![keyring(app, &seen)];
    let half_written = half_written(app, &seen)?;
    let opened = vault(app, seen, &mut checks)?;
    checks.extend(permissions(app)?);
    checks.extend(half_written);
    Ok((checks, opened))
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
        | Seen::Shut(Source::Keyring | Source::KeyringItem(_), _) => {
            Check::ok(TOPIC, "it is unlocked and holds the vault's key")
        }
        Seen::Open(source, ..) | Seen::Shut(source, _) | Seen::NoKey(source, _) => {
            Check::skip(TOPIC, format!("not needed: the vault's key is in {source}"))
        }
        Seen::Unreadable(_) => Check::skip(TOPIC, "not known whether it is needed"),
        Seen::Nothing => match key::look_at_keyring() {
            Ok(()) => Check::ok(TOPIC, "it answers and is unlocked"),
            Err(error) => {
                let mut check = Check::warn(TOPIC, error.to_string());
                check.hints.extend(error.way_out().into_iter().take(1));
                check.hint("or do without: `oauthctl vault init --key file`")
            }
        },
    }
}

fn vault(app: &App, seen: Seen, checks: &mut Vec<Check>) -> Result<Option<Box<Vault>>> {
    const TOPIC: &str = "vault";
    let is_overridden = app.env.identity_file.is_some() || app.env.identity.is_some();
    checks.push(match seen {
        Seen::Nothing => match app.gone_vault()? {
            Some(gone) => Check::failed(TOPIC, gone),
            None => Check::skip(TOPIC, "there is none yet")
                .hint("`oauthctl connect PROVIDER` makes one"),
        },
        Seen::NoKey(Source::Keyring | Source::KeyringItem(_), _) if !is_overridden => {
            Check::skip(TOPIC, "it can't be opened without its key")
        }
        Seen::NoKey(_, error @ KeyError::NoTerminal { .. }) => {
            let text = "its key is behind a passphrase, and this asks for none";
            let mut check = Check::skip(TOPIC, text);
            check.hints.extend(error.way_out().into_iter().take(1));
            check
        }
        Seen::NoKey(_, error) => Check::failed(TOPIC, app.no_key(&error)),
        Seen::Shut(_, error @ VaultError::NeedsMigration { .. }) => {
            Check::warn(TOPIC, error.to_string()).hint("`oauthctl list` brings it up to date")
        }
        Seen::Unreadable(error) | Seen::Shut(_, error) => {
            let check = Check::failed(TOPIC, error.into());
            if check.hints.is_empty() {
                check.hint("name another file with `--vault PATH`")
            } else {
                check
            }
        }
        Seen::Open(source, vault, findings) => {
            checks.push(if findings.is_empty() {
                let text =
                    format!("it opens with the key in {source}, every record and event is sound");
                Check::ok(TOPIC, text)
            } else {
                let text = format!("{} things are wrong with it", findings.len());
                let check = Check::fail(TOPIC, Kind::Stopped, text);
                check.hint("list them with `oauthctl vault check`")
            });
            checks.extend([trust(&vault), recovery(&vault)?]);
            return Ok(Some(vault));
        }
    });
    Ok(None)
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

fn recovery(vault: &Vault) -> Result<Check> {
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

/// What a killed program left.
fn half_written(app: &App, seen: &Seen) -> Result<Vec<Check>> {
    let key = match seen {
        Seen::Open(source, ..) | Seen::Shut(source, _) | Seen::NoKey(source, _) => source.path(),
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
