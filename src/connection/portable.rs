//! Connections that travel in a file of their own: to a CI job, and back.
//!
//! A refresh token that rotates can live in one place only: whoever uses it second ends the grant. So
//! such a connection moves. It is set to `suspect` before the file is written and to `moved` when the
//! file is there: whatever cuts this off, nothing is refreshed from two places unattended.
//!
//! Anybody who knows a public key can seal a file for it, so what comes in is believed as little as
//! can be: it brings nothing that reads this machine, and its file is renewed only for whom it was
//! sealed for when it came. It takes the place of what is here only with the **return ticket** that the
//! export put into the file and kept: that is known to nobody but who could open the file. So what moved
//! away, or may have because an export was cut off, comes home with newer tokens, and nothing forged does.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::connection::hold::{Held, LOCK_WAIT, hold};
use crate::connection::keep::random_id;
use crate::connection::records::StoredClient;
use crate::connection::rollback::rotates;
use crate::connection::select::{self, Found};
use crate::connection::state::{Connection, GrantKind, State, Tickets};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::names::{ConnectionName, ConnectionRef, ProviderName, hex};
use crate::secret::Secret;
use crate::token::TokenSet;
use crate::vault::{Action, Outcome, Stored, Vault, VaultError, Writer, padded_json};

const FORM: u32 = 1;

/// What an export file holds, sealed by age.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    oauthctl_export: u32,
    /// Whom the file is locked to: an age file doesn't say.
    pub recipients: Vec<String>,
    /// Definitions that are not shipped.
    pub providers: Vec<DefinitionText>,
    clients: Vec<StoredClient>,
    connections: Vec<StoredConnection>,
}

/// A provider definition, as its file has it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefinitionText {
    /// The provider.
    pub name: String,
    /// TOML.
    pub text: String,
}

/// Why a connection does not travel.
#[derive(Debug, Error)]
pub enum PortableError {
    /// The vault, a lock or a record.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// It is not active.
    #[error("`{name}` {}", standing(state))]
    NotActive {
        /// The connection.
        name: ConnectionName,
        /// As `list` has it.
        state: &'static str,
    },
    /// Its tokens are had for something that only this machine has.
    #[error("`{name}` is had for another token, which stays on its machine")]
    Exchanged {
        /// The connection.
        name: ConnectionName,
    },
    /// It says that its tokens come from the future.
    #[error("the clock that `{name}` was refreshed by is ahead of this one")]
    Ahead {
        /// The connection.
        name: ConnectionName,
    },
    /// The vault's own did not come in that file, nor in one that was made of the same export.
    #[error("`{name}` did not come here in such a file for those recipients")]
    NotFromThere {
        /// The connection.
        name: ConnectionName,
    },
    /// The vault is behind the file.
    #[error("the file has newer tokens of `{name}` than this vault")]
    Behind {
        /// The connection.
        name: ConnectionName,
    },
    /// A copy was asked for of what can live in one place only.
    #[error("the refresh tokens of `{name}` rotate: two copies would end each other")]
    Rotates {
        /// The connection.
        name: ConnectionName,
    },
    /// The file opened, and is something else.
    #[error("it is not an export of this program, or of a newer one")]
    Form,
}

fn standing(state: &str) -> String {
    match state {
        "needs-login" => "needs a new sign-in".to_owned(),
        _ => format!("is {state}"),
    }
}

impl From<VaultError> for PortableError {
    fn from(error: VaultError) -> Self {
        Self::Connection(error.into())
    }
}

/// Connections on their way out; nobody refreshes or revokes them meanwhile.
pub struct Leaving {
    all: Vec<Leaver>,
    moves: bool,
}

struct Leaver {
    held: Held,
    /// As it was before it got its ticket.
    before: Connection,
}

/// Takes connections into a bundle. Where they move, they are `suspect` when this returns.
///
/// # Errors
/// When one does not travel; nothing was changed then.
pub fn leave(
    vault: &mut Vault,
    world: World<'_>,
    asked: &[ConnectionRef],
    copy: bool,
    recipients: Vec<String>,
) -> Result<(Bundle, Leaving), PortableError> {
    let mut names = BTreeSet::new();
    for one in asked {
        let found = vault.read(|snapshot| select::find(snapshot, one))?;
        names.insert(found.connection.name);
    }
    let mut all = Vec::new();
    // By name, so that two exports wait for each other and not both for ever.
    for name in names {
        let mut held = hold(vault, world, &name, LOCK_WAIT)?;
        let connection = &mut held.found.connection;
        let State::Active(set) = &connection.state else {
            let state = connection.state.word();
            return Err(PortableError::NotActive { name, state });
        };
        refuse_exchanged(connection)?;
        if copy && rotates(connection, set, world) {
            return Err(PortableError::Rotates { name });
        }
        let before = connection.clone();
        // All copies have one, so that a later copy takes the place of an earlier one.
        if !copy || connection.tickets.own.is_none() {
            connection.tickets.own = Some(Secret::new(hex(&random_id()?)));
        }
        all.push(Leaver { held, before });
    }
    let bundle = bundle(vault, all.iter().map(|one| &one.held.found), recipients)?;
    let mut leaving = Leaving { all, moves: !copy };
    leaving.set(vault, world, "begun", State::Suspect)?;
    Ok((bundle, leaving))
}

fn bundle<'f>(
    vault: &Vault,
    found: impl Iterator<Item = &'f Found>,
    recipients: Vec<String>,
) -> Result<Bundle, PortableError> {
    let mut bundle = Bundle {
        oauthctl_export: FORM,
        recipients,
        providers: Vec::new(),
        clients: Vec::new(),
        connections: Vec::new(),
    };
    vault.read(|snapshot| {
        let mut clients = BTreeSet::new();
        for found in found {
            let connection = outgoing(&found.connection);
            bundle.connections.push(StoredConnection::from(&connection));
            let client =
                StoredClient::record_name(&connection.name.provider, &connection.stamp.client_id);
            if let Some(row) = snapshot.find::<StoredClient>(&client)?
                && clients.insert(client)
            {
                bundle.clients.push(row.value);
            }
        }
        Ok::<_, VaultError>(())
    })?;
    Ok(bundle)
}

/// As it is in a file: with the tickets of all that it left.
fn outgoing(connection: &Connection) -> Connection {
    let mut connection = connection.clone();
    connection.sealed_for = None;
    let Tickets { own, carried } = &mut connection.tickets;
    carried.extend(own.take());
    connection
}

fn refuse_exchanged(connection: &Connection) -> Result<(), PortableError> {
    let GrantKind::TokenExchange(_) = connection.grant else {
        return Ok(());
    };
    Err(PortableError::Exchanged {
        name: connection.name.clone(),
    })
}

impl Leaving {
    /// The file is there: this vault is done with what moved.
    ///
    /// # Errors
    /// When the vault can't be written; the connections then stay `suspect`.
    pub fn done(mut self, vault: &mut Vault, world: World<'_>) -> Result<(), PortableError> {
        self.set(vault, world, "done", |set| {
            State::Moved(Some(set.obtained.wall))
        })
    }

    /// There is no file: everything is as it was.
    ///
    /// # Errors
    /// When the vault can't be written; the connections then stay `suspect`.
    pub fn stay(mut self, vault: &mut Vault, world: World<'_>) -> Result<(), PortableError> {
        for one in &mut self.all {
            one.held.found.connection = one.before.clone();
        }
        self.set(vault, world, "not written", State::Active)
    }

    fn set(
        &mut self,
        vault: &mut Vault,
        world: World<'_>,
        words: &str,
        state: fn(TokenSet) -> State,
    ) -> Result<(), PortableError> {
        let kind = if self.moves { "move" } else { "copy" };
        let (moves, all) = (self.moves, &mut self.all);
        vault.mutate(|writer| {
            for one in all.iter_mut() {
                let found = &mut one.held.found;
                let mut next = found.connection.clone();
                let mut event = world.event(Action::Export, &next.name, Outcome::Done);
                event.detail = Some(format!("{kind}: {words}"));
                if moves && let Some(set) = found.connection.state.set() {
                    next.state = state(set.clone());
                }
                let row = writer.update(&found.row, StoredConnection::from(&next))?;
                *found = Found::read(row)?;
                writer.log(&event)?;
            }
            Ok::<_, ConnectionError>(())
        })?;
        Ok(())
    }
}

/// What came of an import.
#[derive(Debug, Default)]
pub struct Arrived {
    /// Connections that are here now, as they are.
    pub taken: Vec<Connection>,
    /// Connections that stay as they were here, and why.
    pub kept: Vec<(ConnectionName, Why)>,
}

/// Why a connection of the vault's own stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was connected here.
    Here,
    /// The file's tokens are as old, or older.
    NotNewer,
    /// It is another account.
    OtherAccount,
    /// It came in a file for other recipients, and this one has newer tokens.
    OtherRecipients,
    /// The file lacks the ticket that it left with, or came here with.
    NoTicket,
    /// It is being refreshed or revoked, or that was cut off.
    Busy,
}

impl Why {
    /// For `--json`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Here => "connected_here",
            Self::NotNewer => "not_newer",
            Self::OtherAccount => "other_account",
            Self::OtherRecipients => "other_recipients",
            Self::NoTicket => "no_ticket",
            Self::Busy => "busy",
        }
    }

    /// Whether tokens that may be live and newer stay outside.
    #[must_use]
    pub const fn is_a_loss(self) -> bool {
        matches!(self, Self::OtherRecipients | Self::NoTicket | Self::Busy)
    }

    /// For people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Here => "it was connected here",
            Self::NotNewer => "the file has no newer tokens of it",
            Self::OtherAccount => "it is another account here",
            Self::OtherRecipients => "it came here in a file for other recipients",
            Self::NoTicket => "the file was not made of the export that it left or came here by",
            Self::Busy => "a refresh or a revocation of it is under way or was cut off",
        }
    }
}

impl Bundle {
    /// Reads what [`Self::to_text`] wrote.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read(text: &[u8]) -> Result<Self, PortableError> {
        let bundle: Self = serde_json::from_slice(text).map_err(|_| PortableError::Form)?;
        if bundle.oauthctl_export == FORM {
            Ok(bundle)
        } else {
            Err(PortableError::Form)
        }
    }

    /// As JSON, with every token.
    ///
    /// # Errors
    /// None that is known: plain structs are written to memory.
    pub fn to_text(&self) -> Result<Zeroizing<Vec<u8>>, PortableError> {
        Ok(padded_json(self)?)
    }

    /// The connections in it.
    ///
    /// # Errors
    /// When one says something this program never writes.
    pub fn connections(&self) -> Result<Vec<Connection>, PortableError> {
        let mut connections = Vec::new();
        for stored in &self.connections {
            let connection = Connection::try_from(stored).map_err(ConnectionError::from)?;
            connections.push(connection);
        }
        Ok(connections)
    }

    /// The providers that its connections need.
    ///
    /// # Errors
    /// As [`Self::connections`].
    pub fn needs(&self) -> Result<BTreeSet<ProviderName>, PortableError> {
        let mut needs = BTreeSet::new();
        for connection in self.connections()? {
            needs.insert(connection.name.provider);
        }
        Ok(needs)
    }

    /// The same connections as the vault has them now, for the same recipients.
    ///
    /// # Errors
    /// When one is not there or not active, is older than what the file has, or did not come here in
    /// a file for those recipients.
    pub fn renewed(&self, vault: &Vault) -> Result<Self, PortableError> {
        let mut found = Vec::new();
        for before in self.connections()? {
            let name = before.name.clone();
            let asked = ConnectionRef::Exact(name.clone());
            let mut now = vault.read(|snapshot| select::find(snapshot, &asked))?;
            let State::Active(_) = &now.connection.state else {
                let state = now.connection.state.word();
                return Err(PortableError::NotActive { name, state });
            };
            let sealed_for = now.connection.sealed_for.as_deref();
            let same = sealed_for.is_some_and(|before| same_recipients(before, &self.recipients));
            if !same || !before.tickets.bring_one_of(&now.connection.tickets.carried) {
                return Err(PortableError::NotFromThere { name });
            }
            if before.obtained() > now.connection.obtained() {
                return Err(PortableError::Behind { name });
            }
            now.connection.tickets.own = None;
            found.push(now);
        }
        let renewed = bundle(vault, found.iter(), self.recipients.clone())?;
        Ok(Self {
            providers: self
                .providers
                .iter()
                .map(|one| DefinitionText {
                    name: one.name.clone(),
                    text: one.text.clone(),
                })
                .collect(),
            ..renewed
        })
    }

    /// The connections in it, where all of it is what an export of this program holds.
    ///
    /// # Errors
    /// The first thing that can't be believed.
    pub fn believed(&self, world: World<'_>) -> Result<Vec<Connection>, PortableError> {
        let latest = (world.now)().wall.unix_millis().saturating_add(SKEW_MS);
        let connections = self.connections()?;
        for connection in &connections {
            let name = connection.name.clone();
            let State::Active(set) = &connection.state else {
                let state = connection.state.word();
                return Err(PortableError::NotActive { name, state });
            };
            refuse_exchanged(connection)?;
            if set.obtained.wall.unix_millis() > latest {
                return Err(PortableError::Ahead { name });
            }
        }
        for client in &self.clients {
            client.client().map_err(ConnectionError::from)?;
        }
        Ok(connections)
    }

    /// Takes what is in it into the vault, in one transaction.
    ///
    /// # Errors
    /// When something in it can't be believed, or the vault refuses.
    pub fn arrive(&self, vault: &mut Vault, world: World<'_>) -> Result<Arrived, PortableError> {
        let _alone = vault.lock_exclusive(LOCK_WAIT)?;
        let connections = self.believed(world)?;
        let arrived = vault.mutate(|writer| {
            let mut arrived = Arrived::default();
            for mut connection in connections {
                connection.sealed_for = Some(self.recipients.clone());
                connection.tickets.own = None;
                let name = connection.name.clone();
                if let Some(why) = add_connection(writer, &mut connection, world)? {
                    arrived.kept.push((name, why));
                    continue;
                }
                self.take_client(writer, &connection)?;
                let mut event = world.event(Action::Import, &name, Outcome::Done);
                event.detail = Some(connection.state.word().to_owned());
                writer.log(&event)?;
                arrived.taken.push(connection);
            }
            Ok::<_, ConnectionError>(arrived)
        })?;
        Ok(arrived)
    }

    /// Takes the registration that a connection was made with. New connections don't use it: which
    /// client asks for a person's consent is said on this machine only.
    fn take_client(
        &self,
        writer: &mut Writer<'_>,
        connection: &Connection,
    ) -> Result<(), VaultError> {
        let wanted =
            StoredClient::record_name(&connection.name.provider, &connection.stamp.client_id);
        let all = self.clients.iter();
        for client in all.filter(|client| client.name() == wanted) {
            let mut client = client.clone();
            client.current = false;
            if writer.find::<StoredClient>(&wanted)?.is_none() {
                writer.insert(client)?;
            }
        }
        Ok(())
    }
}

/// How much the clock of the machine that refreshed may be ahead of this one.
const SKEW_MS: i64 = 60 * 60 * 1000;

/// The same recipients, in whatever order they were named.
fn same_recipients(one: &[String], other: &[String]) -> bool {
    one.iter().collect::<BTreeSet<_>>() == other.iter().collect()
}

/// Takes a connection in, or says why the vault's own stays.
fn add_connection(
    writer: &mut Writer<'_>,
    connection: &mut Connection,
    world: World<'_>,
) -> Result<Option<Why>, ConnectionError> {
    let Some(row) = writer.find::<StoredConnection>(&connection.name.to_string())? else {
        writer.insert(StoredConnection::from(&*connection))?;
        return Ok(None);
    };
    let here = Found::read(row)?;
    if let Some(why) = stays(&here.connection, connection) {
        return Ok(Some(why));
    }
    if let Some(own) = &here.connection.tickets.own {
        let carried = &mut connection.tickets.carried;
        carried.retain(|one| !one.matches(own.expose()));
    }
    if connection.obtained() == here.connection.obtained()
        && let State::Active(set) = &connection.state
        && rotates(connection, set, world)
    {
        // The tokens that it left with: where it was, they may have been used since.
        connection.state = State::Suspect(set.clone());
    }
    writer.update(&here.row, StoredConnection::from(&*connection))?;
    Ok(None)
}

fn stays(here: &Connection, coming: &Connection) -> Option<Why> {
    let (new, old) = (coming.obtained(), here.obtained());
    if here.subject != coming.subject {
        return Some(Why::OtherAccount);
    }
    // What left, or may have, waits for the ticket of that export and for no earlier one.
    let left = !matches!(here.state, State::Active(_)) && here.tickets.own.is_some();
    let known = if left {
        here.tickets.own.as_slice()
    } else {
        &here.tickets.carried
    };
    let now = coming.sealed_for.as_deref().unwrap_or_default();
    match (&here.state, &here.sealed_for) {
        (State::Active(_), None) => Some(Why::Here),
        // It may bring back the very tokens that it left with.
        (State::Moved(_), _) if new < old => Some(Why::NotNewer),
        (state, _) if new <= old && !matches!(state, State::Moved(_)) => Some(Why::NotNewer),
        (State::Refreshing { .. } | State::Revoking { .. }, _) => Some(Why::Busy),
        _ if !coming.tickets.bring_one_of(known) => Some(Why::NoTicket),
        (_, Some(before)) if !left && !same_recipients(before, now) => Some(Why::OtherRecipients),
        _ => None,
    }
}
