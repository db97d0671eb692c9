use std::path::{Path, PathBuf};

use crate::app::{App, unopened};
use crate::commands::vault::export::{read, refused};
use crate::commands::vault::foreign;
use crate::connection::portable::Bundle;
use crate::error::{Error, Kind, Result};
use crate::key::Custody;
use crate::names::ProviderName;
use crate::private_file;
use crate::provider::{self, Providers};

/// Take in connections that `vault export` sent
///
/// The vault's key has to open the file: in a CI job that is `OAUTHCTL_IDENTITY`, and where there is no
/// vault yet, one is made with it. What is newer here stays.
///
/// `--from` takes in what other programs keep: `gh` (`~/.config/gh/hosts.yml`; tokens in the keyring come
/// by `gh auth token | oauthctl connect github --with-token`), `git` (`~/.git-credentials`), `rclone`
/// (remotes with a client of their own) and `oidc-agent` (what `oidc-gen --print ACCOUNT` shows). A dump of
/// pizauth is sealed for pizauth alone. Each token is shown to its own provider only, which says whose it
/// is. Where refresh tokens rotate, remove the account from the other program: only one can use them.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  oauthctl vault import job.age\n  oauthctl vault import --from gh ~/.config/gh/hosts.yml"
)]
pub(in crate::commands) struct Args {
    /// What `oauthctl vault export` wrote, or a file of the program that `--from` names
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Take in what another program keeps
    #[arg(long, value_enum, value_name = "PROGRAM")]
    from: Option<foreign::Program>,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    if let Some(program) = args.from {
        return foreign::run(app, program, &args.file);
    }
    let sealed = read(&args.file)?;
    let mut opened = app.open_vault_and_key()?;
    if opened.is_none() {
        drop(app.open_or_create_vault(|| Ok(()))?);
        opened = app.open_vault_and_key()?;
    }
    let Some((mut vault, custody)) = opened else {
        return Err(app.no_vault()?);
    };
    vault.refuse_untrusted()?;
    let bundle = open(&custody, &sealed, &args.file)?;
    define(app, &bundle)?;
    let arrived = bundle.arrive(&mut vault, app.world()).map_err(refused)?;
    app.save_anchor(&mut vault);
    for name in &arrived.taken {
        app.ui.note(&format!("took in `{name}`"));
    }
    for name in &arrived.kept {
        app.ui.note(&format!(
            "`{name}` stays as it is here: its tokens are as new, or another account's"
        ));
    }
    Ok(())
}

/// Opens an export with the vault's key.
pub(super) fn open(custody: &Custody, sealed: &[u8], path: &Path) -> Result<Bundle> {
    let opened = custody.open(sealed).map_err(|why| {
        unopened(
            why,
            &format!("could not open the export `{}`", path.display()),
            custody,
            "export it again, `--to` the recipient of that key",
        )
    })?;
    let opened = zeroize::Zeroizing::new(opened);
    Bundle::read(&opened).map_err(refused)
}

/// Writes the definitions that came with it. One that is here and says something else is not
/// replaced: it decides where tokens go.
fn define(app: &App, bundle: &Bundle) -> Result<()> {
    let mut new = Vec::new();
    for one in &bundle.providers {
        let name: ProviderName = one.name.parse().map_err(|error: crate::names::NameError| {
            Error::new(Kind::Failed, "could not read the export").caused_by(&error)
        })?;
        let file = app.providers().user_file(&name);
        match private_file::read_any(&file, provider::LARGEST_FILE) {
            Ok(here) if here == one.text.as_bytes() => {}
            Ok(_) => {
                return Err(Error::new(
                    Kind::Stopped,
                    format!("`{name}` is defined otherwise here"),
                )
                .because(format!("`{}` differs from what came with the export", file.display()))
                .hint("compare them; remove the one here if the other is right: `oauthctl provider remove`"));
            }
            Err(error) if error.is_not_found() && Providers::is_shipped(&name) => {
                return Err(shipped(&name));
            }
            Err(error) if error.is_not_found() => new.push((name, one.text.as_str())),
            Err(error) => {
                return Err(
                    Error::new(Kind::Failed, "could not read a definition").caused_by(&error)
                );
            }
        }
    }
    for (name, text) in new {
        provider::save_user_file(&app.providers_folder(), &name, text).map_err(|error| {
            Error::new(
                Kind::Failed,
                format!("could not write the definition of `{name}`"),
            )
            .caused_by(&error)
        })?;
        app.ui.note(&format!(
            "wrote the definition of `{name}` that came with it"
        ));
    }
    Ok(())
}

/// Anybody who knows the recipient can seal a file for it, and a definition says where tokens go.
fn shipped(name: &ProviderName) -> Error {
    Error::new(
        Kind::Stopped,
        format!("the export brings a definition of `{name}` over the shipped one"),
    )
    .hint("add it yourself first: `oauthctl provider add FILE`; then say this again")
}
