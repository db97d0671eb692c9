//! `vault export` and `vault import`: a connection travels to a job and back, and lives in one place.

use std::fs;

use crate::world::{Output, World};

/// The recipient of a world's key.
fn recipient(world: &World) -> String {
    let text = fs::read_to_string(world.key_file()).unwrap();
    let line = text.lines().find(|line| line.starts_with("AGE-")).unwrap();
    let identity: age::x25519::Identity = line.parse().unwrap();
    identity.to_public().to_string()
}

fn identity(world: &World) -> String {
    let text = fs::read_to_string(world.key_file()).unwrap();
    let line = text.lines().find(|line| line.starts_with("AGE-")).unwrap();
    line.to_owned()
}

/// A machine with nothing but an identity in its environment.
fn job() -> World {
    let job = World::empty();
    job.make_key();
    job
}

fn in_job(job: &World, args: &[&str]) -> Output {
    let call = job.call(args).without("OAUTHCTL_IDENTITY_FILE");
    let call = call.env("OAUTHCTL_IDENTITY", identity(job));
    call.env("OAUTHCTL_NO_INPUT", "1").run()
}

fn carry(from: &World, name: &str, to: &World) -> String {
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
    desk.run(&["token", "sandbox"]).ended(4).no_data();
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
    in_job(&next, &["vault", "import", &there]).ended(0);
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
    in_job(&job, &["vault", "import", &there]).ended(0);
    in_job(&job, &["token", "sandbox"]).ended(0);
    desk.token("sandbox");
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
    for name in ["github", "../x"] {
        let text = r#"extends = \"github\""#;
        let forged = seal(&format!(
            "{empty},\"providers\":[{{\"name\":\"{name}\",\"text\":\"{text}\"}}]}}"
        ));
        let refused = in_job(&job, &["vault", "import", &forged]);
        assert_ne!(refused.code, 0, "{refused:?}");
    }
    let good = seal(&format!("{empty},\"providers\":[]}}"));
    in_job(&job, &["vault", "import", &good]).ended(0);
}
