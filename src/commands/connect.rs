mod supplied;

use std::cell::Cell;
use std::time::Duration;

use crate::app::{App, moment};
use crate::commands::token::duration;
use crate::commands::{block_on, discover, network, printed, state_json};
use crate::connection::connect::{self, Connected, Landed};
use crate::connection::{ConnectionError, GrantKind, client};
use crate::error::{Error, Kind, Result};
use crate::flow::browser;
use crate::flow::code::{self, Login, LoginError};
use crate::http::Http;
use crate::names::{AccountLabel, ClientId, ProviderName, Scope};
use crate::oauth::scope::request_scopes;
use crate::oauth::userinfo::Identity;
use crate::provider::definition::Definition;
use crate::stop::{self, InTheAir};
use crate::token::TokenSet;
use crate::vault::Vault;

/// Authorise an account in your browser and store it
///
/// Opens the provider's page in your browser, waits for its answer on this machine, and stores the
/// tokens encrypted. Connecting the same account again updates it; another account is stored beside
/// it. An issuer's URL in place of a name discovers the provider.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl connect github\n  \
    oauthctl connect google --scope https://www.googleapis.com/auth/calendar.readonly\n  \
    oauthctl connect https://login.example.org --client-id my-app\n  \
    gh auth token | oauthctl connect github --with-token")]
pub(super) struct Args {
    /// The provider's name, or an issuer's https URL
    #[arg(value_name = "PROVIDER|URL")]
    provider: String,
    /// Store it under this label instead of the provider's own
    #[arg(long, value_name = "LABEL")]
    account: Option<AccountLabel>,
    /// Ask for this scope (can be given several times)
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<Scope>,
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
    /// Store a token read from stdin, such as a personal access token
    #[arg(long, conflicts_with_all = ["no_browser", "strict"])]
    with_token: bool,
    /// How long to wait for the browser, such as 90s or 10m
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = duration)]
    timeout: Duration,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    if args.provider.contains("://") {
        let http = network();
        let discovered = block_on(discover::provider(
            app,
            &http,
            &args.provider,
            args.name.as_ref(),
        ))?;
        // What was granted needs its definition, whatever failed afterwards.
        let granted = Cell::new(false);
        return connect(app, args, &discovered.definition, &granted).inspect_err(|_| {
            if !granted.get() {
                discovered.forget(app);
            }
        });
    }
    let name: ProviderName = args
        .provider
        .parse()
        .map_err(|error: crate::names::NameError| {
            Error::new(Kind::Usage, "could not read the provider's name").caused_by(&error)
        })?;
    let definition = app.providers().get(&name)?;
    connect(app, args, &definition, &Cell::new(false))
}

fn connect(app: &App, args: &Args, definition: &Definition, granted: &Cell<bool>) -> Result<()> {
    let token = if args.with_token {
        Some(supplied::token_from_stdin(app)?)
    } else {
        None
    };
    // The key first: a consent that can't be stored must not be asked for.
    let flag = args.client_id.as_ref();
    let mut vault = app.open_or_create_vault(|| {
        if args.with_token {
            return Ok(());
        }
        Ok(client::before_there_is_a_vault(definition, flag)?)
    })?;
    vault.refuse_untrusted()?;
    settle(app, &mut vault)?;
    let connected = match token {
        Some(token) => supplied::supply(app, args, definition, &mut vault, token)
            .inspect(|_| granted.set(true)),
        None => authorise(app, args, definition, &mut vault, granted),
    };
    app.save_anchor(&mut vault);
    show(app, args, definition, &connected?)
}

/// Reports what earlier connects left behind, and takes over what they saved.
fn settle(app: &App, vault: &mut Vault) -> Result<()> {
    for left in connect::settle(vault, app.world())? {
        match left.adopted {
            Some(name) => app
                .ui
                .note(&format!("stored `{name}` from an interrupted connect")),
            None => app.ui.warn(&format!(
                "a connect to `{}` that began {} was cut off after its code was sent; the provider \
                 may hold a grant for client `{}` that nobody uses",
                left.provider, left.started, left.client_id
            )),
        }
        if left.dropped_revocation {
            warn_of_dropped(app, "");
        }
    }
    Ok(())
}

fn warn_of_dropped(app: &App, look: &str) {
    app.ui.warn(&format!(
        "the grant that this one replaces was to be revoked, which the provider never confirmed: \
         it may still be alive{look}"
    ));
}

fn authorise(
    app: &App,
    args: &Args,
    definition: &Definition,
    vault: &mut Vault,
    granted: &Cell<bool>,
) -> Result<Connected> {
    let flag = args.client_id.as_ref();
    let client = vault.read(|snapshot| client::for_connect(snapshot, definition, flag))?;
    let scopes = request_scopes(definition, &args.scopes);
    let login = Login {
        definition,
        client: &client,
        scopes: &scopes,
    };
    let prepared = code::prepare(login).map_err(|error| login_failed(definition, error))?;
    let http = network();
    block_on(async {
        // In here signals are listened to: whoever sees the address can stop the wait.
        announce(app, args, definition, prepared.url().expose());
        let (arrived, landing) = match prepared.wait(definition, args.timeout).await {
            Ok(arrived) => arrived,
            Err(error) => {
                let why = error.to_string();
                let failed = login_failed(definition, error);
                let logged = connect::log_failure(vault, app.world(), definition, &why);
                return Err(and_not_logged(failed, logged));
            }
        };
        granted.set(true);
        let connected = redeem(app, args, login, vault, &http, arrived).await;
        match &connected {
            Ok(_) => landing.succeed().await,
            Err(_) => landing.fail().await,
        }
        connected
    })
}

async fn redeem(
    app: &App,
    args: &Args,
    login: Login<'_>,
    vault: &mut Vault,
    http: &Http,
    arrived: code::Arrived,
) -> Result<Connected> {
    let world = app.world();
    let definition = login.definition;
    let landed = |set: &TokenSet, redirect_uri: &str, identity: Identity| Landed {
        definition,
        client_id: &login.client.id,
        redirect_uri: Some(redirect_uri.to_owned()),
        requested: login.scopes.to_vec(),
        set: set.clone(),
        identity,
        account: args.account.clone(),
        grant: GrantKind::AuthorizationCode,
    };
    let mut attempt = connect::begin(vault, world, definition, &login.client.id)?;
    // From here until it is stored, what the provider grants exists nowhere else.
    let _air = InTheAir::new();
    if stop::asked().is_some() {
        let logged = connect::abandon(vault, world, attempt, definition, "interrupted");
        return Err(and_not_logged(ConnectionError::Stopped.into(), logged));
    }
    let secure = |set: &TokenSet, redirect_uri: &str| {
        connect::secure(
            &mut attempt,
            world,
            &landed(set, redirect_uri, Identity::default()),
        );
    };
    let redeemed = match code::redeem(http, login, arrived, moment, secure).await {
        Ok(redeemed) => redeemed,
        Err(error) => {
            let failed = exchange_failed(definition, error);
            let why = failed.causes.first().unwrap_or(&failed.message).clone();
            let logged = connect::abandon(vault, world, attempt, definition, &why);
            return Err(and_not_logged(failed, logged));
        }
    };
    if let Some(why) = &redeemed.nameless {
        app.ui
            .warn(&format!("the account could not be named: {why}"));
    }
    let landed = landed(&redeemed.set, &redeemed.redirect_uri, redeemed.identity);
    Ok(connect::store(vault, world, attempt, &landed)?)
}

/// A failure to log a failure is told beside it, not in its place.
fn and_not_logged(failed: Error, logged: std::result::Result<(), ConnectionError>) -> Error {
    match logged {
        Ok(()) => failed,
        Err(error) => failed.because(format!("this could not be logged: {error}")),
    }
}

/// A failed exchange may have left a grant behind.
fn exchange_failed(definition: &Definition, error: LoginError) -> Error {
    let may_exist = error.may_have_granted();
    let failed = login_failed(definition, error);
    if !may_exist {
        return failed;
    }
    failed
        .because("the provider may have made a grant that nobody uses")
        .hint(format!(
            "look at your apps in the settings of {}",
            definition.display_name
        ))
}

fn announce(app: &App, args: &Args, definition: &Definition, url: &str) {
    let opened = if args.no_browser {
        Err("you asked for none".to_owned())
    } else {
        browser::may_open(&app.env, app.ui.talks_to_terminal())
            .map_err(|why| why.to_string())
            .and_then(|()| browser::open_url(url, &app.env).map_err(|error| error.to_string()))
            .map(|_| ())
    };
    match opened {
        Ok(()) => {
            app.ui.note(&format!(
                "opening {} in your browser; if nothing happens, go to",
                definition.display_name
            ));
        }
        Err(why) => {
            app.ui.detail(&format!("no browser was opened: {why}"));
            app.ui.note(&format!(
                "to sign in to {}, open this address in a browser on this machine",
                definition.display_name
            ));
        }
    }
    app.ui.instruct(url);
    app.ui.note(&format!(
        "waiting for the answer, at most {}; Ctrl-C stops",
        crate::ui::span(args.timeout)
    ));
}

fn show(app: &App, args: &Args, definition: &Definition, connected: &Connected) -> Result<()> {
    let connection = &connected.connection;
    if app.ui.json() {
        let mut document = state_json::document(connection, &moment());
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
        let verb = if connected.updated {
            "updated"
        } else {
            "connected"
        };
        app.ui.note(&format!("{verb} `{}`", connection.name));
        let scopes: Vec<_> = connection
            .state
            .set()
            .map(|set| set.granted.iter().map(ToString::to_string).collect())
            .unwrap_or_default();
        let how = match connection.grant {
            GrantKind::AuthorizationCode => "granted",
            // Nobody but the person said so.
            GrantKind::Supplied => "scopes as you say, not checked",
        };
        if !scopes.is_empty() {
            app.ui.note(&format!("{how}: {}", scopes.join(" ")));
        }
        app.ui
            .detail(&format!("provider: {}", definition.display_name));
    }
    if connected.dropped_revocation {
        let page = definition
            .revocation
            .page_for(connection.stamp.client_id.as_str());
        let look = page.map(|page| format!("; look at {page}"));
        warn_of_dropped(app, &look.unwrap_or_default());
    }
    let missing: Vec<_> = connected
        .scopes
        .missing
        .iter()
        .map(|s| format!("`{s}`"))
        .collect();
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
            .because("the connection is stored with what was granted")
            .hint("connect again and leave all boxes ticked"));
    }
    app.ui.warn(&short);
    Ok(())
}

fn login_failed(definition: &Definition, error: LoginError) -> Error {
    let timed_out = matches!(error, LoginError::Wait(_));
    let mut shown = Error::from(error);
    let message = format!("could not connect `{}`", definition.name);
    shown
        .causes
        .insert(0, std::mem::replace(&mut shown.message, message));
    if timed_out {
        shown.hint(format!(
            "if the provider's page showed an error, check that the redirect URI `{}` is registered",
            definition.redirect.registered_uri()
        ))
    } else {
        shown
    }
}
