//! The documents of `--json`: one committed snapshot for each command. What differs between runs
//! or is secret is replaced by a word.

use oauthctl::moment::Timestamp;
use serde_json::Value;

use crate::world::World;

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
fn json_of_errors_keeps_its_shape() {
    let world = World::new();
    let missing = world
        .run(&["token", "sandbox", "--json"])
        .ended(4)
        .no_data();
    insta::assert_snapshot!("error_login_required", settled(&world, missing.error()));
    world.connect();
    world.faults(&["refresh:*=503/30"]);
    let temporary = world.run(&["refresh", "sandbox", "--json"]).ended(5);
    insta::assert_snapshot!("error_temporary", settled(&world, temporary.error()));
    let usage = world.run(&["token", "--json"]).ended(2).no_data();
    insta::assert_snapshot!("error_usage", settled(&world, usage.error()));
    // every error document says its schema
    let document: Value = serde_json::from_str(missing.stderr.trim()).unwrap();
    assert_eq!(document["schema"], 1);
}
