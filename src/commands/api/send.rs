//! One authorised request: with the token, to hosts that it may go to, and through redirects among
//! those.

use http::header::{AUTHORIZATION, LOCATION};
use url::Url;

use crate::app::moment;
use crate::commands::api::request::Call;
use crate::commands::block_on;
use crate::connection::fresh::HandOut;
use crate::endpoint::Endpoint;
use crate::error::{Error, Kind, Result};
use crate::exchange::Outgoing;
use crate::http::{Http, Limits, Response, SendError};
use crate::provider::definition::Definition;

/// How many redirects are followed; more is a loop.
const REDIRECTS: usize = 5;

/// What came, and from where.
pub(super) struct Answer {
    pub(super) response: Response,
    pub(super) from: Url,
    /// The answer is a redirect to a host to which no token goes.
    pub(super) leads_to: Option<String>,
}

/// Tokens go where the definition says, over https (or to this machine).
pub(super) fn check_host(definition: &Definition, url: &Url) -> Result<()> {
    let Err(why) = listed(definition, url) else {
        return Ok(());
    };
    let hosts = definition.api_hosts.iter();
    let hosts: Vec<_> = hosts.map(|host| format!("`{host}`")).collect();
    let hosts = if hosts.is_empty() {
        "its definition lists no host".to_owned()
    } else {
        format!("its definition lists {}", hosts.join(", "))
    };
    let message = format!("a token of `{}` is not sent there", definition.name);
    Err(Error::new(Kind::Refused, message)
        .because(why)
        .because(hosts)
        .hint("hosts are listed under `[api] hosts` in a definition of your own"))
}

/// Nothing where a token may go there, else why not.
fn listed(definition: &Definition, url: &Url) -> std::result::Result<(), String> {
    let endpoint: std::result::Result<Endpoint, _> = url.as_str().parse();
    let authority = endpoint.map_err(|error| error.to_string())?.authority();
    if definition.api_hosts.contains(&authority) {
        Ok(())
    } else {
        Err(format!("the host `{authority}` is not listed"))
    }
}

/// Sends the call, and follows redirects of what changes nothing, as far as the token may go.
pub(super) fn send(
    limits: Limits,
    definition: &Definition,
    hand_out: &HandOut,
    call: &Call,
) -> Result<Answer> {
    let http = Http::new(limits);
    let mut from = call.url.clone();
    for _ in 0..=REDIRECTS {
        let response = once(&http, definition, hand_out, call, &from)?;
        let target = redirect(call, &from, &response);
        let leads_to = target.as_ref().and_then(|target| {
            let is_refused = listed(definition, target).is_err();
            is_refused.then(|| target.origin().ascii_serialization())
        });
        match target {
            Some(target) if leads_to.is_none() => from = target,
            Some(_) | None => {
                return Ok(Answer {
                    response,
                    from,
                    leads_to,
                });
            }
        }
    }
    Err(Error::new(Kind::Failed, "the API redirects without end"))
}

fn once(
    http: &Http,
    definition: &Definition,
    hand_out: &HandOut,
    call: &Call,
    url: &Url,
) -> Result<Response> {
    let token = &hand_out.set.access_token;
    let mut request = call.request(url)?;
    let mut value: http::HeaderValue = format!("Bearer {}", token.expose())
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
        let outgoing = Outgoing::to_resource(key, token, moment, request).map_err(|error| {
            Error::new(Kind::Failed, "could not prove the token's key").caused_by(&error)
        })?;
        Ok(outgoing.send(http).await)
    });
    sent?.map_err(|error| {
        match error {
            // the same answer would come again
            SendError::TooLarge { .. } => {
                Error::new(Kind::Failed, "could not take the API's answer")
            }
            SendError::NotSent { .. } | SendError::MaybeSent { .. } => {
                Error::new(Kind::Temporary, "could not reach the API")
            }
        }
        .caused_by(&error)
    })
}

fn redirect(call: &Call, from: &Url, response: &Response) -> Option<Url> {
    let is_redirect = matches!(response.status, 301 | 302 | 303 | 307 | 308);
    if !is_redirect || !call.changes_nothing() {
        return None;
    }
    let location = response.headers.get(LOCATION)?.to_str().ok()?;
    let mut target = from.join(location).ok()?;
    // RFC 9110 section 10.2.2: it is for who shows the answer, and is not sent.
    target.set_fragment(None);
    Some(target)
}
