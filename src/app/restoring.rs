//! Going back to a backup.

use std::path::Path;
use std::sync::Arc;

use crate::app::App;
use crate::app::opening::Keeper;
use crate::connection::restore::{self, Restored};
use crate::connection::rollback::{self, SetBack};
use crate::error::{Error, Kind, Result};
use crate::key::{self, Ask, Custody, Source, Unopened};
use crate::names::{ConnectionName, VaultId};
use crate::private_file::{self, with_suffix};
use crate::vault::{self, Action, AnchorKeeper, Draft, Vault, VaultError};

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
        let standing = match self.open_vault_and_key() {
            Ok(standing) => standing,
            Err(error) if matches!(error.kind, Kind::Stopped | Kind::Failed) => {
                if !wanted.force {
                    return Err(error
                        .hint("`--force` sets this vault aside and puts the backup in its place"));
                }
                return self.put(wanted, &sealed);
            }
            Err(error) => return Err(error),
        };
        match standing {
            None => self.put(wanted, &sealed),
            Some((vault, custody)) => self.fill(wanted, &sealed, vault, custody),
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
        let custody = match wanted.with {
            Some(_) => Arc::new(self.backup_key(wanted)?),
            None => custody,
        };
        let image = unseal(sealed, &custody)?;
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
        let pin = pin(wanted)?.unwrap_or_else(|| vault.fingerprint());
        refuse_damaged(&image, wanted.file, &custody, &pin)?;
        let backup = backup.unlock(custody.identity(), Some(&pin), None)?;
        let (then, now) = (generation(&backup)?, generation(&vault)?);
        if then < now && !wanted.force {
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
        let custody = self.backup_key(wanted)?;
        let image = unseal(sealed, &custody)?;
        let backup = vault::open_image(&image, wanted.file)?;
        let (id, recorded) = (backup.header().vault_id, backup.header().key_source.clone());
        drop(backup);
        let custody = Arc::new(custody.of_vault(id, &self.paths.state));
        let kept = custody.read_pin().map_err(|error| self.no_key(&error))?;
        let pin = pin(wanted)?.or(kept).ok_or_else(unconfirmed)?;
        refuse_damaged(&image, wanted.file, &custody, &pin)?;
        let source = Source::parse(&recorded).map_err(|error| self.no_key(&error.into()))?;
        // Notes belong beside the vault's own key, and not beside a recovery key.
        let is_own = wanted.with.is_none() || wanted.with == source.path();
        let keeper =
            is_own.then(|| Box::new(Keeper(Arc::clone(&custody))) as Box<dyn AnchorKeeper>);
        if let Some(keeper) = &keeper {
            keeper.keep_pin(&pin).map_err(|why| {
                Error::new(Kind::Failed, "could not keep the vault's fingerprint").because(why)
            })?;
        }
        let draft = Draft::new(&image, &path)?;
        let mut vault = draft
            .open()?
            .unlock(custody.identity(), Some(&pin), keeper)?;
        let generation = generation(&vault)?;
        let detail = format!("from a backup of change {generation}, where no vault stood");
        let set_back = SetBack {
            action: Action::Restore,
            detail: Some(&detail),
            generation,
            rescues: Some(self.rescues_of(id, &path)),
        };
        let suspects = rollback::accept(&mut vault, self.world(), set_back)?;
        let aside = set_aside(&path)?;
        draft.put(vault)?;
        self.remember(&path, id, &[&recorded]);
        Ok(Outcome::Put {
            suspects,
            key: source.to_string(),
            aside,
        })
    }

    /// Where answers lie that were saved beside a vault which is gone: newer than any backup.
    fn rescues_of<'a>(&'a self, id: VaultId, path: &'a Path) -> &'a Path {
        let folder = path.parent().unwrap_or(path);
        let has = |folder: &Path| {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let start = format!("rescue-{id}-");
            entries
                .map(|entry| entry.file_name())
                .any(|name| name.to_string_lossy().starts_with(&start))
        };
        if has(folder) {
            folder
        } else {
            &self.paths.state
        }
    }

    /// What opens a backup: the identity that was named, the environment's, else the one of the vault
    /// that was here.
    fn backup_key(&self, wanted: &Wanted<'_>) -> Result<Custody> {
        let prompt = |question: &str| self.ui.ask_secret(question);
        let noted = self.noted_key(&self.vault_path()?);
        let in_environment = self.env.identity.is_some() || self.env.identity_file.is_some();
        if wanted.with.is_none() && !in_environment && noted.is_none() {
            return Err(
                Error::new(Kind::NoKey, "nothing says which key opens the backup")
                    .hint("name an identity or the recovery sheet of that vault: `--with FILE`"),
            );
        }
        let (id, source) = noted.unwrap_or((VaultId([0; 16]), Source::Environment));
        let mut ask = self.ask(id, &source, &prompt);
        if wanted.with.is_some() {
            ask = Ask {
                identity_file: wanted.with,
                ..ask
            };
        }
        key::unlock(&ask).map_err(|error| self.no_key(&error))
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

fn refuse_damaged(image: &[u8], file: &Path, custody: &Custody, pin: &str) -> Result<()> {
    let findings = vault::check_image(image, file, custody.identity(), pin)?;
    match findings.first() {
        None => Ok(()),
        Some(finding) => Err(Error::new(Kind::Stopped, "the backup is damaged")
            .because(format!("{finding:?}"))
            .hint("take another one; nothing was changed")),
    }
}

fn generation(vault: &Vault) -> Result<u64> {
    Ok(vault.read(|snapshot| Ok::<_, VaultError>(snapshot.generation()))?)
}

/// The fingerprint that a person gave, or that stands on the recovery sheet.
fn pin(wanted: &Wanted<'_>) -> Result<Option<String>> {
    if wanted.fingerprint.is_some() {
        return Ok(wanted.fingerprint.clone());
    }
    let Some(sheet) = wanted.with else {
        return Ok(None);
    };
    key::fingerprint_on(sheet).map_err(|error| {
        Error::new(Kind::NoKey, "could not read the recovery key").caused_by(&error)
    })
}

fn unconfirmed() -> Error {
    Error::new(
        Kind::Stopped,
        "nothing says that the backup is of your vault",
    )
    .because("anybody who knows a public key can make a vault for it")
    .hint("give the fingerprint that you wrote down: `--fingerprint …`")
}

fn unseal(sealed: &[u8], custody: &Custody) -> Result<Vec<u8>> {
    custody.open(sealed).map_err(|why| {
        unopened(
            why,
            "could not open the backup",
            custody,
            "name an identity or the recovery sheet of that vault: `--with FILE`",
        )
    })
}

/// Why an age file can't be opened, and where it is for another key, the way out.
pub fn unopened(why: Unopened, message: &str, custody: &Custody, way_out: &str) -> Error {
    let failed = |kind| Error::new(kind, message);
    match why {
        Unopened::NotAge => failed(Kind::Failed).because("it is no age file"),
        Unopened::Damaged => failed(Kind::Failed).because("it is damaged or cut off"),
        Unopened::OtherKey => failed(Kind::NoKey)
            .because(format!("it is not locked to {}", custody.describe()))
            .hint(way_out),
    }
}
