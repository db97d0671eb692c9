//! Tests: what each shipped definition makes the protocol say and understand, from the URL in the
//! browser to the request that ends it. The answers are shaped as the providers document them.

mod others;

use std::fmt::Write;

use super::attempt::{Attempt, RANDOM_BYTES};
use super::authorization::authorization_url;
use super::scope::{compare, request_scopes};
use super::token_error::TokenError;
use super::token_request::{Grant, token_request};
use super::{Reply, fixture, revocation, token_answer};
use crate::provider::definition::{Definition, RedirectHost, SecretRule};
use crate::secret::Secret;
use crate::token::Lifetime;

fn redirect_uri(definition: &Definition) -> String {
    let host = match definition.redirect.host {
        RedirectHost::Ipv4 => "127.0.0.1",
        RedirectHost::Localhost => "localhost",
    };
    let port = definition.redirect.port.unwrap_or(5);
    format!("http://{host}:{port}{}", definition.redirect.path)
}

/// Every request that is made of a definition, one after the other.
fn said(name: &str) -> String {
    let definition = fixture::shipped(name);
    let client = fixture::client(match definition.client.secret {
        SecretRule::Required => Some("s:e+cret"),
        SecretRule::Optional | SecretRule::Forbidden => None,
    });
    let random: [u8; RANDOM_BYTES] = std::array::from_fn(|i| u8::try_from(i / 32 + 1).unwrap());
    let scopes = request_scopes(&definition, &[]);
    let attempt = Attempt::from_random(&random, &scopes);
    let redirect_uri = redirect_uri(&definition);
    let url = authorization_url(&definition, &client.id, &redirect_uri, &scopes, &attempt);
    let (path, query) = url.expose().split_once('?').unwrap();
    let mut text = format!("GET {path}\n");
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        writeln!(text, "  {name}={value}").unwrap();
    }
    let (code, refresh_token) = (fixture::secret("c/1"), fixture::secret("rt"));
    for grant in [
        Grant::AuthorizationCode {
            code: &code,
            verifier: attempt.verifier(),
            redirect_uri: &redirect_uri,
        },
        Grant::RefreshToken {
            refresh_token: &refresh_token,
            redirect_uri: Some(&redirect_uri),
        },
    ] {
        let endpoint = &definition.token_endpoint;
        let request = token_request(&definition, &client, endpoint, &grant).unwrap();
        text.push_str(&fixture::bytes(&request));
    }
    let set = fixture::set("at", Some("rt"));
    for one in revocation::requests(&definition, &definition.revocation, &client, &set).unwrap() {
        text.push_str(&fixture::bytes(&one.request));
    }
    text
}

#[test]
fn github_is_spoken_to_as_it_wants() {
    assert_eq!(
        said("github"),
        r#"GET https://github.com/login/oauth/authorize
  response_type=code
  client_id=client id
  state=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI
  code_challenge=VtX6czP210fbQsI5QH5dpMMvTHnzXQkrE0_TWkAtnFw
  code_challenge_method=S256
  redirect_uri=http://127.0.0.1:5/callback
  scope=read:user
POST https://github.com/login/oauth/access_token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=authorization_code&code=c%2F1&code_verifier=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE&client_id=client+id&client_secret=s%3Ae%2Bcret&redirect_uri=http%3A%2F%2F127.0.0.1%3A5%2Fcallback
POST https://github.com/login/oauth/access_token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=refresh_token&refresh_token=rt&client_id=client+id&client_secret=s%3Ae%2Bcret
DELETE https://api.github.com/applications/client%20id/token
accept: application/json
authorization: Basic Y2xpZW50K2lkOnMlM0FlJTJCY3JldA==
content-type: application/json
{"access_token":"at"}
"#
    );
}

#[test]
fn google_and_youtube_are_spoken_to_as_they_want() {
    let wanted = |scope: &str| {
        format!(
            "GET https://accounts.google.com/o/oauth2/v2/auth
  response_type=code
  client_id=client id
  state=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI
  code_challenge=VtX6czP210fbQsI5QH5dpMMvTHnzXQkrE0_TWkAtnFw
  code_challenge_method=S256
  redirect_uri=http://127.0.0.1:5/callback
  scope={scope}
  nonce=AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM
  access_type=offline
POST https://oauth2.googleapis.com/token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=authorization_code&code=c%2F1&code_verifier=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE&client_id=client+id&client_secret=s%3Ae%2Bcret&redirect_uri=http%3A%2F%2F127.0.0.1%3A5%2Fcallback
POST https://oauth2.googleapis.com/token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=refresh_token&refresh_token=rt&client_id=client+id&client_secret=s%3Ae%2Bcret
POST https://oauth2.googleapis.com/revoke
accept: application/json
content-type: application/x-www-form-urlencoded
token=rt&token_type_hint=refresh_token
"
        )
    };
    assert_eq!(said("google"), wanted("openid email"));
    let scopes = "openid email https://www.googleapis.com/auth/youtube.readonly";
    assert_eq!(said("youtube"), wanted(scopes));
}

#[test]
fn microsoft_is_spoken_to_as_a_public_client_and_nothing_is_revoked() {
    assert_eq!(
        said("microsoft"),
        "GET https://login.microsoftonline.com/common/oauth2/v2.0/authorize
  response_type=code
  client_id=client id
  state=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI
  code_challenge=VtX6czP210fbQsI5QH5dpMMvTHnzXQkrE0_TWkAtnFw
  code_challenge_method=S256
  redirect_uri=http://localhost:5/callback
  scope=openid profile offline_access User.Read
  nonce=AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM
POST https://login.microsoftonline.com/common/oauth2/v2.0/token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=authorization_code&code=c%2F1&code_verifier=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE&client_id=client+id&redirect_uri=http%3A%2F%2Flocalhost%3A5%2Fcallback
POST https://login.microsoftonline.com/common/oauth2/v2.0/token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=refresh_token&refresh_token=rt&client_id=client+id
"
    );
}

#[test]
fn notion_is_spoken_to_in_json_without_pkce_and_scopes() {
    assert_eq!(
        said("notion"),
        r#"GET https://api.notion.com/v1/oauth/authorize
  response_type=code
  client_id=client id
  state=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI
  redirect_uri=http://localhost:17817/callback
  owner=user
POST https://api.notion.com/v1/oauth/token
accept: application/json
authorization: Basic Y2xpZW50K2lkOnMlM0FlJTJCY3JldA==
content-type: application/json
notion-version: 2025-09-03
{"code":"c/1","grant_type":"authorization_code","redirect_uri":"http://localhost:17817/callback"}
POST https://api.notion.com/v1/oauth/token
accept: application/json
authorization: Basic Y2xpZW50K2lkOnMlM0FlJTJCY3JldA==
content-type: application/json
notion-version: 2025-09-03
{"grant_type":"refresh_token","refresh_token":"rt"}
POST https://api.notion.com/v1/oauth/revoke
accept: application/json
authorization: Basic Y2xpZW50K2lkOnMlM0FlJTJCY3JldA==
content-type: application/json
notion-version: 2025-09-03
{"token":"at"}
"#
    );
}

/// `PROVIDER | SCOPES ASKED | STATUS | BODY | OUTCOME`; of tokens: refresh token, lifetime, and what
/// is missing of the scopes.
const ANSWERS: &str = r#"
github | repo gist | 200 | {"access_token":"gho_a","scope":"gist,repo","token_type":"bearer"} | - forever
github | user user:email | 200 | {"access_token":"gho_a","scope":"user","token_type":"bearer"} | - forever
github | repo offline_access | 200 | {"access_token":"gho_a","expires_in":28800,"refresh_token":"ghr_r","refresh_token_expires_in":15897600,"scope":"repo","token_type":"bearer"} | ghr_r 28800
github | repo | 200 | {"access_token":"ghu_a","expires_in":28800,"refresh_token":"ghr_r","refresh_token_expires_in":15897600,"scope":"","token_type":"bearer"} | ghr_r 28800 repo
github | repo gist | 200 | {"access_token":"gho_a","scope":"gist","token_type":"bearer"} | - forever repo
github | repo | 200 | {"error":"incorrect_client_credentials","error_description":"The client_id and/or client_secret passed are incorrect.","error_uri":"https://docs.github.com/"} | client
github | repo | 200 | {"error":"bad_refresh_token","error_description":"The refresh token passed is incorrect or expired."} | ended
github | repo | 200 | {"error":"bad_verification_code","error_description":"The code passed is incorrect or expired."} | refused
github | repo | 200 | {"error":"redirect_uri_mismatch"} | refused
github | repo | 404 | {"message":"Not Found"} | malformed
google | openid email | 200 | {"access_token":"ya29.a","expires_in":3599,"refresh_token":"1//r","scope":"https://www.googleapis.com/auth/userinfo.email openid","token_type":"Bearer","id_token":"h.p.s"} | 1//r 3599
google | openid email https://www.googleapis.com/auth/calendar | 200 | {"access_token":"ya29.a","expires_in":3599,"scope":"openid https://www.googleapis.com/auth/userinfo.email","token_type":"Bearer","id_token":"h.p.s"} | - 3599 https://www.googleapis.com/auth/calendar
google | openid | 200 | {"access_token":"ya29.a","expires_in":3599,"refresh_token":"1//r","refresh_token_expires_in":604799,"scope":"openid","token_type":"Bearer"} | 1//r 3599
google | openid | 400 | {"error":"invalid_grant","error_description":"Token has been expired or revoked."} | ended
google | openid | 400 | {"error":"invalid_grant","error_description":"reauth related error (invalid_rapt)","error_subtype":"invalid_rapt"} | ended
google | openid | 400 | {"error":"invalid_request","error_description":"client_secret is missing."} | refused
google | openid | 401 | {"error":"invalid_client","error_description":"The OAuth client was not found."} | client
google | openid | 401 | {"error":"deleted_client","error_description":"The OAuth client was deleted."} | client
google | openid | 400 | {"error":"admin_policy_enforced"} | refused
youtube | openid email https://www.googleapis.com/auth/youtube.upload | 200 | {"access_token":"ya29.a","expires_in":3599,"refresh_token":"1//r","scope":"openid https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/youtube.upload","token_type":"Bearer","id_token":"h.p.s"} | 1//r 3599
youtube | openid | 400 | {"error":"invalid_grant","error_description":"Bad Request"} | ended
youtube | openid | 401 | {"error":"deleted_client"} | client
microsoft | openid profile offline_access User.Read Mail.Read | 200 | {"token_type":"Bearer","scope":"Mail.Read User.Read profile openid email","expires_in":3736,"ext_expires_in":3736,"access_token":"eyJ0","refresh_token":"0.r","id_token":"h.p.s"} | 0.r 3736
microsoft | openid profile offline_access User.Read | 200 | {"token_type":"Bearer","scope":"https://graph.microsoft.com/user.read","expires_in":3599,"ext_expires_in":3599,"access_token":"EwB","refresh_token":"M.r","id_token":"h.p.s"} | M.r 3599
microsoft | User.Read Mail.Send | 200 | {"token_type":"Bearer","scope":"User.Read","expires_in":"3599","access_token":"eyJ0"} | - 3599 Mail.Send
microsoft | User.Read | 400 | {"error":"invalid_grant","error_description":"AADSTS700082: The refresh token has expired due to inactivity.","error_codes":[700082],"timestamp":"2026-11-20 10:00:00Z","trace_id":"t","correlation_id":"c","error_uri":"https://login.microsoftonline.com/error?code=700082"} | ended
microsoft | User.Read | 400 | {"error":"interaction_required","error_description":"AADSTS50076: use multi-factor authentication.","error_codes":[50076],"suberror":"basic_action"} | ended
microsoft | User.Read | 401 | {"error":"invalid_client","error_description":"AADSTS7000218: The request body must contain client_assertion or client_secret.","error_codes":[7000218]} | client
microsoft | User.Read | 400 | {"error":"unauthorized_client","error_description":"AADSTS700016: Application was not found in the directory.","error_codes":[700016]} | client
microsoft | User.Read | 400 | {"error":"invalid_scope","error_description":"AADSTS70011: The scope is not valid.","error_codes":[70011]} | refused
microsoft | User.Read | 429 | {"error":"temporarily_unavailable"} | temporary
notion | - | 200 | {"access_token":"ntn_a","token_type":"bearer","refresh_token":"nrt_r","bot_id":"b","workspace_id":"w","workspace_name":"W","workspace_icon":null,"owner":{"type":"user","user":{"object":"user","id":"u"}},"duplicated_template_id":null,"request_id":"q"} | nrt_r unknown
notion | - | 200 | {"access_token":"ntn_a","token_type":"bearer","refresh_token":null,"bot_id":"b","workspace_id":"w","workspace_name":null,"owner":{"type":"workspace","workspace":true},"duplicated_template_id":null,"request_id":"q"} | - unknown
notion | - | 400 | {"error":"invalid_grant","error_description":"Invalid refresh token.","request_id":"q"} | ended
notion | - | 401 | {"error":"invalid_client","request_id":"q"} | client
notion | - | 429 | {"object":"error","status":429,"code":"rate_limited","message":"slow down"} | temporary
"#;

fn understood(definition: &Definition, asked: &str, status: u16, body: &str) -> String {
    let asked: Vec<_> = asked.split(' ').filter(|scope| *scope != "-").collect();
    let asked = fixture::scopes(&asked);
    let reply = Reply {
        status,
        content_type: Some("application/json; charset=utf-8"),
        retry_after: None,
        body: body.as_bytes(),
    };
    let set = match token_answer::read(definition, &asked, &fixture::started(), &reply) {
        Ok(answer) => answer.set,
        Err(TokenError::Ended { .. }) => return "ended".to_owned(),
        Err(TokenError::InvalidClient { .. }) => return "client".to_owned(),
        Err(TokenError::Refused { .. }) => return "refused".to_owned(),
        Err(TokenError::Temporary { .. }) => return "temporary".to_owned(),
        Err(TokenError::Malformed { .. }) => return "malformed".to_owned(),
    };
    let lifetime = match set.lifetime {
        Lifetime::Limited(lifetime) => lifetime.as_secs().to_string(),
        Lifetime::Forever => "forever".to_owned(),
        Lifetime::Unknown => "unknown".to_owned(),
    };
    let missing = compare(&definition.scopes, &asked, &set.granted).missing;
    let missing: Vec<_> = missing.iter().map(ToString::to_string).collect();
    let refresh_token = set.refresh_token.as_ref().map_or("-", Secret::expose);
    let text = format!("{refresh_token} {lifetime} {}", missing.join(" "));
    text.trim_end().to_owned()
}

#[test]
fn documented_answers_are_understood() {
    for line in ANSWERS.lines().filter(|line| !line.is_empty()) {
        let [name, asked, status, body, wanted] =
            line.split(" | ").collect::<Vec<_>>().try_into().unwrap();
        let definition = fixture::shipped(name);
        let got = understood(&definition, asked, status.parse().unwrap(), body);
        assert_eq!(got, wanted, "{line}");
    }
}
