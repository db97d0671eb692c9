//! `vault import --from`: what other programs keep.

use std::cmp::Reverse;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::app::{App, moment};
use crate::commands::connect::{no_client, not_named};
use crate::commands::{block_on, network};
use crate::connection::GrantKind;
use crate::connection::connect::{self, Landed};
use crate::connection::foreign::{self, At, Foreign, Form};
use crate::connection::records::StoredClient;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::flow::code::{self, WhoError};
use crate::names::{AccountLabel, ClientId, ConnectionName, ProviderName, Scope};
use crate::oauth::userinfo::{Identity, UserinfoError};
use crate::oauth::{Client, issuer, scope};
use crate::private_file::{self, PrivateFileError};
use crate::provider::definition::{Definition, Rotation};
use crate::secret::Secret;
use crate::token::{Lifetime, TokenSet};
use crate::ui::shell_word;
use crate::vault::Vault;

/// No such file is larger.
const LARGEST: u64 = 1 << 20;

/// Whose file it is.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Program {
    /// `hosts.yml` of GitHub's command line
    Gh,
    /// The file of `git credential-store`
    Git,
    /// `rclone.conf`
    Rclone,
    /// What `oidc-gen --print` shows
    OidcAgent,
    /// What `pizauth dump` writes
    Pizauth,
}

/// Where `provider` is named, nothing is taken in that its definition doesn't fit.
pub(super) fn run(
    app: &App,
    program: Program,
    path: &Path,
    provider: Option<&ProviderName>,
) -> Result<()> {
    if let Some(name) = provider {
        app.providers().get(name)?;
    }
    let shown = if path == Path::new("-") {
        "stdin".to_owned()
    } else {
        format!("`{}`", path.display())
    };
    let unreadable = || Error::new(Kind::Failed, format!("could not read {shown}"));
    let text = read(path, LARGEST).map_err(|error| unreadable().caused_by(&error))?;
    let text = zeroize::Zeroizing::new(text);
    let form = match program {
        Program::Gh => Form::Gh,
        Program::Git => Form::GitCredentialStore,
        Program::Rclone => Form::Rclone,
        Program::OidcAgent => Form::OidcAgent,
        Program::Pizauth => Form::Pizauth,
    };
    let found = foreign::read(form, &text).map_err(|why| unreadable().because(why.to_string()))?;
    if found.is_empty() {
        return Err(no_tokens(program, &shown));
    }
    let mut vault = app.open_or_create_vault(|| Ok(()))?;
    let (mut taken, mut left_out, mut first_error) = (0, Vec::new(), None);
    for one in found {
        let what = words(&one);
        match take(app, &mut vault, &one, provider) {
            Ok(Ended::TakenIn { name, rotates }) => {
                taken += 1;
                app.ui.note(&format!("took in `{name}` from {what}"));
                if rotates {
                    app.ui.warn(&format!(
                        "remove {what} from {}: its refresh token is good for one use, and \
                         whichever program comes second loses the grant",
                        program.words()
                    ));
                }
            }
            Ok(Ended::LeftOut(why)) => left_out.push(format!("{what} is left out: {why}")),
            Err(error) => {
                app.ui
                    .warn(&format!("{what} was not taken in: {}", error.whole()));
                first_error.get_or_insert(error);
            }
        }
    }
    app.save_anchor(&mut vault);
    if taken == 0 && first_error.is_none() {
        let nothing = format!("nothing was taken in from {shown}");
        let error = Error::new(Kind::Failed, nothing);
        return Err(left_out.into_iter().fold(error, Error::note));
    }
    for one in left_out {
        app.ui.note(&one);
    }
    first_error.map_or(Ok(()), Err)
}

/// The file whole; `-` is stdin.
pub(super) fn read(path: &Path, at_most: u64) -> std::result::Result<Vec<u8>, PrivateFileError> {
    if path != Path::new("-") {
        return private_file::read_any(path, at_most);
    }
    let mut text = Vec::new();
    let mut stdin = io::stdin().lock().take(at_most);
    stdin
        .read_to_end(&mut text)
        .map_err(|source| PrivateFileError::Io {
            action: "read",
            path: path.to_owned(),
            source,
        })?;
    Ok(text)
}

fn no_tokens(program: Program, shown: &str) -> Error {
    let error = Error::new(Kind::Failed, format!("there are no tokens in {shown}"));
    match program {
        Program::Gh => error
            .because("`gh` keeps them in the keyring, unless it is told not to")
            .hint("take it from there: `gh auth token | oauthctl connect github --with-token`"),
        Program::Git | Program::Rclone | Program::OidcAgent | Program::Pizauth => error,
    }
}

impl Program {
    const fn words(self) -> &'static str {
        match self {
            Self::Gh => "`gh`",
            Self::Git => "git's file",
            Self::Rclone => "rclone",
            Self::OidcAgent => "oidc-agent",
            Self::Pizauth => "pizauth",
        }
    }
}

/// What became of one.
enum Ended {
    TakenIn { name: ConnectionName, rotates: bool },
    LeftOut(String),
}

/// What it is, for people.
fn words(one: &Foreign) -> String {
    let at = match &one.at {
        At::GitHost(host) => host,
        At::Issuer(issuer) => issuer,
        At::RcloneType(kind) => kind,
        At::TokenEndpoint(url) => url,
    };
    match &one.account {
        Some(account) => format!("`{}` at `{}`", escape::line(account), escape::line(at)),
        None => format!("`{}`", escape::line(at)),
    }
}

/// Stores one, under the name that its provider gives it, unless nothing can be done with it.
fn take(
    app: &App,
    vault: &mut Vault,
    one: &Foreign,
    provider: Option<&ProviderName>,
) -> Result<Ended> {
    if let Some(why) = one.unfit {
        return Ok(Ended::LeftOut(why.to_owned()));
    }
    let definition = match definition_of(app, one, provider) {
        Ok(definition) => definition,
        Err(why) => return Ok(Ended::LeftOut(why)),
    };
    let Some(client) = client(one)? else {
        return Ok(Ended::LeftOut(format!(
            "its grant belongs to a registration of the other program's; connect it anew: `oauthctl connect {}`",
            definition.name
        )));
    };
    let renews = one.refresh_token.is_some();
    let mut set = set(one);
    let identity = whose(&definition, one, &mut set)?;
    let landed = Landed {
        definition: &definition,
        client_id: &client.id,
        redirect_uri: None,
        requested: Vec::new(),
        identity,
        set,
        account: None,
        grant: if renews {
            GrantKind::AuthorizationCode
        } else {
            GrantKind::Supplied
        },
        dpop: None,
    };
    let world = app.world();
    if let Some(name) = connect::taken(vault, world, &landed)? {
        return Ok(Ended::LeftOut(format!(
            "`{name}` is there already and stays as it is; if that one is to go: `oauthctl revoke {}`",
            shell_word(&name.to_string())
        )));
    }
    if renews {
        let stored = StoredClient::new(&definition, &client, moment().wall);
        vault.mutate(|writer| stored.take_in(writer))?;
    }
    let attempt = connect::begin(vault, world, &definition, &client.id, None)?;
    let connected = connect::store(vault, world, attempt, &landed)?;
    Ok(Ended::TakenIn {
        name: connected.connection.name,
        rotates: renews && definition.refresh.rotation == Rotation::ReplaceAndKill,
    })
}

/// The registration that the grant belongs to; `None` where it is not in the file.
fn client(one: &Foreign) -> Result<Option<Client>> {
    match (&one.client, &one.refresh_token) {
        (Some((id, secret)), Some(_)) => {
            let id: ClientId = id.parse().map_err(|error: crate::names::NameError| {
                Error::new(Kind::Failed, "its client id can't be one").caused_by(&error)
            })?;
            Ok(Some(Client::new(id, secret.clone())))
        }
        (None, Some(_)) => Ok(None),
        (_, None) => no_client().map(Some),
    }
}

/// The one definition that it is about, or why there is none: a token that could be of two
/// providers is shown to neither. Of several that one server's tokens fit, it is the named one, else the
/// one that knows most of its scopes, else the one that says it comes first.
fn definition_of(
    app: &App,
    one: &Foreign,
    chosen: Option<&ProviderName>,
) -> std::result::Result<Arc<Definition>, String> {
    let providers = app.providers();
    let names = providers.names();
    let definitions = names.iter().filter_map(|name| providers.get(name).ok());
    let (mut fitting, others): (Vec<_>, Vec<_>) =
        definitions.partition(|definition| is_about(definition, &one.at));
    if let Some(chosen) = chosen
        && !fitting.is_empty()
    {
        fitting.retain(|definition| definition.name == *chosen);
        if fitting.is_empty() {
            return Err(format!("the definition `{chosen}` does not fit"));
        }
    }
    let rank = |definition: &Definition| {
        let unknown = unknown_scopes(definition, &one.scopes);
        (Reverse(unknown), definition.import.first)
    };
    let best = fitting.iter().map(|definition| rank(definition)).max();
    fitting.retain(|definition| Some(rank(definition)) == best);
    match fitting.as_slice() {
        [] => Err(none_fits(&others, &one.at)),
        [only] => Ok(Arc::clone(only)),
        several => {
            let names: Vec<_> = several
                .iter()
                .map(|definition| format!("`{}`", definition.name))
                .collect();
            Err(format!(
                "the definitions {} all fit, and only one may; say which: `--provider NAME`",
                names.join(", ")
            ))
        }
    }
}

/// How many of these scopes the definition doesn't speak of.
fn unknown_scopes(definition: &Definition, scopes: &[String]) -> usize {
    let scopes: Vec<Scope> = scopes.iter().filter_map(|one| one.parse().ok()).collect();
    let rules = &definition.scopes;
    let known = definition.catalogue.iter().map(|row| &row.name);
    let known: Vec<_> = known
        .chain(&rules.default)
        .chain(&rules.required)
        .cloned()
        .collect();
    scope::compare(rules, &scopes, &known).missing.len()
}

fn none_fits(others: &[Arc<Definition>], at: &At) -> String {
    if let At::Issuer(issuer) = at
        && let Some(near) = others.iter().find(|one| is_of_issuer(one, issuer))
    {
        let name = &near.name;
        return format!(
            "`{name}` signs in for another tenant; write a definition with `extends = \"{name}\"`, this \
             issuer and its tenant in `[endpoints]`, and add it: `oauthctl provider add FILE`"
        );
    }
    "no definition of a provider fits; `oauthctl provider add FILE` brings one".to_owned()
}

fn is_about(definition: &Definition, at: &At) -> bool {
    match at {
        At::GitHost(host) => {
            let git = definition.git.as_ref();
            git.is_some_and(|git| git.hosts.contains(host))
        }
        At::Issuer(issuer) => {
            is_of_issuer(definition, issuer) && is_of_its_tenant(definition, issuer)
        }
        At::RcloneType(kind) => definition.import.rclone_types.contains(kind),
        At::TokenEndpoint(url) => definition.token_endpoint.as_str() == url,
    }
}

/// With or without a `/` at the end, which other programs put there.
fn is_of_issuer(definition: &Definition, issuer: &str) -> bool {
    let known = definition.issuer.as_deref();
    known.is_some_and(|known| issuer::matches(bare(known), bare(issuer)))
}

/// Where one server has many tenants, a grant of one of them is refreshed at that one's address.
fn is_of_its_tenant(definition: &Definition, issuer: &str) -> bool {
    let known = definition.issuer.as_deref().map(bare);
    let address = known.and_then(|known| issuer::tenant_address(known, bare(issuer)));
    let endpoint = definition.token_endpoint.as_str();
    address.is_none_or(|address| {
        let rest = endpoint.strip_prefix(address);
        rest.is_some_and(|rest| rest.starts_with('/'))
    })
}

fn bare(url: &str) -> &str {
    url.trim_end_matches('/')
}

/// An access token that is not there, or over, is fetched at the first use.
fn set(one: &Foreign) -> TokenSet {
    let now = moment();
    let left = one
        .expires
        .map(|end| end.unix_millis().saturating_sub(now.wall.unix_millis()));
    let lifetime = match (left, &one.refresh_token) {
        (Some(left), _) => Lifetime::Limited(Duration::from_millis(left.try_into().unwrap_or(0))),
        (None, Some(_)) => Lifetime::Limited(Duration::ZERO),
        (None, None) => Lifetime::Unknown,
    };
    TokenSet {
        access_token: one
            .access_token
            .clone()
            .unwrap_or_else(|| Secret::new("none".to_owned())),
        token_type: "bearer".to_owned(),
        refresh_token: one.refresh_token.clone(),
        obtained: now,
        lifetime,
        granted: Vec::new(),
    }
}

/// Asks the provider; of a token that is over only the other program's word is known, and of one that
/// may not ask: a grant for mail may be for mail only. Then the first use refreshes, which tells.
fn whose(definition: &Definition, one: &Foreign, set: &mut TokenSet) -> Result<Identity> {
    if one.access_token.is_some() && set.is_fresh(&moment(), None) {
        let http = network();
        let said = block_on(async {
            match code::supplied(&http, definition, set).await {
                Ok(identity) => Ok(Some(identity)),
                Err(WhoError::Userinfo(UserinfoError::Refused { .. }))
                    if one.refresh_token.is_some() =>
                {
                    Ok(None)
                }
                Err(error) => Err(not_named(definition, &error)),
            }
        })?;
        if let Some(identity) = said {
            return Ok(identity);
        }
        set.lifetime = Lifetime::Limited(Duration::ZERO);
    }
    let label = one.account.as_deref();
    let label = label.and_then(|label| label.parse::<AccountLabel>().ok());
    Ok(Identity {
        subject: None,
        label: label.map(|label| label.to_string()),
    })
}
