//! What other programs keep tokens in, as far as their formats are told to anybody.
//!
//! Values in, values out: nothing here decides what is taken.

mod pizauth;

use serde::Deserialize;

use crate::moment::Timestamp;
use crate::secret::Secret;

/// Whose form it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `hosts.yml` of `gh`.
    Gh,
    /// The lines of `git credential-store`.
    GitCredentialStore,
    /// `rclone.conf`.
    Rclone,
    /// What `oidc-gen --print` shows.
    OidcAgent,
    /// What `pizauth dump` writes.
    Pizauth,
}

/// How the other program says whose server it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// A host that serves repositories.
    GitHost(String),
    /// An issuer identifier.
    Issuer(String),
    /// A type of `rclone`'s.
    RcloneType(String),
    /// A token endpoint.
    TokenEndpoint(String),
}

/// One account at another program.
#[derive(Debug)]
pub struct Foreign {
    /// Where.
    pub at: At,
    /// What it is called there.
    pub account: Option<String>,
    /// The access token.
    pub access_token: Option<Secret>,
    /// The refresh token.
    pub refresh_token: Option<Secret>,
    /// When the access token ends.
    pub expires: Option<Timestamp>,
    /// The registration that the grant belongs to.
    pub client: Option<(String, Option<Secret>)>,
    /// What was asked for, where the file tells.
    pub scopes: Vec<String>,
    /// Why it is of no use here, although it has tokens.
    pub unfit: Option<&'static str>,
}

impl Foreign {
    /// An account of which nothing more is known yet.
    const fn new(at: At, account: Option<String>) -> Self {
        Self {
            at,
            account,
            access_token: None,
            refresh_token: None,
            expires: None,
            client: None,
            scopes: Vec::new(),
            unfit: None,
        }
    }
}

/// Why a file is not of the form that it should have.
#[derive(Debug, PartialEq, Eq)]
pub struct Misread {
    line: Option<usize>,
    why: &'static str,
}

impl Misread {
    /// What is wrong with the file as a whole.
    const fn whole(why: &'static str) -> Self {
        Self { line: None, why }
    }

    /// What is wrong in a line, counted from 0 as they are read.
    fn at(index: usize) -> impl Fn(&'static str) -> Self {
        move |why| Self {
            line: Some(index + 1),
            why,
        }
    }
}

impl std::fmt::Display for Misread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.why),
            None => f.write_str(self.why),
        }
    }
}

/// Reads a file; accounts without any token are left out.
///
/// # Errors
/// Why it is not of that form, and in which line. Never quotes it.
pub fn read(form: Form, file: &[u8]) -> Result<Vec<Foreign>, Misread> {
    let text = || str::from_utf8(file).map_err(|_| Misread::whole("it is not text"));
    let mut found = match form {
        Form::Gh => hosts_yml(text()?)?,
        Form::GitCredentialStore => credential_lines(text()?)?,
        Form::Rclone => sections(text()?)?,
        Form::OidcAgent => vec![account_json(text()?)?],
        Form::Pizauth => pizauth::accounts(file)?,
    };
    found.retain(|one| one.access_token.is_some() || one.refresh_token.is_some());
    Ok(found)
}

fn secret(text: &str) -> Option<Secret> {
    bare_secret(text.trim().trim_matches(['"', '\'']))
}

fn bare_secret(text: &str) -> Option<Secret> {
    let usable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    usable.then(|| Secret::new(text.to_owned()))
}

/// Hosts at the margin; under each `oauth_token` and `user`, or since 2.40 `users:` with one section
/// an account. Whatever else YAML could say is not written there.
fn hosts_yml(text: &str) -> Result<Vec<Foreign>, Misread> {
    let mut found: Vec<Foreign> = Vec::new();
    let (mut host, mut account, mut users_at) = (None, None, None);
    for (index, line) in text.lines().enumerate() {
        let wrong = Misread::at(index);
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let depth = line.len() - trimmed.len();
        if depth == 0 {
            let name = trimmed.trim_end().strip_suffix(':');
            host = Some(
                name.ok_or_else(|| wrong("what stands at the margin is no host"))?
                    .to_owned(),
            );
            (account, users_at) = (None, None);
            continue;
        }
        let pair = trimmed.split_once(':');
        let (key, value) = pair.ok_or_else(|| wrong("it is no `key: value`"))?;
        let Some(host) = &host else {
            return Err(wrong("a value stands before any host"));
        };
        match (key, users_at) {
            ("users", _) => users_at = Some(depth),
            (_, Some(users)) if depth > users && value.trim().is_empty() => {
                account = Some(key.to_owned());
            }
            ("oauth_token", _) => {
                let own = account.take_if(|_| users_at.is_some_and(|users| depth > users));
                found.push(Foreign {
                    access_token: secret(value),
                    ..Foreign::new(At::GitHost(host.clone()), own)
                });
            }
            ("user", _) => {
                let name = value.trim().to_owned();
                let of_host = |one: &&mut Foreign| one.at == At::GitHost(host.clone());
                let mut unnamed = found.iter_mut().filter(|one| one.account.is_none());
                if let Some(one) = unnamed.find(of_host) {
                    one.account = Some(name);
                }
            }
            _ => {}
        }
    }
    // The active account's token stands twice.
    let mut seen: Vec<String> = Vec::new();
    found.retain(|one| {
        let token = one
            .access_token
            .as_ref()
            .map(|token| token.expose().to_owned());
        let is_new = token.as_ref().is_none_or(|token| !seen.contains(token));
        seen.extend(token);
        is_new
    });
    Ok(found)
}

/// `https://USER:PASSWORD@HOST[/PATH]`, percent-encoded.
fn credential_lines(text: &str) -> Result<Vec<Foreign>, Misread> {
    let mut found = Vec::new();
    let lines = text.lines().map(str::trim).enumerate();
    for (index, line) in lines.filter(|(_, line)| !line.is_empty()) {
        let url = url::Url::parse(line).map_err(|_| Misread::at(index)("it is no URL"))?;
        let (Some(host), Some(password)) = (url.host_str(), url.password()) else {
            continue;
        };
        let is_secure = url.scheme() == "https";
        let host = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let user = decoded(url.username());
        found.push(Foreign {
            access_token: decoded(password).as_deref().and_then(secret),
            unfit: (!is_secure).then_some("it is sent without TLS"),
            ..Foreign::new(At::GitHost(host), user.filter(|user| !user.is_empty()))
        });
    }
    Ok(found)
}

fn decoded(text: &str) -> Option<String> {
    // A form's pairs are decoded alike, but for the plus sign and what stands between two of them.
    let pair = format!("v={}", text.replace('+', "%2B").replace('&', "%26"));
    let mut pairs = url::form_urlencoded::parse(pair.as_bytes());
    pairs.next().map(|(_, value)| value.into_owned())
}

#[derive(Deserialize)]
struct RcloneToken {
    access_token: Option<String>,
    refresh_token: Option<String>,
    expiry: Option<String>,
}

/// What stands above an encrypted `rclone.conf`.
const ENCRYPTED: &str = "RCLONE_ENCRYPT_V0:";

/// `[NAME]`, then `key = value`.
fn sections(text: &str) -> Result<Vec<Foreign>, Misread> {
    let mut lines = text.lines().map(str::trim);
    if lines.any(|line| line == "# Encrypted rclone configuration File" || line == ENCRYPTED) {
        return Err(Misread::whole(
            "it is encrypted; `rclone config show` prints it open, and in `rclone config` the \
             menu `Set configuration password` takes the password away",
        ));
    }
    let mut found: Vec<Foreign> = Vec::new();
    for (index, line) in text.lines().map(str::trim).enumerate() {
        let wrong = Misread::at(index);
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            let at = At::RcloneType(String::new());
            found.push(Foreign::new(at, Some(name.to_owned())));
            continue;
        }
        let (key, value) = line
            .split_once('=')
            .ok_or_else(|| wrong("it is no `key = value`"))?;
        let value = value.trim();
        let one = found
            .last_mut()
            .ok_or_else(|| wrong("a value stands before any section"))?;
        match key.trim() {
            "type" => one.at = At::RcloneType(value.to_owned()),
            "token_url" | "auth_url" if !value.is_empty() => {
                one.unfit = Some("it signs in at an address of its own");
            }
            "tenant" if !value.is_empty() => {
                one.unfit = Some("it signs in at one tenant only");
            }
            "region" if !matches!(value, "" | "global") => {
                one.unfit = Some("it belongs to another region's cloud");
            }
            "client_id" if !value.is_empty() => {
                value.clone_into(&mut one.client.get_or_insert((String::new(), None)).0);
            }
            "client_secret" if !value.is_empty() => {
                one.client.get_or_insert((String::new(), None)).1 = secret(value);
            }
            "token" => {
                let token: RcloneToken =
                    serde_json::from_str(value).map_err(|_| wrong("its token is no JSON"))?;
                one.access_token = token.access_token.as_deref().and_then(secret);
                one.refresh_token = token.refresh_token.as_deref().and_then(secret);
                one.expires = token.expiry.as_deref().and_then(Timestamp::parse);
            }
            _ => {}
        }
    }
    Ok(found)
}

#[derive(Deserialize)]
struct OidcAccount {
    name: Option<String>,
    issuer_url: String,
    client_id: String,
    client_secret: Option<String>,
    refresh_token: Option<String>,
    scope: Option<String>,
}

fn account_json(text: &str) -> Result<Foreign, Misread> {
    let account: OidcAccount = serde_json::from_str(text)
        .map_err(|_| Misread::whole("it is not what `oidc-gen --print ACCOUNT` shows"))?;
    let scopes = account.scope.as_deref().unwrap_or_default();
    Ok(Foreign {
        refresh_token: account.refresh_token.as_deref().and_then(secret),
        client: Some((
            account.client_id,
            account.client_secret.as_deref().and_then(secret),
        )),
        scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        ..Foreign::new(At::Issuer(account.issuer_url), account.name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: Form, text: &str) -> Result<Vec<Foreign>, Misread> {
        super::read(form, text.as_bytes())
    }

    fn token(one: &Foreign) -> &str {
        one.access_token.as_ref().unwrap().expose()
    }

    #[test]
    fn hosts_of_gh_are_read_in_the_old_form_and_the_new_one() {
        let old =
            "github.com:\n    user: octocat\n    oauth_token: gho_1\n    git_protocol: https\n";
        let found = read(Form::Gh, old).unwrap();
        assert_eq!((found.len(), token(&found[0])), (1, "gho_1"));
        let new = "github.com:\n    users:\n        octocat:\n            oauth_token: gho_1\n        \
                   hubot:\n            oauth_token: \"gho_2\"\n    user: hubot\n    oauth_token: gho_2\n\
                   ghe.example:\n    oauth_token: gho_3\n    user: me\n";
        let found = read(Form::Gh, new).unwrap();
        let got: Vec<_> = found
            .iter()
            .map(|one| (one.account.as_deref(), token(one)))
            .collect();
        assert_eq!(
            got,
            [
                (Some("octocat"), "gho_1"),
                (Some("hubot"), "gho_2"),
                (Some("me"), "gho_3")
            ]
        );
        // in the keyring, where `gh auth token` gets it
        assert!(
            read(Form::Gh, "github.com:\n    user: x\n")
                .unwrap()
                .is_empty()
        );
        let bad = read(Form::Gh, "a.example:\n\n  nonsense\n").unwrap_err();
        assert_eq!(bad.to_string(), "line 3: it is no `key: value`");
    }

    #[test]
    fn lines_of_git_are_decoded() {
        let text = "https://me%40home:p%2Bq+r@git.example:8443/x\nhttp://a:b@plain.example\n";
        let found = read(Form::GitCredentialStore, text).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].unfit, None);
        assert_eq!(found[1].unfit, Some("it is sent without TLS"));
        assert_eq!(token(&found[0]), "p+q+r");
        assert_eq!(found[0].account.as_deref(), Some("me@home"));
        assert_eq!(found[0].at, At::GitHost("git.example:8443".to_owned()));
        let odd = "https://me:a&b=c%26%25@git.example\n";
        let found = read(Form::GitCredentialStore, odd).unwrap();
        assert_eq!(token(&found[0]), "a&b=c&%");
    }

    #[test]
    fn remotes_of_rclone_are_read_with_their_own_client() {
        let text = "[mine]\ntype = drive\nclient_id = id\nclient_secret = s\n\
                    token = {\"access_token\":\"at\",\"refresh_token\":\"rt\",\"expiry\":\"2026-01-01T00:00:00Z\"}\n\
                    [plain]\ntype = sftp\nhost = x\n";
        let found = read(Form::Rclone, text).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(token(&found[0]), "at");
        assert_eq!(found[0].client.as_ref().unwrap().0, "id");
        assert!(found[0].expires.is_some());
        let sealed = "# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\nabc";
        assert!(
            read(Form::Rclone, sealed)
                .unwrap_err()
                .to_string()
                .contains("it is encrypted")
        );
        let bad = read(Form::Rclone, "[x]\ntype = drive\ntoken = open\n").unwrap_err();
        assert_eq!(bad.to_string(), "line 3: its token is no JSON");
        let remote = |line: &str| {
            let text =
                format!("[x]\ntype = onedrive\ntoken = {{\"access_token\":\"at\"}}\n{line}\n");
            read(Form::Rclone, &text).unwrap().remove(0).unfit.is_some()
        };
        for (line, unfit) in [
            ("token_url = https://login.example/token", true),
            ("auth_url = https://login.example/auth", true),
            ("region = us", true),
            ("tenant = contoso", true),
            ("region = global", false),
            ("region =", false),
            ("token_url =", false),
        ] {
            assert_eq!(remote(line), unfit, "{line}");
        }
    }

    #[test]
    fn an_account_of_oidc_agent_is_read() {
        let text = r#"{"name":"w","issuer_url":"https://i.example/","client_id":"c","client_secret":"s","refresh_token":"rt","cert_path":"/x","scope":"openid  email"}"#;
        let found = read(Form::OidcAgent, text).unwrap();
        assert_eq!(found[0].at, At::Issuer("https://i.example/".to_owned()));
        assert_eq!(found[0].scopes, ["openid", "email"]);
        let scopeless = text.replace("\"openid  email\"", "null");
        let found = read(Form::OidcAgent, &scopeless).unwrap();
        assert!(found[0].scopes.is_empty());
        assert!(read(Form::OidcAgent, "{}").is_err());
        let binary = super::read(Form::OidcAgent, b"\xff").unwrap_err();
        assert_eq!(binary.to_string(), "it is not text");
    }
}
