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

/// What `coming` meets in a vault: what is of its consent, else of its account, whatever either is
/// called there, else what has its name.
///
/// # Errors
/// When a record can't be read.
pub(super) fn find(
    snapshot: &Snapshot<'_>,
    coming: &Connection,
) -> Result<Option<Found>, ConnectionError> {
    let all = select::at_provider(snapshot, &coming.name.provider)?;
    Ok(nearest(all, coming))
}

/// What `coming`, one of `siblings`, meets among `all`: which of them it is, by its consent and its
/// account. A name alone says so where both may be of one account, and no other of `siblings` is the
/// one that has it now.
pub(super) fn among<F: Borrow<Found>>(
    all: impl IntoIterator<Item = F>,
    coming: &Connection,
    siblings: &[Found],
) -> Option<F> {
    nearest(all, coming).filter(|found| {
        let here = &found.borrow().connection;
        let is_anothers = || siblings.iter().any(|other| is_one(&other.connection, here));
        is_one(here, coming) || !(are_apart(here, coming) || is_anothers())
    })
}

/// Whether the consent of `connection` is that of one of `all`.
pub(super) fn stands(all: &[Found], connection: &Connection) -> bool {
    let mut all = all.iter();
    all.any(|one| are_of_one_consent(&one.connection, connection))
}

fn nearest<F: Borrow<Found>>(all: impl IntoIterator<Item = F>, coming: &Connection) -> Option<F> {
    let likeness = |found: &F| {
        let one = &found.borrow().connection;
        let has_its_name = one.name == coming.name;
        let has_its_consent = are_of_one_consent(one, coming);
        (is_one(one, coming), has_its_consent, has_its_name)
    };
    all.into_iter()
        .filter(|found| matches!(likeness(found), (true, ..) | (.., true)))
        .max_by_key(likeness)
}

/// Whether both are known to be of one consent, or one account, at one provider.
fn is_one(one: &Connection, other: &Connection) -> bool {
    let same = are_of_one_consent(one, other) || is_the_same_account(one, other);
    same && one.name.provider == other.name.provider
}

/// Whether both are of one consent. Where a file says that it is of two accounts, they are not.
fn are_of_one_consent(one: &Connection, other: &Connection) -> bool {
    one.issue.of == other.issue.of && one.subject == other.subject
}

/// Whether both say whose they are, and it is not the same.
fn are_apart(one: &Connection, other: &Connection) -> bool {
    let both = one.subject.as_ref().zip(other.subject.as_ref());
    both.is_some_and(|(one, other)| one != other)
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
/// - The standing one is being revoked: it stays, for a person asked for that.
/// - Of the same consent: the one with the later set of tokens, whatever became of the standing one;
///   but usable tokens are not given up for a later record without. With the same set it is the
///   standing one where it changed since, else the backup's, which it is an earlier state of.
/// - Of another consent: the backup's only where it is usable and of the same account, and the standing
///   one waits for a person to sign in. All else stays, suspect or moved away too: nobody can tell
///   which one came last, and what is displaced is lost. So doing it twice does the same as once.
pub(super) fn goes_on(standing: &Connection, backup: &Connection, changed: bool) -> GoesOn {
    if matches!(standing.state, State::Revoking { .. }) {
        return GoesOn::Standing;
    }
    let usable = backup.state.usable().is_some();
    let waits = matches!(standing.state, State::NeedsLogin { .. });
    let backups = if standing.issue.of == backup.issue.of {
        match backup.issue.set.cmp(&standing.issue.set) {
            Ordering::Greater => usable || !changed,
            Ordering::Equal => !changed,
            Ordering::Less => false,
        }
    } else if waits && standing.subject == backup.subject {
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
