//! What a document can reach, and the fields of each.

use serde_json::Value;

use super::connection::{Connection, Edge};
use super::fault::Fault;
use super::values::Arguments;
use crate::json::json;
use crate::sandbox::github::ask::Ask;
use crate::sandbox::github::object::{Kind, Oid, Person};
use crate::sandbox::github::repository::Repository;
use crate::sandbox::github::shape::{self, account_of, node_id, user_id, web_url};
use crate::sandbox::github::tree::Leaf;
use crate::sandbox::github::{Hub, may_read, may_write};

/// Something with fields.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Query,
    Repository(u64),
    /// By its whole name.
    Ref(u64, String),
    /// Of any kind.
    Object(u64, Oid),
    Entry(u64, Vec<u8>, Leaf),
    /// A tree that was reached by a path, which its entries go on with.
    Folder(u64, Vec<u8>, Oid),
    Actor(Person),
    User(String),
    Connection(Box<Connection>),
    Edge(Edge),
    Page(Box<Connection>),
    RateLimit,
    Payload(
        &'static str,
        Option<String>,
        Option<Box<Node>>,
        Option<Box<Node>>,
    ),
}

/// What a field holds.
pub(super) enum Held {
    Value(Value),
    Node(Node),
    Nodes(Vec<Node>),
}

impl Held {
    pub(super) fn perhaps(node: Option<Node>) -> Self {
        node.map_or(Self::Value(Value::Null), Self::Node)
    }

    pub(super) fn of(value: impl Into<Value>) -> Self {
        Self::Value(value.into())
    }
}

/// From where nodes are read.
pub(super) struct Source<'a> {
    pub(super) hub: &'a Hub,
    pub(super) ask: &'a Ask<'a>,
}

pub(super) type Found = Result<Held, Fault>;

pub(super) fn missing(what: &str) -> Fault {
    Fault::of("NOT_FOUND", format!("Could not resolve to a {what}."))
}

impl Node {
    /// The name of its type.
    pub(super) fn kind(&self, source: &Source<'_>) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::Repository(_) => "Repository",
            Self::Ref(..) => "Ref",
            Self::Object(id, oid) => {
                let kind = source
                    .repository(*id)
                    .and_then(|repo| repo.store.kind(*oid));
                match kind {
                    Some(Kind::Blob) => "Blob",
                    Some(Kind::Tree) => "Tree",
                    Some(Kind::Tag) => "Tag",
                    Some(Kind::Commit) | None => "Commit",
                }
            }
            Self::Entry(..) => "TreeEntry",
            Self::Folder(..) => "Tree",
            Self::Actor(_) => "GitActor",
            Self::User(_) => "User",
            Self::Connection(connection) => connection.kind,
            Self::Edge(edge) => edge.kind,
            Self::Page(_) => "PageInfo",
            Self::RateLimit => "RateLimit",
            Self::Payload(kind, ..) => kind,
        }
    }

    /// The value of one field. The field exists and its arguments are right.
    pub(super) fn field(&self, source: &Source<'_>, name: &str, given: &Arguments) -> Found {
        match self {
            Self::Query => source.query(name, given),
            Self::Repository(id) => source.of_repository(*id, name, given),
            Self::Ref(id, full) => source.of_ref(*id, full, name),
            Self::Entry(id, path, leaf) => source.of_entry(*id, path, *leaf, name),
            Self::Folder(id, path, oid) if name == "entries" => Ok(source.entries(*id, path, *oid)),
            Self::Object(id, oid) | Self::Folder(id, _, oid) => {
                source.of_object(*id, *oid, name, given)
            }
            Self::Actor(person) => Ok(of_actor(person, name)),
            Self::User(login) => Ok(source.of_user(login, name)),
            Self::Connection(connection) => Ok(connection.field(name)),
            Self::Edge(edge) => Ok(edge.field(name)),
            Self::Page(connection) => Ok(Held::Value(connection.page(name))),
            Self::RateLimit => Ok(Held::Value(source.rate_limit(name))),
            Self::Payload(_, id, commit, reference) => Ok(match name {
                "commit" => Held::perhaps(commit.as_deref().cloned()),
                "ref" => Held::perhaps(reference.as_deref().cloned()),
                _ => Held::of(id.clone()),
            }),
        }
    }
}

fn of_actor(person: &Person, name: &str) -> Held {
    match name {
        "name" => Held::of(person.name.clone()),
        "email" => Held::of(person.email.clone()),
        "date" => Held::of(person.when()),
        _ => Held::perhaps(account_of(person).map(Node::User)),
    }
}

impl Source<'_> {
    pub(super) fn repository(&self, id: u64) -> Option<&Repository> {
        self.hub.repositories.get(&id)
    }

    fn query(&self, name: &str, given: &Arguments) -> Found {
        match name {
            "repository" => {
                let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default();
                let (owner, name) = (text("owner"), text("name"));
                let follow = given.get("followRenames").and_then(Value::as_bool) != Some(false);
                let id = self.hub.named(owner, name);
                let found = id.and_then(|id| self.repository(id)).filter(|repository| {
                    may_read(repository, self.ask)
                        && (follow || repository.name.eq_ignore_ascii_case(name))
                });
                let found = found.map(|repository| Held::Node(Node::Repository(repository.id)));
                found.ok_or_else(|| missing(&format!("Repository with the name '{owner}/{name}'")))
            }
            "node" => {
                let given = given.get("id").and_then(Value::as_str).unwrap_or_default();
                let found = repository_by_node(self.hub, self.ask, given);
                let found = found.map(|id| Held::Node(Node::Repository(id)));
                found.ok_or_else(|| missing(&format!("node with the global id of '{given}'")))
            }
            "viewer" => Ok(Held::Node(Node::User(self.ask.login().to_owned()))),
            _ => Ok(Held::Node(Node::RateLimit)),
        }
    }

    fn of_user(&self, login: &str, name: &str) -> Held {
        match name {
            "id" => Held::of(node_id("User", user_id(login))),
            "databaseId" => Held::of(user_id(login) & 0x7fff_ffff),
            "email" => Held::of(""),
            "url" => Held::of(format!("{}/web/{}", self.ask.root(), shape::encoded(login))),
            _ => Held::of(login),
        }
    }

    fn rate_limit(&self, name: &str) -> Value {
        let Some((budget, reset)) = self.ask.budget else {
            return Value::Null;
        };
        match name {
            "limit" => json!(budget.limit),
            "remaining" => json!(budget.remaining().saturating_sub(1)),
            "used" => json!(budget.used.saturating_add(1)),
            "resetAt" => json!(reset.to_string()),
            "nodeCount" => json!(0),
            _ => json!(1),
        }
    }

    fn of_repository(&self, id: u64, name: &str, given: &Arguments) -> Found {
        let repo = self.repository(id).ok_or_else(|| missing("Repository"))?;
        let text = |name: &str| given.get(name).and_then(Value::as_str);
        Ok(match name {
            "id" => Held::of(node_id("Repository", id)),
            "databaseId" => Held::of(id),
            "name" => Held::of(repo.name.clone()),
            "nameWithOwner" => Held::of(repo.full_name()),
            "owner" => Held::Node(Node::User(repo.owner.clone())),
            "description" => Held::of(repo.description.clone()),
            "isPrivate" => Held::of(repo.private),
            "isEmpty" => Held::of(repo.is_empty()),
            "url" => Held::of(web_url(self.ask, repo)),
            "createdAt" => Held::of(repo.created.to_string()),
            "pushedAt" => Held::of(repo.pushed.to_string()),
            "viewerPermission" => Held::of(if may_write(repo, self.ask) {
                "ADMIN"
            } else {
                "READ"
            }),
            "defaultBranchRef" => {
                let name = format!("refs/heads/{}", repo.default_branch);
                let there = repo.find(&name, self.ask.replica);
                Held::perhaps(there.map(|_| Node::Ref(id, name)))
            }
            "ref" => {
                let wanted = text("qualifiedName").unwrap_or_default();
                let names = if wanted.starts_with("refs/") {
                    vec![wanted.to_owned()]
                } else {
                    vec![
                        format!("refs/heads/{wanted}"),
                        format!("refs/tags/{wanted}"),
                    ]
                };
                let mut names = names.into_iter();
                let found = names.find(|name| repo.find(name, self.ask.replica).is_some());
                Held::perhaps(found.map(|name| Node::Ref(id, name)))
            }
            "refs" => {
                let prefix = text("refPrefix").unwrap_or_default();
                let query = text("query").unwrap_or_default();
                let names = repo.refs().keys().filter(|name| {
                    name.strip_prefix(prefix)
                        .is_some_and(|rest| rest.contains(query))
                });
                let nodes = names.map(|name| Node::Ref(id, name.clone())).collect();
                let kinds = ("RefConnection", "RefEdge");
                Held::Node(Connection::cut("refs", kinds, nodes, given)?)
            }
            _ => {
                let oid = match (text("oid"), text("expression")) {
                    (Some(oid), _) => oid
                        .parse()
                        .ok()
                        .filter(|oid| repo.store.kind(*oid).is_some()),
                    (None, Some(expression)) => expressed(repo, self.ask, expression),
                    (None, None) => {
                        let why = "One of expression and oid must be given";
                        return Err(Fault::of("UNPROCESSABLE", why));
                    }
                };
                Held::perhaps(oid.map(|oid| Node::Object(id, oid)))
            }
        })
    }

    fn of_ref(&self, id: u64, full: &str, name: &str) -> Found {
        let repo = self.repository(id).ok_or_else(|| missing("Repository"))?;
        let parts = ["refs/heads/", "refs/tags/"];
        let prefix = parts.into_iter().find(|prefix| full.starts_with(prefix));
        let prefix = prefix.unwrap_or("refs/");
        Ok(match name {
            "id" => Held::of(node_id("Ref", format_args!("{id}:{full}"))),
            "name" => Held::of(full.strip_prefix(prefix).unwrap_or(full)),
            "prefix" => Held::of(prefix),
            "repository" => Held::Node(Node::Repository(id)),
            _ => {
                let oid = repo.find(full, self.ask.replica);
                Held::perhaps(oid.map(|oid| Node::Object(id, oid)))
            }
        })
    }
}

/// `REVISION` or `REVISION:PATH`.
fn expressed(repo: &Repository, ask: &Ask<'_>, expression: &str) -> Option<Oid> {
    let (revision, path) = match expression.split_once(':') {
        Some((revision, path)) => (revision, Some(path)),
        None => (expression, None),
    };
    let oid = repo.resolve(revision, ask.replica)?;
    match path {
        None => Some(oid),
        Some(path) => {
            let tree = repo.store.tree_of(oid)?;
            repo.store.at(tree, path.as_bytes()).map(|leaf| leaf.oid)
        }
    }
}

/// The repository with this global name, if whoever asks may know of it.
pub(super) fn repository_by_node(hub: &Hub, ask: &Ask<'_>, given: &str) -> Option<u64> {
    let mut all = hub.repositories.values();
    let found = all.find(|repository| node_id("Repository", repository.id) == given);
    found
        .filter(|repository| may_read(repository, ask))
        .map(|repository| repository.id)
}
