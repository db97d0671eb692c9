//! What to change after a usual mistake.
//!
//! Providers say what is wrong in their own codes and words, and mostly not what to do about it.
//! What each one's mean is data of its definition; what the RFCs' own codes mean stands here.

use super::definition::{Definition, Sign};

impl Definition {
    /// What to change after an error answer, of the token endpoint, the device endpoint or the
    /// redirect. Both texts are as the server sent them, made safe to show.
    #[must_use]
    pub fn advice_on(&self, error: &str, description: Option<&str>) -> Vec<String> {
        let says = description.unwrap_or_default();
        let own = self.advice.iter().filter(|advice| match &advice.sign {
            Sign::Answer {
                error: wanted,
                says: part,
            } => {
                wanted.as_deref().is_none_or(|wanted| wanted == error)
                    && part.as_deref().is_none_or(|part| says.contains(part))
            }
            Sign::TestingEnded | Sign::NoRefreshToken | Sign::NoAnswer => false,
        });
        let own: Vec<String> = own.map(|advice| self.filled(&advice.hint)).collect();
        if own.is_empty() {
            general(error)
                .map(|hint| self.filled(hint))
                .into_iter()
                .collect()
        } else {
            own
        }
    }

    /// What to change where no answer tells, but what came of it.
    #[must_use]
    pub fn advice_for(&self, sign: &Sign) -> Vec<String> {
        let fitting = self.advice.iter().filter(|advice| advice.sign == *sign);
        fitting.map(|advice| self.filled(&advice.hint)).collect()
    }

    /// Fills in `{redirect_uri}`, `{page}` and `{provider}`.
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

/// RFC 6749 sections 4.1.2.1 and 5.2, and what many servers call the same.
fn general(error: &str) -> Option<&'static str> {
    Some(match error {
        "redirect_uri_mismatch" | "invalid_redirect_uri" => {
            "register exactly this redirect URI at {page}: {redirect_uri}"
        }
        "invalid_client" => {
            "check the client id and secret against {page}, and store them anew with `oauthctl client \
             set {provider} --id ID`"
        }
        "unauthorized_client" => {
            "the app registration doesn't allow this way to sign in: allow it at {page}"
        }
        "invalid_scope" => {
            "a scope that was asked for is not known there or not allowed for this app: see \
             `oauthctl provider show {provider}`, and look at {page}"
        }
        "device_flow_disabled" => "allow the device flow in the settings of the app registration",
        _ => return None,
    })
}
