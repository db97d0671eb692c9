//! From the stored form to the domain: fills in what goes without saying, and refuses what doesn't
//! fit together.

use std::collections::BTreeMap;

use super::definition::{
    AnswerRules, AssertionAudience, BodyKind, CatalogueScope, ClientAuthentication, ClientRules,
    Definition, Documents, DocumentsKind, Dpop, Git, Import, IssParameter, LostAnswer,
    MissingExpiry, Origin, Pkce, Redirect, RedirectHost, RefreshRules, Rotation, ScopeCategory,
    ScopeRules, SecretRule, Userinfo, UserinfoMethod,
};
use super::file::{self, File, Parsed};
use super::source::Fault;
use super::{read_advice, read_limits, read_revocation, read_scopes, rules};
use crate::endpoint::Endpoint;
use crate::names::{ProviderName, Scope};
use crate::ordered;

/// The path of the redirect URI where a file names none.
const DEFAULT_REDIRECT_PATH: &str = "/callback";

pub(super) fn definition(
    name: &ProviderName,
    file: File,
    origin: Origin,
) -> Result<Definition, Fault> {
    let display_name = file.display_name.unwrap_or_else(|| name.to_string());
    check(&["display_name"], rules::title(&display_name))?;
    let issuer = file.issuer.filter(|issuer| !issuer.is_empty());
    check_issuer(issuer.as_deref(), &file.issuer_aliases)?;
    for host in &file.api.hosts {
        check(&["api", "hosts"], rules::host(host))?;
    }
    let authorization = needed(
        file.endpoints.authorization,
        &["endpoints", "authorization"],
    )?;
    let token = needed(file.endpoints.token, &["endpoints", "token"])?;
    check_query("authorization", Some(&authorization))?;
    check_query("token", Some(&token))?;
    let device = file.endpoints.device_authorization.0;
    check_query("device_authorization", device.as_ref())?;
    let par = file.endpoints.pushed_authorization_request.0;
    check_query("pushed_authorization_request", par.as_ref())?;
    let scopes = read_scopes::scope_rules(file.scopes)?;
    let resource = resource(file.authorization.resource.as_deref())?;
    let (iss_parameter, pkce) = authorization_rules(&file.authorization, &scopes)?;
    check_headers(&file.headers)?;
    let git = git_rules(file.git)?;
    let userinfo = file
        .userinfo
        .map(|section| userinfo_rules(section, &token, &["userinfo"]))
        .transpose()?;
    let documents = file
        .documents
        .map(|section| documents(section, &file.api.hosts))
        .transpose()?;
    let catalogue = catalogue(file.catalogue, &scopes.required)?;
    let token_body = body_kind(file.token.body);
    let dpop = dpop(file.token.dpop);
    let answers = answer_rules(file.token)?;
    Ok(Definition {
        name: name.clone(),
        display_name,
        origin,
        issuer,
        issuer_aliases: file.issuer_aliases,
        iss_parameter,
        authorization_endpoint: authorization,
        token_endpoint: token,
        device_authorization_endpoint: device,
        registration_endpoint: file.endpoints.registration.0,
        par_endpoint: par,
        introspection_endpoint: file.endpoints.introspection.0,
        userinfo,
        redirect: redirect(file.redirect)?,
        client: client_rules(file.client)?,
        pkce,
        resource,
        dpop,
        token_body,
        headers: file.headers,
        authorization_parameters: file.authorization.parameters,
        scopes,
        answers,
        refresh: refresh_rules(file.refresh)?,
        limits: read_limits::limits(file.limits),
        advice: read_advice::advice(file.advice)?,
        revocation: read_revocation::revocation(file.revocation)?,
        api_hosts: ordered::set(file.api.hosts),
        token_variable: file.exec.variable.0,
        import: import(file.import),
        git,
        documents,
        catalogue,
    })
}

/// A token goes there, so the hosts are among those that `[api]` names.
fn documents(section: file::Documents, hosts: &[String]) -> Result<Documents, Fault> {
    let kind = match section.kind {
        Some(file::DocumentsKind::GitHub) => DocumentsKind::GitHub,
        None => return Err(Fault::new(&["documents", "kind"], "it is missing")),
    };
    let rest = needed(section.rest, &["documents", "rest"])?;
    for (key, endpoint) in [
        ("rest", Some(&rest)),
        ("graphql", section.graphql.0.as_ref()),
    ] {
        if endpoint.is_some_and(|endpoint| !hosts.contains(&endpoint.authority())) {
            let why = "its host is not one of the `[api]` hosts";
            return Err(Fault::new(&["documents", key], why));
        }
    }
    Ok(Documents {
        kind,
        rest,
        graphql: section.graphql.0,
        archive: section.archive.0,
    })
}

fn import(section: file::Import) -> Import {
    Import {
        rclone_types: section.rclone,
        first: section.first,
    }
}

fn dpop(dpop: file::Dpop) -> Dpop {
    match dpop {
        file::Dpop::None => Dpop::None,
        file::Dpop::Offered => Dpop::Offered,
        file::Dpop::Required => Dpop::Required,
    }
}

/// RFC 8707 section 2: an absolute URI without fragment. Kept as written, for servers compare it.
fn resource(text: Option<&str>) -> Result<Option<String>, Fault> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let usable = text.parse::<Endpoint>().map(drop);
    check(
        &["authorization", "resource"],
        usable.map_err(|error| error.to_string()),
    )?;
    Ok(Some(text.to_owned()))
}

/// Turns a broken rule into a fault at `path`.
pub(super) fn check<E: Into<String>>(path: &[&str], outcome: Result<(), E>) -> Result<(), Fault> {
    outcome.map_err(|why| Fault::new(path, why))
}

fn needed<T>(value: Option<Parsed<T>>, path: &[&str]) -> Result<T, Fault> {
    value
        .map(|parsed| parsed.0)
        .ok_or_else(|| Fault::new(path, "it is missing"))
}

fn check_issuer(issuer: Option<&str>, aliases: &[String]) -> Result<(), Fault> {
    if let Some(issuer) = issuer {
        check(&["issuer"], rules::issuer(issuer))?;
    }
    aliases
        .iter()
        .try_for_each(|alias| check(&["issuer_aliases"], rules::words(alias)))
}

/// A protocol parameter in an endpoint's own query would be sent twice, or instead of ours.
fn check_query(key: &str, endpoint: Option<&Endpoint>) -> Result<(), Fault> {
    let reserved = endpoint.and_then(|endpoint| {
        endpoint
            .url()
            .query_pairs()
            .find(|(name, _)| rules::is_reserved_parameter(name))
    });
    match reserved {
        Some((name, _)) => Err(Fault::new(
            &["endpoints", key],
            format!(
                "the protocol sets the parameter `{}` itself",
                crate::escape::line(&name)
            ),
        )),
        None => Ok(()),
    }
}

fn authorization_rules(
    section: &file::Authorization,
    scopes: &ScopeRules,
) -> Result<(IssParameter, Pkce), Fault> {
    for (name, value) in &section.parameters {
        let path = ["authorization", "parameters", name];
        check(&path, rules::parameter_name(name))?;
        if *name == scopes.request_parameter {
            return Err(Fault::new(&path, "this parameter lists the scopes"));
        }
        check(&path, rules::parameter_value(value))?;
    }
    let pkce = match section.pkce {
        Some(file::Pkce::S256) => Pkce::S256,
        Some(file::Pkce::None) => Pkce::None,
        None => {
            let why = "it is missing; say `S256`, or `none` where the provider has no PKCE";
            return Err(Fault::new(&["authorization", "pkce"], why));
        }
    };
    let iss = match section.iss {
        file::Iss::Optional => IssParameter::Optional,
        file::Iss::Required => IssParameter::Required,
    };
    Ok((iss, pkce))
}

fn check_headers(headers: &BTreeMap<String, String>) -> Result<(), Fault> {
    let mut seen = Vec::new();
    for (name, value) in headers {
        let path = ["headers", name];
        check(&path, rules::header_name(name))?;
        check(&path, rules::header_value(value))?;
        let lower = name.to_ascii_lowercase();
        if seen.contains(&lower) {
            return Err(Fault::new(&path, "this header is given twice"));
        }
        seen.push(lower);
    }
    Ok(())
}

fn redirect(section: file::Redirect) -> Result<Redirect, Fault> {
    let path = section
        .path
        .unwrap_or_else(|| DEFAULT_REDIRECT_PATH.to_owned());
    check(&["redirect", "path"], rules::redirect_path(&path))?;
    Ok(Redirect {
        host: match section.host {
            file::RedirectHost::Ipv4 => RedirectHost::Ipv4,
            file::RedirectHost::Localhost => RedirectHost::Localhost,
        },
        port: match section.port {
            file::Port::Any => None,
            file::Port::Fixed(port) => Some(port),
        },
        path,
    })
}

fn client_rules(section: file::Client) -> Result<ClientRules, Fault> {
    let missing = |key: &str| Fault::new(&["client", key], "it is missing");
    let authentication = match section.authentication {
        Some(file::Authentication::Basic) => ClientAuthentication::Basic,
        Some(file::Authentication::Post) => ClientAuthentication::Post,
        Some(file::Authentication::PrivateKeyJwt) => ClientAuthentication::PrivateKeyJwt,
        Some(file::Authentication::ClientSecretJwt) => ClientAuthentication::ClientSecretJwt,
        None => return Err(missing("authentication")),
    };
    let secret = secret_rule(section.secret.ok_or_else(|| missing("secret"))?);
    for step in &section.registration_steps {
        check(&["client", "registration_steps"], rules::words(step))?;
    }
    Ok(ClientRules {
        public_id: section.public_id.0,
        authentication,
        assertion_audience: match section.assertion_audience {
            file::Audience::Issuer => AssertionAudience::Issuer,
            file::Audience::TokenEndpoint => AssertionAudience::TokenEndpoint,
        },
        secret,
        device_secret: section.device_secret.map_or(secret, secret_rule),
        registration_page: section.registration_page.0,
        registration_steps: section.registration_steps,
    })
}

fn secret_rule(rule: file::Secret) -> SecretRule {
    match rule {
        file::Secret::Required => SecretRule::Required,
        file::Secret::Optional => SecretRule::Optional,
        file::Secret::Forbidden => SecretRule::Forbidden,
    }
}

fn answer_rules(section: file::Token) -> Result<AnswerRules, Fault> {
    let nested_in = section.nested_in.filter(|member| !member.is_empty());
    if let Some(member) = &nested_in {
        check(&["token", "nested_in"], rules::member_name(member))?;
    }
    for code in &section.client_errors {
        check(&["token", "client_errors"], rules::client_error(code))?;
    }
    Ok(AnswerRules {
        ok_member: section.failure == file::Failure::OkMember,
        client_errors: ordered::set(section.client_errors),
        nested_in,
        missing_expiry: match section.missing_expiry {
            file::MissingExpiry::Forever => MissingExpiry::Forever,
            file::MissingExpiry::Unknown => MissingExpiry::Unknown,
        },
    })
}

/// The domain's word for how a body is written.
pub(super) fn body_kind(body: file::Body) -> BodyKind {
    match body {
        file::Body::Form => BodyKind::Form,
        file::Body::Json => BodyKind::Json,
    }
}

fn refresh_rules(section: file::Refresh) -> Result<RefreshRules, Fault> {
    for code in &section.ended_errors {
        check(&["refresh", "ended_errors"], rules::ended_error(code))?;
    }
    Ok(RefreshRules {
        rotation: match section.rotation {
            file::Rotation::None => Rotation::None,
            file::Rotation::Replace => Rotation::Replace,
            file::Rotation::ReplaceAndKill => Rotation::ReplaceAndKill,
        },
        lost_answer: match section.lost_answer {
            file::LostAnswer::TryOnce => LostAnswer::TryOnce,
            file::LostAnswer::NeverRetry => LostAnswer::NeverRetry,
        },
        send_redirect_uri: section.redirect_uri == file::RefreshRedirect::Repeated,
        ended_errors: ordered::set(section.ended_errors),
    })
}

fn userinfo_rules(
    section: file::Userinfo,
    token_endpoint: &Endpoint,
    path: &[&str],
) -> Result<Userinfo, Fault> {
    let at = |key: &'static str| [path, &[key]].concat();
    let method = match section.method {
        file::UserinfoMethod::Get => UserinfoMethod::Get,
        file::UserinfoMethod::Post => UserinfoMethod::Post,
        file::UserinfoMethod::TokenAnswer => UserinfoMethod::TokenAnswer,
    };
    let endpoint = match section.endpoint {
        Some(endpoint) => endpoint.0,
        None if method == UserinfoMethod::TokenAnswer => token_endpoint.clone(),
        None => return Err(Fault::new(&at("endpoint"), "it is missing")),
    };
    for (key, pointers) in [("id", &section.id), ("label", &section.label)] {
        if pointers.is_empty() || pointers.len() > 8 {
            return Err(Fault::new(&at(key), "it needs 1 to 8 JSON pointers"));
        }
        for pointer in pointers {
            check(&at(key), rules::pointer(pointer))?;
        }
    }
    if let Some(body) = &section.body {
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(body).is_ok();
        if method != UserinfoMethod::Post || !is_json {
            let why = "a body is JSON text, and only for the method `post`";
            return Err(Fault::new(&at("body"), why));
        }
    }
    let fallback = match section.fallback {
        Some(_) if path.len() > 1 => {
            return Err(Fault::new(&at("fallback"), "a fallback has no fallback"));
        }
        Some(fallback) => {
            let path = at("fallback");
            Some(Box::new(userinfo_rules(*fallback, token_endpoint, &path)?))
        }
        None => None,
    };
    Ok(Userinfo {
        endpoint,
        method,
        body: section.body,
        id: section.id,
        label: section.label,
        fallback,
    })
}

fn git_rules(section: file::Git) -> Result<Option<Git>, Fault> {
    for host in &section.hosts {
        check(&["git", "hosts"], rules::host(host))?;
    }
    let username = section.username.filter(|name| !name.is_empty());
    if section.hosts.is_empty() {
        return Ok(None);
    }
    let Some(username) = username else {
        return Err(Fault::new(&["git", "username"], "it is missing"));
    };
    check(&["git", "username"], rules::member_name(&username))?;
    Ok(Some(Git {
        hosts: ordered::set(section.hosts),
        username,
    }))
}

/// Sorted by feature, then by reach: the least privilege comes first.
fn catalogue(
    features: BTreeMap<String, BTreeMap<String, file::CatalogueRow>>,
    required: &[Scope],
) -> Result<Vec<CatalogueScope>, Fault> {
    let mut rows: Vec<CatalogueScope> = Vec::new();
    for (feature, scopes) in features {
        check(&["catalogue", &feature], rules::feature(&feature))?;
        for (scope, row) in scopes {
            let path = ["catalogue", &feature, &scope];
            let name: Scope = read_scopes::scope(&path, &scope)?;
            let (Some(title), Some(description), Some(category)) =
                (row.title, row.description, row.category)
            else {
                let why = "it needs a `title`, a `description` and a `category`";
                return Err(Fault::new(&path, why));
            };
            check(&path, rules::title(&title))?;
            check(&path, rules::words(&description))?;
            if rows.iter().any(|known| known.name == name) {
                return Err(Fault::new(&path, "another feature has this scope too"));
            }
            rows.push(CatalogueScope {
                required: required.contains(&name),
                name,
                feature: feature.clone(),
                title,
                description,
                category: match category {
                    file::Category::Read => ScopeCategory::Read,
                    file::Category::Write => ScopeCategory::Write,
                    file::Category::Admin => ScopeCategory::Admin,
                },
                dangerous: row.dangerous,
            });
        }
    }
    rows.sort_by(|a, b| {
        let order = |row: &CatalogueScope| (row.category, row.dangerous);
        a.feature.cmp(&b.feature).then(order(a).cmp(&order(b)))
    });
    Ok(rows)
}
