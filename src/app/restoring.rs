//! Going back to a backup.

use std::path::Path;
use std::sync::Arc;

use crate::app::App;
use crate::app::opening::Keeper;
use crate::connection::restore::{self, Restored};
use crate::connection::rollback::{self, SetBack};
use crate::error::{Error, Kind, Result};
use crate::key::{self, Custody, Opener, Source, Unopened};
use crate::names::{ConnectionName, VaultId};
use crate::private_file::{self, with_suffix};
use crate::vault::{self, Action, AnchorKeeper, Draft, Locked, Trust, Vault, VaultError};

/// No backup is larger.
const AT_MOST: u64 = 4 << 30;

/// What a person says about a restoration.
pub struct Wanted<'a> {
    /// The backup.
    pub file: &'a Path,
    /// An identity that opens it.
    pub with: Option<&'a Path>,
    /// The fingerprint of the vault in it.
    pub fingerprint: Option<String>,
    /// A vault that stands there is newer, or damaged.
    pub force: bool,
}

/// What came of it.
pub enum Outcome {
    /// There was no vault; now there is the backup's, with what may have been spent since.
    Put {
        /// Connections whose refresh tokens may have been spent since.
        suspects: Vec<ConnectionName>,
        /// Where its key is, for people.
        key: String,
        /// What stood there, under its new name.
        aside: Option<std::path::PathBuf>,
    },
    /// The vault that stands got what it lacked.
    Filled(Restored),
}

impl App {
    /// Brings back a backup: into the vault that stands, or as a vault where there is none.
    ///
    /// # Errors
    /// When it can't be opened or confirmed, or what stands is newer and `force` was not said; then
    /// nothing was changed.
    pub fn restore(&self, wanted: &Wanted<'_>) -> Result<Outcome> {
        let sealed = private_file::read_any(wanted.file, AT_MOST).map_err(|error| {
            Error::new(Kind::Failed, "could not read the backup").caused_by(&error)
        })?;
        match self.sound_vault() {
            Ok(None) => self.put(wanted, &sealed),
            Ok(Some((vault, custody))) => self.fill(wanted, &sealed, vault, custody),
            Err(error) if error.damage && wanted.force => self.put(wanted, &sealed),
            Err(error) if error.damage => {
                Err(error.hint("`--force` sets this vault aside and puts the backup in its place"))
            }
            Err(error) => Err(error),
        }
    }

    /// The vault that stands, when all of it is what was written, and the newest.
    fn sound_vault(&self) -> Result<Option<(Vault, Arc<Custody>)>> {
        let Some((vault, custody)) = self.standing_vault()? else {
            return Ok(None);
        };
        if let Trust::RolledBack(why) = vault.trust() {
            let mut error = Error::from(VaultError::RolledBack { why });
            error.damage = true;
            return Err(error);
        }
        let Some(locked) = Locked::open(vault.path())? else {
            return Ok(None);
        };
        let findings = locked.check(custody.identity(), Some(&vault.fingerprint()))?;
        match findings.first() {
            None => Ok(Some((vault, custody))),
            Some(finding) => {
                let what = finding.to_string();
                Err(VaultError::Tampered { what }.into())
            }
        }
    }

    fn fill(
        &self,
        wanted: &Wanted<'_>,
        sealed: &[u8],
        mut vault: Vault,
        custody: Arc<Custody>,
    ) -> Result<Outcome> {
        vault.refuse_untrusted()?;
        self.refuse_pending_rescues(&vault)?;
        let opener = match wanted.with {
            Some(_) => self.backup_opener(wanted)?,
            None => Opener::from(custody),
        };
        let image = unseal(sealed, &opener)?;
        let backup = vault::open_image(&image, wanted.file)?;
        if backup.header().vault_id != vault.id() {
            return Err(
                Error::new(Kind::Stopped, "this is a backup of another vault")
                    .because(format!(
                        "it is of `{}`, and here stands `{}`",
                        backup.header().vault_id,
                        vault.id()
                    ))
                    .hint("restore it elsewhere: `--profile NAME` or `--vault PATH`"),
            );
        }
        let pin = pin(wanted, &opener).unwrap_or_else(|| vault.fingerprint());
        refuse_damaged(&image, wanted.file, &opener, &pin)?;
        let backup = backup.unlock(opener.identity(), Some(&pin), None)?;
        let (then, now) = (generation(&backup)?, generation(&vault)?);
        if then < now && !wanted.force && !vault.has_records_of(&backup)? {
            return Err(Error::new(Kind::Stopped, "the vault is newer than the backup")
                .because(format!(
                    "the backup was made at change {then}, and the vault is at change {now}"
                ))
                .hint(
                    "`--force` brings back what the vault lacks; what it has of its own stays as \
                     it is",
                ));
        }
        let restored = restore::restore(&mut vault, &backup, self.world())?;
        self.save_anchor(&mut vault);
        Ok(Outcome::Filled(restored))
    }

    /// Where no vault stands, or a damaged one that may be set aside.
    fn put(&self, wanted: &Wanted<'_>, sealed: &[u8]) -> Result<Outcome> {
        let path = self.vault_path()?;
        let opener = self.backup_opener(wanted)?;
        let image = unseal(sealed, &opener)?;
        let backup = vault::open_image(&image, wanted.file)?;
        let (id, recorded) = (backup.header().vault_id, backup.header().key_source.clone());
        drop(backup);
        let opener = opener.of_vault(id, &self.paths.state);
        let custody = opener.custody();
        let kept = match custody {
            Some(custody) => custody.read_pin().map_err(|error| self.no_key(&error))?,
            None => None,
        };
        let pin = pin(wanted, &opener).or(kept).ok_or_else(unconfirmed)?;
        refuse_damaged(&image, wanted.file, &opener, &pin)?;
        let source = self.where_its_key_is(wanted, id, &recorded)?;
        // Notes belong beside the vault's own key, and not beside a recovery key; nor in the place of
        // those of the vault that the backup is of, where that stands elsewhere.
        let key = match wanted.with.or(self.env.identity_file.as_deref()) {
            None if self.env.identity.is_some() => None,
            named => named.or(source.path()),
        };
        let shared = match key {
            Some(file) => self.others_with(&path, file).contains(&id),
            None => self.stands_elsewhere(&path, id),
        };
        let own = custody.filter(|_| !shared);
        let own = own.filter(|_| wanted.with.is_none() || wanted.with == source.path());
        if let Some(own) = own {
            own.write_pin(&pin).map_err(|error| self.no_key(&error))?;
        }
        let keeper = own.map(|own| Box::new(Keeper(Arc::clone(own))) as Box<dyn AnchorKeeper>);
        let draft = Draft::new(&image, &path)?;
        let mut vault = draft
            .open()?
            .unlock(opener.identity(), Some(&pin), keeper)?;
        let generation = generation(&vault)?;
        let detail = format!("from a backup of change {generation}, where no vault stood");
        let set_back = SetBack {
            action: Action::Restore,
            detail: Some(&detail),
            generation,
            rescues: &[path.parent().unwrap_or(&path)],
        };
        let suspects = rollback::accept(&mut vault, self.world(), set_back)?;
        let place = source
            .to_text()
            .map_err(|error| self.no_key(&error.into()))?;
        if place != recorded {
            vault.mutate(|writer| writer.name_key_source(place.clone()))?;
        }
        let aside = set_aside(&path)?;
        draft.put(vault)?;
        self.remember(&path, id, &[&place]);
        Ok(Outcome::Put {
            suspects,
            key: source.to_string(),
            aside,
        })
    }

    /// Where the key of the vault in a backup is: where this machine noted it last, when that is what
    /// opened the backup, else where the backup says. The key may have been moved since.
    fn where_its_key_is(&self, wanted: &Wanted<'_>, id: VaultId, recorded: &str) -> Result<Source> {
        let named = wanted.with.is_some()
            || self.env.identity.is_some()
            || self.env.identity_file.is_some();
        match self.noted_key(&self.vault_path()?) {
            Some((noted, source)) if noted == id && !named => Ok(source),
            _ => Source::parse(recorded).map_err(|error| self.no_key(&error.into())),
        }
    }

    /// What opens a backup: the identity that was named, the environment's, else the one of the vault
    /// that was here.
    fn backup_opener(&self, wanted: &Wanted<'_>) -> Result<Opener<'_>> {
        if let Some(file) = wanted.with {
            return self.opener(file, VaultId([0; 16]));
        }
        let noted = self.noted_key(&self.vault_path()?);
        let in_environment = self.env.identity.is_some() || self.env.identity_file.is_some();
        if wanted.with.is_none() && !in_environment && noted.is_none() {
            return Err(
                Error::new(Kind::NoKey, "nothing says which key opens the backup")
                    .hint("name an identity or the recovery sheet of that vault: `--with FILE`"),
            );
        }
        let (id, source) = noted.unwrap_or((VaultId([0; 16]), Source::Environment));
        let prompt = |question: &str| self.ui.ask_secret(question);
        let opened = key::unlock(&self.ask(id, &source, &prompt));
        let custody = opened.map_err(|error| self.no_key(&error))?;
        Ok(Opener::from(Arc::new(custody)))
    }
}

/// Gives what stands at the vault's place another name. `--force` was said where something does.
fn set_aside(path: &Path) -> Result<Option<std::path::PathBuf>> {
    if std::fs::symlink_metadata(path).is_err() {
        return Ok(None);
    }
    let failed = |error: private_file::PrivateFileError| {
        Error::new(Kind::Failed, "could not set the damaged vault aside").caused_by(&error)
    };
    let aside = private_file::set_aside(path).map_err(failed)?;
    for end in ["-wal", "-journal"] {
        let beside = with_suffix(path, end);
        // Under the name by which SQLite finds it beside that file.
        if std::fs::symlink_metadata(&beside).is_ok() {
            let to = with_suffix(&aside, end);
            std::fs::rename(&beside, to).map_err(|error| {
                Error::new(Kind::Failed, "could not set the damaged vault's log aside")
                    .caused_by(&error)
            })?;
        }
    }
    Ok(Some(aside))
}

fn refuse_damaged(image: &[u8], file: &Path, opener: &Opener<'_>, pin: &str) -> Result<()> {
    let findings = vault::check_image(image, file, opener.identity(), pin).map_err(other_pin)?;
    match findings.first() {
        None => Ok(()),
        Some(finding) => Err(Error::new(Kind::Stopped, "the backup is damaged")
            .because(finding.to_string())
            .hint("take another one; nothing was changed")),
    }
}

/// Where the fingerprint that a person gave, or that stands on their sheet, is not the vault's: what
/// can be done.
#[must_use]
pub fn other_pin(error: VaultError) -> Error {
    let VaultError::PinMismatch { found } = error else {
        return Error::from(error);
    };
    let shown = Error::new(
        Kind::Stopped,
        "the fingerprint that was given is not this vault's",
    );
    shown
        .because(format!("its own is {found}"))
        .hint(
            "`vault rekey` and `vault recipients remove` change it and print it, and older recovery \
             sheets keep the old one",
        )
        .hint(format!(
            "if one of them printed that one to you, say `--fingerprint {found}`; if none did, \
             somebody else may have made this vault"
        ))
}

fn generation(vault: &Vault) -> Result<u64> {
    Ok(vault.read(|snapshot| Ok::<_, VaultError>(snapshot.generation()))?)
}

/// The fingerprint that a person gave, or that stands on the recovery sheet.
fn pin(wanted: &Wanted<'_>, opener: &Opener<'_>) -> Option<String> {
    let given = wanted.fingerprint.as_deref();
    given.or(opener.fingerprint()).map(str::to_owned)
}

fn unconfirmed() -> Error {
    Error::new(
        Kind::Stopped,
        "nothing says that the backup is of your vault",
    )
    .because("anybody who knows a public key can make a vault for it")
    .hint("give the fingerprint that you wrote down: `--fingerprint …`")
}

fn unseal(sealed: &[u8], opener: &Opener<'_>) -> Result<Vec<u8>> {
    opener.open(sealed).map_err(|why| {
        unopened(
            why,
            "could not open the backup",
            &opener.describe(),
            "name an identity or the recovery sheet of that vault: `--with FILE`",
        )
    })
}

/// Why an age file can't be opened, and where it is for another key, the way out.
#[must_use]
pub fn unopened(why: Unopened, message: &str, key: &str, way_out: &str) -> Error {
    let failed = |kind| Error::new(kind, message);
    match why {
        Unopened::NotAge => failed(Kind::Failed).because("it is no age file"),
        Unopened::Damaged => failed(Kind::Failed).because("it is damaged or cut off"),
        Unopened::OtherKey => failed(Kind::NoKey)
            .because(format!("it is not locked to {key}"))
            .hint(way_out),
        Unopened::Plugin(said) => failed(Kind::NoKey).because(said),
    }
}
