//! Raw sockets against the listener: what a browser sends, what web pages and local processes can
//! send, and what nobody should.

mod landing;
mod siege;
mod table;

use std::net::TcpListener;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;
use crate::provider::definition::{Redirect, RedirectHost};

const QUERY: &str = "code=right&state=right";
const PATIENCE: Duration = Duration::from_secs(60);

fn redirect(host: RedirectHost, port: Option<u16>) -> Redirect {
    Redirect {
        host,
        port,
        path: "/callback".to_owned(),
    }
}

/// A listener that waits, in a task, for [`QUERY`], and yields every query that was judged.
struct Waiting {
    authority: String,
    wait: JoinHandle<Result<(Vec<String>, Landing), WaitError>>,
}

fn waiting(limits: Limits) -> Waiting {
    let listener = Listener::bind(&redirect(RedirectHost::Ipv4, None)).unwrap();
    let authority = listener.rules().authority;
    let mut seen = Vec::new();
    let judge = move |query: &str| {
        seen.push(query.to_owned());
        if query == QUERY {
            Judgement::Accept(seen.clone())
        } else {
            Judgement::Ignore
        }
    };
    Waiting {
        authority,
        wait: tokio::spawn(listener.wait_within(judge, PATIENCE, limits)),
    }
}

impl Waiting {
    /// What a browser sends when it follows the redirect.
    fn callback(&self) -> String {
        get(&format!("/callback?{QUERY}"), &self.authority)
    }

    /// Sends the right callback, and returns all judged queries and the landing.
    async fn end(self) -> (Vec<String>, Landing) {
        let answer = exchange(&self.authority, self.callback()).await;
        assert_eq!(status(&answer), Some(303), "{answer}");
        assert!(answer.contains("\r\nlocation: /done\r\n"), "{answer}");
        self.wait.await.unwrap().unwrap()
    }
}

fn get(target: &str, host: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")
}

/// Sends `request` and returns everything that comes until the server closes.
async fn exchange(authority: &str, request: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(authority).await.unwrap();
    // A server may refuse and close before it has read everything.
    let _refused = stream.write_all(request.as_ref()).await;
    until_closed(&mut stream).await
}

async fn until_closed(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    let ended = timeout(Duration::from_secs(30), reading).await;
    assert!(ended.is_ok(), "the server neither answered nor closed");
    String::from_utf8(answer).unwrap()
}

fn status(answer: &str) -> Option<u16> {
    let (_version, rest) = answer.strip_prefix("HTTP/1.")?.split_once(' ')?;
    rest.get(..3)?.parse().ok()
}

fn has_ipv6() -> bool {
    TcpListener::bind("[::1]:0").is_ok()
}

#[test]
fn bind_takes_a_free_port_on_127_0_0_1_and_names_it() {
    let listener = Listener::bind(&redirect(RedirectHost::Ipv4, None)).unwrap();
    let address = listener.local_addresses();
    assert_eq!(address.len(), 1);
    assert_eq!(address[0].ip().to_string(), "127.0.0.1");
    assert_eq!(
        listener.redirect_uri(),
        format!("http://127.0.0.1:{}/callback", address[0].port())
    );
}

#[test]
fn bind_of_a_busy_fixed_port_is_an_error_and_never_another_address() {
    let squatter = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = squatter.local_addr().unwrap().port();
    let error = Listener::bind(&redirect(RedirectHost::Ipv4, Some(port))).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("port {port} of `127.0.0.1` is in use by another program")
    );
    drop(squatter);
    let listener = Listener::bind(&redirect(RedirectHost::Ipv4, Some(port))).unwrap();
    assert!(TcpListener::bind(("127.0.0.1", port)).is_err(), "shared");
    assert!(TcpListener::bind(("0.0.0.0", port)).is_err(), "shared");
    drop(listener);
}

#[test]
fn bind_of_localhost_holds_both_families_and_refuses_a_squatter_on_the_other() {
    if !has_ipv6() {
        return;
    }
    let squatter = TcpListener::bind("[::1]:0").unwrap();
    let port = squatter.local_addr().unwrap().port();
    let error = Listener::bind(&redirect(RedirectHost::Localhost, Some(port))).unwrap_err();
    assert!(
        matches!(error, BindError::Busy(at) if at.is_ipv6()),
        "{error}"
    );
    // Only `localhost` needs the other family.
    Listener::bind(&redirect(RedirectHost::Ipv4, Some(port))).unwrap();
    drop(squatter);
    let listener = Listener::bind(&redirect(RedirectHost::Localhost, Some(port))).unwrap();
    assert_eq!(listener.local_addresses().len(), 2);
    assert_eq!(
        listener.redirect_uri(),
        format!("http://localhost:{port}/callback")
    );
}

#[tokio::test]
async fn wait_on_localhost_answers_in_both_families() {
    for family in ["127.0.0.1", "[::1]"] {
        if family == "[::1]" && !has_ipv6() {
            continue;
        }
        let listener = Listener::bind(&redirect(RedirectHost::Localhost, None)).unwrap();
        let authority = listener.rules().authority;
        let port = authority.rsplit(':').next().unwrap().to_owned();
        let judge = |query: &str| Judgement::Accept(query.to_owned());
        let wait = tokio::spawn(listener.wait(judge, PATIENCE));
        let address = format!("{family}:{port}");
        let by_number = exchange(&address, get("/callback?a=1", &address)).await;
        assert_eq!(
            status(&by_number),
            Some(421),
            "the host must be the one that was sent"
        );
        let answer = exchange(&address, get("/callback?a=1", &authority)).await;
        assert_eq!(status(&answer), Some(303));
        assert_eq!(wait.await.unwrap().unwrap().0, "a=1");
    }
}

#[tokio::test]
async fn wait_without_an_answer_times_out_and_closes() {
    let listener = Listener::bind(&redirect(RedirectHost::Ipv4, None)).unwrap();
    let authority = listener.rules().authority;
    let judge = |_: &str| Judgement::<()>::Ignore;
    let error = listener
        .wait(judge, Duration::from_millis(20))
        .await
        .unwrap_err();
    assert!(matches!(error, WaitError::TimedOut(_)));
    assert!(TcpStream::connect(&authority).await.is_err());
}

#[tokio::test]
async fn wait_that_is_dropped_closes_the_port_and_its_connections() {
    let waiting = waiting(Limits::default());
    let mut open = TcpStream::connect(&waiting.authority).await.unwrap();
    let junk = exchange(&waiting.authority, get("/", &waiting.authority)).await;
    assert_eq!(status(&junk), Some(404));
    waiting.wait.abort();
    assert!(waiting.wait.await.unwrap_err().is_cancelled());
    assert_eq!(until_closed(&mut open).await, "");
    assert!(TcpStream::connect(&waiting.authority).await.is_err());
}
