mod filter;
mod link;
mod request;

use std::time::Duration;

use http::header::{AUTHORIZATION, LOCATION};
use url::Url;

use crate::app::{App, moment};
use crate::commands::token::duration;
use crate::commands::{block_on, fresh_token, printed};
use crate::connection::fresh::{HandOut, Want};
use crate::endpoint::Endpoint;
use crate::error::{Error, Kind, Result};
use crate::exchange::Outgoing;
use crate::http::{Http, Limits, Response};
use crate::names::ConnectionRef;
use crate::provider::definition::Definition;
use crate::vault::Vault;

use request::Call;

/// The most that one answer may weigh: it is held in memory, so that it is printed whole or not.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// How many redirects and how many pages are followed; more is a loop.
const REDIRECTS: usize = 5;
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
    oauthctl api google 'https://www.googleapis.com/calendar/v3/users/me/calendarList' -f maxResults=5")]
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
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = duration)]
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
    let mut seen = 0;
    loop {
        let (response, from) =
            authorised(app, &mut vault, args, &definition, &mut hand_out, &call)?;
        show(app, args, &response)?;
        judge(&call, &response)?;
        let next = args.paginate.then(|| link::next(&response.headers, &from));
        let Some(next) = next.flatten() else {
            return Ok(());
        };
        seen += 1;
        if seen == PAGES {
            return Err(Error::new(Kind::Failed, "there is no end of pages")
                .note(format!("{PAGES} were printed")));
        }
        check_host(&definition, &next)?;
        call = call.at(next);
    }
}

/// Tokens go where the definition says, over https (or to this machine).
fn check_host(definition: &Definition, url: &Url) -> Result<()> {
    let refused = |why: String| {
        let listed: Vec<_> = definition
            .api_hosts
            .iter()
            .map(|host| format!("`{host}`"))
            .collect();
        let listed = if listed.is_empty() {
            "its definition lists no host".to_owned()
        } else {
            format!("its definition lists {}", listed.join(", "))
        };
        Error::new(
            Kind::Refused,
            format!("a token of `{}` is not sent there", definition.name),
        )
        .because(why)
        .because(listed)
        .hint("hosts are listed under `[api] hosts` in a definition of your own")
    };
    let endpoint: Endpoint = url
        .as_str()
        .parse()
        .map_err(|error: crate::endpoint::EndpointError| refused(error.to_string()))?;
    let authority = endpoint.authority();
    if definition.api_hosts.contains(&authority) {
        return Ok(());
    }
    Err(refused(format!("the host `{authority}` is not listed")))
}

/// Sends the call; where the token is refused, with the next one once more.
fn authorised(
    app: &App,
    vault: &mut Vault,
    args: &Args,
    definition: &Definition,
    hand_out: &mut HandOut,
    call: &Call,
) -> Result<(Response, Url)> {
    let answered = send(args, definition, hand_out, call)?;
    if answered.0.status != 401 {
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
    send(args, definition, hand_out, call)
}

/// One call, and the redirects that may be followed: of requests that change nothing, to hosts
/// that the token may go to. The answer, and where it came from.
fn send(
    args: &Args,
    definition: &Definition,
    hand_out: &HandOut,
    call: &Call,
) -> Result<(Response, Url)> {
    let http = Http::new(Limits {
        whole: args.timeout,
        body: LARGEST_ANSWER,
        ..Limits::default()
    });
    let mut url = call.url.clone();
    for _ in 0..=REDIRECTS {
        let mut request = call.request(&url)?;
        let value = format!("Bearer {}", hand_out.set.access_token.expose());
        let mut value: http::HeaderValue = value
            .parse()
            .map_err(|_| Error::new(Kind::Failed, "could not send the token in a header"))?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
        for (name, value) in &definition.headers {
            let name: Option<http::HeaderName> = name.parse().ok();
            if let (Some(name), Ok(value)) = (name, value.parse()) {
                request.headers_mut().entry(name).or_insert(value);
            }
        }
        let sent = block_on(async {
            let Some(key) = &hand_out.key else {
                return Ok(http.send(request).await);
            };
            let token = &hand_out.set.access_token;
            let outgoing = Outgoing::to_resource(key, token, moment, request).map_err(|error| {
                Error::new(Kind::Failed, "could not prove the token's key").caused_by(&error)
            })?;
            Ok(outgoing.send(&http).await)
        });
        let response = sent?.map_err(|error| {
            Error::new(Kind::Temporary, "could not reach the API").caused_by(&error)
        })?;
        let Some(target) = redirect(call, &url, &response) else {
            return Ok((response, url));
        };
        check_host(definition, &target)?;
        url = target;
    }
    Err(Error::new(Kind::Failed, "the API redirects without end"))
}

fn redirect(call: &Call, from: &Url, response: &Response) -> Option<Url> {
    let is_redirect = matches!(response.status, 301 | 302 | 303 | 307 | 308);
    if !is_redirect || !call.changes_nothing() {
        return None;
    }
    let location = response.headers.get(LOCATION)?.to_str().ok()?;
    from.join(location).ok()
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
fn judge(call: &Call, response: &Response) -> Result<()> {
    let kind = match response.status {
        200..=299 => return Ok(()),
        401 => Kind::LoginRequired,
        // GitHub answers 403 to whoever asks too often.
        403 if response.retry_after.is_some() => Kind::Temporary,
        403 => Kind::Refused,
        408 | 425 | 429 | 500..=599 => Kind::Temporary,
        _ => Kind::Failed,
    };
    let failed = Error::new(
        kind,
        format!("the API answered {} to {}", response.status, call.method),
    )
    .retry_after(response.retry_after);
    Err(match response.retry_after {
        Some(wait) => failed.hint(format!("try again in {}", crate::ui::span(wait))),
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
