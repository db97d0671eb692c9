//! The provider has rotated, and then the disk takes nothing more: the new refresh token lies in the
//! rescue file, the program says where, and the next run goes on with it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use oauthctl::sandbox::Sandbox;
use rusqlite::Connection;

use crate::chance::Chance;
use crate::rig;
use crate::stage::{Kept, Stage, start};
use crate::trace::{self, Call};
use crate::world::{Ended, PROVIDER, World};

/// What else a command does to files after the answer has come.
const CALLS: &str = "recvfrom,pwrite64,write,fsync,fdatasync,ftruncate,rename,unlink";
const ERRORS: [&str; 3] = ["ENOSPC", "EIO", "EROFS"];
/// Large enough for a vault with one connection and a rescue file.
const SIZE: &str = "size=1m,mode=700";

#[test]
fn refresh_loses_nothing_when_the_disk_fills_up_after_the_rotation() {
    let Some(small) = Small::new() else {
        return;
    };
    let mut rescued = 0;
    // with room for none, one, … of the pages that the vault wants to write
    for pages in 0..rig::trials(6, 12) {
        let since = small.stage.sandbox.log().len();
        let ended = small.refresh_while_filling(pages);
        let (asked, acted) = (since + 1, small.stage.acted("refresh", since).len());
        assert_eq!((small.stage.sandbox.log().len(), acted), (asked, 1));
        if ended.code != 0 {
            rescued += 1;
            let file = small.named_rescue(&ended);
            // still no room: what the rescue file held is taken over, or nothing is sent and
            // nothing given up
            let again = small.stage.world.run(&["token", PROVIDER]);
            if again.code != 0 {
                assert_eq!(small.stage.sandbox.log().len(), asked, "{again:?}");
                assert!(file.exists(), "{again:?}");
            }
        }
        small.make_room();
        goes_on_with_the_new_token(&small.stage, since, &format!("{pages} pages, {ended:?}"));
    }
    assert!(rescued > 0, "the disk was never full");
    rig::say(&format!(
        "disk full after rotation: nothing lost, {rescued} answers rescued"
    ));
}

/// The control: it is the rescue file that keeps the connection.
#[test]
fn a_connection_whose_rescue_file_is_gone_is_lost_and_says_so() {
    let Some(small) = Small::new() else {
        return;
    };
    let since = small.stage.sandbox.log().len();
    let ended = small.refresh_while_filling(0);
    assert_ne!(ended.code, 0, "{ended:?}");
    fs::remove_file(small.named_rescue(&ended)).expect("the rescue file");
    small.make_room();
    assert_eq!(
        small.stage.token_works_or_is_lost(since),
        Ok(Kept::LostInWords)
    );
    assert_eq!(small.stage.sandbox.tokens().refresh, [""; 0]);
}

#[test]
fn refresh_loses_nothing_when_a_write_after_the_answer_fails() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("errno after the answer");
    let stage = Stage::connected("0");
    stage.world.must(&["token", PROVIDER]);
    let refresh = ["refresh", PROVIDER];
    let calls = trace::calls(&stage.world, &strace, CALLS, &refresh);
    let answer = calls.iter().rposition(|call| call.name == "recvfrom");
    let mut trials: Vec<(Call, &str, bool)> = Vec::new();
    for call in calls.into_iter().skip(answer.expect("an answer") + 1) {
        for error in ERRORS {
            trials.extend([false, true].map(|later| (call.clone(), error, later)));
        }
    }
    let all = trials.len();
    while trials.len() > rig::trials(20, usize::MAX) {
        trials.swap_remove(chance.below(trials.len()));
    }
    let (count, mut failed, mut early) = (trials.len(), 0, 0);
    for (call, error, later) in trials {
        // as it was when the calls were counted
        stage.world.must(&["token", PROVIDER]);
        let since = stage.sandbox.log().len();
        let fault = format!("error={error}");
        let mut command = if later {
            call.on_with(&stage.world, &strace, &fault, &refresh)
        } else {
            call.with(&stage.world, &strace, &fault, &refresh)
        };
        let ended = Ended::from(command.output().expect("strace"));
        let what = format!("{error} at {call:?} and later: {later}: {ended:?}");
        if stage.acted("refresh", since).is_empty() {
            // an earlier trial left more to be merged, and this call came before the request
            early += 1;
            assert_eq!(
                stage.token_works_or_is_lost(since),
                Ok(Kept::Works),
                "{what}"
            );
            continue;
        }
        if ended.code != 0 {
            failed += 1;
            assert!(ended.stderr.contains("could not be stored"), "{what}");
        }
        goes_on_with_the_new_token(&stage, since, &what);
    }
    assert!(failed > 0, "nothing ever failed");
    assert!(
        early * 4 < count,
        "{early} of {count} struck before the request"
    );
    rig::say(&format!(
        "errno after the answer: {count} of {all} faults, {early} of them before the request; \
         {failed} failed aloud, nothing lost"
    ));
}

/// The next run presents the refresh token that was issued, and the family lives.
fn goes_on_with_the_new_token(stage: &Stage, since: usize, what: &str) {
    assert_eq!(
        stage.token_works_or_is_lost(since),
        Ok(Kept::Works),
        "{what}"
    );
    let refreshes = stage.acted("refresh", since);
    assert!(refreshes.len() > 1, "{what}: {refreshes:?}");
    for (first, next) in refreshes.iter().zip(refreshes.iter().skip(1)) {
        assert_eq!(next.presented, first.issued_refresh, "{what}");
    }
    let log = stage.sandbox.log();
    let refused = log.iter().skip(since).find(|entry| entry.status != 200);
    assert_eq!(refused, None, "{what}");
}

/// A stage whose vault lies on a disk of its own.
struct Small {
    // ended before the world's folder goes
    disk: Disk,
    stage: Stage,
}

impl Small {
    fn new() -> Option<Small> {
        let sandbox: Sandbox = start("0");
        let world = World::new(&sandbox.provider_toml("Practice"));
        let disk = Disk::mount(&world.at("data"))?;
        let world = world.with_vault();
        world.connect();
        let stage = Stage { sandbox, world };
        Some(Small { disk, stage })
    }

    /// Refreshes; between the provider's rotation and its answer the disk is filled up, but for
    /// that many pages.
    fn refresh_while_filling(&self, pages: usize) -> Ended {
        let world = &self.stage.world;
        // the log of earlier commits would be room
        let vault = Connection::open(world.vault()).expect("the vault");
        let emptied = vault.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        emptied.expect("a checkpoint");
        drop(vault);
        let since = self.stage.sandbox.log().len();
        self.stage.sandbox.adjust(|options| {
            options.token_delay = Duration::from_secs(1);
        });
        let mut child = world
            .command(&["refresh", PROVIDER])
            .spawn()
            .expect("the program");
        let late = Instant::now() + Duration::from_secs(20);
        while self.stage.acted("refresh", since).is_empty() {
            assert!(Instant::now() < late, "it never asks");
            thread::yield_now();
        }
        self.disk.fill(pages);
        let running = child.try_wait().expect("a child");
        assert_eq!(running, None, "the answer came before the disk was full");
        let ended = Ended::from(child.wait_with_output().expect("an end"));
        self.stage
            .sandbox
            .adjust(|options| options.token_delay = Duration::ZERO);
        ended
    }

    fn make_room(&self) {
        fs::remove_file(self.disk.filler()).expect("the filler");
    }

    /// The rescue file that a failure names.
    fn named_rescue(&self, ended: &Ended) -> PathBuf {
        let words = ended.stderr.split_once("they are safe, encrypted, in `");
        let file = words.and_then(|(_, rest)| rest.split_once('`'));
        let (file, _) = file.unwrap_or_else(|| panic!("no file named: {ended:?}"));
        let file = PathBuf::from(file);
        assert!(
            file.is_file() && file.starts_with(&self.disk.0),
            "{ended:?}"
        );
        file
    }
}

/// A small file system in memory.
struct Disk(PathBuf);

impl Disk {
    /// `None`, and words, for those who may not mount.
    fn mount(at: &Path) -> Option<Disk> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "none"]).arg(at);
        if mount.output().is_ok_and(|output| output.status.success()) {
            return Some(Disk(at.to_owned()));
        }
        rig::say("SKIPPED: only root may mount a small disk");
        None
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }

    /// Leaves room for `pages` of 4096 bytes.
    fn fill(&self, pages: usize) {
        let spare = self.0.join("spare");
        fs::write(&spare, vec![1; pages * 4096]).expect("room");
        let mut file = File::create(self.filler()).expect("a file");
        while file.write_all(&[1; 4096]).is_ok() {}
        fs::remove_file(spare).expect("the spare room");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // nobody is left to be told; the folder's removal then empties it
        let _ = Command::new("umount").arg(&self.0).output();
    }
}
