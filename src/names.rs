//! Names that can't be wrong: each is checked once, where it enters.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::escape;

/// Why a text is not a name of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{}` is not {wanted}{}",
    escape::line(given),
    lower_case(given, *meant)
)]
pub struct NameError {
    given: String,
    wanted: &'static str,
    /// It would be one in lower case.
    meant: bool,
}

fn lower_case(given: &str, meant: bool) -> String {
    if meant {
        format!("; in lower case it is: `{}`", given.to_ascii_lowercase())
    } else {
        String::new()
    }
}

fn refuse<T>(given: &str, wanted: &'static str) -> Result<T, NameError> {
    Err(NameError {
        given: given.to_owned(),
        wanted,
        meant: wanted.contains("a-z") && is_slug(&given.to_ascii_lowercase()),
    })
}

macro_rules! text_name {
    ($name:ident) => {
        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

fn is_slug(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && !text.starts_with('-')
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The name of a provider definition: 1 to 32 of `a-z`, `0-9` and `-`, which is not the first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProviderName(String);
text_name!(ProviderName);

impl ProviderName {
    /// The name as it stands in `OAUTHCTL_<PROVIDER>_CLIENT_ID`: upper case, `-` becomes `_`.
    #[must_use]
    pub fn environment_form(&self) -> String {
        self.0.to_ascii_uppercase().replace('-', "_")
    }
}

impl FromStr for ProviderName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if is_slug(text) {
            Ok(Self(text.to_owned()))
        } else {
            refuse(
                text,
                "a provider name (1 to 32 of a-z, 0-9 and `-`, not first)",
            )
        }
    }
}

/// The name of a profile; the same alphabet as a provider's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProfileName(String);
text_name!(ProfileName);

impl FromStr for ProfileName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if is_slug(text) {
            Ok(Self(text.to_owned()))
        } else {
            refuse(
                text,
                "a profile name (1 to 32 of a-z, 0-9 and `-`, not first)",
            )
        }
    }
}

/// The label of an account at a provider: 1 to 128 printable characters without `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountLabel(String);
text_name!(AccountLabel);

impl AccountLabel {
    /// How many characters there are at most.
    pub const LONGEST: usize = 128;

    /// The label used where a provider has no userinfo.
    #[must_use]
    pub fn default_label() -> Self {
        Self("default".to_owned())
    }

    /// The nearest label to what a provider said: unusable characters become `-`.
    #[must_use]
    pub fn from_provider(text: &str) -> Self {
        let usable: String = text
            .trim()
            .chars()
            .take(Self::LONGEST)
            .map(|c| {
                if c == '/' || escape::is_unsafe(c) {
                    '-'
                } else {
                    c
                }
            })
            .collect();
        if usable.is_empty() {
            Self::default_label()
        } else {
            Self(usable)
        }
    }
}

impl FromStr for AccountLabel {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let count = text.chars().count();
        let usable = (1..=Self::LONGEST).contains(&count)
            && text.trim() == text
            && text.chars().all(|c| c != '/' && !escape::is_unsafe(c));
        if usable {
            Ok(Self(text.to_owned()))
        } else {
            refuse(
                text,
                "an account label (1 to 128 printable characters without `/`)",
            )
        }
    }
}

/// One authorised account at one provider: `github/octocat`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnectionName {
    /// The provider's definition.
    pub provider: ProviderName,
    /// The account there.
    pub account: AccountLabel,
}

impl fmt::Display for ConnectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.account)
    }
}

impl FromStr for ConnectionName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let Some((provider, account)) = text.split_once('/') else {
            return refuse(text, "a connection name (`PROVIDER/ACCOUNT`)");
        };
        Ok(Self {
            provider: provider.parse()?,
            account: account.parse()?,
        })
    }
}

/// How a person names a connection: `github` while that is unambiguous, or `github/octocat`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionRef {
    /// The provider alone.
    Provider(ProviderName),
    /// Provider and account.
    Exact(ConnectionName),
}

impl ConnectionRef {
    /// The provider, whatever is said of the account.
    #[must_use]
    pub const fn provider(&self) -> &ProviderName {
        match self {
            Self::Provider(provider) => provider,
            Self::Exact(name) => &name.provider,
        }
    }
}

impl fmt::Display for ConnectionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider(provider) => provider.fmt(f),
            Self::Exact(name) => name.fmt(f),
        }
    }
}

impl FromStr for ConnectionRef {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.contains('/') {
            text.parse().map(Self::Exact)
        } else {
            text.parse().map(Self::Provider)
        }
    }
}

/// An OAuth scope: RFC 6749 section 3.3 `scope-token`, at most 512 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope(String);
text_name!(Scope);

impl FromStr for Scope {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let usable = (1..=512).contains(&text.len())
            && text
                .bytes()
                .all(|b| matches!(b, 0x21 | 0x23..=0x5B | 0x5D..=0x7E));
        if usable {
            Ok(Self(text.to_owned()))
        } else {
            refuse(
                text,
                "a scope (printable ASCII without spaces, quotes and backslashes)",
            )
        }
    }
}

/// A client identifier (RFC 6749 appendix A.1: `VSCHAR`), 1 to 512 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientId(String);
text_name!(ClientId);

impl FromStr for ClientId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let usable = (1..=512).contains(&text.len())
            && text.trim() == text
            && text.bytes().all(|b| (0x20..=0x7E).contains(&b));
        if usable {
            Ok(Self(text.to_owned()))
        } else {
            refuse(text, "a client id (printable ASCII)")
        }
    }
}

/// The name of an environment variable that a token may be put into: letters, digits and `_`, not
/// beginning with a digit, none of the program's own, and none that decides what runs (the loader
/// prints what it can't make sense of).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VariableName(String);
text_name!(VariableName);

impl VariableName {
    /// The variable for a provider's token where its definition names none: `EXAMPLE_TOKEN`.
    #[must_use]
    pub fn of_provider(provider: &ProviderName) -> Self {
        Self(format!("{}_TOKEN", provider.environment_form()))
    }
}

impl FromStr for VariableName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let usable = (1..=128).contains(&text.len())
            && !text.starts_with(|c: char| c.is_ascii_digit())
            && !["OAUTHCTL_", "LD_", "DYLD_"]
                .iter()
                .any(|taken| text.to_ascii_uppercase().starts_with(taken))
            && text != "PATH"
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if usable {
            Ok(Self(text.to_owned()))
        } else {
            refuse(
                text,
                "a variable for a token (letters, digits and `_`, none that oauthctl or the loader reads)",
            )
        }
    }
}

/// Names one vault for ever: 16 random bytes, written as 32 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct VaultId(pub [u8; 16]);

impl fmt::Display for VaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl FromStr for VaultId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        match unhex16(text) {
            Some(id) => Ok(Self(id)),
            None => refuse(text, "a vault id (32 hex digits)"),
        }
    }
}

/// The 16 bytes that 32 hex digits say.
#[must_use]
pub fn unhex16(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            for nibble in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(u32::from(nibble), 16));
            }
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_references_are_read_by_their_slash() {
        let exact: ConnectionRef = "github/octo cat".parse().unwrap();
        assert_eq!(exact.to_string(), "github/octo cat");
        assert!(matches!(
            "github".parse::<ConnectionRef>().unwrap(),
            ConnectionRef::Provider(_)
        ));
        for bad in [
            "",
            "/",
            "github/",
            "/octocat",
            "GitHub",
            "github/a/b",
            "github/a\u{1b}b",
            "../x",
        ] {
            assert!(bad.parse::<ConnectionRef>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_label_from_a_provider_is_always_usable() {
        for said in [
            "",
            "  ",
            "a/b",
            "x\u{202e}y",
            &"é".repeat(500),
            "me@example.org",
        ] {
            let label = AccountLabel::from_provider(said);
            assert!(
                label.as_str().parse::<AccountLabel>().is_ok() || said.len() > 300,
                "{said:?}"
            );
        }
        assert_eq!(AccountLabel::from_provider("a/b").as_str(), "a-b");
        assert_eq!(AccountLabel::from_provider(" ").as_str(), "default");
    }

    #[test]
    fn scopes_follow_the_rfc_alphabet() {
        assert!(
            "https://www.googleapis.com/auth/drive"
                .parse::<Scope>()
                .is_ok()
        );
        for bad in ["", "a b", "a\"b", "a\\b", "a\u{7f}", "é"] {
            assert!(bad.parse::<Scope>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn no_name_looks_like_an_option() {
        for name in ["-", "-x", "--help"] {
            assert!(name.parse::<ProviderName>().is_err(), "{name}");
            assert!(name.parse::<ProfileName>().is_err(), "{name}");
            assert!(name.parse::<ConnectionRef>().is_err(), "{name}");
        }
        assert!("my-server-".parse::<ProviderName>().is_ok());
    }

    #[test]
    fn names_in_errors_are_escaped() {
        let error = "a\u{1b}]0;x"
            .parse::<ProviderName>()
            .unwrap_err()
            .to_string();
        assert!(error.contains("\\u{1b}"), "{error}");
    }
}
