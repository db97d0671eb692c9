//! `vault export` and `vault import` that are cut off, or that the disk does not take: the tokens are in
//! one place, and where nobody can tell, nothing refreshes them unattended.

use std::fs;
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;

use crate::chance::Chance;
use crate::restoring::{CALLS, cut, state, trials};
use crate::rig;
use crate::stage::Stage;
use crate::trace::{self, Call};
use crate::world::{PROVIDER, World};

/// The recipient of the world's own key.
fn recipient(world: &World) -> String {
    let listed = world.must(&["vault", "recipients", "list", "--json"]);
    let first = listed.lines().next().expect("the master");
    let value: serde_json::Value = serde_json::from_str(first).expect("JSON");
    value["recipient"].as_str().expect("a text").to_owned()
}

/// The export of the connection for `to` into the file that is called `name`.
fn export<'a>(to: &'a str, name: &'a str) -> [&'a str; 7] {
    [
        "vault",
        "export",
        "--connection",
        PROVIDER,
        "--to",
        to,
        name,
    ]
}

#[test]
fn vault_export_that_can_not_take_back_what_it_began_says_how_to_go_on() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let to = recipient(world);
    // a folder that is not there stands for the file that has no room
    let words = export(&to, "nowhere/job.age");
    let (mut suspect, mut active) = (0, 0);
    for number in 1..24 {
        let name = "pwrite64".to_owned();
        let mut full = Call { name, number }.on_with(world, &strace, "error=ENOSPC", &words);
        let ended = full.output().expect("strace");
        assert!(!ended.status.success());
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        if state(world).as_deref() == Some("suspect") {
            assert!(said.contains("`oauthctl refresh CONNECTION`"), "{said}");
            world.must(&["refresh", PROVIDER]);
            suspect += 1;
        } else {
            active += 1;
        }
        assert_eq!(state(world).as_deref(), Some("active"));
    }
    assert!(suspect > 0 && active > 0, "{suspect}, {active}");
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
    let export = export(&to, name);
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

/// An export that is killed when its file is there, so that nobody can tell.
fn cut_off_late(world: &World, strace: &Path, export: &[&str], file: &Path) {
    let calls = trace::calls(world, strace, "fsync", export);
    world.connect();
    let _ = fs::remove_file(file);
    for call in calls.into_iter().rev() {
        let trial = (call, "signal=KILL".to_owned(), false);
        cut(world, strace, &trial, export);
        if state(world).as_deref() == Some("suspect") && file.exists() {
            return;
        }
        world.connect();
        let _ = fs::remove_file(file);
    }
    panic!("no call of it leaves a file and a `suspect`");
}

/// A job with a key of its own.
struct Job {
    key: PathBuf,
    to: String,
}

impl Job {
    fn new(world: &World) -> Job {
        let identity = age::x25519::Identity::generate();
        let key = world.at("job.txt");
        let text = identity.to_string();
        oauthctl::private_file::replace(&key, text.expose_secret().as_bytes()).expect("a key");
        Job {
            key,
            to: identity.to_public().to_string(),
        }
    }

    /// Takes in the file, refreshes, and puts its tokens into it.
    fn run(&self, world: &World, name: &str) {
        self.must(world, &["vault", "import", name]);
        self.must(world, &["refresh", PROVIDER]);
        self.must(world, &["vault", "export", "--update", name]);
    }

    fn must(&self, world: &World, args: &[&str]) {
        let mut command = world.command(&[&["--profile", "job"][..], args].concat());
        command.env("OAUTHCTL_IDENTITY_FILE", &self.key);
        let output = command.output().expect("a job");
        assert!(output.status.success(), "{args:?}: {output:?}");
    }

    fn home(&self, world: &World, name: &str) {
        let key = self.key.to_str().expect("UTF-8");
        world.must(&["vault", "import", name, "--with", key]);
    }
}

#[test]
fn vault_import_brings_home_what_an_export_that_was_cut_off_let_out() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let job = Job::new(world);
    let file = world.at("job.age");
    let name = file.to_str().expect("UTF-8");
    let export = export(&job.to, name);
    cut_off_late(world, &strace, &export, &file);
    // What a person is told who would send it again.
    let other = world.at("other.age");
    let again = [&export[..6], &[other.to_str().expect("UTF-8")]].concat();
    let refused = world.run(&again);
    assert_eq!(refused.code, 4, "{refused:?}");
    for said in ["don't refresh here", "vault import FILE", "removed unused"] {
        assert!(refused.stderr.contains(said), "{refused:?}");
    }
    job.run(world, name);
    job.home(world, name);
    assert_eq!(state(world).as_deref(), Some("active"));
    // The live grant is here, and goes on.
    world.must(&["refresh", PROVIDER]);
    let token = world.must(&["token", PROVIDER]);
    stage.is_newest(token.trim()).expect("the newest token");
    world.must(&["audit", "verify"]);
}

#[test]
fn vault_import_brings_home_what_was_let_out_even_after_a_refresh_here_was_refused() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let job = Job::new(world);
    let file = world.at("job.age");
    let name = file.to_str().expect("UTF-8");
    let export = export(&job.to, name);
    cut_off_late(world, &strace, &export, &file);
    let before = fs::read(&file).expect("a file");
    job.run(world, name);
    // Against the advice: the provider ends the grant, and what comes home later is doubted.
    assert_eq!(world.run(&["refresh", PROVIDER]).code, 4);
    assert_eq!(state(world).as_deref(), Some("needs_login"));
    let after = fs::read(&file).expect("a file");
    fs::write(&file, before).expect("written");
    job.home(world, name);
    assert_eq!(
        state(world).as_deref(),
        Some("needs_login"),
        "an older file"
    );
    fs::write(&file, after).expect("written");
    job.home(world, name);
    assert_eq!(state(world).as_deref(), Some("suspect"));
    assert_eq!(world.run(&["refresh", PROVIDER]).code, 4, "it is over");
}

#[test]
fn vault_export_update_that_is_slow_never_puts_older_tokens_over_newer_ones() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let job = Job::new(world);
    let folder = world.at("bundle");
    fs::create_dir(&folder).expect("a folder");
    let file = folder.join("job.age");
    let name = file.to_str().expect("UTF-8");
    world.must(&export(&job.to, name));
    job.run(world, name);
    job.must(world, &["refresh", PROVIDER]);
    // One that has read the vault, and whose file is about to take its place.
    let late = "inject=rename,renameat,renameat2:delay_enter=2000000";
    let before = ["-qq", "-o", "/dev/null", "-e", late];
    let update = ["--profile", "job", "vault", "export", "--update", name];
    let mut slow = world.wrapped(&strace, &before, &update);
    slow.env("OAUTHCTL_IDENTITY_FILE", &job.key);
    let mut slow = slow.spawn().expect("strace");
    let about_to = || fs::read_dir(&folder).expect("the folder").count() > 1;
    while !about_to() {
        assert!(slow.try_wait().expect("its state").is_none(), "it is slow");
        std::thread::yield_now();
    }
    job.must(world, &["refresh", PROVIDER]);
    job.must(world, &["vault", "export", "--update", name]);
    assert!(slow.wait().expect("its end").success());
    job.home(world, name);
    let token = world.must(&["token", PROVIDER]);
    stage.is_newest(token.trim()).expect("the newest token");
    world.must(&["refresh", PROVIDER]);
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
        let export = export(&to, name);
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
