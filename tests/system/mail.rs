//! The README's recipes for mail, run as they stand against real servers: Dovecot, which asks the
//! provider whose token it is, and Exim, which asks Dovecot.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::rig;
use crate::stage::Stage;
use crate::world::PROVIDER;

const README: &str = include_str!("../../README.md");
const ME: &str = "writer@sandbox.invalid";
/// Who runs the servers' work; Debian's package of Exim makes it.
const USER: &str = "Debian-exim";

/// The block that begins with that comment, with our own servers in the place of the big ones.
fn recipe(first: &str, servers: &Servers) -> String {
    let start = README.find(first).expect("a recipe");
    let rest = README.get(start..).expect("text");
    let block = rest.split("```").next().expect("a block");
    let certificate = servers.at("cert.pem").display().to_string();
    block
        .replace("me@gmail.com", ME)
        .replace(
            "imap.gmail.com",
            &format!("localhost\nPort {}", servers.imap),
        )
        .replace(":587", &format!(":{}", servers.smtp))
        .replace("port 587", &format!("port {}", servers.smtp))
        .replace("smtp.gmail.com", "localhost")
        .replace("/etc/ssl/certs/ca-certificates.crt", &certificate)
        .replace("~/", &format!("{}/", servers.home().display()))
        .replace("google", PROVIDER)
}

struct Servers {
    folder: tempfile::TempDir,
    imap: u16,
    smtp: u16,
    running: Vec<Child>,
}

impl Drop for Servers {
    fn drop(&mut self) {
        for child in &mut self.running {
            // Dovecot's children end with it only when it is asked to end
            let id = child.id().to_string();
            let _ = Command::new("kill").arg(&id).status();
            let _ = child.wait();
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn done(command: &mut Command) -> Output {
    let output = command.output().expect("a program");
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

impl Servers {
    fn start(dovecot: &Path, exim: &Path, userinfo: &str) -> Servers {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("a mode");
        let mut servers = Servers {
            folder,
            imap: free_port(),
            smtp: free_port(),
            running: Vec::new(),
        };
        for name in ["run", "mail", "spool", "home", "home/Mail"] {
            fs::create_dir_all(servers.at(name)).expect("a folder");
        }
        let (key, certificate) = (servers.at("key.pem"), servers.at("cert.pem"));
        let mut openssl = Command::new("openssl");
        openssl
            .args([
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            ])
            .args([
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost",
            ])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&certificate);
        done(&mut openssl);
        fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("a mode");
        done(
            Command::new("chown")
                .arg("-R")
                .arg(USER)
                .args([servers.at("mail"), servers.at("spool")]),
        );
        let fill = |text: &str| {
            text.replace("FOLDER", &servers.folder.path().display().to_string())
                .replace("IMAP_PORT", &servers.imap.to_string())
                .replace("SMTP_PORT", &servers.smtp.to_string())
                .replace("USERINFO", userinfo)
                .replace("USER", USER)
        };
        for (name, text) in [
            ("oauth2.conf", OAUTH2),
            ("dovecot.conf", DOVECOT),
            ("exim.conf", EXIM),
        ] {
            fs::write(servers.at(name), fill(text)).expect("written");
        }
        let imap = Command::new(dovecot)
            .arg("-F")
            .arg("-c")
            .arg(servers.at("dovecot.conf"))
            .spawn()
            .expect("dovecot");
        let smtp = Command::new(exim)
            .arg("-C")
            .arg(servers.at("exim.conf"))
            .args(["-bdf", "-q1h"])
            .spawn()
            .expect("exim");
        servers.running.extend([imap, smtp]);
        for port in [servers.imap, servers.smtp] {
            servers.until("a server listens", || {
                TcpStream::connect(("127.0.0.1", port)).is_ok()
            });
        }
        servers
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn home(&self) -> PathBuf {
        self.at("home")
    }

    fn until(&self, what: &str, done: impl Fn() -> bool) {
        let begun = Instant::now();
        while !done() {
            let log = || fs::read_to_string(self.at("dovecot.log")).unwrap_or_default();
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{what}: {}",
                log()
            );
            thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// Whether a text was delivered.
    fn has(folder: &Path, text: &str) -> bool {
        let found = Command::new("grep")
            .arg("-rqF")
            .arg(text)
            .arg(folder)
            .status();
        found.expect("grep").success()
    }
}

const OAUTH2: &str = "introspection_mode = auth
introspection_url = USERINFO
username_attribute = email
";

const DOVECOT: &str = "base_dir = FOLDER/run
state_dir = FOLDER/run
log_path = FOLDER/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <FOLDER/cert.pem
ssl_key = <FOLDER/key.pem
auth_mechanisms = xoauth2 oauthbearer
mail_location = maildir:FOLDER/mail/inbox
first_valid_uid = 1
first_valid_gid = 1
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = FOLDER/oauth2.conf
}
userdb {
  driver = static
  args = uid=USER gid=USER home=FOLDER/mail
}
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = IMAP_PORT
    ssl = yes
  }
}
service auth {
  unix_listener auth-client {
    mode = 0666
  }
}
";

const EXIM: &str = "daemon_smtp_ports = SMTP_PORT
local_interfaces = 127.0.0.1
log_file_path = FOLDER/spool/%slog
pid_file_path = FOLDER/spool/pid
spool_directory = FOLDER/spool
primary_hostname = localhost
keep_environment =
tls_advertise_hosts = *
tls_certificate = FOLDER/cert.pem
tls_privatekey = FOLDER/key.pem
auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}
acl_smtp_rcpt = rcpt
domainlist local_domains = sandbox.invalid
begin acl
rcpt:
  accept authenticated = *
  deny message = sign in first
begin routers
local:
  driver = accept
  domains = +local_domains
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = FOLDER/mail/inbox
  maildir_format
  user = USER
begin authenticators
xoauth2:
  driver = dovecot
  public_name = XOAUTH2
  server_socket = FOLDER/run/auth-client
  server_set_id = $auth1
oauthbearer:
  driver = dovecot
  public_name = OAUTHBEARER
  server_socket = FOLDER/run/auth-client
  server_set_id = $auth1
";

/// A mail program, which finds ours on its path and our vault in its environment.
fn program(servers: &Servers, stage: &Stage, name: &Path) -> Command {
    let bin = servers.at("bin");
    fs::create_dir_all(&bin).expect("a folder");
    let link = bin.join("oauthctl");
    if !link.exists() {
        std::os::unix::fs::symlink(&stage.world.binary, &link).expect("a link");
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let ours = stage.world.command(&[]);
    let variables = ours
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
    let mut command = Command::new(name);
    command
        .env_clear()
        .envs(variables)
        .env("HOME", servers.home())
        .env("PATH", format!("{}:{path}", bin.display()))
        .current_dir(servers.home())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn fed(mut command: Command, text: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("a program");
    let mut stdin = child.stdin.take().expect("a pipe");
    // it may have ended without reading
    let _ = stdin.write_all(text.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("an end")
}

fn give(servers: &Servers, name: &str, text: &str) -> PathBuf {
    let path = servers.home().join(name);
    fs::write(&path, text).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("a mode");
    path
}

/// A connection whose first access token is over at once.
fn connected() -> Stage {
    let scopes = ["openid", "profile", "email", "offline_access"];
    let scopes: Vec<&str> = scopes
        .into_iter()
        .flat_map(|one| ["--scope", one])
        .collect();
    // over at once, then for an hour
    Stage::connected_with("0,3600", &scopes)
}

/// Waits until so many signed in to Dovecot with that mechanism, and looks that it were no more.
fn signed_in(servers: &Servers, mechanism: &str, times: usize) {
    let method = format!("method={mechanism},");
    let count = || {
        let log = fs::read_to_string(servers.at("dovecot.log")).unwrap_or_default();
        log.lines()
            .filter(|line| line.contains("Login: user=") && line.contains(&method))
            .count()
    };
    servers.until(&format!("{times} {mechanism}"), || count() >= times);
    assert_eq!(count(), times, "{mechanism}");
}

/// Whether the server lets the one in who says that (SASL-IR, RFC 4959).
fn authenticated(servers: &Servers, openssl: &Path, said: &str) -> bool {
    let mut command = Command::new(openssl);
    command
        .args(["s_client", "-quiet", "-connect"])
        .arg(format!("localhost:{}", servers.imap))
        .arg("-CAfile")
        .arg(servers.at("cert.pem"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let lines = format!("a AUTHENTICATE XOAUTH2 {said}\r\n\r\nb LOGOUT\r\n");
    let answer = fed(command, &lines);
    let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
    assert!(answer.contains("* OK"), "the server answers: {answer}");
    answer.contains("a OK")
}

/// Opens the inbox in mutt, which wants a terminal for that: `script` gives it one.
fn look_into_the_inbox(mut script: Command, muttrc: &Path, port: u16) {
    let inbox = format!("imaps://{ME}@localhost:{port}/INBOX");
    let mutt = format!("mutt -F {} -e 'push <exit>' -f {inbox}", muttrc.display());
    let output = script
        .env("TERM", "xterm")
        .args(["-qec", &mutt, "/dev/null"])
        .stdin(Stdio::null())
        .output()
        .expect("mutt");
    assert!(output.status.success(), "{output:?}");
}

/// Fetches what was sent.
fn fetch_both(servers: &Servers, mut mbsync: Command) {
    let rc = give(servers, ".mbsyncrc", &recipe("# ~/.mbsyncrc", servers));
    let fetched = mbsync
        .arg("-c")
        .arg(&rc)
        .arg("gmail")
        .output()
        .expect("mbsync");
    assert!(fetched.status.success(), "{fetched:?}");
    for text in ["It was a dark night.", "And then it rained."] {
        assert!(
            Servers::has(&servers.home().join("Mail"), text),
            "{fetched:?}"
        );
    }
}

#[test]
fn mail_is_sent_and_fetched_with_the_recipes_and_a_token_that_was_refreshed_on_the_way() {
    let programs = [
        "dovecot", "exim4", "msmtp", "mbsync", "mutt", "openssl", "script",
    ]
    .map(rig::program);
    let [
        Some(dovecot),
        Some(exim),
        Some(msmtp),
        Some(mbsync),
        Some(mutt),
        Some(openssl),
        Some(script),
    ] = programs
    else {
        return;
    };
    let stage = connected();
    let userinfo = format!("{}/userinfo", stage.sandbox.url());
    let servers = Servers::start(&dovecot, &exim, &userinfo);
    let inbox = servers.at("mail/inbox");

    let rc = give(&servers, ".msmtprc", &recipe("# ~/.msmtprc", &servers));
    let send = |text: &str| {
        let mut command = program(&servers, &stage, &msmtp);
        command.arg("-C").arg(&rc).arg(ME);
        fed(command, text)
    };
    let output = send("Subject: one\n\nIt was a dark night.\n");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(stage.acted("refresh", 0).len(), 1, "refreshed on the way");
    servers.until("the mail is there", || {
        Servers::has(&inbox, "It was a dark night.")
    });

    let muttrc = give(&servers, ".muttrc", &recipe("# ~/.muttrc", &servers));
    let mut command = program(&servers, &stage, &mutt);
    command.arg("-F").arg(&muttrc).args(["-s", "two", "--", ME]);
    let output = fed(command, "And then it rained.\n");
    assert!(output.status.success(), "{output:?}");
    servers.until("the mail is there", || {
        Servers::has(&inbox, "And then it rained.")
    });

    signed_in(&servers, "OAUTHBEARER", 0);
    let script = program(&servers, &stage, &script);
    look_into_the_inbox(script, &muttrc, servers.imap);
    signed_in(&servers, "OAUTHBEARER", 1);
    signed_in(&servers, "XOAUTH2", 0);

    fetch_both(&servers, program(&servers, &stage, &mbsync));
    signed_in(&servers, "XOAUTH2", 1);
    let raw = ["token", PROVIDER, "--format", "xoauth2", "--user", ME];
    let raw = stage.world.must(&raw);
    assert!(authenticated(&servers, &openssl, raw.trim()));
    signed_in(&servers, "XOAUTH2", 2);
    assert_eq!(stage.acted("refresh", 0).len(), 1, "no more than needed");
    // the control: a token that was ended gets nobody in
    stage.world.must(&["revoke", PROVIDER, "--yes"]);
    assert!(!authenticated(&servers, &openssl, raw.trim()));
    signed_in(&servers, "XOAUTH2", 2);
    let refused = send("Subject: three\n\nNobody reads this.\n");
    assert!(!refused.status.success(), "{refused:?}");
    for file in ["dovecot.log", "spool/mainlog"] {
        let log = fs::read_to_string(servers.at(file)).unwrap_or_default();
        assert!(!log.contains("sbx_at_"), "{log}");
    }
}
