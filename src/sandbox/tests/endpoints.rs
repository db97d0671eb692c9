//! What can be done with a token, and what the server says of itself.

use std::time::Duration;

use super::lab::*;
use crate::sandbox::call::Answer;
use crate::sandbox::{Lifetimes, PUBLIC_CLIENT};

#[test]
fn userinfo_tells_what_the_scopes_allow_and_nothing_to_others() {
    let mut lab = Lab::new(options());
    lab.practice.options.lifetimes = "60".parse::<Lifetimes>().unwrap();
    let tokens = lab.tokens("profile");
    let access = text(&tokens, "access_token");
    let ask = |lab: &mut Lab, token: &str| -> Answer {
        let mut call = get("/userinfo");
        call.headers
            .push(("authorization".to_owned(), format!("Bearer {token}")));
        lab.send(&call)
    };
    let told = json(&ask(&mut lab, &access));
    assert_eq!(text(&told, "preferred_username"), "writer");
    assert!(told.get("email").is_none());
    assert_eq!(error(&ask(&mut lab, "sbx_at_x")), "invalid_token");
    assert_eq!(lab.send(&get("/userinfo")).status, 401);
    let query = lab.get("/userinfo", &[("access_token", &access)]);
    assert_eq!(error(&query), "invalid_request");

    let narrow = text(&lab.tokens("read"), "access_token");
    let answer = ask(&mut lab, &narrow);
    assert_eq!(
        (answer.status, error(&answer).as_str()),
        (403, "insufficient_scope")
    );
    lab.wait(60);
    assert_eq!(ask(&mut lab, &access).status, 401);
}

#[test]
fn revoking_a_refresh_token_ends_the_family_and_an_access_token_only_itself() {
    let revoke = |lab: &mut Lab, token: &str| {
        lab.post("/revoke", &[("client_id", PUBLIC_CLIENT), ("token", token)])
    };
    let mut lab = Lab::new(options());
    let tokens = lab.tokens("profile");
    let (access, refresh) = (
        text(&tokens, "access_token"),
        text(&tokens, "refresh_token"),
    );
    assert_eq!(revoke(&mut lab, &access).status, 200);
    assert!(!lab.works(&access));
    let next = json(&lab.refresh(&refresh));
    let access = text(&next, "access_token");
    assert!(lab.works(&access));
    let refresh = text(&next, "refresh_token");
    assert_eq!(revoke(&mut lab, &refresh).status, 200);
    assert!(!lab.works(&access));
    assert_eq!(error(&lab.refresh(&refresh)), "invalid_grant");
    assert_eq!(revoke(&mut lab, "never seen").status, 200); // RFC 7009 section 2.2
    let hint = [
        ("client_id", PUBLIC_CLIENT),
        ("token", "x"),
        ("token_type_hint", "pat"),
    ];
    assert_eq!(error(&lab.post("/revoke", &hint)), "unsupported_token_type");
    assert_eq!(
        error(&lab.post("/revoke", &[("token", "x")])),
        "invalid_client"
    );
}

#[test]
fn introspection_is_for_clients_with_a_secret_and_their_own_tokens() {
    let mut lab = Lab::new(options());
    let form = [("grant_type", "client_credentials"), ("scope", "read")];
    let mut call = post("/token", &form);
    call.headers.push(("authorization".to_owned(), lab.basic()));
    let own = text(&json(&lab.send(&call)), "access_token");
    let foreign = text(&lab.tokens("read"), "access_token");
    for (token, active) in [
        (own.as_str(), true),
        (foreign.as_str(), false),
        ("x", false),
    ] {
        let mut call = post("/introspect", &[("token", token)]);
        call.headers.push(("authorization".to_owned(), lab.basic()));
        assert_eq!(json(&lab.send(&call))["active"], active);
    }
    let public = [("token", own.as_str()), ("client_id", PUBLIC_CLIENT)];
    assert_eq!(error(&lab.post("/introspect", &public)), "invalid_client");
}

#[test]
fn an_id_token_names_issuer_client_person_and_nonce() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut lab = Lab::new(options());
    let mut asked = authorization();
    set(&mut asked, "scope", Some("openid email"));
    set(&mut asked, "nonce", Some("a nonce that has 22 bytes"));
    let code = parameter(&lab.get("/authorize", &asked), "code").unwrap();
    let tokens = json(&lab.post("/token", &exchange(&code)));
    let id_token = text(&tokens, "id_token");
    let claims = URL_SAFE_NO_PAD
        .decode(id_token.split('.').nth(1).unwrap())
        .unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(text(&claims, "iss"), ISSUER);
    assert_eq!(text(&claims, "aud"), PUBLIC_CLIENT);
    assert_eq!(text(&claims, "nonce"), "a nonce that has 22 bytes");
    assert_eq!(text(&claims, "email"), "writer@sandbox.invalid");
    let start = lab
        .practice
        .options
        .now
        .plus(Duration::from_secs(1000))
        .unix_seconds();
    assert_eq!(claims["iat"], start);
    assert!(lab.tokens("read").get("id_token").is_none());
}

#[test]
fn registration_gives_a_client_of_its_own_and_refuses_what_is_not_loopback() {
    let register = |lab: &mut Lab, body: &str| {
        let mut call = post("/register", &[]);
        call.headers[0].1 = "application/json".to_owned();
        call.body = body.to_owned();
        lab.send(&call)
    };
    let mut lab = Lab::new(options());
    let good = r#"{"redirect_uris":["http://127.0.0.1/x"],"token_endpoint_auth_method":"none"}"#;
    let answer = register(&mut lab, good);
    assert_eq!(answer.status, 201);
    let id = text(&json(&answer), "client_id");
    assert!(json(&answer).get("client_secret").is_none());
    let mut asked = authorization();
    set(&mut asked, "client_id", Some(&id));
    assert_eq!(lab.get("/authorize", &asked).status, 400);
    set(&mut asked, "redirect_uri", Some("http://127.0.0.1:7/x"));
    assert!(parameter(&lab.get("/authorize", &asked), "code").is_some());

    for (bad, expected) in [
        (r#"{"redirect_uris":[]}"#, "invalid_redirect_uri"),
        (
            r#"{"redirect_uris":["https://x.example/x"]}"#,
            "invalid_redirect_uri",
        ),
        ("{}", "invalid_client_metadata"),
        (
            r#"{"redirect_uris":["http://127.0.0.1/x"],"x":1}"#,
            "invalid_client_metadata",
        ),
        (
            r#"{"redirect_uris":["http://127.0.0.1/x"],"grant_types":["implicit"]}"#,
            "invalid_client_metadata",
        ),
    ] {
        assert_eq!(error(&register(&mut lab, bad)), expected, "{bad}");
    }
}

#[test]
fn metadata_names_the_issuer_and_endpoints_that_answer() {
    let mut lab = Lab::new(options());
    for path in ["openid-configuration", "oauth-authorization-server"] {
        let said = json(&lab.send(&get(&format!("/.well-known/{path}"))));
        assert_eq!(text(&said, "issuer"), ISSUER);
        for (name, value) in said.as_object().unwrap() {
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                let path = value.as_str().unwrap().strip_prefix(ISSUER).unwrap();
                assert_ne!(lab.send(&get(path)).status, 404, "{name}");
            }
        }
    }
    assert_eq!(lab.send(&get("/nothing")).status, 404);
}
