//! What can still be read of a vault in whose place a backup is put.
//!
//! It may have gone on after the backup was made, so its tokens may be the only ones that the provider
//! still honours. Each record is believed for itself: one may be missing or be an older state of itself.
//! So nothing is taken away for being missing here, and of one consent nothing gives way to an older
//! set of tokens; where the two have different consents, what stood there stays, and a person is told.

use crate::connection::connect::free_name;
use crate::connection::meeting::{self, GoesOn};
use crate::connection::records::{StoredClient, StoredConsent};
use crate::connection::replaced::{self, StoredReplaced};
use crate::connection::restore::Names;
use crate::connection::rollback::{Accepted, Met, mark_set_back, set_back};
use crate::connection::select::{self, Found};
use crate::connection::state::Connection;
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::vault::{Remains, Row, Stored, VaultError, Writer};

/// What remains of it.
#[derive(Debug, Default)]
pub struct Remaining {
    connections: Vec<Found>,
    clients: Vec<Row<StoredClient>>,
    consents: Vec<Row<StoredConsent>>,
    replaced: Vec<Row<StoredReplaced>>,
    /// The newest generation that is seen in it.
    generation: u64,
}

impl Remaining {
    /// Reads what can be read.
    ///
    /// # Errors
    /// When the file can't be read for another reason than its damage.
    pub fn read(remains: &Remains<'_>) -> Result<Self, VaultError> {
        let mut all = Self {
            clients: remains.all()?,
            consents: remains.all()?,
            replaced: remains.all()?,
            generation: remains.generation()?,
            connections: Vec::new(),
        };
        let clients = all.clients.iter().map(Row::generation).max();
        all.generation = all.generation.max(clients.unwrap_or(0));
        for row in remains.all::<StoredConnection>()? {
            all.generation = all.generation.max(row.generation());
            let Ok(found) = Found::read(row) else {
                continue;
            };
            // Somebody may have put one back that was erased.
            let is_same = |one: &&mut Found| one.connection.name == found.connection.name;
            match all.connections.iter_mut().find(is_same) {
                None => all.connections.push(found),
                Some(one) if one.row.version < found.row.version => *one = found,
                Some(_) => {}
            }
        }
        Ok(all)
    }

    /// Whether nothing could be read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.generation == 0
    }

    /// What it has of a connection, `all` of which the backup of that generation has, and whether that
    /// goes on in the place of the backup's.
    pub(super) fn meets(&self, connection: &Connection, all: &[Found], generation: u64) -> Met<'_> {
        let found = meeting::among(&self.connections, connection, all)?;
        let here = &found.connection;
        let changed = found.row.generation() > generation;
        let mut goes_on = meeting::goes_on(here, connection, changed);
        if goes_on == GoesOn::OverOtherConsent && replaced::has(&self.replaced, connection) {
            // That one is known to be earlier: there is nothing to tell.
            goes_on = GoesOn::Standing;
        }
        Some((here, goes_on))
    }

    /// Whether a connection was replaced after that generation, and lives on beside what took its place.
    pub(super) fn has_replaced(&self, connection: &Connection, generation: u64) -> bool {
        let all = since(&self.replaced, generation, |row| row);
        let all = all.filter(|row| self.keeps(&row.value.by, generation));
        replaced::has(all, connection)
    }

    /// Whether what has that name in it was written after that generation.
    pub(super) fn keeps(&self, name: &str, generation: u64) -> bool {
        let mut all = since(&self.connections, generation, |found| &found.row);
        all.any(|found| found.connection.name.to_string() == name)
    }

    /// Takes over what was made after that generation, and the backup can't have.
    pub(super) fn take_rest(
        &self,
        writer: &mut Writer<'_>,
        generation: u64,
        world: World<'_>,
        accepted: &mut Accepted,
    ) -> Result<(), ConnectionError> {
        writer.rise_above(self.generation);
        for found in since(&self.connections, generation, |found| &found.row) {
            let mut connection = found.connection.clone();
            let all = select::at_provider(writer, &connection.name.provider)?;
            if meeting::among(all, &connection, &self.connections).is_some() {
                continue;
            }
            connection.name = free_name(writer, connection.name)?;
            connection.state = set_back(&connection, world);
            mark_set_back(&mut connection);
            writer.insert(StoredConnection::from(&connection))?;
            if connection.state.is_suspect() {
                accepted.suspects.push(connection.name.clone());
            }
            accepted.newer.push(connection.name);
        }
        for row in since(&self.clients, generation, |row| row) {
            let mut client = row.value.clone();
            if let Some(here) = writer.find::<StoredClient>(&client.name())? {
                client.current = here.value.current;
                writer.update(&here, client)?;
            } else {
                client.take_in(writer)?;
            }
        }
        // They may go on under another name.
        let all = select::all(writer)?;
        let mut names = Names::default();
        for Found { connection, .. } in &self.connections {
            if let Some(now) = meeting::among(&all, connection, &self.connections) {
                names.note(connection, &now.connection.name);
            }
        }
        let consents = since(&self.consents, generation, |row| row);
        names.take_consents(writer, consents.map(|row| row.value.clone()))?;
        let replaced = since(&self.replaced, generation, |row| row);
        names.take_replaced(writer, replaced.map(|row| row.value.clone()))
    }
}

fn since<'a, T, V: 'a>(
    all: &'a [T],
    generation: u64,
    row: impl Fn(&'a T) -> &'a Row<V>,
) -> impl Iterator<Item = &'a T> {
    all.iter()
        .filter(move |one| row(one).generation() > generation)
}
