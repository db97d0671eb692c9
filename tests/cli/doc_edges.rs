//! Manuscripts at the edges: one file of many, names that differ in their spelling, texts that are
//! large.

use std::fs;

use crate::desk::NOVEL;
use crate::world::World;

#[test]
fn doc_pull_of_one_file_leaves_the_others_for_later() {
    let world = World::with_novel();
    world.git(&[("a.md", Some(b"one\n")), ("b.md", Some(b"one\n"))]);
    let desk = world.desk("a");
    world.git(&[
        ("a.md", Some(b"two\n")),
        ("b.md", Some(b"two\n")),
        ("c.md", Some(b"new\n")),
    ]);
    desk.ok(&["pull", "a.md"]);
    assert_eq!(desk.read("a.md").as_deref(), Some("two\n"));
    assert_eq!(desk.read("b.md").as_deref(), Some("one\n"));
    assert_eq!(desk.files(), ["a.md", "b.md"]);
    // what was not asked for is not taken for changed or deleted here
    let pushed = desk.json(&["push", "a.md"]);
    assert!(pushed["pushed"].as_array().unwrap().is_empty(), "{pushed}");
    assert_eq!(world.there("c.md").as_deref(), Some("new\n"));
    desk.ok(&["pull"]);
    assert_eq!(desk.read("b.md").as_deref(), Some("two\n"));
    assert_eq!(desk.files(), ["a.md", "b.md", "c.md"]);
}

#[test]
fn doc_takes_a_name_that_changed_in_case_only_for_a_new_name() {
    let world = World::with_novel();
    let (a, b) = (world.desk("a"), world.desk("b"));
    a.write("Chapter.md", "The sea was calm.\n");
    a.ok(&["push"]);
    b.ok(&["pull"]);
    fs::rename(a.path("Chapter.md"), a.path("chapter.md")).unwrap();
    a.ok(&["push"]);
    let there = world.sandbox(|sandbox| sandbox.github().files(NOVEL, "main").unwrap());
    assert_eq!(there.keys().collect::<Vec<_>>(), [b"chapter.md"]);
    b.ok(&["pull"]);
    assert_eq!(b.files(), ["chapter.md"]);
    assert_eq!(b.read("chapter.md").as_deref(), Some("The sea was calm.\n"));
    for desk in [&a, &b] {
        let status = desk.json(&["status"]);
        assert!(status["changed"].as_array().unwrap().is_empty(), "{status}");
    }
    // two at once can't be on every disk
    a.write("CHAPTER.md", "another\n");
    a.run(&["push"])
        .ended(9)
        .says(&["would be one file on some computers"]);
    assert_eq!(world.versions(), 2);
}

#[test]
fn doc_knows_a_file_however_its_accents_are_written_down() {
    let world = World::with_novel();
    let (a, b) = (world.desk("a"), world.desk("b"));
    let (composed, apart) = ("Caf\u{e9}.md", "Cafe\u{301}.md");
    // as macOS spells it
    a.write(apart, "one\n");
    a.ok(&["push"]);
    assert_eq!(world.there(composed).as_deref(), Some("one\n"));
    b.ok(&["pull"]);
    b.write(composed, "one two\n");
    b.ok(&["push"]);
    a.ok(&["pull"]);
    assert_eq!(a.files(), [apart], "as this disk spells it, once");
    assert_eq!(a.read(apart).as_deref(), Some("one two\n"));
    // and as somebody else's git spelled it there
    world.git(&[(composed, None), ("Nai\u{308}ve.md", Some(b"x\n"))]);
    a.ok(&["pull"]);
    let name = a.files().remove(0);
    a.write(&name, "x y\n");
    a.ok(&["push"]);
    assert_eq!(world.there("Nai\u{308}ve.md").as_deref(), Some("x y\n"));
    assert_eq!(world.there("Na\u{ef}ve.md"), None);
}

#[test]
fn doc_carries_texts_that_are_cut_in_answers_and_too_large_for_one_request() {
    let world = World::with_novel();
    let (a, b) = (world.desk("a"), world.desk("b"));
    // GraphQL cuts a text after 512,000 bytes
    let long = |bytes: usize| {
        let line = "The sea was calm and the boats lay still in the harbour.\n";
        let mut text = line.repeat(bytes / line.len() + 1);
        text.truncate(bytes);
        text
    };
    for (number, bytes) in [511_999, 512_000, 512_001, 1_000_001]
        .into_iter()
        .enumerate()
    {
        a.write(&format!("{number}.md"), long(bytes));
    }
    a.ok(&["push"]);
    b.ok(&["pull"]);
    for number in 0..4 {
        let name = format!("{number}.md");
        assert_eq!(a.read(&name), b.read(&name), "{name}");
    }
    // 35 MB, more than one request takes, beside small ones: still one version
    let full = std::env::var("OAUTHCTL_TRIALS").is_ok_and(|trials| trials == "full");
    let size: u32 = if full { 35_000_000 } else { 3_000_000 };
    let byte = |n: u32| n.wrapping_mul(2_654_435_761).to_be_bytes()[0];
    let picture: Vec<u8> = (0..size).map(byte).collect();
    b.write("picture.bin", &picture);
    b.write("small.md", "small\n");
    let versions = world.versions();
    b.ok(&["push"]);
    assert_eq!(world.versions(), versions + 1);
    a.ok(&["pull"]);
    assert!(fs::read(a.path("picture.bin")).unwrap() == picture);
    assert_eq!(a.read("small.md").as_deref(), Some("small\n"));
}

#[test]
fn doc_pull_of_a_whole_book_takes_an_archive_and_believes_only_its_hashes() {
    for faults in [
        &[][..],
        &["github-archive:*=500"],
        &["github-archive:*=html"],
    ] {
        let world = World::with_novel();
        let text = |number: usize| format!("Chapter {number}.\n");
        let names: Vec<_> = (0..400).map(|n| (format!("{n:03}.md"), text(n))).collect();
        let mut files: Vec<_> = names
            .iter()
            .map(|(name, text)| (name.as_str(), Some(text.as_bytes())))
            .collect();
        // the archive lacks these
        files.push((".gitattributes", Some(b"007.md export-ignore\n")));
        world.git(&files);
        let desk = world.folder("a");
        desk.ok(&["init", "--repo", NOVEL]);
        world.faults(faults);
        let (requests, _) = world.requests(|| desk.ok(&["pull"]));
        assert_eq!(desk.files().len(), 400);
        for number in [0, 7, 399] {
            let name = format!("{number:03}.md");
            assert_eq!(desk.read(&name), Some(text(number)), "{name}");
        }
        // head, tree, link, archive, and the one that it lacks
        assert_eq!(requests <= 5, faults.is_empty(), "{requests}");
    }
}
