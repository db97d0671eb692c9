//! What the server says about itself: RFC 8414, `OpenID` Connect Discovery, RFC 7517.

use super::call::{Answer, Call};
use super::practice::{Practice, SCOPES};
use super::token;
use crate::json::json;

/// `GET /.well-known/…`: one document serves both standards.
pub(super) fn metadata(practice: &Practice, call: &Call) -> Answer {
    if let Some(answer) = not_a_get(call) {
        return answer;
    }
    let at = |path: &str| format!("{}{path}", practice.issuer);
    let authentication = json!([
        "client_secret_basic",
        "client_secret_post",
        "client_secret_jwt",
        "private_key_jwt",
        "none",
    ]);
    Answer::json(
        200,
        json!({
            "issuer": practice.issuer,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "revocation_endpoint": at("/revoke"),
            "introspection_endpoint": at("/introspect"),
            "userinfo_endpoint": at("/userinfo"),
            "registration_endpoint": at("/register"),
            "device_authorization_endpoint": at("/device_authorization"),
            "jwks_uri": at("/jwks"),
            "scopes_supported": SCOPES.map(|(scope, _)| scope),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "pushed_authorization_request_endpoint": at("/par"),
            "require_pushed_authorization_requests": practice.options.par_required,
            "dpop_signing_alg_values_supported": ["ES256"],
            "grant_types_supported":
                [token::CODE, token::REFRESH, token::CLIENT, token::DEVICE, token::EXCHANGE],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": authentication,
            "revocation_endpoint_auth_methods_supported": authentication,
            "introspection_endpoint_auth_methods_supported":
                ["client_secret_basic", "client_secret_post"],
            "authorization_response_iss_parameter_supported": true,
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
            "claims_supported": ["sub", "name", "preferred_username", "email", "email_verified"],
        }),
    )
}

/// `GET /jwks`.
pub(super) fn keys(practice: &Practice, call: &Call) -> Answer {
    not_a_get(call).unwrap_or_else(|| Answer::json(200, practice.signer.keys()))
}

fn not_a_get(call: &Call) -> Option<Answer> {
    (call.method != "GET").then(|| Answer::empty(405).with("Allow", "GET"))
}
