//! Tests: what is known about each provider is what its file says.

use std::path::Path;
use std::sync::Arc;

use super::Providers;
use super::definition::{
    BodyKind, Definition, IssParameter, Revocation, RevokedTokens, ScopeCategory, ScopeSeparator,
    Userinfo, UserinfoMethod,
};
use crate::endpoint::Endpoint;
use crate::names::Scope;

fn get(name: &str) -> Arc<Definition> {
    Providers::load(Path::new("/nonexistent"))
        .get(&name.parse().unwrap())
        .unwrap()
}

/// Authorization, token, device and userinfo endpoint.
fn endpoints(definition: &Definition) -> [Option<&str>; 4] {
    [
        Some(definition.authorization_endpoint.as_str()),
        Some(definition.token_endpoint.as_str()),
        definition
            .device_authorization_endpoint
            .as_ref()
            .map(Endpoint::as_str),
        asked(definition).map(|source| source.endpoint.as_str()),
    ]
}

fn asked(definition: &Definition) -> Option<&Userinfo> {
    let source = definition.userinfo.as_ref()?;
    (source.method != UserinfoMethod::TokenAnswer).then_some(source)
}

fn named_by(definition: &Definition) -> (Vec<&str>, &str) {
    let source = definition.userinfo.as_ref().unwrap();
    let ids = source.id.iter().map(String::as_str).collect();
    (ids, source.label[0].as_str())
}

fn texts(scopes: &[Scope]) -> Vec<&str> {
    scopes.iter().map(Scope::as_str).collect()
}

/// `PROVIDER AUTHORIZATION TOKEN DEVICE USERINFO`.
const ENDPOINTS: &str = "
github https://github.com/login/oauth/authorize https://github.com/login/oauth/access_token https://github.com/login/device/code https://api.github.com/user
google https://accounts.google.com/o/oauth2/v2/auth https://oauth2.googleapis.com/token https://oauth2.googleapis.com/device/code https://openidconnect.googleapis.com/v1/userinfo
youtube https://accounts.google.com/o/oauth2/v2/auth https://oauth2.googleapis.com/token https://oauth2.googleapis.com/device/code https://www.googleapis.com/youtube/v3/channels?part=id,snippet&mine=true
microsoft https://login.microsoftonline.com/common/oauth2/v2.0/authorize https://login.microsoftonline.com/common/oauth2/v2.0/token https://login.microsoftonline.com/common/oauth2/v2.0/devicecode https://graph.microsoft.com/v1.0/me
notion https://api.notion.com/v1/oauth/authorize https://api.notion.com/v1/oauth/token - -
gitlab https://gitlab.com/oauth/authorize https://gitlab.com/oauth/token https://gitlab.com/oauth/authorize_device https://gitlab.com/api/v4/user
bitbucket https://bitbucket.org/site/oauth2/authorize https://bitbucket.org/site/oauth2/access_token - https://api.bitbucket.org/2.0/user
dropbox https://www.dropbox.com/oauth2/authorize https://api.dropboxapi.com/oauth2/token - https://api.dropboxapi.com/2/users/get_current_account
slack https://slack.com/oauth/v2/authorize https://slack.com/api/oauth.v2.access - https://slack.com/api/auth.test
spotify https://accounts.spotify.com/authorize https://accounts.spotify.com/api/token - https://api.spotify.com/v1/me
discord https://discord.com/oauth2/authorize https://discord.com/api/oauth2/token - https://discord.com/api/users/@me
linear https://linear.app/oauth/authorize https://api.linear.app/oauth/token - https://api.linear.app/graphql
atlassian https://auth.atlassian.com/authorize https://auth.atlassian.com/oauth/token - https://api.atlassian.com/me
";

#[test]
fn the_endpoints_are_those_of_the_providers() {
    for definition in every() {
        let endpoints = endpoints(&definition).map(|endpoint| endpoint.unwrap_or("-"));
        let row = format!("{} {}", definition.name, endpoints.join(" "));
        assert_eq!(row, row_of(ENDPOINTS, definition.name.as_str()));
    }
}

/// `PROVIDER PKCE AUTHENTICATION SECRET DEVICE-SECRET HOST PORT`.
const CLIENTS: &str = "
github    S256 Post  Required  Forbidden Ipv4      any
google    S256 Post  Required  Required  Ipv4      any
youtube   S256 Post  Required  Required  Ipv4      any
microsoft S256 Post  Forbidden Forbidden Localhost any
notion    None Basic Required  Required  Localhost 17817
gitlab    S256 Post  Optional  Optional  Ipv4      any
bitbucket S256 Basic Required  Required  Localhost 17817
dropbox   S256 Post  Optional  Optional  Localhost 17817
slack     S256 Post  Optional  Optional  Localhost 17817
spotify   S256 Basic Optional  Optional  Ipv4      any
discord   S256 Basic Optional  Optional  Localhost 17817
linear    S256 Post  Optional  Optional  Ipv4      17817
atlassian None Post  Required  Required  Localhost 17817
";

#[test]
fn clients_are_what_the_providers_want() {
    for definition in every() {
        let client = &definition.client;
        let port = definition.redirect.port;
        let row = format!(
            "{} {:?} {:?} {:?} {:?} {:?} {}",
            definition.name,
            definition.pkce,
            client.authentication,
            client.secret,
            client.device_secret,
            definition.redirect.host,
            port.map_or_else(|| "any".to_owned(), |port| port.to_string()),
        );
        assert_eq!(row, row_of(CLIENTS, definition.name.as_str()));
        assert_eq!(definition.redirect.path, "/callback", "{}", definition.name);
    }
}

/// `PROVIDER BODY ROTATION MISSING-EXPIRY OK-MEMBER REDIRECT-WHEN-REFRESHING`.
const TOKENS: &str = "
github    Form ReplaceAndKill Forever false false
google    Form None           Unknown false false
youtube   Form None           Unknown false false
microsoft Form Replace        Unknown false false
notion    Json ReplaceAndKill Unknown false false
gitlab    Form ReplaceAndKill Unknown false true
bitbucket Form ReplaceAndKill Unknown false false
dropbox   Form None           Unknown false false
slack     Form ReplaceAndKill Forever true  false
spotify   Form ReplaceAndKill Unknown false false
discord   Form ReplaceAndKill Unknown false false
linear    Form ReplaceAndKill Unknown false false
atlassian Json ReplaceAndKill Unknown false false
";

#[test]
fn tokens_behave_as_the_providers_say() {
    for definition in every() {
        let row = format!(
            "{} {:?} {:?} {:?} {} {}",
            definition.name,
            definition.token_body,
            definition.refresh.rotation,
            definition.answers.missing_expiry,
            definition.answers.ok_member,
            definition.refresh.send_redirect_uri,
        );
        assert_eq!(row, row_of(TOKENS, definition.name.as_str()));
    }
}

/// `PROVIDER REQUEST-SEPARATOR REQUEST-PARAMETER ANSWER-SEPARATOR ANSWER-MEMBER | REQUIRED`.
const SCOPES: &str = "
github    Some(Space) scope      Comma scope  |
google    Some(Space) scope      Space scope  | openid email
youtube   Some(Space) scope      Space scope  | openid email
microsoft Some(Space) scope      Space scope  | openid profile offline_access User.Read
notion    None        scope      Space scope  |
gitlab    Some(Space) scope      Space scope  | read_user
bitbucket Some(Space) scope      Space scopes | account
dropbox   Some(Space) scope      Space scope  | account_info.read
slack     Some(Comma) user_scope Comma scope  |
spotify   Some(Space) scope      Space scope  |
discord   Some(Space) scope      Space scope  | identify
linear    Some(Comma) scope      Comma scope  | read
atlassian Some(Space) scope      Space scope  | read:me offline_access
";

#[test]
fn scopes_are_written_as_the_providers_want() {
    for definition in every() {
        let scopes = &definition.scopes;
        let row = format!(
            "{} {:?} {} {:?} {} | {}",
            definition.name,
            scopes.request_separator,
            scopes.request_parameter,
            scopes.answer_separator,
            scopes.answer_member,
            texts(&scopes.required).join(" "),
        );
        assert_eq!(row.trim_end(), row_of(SCOPES, definition.name.as_str()));
    }
}

/// The row of a provider in a table, with single spaces.
fn row_of(table: &str, name: &str) -> String {
    let row = table
        .lines()
        .find(|row| row.split(' ').next() == Some(name));
    let row = row.unwrap_or_else(|| panic!("no row for {name}"));
    row.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn every() -> Vec<Arc<Definition>> {
    super::builtin::names().map(get).collect()
}

#[test]
fn accounts_are_known_by_what_never_changes() {
    for (name, ids, label) in [
        ("github", vec!["/id"], "/login"),
        ("google", vec!["/sub"], "/email"),
        ("youtube", vec!["/items/0/id"], "/items/0/snippet/title"),
        ("microsoft", vec!["/id"], "/userPrincipalName"),
        ("notion", vec!["/bot_id"], "/workspace_name"),
        ("gitlab", vec!["/id"], "/username"),
        ("bitbucket", vec!["/account_id"], "/display_name"),
        ("dropbox", vec!["/account_id"], "/email"),
        ("slack", vec!["/team_id", "/user_id"], "/user"),
        ("spotify", vec!["/id"], "/display_name"),
        ("discord", vec!["/id"], "/username"),
        ("linear", vec!["/data/viewer/id"], "/data/viewer/email"),
        ("atlassian", vec!["/account_id"], "/email"),
    ] {
        assert_eq!(named_by(&get(name)), (ids, label), "{name}");
    }
    let fallback = get("youtube").userinfo.clone().unwrap().fallback.unwrap();
    assert_eq!(fallback.id, ["/sub"]);
}

#[test]
fn github_answers_errors_with_200_and_normalised_comma_scopes() {
    let github = get("github");
    assert!(
        github
            .answers
            .client_errors
            .contains("incorrect_client_credentials")
    );
    assert_eq!(github.scopes.request_separator, Some(ScopeSeparator::Space));
    assert_eq!(github.scopes.answer_separator, ScopeSeparator::Comma);
    assert!(github.refresh.ended_errors.contains("bad_refresh_token"));
    assert_eq!(github.scopes.implies["admin:org"], ["write:org"]);
    assert!(github.scopes.implies["repo"].contains(&"public_repo".to_owned()));
    let resource = github.revocation.endpoint_for("Iv1.a b/..").unwrap();
    assert_eq!(
        resource.as_str(),
        "https://api.github.com/applications/Iv1.a%20b%2F../token"
    );
    let page = github.revocation.page_for("Iv1").unwrap();
    assert_eq!(
        page.as_str(),
        "https://github.com/settings/connections/applications/Iv1"
    );
}

#[test]
fn google_renames_its_identity_scopes_and_ends_everything_with_either_token() {
    for name in ["google", "youtube"] {
        let google = get(name);
        assert_eq!(
            google.issuer.as_deref(),
            Some("https://accounts.google.com")
        );
        assert_eq!(google.issuer_aliases, ["accounts.google.com"]);
        assert_eq!(
            google.scopes.aliases["https://www.googleapis.com/auth/userinfo.email"],
            "email"
        );
        assert_eq!(texts(&google.scopes.required), ["openid", "email"]);
        assert!(
            !google
                .authorization_parameters
                .contains_key("include_granted_scopes")
        );
        assert!(matches!(
            &google.revocation,
            Revocation::Rfc7009 {
                authenticate: false,
                tokens: RevokedTokens::Either,
                note: Some(_),
                page: Some(_),
                ..
            }
        ));
    }
}

#[test]
fn microsoft_scopes_compare_without_prefix_and_case() {
    let microsoft = get("microsoft");
    assert!(microsoft.issuer.as_ref().unwrap().contains("{tenantid}"));
    assert!(microsoft.scopes.ignore_case);
    assert_eq!(
        microsoft.scopes.optional_prefix.as_deref(),
        Some("https://graph.microsoft.com/")
    );
    assert!(microsoft.scopes.never_echoed.contains("offline_access"));
    assert_eq!(
        texts(&microsoft.scopes.required),
        ["openid", "profile", "offline_access", "User.Read"]
    );
    assert!(matches!(
        microsoft.revocation,
        Revocation::None { page: Some(_), .. }
    ));
}

#[test]
fn notion_speaks_json_and_takes_no_scopes() {
    let notion = get("notion");
    assert_eq!(notion.scopes.request_separator, None);
    assert!(notion.headers.contains_key("Notion-Version"));
    assert_eq!(notion.authorization_parameters["owner"], "user");
    assert!(matches!(
        notion.revocation,
        Revocation::Rfc7009 {
            authenticate: true,
            body: BodyKind::Json,
            tokens: RevokedTokens::Access,
            ..
        }
    ));
}

#[test]
fn a_token_goes_to_git_under_the_name_that_the_host_wants() {
    for definition in every() {
        let git = definition.git.as_ref();
        let git = git.map(|git| (git.hosts.first().unwrap().as_str(), git.username.as_str()));
        let wanted = match definition.name.as_str() {
            "github" => Some(("gist.github.com", "x-access-token")),
            "gitlab" => Some(("gitlab.com", "oauth2")),
            "bitbucket" => Some(("bitbucket.org", "x-token-auth")),
            _ => None,
        };
        assert_eq!(git, wanted, "{}", definition.name);
    }
}

#[test]
fn the_parameters_of_the_authorization_request_are_those_that_the_providers_want() {
    for (name, wanted) in [
        ("dropbox", vec![("token_access_type", "offline")]),
        ("linear", vec![("prompt", "consent")]),
        (
            "atlassian",
            vec![("audience", "api.atlassian.com"), ("prompt", "consent")],
        ),
        ("slack", vec![]),
    ] {
        let definition = get(name);
        let parameters = definition.authorization_parameters.iter();
        let parameters: Vec<_> = parameters.map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(parameters, wanted, "{name}");
    }
}

#[test]
fn discord_answers_with_its_issuer_and_slack_with_ok() {
    let discord = get("discord");
    assert_eq!(discord.issuer.as_deref(), Some("https://discord.com"));
    assert_eq!(discord.iss_parameter, IssParameter::Required);
    let slack = get("slack");
    assert_eq!(slack.answers.nested_in.as_deref(), Some("authed_user"));
    assert!(slack.answers.client_errors.contains("bad_client_secret"));
    assert!(slack.refresh.ended_errors.contains("invalid_refresh_token"));
}

#[test]
fn access_is_ended_as_the_providers_offer_it() {
    for (name, endpoint) in [
        ("gitlab", Some("https://gitlab.com/oauth/revoke")),
        (
            "discord",
            Some("https://discord.com/api/oauth2/token/revoke"),
        ),
        ("linear", Some("https://api.linear.app/oauth/revoke")),
        (
            "dropbox",
            Some("https://api.dropboxapi.com/2/auth/token/revoke"),
        ),
        ("slack", Some("https://slack.com/api/auth.revoke")),
        ("bitbucket", None),
        ("spotify", None),
        ("atlassian", None),
    ] {
        let definition = get(name);
        let found = definition.revocation.endpoint_for("x");
        assert_eq!(found.as_ref().map(Endpoint::as_str), endpoint, "{name}");
        let said = definition.revocation.note().is_some();
        assert_eq!(said, endpoint.is_none(), "{name}: a person has to do it");
    }
}

#[test]
fn catalogue_rows_of_a_feature_begin_with_the_least_privilege() {
    let github = get("github");
    let repos: Vec<(ScopeCategory, bool)> = github
        .catalogue
        .iter()
        .filter(|row| row.feature == "repos")
        .map(|row| (row.category, row.dangerous))
        .collect();
    assert!(repos.len() > 3 && repos.is_sorted(), "{repos:?}");
    let required = |definition: &Definition| -> Vec<String> {
        let rows = definition.catalogue.iter().filter(|row| row.required);
        rows.map(|row| row.name.to_string()).collect()
    };
    assert_eq!(required(&github), Vec::<String>::new());
    assert_eq!(required(&get("google")), ["email", "openid"]);
}
