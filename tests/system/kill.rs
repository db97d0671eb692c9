//! `kill -9` at any moment: the vault always opens, and no connection is lost that the provider
//! still honours. The one window that remains, between the provider's rotation and our fsync, is
//! reported in words, and only where the provider did act.

use std::fs;
use std::path::Path;
use std::process::Command;

use oauthctl::sandbox::fingerprint;
use serde_json::Value;

use crate::chance::Chance;
use crate::peer::{Peer, Settings};
use crate::rig;
use crate::stage::{Kept, LOST, Stage, Verdict, kill_after, kill_connect_after, length, well};
use crate::trace;
use crate::visitor::exchange;
use crate::world::{PROVIDER, World, peer_definition};

/// The system calls that change files, or that send or receive.
const CALLS: &str = "write,writev,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,\
                     unlinkat,ftruncate,sendto,sendmsg,recvfrom,recvmsg,connect";

/// A kill is spread a little beyond the end of what it hits.
const BEYOND: f64 = 1.05;

#[test]
fn refresh_killed_at_any_moment_loses_nothing_in_silence() {
    let mut chance = Chance::new("kill refresh");
    let mut stage = Stage::connected("0");
    let refresh = ["refresh", PROVIDER];
    let length = length(|| (), || drop(stage.world.must(&refresh)));
    let mut tally = Tally::default();
    for trial in 0..rig::trials(15, 107) {
        let since = stage.sandbox.log().len();
        let command = ["token", "refresh"][chance.below(2)];
        let moment = chance.within(length.mul_f64(BEYOND));
        let killed = kill_after(stage.world.command(&[command, PROVIDER]), moment);
        let judged = stage.token_works_or_is_lost(since);
        let kept = judged.unwrap_or_else(|why| panic!("trial {trial}, {moment:?}: {why}"));
        tally.count(killed, kept);
        go_on(&mut stage, kept);
    }
    rig::say(&format!("kill refresh, {length:?} long: {tally:?}"));
}

#[test]
fn refresh_killed_at_every_system_call_loses_nothing_in_silence() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("kill refresh by system call");
    let mut stage = Stage::connected("0");
    // in the state that every trial starts from
    stage.world.must(&["token", PROVIDER]);
    let calls = trace::calls(&stage.world, &strace, CALLS, &["refresh", PROVIDER]);
    let all = calls.len();
    let mut chosen = calls;
    while chosen.len() > rig::trials(25, usize::MAX) {
        chosen.swap_remove(chance.below(chosen.len()));
    }
    let mut tally = Tally::default();
    for call in chosen {
        let since = stage.sandbox.log().len();
        let mut command = call.with(&stage.world, &strace, "signal=KILL", &["refresh", PROVIDER]);
        let killed = command.output().expect("strace").status.code().is_none();
        let judged = stage.token_works_or_is_lost(since);
        let kept = judged.unwrap_or_else(|why| panic!("{call:?} of {all}: {why}"));
        tally.count(killed, kept);
        go_on(&mut stage, kept);
    }
    // the first calls depend on what an earlier trial left to be merged
    assert!(tally.killed * 10 >= tally.trials * 8, "{tally:?}");
    rig::say(&format!("kill refresh at each of {all} calls: {tally:?}"));
}

/// The same at a server that somebody else wrote.
#[test]
fn refresh_killed_at_any_moment_loses_nothing_at_a_server_that_others_wrote() {
    let latency = Settings {
        // some of the killed wait for an answer
        token_latency: 10,
        ..Settings::default()
    };
    let Some(peer) = Peer::start(latency) else {
        return;
    };
    let mut chance = Chance::new("kill refresh at oidc-provider");
    let world = World::new(&peer_definition(&peer, peer.issuer())).with_vault();
    world.connect_at_peer("alice");
    let refresh = ["refresh", PROVIDER];
    let length = length(|| (), || drop(world.must(&refresh)));
    let mut tally = Tally::default();
    for trial in 0..rig::trials(9, 60) {
        peer.reset_counts();
        let moment = chance.within(length.mul_f64(BEYOND));
        let killed = kill_after(world.command(&refresh), moment);
        world.verify();
        let next = world.run(&refresh);
        // looked at only now: a killed process's request may still have been on its way
        let rotated = peer.count("refreshes") > 0;
        let kept = match next.code {
            0 => Kept::Works,
            4 if rotated && next.stderr.contains(LOST) => Kept::LostInWords,
            _ => panic!("trial {trial}, {moment:?}: rotated: {rotated}, {next:?}"),
        };
        if kept == Kept::LostInWords {
            world.connect_at_peer("alice");
        }
        let bearer = format!("Bearer {}", world.must(&["token", PROVIDER]));
        let me = exchange("GET", &peer.at("/me"), &[("Authorization", bearer)], None);
        assert_eq!(me.status, 200, "trial {trial}: {kept:?}, {me:?}");
        tally.count(killed, kept);
    }
    rig::say(&format!(
        "kill refresh at oidc-provider, {length:?} long: {tally:?}"
    ));
}

#[test]
fn revoke_killed_at_any_moment_never_forgets_what_still_works() {
    let mut chance = Chance::new("kill revoke");
    let stage = Stage::connected("3600");
    let revoke = ["revoke", PROVIDER];
    stage.world.must(&revoke);
    let length = length(|| stage.world.connect(), || drop(stage.world.must(&revoke)));
    stage.world.connect();
    let mut killed = 0;
    let mut seen = [0; 3];
    for trial in 0..rig::trials(18, 167) {
        let moment = chance.within(length.mul_f64(BEYOND));
        killed += usize::from(kill_after(stage.world.command(&revoke), moment));
        let judged = revoked_or_kept(&stage);
        let left = judged.unwrap_or_else(|why| panic!("trial {trial}, {moment:?}: {why}"));
        seen[left as usize] += 1;
        stage.world.connect();
    }
    rig::say(&format!(
        "kill revoke, {length:?} long: {killed} killed; active, revoking, gone afterwards: {seen:?}"
    ));
}

#[test]
fn connect_killed_at_any_moment_is_whole_or_says_that_a_grant_may_be_left() {
    let mut chance = Chance::new("kill connect");
    let first = Stage::connected("3600");
    let connect = ["connect", PROVIDER, "--no-browser"];
    let length = length(|| (), || first.world.connect());
    let (mut killed, mut seen) = (0, [0; 4]);
    for trial in 0..rig::trials(18, 166) {
        let mut stage = fresh();
        if chance.below(2) == 0 {
            stage.world = stage.world.with_vault();
        } else {
            // a world in which `connect` makes the vault and its key, too
            let key = stage.world.at("key.age").to_string_lossy().into_owned();
            let place = ("OAUTHCTL_IDENTITY_FILE".to_owned(), key);
            stage.world.environment.push(place);
        }
        let moment = chance.within(length.mul_f64(BEYOND));
        killed += usize::from(kill_connect_after(stage.world.command(&connect), moment));
        let judged = connected_or_said(&stage);
        let left = judged.unwrap_or_else(|why| panic!("trial {trial}, {moment:?}: {why}"));
        seen[left as usize] += 1;
    }
    rig::say(&format!(
        "kill connect, {length:?} long: {killed} killed; nothing, cut off in words, taken \
         over, connected afterwards: {seen:?}"
    ));
}

/// A vault that was never made stands in nobody's way, and one that was made is whole.
#[test]
fn vault_init_killed_at_every_system_call_can_be_said_again() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("kill vault init by system call");
    let stage = fresh();
    let init = ["vault", "init", "--key", "file"];
    let mut calls = trace::calls(&stage.world, &strace, CALLS, &init);
    let all = calls.len();
    while calls.len() > rig::trials(12, usize::MAX) {
        calls.swap_remove(chance.below(calls.len()));
    }
    let (trials, mut killed, mut made) = (calls.len(), 0, 0);
    for call in calls {
        let world = World::new("");
        let mut command = call.with(&world, &strace, "signal=KILL", &init);
        killed += usize::from(command.output().expect("strace").status.code().is_none());
        if world.vault().exists() {
            made += 1;
        } else {
            let again = world.run(&init);
            assert_eq!(again.code, 0, "{call:?} of {all}: {again:?}");
        }
        let verified = world.run(&["audit", "verify"]);
        let trusted = !verified.stderr.contains("read only");
        assert!(
            verified.code == 0 && trusted,
            "{call:?} of {all}: {verified:?}"
        );
    }
    assert_eq!(killed, trials);
    rig::say(&format!(
        "kill vault init at {trials} of {all} calls: {made} made, the others made anew"
    ));
}

/// The control of the refresh trials: a vault that forgets a rotation is flagged.
#[test]
fn a_refresh_that_is_forgotten_is_flagged() {
    let stage = Stage::connected("0");
    let since = stage.sandbox.log().len();
    let copy = stage.world.at("copy");
    copy_folder(&stage.world.at("data"), &copy);
    stage.world.must(&["refresh", PROVIDER]);
    fs::remove_dir_all(stage.world.at("data")).expect("a folder");
    copy_folder(&copy, &stage.world.at("data"));
    let why = stage.token_works_or_is_lost(since).expect_err("a loss");
    assert!(why.contains("a connection is lost"), "{why}");
    // and words about a loss that did not happen are flagged, too
    let stage = Stage::connected("0");
    let since = stage.sandbox.log().len();
    stage.sandbox.adjust(|options| {
        let faults = ["refresh:1=drop-after", "refresh:2=invalid-grant"];
        options.faults = faults.map(|fault| fault.parse().expect("a fault")).into();
    });
    assert_eq!(stage.world.run(&["refresh", PROVIDER]).code, 5);
    let after = stage.sandbox.log().len();
    let why = stage.token_works_or_is_lost(after).expect_err("no loss");
    assert!(why.contains("nothing was issued"), "{why}");
    assert!(since < after);
}

/// The control of the revoke trials.
#[test]
fn a_connection_that_is_gone_here_and_alive_there_is_flagged() {
    let stage = Stage::connected("3600");
    stage.world.must(&["revoke", PROVIDER, "--local-only"]);
    let why = revoked_or_kept(&stage).expect_err("a loss");
    assert!(why.contains("alive there"), "{why}");
}

/// The control of the connect trials.
#[test]
fn a_grant_that_nobody_mentions_is_flagged() {
    let stage = Stage::connected("3600");
    stage.world.must(&["revoke", PROVIDER, "--local-only"]);
    let why = connected_or_said(&stage).expect_err("a loss");
    assert!(why.contains("nothing says so"), "{why}");
}

/// What a row of trials showed.
#[derive(Debug, Default)]
struct Tally {
    trials: usize,
    killed: usize,
    works: usize,
    lost_in_words: usize,
}

impl Tally {
    fn count(&mut self, killed: bool, kept: Kept) {
        self.trials += 1;
        self.killed += usize::from(killed);
        match kept {
            Kept::Works => self.works += 1,
            Kept::LostInWords => self.lost_in_words += 1,
        }
    }
}

fn fresh() -> Stage {
    Stage::new("3600")
}

/// A lost connection is connected again.
fn go_on(stage: &mut Stage, kept: Kept) {
    if kept == Kept::LostInWords {
        stage.world.connect();
    }
}

#[derive(Debug, Clone, Copy)]
enum LeftByRevoke {
    Active,
    Revoking,
    Gone,
}

fn revoked_or_kept(stage: &Stage) -> Verdict<LeftByRevoke> {
    stage.opens()?;
    let live = stage.sandbox.tokens();
    let alive = !live.access.is_empty() || !live.refresh.is_empty();
    let Some(connection) = stage.listed()? else {
        return if alive {
            Err(format!("gone here, alive there: {live:?}"))
        } else {
            Ok(LeftByRevoke::Gone)
        };
    };
    let left = match connection.get("state").and_then(|state| state.as_str()) {
        Some("active") if alive => LeftByRevoke::Active,
        Some("revoking") => LeftByRevoke::Revoking,
        _ => return Err(format!("alive there: {alive}, but here: {connection}")),
    };
    well(stage.world.run(&["revoke", PROVIDER]))?;
    let live = stage.sandbox.tokens();
    if live.access.is_empty() && live.refresh.is_empty() && stage.listed()?.is_none() {
        Ok(left)
    } else {
        Err(format!("revoking again did not end it: {live:?}"))
    }
}

#[derive(Debug, Clone, Copy)]
enum LeftByConnect {
    Nothing,
    CutOff,
    TakenOver,
    Connected,
}

fn connected_or_said(stage: &Stage) -> Verdict<LeftByConnect> {
    stage.opens()?;
    let issued = !stage.acted("token", 0).is_empty();
    let left = if stage.listed()?.is_some() {
        stage.is_newest(well(stage.world.run(&["token", PROVIDER]))?.stdout.trim())?;
        LeftByConnect::Connected
    } else if issued {
        let listed = well(stage.world.run(&["list"]))?;
        if !listed.stderr.contains("is not finished") {
            return Err(format!("a grant is left and nothing says so: {listed:?}"));
        }
        LeftByConnect::CutOff
    } else {
        LeftByConnect::Nothing
    };
    // whatever is left, the next one succeeds, and tells
    let connecting = stage.world.start_connect(&[]);
    let Some(url) = connecting.url.clone() else {
        return Err(format!(
            "the next connect has no URL: {:?}",
            connecting.end()
        ));
    };
    oauthctl::sandbox::user_agent::visit(url.as_str()).map_err(|error| error.to_string())?;
    let ended = well(connecting.end())?;
    let told = ended
        .stderr
        .contains("cut off when its code may have been sent");
    let taken_over = ended.stderr.contains("from an interrupted connect");
    if matches!(left, LeftByConnect::CutOff) && !told && !taken_over {
        return Err(format!("the next connect doesn't tell: {ended:?}"));
    }
    // the account of what was taken over may not be known, and it then stands beside the new one
    let listed = well(stage.world.run(&["list", "--json"]))?;
    let alive = stage.sandbox.tokens().access;
    for line in listed.stdout.lines() {
        let one: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let name = one.get("connection").and_then(Value::as_str);
        let token = well(stage.world.run(&["token", name.unwrap_or_default()]))?;
        if !alive.contains(&fingerprint(token.stdout.trim())) {
            return Err(format!("it is listed and doesn't work: {one}"));
        }
    }
    if matches!(left, LeftByConnect::CutOff) && taken_over {
        return Ok(LeftByConnect::TakenOver);
    }
    Ok(left)
}

fn copy_folder(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").args([from, to]).status();
    assert!(copied.expect("cp").success());
}
