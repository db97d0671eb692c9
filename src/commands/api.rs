mod filter;
mod link;
mod request;
mod send;

use std::collections::BTreeSet;
use std::time::Duration;

use crate::app::App;
use crate::commands::token::duration;
use crate::commands::{fresh_token, printed};
use crate::connection::fresh::{HandOut, Want};
use crate::endpoint::Endpoint;
use crate::error::{Error, Kind, Result};
use crate::http::{Limits, Response};
use crate::names::ConnectionRef;
use crate::provider::definition::Definition;
use crate::vault::Vault;

use link::Next;
use request::Call;
use send::{Answer, check_host, send};

/// The most that one answer may weigh: it is held in memory, so that it is printed whole or not.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// How many pages are followed; more is a loop.
const PAGES: usize = 10_000;

/// Send an authorised request to a provider's API
///
/// The token goes in the `Authorization` header, to hosts that the provider's definition lists and
/// to no other. The answer's body is printed as it came. When the API refuses the token it is
/// refreshed and the request sent once more. Exit codes: 0 for 2xx, 4 when the token is refused, 7
/// for 403, 5 for a server in trouble or a rate limit, else 1.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl api github https://api.github.com/user\n  \
    oauthctl api github https://api.github.com/user/repos --paginate --jq '.[].full_name'\n  \
    oauthctl api github https://api.github.com/gists -X POST --input gist.json\n  \
    oauthctl api google 'https://www.googleapis.com/calendar/v3/users/me/calendarList' -X GET -f maxResults=5")]
pub(super) struct Args {
    /// The connection: `PROVIDER` or `PROVIDER/ACCOUNT`
    #[arg(value_name = "CONNECTION")]
    connection: ConnectionRef,
    /// The whole URL
    #[arg(value_name = "URL")]
    url: Endpoint,
    #[command(flatten)]
    request: request::Args,
    /// Print status and headers before the body
    #[arg(short, long)]
    include: bool,
    /// Follow `Link: …; rel="next"` on the same host, and print one page after the other
    #[arg(long)]
    paginate: bool,
    /// Print what this filter makes of the answer, by the program `jq`; strings without quotes
    #[arg(
        long,
        value_name = "FILTER",
        conflicts_with = "include",
        allow_hyphen_values = true
    )]
    jq: Option<String>,
    /// How long one request may take, such as 90s or 10m
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = some_time)]
    timeout: Duration,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let mut call = args.request.call(args.url.url())?;
    // What makes no sense is heard of before a token is fetched.
    if args.paginate && !call.changes_nothing() {
        return Err(Error::new(
            Kind::Usage,
            format!("`--paginate` would send one {} for each page", call.method),
        )
        .hint("pages are followed for GET and HEAD; parameters of a GET: `-X GET -f KEY=VALUE`"));
    }
    if let Some(filter) = &args.jq {
        filter::check(filter)?;
    }
    let (mut vault, _) = fresh_token::vault(app, &args.connection)?;
    let mut hand_out = fresh_token::hand_out(app, &mut vault, &args.connection, &wanted())?;
    let definition = app.world().definition_of(&hand_out.name)?;
    check_host(&definition, &call.url)?;
    let mut seen = BTreeSet::from([call.url.to_string()]);
    loop {
        let answer = authorised(app, &mut vault, args, &definition, &mut hand_out, &call)?;
        show(app, args, &answer.response)?;
        judge(&call, &answer)?;
        if !args.paginate {
            return Ok(());
        }
        let next = match link::next(&answer.response.headers, &answer.from) {
            Next::Page(next) => next,
            Next::None => return Ok(()),
            Next::Elsewhere(host) => {
                let why = format!("the next page is at `{host}`, and no token goes there");
                return Err(unfinished(seen.len()).because(why));
            }
        };
        if seen.len() == PAGES || !seen.insert(next.to_string()) {
            return Err(unfinished(seen.len()).because("the pages go round in a circle"));
        }
        check_host(&definition, &next)?;
        if args.include {
            // A body need not end with its line.
            printed(app.ui.data(""))?;
        }
        call = call.at(next);
    }
}

/// What was printed looks like all there is, and is not.
fn unfinished(pages: usize) -> Error {
    let printed = crate::ui::counted(pages, "page");
    Error::new(Kind::Failed, "there are more pages").note(format!("{printed} printed"))
}

fn some_time(text: &str) -> std::result::Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("nothing can be done in no time".to_owned()),
        some => Ok(some),
    }
}

/// Sends the call; where the token is refused, with the next one once more.
fn authorised(
    app: &App,
    vault: &mut Vault,
    args: &Args,
    definition: &Definition,
    hand_out: &mut HandOut,
    call: &Call,
) -> Result<Answer> {
    let limits = Limits {
        whole: args.timeout,
        body: LARGEST_ANSWER,
        ..Limits::default()
    };
    let answered = send(limits, definition, hand_out, call)?;
    if answered.response.status != 401 {
        return Ok(answered);
    }
    fresh_token::renew(app, vault, &hand_out.name, &hand_out.set)?;
    let exact = ConnectionRef::Exact(hand_out.name.clone());
    let next = fresh_token::hand_out(app, vault, &exact, &wanted())?;
    if next
        .set
        .access_token
        .matches(hand_out.set.access_token.expose())
    {
        // There is no other to be had.
        return Ok(answered);
    }
    *hand_out = next;
    send(limits, definition, hand_out, call)
}

fn show(app: &App, args: &Args, response: &Response) -> Result<()> {
    if args.include {
        printed(app.ui.data(&format!("HTTP {}", response.status)))?;
        for (name, value) in &response.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            printed(app.ui.data(&format!("{name}: {value}")))?;
        }
        printed(app.ui.data(""))?;
    }
    let is_success = (200..300).contains(&response.status);
    match &args.jq {
        Some(filter) if is_success => {
            let shown = filter::filtered(filter, &response.body)?;
            printed(app.ui.bytes(&shown))
        }
        Some(_) | None => printed(app.ui.bytes(&response.body)),
    }
}

/// The exit code that a script can act on; the body is printed already.
fn judge(call: &Call, answer: &Answer) -> Result<()> {
    let response = &answer.response;
    let wait = response.retry_after.or_else(|| response.limit_resets_in());
    let kind = match response.status {
        200..=299 => return Ok(()),
        401 => Kind::LoginRequired,
        // GitHub answers 403 to whoever asks too often.
        403 if wait.is_some() => Kind::Temporary,
        403 => Kind::Refused,
        408 | 425 | 429 | 500..=599 => Kind::Temporary,
        _ => Kind::Failed,
    };
    let failed = Error::new(
        kind,
        format!("the API answered {} to {}", response.status, call.method),
    )
    .retry_after(wait);
    let failed = match wait {
        Some(wait) => failed.hint(format!("try again in {}", crate::ui::span(wait))),
        None => failed,
    };
    Err(match &answer.leads_to {
        Some(host) => failed
            .because(format!("it redirects to `{host}`, and no token goes there"))
            .hint("`--include` shows the address, which may need no token"),
        None => failed,
    })
}

/// A token that is bound to a key will do: its proof goes with it.
fn wanted() -> Want {
    Want {
        may_be_bound: true,
        by_definition: true,
        ..Want::default()
    }
}
