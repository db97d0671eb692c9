//! The gate's corpus.

#[cfg(unix)]
mod start;

use super::*;

fn written(url: &str) -> Option<String> {
    url.parse::<BrowserUrl>()
        .ok()
        .map(|url| url.as_str().to_owned())
}

/// What may never be opened. `{}` stands for a scheme, further down.
const BAD: [&str; 66] = [
    "",
    " ",
    "x",
    "-",
    "--help",
    "-psn_0_1",
    "https",
    "https:",
    "https:/",
    "https://",
    "https:///",
    "https://?",
    "https://#",
    "https://:443",
    "https://:443/",
    "https:example.com",
    "https:/example.com",
    "//example.com/",
    "/etc/passwd",
    "./calc.exe",
    "C:\\Windows\\System32\\calc.exe",
    "\\\\evil.example\\share\\x.exe",
    "https:\\\\example.com\\",
    "https://example.com\\@evil.example/",
    "https://example.com/\\..\\x",
    " https://example.com/",
    "https://example.com/ ",
    "\thttps://example.com/",
    "\nhttps://example.com/",
    "ht\ntps://example.com/",
    "https://exam\nple.com/",
    "https://example.com/\n--remote-debugging-port=9222",
    "https://example.com/\r\nx",
    "https://example.com/\0",
    "https://example.com/\u{1b}[2J",
    "https://example.com/\u{7f}",
    "https://example.com/\u{9b}31m",
    "https://example.com/\u{202e}gpj.exe",
    "https://example.com/\u{200b}",
    "https://exa\u{ad}mple.com/",
    "https://user@example.com/",
    "https://user:password@example.com/",
    "https://:password@example.com/",
    "https://example.com@evil.example/",
    "https://example.com:x/",
    "https://example.com:99999/",
    "https://example.com:-1/",
    "https://exa mple.com/",
    "https://exa%00mple.com/",
    "https://exa<mple.com/",
    "https://exa|mple.com/",
    "https://[::1/",
    "https://[::g]/",
    "https://1.2.3.256/",
    "https://0x100000000/",
    "https://xn--a/",
    "http://example.com/",
    "http://192.168.1.1/",
    "http://0.0.0.0/",
    "http://localhost.evil.example/",
    "http://127.0.0.1.evil.example/",
    "http://user@127.0.0.1/",
    "http://[::2]/",
    "http://10.0.0.1:8080/device",
    "HTTP://example.com/",
    "http://127.0.0.1@evil.example/",
];

const SCHEMES: [&str; 46] = [
    "file",
    "ftp",
    "ftps",
    "sftp",
    "ssh",
    "telnet",
    "javascript",
    "JavaScript",
    "vbscript",
    "data",
    "blob",
    "about",
    "chrome",
    "chrome-extension",
    "moz-extension",
    "view-source",
    "resource",
    "jar",
    "ms-msdt",
    "ms-settings",
    "ms-word",
    "ms-excel",
    "search-ms",
    "shell",
    "steam",
    "vscode",
    "vscode-insiders",
    "slack",
    "zoommtg",
    "tel",
    "mailto",
    "sms",
    "itms",
    "facetime",
    "smb",
    "nfs",
    "dav",
    "ldap",
    "gopher",
    "ws",
    "wss",
    "intent",
    "android-app",
    "apt",
    "help",
    "httpss",
];

fn all_bad() -> Vec<String> {
    let bodies = [
        "://example.com/",
        ":alert(1)",
        "://127.0.0.1/etc/passwd",
        ":%s",
        ":///C:/Windows/System32/calc.exe",
        "://example.com/&calc.exe",
    ];
    let schemes = SCHEMES
        .iter()
        .flat_map(|scheme| bodies.iter().map(move |body| format!("{scheme}{body}")));
    let too_long = [
        format!("https://example.com/{}", "a".repeat(8 * 1024)),
        format!("https://example.com/{}", "é".repeat(2_000)),
    ];
    BAD.iter()
        .map(|&url| url.to_owned())
        .chain(schemes)
        .chain(too_long)
        .collect()
}

#[test]
fn urls_that_may_not_be_opened_are_refused_without_control_characters_in_the_error() {
    let bad = all_bad();
    assert!(bad.len() >= 300, "{}", bad.len());
    for url in bad {
        match url.parse::<BrowserUrl>() {
            Ok(passed) => panic!("{url:?} became {:?}", passed.as_str()),
            Err(error) => assert!(!error.to_string().contains(crate::escape::is_unsafe)),
        }
    }
}

#[test]
fn urls_that_may_be_opened_are_written_anew() {
    for (given, expected) in [
        (
            "https://github.com/login/device",
            "https://github.com/login/device",
        ),
        ("HTTPS://GitHub.COM", "https://github.com/"),
        (
            "https://example.com:443/a?b=c#d",
            "https://example.com/a?b=c#d",
        ),
        (
            "https://example.com/a b?c d",
            "https://example.com/a%20b?c%20d",
        ),
        (
            "https://example.com/?q=\"<>'",
            "https://example.com/?q=%22%3C%3E%27",
        ),
        ("https://example.com/é", "https://example.com/%C3%A9"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://192.0.2.1/", "https://192.0.2.1/"),
        (
            "https://[2001:db8::1]:8443/x",
            "https://[2001:db8::1]:8443/x",
        ),
        (
            "http://127.0.0.1:4711/authorize",
            "http://127.0.0.1:4711/authorize",
        ),
        ("http://localhost:4711/", "http://localhost:4711/"),
        ("http://[::1]:4711/", "http://[::1]:4711/"),
        (
            "https://example.com/$(calc)?a=1&calc.exe;`x`|%s",
            "https://example.com/$(calc)?a=1&calc.exe;`x`|%s",
        ),
    ] {
        assert_eq!(written(given).as_deref(), Some(expected), "{given}");
    }
}

proptest::proptest! {
    #[test]
    fn whatever_passes_the_gate_is_one_printable_https_word(text in "(https?://)?\\PC{0,40}|.{0,40}") {
        if let Some(url) = written(&text) {
            proptest::prop_assert!(url.starts_with("https://") || url.starts_with("http://"));
            proptest::prop_assert!(url.bytes().all(|byte| (0x21..=0x7E).contains(&byte)));
            proptest::prop_assert_eq!(written(&url), Some(url.clone()), "stable");
        }
    }
}

#[test]
fn may_open_says_no_without_a_person_at_this_machine() {
    let desk = || Env {
        display: true,
        ..Env::default()
    };
    assert_eq!(may_open(&desk(), true), Ok(()));
    assert_eq!(may_open(&desk(), false), Err(NoBrowser::NoTerminal));
    assert_eq!(
        may_open(&Env { ci: true, ..desk() }, true),
        Err(NoBrowser::Ci)
    );
    for (env, why) in [
        (
            Env {
                ssh: true,
                ..Env::default()
            },
            NoBrowser::Ssh,
        ),
        (
            Env {
                wsl: true,
                ..desk()
            },
            NoBrowser::Wsl,
        ),
        (
            Env {
                container: true,
                ..desk()
            },
            NoBrowser::Container,
        ),
    ] {
        assert_eq!(may_open(&env, true), Err(why));
        let chosen = Env {
            browser: Some("x".into()),
            ..env
        };
        assert_eq!(may_open(&chosen, true), Ok(()), "{why:?}");
    }
    // a display that is forwarded shows this machine's browser
    let forwarded = Env {
        ssh: true,
        ..desk()
    };
    assert_eq!(may_open(&forwarded, true), Ok(()));
    #[cfg(all(unix, not(target_os = "macos")))]
    assert_eq!(may_open(&Env::default(), true), Err(NoBrowser::NoDisplay));
    // A chosen browser vouches for the display, not for the person.
    let chosen = |env: Env| Env {
        browser: Some("x".into()),
        ..env
    };
    assert_eq!(
        may_open(
            &chosen(Env {
                ssh: true,
                ..Env::default()
            }),
            true
        ),
        Ok(())
    );
    assert_eq!(
        may_open(&chosen(Env { ci: true, ..desk() }), true),
        Err(NoBrowser::Ci)
    );
    assert_eq!(may_open(&chosen(desk()), false), Err(NoBrowser::NoTerminal));
}
