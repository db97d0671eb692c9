//! Looking back: the versions of a file, and an earlier text of it.

use super::error::{DocumentError, StoreError};
use super::github::{GitHub, Version};
use super::journal::{Deed, Going, Step, carry_out};
use super::manuscript::Manuscript;
use super::oid::Oid;
use super::path::{DocPath, composed};
use super::push::{TRAILER, WORDS};
use super::state::known;

/// A file that got more new names than this is followed no further.
const RENAMES: usize = 50;

/// A version as a writer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The version.
    pub version: Version,
    /// What was said about it, without what programs look for.
    pub message: String,
    /// Words added and removed, of all files or of the one that was asked for; nothing where the
    /// version does not say.
    pub words: Option<(usize, usize)>,
    /// What the file was called in it, where one was asked for.
    pub name: Option<String>,
}

impl Manuscript {
    /// The versions that there are, newest first, of one file, under whatever name it had, or of all.
    ///
    /// # Errors
    /// When they can't be had.
    pub fn log(
        &self,
        store: &GitHub<'_>,
        path: Option<&DocPath>,
        most: usize,
    ) -> Result<Vec<Told>, DocumentError> {
        let Some(commit) = self.state.commit else {
            return Ok(Vec::new());
        };
        let known = self.state.known();
        let spelled = path.map(|path| {
            let found = known.get(path).map(|(spelled, _)| spelled.clone());
            found.unwrap_or_else(|| path.to_string())
        });
        let Some(mut name) = spelled else {
            let versions = store.versions(commit, None, None, most)?;
            return Ok(versions
                .into_iter()
                .map(|version| told(version, None))
                .collect());
        };
        let (mut all, mut from) = (Vec::new(), commit);
        for _ in 0..RENAMES {
            let left = most.saturating_sub(all.len());
            let versions = store.versions(from, Some(&name), None, left)?;
            let first = versions.last().cloned();
            all.extend(
                versions
                    .into_iter()
                    .map(|version| told(version, Some(&name))),
            );
            let Some(first) = first.filter(|_| all.len() < most) else {
                break;
            };
            // its first version under this name may have been a new name for it
            let earlier = store.earlier_name(first.oid, &name)?;
            let (Some(earlier), Some(parent)) = (earlier, first.parent) else {
                break;
            };
            (name, from) = (earlier, parent);
        }
        Ok(all)
    }

    /// Writes an earlier text of a file. Whether the file was as it was when this began; if not,
    /// nothing was done.
    ///
    /// # Errors
    /// When there is no such version, or the file is not in it.
    pub fn restore(
        &mut self,
        store: &GitHub<'_>,
        path: &DocPath,
        version: &str,
        going: Going<'_>,
    ) -> Result<bool, DocumentError> {
        let commit = store.named(version)?;
        let files = known(&store.files(commit)?.files);
        let Some((_, entry)) = files.get(path) else {
            return Err(DocumentError::NoSuchFile {
                path: path.to_string(),
                why: "it is not in that version".to_owned(),
            });
        };
        let text = match self.home.text(entry.oid)? {
            Some(text) => text,
            None => store
                .texts(&[entry.oid].into(), &std::collections::BTreeMap::new())?
                .remove(&entry.oid)
                .ok_or_else(|| StoreError::NotFound {
                    what: format!("the text of {path}"),
                })?,
        };
        let scan = self.scan()?;
        let found = scan.files.get(path);
        let step = Step {
            path: path.to_string(),
            disk: found.map_or_else(|| path.to_string(), |found| found.disk.clone()),
            before: found.map(|found| found.oid),
            after: Some(Oid::of_blob(&text)),
            executable: false,
            base: None,
            takes_over: false,
        };
        self.home.keep(&text)?;
        self.keep_before(&step)?;
        let (state, missed) = carry_out(
            &self.folder,
            &self.home,
            Deed::Restore,
            vec![step],
            self.state.clone(),
            going,
        )?;
        self.state = state;
        Ok(missed.is_empty())
    }
}

fn told(version: Version, path: Option<&str>) -> Told {
    let composed = path.map(composed);
    let (mut message, mut words) = (Vec::new(), None);
    for line in version.message.lines() {
        if let Some(rest) = line.strip_prefix(WORDS) {
            if let Some((added, removed)) = delta(rest, composed.as_deref()) {
                let (a, r) = words.unwrap_or((0, 0));
                words = Some((added + a, removed + r));
            }
        } else if !line.starts_with(TRAILER) {
            message.push(line);
        }
    }
    Told {
        message: message.join("\n").trim().to_owned(),
        words,
        version,
        name: path.map(str::to_owned),
    }
}

/// `+12 -3 PATH`, if it is the file that is meant.
fn delta(text: &str, path: Option<&str>) -> Option<(usize, usize)> {
    let mut parts = text.splitn(3, ' ');
    let added = parts.next()?.strip_prefix('+')?.parse().ok()?;
    let removed = parts.next()?.strip_prefix('-')?.parse().ok()?;
    let named = parts.next()?;
    path.is_none_or(|path| path == named)
        .then_some((added, removed))
}
