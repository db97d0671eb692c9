mod announce;
mod asked;
mod code;
mod device;
mod machine;
mod registration;
mod supplied;
pub(in crate::commands) use supplied::{no_client, not_named};
mod two_step;

use std::cell::Cell;
use std::time::Duration;

use crate::app::{App, moment};
use crate::commands::discover::Discovered;
use crate::commands::token::duration;
use crate::commands::waiting::{Ended, after_telling};
use crate::commands::{advice, block_on, discover, network, printed, state_json, wizard};
use crate::connection::connect::{self, Aside, Connected, Replaced};
use crate::connection::exchange_source::TokenSource;
use crate::connection::replaced::Away;
use crate::connection::{GrantKind, client};
use crate::endpoint::Endpoint;
use crate::error::{Error, Kind, Result, way_home};
use crate::names::{AccountLabel, ClientId, ConnectionName, NameError, ProviderName, Scope};
use crate::provider::definition::Definition;
use crate::provider::features::Feature;
use crate::provider::near::near;
use crate::ui::shell_word;
use crate::vault::Vault;

/// Authorise an account in your browser and store it
///
/// Opens the provider's page in your browser, waits for its answer on this machine, and stores the
/// tokens encrypted. Connecting the same account again updates it; another account is stored beside
/// it. A connection's name, `PROVIDER/ACCOUNT`, signs in to that one again, with the scopes that it
/// has unless you say others. Where there is no app registration yet, it leads you through making one.
/// An issuer's URL in place of a name discovers the provider.
#[derive(Debug, Clone, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is one switch")]
#[command(after_help = "Examples:\n  \
    oauthctl connect github\n  \
    oauthctl connect google --feature calendar,tasks:write\n  \
    oauthctl connect google/me@example.org\n  \
    oauthctl connect google/me@example.org --add drive:read\n  \
    oauthctl connect github --device\n  \
    oauthctl connect https://login.example.org --client-id my-app\n  \
    gh auth token | oauthctl connect github --with-token")]
pub(super) struct Args {
    /// The provider's name, an issuer's https URL, or a connection to sign in to again
    #[arg(
        value_name = "PROVIDER|URL|CONNECTION",
        required_unless_present = "resume"
    )]
    provider: Option<String>,
    /// Store it under this label instead of the provider's own
    #[arg(long, value_name = "LABEL")]
    account: Option<AccountLabel>,
    /// Ask for this scope (can be given several times)
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<Scope>,
    /// Ask for what these features need: `calendar`, or `drive:read`, `drive:write`, `drive:admin`
    #[arg(long = "feature", value_name = "FEATURE", value_delimiter = ',')]
    features: Vec<Feature>,
    /// Ask for these scopes or features too, beside those that the connection has
    #[arg(long, value_name = "SCOPE|FEATURE", value_delimiter = ',', conflicts_with_all = ["scopes", "features", "account", "client_id", "name", "resume", "with_token", "client_credentials", "token_exchange"])]
    add: Vec<String>,
    /// Ask for dangerous scopes without a second question
    #[arg(short, long)]
    yes: bool,
    /// Use this client id instead of the stored one
    #[arg(long, value_name = "ID")]
    client_id: Option<ClientId>,
    /// Call a discovered provider this
    #[arg(long, value_name = "NAME")]
    name: Option<ProviderName>,
    /// Fail with exit code 4 when fewer scopes are granted than were asked for
    #[arg(long)]
    strict: bool,
    /// Print the URL and open nothing
    #[arg(long)]
    no_browser: bool,
    /// Sign in on another device, with a code (RFC 8628)
    #[arg(long, conflicts_with_all = ["no_browser", "paste"])]
    device: bool,
    /// Print the URL and an id, and end; `--resume ID` has to run while one signs in, or takes the
    /// answer with `--paste`
    #[arg(long, conflicts_with_all = ["device", "qr", "no_browser"])]
    start: bool,
    /// Wait for the answer to a connect that was begun with `--start`; with `--paste`, read the address
    /// that the browser ended at
    #[arg(long, value_name = "ID", conflicts_with_all = ["provider", "account", "scopes", "client_id", "name", "start", "device", "qr"])]
    resume: Option<String>,
    #[command(flatten)]
    machine: Machine,
    /// Bind the tokens to a key that never leaves the vault (RFC 9449)
    #[arg(long)]
    dpop: bool,
    /// Don't listen: read the address that the browser ends at from a prompt or stdin
    #[arg(long)]
    paste: bool,
    /// Print the URL as a QR code too
    #[arg(long)]
    qr: bool,
    /// Store a token read from stdin, such as a personal access token
    #[arg(long, conflicts_with_all = ["no_browser", "strict", "paste", "qr", "device", "start", "resume"])]
    with_token: bool,
    /// How long to wait for the answer, such as 90s or 10m [default: 5m, with `--device` as long as
    /// the code lives]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    timeout: Option<Duration>,
}

/// The ways in without a person.
#[derive(Debug, Clone, clap::Args)]
struct Machine {
    /// Sign in as the client itself, with its secret or key (RFC 6749 section 4.4)
    #[arg(long, conflicts_with_all = ["device", "start", "resume", "paste", "qr", "no_browser", "with_token"])]
    client_credentials: bool,
    /// Exchange a job's own token, from `file:/PATH` or `env:NAME` (RFC 8693)
    #[arg(long, value_name = "SOURCE", conflicts_with_all = ["client_credentials", "device", "start", "resume", "paste", "qr", "no_browser", "with_token"])]
    token_exchange: Option<TokenSource>,
    /// What the exchanged token is
    #[arg(long, value_name = "URI", default_value = machine::JWT, requires = "token_exchange")]
    subject_token_type: String,
    /// Which service the token is for, where the provider asks
    #[arg(long, value_name = "NAME")]
    audience: Option<String>,
}

impl Machine {
    /// Whether one of them was asked for.
    const fn is_one(&self) -> bool {
        self.client_credentials || self.token_exchange.is_some()
    }
}

impl Args {
    /// How long a browser's answer is waited for.
    fn patience(&self) -> Duration {
        self.timeout.unwrap_or(Duration::from_secs(300))
    }
}

/// Whether there is something that needs the provider's definition from now on: a grant, or a client.
struct Granted<'a> {
    some: Cell<bool>,
    discovered: Option<&'a Discovered>,
}

impl<'a> Granted<'a> {
    const fn of(discovered: Option<&'a Discovered>) -> Self {
        Self {
            some: Cell::new(false),
            discovered,
        }
    }

    /// There is, or will be in a moment: the definition stays, whatever fails afterwards.
    fn keep(&self, app: &App) -> Result<()> {
        let is_first = !self.some.replace(true);
        let discovered = self.discovered.filter(|_| is_first);
        discovered.map_or(Ok(()), |discovered| discovered.keep(app))
    }
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    if let Some(id) = &args.resume {
        return two_step::resume(app, args, id);
    }
    let provider = args.provider.as_deref().unwrap_or_default();
    if !args.add.is_empty() {
        return extend(app, args, provider);
    }
    if provider.contains("://") {
        let http = network();
        let discovered = block_on(discover::provider(app, &http, provider, args.name.as_ref()))?;
        let granted = Granted::of(Some(&discovered));
        return connect(app, args, &discovered.definition, None, &granted);
    }
    let (name, account) = provider.split_once('/').unzip();
    let name = name.unwrap_or(provider).parse::<ProviderName>();
    let name = name.map_err(|error| no_provider(app, provider, &error))?;
    if account.is_some() {
        return again(app, args, provider);
    }
    let definition = app.providers().get(&name)?;
    connect(app, args, &definition, None, &Granted::of(None))
}

/// What was given can't be a provider's name: what may be meant.
fn no_provider(app: &App, given: &str, error: &NameError) -> Error {
    let known = app.providers().names();
    let near = near(given, known.iter().map(ProviderName::as_str));
    let near: Vec<_> = near.iter().map(|name| format!("`{name}`")).collect();
    let mut shown = Error::new(Kind::Usage, "could not read the provider's name").caused_by(error);
    if !near.is_empty() {
        shown = shown.hint(format!("near it: {}", near.join(", ")));
    }
    if given.contains('.') {
        let url = shell_word(&format!("https://{given}"));
        shown = shown.hint(format!(
            "an address has `https://` before it: `oauthctl connect {url}`"
        ));
    }
    shown
}

/// Asks the same account for more.
fn extend(app: &App, args: &Args, connection: &str) -> Result<()> {
    let vault = app.need_vault()?;
    let connection = asked::named(app, &vault, connection)?;
    asked::consented(&connection)?;
    let definition = app.world().definition_of(&connection.name)?;
    let mut args = args.clone();
    args.scopes = asked::union(app, &definition, &connection, &args.add)?;
    args.client_id = Some(connection.stamp.client_id.clone());
    args.account = Some(connection.name.account.clone());
    args.dpop |= connection.dpop.is_some();
    connect(app, &args, &definition, Some(vault), &Granted::of(None))
}

/// Signs in to a connection that there is: it keeps what it has, unless the person asks for
/// something else.
fn again(app: &App, args: &Args, connection: &str) -> Result<()> {
    let vault = app.need_vault()?;
    let connection = asked::named(app, &vault, connection)?;
    if args.with_token {
        asked::brought(&connection)?;
    } else if !args.machine.is_one() {
        asked::consented(&connection)?;
    }
    let definition = app.world().definition_of(&connection.name)?;
    let mut args = args.clone();
    if args.scopes.is_empty() && args.features.is_empty() {
        args.scopes = asked::kept(app, &definition, &connection)?;
    }
    if !args.with_token {
        let (flag, stamp) = (args.client_id.as_ref(), &connection.stamp);
        let id = vault
            .read(|snapshot| client::for_another_sign_in(snapshot, &definition, flag, stamp))?;
        args.client_id = Some(id);
    }
    args.account.get_or_insert(connection.name.account);
    args.dpop |= connection.dpop.is_some();
    connect(app, &args, &definition, Some(vault), &Granted::of(None))
}

fn connect(
    app: &App,
    args: &Args,
    definition: &Definition,
    vault: Option<Vault>,
    granted: &Granted<'_>,
) -> Result<()> {
    let mut args = args.clone();
    let of_features = asked::of_features(app, definition, &args.features)?;
    args.scopes.extend(of_features);
    let token = if args.with_token {
        Some(supplied::token_from_stdin(app)?)
    } else {
        None
    };
    // The key first: a consent that can't be stored must not be asked for.
    let flag = args.client_id.as_ref();
    let mut vault = match vault {
        Some(vault) => vault,
        None => app.open_or_create_vault(|| {
            let comes_later =
                definition.registration_endpoint.is_some() || wizard::is_possible(app, definition);
            if args.with_token || comes_later {
                return Ok(());
            }
            Ok(client::before_there_is_a_vault(definition, flag)?)
        })?,
    };
    vault.refuse_untrusted()?;
    if !args.with_token && !args.machine.is_one() {
        if args.scopes.is_empty() {
            args.scopes = asked::as_before(app, &args, definition, &vault)?;
        }
        asked::confirm(app, &args, definition, &vault)?;
    }
    let args = &args;
    settle(app, &mut vault)?;
    if !args.with_token {
        let for_device = args.device.then(|| definition.for_device());
        let seen = for_device.as_ref().unwrap_or(definition);
        let registered = registration::where_needed(app, seen, &mut vault, flag)?;
        if registered {
            granted.keep(app)?;
        }
    }
    if args.start {
        let begun = two_step::begin(app, args, definition, &mut vault, granted);
        app.save_anchor(&mut vault);
        return begun;
    }
    let connected = match token {
        Some(token) => supplied::supply(app, args, definition, &mut vault, token, granted),
        None if args.machine.is_one() => {
            machine::authorise(app, args, definition, &mut vault, granted)
        }
        None if args.device => device::authorise(app, args, definition, &mut vault, granted),
        None => code::authorise(app, args, definition, &mut vault, granted),
    };
    if let Err(error) = &connected
        && !granted.some.get()
        && matches!(error.kind, Kind::Interrupted | Kind::Terminated)
    {
        // Nobody waits for the answer any more; that it was asked for is known all the same.
        let _ = connect::log_failure(&mut vault, app.world(), definition, "interrupted");
    }
    app.save_anchor(&mut vault);
    let Ended { done, stopped } = connected?;
    after_telling(show(app, args, definition, &done), stopped)
}

/// Reports what earlier connects left behind, and takes over what they saved.
fn settle(app: &App, vault: &mut Vault) -> Result<()> {
    for left in connect::settle(vault, app.world())? {
        match left.adopted {
            Some(adopted) => {
                let name = &adopted.name;
                app.ui
                    .note(&format!("stored `{name}` from an interrupted connect"));
                tell_of_replaced(app, name, (&adopted.replaced, &adopted.away), None);
            }
            None => app.ui.warn(&format!(
                "a connect to `{}` that began {} was cut off when its code may have been sent; the \
                 provider may hold a grant for client `{}` that nobody uses",
                left.provider, left.started, left.client_id
            )),
        }
    }
    Ok(())
}

/// What became of the grants before, where they may still be alive.
fn tell_of_replaced(
    app: &App,
    name: &ConnectionName,
    (replaced, away): (&Replaced, &Away),
    page: Option<&Endpoint>,
) {
    if !away.is_empty() {
        app.ui.warn(&format!(
            "what was here before was moved to another vault in {away}, and may live on there: `oauthctl \
             revoke` here does not end that"
        ));
        app.ui
            .hint(&format!("to end all: {}", way_home(away, name)));
        if let Some(page) = page {
            app.ui.hint(&format!("or look at {page}"));
        }
    }
    let way = if replaced.kept {
        format!(
            "`oauthctl revoke {}` ends both",
            shell_word(&name.to_string())
        )
    } else {
        let page = page.map(|page| format!("; look at {page}"));
        format!("it may still be alive{}", page.unwrap_or_default())
    };
    if replaced.was_revoking {
        app.ui.warn(&format!(
            "the grant that this one replaces was to be revoked, which the provider never \
             confirmed: {way}"
        ));
    } else if replaced.brought {
        let page = page.map(|page| format!(" at {page}"));
        let page = page.unwrap_or_else(|| " where you made it".to_owned());
        app.ui.note(&format!(
            "the token that this one replaces lives on until you end it{page}"
        ));
    } else if replaced.kept {
        app.ui.note(&format!(
            "the consent that this one replaces may live on at the provider: {way}"
        ));
    }
}

fn show(app: &App, args: &Args, definition: &Definition, connected: &Connected) -> Result<()> {
    let connection = &connected.connection;
    if app.ui.json() {
        let mut document = state_json::document(connection, &connected.earlier, &moment());
        if let Some(object) = document.as_object_mut() {
            object.insert("updated".to_owned(), connected.updated.into());
            let missing: Vec<_> = connected
                .scopes
                .missing
                .iter()
                .map(ToString::to_string)
                .collect();
            object.insert("missing_scopes".to_owned(), missing.into());
        }
        printed(app.ui.data(&document.to_string()))?;
    } else {
        say(app, args, definition, connected);
    }
    let page = definition
        .revocation
        .page_for(connection.stamp.client_id.as_str());
    let before = (&connected.replaced, &connected.earlier.away);
    tell_of_replaced(app, &connection.name, before, page.as_ref());
    advice::warn_of_no_refresh_token(app, definition, connection);
    let missing: Vec<_> = connected
        .scopes
        .missing
        .iter()
        .map(|s| format!("`{s}`"))
        .collect();
    if let Some(aside) = &connected.aside {
        told_aside(app, args, connected, aside)?;
    }
    if missing.is_empty() {
        return Ok(());
    }
    let short = format!(
        "`{}` was not granted {}",
        connection.name,
        missing.join(", ")
    );
    if args.strict {
        return Err(Error::new(Kind::LoginRequired, short)
            .note("the connection is stored with what was granted")
            .hint("connect again and leave all boxes ticked"));
    }
    app.ui.warn(&short);
    Ok(())
}

/// What was stored, for people.
fn say(app: &App, args: &Args, definition: &Definition, connected: &Connected) {
    let connection = &connected.connection;
    let verb = if connected.updated {
        "updated"
    } else {
        "connected"
    };
    app.ui.note(&match &connected.renamed_from {
        Some(before) => format!("renamed `{before}` to `{}`", connection.name),
        None => format!("{verb} `{}`", connection.name),
    });
    let scopes: Vec<_> = connection
        .state
        .set()
        .map(|set| set.granted.iter().map(ToString::to_string).collect())
        .unwrap_or_default();
    let how = match connection.grant {
        GrantKind::AuthorizationCode
        | GrantKind::Device
        | GrantKind::ClientCredentials { .. }
        | GrantKind::TokenExchange(_) => "granted",
        // Nobody but the person said so.
        GrantKind::Supplied => "scopes as you say, not checked",
    };
    if !scopes.is_empty() {
        app.ui.note(&format!("{how}: {}", scopes.join(" ")));
    }
    let lost: Vec<_> = connected
        .no_longer
        .iter()
        .map(ToString::to_string)
        .collect();
    if !lost.is_empty() {
        app.ui
            .note(&format!("not granted any more: {}", lost.join(" ")));
        if args.scopes.is_empty() {
            let name = shell_word(&connection.name.to_string());
            let lost = shell_word(&lost.join(","));
            app.ui.hint(&format!(
                "ask for it again: `oauthctl connect {name} --add {lost}`"
            ));
        }
    }
    app.ui
        .detail(&format!("provider: {}", definition.display_name));
}

/// Says why the connection has another name than the one that was meant for it.
fn told_aside(app: &App, args: &Args, connected: &Connected, aside: &Aside) -> Result<()> {
    let name = &connected.connection.name;
    let provider = &name.provider;
    match aside {
        Aside::OtherAccount(meant) => {
            let message =
                format!("you signed in to another account than the one that `{meant}` is");
            let mut error = Error::new(Kind::Stopped, message).note(format!(
                "`{meant}` is as it was; this one is stored as `{name}`"
            ));
            if !connected.updated {
                error = error.hint(format!(
                    "if you don't want it: `oauthctl revoke {}`",
                    shell_word(&name.to_string())
                ));
            }
            Err(error.hint("sign the browser in to the account that you mean, then connect again"))
        }
        Aside::Unsure(meant) => {
            app.ui.warn(&format!(
                "`{provider}` does not say whose account this is, so it is stored beside `{meant}`"
            ));
            if args.account.is_none() {
                app.ui.note(&format!(
                    "to replace that one next time: `oauthctl connect {provider} --account {}`",
                    shell_word(&meant.account.to_string())
                ));
            }
            Ok(())
        }
        Aside::OtherKind(meant) => {
            app.ui.note(&format!(
                "`{meant}` is a token that you brought, and stays beside it"
            ));
            Ok(())
        }
    }
}
