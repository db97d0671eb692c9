//! What to send, from what was typed.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, PROXY_AUTHORIZATION,
    TRANSFER_ENCODING,
};
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Map, Value};
use url::Url;

use crate::error::{Error, Kind, Result};
use crate::escape;

/// The most that is sent.
const LARGEST_BODY: u64 = 64 * 1024 * 1024;

#[derive(Debug, clap::Args)]
#[group(id = "request")]
pub(super) struct Args {
    /// The method [default: GET, or POST where there is a body]
    #[arg(short = 'X', long, value_name = "METHOD", value_parser = method)]
    method: Option<Method>,
    /// A header (can be given several times)
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(HeaderName, HeaderValue)>,
    /// A text member of the JSON body, or a parameter of the URL for GET
    #[arg(short = 'f', long = "field", value_name = "KEY=VALUE", value_parser = field)]
    fields: Vec<(String, String)>,
    /// As `--field`, but the value is JSON, such as `true` or `5`
    #[arg(short = 'F', long = "json-field", value_name = "KEY=JSON", value_parser = json_field)]
    json_fields: Vec<(String, Value)>,
    /// Send this file as the body; `-` is stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fields", "json_fields"])]
    input: Option<PathBuf>,
}

/// A request, as often as it is sent.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
    is_json: bool,
}

impl Args {
    /// Reads the body and puts the fields where the method wants them.
    pub(super) fn call(&self, url: &Url) -> Result<Call> {
        let has_fields = !self.fields.is_empty() || !self.json_fields.is_empty();
        let method = self.method.clone().unwrap_or_else(|| {
            if has_fields || self.input.is_some() {
                Method::POST
            } else {
                Method::GET
            }
        });
        let mut url = url.clone();
        let in_url = matches!(method, Method::GET | Method::HEAD | Method::DELETE);
        let body = match &self.input {
            Some(path) => read_body(path)?,
            None if has_fields && in_url => {
                self.add_parameters(&mut url);
                Vec::new()
            }
            None if has_fields => self.object(),
            None => Vec::new(),
        };
        Ok(Call {
            is_json: !body.is_empty(),
            method,
            url,
            headers: self.headers.clone(),
            body,
        })
    }

    fn add_parameters(&self, url: &mut Url) {
        let mut pairs = url.query_pairs_mut();
        for (key, value) in &self.fields {
            pairs.append_pair(key, value);
        }
        for (key, value) in &self.json_fields {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            pairs.append_pair(key, &text);
        }
    }

    fn object(&self) -> Vec<u8> {
        let texts = self
            .fields
            .iter()
            .map(|(key, text)| (key.clone(), Value::from(text.as_str())));
        let mut members = Map::new();
        members.extend(texts.chain(self.json_fields.iter().cloned()));
        Value::Object(members).to_string().into_bytes()
    }
}

impl Call {
    /// The same call to another page.
    pub(super) fn at(self, url: Url) -> Self {
        Self { url, ..self }
    }

    /// RFC 9110 section 9.2.1.
    pub(super) fn changes_nothing(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }

    /// The request to send, without its authorization.
    pub(super) fn request(&self, url: &Url) -> Result<http::Request<Vec<u8>>> {
        let mut request = http::Request::builder()
            .method(self.method.clone())
            .uri(url.as_str())
            .body(self.body.clone())
            .map_err(|error| {
                Error::new(Kind::Usage, "could not make the request").caused_by(&error)
            })?;
        let headers = request.headers_mut();
        for (name, value) in &self.headers {
            headers.append(name.clone(), value.clone());
        }
        if self.is_json {
            headers
                .entry(CONTENT_TYPE)
                .or_insert(HeaderValue::from_static("application/json"));
        }
        headers
            .entry(http::header::USER_AGENT)
            .or_insert(HeaderValue::from_static(concat!(
                "oauthctl/",
                env!("CARGO_PKG_VERSION")
            )));
        Ok(request)
    }
}

fn read_body(path: &Path) -> Result<Vec<u8>> {
    let failed = |error: &io::Error| {
        Error::new(Kind::Failed, format!("could not read `{}`", path.display())).caused_by(error)
    };
    let mut body = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().take(LARGEST_BODY + 1).read_to_end(&mut body)
    } else {
        let file = File::open(path).map_err(|error| failed(&error))?;
        file.take(LARGEST_BODY + 1).read_to_end(&mut body)
    };
    read.map_err(|error| failed(&error))?;
    if body.len() as u64 > LARGEST_BODY {
        return Err(Error::new(
            Kind::Failed,
            format!("`{}` is larger than {LARGEST_BODY} bytes", path.display()),
        ));
    }
    Ok(body)
}

fn method(text: &str) -> std::result::Result<Method, String> {
    match text.to_ascii_uppercase().parse() {
        // Neither asks a resource for anything.
        Ok(Method::CONNECT | Method::TRACE) | Err(_) => Err(format!(
            "`{}` is not a method to use here",
            escape::line(text)
        )),
        Ok(method) => Ok(method),
    }
}

fn header(text: &str) -> std::result::Result<(HeaderName, HeaderValue), String> {
    let wrong = || {
        format!(
            "`{}` is not a header like `Accept: text/plain`",
            escape::line(text)
        )
    };
    let (name, value) = text.split_once(':').ok_or_else(wrong)?;
    let name: HeaderName = name.trim().parse().map_err(|_| wrong())?;
    let value = value.trim().parse().map_err(|_| wrong())?;
    let owned = [
        AUTHORIZATION,
        PROXY_AUTHORIZATION,
        COOKIE,
        HOST,
        CONTENT_LENGTH,
        TRANSFER_ENCODING,
        CONNECTION,
    ];
    if owned.contains(&name) {
        return Err(format!(
            "the header `{name}` is set by oauthctl itself, or not at all"
        ));
    }
    Ok((name, value))
}

fn field(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("`{}` is not `KEY=VALUE`", escape::line(text))),
    }
}

fn json_field(text: &str) -> std::result::Result<(String, Value), String> {
    let (key, value) = field(text)?;
    let value = serde_json::from_str(&value).map_err(|_| {
        format!(
            "`{}` is not JSON; `--field` takes any text",
            escape::line(&value)
        )
    })?;
    Ok((key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_decide_where_and_as_whom_are_refused() {
        for bad in [
            "Authorization: x",
            "authorization:x",
            "Host: evil.test",
            "Cookie: a=b",
            "Content-Length: 0",
            "no colon",
            "bad name: x",
            "X: a\nY: b",
            ": x",
        ] {
            assert!(header(bad).is_err(), "{bad:?}");
        }
        assert!(header("Accept: application/json").is_ok());
    }

    #[test]
    fn methods_and_fields_are_read() {
        assert_eq!(method("patch"), Ok(Method::PATCH));
        for bad in ["CONNECT", "trace", "", "GET /", "G\u{1b}T"] {
            assert!(method(bad).is_err(), "{bad:?}");
        }
        assert_eq!(field("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(field("=x").is_err() && field("x").is_err());
        assert_eq!(json_field("a=[1]").unwrap().1, crate::json::json!([1]));
        assert!(json_field("a=b").is_err());
    }
}
