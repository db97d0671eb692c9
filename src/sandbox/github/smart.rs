//! Git's own protocol over HTTP (version 0, "smart"), at `/github/web/OWNER/NAME.git`: so that real
//! git can clone from here and push to here. The token is the password, the user name is anything.

use super::ask::Asker;
use super::object::Oid;
use super::reply::raw;
use super::repository::{Replica, Repository, is_ref_name};
use super::{Hub, inflate, nothing, packfile};
use crate::moment::Timestamp;
use crate::sandbox::area::Area;
use crate::sandbox::call::{Answer, Call};

const AGENT: &str = "object-format=sha1 agent=practice";
/// The most bytes of one packet of a side band, its number taken off.
const BAND: usize = 65_515;

/// What a path asks for: `OWNER`, `NAME`, and the rest.
fn parted(path: &str) -> Option<(&str, &str, &str)> {
    let path = path.strip_prefix("/github/web/")?;
    let (owner, rest) = path.split_once('/')?;
    let (name, rest) = rest.split_once(".git/")?;
    Some((owner, name, rest))
}

/// Whether a request is git's, and how it counts.
pub(super) fn purpose(call: &Call) -> Option<(Area, String)> {
    let (_, _, rest) = parted(&call.path)?;
    let area = if rest == "git-receive-pack" {
        Area::GitWrite
    } else {
        Area::Git
    };
    Some((area, format!("git {rest}")))
}

impl Hub {
    /// Answers git.
    pub(super) fn git(&mut self, call: &Call, asker: Option<&Asker>, now: Timestamp) -> Answer {
        let challenge = || nothing(401).with("WWW-Authenticate", "Basic realm=\"practice\"");
        let Some((owner, name, rest)) = parted(&call.path) else {
            return nothing(404);
        };
        let found = self.named(owner, name);
        let found = found.and_then(|id| self.repositories.get_mut(&id));
        let allowed = |repository: &Repository| {
            asker.is_some_and(|asker| {
                asker.scopes.contains("repo")
                    && (asker.login == repository.owner
                        || repository.collaborators.contains(&asker.login))
            })
        };
        let service = call
            .query
            .as_deref()
            .and_then(|query| query.strip_prefix("service="));
        let writes = rest == "git-receive-pack" || service == Some("git-receive-pack");
        let repository = match (found, asker) {
            (Some(repository), _) if allowed(repository) => repository,
            (Some(repository), _) if !repository.private && !writes => repository,
            (_, None) => return challenge(),
            (_, Some(_)) => return nothing(404),
        };
        let zipped = call
            .headers
            .iter()
            .any(|(name, value)| name == "content-encoding" && value == "gzip");
        let body = if zipped {
            inflate::gzip(&call.bytes)
        } else {
            Some(call.bytes.clone())
        };
        let login = asker.map_or("", |asker| &asker.login);
        match (call.method.as_str(), rest, service, body) {
            ("GET", "info/refs", Some(service @ ("git-upload-pack" | "git-receive-pack")), _) => {
                advertised(repository, service)
            }
            ("POST", "git-upload-pack", _, Some(body)) => upload(repository, &body),
            ("POST", "git-receive-pack", _, Some(body)) => receive(repository, &body, login, now),
            ("POST", _, _, None) => nothing(400),
            _ => nothing(404),
        }
        .with("Cache-Control", "no-cache")
    }
}

fn packet(bytes: &[u8]) -> Vec<u8> {
    let mut packet = format!("{:04x}", bytes.len() + 4).into_bytes();
    packet.extend_from_slice(bytes);
    packet
}

/// The packets up to a flush, and what comes after it.
fn packets(bytes: &[u8]) -> Option<(Vec<&[u8]>, &[u8])> {
    let (mut found, mut rest) = (Vec::new(), bytes);
    loop {
        let length = std::str::from_utf8(rest.get(..4)?).ok()?;
        let length = usize::from_str_radix(length, 16).ok()?;
        if length < 4 {
            return Some((found, rest.get(4..)?));
        }
        found.push(rest.get(4..length)?);
        rest = rest.get(length..)?;
    }
}

fn advertised(repository: &Repository, service: &str) -> Answer {
    let mut lines: Vec<(String, Oid)> = Vec::new();
    let head = format!("refs/heads/{}", repository.default_branch);
    let (capabilities, kind) = if service == "git-upload-pack" {
        let head = repository.find(&head, Replica::Current);
        lines.extend(head.map(|oid| ("HEAD".to_owned(), oid)));
        (
            format!(
                "side-band-64k ofs-delta symref=HEAD:refs/heads/{} {AGENT}",
                repository.default_branch
            ),
            "application/x-git-upload-pack-advertisement",
        )
    } else {
        (
            format!("report-status delete-refs ofs-delta no-thin {AGENT}"),
            "application/x-git-receive-pack-advertisement",
        )
    };
    for (name, oid) in repository.refs() {
        lines.push((name.clone(), *oid));
        let tag = repository
            .store
            .tag(*oid)
            .filter(|_| service == "git-upload-pack");
        lines.extend(tag.map(|tag| (format!("{name}^{{}}"), tag.object)));
    }
    if lines.is_empty() {
        lines.push(("capabilities^{}".to_owned(), Oid::NONE));
    }
    let mut body = packet(format!("# service={service}\n").as_bytes());
    body.extend(b"0000");
    for (index, (name, oid)) in lines.iter().enumerate() {
        let more = if index == 0 {
            format!("\0{capabilities}")
        } else {
            String::new()
        };
        body.extend(packet(format!("{oid} {name}{more}\n").as_bytes()));
    }
    body.extend(b"0000");
    raw(kind, body)
}

/// The name in a line `WORD OID …`.
fn named(line: &[u8], word: &str) -> Option<Oid> {
    let text = std::str::from_utf8(line).ok()?;
    let rest = text.strip_prefix(word)?.strip_prefix(' ')?;
    rest.get(..40)?.parse().ok()
}

fn upload(repository: &Repository, body: &[u8]) -> Answer {
    let kind = "application/x-git-upload-pack-result";
    let Some((wants, mut rest)) = packets(body) else {
        return nothing(400);
    };
    let wanted: Option<Vec<Oid>> = wants.iter().map(|line| named(line, "want")).collect();
    let offered: Vec<Oid> = repository.refs().values().copied().collect();
    let Some(wanted) =
        wanted.filter(|all| !all.is_empty() && all.iter().all(|o| offered.contains(o)))
    else {
        return raw(kind, packet(b"ERR not our ref\n"));
    };
    let (mut had, mut done) = (Vec::new(), false);
    // a `done` has no flush behind it
    let padded = [rest, b"0000"].concat();
    rest = &padded;
    while let Some((lines, after)) = packets(rest) {
        had.extend(lines.iter().filter_map(|line| named(line, "have")));
        done = done || lines.iter().any(|line| line.starts_with(b"done"));
        rest = after;
    }
    had.retain(|oid| repository.store.kind(*oid).is_some());
    let mut answer = match had.last() {
        Some(common) => packet(format!("ACK {common}\n").as_bytes()),
        None => packet(b"NAK\n"),
    };
    if done {
        let oids = packfile::between(&repository.store, &wanted, &had);
        let pack = packfile::write(&repository.store, &oids);
        let first = wants
            .first()
            .map(|line| String::from_utf8_lossy(line).into_owned());
        if first.is_some_and(|line| line.contains("side-band-64k")) {
            for part in pack.chunks(BAND) {
                answer.extend(packet(&[&[1], part].concat()));
            }
            answer.extend(b"0000");
        } else {
            answer.extend(pack);
        }
    }
    raw(kind, answer)
}

/// One line of what shall become of refs.
struct Order {
    before: Oid,
    after: Oid,
    name: String,
}

fn order(line: &[u8]) -> Option<Order> {
    let text = String::from_utf8_lossy(line);
    let text = text.split('\0').next()?.trim_end();
    let mut words = text.splitn(3, ' ');
    Some(Order {
        before: words.next()?.parse().ok()?,
        after: words.next()?.parse().ok()?,
        name: words.next()?.to_owned(),
    })
}

fn receive(repository: &mut Repository, body: &[u8], login: &str, now: Timestamp) -> Answer {
    let kind = "application/x-git-receive-pack-result";
    let Some((lines, pack)) = packets(body) else {
        return nothing(400);
    };
    if lines.is_empty() {
        return raw(kind, Vec::new()); // only tries whether it may
    }
    let orders: Option<Vec<Order>> = lines.iter().map(|line| order(line)).collect();
    let Some(orders) = orders else {
        return nothing(400);
    };
    let mut report = Vec::new();
    let objects = if pack.is_empty() {
        Some(Vec::new())
    } else {
        packfile::read(&repository.store, pack)
    };
    match objects {
        None => report.extend(packet(b"unpack the pack is damaged\n")),
        Some(objects) => {
            for object in objects {
                repository.store.put(object);
            }
            report.extend(packet(b"unpack ok\n"));
            for order in orders {
                let line = if let Some(why) = refusal(repository, &order) {
                    format!("ng {} {why}\n", order.name)
                } else {
                    let after = Some(order.after).filter(|oid| *oid != Oid::NONE);
                    repository.set(&order.name, after, login, now);
                    format!("ok {}\n", order.name)
                };
                report.extend(packet(line.as_bytes()));
            }
        }
    }
    report.extend(b"0000");
    raw(kind, report)
}

fn refusal(repository: &Repository, order: &Order) -> Option<&'static str> {
    let current = repository.refs().get(&order.name).copied();
    if current.unwrap_or(Oid::NONE) != order.before {
        return Some("failed to update ref");
    }
    if !is_ref_name(&order.name) {
        return Some("funny refname");
    }
    if order.after == Oid::NONE {
        let head = format!("refs/heads/{}", repository.default_branch);
        return (order.name == head).then_some("refusing to delete the current branch");
    }
    let needed = packfile::reached(&repository.store, &[order.after]);
    if needed
        .iter()
        .any(|oid| repository.store.kind(*oid).is_none())
    {
        return Some("missing necessary objects");
    }
    let branch = order.name.starts_with("refs/heads/");
    (branch && repository.store.commit(order.after).is_none()).then_some("not a commit")
}
