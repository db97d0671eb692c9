//! Where a vault and a backup of it both have a connection: which two belong together, and which of
//! them goes on.
//!
//! Either may hold the only tokens that the provider still honours. Generations can't tell: a vault
//! that was set back, or restored from an earlier backup, counts on from there. What tells is which
//! consent the tokens are of, and which of its sets they are.

use std::borrow::Borrow;
use std::cmp::Ordering;

use crate::connection::ConnectionError;
use crate::connection::connect::is_the_same_account;
use crate::connection::select::{self, Found};
use crate::connection::state::{Connection, State};
use crate::vault::Snapshot;

/// What `coming` meets in a vault: the same account, whatever it is called there, else what has its
/// name.
///
/// # Errors
/// When a record can't be read.
pub(super) fn find(
    snapshot: &Snapshot<'_>,
    coming: &Connection,
) -> Result<Option<Found>, ConnectionError> {
    let all = select::at_provider(snapshot, &coming.name.provider)?;
    Ok(among(all, coming))
}

/// What `coming` meets among `all`, as in [`find`].
pub(super) fn among<F: Borrow<Found>>(
    all: impl IntoIterator<Item = F>,
    coming: &Connection,
) -> Option<F> {
    let likeness = |found: &F| {
        let one = &found.borrow().connection;
        (is_same(one, coming), one.name == coming.name)
    };
    all.into_iter()
        .filter(|found| likeness(found) != (false, false))
        .max_by_key(likeness)
}

/// Whether both are known to be one account at one provider.
pub(super) fn is_same(one: &Connection, other: &Connection) -> bool {
    one.name.provider == other.name.provider && is_the_same_account(one, other)
}

/// Whether both say whose they are, and it is not the same.
pub(super) fn are_apart(one: &Connection, other: &Connection) -> bool {
    let both = one.subject.as_ref().zip(other.subject.as_ref());
    both.is_some_and(|(one, other)| one != other)
}

/// Whether `here` has no more than the name of `connection`, and another of `all` is of its account:
/// that one's label became this one's name.
pub(super) fn is_anothers(here: &Connection, connection: &Connection, all: &[Found]) -> bool {
    let is_of = |other: &Found| is_same(&other.connection, here);
    !is_same(connection, here) && all.iter().any(is_of)
}

/// Which of two goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GoesOn {
    /// That of the vault which stands, or stood there.
    Standing,
    /// The same, while the backup has usable tokens of another consent: a person is told so.
    OverOtherConsent,
    /// That of the backup.
    Backups,
}

/// Which of two that met goes on, both in a vault that stands and out of one that goes aside. `changed`
/// says that the standing one was written after the backup was made, as far as generations can tell.
///
/// - Of another account: the standing one.
/// - The standing one is being revoked: it stays, for a person asked for that.
/// - Of the same consent: the one with the later set of tokens, whatever became of the standing one;
///   but usable tokens are not given up for a later record without. With the same set it is the
///   standing one where it changed since, else the backup's, which it is an earlier state of.
/// - Of another consent: the backup's only where it is usable and the standing one waits for a person
///   to sign in. All else stays, suspect or moved away too: nobody can tell which one came last, and
///   what is displaced is lost. So doing it twice does the same as once.
pub(super) fn goes_on(standing: &Connection, backup: &Connection, changed: bool) -> GoesOn {
    let is_revoking = matches!(standing.state, State::Revoking { .. });
    if standing.subject != backup.subject || is_revoking {
        return GoesOn::Standing;
    }
    let usable = backup.state.usable().is_some();
    let backups = if standing.issue.of == backup.issue.of {
        match backup.issue.set.cmp(&standing.issue.set) {
            Ordering::Greater => usable || !changed,
            Ordering::Equal => !changed,
            Ordering::Less => false,
        }
    } else if matches!(standing.state, State::NeedsLogin { .. }) {
        usable
    } else if usable {
        return GoesOn::OverOtherConsent;
    } else {
        false
    };
    if backups {
        GoesOn::Backups
    } else {
        GoesOn::Standing
    }
}

#[cfg(test)]
mod tests;
