//! `doc`: two writers, one novel, and what goes over the wire.

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
