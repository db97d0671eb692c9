mod message;

use std::io::{self, Read};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::app::App;
use crate::commands::{fresh_token, printed};
use crate::connection::fresh::Want;
use crate::connection::refresh::check_stamp;
use crate::connection::select;
use crate::connection::{Connection, ConnectionError};
use crate::error::{Error, Kind, Result};
use crate::key;
use crate::names::{ConnectionRef, ProviderName};
use crate::provider::definition::{Definition, Git};
use crate::vault::Vault;

use message::{Request, answer};

/// The most that git says about one credential; more is not git.
const LARGEST_REQUEST: u64 = 1024 * 1024;

/// Answer git's questions for credentials
///
/// git calls this itself once `oauthctl git setup HOST` has told it to. It answers for hosts that a
/// provider's definition names, with an access token and when it ends, and is silent about all
/// others: no question, no network, no browser. Where nothing is connected for such a host yet, one
/// line on stderr says how. It stores nothing that git offers, and never gives
/// a refresh token away.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  \
    printf 'protocol=https\\nhost=github.com\\n\\n' | oauthctl git-credential get")]
pub(super) struct Args {
    /// What git wants
    #[arg(value_name = "OPERATION")]
    operation: String,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let wanted = match args.operation.as_str() {
        "get" => get,
        "erase" => erase,
        // What git has from elsewhere is not ours to keep; operations that come later are not ours
        // either (gitcredentials(7): helpers ignore what they don't know).
        _ => return Ok(()),
    };
    let Some(request) = read_request()? else {
        return Ok(());
    };
    wanted(app, &request).map_err(without_terminal)
}

/// What can be typed is git's: on no terminal is anybody asked here.
fn without_terminal(mut error: Error) -> Error {
    error.hints.retain(|hint| hint != key::ON_A_TERMINAL);
    error
}

/// What git said, unless it makes no sense or is about something that tokens never go to.
fn read_request() -> Result<Option<Request>> {
    // A credential that git offers to be erased has its password in it.
    let mut bytes = Zeroizing::new(Vec::new());
    io::stdin()
        .take(LARGEST_REQUEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| {
            Error::new(Kind::Failed, "could not read what git asked").caused_by(&error)
        })?;
    if bytes.len() as u64 > LARGEST_REQUEST {
        return Ok(None);
    }
    Ok(Request::parse(&bytes))
}

fn get(app: &App, request: &Request) -> Result<()> {
    let (mut vault, connection, git) = match find(app, request)? {
        Found::One(found) => *found,
        Found::Nobody(why) => {
            app.ui.warn(&why);
            return Ok(());
        }
        Found::NotOurs => return Ok(()),
    };
    let asked = ConnectionRef::Exact(connection.name);
    let hand_out = fresh_token::hand_out(app, &mut vault, &asked, &Want::default())?;
    let username = request.username.as_deref().unwrap_or(&git.username);
    match answer(request, username, &hand_out.set) {
        Some(answer) => printed(app.ui.hand_over(&answer)),
        None => Err(
            Error::new(Kind::Failed, "could not tell git about a token").because(format!(
                "what there is of `{}` has a line break in it",
                hand_out.name
            )),
        ),
    }
}

/// The host refused a token: where it is the one that is stored, it is renewed. The connection
/// stays, whatever a host says.
fn erase(app: &App, request: &Request) -> Result<()> {
    let Some(password) = &request.password else {
        return Ok(());
    };
    let Found::One(found) = find(app, request)? else {
        return Ok(());
    };
    let (mut vault, connection, _) = *found;
    let refused = connection.state.usable();
    match refused.filter(|set| set.access_token.matches(password.expose())) {
        Some(set) => fresh_token::renew(app, &mut vault, &connection.name, set),
        None => Ok(()),
    }
}

/// Who answers for a host.
enum Found {
    /// No definition names the host.
    NotOurs,
    /// A definition names the host, and no connection answers for it: why, in words.
    Nobody(String),
    One(Box<(Vault, Connection, Git)>),
}

/// What to say where git asks about a host that nothing was connected for.
pub(super) fn no_connection(host: &str, provider: &ProviderName) -> String {
    format!("no connection answers for `{host}` yet: `oauthctl connect {provider}`")
}

/// The definitions that answer for a host. A broken file of a person's is no answer to git; `provider
/// check` tells.
pub(super) fn answering(app: &App, host: &str) -> Result<Vec<(Git, Arc<Definition>)>> {
    let listed = app.providers().list()?.into_iter();
    let definitions = listed.filter_map(|listed| listed.definition.ok());
    let git = definitions.filter_map(|it| Some((it.git.clone()?, it)));
    let mut found = Vec::new();
    found.extend(git.filter(|(git, _)| git.hosts.iter().any(|one| one == host)));
    Ok(found)
}

/// The connection that answers for a host: the host is compared whole, and nothing else that the
/// request holds chooses a provider. A definition that was changed since has no right to the token.
fn find(app: &App, request: &Request) -> Result<Found> {
    let answering = answering(app, &request.host)?;
    let Some((_, first)) = answering.first() else {
        return Ok(Found::NotOurs);
    };
    let nobody = || Found::Nobody(no_connection(&request.host, &first.name));
    let Some(vault) = app.open_vault()? else {
        app.say_no_vault();
        return Ok(nobody());
    };
    let all = vault
        .read(select::all)
        .map_err(|error: ConnectionError| Error::from(error))?;
    let mut fitting: Vec<(Connection, Git)> = Vec::new();
    let mut unfit = None;
    for connection in all.into_iter().map(|found| found.connection) {
        let definition = answering
            .iter()
            .find(|(_, definition)| definition.name == connection.name.provider);
        let Some((git, definition)) = definition else {
            continue;
        };
        if let Err(error) = check_stamp(&connection, definition) {
            unfit = Some(format!("{error}; see `oauthctl doctor`"));
        } else if !is_meant(app, request, &connection, git)? {
            unfit.get_or_insert_with(|| not_meant(&connection));
        } else {
            fitting.push((connection, git.clone()));
        }
    }
    if fitting.len() > 1 {
        return Err(ambiguous(request, &fitting));
    }
    Ok(match (fitting.pop(), unfit) {
        (Some((connection, git)), _) => Found::One(Box::new((vault, connection, git))),
        (None, Some(why)) => Found::Nobody(why),
        (None, None) => nobody(),
    })
}

/// Whether it is the account that git names, or else the one that a rule or the environment chooses:
/// git runs the helper in the repository, so a folder rule chooses there too.
fn is_meant(app: &App, request: &Request, connection: &Connection, git: &Git) -> Result<bool> {
    let account = &connection.name.account;
    let username = request.username.as_deref();
    if let Some(named) = username.filter(|name| *name != git.username) {
        return Ok(named.eq_ignore_ascii_case(account.as_str()));
    }
    let chosen = app.account(&connection.name.provider)?;
    Ok(chosen.is_none_or(|chosen| chosen == *account))
}

/// git asks no other helper about this host, and says nothing of why there was no answer.
fn not_meant(connection: &Connection) -> String {
    let name = &connection.name;
    format!(
        "`{name}` is connected, but git or a rule asks for another account: take the user name out of \
         the address or the rule, or call the account so: `oauthctl connect {} --account NAME`",
        name.provider
    )
}

fn ambiguous(request: &Request, fitting: &[(Connection, Git)]) -> Error {
    let names: Vec<_> = fitting
        .iter()
        .map(|(connection, _)| format!("`{}`", connection.name))
        .collect();
    let mut shown = Error::new(
        Kind::LoginRequired,
        format!("several connections answer for `{}`", request.host),
    )
    .because(names.join(", "));
    let mut providers = fitting.iter().map(|(it, _)| &it.name.provider);
    let first = providers.next();
    // an account chooses among those of one provider only
    if let Some(provider) = first.filter(|first| providers.all(|one| one == *first)) {
        shown = shown.hint(format!(
            "choose one: `oauthctl config set account.{provider} ACCOUNT`, for a folder and what is \
             in it with `--folder PATH`"
        ));
    }
    shown.hint(format!(
        "or for git alone: `git config --global credential.{}.username ACCOUNT`",
        request.origin()
    ))
}
