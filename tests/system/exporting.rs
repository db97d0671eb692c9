//! `vault export` and `vault import` that are cut off, or that the disk does not take: the tokens are in
//! one place, and where nobody can tell, nothing refreshes them unattended.

use std::fs;
use std::path::Path;

use crate::chance::Chance;
use crate::restoring::{CALLS, cut, state, trials};
use crate::rig;
use crate::stage::Stage;
use crate::trace;
use crate::world::{PROVIDER, World};

/// The recipient of the world's own key.
fn recipient(world: &World) -> String {
    let listed = world.must(&["vault", "recipients", "list", "--json"]);
    let first = listed.lines().next().expect("the master");
    let value: serde_json::Value = serde_json::from_str(first).expect("JSON");
    value["recipient"].as_str().expect("a text").to_owned()
}

/// Brings the connection home, whichever way is left, and says what was found.
fn home(world: &World, file: &Path) -> &'static str {
    let is_there = fs::symlink_metadata(file).is_ok();
    let name = file.to_str().expect("UTF-8");
    let found = match (state(world).as_deref(), is_there) {
        (Some("active"), false) => return "as before",
        (Some("active"), true) => panic!("the tokens are in two places, and nothing says so"),
        (Some("suspect"), false) => "suspect, no file",
        (Some("suspect"), true) => "suspect, and a file",
        (Some("moved"), true) => {
            world.must(&["vault", "import", name]);
            "moved"
        }
        (other, _) => panic!("{other:?}, file: {is_there}"),
    };
    let _ = fs::remove_file(file);
    // Only a person who names it refreshes it.
    let unattended = world.must(&["refresh", "--all"]);
    assert_eq!(state(world).as_deref(), Some("suspect"), "{unattended}");
    world.must(&["refresh", PROVIDER]);
    assert_eq!(state(world).as_deref(), Some("active"));
    found
}

#[test]
fn vault_export_cut_off_anywhere_leaves_the_tokens_in_one_place_or_suspect() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("cut off an export");
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let to = recipient(world);
    let file = world.at("job.age");
    let name = file.to_str().expect("UTF-8");
    let export = [
        "vault",
        "export",
        "--connection",
        PROVIDER,
        "--to",
        &to,
        name,
    ];
    let (all, trials) = trials(&mut chance, trace::calls(world, &strace, CALLS, &export));
    assert_eq!(home(world, &file), "moved");
    let mut count = std::collections::BTreeMap::new();
    for trial in trials {
        let done = cut(world, &strace, &trial, &export);
        if done {
            assert_eq!(state(world).as_deref(), Some("moved"), "{trial:?}");
        }
        *count.entry(home(world, &file)).or_insert(0) += 1;
        world.must(&["audit", "verify"]);
    }
    for found in ["as before", "moved"] {
        assert!(count.contains_key(found), "{count:?}");
    }
    rig::say(&format!("export cut off in {all} ways: {count:?}"));
}

#[test]
fn vault_import_cut_off_anywhere_takes_all_of_it_or_nothing() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("cut off an import");
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let to = recipient(world);
    let file = world.at("job.age");
    let name = file.to_str().expect("UTF-8");
    let away = || {
        let _ = fs::remove_file(&file);
        let export = [
            "vault",
            "export",
            "--connection",
            PROVIDER,
            "--to",
            &to,
            name,
        ];
        world.must(&export);
    };
    away();
    let import = ["vault", "import", name];
    let (all, trials) = trials(&mut chance, trace::calls(world, &strace, CALLS, &import));
    let (mut away_still, mut here) = (0, 0);
    for trial in trials {
        if state(world).as_deref() != Some("moved") {
            world.must(&["refresh", PROVIDER]);
            away();
        }
        let done = cut(world, &strace, &trial, &import);
        match state(world).as_deref() {
            Some("moved") => {
                assert!(!done, "{trial:?}");
                away_still += 1;
                world.must(&import);
            }
            // The tokens that it left with.
            Some("suspect") => here += 1,
            other => panic!("{trial:?}: {other:?}"),
        }
        assert_eq!(state(world).as_deref(), Some("suspect"), "{trial:?}");
        world.must(&["audit", "verify"]);
    }
    assert!(away_still > 0 && here > 0, "{away_still}, {here}");
    rig::say(&format!(
        "import cut off in {all} ways: {away_still} times nothing, {here} times all of it"
    ));
}
