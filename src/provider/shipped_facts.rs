//! Tests: what is known about each provider is what its file says.

use std::path::Path;
use std::sync::Arc;

use super::Providers;
use super::definition::{
    BodyKind, ClientAuthentication, Definition, MissingExpiry, Pkce, RedirectHost, Revocation,
    RevokedTokens, Rotation, ScopeCategory, ScopeSeparator, SecretRule, Userinfo, UserinfoMethod,
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

#[test]
fn the_endpoints_are_those_of_the_providers() {
    const GOOGLE: [Option<&str>; 3] = [
        Some("https://accounts.google.com/o/oauth2/v2/auth"),
        Some("https://oauth2.googleapis.com/token"),
        Some("https://oauth2.googleapis.com/device/code"),
    ];
    let with_userinfo = |userinfo| [GOOGLE[0], GOOGLE[1], GOOGLE[2], Some(userinfo)];
    for (name, wanted) in [
        (
            "github",
            [
                Some("https://github.com/login/oauth/authorize"),
                Some("https://github.com/login/oauth/access_token"),
                Some("https://github.com/login/device/code"),
                Some("https://api.github.com/user"),
            ],
        ),
        (
            "google",
            with_userinfo("https://openidconnect.googleapis.com/v1/userinfo"),
        ),
        (
            "youtube",
            with_userinfo(
                "https://www.googleapis.com/youtube/v3/channels?part=id,snippet&mine=true",
            ),
        ),
        (
            "microsoft",
            [
                Some("https://login.microsoftonline.com/common/oauth2/v2.0/authorize"),
                Some("https://login.microsoftonline.com/common/oauth2/v2.0/token"),
                Some("https://login.microsoftonline.com/common/oauth2/v2.0/devicecode"),
                Some("https://graph.microsoft.com/v1.0/me"),
            ],
        ),
        (
            "notion",
            [
                Some("https://api.notion.com/v1/oauth/authorize"),
                Some("https://api.notion.com/v1/oauth/token"),
                None,
                None,
            ],
        ),
    ] {
        assert_eq!(endpoints(&get(name)), wanted, "{name}");
    }
}

#[test]
fn clients_are_what_the_providers_want() {
    use ClientAuthentication::{Basic, Post};
    use RedirectHost::{Ipv4, Localhost};
    use SecretRule::{Forbidden, Required};
    for (name, pkce, authentication, secrets, host, port) in [
        (
            "github",
            Pkce::S256,
            Post,
            (Required, Forbidden),
            Ipv4,
            None,
        ),
        ("google", Pkce::S256, Post, (Required, Required), Ipv4, None),
        (
            "youtube",
            Pkce::S256,
            Post,
            (Required, Required),
            Ipv4,
            None,
        ),
        (
            "microsoft",
            Pkce::S256,
            Post,
            (Forbidden, Forbidden),
            Localhost,
            None,
        ),
        (
            "notion",
            Pkce::None,
            Basic,
            (Required, Required),
            Localhost,
            Some(17817),
        ),
    ] {
        let definition = get(name);
        assert_eq!(definition.pkce, pkce, "{name}");
        assert_eq!(definition.client.authentication, authentication, "{name}");
        let said = (definition.client.secret, definition.client.device_secret);
        assert_eq!(said, secrets, "{name}");
        assert_eq!(definition.redirect.host, host, "{name}");
        assert_eq!(definition.redirect.port, port, "{name}");
        assert_eq!(definition.redirect.path, "/callback", "{name}");
    }
}

#[test]
fn tokens_behave_as_the_providers_say() {
    use Rotation::{Replace, ReplaceAndKill};
    for (name, body, rotation, expiry) in [
        (
            "github",
            BodyKind::Form,
            ReplaceAndKill,
            MissingExpiry::Forever,
        ),
        (
            "google",
            BodyKind::Form,
            Rotation::None,
            MissingExpiry::Unknown,
        ),
        (
            "youtube",
            BodyKind::Form,
            Rotation::None,
            MissingExpiry::Unknown,
        ),
        ("microsoft", BodyKind::Form, Replace, MissingExpiry::Unknown),
        (
            "notion",
            BodyKind::Json,
            ReplaceAndKill,
            MissingExpiry::Unknown,
        ),
    ] {
        let definition = get(name);
        assert_eq!(definition.token_body, body, "{name}");
        assert_eq!(definition.refresh.rotation, rotation, "{name}");
        assert_eq!(definition.answers.missing_expiry, expiry, "{name}");
        assert!(!definition.answers.ok_member, "{name}");
        assert!(!definition.refresh.send_redirect_uri, "{name}");
    }
}

#[test]
fn accounts_are_known_by_what_never_changes() {
    for (name, ids, label) in [
        ("github", vec!["/id"], "/login"),
        ("google", vec!["/sub"], "/email"),
        ("youtube", vec!["/items/0/id"], "/items/0/snippet/title"),
        ("microsoft", vec!["/id"], "/userPrincipalName"),
        ("notion", vec!["/bot_id"], "/workspace_name"),
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
