//! A recovery that is cut off, or that the disk does not take: what opened the vault before opens it
//! still, or the new key does, from where the vault says that its key is.

use std::fs;
use std::path::PathBuf;

use crate::chance::Chance;
use crate::rekeying::{is_whole, key_source};
use crate::restoring::{CALLS, cut, trials};
use crate::rig;
use crate::screen::Screen;
use crate::stage::Stage;
use crate::trace;
use crate::world::{PROVIDER, World};

const RECOVER: [&str; 4] = ["vault", "recover", "--with", "sheet.txt"];

/// One connection in a vault with a recovery sheet; its token.
fn with_sheet() -> (Stage, String) {
    let stage = Stage::new("3600");
    let init = ["vault", "init", "--key", "file", "--recovery-file"];
    stage.world.must(&[&init[..], &["sheet.txt"]].concat());
    stage.world.connect();
    let token = stage.world.must(&["token", PROVIDER]);
    (stage, token)
}

/// Where the vault says that its key is.
fn key_file(world: &World) -> PathBuf {
    let source = key_source(world);
    let url = source.rsplit(' ').next().expect("a URL");
    let url = url::Url::parse(url).expect("a URL");
    url.to_file_path().expect("a path")
}

#[test]
fn vault_recover_cut_off_anywhere_leaves_the_old_key_or_the_new_one_where_the_vault_says() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("cut off a recovery");
    let (stage, token) = with_sheet();
    let world = &stage.world;
    let (all, trials) = trials(&mut chance, trace::calls(world, &strace, CALLS, &RECOVER));
    let (mut old, mut new) = (0, 0);
    for trial in trials {
        is_whole(world, &token).expect("before");
        let before = key_source(world);
        let done = cut(world, &strace, &trial, &RECOVER);
        is_whole(world, &token).unwrap_or_else(|why| panic!("{trial:?}: {why}"));
        let is_new = key_source(world) != before;
        assert!(is_new || !done, "{trial:?}");
        *(if is_new { &mut new } else { &mut old }) += 1;
    }
    assert!(old > 0 && new > 0, "old: {old}, new: {new}");
    // the control: with its key under another name, as a recovery once put it, it is not
    let key = key_file(world);
    fs::rename(&key, key.with_extension("old")).expect("renamed");
    is_whole(world, &token).expect_err("the key is gone");
    rig::say(&format!(
        "recovery cut off in {all} ways: {old} times the old key, {new} times the new one"
    ));
}

#[test]
fn vault_recover_of_a_lost_key_cut_off_anywhere_can_be_said_again() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("cut off a recovery of a lost key");
    let (stage, token) = with_sheet();
    let world = &stage.world;
    let lose = || fs::remove_file(key_file(world)).expect("a key");
    lose();
    let (all, trials) = trials(&mut chance, trace::calls(world, &strace, CALLS, &RECOVER));
    let (mut again, mut whole) = (0, 0);
    for trial in trials {
        lose();
        is_whole(world, &token).expect_err("the key is gone");
        let done = cut(world, &strace, &trial, &RECOVER);
        if is_whole(world, &token).is_ok() {
            whole += 1;
            continue;
        }
        assert!(!done, "{trial:?}");
        again += 1;
        let ended = world.run(&RECOVER);
        assert_eq!(ended.code, 0, "{trial:?}: {ended:?}");
        is_whole(world, &token).unwrap_or_else(|why| panic!("again, {trial:?}: {why}"));
    }
    assert!(again > 0 && whole > 0, "{again}, {whole}");
    rig::say(&format!(
        "recovery of a lost key cut off in {all} ways: {whole} times done, {again} times said again"
    ));
}

#[test]
fn a_new_passphrase_that_is_asked_for_holds_up_neither_token_nor_refresh() {
    let changes = [
        "rekey --key passphrase --identity-file new.age",
        "move-key --to passphrase --identity-file new.age",
        "recover --with sheet.txt --key passphrase --identity-file new.age",
    ];
    for change in changes {
        let (stage, token) = with_sheet();
        let world = &stage.world;
        let Some(screen) = Screen::start(world, &[]) else {
            return;
        };
        screen.enter(&format!("oauthctl vault {change}"));
        screen.until("passphrase for `");
        let begun = std::time::Instant::now();
        assert_eq!(world.must(&["token", PROVIDER]), token);
        world.must(&["refresh", PROVIDER]);
        assert!(begun.elapsed().as_secs() < 20, "{change}");
        screen.interrupt();
        screen.until("$");
        world.must(&["token", PROVIDER]);
    }
}
