//! `vault export` and `vault import`: a connection travels to a job and back, and lives in one place.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use oauthctl::lock;

use crate::world::{Output, World, identity_in};

/// The recipient of a world's key.
pub(crate) fn recipient(world: &World) -> String {
    let identity: age::x25519::Identity = identity(world).parse().unwrap();
    identity.to_public().to_string()
}

pub(crate) fn identity(world: &World) -> String {
    identity_in(world.key_file())
}

/// A machine with nothing but an identity in its environment.
pub(crate) fn job() -> World {
    let job = World::empty();
    job.make_key();
    job
}

fn in_job(job: &World, args: &[&str]) -> Output {
    let call = job.call(args).without("OAUTHCTL_IDENTITY_FILE");
    let call = call.env("OAUTHCTL_IDENTITY", identity(job));
    call.env("OAUTHCTL_NO_INPUT", "1").run()
}

pub(crate) fn carry(from: &World, name: &str, to: &World) -> String {
    let sealed = fs::read(from.path(&format!("work/{name}"))).unwrap();
    let file = to.path(&format!("work/{name}"));
    oauthctl::private_file::replace(&file, &sealed).unwrap();
    file.display().to_string()
}

#[test]
fn vault_export_moves_a_connection_to_a_job_that_refreshes_it_and_sends_it_back() {
    let desk = World::new();
    desk.connect();
    let job = job();
    let token = desk.token("sandbox");
    job.access_token(&token);
    let file = desk.path("work/job.age").display().to_string();
    let to = recipient(&job);
    let export = [
        "vault",
        "export",
        "--connection",
        "sandbox",
        "--to",
        &to,
        &file,
    ];
    desk.ok(&export).no_data().says(&["moved `sandbox/"]);
    assert_eq!(desk.shown("sandbox")["state"], "moved");
    desk.run(&["token", "sandbox"])
        .ended(4)
        .no_data()
        .says(&["`oauthctl vault import FILE --with IDENTITY`"]);
    desk.run(&["refresh", "sandbox"]).ended(4);
    desk.ok(&["refresh", "--all"]);
    let sealed = fs::read(&file).unwrap();
    assert!(
        !sealed
            .windows(token.len())
            .any(|part| part == token.as_bytes())
    );

    let there = carry(&desk, "job.age", &job);
    in_job(&job, &["vault", "import", &there])
        .ended(9)
        .says(&["/token`", "--definition sandbox"]);
    assert!(!job.vault().exists());
    in_job(
        &job,
        &["vault", "import", &there, "--definition", "sandbox"],
    )
    .ended(0)
    .says(&["wrote the definition of `sandbox`", "took in `sandbox/"]);
    let shown = in_job(&job, &["token", "sandbox"]).ended(0);
    assert_eq!(shown.stdout.trim(), token);
    in_job(&job, &["vault", "export", "--update", &there])
        .ended(0)
        .says(&["nothing was refreshed"]);
    in_job(&job, &["refresh", "sandbox"]).ended(0);
    let newer = in_job(&job, &["token", "sandbox"]).ended(0);
    let newer = newer.stdout.trim().to_owned();
    assert_ne!(newer, token);
    desk.access_token(&newer);
    let update = ["--json", "vault", "export", "--update", &there];
    let updated = in_job(&job, &update).ended(0).documents();
    assert_eq!(updated[0]["changed"], true);

    goes_on(&desk, &job, &newer);
}

/// The next run of the job, which has nothing but the file; and home again.
fn goes_on(desk: &World, job: &World, newer: &str) {
    let next = World::empty();
    oauthctl::private_file::replace(&next.key_file(), identity(job).as_bytes()).unwrap();
    next.secret("the job's identity", &identity(job));
    next.access_token(newer);
    let there = carry(job, "job.age", &next);
    in_job(
        &next,
        &["vault", "import", &there, "--definition", "sandbox"],
    )
    .ended(0);
    in_job(&next, &["refresh", "sandbox"]).ended(0);
    let newest = in_job(&next, &["token", "sandbox"]).ended(0);
    desk.access_token(newest.stdout.trim());

    let back = next.path("work/back.age").display().to_string();
    let to = recipient(desk);
    let home = [
        "vault",
        "export",
        "--connection",
        "sandbox",
        "--to",
        &to,
        &back,
    ];
    in_job(&next, &home).ended(0);
    let back = carry(&next, "back.age", desk);
    desk.ok(&["vault", "import", &back])
        .says(&["took in `sandbox/"]);
    assert_eq!(desk.token("sandbox"), newest.stdout.trim());
    desk.ok(&["refresh", "sandbox"]);
    desk.ok(&["audit", "verify"]);
    assert_eq!(desk.json(&["audit", "--action", "export"]).len(), 2);
    assert_eq!(desk.json(&["audit", "--action", "import"]).len(), 1);
    // what is older than what is here stays outside
    desk.ok(&["vault", "import", &back])
        .says(&["stays as it is"]);
}

#[test]
fn vault_export_copies_only_what_does_not_rotate() {
    let desk = World::new();
    desk.connect();
    let job = job();
    let to = recipient(&job);
    let file = desk.path("work/job.age").display().to_string();
    let copy = [
        "vault",
        "export",
        "--copy",
        "--connection",
        "sandbox",
        "--to",
        &to,
        &file,
    ];
    desk.run(&copy)
        .ended(9)
        .says(&["rotate", "--client-credentials"]);
    assert!(!desk.path("work/job.age").exists());
    assert_eq!(desk.shown("sandbox")["state"], "active");
    let toml = desk.provider_toml();
    let steady = toml.replace("rotation = \"replace_and_kill\"", "rotation = \"none\"");
    assert_ne!(steady, toml, "the control");
    desk.define("sandbox", &steady);
    desk.ok(&copy).says(&["copied `sandbox/"]);
    assert_eq!(desk.shown("sandbox")["state"], "active");
    job.access_token(&desk.token("sandbox"));
    let there = carry(&desk, "job.age", &job);
    in_job(
        &job,
        &["vault", "import", &there, "--definition", "sandbox"],
    )
    .ended(0);
    in_job(&job, &["token", "sandbox"]).ended(0);
    // A later copy takes the place of an earlier one, and the connection here stays whatever comes.
    desk.ok(&["refresh", "sandbox"]);
    let token = desk.token("sandbox");
    job.access_token(&token);
    desk.ok(&[&copy[..], &["--force"]].concat());
    let there = carry(&desk, "job.age", &job);
    in_job(&job, &["vault", "import", &there])
        .ended(0)
        .says(&["took in `sandbox/"]);
    assert_eq!(
        in_job(&job, &["token", "sandbox"]).ended(0).stdout.trim(),
        token
    );
}

#[test]
fn vault_export_that_can_not_be_written_leaves_the_connection_as_it_was() {
    let desk = World::new();
    desk.connect();
    let to = recipient(&desk);
    let export = |file: &str| {
        let args = [
            "vault",
            "export",
            "--connection",
            "sandbox",
            "--to",
            &to,
            file,
        ];
        desk.run(&args)
    };
    let there = desk.give("there", "x").display().to_string();
    export(&there).ended(1).says(&["--force"]);
    assert_eq!(fs::read_to_string(&there).unwrap(), "x");
    export("/no/such/folder/job.age")
        .ended(1)
        .says(&["the connections are as they were"]);
    assert_eq!(desk.shown("sandbox")["state"], "active");
    let unknown = ["vault", "export", "--connection", "nix", "--to", &to, "f"];
    desk.run(&unknown)
        .ended(4)
        .says(&["no provider is called `nix`"])
        .silent_about("connect nix");
    let nobody = [
        "vault",
        "export",
        "--connection",
        "sandbox",
        "--to",
        "age1x",
        "f",
    ];
    desk.run(&nobody)
        .ended(2)
        .says(&["is not an age recipient"]);
    desk.run(&[
        "vault",
        "export",
        "--connection",
        "nobody",
        "--to",
        &to,
        "f",
    ])
    .ended(4);
    desk.run(&["vault", "export", "f"]).ended(2);
    assert_eq!(desk.shown("sandbox")["state"], "active");
    desk.ok(&["refresh", "sandbox"]);
}

#[test]
fn vault_import_refuses_what_is_not_for_this_key_or_says_where_tokens_go() {
    let desk = World::new();
    desk.connect();
    let job = job();
    let other = World::empty();
    other.make_key();
    let to = recipient(&other);
    let file = desk.path("work/job.age").display().to_string();
    desk.ok(&[
        "vault",
        "export",
        "--connection",
        "sandbox",
        "--to",
        &to,
        &file,
    ]);
    let there = carry(&desk, "job.age", &job);
    in_job(&job, &["vault", "import", &there])
        .ended(6)
        .says(&["it is not locked to"]);
    let junk = job.give("junk", "no export").display().to_string();
    in_job(&job, &["vault", "import", &junk]).ended(1);
    assert!(!job.vault().exists(), "a vault for a file that was refused");
    let seal = |text: &str| {
        let recipient: age::x25519::Recipient = recipient(&job).parse().unwrap();
        let sealed = age::encrypt(&recipient, text.as_bytes()).unwrap();
        let file = job.path("work/forged.age");
        oauthctl::private_file::replace(&file, &sealed).unwrap();
        file.display().to_string()
    };
    let empty = r#"{"oauthctl_export":1,"recipients":[],"clients":[],"connections":[]"#;
    let newer = seal(&format!("{},\"providers\":[]}}", empty.replace(":1", ":2")));
    in_job(&job, &["vault", "import", &newer]).ended(1);
    // anybody who knows the recipient can make one
    for name in ["github", "../x", "corp"] {
        let text = r#"extends = \"github\""#;
        let forged = seal(&format!(
            "{empty},\"providers\":[{{\"name\":\"{name}\",\"text\":\"{text}\"}}]}}"
        ));
        let refused = in_job(&job, &["vault", "import", &forged]);
        assert_ne!(refused.code, 0, "{refused:?}");
        let definitions = fs::read_dir(job.path("home/.config/oauthctl/providers.d"));
        assert_eq!(definitions.into_iter().flatten().count(), 0, "{name}");
    }
    let good = seal(&format!("{empty},\"providers\":[]}}"));
    in_job(&job, &["vault", "import", &good]).ended(0);
}

/// An export of `sandbox` from `desk` for `job`, opened.
pub(crate) fn exported(desk: &World, job: &World) -> serde_json::Value {
    let to = recipient(job);
    let file = desk.path("work/job.age").display().to_string();
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    // One that is there was carried away: it would be kept where something left in it.
    let _ = fs::remove_file(&file);
    desk.ok(&[&export[..], &[&file]].concat());
    let identity: age::x25519::Identity = identity(job).parse().unwrap();
    let open = age::decrypt(&identity, &fs::read(&file).unwrap()).unwrap();
    serde_json::from_slice(&open).unwrap()
}

/// Seals a document for `job`, as anybody can who knows its recipient.
pub(crate) fn sealed(job: &World, document: &serde_json::Value) -> String {
    let to: age::x25519::Recipient = recipient(job).parse().unwrap();
    let sealed = age::encrypt(&to, document.to_string().as_bytes()).unwrap();
    let file = job.path("work/sealed.age");
    oauthctl::private_file::replace(&file, &sealed).unwrap();
    file.display().to_string()
}

type Change = fn(&mut serde_json::Value);

#[test]
fn vault_import_believes_no_file_that_an_export_would_not_write() {
    let desk = World::new();
    desk.connect();
    let job = job();
    job.access_token(&desk.token("sandbox"));
    let honest = exported(&desk, &job);
    let import = |file: &str| {
        let args = ["vault", "import", file, "--definition", "sandbox"];
        in_job(&job, &args)
    };
    let changes: [(Change, i32, &str); 2] = [
        (
            // What it is exchanged for would be read here and sent where the file says.
            |one| {
                one["grant"] = serde_json::json!({"token_exchange": {
                    "source": "file:/etc/hostname",
                    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
                    "audience": null,
                }});
            },
            2,
            "stays on its machine",
        ),
        (
            |one| {
                let set = one["state"]["active"]["set"].clone();
                one["state"] = serde_json::json!({ "suspect": { "set": set } });
            },
            4,
            "is suspect",
        ),
    ];
    for (change, code, said) in changes {
        let mut forged = honest.clone();
        change(&mut forged["connections"][0]);
        import(&sealed(&job, &forged)).ended(code).says(&[said]);
        assert!(!job.vault().exists(), "{said}");
        let definitions = fs::read_dir(job.path("home/.config/oauthctl/providers.d"));
        assert_eq!(definitions.into_iter().flatten().count(), 0, "{said}");
    }
    import(&sealed(&job, &honest)).ended(0);
    in_job(&job, &["token", "sandbox"]).ended(0);
}

#[test]
fn vault_export_update_seals_only_for_whom_the_file_was_when_it_came() {
    let desk = World::new();
    desk.connect();
    let job = job();
    job.access_token(&desk.token("sandbox"));
    let honest = exported(&desk, &job);
    let file = sealed(&job, &honest);
    in_job(&job, &["vault", "import", &file, "--definition", "sandbox"]).ended(0);
    in_job(&job, &["refresh", "sandbox"]).ended(0);
    let newest = in_job(&job, &["token", "sandbox"]).ended(0);
    desk.access_token(newest.stdout.trim());
    // Somebody put another file there, which asks for one more recipient.
    let mut swapped = honest.clone();
    let stranger = World::empty();
    stranger.make_key();
    let recipients = swapped["recipients"].as_array_mut().unwrap();
    recipients.push(recipient(&stranger).into());
    let file = sealed(&job, &swapped);
    let before = fs::read(&file).unwrap();
    let update = ["vault", "export", "--update", &file];
    in_job(&job, &update).ended(9).says(&["did not come here"]);
    assert_eq!(fs::read(&file).unwrap(), before);
    in_job(&job, &["vault", "import", &file])
        .ended(0)
        .says(&["stays as it is"]);
    in_job(&job, &update).ended(9);
    // Newer tokens for others are not taken, and nobody goes on with what is here.
    let mut others = swapped;
    let issue = &mut others["connections"][0]["issue"]["set"];
    *issue = (issue.as_u64().unwrap() + 9).into();
    let file = sealed(&job, &others);
    in_job(&job, &["vault", "import", &file])
        .ended(9)
        .says(&["for other recipients", "--local-only"]);
    // A vault that fell behind does not take the place of newer tokens.
    let mut newer = honest.clone();
    let issue = &mut newer["connections"][0]["issue"]["set"];
    *issue = (issue.as_u64().unwrap() + 9).into();
    let file = sealed(&job, &newer);
    in_job(&job, &["vault", "export", "--update", &file])
        .ended(9)
        .says(&["newer tokens"]);
    let file = sealed(&job, &honest);
    in_job(&job, &["vault", "export", "--update", &file]).ended(0);
    assert_eq!(
        in_job(&job, &["--json", "audit", "--action", "export"])
            .documents()
            .len(),
        1
    );
}

#[test]
fn vault_import_never_takes_the_place_of_what_was_connected_here() {
    let desk = World::new();
    desk.connect();
    let job = job();
    job.access_token(&desk.token("sandbox"));
    exported(&desk, &job);
    let there = carry(&desk, "job.age", &job);
    in_job(
        &job,
        &["vault", "import", &there, "--definition", "sandbox"],
    )
    .ended(0);
    in_job(&job, &["refresh", "sandbox"]).ended(0);
    in_job(&job, &["vault", "export", "--update", &there]).ended(0);
    let newest = in_job(&job, &["token", "sandbox"]).ended(0);
    desk.access_token(newest.stdout.trim());
    // Meanwhile somebody signed in anew at the desk.
    desk.connect();
    let token = desk.token("sandbox");
    let back = carry(&job, "job.age", &desk);
    let key = desk.give("job-key", &identity(&job)).display().to_string();
    desk.run(&["vault", "import", &back])
        .ended(6)
        .says(&["--with"]);
    desk.ok(&["vault", "import", &back, "--with", &key])
        .says(&["stays as it is"]);
    assert_eq!(desk.token("sandbox"), token);
    assert_eq!(desk.shown("sandbox")["state"], "active");
}

#[test]
fn vault_import_knows_an_account_again_that_has_another_name_since() {
    let world = World::new();
    world.connect();
    let to = recipient(&world);
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    world.ok(&[&export[..], &["away.age"]].concat());
    let renamed = world.connect_with(&["sandbox", "--account", "second"]);
    renamed.0.ended(0).says(&["renamed"]);
    let token = world.token("sandbox");
    let says = "`sandbox/second` (`sandbox/writer` in the file) stays as it is here: \
                another consent has its place";
    world.ok(&["vault", "import", "away.age"]).says(&[says]);
    let list = world.json(&["list"]);
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!(list[0]["connection"], "sandbox/second");
    assert_eq!(world.token("sandbox"), token);
}

#[test]
fn vault_import_of_an_older_file_does_not_bring_back_what_moved_away() {
    let desk = World::new();
    desk.connect();
    let job = job();
    job.access_token(&desk.token("sandbox"));
    exported(&desk, &job);
    let first = carry(&desk, "job.age", &job);
    let import = ["vault", "import", &first, "--definition", "sandbox"];
    in_job(&job, &import).ended(0);
    in_job(&job, &["refresh", "sandbox"]).ended(0);
    let newest = in_job(&job, &["token", "sandbox"]).ended(0);
    desk.access_token(newest.stdout.trim());
    let home = job.path("work/home.age").display().to_string();
    let to = recipient(&desk);
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    in_job(&job, &[&export[..], &[&home]].concat()).ended(0);
    // The next run of the job, with the file of the run before.
    in_job(&job, &import).ended(0).says(&["stays as it is"]);
    in_job(&job, &["token", "sandbox"]).ended(4).no_data();
    let back = carry(&job, "home.age", &desk);
    desk.ok(&["vault", "import", &back]);
    assert_eq!(desk.shown("sandbox")["state"], "active");
    desk.ok(&["refresh", "sandbox"]);
    // What comes back with the tokens that it left with may have been used there.
    desk.access_token(&desk.token("sandbox"));
    let away = desk.path("work/away.age").display().to_string();
    desk.ok(&[&export[..], &[&away]].concat());
    desk.ok(&["vault", "import", &away])
        .says(&["only `oauthctl refresh sandbox/"]);
    assert_eq!(desk.shown("sandbox")["state"], "suspect");
    desk.ok(&["refresh", "sandbox"]);
    assert_eq!(desk.shown("sandbox")["state"], "active");
}

pub(crate) const FORGED: &str = "forged-access-4f1c";

/// A document as somebody would make it who knows no more than a public key: tokens of his own, which
/// are some refreshes newer, by a clock that is as many hours slow, and the tickets that he has.
pub(crate) fn forged(
    honest: &serde_json::Value,
    newer: u64,
    tickets: &[&str],
) -> serde_json::Value {
    let mut forged = honest.clone();
    let one = &mut forged["connections"][0];
    let (own, carried) = tickets.split_last().unzip();
    one["own_ticket"] = own.copied().into();
    one["tickets"] = carried.unwrap_or_default().into();
    let set = one["issue"]["set"].as_u64().unwrap();
    one["issue"]["set"] = (set + newer).into();
    let consent = one["issue"]["consent"].as_u64().unwrap();
    one["issue"]["consent"] = (consent + newer * 100).into();
    let set = &mut one["state"]["active"]["set"];
    set["access_token"] = FORGED.into();
    set["refresh_token"] = format!("forged-refresh-{newer}").into();
    let wall = set["obtained"]["wall_ms"].as_i64().unwrap();
    let slow = i64::try_from(newer).unwrap() * 3_600_000;
    set["obtained"]["wall_ms"] = (wall - slow).into();
    forged
}

pub(crate) fn ticket_of(world: &World, document: &serde_json::Value) -> String {
    let ticket = &document["connections"][0]["own_ticket"];
    let ticket = ticket.as_str().unwrap().to_owned();
    world.secret("the ticket", &ticket);
    ticket
}

pub(crate) const STRANGE: &str = "00112233445566778899aabbccddeeff";

/// Without its ticket, a file changes nothing of what is in `state` here.
fn stays(world: &World, honest: &serde_json::Value, state: &str, said: &str) {
    world.access_token(FORGED);
    for tickets in [&[][..], &[STRANGE], &[""]] {
        let file = sealed(world, &forged(honest, 9, tickets));
        let import = ["vault", "import", &file];
        world.run(&import).ended(9).says(&["were not taken", said]);
        assert_eq!(world.shown("sandbox")["state"], state);
    }
}

fn comes_home(world: &World, honest: &serde_json::Value, ticket: &str) {
    let file = sealed(world, &forged(honest, 9, &[STRANGE, ticket]));
    world
        .ok(&["vault", "import", &file])
        .says(&["took in `sandbox/"]);
    assert_eq!(world.shown("sandbox")["state"], "active");
    assert_eq!(world.token("sandbox"), FORGED);
}

#[test]
fn vault_import_brings_home_what_moved_only_with_the_ticket_that_it_left_with() {
    let desk = World::new();
    desk.connect();
    let honest = exported(&desk, &job());
    let ticket = ticket_of(&desk, &honest);
    stays(&desk, &honest, "moved", "oauthctl connect sandbox");
    comes_home(&desk, &honest, &ticket);
    // It is home: the ticket is spent, and what was connected here stays.
    let again = sealed(&desk, &forged(&honest, 20, &[&ticket]));
    desk.run(&["vault", "import", &again])
        .ended(9)
        .says(&["were not taken"]);
    // What comes home with the tokens that it left with is suspect, and waits for what became of it: its
    // ticket is spent when it is refreshed here.
    desk.connect();
    let honest = exported(&desk, &desk);
    let next = ticket_of(&desk, &honest);
    assert_ne!(next, ticket);
    let home = desk.path("work/job.age").display().to_string();
    desk.ok(&["vault", "import", &home]);
    stays(&desk, &honest, "suspect", "oauthctl connect sandbox");
    desk.ok(&["refresh", "sandbox"]);
    let again = sealed(&desk, &forged(&honest, 9, &[&next]));
    desk.run(&["vault", "import", &again]).ended(9);
    assert_ne!(desk.token("sandbox"), FORGED);
}

#[test]
fn vault_import_replaces_nothing_without_a_ticket_whatever_its_state() {
    let desk = World::new();
    desk.connect();
    let honest = exported(&desk, &job());
    desk.connect();
    desk.access_token(FORGED);
    // What was connected here is not for any file to replace.
    let ticket = ticket_of(&desk, &honest);
    for (tickets, why) in [
        (&[][..], "it was connected here"),
        (&[ticket.as_str()], "another consent has its place"),
    ] {
        let file = sealed(&desk, &forged(&honest, 9, tickets));
        desk.ok(&["vault", "import", &file])
            .says(&["stays as it is here", why]);
        assert_ne!(desk.token("sandbox"), FORGED);
    }
    for (fault, code, state, said) in [
        (
            "refresh:*=drop-after",
            5,
            "refreshing",
            "under way or was cut off",
        ),
        (
            "refresh:*=invalid-grant",
            4,
            "needs_login",
            "oauthctl connect sandbox",
        ),
    ] {
        desk.faults(&[fault]);
        desk.run(&["refresh", "sandbox"]).ended(code);
        stays(&desk, &honest, state, said);
        let to = recipient(&desk);
        let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
        let refused = desk.run(&[&export[..], &["never.age"]].concat()).ended(4);
        if state == "needs_login" {
            refused
                .says(&["needs a new sign-in", "oauthctl connect sandbox"])
                .silent_about("oauthctl refresh");
        }
        desk.faults(&[]);
    }
    desk.connect();
    desk.faults(&["revoke:*=500"]);
    desk.run(&["revoke", "sandbox"]).ended(1);
    stays(&desk, &honest, "revoking", "under way or was cut off");
}

#[test]
fn vault_import_mends_what_came_in_a_file_with_the_ticket_of_that_file() {
    let desk = World::new();
    desk.connect();
    let job = World::empty();
    job.make_key();
    job.define("sandbox", &desk.provider_toml());
    job.access_token(&desk.token("sandbox"));
    let honest = exported(&desk, &job);
    let ticket = ticket_of(&job, &honest);
    let file = carry(&desk, "job.age", &job);
    job.ok(&["vault", "import", &file]);
    stays(&job, &honest, "active", "--local-only");
    desk.faults(&["refresh:*=invalid-grant"]);
    job.run(&["refresh", "sandbox"]).ended(4);
    stays(&job, &honest, "needs_login", "--local-only");
    comes_home(&job, &honest, &ticket);
    // It is renewed only in files that carry the ticket, and goes on carrying it.
    let bare = sealed(&job, &forged(&honest, 5, &[]));
    job.run(&["vault", "export", "--update", &bare])
        .ended(9)
        .says(&["did not come here"]);
    job.ok(&["vault", "export", "--update", &file]);
    let identity: age::x25519::Identity = identity(&job).parse().unwrap();
    let open = age::decrypt(&identity, &fs::read(&file).unwrap()).unwrap();
    let text = String::from_utf8(open).unwrap();
    assert!(text.contains(&ticket) && text.contains(FORGED));
    // No log names it.
    let log = job.ok(&["audit", "--json"]);
    assert!(!log.stdout.contains(&ticket));
}

#[test]
fn vault_export_update_without_an_import_leads_to_that() {
    let desk = World::new();
    desk.connect();
    let job = job();
    let to = recipient(&job);
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    desk.ok(&[&export[..], &["job.age"]].concat());
    let file = carry(&desk, "job.age", &job);
    let update = ["vault", "export", "--update", &file];
    let says = ["hint: take in what the file brings first: `oauthctl vault import FILE`"];
    let none = in_job(&job, &update).ended(4).says(&says);
    none.silent_about("oauthctl connect");
    in_job(&job, &["vault", "init"]).ended(0);
    let empty = in_job(&job, &update).ended(4).says(&says);
    empty.silent_about("oauthctl connect");
}

#[test]
fn vault_export_does_not_replace_a_file_that_has_what_left_in_it() {
    let desk = World::new();
    desk.connect();
    desk.connect_as("reader");
    let job = job();
    let to = recipient(&job);
    let file = desk.path("work/job.age").display().to_string();
    let export = |connection: &str, file: &str| {
        let args = ["vault", "export", "--connection", connection, "--to", &to];
        let call = desk.call(&[&args[..], &["--force", file]].concat());
        call.within("work").run()
    };
    export("sandbox/writer", &file).ended(0);
    let before = fs::read(&file).unwrap();
    for same in [&file, "job.age", "../work/job.age"] {
        export("sandbox/reader", same).ended(9).says(&[
            "`sandbox/writer` left in",
            "name another file",
            "export them together",
        ]);
    }
    desk.run(&["vault", "backup", "--force", &file])
        .ended(9)
        .says(&["`sandbox/writer` left in", "or bring it home first: `"]);
    desk.run(&["audit", "report", "--force", "--html", &file])
        .ended(9);
    assert_eq!(fs::read(&file).unwrap(), before);
    assert_eq!(desk.shown("sandbox/reader")["state"], "active");
    // In another one it goes, and where the first was carried away, its place is free.
    export("sandbox/reader", "other.age").ended(0);
    fs::remove_file(&file).unwrap();
    desk.connect_as("third");
    export("sandbox/third", &file).ended(0);
    // What is home again is in no file.
    let key = desk.give("job.txt", &identity(&job));
    let home = [
        "vault",
        "import",
        &file,
        "--with",
        &key.display().to_string(),
    ];
    desk.ok(&home);
    desk.ok(&["refresh", "sandbox/third"]);
    export("sandbox/third", &file).ended(0);
}

#[test]
fn a_file_that_has_what_left_in_it_is_not_replaced_by_another_vaults_commands() {
    let desk = World::new();
    desk.connect();
    let file = desk.path("work/job.age").display().to_string();
    let to = recipient(&desk);
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    let two = |args: &[&str]| desk.run(&[&["--profile", "two"], args].concat());
    two(&["vault", "init"]).ended(0);
    desk.ok(&[&export[..], &[&file]].concat());
    let before = fs::read(&file).unwrap();
    let backup = ["vault", "backup", "--force", &file];
    let report = ["audit", "report", "--force", "--html", &file];
    for args in [&backup[..], &report] {
        two(args)
            .ended(9)
            .says(&["what left another vault", "name another file"]);
    }
    assert_eq!(fs::read(&file).unwrap(), before);
    // Where it is used, it is renewed; and what is home again is in no file.
    let job = |args: &[&str]| desk.run(&[&["--profile", "job"], args].concat());
    job(&["vault", "import", &file]).ended(0);
    job(&["refresh", "sandbox"]).ended(0);
    job(&["vault", "export", "--update", &file]).ended(0);
    two(&backup).ended(9);
    desk.ok(&["vault", "import", &file]).says(&["took in"]);
    two(&backup).ended(0);
}

#[test]
fn vault_export_and_backup_that_waited_do_not_replace_what_was_exported_meanwhile() {
    let desk = World::new();
    desk.connect();
    let to = recipient(&job());
    let file = desk.give("job.age", "junk").display().to_string();
    let export = ["vault", "export", "--force", &file, "--to", &to];
    let export_of = |name: &str| desk.call(&[&export[..], &["--connection", name]].concat());
    let locks = desk.vault().with_file_name("vault.db.locks");
    // somebody works on the only connection
    desk.ok(&["refresh", "sandbox"]);
    let names = fs::read_dir(&locks).unwrap();
    let names = names.map(|entry| entry.unwrap().path());
    let is_one = |path: &PathBuf| path.to_string_lossy().contains("connection-");
    let newest = names.filter(is_one).max().unwrap();
    desk.connect_as("reader");
    let patience = Duration::from_secs(9);
    let work = lock::exclusive(&newest, patience).unwrap();
    let slow = export_of("sandbox/writer").start();
    slow.until_it_waits();
    export_of("sandbox/reader").run().ended(0);
    let before = fs::read(&file).unwrap();
    drop(work);
    slow.finish()
        .ended(9)
        .says(&["`sandbox/reader` left in", "are as they were"]);
    assert_eq!(fs::read(&file).unwrap(), before);
    assert_eq!(desk.shown("sandbox/writer")["state"], "active");
    // the same with a backup, which waits for whoever works on the vault
    desk.connect_as("third");
    let file = desk.give("third.age", "junk").display().to_string();
    let work = lock::shared(&locks.join("vault"), patience).unwrap();
    let slow = desk.call(&["vault", "backup", "--force", &file]).start();
    slow.until_it_waits();
    let export = ["vault", "export", "--force", &file, "--to", &to];
    desk.ok(&[&export[..], &["--connection", "sandbox/third"]].concat());
    let before = fs::read(&file).unwrap();
    drop(work);
    slow.finish().ended(9).says(&["`sandbox/third` left in"]);
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn vault_export_and_pages_look_at_a_file_and_replace_it_in_one() {
    let desk = World::new();
    desk.connect();
    let to = recipient(&job());
    let file = desk.give("job.age", "junk").display().to_string();
    let locks = desk.vault().with_file_name("vault.db.locks");
    let turn = lock::exclusive(&locks.join("files"), Duration::from_secs(9)).unwrap();
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    let export = desk.call(&[&export[..], &["--force", &file]].concat());
    let export = export.start();
    export.until_it_waits();
    let report = desk.call(&["audit", "report", "--force", "--html", &file]);
    let report = report.start();
    report.until_it_waits();
    drop(turn);
    report.finish().ended(9).says(&["`sandbox/writer` left in"]);
    export.finish().ended(0);
    let sealed = fs::read(&file).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/"));
}

#[test]
fn vault_export_update_that_waited_does_not_replace_what_came_meanwhile() {
    let desk = World::new();
    desk.connect();
    let job = job();
    exported(&desk, &job);
    let file = carry(&desk, "job.age", &job);
    in_job(&job, &["vault", "import", &file, "--definition", "sandbox"]).ended(0);
    in_job(&job, &["refresh", "sandbox"]).ended(0);
    let update = job.call(&["vault", "export", "--update", &file]);
    let update = update.without("OAUTHCTL_IDENTITY_FILE");
    let update = update.env("OAUTHCTL_IDENTITY", identity(&job));
    let locks = job.vault().with_file_name("vault.db.locks");
    let turn = lock::exclusive(&locks.join("files"), Duration::from_secs(9)).unwrap();
    let update = update.start();
    update.until_it_waits();
    // a person consented anew at the desk, and put the file there
    desk.connect();
    exported(&desk, &job);
    carry(&desk, "job.age", &job);
    let before = fs::read(&file).unwrap();
    drop(turn);
    update.finish().ended(9).says(&["replaced meanwhile"]);
    assert_eq!(fs::read(&file).unwrap(), before);
    in_job(&job, &["vault", "import", &file])
        .ended(0)
        .says(&["took in"]);
}

#[test]
fn vault_import_takes_a_new_consent_over_an_older_one_that_was_refreshed_often() {
    let desk = World::new();
    desk.connect();
    let job = job();
    let import = |file: &str| {
        let args = ["vault", "import", file, "--definition", "sandbox"];
        in_job(&job, &args)
    };
    exported(&desk, &job);
    import(&carry(&desk, "job.age", &job)).ended(0);
    for _ in 0..3 {
        in_job(&job, &["refresh", "sandbox"]).ended(0);
    }
    // The job's is lost; a person consents anew.
    desk.connect();
    let token = desk.token("sandbox");
    job.access_token(&token);
    exported(&desk, &job);
    let file = carry(&desk, "job.age", &job);
    import(&file).ended(0).says(&["took in"]);
    let now = in_job(&job, &["token", "sandbox"]).ended(0);
    assert_eq!(now.stdout.trim(), token);
    in_job(&job, &["refresh", "sandbox"]).ended(0);
    in_job(&job, &["vault", "export", "--update", &file]).ended(0);
}

#[test]
fn vault_import_of_a_file_that_came_before_leaves_the_way_home() {
    let desk = World::new();
    desk.connect();
    let job = job();
    let import = |file: &str| {
        let args = ["vault", "import", file, "--definition", "sandbox"];
        in_job(&job, &args)
    };
    exported(&desk, &job);
    let key = desk.give("job.txt", &identity(&job));
    let key = key.display().to_string();
    let before = desk.path("work/before.age");
    fs::copy(desk.path("work/job.age"), &before).unwrap();
    oauthctl::private_file::replace(&before, &fs::read(&before).unwrap()).unwrap();
    let home = [
        "vault",
        "import",
        &before.display().to_string(),
        "--with",
        &key,
    ]
    .map(str::to_owned);
    let home: Vec<&str> = home.iter().map(String::as_str).collect();
    desk.ok(&home);
    desk.ok(&["refresh", "sandbox"]);
    fs::remove_file(desk.path("work/job.age")).unwrap();
    exported(&desk, &job);
    let file = carry(&desk, "job.age", &job);
    import(&file).ended(0).says(&["took in"]);
    let older = carry(&desk, "before.age", &job);
    import(&older).ended(0).says(&["stays as it is"]);
    in_job(&job, &["refresh", "sandbox"]).ended(0);
    in_job(&job, &["vault", "export", "--update", &file]).ended(0);
    let sealed = fs::read(&file).unwrap();
    let back = desk.path("work/back.age");
    oauthctl::private_file::replace(&back, &sealed).unwrap();
    let back = back.display().to_string();
    desk.ok(&["vault", "import", &back, "--with", &key]);
    desk.ok(&["refresh", "sandbox"]);
}

#[test]
fn vault_import_goes_by_the_number_of_refreshes_and_by_no_clock() {
    let desk = World::new();
    desk.connect();
    let job = job();
    let mut document = exported(&desk, &job);
    // The desk's clock was a year ahead.
    let wall = &mut document["connections"][0]["state"]["active"]["set"]["obtained"]["wall_ms"];
    *wall = (wall.as_i64().unwrap() + 365 * 86_400_000).into();
    let file = sealed(&job, &document);
    let import = ["vault", "import", &file, "--definition", "sandbox"];
    in_job(&job, &import).ended(0);
    in_job(&job, &["refresh", "sandbox"]).ended(0);
    let newest = in_job(&job, &["token", "sandbox"]).ended(0).stdout;
    job.access_token(newest.trim());
    desk.access_token(newest.trim());
    in_job(&job, &["vault", "export", "--update", &file])
        .ended(0)
        .says(&["sealed `"]);
    // What it came in is older, whatever its clock said.
    let older = sealed(&job, &document);
    in_job(&job, &["vault", "import", &older])
        .ended(0)
        .says(&["no newer tokens"]);
    let to = recipient(&desk);
    let home = job.path("work/home.age").display().to_string();
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    in_job(&job, &[&export[..], &[&home]].concat()).ended(0);
    let back = carry(&job, "home.age", &desk);
    desk.ok(&["vault", "import", &back]);
    assert_eq!(desk.token("sandbox"), newest.trim());
    assert_eq!(desk.shown("sandbox")["state"], "active");
}

#[test]
fn vault_export_update_renews_the_file_that_came_last_of_the_same_tokens() {
    let desk = World::new();
    desk.connect();
    let job = job();
    let import = |file: &str| {
        let args = ["vault", "import", file, "--definition", "sandbox"];
        in_job(&job, &args)
    };
    exported(&desk, &job);
    let first = carry(&desk, "job.age", &job);
    import(&first).ended(0);
    // Home, by the job's own key, and out again: the job's vault has these tokens already.
    let key = desk.give("job.txt", &identity(&job));
    desk.ok(&[
        "vault",
        "import",
        &first,
        "--with",
        &key.display().to_string(),
    ]);
    desk.ok(&["refresh", "sandbox"]);
    exported(&desk, &job);
    let second = carry(&desk, "job.age", &job);
    import(&second).ended(0).says(&["took in"]);
    in_job(&job, &["refresh", "sandbox"]).ended(0);
    let update = ["vault", "export", "--update", &second];
    in_job(&job, &update).ended(0).says(&["sealed `"]);
    desk.ok(&[
        "vault",
        "import",
        &second,
        "--with",
        &key.display().to_string(),
    ]);
    exported(&desk, &job);
    let third = carry(&desk, "job.age", &job);
    import(&third).ended(0).says(&["took in"]);
    in_job(&job, &["refresh", "sandbox"]).ended(0);
    let update = ["vault", "export", "--update", &third];
    in_job(&job, &update).ended(0).says(&["sealed `"]);
}

#[test]
fn vault_export_that_wrote_nothing_changes_nothing_and_says_so() {
    let desk = World::new();
    desk.connect();
    let to = recipient(&desk);
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    let plain = desk.give("plain", "x").display().to_string();
    let in_a_file = format!("{plain}/job.age");
    let folder = desk.path("work/folder");
    oauthctl::private_file::ensure_folder(&folder).unwrap();
    let folder = folder.display().to_string();
    let mut trials = vec![
        vec![in_a_file.as_str()],
        vec!["/no/such/folder/job.age", "--force"],
    ];
    if cfg!(target_os = "linux") {
        // not even the administrator writes there
        trials.push(vec!["/sys/job.age"]);
    }
    for trial in trials {
        let output = desk.run(&[&export[..], &trial].concat()).ended(1);
        let output = output.says(&["nothing was written"]);
        assert!(!output.stderr.contains("suspect"), "{output:?}");
        assert!(!output.stderr.contains("remove"), "{output:?}");
        assert_eq!(desk.shown("sandbox")["state"], "active", "{trial:?}");
    }
    let onto = desk.run(&[&export[..], &[&folder, "--force"]].concat());
    onto.ended(1).says(&["is no regular file"]);
    assert!(fs::read_dir(folder).unwrap().next().is_none());
    assert_eq!(desk.shown("sandbox")["state"], "active");
    desk.ok(&["refresh", "--all"]);
}

#[test]
fn vault_import_names_everything_that_it_took_and_did_not_take() {
    let desk = World::new();
    desk.connect();
    desk.connect_as("reader");
    let to = recipient(&desk);
    let file = desk.path("work/both.age").display().to_string();
    let both = ["sandbox/reader", "sandbox/writer"];
    let export = [
        "vault",
        "export",
        "--connection",
        both[0],
        "--connection",
        both[1],
    ];
    desk.ok(&[&export[..], &["--to", &to, &file]].concat());
    let identity: age::x25519::Identity = identity(&desk).parse().unwrap();
    let open = age::decrypt(&identity, &fs::read(&file).unwrap()).unwrap();
    let mut document: serde_json::Value = serde_json::from_slice(&open).unwrap();
    let connections = document["connections"].as_array_mut().unwrap();
    for one in connections.iter_mut() {
        one["own_ticket"] = serde_json::Value::Null;
    }
    let mut third = connections[0].clone();
    third["account"] = "third".into();
    third["subject"] = "3".into();
    connections.push(third);
    let import = ["vault", "import", &sealed(&desk, &document)];
    desk.run(&import).ended(9).says(&[
        "tokens of `sandbox/reader`, `sandbox/writer` were not taken",
        "taken: `sandbox/third`",
    ]);
    let again = desk.run(&["--json", import[0], import[1], import[2]]);
    let kept = again.ended(9).documents().remove(0);
    assert_eq!(kept["taken"], serde_json::json!([]));
    assert_eq!(kept["kept"][2]["why"], "not_newer");
    assert_eq!(kept["kept"][1]["why"], "no_ticket");
}

#[test]
fn vault_export_goes_back_and_forth_between_two_desks_as_often_as_one_likes() {
    let desk = World::new();
    desk.connect();
    let laptop = World::empty();
    laptop.make_key();
    laptop.define("sandbox", &desk.provider_toml());
    let learn = |world: &World| {
        let token = world.token("sandbox");
        desk.access_token(&token);
        laptop.access_token(&token);
    };
    let over = |from: &World, to: &World| {
        learn(from);
        let recipient = recipient(to);
        let file = from.path("work/over.age").display().to_string();
        from.ok(&[
            "vault",
            "export",
            "--connection",
            "sandbox",
            "--to",
            &recipient,
            "--force",
            &file,
        ]);
        let there = carry(from, "over.age", to);
        to.ok(&["vault", "import", &there])
            .says(&["took in `sandbox/"]);
        to.ok(&["refresh", "sandbox"]);
        learn(to);
        there
    };
    for _ in 0..3 {
        let file = over(&desk, &laptop);
        laptop
            .ok(&["vault", "export", "--update", &file])
            .says(&["sealed `"]);
        over(&laptop, &desk);
    }
    assert_eq!(desk.shown("sandbox")["state"], "active");
    assert_eq!(laptop.shown("sandbox")["state"], "moved");
}

#[test]
fn revoke_of_a_moved_connection_says_who_has_it_and_is_no_success() {
    let desk = World::new();
    desk.connect();
    desk.connect_as("reader");
    let to = recipient(&job());
    let move_away = |connection: &str| {
        let file = desk.path("work/job.age").display().to_string();
        let export = ["vault", "export", "--connection", connection];
        let call = desk.call(&export).args(&["--to", &to, "--force", &file]);
        call.run().ended(0);
    };
    let says = [
        "`sandbox/reader` is NOT revoked at the provider",
        "moved to another vault",
        "job.age --with IDENTITY`, then `oauthctl revoke sandbox/reader`",
    ];
    move_away("sandbox/reader");
    desk.run(&["revoke", "--all", "--yes"])
        .ended(1)
        .says(&["sandbox/writer: revoked at the provider"])
        .says(&says);
    assert_eq!(desk.shown("sandbox")["state"], "moved");
    let output = desk.run(&["--json", "revoke", "sandbox"]).ended(1);
    assert_eq!(output.documents()[0]["outcome"], "not_told");
    assert_eq!(output.documents()[0]["erased_here"], false);
    assert_eq!(output.documents()[0]["exports"], 1);
    let events = desk.json(&["audit", "--action", "revoke"]);
    let last = events.last().unwrap();
    assert_eq!(last["outcome"], "failed", "{last}");
    let forget = ["revoke", "sandbox/reader", "--local-only"];
    desk.ok(&forget).says(&["erased here only"]);
    assert!(desk.json(&["list"]).is_empty());
}

#[test]
fn vault_export_to_an_age_plugin_says_that_there_is_no_such_thing() {
    let world = World::new();
    world.connect();
    let stick = "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t";
    let file = world.path("work/x.age").display().to_string();
    let export = ["vault", "export", "--connection", "sandbox", "--to", stick];
    world
        .run(&[&export[..], &[&file]].concat())
        .ended(2)
        .no_data()
        .says(&["age plugin", "age-plugin-yubikey", "hint: name an ordinary"]);
}
