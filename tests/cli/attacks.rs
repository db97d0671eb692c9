//! Somebody has the files, but not the key. What the vault refuses by itself is tested beside it;
//! here is what the program then says and does.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use crate::world::{Output, World, identity_in, set_mode};

/// The three files of a database, as they stand.
fn copied(vault: &Path) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    ["", "-wal", "-shm"]
        .map(|end| PathBuf::from(format!("{}{end}", vault.display())))
        .map(|path| (path.clone(), fs::read(path).ok()))
        .to_vec()
}

fn restored(copy: &[(PathBuf, Option<Vec<u8>>)]) {
    for (path, content) in copy {
        match content {
            Some(content) => fs::write(path, content).unwrap(),
            None => drop(fs::remove_file(path)),
        }
    }
}

/// Changes the database as somebody would who has SQLite and no key.
fn meddle<T>(world: &World, change: impl FnOnce(&Connection) -> T) -> T {
    let database = Connection::open(world.vault()).unwrap();
    let done = change(&database);
    database
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    done
}

/// Ends with 9 whatever is asked of the vault's records.
#[track_caller]
fn stopped(world: &World, says: &str) {
    for args in [
        ["token", "sandbox"].as_slice(),
        &["refresh", "sandbox"],
        &["list"],
    ] {
        world
            .run(args)
            .ended(9)
            .no_data()
            .says(&["error: ", says, "hint:"]);
    }
}

#[test]
fn a_rolled_back_vault_hands_out_but_refuses_to_refresh_until_it_is_accepted() {
    let world = World::new();
    world.connect();
    let yesterday = copied(&world.vault());
    let old = world.token("sandbox");

    // control: the same files, and nothing happened since
    restored(&copied(&world.vault()));
    world.ok(&["token", "sandbox"]).silent();

    world.ok(&["refresh", "sandbox"]);
    restored(&yesterday);
    let warning = [
        "warning: the vault was rolled back",
        "oauthctl vault accept-rollback",
    ];
    let output = world.ok(&["token", "sandbox"]).says(&warning);
    assert_eq!(output.stdout.trim(), old);
    for args in [
        ["refresh", "sandbox"].as_slice(),
        &["refresh", "--all"],
        &["revoke", "sandbox"],
        &["connect", "sandbox", "--no-browser"],
        &["client", "set", "sandbox", "--id", "x", "--no-secret"],
    ] {
        world
            .run(args)
            .ended(9)
            .no_data()
            .says(&["rolled back", "hint:", "accept-rollback"]);
    }
    assert_eq!(world.count(oauthctl::sandbox::Endpoint::Refresh), 1);
    assert_eq!(world.json(&["vault", "status"])[0]["anchor"], "differs");

    world
        .run(&["vault", "accept-rollback"])
        .ended(9)
        .says(&["was not accepted", "--yes"]);
    world
        .ok(&["vault", "accept-rollback", "--yes"])
        .says(&["`sandbox/writer` is suspect"]);
    assert_eq!(world.shown("sandbox")["state"], "suspect");
    world.ok(&["token", "sandbox"]).silent();
    // nobody refreshes it unattended
    world
        .ok(&["refresh", "--all"])
        .says(&["skipped `sandbox/writer`: suspect"]);
    world
        .run(&["token", "sandbox", "--min-ttl", "2h"])
        .ended(9)
        .says(&["may have been refreshed elsewhere"]);
    assert_eq!(world.count(oauthctl::sandbox::Endpoint::Refresh), 1);
    // the old refresh token was used: the server ends the grant, and a login mends it
    world.run(&["refresh", "sandbox"]).ended(4);
    world.connect();
    world.ok(&["refresh", "sandbox"]);
    world.ok(&["audit", "verify"]);
}

#[test]
fn refresh_by_name_mends_a_suspect_connection_that_was_not_refreshed_since() {
    let world = World::new();
    world.connect();
    let yesterday = copied(&world.vault());
    world.connect_as("reader");
    restored(&yesterday);
    world.ok(&["vault", "accept-rollback", "--yes"]);
    world
        .ok(&["refresh", "sandbox"])
        .says(&["sandbox/writer: refreshed"]);
    assert_eq!(world.shown("sandbox")["state"], "active");
    world
        .ok(&["vault", "accept-rollback", "--yes"])
        .says(&["not rolled back; nothing was changed"]);
}

#[test]
fn a_rolled_back_vault_without_its_anchor_goes_unnoticed_as_stated() {
    let world = World::new();
    world.connect();
    let yesterday = copied(&world.vault());
    world.connect_as("reader");
    restored(&yesterday);
    for file in world.files() {
        if file.extension().is_some_and(|end| end == "anchor") {
            fs::remove_file(file).unwrap();
        }
    }
    world
        .ok(&["token", "sandbox"])
        .says(&["a rolled-back file would go unnoticed this time"]);
    world.ok(&["token", "sandbox"]).silent();
}

/// A vault that somebody made for our public key, in place of ours.
#[test]
fn a_header_made_for_the_public_recipient_is_caught_by_the_pin() {
    let world = World::new();
    world.connect();
    world.ok(&["--profile", "theirs", "vault", "init"]);
    let theirs = Connection::open(world.vault_of("theirs")).unwrap();
    let header: Vec<u8> = theirs
        .query_row("SELECT age FROM header", [], |row| row.get(0))
        .unwrap();
    drop(theirs);
    let pin = pin_of(&world);
    let ours = meddle(&world, |database| {
        let ours: Vec<u8> = database
            .query_row("SELECT age FROM header", [], |row| row.get(0))
            .unwrap();
        database
            .execute("UPDATE header SET age = ?", [&header])
            .unwrap();
        ours
    });
    stopped(&world, "is not the one that is pinned next to its key");
    // control: without the pin that is not noticed, only that nothing fits to that key
    let aside = world.path("given/pin");
    fs::rename(&pin, &aside).unwrap();
    stopped(&world, "tampered");
    fs::rename(&aside, &pin).unwrap();
    meddle(&world, |database| {
        database
            .execute("UPDATE header SET age = ?", [&ours])
            .unwrap()
    });
    world.token("sandbox");
}

#[test]
fn a_whole_vault_made_for_the_public_recipient_is_not_written_to() {
    let world = World::new();
    world.connect();
    let before = copied(&world.vault());
    let known: Vec<_> = world.files();
    world.ok(&["--profile", "theirs", "vault", "init"]);
    // what the person's own program wrote beside the key is not in the attacker's hands
    for file in world.files() {
        if !known.contains(&file) && file.starts_with(world.path("keys")) {
            fs::remove_file(file).unwrap();
        }
    }
    for (from, to) in copied(&world.vault_of("theirs"))
        .into_iter()
        .zip(copied(&world.vault()))
    {
        restored(&[(to.0, from.1)]);
    }
    let output = world
        .run(&["connect", "sandbox", "--no-browser"])
        .ended(9)
        .no_data();
    let output = output.says(&["is not confirmed", "hint:"]);
    assert!(!output.stderr.contains("/authorize"), "a consent was asked");
    world
        .run(&["vault", "check", "--confirm", "0000-0000"])
        .ended(9);
    // control: with its fingerprint confirmed it is just a vault
    let fingerprint = world.json(&["vault", "status"])[0]["fingerprint"].clone();
    world.ok(&["vault", "check", "--confirm", fingerprint.as_str().unwrap()]);
    world.connect();
    restored(&before);
    world.token("sandbox");
}

/// A run whose key is where the vault's header says that it is.
fn plain(world: &World, args: &[&str]) -> Output {
    let call = world.call(args);
    call.without("OAUTHCTL_IDENTITY_FILE").run()
}

#[test]
fn a_whole_vault_that_brings_its_own_key_and_pin_is_not_written_to() {
    let world = World::new();
    plain(&world, &["vault", "init", "--key", "file"]).ended(0);
    let before = copied(&world.vault());
    // everything that a vault consists of, whole and fitting, with a key that they have
    let theirs = world.path("given/theirs.txt");
    let init = world.call(&["--profile", "theirs", "vault", "init", "--key", "file"]);
    let init = init.args(&["--identity-file"]).arg(&theirs);
    init.without("OAUTHCTL_IDENTITY_FILE").run().ended(0);
    let forged: Vec<_> = copied(&world.vault_of("theirs"))
        .into_iter()
        .zip(&before)
        .map(|((_, content), (path, _))| (path.clone(), content))
        .collect();
    restored(&forged);
    let connect = ["connect", "sandbox", "--no-browser"];
    let output = plain(&world, &connect).ended(9).no_data();
    assert!(!output.stderr.contains("/authorize"), "a consent was asked");
    output.says(&["this is not the vault that was here", "is not confirmed"]);
    let status = plain(&world, &["vault", "status"]).ended(0);
    assert!(status.stdout.contains("not confirmed, read only"));
    status.silent_about("if you moved the key's file");
    // control: it is the note of what was here that shows it
    let notes = world.path("home/state/oauthctl/vaults");
    fs::rename(&notes, world.path("given/notes")).unwrap();
    plain(&world, &["vault", "status"])
        .ended(0)
        .silent_about("not the vault");
    plain(&world, &["list"])
        .ended(0)
        .silent_about("not the vault");
    fs::remove_dir_all(&notes).unwrap();
    fs::rename(world.path("given/notes"), &notes).unwrap();
    restored(&before);
    plain(&world, &["list"])
        .ended(0)
        .silent_about("not the vault");
    // a person who knows that it is right can say so
    restored(&forged);
    let status = plain(&world, &["vault", "status", "--json"]).documents();
    let fingerprint = status[0]["fingerprint"].as_str().unwrap();
    plain(&world, &["vault", "check", "--confirm", fingerprint]).ended(0);
    plain(&world, &["list"])
        .ended(0)
        .silent_about("not the vault");
}

#[test]
fn a_vault_whose_key_is_elsewhere_than_before_is_not_written_to() {
    let world = World::new();
    plain(&world, &["vault", "init", "--key", "file"]).ended(0);
    let key = world.vault().with_file_name("identity.txt");
    let text = fs::read_to_string(&key).unwrap();
    let line = text.lines().find(|line| line.starts_with("AGE-SECRET"));
    world.secret("the identity that was made", line.unwrap());
    // the person moves it themselves and says so with a variable: no header chose that place
    let moved = world.path("given/moved.txt");
    fs::rename(&key, &moved).unwrap();
    let call = world.call(&["list"]);
    let call = call.env("OAUTHCTL_IDENTITY_FILE", &moved);
    call.run().ended(0).silent_about("not the vault");
}

#[test]
fn a_key_file_that_was_moved_without_its_notes_leads_to_the_confirmation() {
    let world = World::new();
    let place = world.path("given/key.txt").display().to_string();
    let key = ["--key", "file", "--identity-file", &place];
    let plain = |args: &[&str]| world.call(args).without("OAUTHCTL_IDENTITY_FILE");
    plain(&[&["vault", "init"][..], &key].concat())
        .run()
        .ended(0);
    world.secret("the identity", &identity_in(&place));
    let moved = world.path("given/moved/key.txt");
    fs::create_dir(moved.parent().unwrap()).unwrap();
    set_mode(moved.parent().unwrap(), 0o700);
    fs::rename(&place, &moved).unwrap();
    let lost = plain(&["vault", "status"]).run().ended(6);
    lost.says(&["hint: if it was moved, set `OAUTHCTL_IDENTITY_FILE` to its path"]);
    let moved = |args: &[&str]| plain(args).env("OAUTHCTL_IDENTITY_FILE", &moved).run();
    let status = moved(&["vault", "status", "--json"]).ended(0);
    let status = status.silent_about("vault recipients add");
    let status = status.silent_about("no note of the vault's state");
    status.says(&[
        "hint: if you moved the key's file",
        "`oauthctl vault status` says",
    ]);
    let fingerprint = moved(&["vault", "status", "--json"]).documents().remove(0)["fingerprint"]
        .as_str()
        .unwrap()
        .to_owned();
    let wrong = moved(&["vault", "check", "--confirm", "0000-0000"]).ended(9);
    let wrong = wrong.silent_about("--fingerprint");
    wrong.says(&[&format!("`--confirm {fingerprint}`")]);
    moved(&["vault", "check", "--confirm", &fingerprint]).ended(0);
    moved(&["vault", "status"])
        .ended(0)
        .says(&["hint: make one"]);
}

fn pin_of(world: &World) -> PathBuf {
    let id = world.json(&["vault", "status"])[0]["vault_id"].clone();
    let mut files = world.files();
    files.retain(|file| {
        let name = file.to_string_lossy();
        name.ends_with(".pin") && name.contains(id.as_str().unwrap())
    });
    files.remove(0)
}

#[test]
fn a_forged_pin_is_noticed() {
    let world = World::new();
    world.connect();
    let pin = pin_of(&world);
    let text = fs::read_to_string(&pin).unwrap();
    for (line, letter) in text.lines().enumerate() {
        let mut forged: Vec<String> = text.lines().map(str::to_owned).collect();
        let last = letter.chars().last().unwrap();
        forged[line].pop();
        forged[line].push(if last == '0' { '1' } else { '0' });
        fs::write(&pin, format!("{}\n", forged.join("\n"))).unwrap();
        stopped(&world, "was not written with this vault's key");
    }
    fs::write(&pin, text).unwrap();
    world.token("sandbox");
}

#[test]
fn a_lost_pin_makes_the_vault_read_only_until_the_fingerprint_is_confirmed() {
    let world = World::new();
    world.connect();
    let fingerprint = world.json(&["vault", "status"])[0]["fingerprint"].clone();
    let fingerprint = fingerprint.as_str().unwrap().to_owned();
    fs::remove_file(pin_of(&world)).unwrap();
    world
        .ok(&["token", "sandbox"])
        .says(&["read only until you confirm the fingerprint"]);
    world
        .run(&["refresh", "sandbox"])
        .ended(9)
        .says(&["is not confirmed"]);
    world
        .ok(&["vault", "check", "--confirm", &fingerprint])
        .says(&["confirmed"]);
    world.ok(&["refresh", "sandbox"]);
    world.ok(&["token", "sandbox"]).silent();
}

#[test]
fn swapped_replayed_and_removed_rows_are_noticed() {
    let world = World::new();
    world.connect();
    world.connect_as("reader");
    let rows = |database: &Connection| -> Vec<(i64, Vec<u8>)> {
        let mut rows = database
            .prepare("SELECT id, sealed FROM body ORDER BY id")
            .unwrap();
        let rows = rows
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        rows.map(Result::unwrap).collect()
    };
    let put = |id: i64, sealed: &[u8]| {
        meddle(&world, |database| {
            database
                .execute(
                    "UPDATE body SET sealed = ? WHERE id = ?",
                    params![sealed, id],
                )
                .unwrap()
        });
    };
    let before = meddle(&world, rows);
    world.ok(&["refresh", "--all"]);
    let now = meddle(&world, rows);
    let changed: Vec<_> = now
        .iter()
        .zip(&before)
        .filter(|(new, old)| new.1 != old.1)
        .collect();
    assert!(changed.len() >= 2, "a row for each connection");
    for (new, old) in &changed {
        put(new.0, &old.1);
        stopped_somewhere(&world);
        put(new.0, &new.1);
        world.ok(&["vault", "check"]); // control
    }
    let (one, two) = (changed[0].0, changed[1].0);
    put(one.0, &two.1);
    put(two.0, &one.1);
    stopped_somewhere(&world);
    put(one.0, &one.1);
    put(two.0, &two.1);
    world.ok(&["vault", "check"]);

    // a directory entry that vanishes, is moved, or has another version
    for change in [
        "DELETE FROM directory WHERE id = (SELECT max(id) FROM directory)",
        "UPDATE directory SET version = version + 1 WHERE id = (SELECT max(id) FROM directory)",
        "UPDATE directory SET id = id + 100 WHERE id = (SELECT max(id) FROM directory)",
        "DELETE FROM head WHERE which = (SELECT min(which) FROM head)",
        "UPDATE header SET vault_id = randomblob(16)",
    ] {
        let whole = copied(&world.vault());
        meddle(&world, |database| database.execute_batch(change).unwrap());
        stopped_somewhere(&world);
        restored(&whole);
        world.ok(&["vault", "check"]);
    }
}

/// Not every command reads every row; what reads it stops, and `vault check` reads all.
#[track_caller]
fn stopped_somewhere(world: &World) {
    world.run(&["list"]).ended(9).no_data();
    world.run(&["vault", "check"]).ended(9);
}

#[test]
fn audit_verify_notices_deleted_edited_moved_and_duplicated_events() {
    let world = World::new();
    world.connect();
    world.token("sandbox");
    world.token("sandbox");
    world.ok(&["refresh", "sandbox"]);
    world.ok(&["audit", "verify"]);
    let whole = copied(&world.vault());
    for change in [
        "DELETE FROM audit WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 1",
        "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
        "DELETE FROM audit",
        "INSERT INTO audit SELECT max(seq) + 1, mac, sealed FROM audit",
        "UPDATE audit SET sealed = (SELECT sealed FROM audit WHERE seq = 3) WHERE seq = 4",
        "UPDATE audit SET seq = -seq WHERE seq IN (3, 4); UPDATE audit SET seq = 7 + seq WHERE seq < 0",
        "UPDATE audit SET mac = zeroblob(32) WHERE seq = 2",
    ] {
        meddle(&world, |database| database.execute_batch(change).unwrap());
        world.run(&["audit", "verify"]).ended(9).no_data().says(&[
            "error: the audit log is not what was written",
            "caused by:",
            "hint:",
        ]);
        restored(&whole);
        world.ok(&["audit", "verify"]); // control
    }
}

#[test]
fn vault_check_salvages_what_still_authenticates() {
    let world = World::new();
    world.connect();
    world.connect_as("reader");
    let token = world.token("sandbox/reader");
    meddle(&world, |database| {
        let damage = "UPDATE body SET sealed = zeroblob(200) WHERE id = \
                      (SELECT max(id) FROM body)";
        database.execute_batch(damage).unwrap();
    });
    let output = world.run(&["vault", "check"]).ended(9);
    assert!(output.stdout.contains("[fail] "), "{output:?}");
    let output = output.says(&["--salvage FILE", "`oauthctl vault restore BACKUP --force`"]);
    let file = world.path("given/salvaged.age");
    let call = world.call(&["vault", "check", "--salvage"]).arg(&file);
    let salvaged = call.run().ended(9);
    assert_eq!(salvaged.stdout, output.stdout, "it names what is wrong");
    salvaged
        .says(&[
            "saved 2 connections, ",
            "it holds your tokens",
            "1 thing wrong with the vault",
            "`oauthctl vault restore BACKUP --force`",
        ])
        .silent_about("--salvage");
    let identity = fs::read_to_string(world.key_file()).unwrap();
    let identity: age::x25519::Identity = identity.trim().parse().unwrap();
    let saved = age::decrypt(&identity, &fs::read(&file).unwrap()).unwrap();
    let saved = String::from_utf8(saved).unwrap();
    let records = saved
        .lines()
        .filter(|line| line.starts_with("{\"record\""))
        .count();
    assert!(records >= 2, "{records} records");
    for line in saved.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    assert!(saved.contains(&token) || saved.contains("sbx_at_"));
    assert_eq!(saved.matches("\"kind\":\"connection\"").count(), 2);
    // never over something that is there
    let call = world.call(&["vault", "check", "--salvage"]).arg(&file);
    call.run().ended(1).no_data();
}

#[test]
fn vault_check_that_salvages_prints_its_document_too() {
    let world = World::new();
    world.connect();
    let mut salvaged = 0;
    let mut is_sound = |code| {
        salvaged += 1;
        let file = world.path(&format!("given/{salvaged}.age"));
        let args = ["vault", "check", "--json", "--salvage"];
        let output = world.call(&args).arg(&file).run().ended(code);
        assert_eq!(output.documents().len(), 1, "{output:?}");
        let plain = world.run(&args[..3]).ended(code);
        assert_eq!(plain.stdout, output.stdout);
        output.documents()[0]["sound"].as_bool().unwrap()
    };
    assert!(is_sound(0));
    meddle(&world, |database| {
        let damage = "UPDATE body SET sealed = zeroblob(200) WHERE id = \
                      (SELECT max(id) FROM body)";
        database.execute_batch(damage).unwrap();
    });
    assert!(!is_sound(9));
}

#[test]
fn vault_check_claims_no_tokens_where_no_connection_could_be_saved() {
    let world = World::new();
    world.connect();
    meddle(&world, |database| {
        let damage = "UPDATE body SET sealed = zeroblob(200)";
        database.execute_batch(damage).unwrap();
    });
    let file = world.path("given/salvaged.age");
    let call = world.call(&["vault", "check", "--salvage"]).arg(&file);
    call.run()
        .ended(9)
        .says(&["saved 0 connections, ", "there are no tokens in it"])
        .silent_about("it holds your tokens");
    assert!(file.exists());
}

#[test]
fn vault_check_of_a_vault_that_can_not_be_looked_at_leads_to_a_backup_only() {
    let world = World::new();
    world.connect();
    meddle(&world, |database| {
        database
            .execute_batch("PRAGMA journal_mode = delete")
            .unwrap();
    });
    let sound = fs::read(world.vault()).unwrap();
    let mut circular = 0;
    for page in 0..sound.len() / 4096 {
        let mut damaged = sound.clone();
        let skipped = if page == 0 { 100 } else { 0 };
        damaged[page * 4096 + skipped..][..4096 - skipped].fill(0xa5);
        fs::write(world.vault(), &damaged).unwrap();
        let file = world.path(&format!("given/{page}.age"));
        let output = world.run(&["vault", "check"]);
        if output.code == 0 || output.stdout.contains("[fail] ") {
            continue;
        }
        circular += 1;
        let salvage = world.call(&["vault", "check", "--salvage"]).arg(&file);
        for output in [output, salvage.run()] {
            output
                .ended(9)
                .says(&["`oauthctl vault restore BACKUP --force`"])
                .silent_about("vault check");
        }
        assert!(!file.exists());
    }
    assert!(circular >= 1, "{circular}");
}
