//! One request at a time: the exact answer to each, and that none of them ends the wait.

use super::*;

/// What must come of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Status(u16),
    /// Closed without an answer or with 400: it isn't HTTP.
    Malformed,
}
use Expected::{Malformed, Status};

type Case = (String, Vec<u8>, Expected);

fn case(name: impl Into<String>, request: impl Into<Vec<u8>>, expected: Expected) -> Case {
    (name.into(), request.into(), expected)
}

const METHODS: [&str; 12] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "QUERY",
    "get", "FOO",
];

/// Targets and the answer that GET gets.
const TARGETS: [(&str, u16); 14] = [
    ("/callback", 400),
    ("/callback?", 400),
    ("/callback?code=wrong&state=wrong", 400),
    ("/callback?error=access_denied", 400),
    ("/favicon.ico", 404),
    ("/", 404),
    ("/callback/", 404),
    ("/Callback?code=right&state=right", 404),
    ("/call%62ack?code=right&state=right", 404),
    ("//callback?code=right&state=right", 404),
    ("/./callback?code=right&state=right", 404),
    ("/callback;x?code=right&state=right", 404),
    ("/done", 404),
    ("/done?code=right&state=right", 400),
];

fn lines(authority: &str) -> Vec<Case> {
    let good = format!("/callback?{QUERY}");
    let mut cases = Vec::new();
    for method in METHODS {
        let is_get = method == "GET";
        let right = (!is_get).then_some((good.as_str(), 405));
        for (target, with_get) in TARGETS.into_iter().chain(right) {
            let request = format!("{method} {target} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
            let expected = Status(if is_get { with_get } else { 405 });
            cases.push(case(format!("{method} {target}"), request, expected));
        }
    }
    cases
}

/// The right request but for its `Host`.
fn hosts(authority: &str) -> Vec<Case> {
    let port = authority.rsplit(':').next().unwrap();
    let mut wrong: Vec<String> = [
        "localhost",
        "LOCALHOST",
        "127.0.0.1.",
        "127.1",
        "127.0.0.2",
        "127.0.0.01",
        "0x7f000001",
        "2130706433",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "evil.example",
        "localhost.",
        "127.0.0.1.evil.example",
        "127.0.0.1.nip.io",
        "a@127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1%00",
        "http://127.0.0.1",
    ]
    .iter()
    .map(|host| format!("Host: {host}:{port}\r\n"))
    .collect();
    wrong.extend([
        String::new(),
        "Host:\r\n".to_owned(),
        "Host: 127.0.0.1\r\n".to_owned(),
        "Host: 127.0.0.1:\r\n".to_owned(),
        "Host: 127.0.0.1:80\r\n".to_owned(),
        "Host: 127.0.0.1:0\r\n".to_owned(),
        format!("Host: 127.0.0.1:0{port}\r\n"),
        format!("Host: {authority}/\r\n"),
        format!("Host: {authority}, evil.example\r\n"),
        format!("Host: {authority}\r\nHost: {authority}\r\n"),
        format!("Host: {authority}\r\nHost: evil.example\r\n"),
        format!("Host: evil.example\r\nHost: {authority}\r\n"),
        format!("X-Forwarded-Host: {authority}\r\n"),
        format!("Forwarded: host={authority}\r\n"),
    ]);
    let headers = wrong.into_iter().map(|lines| {
        let request = format!("GET /callback?{QUERY} HTTP/1.1\r\n{lines}\r\n");
        case(format!("{lines:?}"), request, Status(421))
    });
    let absolute_forms = [
        "http://127.0.0.1",
        "http://evil.example",
        "https://127.0.0.1",
    ];
    let targets = absolute_forms.into_iter().map(|origin| {
        let target = format!("{origin}:{port}/callback?{QUERY}");
        case(&target, get(&target, authority), Status(421))
    });
    headers.chain(targets).collect()
}

/// The right request with one more header.
fn headers(authority: &str) -> Vec<Case> {
    [
        ("Sec-Fetch-Mode: no-cors", 403),
        ("Sec-Fetch-Mode: cors", 403),
        ("Sec-Fetch-Mode: same-origin", 403),
        ("Sec-Fetch-Mode: websocket", 403),
        ("Sec-Fetch-Mode: Navigate", 403),
        ("Sec-Fetch-Mode:", 403),
        ("Sec-Fetch-Mode: navigate\r\nSec-Fetch-Mode: navigate", 403),
        ("Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe", 403),
        ("Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: frame", 403),
        ("Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: object", 403),
        ("Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: embed", 403),
        ("Sec-Fetch-Dest: image", 403),
        ("Sec-Fetch-Dest: empty", 403),
        ("Sec-Fetch-Dest: script", 403),
        ("Sec-Fetch-Dest: style", 403),
        ("Sec-Fetch-Dest: document\r\nSec-Fetch-Dest: image", 403),
        ("Sec-Purpose: prefetch", 403),
        ("Sec-Purpose: prefetch;prerender", 403),
        ("Purpose: prefetch", 403),
        ("Origin: https://evil.example", 403),
        ("Origin: null", 403),
        ("Origin:", 403),
        ("Origin: http://127.0.0.1", 403),
        ("Content-Length: 0", 413),
        ("Content-Length: 5", 413),
        ("Content-Length: 5\r\nContent-Length: 5", 413),
        ("Content-Length: 1000000000", 413),
        ("Transfer-Encoding: chunked", 413),
        ("Transfer-Encoding: chunked, chunked", 413),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5", 413),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", 413),
    ]
    .into_iter()
    .map(|(lines, expected)| {
        let head = format!("GET /callback?{QUERY} HTTP/1.1\r\nHost: {authority}\r\n{lines}\r\n");
        case(format!("{lines:?}"), head + "\r\nhello", Status(expected))
    })
    .collect()
}

/// HTTP/1.1 beyond the bounds, or another HTTP.
fn odd(authority: &str) -> Vec<Case> {
    let target = format!("/callback?{QUERY}");
    let line = format!("GET {target} HTTP/1.1\r\n");
    let host = format!("Host: {authority}\r\n");
    let long = "&".repeat(17_000);
    vec![
        case(
            "HTTP/1.0",
            format!("GET {target} HTTP/1.0\r\n{host}\r\n"),
            Status(505),
        ),
        case(
            "65 headers",
            format!("{line}{host}{}\r\n", "X: y\r\n".repeat(64)),
            Status(431),
        ),
        case(
            "long header",
            format!("{line}{host}X: {long}\r\n\r\n"),
            Status(431),
        ),
        case(
            "long query",
            format!("GET {target}{long} HTTP/1.1\r\n{host}\r\n"),
            Status(431),
        ),
        case("endless line", "G".repeat(20_000), Status(431)),
        case(
            "CONNECT",
            format!("CONNECT {authority} HTTP/1.1\r\n{host}\r\n"),
            Status(421),
        ),
        case(
            "asterisk",
            format!("OPTIONS * HTTP/1.1\r\n{host}\r\n"),
            Status(405),
        ),
        case("HTTP/0.9", format!("GET {target}\r\n\r\n"), Malformed),
        case("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Malformed),
        case(
            "HTTP/1.2",
            format!("GET {target} HTTP/1.2\r\n{host}\r\n"),
            Malformed,
        ),
        case(
            "HTTP/3",
            format!("GET {target} HTTP/3\r\n{host}\r\n"),
            Malformed,
        ),
        case(
            "http/1.1",
            format!("GET {target} http/1.1\r\n{host}\r\n"),
            Malformed,
        ),
        case(
            "TLS",
            "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{3}\u{3}\r\n\r\n",
            Malformed,
        ),
        case("SSH", "SSH-2.0-OpenSSH_9.2\r\n\r\n", Malformed),
    ]
}

fn malformed(authority: &str) -> Vec<Case> {
    let target = format!("/callback?{QUERY}");
    let line = format!("GET {target} HTTP/1.1\r\n");
    let host = format!("Host: {authority}\r\n");
    let lines = [
        format!("GET  {target} HTTP/1.1"),
        format!("GET {target}  HTTP/1.1"),
        format!("GET /call back?{QUERY} HTTP/1.1"),
        format!("GET\t{target}\tHTTP/1.1"),
        format!(" GET {target} HTTP/1.1"),
        format!("GET {target}\0 HTTP/1.1"),
        format!("GET {target}\u{1b} HTTP/1.1"),
        format!("GET callback?{QUERY} HTTP/1.1"),
        format!("GET {target} HTTP/1.1 x"),
        format!("G\0T {target} HTTP/1.1"),
        ":".to_owned(),
    ];
    let headers = [
        format!("{host}X: a\r\n b\r\n"),
        format!("Host:\r\n {authority}\r\n"),
        format!("{host}X: a\rb\r\n"),
        format!("Host: {authority}\rX: y\r\n"),
        format!("Host : {authority}\r\n"),
        format!("{host}nonsense\r\n"),
        format!("{host}: x\r\n"),
        format!("{host}X: a\0b\r\n"),
        format!("{host}X y: z\r\n"),
        format!(" {host}"),
        format!("{host}Content-Length: 5\r\nContent-Length: 6\r\n"),
        format!("{host}Content-Length: +5\r\n"),
        format!("{host}Content-Length: -1\r\n"),
        format!("{host}Content-Length: 5, 6\r\n"),
        format!("{host}Content-Length: 0x5\r\n"),
        format!("{host}Content-Length: 99999999999999999999\r\n"),
        format!("{host}Transfer-Encoding: xchunked\r\n"),
        format!("{host}Transfer-Encoding: chunked, gzip\r\n"),
        format!("{host}Transfer-Encoding: identity\r\n"),
    ];
    let by_line = lines.map(|line| {
        case(
            format!("{line:?}"),
            format!("{line}\r\n{host}\r\n"),
            Malformed,
        )
    });
    let by_header = headers.map(|lines| {
        case(
            format!("{lines:?}"),
            format!("{line}{lines}\r\n"),
            Malformed,
        )
    });
    let not_utf8 = [
        b"GET /callback?\xff\xfe HTTP/1.1\r\n",
        host.as_bytes(),
        b"\r\n",
    ]
    .concat();
    let last = case("not UTF-8", not_utf8, Status(400));
    by_line.into_iter().chain(by_header).chain([last]).collect()
}

#[tokio::test]
async fn wait_is_ended_by_no_request_of_the_table() {
    let waiting = waiting(Limits::default());
    let at = &waiting.authority;
    let cases = [lines(at), hosts(at), headers(at), odd(at), malformed(at)].concat();
    assert!(cases.len() >= 250, "{}", cases.len());
    let mut wrong = Vec::new();
    for (name, request, expected) in cases {
        let answer = exchange(at, request).await;
        let status = status(&answer);
        let right = match expected {
            Status(code) => status == Some(code),
            Malformed => matches!(status, None | Some(400)),
        };
        if !right {
            wrong.push(format!("{name}: {status:?} instead of {expected:?}"));
        }
        assert!(!waiting.wait.is_finished(), "{name} ended the wait");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let (judged, _landing) = waiting.end().await;
    let right = judged.iter().filter(|query| *query == QUERY).count();
    assert_eq!(right, 1, "a refused request was judged: {judged:?}");
}

/// The control of the table: the same request without its fault is accepted.
#[tokio::test]
async fn wait_is_ended_by_whatever_a_browser_sends_on_a_navigation() {
    for lines in [
        "",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\n\
         Sec-Fetch-Dest: document\r\n",
        "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n",
        "Sec-Fetch-Mode: navigate\r\n",
        "Referer: https://provider.example/\r\nCookie: a=b\r\nUpgrade-Insecure-Requests: 1\r\n",
        "Connection: keep-alive\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n",
        "X-Host: evil.example\r\n",
    ] {
        let waiting = waiting(Limits::default());
        let request = format!(
            "GET /callback?{QUERY} HTTP/1.1\r\nHost: {}\r\n{lines}\r\n",
            waiting.authority
        );
        let answer = exchange(&waiting.authority, request).await;
        assert_eq!(status(&answer), Some(303), "{lines:?}");
        assert!(answer.contains("\r\nconnection: close\r\n"));
        let _landing = waiting.wait.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn wait_reaches_the_same_verdict_byte_by_byte() {
    let waiting = waiting(Limits::default());
    let mut stream = TcpStream::connect(&waiting.authority).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for byte in waiting.callback().bytes() {
        stream.write_all(&[byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(status(&until_closed(&mut stream).await), Some(303));
    let _landing = waiting.wait.await.unwrap().unwrap();
}

#[tokio::test]
async fn pipelined_requests_get_one_answer_and_the_second_is_never_judged() {
    let waiting = waiting(Limits::default());
    let junk = get("/callback?first=1", &waiting.authority);
    let answer = exchange(&waiting.authority, junk + &waiting.callback()).await;
    assert_eq!(status(&answer), Some(400));
    assert_eq!(answer.matches("HTTP/1.1").count(), 1);
    let (judged, _landing) = waiting.end().await;
    assert_eq!(judged, ["first=1", QUERY]);
}

#[tokio::test]
async fn answers_reflect_nothing_of_the_request() {
    let waiting = waiting(Limits::default());
    let at = &waiting.authority;
    let page = exchange(at, get("/callback?x", at)).await;
    // What no browser sends unescaped is refused before there is a query.
    let no_target = exchange(at, get("/callback?<", at)).await;
    assert_eq!((status(&page), status(&no_target)), (Some(400), Some(400)));
    for (hostile, constant) in [
        ("<script>alert(1)</script>", &no_target),
        ("%3Cscript%3Ealert(1)%3C/script%3E", &page),
        ("%22%3E%3Cimg%20src=x%3E", &page),
        ("{{7*7}}'|^`", &page),
        ("%0d%0aSet-Cookie:a=b", &page),
    ] {
        for number in 0..100 {
            let target = format!("/callback?error_description={hostile}{number}");
            let answer = exchange(at, get(&target, at)).await;
            assert_eq!(&answer, constant, "{hostile}");
        }
    }
}
