//! `audit`: who did what, in a form that people and programs read.

use serde_json::Value;

use crate::world::{World, mode};

fn busy() -> World {
    let world = World::new();
    world.connect();
    world.token("sandbox");
    world.faults(&["refresh:1=500"]);
    world.run(&["refresh", "sandbox"]).ended(5);
    world.ok(&["refresh", "sandbox"]);
    world.ok(&["revoke", "sandbox"]);
    world
}

fn actions(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["action"].as_str().unwrap())
        .collect()
}

#[test]
fn audit_lists_every_action_in_its_order() {
    let world = busy();
    let events = world.json(&["audit"]);
    assert_eq!(
        actions(&events),
        [
            "vault_init",
            "connect",
            "hand_out",
            "refresh",
            "refresh",
            "revoke"
        ]
    );
    let numbers: Vec<_> = events
        .iter()
        .map(|event| event["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    assert_eq!(events[3]["outcome"], "failed");
    let caller = &events[2]["caller"];
    assert_eq!(
        caller["cwd"],
        world.path("work").canonicalize().unwrap().to_str().unwrap()
    );
    assert!(caller["pid"].as_u64().unwrap() > 0);
    let table = world.ok(&["audit"]).silent().stdout;
    assert_eq!(table.lines().count(), 7);
    assert!(table.starts_with("TIME"));
}

#[test]
fn audit_filters_by_connection_action_time_and_failure() {
    let world = busy();
    let found = |args: &[&str]| {
        let events = world.json(&[&["audit"], args].concat());
        events.len()
    };
    assert_eq!(found(&["--connection", "sandbox"]), 5);
    assert_eq!(found(&["--connection", "sandbox/writer"]), 5);
    world
        .run(&["audit", "--connection", "sandbox/nobody"])
        .ended(4);
    assert_eq!(found(&["--action", "refresh"]), 2);
    assert_eq!(found(&["--action", "refresh", "--failed"]), 1);
    assert_eq!(found(&["--since", "1h"]), 6);
    assert_eq!(found(&["--until", "1h"]), 0);
    assert_eq!(
        found(&["--since", "2001-01-01", "--until", "2001-01-02T00:00:00Z"]),
        0
    );
    world
        .run(&["audit", "--action", "meddle"])
        .ended(2)
        .says(&["try one of connect, refresh"]);
    world
        .run(&["audit", "--since", "yesterday"])
        .ended(2)
        .says(&["is not a date"]);
}

#[test]
fn audit_verify_says_that_all_is_in_place() {
    let world = busy();
    let output = world.ok(&["audit", "verify"]);
    assert!(output.stdout.starts_with("6 events from "), "{output:?}");
    assert!(
        output.stdout.contains(": all in place\nhead "),
        "{output:?}"
    );
    output.says(&["compared with the anchor"]);
}

#[test]
fn audit_export_writes_csv_and_json() {
    let world = busy();
    let csv = world
        .ok(&["audit", "export", "--format", "csv"])
        .silent()
        .stdout;
    assert_eq!(csv.lines().count(), 7);
    assert!(csv.starts_with("seq,time,action,"));
    let json = world.ok(&["audit", "export"]).silent();
    assert_eq!(json.documents().len(), 6);
    let some = world
        .ok(&["audit", "export", "--format", "csv", "--action", "revoke"])
        .stdout;
    assert_eq!(some.lines().count(), 2);
}

#[test]
fn audit_prune_leaves_a_checkpoint_that_verifies() {
    let world = busy();
    world
        .run(&["audit", "prune", "--before", "2001-01-01"])
        .ended(7)
        .says(&["nothing was dropped"]);
    world
        .ok(&["audit", "prune", "--yes"])
        .says(&["nothing is that old"]);
    world
        .ok(&["audit", "prune", "--before", "0s", "--yes"])
        .says(&["6 events until", "checkpoint"]);
    let output = world.ok(&["audit", "verify"]);
    assert!(output.stdout.contains("the first 6 (until "), "{output:?}");
    assert_eq!(actions(&world.json(&["audit"])), ["prune"]);
}

#[test]
fn audit_report_counts_by_day_program_connection_and_failure() {
    let world = busy();
    world.connect_as("reader");
    let report = world.json(&["audit", "report"]).remove(0);
    let totals = &report["totals"];
    let counted = |of: &Value| {
        ["events", "hand_outs", "refreshes", "other", "failures"]
            .map(|name| of[name].as_u64().unwrap())
    };
    // vault_init, connect, hand_out, refresh, refresh, revoke, connect
    assert_eq!(counted(totals), [7, 1, 1, 4, 1]);
    assert_eq!(counted(totals)[0], world.json(&["audit"]).len() as u64);
    for view in ["days", "callers", "connections"] {
        let parts = report[view].as_array().unwrap();
        let sum: u64 = parts.iter().map(|part| counted(part)[0]).sum();
        assert_eq!(sum, 7, "{view}: {report}");
    }
    assert_eq!(report["connections"][0]["connection"], "sandbox/writer");
    let failure = &report["failures"][0];
    assert_eq!(failure["action"], "refresh", "{report}");
    assert_eq!(failure["count"], 1, "{report}");
    let expiry = &report["expiries"][0];
    assert_eq!(expiry["connection"], "sandbox/reader", "{report}");
    assert_eq!(expiry["refreshable"], true, "{report}");
    assert!(expiry["expires_in_seconds"].as_u64().unwrap() > 0);
    assert_eq!(report["log"]["verified"], true);
    let some = [
        "audit",
        "report",
        "--connection",
        "sandbox/writer",
        "--failed",
    ];
    let some = world.json(&some).remove(0);
    assert_eq!(counted(&some["totals"]), [1, 0, 0, 0, 1], "{some}");
    assert_eq!(some["filters"]["connection"], "sandbox/writer");
    assert_eq!(some["expiries"].as_array().unwrap().len(), 0, "{some}");
    let table = world.ok(&["audit", "report"]).silent().stdout;
    assert!(table.starts_with("Use\nTOTAL"), "{table}");
    for part in [
        "\n\nBy connection\nCONNECTION",
        "\n\nBy program\nPROGRAM",
        "\n\nFailures\nACTION",
        "\n\nExpiries ahead\nCONNECTION",
        "\nsandbox/reader  active",
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
}

#[test]
fn audit_report_html_is_a_private_page_that_replaces_nothing_unasked() {
    let world = busy();
    let path = world.path("work/report.html");
    let html = ["audit", "report", "--html", "report.html"];
    let told = world.ok(&html).silent().stdout;
    assert_eq!(
        std::fs::canonicalize(told.trim_end()).unwrap(),
        path.canonicalize().unwrap()
    );
    #[cfg(unix)]
    assert_eq!(mode(&path), 0o600);
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(page.starts_with("<!doctype html>"));
    for part in [
        "default-src 'none'",
        "<svg",
        "The log is whole:</b> all 6 events",
        "failures</dt><dd>1</dd>",
        "<th>sandbox/writer",
        "There is no connection.",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    for never in ["<script", "http:", "https:", "src=", "url("] {
        assert!(!page.contains(never), "{never}");
    }
    std::fs::write(&path, "mine").unwrap();
    world.run(&html).ended(1).says(&["exists", "--force"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    let document = world.json(&[&html[..], &["--force"]].concat()).remove(0);
    assert!(document["page"].as_str().unwrap().ends_with("report.html"));
    assert!(std::fs::read_to_string(&path).unwrap().contains("<svg"));
    let piped = world.ok(&["audit", "report", "--html", "-"]).silent();
    assert!(piped.stdout.starts_with("<!doctype html>"));
    assert!(piped.stdout.trim_end().ends_with("</html>"));
    world
        .run(&["audit", "report", "--html", "-", "--json"])
        .ended(2)
        .says(&["stdout takes one of the two"]);
    world.run(&["audit", "report", "--force"]).ended(2);
}

#[test]
fn audit_report_html_escapes_what_others_named() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let name = "<img src=x onerror=alert(1)> & \"quoted\"";
    let named = ["connect", "sandbox", "--with-token", "--account", name];
    world.call(&named).stdin(&token).run().ended(0);
    let page = world.ok(&["audit", "report", "--html", "-"]).stdout;
    let escaped = "&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot;";
    assert!(page.matches(escaped).count() >= 2, "{page}");
    assert!(!page.contains("<img"), "{page}");
}

#[test]
fn audit_report_of_nothing_says_so() {
    let world = busy();
    let none = ["audit", "report", "--until", "2001-01-01"];
    let report = world.json(&none).remove(0);
    assert_eq!(report["totals"]["events"], 0, "{report}");
    assert_eq!(report["from"], Value::Null);
    let page = world.ok(&[&none[..], &["--html", "-"]].concat()).stdout;
    for part in ["No events.", "Nothing was used.", "Nothing failed."] {
        assert!(page.contains(part), "{part}: {page}");
    }
    World::new()
        .run(&["audit", "report"])
        .ended(4)
        .says(&["there is no vault yet"]);
}

#[test]
fn audit_report_of_an_edited_log_says_that_it_is_not_whole() {
    let world = busy();
    // an event that authenticates, in another chain: its MAC is another one's
    let vault = rusqlite::Connection::open(world.vault()).unwrap();
    let changed = vault.execute(
        "UPDATE audit SET mac = (SELECT mac FROM audit WHERE seq = 2) WHERE seq = 3",
        [],
    );
    assert_eq!(changed.unwrap(), 1);
    drop(vault);
    let html = ["audit", "report", "--html", "report.html"];
    world
        .run(&html)
        .ended(9)
        .says(&["is not what was written", "broken at event 3"]);
    let page = std::fs::read_to_string(world.path("work/report.html")).unwrap();
    assert!(page.contains("broken at event 3"), "{page}");
    assert!(!page.contains("The log is whole"), "{page}");
    // what stands before
    assert!(page.contains("<dt>events</dt><dd>2</dd>"), "{page}");
}

#[test]
fn audit_without_a_vault_has_nothing_to_say() {
    let world = World::new();
    world.ok(&["audit"]).no_data().says(&["nothing is logged"]);
    world
        .run(&["audit", "verify"])
        .ended(4)
        .says(&["there is no vault yet"]);
}

#[test]
fn audit_of_a_connection_that_nobody_knows_says_what_is_near_it() {
    let world = World::new();
    world.connect();
    for command in [&["audit"][..], &["audit", "report"], &["audit", "export"]] {
        world
            .run(&[command, &["--connection", "sandbix"]].concat())
            .ended(4)
            .no_data()
            .says(&[
                "there is no connection `sandbix`",
                "hint: near it: `sandbox/writer`",
            ]);
        // known, although nothing passes
        let nothing = ["--connection", "sandbox", "--since", "2099-01-01"];
        world.ok(&[command, &nothing].concat());
    }
    // none can be made of a provider that is not there
    for command in [&["audit", "--connection"][..], &["token"], &["show"]] {
        let unknown = world.run(&[command, &["githb"]].concat()).ended(4);
        unknown.silent_about("connect githb").says(&[
            "there is no connection `githb`",
            "no provider is called `githb`; near it: `github`",
        ]);
    }
    // what is gone is in the log still
    world.ok(&["revoke", "sandbox", "--local-only"]);
    world.ok(&[
        "audit",
        "--connection",
        "sandbox/writer",
        "--action",
        "doc_push",
    ]);
}

#[test]
fn audit_since_a_bare_number_is_refused() {
    let world = World::new();
    world.connect();
    for option in ["--since", "--until"] {
        world
            .run(&["audit", option, "7"])
            .ended(2)
            .no_data()
            .says(&["`7` of what?", "`7d`, `7h`"]);
    }
    assert!(!world.json(&["audit", "--since", "7d"]).is_empty());
    world.ok(&["token", "sandbox", "--min-ttl", "7"]);
}
