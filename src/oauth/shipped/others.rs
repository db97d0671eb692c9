//! Tests: what the definitions of the smaller providers make the protocol say and understand.

use super::{said, understood};
use crate::oauth::scope::request_text;
use crate::oauth::userinfo::identity;
use crate::oauth::{Reply, fixture};

/// Per provider: the authorization URL, the token requests, and what ends access.
const SAID: &str = r#"== gitlab
GET https://gitlab.com/oauth/authorize
  response_type=code
  client_id=client id
  state=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI
  code_challenge=VtX6czP210fbQsI5QH5dpMMvTHnzXQkrE0_TWkAtnFw
  code_challenge_method=S256
  redirect_uri=http://127.0.0.1:5/callback
  scope=read_user
POST https://gitlab.com/oauth/token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=authorization_code&code=c%2F1&code_verifier=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE&client_id=client+id&redirect_uri=http%3A%2F%2F127.0.0.1%3A5%2Fcallback
POST https://gitlab.com/oauth/token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=refresh_token&refresh_token=rt&client_id=client+id&redirect_uri=http%3A%2F%2F127.0.0.1%3A5%2Fcallback
POST https://gitlab.com/oauth/revoke
accept: application/json
content-type: application/x-www-form-urlencoded
token=rt&token_type_hint=refresh_token&client_id=client+id
POST https://gitlab.com/oauth/revoke
accept: application/json
content-type: application/x-www-form-urlencoded
token=at&token_type_hint=access_token&client_id=client+id

== bitbucket
GET https://bitbucket.org/site/oauth2/authorize
  response_type=code
  client_id=client id
  state=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI
  code_challenge=VtX6czP210fbQsI5QH5dpMMvTHnzXQkrE0_TWkAtnFw
  code_challenge_method=S256
  redirect_uri=http://localhost:17817/callback
  scope=account
POST https://bitbucket.org/site/oauth2/access_token
accept: application/json
authorization: Basic Y2xpZW50K2lkOnMlM0FlJTJCY3JldA==
content-type: application/x-www-form-urlencoded
grant_type=authorization_code&code=c%2F1&code_verifier=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE&redirect_uri=http%3A%2F%2Flocalhost%3A17817%2Fcallback
POST https://bitbucket.org/site/oauth2/access_token
accept: application/json
authorization: Basic Y2xpZW50K2lkOnMlM0FlJTJCY3JldA==
content-type: application/x-www-form-urlencoded
grant_type=refresh_token&refresh_token=rt

== dropbox
GET https://www.dropbox.com/oauth2/authorize
  response_type=code
  client_id=client id
  state=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI
  code_challenge=VtX6czP210fbQsI5QH5dpMMvTHnzXQkrE0_TWkAtnFw
  code_challenge_method=S256
  redirect_uri=http://localhost:17817/callback
  scope=account_info.read
  token_access_type=offline
POST https://api.dropboxapi.com/oauth2/token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=authorization_code&code=c%2F1&code_verifier=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE&client_id=client+id&redirect_uri=http%3A%2F%2Flocalhost%3A17817%2Fcallback
POST https://api.dropboxapi.com/oauth2/token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=refresh_token&refresh_token=rt&client_id=client+id
POST https://api.dropboxapi.com/2/auth/token/revoke
accept: application/json
authorization: Bearer at


== slack
GET https://slack.com/oauth/v2/authorize
  response_type=code
  client_id=client id
  state=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI
  code_challenge=VtX6czP210fbQsI5QH5dpMMvTHnzXQkrE0_TWkAtnFw
  code_challenge_method=S256
  redirect_uri=http://localhost:17817/callback
POST https://slack.com/api/oauth.v2.access
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=authorization_code&code=c%2F1&code_verifier=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE&client_id=client+id&redirect_uri=http%3A%2F%2Flocalhost%3A17817%2Fcallback
POST https://slack.com/api/oauth.v2.access
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=refresh_token&refresh_token=rt&client_id=client+id
POST https://slack.com/api/auth.revoke
accept: application/json
authorization: Bearer at


== spotify
GET https://accounts.spotify.com/authorize
  response_type=code
  client_id=client id
  state=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI
  code_challenge=VtX6czP210fbQsI5QH5dpMMvTHnzXQkrE0_TWkAtnFw
  code_challenge_method=S256
  redirect_uri=http://127.0.0.1:5/callback
  scope=user-read-private
POST https://accounts.spotify.com/api/token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=authorization_code&code=c%2F1&code_verifier=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE&client_id=client+id&redirect_uri=http%3A%2F%2F127.0.0.1%3A5%2Fcallback
POST https://accounts.spotify.com/api/token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=refresh_token&refresh_token=rt&client_id=client+id

== discord
GET https://discord.com/oauth2/authorize
  response_type=code
  client_id=client id
  state=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI
  code_challenge=VtX6czP210fbQsI5QH5dpMMvTHnzXQkrE0_TWkAtnFw
  code_challenge_method=S256
  redirect_uri=http://localhost:17817/callback
  scope=identify
POST https://discord.com/api/oauth2/token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=authorization_code&code=c%2F1&code_verifier=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE&client_id=client+id&redirect_uri=http%3A%2F%2Flocalhost%3A17817%2Fcallback
POST https://discord.com/api/oauth2/token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=refresh_token&refresh_token=rt&client_id=client+id
POST https://discord.com/api/oauth2/token/revoke
accept: application/json
content-type: application/x-www-form-urlencoded
token=rt&token_type_hint=refresh_token&client_id=client+id
POST https://discord.com/api/oauth2/token/revoke
accept: application/json
content-type: application/x-www-form-urlencoded
token=at&token_type_hint=access_token&client_id=client+id

== linear
GET https://linear.app/oauth/authorize
  response_type=code
  client_id=client id
  state=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI
  code_challenge=VtX6czP210fbQsI5QH5dpMMvTHnzXQkrE0_TWkAtnFw
  code_challenge_method=S256
  redirect_uri=http://127.0.0.1:17817/callback
  scope=read
  prompt=consent
POST https://api.linear.app/oauth/token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=authorization_code&code=c%2F1&code_verifier=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE&client_id=client+id&redirect_uri=http%3A%2F%2F127.0.0.1%3A17817%2Fcallback
POST https://api.linear.app/oauth/token
accept: application/json
content-type: application/x-www-form-urlencoded
grant_type=refresh_token&refresh_token=rt&client_id=client+id
POST https://api.linear.app/oauth/revoke
accept: application/json
content-type: application/x-www-form-urlencoded
token=rt&token_type_hint=refresh_token
POST https://api.linear.app/oauth/revoke
accept: application/json
content-type: application/x-www-form-urlencoded
token=at&token_type_hint=access_token

== atlassian
GET https://auth.atlassian.com/authorize
  response_type=code
  client_id=client id
  state=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI
  redirect_uri=http://localhost:17817/callback
  scope=read:me offline_access
  audience=api.atlassian.com
  prompt=consent
POST https://auth.atlassian.com/oauth/token
accept: application/json
content-type: application/json
{"client_id":"client id","client_secret":"s:e+cret","code":"c/1","grant_type":"authorization_code","redirect_uri":"http://localhost:17817/callback"}
POST https://auth.atlassian.com/oauth/token
accept: application/json
content-type: application/json
{"client_id":"client id","client_secret":"s:e+cret","grant_type":"refresh_token","refresh_token":"rt"}
"#;

#[test]
fn the_smaller_providers_are_spoken_to_as_they_want() {
    let sections: Vec<_> = SAID.split("== ").skip(1).collect();
    assert_eq!(sections.len(), 8);
    for section in sections {
        let (name, wanted) = section.split_once('\n').unwrap();
        assert_eq!(said(name).trim_end(), wanted.trim_end(), "{name}");
    }
}

#[test]
fn scopes_are_joined_as_each_provider_wants() {
    for (name, wanted) in [
        ("slack", "search:read,users:read"),
        ("linear", "search:read,users:read"),
        ("gitlab", "search:read users:read"),
    ] {
        let scopes = fixture::scopes(&["search:read", "users:read"]);
        let text = request_text(&fixture::shipped(name).scopes, &scopes);
        assert_eq!(text.as_deref(), Some(wanted), "{name}");
    }
}

/// As the table of the greater ones: `PROVIDER | SCOPES ASKED | STATUS | BODY | OUTCOME`.
const ANSWERS: &str = r#"
gitlab | read_user | 200 | {"access_token":"gla","token_type":"Bearer","expires_in":7200,"refresh_token":"glr","scope":"read_user","created_at":1607635748} | glr 7200
gitlab | read_user read_api | 200 | {"access_token":"gla","token_type":"Bearer","expires_in":7200,"refresh_token":"glr","scope":"api","created_at":1607635748} | glr 7200
gitlab | read_user api | 200 | {"access_token":"gla","token_type":"Bearer","expires_in":7200,"refresh_token":"glr","scope":"read_user","created_at":1607635748} | glr 7200 api
gitlab | read_user | 400 | {"error":"invalid_grant","error_description":"The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."} | ended
gitlab | read_user | 401 | {"error":"invalid_client","error_description":"Client authentication failed due to unknown client"} | client
gitlab | read_user | 429 | Retry later | temporary
bitbucket | account | 200 | {"access_token":"bba","scopes":"account repository","expires_in":7200,"refresh_token":"bbr","token_type":"bearer","state":"authorization_code"} | bbr 7200
bitbucket | account repository | 200 | {"access_token":"bba","scopes":"account repository:write","expires_in":7200,"refresh_token":"bbr","token_type":"bearer"} | bbr 7200
bitbucket | account repository:write | 200 | {"access_token":"bba","scopes":"account repository","expires_in":7200,"refresh_token":"bbr","token_type":"bearer"} | bbr 7200 repository:write
bitbucket | account | 400 | {"error":"invalid_grant","error_description":"Invalid refresh_token"} | ended
dropbox | account_info.read | 200 | {"access_token":"sl.a","token_type":"bearer","expires_in":14400,"refresh_token":"dbr","scope":"account_info.read","uid":"1","account_id":"dbid:A"} | dbr 14400
dropbox | account_info.read | 200 | {"access_token":"sl.b","token_type":"bearer","expires_in":14400} | - 14400
dropbox | account_info.read files.content.read | 200 | {"access_token":"sl.a","token_type":"bearer","expires_in":14400,"scope":"account_info.read"} | - 14400 files.content.read
dropbox | account_info.read | 400 | {"error":"invalid_grant","error_description":"refresh token is invalid or revoked"} | ended
slack | search:read | 200 | {"ok":true,"app_id":"A","team":{"id":"T","name":"W"},"authed_user":{"id":"U","scope":"search:read,users:read","access_token":"xoxp","token_type":"user"},"enterprise":null,"is_enterprise_install":false} | - forever
slack | search:read | 200 | {"ok":true,"authed_user":{"id":"U","scope":"search:read","access_token":"xoxe.xoxp","token_type":"user","expires_in":43200,"refresh_token":"xoxe-1"}} | xoxe-1 43200
slack | search:read | 200 | {"ok":true,"access_token":"xoxe.xoxp","token_type":"user","expires_in":43200,"refresh_token":"xoxe-2","scope":"search:read"} | xoxe-2 43200
slack | search:read chat:write | 200 | {"ok":true,"authed_user":{"id":"U","scope":"search:read","access_token":"xoxp","token_type":"user"}} | - forever chat:write
slack | search:read | 200 | {"ok":false,"error":"invalid_refresh_token"} | ended
slack | search:read | 200 | {"ok":false,"error":"bad_client_secret"} | client
slack | search:read | 200 | {"ok":false,"error":"invalid_client_id"} | client
slack | search:read | 200 | {"ok":false,"error":"invalid_code"} | refused
slack | search:read | 429 | {"ok":false,"error":"ratelimited"} | temporary
spotify | user-read-private | 200 | {"access_token":"BQ","token_type":"Bearer","expires_in":3600,"refresh_token":"AQ","scope":"user-read-private"} | AQ 3600
spotify | user-read-private | 200 | {"access_token":"BQ","token_type":"Bearer","expires_in":3600,"scope":"user-read-private"} | - 3600
spotify | user-read-private | 400 | {"error":"invalid_grant","error_description":"Refresh token revoked"} | ended
spotify | user-read-private | 400 | {"error":"invalid_client","error_description":"Invalid client secret"} | client
discord | identify | 200 | {"access_token":"da","token_type":"Bearer","expires_in":604800,"refresh_token":"dr","scope":"identify email"} | dr 604800
discord | identify guilds | 200 | {"access_token":"da","token_type":"Bearer","expires_in":604800,"refresh_token":"dr","scope":"identify"} | dr 604800 guilds
discord | identify | 400 | {"error":"invalid_grant","error_description":"Invalid \"code\" in request."} | ended
discord | identify | 401 | {"error":"invalid_client"} | client
linear | read write | 200 | {"access_token":"lin_oauth","token_type":"Bearer","expires_in":86399,"refresh_token":"lin_r","scope":"read,write"} | lin_r 86399
linear | read write | 200 | {"access_token":"lin_oauth","token_type":"Bearer","expires_in":86399,"refresh_token":"lin_r","scope":"read write"} | lin_r 86399
linear | read write | 200 | {"access_token":"lin_oauth","token_type":"Bearer","expires_in":86399,"refresh_token":"lin_r","scope":"read"} | lin_r 86399 write
linear | read | 400 | {"error":"invalid_grant","error_description":"Refresh token is invalid."} | ended
atlassian | read:me offline_access | 200 | {"access_token":"eyJ","expires_in":3600,"token_type":"Bearer","refresh_token":"atr","scope":"offline_access read:me"} | atr 3600
atlassian | read:me read:jira-work | 200 | {"access_token":"eyJ","expires_in":3600,"token_type":"Bearer","refresh_token":"atr","scope":"read:me"} | atr 3600 read:jira-work
atlassian | read:me | 403 | {"error":"invalid_grant","error_description":"Unknown or invalid refresh token."} | ended
atlassian | read:me | 401 | {"error":"access_denied","error_description":"Unauthorized"} | refused
"#;

#[test]
fn documented_answers_of_the_smaller_providers_are_understood() {
    for line in ANSWERS.lines().filter(|line| !line.is_empty()) {
        let [name, asked, status, body, wanted] =
            line.split(" | ").collect::<Vec<_>>().try_into().unwrap();
        let definition = fixture::shipped(name);
        let got = understood(&definition, asked, status.parse().unwrap(), body);
        assert_eq!(got, wanted, "{line}");
    }
}

/// `PROVIDER | ANSWER ABOUT THE ACCOUNT | ID | LABEL`.
const ACCOUNTS: &str = r#"
gitlab | {"id":7,"username":"ada","name":"Ada L","email":"ada@example.org"} | 7 | ada
bitbucket | {"type":"user","account_id":"557058:a","uuid":"{u}","display_name":"Ada L"} | 557058:a | Ada L
dropbox | {"account_id":"dbid:A","name":{"display_name":"Ada L"},"email":"ada@example.org"} | dbid:A | ada@example.org
slack | {"ok":true,"url":"https://w.slack.com/","team":"W","user":"ada","team_id":"T1","user_id":"U1"} | T1:U1 | ada
spotify | {"id":"ada","display_name":"Ada L","country":"GB"} | ada | Ada L
spotify | {"id":"ada","display_name":null} | ada | ada
discord | {"id":"80351110224678912","username":"ada","global_name":"Ada"} | 80351110224678912 | ada
linear | {"data":{"viewer":{"id":"v","name":"Ada L","email":"ada@example.org"}}} | v | ada@example.org
atlassian | {"account_id":"557058:a","email":"ada@example.org","name":"Ada L"} | 557058:a | ada@example.org
"#;

#[test]
fn the_smaller_providers_name_the_account() {
    for line in ACCOUNTS.lines().filter(|line| !line.is_empty()) {
        let [name, body, id, label] = line.split(" | ").collect::<Vec<_>>().try_into().unwrap();
        let definition = fixture::shipped(name);
        let reply = Reply {
            status: 200,
            content_type: Some("application/json"),
            retry_after: None,
            body: body.as_bytes(),
        };
        let got = identity(
            definition.userinfo.as_ref().unwrap(),
            &reply.object().unwrap(),
        );
        assert_eq!(got.subject.as_deref(), Some(id), "{line}");
        assert_eq!(got.label.as_deref(), Some(label), "{line}");
    }
}
