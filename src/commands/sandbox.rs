use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::app::{App, moment};
use crate::commands::{block_on, printed};
use crate::error::{Error, Kind, Result};
use crate::names::{AccountLabel, Scope};
use crate::sandbox::{
    self, CONFIDENTIAL_CLIENT, Consent, Fault, GitHubOptions, Lifetimes, Options, PUBLIC_CLIENT,
    Rotation, Sandbox, StartError,
};

/// Run a strict practice provider on this machine
///
/// Test your scripts against it, and how they cope with faults: it refuses everything that the
/// standards let a server refuse, and misbehaves when told to. Beside the authorization server is
/// the part of the GitHub API that keeps manuscripts: REST at /github, GraphQL at /github/graphql,
/// git at /github/web/OWNER/NAME.git, for tokens with the scope repo. Everything is in memory;
/// Ctrl-C ends it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl sandbox --print-provider > sandbox.toml && oauthctl provider add sandbox.toml\n  \
    oauthctl sandbox --port 8400 --expires-in 5\n  \
    oauthctl sandbox --fault 'token:2=503/30' --fault 'github-write:1=drop-after'\n\n\
    Faults are ENDPOINT:WHICH=KIND. Endpoints: authorize, token, refresh, revoke, userinfo, device, \
    metadata; at the practice GitHub github-ref, github-tree, github-blob, github-commit, \
    github-contents, github-archive, github-query, github-mutation and others as the log names them, \
    github-read, github-write, or github-any. WHICH: a number from 1, FROM-TO, or *. Kinds: a status (500, 503/30 with Retry-After, \
    500-after), html, proxy403, invalid-grant, drop-before, drop-after, truncate, endless, stall, \
    slow=MS, duplicate-keys, wrong-type, plain, string-expiry, no-refresh-token; of the practice \
    GitHub also stale (a replica that lags), commit, force-push, rename (by somebody else, just \
    before), secondary/SECONDS, secondary429/SECONDS, primary/SECONDS (rate limits), forbidden.")]
pub(super) struct Args {
    /// The port on 127.0.0.1
    #[arg(long, default_value_t = 8400)]
    port: u16,
    /// Lifetimes of access tokens in seconds, one after the other; the last repeats
    #[arg(long, value_name = "SECONDS,…", default_value = "3600")]
    expires_in: Lifetimes,
    /// Make every code, token and secret a function of this text
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,
    /// Make something go wrong (can be given several times)
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<Fault>,
    /// Consent without a page
    #[arg(long)]
    auto_consent: bool,
    /// Keep refresh tokens instead of rotating them
    #[arg(long)]
    no_rotation: bool,
    /// Someone who can sign in (can be given several times) [default: writer]
    #[arg(long = "account", value_name = "LABEL")]
    accounts: Vec<AccountLabel>,
    /// Never grant this scope (can be given several times)
    #[arg(long = "withhold", value_name = "SCOPE")]
    withheld: Vec<Scope>,
    /// How much later every answer comes, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// The practice GitHub's limit of requests in an hour
    #[arg(long, value_name = "N", default_value_t = GitHubOptions::default().requests_per_hour)]
    rate_limit: u32,
    /// The practice GitHub's limit of changes in a minute
    #[arg(long, value_name = "N", default_value_t = GitHubOptions::default().writes_per_minute)]
    write_limit: u32,
    /// At the end, write every repository into this folder, as git has them
    #[arg(long, value_name = "FOLDER")]
    export: Option<PathBuf>,
    /// Print the provider definition that points here, and end
    #[arg(long)]
    print_provider: bool,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let options = options(args);
    if args.print_provider {
        let text = sandbox::provider_toml(options.port, "Sandbox", options.rotation);
        return printed(app.ui.data(text.trim_end()));
    }
    let sandbox = Sandbox::start(options).map_err(|error| not_started(&error))?;
    if app.ui.json() {
        let document = crate::json::json!({
            "schema": 1,
            "issuer": sandbox.url(),
            "public_client_id": PUBLIC_CLIENT,
            "confidential_client_id": CONFIDENTIAL_CLIENT,
            "confidential_client_secret": sandbox.client_secret().expose(),
        });
        printed(app.ui.data(&document.to_string()))?;
    } else {
        printed(app.ui.data(sandbox.url()))?;
    }
    let running = block_on(async {
        // In here Ctrl-C is listened to.
        announce(app, &sandbox);
        std::future::pending().await
    });
    if let Some(folder) = &args.export {
        export(app, &sandbox, folder)?;
    }
    match running {
        // It is how a server ends, and no failure.
        Err(error) if error.kind == Kind::Interrupted => Err(Error::new(Kind::Interrupted, "")),
        ended => ended,
    }
}

fn not_started(error: &StartError) -> Error {
    let shown = Error::new(Kind::Failed, "could not start the sandbox").caused_by(error);
    match error {
        StartError::Listen { port, .. } => shown
            .hint(format!("see who has it: `ss -ltnp sport = :{port}`"))
            .hint("or take one that is free: `oauthctl sandbox --port 0`"),
        StartError::Random(_) => shown,
    }
}

fn announce(app: &App, sandbox: &Sandbox) {
    app.ui
        .note("a practice provider is running; Ctrl-C ends it and forgets everything");
    app.ui.note("connect to it with:");
    app.ui.note(&format!(
        "  oauthctl connect {} --name sandbox --client-id {PUBLIC_CLIENT}",
        sandbox.url()
    ));
    app.ui.note(&format!(
        "or for `--client-credentials` with `--client-id {CONFIDENTIAL_CLIENT}`, whose secret is {}",
        sandbox.client_secret().expose()
    ));
    app.ui.note(&format!(
        "what was asked: {0}/_sandbox/log, live tokens: {0}/_sandbox/tokens",
        sandbox.url()
    ));
}

/// Writes `FOLDER/OWNER/NAME.git` for every repository.
fn export(app: &App, sandbox: &Sandbox, folder: &Path) -> Result<()> {
    for name in sandbox.github().repositories() {
        // an account may be called anything, `..` too
        let safe = name.trim_start_matches('.');
        let place = folder.join(format!("{safe}.git"));
        sandbox.github().export(&name, &place).map_err(|error| {
            let what = format!("could not export to `{}`", place.display());
            Error::new(Kind::Failed, what).caused_by(&error)
        })?;
        app.ui.note(&format!("wrote `{}`", place.display()));
    }
    Ok(())
}

fn options(args: &Args) -> Options {
    let mut options = Options::new(moment().wall);
    options.port = args.port;
    options.lifetimes = args.expires_in.clone();
    options.seed.clone_from(&args.seed);
    options.faults.clone_from(&args.faults);
    options.consent = if args.auto_consent {
        Consent::Automatic
    } else {
        Consent::Page
    };
    if args.no_rotation {
        options.rotation = Rotation::Keep;
    }
    options.accounts.clone_from(&args.accounts);
    options.latency = Duration::from_millis(args.latency);
    options.github.requests_per_hour = args.rate_limit;
    options.github.writes_per_minute = args.write_limit;
    options.withheld.extend(args.withheld.iter().cloned());
    options
}
