//! Repositories of the practice GitHub, read by real git.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::github_api::write_a_novel;
use crate::github_talk::{Talk, encoded};
use crate::rig;

/// What git prints, in a repository and in no other settings than its own.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let git = rig::program("git")?;
    let output = Command::new(git)
        .env_clear()
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", folder)
        .arg("--git-dir")
        .arg(folder)
        .args(arguments)
        .output()
        .expect("git");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    assert_eq!(errors, "", "{arguments:?}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn an_exported_repository_is_sound_and_reads_the_same_in_git() {
    let mut talk = Talk::new();
    write_a_novel(&mut talk);
    let github = talk.sandbox.github();
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("novel.git");
    github.export("writer/novel", &place).expect("an export");
    assert!(github.export("writer/novel", &place).is_err()); // nothing is overwritten
    let Some(checked) = git(&place, &["fsck", "--strict", "--full", "--no-dangling"]) else {
        return;
    };
    assert_eq!(checked, "");
    same_history(&mut talk, &place);
    same_files(&talk, &place);
    same_changes(&mut talk, &place);
}

/// `git log` has the commits, people, times and messages that the API tells.
fn same_history(talk: &mut Talk, place: &Path) {
    let format = "--format=%H%x00%T%x00%P%x00%an <%ae>%x00%aI%x00%cn <%ce>%x00%cI%x00%B%x01";
    let log = git(place, &["log", format, "main"]).expect("git");
    let theirs: Vec<Vec<String>> = log
        .split_terminator("\u{1}\n")
        .map(|entry| {
            entry
                .split('\0')
                .map(|part| part.trim_end().to_owned())
                .collect()
        })
        .collect();
    let commits = talk.ok(
        200,
        "GET",
        "/repos/writer/novel/commits?per_page=100",
        Value::Null,
    );
    let text = |value: &Value| value.as_str().expect("a text").trim_end().to_owned();
    let person = |value: &Value| format!("{} <{}>", text(&value["name"]), text(&value["email"]));
    let time = |value: &Value| text(&value["date"]).replace('Z', "+00:00");
    let ours: Vec<Vec<String>> = commits
        .as_array()
        .expect("a list")
        .iter()
        .map(|commit| {
            let inner = &commit["commit"];
            let parents = commit["parents"].as_array().expect("a list");
            let parents: Vec<String> = parents.iter().map(|parent| text(&parent["sha"])).collect();
            vec![
                text(&commit["sha"]),
                text(&inner["tree"]["sha"]),
                parents.join(" "),
                person(&inner["author"]),
                time(&inner["author"]),
                person(&inner["committer"]),
                time(&inner["committer"]),
                text(&inner["message"]),
            ]
        })
        .collect();
    assert_eq!(ours.len(), 4);
    let utc = |mut rows: Vec<Vec<String>>| {
        for row in &mut rows {
            for part in row {
                *part = part.replace('Z', "+00:00");
            }
        }
        rows
    };
    assert_eq!(utc(ours), utc(theirs));
    // and for one path
    let log = git(
        place,
        &["log", "--format=%H", "main", "--", "chapters/1.md"],
    )
    .expect("git");
    let path = "/repos/writer/novel/commits?path=chapters/1.md";
    let commits = talk.ok(200, "GET", path, Value::Null);
    let ours: Vec<_> = commits
        .as_array()
        .expect("a list")
        .iter()
        .map(|c| text(&c["sha"]))
        .collect();
    assert_eq!(ours, log.lines().collect::<Vec<_>>());
}

/// `git show` has every byte of every file.
fn same_files(talk: &Talk, place: &Path) {
    let files = talk
        .sandbox
        .github()
        .files("writer/novel", "main")
        .expect("files");
    let listed = git(place, &["ls-tree", "-r", "-z", "--name-only", "main"]).expect("git");
    let ours: Vec<String> = files
        .keys()
        .map(|path| String::from_utf8_lossy(path).into_owned())
        .collect();
    assert_eq!(ours.len(), listed.split_terminator('\0').count());
    for (path, content) in &files {
        let path = String::from_utf8_lossy(path);
        let shown = git(place, &["show", &format!("main:{path}")]).expect("git");
        assert_eq!(shown, String::from_utf8_lossy(content), "{path}");
    }
    let tag = git(place, &["show", "--no-patch", "--format=%s", "final"]).expect("git");
    assert!(
        tag.contains("The end.") && tag.contains("By parts"),
        "{tag}"
    );
    let refs = git(
        place,
        &["for-each-ref", "--format=%(refname) %(objecttype)"],
    )
    .expect("git");
    assert_eq!(
        refs.lines().collect::<Vec<_>>(),
        [
            "refs/heads/main commit",
            "refs/heads/side commit",
            "refs/tags/draft-2 commit",
            "refs/tags/final tag",
            "refs/tags/t commit",
        ]
    );
}

/// `git diff` counts the lines and finds the renames that the API tells.
fn same_changes(talk: &mut Talk, place: &Path) {
    let commits = git(place, &["rev-list", "main"]).expect("git");
    for commit in commits.lines() {
        let arguments = ["show", "-M", "--numstat", "-z", "--format=", commit];
        let numbers = git(place, &arguments).expect("git");
        let mut theirs = BTreeMap::new();
        let mut parts = numbers.split_terminator('\0');
        while let Some(part) = parts.next() {
            let mut columns = part.splitn(3, '\t').map(str::to_owned);
            let mut column = || columns.next().expect("three columns");
            let (plus, minus, path) = (column(), column(), column());
            let number = |text: &str| text.parse::<u64>().unwrap_or_default(); // `-` for a binary
            let mut next = || parts.next().expect("a path").to_owned();
            let (before, path) = if path.is_empty() {
                (Some(next()), next())
            } else {
                (None, path)
            };
            theirs.insert(path, (number(&plus), number(&minus), before));
        }
        let shown = talk.ok(
            200,
            "GET",
            &format!("/repos/writer/novel/commits/{commit}"),
            Value::Null,
        );
        let files = shown["files"].as_array().expect("a list");
        let ours: BTreeMap<_, _> = files
            .iter()
            .map(|file| {
                let number = |name: &str| file[name].as_u64().expect("a number");
                let before = file["previous_filename"].as_str().map(str::to_owned);
                let path = file["filename"].as_str().expect("a path").to_owned();
                (path, (number("additions"), number("deletions"), before))
            })
            .collect();
        assert_eq!(ours, theirs, "{commit}");
    }
}

#[test]
fn a_hostile_tree_is_exported_as_it_is_and_git_finds_it() {
    let talk = Talk::new();
    let github = talk.sandbox.github();
    github.create("writer", "novel");
    let hostile: [(u32, &[u8], &[u8]); 2] = [(0o100_644, b"..", b"x"), (0o040_000, b".git", b"x")];
    github
        .plant("writer/novel", "main", &hostile)
        .expect("a tree");
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("novel.git");
    github.export("writer/novel", &place).expect("an export");
    let Some(git) = rig::program("git") else {
        return;
    };
    let output = Command::new(git)
        .env_clear()
        .env("HOME", folder.path())
        .arg("--git-dir")
        .arg(&place)
        .args(["fsck", "--strict"])
        .output()
        .expect("git");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    assert!(
        said.contains("hasDotdot") && said.contains("hasDotgit"),
        "{said}"
    );
}

fn unpack(folder: &Path, archive: &[u8], arguments: &[&str]) -> Option<()> {
    let file = folder.join("archive");
    std::fs::write(&file, archive).expect("a file");
    let unpacked = Command::new(rig::program("tar")?)
        .current_dir(folder)
        .args(["--extract", "--file", "archive"])
        .args(arguments)
        .output()
        .expect("tar");
    assert_eq!(String::from_utf8_lossy(&unpacked.stderr), "");
    assert!(unpacked.status.success());
    Some(())
}

#[test]
fn a_repository_can_be_fetched_while_the_sandbox_runs() {
    let mut talk = Talk::new();
    write_a_novel(&mut talk);
    let folder = tempfile::tempdir().expect("a folder");
    let archive = talk.bytes("/_sandbox/github/writer/novel.tar");
    if unpack(folder.path(), &archive, &[]).is_none() {
        return;
    }
    let place = folder.path().join("novel.git");
    let head = git(&place, &["rev-parse", "main"]);
    assert!(head.is_none_or(|head| head.trim() == talk.head()));
}

#[test]
fn an_archive_is_one_that_tar_unpacks() {
    let mut talk = Talk::new();
    write_a_novel(&mut talk);
    let long = format!("{}/{}.md", "folder".repeat(10), "name".repeat(20));
    talk.commit(
        "Long",
        json!({"additions": [{"path": long, "contents": encoded("long\n")}]}),
    );
    let archive = talk.archive("main");
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--gzip", "--strip-components=1"];
    if unpack(folder.path(), &archive, &arguments).is_none() {
        return;
    }
    let files = talk
        .sandbox
        .github()
        .files("writer/novel", "main")
        .expect("files");
    for (path, content) in files {
        let path = folder.path().join(String::from_utf8(path).expect("a name"));
        let found = if path.is_symlink() {
            let target = std::fs::read_link(&path).expect("a link");
            target
                .into_os_string()
                .into_string()
                .expect("text")
                .into_bytes()
        } else {
            std::fs::read(&path).expect("a file")
        };
        assert_eq!(found, content, "{}", path.display());
    }
}
