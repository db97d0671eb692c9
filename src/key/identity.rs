//! Age identity files: read with suspicion, written once.
//!
//! Age's own error texts are never shown: they wrap values in invisible Unicode isolates.

use std::io::{BufReader, Read, Write};
use std::iter;
use std::path::Path;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::secrecy::{ExposeSecret, SecretString};
use age::{DecryptError, Decryptor, Encryptor, scrypt, x25519};
use zeroize::Zeroizing;

use super::{Ask, KeyError};
use crate::names::VaultId;
use crate::private_file;
use crate::secret::Secret;

/// No identity file is larger.
const FILE_LIMIT: u64 = 64 * 1024;
/// No passphrase is longer, in bytes.
const PASSPHRASE_LIMIT: u64 = 4096;

/// How often a person may mistype a passphrase.
const TRIES: u32 = 3;
/// About a second of scrypt and 256 MiB; age's automatic choice picked 20 where 18 took 1.2 s.
pub(super) const WORK_FACTOR: u8 = 18;
/// The most scrypt work that a file can make this program do: 1 GiB.
const WORK_FACTOR_LIMIT: u8 = 20;

/// How an identity file has to be protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protection {
    Plain,
    Passphrase,
    /// Whichever the file shows: for one that was named by hand.
    Either,
}

/// The one X25519 identity in the text of an identity file; `place` says where it stood.
pub(super) fn from_text(text: &str, place: &str) -> Result<x25519::Identity, KeyError> {
    let bad = |why| KeyError::BadIdentity {
        place: place.to_owned(),
        why,
    };
    let line = only_line(text, place)?;
    line.parse().map_err(|_| bad(what_else(line)))
}

/// The line of an identity file that is no comment; `place` says where it stood.
pub(super) fn only_line<'t>(text: &'t str, place: &str) -> Result<&'t str, KeyError> {
    let bad = |why| KeyError::BadIdentity {
        place: place.to_owned(),
        why,
    };
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'));
    let line = lines.next().ok_or_else(|| bad("it holds no identity"))?;
    match lines.next() {
        None => Ok(line),
        Some(_) => Err(bad("it holds more than one identity")),
    }
}

/// Names what a line is that is no identity. Never quotes it: it may be a mistyped key.
fn what_else(line: &str) -> &'static str {
    if line.starts_with("AGE-PLUGIN-") {
        "it is for an age plugin, which can open a vault only with `--with`"
    } else if line.starts_with("AGE-SECRET-KEY-PQ-") {
        "it is a post-quantum identity, which can't be used here yet"
    } else if line.starts_with("age1") {
        "it holds a public key (`age1…`), not an identity"
    } else if line.starts_with("-----BEGIN") {
        "it is a key of another program"
    } else {
        "it is damaged, or something else"
    }
}

/// Reads an identity file; asks for its passphrase when it has one.
pub(super) fn from_file(
    path: &Path,
    protection: Protection,
    ask: &Ask,
) -> Result<x25519::Identity, KeyError> {
    let text = text_of(path, protection, ask)?;
    from_text(&text, &format!("`{}`", path.display()))
}

/// Reads an identity file's text; asks for its passphrase when it has one.
pub(super) fn text_of(
    path: &Path,
    protection: Protection,
    ask: &Ask,
) -> Result<Zeroizing<String>, KeyError> {
    let place = format!("`{}`", path.display());
    let bad = |why| KeyError::BadIdentity {
        place: place.clone(),
        why,
    };
    let content = content_of(path)?;
    let protected = is_age_file(&content);
    let plain = match (protected, protection) {
        (true, Protection::Plain) => return Err(bad("it is encrypted, which was not recorded")),
        (false, Protection::Passphrase) => return Err(bad("it is not encrypted any more")),
        (true, _) => decrypt_asking(&content, path, ask)?,
        (false, _) => content,
    };
    let text = str::from_utf8(&plain).map_err(|_| bad("it is not text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// What an identity file holds, plain or encrypted.
pub(super) fn content_of(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    Ok(Zeroizing::new(private_file::read(path, FILE_LIMIT)?))
}

/// Whether such a content is that identity's, or encrypted.
pub(super) fn holds(content: &[u8], identity: &x25519::Identity) -> bool {
    let text = str::from_utf8(content).ok();
    let line = text.and_then(|text| only_line(text, "").ok());
    is_age_file(content) || line.is_some_and(|line| line == identity.to_string().expose_secret())
}

/// Decrypts with the passphrase. A person who mistypes it is asked again, as by ssh and age.
fn decrypt_asking(content: &[u8], path: &Path, ask: &Ask) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    // Nobody is asked for the passphrase of what has none.
    with_passphrase(content, path)?;
    let mut tries = 1;
    let mut said = "";
    loop {
        let passphrase = passphrase_for(path, ask, said)?;
        if let (Some(person), None) = (ask.person, ask.passphrase_file) {
            person.say("checking the passphrase …");
        }
        match (decrypt(content, &passphrase, path), ask.prompt) {
            (Err(KeyError::WrongPassphrase { .. }), Some(_))
                if ask.passphrase_file.is_none() && tries < TRIES =>
            {
                tries += 1;
                said = "that was not it; ";
            }
            (Err(KeyError::WrongPassphrase { path, .. }), _) => {
                let from = ask.passphrase_file.map(Path::to_owned);
                return Err(KeyError::WrongPassphrase { path, from });
            }
            (ended, _) => return ended,
        }
    }
}

fn is_age_file(content: &[u8]) -> bool {
    content.starts_with(b"age-encryption.org/")
        || content
            .trim_ascii_start()
            .starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
}

/// An age file that a passphrase opens.
fn with_passphrase<'c>(
    content: &'c [u8],
    path: &Path,
) -> Result<Decryptor<ArmoredReader<BufReader<&'c [u8]>>>, KeyError> {
    let bad = |why| KeyError::BadIdentity {
        place: format!("`{}`", path.display()),
        why,
    };
    let decryptor = Decryptor::new(ArmoredReader::new(content))
        .map_err(|_| bad("its age header is damaged"))?;
    if decryptor.is_scrypt() {
        Ok(decryptor)
    } else {
        Err(bad("it is encrypted to a key, not with a passphrase"))
    }
}

fn decrypt(
    content: &[u8],
    passphrase: &Secret,
    path: &Path,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let bad = |why| KeyError::BadIdentity {
        place: format!("`{}`", path.display()),
        why,
    };
    let decryptor = with_passphrase(content, path)?;
    let mut opener = scrypt::Identity::new(SecretString::from(passphrase.expose()));
    opener.set_max_work_factor(WORK_FACTOR_LIMIT);
    let reader = decryptor.decrypt(iter::once(&opener as &dyn age::Identity));
    let reader = reader.map_err(|error| match error {
        DecryptError::ExcessiveWork { required, .. } => KeyError::WorkFactor {
            path: path.to_owned(),
            factor: required,
            limit: WORK_FACTOR_LIMIT,
        },
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            KeyError::WrongPassphrase {
                path: path.to_owned(),
                from: None,
            }
        }
        DecryptError::InvalidHeader
        | DecryptError::InvalidMac
        | DecryptError::Io(_)
        | DecryptError::NoMatchingKeys
        | DecryptError::UnknownFormat
        | _ => bad("its age header is damaged"),
    })?;
    let mut plain = Zeroizing::new(Vec::with_capacity(content.len()));
    reader
        .take(FILE_LIMIT)
        .read_to_end(&mut plain)
        .map_err(|_| bad("its content is damaged"))?;
    Ok(plain)
}

/// The passphrase of an existing file: from its own file, else from a person.
fn passphrase_for(path: &Path, ask: &Ask, said: &str) -> Result<Secret, KeyError> {
    if let Some(file) = ask.passphrase_file {
        return passphrase_from_file(file);
    }
    let prompt = ask.prompt.ok_or_else(|| KeyError::NoTerminal {
        path: path.to_owned(),
    })?;
    prompt(&format!("{said}passphrase for `{}`: ", path.display())).map_err(KeyError::Prompt)
}

/// The passphrase for a file that is to be made: a person types it twice.
///
/// # Errors
/// When nobody can be asked, or what was typed is empty or differs.
pub fn new_passphrase(path: &Path, ask: &Ask) -> Result<Secret, KeyError> {
    let mut tries = 1;
    let mut said = String::new();
    loop {
        let passphrase = passphrase_for(path, ask, &said)?;
        let mut why = passphrase.expose().is_empty().then_some("it is empty");
        if let (None, None, Some(prompt)) = (why, ask.passphrase_file, ask.prompt) {
            let again = prompt("the same again: ").map_err(KeyError::Prompt)?;
            let differs = !passphrase.matches(again.expose());
            why = differs.then_some("the two are not the same");
        }
        match why {
            None => return Ok(passphrase),
            Some(why) if ask.passphrase_file.is_some() || tries == TRIES => {
                return Err(KeyError::BadPassphrase { why });
            }
            Some(why) => {
                tries += 1;
                said = format!("{why}; ");
            }
        }
    }
}

fn passphrase_from_file(path: &Path) -> Result<Secret, KeyError> {
    let read = private_file::read(path, PASSPHRASE_LIMIT).map_err(KeyError::PassphraseFile);
    let content = Zeroizing::new(read?);
    let text = str::from_utf8(&content).map_err(|_| KeyError::BadPassphrase {
        why: "its file is not text",
    })?;
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.contains('\n') {
        return Err(KeyError::BadPassphrase {
            why: "its file has more than one line",
        });
    }
    if line.is_empty() {
        return Err(KeyError::BadPassphrase {
            why: "its file is empty",
        });
    }
    Ok(Secret::new(line.to_owned()))
}

/// Writes a new identity file, with a passphrase when one is given, and reads it back with the same.
/// Nothing may stand at `path`.
pub(super) fn to_new_file(
    path: &Path,
    identity: &x25519::Identity,
    passphrase: Option<&Secret>,
    vault_id: VaultId,
) -> Result<(), KeyError> {
    let plain = file_text(identity, vault_id);
    let content = match passphrase {
        None => plain.clone(),
        Some(passphrase) => encrypt(&plain, passphrase, WORK_FACTOR)?,
    };
    if let Some(parent) = path.parent() {
        private_file::ensure_folder(parent)?;
    }
    private_file::create_whole(path, &content)?;
    let read = Zeroizing::new(private_file::read(path, FILE_LIMIT)?);
    let read = match passphrase {
        None => read,
        Some(passphrase) => decrypt(&read, passphrase, path)?,
    };
    if *read == *plain {
        Ok(())
    } else {
        Err(KeyError::NotKept {
            place: format!("`{}`", path.display()),
        })
    }
}

fn file_text(identity: &x25519::Identity, vault_id: VaultId) -> Zeroizing<Vec<u8>> {
    let secret = identity.to_string();
    let text = format!(
        "# the master key of oauthctl vault {vault_id}: whoever has it can open that vault\n\
         # public key: {}\n{}\n",
        identity.to_public(),
        secret.expose_secret(),
    );
    Zeroizing::new(text.into_bytes())
}

/// The text of a recovery sheet under a passphrase, as `age -p -a` would write it.
///
/// # Errors
/// When age can't encrypt with that passphrase.
pub fn protect(sheet: &str, passphrase: &Secret) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    encrypt(sheet.as_bytes(), passphrase, WORK_FACTOR)
}

/// An armored age file with one scrypt stanza. Age's writers fail only where the buffer does,
/// which it can't.
fn encrypt(plain: &[u8], passphrase: &Secret, factor: u8) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.expose()));
    recipient.set_work_factor(factor);
    let failed = |_| KeyError::BadPassphrase {
        why: "age could not encrypt with it",
    };
    let encryptor = Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient))
        .map_err(|_| KeyError::BadPassphrase {
            why: "age could not encrypt with it",
        })?;
    let mut sealed = Vec::new();
    ArmoredWriter::wrap_output(&mut sealed, Format::AsciiArmor)
        .and_then(|armor| encryptor.wrap_output(armor))
        .and_then(|mut writer| writer.write_all(plain).and_then(|()| writer.finish()))
        .and_then(ArmoredWriter::finish)
        .map_err(failed)?;
    Ok(Zeroizing::new(sealed))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs::{self, Permissions};
    use std::io;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::PathBuf;

    use super::*;
    use crate::key::Source;
    use crate::private_file::PrivateFileError;

    const RECORDED: Source = Source::Environment;

    fn ask<'a>(
        passphrase_file: Option<&'a Path>,
        prompt: Option<crate::key::Prompt<'a>>,
    ) -> Ask<'a> {
        Ask {
            vault_id: VaultId([7; 16]),
            recorded: &RECORDED,
            identity: None,
            identity_file: None,
            passphrase_file,
            prompt,
            person: None,
            state_dir: Path::new("/nowhere"),
        }
    }

    /// A private file in a folder of its own.
    fn file(content: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.txt");
        private_file::replace(&path, content.as_ref()).unwrap();
        (folder, path)
    }

    fn key() -> (x25519::Identity, String) {
        let identity = x25519::Identity::generate();
        let text = identity.to_string().expose_secret().to_owned();
        (identity, text)
    }

    fn read(path: &Path, protection: Protection) -> Result<x25519::Identity, KeyError> {
        from_file(path, protection, &ask(None, None))
    }

    fn same(one: &x25519::Identity, other: &x25519::Identity) -> bool {
        one.to_string().expose_secret() == other.to_string().expose_secret()
    }

    fn why(result: Result<x25519::Identity, KeyError>) -> &'static str {
        match result {
            Err(KeyError::BadIdentity { why, .. }) => why,
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("accepted"),
        }
    }

    #[test]
    fn an_identity_file_is_read_as_age_writes_it() {
        let (identity, line) = key();
        for text in [
            line.clone(),
            format!("{line}\n"),
            format!("# created: 2026-01-01\n# public key: age1…\n{line}\n"),
            format!("\r\n# windows\r\n{line}\r\n\r\n"),
            format!("  {line}  \n\n# after\n"),
        ] {
            assert!(same(&from_text(&text, "x").unwrap(), &identity), "{text:?}");
        }
    }

    #[test]
    fn a_file_that_is_not_one_identity_is_refused_and_never_quoted() {
        let (_, line) = key();
        let (_, second) = key();
        let mistyped = line.replacen('1', "1Q", 2);
        let table = [
            ("", "no identity"),
            ("\n# only a comment\r\n", "no identity"),
            (&*format!("{line}\n{second}"), "more than one"),
            (&*format!("{line}\n{line}"), "more than one"),
            (&*format!("{line} {line}"), "damaged"),
            (&*mistyped, "damaged"),
            (&*format!("\u{feff}{line}"), "damaged"),
            ("AGE-PLUGIN-YUBIKEY-1QQQ", "plugin"),
            ("AGE-SECRET-KEY-PQ-1QQQ", "post-quantum"),
            ("age1qqq", "public key"),
            ("-----BEGIN OPENSSH PRIVATE KEY-----", "another program"),
        ];
        for (text, wanted) in table {
            let error = from_text(text, "`x`").err().unwrap();
            let said = error.to_string();
            assert!(said.contains(wanted), "{text:?}: {said}");
            assert!(!said.contains("AGE-SECRET-KEY-1"), "{said}");
            assert!(!said.contains('\u{2068}'), "{said}");
        }
    }

    #[test]
    fn a_file_that_others_could_read_or_replace_is_refused() {
        let (_, line) = key();
        let (folder, path) = file(&line);
        assert!(read(&path, Protection::Plain).is_ok(), "the control");
        for mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666, 0o777] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let error = read(&path, Protection::Plain).err().unwrap();
            assert!(
                matches!(error, KeyError::File(PrivateFileError::Loose { mode: m, .. }) if m == mode),
                "{mode:o}: {error}"
            );
            let way_out = error
                .way_out()
                .iter()
                .map(ToString::to_string)
                .collect::<String>();
            let wanted = format!("chmod {:o} '{}'", mode & 0o700, path.display());
            assert!(way_out.contains(&wanted), "{way_out}");
        }
        for mode in [0o600, 0o400] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert!(read(&path, Protection::Plain).is_ok(), "{mode:o}");
        }
        let shortcut = folder.path().join("link");
        symlink(&path, &shortcut).unwrap();
        let refused = read(&shortcut, Protection::Plain);
        assert!(matches!(
            refused,
            Err(KeyError::File(PrivateFileError::Symlink { .. }))
        ));
        let refused = read(folder.path(), Protection::Plain);
        assert!(matches!(
            refused,
            Err(KeyError::File(PrivateFileError::WrongType { .. }))
        ));
        let missing = read(&folder.path().join("none"), Protection::Plain);
        assert!(matches!(missing, Err(KeyError::File(error)) if error.is_not_found()));
    }

    #[test]
    fn a_large_file_is_refused() {
        let (_, line) = key();
        let comment = format!("# {}\n{line}\n", "x".repeat(60_000));
        let (_folder, path) = file(comment);
        assert!(read(&path, Protection::Plain).is_ok(), "the control");
        let comment = format!("# {}\n{line}\n", "x".repeat(70_000));
        let (_folder, path) = file(comment);
        let refused = read(&path, Protection::Plain);
        assert!(matches!(
            refused,
            Err(KeyError::File(PrivateFileError::TooLarge { .. }))
        ));
    }

    #[test]
    fn a_protected_file_opens_with_its_passphrase_only() {
        let (identity, line) = key();
        let sealed = encrypt(line.as_bytes(), &Secret::new("correct horse".into()), 4).unwrap();
        let (_folder, path) = file(&sealed);
        let (_other, binary) = file(unarmored(&sealed));
        for path in [&path, &binary] {
            for (said, opens) in [
                ("correct horse", true),
                ("correct horse\n", true),
                ("correct horse\r\n", true),
                ("correct horse ", false),
                ("wrong", false),
            ] {
                let (_folder, passphrase) = file(said);
                let read = from_file(path, Protection::Passphrase, &ask(Some(&passphrase), None));
                match read {
                    Ok(read) => assert!(opens && same(&read, &identity), "{said:?}"),
                    Err(error) => assert!(
                        !opens && matches!(error, KeyError::WrongPassphrase { .. }),
                        "{said:?} {error}"
                    ),
                }
            }
        }
    }

    #[test]
    fn a_passphrase_is_asked_only_where_somebody_can_answer() {
        let (identity, line) = key();
        let sealed = encrypt(line.as_bytes(), &Secret::new("p".into()), 4).unwrap();
        let (_folder, path) = file(&sealed);
        let alone = read(&path, Protection::Either);
        assert!(matches!(alone, Err(KeyError::NoTerminal { .. })));
        let answer = |_: &str| Ok(Secret::new("p".into()));
        let asked = from_file(&path, Protection::Either, &ask(None, Some(&answer)));
        assert!(same(&asked.unwrap(), &identity));
        let broken = |_: &str| Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        let asked = from_file(&path, Protection::Either, &ask(None, Some(&broken)));
        assert!(matches!(asked, Err(KeyError::Prompt(_))));
        let (_folder, passphrase) = file("p\n");
        let never = |_: &str| -> io::Result<Secret> { panic!("the file beats the prompt") };
        let asked = from_file(
            &path,
            Protection::Either,
            &ask(Some(&passphrase), Some(&never)),
        );
        assert!(same(&asked.unwrap(), &identity));
    }

    #[derive(Default)]
    struct Listener(std::cell::RefCell<Vec<String>>);

    impl crate::plugin::Person for Listener {
        fn say(&self, text: &str) {
            self.0.borrow_mut().push(text.to_owned());
        }

        fn ask(&self, _: &str) -> Option<Secret> {
            None
        }

        fn is_there(&self) -> bool {
            true
        }
    }

    #[test]
    fn whoever_types_a_passphrase_is_told_that_it_is_being_checked() {
        let (_, line) = key();
        let sealed = encrypt(line.as_bytes(), &Secret::new("p".into()), 4).unwrap();
        let (_folder, path) = file(&sealed);
        let (_folder, passphrase) = file("p\n");
        let answer = |_: &str| Ok(Secret::new("p".into()));
        let person = Listener::default();
        let open = |from: Option<&Path>| {
            let ask = Ask {
                person: Some(&person),
                ..ask(from, Some(&answer))
            };
            from_file(&path, Protection::Either, &ask).unwrap();
            person.0.take()
        };
        assert_eq!(open(None), ["checking the passphrase …"]);
        assert_eq!(open(Some(&passphrase)), [""; 0]);
    }

    #[test]
    fn a_passphrase_file_that_is_odd_or_loose_is_refused() {
        let (_, line) = key();
        let sealed = encrypt(line.as_bytes(), &Secret::new("p".into()), 4).unwrap();
        let (_folder, path) = file(&sealed);
        for content in [&b""[..], b"\n", b"p\np\n", b"p\n\n", b"\xff\n"] {
            let (_folder, passphrase) = file(content);
            let read = from_file(&path, Protection::Passphrase, &ask(Some(&passphrase), None));
            assert!(
                matches!(read, Err(KeyError::BadPassphrase { .. })),
                "{content:?}"
            );
        }
        let (_folder, passphrase) = file("p");
        fs::set_permissions(&passphrase, Permissions::from_mode(0o644)).unwrap();
        let read = from_file(&path, Protection::Passphrase, &ask(Some(&passphrase), None));
        assert!(matches!(
            read,
            Err(KeyError::PassphraseFile(PrivateFileError::Loose { .. }))
        ));
    }

    /// Answers one after the other, as a person types them.
    fn typed(answers: &[&str]) -> impl Fn(&str) -> io::Result<Secret> {
        let mut left: Vec<_> = answers.iter().rev().map(ToString::to_string).collect();
        let left = std::cell::RefCell::new(std::mem::take(&mut left));
        move |_| {
            let next = left.borrow_mut().pop();
            Ok(Secret::new(next.expect("asked too often")))
        }
    }

    #[test]
    fn a_mistyped_passphrase_is_asked_for_again_up_to_three_times() {
        let (identity, line) = key();
        let sealed = encrypt(line.as_bytes(), &Secret::new("p".into()), 4).unwrap();
        let (_folder, path) = file(&sealed);
        let third = typed(&["x", "y", "p"]);
        let asked = from_file(&path, Protection::Either, &ask(None, Some(&third)));
        assert!(same(&asked.unwrap(), &identity));
        let never = typed(&["x", "y", "z"]);
        let asked = from_file(&path, Protection::Either, &ask(None, Some(&never)));
        assert!(matches!(asked, Err(KeyError::WrongPassphrase { .. })));
        let second = typed(&["", "a", "b", "c", "c"]);
        let new = new_passphrase(&path, &ask(None, Some(&second))).unwrap();
        assert_eq!(new.expose(), "c");
        let never = typed(&["a", "b", "a", "b", "a", "b"]);
        let new = new_passphrase(&path, &ask(None, Some(&never)));
        assert!(matches!(new, Err(KeyError::BadPassphrase { .. })));
    }

    #[test]
    fn a_work_factor_of_21_is_refused_before_any_work() {
        let (_, line) = key();
        let sealed = encrypt(line.as_bytes(), &Secret::new("p".into()), 4).unwrap();
        let text = String::from_utf8_lossy(&unarmored(&sealed)).into_owned();
        let salt = text.split(' ').nth(2).unwrap().to_owned();
        for (factor, refused) in [("21", true), ("30", true), ("63", true), ("5", false)] {
            let from = format!("{salt} 4\n").into_bytes();
            let to = format!("{salt} {factor}\n").into_bytes();
            let (_folder, path) = file(replaced(&unarmored(&sealed), &from, &to));
            let (_other, passphrase) = file("p");
            let read = from_file(&path, Protection::Passphrase, &ask(Some(&passphrase), None));
            let too_much = matches!(read, Err(KeyError::WorkFactor { limit: 20, .. }));
            assert_eq!(too_much, refused, "{factor}");
        }
    }

    #[test]
    fn a_file_that_is_not_protected_as_recorded_is_refused() {
        let (identity, line) = key();
        let (_folder, plain) = file(&line);
        let sealed = encrypt(line.as_bytes(), &Secret::new("p".into()), 4).unwrap();
        let (_other, protected) = file(&sealed);
        assert!(why(read(&plain, Protection::Passphrase)).contains("not encrypted"));
        assert!(why(read(&protected, Protection::Plain)).contains("is encrypted"));
        let (recipient, text) = (identity.to_public(), b"hello");
        let (_third, to_a_key) = file(age::encrypt(&recipient, text).unwrap());
        let answer = |_: &str| Ok(Secret::new("p".into()));
        let asked = from_file(&to_a_key, Protection::Either, &ask(None, Some(&answer)));
        assert!(why(asked).contains("encrypted to a key"));
    }

    #[test]
    fn a_damaged_protected_file_is_refused_whatever_is_cut_or_changed() {
        let (_, line) = key();
        let sealed = unarmored(&encrypt(line.as_bytes(), &Secret::new("p".into()), 2).unwrap());
        let (_other, passphrase) = file("p");
        let read = |content: &[u8]| {
            let (_folder, path) = file(content);
            from_file(&path, Protection::Either, &ask(Some(&passphrase), None))
        };
        assert!(read(&sealed).is_ok(), "the control");
        for length in (0..sealed.len()).step_by(7) {
            assert!(read(&sealed[..length]).is_err(), "cut at {length}");
        }
        for position in (0..sealed.len()).step_by(5) {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert!(read(&changed).is_err(), "changed at {position}");
        }
    }

    fn unarmored(sealed: &[u8]) -> Vec<u8> {
        let mut binary = Vec::new();
        ArmoredReader::new(sealed).read_to_end(&mut binary).unwrap();
        binary
    }

    fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
        let at = bytes
            .windows(from.len())
            .position(|window| window == from)
            .unwrap();
        [&bytes[..at], to, &bytes[at + from.len()..]].concat()
    }

    #[test]
    fn a_new_protected_file_costs_work_factor_18() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.age");
        let (identity, _) = key();
        let passphrase = Secret::new("p".into());
        to_new_file(&path, &identity, Some(&passphrase), VaultId([7; 16])).unwrap();
        let header = String::from_utf8_lossy(&unarmored(&fs::read(&path).unwrap())).into_owned();
        let stanza = header.lines().nth(1).unwrap();
        assert!(
            stanza.starts_with("-> scrypt ") && stanza.ends_with(" 18"),
            "{stanza}"
        );
        let answer = |_: &str| Ok(Secret::new("p".into()));
        let read = from_file(&path, Protection::Passphrase, &ask(None, Some(&answer)));
        assert!(same(&read.unwrap(), &identity));
    }
}
