//! The one HTTP client: it decides for every request what is never allowed.
//!
//! No redirect is followed, nothing is retried, nothing is compressed, and time, headers and body
//! are bounded. It speaks HTTP/1.1: requests are few and small, and one protocol less is one
//! parser less between a stranger and the tokens. The hard part is to say after a failure whether
//! the server can have seen the request: a code or a refresh token that may have been used must not
//! be sent again.

mod client;
mod dates;
mod echo;
mod line;

use std::fmt;
use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use http::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER};
use http_body_util::BodyExt;
use hyper::body::Bytes;
use reqwest::Client;
use thiserror::Error;
use tokio::runtime::Builder;
use url::Url;
use zeroize::Zeroizing;

use self::client::{Kind, build, root_cause};
use self::dates::{http_date, retry_after};
use self::echo::Sent;
pub use self::line::{Line, LineError, Stop};
use crate::endpoint;
use crate::escape;
use crate::moment::Timestamp;

/// The longest wait that a server can ask for; whoever waits has a shorter patience of their own.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// The bounds of a call.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Name lookup, connection and TLS handshake.
    pub connect: Duration,
    /// The whole call, body included.
    pub whole: Duration,
    /// All names and values of the response headers, in bytes. The parser below has bounds of its
    /// own: 100 headers and about 400 KiB.
    pub headers: usize,
    /// The response body, in bytes.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            whole: Duration::from_secs(30),
            headers: 32 * 1024,
            body: 256 * 1024,
        }
    }
}

/// A response, read whole. Its `Debug` shows neither headers nor body.
pub struct Response {
    /// The status code; a redirect is just another answer.
    pub status: u16,
    /// The `Content-Type`, as sent.
    pub content_type: Option<String>,
    /// `Retry-After` in seconds, or as a date when there is a `Date` to count from; at most
    /// [`RETRY_AFTER_MAX`].
    pub retry_after: Option<Duration>,
    /// The server's clock.
    pub date: Option<Timestamp>,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Zeroizing<Vec<u8>>,
}

impl Response {
    /// How long until a rate limit that this answer says is used up begins anew, by the server's own
    /// clock (`X-RateLimit-Remaining: 0` and `X-RateLimit-Reset`, as GitHub and others send them).
    #[must_use]
    pub fn limit_resets_in(&self) -> Option<Duration> {
        let header = |name: &str| self.headers.get(name)?.to_str().ok();
        if header("x-ratelimit-remaining")? != "0" {
            return None;
        }
        let reset: i64 = header("x-ratelimit-reset")?.parse().ok()?;
        let wait = reset.saturating_sub(self.date?.unix_seconds());
        let wait = Duration::from_secs(u64::try_from(wait).unwrap_or(0).saturating_add(1));
        Some(wait.min(RETRY_AFTER_MAX))
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Response({}, {} bytes, redacted)",
            self.status,
            self.body.len()
        )
    }
}

/// Why there is no response. Names the host, never a path, query or body.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SendError {
    /// Not one byte of the request left: it can be sent again.
    #[error("can't reach `{host}`: {why}")]
    NotSent {
        /// Host and port.
        host: String,
        /// Safe to show.
        why: String,
    },
    /// The server may have seen the request and acted.
    #[error("no usable answer from `{host}`: {why}")]
    MaybeSent {
        /// Host and port.
        host: String,
        /// Safe to show.
        why: String,
    },
    /// The server answered with more than is taken, and will again.
    #[error("no usable answer from `{host}`: {what} larger than {limit} bytes")]
    TooLarge {
        /// Host and port.
        host: String,
        /// Its headers or its answer, with a verb.
        what: &'static str,
        /// What is taken at most.
        limit: usize,
    },
}

impl SendError {
    /// Whether the server may have seen the request and acted.
    #[must_use]
    pub const fn may_have_been_seen(&self) -> bool {
        match self {
            Self::NotSent { .. } => false,
            Self::MaybeSent { .. } | Self::TooLarge { .. } => true,
        }
    }
}

/// The client. Made in no time: certificate authorities are read when the first `https` request
/// is sent, and never for `http` on this machine. It keeps connections open, so it belongs to one
/// [`block_on`].
#[derive(Debug)]
pub struct Http {
    limits: Limits,
    /// For `http` to this machine: without TLS and proxies.
    local: OnceLock<Client>,
    /// For `https` to this machine: without proxies.
    local_tls: OnceLock<Client>,
    /// For everything else.
    remote: OnceLock<Client>,
}

impl Http {
    /// A client within `limits`.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            local: OnceLock::new(),
            local_tls: OnceLock::new(),
            remote: OnceLock::new(),
        }
    }

    /// Sends one request, once. `http` goes to this machine only.
    ///
    /// # Errors
    ///
    /// [`SendError`], which says whether the server can have seen the request.
    pub async fn send(&self, request: http::Request<Vec<u8>>) -> Result<Response, SendError> {
        let (parts, body) = request.into_parts();
        let body = Bytes::from_owner(Zeroizing::new(body));
        let host = shown_host(&parts.uri);
        let not_sent = |why: String| SendError::NotSent {
            host: host.clone(),
            why,
        };
        let maybe_sent = |why: String| SendError::MaybeSent {
            host: host.clone(),
            why,
        };
        let url: Url = parts
            .uri
            .to_string()
            .parse()
            .map_err(|_| not_sent("it is not a URL".to_owned()))?;
        if !url.username().is_empty() || url.password().is_some() {
            // it would be sent as credentials
            return Err(not_sent("its URL has user information".to_owned()));
        }
        let client = self.client_for(&url).map_err(not_sent)?;
        let secrets = Sent::of(&parts.headers, &body);
        let request = client
            .request(parts.method, url)
            .headers(parts.headers)
            .body(body)
            .build()
            .map_err(|error| not_sent(root_cause(&error)))?;
        let call = async {
            let response = client.execute(request).await.map_err(|error| {
                if error.is_connect() {
                    not_sent(root_cause(&error))
                } else {
                    maybe_sent(root_cause(&error))
                }
            })?;
            self.receive(response.into(), &host).await
        };
        match tokio::time::timeout(self.limits.whole, call).await {
            Ok(outcome) => outcome.map(|mut response| {
                secrets.blot_out(&mut response);
                response
            }),
            Err(_) => Err(maybe_sent(format!(
                "timed out after {} s",
                self.limits.whole.as_secs()
            ))),
        }
    }

    /// Whether `https` can be spoken at all: the certificate authorities are read, nothing is sent.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn try_tls(&self) -> Result<(), String> {
        build(&self.limits, Kind::Remote).map(drop)
    }

    fn client_for(&self, url: &Url) -> Result<&Client, String> {
        let (cell, kind) = match (url.scheme(), endpoint::is_loopback(url)) {
            ("http", true) => (&self.local, Kind::Local),
            ("https", true) => (&self.local_tls, Kind::LocalTls),
            ("https", false) => (&self.remote, Kind::Remote),
            ("http", false) => return Err("http goes to this machine only".to_owned()),
            _ => return Err("its scheme is not https".to_owned()),
        };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let client = build(&self.limits, kind)?;
        Ok(cell.get_or_init(|| client))
    }

    async fn receive(
        &self,
        response: http::Response<reqwest::Body>,
        host: &str,
    ) -> Result<Response, SendError> {
        let too_large = |what, limit| SendError::TooLarge {
            host: host.to_owned(),
            what,
            limit,
        };
        let (head, mut body) = response.into_parts();
        let size: usize = head
            .headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum();
        if size > self.limits.headers {
            return Err(too_large("its headers are", self.limits.headers));
        }
        let mut read = Zeroizing::new(Vec::with_capacity(self.limits.body.min(16 * 1024)));
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| SendError::MaybeSent {
                host: host.to_owned(),
                why: root_cause(&error),
            })?;
            let Some(chunk) = frame.data_ref() else {
                continue;
            };
            if read.len() + chunk.len() > self.limits.body {
                return Err(too_large("its answer is", self.limits.body));
            }
            append(&mut read, chunk);
        }
        let text = |name: HeaderName| {
            let value = head.headers.get(name)?.to_str().ok()?;
            Some(value.trim().to_owned())
        };
        let date = text(DATE).and_then(|text| http_date(&text));
        Ok(Response {
            status: head.status.as_u16(),
            content_type: text(CONTENT_TYPE),
            retry_after: text(RETRY_AFTER).and_then(|text| retry_after(&text, date)),
            date,
            headers: head.headers,
            body: read,
        })
    }
}

/// Runs `future` to its end on this thread and leaves at once: a name lookup that hangs in the
/// system's resolver, or a helper thread that still waits for a lock, holds nobody up.
///
/// # Errors
///
/// When the system refuses the runtime.
pub fn block_on<F: Future>(future: F) -> io::Result<F::Output> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let output = runtime.block_on(future);
    runtime.shutdown_background();
    Ok(output)
}

/// Host and port, and nothing else that a URL may hold.
fn shown_host(uri: &http::Uri) -> String {
    let host = uri.host().unwrap_or_default();
    let port = uri.port_u16().map(|port| format!(":{port}"));
    escape::line(&format!("{host}{}", port.unwrap_or_default()))
}

/// Appends without leaving a copy behind in memory that was given back.
fn append(read: &mut Zeroizing<Vec<u8>>, chunk: &[u8]) {
    let wanted = read.len() + chunk.len();
    if wanted > read.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(wanted.max(read.capacity() * 2)));
        larger.extend_from_slice(read);
        *read = larger;
    }
    read.extend_from_slice(chunk);
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::process::Command;
    use std::thread::{self, JoinHandle};

    use super::*;

    /// Serves one connection: the request is read whole, then `act` does what it wants. Joining
    /// gives the request.
    fn serve(act: impl FnOnce(&mut TcpStream) + Send + 'static) -> (String, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let thread = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let patience = Some(Duration::from_secs(20));
            stream.set_read_timeout(patience).unwrap();
            stream.set_write_timeout(patience).unwrap();
            let request = read_request(&mut stream);
            act(&mut stream);
            request
        });
        (base, thread)
    }

    fn read_request(stream: &mut TcpStream) -> String {
        let mut read = Vec::new();
        let mut chunk = [0; 4096];
        loop {
            let count = stream.read(&mut chunk).unwrap();
            read.extend_from_slice(&chunk[..count]);
            let text = String::from_utf8_lossy(&read);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head
                    .to_ascii_lowercase()
                    .split_once("content-length: ")
                    .and_then(|(_, rest)| rest.lines().next()?.parse::<usize>().ok())
                    .unwrap_or(0);
                if body.len() >= length {
                    return text.into_owned();
                }
            }
            assert!(count > 0, "the request was cut");
        }
    }

    /// Writes all it can: the client may have gone, which is the point of some tests.
    fn say(stream: &mut TcpStream, text: &str) -> bool {
        stream.write_all(text.as_bytes()).is_ok()
    }

    /// Holds the connection open, saying nothing, until the client has gone.
    fn hold(stream: &mut TcpStream) {
        while matches!(stream.read(&mut [0; 64]), Ok(count) if count > 0) {}
    }

    fn tight() -> Limits {
        Limits {
            connect: Duration::from_secs(5),
            whole: Duration::from_millis(300),
            headers: 4 * 1024,
            body: 16 * 1024,
        }
    }

    fn patient() -> Limits {
        Limits {
            whole: Duration::from_secs(20),
            ..tight()
        }
    }

    fn send(limits: Limits, url: &str) -> Result<Response, SendError> {
        let request = http::Request::post(format!("{url}/canary?canary=canary"))
            .header("authorization", "Bearer canary")
            .body(b"token=canary".to_vec())
            .unwrap();
        let outcome = block_on(Http::new(limits).send(request)).unwrap();
        if let Err(error) = &outcome {
            let text = format!("{error} {error:?}");
            assert!(!text.contains("canary"), "{text}");
        }
        outcome
    }

    fn maybe_sent(outcome: Result<Response, SendError>) -> String {
        match outcome.unwrap_err() {
            SendError::MaybeSent { why, .. } => why,
            SendError::TooLarge { what, limit, .. } => format!("{what} larger than {limit} bytes"),
            SendError::NotSent { why, .. } => panic!("it says that nothing was sent: {why}"),
        }
    }

    fn not_sent(outcome: Result<Response, SendError>) -> String {
        match outcome.unwrap_err() {
            SendError::NotSent { why, .. } => why,
            other @ (SendError::MaybeSent { .. } | SendError::TooLarge { .. }) => {
                panic!("it says that something was sent: {other}")
            }
        }
    }

    #[test]
    fn a_request_goes_out_as_it_was_made_and_the_answer_comes_back() {
        let (base, server) = serve(|stream| {
            say(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Other: y\r\n\
                 Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: 7\r\n\
                 Content-Length: 2\r\n\r\n{}",
            );
        });
        let response = send(patient(), &base).unwrap();
        assert_eq!(response.status, 200);
        assert_eq!(response.content_type.as_deref(), Some("application/json"));
        assert_eq!(response.retry_after, Some(Duration::from_secs(7)));
        assert_eq!(
            response.date.map(Timestamp::unix_seconds),
            Some(784_111_777)
        );
        assert_eq!(response.headers["x-other"], "y");
        assert_eq!(response.body.as_slice(), b"{}");
        let request = server.join().unwrap().to_ascii_lowercase();
        assert!(request.starts_with("post /canary?canary=canary http/1.1\r\n"));
        assert!(request.ends_with("\r\n\r\ntoken=canary"));
        let agent = concat!("user-agent: oauthctl/", env!("CARGO_PKG_VERSION"), "\r\n");
        assert!(request.contains(agent), "{request}");
        for unwanted in ["accept-encoding", "referer", "cookie"] {
            assert!(!request.contains(unwanted), "{request}");
        }
    }

    #[test]
    fn redirects_are_answers_and_nobody_follows_them() {
        for status in [301, 302, 303, 307, 308] {
            let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
            elsewhere.set_nonblocking(true).unwrap();
            let target = elsewhere.local_addr().unwrap();
            let (base, server) = serve(move |stream| {
                say(
                    stream,
                    &format!(
                        "HTTP/1.1 {status} Elsewhere\r\nLocation: http://{target}/\r\n\
                         Content-Length: 0\r\n\r\n"
                    ),
                );
            });
            assert_eq!(send(patient(), &base).unwrap().status, status);
            server.join().unwrap();
            assert_eq!(
                elsewhere.accept().unwrap_err().kind(),
                ErrorKind::WouldBlock
            );
            // the control: a connection to there would have been noticed
            let _probe = TcpStream::connect(target).unwrap();
            assert!(elsewhere.accept().is_ok());
        }
    }

    #[test]
    fn an_endless_body_is_cut_off() {
        for framing in [
            "Transfer-Encoding: chunked",
            "Content-Length: 1073741824",
            "X: y",
        ] {
            let (base, server) = serve(move |stream| {
                let is_chunked = framing.starts_with('T');
                say(stream, &format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n"));
                let block = "x".repeat(4096);
                let block = if is_chunked {
                    format!("1000\r\n{block}\r\n")
                } else {
                    block
                };
                while say(stream, &block) {}
            });
            let why = maybe_sent(send(patient(), &base));
            assert_eq!(why, "its answer is larger than 16384 bytes", "{framing}");
            server.join().unwrap();
        }
    }

    #[test]
    fn a_body_of_exactly_the_limit_is_read() {
        let (base, server) = serve(|stream| {
            let body = "x".repeat(16 * 1024);
            say(
                stream,
                &format!("HTTP/1.1 200 OK\r\nContent-Length: 16384\r\n\r\n{body}"),
            );
        });
        assert_eq!(send(patient(), &base).unwrap().body.len(), 16 * 1024);
        server.join().unwrap();
    }

    #[test]
    fn a_compressed_body_is_never_unpacked() {
        let (base, server) = serve(|stream| {
            say(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbomb",
            );
        });
        assert_eq!(send(patient(), &base).unwrap().body.as_slice(), b"bomb");
        server.join().unwrap();
    }

    #[test]
    fn silence_and_dripping_end_at_the_deadline() {
        for said in [
            "",
            "HTTP/1.1 200 OK\r\nX-Slow: ",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx",
        ] {
            let (base, server) = serve(move |stream| {
                say(stream, said);
                hold(stream);
            });
            let why = maybe_sent(send(tight(), &base));
            assert!(why.starts_with("timed out"), "{why}");
            server.join().unwrap();
        }
    }

    #[test]
    fn an_answer_that_is_cut_may_have_been_acted_on() {
        for said in [
            "",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
            "SSH-2.0-OpenSSH_9\r\n",
        ] {
            let (base, server) = serve(move |stream| {
                say(stream, said);
            });
            maybe_sent(send(patient(), &base));
            server.join().unwrap();
        }
    }

    #[test]
    fn a_reset_after_the_request_may_have_been_acted_on() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // closing with unread data resets the connection
            stream.read_exact(&mut [0; 1]).unwrap();
        });
        maybe_sent(send(patient(), &base));
        server.join().unwrap();
    }

    #[test]
    fn headers_are_bounded() {
        let large = |size: usize| format!("X: {}", "x".repeat(size));
        let many = "X: y\r\n".repeat(200);
        for (headers, accepted) in [
            (large(3 * 1024), true),
            (large(5 * 1024), false),
            (large(1024 * 1024), false),
            (many, false),
        ] {
            let (base, server) = serve(move |stream| {
                let head = format!("HTTP/1.1 200 OK\r\n{headers}\r\nContent-Length: 0\r\n\r\n");
                say(stream, &head);
            });
            let outcome = send(patient(), &base);
            if accepted {
                assert_eq!(outcome.unwrap().status, 200);
            } else {
                maybe_sent(outcome);
            }
            server.join().unwrap();
        }
    }

    #[test]
    fn what_was_provably_not_sent_is_said_so() {
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let why = not_sent(send(patient(), &format!("http://127.0.0.1:{port}")));
        assert!(why.contains("refused"), "{why}");
        for (url, wanted) in [
            ("http://as.example", "http goes to this machine only"),
            (
                "http://127.0.0.1.as.example",
                "http goes to this machine only",
            ),
            ("ftp://as.example", "its scheme is not https"),
            (
                "https://canary:canary@as.example",
                "its URL has user information",
            ),
        ] {
            assert_eq!(not_sent(send(patient(), url)), wanted);
        }
    }

    #[test]
    fn a_server_that_speaks_no_tls_gets_no_request() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("https://{}", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            say(&mut stream, "HTTP/1.1 400 Bad Request\r\n\r\n");
            let mut read = Vec::new();
            let _cut = stream.read_to_end(&mut read);
            read
        });
        not_sent(send(patient(), &base));
        let read = server.join().unwrap();
        assert!(!String::from_utf8_lossy(&read).contains("canary"));
    }

    #[test]
    fn a_handshake_that_never_ends_is_given_up_with_nothing_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("https://{}", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            hold(&mut stream);
        });
        let limits = Limits {
            connect: Duration::from_millis(300),
            ..patient()
        };
        let why = not_sent(send(limits, &base));
        assert!(why.contains("timed out"), "{why}");
        server.join().unwrap();
    }

    /// Runs [`child`] in its own process, for what only the environment decides.
    fn in_environment(variables: &[(&str, &str)]) -> String {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "http::tests::child", "--ignored", "--nocapture"])
            .env_clear()
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}");
        text
    }

    #[test]
    #[ignore = "run by other tests in an environment of their choice"]
    fn child() {
        let (base, server) = serve(|stream| {
            say(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        assert_eq!(send(patient(), &base).unwrap().status, 200);
        server.join().unwrap();
        let why = not_sent(send(patient(), "https://as.example"));
        println!("remote: {why}");
    }

    #[test]
    fn without_certificate_authorities_this_machine_is_reached_and_others_say_why_not() {
        let said = in_environment(&[
            ("SSL_CERT_FILE", "/nowhere/roots.pem"),
            ("SSL_CERT_DIR", "/nowhere"),
        ]);
        assert!(
            said.contains("remote: TLS can't be set up, are the system's"),
            "{said}"
        );
    }

    #[test]
    fn a_proxy_sees_the_name_of_a_remote_host_and_nothing_of_this_machine() {
        let (proxy, server) = serve(|stream| {
            say(
                stream,
                "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
            );
        });
        let variables = ["http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"];
        let said = in_environment(&variables.map(|name| (name, proxy.as_str())));
        assert!(said.contains("remote: "), "{said}");
        let seen = server.join().unwrap();
        assert!(
            seen.starts_with("CONNECT as.example:443 HTTP/1.1\r\n"),
            "{seen}"
        );
        assert!(!seen.contains("canary"), "{seen}");
    }
}
