//! The documents of `--json`: one committed snapshot for each command. What differs between runs
//! or is secret is replaced by a word. `man/oauthctl-json.5` tells their fields; `tests/house` holds
//! it to these snapshots.

use std::fs;

use oauthctl::moment::Timestamp;
use rustix::process::Signal;
use serde_json::Value;

use crate::scripts::{KEEP, with_hook};
use crate::world::{Output, World};

/// A document whose changing parts are words.
fn settled(world: &World, mut document: Value) -> String {
    settle(world, &mut document);
    serde_json::to_string_pretty(&document).unwrap()
}

fn settle(world: &World, value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let changing = ["pid", "uid", "expires_in_seconds"].contains(&name.as_str());
                let is_told = name == "program" && member.as_str() != Some("PROGRAM");
                if is_told {
                    *member = "CHANGING".into();
                } else if changing && member.is_number() {
                    *member = "NUMBER".into();
                } else if [
                    "parent",
                    "vault_id",
                    "fingerprint",
                    "head",
                    "token",
                    "recipient",
                ]
                .contains(&name.as_str())
                    && member.is_string()
                {
                    *member = "CHANGING".into();
                } else {
                    settle(world, member);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                settle(world, item);
            }
        }
        Value::String(text) => {
            let folder = world.path("").canonicalize().unwrap();
            let folder = folder.to_str().unwrap().to_owned();
            let url = world.sandbox(|sandbox| sandbox.url().to_owned());
            let authority = url.strip_prefix("http://").unwrap().to_owned();
            *text = text
                .replace(&folder, "WORLD")
                .replace(&authority, "SANDBOX");
            // the name of another version beside a file
            if let Some((start, rest)) = text.split_once("from GitHub (")
                && let Some((_, end)) = rest.split_once(", ")
            {
                *text = format!("{start}from GitHub (TIME, {end}");
            }
            if text.starts_with("sbx_") {
                "SECRET".clone_into(text);
            } else if text.starts_with("age1") {
                "RECIPIENT".clone_into(text);
            } else if text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                "VERSION".clone_into(text);
            } else if Timestamp::parse(text).is_some() {
                "TIME".clone_into(text);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

macro_rules! shape {
    ($world:expr, $name:literal, $args:expr) => {
        let documents = $world.json(&$args);
        let text: Vec<_> = documents
            .into_iter()
            .map(|one| settled(&$world, one))
            .collect();
        insta::assert_snapshot!($name, text.join("\n"));
    };
}

#[test]
fn json_of_every_command_keeps_its_shape() {
    let world = World::new();
    let (connected, _) = world.connect_with(&["sandbox", "--json"]);
    let connected = connected.ended(0).documents().remove(0);
    insta::assert_snapshot!("connect", settled(&world, connected));
    shape!(world, "list", ["list"]);
    shape!(world, "config_get", ["config", "get", "account.sandbox"]);
    shape!(world, "config_list", ["config", "list"]);
    shape!(world, "config_path", ["config", "path"]);
    shape!(world, "show", ["show", "sandbox"]);
    shape!(
        world,
        "token",
        ["token", "sandbox", "--format", "plain"][..2]
    );
    shape!(world, "refresh", ["refresh", "sandbox"]);
    shape!(world, "audit", ["audit"]);
    shape!(world, "audit_verify", ["audit", "verify"]);
    shape!(
        world,
        "audit_export",
        ["audit", "export", "--action", "connect"]
    );
    shape!(world, "vault_status", ["vault", "status"]);
    shape!(world, "vault_check", ["vault", "check"]);
    shape!(world, "provider_list", ["provider", "list"]);
    shape!(world, "provider_show", ["provider", "show", "sandbox"]);
    shape!(world, "provider_check", ["provider", "check", "sandbox"]);
    shape!(world, "scopes", ["scopes", "sandbox/writer"]);
    shape!(world, "consents", ["consents"]);
    world.ok(&["client", "set", "sandbox", "--id", "an-id", "--no-secret"]);
    shape!(world, "client_show", ["client", "show", "sandbox"]);
    let mut doctor = world.json(&["doctor"]).remove(0);
    doctor["program"] = "PROGRAM".into();
    // the others tell about the machine
    let checks = doctor["checks"].as_array_mut().unwrap();
    checks.retain(|check| {
        ["vault", "recovery", "client", "connection"].contains(&check["check"].as_str().unwrap())
    });
    insta::assert_snapshot!("doctor", settled(&world, doctor));
    world.faults(&["refresh:*=500"]);
    world.run(&["refresh", "sandbox"]).ended(5);
    let mut report = world.json(&["audit", "report"]).remove(0);
    // midnight may have passed
    report["days"].as_array_mut().unwrap().truncate(1);
    for (name, count) in report["days"][0].as_object_mut().unwrap() {
        if name != "day" {
            *count = "NUMBER".into();
        }
    }
    insta::assert_snapshot!("audit_report", settled(&world, report));
    shape!(world, "revoke", ["revoke", "sandbox"]);
}

#[test]
fn json_of_manuscripts_keeps_its_shape() {
    let world = World::with_novel();
    let (a, b) = (world.folder("a"), world.folder("b"));
    let shape = |name: &str, document: Value| {
        insta::assert_snapshot!(name, settled(&world, document));
    };
    shape("doc_init", a.json(&["init", "--repo", crate::desk::NOVEL]));
    a.write("one.md", "The sea was calm.\n\nNobody spoke.\n");
    a.write("two.md", "Two.\n");
    shape("doc_push", a.json(&["push", "-m", "first"]));
    b.ok(&["init", "--repo", crate::desk::NOVEL]);
    shape("doc_pull", b.json(&["pull"]));
    shape("doc_version", a.json(&["version", "Draft 1"]));
    shape("doc_versions", a.json(&["version"]));
    a.write("one.md", "The sea was wild.\n\nNobody spoke.\n");
    a.write("three.md", "Three.\n");
    a.delete("two.md");
    shape("doc_status", a.json(&["status", "--remote"]));
    shape("doc_diff", a.json(&["diff"]));
    a.ok(&["push"]);
    shape("doc_log", a.json(&["log", "one.md"]));
    shape("doc_find", a.json(&["find", "sea was"]));
    shape("doc_open", a.json(&["open"]));
    b.write("one.md", "The sea was grey.\n\nNobody spoke.\n");
    let call = b.call(&["pull"]).arg("--json");
    let disputed = call.run().ended(3).documents().remove(0);
    shape("doc_pull_conflict", disputed);
    shape("doc_resolve", b.json(&["resolve", "--mine"]));
    shape("doc_restore", b.json(&["restore", "one.md@Draft 1"]));
    shape("doc_undo", b.json(&["undo"]));
    let page = format!("--html={}", b.path("page.html").display());
    shape("doc_diff_html", b.json(&["diff", &page]));
}

#[test]
fn json_of_what_two_wrote_keeps_its_shape() {
    let world = World::with_novel();
    let (a, b) = (world.desk("a"), world.desk("b"));
    let shape = |name: &str, document: Value| {
        insta::assert_snapshot!(name, settled(&world, document));
    };
    a.write("one.md", "The sea was calm.\n\nNobody spoke.\n");
    a.ok(&["push"]);
    b.ok(&["pull"]);
    a.write("one.md", "The sea was wild.\n\nNobody spoke.\n");
    a.ok(&["push"]);
    b.write("one.md", "The sea was calm.\n\nNobody spoke at all.\n");
    shape("doc_pull_merged", b.json(&["pull"]));
    b.write("one.md", "The sea was red.\n\nNobody spoke at all.\n");
    b.ok(&["push"]);
    a.write("one.md", "The sea was grey.\n\nNobody spoke.\n");
    a.run(&["pull"]).ended(3);
    std::os::unix::fs::symlink("one.md", a.path("link.md")).unwrap();
    shape("doc_status_open", a.json(&["status"]));
    b.write("two.md", "Two.\n");
    let mut watch = b
        .call(&["watch", "--after", "1s", "--every", "1s", "--json"])
        .start();
    watch.line(|line| line.contains("Ctrl-C ends it").then_some(()));
    world.until("it is saved", |world| world.there("two.md").is_some());
    watch.signal(Signal::INT);
    let saved = watch.finish().ended(0).documents().remove(0);
    shape("doc_watch", saved);
}

#[test]
fn json_of_first_steps_and_practice_servers_keeps_its_shape() {
    let world = World::new();
    let mut begun = world.json(&["connect", "sandbox", "--start"]).remove(0);
    world.learn_from(begun["url"].as_str().unwrap());
    for name in ["id", "url", "redirect_uri"] {
        assert!(begun[name].is_string(), "{name}");
        begun[name] = "CHANGING".into();
    }
    insta::assert_snapshot!("connect_start", settled(&world, begun));
    let call = world.call(&["sandbox", "--port", "0", "--json"]);
    let mut served = call.start();
    served.line(|line| line.contains("oauthctl connect").then_some(()));
    served.signal(Signal::TERM);
    let ended = served.finish().ended(143);
    let mut served = ended.documents().remove(0);
    served["issuer"] = "CHANGING".into();
    let secret = served["confidential_client_secret"].as_str().unwrap();
    ended.says(&[&format!("whose secret is {secret}\n")]);
    served["confidential_client_secret"] = "CHANGING".into();
    insta::assert_snapshot!("sandbox", settled(&world, served));
}

#[test]
fn json_for_other_programs_keeps_its_shape() {
    let world = World::new();
    world.connect();
    for (name, format) in [
        ("token_kubectl", "kubectl"),
        ("token_credential_process", "credential-process"),
    ] {
        let printed = world.ok(&["token", "sandbox", "--format", format]);
        insta::assert_snapshot!(name, settled(&world, printed.documents().remove(0)));
    }
    let told = |name: &str, hook: &str, faults: &[&str], code: i32| {
        with_hook(&world, hook, KEEP);
        world.faults(faults);
        world.run(&["refresh", "sandbox"]).ended(code);
        let told = fs::read_to_string(world.path("given/told")).unwrap();
        let event = serde_json::from_str(told.lines().next().unwrap()).unwrap();
        insta::assert_snapshot!(name, settled(&world, event));
        fs::remove_file(world.path("given/told")).unwrap();
    };
    told("hook_refresh", "on_refresh", &[], 0);
    told("hook_error", "on_error", &["refresh:*=503/30"], 5);
}

#[test]
fn json_of_vault_and_log_keeps_its_shape() {
    let world = World::new();
    world.connect();
    shape!(
        world,
        "vault_recipients_list",
        ["vault", "recipients", "list"]
    );
    let recipient = world.json(&["vault", "recipients", "list"]).remove(0);
    let file = world.path("work/job.age").display().to_string();
    let to = recipient["recipient"].as_str().unwrap();
    let export = ["vault", "export", "--connection", "sandbox", "--to", to];
    shape!(world, "vault_export", [&export[..], &[&file]].concat());
    // the job, which has a vault of its own
    let job = |args: &[&'static str]| [&["--profile", "job"][..], args].concat();
    let import = [&job(&["vault", "import"])[..], &[&file]].concat();
    shape!(world, "vault_import", import);
    world.ok(&job(&["refresh", "sandbox"]));
    let update = [&job(&["vault", "export", "--update"])[..], &[&file]].concat();
    shape!(world, "vault_export_update", update);
    let again = world.json(&import).remove(0);
    insta::assert_snapshot!("vault_import_kept", settled(&world, again));
    world.ok(&["vault", "import", &file]);
    world.faults(&["refresh:*=500"]);
    world.run(&["refresh", "sandbox"]).ended(5);
    let filters = ["--connection", "sandbox", "--action", "refresh", "--failed"];
    let times = ["--since", "2026-01-01", "--until", "9999-01-01"];
    let report = [&["audit", "report"][..], &filters, &times].concat();
    let mut report = world.json(&report).remove(0);
    // what is counted by program and day is in the snapshot of the whole log
    report["days"] = Value::Array(Vec::new());
    insta::assert_snapshot!("audit_report_filtered", settled(&world, report));
    world.ok(&["audit", "prune", "--before", "9999-01-01", "--yes"]);
    shape!(world, "audit_verify_pruned", ["audit", "verify"]);
    let backup = world.path("work/vault.age").display().to_string();
    shape!(world, "vault_backup", ["vault", "backup", &backup]);
    let key = world.path("given/moved.txt").display().to_string();
    let place = ["file", "--identity-file", &key];
    let to = [&["vault", "move-key", "--to"][..], &place].concat();
    let look = [&to[..], &["--dry-run"]].concat();
    shape!(world, "vault_move_key_dry_run", look);
    shape!(world, "vault_move_key", to);
    let key = world.path("given/new.txt").display().to_string();
    let rekey = ["vault", "rekey", "--key", "file", "--identity-file", &key];
    shape!(world, "vault_rekey", rekey);
}

#[test]
fn json_of_what_brings_a_vault_back_keeps_its_shape() {
    let world = World::new();
    world.connect();
    let sheet = world.path("given/sheet").display().to_string();
    world.ok(&["vault", "recipients", "add", "--recovery-file", &sheet]);
    let bin = world.path("work/bin");
    fs::create_dir_all(&bin).unwrap();
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/age-plugin-toy");
    fs::copy(fixture, bin.join("age-plugin-toy")).unwrap();
    let add = ["vault", "recipients", "add", "age1toy1pzry9x8guq22xa"];
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let add = world.call(&[&add[..], &["--label", "stick"]].concat());
    add.env("PATH", path).run().ended(0);
    let backup = world.path("work/vault.age").display().to_string();
    world.ok(&["vault", "backup", &backup]);
    let pin = world.json(&["vault", "status"])[0]["fingerprint"].clone();
    let pin = pin.as_str().unwrap();
    let confirm = ["vault", "check", "--confirm", pin];
    shape!(world, "vault_check_confirm", confirm);

    world.ok(&["revoke", "sandbox", "--local-only", "--yes"]);
    let restore = ["vault", "restore", &backup, "--force"];
    shape!(world, "vault_restore_filled", restore);
    world.ok(&["refresh", "sandbox"]);
    let raw = rusqlite::Connection::open(world.vault()).unwrap();
    raw.execute_batch("UPDATE head SET sealed = zeroblob(90)")
        .unwrap();
    drop(raw);
    shape!(world, "vault_restore_put", restore);

    world.ok(&["refresh", "sandbox"]);
    let raw = rusqlite::Connection::open(world.vault()).unwrap();
    raw.execute_batch("PRAGMA journal_mode = delete").unwrap();
    drop(raw);
    let before = fs::read(world.vault()).unwrap();
    world.ok(&["refresh", "sandbox"]);
    for end in ["db-wal", "db-shm"] {
        let _ = fs::remove_file(world.vault().with_extension(end));
    }
    oauthctl::private_file::replace(&world.vault(), &before).unwrap();
    let accept = ["vault", "accept-rollback", "--yes"];
    shape!(world, "vault_accept_rollback", accept);

    fs::remove_dir_all(&bin).unwrap();
    let key = world.path("given/new.txt").display().to_string();
    let recover = ["--json", "vault", "recover", "--with", &sheet, "--key"];
    let recover = [&recover[..], &["file", "--identity-file", &key]].concat();
    let recovered = world.call(&recover).without("OAUTHCTL_IDENTITY_FILE");
    let recovered = recovered.run().ended(0).documents().remove(0);
    insta::assert_snapshot!("vault_recover", settled(&world, recovered));
}

/// The one document on stderr.
fn whole_error(output: &Output) -> Value {
    serde_json::from_str(output.stderr.trim()).unwrap()
}

#[test]
fn json_of_errors_keeps_its_shape() {
    let world = World::new();
    let missing = world
        .run(&["token", "sandbox", "--json"])
        .ended(4)
        .no_data();
    let shape = |name: &str, output: &Output| {
        insta::assert_snapshot!(name, settled(&world, whole_error(output)));
    };
    shape("error_login_required", &missing);
    world.connect();
    world.faults(&["refresh:*=503/30"]);
    let temporary = world.run(&["refresh", "sandbox", "--json"]).ended(5);
    shape("error_temporary", &temporary);
    let usage = world.run(&["token", "--json"]).ended(2).no_data();
    shape("error_usage", &usage);
}
