//! Real git, over HTTP, with a repository behind tokens: it clones and pushes with what our helper
//! says, and with nothing else.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::thread;

use crate::rig;
use crate::stage::Stage;
use crate::world::PROVIDER;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// `git http-backend` behind a check of the access token that the provider makes.
struct Host {
    authority: String,
    folder: tempfile::TempDir,
}

/// Tells whether a token is alive.
type Check = Arc<dyn Fn(&str) -> bool + Send + Sync>;

impl Host {
    /// Serves an empty repository `book.git`.
    fn start(git: &Path, check: Check) -> Host {
        let folder = tempfile::tempdir().expect("a folder");
        let repository = folder.path().join("book.git");
        let repository = repository.to_str().expect("a path in UTF-8");
        run(Command::new(git).args(["init", "--quiet", "--bare", repository]));
        run(Command::new(git).args(["-C", repository, "config", "http.receivepack", "true"]));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let authority = listener.local_addr().expect("an address").to_string();
        let (git, root) = (git.to_owned(), folder.path().to_owned());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (git, root, check) = (git.clone(), root.clone(), Arc::clone(&check));
                let mut stream = stream.expect("a connection");
                thread::spawn(move || serve(&mut stream, &git, &root, &check));
            }
        });
        Host { authority, folder }
    }

    fn url(&self) -> String {
        format!("http://{}/book.git", self.authority)
    }

    fn log(&self, git: &Path) -> String {
        let repository = self.folder.path().join("book.git");
        let log =
            run(Command::new(git)
                .arg("-C")
                .arg(repository)
                .args(["log", "--all", "--format=%s"]));
        String::from_utf8(log.stdout).expect("UTF-8")
    }
}

/// One request, and the connection is closed.
fn serve(stream: &mut TcpStream, git: &Path, root: &Path, check: &Check) {
    let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or_default() == 0 {
            return;
        }
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let header = |wanted: &str| {
        head.iter().skip(1).find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted)
                .then(|| value.trim().to_owned())
        })
    };
    let length = header("content-length").and_then(|value| value.parse().ok());
    let mut body = Vec::new();
    if header("transfer-encoding").is_some() {
        read_chunks(&mut reader, &mut body);
    } else {
        let mut limited = reader.take(length.unwrap_or_default());
        limited.read_to_end(&mut body).expect("a body");
    }
    let password = header("authorization").and_then(|value| {
        let (kind, encoded) = value.split_once(' ')?;
        let decoded = STANDARD.decode(encoded).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        let (_, password) = text.split_once(':')?;
        kind.eq_ignore_ascii_case("basic")
            .then(|| password.to_owned())
    });
    let answer = if password.is_some_and(|password| check(&password)) {
        backend(
            git,
            root,
            head.first().expect("a request line"),
            header("content-type"),
            &body,
        )
    } else {
        b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"books\"\r\n\
          Content-Length: 0\r\nConnection: close\r\n\r\n"
            .to_vec()
    };
    // git may have gone
    let _ = stream.write_all(&answer);
}

fn read_chunks(reader: &mut impl BufRead, body: &mut Vec<u8>) {
    loop {
        let mut size = String::new();
        reader.read_line(&mut size).expect("a chunk");
        let size = u64::from_str_radix(size.trim(), 16).expect("a size");
        let mut chunk = Vec::new();
        let mut limited = reader.by_ref().take(size + 2);
        limited.read_to_end(&mut chunk).expect("a chunk");
        if size == 0 {
            return;
        }
        chunk.truncate(chunk.len() - 2);
        body.extend(chunk);
    }
}

/// Runs git's own server side as a web server does (RFC 3875).
fn backend(git: &Path, root: &Path, line: &str, kind: Option<String>, body: &[u8]) -> Vec<u8> {
    let mut words = line.split(' ');
    let (method, target) = (
        words.next().expect("a method"),
        words.next().expect("a target"),
    );
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut child = Command::new(git)
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REQUEST_METHOD", method)
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("CONTENT_TYPE", kind.unwrap_or_default())
        .env("CONTENT_LENGTH", body.len().to_string())
        .env("REMOTE_USER", "writer")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git http-backend");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(body)
        .expect("a body");
    let output = child.wait_with_output().expect("an end").stdout;
    let status = output
        .strip_prefix(b"Status: ")
        .and_then(|rest| rest.split(|byte| *byte == b'\r').next())
        .map_or_else(
            || "200 OK".to_owned(),
            |text| String::from_utf8_lossy(text).into_owned(),
        );
    [
        format!("HTTP/1.1 {status}\r\nConnection: close\r\n").into_bytes(),
        output,
    ]
    .concat()
}

/// What the provider itself says of an access token.
fn is_alive(provider: &str, token: &str) -> bool {
    let mut stream = TcpStream::connect(provider).expect("the provider");
    let request = format!(
        "GET /userinfo HTTP/1.1\r\nHost: {provider}\r\nAuthorization: Bearer {token}\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    answer.starts_with(b"HTTP/1.1 200 ")
}

fn run(command: &mut Command) -> Output {
    let output = command.output().expect("a program");
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

/// git as a person has it: their home, their PATH, nobody to ask.
fn git_of(stage: &Stage, git: &Path, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(git)
        .args(["-c", "user.name=W", "-c", "user.email=w@example.org"])
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", stage.world.path())
        .env("XDG_CONFIG_HOME", stage.world.at("config"))
        .env("XDG_DATA_HOME", stage.world.at("data"))
        .env("XDG_STATE_HOME", stage.world.at("state"))
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .output()
        .expect("git")
}

/// A connection whose definition answers for a host with a repository.
fn stage(lifetimes: &str) -> Option<(Stage, Host, PathBuf)> {
    let git = rig::program("git")?;
    let stage = Stage::connected(lifetimes);
    let provider = stage.sandbox.url().replace("http://", "");
    let host = Host::start(&git, Arc::new(move |token| is_alive(&provider, token)));
    let own = stage.sandbox.provider_toml("Practice");
    let (rest, _) = own.split_once("\n[git]\n").expect("hosts of its own");
    stage.world.define(&format!(
        "{rest}\n[git]\nhosts = [\"{}\"]\nusername = \"x-access-token\"\n",
        host.authority
    ));
    Some((stage, host, git))
}

#[test]
fn git_clones_and_pushes_with_git_credential_and_an_expired_token_is_refreshed_on_the_way() {
    let Some((stage, host, git)) = stage("0,3600") else {
        return;
    };
    let root = stage.world.path().to_owned();
    let clone = ["clone", "--quiet", &host.url(), "book"];
    let refused = git_of(&stage, &git, &root, &clone);
    assert!(
        !refused.status.success(),
        "the control: the host asks for a token"
    );
    stage.world.must(&["git", "setup", &host.authority]);
    let refreshes = stage.acted("refresh", 0).len();
    let cloned = git_of(&stage, &git, &root, &clone);
    assert!(cloned.status.success(), "{cloned:?}");
    assert_eq!(stage.acted("refresh", 0).len(), refreshes + 1);
    let book = root.join("book");
    fs::write(book.join("chapter.md"), "It was a dark night.\n").expect("a chapter");
    for arguments in [
        &["add", "chapter.md"][..],
        &["commit", "--quiet", "-m", "a chapter"],
        &["push", "--quiet", "origin", "HEAD:main"],
    ] {
        let ended = git_of(&stage, &git, &book, arguments);
        assert!(ended.status.success(), "{ended:?}");
    }
    assert_eq!(host.log(&git), "a chapter\n");
    // nothing of it stays with git: no helper kept what ours said
    let token = stage.world.must(&["token", PROVIDER]);
    let told = String::from_utf8_lossy(&cloned.stderr).into_owned();
    let config = fs::read_to_string(root.join(".gitconfig")).expect("git's settings");
    for text in [told, config] {
        assert!(!text.contains(&token), "{text}");
    }
    stage
        .world
        .must(&["git", "setup", &host.authority, "--remove"]);
    let refused = git_of(&stage, &git, &root, &["ls-remote", &host.url()]);
    assert!(!refused.status.success(), "the setting is out");
}

#[test]
fn git_setup_writes_an_absolute_path_for_one_host_and_takes_it_out_again() {
    let Some((stage, host, git)) = stage("3600") else {
        return;
    };
    let world = &stage.world;
    let unknown = world.run(&["git", "setup", "evil.test"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
    let config = || fs::read_to_string(world.at(".gitconfig")).unwrap_or_default();
    for _ in 0..2 {
        world.must(&["git", "setup", &host.authority]);
    }
    let section = format!(
        "[credential \"http://{}\"]\n\thelper = \n\thelper = /",
        host.authority
    );
    assert!(config().contains(&section), "{}", config());
    assert_eq!(config().matches("helper =").count(), 2, "{}", config());
    assert!(!config().contains('!'), "{}", config());
    world.must(&["--profile", "work", "git", "setup", &host.authority]);
    assert!(
        config().contains(" --profile work git-credential"),
        "{}",
        config()
    );
    // a folder with characters that a shell takes for its own
    let odd = world.at("a b;$(exit 1)'");
    fs::create_dir(&odd).expect("a folder");
    let vault = world.vault();
    // the key stays where the vault's header says that it is
    for entry in fs::read_dir(vault.parent().expect("a folder")).expect("a folder") {
        let entry = entry.expect("an entry");
        if entry.file_name().to_string_lossy().starts_with("vault.db") {
            fs::rename(entry.path(), odd.join(entry.file_name())).expect("a move");
        }
    }
    let odd = odd.join("vault.db");
    world.must(&[
        "--vault",
        odd.to_str().expect("UTF-8"),
        "git",
        "setup",
        &host.authority,
    ]);
    let listed = git_of(&stage, &git, world.path(), &["ls-remote", &host.url()]);
    assert!(listed.status.success(), "{listed:?} {}", config());
    for _ in 0..2 {
        world.must(&["git", "setup", &host.authority, "--remove"]);
    }
    assert!(!config().contains("helper"), "{}", config());
}

#[test]
fn git_setup_keeps_the_helpers_that_a_person_set_and_git_forgets_them_only_meanwhile() {
    let Some((stage, host, git)) = stage("3600") else {
        return;
    };
    let world = &stage.world;
    let key = format!("credential.http://{}.helper", host.authority);
    let own = |value: &str| {
        let added = git_of(
            &stage,
            &git,
            world.path(),
            &["config", "--global", "--add", &key, value],
        );
        assert!(added.status.success(), "{added:?}");
    };
    let values = || {
        let listed = git_of(
            &stage,
            &git,
            world.path(),
            &["config", "--global", "--get-all", &key],
        );
        String::from_utf8(listed.stdout).expect("UTF-8")
    };
    // as `gh auth setup-git` writes it, with an empty line of its own
    own("");
    own("!touch asked; :");
    let before = values();
    for _ in 0..2 {
        world.must(&["git", "setup", &host.authority]);
    }
    let during = values();
    let added = during.strip_prefix(&before).expect("their lines first");
    assert!(added.starts_with("\n/") && added.lines().count() == 2);
    world.must(&["--profile", "work", "git", "setup", &host.authority]);
    let other = values();
    assert!(other.starts_with(&before) && other.lines().count() == 4);
    world.must(&["git", "setup", &host.authority]);
    assert_eq!(values(), during);
    let listed = git_of(&stage, &git, world.path(), &["ls-remote", &host.url()]);
    assert!(listed.status.success(), "{listed:?}");
    assert!(!world.at("asked").exists(), "only ours is asked");
    // a helper that comes later is left in its place before ours
    own("store");
    world.must(&["git", "setup", &host.authority]);
    assert!(values().starts_with(&format!("{before}store\n\n/")));
    let general = ["config", "--global", "credential.helper", "cache"];
    assert!(
        git_of(&stage, &git, world.path(), &general)
            .status
            .success()
    );
    for _ in 0..2 {
        world.must(&["git", "setup", &host.authority, "--remove"]);
        assert_eq!(values(), format!("{before}store\n"));
    }
    let config = fs::read_to_string(world.at(".gitconfig")).expect("git's settings");
    let (hosts, _) = config.split_once("[credential]").expect("both sections");
    assert!(hosts.contains("store"), "the section stays where it was");
    let refused = git_of(&stage, &git, world.path(), &["ls-remote", &host.url()]);
    assert!(!refused.status.success(), "ours is out");
    assert!(world.at("asked").exists(), "theirs is asked again");
}
