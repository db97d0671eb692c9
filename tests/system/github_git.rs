//! Real git against the practice GitHub, over its own protocol.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::github::git;
use crate::github_api::write_a_novel;
use crate::github_talk::{Talk, encoded};
use crate::rig;

/// Real git, at work in a folder, signed in with a token of `writer`'s.
struct Worker {
    folder: tempfile::TempDir,
    git: PathBuf,
    url: String,
}

impl Worker {
    fn new(talk: &Talk, repository: &str) -> Option<Worker> {
        let authority = talk.sandbox.url().trim_start_matches("http://");
        Some(Worker {
            folder: tempfile::tempdir().expect("a folder"),
            git: rig::program("git")?,
            url: format!(
                "http://x:{}@{authority}/github/web/{repository}.git",
                talk.token()
            ),
        })
    }

    fn try_git(&self, arguments: &[&str]) -> Result<String, String> {
        let person = [("AUTHOR", "G. It"), ("COMMITTER", "G. It")];
        let mut command = Command::new(&self.git);
        for (role, name) in person {
            command.env(format!("GIT_{role}_NAME"), name);
            command.env(format!("GIT_{role}_EMAIL"), "git@example.com");
            command.env(format!("GIT_{role}_DATE"), "2026-02-03T04:05:06+05:30");
        }
        let output = command
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .args(arguments)
            .output()
            .expect("git");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        }
    }

    fn git(&self, arguments: &[&str]) -> String {
        self.try_git(arguments)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
    }

    fn write(&self, name: &str, content: &[u8]) {
        std::fs::write(self.folder.path().join(name), content).expect("a file");
    }
}

#[test]
fn real_git_clones_fetches_and_pushes() {
    let mut talk = Talk::new();
    write_a_novel(&mut talk);
    let Some(worker) = Worker::new(&talk, "writer/novel") else {
        return;
    };
    worker.git(&["clone", "--quiet", &worker.url, "."]);
    worker.git(&["fsck", "--strict", "--full"]);
    assert_eq!(worker.git(&["rev-parse", "HEAD"]).trim(), talk.head());
    assert_eq!(worker.git(&["tag"]), "draft-2\nfinal\nt\n");

    push_a_delta(&mut talk, &worker);

    // the API goes on from there, and git takes that in
    let changes = json!({"additions": [{"path": "api.md", "contents": encoded("A\n")}]});
    talk.commit("By the API", changes);
    worker.write("mine.md", b"M\n");
    worker.git(&["add", "--all"]);
    worker.git(&["commit", "--quiet", "--message", "Mine"]);
    let refused = worker
        .try_git(&["push", "--quiet", "origin", "main"])
        .unwrap_err();
    assert!(refused.contains("fetch first"), "{refused}");
    worker.git(&[
        "pull",
        "--quiet",
        "--no-rebase",
        "--no-edit",
        "origin",
        "main",
    ]);
    worker.git(&["push", "--quiet", "origin", "main"]);
    worker.git(&[
        "push",
        "--quiet",
        "origin",
        ":side",
        "HEAD~1:refs/heads/other",
    ]);
    worker.git(&["push", "--quiet", "--force", "origin", "HEAD~1:main"]);
    assert_eq!(talk.head(), worker.git(&["rev-parse", "HEAD~1"]).trim());
    let path = "/repos/writer/novel/activity?activity_type=force_push";
    let activity = talk.ok(200, "GET", path, Value::Null);
    assert_eq!(
        activity[0]["before"].as_str(),
        Some(worker.git(&["rev-parse", "HEAD"]).trim())
    );

    let place = worker.folder.path().join("exported.git");
    talk.sandbox
        .github()
        .export("writer/novel", &place)
        .expect("an export");
    git(&place, &["fsck", "--strict", "--full", "--no-dangling"]);
}

/// A long text, changed a little, goes as a delta; another time zone stays as it is.
fn push_a_delta(talk: &mut Talk, worker: &Worker) {
    let line = |n: u64| {
        format!(
            "{:x} is line {n}
",
            n.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        )
    };
    let long: String = (0..20_000).map(line).collect::<Vec<_>>().concat();
    worker.write("long.md", long.as_bytes());
    worker.git(&["add", "--all"]);
    worker.git(&["commit", "--quiet", "--message", "Long"]);
    worker.git(&["push", "--quiet", "origin", "main"]);
    worker.write(
        "long.md",
        long.replace("line 17\n", "line seventeen\n").as_bytes(),
    );
    worker.git(&["commit", "--quiet", "--all", "--message", "Seventeen"]);
    worker.git(&["tag", "--annotate", "--message", "By git", "by-git"]);
    worker.git(&["push", "--quiet", "--follow-tags", "origin", "main"]);
    assert_eq!(worker.git(&["rev-parse", "HEAD"]).trim(), talk.head());
    let shown = talk.ok(
        200,
        "GET",
        "/repos/writer/novel/commits/by-git",
        Value::Null,
    );
    assert_eq!(shown["commit"]["author"]["date"], "2026-02-02T22:35:06Z");
    assert_eq!(shown["files"][0]["additions"], 1);
}

#[test]
fn real_git_makes_the_first_commit_of_a_repository_and_is_let_in_by_its_token_only() {
    let talk = Talk::new();
    talk.sandbox.github().create("writer", "empty");
    let Some(mut worker) = Worker::new(&talk, "writer/empty") else {
        return;
    };
    worker.git(&["init", "--quiet", "--initial-branch=main", "."]);
    worker.write("a.md", b"A\n");
    worker.git(&["add", "--all"]);
    worker.git(&["commit", "--quiet", "--message", "First"]);
    worker.git(&["push", "--quiet", &worker.url, "main"]);
    let files = talk
        .sandbox
        .github()
        .files("writer/empty", "main")
        .expect("files");
    assert_eq!(files.into_values().collect::<Vec<_>>(), [b"A\n"]);
    worker.url = worker.url.replace(talk.token(), "wrong");
    let refused = worker.try_git(&["ls-remote", &worker.url]).unwrap_err();
    assert!(refused.contains("Authentication failed"), "{refused}");
}
