//! The rows about usual mistakes.

use std::collections::BTreeMap;

use super::advice::{Advice, During, Sign};
use super::read::check;
use super::source::Fault;
use super::{file, rules};

pub(super) fn advice(rows: BTreeMap<String, file::Advice>) -> Result<Vec<Advice>, Fault> {
    let rows = rows.into_iter();
    rows.map(|(name, advice)| row(&name, advice)).collect()
}

fn row(name: &str, row: file::Advice) -> Result<Advice, Fault> {
    let Some(hint) = row.hint.clone() else {
        return Err(Fault::new(&["advice", name, "hint"], "it is missing"));
    };
    let texts = [
        ("hint", Some(&hint)),
        ("error", row.error.as_ref()),
        ("says", row.says.as_ref()),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            check(&["advice", name, key], rules::words(text))?;
        }
    }
    let during = match row.when {
        file::When::Answer => None,
        file::When::Login => Some(During::Login),
        file::When::Refresh => Some(During::Refresh),
        file::When::NoRefreshToken => return silent(name, &row, Sign::NoRefreshToken, hint),
        file::When::NoAnswer => return silent(name, &row, Sign::NoAnswer, hint),
    };
    if row.error.is_none() && row.says.is_none() {
        let why = "an answer is known by `error` or `says`, and neither is given";
        return Err(Fault::new(&["advice", name], why));
    }
    let sign = Sign::Answer {
        during,
        error: row.error,
        says: row.says,
    };
    Ok(Advice { sign, hint })
}

/// A sign that has no answer to look into.
fn silent(name: &str, row: &file::Advice, sign: Sign, hint: String) -> Result<Advice, Fault> {
    if row.error.is_some() || row.says.is_some() {
        let why = "`error` and `says` are of an answer, and there is none then";
        return Err(Fault::new(&["advice", name, "when"], why));
    }
    Ok(Advice { sign, hint })
}
