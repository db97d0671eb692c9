//! What a server sends back of our own secrets. Error texts quote what they were asked with, and
//! are shown, logged and stored; a token in them would be too.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, HeaderMap};
use zeroize::Zeroizing;

use super::Response;

/// The parameters of requests that are secrets (RFC 6749, 7009, 7521, 7636, 8628, 8693).
const SECRETS: [&str; 11] = [
    "access_token",
    "actor_token",
    "client_assertion",
    "client_secret",
    "code",
    "code_verifier",
    "device_code",
    "password",
    "refresh_token",
    "subject_token",
    "token",
];

/// Shorter ones are no secrets, and would be found everywhere.
const SHORTEST: usize = 8;

/// What stands in their place.
const REMOVED: &[u8] = b"(removed)";

/// The secrets of one request.
pub(super) struct Sent(Vec<Zeroizing<Vec<u8>>>);

impl Sent {
    /// Those in a request's headers and in its body, which is a form or JSON.
    pub(super) fn of(headers: &HeaderMap, body: &[u8]) -> Self {
        let mut sent = Self(Vec::new());
        for value in headers.get_all(AUTHORIZATION) {
            let text = value.to_str().unwrap_or_default();
            let (scheme, rest) = text.split_once(' ').unwrap_or_default();
            sent.add(rest);
            if scheme.eq_ignore_ascii_case("basic")
                && let Ok(pair) = BASE64_STANDARD.decode(rest).map(Zeroizing::new)
                && let Some((_, secret)) = String::from_utf8_lossy(&pair).split_once(':')
            {
                sent.add(secret);
                // Both halves are written as in a form (RFC 6749 section 2.3.1).
                let whole = format!("x={secret}");
                for (_, secret) in url::form_urlencoded::parse(whole.as_bytes()) {
                    sent.add(&secret);
                }
            }
        }
        if let Ok(serde_json::Value::Object(members)) = serde_json::from_slice(body) {
            for (name, value) in &members {
                if let (true, Some(text)) = (SECRETS.contains(&name.as_str()), value.as_str()) {
                    sent.add(text);
                }
            }
        } else {
            for (name, value) in url::form_urlencoded::parse(body) {
                if SECRETS.contains(&&*name) {
                    sent.add(&value);
                }
            }
        }
        sent
    }

    fn add(&mut self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let escaped = secret.replace('/', "\\/");
        for spelling in [secret.to_owned(), encoded, escaped] {
            let spelling = Zeroizing::new(spelling.into_bytes());
            if !self.0.contains(&spelling) {
                self.0.push(spelling);
            }
        }
    }

    /// Takes them out of an answer that is an error. One that brings tokens is left as it is: it may
    /// bring the very one that was sent.
    pub(super) fn blot_out(&self, response: &mut Response) {
        let says = |word: &[u8]| find(&response.body, word).is_some();
        let is_error = !(200..300).contains(&response.status)
            || (says(b"\"error\"") && !says(b"\"access_token\""));
        if !is_error {
            return;
        }
        for secret in &self.0 {
            while let Some(at) = find(&response.body, secret) {
                response
                    .body
                    .splice(at..at + secret.len(), REMOVED.iter().copied());
            }
        }
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn blotted(headers: &[(&'static str, &str)], sent: &str, status: u16, answer: &str) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        let mut response = Response {
            status,
            content_type: None,
            retry_after: None,
            date: None,
            headers: HeaderMap::new(),
            body: Zeroizing::new(answer.as_bytes().to_vec()),
        };
        Sent::of(&map, sent.as_bytes()).blot_out(&mut response);
        String::from_utf8(response.body.to_vec()).unwrap()
    }

    #[test]
    fn secrets_that_were_sent_are_taken_out_of_errors() {
        let form = "grant_type=refresh_token&refresh_token=rt%2Fa-secret&client_id=app-number-1";
        let said = r#"{"error":"invalid_grant","error_description":"rt/a-secret, rt%2Fa-secret and rt\/a-secret of app-number-1"}"#;
        let wanted = r#"{"error":"invalid_grant","error_description":"(removed), (removed) and (removed) of app-number-1"}"#;
        assert_eq!(blotted(&[], form, 400, said), wanted);
        // errors in 200 bodies as well
        assert_eq!(blotted(&[], form, 200, said), wanted);
        let json = r#"{"token":"another-secret"}"#;
        assert_eq!(blotted(&[], json, 404, "another-secret?"), "(removed)?");
        let basic = format!("Basic {}", BASE64_STANDARD.encode("id:s%2Bcret-of-it"));
        assert_eq!(
            blotted(&[("authorization", &basic)], "", 401, "s+cret-of-it"),
            "(removed)"
        );
        assert_eq!(
            blotted(
                &[("authorization", "Bearer at-secret")],
                "",
                403,
                "at-secret"
            ),
            "(removed)"
        );
    }

    #[test]
    fn an_answer_that_brings_tokens_is_left_alone() {
        let form = "refresh_token=the-same-secret";
        let brought = r#"{"access_token":"new","refresh_token":"the-same-secret"}"#;
        assert_eq!(blotted(&[], form, 200, brought), brought);
        // a word that is no secret is no reason to cut a text to pieces
        assert_eq!(blotted(&[], "token=a", 400, "a bad banana"), "a bad banana");
    }
}
