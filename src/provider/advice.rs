//! What to change after a usual mistake.
//!
//! Providers say what is wrong in their own codes and words, and mostly not what to do about it.
//! What each one's mean is data of its definition; what everybody's mean stands here.

use super::definition::Definition;

/// What to say when something usual went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// When it fits.
    pub sign: Sign,
    /// What to change; may hold `{redirect_uri}`, `{page}` and `{provider}`.
    pub hint: String,
}

/// By what a mistake is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sign {
    /// An error answer.
    Answer {
        /// To what; `None`: to whatever was asked.
        during: Option<During>,
        /// The error code; `None`: any.
        error: Option<String>,
        /// Words that stand in the description, in any letter case; `None`: any.
        says: Option<String>,
    },
    /// The provider gave a token that ends, and no refresh token.
    NoRefreshToken,
    /// Nobody came back from the provider's page.
    NoAnswer,
}

/// What was asked when an error was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum During {
    /// A person signs in.
    Login,
    /// A grant is used again.
    Refresh,
}

impl Definition {
    /// What to change after an error answer. What the definition says goes before what is generally
    /// so; nothing is generally so of a refresh.
    #[must_use]
    pub fn advice_on(&self, asked: During, code: &str, description: Option<&str>) -> Vec<String> {
        let said = description.unwrap_or_default();
        let own = self.advice.iter().filter(|advice| match &advice.sign {
            Sign::Answer {
                during,
                error,
                says,
            } => {
                during.is_none_or(|during| during == asked)
                    && error.as_deref().is_none_or(|error| error == code)
                    && says.as_deref().is_none_or(|words| holds(said, words))
            }
            Sign::NoRefreshToken | Sign::NoAnswer => false,
        });
        let own: Vec<String> = own.map(|advice| self.filled(&advice.hint)).collect();
        if !own.is_empty() || asked == During::Refresh {
            return own;
        }
        let general = general(code).map(|hint| self.filled(hint));
        general.into_iter().collect()
    }

    /// What to change where the provider gave a token that ends and no refresh token.
    #[must_use]
    pub fn advice_on_no_refresh_token(&self) -> Vec<String> {
        self.advice_for(&Sign::NoRefreshToken)
    }

    /// What it may be when nobody came back from the provider's page.
    #[must_use]
    pub fn advice_on_no_answer(&self) -> Vec<String> {
        let own = self.advice_for(&Sign::NoAnswer);
        if own.is_empty() {
            vec![self.filled(NO_ANSWER)]
        } else {
            own
        }
    }

    fn advice_for(&self, sign: &Sign) -> Vec<String> {
        let fitting = self.advice.iter().filter(|advice| advice.sign == *sign);
        fitting.map(|advice| self.filled(&advice.hint)).collect()
    }

    fn filled(&self, hint: &str) -> String {
        let page = match &self.client.registration_page {
            Some(page) => page.to_string(),
            None => format!("the app's page at {}", self.display_name),
        };
        hint.replace("{redirect_uri}", &self.redirect.registered_uri())
            .replace("{page}", &page)
            .replace("{provider}", self.name.as_str())
    }
}

/// Whole words only: `AADSTS700021` is another code than `AADSTS7000218`.
fn holds(text: &str, words: &str) -> bool {
    let (text, words) = (text.to_lowercase(), words.to_lowercase());
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(&words).any(|(at, found)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + found.len()..);
        !is_part(before) && !is_part(after.and_then(|text| text.chars().next()))
    })
}

const NO_ANSWER: &str = "if the provider's page showed an error, check that the redirect URI \
    `{redirect_uri}` is registered";

/// The codes of RFC 6749 sections 4.1.2.1 and 5.2, and what many servers call the same.
fn general(code: &str) -> Option<&'static str> {
    Some(match code {
        "redirect_uri_mismatch" | "invalid_redirect_uri" => {
            "register exactly this redirect URI at {page}: {redirect_uri}"
        }
        "invalid_client" => {
            "compare the client id and secret with {page}, and store them anew: `oauthctl client \
             set {provider}`"
        }
        "unauthorized_client" => {
            "the app registration doesn't allow this way to sign in: allow it at {page}"
        }
        "invalid_scope" => {
            "a scope that was asked for is not known there, or not allowed for this app: look at \
             {page}"
        }
        "device_flow_disabled" => "allow the device flow in the app's settings at {page}",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use super::*;
    use crate::provider::definition::Origin;
    use crate::provider::{Providers, parse};

    fn shipped(name: &str) -> Arc<Definition> {
        let none = Providers::load(Path::new("/nonexistent"));
        none.get(&name.parse().unwrap()).unwrap()
    }

    /// Provider, what was asked, the code, the provider's words, and a part of the one hint.
    const MISTAKES: [(&str, During, &str, &str, &str); 22] = [
        (
            "microsoft",
            During::Login,
            "invalid_request",
            "AADSTS9002327: Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
            "from `Single-page application` to `Mobile and desktop applications`",
        ),
        (
            "microsoft",
            During::Login,
            "invalid_client",
            "AADSTS700025: Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
            "client set microsoft --id ID --no-secret",
        ),
        (
            "microsoft",
            During::Login,
            "invalid_client",
            "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
            "`Allow public client flows`",
        ),
        (
            "microsoft",
            During::Refresh,
            "invalid_client",
            "AADSTS7000218: The request body must contain",
            "`Allow public client flows`",
        ),
        (
            "microsoft",
            During::Login,
            "invalid_request",
            "AADSTS50011: The redirect URI does not match",
            "http://localhost",
        ),
        (
            "microsoft",
            During::Login,
            "unauthorized_client",
            "AADSTS700016: Application was not found in the directory",
            "application (client) id",
        ),
        (
            "microsoft",
            During::Login,
            "invalid_request",
            "AADSTS50194: Application is not configured as a multi-tenant application",
            "extends = \"microsoft\"",
        ),
        (
            "google",
            During::Login,
            "invalid_request",
            "client_secret is missing.",
            "client set google --id ID",
        ),
        (
            "google",
            During::Login,
            "invalid_client",
            "Invalid client type.",
            "TVs and Limited Input devices",
        ),
        (
            "google",
            During::Login,
            "redirect_uri_mismatch",
            "",
            "Desktop app",
        ),
        (
            "google",
            During::Refresh,
            "invalid_grant",
            "Token has been expired or revoked.",
            "7 days",
        ),
        (
            "youtube",
            During::Login,
            "invalid_request",
            "client_secret is missing.",
            "client set youtube --id ID",
        ),
        (
            "youtube",
            During::Login,
            "invalid_client",
            "Invalid client type.",
            "TVs and Limited Input devices",
        ),
        (
            "youtube",
            During::Login,
            "redirect_uri_mismatch",
            "",
            "Desktop app",
        ),
        ("youtube", During::Refresh, "invalid_grant", "", "7 days"),
        (
            "github",
            During::Login,
            "device_flow_disabled",
            "",
            "Enable Device Flow",
        ),
        (
            "github",
            During::Login,
            "redirect_uri_mismatch",
            "The redirect_uri MUST match",
            "http://127.0.0.1/callback",
        ),
        (
            "github",
            During::Login,
            "incorrect_client_credentials",
            "",
            "generate a new one",
        ),
        (
            "gitlab",
            During::Login,
            "invalid_client",
            "Client authentication failed",
            "gitlab.com/-/user_settings/applications",
        ),
        (
            "gitlab",
            During::Login,
            "unauthorized_client",
            "",
            "doesn't allow this way",
        ),
        (
            "bitbucket",
            During::Login,
            "redirect_uri_mismatch",
            "",
            "the app's page at Bitbucket",
        ),
        (
            "dropbox",
            During::Login,
            "invalid_scope",
            "",
            "dropbox.com/developers/apps",
        ),
    ];

    #[test]
    fn every_usual_mistake_has_one_hint_that_says_what_to_change() {
        for (provider, asked, code, words, part) in MISTAKES {
            let hints = shipped(provider).advice_on(asked, code, Some(words));
            let [hint] = hints.as_slice() else {
                panic!("{provider} {code} {words}: {hints:?}");
            };
            assert!(hint.contains(part), "{provider} {code}: {hint}");
            assert!(!hint.contains(['{', '}']), "{hint}");
        }
    }

    #[test]
    fn an_error_that_tells_of_no_usual_mistake_has_no_hint() {
        for (provider, asked, code, words) in [
            (
                "microsoft",
                During::Login,
                "invalid_request",
                "AADSTS90023270",
            ),
            ("microsoft", During::Login, "invalid_request", "AADSTS90014"),
            ("google", During::Login, "invalid_grant", "Bad Request"),
            ("google", During::Login, "access_denied", ""),
            ("gitlab", During::Refresh, "invalid_client", ""),
            ("gitlab", During::Refresh, "invalid_grant", ""),
        ] {
            let hints = shipped(provider).advice_on(asked, code, Some(words));
            assert_eq!(hints, Vec::<String>::new(), "{provider} {code} {words}");
        }
        assert!(shipped("github").advice_on_no_refresh_token().is_empty());
    }

    #[test]
    fn what_came_of_a_login_is_advised_on_too() {
        for name in ["google", "youtube", "microsoft"] {
            let hints = shipped(name).advice_on_no_refresh_token();
            assert_eq!(hints.len(), 1, "{name}");
        }
        let google = shipped("google").advice_on_no_answer();
        assert!(google[0].contains("Desktop app"), "{google:?}");
        let gitlab = shipped("gitlab").advice_on_no_answer();
        assert!(
            gitlab[0].contains("`http://127.0.0.1/callback`"),
            "{gitlab:?}"
        );
    }

    #[test]
    fn a_file_that_extends_a_shipped_one_changes_and_adds_advice() {
        let text = "extends = \"microsoft\"\n\
            [advice.missing_secret]\nhint = \"ask Ada\"\n\
            [advice.own]\nsays = \"tea\"\nhint = \"make {provider} tea\"\n";
        let origin = Origin::UserFile(PathBuf::from("/x/p.toml"));
        let definition = parse(&"contoso".parse().unwrap(), text, origin).unwrap();
        let on = |words| definition.advice_on(During::Login, "invalid_client", Some(words));
        assert_eq!(on("AADSTS7000218: x"), ["ask Ada"]);
        assert_eq!(on("no Tea, no work"), ["make contoso tea"]);
        assert!(on("AADSTS700025: x")[0].contains("client set contoso"));
        assert!(on("a teapot")[0].contains("compare the client id"));
    }
}
