//! What changed, and what was there once: `doc diff`, `find`, `version`, `log` and `open`.

use std::fs;
use std::path::Path;

use crate::desk::Desk;
use crate::world::World;

const CHAPTER: &str = "# Three\n\nThe sea was calm and the boats lay still.\n\n\
                       Nobody spoke of the storm that had passed.\n\nIn the morning they sailed.\n";

fn with_chapter(world: &World) -> Desk<'_> {
    let desk = world.desk("a");
    desk.write("three.md", CHAPTER);
    desk.ok(&["push"]);
    desk
}

#[test]
fn doc_diff_shows_words_and_moved_paragraphs_and_asks_nobody() {
    let world = World::with_novel();
    let desk = with_chapter(&world);
    let unchanged = desk.ok(&["diff"]).no_data();
    unchanged.says(&["nothing is different"]);
    let moved = "# Three\n\nNobody spoke of the storm that had passed.\n\n\
                 The sea was not calm and the boats lay still.\n\nIn the evening they sailed.\n";
    desk.write("three.md", moved);
    desk.write("four.md", "A new chapter.\n");
    let (requests, output) = world.requests(|| desk.ok(&["diff"]));
    assert_eq!(requests, 0);
    for part in [
        "three.md  (changed)  +2 −1 words",
        "The sea was {+not +}calm and the boats lay still.",
        "In the [-morning-]{+evening+} they sailed.",
        "four.md  (new)  +3 words",
        "{+A new chapter.+}",
    ] {
        assert!(output.stdout.contains(part), "{part}: {}", output.stdout);
    }
    // only what was named
    let one = desk.ok(&["diff", "four.md"]);
    assert!(!one.stdout.contains("three.md"), "{one:?}");
    desk.run(&["diff", "five.md"]).ended(2);
    // coloured, the marks are colours
    let coloured = desk.ok(&["diff", "--color", "always"]);
    assert!(
        coloured.stdout.contains("\u{1b}[4;32mnot \u{1b}[0m"),
        "{coloured:?}"
    );
    assert!(!coloured.stdout.contains("{+"));
    let document = desk.json(&["diff", "three.md"]);
    let runs = &document["files"][0]["paragraphs"][0];
    assert_eq!(document["files"][0]["words"]["added"], 2, "{runs}");
}

#[test]
fn doc_diff_tells_of_a_paragraph_that_moved_and_of_a_file_with_another_name() {
    let world = World::with_novel();
    let desk = with_chapter(&world);
    let paragraphs: Vec<&str> = CHAPTER.split_inclusive("\n\n").collect();
    let moved = [
        paragraphs[0],
        paragraphs[2],
        paragraphs[3],
        "\n",
        paragraphs[1],
    ]
    .concat();
    desk.write("three.md", moved);
    let output = desk.ok(&["diff"]);
    let told = "moved here from ¶2: The sea was calm";
    assert!(output.stdout.contains(told), "{output:?}");
    desk.write("three.md", CHAPTER);
    fs::rename(desk.path("three.md"), desk.path("storm.md")).unwrap();
    let output = desk.ok(&["diff"]);
    assert!(
        output
            .stdout
            .contains("storm.md  (renamed, was `three.md`)"),
        "{output:?}"
    );
    assert!(!output.stdout.contains("deleted"), "{output:?}");
}

#[test]
fn doc_diff_since_an_earlier_version_asks_for_its_texts() {
    let world = World::with_novel();
    let desk = with_chapter(&world);
    desk.ok(&["version", "First"]);
    desk.write("three.md", CHAPTER.replace("calm", "wild"));
    desk.ok(&["push"]);
    desk.ok(&["diff"]).says(&["nothing is different"]);
    let output = desk.ok(&["diff", "--since", "First"]);
    assert!(output.stdout.contains("[-calm-]{+wild+}"), "{output:?}");
    desk.run(&["diff", "--since", "nosuch"])
        .ended(2)
        .says(&["there is no version `nosuch`", "oauthctl doc log"]);
    // on another desk, where the text never was
    let other = world.desk("b");
    let output = other.ok(&["diff", "--since", "First"]);
    assert!(output.stdout.contains("[-calm-]{+wild+}"), "{output:?}");
}

#[test]
fn doc_diff_html_is_a_page_that_runs_nothing_and_is_nobodys_chapter() {
    let world = World::with_novel();
    let desk = with_chapter(&world);
    let hostile = "<script>alert(1)</script> \u{202e}\u{1b}]0;x\u{7}& \"quoted\"\n";
    desk.write("three.md", format!("{CHAPTER}\n{hostile}"));
    desk.write("<img src=x onerror=alert(1)>.md", "x\n");
    let output = desk.ok(&["diff", "--html"]);
    let path = output.stdout.trim_end().to_owned();
    let page = fs::read_to_string(&path).unwrap();
    assert!(page.starts_with("<!doctype html>"));
    assert!(page.contains("default-src 'none'"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    for never in ["<script", "<img", "\u{1b}", "\u{202e}", "http:", "https:"] {
        assert!(!page.contains(never), "{never:?}");
    }
    // it lies where it is never pushed from
    let (_, status) = world.requests(|| desk.json(&["status"]));
    assert_eq!(status["changed"].as_array().unwrap().len(), 2, "{status}");
    let named = desk.path("../page.html");
    let flag = format!("--html={}", named.display());
    desk.ok(&["diff", &flag]);
    assert!(fs::read_to_string(named).unwrap().contains("<ins>"));
}

#[test]
fn doc_diff_html_replaces_a_file_only_when_that_is_said_and_never_what_is_needed() {
    let world = World::with_novel();
    let desk = with_chapter(&world);
    let diff = |path: &Path, more: &[&str]| {
        let flag = format!("--html={}", path.display());
        desk.run(&[&["diff", &flag][..], more].concat())
    };
    let page = world.give("page.html", "mine");
    diff(&page, &[]).ended(1).says(&["exists", "--force"]);
    assert_eq!(fs::read_to_string(&page).unwrap(), "mine");
    diff(&page, &["--force"]).ended(0);
    assert!(fs::read_to_string(&page).unwrap().contains("<!doctype"));
    let export = ["vault", "export", "--connection", "sandbox", "--to"];
    let to = age::x25519::Identity::generate().to_public().to_string();
    let left = world.path("work/left.age");
    let link = world.path("work/link");
    std::os::unix::fs::symlink(&page, &link).unwrap();
    let kept = [world.key_file(), world.vault(), link, "/dev/null".into()];
    let kept = kept.map(|path| (fs::read(&path).unwrap(), path));
    for (before, path) in &kept {
        for more in [&["--force"][..], &[]] {
            diff(path, more).ended(1).no_data();
        }
        assert!(fs::read(path).unwrap() == *before, "{}", path.display());
    }
    let beside = world.vault().with_file_name("vault.db-journal");
    diff(&beside, &[]).ended(1).says(&["is the vault's"]);
    world.ok(&[&export[..], &[&to, left.to_str().unwrap()]].concat());
    let before = fs::read(&left).unwrap();
    diff(&left, &["--force"]).ended(9).says(&["left in"]);
    assert!(fs::read(&left).unwrap() == before);
}

#[test]
fn doc_push_after_a_merge_counts_the_words_of_this_desk_only() {
    let world = World::with_novel();
    let desk = with_chapter(&world);
    let laptop = world.desk("laptop");
    desk.write("three.md", CHAPTER.replace("calm", "restless"));
    desk.ok(&["push"]);
    laptop.write(
        "three.md",
        CHAPTER.replace("In the morning", "In the grey morning"),
    );
    let pushed = laptop.json(&["push"]);
    assert_eq!(pushed["pulled"][0]["what"], "merged", "{pushed}");
    let words = &pushed["pushed"][0]["words"];
    assert_eq!(
        (&words["added"], &words["removed"]),
        (&1.into(), &0.into()),
        "{pushed}"
    );
    let log = laptop.json(&["log", "three.md"]);
    assert_eq!(log["versions"][0]["words"]["added"], 1, "{log}");
}

#[test]
fn doc_find_finds_a_sentence_that_is_gone_and_doc_restore_brings_it_back() {
    let world = World::with_novel();
    let desk = with_chapter(&world);
    desk.write(
        "four.md",
        "Nobody spoke.\n\nOf the storm there was no trace.\n",
    );
    desk.ok(&["push"]);
    desk.write("three.md", "# Three\n\nIn the morning they sailed.\n");
    desk.ok(&["push"]);
    desk.delete("four.md");
    desk.ok(&["push"]);
    // on another desk, where these texts never were
    let other = world.desk("b");
    let found = other.json(&["find", "nobody   SPOKE of", "the storm"]);
    let hits = found["found"].as_array().unwrap();
    let paths: Vec<_> = hits
        .iter()
        .map(|hit| hit["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["four.md", "three.md"], "the newest first: {found}");
    assert_eq!(hits[1]["is_there"], false);
    assert!(
        hits[1]["around"]
            .as_str()
            .unwrap()
            .contains("Nobody spoke of the storm")
    );
    // what came is kept: only the list of versions is asked for again
    let (requests, _) = world.requests(|| other.ok(&["find", "storm"]));
    assert_eq!(requests, 1);
    let output = other.ok(&["find", "the sea was calm"]);
    output
        .clone()
        .says(&["bring a text back with `oauthctl doc restore three.md@"]);
    let place = output.stdout.split_whitespace().next().unwrap().to_owned();
    other.ok(&["restore", &place]);
    assert_eq!(other.read("three.md").as_deref(), Some(CHAPTER));
    let still = other.json(&["find", "sea", "--file", "three.md"]);
    assert_eq!(still["found"][0]["is_there"], true);
    other
        .ok(&["find", "whale"])
        .no_data()
        .says(&["no version has these words"]);
    other
        .run(&["find", "—"])
        .ended(2)
        .says(&["there is no word"]);
}

#[test]
fn doc_version_names_a_version_once_and_the_name_means_it() {
    let world = World::with_novel();
    let empty = world.desk("empty");
    empty
        .run(&["version", "Draft 1"])
        .ended(1)
        .says(&["there is no version yet"]);
    let desk = with_chapter(&world);
    desk.ok(&["version"])
        .no_data()
        .says(&["no version has a name yet"]);
    desk.ok(&["version", "Draft 1"])
        .says(&["is called `Draft-1`"]);
    // said again it is the same, also after a lost answer
    desk.ok(&["version", "Draft 1"]);
    desk.write("three.md", "other\n");
    let said = desk.ok(&["version", "Half done"]);
    said.says(&["what is new here is not in it"]);
    desk.ok(&["push"]);
    desk.run(&["version", "Draft 1"])
        .ended(1)
        .says(&["another version is called `Draft-1` already", "hint:"]);
    let listed = desk.ok(&["version"]);
    assert!(listed.stdout.contains("Draft-1") && listed.stdout.contains("Half-done"));
    let log = desk.ok(&["log"]);
    assert!(log.stdout.contains("[Draft-1]"), "{log:?}");
    desk.ok(&["restore", "three.md@Draft 1"]);
    assert_eq!(desk.read("three.md").as_deref(), Some(CHAPTER));
    for bad in ["a/b", "..", "deadbeef", "a\u{1b}[2J"] {
        desk.run(&["version", bad]).ended(2).no_data();
    }
}

#[test]
fn doc_version_whose_answer_is_lost_is_named_once() {
    let world = World::with_novel();
    let desk = with_chapter(&world);
    world.faults(&["github-ref-write:1=drop-after"]);
    desk.ok(&["version", "Draft 1"])
        .says(&["is called `Draft-1`"]);
}

#[test]
fn doc_log_follows_a_file_to_the_names_it_had() {
    let world = World::with_novel();
    let desk = with_chapter(&world);
    desk.write("three.md", CHAPTER.replace("calm", "wild"));
    desk.ok(&["push", "-m", "wilder"]);
    fs::rename(desk.path("three.md"), desk.path("storm.md")).unwrap();
    desk.ok(&["push", "-m", "a better name"]);
    desk.write("storm.md", CHAPTER.replace("calm", "grey"));
    desk.ok(&["push", "-m", "greyer"]);
    let log = desk.json(&["log", "storm.md"]);
    let told = |name: &str| -> Vec<String> {
        let versions = log["versions"].as_array().unwrap().iter();
        versions
            .map(|one| one[name].as_str().unwrap().to_owned())
            .collect()
    };
    let paths = told("path");
    assert_eq!(
        paths,
        ["storm.md", "storm.md", "three.md", "three.md"],
        "{log}"
    );
    assert_eq!(told("message")[..3], ["greyer", "a better name", "wilder"]);
    assert_eq!(log["versions"][2]["words"]["added"], 1);
    let shown = desk.ok(&["log", "storm.md"]);
    assert!(shown.stdout.contains("(as `three.md`)"), "{shown:?}");
}

#[test]
fn doc_open_names_the_page_of_the_manuscript_and_of_a_file() {
    let world = World::with_novel();
    let desk = with_chapter(&world);
    let output = desk.ok(&["open"]);
    assert!(output.stdout.ends_with("/writer/novel\n"), "{output:?}");
    desk.write("a & b.md", "x\n");
    let output = desk.ok(&["open", "a & b.md"]);
    let end = "/writer/novel/blob/main/a%20%26%20b.md\n";
    assert!(output.stdout.ends_with(end), "{output:?}");
    desk.run(&["open", "nosuch.md"]).ended(2);
}

/// An office file with one text, saved at some time.
fn docx(text: &str, saved: &str) -> Vec<u8> {
    let mut zip = Vec::new();
    let mut list = Vec::new();
    let document = format!("<w:document><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:document>");
    let files = [
        ("word/document.xml", document.as_str()),
        ("docProps/core.xml", saved),
    ];
    for (name, content) in files {
        let [start, size] =
            [zip.len(), content.len()].map(|n| u32::try_from(n).unwrap().to_le_bytes());
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let sum: u32 = content.bytes().map(u32::from).sum();
        let sum = sum.to_le_bytes();
        zip.extend(
            [
                b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0".as_slice(),
                &sum,
                &size,
                &size,
            ]
            .concat(),
        );
        zip.extend(
            [
                &length,
                [0; 2].as_slice(),
                name.as_bytes(),
                content.as_bytes(),
            ]
            .concat(),
        );
        list.extend(
            [
                b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0".as_slice(),
                &sum,
                &size,
            ]
            .concat(),
        );
        list.extend([size.as_slice(), &length, &[0; 12], &start, name.as_bytes()].concat());
    }
    let [start, size] = [zip.len(), list.len()].map(|n| u32::try_from(n).unwrap().to_le_bytes());
    zip.extend(list);
    zip.extend(
        [
            b"PK\x05\x06\0\0\0\0\x02\0\x02\0".as_slice(),
            &size,
            &start,
            &[0; 2],
        ]
        .concat(),
    );
    zip
}

#[test]
fn doc_reads_office_files_and_takes_none_for_new_that_was_only_saved_again() {
    let world = World::with_novel();
    let desk = world.desk("a");
    desk.write("three.docx", docx("The sea was calm.", "monday"));
    let pushed = desk.json(&["push"]);
    assert_eq!(pushed["pushed"][0]["words"]["added"], 4, "{pushed}");
    desk.write("three.docx", docx("The sea was calm.", "tuesday"));
    desk.ok(&["push"]).says(&["nothing is new here"]);
    assert_eq!(world.versions(), 1);
    // what it says is compared
    desk.write("three.docx", docx("The sea was wild.", "tuesday"));
    let diff = desk.ok(&["diff"]);
    assert!(
        diff.stdout.contains("The sea was [-calm-]{+wild+}."),
        "{diff:?}"
    );
    desk.ok(&["push"]);
    assert_eq!(world.versions(), 2);
    let found = desk.json(&["find", "sea was calm"]);
    assert_eq!(found["found"][0]["path"], "three.docx", "{found}");
    // kept whole: what comes back is what was saved, byte for byte
    let first = desk.json(&["log"])["versions"][1]["version"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.ok(&["restore", &format!("three.docx@{first}")]);
    let bytes = fs::read(desk.path("three.docx")).unwrap();
    assert_eq!(bytes, docx("The sea was calm.", "monday"));
}
