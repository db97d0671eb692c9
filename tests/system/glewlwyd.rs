//! Debian's `glewlwyd`, a second authorization server that others wrote, as a child process: lower
//! case `bearer`, no `iss`, exact redirect URIs, one-time refresh tokens.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use oauthctl::sandbox::user_agent;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::rig;
use crate::ways::{by_device, set_client};
use crate::world::{Connecting, PROVIDER, World};

const CLIENT: &str = "practice-client";
const SECRET: &str = "a-secret-of-the-practice-client";

/// Debian's own schema; its administrator is `admin`, with the password `password`.
const SCHEMA: &str = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3";

/// A running server; dropping it ends it.
struct Glewlwyd {
    child: Child,
    url: Url,
    cookie: String,
    callback: u16,
    _folder: TempDir,
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// A port that was free just now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

impl Glewlwyd {
    /// Starts and sets up the server; `None` where it isn't installed.
    fn start() -> Option<Glewlwyd> {
        let (program, sqlite) = (rig::program("glewlwyd")?, rig::program("sqlite3")?);
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("glewlwyd.db");
        let schema = fs::File::open(SCHEMA).expect("Debian's schema");
        let made = Command::new(sqlite)
            .arg(&database)
            .stdin(schema)
            .status()
            .expect("sqlite3");
        assert!(made.success());
        let port = free_port();
        let config = folder.path().join("glewlwyd.conf");
        fs::write(
            &config,
            configuration(port, &database.display().to_string()),
        )
        .expect("a file");
        let child = Command::new(program)
            .arg("-c")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("glewlwyd");
        let url = format!("http://127.0.0.1:{port}/api/")
            .parse()
            .expect("a URL");
        let mut server = Glewlwyd {
            child,
            url,
            cookie: String::new(),
            callback: free_port(),
            _folder: folder,
        };
        server.set_up();
        Some(server)
    }

    fn set_up(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect(self.authority()).is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "it never listened"
            );
            thread::yield_now();
        }
        let admin = json!({"username": "admin", "password": "password"});
        let answer = self.call("POST", "auth/", &admin);
        let cookie = answer.header("set-cookie").expect("a session");
        let pair = cookie.split(';').next().expect("a pair");
        pair.clone_into(&mut self.cookie);
        for scope in ["openid", "offline"] {
            let body = json!({
                "name": scope, "display_name": scope, "description": scope,
                "password_required": false, "scheme": {},
            });
            // `openid` is there already
            self.call("POST", "scope/", &body);
        }
        let issuer = self.issuer();
        self.must("POST", "mod/plugin/", &plugin(&issuer));
        let callback = format!("http://127.0.0.1:{}/callback", self.callback);
        self.must(
            "POST",
            "client/",
            &json!({
                "client_id": CLIENT, "name": CLIENT, "confidential": true, "enabled": true,
                "client_secret": SECRET, "password": SECRET, "redirect_uri": [callback],
                "authorization_type":
                    ["code", "refresh_token", "client_credentials", "device_authorization"],
                "scope": ["openid", "offline"],
                "token_endpoint_auth_method": ["client_secret_basic"],
            }),
        );
        self.must(
            "PUT",
            "user/admin",
            &json!({
                "name": "Admin", "enabled": true,
                "scope": ["g_admin", "g_profile", "openid", "offline"],
            }),
        );
        let grant = format!("auth/grant/{CLIENT}");
        self.must("PUT", &grant, &json!({"scope": "openid offline"}));
    }

    fn issuer(&self) -> String {
        format!("{}oidc", self.url)
    }

    fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.url.port().expect("a port"))
    }

    fn must(&self, method: &str, path: &str, body: &Value) {
        let answer = self.call(method, path, body);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send(
            method,
            &self.url.join(path).expect("a path"),
            &body.to_string(),
        )
    }

    fn send(&self, method: &str, url: &Url, body: &str) -> Answer {
        let mut stream = TcpStream::connect(self.authority()).expect("the server");
        let target = &url[url::Position::BeforePath..];
        write!(
            stream,
            "{method} {target} HTTP/1.0\r\nHost: {}\r\nCookie: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.authority(),
            self.cookie,
            body.len(),
        )
        .expect("a request");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        let (head, body) = text.split_once("\r\n\r\n").expect("an HTTP answer");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Answer {
            status: status.expect("a status"),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    /// Where the browser of the administrator, who has consented, is sent on to.
    fn consent(&self, url: &Url) -> Url {
        let mut url = url.clone();
        // what its login page appends when the person goes on
        url.query_pairs_mut().append_pair("g_continue", "");
        let answer = self.send("GET", &url, "");
        let target = answer.header("location").expect("a redirect");
        target.parse().expect("a URL")
    }

    fn definition(&self, more: &str) -> String {
        let issuer = self.issuer();
        let port = self.callback;
        format!(
            r#"issuer = "{issuer}"

[endpoints]
authorization = "{issuer}/auth"
token = "{issuer}/token"
device_authorization = "{issuer}/device_authorization"
{more}

[authorization]
pkce = "S256"

[client]
authentication = "basic"
secret = "required"

[redirect]
host = "127.0.0.1"
port = {port}
path = "/callback"

[refresh]
rotation = "replace_and_kill"

[userinfo]
endpoint = "{issuer}/userinfo"
id = ["/sub"]
label = ["/sub"]

[scopes]
default = ["openid", "offline"]
required = ["openid"]

[revocation]
kind = "rfc7009"
endpoint = "{issuer}/revoke"
client = "authenticated"
tokens = "both"
"#
        )
    }

    fn world(&self, more: &str) -> World {
        let world = World::new(&self.definition(more)).with_vault();
        set_client(&world, CLIENT, SECRET);
        world
    }

    /// Signs the administrator in at the URL that `connect` prints.
    fn connect(&self, world: &World) {
        let connecting = Connecting::start(world.command(&["connect", PROVIDER, "--no-browser"]));
        let url = connecting.url.clone().expect("a URL");
        let page = user_agent::visit(self.consent(&url).as_str()).expect("the callback page");
        let ended = connecting.end();
        assert_eq!((page.status, ended.code), (200, 0), "{ended:?}");
    }
}

impl Drop for Glewlwyd {
    fn drop(&mut self) {
        // It may have ended already, and there is nobody to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// It wants the paths of a certificate even where it uses none.
fn configuration(port: u16, database: &str) -> String {
    format!(
        r#"port={port}
bind_address="127.0.0.1"
external_url="http://127.0.0.1:{port}"
login_url="login.html"
api_prefix="api"
log_mode="console"
log_level="NONE"
cookie_secure=0
session_expiration=2419200
session_key="session"
admin_session_authentication="cookie"
profile_session_authentication="cookie"
login_api_enabled=true
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
use_secure_connection=false
secure_connection_key_file="{database}.key"
secure_connection_pem_file="{database}.pem"
hash_algorithm="SHA512"
database = {{ type = "sqlite3"; path = "{database}"; }};
"#
    )
}

fn plugin(issuer: &str) -> Value {
    let parameters = json!({
        "iss": issuer, "jwt-type": "sha", "jwt-key-size": "256",
        "key": "what-the-practice-server-signs-with",
        "subject-type": "public", "allow-non-oidc": true, "jwks-show": true,
        "access-token-duration": 3600, "refresh-token-duration": 86_400, "code-duration": 60,
        "refresh-token-rolling": true, "refresh-token-one-use": "always",
        "auth-type-code-enabled": true, "auth-type-code-revoke-replayed": true,
        "auth-type-client-enabled": true, "auth-type-device-enabled": true,
        "auth-type-refresh-enabled": true, "auth-type-token-enabled": false,
        "auth-type-id-token-enabled": false, "auth-type-none-enabled": false,
        "auth-type-password-enabled": false,
        "device-authorization-expiration": 600, "device-authorization-interval": 5,
        "pkce-allowed": true, "pkce-method-plain-allowed": false, "pkce-required": true,
        "introspection-revocation-allowed": true,
        "introspection-revocation-allow-target-client": true,
        "oauth-par-allowed": true, "oauth-par-required": false, "oauth-par-duration": 90,
        "oauth-par-request_uri-prefix": "urn:ietf:params:oauth:request_uri:",
        "register-client-allowed": true, "register-client-management-allowed": false,
        "register-client-auth-scope": [], "register-client-credentials-scope": [],
        "scope": [], "additional-parameters": [], "claims": [],
    });
    json!({
        "module": "oidc", "name": "oidc", "display_name": "oidc", "enabled": true,
        "parameters": parameters,
    })
}

#[test]
fn connect_refresh_and_revoke_work_at_a_second_server() {
    let Some(server) = Glewlwyd::start() else {
        return;
    };
    let world = server.world("");
    server.connect(&world);
    let first = world.must(&["token", PROVIDER]);
    world.must(&["refresh", PROVIDER]);
    assert_ne!(world.must(&["token", PROVIDER]), first);
    world.must(&["revoke", PROVIDER]);
    world.verify();
}

/// RFC 7591: nobody made a client there beforehand. This server gives a new client no scopes, so
/// somebody allows it some before the person can sign in.
#[test]
fn connect_registers_a_client_with_a_second_server() {
    let Some(server) = Glewlwyd::start() else {
        return;
    };
    let world = server.world("");
    let issuer = server.issuer();
    let found = [
        "connect",
        &issuer,
        "--name",
        "found",
        "--no-browser",
        "--scope",
        "openid",
    ];
    let ended = world.run(&found);
    let (_, client) = ended
        .stderr
        .split_once("registered a client with found: `")
        .expect("a client");
    let (client, _) = client.split_once('`').expect("its id");
    let path = format!("client/{client}");
    let made = server.call("GET", &path, &Value::Null);
    let mut made: Value = serde_json::from_str(&made.body).expect("a client");
    made["scope"] = json!(["openid"]);
    // and it compares ports, which RFC 8252 section 7.3 forbids
    let port = server.callback;
    made["redirect_uri"] = json!([format!("http://127.0.0.1:{port}/callback")]);
    let definition = world.at("config/oauthctl/providers/found.toml");
    let text = fs::read_to_string(&definition).expect("a definition");
    assert!(!text.contains("[redirect]"), "{text}");
    let text = format!("{text}\n[redirect]\nport = {port}\n");
    fs::write(&definition, text).expect("a definition");
    server.must("PUT", &path, &made);
    let grant = format!("auth/grant/{client}");
    server.must("PUT", &grant, &json!({"scope": "openid"}));
    let again = ["connect", "found", "--no-browser", "--scope", "openid"];
    let connecting = Connecting::start(world.command(&again));
    let Some(url) = connecting.url.clone() else {
        panic!("{:?}", connecting.end());
    };
    let page = user_agent::visit(server.consent(&url).as_str()).expect("the callback page");
    let ended = connecting.end();
    assert_eq!((page.status, ended.code), (200, 0), "{ended:?}");
    world.must(&["token", "found"]);
    world.verify();
}

/// The vault's files at one moment.
struct Saved {
    database: Vec<u8>,
    log: Option<Vec<u8>>,
}

impl Saved {
    fn of(world: &World) -> Saved {
        Saved {
            database: fs::read(world.vault()).expect("a vault"),
            log: fs::read(world.vault().with_extension("db-wal")).ok(),
        }
    }

    fn put_back(&self, world: &World) {
        fs::write(world.vault(), &self.database).expect("a vault");
        let log = world.vault().with_extension("db-wal");
        match &self.log {
            Some(bytes) => fs::write(&log, bytes).expect("a log"),
            None => drop(fs::remove_file(&log)),
        }
        let _ = fs::remove_file(world.vault().with_extension("db-shm"));
    }
}

/// RFC 9700 section 4.14.2: an old refresh token, out of a vault that was set back, ends the whole
/// grant there. This server says so with an empty body, of which nothing is concluded here.
#[test]
fn a_refresh_token_that_was_used_before_ends_the_grant_and_nothing_is_deleted() {
    let Some(server) = Glewlwyd::start() else {
        return;
    };
    let world = server.world("");
    server.connect(&world);
    let old = Saved::of(&world);
    world.must(&["refresh", PROVIDER]);
    // the control: until then the newest token is good
    world.must(&["refresh", PROVIDER]);
    let newest = Saved::of(&world);
    for saved in [old, newest] {
        saved.put_back(&world);
        assert_eq!(world.run(&["refresh", PROVIDER]).code, 9, "not noticed");
        world.must(&["vault", "accept-rollback", "--yes"]);
        let refused = world.run(&["refresh", PROVIDER]);
        assert_eq!(refused.code, 5, "{refused:?}");
        assert!(refused.stderr.contains("HTTP 400"), "{refused:?}");
        assert_eq!(world.must(&["list", "--json"]).lines().count(), 1);
    }
}

#[test]
fn connect_device_signs_in_at_a_second_server() {
    let Some(server) = Glewlwyd::start() else {
        return;
    };
    let world = server.world("");
    let ended = by_device(&world, &[], |page, code| {
        let mut page = page.clone();
        page.query_pairs_mut().append_pair("code", code);
        let done = server.consent(&page);
        assert!(done.as_str().contains("deviceComplete"), "{done}");
    });
    assert_eq!(ended.code, 0, "{ended:?}");
    world.must(&["refresh", PROVIDER]);
    world.must(&["revoke", PROVIDER]);
}

#[test]
fn connect_client_credentials_and_pushed_requests_work_at_a_second_server() {
    let Some(server) = Glewlwyd::start() else {
        return;
    };
    let par = format!("pushed_authorization_request = \"{}/par\"", server.issuer());
    let world = server.world(&par);
    world.must(&[
        "connect",
        PROVIDER,
        "--client-credentials",
        "--scope",
        "offline",
        "--account",
        "client",
    ]);
    world.must(&["refresh", &format!("{PROVIDER}/client")]);
    let start = world.must(&["connect", PROVIDER, "--start", "--json"]);
    let start: Value = serde_json::from_str(&start).expect("JSON");
    let url: Url = start["url"]
        .as_str()
        .expect("a URL")
        .parse()
        .expect("a URL");
    assert!(
        url.query_pairs().any(|(name, _)| name == "request_uri"),
        "{url}"
    );
    let redirect = server.consent(&url);
    let answer = world.at("answer");
    fs::write(&answer, redirect.as_str()).expect("a file");
    let resumed = world
        .command(&[
            "connect",
            "--resume",
            start["id"].as_str().expect("an id"),
            "--paste",
        ])
        .stdin(fs::File::open(&answer).expect("a file"))
        .output()
        .expect("the program");
    assert!(resumed.status.success(), "{resumed:?}");
    world.verify();
}
