//! Push: what is new here becomes a version there, in one request that names the version it is
//! based on.
//!
//! Its name for itself (the operation) goes along in the message. After a lost answer, and after
//! "the branch is not there", the versions since the base are searched for that name before
//! anything is sent again: no edit becomes two versions.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::attempts::Contents;
use super::error::{DocumentError, Guard, StoreError};
use super::github::{Change, GitHub, Head, Listing, Sent};
use super::integrate::{Arrivals, Theirs};
use super::journal::{Going, go};
use super::manuscript::{Manuscript, Selection};
use super::oid::Oid;
use super::path::DocPath;
use super::plan::{Fate, is_alarming};
use super::queue::Snapshot;
use super::scan::Scan;
use super::state::{Why, known};
use super::tree::{Entry, Files, Mode, tree_oid};
use super::vet::{Vetting, vet};
use super::words;
use crate::ordered;

/// What is asked of a push.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Which files.
    pub selection: Selection,
    /// What the writer says about it.
    pub message: Option<String>,
    /// So many deletions are meant.
    pub allowed_deletions: usize,
    /// Files with secrets in them are meant.
    pub allow_secrets: bool,
    /// The folder is taken as it was then.
    pub as_it_was: Option<Snapshot>,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// It is new there.
    New,
    /// It was changed there.
    Changed,
    /// It was deleted there.
    Deleted,
}

/// One file of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// What became of it.
    pub what: What,
    /// Words added and removed; nothing where it is no text.
    pub words: Option<(usize, usize)>,
}

/// What came of a push.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The new version; nothing where there was nothing to push, or a person has to decide.
    pub version: Option<Oid>,
    /// Its files.
    pub files: BTreeMap<String, Pushed>,
    /// What others had saved meanwhile, and is here now.
    pub arrivals: Arrivals,
    /// Files that wait for a person, and were left out.
    pub waiting: Vec<String>,
    /// Whether the answer to an earlier attempt was lost, and the version was found.
    pub found_again: bool,
}

const ATTEMPTS: u32 = 6;
const LAG: u32 = 3;
pub(super) const TRAILER: &str = "Oauthctl-Op: ";
pub(super) const WORDS: &str = "Oauthctl-Words: ";
/// A message with more lines than this helps nobody.
const TOLD: usize = 100;

/// What is sent.
struct Parcel {
    changes: Vec<Change>,
    files: BTreeMap<String, Pushed>,
    /// All files of the version that it makes.
    after: Files,
    expected: Option<Oid>,
}

impl Manuscript {
    /// Pushes.
    ///
    /// # Errors
    /// When a guard stops it, or the store can't be reached; then nothing is lost here or there.
    pub fn push(
        &mut self,
        store: &GitHub<'_>,
        wish: &Wish,
        going: Going<'_>,
    ) -> Result<Outcome, DocumentError> {
        let mut outcome = Outcome::default();
        self.find_lost(store, &mut outcome)?;
        let mut lag = 0;
        for _ in 0..ATTEMPTS {
            let mut scan = self.settle_later(store, wish, &mut outcome, going)?;
            if let Some(then) = &wish.as_it_was {
                scan = then.laid_over(scan);
            }
            let Some(parcel) = self.parcel(&scan, wish, &mut outcome)? else {
                return Ok(outcome);
            };
            go(going, "the note of the push")?;
            let noted = self.note(&parcel.contents())?;
            go(going, "the push")?;
            let sent = self.send(store, &parcel, &message(&parcel, wish, &noted.operation));
            go(going, "the answer")?;
            match sent {
                Ok(Sent::Landed { commit, tree }) => {
                    self.landed(store, parcel, commit, tree, &mut outcome)?;
                    go(going, "the end of the note")?;
                    self.forget_attempts()?;
                    if self.state.commit == Some(commit) && !outcome.partial(self, wish) {
                        return Ok(outcome);
                    }
                }
                Ok(Sent::Moved) | Err(StoreError::Unknown { .. }) => {
                    let Some(head) = self.moved(store, &mut lag)? else {
                        continue;
                    };
                    match self.landed_in(store, head)? {
                        Some((attempt, commit)) if attempt.operation == noted.operation => {
                            outcome.found_again = true;
                            let tree = store.tree_of(commit)?;
                            self.landed(store, parcel, commit, tree, &mut outcome)?;
                            self.forget_attempts()?;
                            if !outcome.partial(self, wish) {
                                return Ok(outcome);
                            }
                        }
                        // an earlier attempt: what was written since follows
                        Some(_) => self.take_landed(store, head, &mut outcome)?,
                        // an older text is not laid over what somebody else saved
                        None if wish.as_it_was.is_some() => return Err(StoreError::Busy.into()),
                        None => {
                            self.take_over(store, head, wish, &mut outcome, going)?;
                            self.forget_attempts()?;
                            if outcome.arrivals.needs_a_person() {
                                return Ok(outcome);
                            }
                        }
                    }
                }
                Err(error) => {
                    self.refused(&noted)?;
                    return Err(error.into());
                }
            }
        }
        Err(StoreError::Busy.into())
    }

    /// Files whose newer text has not reached the disk yet are brought together first.
    fn settle_later(
        &mut self,
        store: &GitHub<'_>,
        wish: &Wish,
        outcome: &mut Outcome,
        going: Going<'_>,
    ) -> Result<Scan, DocumentError> {
        let later = self.state.open.iter();
        let later = later
            .filter(|(path, open)| open.why == Why::Later && wish.selection.has(path))
            .count();
        if later > 0
            && let Some(commit) = self.state.commit
        {
            let theirs = self.as_last_seen(commit);
            let arrivals = self.integrate(
                store,
                theirs,
                &wish.selection,
                wish.allowed_deletions,
                going,
            )?;
            outcome.arrivals.files.extend(arrivals.files);
        }
        self.scan()
    }

    /// The version that was last seen, as if it had just been asked for.
    pub(super) fn as_last_seen(&self, commit: Oid) -> Theirs {
        Theirs {
            commit,
            listing: Listing {
                tree: self.state.tree,
                files: self.state.files.clone(),
                sizes: BTreeMap::new(),
            },
        }
    }

    fn take_over(
        &mut self,
        store: &GitHub<'_>,
        head: Oid,
        wish: &Wish,
        outcome: &mut Outcome,
        going: Going<'_>,
    ) -> Result<(), DocumentError> {
        let listing = store.files(head)?;
        let theirs = Theirs {
            commit: head,
            listing,
        };
        let all = Selection::default();
        let arrivals = self.integrate(store, theirs, &all, wish.allowed_deletions, going)?;
        outcome.arrivals.files.extend(arrivals.files);
        outcome.arrivals.refused = arrivals.refused;
        Ok(())
    }

    /// What is to be sent; nothing where there is nothing.
    fn parcel(
        &self,
        scan: &Scan,
        wish: &Wish,
        outcome: &mut Outcome,
    ) -> Result<Option<Parcel>, DocumentError> {
        let known = known(&self.state.files);
        let mut parcel = Parcel {
            changes: Vec::new(),
            files: BTreeMap::new(),
            after: self.state.files.clone(),
            expected: None,
        };
        outcome.waiting.clear();
        let fates = self.fates(scan, &known);
        let deletions = fates.iter().filter(|(path, (fate, _))| {
            *fate == Fate::GoneHere && wish.selection.has(path.as_str())
        });
        guard(deletions.count(), scan, known.len(), wish)?;
        for (path, (fate, base)) in &fates {
            if self.open_at(path).is_some() {
                outcome.waiting.push(path.to_string());
                continue;
            }
            if wish.selection.has(path.as_str()) {
                let spelled = known.get(path).map(|(spelled, _)| spelled.as_str());
                self.add(&mut parcel, scan, wish, path, *fate, *base, spelled)?;
            }
        }
        if parcel.changes.is_empty() {
            return Ok(None);
        }
        let spelled = parcel.after.keys().map(String::as_str);
        if let Some((one, other)) = super::state::collision(spelled) {
            return Err(DocumentError::Guard(Guard::Collision { one, other }));
        }
        if self.state.tree.is_some() || self.state.commit.is_none() {
            parcel.expected = tree_oid(&parcel.after);
        }
        Ok(Some(parcel))
    }

    #[expect(clippy::too_many_arguments, reason = "the facts about one file")]
    fn add(
        &self,
        parcel: &mut Parcel,
        scan: &Scan,
        wish: &Wish,
        path: &DocPath,
        fate: Fate,
        base: Option<Entry>,
        spelled: Option<&str>,
    ) -> Result<(), DocumentError> {
        let place = spelled.unwrap_or(path.as_str()).to_owned();
        match fate {
            Fate::Ours => {
                let found = scan.files.get(path);
                let read = match found {
                    Some(found) if wish.as_it_was.is_some() => self.home.text(found.oid)?,
                    Some(found) => self.folder.read(&found.disk)?.map(|(bytes, _)| bytes),
                    None => None,
                };
                let Some(bytes) = read else {
                    return Ok(()); // gone meanwhile: next time
                };
                let vetting = Vetting {
                    allow_secrets: wish.allow_secrets,
                };
                vet(path, &bytes, &vetting).map_err(DocumentError::Guard)?;
                let mode = base.map_or(Mode::File, |base| base.mode);
                let oid = self.home.jot(&bytes)?;
                let before = self.before(base)?;
                let pushed = Pushed {
                    what: if base.is_some() {
                        What::Changed
                    } else {
                        What::New
                    },
                    words: words::changed(path.as_str(), before.as_deref(), Some(&bytes)),
                };
                parcel.files.insert(path.to_string(), pushed);
                parcel.after.insert(place.clone(), Entry { oid, mode });
                parcel.changes.push(Change {
                    path: place,
                    content: Some((mode, bytes)),
                });
            }
            Fate::GoneHere => {
                let before = self.before(base)?;
                let pushed = Pushed {
                    what: What::Deleted,
                    words: words::changed(path.as_str(), before.as_deref(), Some(&[])),
                };
                parcel.files.insert(path.to_string(), pushed);
                parcel.after.remove(&place);
                parcel.changes.push(Change {
                    path: place,
                    content: None,
                });
            }
            Fate::Settled
            | Fate::Theirs(_)
            | Fate::GoneThere
            | Fate::Both { .. }
            | Fate::DeletedThere
            | Fate::Returns(_) => {}
        }
        Ok(())
    }

    fn before(&self, base: Option<Entry>) -> Result<Option<Vec<u8>>, DocumentError> {
        match base {
            Some(base) => self.home.text(base.oid),
            None => Ok(Some(Vec::new())),
        }
    }

    fn send(&self, store: &GitHub<'_>, parcel: &Parcel, message: &str) -> Result<Sent, StoreError> {
        if let Some(base) = self.state.commit {
            return store.commit(base, self.state.tree, &parcel.changes, message);
        }
        // The smallest file makes the branch; the rest follows at once, onto that.
        let first = parcel.changes.iter().min_by_key(|change| {
            let content = change.content.as_ref();
            content.map_or(usize::MAX, |(_, bytes)| bytes.len())
        });
        match first {
            Some(Change {
                path,
                content: Some((_, bytes)),
            }) => store.first(path, bytes, message),
            _ => Err(StoreError::BadAnswer("there is nothing to begin with")),
        }
    }

    /// Remembers a version that was made of `parcel`.
    fn landed(
        &mut self,
        store: &GitHub<'_>,
        parcel: Parcel,
        commit: Oid,
        tree: Oid,
        outcome: &mut Outcome,
    ) -> Result<(), DocumentError> {
        if parcel.expected == Some(tree) {
            self.state.advance(commit, Some(tree), parcel.after);
        } else {
            // It is not what was sent, or only its first file: what is there counts.
            let sent = parcel.contents();
            self.adopt(commit, store.files(commit)?, &sent);
        }
        self.state.link.name.clone_from(&store.name.borrow());
        self.home.save(&self.state)?;
        outcome.version = Some(commit);
        outcome.files.extend(parcel.files);
        Ok(())
    }

    /// The branch was not where the edits are based on, or nobody knows what became of the request.
    /// Where the branch is; nothing where the same can be sent again.
    fn moved(&self, store: &GitHub<'_>, lag: &mut u32) -> Result<Option<Oid>, DocumentError> {
        if let Some(head) = self.later(store)? {
            return Ok(Some(head));
        }
        // It did not land, or a replica lags behind. What is sent again names the same base: it
        // can't land twice.
        if *lag == LAG {
            return Err(StoreError::Busy.into());
        }
        store.pause(store.pace * 2_u32.saturating_pow(*lag))?;
        *lag += 1;
        Ok(None)
    }

    /// Where the branch is, if that is later than what the folder is based on.
    fn later(&self, store: &GitHub<'_>) -> Result<Option<Oid>, DocumentError> {
        match store.head(None)? {
            Head::At(head) => {
                let head = Some(self.unless_older(store, head, false)?);
                Ok(head.filter(|_| head != self.state.commit))
            }
            Head::Empty => Ok(None),
        }
    }

    /// A push that was killed may have landed: then that is the version this folder is based on.
    fn find_lost(
        &mut self,
        store: &GitHub<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), DocumentError> {
        if self.attempts()?.is_empty() {
            return Ok(());
        }
        match self.later(store)? {
            Some(head) => self.take_landed(store, head, outcome),
            None => Ok(()),
        }
    }

    fn take_landed(
        &mut self,
        store: &GitHub<'_>,
        head: Oid,
        outcome: &mut Outcome,
    ) -> Result<(), DocumentError> {
        if let Some(commit) = self.settle_attempts(store, head)? {
            outcome.found_again = true;
            outcome.version = Some(commit);
        }
        Ok(())
    }
}

impl Parcel {
    /// What it puts there, by the store's path.
    fn contents(&self) -> Contents {
        let changes = self.changes.iter();
        let entry = |path: &String| self.after.get(path).copied();
        ordered::map(changes.map(|change| (change.path.clone(), entry(&change.path))))
    }
}

impl Outcome {
    /// Whether only the first file of an empty repository's first version is there yet.
    fn partial(&self, manuscript: &Manuscript, wish: &Wish) -> bool {
        if self.files.len() < 2 {
            return false;
        }
        let known = known(&manuscript.state.files);
        self.files
            .iter()
            .filter(|(path, pushed)| pushed.what != What::Deleted && wish.selection.has(path))
            .any(|(path, _)| DocPath::parse(path).is_ok_and(|path| !known.contains_key(&path)))
    }
}

fn guard(gone: usize, scan: &Scan, all: usize, wish: &Wish) -> Result<(), DocumentError> {
    let allowed = wish.allowed_deletions;
    if scan.files.is_empty() && all > 0 && gone > allowed {
        return Err(DocumentError::Guard(Guard::Vanished { all }));
    }
    if is_alarming(gone, all, allowed) {
        let at = "in the repository";
        return Err(DocumentError::Guard(Guard::Deletions { gone, all, at }));
    }
    Ok(())
}

/// What the writer says, and what programs look for.
fn message(parcel: &Parcel, wish: &Wish, operation: &str) -> String {
    let headline = wish.message.clone().unwrap_or_else(|| {
        let mut files = parcel.files.keys();
        match (files.next(), files.next()) {
            (Some(only), None) => format!("Save {only}"),
            _ => format!("Save {} files", parcel.files.len()),
        }
    });
    let mut text = format!("{}\n\n", headline.trim());
    for (path, pushed) in parcel.files.iter().take(TOLD) {
        if let Some((added, removed)) = pushed.words {
            // writing to memory does not fail
            let _ = writeln!(text, "{WORDS}+{added} -{removed} {path}");
        }
    }
    text.push_str(TRAILER);
    text.push_str(operation);
    text
}
