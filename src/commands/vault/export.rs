use std::path::{Path, PathBuf};

use crate::app::App;
use crate::commands::vault::export_file::{
    WHERE_THE_FILE_GOES, note_left, open, read, refuse_needed, refused,
};
use crate::commands::vault::{age_file, file_name};
use crate::commands::{advice, printed};
use crate::connection::ConnectionError;
use crate::connection::hold::LOCK_WAIT;
use crate::connection::portable::{
    self, Bundle, DefinitionText, Journey, Leaving, PortableError, Renewed,
};
use crate::error::{Error, Kind, Result};
use crate::key::Opener;
use crate::lock::Guard;
use crate::names::ConnectionRef;
use crate::private_file::{self, PrivateFileError};
use crate::provider::Providers;
use crate::vault::{Action, Outcome, Vault, VaultError};

/// Send connections to a CI job, in one sealed file
///
/// The file is an age file for the recipients that you name; whoever has one of their identities takes
/// the connections in with `oauthctl vault import FILE`. A connection moves: here it is `moved`
/// afterwards, because a refresh token that rotates can be used in one place only. It comes home with
/// a file that was made of this one, and with no other. `--copy` leaves it here too, where tokens don't
/// rotate.
///
/// An export that was cut off when the file may be there leaves the connection `suspect`: use the file
/// and bring home what it became, or remove it and refresh the connection by name, but not both.
///
/// `--update FILE`, in the job: seals the file anew with the tokens as they are now, for the same
/// recipients. A job that refreshed has to put it back, or its next run has tokens that are spent.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl vault export --connection google/me --to age1… job.age\n  \
    oauthctl vault export --update job.age")]
pub(in crate::commands) struct Args {
    /// The file to write
    #[arg(
        value_name = "FILE", value_parser = file_name::named(),
        required_unless_present = "update",
        conflicts_with = "update"
    )]
    file: Option<PathBuf>,
    /// A connection to send; may be given several times
    #[arg(long, value_name = "CONNECTION", required_unless_present = "update")]
    connection: Vec<ConnectionRef>,
    /// An age recipient (`age1…`) that can open the file; may be given several times
    #[arg(long, value_name = "RECIPIENT", required_unless_present = "update")]
    to: Vec<String>,
    /// Leave the connections here too
    #[arg(long, conflicts_with = "update")]
    copy: bool,
    /// Seal that file anew with the tokens as they are now
    #[arg(long, value_name = "FILE", value_parser = file_name::named(), conflicts_with_all = ["connection", "to"])]
    update: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    match (&args.update, &args.file) {
        (Some(file), _) => update(app, file),
        (None, Some(file)) => send(app, args, file),
        (None, None) => Err(Error::new(Kind::Usage, "no file was named")),
    }
}

fn send(app: &App, args: &Args, path: &Path) -> Result<()> {
    let mut vault = app.need_vault()?;
    vault.refuse_untrusted()?;
    age_file::refuse_existing(app, &vault, path, args.force, None)?;
    let whole_path = private_file::whole_path(path).display().to_string();
    // Whom it can't be sealed for is known before anything is changed.
    age_file::seal(b"", &args.to, "export")?;
    let journey = Journey {
        connections: &args.connection,
        copy: args.copy,
        recipients: args.to.clone(),
        file: &whole_path,
    };
    let left = portable::leave(&mut vault, app.world(), journey);
    let (mut bundle, leaving) = left.map_err(|error| {
        if let PortableError::Connection(error) = error {
            advice::explained(app, error)
        } else {
            refused(error)
        }
    })?;
    note_left(app, &vault);
    let sealed = definitions(app, &mut bundle).and_then(|()| seal(&bundle));
    let sealed = match sealed {
        Ok(sealed) => sealed,
        Err(error) => return Err(stay(app, &mut vault, leaving, error)),
    };
    let alone = match turn(app, &vault, path, args.force, &leaving) {
        Ok(alone) => alone,
        Err(error) => return Err(stay(app, &mut vault, leaving, error)),
    };
    if let Err(why) = age_file::put(path, args.force, &sealed) {
        let error = age_file::not_written(path, "export", &why);
        if !matches!(why, PrivateFileError::Unsure { .. }) {
            return Err(stay(app, &mut vault, leaving, error));
        }
        app.save_anchor(&mut vault);
        return Err(error
            .note(format!(
                "`{}` may be there all the same, so the connections are `suspect` here",
                path.display()
            ))
            .hint(WHERE_THE_FILE_GOES)
            .hint("or remove it unused, and refresh them by name: `oauthctl refresh CONNECTION`"));
    }
    if let Err(error) = leaving.done(&mut vault, app.world()) {
        return Err(refused(error)
            .note(format!("`{}` is written all the same", path.display()))
            .hint(WHERE_THE_FILE_GOES));
    }
    drop(alone);
    app.save_anchor(&mut vault);
    if !args.copy {
        // Tokens that went away leave the disk as far as this program can tell.
        crate::commands::warn_of_old_pages(app, &vault.checkpoint_truncate());
    }
    tell(app, args, path, &bundle)
}

fn seal(bundle: &Bundle) -> Result<Vec<u8>> {
    let text = bundle.to_text().map_err(refused)?;
    age_file::seal(&text, &bundle.recipients, "export")
}

/// The turn to put the file. Others may have put theirs there while this one waited.
fn turn(
    app: &App,
    vault: &Vault,
    path: &Path,
    force: bool,
    leaving: &Leaving,
) -> Result<Option<Guard>> {
    let alone = vault.lock_files(LOCK_WAIT)?;
    age_file::refuse_existing(app, vault, path, force, Some(leaving))?;
    Ok(alone)
}

/// Nothing was written: all is as it was.
fn stay(app: &App, vault: &mut Vault, leaving: Leaving, why: Error) -> Error {
    let stayed = leaving.stay(vault, app.world());
    app.save_anchor(vault);
    note_left(app, vault);
    match stayed {
        Ok(()) => why.note("nothing was written, and the connections are as they were"),
        Err(error) => {
            let mut shown = refused(error).note(
                "nothing was written, but what was to be sent is `suspect` here: that could not be \
                 taken back",
            );
            shown.hints.clear();
            shown
                .hint("free some space, or mend what stands above")
                .hint("then `oauthctl refresh CONNECTION`, and export again")
        }
    }
}

fn tell(app: &App, args: &Args, path: &Path, bundle: &Bundle) -> Result<()> {
    let how = if args.copy { "copied" } else { "moved" };
    let connections = bundle.connections().map_err(refused)?;
    if app.ui.json() {
        let names = connections.iter().map(|one| one.name.to_string());
        let document = crate::json::json!({
            "schema": 1,
            "file": path.display().to_string(),
            "connections": names.collect::<Vec<_>>(),
            "outcome": how,
        });
        return printed(app.ui.data(&document.to_string()));
    }
    for connection in connections {
        app.ui.note(&format!(
            "{how} `{}` to `{}`",
            connection.name,
            path.display()
        ));
    }
    Ok(())
}

/// Definitions that the other side can't have.
fn definitions(app: &App, bundle: &mut Bundle) -> Result<()> {
    for name in bundle.needs().map_err(refused)? {
        let file = app.providers().user_file(&name);
        let text = match private_file::read_any(&file, crate::provider::LARGEST_FILE) {
            Ok(text) => String::from_utf8_lossy(&text).into_owned(),
            Err(error) if error.is_not_found() && Providers::is_shipped(&name) => continue,
            Err(error) => {
                return Err(Error::new(
                    Kind::Failed,
                    format!("could not read the definition of `{name}`"),
                )
                .caused_by(&error));
            }
        };
        bundle.providers.push(DefinitionText {
            name: name.to_string(),
            text,
        });
    }
    Ok(())
}

/// What to do about a file to renew that is locked to another key.
const OTHER_KEY: &str = "this renews a file with the key of the vault that took it in; say \
                         `OAUTHCTL_IDENTITY_FILE` or `--profile` as you did there";

fn update(app: &App, path: &Path) -> Result<()> {
    let Some((mut vault, custody)) = app.open_vault_and_key()? else {
        return Err(not_taken_in(app.no_vault()?));
    };
    vault.refuse_untrusted()?;
    age_file::refuse_odd(app, vault.path(), Some(vault.header()), path, true)?;
    // What left another vault in it is what came here.
    refuse_needed(&vault, path, None)?;
    let opener = Opener::from(custody);
    let read_file = || open(&opener, &read(path)?, path, OTHER_KEY);
    let before = read_file()?;
    let now = before.renewed(&mut vault, app.world()).map_err(|error| {
        let is_missing = matches!(
            error,
            PortableError::Connection(ConnectionError::NotFound { .. })
        );
        let shown = refused(error).note("the file is as it was");
        if is_missing {
            not_taken_in(shown)
        } else {
            shown
        }
    })?;
    let changed = put_anew(&vault, path, [&before, &now.bundle], read_file)?;
    if changed {
        log(app, &mut vault, &now)?;
    }
    drop(now);
    if app.ui.json() {
        let document = crate::json::json!({
            "schema": 1,
            "file": path.display().to_string(),
            "changed": changed,
        });
        return printed(app.ui.data(&document.to_string()));
    }
    app.ui.note(&if changed {
        format!(
            "sealed `{}` anew: put it back to where it came from",
            path.display()
        )
    } else {
        format!("`{}` is as it was: nothing was refreshed", path.display())
    });
    Ok(())
}

/// Puts the second bundle in the place of the first, where they differ. Another file may have come
/// there while its connections were waited for.
fn put_anew(
    vault: &Vault,
    path: &Path,
    [before, now]: [&Bundle; 2],
    read_file: impl Fn() -> Result<Bundle>,
) -> Result<bool> {
    let text = |bundle: &Bundle| bundle.to_text().map_err(refused);
    let _alone = vault.lock_files(LOCK_WAIT)?;
    let there = text(&read_file()?)?;
    if there == text(now)? {
        return Ok(false);
    }
    if there != text(before)? {
        return Err(Error::new(Kind::Stopped, "that file is another one by now")
            .because(format!("`{}` was replaced meanwhile", path.display()))
            .hint("begin anew: `oauthctl vault export --update FILE`"));
    }
    age_file::write(path, true, &seal(now)?, "export")?;
    Ok(true)
}

/// What is not here can't have been refreshed here: the import before it did not go well.
fn not_taken_in(mut shown: Error) -> Error {
    if shown.kind == Kind::LoginRequired {
        shown.hints =
            vec!["take in what the file brings first: `oauthctl vault import FILE`".to_owned()];
    }
    shown
}

/// Tells the audit log of each connection whose tokens are in the file now.
fn log(app: &App, vault: &mut Vault, now: &Renewed) -> Result<()> {
    vault.mutate(|writer| -> std::result::Result<(), VaultError> {
        for name in now.names() {
            let world = app.world();
            let mut event = world.event(Action::Export, name, Outcome::Done);
            event.detail = Some("sealed anew".to_owned());
            writer.log(&event)?;
        }
        Ok(())
    })?;
    app.save_anchor(vault);
    Ok(())
}
