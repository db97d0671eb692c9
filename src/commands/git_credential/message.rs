//! What git and a credential helper say to each other (git-credential(1), "INPUT/OUTPUT FORMAT").
//!
//! The hard idea: whoever can put a line break into a value can write a line of their own, and so
//! choose which host a password goes to. A line feed ends a line and nothing else does; a carriage
//! return or a NUL anywhere, or a key given twice, and the whole request is none.

use std::str;

use crate::endpoint::is_loopback_authority;
use crate::secret::Secret;
use crate::token::TokenSet;

/// git's own bound for one line.
const LONGEST_LINE: usize = 65_535;

/// What git asks about: a protocol and host that a token may go to.
#[derive(Debug)]
pub(super) struct Request {
    protocol: String,
    /// Lower case, with the port where git named one.
    pub(super) host: String,
    pub(super) username: Option<String>,
    pub(super) password: Option<Secret>,
}

impl Request {
    /// Reads a request; `None` for everything that is not to be answered.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = str::from_utf8(bytes).ok()?;
        if text.contains(['\r', '\0']) {
            return None;
        }
        let (mut protocol, mut host, mut path, mut username, mut password) =
            (None, None, None, None, None);
        for line in text.split('\n') {
            if line.is_empty() {
                break;
            }
            if line.len() > LONGEST_LINE {
                return None;
            }
            let (key, value) = line.split_once('=')?;
            let place = match key {
                "protocol" => &mut protocol,
                "host" => &mut host,
                "path" => &mut path,
                "username" => &mut username,
                "password" => &mut password,
                // `url` would set protocol and host a second way. What servers say (`wwwauth[]`)
                // and what git offers (`capability[]`) decides nothing here.
                "url" => return None,
                _ => continue,
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        let host = host?.to_ascii_lowercase();
        may_have_tokens(protocol?, &host).then(|| Self {
            protocol: protocol.unwrap_or_default().to_owned(),
            host,
            username: username.filter(|name| !name.is_empty()).map(str::to_owned),
            password: password.map(|text| Secret::new(text.to_owned())),
        })
    }
}

impl Request {
    /// Protocol and host, as git's settings name them.
    pub(super) fn origin(&self) -> String {
        format!("{}://{}", self.protocol, self.host)
    }
}

/// https only; http to this machine, where there is nothing to eavesdrop on.
fn may_have_tokens(protocol: &str, host: &str) -> bool {
    match protocol {
        "https" => !host.is_empty(),
        "http" => is_loopback_authority(host),
        _ => false,
    }
}

/// The answer, in whole: nothing of it is said where a value would break out of its line. git uses
/// the token until `password_expiry_utc`, in seconds since the epoch, and asks again afterwards.
pub(super) fn answer(request: &Request, username: &str, set: &TokenSet) -> Option<Secret> {
    let token = set.access_token.expose();
    let values = [&request.protocol, &request.host, username, token];
    if values
        .iter()
        .any(|value| value.contains(['\n', '\r', '\0']))
    {
        return None;
    }
    let expiry = set.expires_at().map_or_else(String::new, |at| {
        format!(
            "password_expiry_utc={}\n",
            at.unix_millis().div_euclid(1000)
        )
    });
    // `hand_over` ends the last line.
    Some(Secret::new(format!(
        "protocol={}\nhost={}\nusername={username}\n{expiry}password={token}",
        request.protocol, request.host
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Option<String> {
        Request::parse(text.as_bytes()).map(|request| request.host)
    }

    #[test]
    fn requests_are_read_up_to_the_empty_line_and_what_is_unknown_is_passed_over() {
        let request = Request::parse(
            b"capability[]=authtype\nprotocol=https\nhost=GitHub.com\nusername=octocat\n\
              wwwauth[]=Basic realm=\"evil.example\"\nfuture=1\n\nhost=evil.example\n",
        )
        .unwrap();
        assert_eq!(request.host, "github.com");
        assert_eq!(request.username.as_deref(), Some("octocat"));
        assert_eq!(
            host("protocol=https\nhost=example.org:8443"),
            Some("example.org:8443".into())
        );
        assert_eq!(
            host("protocol=http\nhost=127.0.0.1:80\n\n"),
            Some("127.0.0.1:80".into())
        );
        assert_eq!(
            host("protocol=http\nhost=[::1]:80\n\n"),
            Some("[::1]:80".into())
        );
    }

    #[test]
    fn requests_that_could_mean_two_hosts_are_none() {
        for hostile in [
            "",
            "\n",
            "protocol=https\n",
            "host=github.com\n",
            "protocol=https\nhost=\n",
            "protocol=http\nhost=github.com\n",
            "protocol=http\nhost=127.0.0.1.evil.example\n",
            "protocol=http\nhost=localhost.evil.example:80\n",
            "protocol=ftp\nhost=github.com\n",
            "protocol=HTTPS\nhost=github.com\n",
            "protocol=https\nhost=github.com\nhost=evil.example\n",
            "protocol=https\nhost=github.com\nprotocol=https\n",
            "protocol=https\nhost=github.com\npath=a\npath=b\n",
            "protocol=https\nhost=github.com\nusername=a\nusername=b\n",
            "protocol=https\nhost=github.com\r\n",
            "protocol=https\r\nhost=github.com\r\n\r\n",
            "protocol=https\nhost=github.com\rhost=evil.example\n",
            "protocol=https\nhost=github.com\0\n",
            "protocol=https\nhost=github.com\nurl=https://evil.example\n",
            "protocol=https\nhost=github.com\nwithout a sign\n",
            "\nprotocol=https\nhost=github.com\n",
        ] {
            assert_eq!(host(hostile), None, "{hostile:?}");
        }
        let long = format!(
            "protocol=https\nhost=github.com\npath={}\n",
            "a".repeat(LONGEST_LINE)
        );
        assert_eq!(host(&long), None);
        assert!(Request::parse(b"protocol=https\nhost=\xff\n").is_none());
    }
}
