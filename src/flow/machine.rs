//! Grants without a person: a client of its own (RFC 6749 section 4.4), and an identity that
//! another issuer vouches for (RFC 8693).

use crate::exchange::{Outgoing, reply, unique};
use crate::flow::code::{Login, LoginError, Redeemed};
use crate::http::Http;
use crate::moment::Moment;
use crate::oauth::token_answer;
use crate::oauth::token_request::{Grant, token_request};
use crate::oauth::userinfo::Identity;

/// Asks for tokens, once. Nobody is asked whose they are: it is the client's own, or nobody's who
/// could be asked.
///
/// # Errors
/// When none came.
pub async fn fetch(
    http: &Http,
    login: Login<'_>,
    grant: &Grant<'_>,
    now: fn() -> Moment,
) -> Result<Redeemed, LoginError> {
    let Login {
        definition,
        client,
        scopes,
        dpop,
    } = login;
    let client = client.at(now().wall, unique()?);
    let outgoing = Outgoing::new(dpop, now, || {
        token_request(definition, &client, &definition.token_endpoint, grant)
    })?;
    let started = now();
    let response = outgoing.send(http).await?;
    let bound = dpop.is_some();
    let answer = token_answer::read_bound(definition, scopes, &started, bound, &reply(&response))?;
    let identity = match grant {
        Grant::ClientCredentials { .. } => Identity {
            subject: Some(client.id.to_string()),
            label: Some(client.id.to_string()),
        },
        Grant::TokenExchange { .. }
        | Grant::DeviceCode { .. }
        | Grant::AuthorizationCode { .. }
        | Grant::RefreshToken { .. } => Identity::default(),
    };
    Ok(Redeemed {
        set: answer.set,
        identity,
        nameless: None,
        redirect_uri: None,
    })
}
