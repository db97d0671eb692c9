use std::collections::BTreeSet;
use std::process::{Command, Output, Stdio};

use crate::app::{App, Seen};
use crate::commands::git_credential::{answering, no_connection};
use crate::connection::select;
use crate::endpoint::is_loopback_authority;
use crate::env::keep_own_from;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::names::ProviderName;
use crate::provider::near;

/// Let git sign in to a host with your connections
///
/// Writes `credential.https://HOST.helper` to git's own settings, for this one host: an empty entry,
/// behind which git forgets the helpers before it, then this program by its absolute path. What you
/// have there yourself stays, and is in use again after `--remove`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl git setup github.com\n  \
    oauthctl git setup github.com --remove")]
pub(super) struct Args {
    /// The host, as it stands in the addresses of repositories
    #[arg(value_name = "HOST")]
    host: String,
    /// For the repository of this folder only, instead of for all of yours
    #[arg(long)]
    local: bool,
    /// Take the setting out again
    #[arg(long)]
    remove: bool,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let host = args.host.to_ascii_lowercase();
    check_host(app, &host)?;
    let scheme = if is_loopback_authority(&host) {
        "http"
    } else {
        "https"
    };
    let key = format!("credential.{scheme}://{host}.helper");
    let place = if args.local { "--local" } else { "--global" };
    let found = values(place, &key)?;
    let own = shell_word(&own_path()?);
    let mut wanted = others(&found, &own);
    if args.remove {
        if wanted == found {
            app.ui
                .note(&format!("git did not ask oauthctl about `{host}`"));
            return Ok(());
        }
        write(place, &key, &found, &wanted)?;
        app.ui
            .note(&format!("git no longer asks oauthctl about `{host}`"));
        return Ok(());
    }
    wanted.extend([String::new(), helper(app, &own)?]);
    write(place, &key, &found, &wanted)?;
    app.ui
        .note(&format!("git asks oauthctl about `{host}` from now on"));
    warn_where_nobody_answers(app, &host)
}

/// git asks nobody else about the host from now on. A vault that can't be opened without asking is
/// no reason to ask.
fn warn_where_nobody_answers(app: &App, host: &str) -> Result<()> {
    let answering = answering(app, host)?;
    let connected = match app.look_at_vault()? {
        Seen::Nothing => Vec::new(),
        Seen::Open(_, vault, _) => vault.read(select::all).map_err(Error::from)?,
        Seen::Unreadable(_) | Seen::NoKey(..) | Seen::Older(..) | Seen::Shut(..) => return Ok(()),
    };
    let answers = |name: &ProviderName| {
        let mut connected = connected.iter();
        connected.any(|found| found.connection.name.provider == *name)
    };
    if let Some((_, first)) = answering.first()
        && !answering.iter().any(|(_, it)| answers(&it.name))
    {
        app.ui.warn(&no_connection(host, &first.name));
    }
    Ok(())
}

/// The helpers that git has for the host, in their order.
fn values(place: &str, key: &str) -> Result<Vec<String>> {
    let output = git(&[place, "--null", "--get-all", key])?;
    // git exits with 1 where there are none
    if !output.status.success() && output.status.code() != Some(1) {
        return Err(refused(&output));
    }
    let text = String::from_utf8(output.stdout).map_err(|error| {
        Error::new(Kind::Failed, "could not read git's settings").caused_by(&error)
    })?;
    Ok(text.split_terminator('\0').map(str::to_owned).collect())
}

/// What is a person's own: all but our helper, and the empty entry before it.
fn others(found: &[String], own: &str) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for value in found {
        if !is_ours(value, own) {
            kept.push(value.clone());
        } else if kept.last().is_some_and(String::is_empty) {
            kept.pop();
        }
    }
    kept
}

/// Whether a line came from here, of whatever place and for whatever vault, and also from a program
/// that is called otherwise, as far as it is this one.
fn is_ours(value: &str, own: &str) -> bool {
    let Some(line) = value.strip_suffix(" git-credential") else {
        return false;
    };
    let is_own = line == own || line.strip_prefix(own).is_some_and(|it| it.starts_with(' '));
    is_own || value.starts_with('/') && value.contains("/oauthctl")
}

/// Leaves lines that are right already as they are. Of several equal lines git can't take out one,
/// so where any has to go, all are written anew, in the section where they stand.
fn write(place: &str, key: &str, found: &[String], wanted: &[String]) -> Result<()> {
    let new = match (wanted.strip_prefix(found), wanted) {
        (Some(more), _) => more,
        (None, []) => return must(&[place, "--unset-all", key]),
        (None, [first, rest @ ..]) => {
            must(&[place, "--replace-all", key, first])?;
            rest
        }
    };
    for value in new {
        must(&[place, "--add", key, value])?;
    }
    Ok(())
}

fn must(arguments: &[&str]) -> Result<()> {
    let output = git(arguments)?;
    if output.status.success() {
        Ok(())
    } else {
        Err(refused(&output))
    }
}

/// The hosts that providers answer for.
pub(in crate::commands) fn known_hosts(app: &App) -> Result<BTreeSet<String>> {
    let all = app.providers().list()?.into_iter();
    let known = all.filter_map(|listed| listed.definition.ok()?.git.clone());
    Ok(known.flat_map(|git| git.hosts).collect())
}

fn check_host(app: &App, host: &str) -> Result<()> {
    let known = known_hosts(app)?;
    if known.contains(host) {
        return Ok(());
    }
    let near = near::near(host, known.iter().map(String::as_str));
    let near: Vec<_> = near.iter().map(|one| format!("`{one}`")).collect();
    let error = Error::new(
        Kind::Usage,
        format!("no provider answers for the host `{}`", escape::line(host)),
    )
    .because(format!("known: {}", Vec::from_iter(known).join(", ")));
    let error = if near.is_empty() {
        error
    } else {
        error.hint(format!("near it: {}", near.join(", ")))
    };
    Err(error.hint("name it under `[git] hosts` in a definition of your own"))
}

/// The helper as git runs it: through a shell, and as a path only when it begins like one. So
/// nothing is quoted, but each character that a shell could take for its own has a backslash.
fn helper(app: &App, own: &str) -> Result<String> {
    let mut line = own.to_owned();
    for (flag, value) in app.chosen_vault()? {
        line.extend([" ", flag, " ", &shell_word(&value)]);
    }
    line.push_str(" git-credential");
    Ok(line)
}

fn own_path() -> Result<String> {
    let path = std::env::current_exe().map_err(|error| {
        Error::new(Kind::Failed, "could not find out where this program lies").caused_by(&error)
    })?;
    path.to_str().map(str::to_owned).ok_or_else(|| {
        Error::new(Kind::Failed, "could not name this program to git")
            .because(format!("the path `{}` is not UTF-8", path.display()))
    })
}

fn shell_word(text: &str) -> String {
    let mut word = String::with_capacity(text.len());
    for character in text.chars() {
        let is_plain = character.is_alphanumeric() || "/._-+=:,@".contains(character);
        if !is_plain {
            word.push('\\');
        }
        word.push(character);
    }
    word
}

fn git(arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new("git");
    command.arg("config").args(arguments).stdin(Stdio::null());
    keep_own_from(&mut command);
    command.output().map_err(|error| {
        Error::new(Kind::Failed, "could not run `git`")
            .caused_by(&error)
            .hint("install git, or put it on the `PATH`")
    })
}

fn refused(output: &Output) -> Error {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said
        .trim()
        .trim_start_matches("fatal: ")
        .trim_start_matches("error: ");
    Error::new(Kind::Failed, "git did not take the setting").because(escape::line(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_lines_are_ours() {
        let ours = [
            "/usr/bin/oauthctl git-credential",
            "/a\\ b/oauthctl --profile work git-credential",
            "/usr/bin/oauthctl-0.1 git-credential",
            "/opt/oa --profile work git-credential",
        ];
        for line in ours {
            assert!(is_ours(line, "/opt/oa"), "{line}");
        }
        for line in [
            "",
            "store",
            "!/usr/bin/gh auth git-credential",
            "/x/git-credential",
            "/opt/oath git-credential",
            "/opt/oa credential",
        ] {
            assert!(!is_ours(line, "/opt/oa"), "{line}");
        }
        let found = ["", "!gh", "", ours[0], "", "own", ours[1]].map(str::to_owned);
        assert_eq!(others(&found, "/opt/oa"), ["", "!gh", "", "own"]);
    }

    #[test]
    fn words_for_a_shell_keep_their_path_and_lose_their_meaning() {
        assert_eq!(shell_word("/usr/bin/oauthctl"), "/usr/bin/oauthctl");
        assert_eq!(shell_word("/home/a b/$(x)"), "/home/a\\ b/\\$\\(x\\)");
        assert_eq!(shell_word("/é/'\"\\`"), "/é/\\'\\\"\\\\\\`");
    }
}
