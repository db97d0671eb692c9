//! The way in, by what the file proves and the vault knows of where it comes from.

use std::cmp::Ordering;

use crate::connection::hold::LOCK_WAIT;
use crate::connection::keep::random_id;
use crate::connection::meeting;
use crate::connection::portable::{Bundle, PortableError, refuse_exchanged, same_recipients};
use crate::connection::records::StoredClient;
use crate::connection::replaced;
use crate::connection::rollback::rotates;
use crate::connection::state::{Connection, LoginReason, State};
use crate::connection::stored::StoredConnection;
use crate::connection::tickets::Tickets;
use crate::connection::{ConnectionError, World};
use crate::names::ConnectionName;
use crate::token::TokenSet;
use crate::vault::{Action, Outcome, Stored, Vault, VaultError, Writer};

/// What came of an import.
#[derive(Debug, Default)]
pub struct Arrived {
    /// Connections that are here now, as they are.
    pub taken: Vec<Connection>,
    /// Those among them that are suspect, and why.
    pub doubted: Vec<(ConnectionName, Doubt)>,
    /// Connections that stay as they were here.
    pub kept: Vec<Kept>,
}

/// A connection of the vault's own that stays.
#[derive(Debug)]
pub struct Kept {
    /// Its name here.
    pub name: ConnectionName,
    /// The file's name for what it was found to be.
    pub in_file: ConnectionName,
    /// Why it stays.
    pub why: Why,
}

/// Why what came home may not be what was live last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It has the tokens that it left with.
    AsItLeft,
    /// The vault was set back while it was elsewhere.
    SetBack,
    /// A refresh here was refused or cut off, which may have ended all of that consent.
    Tried,
}

/// Why a connection of the vault's own stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was connected here.
    Here,
    /// That account was connected here under another name.
    OtherName,
    /// The file's tokens are as old, or older.
    NotNewer,
    /// It is another account.
    OtherAccount,
    /// It came in a file for other recipients, and this one has newer tokens.
    OtherRecipients,
    /// The file lacks the ticket that it left with, or came here with.
    NoTicket,
    /// It was connected anew in two places, and nobody can tell where last.
    OtherConsent,
    /// It is being refreshed or revoked, or that was cut off.
    Busy,
    /// Another consent took its place after it had left; what came home is to be ended with that.
    Anew,
}

impl Why {
    /// For `--json`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Here => "connected_here",
            Self::OtherName => "other_name",
            Self::NotNewer => "not_newer",
            Self::OtherAccount => "other_account",
            Self::OtherRecipients => "other_recipients",
            Self::NoTicket => "no_ticket",
            Self::OtherConsent => "other_consent",
            Self::Busy => "busy",
            Self::Anew => "connected_anew",
        }
    }

    /// Whether tokens that may be live and are not here stay outside.
    #[must_use]
    pub const fn is_a_loss(self) -> bool {
        !matches!(self, Self::Here | Self::NotNewer | Self::Anew)
    }

    /// For people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Here => "it was connected here",
            Self::OtherName => "that account was connected here, under this name",
            Self::NotNewer => "the file has no newer tokens of it",
            Self::OtherAccount => "it is another account here",
            Self::OtherRecipients => "it came here in a file for other recipients",
            Self::NoTicket => "the file was not made of the export that it left or came here by",
            Self::OtherConsent => {
                "it was connected anew here and where the file is from, and nobody can tell where last"
            }
            Self::Busy => "a refresh or a revocation of it is under way or was cut off",
            Self::Anew => {
                "another consent has its place; the file's tokens are kept until `oauthctl revoke` ends both"
            }
        }
    }
}

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
    pub fn believed(&self) -> Result<Believed<'_>, PortableError> {
        let connections = self.connections()?;
        for connection in &connections {
            let State::Active(_) = &connection.state else {
                let (name, state) = (connection.name.clone(), connection.state.word());
                return Err(PortableError::NotActive { name, state });
            };
            refuse_exchanged(connection)?;
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
                let in_file = connection.name.clone();
                let came = add_connection(writer, &mut connection, world)?;
                let name = connection.name.clone();
                if let Came::Stays(why) = came {
                    arrived.kept.push(Kept { name, in_file, why });
                    continue;
                }
                bundle.take_client(writer, &connection)?;
                let mut event = world.event(Action::Import, &name, Outcome::Done);
                event.detail = Some(connection.state.word().to_owned());
                if let Came::Taken(doubt) = came {
                    arrived.doubted.extend(doubt.map(|doubt| (name, doubt)));
                    arrived.taken.push(connection);
                } else {
                    event.detail = Some("to be revoked".to_owned());
                    let why = Why::Anew;
                    arrived.kept.push(Kept { name, in_file, why });
                }
                writer.log(&event)?;
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

/// What came of one connection of a file.
enum Came {
    Taken(Option<Doubt>),
    /// Beside the vault's own, to be ended with it.
    Kept,
    Stays(Why),
}

/// Takes a connection in, or says why the vault's own stays.
fn add_connection(
    writer: &mut Writer<'_>,
    connection: &mut Connection,
    world: World<'_>,
) -> Result<Came, ConnectionError> {
    let Some(here) = meeting::find(writer, connection)? else {
        let tickets = std::mem::take(&mut connection.tickets);
        connection.tickets = Tickets::default().with_those_of(tickets);
        writer.insert(StoredConnection::from(&*connection))?;
        return Ok(Came::Taken(None));
    };
    let meeting = meet(&here.connection, connection);
    if matches!(meeting, Meeting::Stays(_))
        && replaced::bring_home(writer, &here.connection.name, connection)?
    {
        connection.name = here.connection.name;
        return Ok(Came::Kept);
    }
    // Nobody can sign in to it under the file's name as long as another has that.
    let name = connection.name.to_string();
    if matches!(meeting, Meeting::Stays(Why::OtherName))
        && writer.find::<StoredConnection>(&name)?.is_some()
    {
        return Ok(Came::Stays(Why::OtherAccount));
    }
    // What it is called here, it goes on being called.
    connection.name = here.connection.name.clone();
    let tickets = std::mem::take(&mut connection.tickets);
    let tickets = here.connection.tickets.clone().with_those_of(tickets);
    let mut doubt = None;
    let next = match meeting {
        Meeting::Stays(why) => return Ok(Came::Stays(why)),
        Meeting::SameTokens => Connection {
            sealed_for: connection.sealed_for.take(),
            tickets,
            ..here.connection
        },
        Meeting::Replaces => {
            connection.tickets = tickets;
            doubt = doubted(&here.connection, connection, world);
            if doubt.is_some()
                && let State::Active(set) = &connection.state
            {
                connection.state = State::Suspect(set.clone());
                connection.tickets.wait_on(&here.connection.tickets);
                connection.tickets.set_back |= doubt == Some(Doubt::Tried);
            }
            if here.connection.issue.of != connection.issue.of {
                let now = (world.now)();
                replaced::keep(writer, random_id()?, &here.connection, connection, &now)?;
            }
            connection.clone()
        }
    };
    writer.update(&here.row, StoredConnection::from(&next))?;
    *connection = next;
    Ok(Came::Taken(doubt))
}

/// Why the refresh token of what takes the place of `here` may have been spent.
fn doubted(here: &Connection, coming: &Connection, world: World<'_>) -> Option<Doubt> {
    let rotates = coming
        .state
        .set()
        .is_some_and(|set| rotates(coming, set, world));
    if !rotates {
        return None;
    }
    if here.tickets.set_back {
        // It may have been home since, and have left again.
        return Some(Doubt::SetBack);
    }
    // Where it was, the tokens that it left with may have been used since.
    if !coming.is_newer_than(here) {
        return Some(Doubt::AsItLeft);
    }
    // A job that failed goes on with what another one got; who exported it is told.
    let was_tried = match &here.state {
        State::Refreshing { .. } => true,
        State::NeedsLogin { reason, .. } => *reason != LoginReason::NoRefreshToken,
        State::Suspect(_) => here.trouble.is_some(),
        State::Active(_) | State::Revoking { .. } | State::Moved => false,
    };
    let is_told = here.has_left() && here.issue.of == coming.issue.of;
    (was_tried && is_told).then_some(Doubt::Tried)
}

/// What becomes of the vault's own where one of the same name arrives.
enum Meeting {
    /// It stays as it is.
    Stays(Why),
    /// It has the same tokens, and goes back into the other file from now on: who knows the refresh
    /// token opened such a file, or can do with it what they like.
    SameTokens,
    /// The other takes its place.
    Replaces,
}

fn meet(here: &Connection, coming: &Connection) -> Meeting {
    if here.subject != coming.subject {
        return Meeting::Stays(Why::OtherAccount);
    }
    match &here.state {
        State::Active(_) if here.sealed_for.is_none() => {
            // What left here, and was connected anew and renamed since, is no loss.
            let is_other = here.name != coming.name
                && here.issue.of != coming.issue.of
                && !here.tickets.are_kin(&coming.tickets);
            return Meeting::Stays(if is_other { Why::OtherName } else { Why::Here });
        }
        State::Active(set) if is_in_a_later_file(here, coming) && same_tokens(set, coming) => {
            return Meeting::SameTokens;
        }
        // It may bring back the very tokens that it left with.
        State::Moved if here.is_newer_than(coming) => return Meeting::Stays(Why::NotNewer),
        State::Moved => {}
        State::Active(_)
        | State::Refreshing { .. }
        | State::NeedsLogin { .. }
        | State::Suspect(_)
        | State::Revoking { .. } => match coming.issue.compared(here.issue) {
            Some(Ordering::Greater) => {}
            Some(_) => return Meeting::Stays(Why::NotNewer),
            // Two vaults that were one went on apart: what works here stays.
            None if here.state.usable().is_some() => return Meeting::Stays(Why::OtherConsent),
            None => {}
        },
    }
    // What left, or may have, waits for the ticket of that export and for no earlier one.
    let has_left = here.has_left();
    let recipients = coming.sealed_for.as_deref().unwrap_or_default();
    let may_come = match &here.tickets.own {
        Some(own) if has_left => coming.tickets.bring(own),
        _ => here
            .tickets
            .let_in(&coming.tickets, &coming.name, recipients),
    };
    // The vault is locked: a refresh was cut off. What left came to a newer set elsewhere, which the cut-off
    // one may have ended, but did not bring about.
    let is_busy = match here.state {
        State::Refreshing { .. } => !(has_left && may_come),
        State::Revoking { .. } => true,
        State::Active(_) | State::NeedsLogin { .. } | State::Suspect(_) | State::Moved => false,
    };
    if is_busy {
        return Meeting::Stays(Why::Busy);
    }
    if !may_come {
        return Meeting::Stays(Why::NoTicket);
    }
    match &here.sealed_for {
        Some(before) if !has_left && !same_recipients(before, recipients) => {
            Meeting::Stays(Why::OtherRecipients)
        }
        _ => Meeting::Replaces,
    }
}

/// Whether the file that brings it is of a later export than that which it came here by.
fn is_in_a_later_file(here: &Connection, coming: &Connection) -> bool {
    let recipients = here.sealed_for.as_deref().unwrap_or_default();
    !here.tickets.know(&coming.tickets, &here.name, recipients)
}

fn same_tokens(set: &TokenSet, coming: &Connection) -> bool {
    let other = coming.state.set();
    let refresh_token = other.and_then(|other| other.refresh_token.as_ref());
    let (Some(own), Some(other), Some(its)) = (&set.refresh_token, other, refresh_token) else {
        return false;
    };
    own.matches(its.expose()) && set.access_token.matches(other.access_token.expose())
}
