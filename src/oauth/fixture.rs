//! Definitions in the shape of well-known providers, for tests.

use std::collections::{BTreeMap, BTreeSet};

use super::Client;
use crate::moment::{Moment, Timestamp};
use crate::names::Scope;
use crate::provider::definition::{
    AnswerRules, BodyKind, ClientAuthentication, ClientRules, Definition, IssParameter, LostAnswer,
    MissingExpiry, Origin, Pkce, Redirect, RedirectHost, RefreshRules, Revocation, RevokedTokens,
    Rotation, ScopeRules, ScopeSeparator, SecretRule, Userinfo, UserinfoMethod,
};
use crate::secret::Secret;

pub(super) fn scopes(texts: &[&str]) -> Vec<Scope> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

pub(super) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

pub(super) fn client(with_secret: Option<&str>) -> Client {
    Client {
        id: "client id".parse().unwrap(),
        secret: with_secret.map(secret),
    }
}

pub(super) fn started() -> Moment {
    Moment {
        wall: Timestamp::from_unix_millis(1_795_000_000_000),
        boot: None,
    }
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|&(k, v)| (k.to_owned(), v.to_owned()))
        .collect()
}

/// A provider that follows the RFCs.
pub(super) fn plain() -> Definition {
    Definition {
        name: "plain".parse().unwrap(),
        display_name: "Plain".to_owned(),
        origin: Origin::BuiltIn,
        issuer: Some("https://as.example".to_owned()),
        issuer_aliases: Vec::new(),
        iss_parameter: IssParameter::Optional,
        authorization_endpoint: "https://as.example/authorize".parse().unwrap(),
        token_endpoint: "https://as.example/token".parse().unwrap(),
        device_authorization_endpoint: None,
        introspection_endpoint: None,
        userinfo: None,
        redirect: Redirect {
            host: RedirectHost::Ipv4,
            port: None,
            path: "/callback".to_owned(),
        },
        client: ClientRules {
            public_id: None,
            authentication: ClientAuthentication::Post,
            secret: SecretRule::Optional,
            device_secret: SecretRule::Optional,
            registration_page: None,
            registration_steps: Vec::new(),
        },
        pkce: Pkce::S256,
        token_body: BodyKind::Form,
        headers: BTreeMap::new(),
        authorization_parameters: BTreeMap::new(),
        scopes: ScopeRules {
            request_parameter: "scope".to_owned(),
            request_separator: Some(ScopeSeparator::Space),
            answer_separator: ScopeSeparator::Space,
            answer_member: "scope".to_owned(),
            default: Vec::new(),
            required: Vec::new(),
            aliases: BTreeMap::new(),
            optional_prefix: None,
            ignore_case: false,
            never_echoed: BTreeSet::new(),
            implies: BTreeMap::new(),
        },
        answers: AnswerRules {
            error_in_200: false,
            ok_member: false,
            nested_in: None,
            missing_expiry: MissingExpiry::Unknown,
        },
        refresh: RefreshRules {
            rotation: Rotation::Replace,
            lost_answer: LostAnswer::TryOnce,
            send_redirect_uri: false,
            ended_errors: BTreeSet::new(),
        },
        revocation: Revocation::Rfc7009 {
            endpoint: "https://as.example/revoke".parse().unwrap(),
            authenticate: true,
            body: BodyKind::Form,
            tokens: RevokedTokens::Both,
            note: None,
            page: None,
        },
        api_hosts: BTreeSet::new(),
        catalogue: Vec::new(),
    }
}

pub(super) fn github() -> Definition {
    let mut definition = plain();
    definition.name = "github".parse().unwrap();
    definition.issuer = None;
    definition.authorization_endpoint = "https://github.com/login/oauth/authorize".parse().unwrap();
    definition.token_endpoint = "https://github.com/login/oauth/access_token"
        .parse()
        .unwrap();
    definition.client.secret = SecretRule::Required;
    definition.scopes.answer_separator = ScopeSeparator::Comma;
    definition.scopes.never_echoed = set(&["offline_access"]);
    definition.scopes.implies = [
        ("repo", vec!["public_repo", "repo:status"]),
        ("user", vec!["read:user", "user:email"]),
        ("admin:org", vec!["write:org"]),
        ("write:org", vec!["read:org"]),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v.into_iter().map(ToOwned::to_owned).collect()))
    .collect();
    definition.answers.error_in_200 = true;
    definition.answers.missing_expiry = MissingExpiry::Forever;
    definition.refresh.rotation = Rotation::ReplaceAndKill;
    definition.refresh.ended_errors = set(&["bad_refresh_token"]);
    definition.revocation = Revocation::ApplicationToken {
        endpoint_template: "https://api.github.com/applications/{client_id}/token".to_owned(),
        page_template: None,
    };
    definition.userinfo = Some(Userinfo {
        body: None,
        fallback: None,
        endpoint: "https://api.github.com/user".parse().unwrap(),
        method: UserinfoMethod::Get,
        id: vec!["/id".to_owned()],
        label: vec!["/login".to_owned()],
    });
    definition
}

pub(super) fn google() -> Definition {
    let mut definition = plain();
    definition.name = "google".parse().unwrap();
    definition.issuer = Some("https://accounts.google.com".to_owned());
    definition.authorization_endpoint = "https://accounts.google.com/o/oauth2/v2/auth"
        .parse()
        .unwrap();
    definition.token_endpoint = "https://oauth2.googleapis.com/token".parse().unwrap();
    definition.client.secret = SecretRule::Required;
    definition.authorization_parameters = map(&[("access_type", "offline")]);
    definition.scopes.aliases = map(&[
        ("https://www.googleapis.com/auth/userinfo.email", "email"),
        (
            "https://www.googleapis.com/auth/userinfo.profile",
            "profile",
        ),
    ]);
    definition.refresh.rotation = Rotation::None;
    definition.revocation = Revocation::Rfc7009 {
        endpoint: "https://oauth2.googleapis.com/revoke".parse().unwrap(),
        authenticate: false,
        body: BodyKind::Form,
        tokens: RevokedTokens::Either,
        note: None,
        page: None,
    };
    definition.userinfo = Some(Userinfo {
        body: None,
        fallback: None,
        endpoint: "https://openidconnect.googleapis.com/v1/userinfo"
            .parse()
            .unwrap(),
        method: UserinfoMethod::Get,
        id: vec!["/sub".to_owned()],
        label: vec!["/email".to_owned(), "/sub".to_owned()],
    });
    definition
}

pub(super) fn microsoft() -> Definition {
    let mut definition = plain();
    definition.name = "microsoft".parse().unwrap();
    definition.issuer = Some("https://login.microsoftonline.com/{tenantid}/v2.0".to_owned());
    definition.token_endpoint = "https://login.microsoftonline.com/common/oauth2/v2.0/token"
        .parse()
        .unwrap();
    definition.client.secret = SecretRule::Forbidden;
    definition.redirect.host = RedirectHost::Localhost;
    definition.scopes.optional_prefix = Some("https://graph.microsoft.com/".to_owned());
    definition.scopes.ignore_case = true;
    definition.scopes.never_echoed = set(&["openid", "profile", "email", "offline_access"]);
    definition.revocation = Revocation::None {
        page: None,
        note: None,
    };
    definition
}

pub(super) fn notion() -> Definition {
    let mut definition = plain();
    definition.name = "notion".parse().unwrap();
    definition.issuer = None;
    definition.token_endpoint = "https://api.notion.com/v1/oauth/token".parse().unwrap();
    definition.client.authentication = ClientAuthentication::Basic;
    definition.client.secret = SecretRule::Required;
    definition.pkce = Pkce::None;
    definition.token_body = BodyKind::Json;
    definition.headers = map(&[("Notion-Version", "2025-09-03")]);
    definition.authorization_parameters = map(&[("owner", "user")]);
    definition.scopes.request_separator = None;
    definition.refresh.rotation = Rotation::ReplaceAndKill;
    definition.revocation = Revocation::Rfc7009 {
        endpoint: "https://api.notion.com/v1/oauth/revoke".parse().unwrap(),
        authenticate: true,
        body: BodyKind::Json,
        tokens: RevokedTokens::Access,
        note: None,
        page: None,
    };
    definition.userinfo = Some(Userinfo {
        body: None,
        fallback: None,
        endpoint: "https://api.notion.com/v1/users/me".parse().unwrap(),
        method: UserinfoMethod::TokenAnswer,
        id: vec!["/workspace_id".to_owned(), "/owner/user/id".to_owned()],
        label: vec!["/workspace_name".to_owned()],
    });
    definition
}

pub(super) fn slack() -> Definition {
    let mut definition = plain();
    definition.name = "slack".parse().unwrap();
    definition.issuer = None;
    definition.token_endpoint = "https://slack.com/api/oauth.v2.access".parse().unwrap();
    definition.scopes.request_separator = Some(ScopeSeparator::Comma);
    definition.scopes.answer_separator = ScopeSeparator::Comma;
    definition.answers.error_in_200 = true;
    definition.answers.ok_member = true;
    definition.answers.nested_in = Some("authed_user".to_owned());
    definition.refresh.ended_errors = set(&["invalid_refresh_token"]);
    definition.revocation = Revocation::BearerPost {
        endpoint: "https://slack.com/api/auth.revoke".parse().unwrap(),
        page: None,
    };
    definition
}
