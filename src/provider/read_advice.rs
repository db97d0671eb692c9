//! The rows about when grants end by themselves, and about the usual mistakes.

use std::collections::BTreeMap;
use std::time::Duration;

use super::definition::{Advice, Limits, Sign};
use super::file;
use super::read::check;
use super::rules;
use super::source::Fault;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn limits(section: file::Limits) -> Limits {
    let days = |days: Option<u16>| days.filter(|days| *days > 0).map(|days| DAY * days.into());
    Limits {
        idle: days(section.idle),
        unused: days(section.unused),
        total: days(section.total),
        testing: days(section.testing),
    }
}

pub(super) fn advice(rows: BTreeMap<String, file::Advice>) -> Result<Vec<Advice>, Fault> {
    let rows = rows.into_iter();
    rows.map(|(name, advice)| row(&name, advice)).collect()
}

fn row(name: &str, row: file::Advice) -> Result<Advice, Fault> {
    let Some(hint) = row.hint else {
        return Err(Fault::new(&["advice", name, "hint"], "it is missing"));
    };
    check(&["advice", name, "hint"], rules::words(&hint))?;
    for (key, text) in [("error", &row.error), ("says", &row.says)] {
        if let Some(text) = text {
            check(&["advice", name, key], rules::words(text))?;
        }
    }
    let is_of_answer = row.error.is_some() || row.says.is_some();
    if is_of_answer != (row.when == file::When::Answer) {
        let why = "`error` or `says` are for an answer, and an answer needs one of them";
        return Err(Fault::new(&["advice", name, "when"], why));
    }
    let sign = match row.when {
        file::When::Answer => Sign::Answer {
            error: row.error,
            says: row.says,
        },
        file::When::TestingEnded => Sign::TestingEnded,
        file::When::NoRefreshToken => Sign::NoRefreshToken,
        file::When::NoAnswer => Sign::NoAnswer,
    };
    Ok(Advice { sign, hint })
}
