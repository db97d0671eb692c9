//! A person without a browser: follows redirects, keeps cookies, fills in forms, over plain HTTP.
//! For trials by the hundred, where a real browser would take a second each.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use url::{Url, form_urlencoded};

/// How a walk through a site's pages ends.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The site sent the visitor elsewhere: the redirect, not followed.
    Left(Url),
    /// A page with nothing to fill in.
    Page(String),
}

/// An HTTP answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// From `start` through every form of that site, until it sends the visitor elsewhere or has
/// nothing more to ask. `fill` holds what to type, by field name; hidden fields stay as they are.
///
/// # Panics
///
/// After 20 pages, and on every status but 200 and a redirect.
pub(crate) fn walk(start: &Url, fill: &[(&str, &str)]) -> Ending {
    let mut cookies = Cookies::default();
    let mut url = start.clone();
    let mut answer = exchange("GET", &url, &cookies.header(&url), None);
    for _ in 0..20 {
        cookies.keep(&url, &answer);
        let next = match answer.status {
            302 | 303 => (url.join(answer.header("location")).expect("a URL"), None),
            200 => match Form::first_of(&answer.body) {
                Some(form) => (
                    url.join(&form.action).expect("a URL"),
                    Some(form.filled(fill)),
                ),
                None => return Ending::Page(answer.body),
            },
            other => panic!("{} {other}: {}", url.path(), answer.body),
        };
        if next.0.origin() != start.origin() {
            return Ending::Left(next.0);
        }
        url = next.0;
        let method = if next.1.is_some() { "POST" } else { "GET" };
        answer = exchange(method, &url, &cookies.header(&url), next.1.as_deref());
    }
    panic!("20 pages and no end at {}", url.path());
}

/// One request; the body is a form's. HTTP/1.0, so that the end of the answer is the end of the
/// stream.
pub(crate) fn exchange(
    method: &str,
    url: &Url,
    headers: &[(&str, String)],
    body: Option<&str>,
) -> Answer {
    let address = url.socket_addrs(|| None).expect("a loopback address");
    let mut stream = TcpStream::connect(address.as_slice()).expect("a listening server");
    let limit = Some(Duration::from_secs(10));
    stream.set_read_timeout(limit).expect("a timeout");
    let (path, body) = (&url[url::Position::BeforePath..], body.unwrap_or_default());
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let headers = headers.iter().fold(String::new(), |all, (name, value)| {
        all + name + ": " + value + "\r\n"
    });
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {host}\r\nAccept: */*\r\n{headers}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len(),
    )
    .expect("a request");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    Answer::parse(&text).expect("an HTTP answer")
}

impl Answer {
    fn parse(text: &str) -> Option<Answer> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let (first, headers) = head.split_once("\r\n")?;
        Some(Answer {
            status: first.split(' ').nth(1)?.parse().ok()?,
            headers: headers
                .lines()
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        })
    }

    /// The first header of that name, empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut headers = self.headers.iter();
        headers
            .find(|(found, _)| found == name)
            .map_or("", |(_, value)| value)
    }
}

/// Cookies by path and name (RFC 6265 section 5.3, as far as one site needs it).
#[derive(Debug, Default)]
struct Cookies(BTreeMap<(String, String), String>);

impl Cookies {
    fn keep(&mut self, url: &Url, answer: &Answer) {
        let set = answer
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie");
        for (_, cookie) in set {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let path = attributes
                .split(';')
                .find_map(|attribute| attribute.trim().strip_prefix("path="))
                .unwrap_or(url.path());
            let key = (path.to_owned(), name.to_owned());
            if value.is_empty() {
                self.0.remove(&key);
            } else {
                self.0.insert(key, value.to_owned());
            }
        }
    }

    fn header(&self, url: &Url) -> [(&'static str, String); 1] {
        let fitting = self
            .0
            .iter()
            .filter(|((of, _), _)| url.path().starts_with(of));
        let pairs: Vec<_> = fitting
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        [("Cookie", pairs.join("; "))]
    }
}

/// A form of a page: where it goes and what its inputs hold.
#[derive(Debug)]
struct Form {
    action: String,
    inputs: Vec<(String, String)>,
}

impl Form {
    fn first_of(page: &str) -> Option<Form> {
        let (_, rest) = page.split_once("<form")?;
        let (form, _) = rest.split_once("</form>")?;
        let (tag, inside) = form.split_once('>')?;
        let inputs = inside.split("<input").skip(1).filter_map(|rest| {
            let (tag, _) = rest.split_once('>')?;
            let value = attribute(tag, "value").unwrap_or_default();
            Some((attribute(tag, "name")?, value))
        });
        Some(Form {
            action: attribute(tag, "action")?,
            inputs: inputs.collect(),
        })
    }

    fn filled(self, fill: &[(&str, &str)]) -> String {
        let mut body = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.inputs {
            let typed = fill.iter().find(|(field, _)| field == name);
            body.append_pair(name, typed.map_or(value, |(_, text)| text));
        }
        body.finish()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("&amp;", "&"))
}
