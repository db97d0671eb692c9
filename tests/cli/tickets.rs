//! What a file has to have in it so that `vault import` puts it in the place of what is here: who could
//! open another file can't make one.

use std::fs;

use serde_json::{Value, json};

use crate::portable::{
    FORGED, STRANGE, carry, exported, forged, identity, job, recipient, sealed, ticket_of,
};
use crate::world::{Output, World};

/// A job that knows the provider of `desk`.
pub(crate) fn job_of(desk: &World) -> World {
    let job = job();
    let definition = desk.path("home/config/oauthctl/providers/sandbox.toml");
    job.define("sandbox", &fs::read_to_string(definition).unwrap());
    job
}

fn import(world: &World, file: &str) -> Output {
    world.run(&["vault", "import", file])
}

/// Brings home what left `desk` in `work/job.age`, as the job left that.
fn home(desk: &World, job: &World) -> Output {
    let key = desk.give("job.txt", &identity(job)).display().to_string();
    let file = desk.path("work/job.age").display().to_string();
    desk.ok(&["vault", "import", &file, "--with", &key])
}

/// Exports from one to the other, which takes it in and refreshes it.
fn over(from: &World, to: &World) -> Value {
    let document = exported(from, to);
    let file = carry(from, "job.age", to);
    import(to, &file).ended(0).says(&["took in `sandbox/"]);
    to.ok(&["refresh", "sandbox"]);
    document
}

fn for_recipient(mut document: Value, world: &World) -> Value {
    document["recipients"] = json!([recipient(world)]);
    document
}

fn steady(desk: &World) {
    let toml = desk.provider_toml();
    let steady = toml.replace("rotation = \"replace_and_kill\"", "rotation = \"none\"");
    assert_ne!(steady, toml, "the control");
    desk.define("sandbox", &steady);
}

/// How many refresh tokens the provider takes.
fn live(world: &World) -> usize {
    world.sandbox(|sandbox| sandbox.tokens().refresh.len())
}

/// What somebody seals for `world` who knows these tickets, but not that of the file that came there.
fn refused(world: &World, document: &Value, tickets: &[&str]) {
    let document = for_recipient(forged(document, 9, tickets), world);
    import(world, &sealed(world, &document))
        .ended(9)
        .says(&["were not taken", "not made of the export"]);
    assert_ne!(world.token("sandbox"), FORGED);
}

#[test]
fn vault_import_takes_nothing_from_who_could_open_an_earlier_export_only() {
    let desk = World::new();
    desk.connect();
    let (first, second) = (job_of(&desk), job_of(&desk));
    let earlier = exported(&desk, &first);
    let ticket = ticket_of(&desk, &earlier);
    home(&desk, &first);
    desk.ok(&["refresh", "sandbox"]);
    let later = over(&desk, &second);
    assert!(!later.to_string().contains(&ticket));
    refused(&second, &earlier, &[&ticket]);
    refused(&second, &earlier, &[&ticket, STRANGE]);
    // A consent and an export later it is the same, and the job that has the one before takes it.
    desk.connect();
    let latest = over(&desk, &second);
    assert!(!latest.to_string().contains(&ticket));
    refused(&second, &earlier, &[&ticket]);
    refused(&second, &later, &[&ticket_of(&desk, &later)]);
    // The first, too, has its place for a file of its own only.
    let file = sealed(&first, &earlier);
    import(&first, &file).ended(0);
    let mut swapped = for_recipient(forged(&latest, 9, &[STRANGE]), &first);
    import(&first, &sealed(&first, &swapped)).ended(9);
    swapped["connections"][0]["tickets"] = json!([ticket_of(&desk, &latest)]);
    import(&first, &sealed(&first, &swapped)).ended(9);
    assert_ne!(first.token("sandbox"), FORGED);
}

#[test]
fn vault_import_takes_nothing_from_who_had_the_connection_before_and_sent_it_on() {
    let desk = World::new();
    desk.connect();
    let (first, second) = (job_of(&desk), job_of(&desk));
    over(&desk, &first);
    let back = over(&first, &desk);
    let ticket = ticket_of(&desk, &back);
    let onward = over(&desk, &second);
    // It lets the connection in where it left with it, and nowhere else.
    assert!(onward.to_string().contains(&ticket));
    refused(&second, &onward, &[&ticket]);
    refused(&second, &onward, &[&ticket, STRANGE]);
}

#[test]
fn vault_import_takes_no_copy_from_who_could_open_another() {
    let desk = World::new();
    desk.connect();
    steady(&desk);
    let (one, other) = (job_of(&desk), job_of(&desk));
    let copy = |job: &World| {
        let file = desk.path("work/job.age").display().to_string();
        let export = ["vault", "export", "--copy", "--connection", "sandbox"];
        let call = desk.call(&export).args(&["--to", &recipient(job)]);
        call.args(&[&file, "--force"]).run().ended(0);
        let file = carry(&desk, "job.age", job);
        let identity: age::x25519::Identity = identity(job).parse().unwrap();
        let open = age::decrypt(&identity, &fs::read(&file).unwrap()).unwrap();
        import(job, &file).ended(0).says(&["took in"]);
        serde_json::from_slice::<Value>(&open).unwrap()
    };
    let document = copy(&one);
    copy(&other);
    refused(&other, &document, &[&ticket_of(&desk, &document)]);
    // The next copy takes the place of the one before at each of them.
    desk.ok(&["refresh", "sandbox"]);
    for job in [&one, &other] {
        copy(job);
        assert_eq!(job.token("sandbox"), desk.token("sandbox"));
    }
}

#[test]
fn vault_import_takes_what_moves_after_a_copy() {
    let desk = World::new();
    desk.connect();
    steady(&desk);
    let job = job_of(&desk);
    let to = recipient(&job);
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    desk.ok(&[&export[..], &["--copy", "copy.age"]].concat());
    import(&job, &carry(&desk, "copy.age", &job)).ended(0);
    desk.ok(&["refresh", "sandbox"]);
    let token = desk.token("sandbox");
    desk.ok(&[&export[..], &["moved.age"]].concat());
    import(&job, &carry(&desk, "moved.age", &job)).ended(0);
    assert_eq!(job.token("sandbox"), token);
    assert_eq!(desk.shown("sandbox")["state"], "moved");
}

#[test]
fn vault_import_of_an_earlier_file_with_the_same_tokens_leaves_the_way_home() {
    let desk = World::new();
    desk.connect();
    steady(&desk);
    let job = job_of(&desk);
    exported(&desk, &job);
    let earlier = fs::read(carry(&desk, "job.age", &job)).unwrap();
    home(&desk, &job);
    assert_eq!(desk.shown("sandbox")["state"], "active");
    exported(&desk, &job);
    let file = carry(&desk, "job.age", &job);
    import(&job, &file).ended(0).says(&["took in"]);
    let before = job.path("work/before.age");
    oauthctl::private_file::replace(&before, &earlier).unwrap();
    import(&job, &before.display().to_string())
        .ended(0)
        .says(&["no newer tokens"]);
    job.ok(&["refresh", "sandbox"]);
    job.ok(&["vault", "export", "--update", &file]);
    let sealed = fs::read(&file).unwrap();
    oauthctl::private_file::replace(&desk.path("work/job.age"), &sealed).unwrap();
    home(&desk, &job).says(&["took in"]);
}

#[test]
fn vault_export_goes_round_over_several_vaults_and_comes_home_at_each() {
    let desk = World::new();
    desk.connect();
    let (first, second) = (job_of(&desk), job_of(&desk));
    for _ in 0..2 {
        over(&desk, &first);
        over(&first, &second);
        over(&second, &desk);
    }
    over(&desk, &second);
    over(&second, &first);
    assert_eq!(first.shown("sandbox")["state"], "active");
}

#[test]
fn vault_import_of_another_consent_keeps_the_one_that_it_takes_the_place_of_for_revoke() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    over(&desk, &job);
    desk.connect();
    assert_eq!(live(&desk), 2);
    // Tokens of the same consent take the place of what they were refreshed from, and that is all.
    over(&desk, &job);
    over(&job, &desk);
    assert_eq!(live(&desk), 2);
    over(&desk, &job);
    job.ok(&["revoke", "sandbox"]);
    assert_eq!(live(&desk), 0);
}

#[test]
fn vault_import_of_another_account_under_a_name_that_is_taken_is_no_success() {
    let desk = World::new();
    desk.connect();
    let mut document = exported(&desk, &desk);
    home(&desk, &desk);
    desk.ok(&["refresh", "sandbox"]);
    let token = desk.token("sandbox");
    document["connections"][0]["subject"] = "other".into();
    let file = sealed(&desk, &document);
    let says = ["were not taken", "another account", "--account NAME"];
    import(&desk, &file).ended(9).says(&says);
    let output = desk.run(&["--json", "vault", "import", &file]).ended(9);
    assert_eq!(output.documents()[0]["kept"][0]["why"], "other_account");
    assert_eq!(desk.token("sandbox"), token);
    // What the hint says.
    let (output, _) = desk.connect_with(&["sandbox", "--account", "mine"]);
    output.ended(0).says(&["renamed"]);
    import(&desk, &file).ended(0);
    assert_eq!(desk.json(&["list"]).len(), 2);
}

#[test]
fn vault_import_takes_none_of_two_consents_that_nobody_can_order() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    let mut document = over(&desk, &job);
    let token = job.token("sandbox");
    let issue = &mut document["connections"][0]["issue"];
    issue["of"] = 7.into();
    issue["set"] = 99.into();
    let file = sealed(&job, &document);
    import(&job, &file)
        .ended(9)
        .says(&["nobody can tell where last"]);
    let output = job.run(&["--json", "vault", "import", &file]).ended(9);
    assert_eq!(output.documents()[0]["kept"][0]["why"], "other_consent");
    assert_eq!(job.token("sandbox"), token);
}

#[test]
fn vault_import_of_the_file_as_it_left_waits_for_the_one_that_the_job_made_of_it() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    let document = exported(&desk, &job);
    let ticket = ticket_of(&desk, &document);
    let file = carry(&desk, "job.age", &job);
    import(&job, &file).ended(0);
    job.ok(&["refresh", "sandbox"]);
    let token = job.token("sandbox");
    job.ok(&["vault", "export", "--update", &file]);
    home(&desk, &job).says(&["only `oauthctl refresh sandbox/", "a later file"]);
    assert_eq!(desk.shown("sandbox")["state"], "suspect");
    // Without the ticket of that export nothing comes in, as ever.
    refused(&desk, &document, &[STRANGE]);
    carry(&job, "job.age", &desk);
    home(&desk, &job).says(&["took in `sandbox/writer`"]);
    assert_eq!(desk.shown("sandbox")["state"], "active");
    assert_eq!(desk.token("sandbox"), token);
    desk.ok(&["refresh", "sandbox"]);
    refused(&desk, &document, &[&ticket]);
}

#[test]
fn vault_import_of_the_file_as_it_left_waits_for_no_other_once_it_was_refreshed_here() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    let document = exported(&desk, &job);
    let ticket = ticket_of(&desk, &document);
    home(&desk, &job).says(&["only `oauthctl refresh sandbox/"]);
    desk.ok(&["refresh", "sandbox"]);
    refused(&desk, &document, &[&ticket]);
    // nor after a wrong guess: the provider ended it, and the file mends it
    exported(&desk, &job);
    let file = carry(&desk, "job.age", &job);
    import(&job, &file).ended(0);
    job.ok(&["refresh", "sandbox"]);
    job.ok(&["vault", "export", "--update", &file]);
    home(&desk, &job);
    desk.faults(&["refresh:*=invalid-grant"]);
    desk.run(&["refresh", "sandbox"]).ended(4);
    desk.faults(&[]);
    carry(&job, "job.age", &desk);
    home(&desk, &job).says(&["took in `sandbox/writer`"]);
    desk.ok(&["refresh", "sandbox"]);
}

#[test]
fn vault_import_brings_home_what_a_job_connected_anew() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    over(&desk, &job);
    job.connect();
    over(&job, &desk);
    assert_eq!(desk.shown("sandbox")["state"], "active");
    // What left before that is at the job still, and the file of the new consent does not end it.
    assert_eq!(desk.shown("sandbox")["earlier_exports"], 1);
    let file = desk.path("work/job.age").display().to_string();
    import(&desk, &file).ended(0).says(&["no newer tokens"]);
    assert_eq!(desk.shown("sandbox")["earlier_exports"], 1);
    // And back: the job's own ticket came with it, also over a consent at the desk.
    desk.connect();
    over(&desk, &job);
    assert_eq!(job.shown("sandbox")["state"], "active");
}

#[test]
fn vault_import_into_a_vault_that_was_set_back_is_suspect_until_a_person_says() {
    let desk = World::new();
    desk.connect();
    let (first, second) = (job_of(&desk), job_of(&desk));
    exported(&desk, &first);
    let backup = desk.path("work/backup.age").display().to_string();
    desk.ok(&["vault", "backup", &backup]);
    let file = carry(&desk, "job.age", &first);
    import(&first, &file).ended(0);
    first.ok(&["refresh", "sandbox"]);
    first.ok(&["vault", "export", "--update", &file]);
    let updated = fs::read(&file).unwrap();
    let there = desk.path("work/job.age");
    oauthctl::private_file::replace(&there, &updated).unwrap();
    home(&desk, &first);
    assert_eq!(desk.shown("sandbox")["state"], "active");
    over(&desk, &second);
    // The disk dies. What the backup waits for was home before, and is spent.
    for end in ["db", "db-wal", "db-shm"] {
        let _ = fs::remove_file(desk.vault().with_extension(end));
    }
    desk.ok(&["vault", "restore", &backup]);
    assert_eq!(desk.shown("sandbox")["state"], "moved");
    oauthctl::private_file::replace(&there, &updated).unwrap();
    home(&desk, &first).says(&["set back", "only `oauthctl refresh sandbox/"]);
    assert_eq!(desk.shown("sandbox")["state"], "suspect");
    desk.ok(&["refresh", "--all"]).says(&["skipped"]);
    second.ok(&["refresh", "sandbox"]);
    // A person connects it anew, and from then on it is as ever.
    desk.connect();
    over(&desk, &first);
    over(&first, &desk);
    assert_eq!(desk.shown("sandbox")["state"], "active");
}

/// Connects again under another name.
fn rename(world: &World, label: &str) {
    let (output, _) = world.connect_with(&["sandbox", "--account", label]);
    output.ended(0);
}

#[test]
fn vault_export_update_knows_a_connection_that_was_renamed_where_its_file_is_from() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    over(&desk, &job);
    rename(&desk, "second");
    exported(&desk, &job);
    let file = carry(&desk, "job.age", &job);
    import(&job, &file)
        .ended(0)
        .says(&["took in `sandbox/writer`"]);
    job.ok(&["refresh", "sandbox"]);
    let token = job.token("sandbox");
    job.ok(&["vault", "export", "--update", &file])
        .says(&["sealed"]);
    let log = job.json(&["audit", "--action", "export"]);
    assert_eq!(log.last().unwrap()["connection"], "sandbox/writer");
    job.ok(&["vault", "export", "--update", &file])
        .says(&["is as it was"]);
    // The job's next run without its vault, and the way home.
    let sealed = fs::read(&file).unwrap();
    oauthctl::private_file::replace(&desk.path("work/job.age"), &sealed).unwrap();
    home(&desk, &job).says(&["took in `sandbox/second`"]);
    assert_eq!(desk.token("sandbox"), token);
    // A later export of that name is let in by its proof.
    exported(&desk, &job);
    let file = carry(&desk, "job.age", &job);
    import(&job, &file)
        .ended(0)
        .says(&["took in `sandbox/writer`"]);
}

#[test]
fn vault_import_of_an_account_that_was_connected_here_under_another_name_is_no_success() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    desk.sandbox(|sandbox| sandbox.sign_in_as("writer".parse().unwrap()));
    rename(&job, "mine");
    let own = job.token("sandbox/mine");
    let token = desk.token("sandbox");
    exported(&desk, &job);
    let file = carry(&desk, "job.age", &job);
    let named = "`sandbox/mine` (`sandbox/writer` in the file) stays";
    let way_out = "`oauthctl revoke sandbox/mine --local-only`";
    import(&job, &file)
        .ended(9)
        .says(&[named, "connected here, under this name", way_out]);
    let output = job.run(&["--json", "vault", "import", &file]).ended(9);
    let kept = &output.documents()[0]["kept"][0];
    assert_eq!(
        (&kept["connection"], &kept["in_file"], &kept["why"]),
        (
            &json!("sandbox/mine"),
            &json!("sandbox/writer"),
            &json!("other_name")
        )
    );
    assert_eq!(
        job.token("sandbox/mine"),
        own,
        "one connection for each account"
    );
    job.run(&["revoke", "sandbox/mine", "--local-only"]);
    import(&job, &file)
        .ended(0)
        .says(&["took in `sandbox/writer`"]);
    assert_eq!(job.token("sandbox"), token);
}

#[test]
fn vault_import_says_how_to_go_on_with_the_connection_that_was_made_here_under_another_name() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    rename(&job, "mine");
    exported(&desk, &job);
    let file = carry(&desk, "job.age", &job);
    let way_on = "hint: to go on with the one here, sign in to it under the file's name: \
                  `oauthctl connect sandbox --account writer`";
    import(&job, &file).ended(9).says(&[way_on]);
    let before = live(&desk);
    rename(&job, "writer");
    assert_eq!(live(&desk), before + 1, "it ends nothing");
    let own = job.token("sandbox/writer");
    import(&job, &file)
        .ended(0)
        .says(&["`sandbox/writer` stays as it is here: it was connected here"]);
    assert_eq!(job.token("sandbox"), own);
}

#[test]
fn vault_import_asks_for_another_name_first_where_the_one_of_the_file_is_taken() {
    let desk = World::new();
    desk.connect();
    let job = job_of(&desk);
    rename(&job, "mine");
    let sign_in_as = |who: &str| desk.sandbox(|sandbox| sandbox.sign_in_as(who.parse().unwrap()));
    sign_in_as("other");
    rename(&job, "writer");
    exported(&desk, &job);
    let file = carry(&desk, "job.age", &job);
    import(&job, &file).ended(9).says(&[
        "`sandbox/writer` stays as it is here: it is another account here",
        "`oauthctl connect sandbox --account NAME`; then import again",
    ]);
    rename(&job, "other");
    import(&job, &file)
        .ended(9)
        .says(&["`oauthctl connect sandbox --account writer`"]);
    sign_in_as("writer");
    rename(&job, "writer");
    import(&job, &file).ended(0);
}
