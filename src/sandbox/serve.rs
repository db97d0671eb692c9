//! From socket to answer and back, with the faults in between.

use std::io::{self, Cursor, Read, Write};
use std::net::TcpStream;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tiny_http::{HTTPVersion, Header, Method, Request, Response, Server, StatusCode};

use super::call::{Answer, Body, Call};
use super::fault::{Endpoint, Kind};
use super::gate::Lines;
use super::github::GitHub;
use super::practice::{Manner, Practice, endpoint_of};
use super::record::{Entry, LiveTokens, Record, shown, times};
use super::{github, spoil, token};
use crate::json::json;

/// The most bytes of a body, of a URL, and the most headers.
const BODY: u64 = 64 * 1024;
/// The same for the practice GitHub, where whole manuscripts come.
const GITHUB_BODY: u64 = 100 * 1024 * 1024;
const URL: usize = 16 * 1024;
const HEADERS: usize = 100;

/// What the threads of one sandbox share.
pub(super) struct Shared {
    pub(super) lines: Lines,
    /// `127.0.0.1:PORT`.
    pub(super) authority: String,
    world: Mutex<World>,
}

/// What a request may change.
pub(super) struct World {
    pub(super) practice: Practice,
    pub(super) record: Record,
    pub(super) clock: Clock,
}

/// The time since the start: real time, and what was skipped.
pub(super) struct Clock {
    start: Instant,
    skipped: Duration,
}

impl Clock {
    /// Skips ahead.
    pub(super) fn advance(&mut self, by: Duration) {
        self.skipped = self.skipped.saturating_add(by);
    }

    /// How long ago the start is.
    pub(super) fn now(&self) -> Duration {
        self.start.elapsed().saturating_add(self.skipped)
    }
}

impl Shared {
    pub(super) fn new(practice: Practice, authority: String) -> Self {
        Self {
            lines: Lines::default(),
            authority,
            world: Mutex::new(World {
                practice,
                record: Record::default(),
                clock: Clock {
                    start: Instant::now(),
                    skipped: Duration::ZERO,
                },
            }),
        }
    }

    /// A request that panicked has done what it has done; the others go on.
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World {
    /// Which tokens are good now.
    pub(super) fn live(&self) -> LiveTokens {
        let (access, refresh) = self.practice.grants.live(self.clock.now());
        let mut live = LiveTokens { access, refresh };
        live.access.sort_unstable();
        live.refresh.sort_unstable();
        live
    }
}

/// Serves until the server is unblocked; returns when the last request was answered.
pub(super) fn serve(server: &Server, shared: &Shared) {
    thread::scope(|scope| {
        while let Ok(request) = server.recv() {
            scope.spawn(move || handle(request, shared));
        }
    });
}

fn handle(mut request: Request, shared: &Shared) {
    let port = request.remote_addr().map_or(0, std::net::SocketAddr::port);
    if !shared.lines.knows(port) {
        return; // past the gate; dropping it answers 500
    }
    let Some(call) = read(&mut request) else {
        let _ = send(request, &rendered(&Answer::empty(413), false));
        return;
    };
    let head = *request.method() == Method::Head;
    let host = call.header("host").ok().flatten();
    if host != Some(shared.authority.as_str()) {
        // a page of somebody else's whose name leads here (DNS rebinding)
        let _ = send(request, &rendered(&Answer::empty(421), head));
        return;
    }
    if let Some(answer) = inspect(&call, shared) {
        let _ = send(request, &rendered(&answer, head));
        return;
    }
    let (answer, fault, delay) = act(&call, shared);
    shared.lines.wait(port, delay);
    let bytes = rendered(&answer, head);
    match (fault, shared.lines.client(port)) {
        (Some(Kind::DropBefore | Kind::DropAfter), _) => shared.lines.cut(port),
        (Some(Kind::Stall), _) => {
            shared.lines.wait(port, Duration::MAX);
            shared.lines.cut(port);
        }
        (Some(Kind::Truncate), Some(mut client)) => {
            let body = bytes.windows(4).position(|four| four == b"\r\n\r\n");
            let head = body.map_or(0, |at| at + 4);
            let half = head + (bytes.len() - head) / 2;
            let _ = client.write_all(bytes.get(..half).unwrap_or_default());
            shared.lines.cut(port);
        }
        (Some(Kind::Endless), Some(client)) => {
            let _ = endless(client);
            shared.lines.cut(port);
        }
        _ => {
            let _ = send(request, &bytes);
        }
    }
}

/// Reads a request whole; `None` when it is too large or not text.
fn read(request: &mut Request) -> Option<Call> {
    if request.url().len() > URL || request.headers().len() > HEADERS {
        return None;
    }
    let (path, query) = match request.url().split_once('?') {
        Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
        None => (request.url().to_owned(), None),
    };
    let headers = request
        .headers()
        .iter()
        .map(|header| {
            let name = header.field.as_str().as_str().to_ascii_lowercase();
            (name, header.value.as_str().to_owned())
        })
        .collect();
    let method = request.method().to_string();
    let most = if path.starts_with("/github/") {
        GITHUB_BODY
    } else {
        BODY
    };
    let mut reader = request.as_reader().take(most + 1);
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).ok()?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > most) {
        return None;
    }
    let mut body = String::new();
    if !path.starts_with("/github/web/") {
        body = String::from_utf8(std::mem::take(&mut bytes)).ok()?;
    }
    Some(Call {
        method,
        path,
        query,
        headers,
        body,
        bytes,
        ..Call::default()
    })
}

/// The pages for tests, which neither count nor suffer faults.
fn inspect(call: &Call, shared: &Shared) -> Option<Answer> {
    let value = match call.path.as_str() {
        "/_sandbox/log" => {
            let world = shared.world();
            let (counts, requests) = (world.record.counts(), world.record.entries());
            json!({"schema": 1, "counts": counts, "requests": requests})
        }
        "/_sandbox/tokens" => {
            let live = shared.world().live();
            json!({"schema": 1, "access": live.access, "refresh": live.refresh})
        }
        path => return inspected(path.strip_prefix("/_sandbox/github")?, call, shared),
    };
    Some(Answer::json(200, value))
}

/// What can be seen and done at the practice GitHub beside its API.
fn inspected(path: &str, call: &Call, shared: &Shared) -> Option<Answer> {
    let github = GitHub::new(shared);
    let answer = match (
        call.method.as_str(),
        path.split('/').collect::<Vec<_>>().as_slice(),
    ) {
        ("GET", [_]) => Answer::json(
            200,
            json!({"schema": 1, "repositories": github.repositories()}),
        ),
        ("GET", ["", owner, name]) => {
            let name = name.strip_suffix(".tar")?;
            let archive = github.archive(&format!("{owner}/{name}"));
            archive.map_or_else(
                |_| Answer::empty(404),
                |bytes| Answer::bare(200, Body::Bytes("application/x-tar", bytes)),
            )
        }
        ("POST", ["", owner, name]) => github::somebody(&github, &format!("{owner}/{name}"), call),
        _ => Answer::empty(404),
    };
    Some(answer)
}

/// Counts, acts and records, as one step.
fn act(call: &Call, shared: &Shared) -> (Answer, Option<Kind>, Duration) {
    let mut world = shared.world();
    let World {
        practice,
        record,
        clock,
    } = &mut *world;
    let now = clock.now();
    let endpoint = endpoint_of(call);
    // a request counts for what it is, and for the kinds that it belongs to
    let counted: Vec<_> = endpoint
        .and_kinds()
        .map(|endpoint| (endpoint, record.count(endpoint)))
        .collect();
    let nth = counted.first().map_or(0, |(_, nth)| *nth);
    let faults = &practice.options.faults;
    let fault = faults
        .iter()
        .find_map(|fault| {
            let mut counted = counted.iter();
            counted.find_map(|(endpoint, nth)| fault.strikes(*endpoint, *nth))
        })
        .cloned();
    let instead = fault.as_ref().and_then(spoil::instead);
    let acted = instead.is_none();
    let answer = instead.unwrap_or_else(|| {
        let manner = match fault {
            Some(Kind::NoRefreshToken) => Manner::WithoutRefreshToken,
            Some(Kind::Trouble(trouble)) => Manner::Troubled(trouble),
            _ => Manner::Usual,
        };
        let answer = practice.respond(call, now, manner);
        spoil::spoiled(answer, fault.as_ref())
    });
    let (at_millis, time) = times(practice.options.now, now);
    let note = &answer.note;
    record.add(Entry {
        number: 0,
        nth,
        endpoint: endpoint.name(),
        method: call.method.chars().take(16).collect(),
        path: call.path.chars().take(100).collect(),
        template: matches!(endpoint, Endpoint::GitHub(_)).then(|| github::purpose(call).1.clone()),
        grant: token::known_grant(call),
        at_millis,
        time,
        status: answer.status,
        outcome: note.outcome.clone(),
        acted,
        fault: fault.as_ref().map(ToString::to_string),
        presented: shown(note.presented),
        issued_access: shown(note.issued_access),
        issued_refresh: shown(note.issued_refresh),
    });
    let mut delay = match fault {
        Some(Kind::Slow(delay)) => delay,
        _ => Duration::ZERO,
    };
    delay += practice.options.latency;
    if matches!(
        endpoint,
        Endpoint::Token | Endpoint::Refresh | Endpoint::Poll
    ) {
        delay += practice.options.token_delay;
    }
    (answer, fault, delay)
}

/// An answer as bytes, so that it leaves in one write.
fn rendered(answer: &Answer, without_body: bool) -> Vec<u8> {
    let (kind, body) = match &answer.body {
        Body::Empty => (None, Vec::new()),
        Body::Json(value) => (Some("application/json"), value.to_string().into_bytes()),
        Body::Html(page) => (Some("text/html; charset=utf-8"), page.clone().into_bytes()),
        Body::Text(kind, text) => (Some(*kind), text.clone().into_bytes()),
        Body::Bytes(kind, bytes) => (Some(*kind), bytes.clone()),
    };
    let headers = kind
        .map(|kind| ("Content-Type", kind))
        .into_iter()
        .chain(
            answer
                .headers
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        )
        .filter_map(|(name, value)| Header::from_bytes(name, value).ok())
        .collect();
    let length = body.len();
    let response = Response::new(
        StatusCode(answer.status),
        headers,
        Cursor::new(body),
        Some(length),
        None,
    )
    .with_chunked_threshold(usize::MAX);
    let mut bytes = Vec::new();
    let printed = response.raw_print(&mut bytes, HTTPVersion(1, 1), &[], without_body, None);
    if printed.is_err() {
        return Vec::new(); // writing to memory does not fail
    }
    // tiny_http has a few threads for a burst of connections, and one that a client keeps open keeps
    // its thread: whoever came next would wait for ever. It drops this header when it is given it.
    if let Some(line) = bytes.windows(2).position(|two| two == b"\r\n") {
        bytes.splice(line..line, *b"\r\nConnection: close");
    }
    bytes
}

fn send(request: Request, bytes: &[u8]) -> io::Result<()> {
    let mut writer = request.into_writer();
    writer.write_all(bytes)?;
    writer.flush()
}

/// Writes until the client has had enough.
fn endless(mut client: TcpStream) -> io::Result<()> {
    client.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{",
    )?;
    let blank = [b' '; 16 * 1024];
    loop {
        client.write_all(&blank)?;
    }
}
