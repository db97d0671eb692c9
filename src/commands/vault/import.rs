use std::path::PathBuf;
use std::sync::Arc;

use crate::app::App;
use crate::commands::printed;
use crate::commands::vault::export_file::{note_left, open, read, refused};
use crate::commands::vault::foreign;
use crate::connection::portable::{Arrived, Bundle, Doubt, Kept, Why};
use crate::error::{Error, Kind, Result};
use crate::key::Opener;
use crate::names::{ConnectionName, ProviderName, VaultId};
use crate::private_file;
use crate::provider::{self, Providers};
use crate::ui::shell_word;

/// Take in connections that `vault export` sent
///
/// The vault's key has to open the file, or the identity that `--with` names: in a CI job it is
/// `OAUTHCTL_IDENTITY`, and where there is no vault yet, one is made with it. What was connected here
/// stays. What moved away comes back, where the file was made of the one that it left in; and what came in
/// such a file before is replaced by newer tokens, also of a later export for the same recipients. Anybody
/// can seal a file for a public key, so each export puts a secret of its own into the file, which has to
/// come back with it.
///
/// `--from` takes in what other programs keep: `gh` (`~/.config/gh/hosts.yml`; tokens in the keyring come
/// by `gh auth token | oauthctl connect github --with-token`), `git` (`~/.git-credentials`), `rclone`
/// (remotes with a client of their own), `oidc-agent` (what `oidc-gen --print ACCOUNT` shows) and `pizauth`
/// (what `pizauth dump` writes, with the clients of its accounts). A dump of pizauth only looks encrypted:
/// whoever has it has the tokens, so delete it afterwards, or don't write it: `pizauth dump | oauthctl vault
/// import --from pizauth -`. Where several definitions fit, the one that knows the account's scopes takes it,
/// or the one that `--provider` names. A token that is still good is shown to its own provider only, which
/// says whose it is, where it can. A refresh token without one (of rclone, oidc-agent and pizauth) is shown
/// to nobody: it has the account's name from the file, and the first use tells whether it is good. Where
/// refresh tokens rotate, remove the account from the other program: only one can use them.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  oauthctl vault import job.age\n  oauthctl vault import --from gh ~/.config/gh/hosts.yml"
)]
pub(in crate::commands) struct Args {
    /// What `oauthctl vault export` wrote, or a file of the program that `--from` names; `-` is stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Take in what another program keeps
    #[arg(long, value_enum, value_name = "PROGRAM")]
    from: Option<foreign::Program>,
    /// Whose tokens they are; what is not of that provider is left out
    #[arg(long, value_name = "PROVIDER", requires = "from")]
    provider: Option<ProviderName>,
    /// An identity that opens the file, where the vault's own key doesn't: that of the job
    #[arg(long = "with", value_name = "FILE", conflicts_with = "from")]
    with: Option<PathBuf>,
    /// Take the definition of this provider too, which came with the file and says where its tokens
    /// go
    #[arg(long, value_name = "PROVIDER", conflicts_with = "from")]
    definition: Vec<ProviderName>,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    if let Some(program) = args.from {
        return foreign::run(app, program, &args.file, args.provider.as_ref());
    }
    let sealed = read(&args.file)?;
    // before anybody is asked for a key
    if !sealed.starts_with(b"age-encryption.org/") {
        let message = format!("could not open the export `{}`", args.file.display());
        return Err(Error::new(Kind::Failed, message)
            .because("it is no age file")
            .hint("what another program keeps needs `--from PROGRAM`"));
    }
    let standing = app.open_vault_and_key()?;
    let opener = match (&args.with, &standing) {
        (Some(file), _) => app.opener(file, VaultId([0; 16]))?,
        (None, Some((_, custody))) => Opener::from(Arc::clone(custody)),
        (None, None) => Opener::from(app.named_key()?),
    };
    let bundle = open(&opener, &sealed, &args.file, OTHER_KEY)?;
    // No vault is made, and no definition kept, for a file that is refused.
    let believed = bundle.believed().map_err(refused)?;
    let definitions = new_definitions(app, &bundle, &args.definition)?;
    let mut vault = match standing {
        Some((vault, _)) => vault,
        None => app.open_or_create_vault(|| Ok(()))?,
    };
    vault.refuse_untrusted()?;
    app.refuse_pending_rescues(&vault)?;
    define(app, definitions)?;
    let arrived = believed.arrive(&mut vault, app.world()).map_err(refused)?;
    app.save_anchor(&mut vault);
    note_left(app, &vault);
    if app.ui.json() {
        printed(app.ui.data(&document(&arrived)))?;
    } else {
        tell(app, &arrived);
    }
    missed(&arrived)
}

fn document(arrived: &Arrived) -> String {
    let taken = arrived.taken.iter().map(|one| {
        let name = one.name.to_string();
        crate::json::json!({ "connection": name, "state": one.state.word() })
    });
    let kept = arrived.kept.iter().map(|kept| {
        let (name, in_file) = (kept.name.to_string(), kept.in_file.to_string());
        crate::json::json!({ "connection": name, "in_file": in_file, "why": kept.why.code() })
    });
    let document = crate::json::json!({
        "schema": 1,
        "taken": taken.collect::<Vec<_>>(),
        "kept": kept.collect::<Vec<_>>(),
    });
    document.to_string()
}

fn tell(app: &App, arrived: &Arrived) {
    for connection in &arrived.taken {
        let name = &connection.name;
        app.ui.note(&format!("took in `{name}`"));
        let doubted = arrived.doubted.iter().find(|(doubted, _)| doubted == name);
        if let Some((_, doubt)) = doubted {
            let why = match doubt {
                Doubt::AsItLeft => {
                    "it has the tokens that it left with, which may have been used where it was"
                }
                Doubt::SetBack => {
                    "this vault was set back after it had left, or a refresh here failed, so these may not be its last tokens"
                }
                Doubt::Tried => {
                    "a refresh of what it was here failed, which may have ended these tokens too"
                }
            };
            app.ui.note(&format!(
                "{why}: only `oauthctl refresh {name}` refreshes it; a later file of that export is taken \
                 in until then"
            ));
        }
    }
    for Kept { name, in_file, why } in &arrived.kept {
        let in_file = if in_file == name {
            String::new()
        } else {
            format!(" (`{in_file}` in the file)")
        };
        let why = why.words();
        app.ui
            .note(&format!("`{name}`{in_file} stays as it is here: {why}"));
    }
}

/// Tokens that stay outside may be the only live ones: that is no success.
fn missed(arrived: &Arrived) -> Result<()> {
    let missed = arrived.kept.iter().filter(|kept| kept.why.is_a_loss());
    let missed: Vec<_> = missed.collect();
    let Some(first) = missed.first() else {
        return Ok(());
    };
    let Kept { name, in_file, why } = first;
    let (provider, first) = (&name.provider, shell_word(&name.to_string()));
    let all = quoted(missed.iter().map(|kept| &kept.name));
    let message = format!("tokens of {all} were not taken");
    let mut error = Error::new(Kind::Stopped, message).because(why.words());
    if !arrived.taken.is_empty() {
        let taken = quoted(arrived.taken.iter().map(|one| &one.name));
        error = error.note(format!("taken: {taken}"));
    }
    if *why == Why::Busy {
        return Err(error.hint(format!(
            "finish that first: `oauthctl refresh {first}` or `oauthctl revoke {first}`"
        )));
    }
    if *why == Why::OtherAccount {
        return Err(error
            .hint(format!(
                "to have both, give the one here another name with its own account: \
                 `oauthctl connect {provider} --account NAME`; then import again"
            ))
            .hint(format!(
                "or end the one here: `oauthctl revoke {first}`, with `--local-only` if it moved away; then \
                 import again"
            )));
    }
    let again = if *why == Why::OtherName {
        let label = shell_word(&in_file.account.to_string());
        format!(
            "to go on with the one here, sign in to it under the file's name: \
             `oauthctl connect {provider} --account {label}`"
        )
    } else {
        format!("connect it again: `oauthctl connect {provider}`")
    };
    Err(error.hint(again).hint(format!(
        "if you exported it anew yourself, take away what is here and import again: \
         `oauthctl revoke {first} --local-only`"
    )))
}

fn quoted<'n>(names: impl Iterator<Item = &'n ConnectionName>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// What to do about an export that is locked to another key.
const OTHER_KEY: &str = "name the identity file that it was exported to: `--with FILE`; or export it \
                         again, `--to` the recipient of that key";

/// The definitions that came with it and are not here. One that is here and says something else is not
/// replaced, and none is taken unasked: it decides where tokens go.
fn new_definitions<'b>(
    app: &App,
    bundle: &'b Bundle,
    accepted: &[ProviderName],
) -> Result<Vec<(ProviderName, &'b str)>> {
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
            Err(error) if error.is_not_found() && accepted.contains(&name) => {
                new.push((name, one.text.as_str()));
            }
            Err(error) if error.is_not_found() => return Err(unaccepted(&name, bundle)),
            Err(error) => {
                return Err(
                    Error::new(Kind::Failed, "could not read a definition").caused_by(&error)
                );
            }
        }
    }
    Ok(new)
}

fn define(app: &App, new: Vec<(ProviderName, &str)>) -> Result<()> {
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

fn unaccepted(name: &ProviderName, bundle: &Bundle) -> Error {
    let connections = bundle.connections().unwrap_or_default();
    let error = Error::new(
        Kind::Stopped,
        format!("the export brings a definition of `{name}`, which is not known here"),
    );
    let mut of_it = connections.iter().filter(|one| one.name.provider == *name);
    let error = match of_it.next() {
        None => error,
        Some(one) => error.because(format!(
            "its tokens, and what the environment says of its client, go to `{}`",
            one.stamp.token_endpoint
        )),
    };
    error.hint(format!(
        "if that is right, take it too: `--definition {name}`"
    ))
}

/// Anybody who knows the recipient can seal a file for it, and a definition says where tokens go.
fn shipped(name: &ProviderName) -> Error {
    Error::new(
        Kind::Stopped,
        format!("the export brings a definition of `{name}` over the shipped one"),
    )
    .hint("add it yourself first: `oauthctl provider add FILE`; then say this again")
}
