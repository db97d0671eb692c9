use std::time::Duration;

use crate::app::App;
use crate::commands::{fresh_token, printed};
use crate::connection::fresh::{HandOut, Want};
use crate::error::Result;
use crate::names::{ConnectionRef, Scope};
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The token alone
    Plain,
    /// An object with type, expiry and scopes
    Json,
    /// `Authorization: Bearer …`
    Header,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let want = Want {
        min_ttl: args.min_ttl,
        scopes: args.scopes.clone(),
    };
    let hand_out = fresh_token::hand_out(app, &args.connection, &want)?;
    show(app, args.format, &hand_out)
}

fn show(app: &App, format: Format, hand_out: &HandOut) -> Result<()> {
    let set = &hand_out.set;
    let format = if app.ui.json() { Format::Json } else { format };
    let token = set.access_token.expose();
    let line = match format {
        Format::Plain => set.access_token.clone(),
        // RFC 6750 section 2.1.
        Format::Header => Secret::new(format!("Authorization: Bearer {token}")),
        Format::Json => Secret::new(
            serde_json::json!({
                "schema": 1,
                "connection": hand_out.name.to_string(),
                "access_token": token,
                "token_type": set.token_type,
                "expires_at": set.expires_at().map(|at| at.to_string()),
                "scopes": set.granted.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })
            .to_string(),
        ),
    };
    printed(app.ui.hand_over(&line))
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
