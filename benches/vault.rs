//! What the vault costs: `cargo bench --bench vault`. Medians, and ratios against bare SQLite and
//! against a process that does nothing, on the machine that runs it.
#![expect(clippy::print_stdout, reason = "printing is what a benchmark is for")]

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use oauthctl::moment::{BootTime, Timestamp};
use oauthctl::names::VaultId;
use oauthctl::private_file;
use oauthctl::vault::{
    self, Action, Caller, Event, Kind, Locked, NewVault, Outcome, Recipient, Row, Stored, Vault,
    VaultError,
};
use serde::{Deserialize, Serialize};

type Outcomes<T> = Result<T, Box<dyn Error>>;

/// A record of the size of a connection with a 1.5 KB access token.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Connection {
    name: String,
    secret: String,
}

impl Stored for Connection {
    const KIND: Kind = Kind::Connection;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn group(&self) -> String {
        "github".to_owned()
    }
}

fn main() -> Outcomes<()> {
    let mut words = std::env::args().skip(1);
    match (words.next().as_deref(), words.next()) {
        (Some("nothing"), _) => Ok(()),
        (Some("token"), Some(folder)) => token(Path::new(&folder)),
        _ => measure(),
    }
}

fn measure() -> Outcomes<()> {
    let folder = tempfile::tempdir()?;
    for connections in [1, 1000] {
        let place = folder.path().join(format!("{connections}"));
        private_file::ensure_folder(&place)?;
        let mut vault = make(&place, connections)?;
        println!("-- {connections} connections");
        records(&mut vault)?;
        appends(&mut vault, &place)?;
        drop(vault);
        processes(&place)?;
    }
    let place = folder.path().join("log");
    private_file::ensure_folder(&place)?;
    verify(&mut make(&place, 1)?)
}

fn make(place: &Path, connections: usize) -> Outcomes<Vault> {
    use age::secrecy::ExposeSecret;

    let identity = age::x25519::Identity::generate();
    let text = identity.to_string();
    private_file::replace(&place.join("identity"), text.expose_secret().as_bytes())?;
    let new = NewVault {
        vault_id: VaultId([1; 16]),
        recipients: vec![Recipient::master(identity.to_public().to_string())],
        key_source: "file".to_owned(),
        event: event(Action::VaultInit),
    };
    let mut vault = vault::create(&place.join("vault.db"), &new, &identity, None)?;
    private_file::replace(&place.join("pin"), vault.fingerprint().as_bytes())?;
    vault.mutate(|writer| {
        for number in 0..connections {
            writer.insert(connection(number))?;
        }
        Ok::<_, VaultError>(())
    })?;
    Ok(vault)
}

fn connection(number: usize) -> Connection {
    Connection {
        name: format!("github/{number}"),
        secret: "s".repeat(2048),
    }
}

fn event(action: Action) -> Event {
    Event {
        at: Timestamp::from_unix_millis(1_795_000_000_000),
        boot: Some(BootTime {
            id: "0f8fad5b-d9cb-469f-a165-70867728950e".to_owned(),
            millis: 1,
        }),
        action,
        connection: Some("github/octocat".to_owned()),
        scopes: vec!["repo".to_owned(), "user:email".to_owned()],
        outcome: Outcome::Done,
        error_code: None,
        detail: None,
        token: Some("0123456789abcdef".to_owned()),
        caller: Caller {
            pid: 4711,
            uid: Some(1000),
            parent: Some("/usr/bin/bash".to_owned()),
            cwd: Some("/home/someone/project".to_owned()),
        },
    }
}

fn records(vault: &mut Vault) -> Outcomes<()> {
    vault.read(|snapshot| {
        let open = median(500, || snapshot.find::<Connection>("github/0").map(|_| ()))?;
        println!("open a record:                  {open:>10.1?}");
        Ok::<_, VaultError>(())
    })?;
    let mut row = find(vault)?;
    vault.mutate(|writer| {
        let seal = median(500, || {
            row = writer.update(&row, connection(0))?;
            Ok::<_, VaultError>(())
        })?;
        println!("seal and write a record:        {seal:>10.1?}");
        Ok::<_, VaultError>(())
    })?;
    let read = median(300, || find(vault).map(|_| ()))?;
    println!("read one, verified:             {read:>10.1?}");
    let mut row = find(vault)?;
    let commit = median(200, || {
        row = vault.mutate(|writer| {
            writer.log(&event(Action::Refresh))?;
            writer.update(&row, connection(0))
        })?;
        Ok::<_, VaultError>(())
    })?;
    println!("change one, durable:            {commit:>10.1?}");
    Ok(())
}

fn find(vault: &Vault) -> Result<Row<Connection>, VaultError> {
    vault.read(|snapshot| {
        let found = snapshot.find("github/0")?;
        found.ok_or(VaultError::Conflict)
    })
}

/// Appending against what SQLite alone takes for a row of that size, in transactions of the same
/// kind.
fn appends(vault: &mut Vault, place: &Path) -> Outcomes<()> {
    let bare = rusqlite::Connection::open(place.join("bare.db"))?;
    let _: String = bare.query_row("PRAGMA journal_mode = wal", [], |row| row.get(0))?;
    bare.execute_batch(
        "PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 64;
         CREATE TABLE audit (seq INTEGER PRIMARY KEY, mac BLOB NOT NULL, sealed BLOB NOT NULL);",
    )?;
    let sealed = vec![7_u8; 425];
    let insert = || {
        bare.prepare_cached("INSERT INTO audit (mac, sealed) VALUES (zeroblob(32), ?1)")
            .and_then(|mut statement| statement.execute([&sealed]))
    };
    let alone = |level: &str| {
        bare.pragma_update(None, "synchronous", level)?;
        median(300, || {
            bare.execute_batch("BEGIN IMMEDIATE")?;
            insert()?;
            bare.execute_batch("COMMIT")
        })
    };
    compare(
        "append, one transaction of many",
        vault.hand_out(|hand_out| median(2000, || hand_out.log(&event(Action::HandOut))))?,
        {
            bare.execute_batch("BEGIN IMMEDIATE")?;
            let took = median(2000, || insert().map(|_| ()))?;
            bare.execute_batch("COMMIT")?;
            took
        },
    );
    compare(
        "append, durable",
        median(300, || {
            vault.mutate(|writer| writer.log(&event(Action::Refresh)))
        })?,
        alone("FULL")?,
    );
    compare(
        "hand-out, verified and logged",
        median(300, || {
            vault.hand_out(|hand_out| hand_out.log(&event(Action::HandOut)))
        })?,
        alone("NORMAL")?,
    );
    Ok(())
}

fn compare(what: &str, ours: Duration, bare: Duration) {
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    println!("{what:<32}{ours:>10.1?}  bare {bare:>8.1?}  ratio {ratio:.2}");
}

/// A hand-out as a whole process, and how often it syncs.
fn processes(place: &Path) -> Outcomes<()> {
    let own = std::env::current_exe()?;
    let run = |word: &str| {
        median(200, || {
            let status = Command::new(&own).arg(word).arg(place).status()?;
            if status.success() {
                Ok(())
            } else {
                Err(std::io::Error::other("the process failed"))
            }
        })
    };
    compare("a process that hands out", run("token")?, run("nothing")?);
    let trace = place.join("trace");
    let traced = Command::new("strace")
        .args([
            "-f",
            "-e",
            "trace=fsync,fdatasync,sync_file_range,msync",
            "-o",
        ])
        .arg(&trace)
        .arg(&own)
        .arg("token")
        .arg(place)
        .status();
    match traced {
        Ok(status) if status.success() => {
            let text = String::from_utf8(private_file::read_any(&trace, 1 << 20)?)?;
            let syncs = text.lines().filter(|line| line.contains("sync")).count();
            println!("syncs of a hand-out:            {syncs:>10}");
        }
        _ => println!("syncs of a hand-out:              (no strace)"),
    }
    Ok(())
}

fn token(place: &Path) -> Outcomes<()> {
    let text = |name: &str| -> Outcomes<String> {
        Ok(String::from_utf8(private_file::read(
            &place.join(name),
            1000,
        )?)?)
    };
    let identity: age::x25519::Identity = text("identity")?.parse()?;
    let locked = Locked::open(&place.join("vault.db"))?.ok_or("no vault")?;
    let mut vault = locked.unlock(&identity, Some(&text("pin")?), None)?;
    let secret = vault.hand_out(|hand_out| {
        let row = hand_out.find::<Connection>("github/0")?;
        hand_out.log(&event(Action::HandOut))?;
        Ok::<_, VaultError>(row.map_or(0, |row| row.value.secret.len()))
    })?;
    if secret == 2048 {
        Ok(())
    } else {
        Err("another record".into())
    }
}

fn verify(vault: &mut Vault) -> Outcomes<()> {
    vault.hand_out(|hand_out| {
        for _ in 0..100_000 {
            hand_out.log(&event(Action::HandOut))?;
        }
        Ok::<_, VaultError>(())
    })?;
    let took = median(5, || vault.verify_audit().map(|_| ()))?;
    println!("-- log\nverify 100,000 events:          {took:>10.1?}");
    let took = median(3, || {
        vault.read(|snapshot| snapshot.events().try_for_each(|logged| logged.map(|_| ())))
    })?;
    println!("read 100,000 events:            {took:>10.1?}");
    Ok(())
}

fn median<E>(rounds: usize, mut run: impl FnMut() -> Result<(), E>) -> Result<Duration, E> {
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let start = Instant::now();
        run()?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times.get(rounds / 2).copied().unwrap_or_default())
}
