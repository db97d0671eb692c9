//! `doc`: two writers, one novel, and what goes over the wire.

use oauthctl::sandbox::{Area, Endpoint};

use crate::desk::NOVEL;
use crate::world::World;

#[test]
fn doc_push_of_one_file_links_an_unlinked_folder_and_saves_it() {
    let world = World::with_novel();
    let desk = world.folder("a");
    desk.write("chapter3.md", "It was a dark night.\n");
    desk.write("notes.md", "not yet\n");
    desk.ok(&["push", "chapter3.md", "--repo", NOVEL]).says(&[
        "this folder is linked to `writer/novel`",
        "saved in `writer/novel`",
    ]);
    assert_eq!(
        world.there("chapter3.md").as_deref(),
        Some("It was a dark night.\n")
    );
    assert_eq!(world.there("notes.md"), None);
    desk.ok(&["push"]);
    assert_eq!(world.there("notes.md").as_deref(), Some("not yet\n"));
    assert_eq!(world.versions(), 2);
}

#[test]
fn doc_push_of_one_and_of_a_hundred_files_is_one_request() {
    let world = World::with_novel();
    world.git(&[("0.md", Some(b"zero\n"))]);
    let desk = world.desk("a");
    desk.write("one.md", "one\n");
    let (requests, _) = world.requests(|| desk.ok(&["push"]));
    assert_eq!(requests, 1);
    for number in 0..100 {
        desk.write(
            &format!("book/{number}.md"),
            format!("chapter {number}\n").repeat(2000),
        );
    }
    let (requests, _) = world.requests(|| desk.ok(&["push"]));
    assert_eq!(requests, 1);
    assert_eq!(world.versions(), 3);
    let (requests, output) = world.requests(|| desk.ok(&["push"]));
    output.says(&["nothing is new here"]);
    assert_eq!(requests, 0);
}

#[test]
fn doc_pull_asks_once_where_nothing_is_new_and_four_times_at_most_for_a_hundred_files() {
    let world = World::with_novel();
    let texts: Vec<(String, String)> = (0..100)
        .map(|number| {
            (
                format!("book/{number}.md"),
                format!("chapter {number}\n").repeat(2000),
            )
        })
        .collect();
    world.git(&[("0.md", Some(b"zero\n"))]);
    let desk = world.desk("a");
    let (requests, output) = world.requests(|| desk.ok(&["pull"]));
    output.says(&["nothing is new in `writer/novel`"]);
    assert_eq!(requests, 1);
    let files: Vec<(&str, Option<&[u8]>)> = texts
        .iter()
        .map(|(path, text)| (path.as_str(), Some(text.as_bytes())))
        .collect();
    world.git(&files);
    let (requests, _) = world.requests(|| desk.ok(&["pull"]));
    assert!(requests <= 4, "{requests}");
    for (path, text) in &texts {
        assert_eq!(desk.read(path).as_ref(), Some(text));
    }
    let (requests, _) = world.requests(|| desk.ok(&["status"]));
    assert_eq!(requests, 0);
    let (requests, output) = world.requests(|| desk.ok(&["status", "--remote"]));
    output.says(&["nothing is new in"]);
    assert_eq!(requests, 1);
}

#[test]
fn doc_push_and_doc_pull_carry_a_novel_between_two_desks() {
    let world = World::with_novel();
    let (a, b) = (world.folder("a"), world.folder("b"));
    a.write("Teil 1/Größe.md", "eins\n");
    a.write("two.md", "two\n");
    a.ok(&["push", "--repo", NOVEL]);
    b.ok(&["init", "--repo", NOVEL]);
    b.ok(&["pull"]);
    assert_eq!(b.files(), ["Teil 1/Größe.md", "two.md"]);
    b.write("two.md", "zwei\n");
    b.delete("Teil 1/Größe.md");
    b.write("three.md", "drei\n");
    b.ok(&["push", "-m", "On the train"]);
    a.write("mine.md", "mine\n");
    // a is behind, and pushes all the same
    a.ok(&["push"]);
    assert_eq!(a.files(), ["mine.md", "three.md", "two.md"]);
    assert_eq!(a.read("two.md").as_deref(), Some("zwei\n"));
    // an empty repository takes one file first
    assert_eq!(world.versions(), 4);
    b.ok(&["pull"]);
    assert_eq!(b.files(), a.files());
}

/// Two desks with one text, changed at both; `a` has pushed.
fn disputed(world: &World) -> (crate::desk::Desk<'_>, crate::desk::Desk<'_>) {
    world.git(&[("three.md", Some(b"It was a dark night.\n"))]);
    let (a, b) = (world.desk("a"), world.desk("b"));
    a.write("three.md", "It was a stormy night.\n");
    a.ok(&["push"]);
    b.write("three.md", "It was a quiet night.\n");
    (a, b)
}

#[test]
fn doc_pull_leaves_a_disputed_file_alone_and_puts_the_other_version_beside_it() {
    let world = World::with_novel();
    let (_, b) = disputed(&world);
    let output = b.run(&["pull"]).ended(3);
    assert!(
        output.stdout.starts_with("conflict   three.md"),
        "{output:?}"
    );
    assert_eq!(b.read("three.md").unwrap(), "It was a quiet night.\n");
    let files = b.files();
    assert_eq!(files.len(), 2, "{files:?}");
    let copy = files
        .iter()
        .find(|name| name.contains("from GitHub"))
        .unwrap();
    assert!(copy.starts_with("three — from GitHub (20") && copy.ends_with(", writer).md"));
    assert_eq!(b.read(copy).unwrap(), "It was a stormy night.\n");
    // neither pushed nor pulled until somebody decided, and the copy is nobody's chapter
    b.run(&["push"])
        .ended(3)
        .says(&["nothing was saved", "doc resolve"]);
    b.run(&["pull"]).ended(3);
    assert_eq!(b.files(), files);
    assert_eq!(world.there("three.md").unwrap(), "It was a stormy night.\n");
    let status = b.json(&["status"]);
    assert_eq!(status["open"][0]["why"], "conflict");
    b.ok(&["resolve", "--both"]);
    b.ok(&["push"]);
    assert_eq!(b.files(), ["three.md"]);
    let both = "It was a quiet night.\nIt was a stormy night.\n";
    assert_eq!(world.there("three.md").unwrap(), both);
}

#[test]
fn doc_undo_of_a_resolve_brings_the_dispute_back_and_not_an_overwriting() {
    let world = World::with_novel();
    let (_, b) = disputed(&world);
    b.run(&["pull"]).ended(3);
    b.ok(&["resolve", "three.md", "--theirs"]);
    assert_eq!(b.read("three.md").unwrap(), "It was a stormy night.\n");
    b.ok(&["undo"]);
    assert_eq!(b.read("three.md").unwrap(), "It was a quiet night.\n");
    b.run(&["push"]).ended(3);
    assert_eq!(world.there("three.md").unwrap(), "It was a stormy night.\n");
    b.ok(&["resolve", "three.md", "--mine"]);
    b.ok(&["push"]);
    assert_eq!(world.there("three.md").unwrap(), "It was a quiet night.\n");
}

#[test]
fn doc_undo_of_a_pull_is_not_pushed_over_what_others_wrote() {
    let world = World::with_novel();
    world.git(&[("a.md", Some(b"one\n")), ("b.md", Some(b"bee\n"))]);
    let desk = world.desk("a");
    world.git(&[
        ("a.md", Some(b"two\n")),
        ("b.md", None),
        ("c.md", Some(b"sea\n")),
    ]);
    desk.ok(&["pull"]);
    assert_eq!(desk.files(), ["a.md", "c.md"]);
    desk.ok(&["undo"]).says(&["the last pull was taken back"]);
    assert_eq!(desk.files(), ["a.md", "b.md"]);
    assert_eq!(desk.read("a.md").unwrap(), "one\n");
    desk.ok(&["push"]);
    assert_eq!(world.there("a.md").unwrap(), "two\n");
    assert_eq!(world.there("b.md"), None);
    assert_eq!(desk.files(), ["a.md", "c.md"]);
}

#[test]
fn doc_deletions_against_changes_keep_the_changed_text() {
    let world = World::with_novel();
    world.git(&[("here.md", Some(b"one\n")), ("there.md", Some(b"one\n"))]);
    let desk = world.desk("a");
    desk.delete("here.md");
    desk.write("there.md", "one two\n");
    world.git(&[("here.md", Some(b"one two\n")), ("there.md", None)]);
    let output = desk.run(&["pull"]).ended(3);
    assert!(output.stdout.contains("back       here.md"), "{output:?}");
    assert!(output.stdout.contains("conflict   there.md"), "{output:?}");
    assert_eq!(desk.files(), ["here.md", "there.md"]);
    desk.run(&["push"]).ended(3);
    assert_eq!(
        world.there("there.md"),
        None,
        "it was brought back silently"
    );
    desk.ok(&["resolve", "--mine"]);
    desk.ok(&["push"]);
    assert_eq!(world.there("there.md").unwrap(), "one two\n");
}

#[test]
fn doc_push_whose_answer_is_lost_makes_one_version() {
    let world = World::with_novel();
    world.git(&[("0.md", Some(b"zero\n"))]);
    let desk = world.desk("a");
    for (number, fault) in [
        "drop-after",
        "500-after",
        "truncate",
        "html",
        "drop-before",
        "500",
    ]
    .iter()
    .enumerate()
    {
        desk.write("0.md", format!("text {number}\n"));
        let before = world.versions();
        let attempt = world.count(Endpoint::GitHub(Area::Mutation)) + 1;
        world.faults(&[&format!("github-mutation:{attempt}={fault}")]);
        desk.ok(&["push"]);
        world.faults(&[]);
        assert_eq!(world.versions(), before + 1, "{fault}");
        assert_eq!(
            world.there("0.md").unwrap(),
            format!("text {number}\n"),
            "{fault}"
        );
        desk.ok(&["push"]).says(&["nothing is new here"]);
    }
}

#[test]
fn doc_push_to_an_empty_repository_whose_answer_is_lost_makes_one_version() {
    let world = World::with_novel();
    let desk = world.folder("a");
    desk.ok(&["init", "--repo", NOVEL]);
    desk.write("0.md", "zero\n");
    world.faults(&["github-contents-write:1=drop-after"]);
    desk.ok(&["push"]);
    assert_eq!(world.versions(), 1);
    desk.ok(&["status"])
        .says(&["1 file, all as in the last version"]);
}

#[test]
fn doc_stops_before_many_deletions_and_before_a_folder_without_files() {
    let world = World::with_novel();
    let names: Vec<String> = (0..20).map(|number| format!("{number}.md")).collect();
    let files: Vec<(&str, Option<&[u8]>)> = names
        .iter()
        .map(|name| (name.as_str(), Some(name.as_bytes())))
        .collect();
    world.git(&files);
    let (a, b) = (world.desk("a"), world.desk("b"));
    for name in &names[..5] {
        a.delete(name);
    }
    a.run(&["push"]).ended(9).says(&[
        "5 of 20 files would be deleted in the repository",
        "nothing was changed",
        "--allow-deletes 5",
    ]);
    assert_eq!(world.versions(), 1);
    a.ok(&["push", "--allow-deletes", "5"]);
    b.run(&["pull"])
        .ended(9)
        .says(&["5 of 20 files would be deleted here"]);
    assert_eq!(b.files().len(), 20);
    b.ok(&["pull", "--allow-deletes", "5"]);
    assert_eq!(b.files().len(), 15);
    for name in b.files() {
        b.delete(&name);
    }
    b.run(&["push"]).ended(9).says(&["none of its 15 files"]);
}

#[test]
fn doc_push_refuses_what_nobody_means_to_publish() {
    let world = World::with_novel();
    let desk = world.desk("a");
    for (text, said) in [
        (
            "<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n",
            "unfinished conflict markers",
        ),
        (
            "version https://git-lfs.github.com/spec/v1\noid x\n",
            "a pointer of Git LFS",
        ),
    ] {
        desk.write("a.md", text);
        desk.run(&["push"])
            .ended(9)
            .says(&[said, "nothing was changed"]);
    }
    assert!(
        world
            .sandbox(|sandbox| sandbox.github().find(NOVEL, "refs/heads/main"))
            .is_none()
    );
}

#[test]
fn doc_pull_never_writes_names_that_could_do_harm() {
    let world = World::with_novel();
    let desk = world.desk("a");
    world.sandbox(|sandbox| {
        let text: &[u8] = b"evil\n";
        sandbox
            .github()
            .plant(
                NOVEL,
                "main",
                &[
                    (0o100_644, b"fine.md", text),
                    (0o100_644, b"..", text),
                    (0o100_644, b".git", text),
                    (0o100_644, b".GIT ", text),
                    (0o040_000, b".oauthctl", text),
                    (0o100_644, b"nul.md", text),
                    (0o100_644, b"a\\b.md", text),
                    (0o100_644, b"/etc", text),
                    (0o120_000, b"link.md", b"/etc/passwd"),
                    (0o160_000, b"module", text),
                    (0o100_644, b"bell\x07.md", text),
                    (0o100_644, b"not text \xff.md", text),
                ],
            )
            .unwrap();
    });
    desk.ok(&["pull"]);
    assert_eq!(desk.files(), ["fine.md"]);
    // and what was not written is not taken for deleted
    desk.ok(&["push"]).says(&["nothing is new here"]);
    assert!(!world.path("work/etc").exists() && !world.path("work/.git").exists());
}

/// Where the branch is.
fn head(world: &World) -> String {
    world.sandbox(|sandbox| sandbox.github().log(NOVEL, "main").unwrap().remove(0))
}

fn force(world: &World, to: &str) {
    world.sandbox(|sandbox| {
        let github = sandbox.github();
        github.force(NOVEL, "main", "somebody", Some(to)).unwrap();
    });
}

#[test]
fn doc_stops_where_what_was_saved_was_rewritten_and_goes_on_with_a_yes() {
    for to_an_older_one in [true, false] {
        let world = World::with_novel();
        let first = world.git(&[("a.md", Some(b"one\n"))]);
        let desk = world.desk("a");
        desk.write("a.md", "one two\n");
        desk.write("b.md", "bee\n");
        desk.ok(&["push"]);
        let ours = head(&world);
        force(&world, &first);
        if !to_an_older_one {
            world.git(&[("c.md", Some(b"sea\n"))]);
        }
        desk.write("a.md", "one two three\n");
        let before = desk.files();
        for command in ["pull", "push"] {
            desk.run(&[command]).ended(9).no_data().says(&[
                "was rewritten there",
                "nothing was changed",
                "doc pull --accept-rewrite",
                &format!("doc restore FILE@{ours}"),
            ]);
            assert_eq!(desk.files(), before);
            assert_eq!(desk.read("a.md").unwrap(), "one two three\n");
        }
        // what this desk has and wrote since is not taken for what others wrote
        let pulled = desk.run(&["pull", "--accept-rewrite"]);
        assert!([0, 3].contains(&pulled.code), "{pulled:?}");
        assert!(desk.read("a.md").unwrap().contains("three"), "{pulled:?}");
        assert_eq!(desk.read("c.md").is_some(), !to_an_older_one);
        desk.ok(&["restore", &format!("b.md@{ours}")]);
        assert_eq!(desk.read("b.md").unwrap(), "bee\n");
    }
}

#[test]
fn doc_takes_an_older_version_that_was_forced_long_ago_for_a_replica_that_lags() {
    let world = World::with_novel();
    let first = world.git(&[("a.md", Some(b"one\n"))]);
    world.git(&[("a.md", Some(b"gone\n"))]);
    force(&world, &first);
    let desk = world.desk("a");
    desk.write("a.md", "one two\n");
    desk.ok(&["push"]);
    world.faults(&["github-read:1=stale"]);
    desk.ok(&["pull"]);
    assert_eq!(desk.read("a.md").unwrap(), "one two\n");
}

#[test]
fn doc_knows_a_repository_by_its_number() {
    let world = World::with_novel();
    world.git(&[("a.md", Some(b"one\n"))]);
    let desk = world.desk("a");
    world.sandbox(|sandbox| sandbox.github().rename(NOVEL, "renamed").unwrap());
    desk.write("a.md", "two\n");
    desk.ok(&["push"]).says(&["saved in"]);
    desk.ok(&["pull"]);
    world.sandbox(|sandbox| {
        sandbox.github().remove("writer/renamed").unwrap();
        sandbox.github().create("writer", "filler");
        sandbox.github().create("writer", "novel");
    });
    desk.write("a.md", "three\n");
    desk.run(&["pull"])
        .ended(9)
        .says(&["another repository than the one"]);
}

#[test]
fn doc_without_the_scope_says_how_to_get_it() {
    let world = World::new();
    world.connect();
    let desk = world.folder("a");
    desk.run(&["init", "--repo", NOVEL]).ended(4).says(&[
        "may not read and write repositories",
        "oauthctl connect sandbox/writer --add repo",
    ]);
}

#[test]
fn doc_init_makes_a_private_repository_on_a_yes() {
    let world = World::new();
    world
        .connect_with(&["sandbox", "--scope", "repo"])
        .0
        .ended(0);
    let desk = world.folder("a");
    desk.run(&["init", "--repo", "novel"])
        .ended(7)
        .says(&["--create --yes"]);
    desk.ok(&["init", "--repo", "novel", "--create", "--yes"]);
    desk.run(&["init", "--repo", "novel"])
        .ended(2)
        .says(&["linked to `writer/novel` already"]);
    desk.write("a.md", "one\n");
    desk.ok(&["push"]);
    assert_eq!(world.there("a.md").unwrap(), "one\n");
}

#[test]
fn doc_tells_a_rate_limit_from_a_refusal() {
    let world = World::with_novel();
    world.git(&[("a.md", Some(b"one\n"))]);
    let desk = world.desk("a");
    desk.write("a.md", "two\n");
    world.faults(&["github-mutation:*=secondary/3600"]);
    desk.run(&["push"])
        .ended(5)
        .says(&["too many requests", "try again in 1h"]);
    world.faults(&["github-any:*=primary/3000"]);
    desk.run(&["push"])
        .ended(5)
        .says(&["too many requests", "try again in 50m"]);
    world.faults(&["github-mutation:*=forbidden"]);
    desk.run(&["push"]).ended(7).says(&["access was denied"]);
    let next = world.count(Endpoint::GitHub(Area::Mutation)) + 1;
    world.faults(&[&format!("github-mutation:{next}=secondary/1")]);
    desk.ok(&["push"]).says(&["saved in"]);
    assert_eq!(world.there("a.md").unwrap(), "two\n");
}

#[test]
fn doc_push_and_doc_pull_work_where_there_is_no_graphql() {
    let world = World::with_novel();
    let toml = world.provider_toml();
    let graphql = toml
        .lines()
        .find(|line| line.starts_with("graphql = "))
        .unwrap();
    world.define("sandbox", &toml.replace(graphql, ""));
    world.git(&[("old.md", Some(b"old\n")), ("0.md", Some(b"zero\n"))]);
    let (a, b) = (world.desk("a"), world.desk("b"));
    a.delete("old.md");
    a.write("0.md", "zero and more\n");
    for number in 1..150 {
        a.write(&format!("book/{number}.md"), format!("chapter {number}\n"));
    }
    a.write("empty.md", "");
    a.write("mark.md", "\u{feff}with a mark\r\n");
    a.write("picture.png", [0x89, b'P', 0, 0xff]);
    // the one that moves the branch is lost, and nothing is saved twice
    world.faults(&["github-ref-write:1=drop-after"]);
    a.ok(&["push"]);
    assert_eq!(world.versions(), 2);
    assert_eq!(world.count(Endpoint::GitHub(Area::Mutation)), 0);
    a.ok(&["push"]).says(&["nothing is new here"]);
    b.ok(&["pull"]);
    assert_eq!(b.files(), a.files());
    for name in b.files() {
        let read = |desk: &crate::desk::Desk<'_>| std::fs::read(desk.path(&name)).unwrap();
        assert_eq!(read(&a), read(&b), "{name}");
    }
    // somebody else was first
    world.git(&[("0.md", Some(b"zero and more\nby git\n"))]);
    a.write("book/1.md", "chapter one\n");
    a.ok(&["push"]);
    assert_eq!(a.read("0.md").unwrap(), "zero and more\nby git\n");
    assert_eq!(world.there("0.md").unwrap(), "zero and more\nby git\n");
}

#[test]
fn doc_restore_brings_an_earlier_text_back_and_doc_log_tells_which_there_are() {
    let world = World::with_novel();
    let desk = world.desk("a");
    for text in ["one\n", "one two three\n", "one\n"] {
        desk.write("a.md", text);
        desk.ok(&["push", "-m", &format!("as {}", text.trim())]);
    }
    let log = desk.json(&["log", "a.md"]);
    let versions = log["versions"].as_array().unwrap();
    let said: Vec<&str> = versions
        .iter()
        .map(|v| v["message"].as_str().unwrap())
        .collect();
    assert_eq!(said, ["as one", "as one two three", "as one"]);
    assert_eq!(versions[1]["words"]["added"], 2);
    let id: String = versions[1]["version"]
        .as_str()
        .unwrap()
        .chars()
        .take(7)
        .collect();
    desk.ok(&["restore", &format!("a.md@{id}")]);
    assert_eq!(desk.read("a.md").unwrap(), "one two three\n");
    desk.ok(&["undo"]);
    assert_eq!(desk.read("a.md").unwrap(), "one\n");
    desk.run(&["restore", "b.md@main"])
        .ended(2)
        .says(&["not in that version"]);
    desk.run(&["restore", "a.md@nosuch"])
        .ended(2)
        .says(&[
            "there is no version `nosuch`",
            "hint: see which there are: `oauthctl doc log`",
        ])
        .silent_about("account");
}
