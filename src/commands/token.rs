mod copy;

use std::time::Duration;

use crate::app::{App, moment};
use crate::commands::{fresh_token, printed};
use crate::connection::fresh::{HandOut, Want};
use crate::endpoint::Endpoint;
use crate::env;
use crate::error::{Error, Kind, Result};
use crate::exchange::unique;
use crate::names::{ConnectionRef, Scope};
use crate::oauth::dpop::{self, About};
use crate::oauth::request::RequestError;
use crate::oauth::sasl;
use crate::secret::Secret;

/// Print a fresh access token
///
/// Prints the stored access token while it is good for a while longer, else refreshes it first:
/// once, however many processes ask at the same time.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl token github --format header | curl -H @- https://api.github.com/user\n  \
    oauthctl token google/me@example.org --min-ttl 10m --scope openid")]
pub(super) struct Args {
    /// The connection: `PROVIDER` or `PROVIDER/ACCOUNT`
    #[arg(value_name = "CONNECTION")]
    connection: ConnectionRef,
    /// How long the token must still live, such as 90s, 10m or 1h [default: 60s or a tenth of its
    /// lifetime, the smaller]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    min_ttl: Option<Duration>,
    /// Fail unless this scope is granted (can be given several times)
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<Scope>,
    /// How to print it
    #[arg(long, value_enum, default_value = "plain", conflicts_with = "json")]
    format: Format,
    /// The method of the request that the proof is for
    #[arg(long, value_name = "METHOD", required_if_eq("format", "dpop"))]
    method: Option<http::Method>,
    /// The URL of the request that the proof is for
    #[arg(long, value_name = "URL", required_if_eq("format", "dpop"))]
    url: Option<Endpoint>,
    /// The mailbox that `--format xoauth2` is for [default: the account, where it is an address]
    #[arg(long, value_name = "ADDRESS")]
    user: Option<String>,
    /// Put it on the clipboard for a minute instead of printing it
    #[arg(long, conflicts_with = "json")]
    copy: bool,
    /// The nonce that the server gave, for the proof
    #[arg(long, value_name = "NONCE", requires = "url")]
    nonce: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The token alone
    #[default]
    Plain,
    /// An object with type, expiry and scopes
    Json,
    /// `Authorization: Bearer …`
    Header,
    /// The two headers of one request with a token that is bound to a key
    Dpop,
    /// What mail servers take in place of a password (SASL XOAUTH2), in base64
    Xoauth2,
    /// What `kubectl` takes from a credential plugin
    Kubectl,
    /// An object with token and expiry, as programs with a `credential_process` setting read it
    CredentialProcess,
}

impl Args {
    /// What `oauthctl token CONNECTION` means.
    pub(super) fn of(connection: ConnectionRef) -> Self {
        Self {
            connection,
            min_ttl: None,
            scopes: Vec::new(),
            format: Format::default(),
            method: None,
            url: None,
            user: None,
            copy: false,
            nonce: None,
        }
    }
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    refuse_unused(args, app.ui.json())?;
    let want = Want {
        min_ttl: args.min_ttl,
        scopes: args.scopes.clone(),
        may_be_bound: app.ui.json() || matches!(args.format, Format::Json | Format::Dpop),
        by_definition: false,
    };
    let (mut vault, _) = fresh_token::vault(app, &args.connection)?;
    let hand_out = fresh_token::hand_out(app, &mut vault, &args.connection, &want)?;
    show(app, args, &hand_out)?;
    // A person's hooks may do something with the vault yet.
    if app.events.is_empty() {
        vault.leave();
    }
    Ok(())
}

/// Options that only another format has a use for.
fn refuse_unused(args: &Args, json: bool) -> Result<()> {
    let of_a_proof = args.method.is_some() || args.url.is_some();
    let is_plain = matches!(args.format, Format::Plain | Format::Json);
    // clap sees this only where `--json` stands behind the command
    let message = if json && (args.copy || !is_plain) {
        "`--json` is a format of its own, and goes with neither `--format` nor `--copy`"
    } else if of_a_proof && args.format != Format::Dpop {
        "`--method`, `--url` and `--nonce` are for `--format dpop`"
    } else if args.user.is_some() && args.format != Format::Xoauth2 {
        "`--user` is for `--format xoauth2`"
    } else {
        return Ok(());
    };
    Err(Error::new(Kind::Usage, message))
}

/// `kubectl` takes an answer of the version that it asked in, and of no other.
fn kubernetes_version() -> &'static str {
    let asked = env::kubernetes_request().unwrap_or_default();
    let asked: serde_json::Value = serde_json::from_str(&asked).unwrap_or_default();
    match asked.get("apiVersion").and_then(serde_json::Value::as_str) {
        Some("client.authentication.k8s.io/v1beta1") => "client.authentication.k8s.io/v1beta1",
        Some(_) | None => "client.authentication.k8s.io/v1",
    }
}

fn show(app: &App, args: &Args, hand_out: &HandOut) -> Result<()> {
    let set = &hand_out.set;
    let format = if app.ui.json() {
        Format::Json
    } else {
        args.format
    };
    let token = set.access_token.expose();
    let line = match format {
        Format::Plain => set.access_token.clone(),
        // RFC 6750 section 2.1.
        Format::Header => Secret::new(format!("Authorization: Bearer {token}")),
        Format::Dpop => bound_headers(args, hand_out)?,
        Format::Json => Secret::new(
            crate::json::json!({
                "schema": 1,
                "connection": hand_out.name.to_string(),
                "access_token": token,
                "token_type": set.token_type,
                "expires_at": set.expires_at().map(|at| at.to_string()),
                "scopes": set.granted.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })
            .to_string(),
        ),
        Format::Xoauth2 => mail_response(args, hand_out)?,
        Format::Kubectl => Secret::new(
            crate::json::json!({
                "apiVersion": kubernetes_version(),
                "kind": "ExecCredential",
                "status": {
                    "token": token,
                    "expirationTimestamp": set.expires_at().map(|at| at.to_string()),
                },
            })
            .to_string(),
        ),
        Format::CredentialProcess => Secret::new(
            crate::json::json!({
                "Version": 1,
                "Token": token,
                "Expiration": set.expires_at().map(|at| at.to_string()),
            })
            .to_string(),
        ),
    };
    if args.copy {
        return copy::for_a_minute(app, &line);
    }
    printed(app.ui.hand_over(&line))
}

/// The answer to a mail server, for the account's mailbox.
fn mail_response(args: &Args, hand_out: &HandOut) -> Result<Secret> {
    let account = hand_out.name.account.as_str();
    let mailbox = match &args.user {
        Some(user) => user.as_str(),
        None if account.contains('@') => account,
        None => {
            let message = format!("`{}` does not say which mailbox is meant", hand_out.name);
            return Err(Error::new(Kind::Usage, message).hint("name it with `--user ADDRESS`"));
        }
    };
    sasl::xoauth2(mailbox, &hand_out.set.access_token).ok_or_else(|| {
        Error::new(Kind::Usage, "that is no address of a mailbox").hint("name it with `--user`")
    })
}

/// `Authorization` and `DPoP` for the one request that was named (RFC 9449 section 7.1).
fn bound_headers(args: &Args, hand_out: &HandOut) -> Result<Secret> {
    let Some(key) = &hand_out.key else {
        let message = format!("the tokens of `{}` are bound to no key", hand_out.name);
        return Err(Error::new(Kind::Usage, message).hint("leave `--format dpop` out"));
    };
    let token = &hand_out.set.access_token;
    let failed = |error: RequestError| {
        Error::new(Kind::Failed, "could not prove the token's key").caused_by(&error)
    };
    let about = About {
        method: args.method.as_ref().map_or("GET", http::Method::as_str),
        url: args.url.as_ref().map_or("", Endpoint::as_str),
        now: moment().wall,
        unique: unique().map_err(failed)?,
        nonce: args.nonce.as_deref(),
        token: Some(token),
    };
    let proof = dpop::proof(key, &about).map_err(failed)?;
    let (token, proof) = (token.expose(), proof.expose());
    Ok(Secret::new(format!(
        "Authorization: DPoP {token}\nDPoP: {proof}"
    )))
}

/// Reads `90`, `90s`, `10m`, `1h` or `7d`.
pub(super) fn duration(text: &str) -> std::result::Result<Duration, String> {
    let refuse = || format!("`{text}` is not a time such as 90s, 10m, 1h or 7d");
    let (digits, unit) = match text.strip_suffix(|c: char| c.is_ascii_alphabetic()) {
        Some(digits) => (digits, text.chars().last().unwrap_or('s')),
        None => (text, 's'),
    };
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(refuse()),
    };
    let count: u32 = digits.parse().map_err(|_| refuse())?;
    Ok(Duration::from_secs(u64::from(count) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_unit() {
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(duration("7d"), Ok(Duration::from_secs(604_800)));
        for bad in ["", "m", "-1s", "1.5h", "1y", "99999999999999999999s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
