//! The pages for people: self-contained, without script, and nothing in them that was not escaped.

use std::collections::BTreeSet;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use url::Url;

use super::call::Answer;
use super::client::{CONFIDENTIAL_CLIENT, PUBLIC_CLIENT};
use super::consent::field;
use super::practice::SCOPES;
use crate::escape;
use crate::names::AccountLabel;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1d2430;--soft:#5b6675;--paper:#f5f3ee;--card:#fff;--line:#ddd8cd;--go:#1f6f54}\
@media(prefers-color-scheme:dark){:root{--ink:#e9e6df;--soft:#a3abb6;--paper:#14171c;--card:#1d2229;--line:#343b45;--go:#56b68f}}\
*{box-sizing:border-box}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,sans-serif;padding:1.5rem}\
main{width:100%;max-width:28rem;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:2rem}\
h1{font-size:1.3rem;line-height:1.3;margin:0 0 .5rem}\
p,legend,small{color:var(--soft)}p{margin:.5rem 0 1rem}\
fieldset{border:1px solid var(--line);border-radius:10px;margin:1rem 0;padding:.5rem 1rem 1rem}\
label{display:block;margin-top:.6rem}\
input[type=text]{width:100%;font:inherit;padding:.6rem .8rem;border:1px solid var(--line);border-radius:8px;background:transparent;color:inherit;letter-spacing:.15em}\
small{display:block;margin-left:1.6rem}\
code{font-size:1.05em;overflow-wrap:anywhere}\
.row{display:flex;gap:.75rem;margin-top:1.5rem}\
button{flex:1;font:inherit;padding:.7rem;border-radius:9px;border:1px solid var(--line);background:transparent;color:inherit;cursor:pointer}\
button.go{background:var(--go);border-color:var(--go);color:var(--card);font-weight:600}\
button:focus-visible,input:focus-visible{outline:3px solid var(--go);outline-offset:2px}";

/// What a person is asked.
pub(super) struct Question {
    pub(super) client: String,
    pub(super) user_code: Option<String>,
    pub(super) scopes: BTreeSet<String>,
    pub(super) accounts: Vec<AccountLabel>,
    pub(super) chosen: AccountLabel,
    pub(super) redirect_uri: Option<String>,
}

/// The consent page.
pub(super) fn consent(question: &Question, ticket: &str) -> Answer {
    let mut scopes = String::new();
    for (scope, words) in SCOPES
        .iter()
        .filter(|(scope, _)| question.scopes.contains(*scope))
    {
        let _ = write!(
            scopes,
            "<label><input type=checkbox name=\"{}\" value=on checked> {words}<small>{scope}</small></label>",
            field(scope),
        );
    }
    let mut accounts = String::new();
    for account in &question.accounts {
        let label = escape::html(account.as_str());
        let checked = if *account == question.chosen {
            " checked"
        } else {
            ""
        };
        let _ = write!(
            accounts,
            "<label><input type=radio name=account value=\"{label}\"{checked}> {label}</label>",
        );
    }
    let code = question
        .user_code
        .as_ref()
        .map_or_else(String::new, |code| {
            format!(
                "<p>Go on only if your device shows <code>{}</code> and you started this yourself, \
             just now.</p>",
                escape::html(code)
            )
        });
    let body = format!(
        "<h1>{} asks for access</h1><p>This is a practice server. Nothing here is real.</p>{code}\
         <form method=post action=\"/consent\"><input type=hidden name=ticket value=\"{ticket}\">\
         <fieldset><legend>It would be allowed to</legend>{scopes}</fieldset>\
         <fieldset><legend>As</legend>{accounts}</fieldset>\
         <div class=row><button name=decision value=deny>Deny</button>\
         <button class=go name=decision value=allow>Allow</button></div></form>",
        escape::html(&question.client),
    );
    // browsers hold the redirect after a form to the form's policy, so the client's origin is named
    let target = question
        .redirect_uri
        .as_deref()
        .and_then(|uri| Url::parse(uri).ok())
        .map(|url| url.origin().ascii_serialization());
    page(200, "Allow access?", &body, target.as_deref())
}

/// The page that asks for a device's code.
pub(super) fn device_code() -> Answer {
    let body = "<h1>Connect a device</h1><p>Type the code that it shows.</p>\
        <form method=get action=\"/device\">\
        <label>Code <input type=text name=user_code autocomplete=off autofocus required></label>\
        <div class=row><button class=go>Next</button></div></form>";
    page(200, "Connect a device", body, None)
}

/// The page that says what is wrong. The status is 400.
pub(super) fn problem(why: &str) -> Answer {
    let body = format!(
        "<h1>This request can't be answered</h1><p>{}</p>",
        escape::html(why)
    );
    page(400, "Refused", &body, None)
}

/// The page at the end.
pub(super) fn done(text: &str) -> Answer {
    let body = format!("<h1>Done</h1><p>{}</p>", escape::html(text));
    page(200, "Done", &body, None)
}

/// The page at `/`.
pub(super) fn front(issuer: &str) -> Answer {
    let issuer = escape::html(issuer);
    let body = format!(
        "<h1>Practice authorization server</h1>\
         <p>It is stricter than real ones, keeps everything in memory and forgets it at the end.</p>\
         <p>Issuer: <code>{issuer}</code><br>Clients: <code>{CONFIDENTIAL_CLIENT}</code> with a \
         secret, <code>{PUBLIC_CLIENT}</code> without</p>\
         <p><a href=\"/.well-known/openid-configuration\">What it offers</a><br>\
         <a href=\"/device\">Connect a device</a><br>\
         <a href=\"/_sandbox/log\">What was asked</a><br>\
         <a href=\"/_sandbox/tokens\">Which tokens live</a><br>\
         <a href=\"/_sandbox/github\">Which repositories the practice GitHub has</a></p>"
    );
    page(200, "Practice server", &body, None)
}

fn page(status: u16, title: &str, body: &str, form_target: Option<&str>) -> Answer {
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style><main>{body}</main></html>"
    );
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self' {}",
        form_target.unwrap_or_default()
    );
    Answer::html(status, html)
        .with("Content-Security-Policy", policy.trim_end())
        // with `no-referrer` a form's Origin would be `null`
        .with("Referrer-Policy", "same-origin")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::call::Body;

    #[test]
    fn text_of_a_request_can_not_become_markup() {
        let Body::Html(page) = problem("<script>alert(\"1\")</script>&'").body else {
            panic!("not a page")
        };
        assert!(!page.contains("<script"), "{page}");
        assert!(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;"));
    }
}
