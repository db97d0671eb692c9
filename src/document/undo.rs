//! Taking back what the last command did to the folder: every text it replaced is in the trash.
//!
//! What came from others and is taken back is not taken for an edit: it stays open, based on what
//! both had before, and comes again with the next pull.

use super::error::DocumentError;
use super::journal::{Deed, Going, Step, carry_out};
use super::manuscript::Manuscript;
use super::oid::Oid;
use super::path::DocPath;
use super::state::{Open, Why};

/// What was taken back.
#[derive(Debug)]
pub struct Undone {
    /// What had been done.
    pub deed: Deed,
    /// The files that are as they were.
    pub files: Vec<String>,
    /// The files that were changed since, and stay as they are.
    pub kept: Vec<String>,
}

impl Manuscript {
    /// Takes back the last thing that was done to the folder; nothing where there is none.
    ///
    /// # Errors
    /// When the folder or the trash can't be read or written.
    pub fn undo(&mut self, going: Going<'_>) -> Result<Option<Undone>, DocumentError> {
        let Some(done) = self.home.last_done()? else {
            return Ok(None);
        };
        let known = self.state.known();
        let mut target = self.state.clone();
        let mut undone = Undone {
            deed: done.deed,
            files: Vec::new(),
            kept: Vec::new(),
        };
        let mut steps = Vec::new();
        for step in done.steps {
            let now = self.folder.oid(&step.disk)?;
            if now == step.before {
                continue;
            }
            if now != step.after {
                undone.kept.push(step.path);
                continue;
            }
            self.keep_now(&step.disk, now)?;
            if step.takes_over {
                let theirs = DocPath::parse(&step.path).ok();
                let theirs = theirs.and_then(|path| known.get(&path).map(|(_, entry)| *entry));
                if theirs.map(|entry| entry.oid) != step.base.map(|entry| entry.oid) {
                    let open = Open {
                        base: step.base,
                        why: Why::Later,
                        copy: None,
                    };
                    target.open.insert(step.path.clone(), open);
                }
            }
            undone.files.push(step.path.clone());
            steps.push(Step {
                before: step.after,
                after: step.before,
                takes_over: false,
                ..step
            });
        }
        let (state, missed) =
            carry_out(&self.folder, &self.home, Deed::Undo, steps, target, going)?;
        self.state = state;
        self.home.forget_done(done.number)?;
        undone.files.retain(|path| !missed.contains(path));
        undone.kept.extend(missed);
        Ok(Some(undone))
    }

    fn keep_now(&self, disk: &str, now: Option<Oid>) -> Result<(), DocumentError> {
        if now.is_some()
            && let Some((bytes, _)) = self.folder.read(disk)?
        {
            self.home.keep(&bytes)?;
        }
        Ok(())
    }
}
