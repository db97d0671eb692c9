//! The way in, by what the file proves and the vault knows of where it comes from.

use crate::connection::hold::LOCK_WAIT;
use crate::connection::portable::{Bundle, PortableError, refuse_exchanged, same_recipients};
use crate::connection::records::StoredClient;
use crate::connection::rollback::rotates;
use crate::connection::select::Found;
use crate::connection::state::{Connection, State};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::names::ConnectionName;
use crate::vault::{Action, Outcome, Stored, Vault, VaultError, Writer};

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

/// How much the clock of the machine that refreshed may be ahead of this one.
const SKEW_MS: i64 = 60 * 60 * 1000;

/// A bundle of which every part is what an export of this program holds.
pub struct Believed<'b> {
    bundle: &'b Bundle,
    connections: Vec<Connection>,
}

impl Bundle {
    /// Itself, where all of it is what an export of this program holds.
    ///
    /// # Errors
    /// The first thing that can't be believed.
    pub fn believed(&self, world: World<'_>) -> Result<Believed<'_>, PortableError> {
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
        Ok(Believed {
            bundle: self,
            connections,
        })
    }
}

impl Believed<'_> {
    /// Takes what is in it into the vault, in one transaction.
    ///
    /// # Errors
    /// When the vault refuses.
    pub fn arrive(self, vault: &mut Vault, world: World<'_>) -> Result<Arrived, PortableError> {
        let Self {
            bundle,
            connections,
        } = self;
        let _alone = vault.lock_exclusive(LOCK_WAIT)?;
        let arrived = vault.mutate(|writer| {
            let mut arrived = Arrived::default();
            for mut connection in connections {
                connection.sealed_for = Some(bundle.recipients.clone());
                connection.tickets.own = None;
                let name = connection.name.clone();
                if let Some(why) = add_connection(writer, &mut connection, world)? {
                    arrived.kept.push((name, why));
                    continue;
                }
                bundle.take_client(writer, &connection)?;
                let mut event = world.event(Action::Import, &name, Outcome::Done);
                event.detail = Some(connection.state.word().to_owned());
                writer.log(&event)?;
                arrived.taken.push(connection);
            }
            Ok::<_, ConnectionError>(arrived)
        })?;
        Ok(arrived)
    }
}

impl Bundle {
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
