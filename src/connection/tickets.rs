//! Return tickets: what lets a connection come home, and its newer tokens in.
//!
//! Anybody can seal a file for a public key; who knows a ticket opened the file that it went out in, and
//! will know it for ever. So a ticket is good for what became of its own export and for nothing that leaves
//! later: it goes into no other file. A later export shows by a **proof** that it comes from where an earlier
//! one did. That holds for the ticket and the recipients of the later one only, so whoever opened the
//! earlier one can make nothing of it.

use std::collections::BTreeSet;

use crate::names::{ConnectionName, hex};
use crate::ordered;
use crate::secret::Secret;
use crate::signing::hs256;
use crate::vault::join;

/// The tickets of a connection, in a vault or in a file.
#[derive(Debug, Clone, Default)]
pub struct Tickets {
    /// That of the export that it left this vault with, or may have: spent when it is home, with tokens
    /// that are newer or were refreshed here. In a file, that of the export that the file was made of.
    pub own: Option<Secret>,
    /// The file that it went into.
    pub left_in: Option<String>,
    /// That of the export that it came by, with which newer tokens come in. What is home or was
    /// connected here has none.
    pub came_by: Option<Secret>,
    /// Those of the vaults that it left on its way here. They let it in there and nothing in here: the
    /// files that they went out in were opened elsewhere.
    pub carried: Vec<Secret>,
    /// Those that it left this vault with before, the latest last. They stay here: where it was then,
    /// proofs made of them let the file of its next export in.
    pub spent: Vec<Secret>,
    /// Those of the export that it came by, to be passed on where its file is sealed anew.
    pub proofs: Vec<String>,
    /// The vault was set back while it was elsewhere: it may have come home since, and left again. Or a
    /// refresh here failed since, which may have ended it.
    pub set_back: bool,
}

/// Where it was before that, its next export is a stranger's.
const SPENT_AT_MOST: usize = 16;

impl Tickets {
    /// Whether a file has this ticket.
    #[must_use]
    pub fn bring(&self, ticket: &Secret) -> bool {
        is_among(ticket, self.own.as_slice()) | is_among(ticket, &self.carried)
    }

    /// Whether a file was made of an export of this connection, or of one that it came by.
    #[must_use]
    pub fn are_kin(&self, file: &Self) -> bool {
        let own = self.own.iter().chain(&self.came_by);
        let mut all = own.chain(&self.spent).chain(&self.carried);
        all.any(|ticket| file.bring(ticket))
    }

    /// Whether the file of `later`, for those recipients, was made of the export that it came by, or of
    /// a later one from the same place.
    #[must_use]
    pub fn let_in(&self, later: &Self, name: &ConnectionName, recipients: &[String]) -> bool {
        let Some(came_by) = &self.came_by else {
            return false;
        };
        let proofs = &later.proofs;
        let proven = |ticket| is_proven(came_by, ticket, proofs, name, recipients);
        later.bring(came_by) || later.own.as_ref().is_some_and(proven)
    }

    /// Whether a file was made of an export of this vault, of the one that it came by or of an earlier
    /// one from there; `recipients` are those of the file that it came in.
    #[must_use]
    pub fn know(&self, file: &Self, name: &ConnectionName, recipients: &[String]) -> bool {
        let Some(ticket) = &file.own else {
            return true;
        };
        let is_former = |came_by: &Secret| {
            let proven = is_proven(ticket, came_by, &self.proofs, name, recipients);
            proven || came_by.matches(ticket.expose())
        };
        is_among(ticket, &self.spent) || self.came_by.as_ref().is_some_and(is_former)
    }

    /// It is home, or stayed: what left with its own ticket is no longer waited for.
    pub fn spend(&mut self) {
        self.spent.extend(self.own.take());
        self.left_in = None;
        self.set_back = false;
        let too_many = self.spent.len().saturating_sub(SPENT_AT_MOST);
        self.spent.drain(..too_many);
    }

    /// What came home may not be what was live last: as before, it waits for what became of its export,
    /// until it is refreshed here.
    pub fn wait_on(&mut self, before: &Self) {
        if before.own.is_some() {
            self.own = self.spent.pop();
            self.set_back = before.set_back;
        }
    }

    /// Those of what is connected anew here: where it was, its next export is let in, but no file here.
    #[must_use]
    pub fn connected_anew(mut self) -> Self {
        self.spend();
        self.carried.extend(self.came_by.take());
        self.proofs.clear();
        self
    }

    /// Those of what came in a file, where these are of what was here: its own vault's are not among
    /// those that it carries.
    #[must_use]
    pub fn with_those_of(mut self, file: Self) -> Self {
        self.spend();
        let is_elsewhere = |one: &Secret| !is_among(one, &self.spent);
        let mut carried = file.carried;
        carried.retain(is_elsewhere);
        Self {
            came_by: file.own.filter(is_elsewhere),
            carried,
            proofs: file.proofs,
            ..self
        }
    }

    /// What goes into a file for those recipients: of an export, or of the one that it came by.
    #[must_use]
    pub fn outgoing(mut self, name: &ConnectionName, recipients: &[String]) -> Self {
        let (ticket, proofs) = if let Some(own) = self.own {
            self.carried.extend(self.came_by);
            let prove = |spent| proof(spent, &own, name, recipients);
            let proofs = self.spent.iter().map(prove).collect();
            (Some(own), proofs)
        } else {
            (self.came_by, self.proofs)
        };
        Self {
            own: ticket,
            carried: self.carried,
            proofs,
            ..Self::default()
        }
    }
}

fn is_among(one: &Secret, tickets: &[Secret]) -> bool {
    let mut found = false;
    for ticket in tickets {
        found |= ticket.matches(one.expose());
    }
    found
}

fn is_proven(
    earlier: &Secret,
    later: &Secret,
    proofs: &[String],
    name: &ConnectionName,
    recipients: &[String],
) -> bool {
    let wanted = Secret::new(proof(earlier, later, name, recipients));
    let mut found = false;
    for proof in proofs {
        found |= wanted.matches(proof);
    }
    found
}

/// Recipients, each once and in whatever order they were named.
pub(super) fn unordered(recipients: &[String]) -> BTreeSet<&str> {
    ordered::set(recipients.iter().map(String::as_str))
}

/// That who makes the export of the ticket `later` knows `earlier`.
fn proof(earlier: &Secret, later: &Secret, name: &ConnectionName, recipients: &[String]) -> String {
    let name = name.to_string();
    let mut parts: Vec<&[u8]> = vec![b"oauthctl later export", name.as_bytes()];
    parts.push(later.expose().as_bytes());
    let recipients = unordered(recipients);
    parts.extend(recipients.iter().map(|one| one.as_bytes()));
    hex(&hs256(earlier, &join(&parts)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn recipients(all: &[&str]) -> Vec<String> {
        all.iter().map(|&one| one.to_owned()).collect()
    }

    #[test]
    fn a_proof_is_good_for_one_ticket_one_connection_and_its_recipients() {
        let name: ConnectionName = "github/me".parse().unwrap();
        let whom = recipients(&["age1a", "age1b"]);
        let desk = Tickets {
            own: Some(ticket("second")),
            spent: vec![ticket("zeroth"), ticket("first")],
            ..Tickets::default()
        };
        let file = desk.outgoing(&name, &whom);
        assert!(file.spent.is_empty() && file.proofs.len() == 2);
        assert!(!file.bring(&ticket("first")) && file.bring(&ticket("second")));
        let came_by = |text| Tickets {
            came_by: Some(ticket(text)),
            ..Tickets::default()
        };
        let job = came_by("first");
        assert!(job.let_in(&file, &name, &whom));
        assert!(job.let_in(&file, &name, &recipients(&["age1b", "age1a", "age1b"])));
        assert!(came_by("zeroth").let_in(&file, &name, &whom));
        assert!(came_by("second").let_in(&file, &name, &whom));
        assert!(!came_by("other").let_in(&file, &name, &whom));
        assert!(!Tickets::default().let_in(&file, &name, &whom));
        assert!(!job.let_in(&file, &name, &recipients(&["age1a"])));
        assert!(!job.let_in(&file, &name, &recipients(&["age1aage1b"])));
        let other = "github/other".parse().unwrap();
        assert!(!job.let_in(&file, &other, &whom));
        let mut stolen = file.clone();
        stolen.own = Some(ticket("another"));
        assert!(!job.let_in(&stolen, &name, &whom));
        stolen.own = None;
        assert!(!job.let_in(&stolen, &name, &whom));
        // Sealed anew where it came, it is let in as the file itself.
        let again = Tickets::default()
            .with_those_of(file)
            .outgoing(&name, &whom);
        assert!(job.let_in(&again, &name, &whom));
    }

    #[test]
    fn what_a_vault_left_with_stays_there_when_it_is_home() {
        let name: ConnectionName = "github/me".parse().unwrap();
        let here = Tickets {
            own: Some(ticket("own")),
            left_in: Some("/job.age".to_owned()),
            set_back: true,
            ..Tickets::default()
        };
        let file = Tickets {
            own: Some(ticket("theirs")),
            carried: vec![ticket("own"), ticket("between")],
            ..Tickets::default()
        };
        let home = here.with_those_of(file);
        assert!(home.own.is_none() && home.left_in.is_none() && !home.set_back);
        let anew = home.connected_anew();
        assert!(anew.came_by.is_none());
        let next = Tickets {
            own: Some(ticket("next")),
            ..anew
        };
        let file = next.outgoing(&name, &[]);
        for (ticket_of, goes) in [("between", true), ("theirs", true), ("own", false)] {
            assert_eq!(file.bring(&ticket(ticket_of)), goes, "{ticket_of}");
        }
    }
}
