//! Manuscripts that are cut off: `doc push` and `doc pull` are killed at every system call, and the
//! next run completes what was begun. And how long a writer waits, beside real git.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use oauthctl::sandbox::{Sandbox, user_agent};
use serde_json::Value;

use crate::chance::Chance;
use crate::github_schema::check;
use crate::rig;
use crate::screen::Screen;
use crate::stage::{Verdict, start, well};
use crate::trace::{self, Call};
use crate::world::World;

const NOVEL: &str = "writer/novel";

/// The calls that reach the disk or the network.
const CALLS: &str = "openat,mkdir,write,writev,pwrite64,fsync,fdatasync,link,linkat,rename,renameat,\
                     renameat2,unlink,unlinkat,ftruncate,sendto,sendmsg,recvfrom,recvmsg,connect";

/// A desk that is linked to a repository of the practice GitHub.
struct Desk {
    sandbox: Sandbox,
    world: World,
}

impl Desk {
    fn new() -> Desk {
        let sandbox = start("never");
        sandbox.github().create("writer", "novel");
        let mut world = World::new(&sandbox.provider_toml("Practice")).with_vault();
        let connecting = world.start_connect(&["--scope", "repo"]);
        let url = connecting.url.clone().expect("a URL");
        user_agent::visit(url.as_str()).expect("the callback page");
        assert_eq!(connecting.end().code, 0);
        fs::create_dir(world.at("desk")).expect("a folder");
        "desk".clone_into(&mut world.place);
        world.must(&["doc", "init", "--repo", NOVEL]);
        Desk { sandbox, world }
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.world.at("desk").join(name), text).expect("a file");
    }

    /// What lies in the folder but its own.
    fn here(&self) -> BTreeMap<String, String> {
        let entries = fs::read_dir(self.world.at("desk")).expect("a folder");
        let files = entries.map(|entry| entry.expect("an entry"));
        files
            .filter(|entry| entry.file_type().expect("a type").is_file())
            .map(|entry| {
                let text = fs::read(entry.path()).expect("a file");
                let name = entry.file_name().to_string_lossy().into_owned();
                (name, String::from_utf8_lossy(&text).into_owned())
            })
            .collect()
    }

    /// What the last version has.
    fn there(&self) -> BTreeMap<String, String> {
        let files = self.sandbox.github().files(NOVEL, "main").expect("files");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        files
            .into_iter()
            .map(|(name, bytes)| (text(name), text(bytes)))
            .collect()
    }

    fn versions(&self) -> usize {
        self.sandbox
            .github()
            .log(NOVEL, "main")
            .map_or(0, |log| log.len())
    }

    /// Nothing is left to be done but what `open` names.
    fn is_settled(&self, changed: &[&str]) -> Verdict<()> {
        let status = well(self.world.run(&["doc", "status", "--json"]))?;
        let status: Value = serde_json::from_str(&status.stdout).map_err(|e| e.to_string())?;
        let paths = |list: &Value| -> Vec<String> {
            let list = list.as_array().into_iter().flatten();
            list.map(|one| one["path"].as_str().unwrap_or_default().to_owned())
                .collect()
        };
        if paths(&status["changed"]) != changed || !paths(&status["open"]).is_empty() {
            return Err(format!("not settled: {status}"));
        }
        Ok(())
    }

    /// A push that was cut off, and said again: one more version, with what lies here.
    fn is_saved(&self, wanted: &BTreeMap<String, String>, versions: usize) -> Verdict<()> {
        same("here", &self.here(), wanted)?;
        well(self.world.run(&["doc", "push"]))?;
        same("here, afterwards", &self.here(), wanted)?;
        same("there", &self.there(), wanted)?;
        if self.versions() != versions + 1 {
            let now = self.versions();
            return Err(format!("{versions} versions became {now}"));
        }
        self.is_settled(&[])
    }

    /// A pull that was cut off, and said again: here is what is there, and what was written here.
    fn is_here(&self, wanted: &BTreeMap<String, String>, mine: &str) -> Verdict<()> {
        well(self.world.run(&["doc", "pull"]))?;
        same("here", &self.here(), wanted)?;
        self.is_settled(&[mine])
    }
}

fn same(
    where_: &str,
    found: &BTreeMap<String, String>,
    wanted: &BTreeMap<String, String>,
) -> Verdict<()> {
    if found == wanted {
        return Ok(());
    }
    Err(format!("{where_}: {found:?} instead of {wanted:?}"))
}

fn chosen(chance: &mut Chance, mut calls: Vec<Call>, sample: usize) -> Vec<Call> {
    while calls.len() > rig::trials(sample, usize::MAX) {
        calls.swap_remove(chance.below(calls.len()));
    }
    calls
}

#[test]
fn doc_push_killed_at_every_system_call_is_completed_by_the_next() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("kill doc push by system call");
    let desk = Desk::new();
    desk.write("book.md", "One.\n");
    desk.write("gone.md", "Gone.\n");
    desk.world.must(&["doc", "push"]);
    let write = |number: usize| {
        desk.write("book.md", &format!("One, for the {number}th time.\n"));
        desk.write(&format!("new-{number}.md"), "New.\n");
        let before = desk
            .world
            .at("desk")
            .join(format!("new-{}.md", number.wrapping_sub(1)));
        let _ = fs::remove_file(before);
    };
    write(0);
    let push = ["doc", "push"];
    let calls = trace::calls(&desk.world, &strace, CALLS, &push);
    let all = calls.len();
    let calls = chosen(&mut chance, calls, 25);
    let (trials, mut killed) = (calls.len(), 0);
    for (number, call) in (1..).zip(calls) {
        write(number);
        let (wanted, versions) = (desk.here(), desk.versions());
        let mut command = call.with(&desk.world, &strace, "signal=KILL", &push);
        killed += usize::from(command.output().expect("strace").status.code().is_none());
        let judged = desk.is_saved(&wanted, versions);
        judged.unwrap_or_else(|why| panic!("{call:?} of {all}: {why}"));
    }
    // how often some calls are made differs from run to run
    assert!(
        killed * 10 >= trials * 7,
        "{killed} of {trials} were killed"
    );
    rig::say(&format!(
        "kill doc push at {killed} of {all} calls: all completed, once each"
    ));
}

#[test]
fn doc_pull_killed_at_every_system_call_is_completed_by_the_next() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("kill doc pull by system call");
    let desk = Desk::new();
    desk.write("book.md", "One.\n");
    desk.write("mine.md", "Mine.\n");
    desk.world.must(&["doc", "push"]);
    // written here, and saved nowhere
    desk.write("mine.md", "Mine, and unsaved.\n");
    let arrive = |number: usize| {
        let (book, new) = (
            format!("One, for the {number}th time.\n"),
            format!("new-{number}.md"),
        );
        let old = format!("new-{}.md", number.wrapping_sub(1));
        let mut files = vec![
            ("book.md", Some(book.as_bytes())),
            (&new, Some(b"New.\n".as_slice())),
        ];
        if number > 0 {
            files.push((&old, None));
        }
        let github = desk.sandbox.github();
        github
            .commit(NOVEL, "main", "git", "by git", &files)
            .expect("a version");
        let mut wanted = desk.there();
        wanted.insert("mine.md".to_owned(), "Mine, and unsaved.\n".to_owned());
        wanted
    };
    arrive(0);
    let pull = ["doc", "pull"];
    let calls = trace::calls(&desk.world, &strace, CALLS, &pull);
    let all = calls.len();
    let calls = chosen(&mut chance, calls, 25);
    let (trials, mut killed) = (calls.len(), 0);
    for (number, call) in (1..).zip(calls) {
        let before = desk.here();
        let wanted = arrive(number);
        let mut command = call.with(&desk.world, &strace, "signal=KILL", &pull);
        killed += usize::from(command.output().expect("strace").status.code().is_none());
        let now = desk.here();
        assert_eq!(
            now.get("mine.md"),
            before.get("mine.md"),
            "{call:?} of {all}"
        );
        let book = now.get("book.md");
        let whole = book == before.get("book.md") || book == wanted.get("book.md");
        assert!(whole, "{call:?} of {all}: half a text: {book:?}");
        let judged = desk.is_here(&wanted, "mine.md");
        judged.unwrap_or_else(|why| panic!("{call:?} of {all}: {why}"));
    }
    // how often some calls are made differs from run to run
    assert!(
        killed * 10 >= trials * 7,
        "{killed} of {trials} were killed"
    );
    rig::say(&format!(
        "kill doc pull at {killed} of {all} calls: all completed, nothing lost"
    ));
}

/// The control: a text that is lost, and a version that was made twice, are flagged.
#[test]
fn a_lost_text_and_a_version_made_twice_are_flagged() {
    let desk = Desk::new();
    desk.write("book.md", "One.\n");
    let wanted = desk.here();
    desk.world.must(&["doc", "push"]);
    let why = desk.is_saved(&wanted, 0).err();
    assert_eq!(why, None, "saying it again makes no version");
    desk.write("book.md", "Two.\n");
    desk.world.must(&["doc", "push"]);
    desk.write("book.md", "Three.\n");
    let why = desk.is_saved(&desk.here(), 1).expect_err("made twice");
    assert!(why.contains("1 versions became 3"), "{why}");
    let why = desk.is_saved(&wanted, 3).expect_err("a lost text");
    assert!(why.starts_with("here: "), "{why}");
    let why = desk.is_here(&wanted, "mine.md").expect_err("a lost text");
    assert!(why.starts_with("here: "), "{why}");
}

/// A book of a hundred chapters.
fn write_book(folder: &Path, round: usize) {
    for chapter in 0..100 {
        let text = format!("# {chapter}\n\nThe sea was calm, for the {round}th time.\n").repeat(20);
        fs::write(folder.join(format!("chapter-{chapter:03}.md")), text).expect("a file");
    }
}

fn timed(run: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    run();
    begun.elapsed()
}

#[test]
fn doc_push_of_a_hundred_files_beside_git_over_a_slow_line() {
    let Some(git) = rig::program("git") else {
        return;
    };
    let desk = Desk::new();
    desk.sandbox
        .adjust(|options| options.latency = Duration::from_millis(50));
    let writer = "writer".parse().expect("a label");
    let token = desk.sandbox.github().token(&writer, &["repo"]);
    desk.sandbox.github().create("writer", "by-git");
    let authority = desk.sandbox.url().trim_start_matches("http://").to_owned();
    let url = format!(
        "http://x:{}@{authority}/github/web/writer/by-git.git",
        token.expose()
    );
    let clone = desk.world.at("clone");
    let with_git = |arguments: &[&str]| {
        let mut command = Command::new(&git);
        command
            .env("HOME", desk.world.path())
            .env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "G. It");
            command.env(format!("GIT_{role}_EMAIL"), "git@example.com");
        }
        command.arg("-C").arg(&clone).args(arguments);
        let output = command.output().expect("git");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    };
    fs::create_dir(&clone).expect("a folder");
    with_git(&["init", "--quiet", "--initial-branch", "main"]);
    with_git(&["remote", "add", "origin", &url]);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..rig::trials(3, 7) {
        write_book(&desk.world.at("desk"), round);
        ours.push(timed(|| drop(desk.world.must(&["doc", "push"]))));
        write_book(&clone, round);
        theirs.push(timed(|| {
            with_git(&["add", "--all"]);
            with_git(&["commit", "--quiet", "--message", "saved"]);
            with_git(&["push", "--quiet", "origin", "main"]);
        }));
    }
    // the first push makes the repository, and is none of the others' kind
    let median = |times: &mut Vec<Duration>| {
        times.remove(0);
        times.sort_unstable();
        times[times.len() / 2]
    };
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    rig::say(&format!(
        "push of 100 files with 50 ms to the server: {ours:?}, add, commit and push with git \
         {theirs:?}, ratio {ratio:.2}"
    ));
}

/// Everything that `doc` asks of GitHub, whichever way, as the practice GitHub heard it.
#[expect(clippy::too_many_lines, reason = "one session, in its order")]
fn all_that_is_asked(desk: &mut Desk) -> Vec<Value> {
    desk.sandbox.adjust(|options| {
        options.github.keep_exchanges = true;
        // all of it is too much for one answer, each folder is not
        options.github.tree_limit = 14;
    });
    let doc = |desk: &Desk, arguments: &[&str]| {
        let whole = [&["doc"], arguments].concat();
        well(desk.world.run(&whole)).unwrap_or_else(|why| panic!("{arguments:?}: {why}"))
    };
    desk.write("one.md", "One.\n");
    doc(desk, &["push"]);
    for part in ["a", "b"] {
        fs::create_dir(desk.world.at("desk").join(part)).expect("a folder");
        for number in 0..8 {
            desk.write(&format!("{part}/{number}.md"), "The sea was calm.\n");
        }
    }
    doc(desk, &["push", "-m", "All of it"]);
    doc(desk, &["pull"]);
    doc(desk, &["version", "Draft 1"]);
    doc(desk, &["version"]);
    let named = desk.world.at("desk");
    fs::rename(named.join("one.md"), named.join("first.md")).expect("a name");
    desk.write("a/1.md", "The sea was wild.\n");
    doc(desk, &["push"]);
    let by_git: Vec<_> = (0..6)
        .map(|n| (format!("git-{n}.md"), format!("{n}\n")))
        .collect();
    let files: Vec<_> = by_git
        .iter()
        .map(|(n, t)| (n.as_str(), Some(t.as_bytes())))
        .collect();
    desk.sandbox
        .github()
        .commit(NOVEL, "main", "git", "by git", &files)
        .expect("a version");
    desk.write("mine.md", "Mine.\n");
    doc(desk, &["push"]);
    let one = [("one-more.md", Some(b"One more.\n".as_slice()))];
    desk.sandbox
        .github()
        .commit(NOVEL, "main", "git", "by git", &one)
        .expect("a version");
    doc(desk, &["pull"]);
    doc(desk, &["status", "--remote"]);
    doc(desk, &["log"]);
    doc(desk, &["log", "first.md"]);
    doc(desk, &["find", "sea was"]);
    doc(desk, &["diff", "--since", "Draft 1"]);
    doc(desk, &["restore", "a/1.md@Draft 1"]);
    doc(desk, &["open"]);
    let log = desk.sandbox.github().log(NOVEL, "main").expect("versions");
    let github = desk.sandbox.github();
    github
        .force(NOVEL, "main", "git", Some(&log[2]))
        .expect("a version");
    desk.world.run(&["doc", "pull"]);
    doc(desk, &["pull", "--accept-rewrite", "--allow-deletes", "20"]);
    // where there is no GraphQL
    let definition = desk.sandbox.provider_toml("Practice");
    let lines = definition
        .lines()
        .filter(|line| !line.starts_with("graphql"));
    desk.world.define(&lines.collect::<Vec<_>>().join("\n"));
    desk.write("by-parts.md", "Parts.\n");
    fs::write(desk.world.at("desk/picture.png"), b"\x89PNG\xff").expect("a file");
    desk.write("a/2.md", "Other.\n");
    doc(desk, &["push"]);
    doc(desk, &["pull"]);
    fs::create_dir(desk.world.at("other")).expect("a folder");
    "other".clone_into(&mut desk.world.place);
    doc(
        desk,
        &["init", "--repo", "writer/made", "--create", "--yes"],
    );
    desk.sandbox.github().exchanges()
}

#[test]
fn every_request_of_doc_fits_githubs_own_description() {
    let mut desk = Desk::new();
    let exchanges = all_that_is_asked(&mut desk);
    // the description knows repositories by their name only
    let named = exchanges.into_iter().map(|mut exchange| {
        let path = exchange["path"].as_str().unwrap_or_default();
        let path = path.strip_prefix("/github").unwrap_or(path);
        let path = match path.strip_prefix("/repositories/") {
            Some(rest) => {
                let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
                format!("/repos/{NOVEL}{rest}")
            }
            None => path.to_owned(),
        };
        exchange["path"] = path.into();
        exchange
    });
    let named: Vec<Value> = named.collect();
    let Some(report) = check(&named) else {
        return;
    };
    assert!(report.problems.is_empty(), "{:#?}", report.problems);
    assert_eq!(
        report.checked,
        u64::try_from(named.len()).expect("a small number")
    );
    rig::say(&format!(
        "{} requests of doc, of {} operations, fit: {:?}",
        report.checked,
        report.operations.len(),
        report.operations
    ));
    assert!(report.operations.len() >= 17, "{:#?}", report.operations);
}

/// A writer at a screen: the first push of an empty machine, a dispute between two machines that is
/// walked through place by place, and yesterday's chapter.
#[test]
#[expect(clippy::too_many_lines, reason = "one session, in its order")]
fn a_writer_saves_decides_and_brings_a_chapter_back() {
    let mut desk = Desk::new();
    let text =
        "The sea was calm and the boats lay still.\n\nNobody spoke.\n\nThey sailed at dawn.\n";
    desk.world.place = String::new();
    for folder in ["novel", "laptop"] {
        fs::create_dir(desk.world.at(folder)).expect("a folder");
    }
    fs::write(desk.world.at("novel/storm.md"), text).expect("a chapter");
    // no terminal program is needed to write a place anew
    let editor = "sed -i s/wild/furious/";
    let Some(screen) = Screen::start(&desk.world, &[("EDITOR", editor)]) else {
        return;
    };
    screen.enter("cd novel; oauthctl doc push storm.md --repo writer/storm");
    screen.until("there is no repository `writer/storm`; make it, private?");
    screen.enter("y");
    let said = screen.until("saved in `writer/storm`");
    assert!(said.contains("new        storm.md  +15 words"), "{said}");
    screen.enter("cd ../laptop; oauthctl doc init --repo writer/storm && oauthctl doc pull");
    screen.until("this is what `writer/storm` has now");
    let here = |folder: &str| desk.world.at(folder).join("storm.md");
    let write = |folder: &str, text: String| fs::write(here(folder), text).expect("a chapter");
    write(
        "laptop",
        text.replace("calm", "restless")
            .replace("at dawn", "at noon"),
    );
    screen.enter("oauthctl doc push -m 'on the train'");
    screen.until("saved      storm.md");
    write(
        "novel",
        text.replace("calm", "wild").replace("at dawn", "at night"),
    );
    screen.enter("clear; cd ../novel; oauthctl doc pull");
    screen.until("conflict   storm.md");
    screen.enter("clear; oauthctl doc resolve");
    let said = screen.until("1 of 2");
    assert!(
        said.contains("you and somebody else changed 2 places"),
        "{said}"
    );
    let question = "write it yourself (e), later (Enter)?";
    screen.until(question);
    screen.enter("e");
    screen.until("2 of 2");
    screen.enter("nonsense");
    screen.until("say m, t, b, e, or only Enter");
    screen.enter("t");
    screen.until("settled  storm.md");
    screen.keep("writer");
    let now = fs::read_to_string(here("novel")).expect("a chapter");
    assert!(now.contains("The sea was furious"), "{now}");
    assert!(
        now.contains("The sea was restless"),
        "both were in the editor: {now}"
    );
    assert!(
        now.contains("They sailed at noon.") && !now.contains("at night"),
        "{now}"
    );
    screen.enter("clear; oauthctl doc push && oauthctl doc log storm.md; echo told=$?");
    let said = screen.until("told=0");
    assert!(said.contains("on the train"), "{said}");
    let words = [
        "commit", "branch", "HEAD", "merge", "blob", "sha", "remote", "origin",
    ];
    for jargon in words {
        let found = said
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == jargon);
        assert!(!found, "`{jargon}` is git's word: {said}");
    }
    let first = said
        .lines()
        .rfind(|line| line.contains("storm.md"))
        .expect("the first");
    let first = first
        .split_whitespace()
        .next()
        .expect("its number")
        .to_owned();
    screen.enter(&format!("clear; oauthctl doc restore storm.md@{first}"));
    screen.until("save that with `oauthctl doc push`");
    assert_eq!(fs::read_to_string(here("novel")).expect("a chapter"), text);
    screen.enter("clear; oauthctl doc undo && oauthctl doc diff; echo ended=$?");
    screen.until("ended=0");
    assert_eq!(fs::read_to_string(here("novel")).expect("a chapter"), now);
}
