//! Numbers as SQLite keeps them: 64 bits with a sign, while ours have none.

use rusqlite::Row;

/// For binding. No counter of ours comes near the limit.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// From a column; a negative one is a damaged cell.
pub(super) fn from_row(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}
