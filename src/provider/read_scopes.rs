//! The `[scopes]` section: how scopes are written, answered and compared.

use std::collections::{BTreeMap, BTreeSet};

use super::definition::{ScopeRules, ScopeSeparator};
use super::file::{self, Parsed};
use super::read::check;
use super::rules;
use super::source::Fault;
use crate::names::Scope;
use crate::ordered;

pub(super) fn scope_rules(section: file::Scopes) -> Result<ScopeRules, Fault> {
    let request_separator = match section.request {
        file::RequestSeparator::Space => Some(ScopeSeparator::Space),
        file::RequestSeparator::Comma => Some(ScopeSeparator::Comma),
        file::RequestSeparator::None => None,
    };
    let request_parameter = section
        .request_parameter
        .unwrap_or_else(|| "scope".to_owned());
    if request_parameter != "scope" {
        let path = ["scopes", "request_parameter"];
        check(&path, rules::parameter_name(&request_parameter))?;
    }
    let answer_member = section.answer_member.unwrap_or_else(|| "scope".to_owned());
    check(
        &["scopes", "answer_member"],
        rules::member_name(&answer_member),
    )?;
    let default = asked("default", section.default, request_separator)?;
    let required = asked("required", section.required, request_separator)?;
    let optional_prefix = section.optional_prefix.filter(|prefix| !prefix.is_empty());
    if let Some(prefix) = &optional_prefix {
        scope(&["scopes", "optional_prefix"], prefix)?;
    }
    let aliases = texts("aliases", section.aliases, |canonical| {
        canonical.0.to_string()
    })?;
    let implies: BTreeMap<String, Vec<String>> = texts("implies", section.implies, |included| {
        included.iter().map(|scope| scope.0.to_string()).collect()
    })?;
    check_aliases(&aliases)?;
    check_implies(&implies)?;
    Ok(ScopeRules {
        request_separator,
        request_parameter,
        answer_separator: match section.answer {
            file::AnswerSeparator::Space => ScopeSeparator::Space,
            file::AnswerSeparator::Comma => ScopeSeparator::Comma,
        },
        answer_member,
        default,
        required,
        aliases,
        optional_prefix,
        ignore_case: section.case == file::Case::Ignored,
        never_echoed: ordered::set(
            section
                .never_echoed
                .into_iter()
                .map(|scope| scope.0.to_string()),
        ),
        implies,
    })
}

/// A text that has to be a scope.
pub(super) fn scope(path: &[&str], text: &str) -> Result<Scope, Fault> {
    text.parse()
        .map_err(|error: crate::names::NameError| Fault::new(path, error.to_string()))
}

fn asked(
    key: &str,
    scopes: Vec<Parsed<Scope>>,
    separator: Option<ScopeSeparator>,
) -> Result<Vec<Scope>, Fault> {
    let scopes: Vec<Scope> = scopes.into_iter().map(|scope| scope.0).collect();
    let path = ["scopes", key];
    let distinct = ordered::set(&scopes);
    if distinct.len() != scopes.len() {
        return Err(Fault::new(&path, "a scope is listed twice"));
    }
    match separator {
        None if !scopes.is_empty() => Err(Fault::new(
            &path,
            "this provider takes no scopes (`request = \"none\"`)",
        )),
        Some(ScopeSeparator::Comma) if scopes.iter().any(|s| s.as_str().contains(',')) => Err(
            Fault::new(&path, "a scope can't hold the comma that separates scopes"),
        ),
        _ => Ok(scopes),
    }
}

fn texts<T, U>(
    key: &str,
    table: BTreeMap<String, T>,
    convert: impl Fn(T) -> U,
) -> Result<BTreeMap<String, U>, Fault> {
    let mut texts = BTreeMap::new();
    for (name, value) in table {
        scope(&["scopes", key, &name], &name)?;
        texts.insert(name, convert(value));
    }
    Ok(texts)
}

/// An alias leads to its canonical form in one step.
fn check_aliases(aliases: &BTreeMap<String, String>) -> Result<(), Fault> {
    match aliases.iter().find(|(_, to)| aliases.contains_key(*to)) {
        Some((alias, _)) => Err(Fault::new(
            &["scopes", "aliases", alias],
            "an alias has to name the canonical scope, not another alias",
        )),
        None => Ok(()),
    }
}

/// No scope includes itself, in however many steps: who follows the table comes to an end.
fn check_implies(implies: &BTreeMap<String, Vec<String>>) -> Result<(), Fault> {
    for start in implies.keys() {
        let mut reached = BTreeSet::new();
        let mut ahead = vec![start];
        while let Some(scope) = ahead.pop() {
            for included in implies.get(scope).into_iter().flatten() {
                if included == start {
                    let why = "this scope would include itself";
                    return Err(Fault::new(&["scopes", "implies", start], why));
                }
                if reached.insert(included) {
                    ahead.push(included);
                }
            }
        }
    }
    Ok(())
}
