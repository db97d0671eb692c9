//! A browser that consents at once: it follows redirects on this machine and nowhere else.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use thiserror::Error;
use url::Url;

use crate::endpoint::is_loopback;

/// More redirects than this are a loop.
const HOPS: usize = 10;
/// How long one read or write may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of headers, and of a body.
const HEAD: u64 = 64 * 1024;
const BODY: u64 = 1024 * 1024;

/// Where a visit ended. Its `Debug` leaves out queries, which may hold codes.
pub struct Visit {
    /// The status of the last answer.
    pub status: u16,
    /// The body of the last answer.
    pub body: String,
    /// Every URL that was asked for, in order; the last one gave the answer.
    pub hops: Vec<Url>,
}

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit")
            .field("status", &self.status)
            .field("hops", &self.hops.iter().map(place).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Why a visit failed. No URL in it has a query.
#[derive(Debug, Error)]
pub enum VisitError {
    /// It is no URL, or leads away from this machine.
    #[error("`{0}` is not an http URL of this machine")]
    Elsewhere(String),
    /// The connection failed.
    #[error("can't visit `{place}`")]
    Connection {
        /// Which page, without its query.
        place: String,
        /// What the system said.
        source: io::Error,
    },
    /// It was not HTTP, or too large.
    #[error("the answer of `{0}` makes no sense")]
    Answer(String),
    /// There was one redirect after another.
    #[error("too many redirects")]
    TooManyRedirects,
}

/// Opens a page as a browser does and follows its redirects.
///
/// # Errors
/// When a URL leads away from this machine, a connection fails, or an answer makes no sense. An
/// error page is an answer, not an error.
pub fn visit(url: &str) -> Result<Visit, VisitError> {
    let elsewhere = || VisitError::Elsewhere(url.split('?').next().unwrap_or_default().to_owned());
    let mut next = Url::parse(url).map_err(|_| elsewhere())?;
    let mut hops: Vec<Url> = Vec::new();
    while hops.len() < HOPS {
        if next.scheme() != "http" || !is_loopback(&next) {
            return Err(VisitError::Elsewhere(place(&next)));
        }
        let site = match hops.first() {
            None => "none",
            Some(first)
                if hops
                    .iter()
                    .chain([&next])
                    .all(|hop| hop.origin() == first.origin()) =>
            {
                "same-origin"
            }
            Some(first) if first.host() == next.host() => "same-site",
            Some(_) => "cross-site",
        };
        let answer = get(&next, site).map_err(|source| VisitError::Connection {
            place: place(&next),
            source,
        })?;
        let answer = answer.ok_or_else(|| VisitError::Answer(place(&next)))?;
        let target = answer
            .location
            .filter(|_| (300..400).contains(&answer.status));
        let target = target.map(|location| next.join(&location));
        hops.push(next);
        match target {
            None => {
                return Ok(Visit {
                    status: answer.status,
                    body: answer.body,
                    hops,
                });
            }
            Some(Ok(target)) => next = target,
            Some(Err(_)) => return Err(VisitError::Elsewhere("a broken Location".to_owned())),
        }
    }
    Err(VisitError::TooManyRedirects)
}

/// Where a page of this machine sends a browser on to, which is not visited.
///
/// # Errors
/// As [`visit`]; a page that sends nobody on is an answer that makes no sense here.
pub fn redirect(url: &str) -> Result<Url, VisitError> {
    let elsewhere = VisitError::Elsewhere(url.split('?').next().unwrap_or_default().to_owned());
    let Ok(url) = Url::parse(url) else {
        return Err(elsewhere);
    };
    if url.scheme() != "http" || !is_loopback(&url) {
        return Err(elsewhere);
    }
    let place = place(&url);
    let answer = get(&url, "none").map_err(|source| VisitError::Connection {
        place: place.clone(),
        source,
    })?;
    answer
        .and_then(|page| page.location)
        .and_then(|location| url.join(&location).ok())
        .ok_or(VisitError::Answer(place))
}

struct Page {
    status: u16,
    location: Option<String>,
    body: String,
}

fn get(url: &Url, site: &str) -> io::Result<Option<Page>> {
    let addresses = url.socket_addrs(|| None)?;
    let mut stream = TcpStream::connect(addresses.as_slice())?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut target = url.path().to_owned();
    if let Some(query) = url.query() {
        target.push('?');
        target.push_str(query);
    }
    let host = url.host_str().unwrap_or_default();
    let host = url
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Upgrade-Insecure-Requests: 1\r\nUser-Agent: Mozilla/5.0 (oauthctl practice browser)\r\n\
         Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\nSec-Fetch-Site: {site}\r\n\
         Sec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\n\
         Accept-Language: en\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    read(stream)
}

/// Reads an answer; `None` when it makes no sense.
fn read(stream: impl Read) -> io::Result<Option<Page>> {
    let mut reader = BufReader::new(stream);
    let mut line = || -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        reader.by_ref().take(HEAD).read_until(b'\n', &mut bytes)?;
        Ok(String::from_utf8(bytes)
            .ok()
            .and_then(|text| text.strip_suffix("\r\n").map(str::to_owned)))
    };
    let status = line()?.and_then(|first| {
        let mut parts = first.split(' ');
        let version = parts.next()?;
        let status = parts.next()?.parse().ok()?;
        version.starts_with("HTTP/1.").then_some(status)
    });
    let Some(status) = status else {
        return Ok(None);
    };
    let (mut location, mut length) = (None, BODY);
    for _ in 0..100 {
        let Some(header) = line()? else {
            return Ok(None);
        };
        if header.is_empty() {
            let mut body = Vec::new();
            reader.take(length.min(BODY)).read_to_end(&mut body)?;
            return Ok(Some(Page {
                status,
                location,
                body: String::from_utf8_lossy(&body).into_owned(),
            }));
        }
        let (name, value) = header.split_once(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "location" => location = Some(value.trim().to_owned()),
            "content-length" => length = value.trim().parse().unwrap_or(BODY),
            "transfer-encoding" => return Ok(None),
            _ => {}
        }
    }
    Ok(None)
}

/// A URL without its query.
fn place(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}
