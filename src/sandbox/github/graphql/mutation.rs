//! What changes a repository. Each is one step: it happens whole, or not at all.

use serde_json::Value;

use super::fault::Fault;
use super::node::{Node, repository_by_node};
use super::values::Arguments;
use crate::ordered;
use crate::sandbox::github::ask::{Ask, base64_strict};
use crate::sandbox::github::object::{Object, Oid};
use crate::sandbox::github::repository::{Repository, is_ref_name};
use crate::sandbox::github::shape::node_id;
use crate::sandbox::github::store::{Edits, MissingPath};
use crate::sandbox::github::tree::{Leaf, Mode, is_path, shown};
use crate::sandbox::github::{Hub, commit_author, may_read, may_write, web_flow};

/// All additions together, decoded: from here on a commit is refused.
const TOTAL: usize = 40 * 1024 * 1024;

/// Does what one field of a mutation asks for.
pub(super) fn act(
    hub: &mut Hub,
    ask: &Ask<'_>,
    name: &str,
    given: &Arguments,
) -> Result<Node, Fault> {
    let none = Value::Null;
    let input = given.get("input").unwrap_or(&none);
    let client = text(input, "clientMutationId").map(str::to_owned);
    match name {
        "createCommitOnBranch" => {
            let (id, reference, oid) = create_commit(hub, ask, input)?;
            Ok(Node::Payload(
                "CreateCommitOnBranchPayload",
                client,
                Some(Box::new(Node::Object(id, oid))),
                Some(Box::new(Node::Ref(id, reference))),
            ))
        }
        "createRef" => {
            let (id, reference) = create_ref(hub, ask, input)?;
            let reference = Some(Box::new(Node::Ref(id, reference)));
            Ok(Node::Payload("CreateRefPayload", client, None, reference))
        }
        _ => {
            update_refs(hub, ask, input)?;
            Ok(Node::Payload("UpdateRefsPayload", client, None, None))
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

fn unprocessable(why: impl Into<String>) -> Fault {
    Fault::of("UNPROCESSABLE", why)
}

fn writable<'a>(
    hub: &'a mut Hub,
    ask: &Ask<'_>,
    id: Option<u64>,
    called: &str,
    mutation: &str,
) -> Result<&'a mut Repository, Fault> {
    hub.last = id.or(hub.last);
    let found = id.and_then(|id| hub.repositories.get_mut(&id));
    let found = found
        .filter(|repository| may_read(repository, ask))
        .ok_or_else(|| {
            let why = format!("Could not resolve to a Repository with the name '{called}'.");
            Fault::of("NOT_FOUND", why)
        })?;
    if may_write(found, ask) {
        return Ok(found);
    }
    let login = ask.login();
    let why = format!("{login} does not have the correct permissions to execute `{mutation}`");
    Err(Fault::of("FORBIDDEN", why))
}

fn create_commit(hub: &mut Hub, ask: &Ask<'_>, input: &Value) -> Result<(u64, String, Oid), Fault> {
    let branch = input.get("branch").unwrap_or(&Value::Null);
    let (id, called, name) = addressed(hub, branch)?;
    let repo = writable(hub, ask, id, &called, "CreateCommitOnBranch")?;
    let there = repo.find(&name, ask.replica);
    let there = there.ok_or_else(|| {
        let short = name.strip_prefix("refs/heads/").unwrap_or(&name);
        Fault::of("NOT_FOUND", format!("Branch \"{short}\" not found"))
    })?;
    let expected = text(input, "expectedHeadOid")
        .unwrap_or_default()
        .to_lowercase();
    let current = repo.refs().get(&name).copied().unwrap_or(Oid::NONE);
    // a replica that lags may refuse what is right, but never lets through what is not
    if expected != current.to_string() || expected != there.to_string() {
        let why = format!(
            "Expected branch to point to \"{expected}\" but it did not.  Pull and try again."
        );
        return Err(Fault::of("STALE_DATA", why));
    }
    let base = repo.store.tree_of(current);
    let edits = edits(
        repo,
        base,
        input.get("fileChanges").unwrap_or(&Value::Null),
        current,
    )?;
    let tree = repo
        .store
        .edited(base, &edits)
        .map_err(|path| undeletable(&path, current))?;
    let message = input.get("message").unwrap_or(&Value::Null);
    let mut words = text(message, "headline").unwrap_or_default().to_owned();
    if let Some(body) = text(message, "body").filter(|body| !body.is_empty()) {
        words.push_str("\n\n");
        words.push_str(body);
    }
    if words.trim().is_empty() {
        return Err(unprocessable("A commit message must be provided"));
    }
    let author = commit_author(ask, None).map_err(|problem| unprocessable(problem.message))?;
    let oid = repo.commit(tree, vec![current], author, web_flow(ask.now), &words);
    repo.set(&name, Some(oid), ask.login(), ask.now);
    Ok((repo.id, name, oid))
}

fn undeletable(MissingPath(path): &MissingPath, at: Oid) -> Fault {
    unprocessable(format!(
        "A path was requested for deletion which does not exist as of commit oid `{at}`: {}",
        shown(path)
    ))
}

/// The repository and the whole name of the ref that a `CommittableBranch` means.
fn addressed(hub: &Hub, branch: &Value) -> Result<(Option<u64>, String, String), Fault> {
    let whole = |name: &str| {
        let prefix = if name.starts_with("refs/") {
            ""
        } else {
            "refs/heads/"
        };
        format!("{prefix}{name}")
    };
    let parts = ["id", "repositoryNameWithOwner", "branchName"].map(|name| text(branch, name));
    match parts {
        [Some(id), None, None] => {
            for repo in hub.repositories.values() {
                let named =
                    |name: &&String| node_id("Ref", format_args!("{}:{name}", repo.id)) == id;
                if let Some(name) = repo.refs().keys().find(named) {
                    return Ok((Some(repo.id), repo.full_name(), name.clone()));
                }
            }
            Ok((None, id.to_owned(), String::new()))
        }
        [None, Some(repository), Some(name)] => {
            let id = repository
                .split_once('/')
                .and_then(|(owner, name)| hub.named(owner, name));
            Ok((id, repository.to_owned(), whole(name)))
        }
        _ => Err(unprocessable(
            "A branch is given by its id, or by repositoryNameWithOwner and branchName",
        )),
    }
}

/// What shall become of which path.
fn edits(
    repo: &mut Repository,
    base: Option<Oid>,
    changes: &Value,
    at: Oid,
) -> Result<Edits, Fault> {
    let none = Vec::new();
    let list = |name: &str| changes.get(name).and_then(Value::as_array).unwrap_or(&none);
    let mut edits = Edits::new();
    let mut total = 0;
    for addition in list("additions") {
        let path = text(addition, "path").unwrap_or_default();
        check_path(path)?;
        let contents = text(addition, "contents").and_then(base64_strict);
        let contents = contents.ok_or_else(|| unprocessable("contents is not valid Base64"))?;
        total += contents.len();
        let leaf = Leaf {
            mode: Mode::File, // whatever it was
            oid: repo.store.put(Object::Blob(contents)),
        };
        if edits.insert(path.as_bytes().to_vec(), Some(leaf)).is_some() {
            return Err(unprocessable(format!(
                "A path was requested for addition twice: {path}"
            )));
        }
    }
    if total >= TOTAL {
        return Err(unprocessable(
            "The total size of the additions is too large",
        ));
    }
    for deletion in list("deletions") {
        let path = text(deletion, "path").unwrap_or_default();
        check_path(path)?;
        let there = base.and_then(|tree| repo.store.at(tree, path.as_bytes()));
        if there.is_none_or(|leaf| leaf.mode == Mode::Directory) {
            return Err(undeletable(&MissingPath(path.as_bytes().to_vec()), at));
        }
        if edits.insert(path.as_bytes().to_vec(), None).is_some() {
            let why = "A path was requested for both addition and deletion, or for deletion twice";
            return Err(unprocessable(format!("{why}: {path}")));
        }
    }
    clash(repo, base, &edits)?;
    Ok(edits)
}

fn check_path(path: &str) -> Result<(), Fault> {
    if is_path(path) {
        return Ok(());
    }
    Err(unprocessable(format!("A path is malformed: {path:?}")))
}

/// A file must not stand where a folder stays, nor below a file that stays.
fn clash(repo: &Repository, base: Option<Oid>, edits: &Edits) -> Result<(), Fault> {
    let deleted = edits.iter().filter(|(_, edit)| edit.is_none());
    let deleted = ordered::set(deleted.map(|(path, _)| path));
    let refuse = |path: &[u8]| {
        Err(unprocessable(format!(
            "A path is both a file and a folder: {}",
            shown(path)
        )))
    };
    for (path, edit) in edits {
        if edit.is_none() {
            continue;
        }
        for (index, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            let above = path.get(..index).unwrap_or_default().to_vec();
            let there = base.and_then(|tree| repo.store.at(tree, &above));
            let file = there.is_some_and(|leaf| leaf.mode != Mode::Directory);
            let added = edits.get(&above).is_some_and(Option::is_some);
            if added || (file && !deleted.contains(&above)) {
                return refuse(path);
            }
        }
        let there = base.and_then(|tree| repo.store.at(tree, path));
        if let Some(leaf) = there.filter(|leaf| leaf.mode == Mode::Directory) {
            let inside = repo.store.below(leaf.oid, path).into_iter();
            let mut files = inside.filter(|(_, leaf)| leaf.mode != Mode::Directory);
            if files.any(|(file, _)| !deleted.contains(&file)) {
                return refuse(path);
            }
        }
    }
    Ok(())
}

fn repository_of<'a>(
    hub: &'a mut Hub,
    ask: &Ask<'_>,
    input: &Value,
    mutation: &str,
) -> Result<&'a mut Repository, Fault> {
    let node = text(input, "repositoryId").unwrap_or_default().to_owned();
    let id = repository_by_node(hub, ask, &node);
    writable(hub, ask, id, &node, mutation)
}

fn create_ref(hub: &mut Hub, ask: &Ask<'_>, input: &Value) -> Result<(u64, String), Fault> {
    let repo = repository_of(hub, ask, input, "CreateRef")?;
    let name = text(input, "name").unwrap_or_default();
    let oid: Option<Oid> = text(input, "oid").and_then(|oid| oid.parse().ok());
    if !is_ref_name(name) {
        return Err(unprocessable(format!("{name} is not a valid ref name")));
    }
    if repo.refs().contains_key(name) {
        let why = format!("A ref named \"{name}\" already exists in the repository.");
        return Err(unprocessable(why));
    }
    let oid = oid.filter(|oid| repo.store.kind(*oid).is_some());
    let oid = oid.ok_or_else(|| unprocessable("Object does not exist"))?;
    repo.set(name, Some(oid), ask.login(), ask.now);
    Ok((repo.id, name.to_owned()))
}

/// All of them, or none. How GitHub words a refusal is not documented: clients must look at the
/// refs, not at these texts.
fn update_refs(hub: &mut Hub, ask: &Ask<'_>, input: &Value) -> Result<(), Fault> {
    let repo = repository_of(hub, ask, input, "UpdateRefs")?;
    let none = Vec::new();
    let updates = input
        .get("refUpdates")
        .and_then(Value::as_array)
        .unwrap_or(&none);
    let mut wanted: Vec<(String, Option<Oid>)> = Vec::new();
    for update in updates {
        let name = text(update, "name").unwrap_or_default();
        let oid = |which: &str| -> Option<Oid> { text(update, which)?.parse().ok() };
        let current = repo.refs().get(name).copied();
        if let Some(before) = oid("beforeOid")
            && before != current.unwrap_or(Oid::NONE)
        {
            let at = current.unwrap_or(Oid::NONE);
            return Err(unprocessable(format!(
                "{name} is at {at} but expected {before}"
            )));
        }
        let after = oid("afterOid").filter(|oid| *oid != Oid::NONE);
        if after.is_some_and(|after| repo.store.kind(after).is_none()) {
            return Err(unprocessable("Object does not exist"));
        }
        let force = update
            .get("force")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        let forward = match (current, after) {
            (Some(current), Some(after)) => repo.is_ancestor(current, after),
            _ => true,
        };
        if !force && !forward {
            return Err(unprocessable(format!(
                "{name}: update is not a fast forward"
            )));
        }
        if !is_ref_name(name) || wanted.iter().any(|(known, _)| known == name) {
            return Err(unprocessable(format!(
                "{name} is not a valid ref name, or named twice"
            )));
        }
        wanted.push((name.to_owned(), after));
    }
    for (name, after) in wanted {
        repo.set(&name, after, ask.login(), ask.now);
    }
    Ok(())
}
