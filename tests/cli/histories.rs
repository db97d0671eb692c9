//! Random histories of two writers and somebody with git: lost answers, stale reads, crashes
//! between any two steps. Whatever happens, no word is lost that nobody deleted, nothing comes back
//! that was deleted, and in the end all have the same.
//!
//! Every word that is typed is typed once in the whole history, so words tell whose text survived.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use oauthctl::document::error::DocumentError;
use oauthctl::document::github::{GitHub, Head, Tokens, Waiting};
use oauthctl::document::manuscript::{Manuscript, Selection};
use oauthctl::document::push::Wish;
use oauthctl::document::resolve::Verdict;
use oauthctl::document::state::{Link, Why};
use oauthctl::endpoint::Endpoint;
use oauthctl::http::{Limits, Line};
use oauthctl::provider::definition::{Documents, DocumentsKind};
use oauthctl::secret::Secret;

use crate::world::World;

const NAMES: [&str; 4] = ["one.md", "two.md", "part/three.md", "part/four.md"];

/// What the writers do wrong, for the control.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    AsItIs,
    /// The newest version is read right before, and named as the base.
    RereadsTheHead,
}

/// The way to a world's practice GitHub.
pub(crate) struct Wire {
    line: Line,
    place: Documents,
    pub(crate) token: String,
}

impl Wire {
    pub(crate) fn of(world: &World) -> Self {
        let root = world.sandbox(|sandbox| sandbox.url().to_owned());
        let endpoint = |rest: &str| -> Endpoint { format!("{root}/github{rest}").parse().unwrap() };
        Self {
            line: Line::new(Limits::default(), || Box::pin(std::future::pending())).unwrap(),
            place: Documents {
                kind: DocumentsKind::GitHub,
                rest: endpoint(""),
                graphql: Some(endpoint("/graphql")),
                archive: None,
            },
            token: world.token("sandbox"),
        }
    }

    /// The branch `main` of a repository, without any waiting.
    pub(crate) fn store<'a>(
        &'a self,
        tokens: Tokens<'a>,
        waiting: Waiting<'a>,
        id: u64,
        novel: &str,
    ) -> GitHub<'a> {
        let mut store = GitHub::new(
            &self.place,
            &self.line,
            tokens,
            waiting,
            Duration::from_secs(1),
            id,
            novel,
            "main",
        );
        store.pace = Duration::ZERO;
        store
    }
}

/// A small generator (`SplitMix64`): every history can be had again by its number.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }

    fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

pub(crate) struct Writer {
    folder: PathBuf,
}

struct History<'a> {
    world: &'a World,
    wire: &'a Wire,
    novel: String,
    id: u64,
    chance: Chance,
    manner: Manner,
    writers: Vec<Writer>,
    typed: usize,
    /// Words that somebody deleted who saw them.
    deleted: BTreeSet<String>,
    /// Words that a person decided to have again.
    again: BTreeSet<String>,
    /// Words that were in the repository once, and words that a version there took away.
    once: BTreeSet<String>,
    gone: BTreeSet<String>,
    commits: Vec<String>,
    wrong: Vec<String>,
    trace: Vec<String>,
}

fn words(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    fn walk(folder: &Path, above: &str, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{above}{name}");
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &format!("{path}/"), found);
            } else {
                found.insert(path, fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found);
    found
}

fn all_words(files: &BTreeMap<String, String>) -> BTreeSet<String> {
    files.values().flat_map(|text| words(text)).collect()
}

impl History<'_> {
    fn write(&self, writer: usize, name: &str, text: &str) {
        let path = self.writers[writer].folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn word(&mut self) -> String {
        self.typed += 1;
        format!("w{}", self.typed)
    }

    /// Someone changes a text: a paragraph more, a word more in one, or a paragraph less.
    fn edited(&mut self, text: &str) -> String {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let word = self.word();
        match self.chance.below(4) {
            0 if lines.len() > 1 => {
                let at = self.chance.below(lines.len());
                self.deleted.extend(words(&lines.remove(at)));
            }
            1 | 2 if !lines.is_empty() => {
                let at = self.chance.below(lines.len());
                let more = format!(" {word}");
                lines[at].push_str(&more);
            }
            _ => {
                let at = self.chance.below(lines.len() + 1);
                lines.insert(at, word);
            }
        }
        lines.iter().flat_map(|line| [line, "\n"]).collect()
    }

    fn writes(&mut self, writer: usize) {
        self.writes_it(writer);
        self.trace.push(format!(
            "{writer} writes {:?}",
            files(&self.writers[writer].folder)
        ));
    }

    fn writes_it(&mut self, writer: usize) {
        let there = files(&self.writers[writer].folder);
        let own: Vec<&String> = there.keys().filter(|name| !name.contains('—')).collect();
        let any = |chance: &mut Chance| own[chance.below(own.len())].clone();
        match self.chance.below(8) {
            0 if own.len() > 1 => {
                let name = any(&mut self.chance);
                self.deleted.extend(words(&there[&name]));
                fs::remove_file(self.writers[writer].folder.join(name)).unwrap();
            }
            1 if !own.is_empty() => {
                let from = any(&mut self.chance);
                let to = NAMES[self.chance.below(NAMES.len())];
                if !there.contains_key(to) {
                    // whoever deletes a part of it meanwhile deletes it under the old name
                    self.again.extend(words(&there[&from]));
                    self.write(writer, to, &there[&from]);
                    fs::remove_file(self.writers[writer].folder.join(from)).unwrap();
                }
            }
            2..7 if !own.is_empty() => {
                let name = any(&mut self.chance);
                let text = self.edited(&there[&name]);
                self.write(writer, &name, &text);
            }
            _ => {
                let name = NAMES[self.chance.below(NAMES.len())];
                if !there.contains_key(name) {
                    let text = format!("{}\n{}\n", self.word(), self.word());
                    self.write(writer, name, &text);
                }
            }
        }
    }

    fn there(&self) -> BTreeMap<String, String> {
        self.world.sandbox(|sandbox| {
            let files = sandbox.github().files(&self.novel, "main");
            let files = files.unwrap_or_default().into_iter();
            files
                .map(|(path, text)| {
                    let text = String::from_utf8(text).unwrap();
                    (String::from_utf8(path).unwrap(), text)
                })
                .collect()
        })
    }

    fn git(&mut self) {
        self.trace.push("git".to_owned());
        let there = self.there();
        let names: Vec<String> = there.keys().cloned().collect();
        let (name, text) = if names.is_empty() || self.chance.one_in(6) {
            let name = NAMES[self.chance.below(NAMES.len())].to_owned();
            if there.contains_key(&name) {
                return;
            }
            let text = format!("{}\n", self.word());
            (name, Some(text))
        } else {
            let name = names[self.chance.below(names.len())].clone();
            if names.len() > 1 && self.chance.one_in(5) {
                self.deleted.extend(words(&there[&name]));
                (name, None)
            } else {
                let text = self.edited(&there[&name]);
                (name, Some(text))
            }
        };
        self.world.sandbox(|sandbox| {
            let file = (name.as_str(), text.as_deref().map(str::as_bytes));
            let github = sandbox.github();
            github
                .commit(&self.novel, "main", "git", "by git", &[file])
                .unwrap();
        });
    }

    fn faults(&mut self) {
        const FAULTS: [&str; 8] = [
            "github-mutation:*=drop-after",
            "github-mutation:*=500-after",
            "github-mutation:*=drop-before",
            "github-contents-write:*=drop-after",
            "github-commit:*=stale",
            "github-any:*=stale",
            "github-mutation:*=stale",
            "github-any:*=503",
        ];
        if self.chance.one_in(3) {
            let fault = FAULTS[self.chance.below(FAULTS.len())];
            self.world.faults(&[fault]);
        }
    }

    /// A push or a pull, with whatever goes wrong.
    fn syncs(&mut self, writer: usize, push: bool, calm: bool) {
        if !calm {
            self.faults();
        }
        let crash = if !calm && self.chance.one_in(3) {
            Some(self.chance.below(12))
        } else {
            None
        };
        let folder = self.writers[writer].folder.clone();
        let before = files(&folder);
        let done = self.attempt(&folder, push, crash);
        self.world.faults(&[]);
        self.trace.push(format!(
            "{writer} push={push} crash={crash:?} {done:?} desk={:?} there={:?}",
            files(&folder),
            self.there()
        ));
        match done {
            Ok(()) | Err(DocumentError::Stopped | DocumentError::Store(_)) => {}
            Err(error) => self.wrong.push(format!("it failed: {error:?}")),
        }
        // what a crash left is finished by the next that opens it
        drop(Manuscript::open(&folder).unwrap());
        self.look();
        self.compare(&folder, &before);
    }

    fn attempt(
        &self,
        folder: &Path,
        push: bool,
        crash: Option<usize>,
    ) -> Result<(), DocumentError> {
        let steps = Cell::new(0);
        let going = |_: &str| {
            steps.set(steps.get() + 1);
            crash != Some(steps.get())
        };
        let tokens = |_: bool| Some(Secret::new(self.wire.token.clone()));
        let waiting = |_: &str, _: Duration| {};
        let mut manuscript = Manuscript::open(folder).unwrap();
        let store = self.wire.store(&tokens, &waiting, self.id, &self.novel);
        if !push {
            let all = Selection::default();
            return manuscript
                .pull(&store, &all, 100, false, &going)
                .map(|_| ());
        }
        if self.manner == Manner::RereadsTheHead
            && let Ok(Head::At(head)) = store.head(None)
        {
            manuscript.state.commit = Some(head);
        }
        let wish = Wish {
            allowed_deletions: 100,
            ..Wish::default()
        };
        manuscript.push(&store, &wish, &going).map(|_| ())
    }

    /// What a push or pull did to a desk: no word is gone that nobody deleted, and no text that is
    /// not in the trash.
    fn compare(&mut self, folder: &Path, before: &BTreeMap<String, String>) {
        let (after, texts) = (files(folder), texts(folder));
        for word in all_words(before).difference(&all_words(&after)) {
            if !self.gone.contains(word) && !self.deleted.contains(word) {
                self.wrong.push(format!("{word} was lost at a desk"));
            }
        }
        for (path, text) in before {
            let still = after.values().any(|now| now == text);
            if !still && !texts.contains(text) {
                self.wrong
                    .push(format!("{path} is not in the trash: {text}"));
            }
        }
    }

    /// What the repository's versions did since the last look.
    fn look(&mut self) {
        let log = self.world.sandbox(|sandbox| {
            sandbox
                .github()
                .log(&self.novel, "main")
                .unwrap_or_default()
        });
        for commit in &self.commits {
            if !log.contains(commit) {
                self.wrong.push(format!("the version {commit} was lost"));
            }
        }
        let on_desks: BTreeSet<String> = self
            .writers
            .iter()
            .flat_map(|writer| all_words(&files(&writer.folder)))
            .collect();
        let mut last = match self.commits.first() {
            Some(commit) => self.at(commit),
            None => BTreeSet::new(),
        };
        let new: Vec<String> = log
            .iter()
            .take_while(|commit| !self.commits.contains(commit))
            .cloned()
            .collect();
        for commit in new.iter().rev() {
            let now = self.at(commit);
            for word in now.difference(&last) {
                let meant = self.deleted.contains(word) && !self.again.contains(word);
                if self.gone.contains(word) && meant {
                    self.wrong.push(format!("{word} came back"));
                }
            }
            for word in last.difference(&now) {
                // the other half of a renamed file may still wait for a person
                if !self.deleted.contains(word) && !on_desks.contains(word) {
                    self.wrong.push(format!("{word} was lost in a version"));
                }
                self.gone.insert(word.clone());
            }
            self.once.extend(now.iter().cloned());
            last = now;
        }
        self.commits = log;
    }

    fn at(&self, commit: &str) -> BTreeSet<String> {
        self.world.sandbox(|sandbox| {
            let files = sandbox.github().files(&self.novel, commit).unwrap();
            let texts = files.values().map(|text| String::from_utf8_lossy(text));
            texts.flat_map(|text| words(&text)).collect()
        })
    }

    /// A person settles what is open: both texts, one after the other; what was deleted there is
    /// kept.
    fn settles(&mut self, writer: usize) -> bool {
        let mut manuscript = Manuscript::open(&self.writers[writer].folder).unwrap();
        let disputes = manuscript.disputes().unwrap();
        let any = !disputes.is_empty();
        for dispute in disputes {
            let text = |bytes: &Option<Vec<u8>>| {
                String::from_utf8(bytes.clone().unwrap_or_default()).unwrap()
            };
            self.trace.push(format!(
                "{writer} settles {:?} {:?} base={:?}",
                dispute.path,
                dispute.why,
                dispute
                    .base
                    .as_ref()
                    .map(|b| String::from_utf8_lossy(b).into_owned())
            ));
            let (mine, theirs) = (text(&dispute.mine), text(&dispute.theirs));
            self.again.extend(words(&mine));
            self.again.extend(words(&theirs));
            let verdict = match dispute.why {
                Why::DeletedThere | Why::Later => Verdict::Mine,
                Why::Conflict => Verdict::Text(format!("{mine}{theirs}").into_bytes()),
            };
            assert!(manuscript.settle(&dispute, verdict, &|_| true).unwrap());
        }
        any
    }

    fn happens(&mut self) {
        for _ in 0..14 {
            let writer = self.chance.below(2);
            match self.chance.below(10) {
                0..5 => self.writes(writer),
                5 => self.git(),
                6..8 => self.syncs(writer, true, false),
                8 => self.syncs(writer, false, false),
                _ => {
                    self.settles(writer);
                }
            }
            self.look();
        }
    }

    fn converges(&mut self) {
        for _ in 0..8 {
            let mut restless = false;
            for writer in 0..self.writers.len() {
                self.syncs(writer, false, true);
                restless |= self.settles(writer);
                self.syncs(writer, true, true);
                restless |= self.settles(writer);
            }
            let there = self.there();
            let same = |writer: &Writer| files(&writer.folder) == there;
            if !restless && self.writers.iter().all(same) {
                let there = all_words(&there);
                for word in self.once.difference(&there) {
                    if !self.deleted.contains(word) {
                        self.wrong.push(format!("{word} was lost for good"));
                    }
                }
                return;
            }
        }
        let desks: Vec<_> = self.writers.iter().map(|w| files(&w.folder)).collect();
        self.wrong
            .push(format!("they differ: {:?} {desks:?}", self.there()));
    }
}

/// All texts in the trash.
fn texts(folder: &Path) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    let Ok(folders) = fs::read_dir(folder.join(".oauthctl/texts")) else {
        return texts;
    };
    for folder in folders {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            texts.insert(fs::read_to_string(file.unwrap().path()).unwrap_or_default());
        }
    }
    texts
}

/// How many histories happen at a time: most of their time they wait for the disk.
const AT_ONCE: usize = 4;

/// Everything that went wrong in these histories.
fn histories(seeds: std::ops::Range<u64>, manner: Manner) -> Vec<String> {
    std::thread::scope(|scope| {
        let parts = (0..AT_ONCE).map(|part| {
            let seeds = seeds.clone().skip(part).step_by(AT_ONCE);
            scope.spawn(move || one_by_one(seeds, manner))
        });
        let parts: Vec<_> = parts.collect();
        let wrong = parts.into_iter().map(|part| part.join().unwrap());
        wrong.flatten().collect()
    })
}

fn one_by_one(seeds: impl Iterator<Item = u64>, manner: Manner) -> Vec<String> {
    let world = World::with_novel();
    world.sandbox(|sandbox| {
        sandbox.adjust(|options| {
            options.github.requests_per_hour = u32::MAX;
            options.github.writes_per_minute = u32::MAX;
            options.github.writes_per_hour = u32::MAX;
        });
    });
    let wire = Wire::of(&world);
    let mut wrong = Vec::new();
    for seed in seeds {
        let name = format!("novel-{seed}");
        let novel = format!("writer/{name}");
        let id = world.sandbox(|sandbox| {
            sandbox.github().create("writer", &name);
            sandbox.github().repository_id(&novel).unwrap()
        });
        let desks = tempfile::tempdir().unwrap();
        let writers = ["a", "b"].map(|desk| linked(&desks.path().join(desk), &novel, id));
        let mut history = History {
            world: &world,
            wire: &wire,
            novel: novel.clone(),
            id,
            chance: Chance(seed),
            manner,
            writers: writers.into(),
            typed: 0,
            deleted: BTreeSet::new(),
            again: BTreeSet::new(),
            once: BTreeSet::new(),
            gone: BTreeSet::new(),
            commits: Vec::new(),
            wrong: Vec::new(),
            trace: Vec::new(),
        };
        history.happens();
        history.converges();
        if !history.wrong.is_empty() {
            wrong.push(format!("{seed}: {:?} {:#?}", history.wrong, history.trace));
        }
        world.sandbox(|sandbox| sandbox.github().remove(&novel).unwrap());
    }
    wrong
}

pub(crate) fn linked(folder: &Path, novel: &str, id: u64) -> Writer {
    fs::create_dir(folder).unwrap();
    let link = Link {
        connection: "sandbox/writer".to_owned(),
        repository: id,
        name: novel.to_owned(),
        branch: "main".to_owned(),
    };
    drop(Manuscript::link(folder, link).unwrap());
    Writer {
        folder: folder.to_owned(),
    }
}

fn trials() -> u64 {
    match std::env::var("OAUTHCTL_TRIALS").as_deref() {
        Ok("full") => 10_000,
        Ok(number) => number.parse().unwrap_or(60),
        Err(_) => 60,
    }
}

#[test]
fn doc_loses_no_word_and_brings_none_back_in_random_histories() {
    let wrong = histories(0..trials(), Manner::AsItIs);
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn doc_would_lose_words_if_it_named_the_newest_version_as_its_base() {
    let wrong = histories(0..60, Manner::RereadsTheHead);
    let lost = wrong.iter().filter(|wrong| wrong.contains("was lost"));
    assert!(lost.count() > 5, "{wrong:#?}");
}
