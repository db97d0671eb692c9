//! What the values of a definition may look like, one small rule per kind of value.
//!
//! Each rule says in words what it wants, so that the error can say what is wrong.

use super::definition::CLIENT_ID_PLACEHOLDER;
use crate::endpoint::Endpoint;
use crate::escape;

/// Parameters of the authorization request that the protocol owns (RFC 6749, 7636, 8707, 9101,
/// 9449 and OpenID Connect); a definition that set one could weaken or redirect the exchange.
const RESERVED_PARAMETERS: [&str; 20] = [
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_verifier",
    "device_code",
    "dpop_jkt",
    "grant_type",
    "nonce",
    "redirect_uri",
    "refresh_token",
    "request",
    "request_uri",
    "resource",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "access_token",
];

/// Whether the protocol itself sets this parameter, so that a definition must not.
pub(super) fn is_reserved_parameter(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    RESERVED_PARAMETERS.contains(&name.as_str()) || name.starts_with("code_challenge")
}

/// Headers that the program sets itself, or that would change how a message is framed or routed.
const RESERVED_HEADERS: [&str; 11] = [
    "accept",
    "authorization",
    "connection",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

pub(super) fn header_name(name: &str) -> Result<(), &'static str> {
    // RFC 9110 section 5.6.2: `token`.
    let is_token = (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
    if !is_token {
        return Err("this is not a header name");
    }
    let lower = name.to_ascii_lowercase();
    let reserved = RESERVED_HEADERS.contains(&lower.as_str())
        || ["content-", "proxy-", "sec-"]
            .iter()
            .any(|prefix| lower.starts_with(prefix));
    if reserved {
        return Err("a definition can't set this header");
    }
    Ok(())
}

pub(super) fn header_value(value: &str) -> Result<(), &'static str> {
    let usable = (1..=256).contains(&value.len())
        && value.trim() == value
        && value.bytes().all(|b| (0x20..=0x7E).contains(&b));
    if usable {
        Ok(())
    } else {
        Err("a header value is 1 to 256 printable ASCII characters")
    }
}

pub(super) fn parameter_name(name: &str) -> Result<(), &'static str> {
    member_name(name)?;
    if is_reserved_parameter(name) {
        return Err("the protocol sets this parameter itself; a definition can't");
    }
    Ok(())
}

pub(super) fn parameter_value(value: &str) -> Result<(), &'static str> {
    if value.chars().count() <= 512 && !value.chars().any(escape::is_unsafe) {
        Ok(())
    } else {
        Err("a parameter is at most 512 printable characters")
    }
}

/// The name of a JSON member or a form field.
pub(super) fn member_name(name: &str) -> Result<(), &'static str> {
    let usable = (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    if usable {
        Ok(())
    } else {
        Err("a name is 1 to 64 letters, digits, `_`, `-` and `.`")
    }
}

/// An error code (RFC 6749 section 5.2) that may mean that a grant is over.
pub(super) fn ended_error(code: &str) -> Result<(), &'static str> {
    member_name(code)?;
    if is_temporary(code) {
        return Err("this error is temporary: it can't end a connection");
    }
    Ok(())
}

/// An error code that may mean that the client registration is not accepted.
pub(super) fn client_error(code: &str) -> Result<(), &'static str> {
    member_name(code)?;
    if is_temporary(code) || code == "invalid_grant" {
        return Err("this error doesn't say that the client is wrong");
    }
    Ok(())
}

fn is_temporary(code: &str) -> bool {
    [
        "authorization_pending",
        "server_error",
        "slow_down",
        "temporarily_unavailable",
    ]
    .contains(&code)
}

/// An RFC 6901 pointer to something inside a JSON value.
pub(super) fn pointer(pointer: &str) -> Result<(), &'static str> {
    let escapes_are_whole = pointer
        .split('~')
        .skip(1)
        .all(|rest| rest.starts_with(['0', '1']));
    if !pointer.starts_with('/') || !escapes_are_whole {
        return Err("this is not a JSON pointer such as `/id`");
    }
    if pointer.len() > 256 || pointer.chars().any(escape::is_unsafe) {
        return Err("a JSON pointer is at most 256 printable characters");
    }
    Ok(())
}

/// The path of a redirect URI. Plain characters only: some providers compare it byte by byte.
pub(super) fn redirect_path(path: &str) -> Result<(), &'static str> {
    let plain = path.len() <= 128
        && path
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/-._~".contains(&b));
    let has_odd_step =
        path.contains("//") || path.split('/').any(|step| step == "." || step == "..");
    if path.starts_with('/') && plain && !has_odd_step {
        Ok(())
    } else {
        Err("a redirect path is `/` and then letters, digits, `-`, `.`, `_`, `~` and `/`")
    }
}

/// Text for people on one line.
pub(super) fn words(text: &str) -> Result<(), &'static str> {
    let usable = (1..=500).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(escape::is_unsafe);
    if usable {
        Ok(())
    } else {
        Err("a text is 1 to 500 printable characters without space around it")
    }
}

/// A short name for people.
pub(super) fn title(text: &str) -> Result<(), &'static str> {
    words(text)?;
    if text.chars().count() <= 64 {
        Ok(())
    } else {
        Err("a name is at most 64 characters")
    }
}

/// The name of a feature of the catalogue.
pub(super) fn feature(name: &str) -> Result<(), &'static str> {
    let usable = (1..=32).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if usable {
        Ok(())
    } else {
        Err("a feature is 1 to 32 of a-z, 0-9 and `-`")
    }
}

/// `api.example.com` or `127.0.0.1:8080`, as [`Endpoint::authority`] writes it.
pub(super) fn host(host: &str) -> Result<(), &'static str> {
    // No wildcards: the comparison is exact, and a `*` would look as if it were not.
    let is_plain = host
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.:[]".contains(&b));
    match format!("https://{host}/").parse::<Endpoint>() {
        Ok(endpoint) if is_plain && endpoint.authority() == host => Ok(()),
        _ => Err("a host is written like `api.example.com` or `127.0.0.1:8080`"),
    }
}

/// An issuer identifier; `{tenantid}` stands for the `tid` claim.
pub(super) fn issuer(issuer: &str) -> Result<(), String> {
    let filled: Endpoint = issuer
        .replace("{tenantid}", "x")
        .parse()
        .map_err(|error: crate::endpoint::EndpointError| error.to_string())?;
    if filled.url().query().is_some() {
        // RFC 8414 section 2
        return Err("an issuer has no query".to_owned());
    }
    Ok(())
}

/// A URL with `{client_id}` in its path or query, never in its host.
pub(super) fn client_template(template: &str) -> Result<(), String> {
    let fill = |id: &str| {
        template
            .replace(CLIENT_ID_PLACEHOLDER, id)
            .parse::<Endpoint>()
            .map_err(|error| error.to_string())
    };
    let (one, other) = (fill("x")?, fill("y")?);
    let same_server = one.authority() == other.authority();
    if !same_server {
        return Err("`{client_id}` can't be part of the host".to_owned());
    }
    if one == other {
        return Err("it has to hold `{client_id}`".to_owned());
    }
    if template
        .replace(CLIENT_ID_PLACEHOLDER, "")
        .contains(['{', '}'])
    {
        return Err("it can hold no placeholder but `{client_id}`".to_owned());
    }
    Ok(())
}
