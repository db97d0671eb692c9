//! Locking the same vault key to other recipients: after the master identity was lost.
//!
//! This gives nobody less access than before: an old header and an old identity still give the
//! vault key. It is for a key that was lost, not for one that was stolen.
//!
//! Age plugins take their time, so a header is sealed before the transaction that writes it, which
//! then makes sure that the vault is locked to the same people still. Whoever does that holds
//! [`Vault::lock_recipients`] from before the list was read: two who change it don't seal in vain.

use super::error::VaultError;
use super::header::{Header, wrap_key};
use super::open::Vault;
use super::recipients::{self, LeftOut, Recipient, RecipientList, Whom};
use super::snapshot::Snapshot;
use super::writer::Writer;
use crate::plugin::Person;

/// Who can open the vault, as it was read.
#[derive(Debug, Clone)]
pub struct Standing {
    header: Header,
    /// The version of the list's row.
    version: u64,
    recipients: Vec<Recipient>,
}

/// A header for other recipients, which is not in the vault yet.
pub struct Rewrapped {
    before: Standing,
    age: Vec<u8>,
    recipients: Vec<Recipient>,
}

impl Vault {
    /// Who can open it now.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn standing(&self) -> Result<Standing, VaultError> {
        self.read(|snapshot| {
            let list = snapshot.find::<RecipientList>(RecipientList::NAME)?;
            Ok(Standing {
                header: snapshot.header.clone(),
                version: recipients::version(&snapshot.directory, snapshot.keys),
                recipients: list.map(|row| row.value.recipients).unwrap_or_default(),
            })
        })
    }
}

impl Standing {
    /// In the order in which they were added.
    #[must_use]
    pub fn recipients(&self) -> &[Recipient] {
        &self.recipients
    }

    /// What the vault says about itself.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The public key of the master identity.
    #[must_use]
    pub fn master(&self) -> Option<&str> {
        let mut all = self.recipients().iter();
        let master = all.find(|one| one.label == Recipient::MASTER);
        master.map(|one| one.recipient.as_str())
    }

    /// Where the master identity is kept.
    #[must_use]
    pub fn key_source(&self) -> &str {
        &self.header.key_source
    }

    /// Locks the vault key, which `identity` opens, to `recipients` only. Says who was left out.
    ///
    /// # Errors
    /// [`VaultError::WrongKey`] when `identity` does not open the header; as
    /// [`super::seal_to`].
    pub fn rewrap(
        self,
        identity: &dyn age::Identity,
        mut recipients: Vec<Recipient>,
        whom: Whom,
        person: &dyn Person,
    ) -> Result<(Rewrapped, Vec<LeftOut>), VaultError> {
        let key = self.header.unwrap_key(identity)?;
        let (age, left_out) = wrap_key(&key, &recipients, whom, person)?;
        recipients.retain(|one| left_out.iter().all(|out| out.recipient != *one));
        let rewrapped = Rewrapped {
            before: self,
            age,
            recipients,
        };
        Ok((rewrapped, left_out))
    }

    /// # Errors
    /// [`VaultError::Conflict`] when anything of it is another one by now.
    pub(super) fn refuse_changed(&self, now: &Snapshot<'_>) -> Result<(), VaultError> {
        let version = recipients::version(&now.directory, now.keys);
        if self.header == now.header && self.version == version {
            Ok(())
        } else {
            Err(VaultError::Conflict)
        }
    }
}

impl Writer<'_> {
    /// Records where the master identity is kept now; the recipients stay as they are.
    ///
    /// # Errors
    /// When the vault can't be written.
    pub fn name_key_source(&mut self, key_source: String) -> Result<(), VaultError> {
        self.snapshot.header.key_source = key_source;
        self.snapshot.header.store(self.snapshot.connection)
    }

    /// [`Self::name_key_source`], if nobody changed who can open the vault.
    ///
    /// # Errors
    /// [`VaultError::Conflict`] when somebody did.
    pub fn move_key(&mut self, before: &Standing, to: String) -> Result<(), VaultError> {
        before.refuse_changed(&self.snapshot)?;
        self.name_key_source(to)
    }

    /// Writes a header that was sealed before, whom it is for, and where the master identity is kept.
    ///
    /// # Errors
    /// [`VaultError::Conflict`] when it was sealed for another state of the vault.
    pub fn rewrap(&mut self, new: Rewrapped, key_source: String) -> Result<(), VaultError> {
        new.before.refuse_changed(&self.snapshot)?;
        self.snapshot.header.age = new.age;
        self.name_key_source(key_source)?;
        let recipients = new.recipients;
        self.set(RecipientList { recipients }).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{World, event};
    use super::super::{Action, NewKey};
    use super::*;
    use crate::plugin::Nobody;

    const HERE: &str = "here";

    fn sealed(world: &World, before: &Standing, label: &str) -> Rewrapped {
        let other = age::x25519::Identity::generate().to_public().to_string();
        let mut all = before.recipients().to_vec();
        all.push(Recipient::native(other, label.to_owned()));
        before
            .clone()
            .rewrap(&world.identity, all, Whom::All, &Nobody)
            .unwrap()
            .0
    }

    #[test]
    fn what_was_sealed_for_another_list_is_not_written() {
        let world = World::new();
        let mut vault = world.open();
        let before = vault.standing().unwrap();
        let [one, two] = ["one", "two"].map(|label| sealed(&world, &before, label));
        vault
            .mutate(|writer| writer.rewrap(one, HERE.to_owned()))
            .unwrap();
        let listed = vault.standing().unwrap();
        let refused = vault.mutate(|writer| writer.rewrap(two, HERE.to_owned()));
        assert!(matches!(refused, Err(VaultError::Conflict)));
        let moved = vault.mutate(|writer| writer.move_key(&before, "elsewhere".to_owned()));
        assert!(matches!(moved, Err(VaultError::Conflict)));
        let next = vec![Recipient::master(world.identity.to_public().to_string())];
        let new = NewKey {
            fresh: before.fresh_key(next, &Nobody).unwrap(),
            key_source: "elsewhere".to_owned(),
            event: event(Action::KeyChange, "b"),
            naming: |_, _, _| panic!("nothing is sealed anew"),
            identity: &world.identity,
        };
        let kept = super::super::sample::Kept::default();
        let refused = vault.rekey(new, Box::new(kept));
        assert!(matches!(refused, Err(VaultError::Conflict)));
        let after = vault.standing().unwrap();
        assert_eq!(after.recipients(), listed.recipients());
        assert_eq!(after.key_source(), listed.key_source());
        assert!(after.recipients().iter().any(|one| one.label == "one"));
    }

    #[test]
    fn a_key_that_moved_meanwhile_keeps_its_new_place() {
        let world = World::new();
        let mut vault = world.open();
        let before = vault.standing().unwrap();
        let one = sealed(&world, &before, "one");
        vault
            .mutate(|writer| writer.move_key(&before, "elsewhere".to_owned()))
            .unwrap();
        let refused = vault.mutate(|writer| writer.rewrap(one, HERE.to_owned()));
        assert!(matches!(refused, Err(VaultError::Conflict)));
        assert_eq!(vault.standing().unwrap().key_source(), "elsewhere");
    }
}
