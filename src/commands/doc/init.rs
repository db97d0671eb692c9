use std::path::{Path, PathBuf};

use super::desk;
use crate::app::App;
use crate::commands::{advice, printed};
use crate::connection::{ConnectionError, select};
use crate::document::error::{DocumentError, StoreError};
use crate::document::github::{Found, GitHub};
use crate::document::manuscript::{Manuscript, find};
use crate::document::state::Link;
use crate::error::{Error, Kind, Result};
use crate::json::json;
use crate::names::{ConnectionName, ConnectionRef};

/// Link a folder to a repository
///
/// Nothing is pushed or pulled. The repository is found by its name once and known by its number
/// from then on. A new one is private.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl doc init --repo me/novel\n  \
    oauthctl doc init --repo me/novel --create --yes")]
pub(super) struct Args {
    /// The folder, in place of the current one
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    link: LinkArgs,
}

/// What a folder is linked to.
#[derive(Debug, clap::Args)]
pub(super) struct LinkArgs {
    /// The repository
    #[arg(long, value_name = "OWNER/NAME")]
    pub(super) repo: Option<String>,
    /// Make it, private, if there is none
    #[arg(long, requires = "repo")]
    create: bool,
    /// Don't ask whether to make it
    #[arg(long)]
    yes: bool,
    /// The branch, in place of the one that people see
    #[arg(long, value_name = "NAME", requires = "repo")]
    branch: Option<String>,
    /// The account, where several can keep manuscripts
    #[arg(long, value_name = "CONNECTION", requires = "repo")]
    connection: Option<ConnectionRef>,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let here = app.here()?;
    let folder = args
        .folder
        .as_ref()
        .map_or(here.clone(), |folder| here.join(folder));
    let manuscript = link(app, &folder, &args.link)?;
    let link = &manuscript.state.link;
    if app.ui.json() {
        let document = json!({
            "schema": 1,
            "folder": folder.display().to_string(),
            "repository": link.name,
            "repository_id": link.repository,
            "branch": link.branch,
            "connection": link.connection,
        });
        return printed(app.ui.data(&document.to_string()));
    }
    app.ui.note(
        "now `oauthctl doc pull` brings what is there, `oauthctl doc push` saves what is here",
    );
    Ok(())
}

/// Links a folder.
pub(super) fn link(app: &App, folder: &Path, args: &LinkArgs) -> Result<Manuscript> {
    if let Some(linked) = find(folder) {
        let repository = Manuscript::open(&linked)?.state.link.name;
        return Err(DocumentError::Linked {
            folder: linked,
            repository,
        }
        .into());
    }
    let connection = connection(app, args)?;
    let name = repository_name(app, args, &connection)?;
    let unknown = Link {
        connection: connection.to_string(),
        repository: 0,
        name: name.clone(),
        branch: String::new(),
    };
    let found = desk::with_store(app, &unknown, |store| Ok(store.by_name(&name)?))?;
    let found = match found {
        Some(found) => found,
        None => create(app, args, &unknown)?,
    };
    if !found.may_write {
        app.ui.warn(&format!(
            "`{}` can be read by this account, not written",
            found.name
        ));
    }
    let link = Link {
        connection: connection.to_string(),
        repository: found.id,
        name: found.name,
        branch: args.branch.clone().unwrap_or(found.branch),
    };
    let manuscript = Manuscript::link(folder, link)?;
    app.ui.note(&format!(
        "this folder is linked to `{}`",
        manuscript.state.link.name
    ));
    Ok(manuscript)
}

/// Refuses a `--repo` that is another one than the folder is linked to.
pub(super) fn same_repository(args: &LinkArgs, manuscript: &Manuscript) -> Result<()> {
    let linked = &manuscript.state.link.name;
    match &args.repo {
        Some(name) if !name.eq_ignore_ascii_case(linked) => Err(DocumentError::Linked {
            folder: manuscript.path().to_owned(),
            repository: linked.clone(),
        }
        .into()),
        _ => Ok(()),
    }
}

fn create(app: &App, args: &LinkArgs, link: &Link) -> Result<Found> {
    let name = &link.name;
    let missing = || {
        Error::new(
            Kind::Refused,
            format!("there is no repository `{name}`, or this account may not see it"),
        )
        .hint(format!(
            "make a private one with `oauthctl doc init --repo {name} --create --yes`"
        ))
    };
    let agreed = (args.create && args.yes)
        || app.ui.confirm(&format!(
            "there is no repository `{name}`; make it, private?"
        ));
    if !agreed {
        return Err(missing());
    }
    let (owner, short) = name.split_once('/').unwrap_or(("", name));
    let found = desk::with_store(app, link, |store| Ok(made(store, short, name)?))?;
    if !found.name.eq_ignore_ascii_case(name) {
        return Err(Error::new(
            Kind::Stopped,
            format!("`{}` was made: this account is not `{owner}`", found.name),
        )
        .hint(format!(
            "use it with `oauthctl doc init --repo {}`",
            found.name
        )));
    }
    Ok(found)
}

/// Makes it; where the answer was lost, its name tells.
fn made(store: &GitHub<'_>, short: &str, name: &str) -> std::result::Result<Found, StoreError> {
    match store.create(short) {
        Err(error @ StoreError::Unknown { .. }) => store.by_name(name)?.ok_or(error),
        made => made,
    }
}

/// The connection that is meant: the only one that can keep manuscripts, or the one that was named.
fn connection(app: &App, args: &LinkArgs) -> Result<ConnectionName> {
    let asked = args.connection.as_ref();
    let asked = asked.map(|asked| app.meant(asked)).transpose()?;
    let vault = app.need_vault()?;
    let mut names = vault
        .read(|snapshot| {
            if let Some(asked) = &asked {
                return Ok(vec![select::find(snapshot, asked)?.connection.name]);
            }
            let all = select::all(snapshot)?;
            Ok(all.into_iter().map(|found| found.connection.name).collect())
        })
        .map_err(|error: ConnectionError| advice::explained(app, error))?;
    names.retain(|name: &ConnectionName| {
        let definition = app.providers().get(&name.provider);
        definition.is_ok_and(|definition| definition.documents.is_some())
    });
    // Of several of a provider's, the one that its name alone means here.
    let mut meant = Vec::new();
    for name in &names {
        let asked = ConnectionRef::Provider(name.provider.clone());
        if let ConnectionRef::Exact(meant_name) = app.meant(&asked)?
            && names.contains(&meant_name)
            && !meant.contains(&meant_name)
        {
            meant.push(meant_name);
        }
    }
    if let [only] = meant.as_slice()
        && names.iter().all(|name| name.provider == only.provider)
    {
        return Ok(only.clone());
    }
    match names.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Error::new(
            Kind::LoginRequired,
            "there is no connection that can keep manuscripts",
        )
        .hint("make one with `oauthctl connect github --scope repo`")),
        several => {
            let choices: Vec<_> = several.iter().map(|name| format!("`{name}`")).collect();
            Err(
                Error::new(Kind::Usage, "several connections can keep manuscripts")
                    .because(choices.join(", "))
                    .hint("say which with `--connection`"),
            )
        }
    }
}

/// `OWNER/NAME`; a name alone is this account's.
fn repository_name(app: &App, args: &LinkArgs, connection: &ConnectionName) -> Result<String> {
    let asked = args
        .repo
        .clone()
        .or_else(|| app.ui.ask("repository (OWNER/NAME): "));
    let Some(asked) = asked else {
        return Err(Error::new(Kind::Usage, "which repository?").hint("say `--repo OWNER/NAME`"));
    };
    let name = if asked.contains('/') {
        asked
    } else {
        format!("{}/{asked}", connection.account)
    };
    let good = |part: &str| {
        !part.is_empty()
            && ![".", ".."].contains(&part)
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    match name.split_once('/') {
        Some((owner, short)) if good(owner) && good(short) => Ok(name),
        _ => Err(Error::new(
            Kind::Usage,
            format!(
                "`{}` is not the name of a repository",
                crate::escape::line(&name)
            ),
        )
        .hint("a name is `OWNER/NAME`, of letters, digits, `-`, `_` and `.`")),
    }
}
