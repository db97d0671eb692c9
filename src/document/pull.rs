//! Pull: what others saved comes here; where nothing is new, one free question tells so.

use super::error::{DocumentError, StoreError};
use super::github::{GitHub, Head};
use super::integrate::{Arrivals, Theirs};
use super::journal::Going;
use super::manuscript::{Manuscript, Selection};
use super::oid::Oid;

/// What came of a pull.
#[derive(Debug, Default)]
pub struct Pulled {
    /// The version that the folder is based on now.
    pub version: Option<Oid>,
    /// Whether it is another one than before.
    pub is_new: bool,
    /// What came.
    pub arrivals: Arrivals,
}

impl Manuscript {
    /// Pulls.
    ///
    /// # Errors
    /// When a guard stops it, or the store can't be reached; then nothing was changed here.
    pub fn pull(
        &mut self,
        store: &GitHub<'_>,
        selection: &Selection,
        allowed_deletions: usize,
        accepts_rewriting: bool,
        going: Going<'_>,
    ) -> Result<Pulled, DocumentError> {
        let before = self.state.commit;
        let head = match store.head(before)? {
            Head::At(head) => head,
            Head::Empty if before.is_none() => return Ok(Pulled::default()),
            Head::Empty => {
                let what = format!("the branch {}", store.branch);
                return Err(StoreError::NotFound { what }.into());
            }
        };
        let head = self.unless_older(store, head, accepts_rewriting)?;
        if Some(head) != before {
            // what arrives may be what was sent from here
            self.settle_attempts(store, head)?;
        }
        let mut pulled = Pulled {
            version: Some(head),
            is_new: Some(head) != self.state.commit,
            arrivals: Arrivals::default(),
        };
        let theirs = if pulled.is_new {
            Theirs {
                commit: head,
                listing: store.files(head)?,
            }
        } else if self.state.open.is_empty() {
            return Ok(pulled);
        } else {
            self.as_last_seen(head)
        };
        pulled.arrivals = self.integrate(store, theirs, selection, allowed_deletions, going)?;
        Ok(pulled)
    }
}
