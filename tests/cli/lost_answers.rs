//! A push that was killed after its version landed, and a replica that has not heard of it yet.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use oauthctl::document::error::DocumentError;
use oauthctl::document::manuscript::{Manuscript, Selection};
use oauthctl::document::push::Wish;
use oauthctl::secret::Secret;

use crate::desk::NOVEL;
use crate::histories::{Wire, linked};
use crate::world::World;

struct Desk {
    world: World,
    wire: Wire,
    id: u64,
    _above: tempfile::TempDir,
    folder: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let world = World::with_novel();
        let wire = Wire::of(&world);
        let id = world.sandbox(|sandbox| sandbox.github().repository_id(NOVEL).unwrap());
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("desk");
        linked(&folder, NOVEL, id);
        Self {
            world,
            wire,
            id,
            _above: above,
            folder,
        }
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(name)).ok()
    }

    /// A push that is killed when it comes to `step` for the `time`th time.
    fn killed(&self, step: &str, time: usize) {
        let times = Cell::new(0);
        let going = |now: &str| {
            times.set(times.get() + usize::from(now == step));
            times.get() < time
        };
        let done = self.push(&going);
        assert!(matches!(done, Err(DocumentError::Stopped)), "{done:?}");
    }

    fn push(&self, going: &dyn Fn(&str) -> bool) -> Result<(), DocumentError> {
        let tokens = |_: bool| Some(Secret::new(self.wire.token.clone()));
        let waiting = |_: &str, _: Duration| {};
        let store = self.wire.store(&tokens, &waiting, self.id, NOVEL);
        let mut manuscript = open(&self.folder);
        manuscript.push(&store, &Wish::default(), going).map(|_| ())
    }

    fn pull(&self) {
        let tokens = |_: bool| Some(Secret::new(self.wire.token.clone()));
        let waiting = |_: &str, _: Duration| {};
        let store = self.wire.store(&tokens, &waiting, self.id, NOVEL);
        let all = Selection::default();
        open(&self.folder)
            .pull(&store, &all, 100, false, &|_| true)
            .unwrap();
    }

    /// A pull from a replica that shows what was there before the last version.
    fn pull_behind(&self) {
        self.world.faults(&["github-any:*=stale"]);
        self.pull();
        self.world.faults(&[]);
    }
}

fn open(folder: &Path) -> Manuscript {
    Manuscript::open(folder).unwrap()
}

#[test]
fn doc_pull_after_a_killed_push_is_not_set_back_by_a_replica_that_lags() {
    let desk = Desk::new();
    desk.write("one.md", "one\n");
    desk.write("two.md", "two\n");
    // the first file makes the branch, the other follows: that one is known, and its note is left
    desk.killed("the end of the note", 2);
    desk.pull_behind();
    assert_eq!(desk.read("two.md").as_deref(), Some("two\n"));
    desk.pull();
    assert_eq!(desk.read("one.md").as_deref(), Some("one\n"));
    assert_eq!(desk.read("two.md").as_deref(), Some("two\n"));
}

#[test]
fn doc_push_that_landed_unseen_is_known_again_after_a_replica_denied_it() {
    let desk = Desk::new();
    desk.write("one.md", "one\n");
    desk.push(&|_| true).unwrap();
    desk.write("two.md", "two\n");
    desk.killed("the answer", 1);
    desk.pull_behind();
    // what the writer deletes now is the text that landed: it must not come back
    fs::remove_file(desk.folder.join("two.md")).unwrap();
    desk.pull();
    assert_eq!(desk.read("two.md"), None);
    desk.push(&|_| true).unwrap();
    assert_eq!(desk.world.there("two.md"), None);
    assert_eq!(desk.world.there("one.md").as_deref(), Some("one\n"));
}

#[test]
fn doc_push_that_landed_unseen_is_no_conflict_with_what_was_written_since() {
    let desk = Desk::new();
    desk.write("one.md", "one\n");
    desk.push(&|_| true).unwrap();
    desk.write("two.md", "two\n");
    desk.killed("the answer", 1);
    desk.pull_behind();
    desk.write("two.md", "another two\n");
    desk.push(&|_| true).unwrap();
    assert_eq!(desk.world.there("two.md").as_deref(), Some("another two\n"));
    assert_eq!(desk.read("two.md").as_deref(), Some("another two\n"));
    // one, two, and what came after: nothing twice
    assert_eq!(desk.world.versions(), 3);
}
