//! A relay before a server: it passes every byte on, and keeps them.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::{Url, form_urlencoded};

/// A relay; it ends with the test process, as a listener has no other way to be told.
#[derive(Debug)]
pub(crate) struct Relay {
    url: String,
    seen: Arc<Mutex<String>>,
}

impl Relay {
    /// Stands before `server`.
    pub(crate) fn before(server: &Url) -> Relay {
        let upstream = server.socket_addrs(|| None).expect("an address");
        let upstream = *upstream.first().expect("an address");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(String::new()));
        let keep = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, keep) = (stream.expect("a connection"), Arc::clone(&keep));
                thread::spawn(move || serve(&stream, upstream, &keep));
            }
        });
        Relay { url, seen }
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Every secret that went through, by name, in the order it came: tokens, codes, verifiers,
    /// client secrets.
    pub(crate) fn secrets(&self) -> Vec<(String, String)> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = Vec::new();
        for name in [
            "code",
            "code_verifier",
            "refresh_token",
            "token",
            "client_secret",
        ] {
            let sent = values(&seen, &format!("{name}="), "& \r\n");
            found.extend(sent.into_iter().map(|value| {
                let pair = format!("x={value}");
                let decoded = form_urlencoded::parse(pair.as_bytes()).next();
                (
                    name.to_owned(),
                    decoded.map_or(value, |(_, text)| text.into_owned()),
                )
            }));
        }
        for name in ["access_token", "refresh_token", "id_token"] {
            let values = values(&seen, &format!("\"{name}\":\""), "\"");
            found.extend(values.into_iter().map(|value| (name.to_owned(), value)));
        }
        for login in values(&seen, "uthorization: Basic ", "\r\n") {
            let pair = STANDARD.decode(&login).expect("base64");
            let pair = String::from_utf8(pair).expect("text");
            let secret = pair.split_once(':').map_or("", |(_, secret)| secret);
            found.push(("client_secret".to_owned(), secret.to_owned()));
            found.push(("basic login".to_owned(), login));
        }
        found.retain(|(_, value)| value.len() > 15);
        found
    }

    /// The newest secret of that name.
    pub(crate) fn newest(&self, name: &str) -> String {
        let secrets = self.secrets();
        let newest = secrets.into_iter().rfind(|(found, _)| found == name);
        newest.unwrap_or_else(|| panic!("no {name} came through")).1
    }
}

/// What stands after each `start`, up to one of the characters of `ends`.
fn values(text: &str, start: &str, ends: &str) -> Vec<String> {
    let rests = text.split(start).skip(1);
    let ends: Vec<char> = ends.chars().collect();
    rests
        .filter_map(|rest| rest.split(ends.as_slice()).next())
        .map(str::to_owned)
        .collect()
}

fn serve(client: &TcpStream, upstream: SocketAddr, keep: &Mutex<String>) {
    let Ok(server) = TcpStream::connect(upstream) else {
        return;
    };
    thread::scope(|scope| {
        scope.spawn(|| pass(client, &server, keep));
        pass(&server, client, keep);
    });
}

/// Either side may go at any time; what it said until then was passed on.
fn pass(mut from: &TcpStream, mut to: &TcpStream, keep: &Mutex<String>) {
    let mut chunk = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut chunk) {
        let passed = chunk.get(..count).expect("not more than it holds");
        let text = String::from_utf8_lossy(passed);
        let mut kept = keep.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_str(&text);
        // the end of a body
        kept.push('\n');
        drop(kept);
        if to.write_all(passed).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
