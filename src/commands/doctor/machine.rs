//! The machine: clock, the way to the network, TLS, browser, ports, programs of the person's.

use std::time::Duration;

use crate::app::{App, moment};
use crate::commands::doctor::Patient;
use crate::commands::doctor::check::Check;
use crate::commands::{hooks, network};
use crate::env;
use crate::error::Kind;
use crate::flow::browser::{self, NoBrowser};
use crate::flow::listener::{BindError, Listener};
use crate::moment::Timestamp;
use crate::provider::definition::Redirect;
use crate::ui::{shell_word, span};

/// What clocks may differ by before anything goes wrong.
const TOLERABLE: Duration = Duration::from_secs(120);

pub(super) fn checks(app: &App, patient: &Patient) -> Vec<Check> {
    let mut checks = vec![
        clock(moment().wall, patient.newest()),
        proxy(&env::network()),
        tls(&env::network()),
        browser(app),
    ];
    checks.extend(ports(patient));
    checks.extend(hooks(app));
    checks
}

impl Patient {
    /// The newest time that any token is from.
    fn newest(&self) -> Option<Timestamp> {
        let sets = self.connections.iter();
        sets.filter_map(|connection| Some(connection.state.set()?.obtained.wall))
            .max()
    }
}

/// Without a server only a clock that went backwards can be told.
fn clock(now: Timestamp, newest: Option<Timestamp>) -> Check {
    const TOPIC: &str = "clock";
    match newest.and_then(|newest| newest.since(now)) {
        Some(ahead) if ahead > TOLERABLE => {
            let text = format!("it is {} behind the newest token", span(ahead));
            Check::warn(TOPIC, text).hint("set it: `timedatectl set-ntp true`")
        }
        _ => Check::ok(TOPIC, "not before the newest token"),
    }
}

fn proxy(network: &env::Network) -> Check {
    const TOPIC: &str = "proxy";
    let Some((variable, value)) = &network.proxy else {
        return Check::ok(TOPIC, "none is set");
    };
    let address = value.split_once("://");
    let (scheme, rest) = address.unwrap_or(("http", value));
    // a password may stand before the `@`
    let host = rest.rsplit('@').next().unwrap_or_default();
    let host = host.split('/').next().unwrap_or_default();
    if scheme.starts_with("socks") {
        let text = format!("`{variable}` names a SOCKS proxy, which is not supported");
        return Check::fail(TOPIC, Kind::Failed, text)
            .hint(format!("name an HTTP proxy, or `unset {variable}`"));
    }
    if host.is_empty() || !matches!(scheme, "http" | "https") {
        let text = format!("`{variable}` is no proxy's address");
        return Check::fail(TOPIC, Kind::Failed, text).hint(format!(
            "`export {variable}=http://HOST:PORT`, or `unset {variable}`"
        ));
    }
    let but = match &network.no_proxy {
        Some(_) => ", but for what `NO_PROXY` lists",
        None => "",
    };
    Check::ok(TOPIC, format!("`{variable}` leads through `{host}`{but}"))
}

fn tls(network: &env::Network) -> Check {
    const TOPIC: &str = "tls";
    if let Some(file) = &network.certificates
        && !file.is_file()
    {
        let text = "`SSL_CERT_FILE` names a file that is not there";
        return Check::fail(TOPIC, Kind::Failed, text).hint(format!(
            "`unset SSL_CERT_FILE`, or look: `ls -l {}`",
            shell_word(&file.display().to_string())
        ));
    }
    let from = match network.certificates {
        Some(_) => "those of `SSL_CERT_FILE`",
        None => "the system's",
    };
    match self::network().try_tls() {
        Ok(()) => Check::ok(TOPIC, format!("certificate authorities are there: {from}")),
        Err(why) => Check::fail(TOPIC, Kind::Failed, why)
            .hint("install them, on Debian: `apt install ca-certificates`"),
    }
}

fn browser(app: &App) -> Check {
    const TOPIC: &str = "browser";
    // Whether anybody watches this run says nothing about the run that will need a browser.
    match browser::may_open(&app.env, true) {
        Err(why @ (NoBrowser::Ci | NoBrowser::NoTerminal)) => Check::skip(TOPIC, why.to_string()),
        Err(why) => Check::warn(TOPIC, format!("none is started: {why}"))
            .hint("`oauthctl connect PROVIDER --paste`, or `--device` where the provider has it"),
        Ok(()) => match browser::find(&app.env) {
            Ok(program) => Check::ok(TOPIC, format!("`{}` opens it", program.display())),
            Err(why) => Check::warn(TOPIC, why.to_string()).hint(
                "name one: `export BROWSER=firefox`; or `oauthctl connect PROVIDER --no-browser`",
            ),
        },
    }
}

/// Each port is bound for an instant, as `connect` would.
fn ports(patient: &Patient) -> Vec<Check> {
    const TOPIC: &str = "ports";
    let mut checks = Vec::new();
    let any = Redirect {
        host: crate::provider::definition::RedirectHost::Localhost,
        port: None,
        path: "/callback".to_owned(),
    };
    checks.push(match Listener::bind(&any) {
        Ok(_) => Check::ok(TOPIC, "this machine's loopback can be listened on"),
        Err(error) => Check::fail(TOPIC, Kind::Failed, error.to_string())
            .hint("`oauthctl connect PROVIDER --paste` needs no port"),
    });
    let fixed = patient.definitions().filter_map(|definition| {
        let port = definition.redirect.port?;
        Some((definition, port))
    });
    for (definition, port) in fixed {
        checks.push(match Listener::bind(&definition.redirect) {
            Ok(_) => {
                let text = format!("port {port}, which it insists on, is free");
                Check::ok(TOPIC, text).of(&definition.name)
            }
            Err(error @ BindError::Busy(_)) => Check::fail(TOPIC, Kind::Failed, error.to_string())
                .of(&definition.name)
                .hint(format!("see who has it: `ss -ltnp sport = :{port}`"))
                .hint(format!(
                    "`oauthctl connect {} --paste` needs no port",
                    definition.name
                )),
            Err(error @ BindError::Io { .. }) => {
                Check::fail(TOPIC, Kind::Failed, error.to_string())
                    .of(&definition.name)
                    .hint(format!(
                        "`oauthctl connect {} --paste` needs no port",
                        definition.name
                    ))
            }
        });
    }
    checks
}

fn hooks(app: &App) -> impl Iterator<Item = Check> {
    hooks::without_a_program(app).map(|(event, program)| {
        let text = format!("`on_{event}` names `{program}`, which is no program here");
        Check::warn("hook", text)
            .hint("install it, or change the file that `oauthctl config path` names")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::check::Level;

    #[test]
    fn a_clock_behind_the_newest_token_is_told() {
        let at = |seconds: i64| Timestamp::from_unix_millis(seconds * 1000);
        assert_eq!(clock(at(1000), None).level, Level::Ok);
        assert_eq!(clock(at(1000), Some(at(1100))).level, Level::Ok);
        let behind = clock(at(1000), Some(at(1000 + 7200)));
        assert_eq!(behind.level, Level::Warn);
        assert!(behind.text.contains("2h behind"), "{}", behind.text);
    }

    #[test]
    fn a_proxys_password_is_never_shown() {
        let said = |value: &str| {
            proxy(&env::Network {
                proxy: Some(("HTTPS_PROXY", value.to_owned())),
                ..env::Network::default()
            })
        };
        for value in [
            "http://me:pa55word@proxy.example:3128/",
            "me:pa55word@proxy.example:3128",
            "https://me:pa55word@x@proxy.example:3128",
        ] {
            let check = said(value);
            assert_eq!(check.level, Level::Ok, "{value}");
            assert!(
                check.text.contains("`proxy.example:3128`"),
                "{}",
                check.text
            );
            assert!(!check.text.contains("pa55word"), "{}", check.text);
        }
        for value in ["socks5://me:pa55word@h:1", "ftp://h", "http://"] {
            let check = said(value);
            assert!(check.failure().is_some(), "{value}");
            assert!(!check.text.contains("pa55word") && !check.hints.is_empty());
        }
    }
}
