//! From TOML text to a definition, with errors that name the file, the line and the key.
//!
//! A file of the user's that says `extends = "NAME"` is laid over the shipped definition of that
//! name: tables merge key by key, everything else replaces. Two sections are replaced as a whole,
//! because their keys depend on one another: `[revocation]` and `[userinfo]`. A file with `[api]` hosts
//! or endpoints of its own is about another server: it takes over no `[documents]`, `[git]` hosts or
//! `[import]`, and with a token endpoint on another host no `[api]` and no further endpoints either.

use std::ops::Range;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::definition::{Definition, Origin};
use super::error::ProviderError;
use super::file::{Endpoints, File, Git};
use super::written::section_of;
use super::{builtin, read};
use crate::escape;
use crate::names::ProviderName;

/// The most bytes that a definition may have.
pub const LARGEST_FILE: u64 = 64 * 1024;

const REPLACED_WHOLE: [&str; 2] = ["revocation", "userinfo"];

/// Reads one definition from its text.
///
/// # Errors
/// [`ProviderError::Invalid`], with the line and the key that are wrong.
pub fn parse(name: &ProviderName, text: &str, origin: Origin) -> Result<Definition, ProviderError> {
    let path = match &origin {
        Origin::BuiltIn => PathBuf::from(format!("builtin/{name}.toml")),
        Origin::UserFile(path) => path.clone(),
    };
    stored_form(text)
        .and_then(|(file, fault)| {
            let definition = read::definition(name, file, origin)?;
            fault.map_or(Ok(definition), Err)
        })
        .map_err(|fault| ProviderError::Invalid {
            file: path,
            line: fault.line(text),
            field: fault.field(),
            why: fault.0.why,
        })
}

/// The file, with the base's lines where it extends one, and what is wrong with them together.
fn stored_form(text: &str) -> Result<(File, Option<Fault>), Fault> {
    if text.len() as u64 > LARGEST_FILE {
        return Err(Fault::of_text(format!(
            "it is larger than {LARGEST_FILE} bytes"
        )));
    }
    let table = DeTable::parse(text).map_err(|error| Fault::of_toml(text, &error))?;
    let own: File = section_of(table.get_ref()).map_err(|fault| fault.found_in(&table))?;
    let Some(base) = &own.extends else {
        return Ok((own, None));
    };
    let Some(base_text) = builtin::text(base.0.as_str()) else {
        let why = format!("no definition called `{}` is shipped", base.0);
        return Err(Fault::new(&["extends"], why));
    };
    let whole = DeTable::parse(base_text);
    let mut whole = whole.map_err(|error| Fault::of_toml(text, &error))?;
    let shipped: File = section_of(whole.get_ref())?;
    lay_over(whole.get_mut(), table.into_inner(), true);
    let mut file: File = section_of(whole.get_ref())?;
    let is_elsewhere = is_elsewhere(&own, &shipped);
    let fault = is_elsewhere
        .then(|| the_bases_servers(&own, &file))
        .flatten();
    if is_about_another_server(&own) {
        // the base's are at hosts that these tokens must not go to, and hold tokens of the base's
        if own.documents.is_none() {
            file.documents = None;
        }
        if own.git.hosts.is_empty() {
            file.git = Git::default();
        }
        file.import = own.import;
    }
    if is_elsewhere {
        file.api = own.api;
        // Without the base's other endpoints it only can't do something.
        file.endpoints = Endpoints {
            authorization: file.endpoints.authorization,
            token: file.endpoints.token,
            ..own.endpoints
        };
    }
    Ok((file, fault))
}

/// Whether the tokens come from another host than the base's.
fn is_elsewhere(own: &File, shipped: &File) -> bool {
    match (&own.endpoints.token, &shipped.endpoints.token) {
        (Some(own), Some(shipped)) => own.0.authority() != shipped.0.authority(),
        _ => false,
    }
}

/// The base's servers must not see tokens of another one.
fn the_bases_servers(own: &File, file: &File) -> Option<Fault> {
    let userinfo = own.userinfo.as_ref().and_then(|own| own.endpoint.as_ref());
    let seen = [
        ("userinfo", file.userinfo.is_some() && userinfo.is_none()),
        (
            "revocation",
            file.revocation.endpoint.is_some() && own.revocation.endpoint.is_none(),
        ),
    ];
    let (section, _) = seen.into_iter().find(|(_, is_the_bases)| *is_the_bases)?;
    Some(Fault::new(
        &[section, "endpoint"],
        "the tokens come from another host, and this one is still the base's: give its own",
    ))
}

fn is_about_another_server(own: &File) -> bool {
    let endpoints = &own.endpoints;
    !own.api.hosts.is_empty() || endpoints.authorization.is_some() || endpoints.token.is_some()
}

fn lay_over<'a>(base: &mut DeTable<'a>, over: DeTable<'a>, is_root: bool) {
    for (key, value) in over {
        let replaced = is_root && REPLACED_WHOLE.contains(&key.get_ref().as_ref());
        let place = base.get_mut(key.get_ref().as_ref()).map(Spanned::get_mut);
        match (place, value.into_inner()) {
            (Some(DeValue::Table(old)), DeValue::Table(new)) if !replaced => {
                lay_over(old, new, false);
            }
            (Some(old), new) => *old = new,
            (None, new) => {
                let span = key.span();
                base.insert(key, Spanned::new(span, new));
            }
        }
    }
}

/// One thing that is wrong with a file, before it is known which file that is.
#[derive(Debug)]
pub(super) struct Fault(Box<Wrong>);

#[derive(Debug)]
struct Wrong {
    path: Vec<String>,
    span: Option<Range<usize>>,
    why: String,
}

impl Fault {
    /// The value at `path`, or its absence, is wrong.
    pub(super) fn new(path: &[&str], why: impl Into<String>) -> Self {
        Self(Box::new(Wrong {
            path: path.iter().map(|&key| key.to_owned()).collect(),
            span: None,
            why: why.into(),
        }))
    }

    /// What stands there is wrong.
    pub(super) fn at(span: Range<usize>, why: impl Into<String>) -> Self {
        Self(Box::new(Wrong {
            path: Vec::new(),
            span: Some(span),
            why: why.into(),
        }))
    }

    /// With the key that stands there.
    fn found_in(mut self, table: &Spanned<DeTable<'_>>) -> Self {
        let at = self.0.span.as_ref().map(|span| span.start);
        self.0.path = at
            .and_then(|at| path_at(table.get_ref(), at))
            .unwrap_or_default();
        self
    }

    fn of_text(why: String) -> Self {
        Self(Box::new(Wrong {
            path: Vec::new(),
            span: None,
            why,
        }))
    }

    fn of_toml(text: &str, error: &toml::de::Error) -> Self {
        let span = error.span();
        let path = span
            .as_ref()
            .zip(DeTable::parse(text).ok())
            .and_then(|(span, table)| path_at(table.get_ref(), span.start))
            .unwrap_or_default();
        Self(Box::new(Wrong {
            path,
            span,
            why: escape::line(error.message()),
        }))
    }

    fn field(&self) -> String {
        let keys: Vec<String> = self.0.path.iter().map(|key| written_key(key)).collect();
        keys.join(".")
    }

    /// The line of the value, or of the innermost section that is there.
    fn line(&self, text: &str) -> Option<usize> {
        let table = DeTable::parse(text).ok();
        let offset = match (&self.0.span, &table) {
            (Some(span), _) => Some(span.start),
            (None, Some(table)) => offset_of(table.get_ref(), &self.0.path),
            (None, None) => None,
        }?;
        let before = text.as_bytes().get(..offset)?;
        Some(before.split(|&byte| byte == b'\n').count())
    }
}

fn written_key(key: &str) -> String {
    let bare = !key.is_empty()
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if bare {
        key.to_owned()
    } else {
        format!("\"{}\"", escape::line(key))
    }
}

fn path_at(table: &DeTable<'_>, offset: usize) -> Option<Vec<String>> {
    table.iter().find_map(|(key, value)| {
        let inner = as_table(value).and_then(|inner| path_at(inner, offset));
        let here = || {
            let holds = key.span().contains(&offset) || value.span().contains(&offset);
            holds.then(Vec::new)
        };
        let mut path = inner.or_else(here)?;
        path.insert(0, key.get_ref().to_string());
        Some(path)
    })
}

fn as_table<'t, 'i>(value: &'t Spanned<DeValue<'i>>) -> Option<&'t DeTable<'i>> {
    value.get_ref().as_table()
}

fn offset_of(table: &DeTable<'_>, path: &[String]) -> Option<usize> {
    let (first, rest) = path.split_first()?;
    let (key, value) = table.get_key_value(first.as_str())?;
    let inner = as_table(value).and_then(|inner| offset_of(inner, rest));
    Some(inner.unwrap_or_else(|| key.span().start))
}
