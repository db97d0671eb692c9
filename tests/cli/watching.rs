//! `doc watch`: saves while one writes, and keeps what can't be saved now.

use rustix::process::Signal;

use crate::desk::{Desk, NOVEL};
use crate::running::Running;
use crate::world::World;

/// Watches, impatiently.
fn watch(desk: &Desk<'_>) -> Running {
    let mut watch = desk
        .call(&["watch", "--after", "1s", "--every", "1s"])
        .start();
    watch.line(|line| line.contains("Ctrl-C ends it").then_some(()));
    watch
}

fn stop(watch: Running) -> crate::world::Output {
    watch.signal(Signal::INT);
    watch.finish().ended(0)
}

/// What was said about each version, the newest first.
fn messages(desk: &Desk<'_>) -> Vec<String> {
    let log = desk.json(&["log"]);
    let versions = log["versions"].as_array().unwrap().iter();
    versions
        .map(|one| one["message"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn doc_watch_saves_what_is_written_and_lets_other_commands_work() {
    let world = World::with_novel();
    let desk = world.desk("a");
    desk.write("zero.md", "zero\n");
    desk.ok(&["push"]);
    desk.write("one.md", "one\n");
    let watching = watch(&desk);
    world.until("it is saved", |world| world.there("one.md").is_some());
    desk.write("one.md", "one two\n");
    desk.ok(&["status"]);
    desk.ok(&["diff"]);
    world.until("that is saved", |world| {
        world.there("one.md").as_deref() == Some("one two\n")
    });
    let output = stop(watching);
    assert!(
        output.stdout.contains("saved      one.md  +1 word\n"),
        "{output:?}"
    );
    assert_eq!(
        world.versions(),
        3,
        "a version for each pause, not for each look"
    );
    // control: nobody watches, nothing is saved
    desk.write("one.md", "one two three\n");
    let status = desk.json(&["status"]);
    assert_eq!(status["changed"][0]["path"], "one.md");
    assert_eq!(world.versions(), 3);
}

#[test]
fn doc_watch_without_a_network_keeps_each_state_and_sends_them_in_order() {
    let world = World::with_novel();
    let desk = world.desk("a");
    desk.write("one.md", "zero\n");
    desk.ok(&["push"]);
    world.faults(&["github-any:*=503"]);
    let mut watching = watch(&desk);
    for text in ["first\n", "second\n"] {
        desk.write("one.md", text);
        watching.line(|line| line.contains("kept here, to be sent later").then_some(()));
    }
    // what waits outlives the one that waits
    let output = stop(watching);
    output.says(&[
        "warning: can't be saved there now",
        "not everything is saved there yet",
    ]);
    desk.write("one.md", "third\n");
    world.faults(&[]);
    let watching = watch(&desk);
    world.until("all is saved", |world| {
        world.there("one.md").as_deref() == Some("third\n")
    });
    stop(watching).silent_about("not everything is saved");
    let messages = messages(&desk);
    assert_eq!(messages.len(), 4, "{messages:?}");
    assert!(messages[1].starts_with("Written 20") && messages[2].starts_with("Written 20"));
    let texts: Vec<_> = (0..4).rev().map(|back| desk_at(&desk, back)).collect();
    assert_eq!(texts, ["zero\n", "first\n", "second\n", "third\n"]);
    assert_eq!(desk.read("one.md").as_deref(), Some("third\n"));
}

/// The text so many versions ago.
fn desk_at(desk: &Desk<'_>, back: usize) -> String {
    let log = desk.json(&["log", "one.md"]);
    let version = log["versions"][back]["version"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.world.sandbox(|sandbox| {
        let files = sandbox.github().files(NOVEL, &version).unwrap();
        String::from_utf8(files[b"one.md".as_slice()].clone()).unwrap()
    })
}

#[test]
fn doc_watch_lays_nothing_that_waited_over_what_somebody_else_saved() {
    let world = World::with_novel();
    let desk = world.desk("a");
    desk.write("one.md", "The sea was calm.\n\nNobody spoke.\n");
    desk.ok(&["push"]);
    world.faults(&["github-any:*=503"]);
    let mut watching = watch(&desk);
    desk.write("one.md", "The sea was wild.\n\nNobody spoke.\n");
    watching.line(|line| line.contains("kept here, to be sent later").then_some(()));
    world.git(&[("one.md", Some(b"The sea was calm.\n\nSomebody spoke.\n"))]);
    world.faults(&[]);
    let both = "The sea was wild.\n\nSomebody spoke.\n";
    world.until("both are saved", |world| {
        world.there("one.md").as_deref() == Some(both)
    });
    stop(watching);
    assert_eq!(desk.read("one.md").as_deref(), Some(both));
}

#[test]
fn doc_watch_ends_where_a_guard_stops_it() {
    let world = World::with_novel();
    let desk = world.desk("a");
    for number in 0..20 {
        desk.write(&format!("{number}.md"), "text\n");
    }
    desk.ok(&["push"]);
    let watching = watch(&desk);
    for number in 0..20 {
        desk.delete(&format!("{number}.md"));
    }
    let output = watching.finish().ended(9);
    output.says(&["hint:", "--allow-deletes"]);
    assert_eq!(world.versions(), 2);
    world
        .folder("b")
        .run(&["watch"])
        .ended(2)
        .says(&["is not linked"]);
}

#[test]
fn doc_watch_drops_what_waited_where_the_folder_went_on_without_it() {
    let world = World::with_novel();
    let (a, b) = (world.desk("a"), world.desk("b"));
    a.write("one.md", "zero\n");
    a.ok(&["push"]);
    b.ok(&["pull"]);
    world.faults(&["github-any:*=503"]);
    let mut watching = watch(&a);
    a.write("one.md", "old\n");
    watching.line(|line| line.contains("kept here, to be sent later").then_some(()));
    stop(watching);
    world.faults(&[]);
    // by hand, and then somebody else wrote
    a.ok(&["push"]);
    b.ok(&["pull"]);
    b.write("one.md", "new, by b\n");
    b.ok(&["push"]);
    a.ok(&["pull"]);
    a.write("two.md", "two\n");
    let watching = watch(&a);
    world.until("it is saved", |world| world.there("two.md").is_some());
    stop(watching);
    assert_eq!(world.there("one.md").as_deref(), Some("new, by b\n"));
    let said = messages(&a);
    assert!(
        !said.iter().any(|one| one.starts_with("Written")),
        "{said:?}"
    );
}
