//! Every token that was issued, and which of them are alive.
//!
//! Tokens that descend from one consent are a family. A refresh token that is used a second time
//! was stolen or lost, nobody can tell which, so the whole family ends (RFC 9700 section 4.14.2).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::call::Refusal;
use super::mint::{Hash, Mint};
use super::options::{Options, Rotation};
use crate::names::AccountLabel;

/// All that descends from one consent.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) client: String,
    /// `None` for a client's own grant.
    pub(super) account: Option<AccountLabel>,
    pub(super) scopes: BTreeSet<String>,
    /// The thumbprint of the key that its tokens are bound to.
    pub(super) key: Option<String>,
    ended: bool,
}

/// Names a family.
pub(super) type FamilyId = u64;

#[derive(Debug)]
struct Access {
    family: FamilyId,
    scopes: BTreeSet<String>,
    expires: Option<Duration>,
    issued: Duration,
}

#[derive(Debug)]
struct Refresh {
    family: FamilyId,
    state: RefreshState,
}

#[derive(Debug, Clone, Copy)]
enum RefreshState {
    Live,
    Used {
        first: Duration,
        successor: Hash,
        access: Hash,
    },
    /// The answer that brought it was taken for lost.
    Void,
}

/// An access token that is good.
pub(super) struct Good<'a> {
    pub(super) family: &'a Family,
    pub(super) scopes: &'a BTreeSet<String>,
    pub(super) expires: Option<Duration>,
    pub(super) issued: Duration,
}

/// A token set on its way out.
#[derive(Debug)]
pub(super) struct Issued {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
    pub(super) expires_in: Option<u64>,
    pub(super) scopes: BTreeSet<String>,
    pub(super) bound: bool,
}

/// All grants of a sandbox.
#[derive(Debug, Default)]
pub(super) struct Grants {
    families: BTreeMap<FamilyId, Family>,
    access: BTreeMap<Hash, Access>,
    refresh: BTreeMap<Hash, Refresh>,
    sets_issued: usize,
}

/// What issuing tokens needs to know.
pub(super) struct Issuing<'a> {
    pub(super) mint: &'a mut Mint,
    pub(super) options: &'a Options,
    pub(super) now: Duration,
    /// False leaves the refresh token out, and one that was presented alive.
    pub(super) with_refresh: bool,
    /// The thumbprint of the key that the request proved.
    pub(super) key: Option<String>,
}

impl Grants {
    /// A new family and its first tokens.
    pub(super) fn open(
        &mut self,
        issuing: &mut Issuing<'_>,
        client: &str,
        account: Option<AccountLabel>,
        scopes: BTreeSet<String>,
    ) -> (FamilyId, Issued) {
        let id = FamilyId::try_from(self.families.len()).unwrap_or(FamilyId::MAX);
        let family = Family {
            client: client.to_owned(),
            account,
            scopes: scopes.clone(),
            key: issuing.key.clone(),
            ended: false,
        };
        self.families.insert(id, family);
        let mut issued = self.issue_access(issuing, id, scopes);
        if issuing.with_refresh {
            issued.refresh = Some(self.issue_refresh(issuing.mint, id));
        }
        (id, issued)
    }

    /// RFC 6749 section 6, with rotation. `wanted` may only narrow the scope, and only for the
    /// access token.
    pub(super) fn refresh(
        &mut self,
        issuing: &mut Issuing<'_>,
        client: &str,
        token: &str,
        wanted: Option<BTreeSet<String>>,
    ) -> Result<Issued, Refusal> {
        let hash = Hash::of(token);
        let unknown = || Refusal::invalid_grant("this refresh token is unknown or has ended");
        let (id, state) = self
            .refresh
            .get(&hash)
            .map(|refresh| (refresh.family, refresh.state))
            .ok_or_else(unknown)?;
        let family = self.families.get(&id).ok_or_else(unknown)?;
        if family.client != client {
            return Err(Refusal::invalid_grant(
                "this refresh token is another client's",
            ));
        }
        if family.ended {
            return Err(unknown());
        }
        if family.key != issuing.key {
            return Err(Refusal::invalid_grant(
                "this refresh token is bound to another key",
            ));
        }
        let scopes = wanted.unwrap_or_else(|| family.scopes.clone());
        if !scopes.is_subset(&family.scopes) {
            return Err(Refusal::new(
                "invalid_scope",
                "a refresh can't widen the scope",
            ));
        }
        let Some(first) = self.first_use(issuing, state) else {
            self.end(id);
            return Err(Refusal::invalid_grant(
                "this refresh token was used before; everything that came from it is revoked",
            ));
        };
        if issuing.options.kill_old_access {
            self.access.retain(|_, access| access.family != id);
        }
        let mut issued = self.issue_access(issuing, id, scopes);
        if matches!(issuing.options.rotation, Rotation::Rotate { .. }) && issuing.with_refresh {
            let next = self.issue_refresh(issuing.mint, id);
            let used = RefreshState::Used {
                first,
                successor: Hash::of(&next),
                access: Hash::of(&issued.access),
            };
            self.refresh.insert(
                hash,
                Refresh {
                    family: id,
                    state: used,
                },
            );
            issued.refresh = Some(next);
        }
        Ok(issued)
    }

    /// When this refresh token was first used, which may be now; `None` when it may not be used.
    /// A retry within the grace makes void what the first use brought.
    fn first_use(&mut self, issuing: &Issuing<'_>, state: RefreshState) -> Option<Duration> {
        match (state, issuing.options.rotation) {
            (RefreshState::Live, _) => Some(issuing.now),
            (
                RefreshState::Used {
                    first,
                    successor,
                    access,
                },
                Rotation::Rotate { grace },
            ) => {
                let lost = self.refresh.get_mut(&successor)?;
                if issuing.now.saturating_sub(first) >= grace
                    || !matches!(lost.state, RefreshState::Live)
                {
                    return None;
                }
                lost.state = RefreshState::Void;
                self.access.remove(&access);
                Some(first)
            }
            (RefreshState::Used { .. }, Rotation::Keep) | (RefreshState::Void, _) => None,
        }
    }

    /// Ends a family: none of its tokens is good any more.
    pub(super) fn end(&mut self, id: FamilyId) {
        if let Some(family) = self.families.get_mut(&id) {
            family.ended = true;
        }
        self.access.retain(|_, access| access.family != id);
    }

    /// RFC 7009 section 2.1: a refresh token ends its family, an access token only itself.
    pub(super) fn revoke(&mut self, client: &str, token: &str) -> Result<(), Refusal> {
        let hash = Hash::of(token);
        let refresh = self.refresh.get(&hash).map(|refresh| refresh.family);
        let id = refresh.or(self.access.get(&hash).map(|access| access.family));
        let Some(id) = id else {
            return Ok(()); // unknown tokens are revoked already (section 2.2)
        };
        if self
            .families
            .get(&id)
            .is_some_and(|family| family.client != client)
        {
            return Err(Refusal::invalid_grant("this token is another client's"));
        }
        if refresh.is_some() {
            self.end(id);
        } else {
            self.access.remove(&hash);
        }
        Ok(())
    }

    /// The access token with this text, if it is good at `now`.
    pub(super) fn access(&self, token: &str, now: Duration) -> Option<Good<'_>> {
        let access = self.access.get(&Hash::of(token))?;
        let alive = access.expires.is_none_or(|expires| now < expires);
        let family = self.families.get(&access.family)?;
        (alive && !family.ended).then_some(Good {
            family,
            scopes: &access.scopes,
            expires: access.expires,
            issued: access.issued,
        })
    }

    /// The family of the refresh token with this text, if it is good.
    pub(super) fn refresh_family(&self, token: &str) -> Option<&Family> {
        let refresh = self.refresh.get(&Hash::of(token))?;
        let family = self.families.get(&refresh.family)?;
        (matches!(refresh.state, RefreshState::Live) && !family.ended).then_some(family)
    }

    /// The fingerprints of all access and all refresh tokens that are good at `now`.
    pub(super) fn live(&self, now: Duration) -> (Vec<String>, Vec<String>) {
        let access = self
            .access
            .iter()
            .filter(|(_, access)| access.expires.is_none_or(|expires| now < expires))
            .map(|(hash, _)| hash.fingerprint());
        let refresh = self
            .refresh
            .iter()
            .filter(|(_, refresh)| matches!(refresh.state, RefreshState::Live))
            .filter(|(_, refresh)| {
                self.families
                    .get(&refresh.family)
                    .is_some_and(|family| !family.ended)
            })
            .map(|(hash, _)| hash.fingerprint());
        (access.collect(), refresh.collect())
    }

    fn issue_access(
        &mut self,
        issuing: &mut Issuing<'_>,
        family: FamilyId,
        scopes: BTreeSet<String>,
    ) -> Issued {
        let expires_in = issuing.options.lifetimes.of(self.sets_issued);
        self.sets_issued += 1;
        let token = issuing.mint.secret("sbx_at");
        let access = Access {
            family,
            scopes: scopes.clone(),
            expires: expires_in
                .map(|seconds| issuing.now.saturating_add(Duration::from_secs(seconds))),
            issued: issuing.now,
        };
        self.access.insert(Hash::of(&token), access);
        Issued {
            access: token,
            refresh: None,
            expires_in,
            scopes,
            bound: issuing.key.is_some(),
        }
    }

    fn issue_refresh(&mut self, mint: &mut Mint, family: FamilyId) -> String {
        let token = mint.secret("sbx_rt");
        let refresh = Refresh {
            family,
            state: RefreshState::Live,
        };
        self.refresh.insert(Hash::of(&token), refresh);
        token
    }
}
