//! A connect that meets what is there already: nothing is lost, and nothing lives on unknown.

use std::fs;

use oauthctl::sandbox::{Endpoint, user_agent};
use rustix::process::Signal;

use crate::portable::{carry, exported, identity, recipient};
use crate::tickets::job_of;
use crate::world::{Output, World};

fn live(world: &World) -> usize {
    world.sandbox(|sandbox| {
        let tokens = sandbox.tokens();
        tokens.access.len() + tokens.refresh.len()
    })
}

fn names(world: &World) -> Vec<String> {
    let names = world.json(&["list"]).into_iter();
    names
        .map(|one| one["connection"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn revoke_ends_the_grants_that_later_consents_took_the_place_of() {
    let world = World::new();
    world.connect().silent_about("may live on at the provider");
    world.connect().says(&[
        "updated `sandbox/writer`",
        "the consent that this one replaces may live on at the provider",
        "`oauthctl revoke sandbox/writer` ends both",
    ]);
    // under another name it is the same connection
    let (output, _) = world.connect_with(&["sandbox", "--account", "desk"]);
    output
        .ended(0)
        .says(&["renamed `sandbox/writer` to `sandbox/desk`"]);
    assert!(
        world
            .ok(&["show", "sandbox"])
            .stdout
            .contains("earlier consents      2, may be alive")
    );
    assert_eq!(live(&world), 6, "this provider ends nothing by itself");
    world
        .ok(&["revoke", "sandbox"])
        .says(&["sandbox/desk: revoked at the provider and erased here"]);
    assert_eq!(live(&world), 0);
    assert!(names(&world).is_empty());
    let told = world.json(&["audit", "--action", "revoke"]);
    assert_eq!(told.len(), 3, "{told:?}");
}

#[test]
fn revoke_that_fails_for_an_earlier_grant_is_kept_and_tried_again() {
    let world = World::new();
    world.connect();
    world.connect();
    // two requests for each grant
    world.faults(&["revoke:3=500"]);
    world
        .run(&["revoke", "sandbox"])
        .ended(1)
        .says(&["is NOT revoked at the provider"]);
    assert_eq!(live(&world), 2);
    assert_eq!(world.shown("sandbox")["state"], "revoking");
    world.faults(&[]);
    world.ok(&["refresh", "--due"]);
    assert_eq!(live(&world), 0);
    assert!(names(&world).is_empty());
}

#[test]
fn revoke_that_fails_for_an_earlier_grant_still_says_what_may_live_on_of_the_latest() {
    let world = World::with(|options| {
        options.rotation = oauthctl::sandbox::Rotation::Rotate {
            grace: std::time::Duration::ZERO,
        };
    });
    world.connect();
    world.connect();
    world.faults(&["refresh:*=drop-after"]);
    world.run(&["refresh", "sandbox"]).ended(5);
    world.faults(&["revoke:3=500"]);
    world.run(&["refresh", "sandbox"]).ended(4);
    world.run(&["revoke", "sandbox"]).ended(1);
    world.faults(&[]);
    world.ok(&["revoke", "sandbox"]).says(&[
        "note: a refresh was cut off before: a token that never arrived may still be alive",
    ]);
    assert!(names(&world).is_empty());
}

#[test]
fn revoke_local_only_forgets_the_earlier_grants_too() {
    let world = World::new();
    world.connect();
    world.connect();
    world.ok(&["revoke", "sandbox", "--local-only"]);
    assert_eq!(live(&world), 4);
    // what comes next under that name has nothing before it
    world.connect();
    world.ok(&["revoke", "sandbox"]);
    assert_eq!(live(&world), 4);
}

#[test]
fn connect_over_a_grant_that_is_over_keeps_nothing_of_it() {
    let world = World::new();
    world.connect();
    world.sandbox(|sandbox| sandbox.advance(std::time::Duration::from_secs(86_400)));
    world.faults(&["refresh:1=invalid-grant"]);
    world.run(&["refresh", "sandbox"]).ended(4);
    world
        .connect()
        .says(&["updated `sandbox/writer`"])
        .silent_about("may live on at the provider");
}

#[test]
fn connect_with_token_never_takes_the_place_of_a_sign_in() {
    let world = World::new();
    world.connect();
    let before = world.token("sandbox");
    let brought = |args: &[&str]| {
        let call = world.call(&["connect", "sandbox", "--with-token"]);
        call.args(args).stdin(&before).run()
    };
    brought(&[]).ended(9).no_data().says(&[
        "error: `sandbox/writer` is connected already",
        "the token was not stored",
        "oauthctl connect sandbox --with-token --account LABEL",
        "oauthctl revoke sandbox/writer",
    ]);
    assert_eq!(world.shown("sandbox")["grant"], "authorization_code");
    assert_eq!(world.shown("sandbox")["refreshable"], true);
    brought(&["--account", "brought"])
        .ended(0)
        .says(&["connected `sandbox/brought`"]);
    // again: that one is updated, and it is the same token
    let lives_on = "the token that this one replaces lives on";
    let again = brought(&[]).ended(0).says(&["updated `sandbox/brought`"]);
    again.silent_about(lives_on);
    world.ok(&["refresh", "sandbox/writer"]);
    let call = world.call(&["connect", "sandbox", "--with-token"]);
    let other = call.stdin(&world.token("sandbox/writer")).run().ended(0);
    other.says(&["updated `sandbox/brought`", lives_on]);
    assert_eq!(names(&world), ["sandbox/brought", "sandbox/writer"]);
}

#[test]
fn connect_never_takes_the_place_of_a_token_that_was_brought() {
    let world = World::new();
    world.connect();
    let brought = world.token("sandbox");
    world.ok(&["revoke", "sandbox", "--local-only"]);
    let call = world.call(&["connect", "sandbox", "--with-token"]);
    call.stdin(&brought).run().ended(0);
    world.connect().says(&[
        "connected `sandbox/writer (2)`",
        "`sandbox/writer` is a token that you brought, and stays beside it",
    ]);
    assert_eq!(world.token("sandbox/writer"), brought);
    assert_ne!(world.token("sandbox/writer (2)"), brought);
}

#[test]
fn connect_of_an_account_that_nobody_names_takes_the_place_of_none() {
    let world = World::new();
    world.faults(&["userinfo:*=500"]);
    world.connect();
    let before = world.token("sandbox/default");
    world.connect_as("reader").says(&[
        "connected `sandbox/default (2)`",
        "warning: `sandbox` does not say whose account this is",
        "`oauthctl connect sandbox --account default`",
    ]);
    assert_eq!(world.token("sandbox/default"), before);
    let (output, _) = world.connect_with(&["sandbox", "--account", "default"]);
    output
        .ended(0)
        .says(&["updated `sandbox/default`"])
        .silent_about("warning: `sandbox` does not say");
    assert_ne!(world.token("sandbox/default"), before);
    assert_eq!(names(&world), ["sandbox/default", "sandbox/default (2)"]);
    // one that is over is replaced without a word
    world.faults(&["userinfo:*=500", "refresh:*=invalid-grant"]);
    world.run(&["refresh", "sandbox/default"]).ended(4);
    world
        .connect()
        .says(&["updated `sandbox/default`"])
        .silent_about("warning: `sandbox` does not say");
}

#[test]
fn connect_that_was_killed_is_taken_over_under_the_label_that_was_wanted() {
    let world = World::new();
    let (output, _) = world.connect_with(&["sandbox", "--account", "default"]);
    output.ended(0);
    let before = world.token("sandbox/default");
    world.faults(&["userinfo:*=stall"]);
    let mut running = world
        .call(&["connect", "sandbox", "--account", "desk", "--no-browser"])
        .start();
    let url = running.address();
    world.learn_from(&url);
    let browser = std::thread::spawn(move || user_agent::visit(&url).map(|_| ()));
    world.until("the account is asked for", |world| {
        world.count(Endpoint::Userinfo) == 2
    });
    running.signal(Signal::KILL);
    assert_eq!(running.finish().code, -9);
    drop(browser.join());
    world.faults(&[]);
    let output = world.connect_as("reader");
    output.says(&["stored `sandbox/desk` from an interrupted connect"]);
    assert_eq!(
        names(&world),
        ["sandbox/default", "sandbox/desk", "sandbox/reader"]
    );
    assert_eq!(world.token("sandbox/default"), before);
}

/// A desk whose connection moved to a job that refreshed it, and was connected anew at the desk.
fn connected_anew() -> (World, World) {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    exported(&desk, &job);
    job.ok(&["vault", "import", &carry(&desk, "job.age", &job)]);
    desk.connect().says(&[
        "updated `sandbox/writer`",
        "moved to another vault in `",
        "`oauthctl revoke` here does not end that",
        "job.age --with IDENTITY`, then `oauthctl revoke sandbox/writer`",
    ]);
    job.ok(&["refresh", "sandbox"]);
    (desk, job)
}

/// Takes the file as it went out, or as the job made it anew, home to the desk.
fn home(desk: &World, job: &World, file: &str) -> Output {
    let key = desk.give("job.txt", &identity(job)).display().to_string();
    desk.ok(&["vault", "import", file, "--with", &key])
}

#[test]
fn revoke_is_no_success_while_an_export_lives_on_whose_connection_was_connected_anew() {
    let (desk, job) = connected_anew();
    let file = desk.path("work/job.age").display().to_string();
    desk.ok(&["list"])
        .says(&["may live on in", "`oauthctl show sandbox/writer`"]);
    let shown = desk.ok(&["show", "sandbox"]).stdout;
    assert!(shown.contains("earlier exports       1, moved away in `"));
    assert!(shown.contains("`revoke` does not end it"), "{shown}");
    assert!(shown.contains(&format!("import {file} --with IDENTITY`")));
    let shown = desk.shown("sandbox");
    assert_eq!(shown["earlier_exports"], 1);
    assert_eq!(shown["earlier_consents"], 0);
    let doctor = desk.run(&["doctor"]).stdout;
    assert!(
        doctor.contains("`oauthctl show sandbox/writer`"),
        "{doctor}"
    );
    desk.run(&["revoke", "sandbox"]).ended(1).says(&[
        "sandbox/writer: what was here is revoked at the provider",
        "an export of `sandbox/writer` is NOT revoked at the provider",
        &format!("moved to another vault in `{file}`"),
        &format!("`oauthctl vault import {file} --with IDENTITY`"),
    ]);
    // It is as it says: the job goes on.
    assert_ne!(live(&desk), 0);
    job.ok(&["refresh", "sandbox"]);
    job.ok(&[
        "vault",
        "export",
        "--update",
        &job.path("work/job.age").display().to_string(),
    ]);
    home(&desk, &job, &carry(&job, "job.age", &desk)).says(&["took in `sandbox/writer`"]);
    desk.ok(&["revoke", "sandbox"]);
    assert_eq!(live(&desk), 0);
}

#[test]
fn vault_import_brings_home_what_was_connected_anew_to_be_ended_by_revoke() {
    let (desk, job) = connected_anew();
    let there = job.path("work/job.age").display().to_string();
    let token = desk.token("sandbox");
    let file = desk.path("work/job.age").display().to_string();
    home(&desk, &job, &file)
        .says(&["the file's tokens are kept until `oauthctl revoke` ends both"]);
    // And the later one, with the tokens that are live.
    job.ok(&["vault", "export", "--update", &there]);
    carry(&job, "job.age", &desk);
    home(&desk, &job, &file).says(&["another consent has its place"]);
    // And the next, as long as it goes on there.
    job.ok(&["refresh", "sandbox"]);
    job.ok(&["vault", "export", "--update", &there]);
    carry(&job, "job.age", &desk);
    home(&desk, &job, &file).says(&["another consent has its place"]);
    home(&desk, &job, &file).says(&["it was connected here"]);
    assert_eq!(desk.token("sandbox"), token);
    let shown = desk.shown("sandbox");
    assert_eq!(shown["earlier_consents"], 1);
    assert_eq!(shown["earlier_exports"], 0);
    let revoked = desk.json(&["revoke", "sandbox"]);
    assert_eq!(revoked[0]["outcome"], "revoked");
    assert_eq!(revoked[0]["exports"], 0);
    assert_eq!(live(&desk), 0);
    job.run(&["refresh", "sandbox"]).ended(4);
}

#[test]
fn vault_import_brings_no_forged_tokens_to_be_ended() {
    let (desk, job) = connected_anew();
    let honest = exported(&desk, &job);
    desk.connect();
    for ticket in [
        crate::portable::STRANGE,
        &crate::portable::ticket_of(&desk, &honest),
    ] {
        let mut forged = crate::portable::forged(&honest, 9, &[ticket]);
        forged["recipients"] = serde_json::json!([recipient(&desk)]);
        forged["connections"][0]["subject"] = "other".into();
        let file = crate::portable::sealed(&desk, &forged);
        desk.run(&["vault", "import", &file]);
    }
    let mut forged = crate::portable::forged(&honest, 9, &[crate::portable::STRANGE]);
    forged["recipients"] = serde_json::json!([recipient(&desk)]);
    desk.run(&["vault", "import", &crate::portable::sealed(&desk, &forged)]);
    assert_eq!(desk.shown("sandbox")["earlier_exports"], 2);
}

#[test]
fn connect_leaves_the_file_guarded_that_has_what_moved_before() {
    let (desk, job) = connected_anew();
    let file = desk.path("work/job.age").display().to_string();
    let to = recipient(&job);
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    let other = desk.path("work/other.age").display().to_string();
    let before = fs::read(&file).unwrap();
    for args in [
        &[&export[..], &[&file, "--force"]].concat()[..],
        &["vault", "backup", &file, "--force"],
    ] {
        desk.run(args).ended(9).says(&[
            "that file has what left in it",
            "`sandbox/writer` left in `",
        ]);
    }
    // The next export notes for other vaults what is still away.
    desk.ok(&[&export[..], &[&other]].concat());
    desk.ok(&["--profile", "two", "vault", "init"]);
    let backup = ["--profile", "two", "vault", "backup", &file, "--force"];
    desk.run(&backup)
        .ended(9)
        .says(&["what left another vault"]);
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn revoke_names_every_export_whose_connection_was_connected_anew() {
    let (desk, job) = connected_anew();
    // The file is another by now: what it had before is in none that is known.
    exported(&desk, &job);
    let shown = desk.ok(&["show", "sandbox"]).stdout;
    assert!(shown.contains("1, moved away in an export"), "{shown}");
    desk.connect();
    let other = desk.path("work/other.age").display().to_string();
    let to = recipient(&job);
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    desk.ok(&[&export[..], &[&other]].concat());
    assert_eq!(desk.shown("sandbox")["state"], "moved");
    desk.run(&["vault", "import", &other]).ended(6);
    let backup = desk.path("work/backup.age").display().to_string();
    desk.ok(&["vault", "backup", &backup]);
    desk.run(&["revoke", "sandbox"]).ended(1).says(&[
        "`sandbox/writer` is NOT revoked at the provider",
        &format!("in `{other}`, "),
        "an export, `",
        "job.age`",
    ]);
    let shown = desk.shown("sandbox");
    assert_eq!(shown["state"], "moved");
    assert_eq!(shown["earlier_exports"], 2);
    desk.ok(&["revoke", "sandbox", "--local-only"]);
    assert!(names(&desk).is_empty());
}

#[test]
fn vault_restore_notes_no_export_twice() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    exported(&desk, &job);
    desk.connect();
    let backup = desk.path("work/backup.age").display().to_string();
    desk.ok(&["vault", "backup", &backup]);
    desk.run(&["revoke", "sandbox"]).ended(1);
    desk.connect();
    desk.ok(&["vault", "restore", &backup, "--force"]);
    assert_eq!(desk.shown("sandbox")["earlier_exports"], 1);
    let file = desk.path("work/job.age").display().to_string();
    home(&desk, &job, &file).says(&["until `oauthctl revoke` ends both"]);
    desk.ok(&["revoke", "sandbox"]);
    assert!(names(&desk).is_empty());
}

#[test]
fn what_moved_is_not_meant_by_its_provider_where_another_is_here() {
    let desk = World::new();
    desk.connect();
    desk.connect_as("reader");
    let job = job_of(&desk);
    let (to, file) = (
        recipient(&job),
        desk.path("work/job.age").display().to_string(),
    );
    let export = [
        "vault",
        "export",
        "--connection",
        "sandbox/writer",
        "--to",
        &to,
        &file,
    ];
    desk.ok(&export);
    assert_eq!(desk.shown("sandbox")["connection"], "sandbox/reader");
    desk.token("sandbox");
    // With that away too, nobody can tell which is meant.
    let other = desk.path("work/other.age").display().to_string();
    let export = [
        "vault",
        "export",
        "--connection",
        "sandbox",
        "--to",
        &to,
        &other,
    ];
    desk.ok(&export);
    desk.run(&["token", "sandbox"])
        .ended(2)
        .says(&["is ambiguous"]);
}

#[test]
fn revoke_and_show_count_and_name_every_export_of_what_moved() {
    let (desk, job) = connected_anew();
    let (to, other) = (
        recipient(&job),
        desk.path("work/other.age").display().to_string(),
    );
    let export = [
        "vault",
        "export",
        "--connection",
        "sandbox",
        "--to",
        &to,
        &other,
    ];
    desk.ok(&export);
    let shown = desk.ok(&["show", "sandbox"]).stdout;
    let import = |file: &str| format!("`oauthctl vault import {file} --with IDENTITY`");
    let first = import(&desk.path("work/job.age").display().to_string());
    let all = format!("{first}, {}, then `oauthctl revoke", import(&other));
    assert_eq!(shown.matches(&all).count(), 2, "{shown}");
    desk.ok(&["provider", "remove", "sandbox", "--yes"]);
    let said = desk.run(&["--json", "revoke", "sandbox"]);
    assert_eq!(said.documents()[0]["outcome"], "not_confirmed");
    assert_eq!(said.documents()[0]["exports"], 2);
}

#[test]
fn revoke_of_what_moved_forgets_nothing_that_ends_it_later() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    exported(&desk, &job);
    let file = desk.path("work/job.age").display().to_string();
    let import = format!("`oauthctl vault import {file} --with IDENTITY`");
    desk.run(&["revoke", "sandbox"]).ended(1).says(&[
        "that stays noted here",
        &import,
        "`oauthctl revoke sandbox/writer --local-only` forgets it here",
    ]);
    desk.connect()
        .says(&["moved to another vault in `", &import]);
    desk.run(&["revoke", "sandbox"]).ended(1).says(&[&import]);
    assert_eq!(desk.shown("sandbox")["state"], "moved");
    home(&desk, &job, &file).says(&["took in `sandbox/writer`"]);
    desk.ok(&["revoke", "sandbox"]);
    assert_eq!(live(&desk), 0);
    assert!(names(&desk).is_empty());
}

#[test]
fn revoke_that_is_tried_again_still_says_what_another_vault_has() {
    for again in [&["revoke", "sandbox"][..], &["refresh", "--due"]] {
        let desk = World::new();
        desk.connect();
        desk.connect();
        exported(&desk, &job_of(&desk));
        desk.faults(&["revoke:*=500"]);
        let said = desk.run(&["--json", "revoke", "sandbox"]).ended(1);
        assert_eq!(said.documents()[0]["outcome"], "not_confirmed");
        assert_eq!(said.documents()[0]["exports"], 1);
        said.says(&["is NOT revoked", "tried again"]);
        assert_eq!(desk.shown("sandbox")["state"], "revoking");
        assert_eq!(desk.shown("sandbox")["earlier_exports"], 1);
        desk.faults(&[]);
        let output = desk.run(again).ended(1);
        output.says(&["an export of `sandbox/writer` is NOT revoked", "job.age"]);
        assert_eq!(live(&desk), 2);
        assert_eq!(desk.shown("sandbox")["state"], "moved");
    }
}

#[test]
fn vault_import_takes_what_became_of_an_export_where_a_refresh_was_cut_off_meanwhile() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    exported(&desk, &job);
    let there = carry(&desk, "job.age", &job);
    job.ok(&["vault", "import", &there]);
    let file = desk.path("work/job.age").display().to_string();
    home(&desk, &job, &file).says(&["a later file of that export is taken in"]);
    job.ok(&["refresh", "sandbox"]);
    job.ok(&["vault", "export", "--update", &there]);
    desk.faults(&["refresh:*=500"]);
    desk.run(&["refresh", "sandbox"]).ended(5);
    desk.faults(&[]);
    carry(&job, "job.age", &desk);
    home(&desk, &job, &file).says(&["took in `sandbox/writer`", TRIED]);
    assert_eq!(desk.shown("sandbox")["state"], "suspect");
    assert_eq!(desk.token("sandbox"), job.token("sandbox"));
    desk.ok(&["refresh", "sandbox"]);
    assert_eq!(desk.shown("sandbox")["state"], "active");
}

/// What is said of tokens that a refresh elsewhere may have ended.
const TRIED: &str = "a refresh of what it was here failed, which may have ended these tokens too: only `oauthctl \
                     refresh sandbox/writer` refreshes it";

#[test]
fn vault_import_doubts_what_came_of_an_export_where_the_provider_ended_it_meanwhile() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    exported(&desk, &job);
    let there = carry(&desk, "job.age", &job);
    job.ok(&["vault", "import", &there]);
    let file = desk.path("work/job.age").display().to_string();
    home(&desk, &job, &file);
    let second = desk.path("work/second.age").display().to_string();
    for _ in 0..2 {
        job.ok(&["refresh", "sandbox"]);
        job.ok(&["vault", "export", "--update", &there]);
        let _ = fs::rename(&file, &second);
        carry(&job, "job.age", &desk);
    }
    // What it left with is spent: whoever uses it again ends all of that consent.
    desk.run(&["refresh", "sandbox"]).ended(4);
    assert_eq!(live(&desk), 0);
    home(&desk, &job, &second).says(&["took in `sandbox/writer`", TRIED]);
    assert_eq!(desk.shown("sandbox")["state"], "suspect");
    // The last file of that consent has no better ones.
    home(&desk, &job, &file).says(&["took in `sandbox/writer`", "or a refresh here failed"]);
    assert_eq!(desk.shown("sandbox")["state"], "suspect");
    // Another consent knows nothing of that.
    desk.connect();
    assert_eq!(desk.shown("sandbox")["state"], "active");
}

#[test]
fn show_names_an_import_for_each_export_and_they_end_all() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    let (to, mut ways) = (recipient(&job), String::new());
    for name in ["one.age", "two.age"] {
        let file = desk.path(&format!("work/{name}")).display().to_string();
        let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
        desk.ok(&[&export[..], &[&file]].concat());
        desk.connect();
        ways = format!("{ways}`oauthctl vault import {file} --with IDENTITY`, ");
    }
    let shown = desk.ok(&["show", "sandbox"]).stdout;
    assert!(
        shown.contains(&format!("{ways}then `oauthctl revoke")),
        "{shown}"
    );
    // A consent that takes the place of none that left tells of them all the same.
    desk.connect()
        .says(&["two.age`, and may live on there", &ways]);
    for name in ["one.age", "two.age"] {
        home(
            &desk,
            &job,
            &desk.path(&format!("work/{name}")).display().to_string(),
        );
    }
    desk.ok(&["revoke", "sandbox"]);
    assert_eq!(live(&desk), 0);
}

#[test]
fn vault_import_keeps_nothing_to_be_ended_where_nobody_can_be_told() {
    let desk = World::new();
    desk.define("sandbox", &never_told(&desk.provider_toml()));
    desk.connect();
    let job = job_of(&desk);
    exported(&desk, &job);
    let only_there = "to end all: in the provider's settings only, as it can't be told";
    desk.connect().says(&[only_there]);
    let shown = desk.ok(&["show", "sandbox"]).stdout;
    assert!(shown.contains(only_there), "{shown}");
    let file = desk.path("work/job.age").display().to_string();
    home(&desk, &job, &file)
        .says(&["it was connected here"])
        .silent_about("revoke");
    assert_eq!(desk.shown("sandbox")["earlier_consents"], 0);
}

#[test]
fn one_export_that_nobody_can_be_told_of_hides_no_way_to_end_another() {
    let desk = World::new();
    let toml = desk.provider_toml();
    desk.define("sandbox", &never_told(&toml));
    desk.connect();
    let job = job_of(&desk);
    let to = recipient(&job);
    for name in ["one.age", "two.age"] {
        let file = desk.path(&format!("work/{name}")).display().to_string();
        let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
        desk.ok(&[&export[..], &[&file]].concat());
        desk.define("sandbox", &toml);
        desk.connect();
    }
    let [one, two] =
        ["one.age", "two.age"].map(|name| desk.path(&format!("work/{name}")).display().to_string());
    let way = format!(
        "to end all: `oauthctl vault import {two} --with IDENTITY`, then `oauthctl revoke sandbox/writer`; \
         what is in `{one}` ends in the provider's settings only, as it can't be told"
    );
    let shown = desk.ok(&["show", "sandbox"]).stdout;
    assert!(shown.contains(&way), "{shown}");
    home(&desk, &job, &two).says(&["until `oauthctl revoke` ends both"]);
    // The job that has the file may have gone on with it since.
    desk.run(&["revoke", "sandbox"])
        .ended(1)
        .says(&["note: its tokens may not be the last ones", &one])
        .silent_about("two.age");
    assert_eq!(live(&desk), 2);
}

#[test]
fn revoke_that_can_not_tell_the_provider_any_more_still_knows_what_moved() {
    let desk = World::new();
    let toml = desk.provider_toml();
    desk.connect();
    exported(&desk, &job_of(&desk));
    desk.connect();
    desk.connect();
    desk.define("sandbox", &never_told(&toml));
    let said = desk.run(&["revoke", "sandbox"]).ended(1);
    said.says(&["the provider has no way to be told", "job.age` may live on"]);
    let shown = desk.shown("sandbox");
    assert_eq!(shown["state"], "moved");
    assert_eq!(shown["earlier_consents"], 0);
    desk.define("sandbox", &toml);
    desk.connect().says(&["job.age --with IDENTITY`"]);
}

/// The definition, of a provider that can't be told of a revocation.
fn never_told(toml: &str) -> String {
    let (start, rest) = toml.split_once("[revocation]\n").unwrap();
    let (_, rest) = rest.split_once("\n[").unwrap();
    format!("{start}[revocation]\nkind = \"none\"\n\n[{rest}")
}

#[test]
fn vault_import_into_a_connection_that_is_being_revoked_does_not_say_that_it_was_connected_anew() {
    let desk = World::new();
    desk.connect();
    desk.connect();
    let job = job_of(&desk);
    exported(&desk, &job);
    desk.faults(&["revoke:*=500"]);
    desk.run(&["revoke", "sandbox"]).ended(1);
    desk.faults(&[]);
    let file = desk.path("work/job.age").display().to_string();
    home(&desk, &job, &file)
        .says(&["the file's tokens are kept until `oauthctl revoke` ends both"])
        .silent_about("connected anew");
    desk.ok(&["revoke", "sandbox"]);
    assert_eq!(live(&desk), 0);
}

#[test]
fn revoke_of_what_came_home_as_it_left_says_nothing_of_a_vault_that_was_set_back() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    exported(&desk, &job);
    let file = desk.path("work/job.age").display().to_string();
    home(&desk, &job, &file).says(&["it has the tokens that it left with"]);
    desk.ok(&["revoke", "sandbox"])
        .says(&["note: its tokens may not be the last ones"])
        .silent_about("set back");
}

#[test]
fn revoke_in_json_and_local_only_tell_of_the_export_too() {
    let (desk, _) = connected_anew();
    let said = desk.run(&["--json", "revoke", "sandbox"]).ended(1);
    assert_eq!(said.documents()[0]["outcome"], "not_told");
    assert_eq!(said.documents()[0]["exports"], 1);
    let (desk, _) = connected_anew();
    desk.ok(&["revoke", "sandbox", "--local-only"])
        .says(&["NOT revoked", "moved to another vault in `"]);
}
