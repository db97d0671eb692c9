//! `tarball`: a link, and behind it the archive.

use std::time::Duration;

use crate::sandbox::github::Hub;
use crate::sandbox::github::ask::Ask;
use crate::sandbox::github::object::Oid;
use crate::sandbox::github::reply::{Outcome, Problem, raw};
use crate::sandbox::github::repository::Repository;
use crate::sandbox::github::shape::{encoded, encoded_path};
use crate::sandbox::github::tar::{self, Member};
use crate::sandbox::github::tree::{Mode, shown};
use crate::sandbox::github::{deflate, nothing};
use crate::sandbox::mint::Hash;

/// How long a link to an archive of a private repository works.
const LINK: Duration = Duration::from_secs(5 * 60);

/// `GET tarball/{ref}`: 302 to the archive.
pub(in crate::sandbox::github) fn redirect(
    repo: &mut Repository,
    ask: &Ask<'_>,
    name: &str,
) -> Outcome {
    let name = if name.is_empty() {
        repo.default_branch.clone()
    } else {
        name.to_owned()
    };
    let found = repo.resolve(&name, ask.replica);
    let oid = found.and_then(|oid| repo.store.peeled(oid));
    let oid = oid.ok_or_else(Problem::not_found)?;
    let seed = format!(
        "link\0{}\0{}\0{}\0{oid}",
        ask.origin,
        repo.links.len(),
        repo.id
    );
    let token = Hash::of(&seed).fingerprint();
    repo.links.insert(token.clone(), (oid, ask.now.plus(LINK)));
    let (owner, repository) = (encoded(&repo.owner), encoded(&repo.name));
    let location = format!(
        "{}/codeload/{owner}/{repository}/legacy.tar.gz/{}?token={token}",
        ask.root(),
        encoded_path(&name)
    );
    Ok(nothing(302).with("Location", location))
}

/// `GET /codeload/{owner}/{repo}/legacy.tar.gz/{ref}`: the link is all that is asked for. Lines
/// `export-ignore` of `.gitattributes` are obeyed, so an archive may lack files.
pub(in crate::sandbox::github) fn download(
    hub: &mut Hub,
    ask: &Ask<'_>,
    names: &[String],
) -> Outcome {
    let [owner, name, _] = names else {
        return Err(Problem::not_found());
    };
    let id = hub.named(owner, name).ok_or_else(Problem::not_found)?;
    let repo = hub.repositories.get(&id).ok_or_else(Problem::not_found)?;
    let link = ask
        .query
        .get("token")
        .and_then(|token| repo.links.get(token));
    let (oid, _) = link
        .filter(|(_, ends)| ask.now < *ends)
        .ok_or_else(Problem::not_found)?;
    let file = format!("{}-{}-{}.tar.gz", repo.owner, repo.name, oid.short());
    Ok(
        raw("application/x-gzip", deflate::gzip(&archive(repo, *oid))).with(
            "Content-Disposition",
            format!("attachment; filename={file}"),
        ),
    )
}

fn archive(repo: &Repository, oid: Oid) -> Vec<u8> {
    let folder = format!("{}-{}-{}/", repo.owner, repo.name, oid.short());
    let Some(commit) = repo.store.commit(oid) else {
        return Vec::new();
    };
    let ignored = ignored(repo, commit.tree);
    let mut members = vec![
        Member::comment(&oid.to_string()),
        Member::folder(folder.as_bytes()),
    ];
    for (path, leaf) in repo.store.below(commit.tree, b"") {
        if ignored
            .iter()
            .any(|pattern| matches(pattern, &shown(&path)))
        {
            continue;
        }
        let path = [folder.as_bytes(), &path].concat();
        let bytes = repo.store.blob(leaf.oid).unwrap_or_default();
        members.push(match leaf.mode {
            Mode::File => Member::file(&path, bytes, false),
            Mode::Executable => Member::file(&path, bytes, true),
            Mode::Symlink => Member::link(&path, bytes),
            Mode::Directory | Mode::Submodule => Member::folder(&[&path, b"/".as_slice()].concat()),
        });
    }
    tar::archive(&members, commit.committer.seconds)
}

fn ignored(repo: &Repository, tree: Oid) -> Vec<String> {
    let rules = repo.store.at(tree, b".gitattributes");
    let rules = rules.and_then(|leaf| repo.store.blob(leaf.oid));
    shown(rules.unwrap_or_default())
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let pattern = words.next()?;
            words
                .any(|word| word == "export-ignore")
                .then(|| pattern.to_owned())
        })
        .collect()
}

/// Patterns of one `*` at most, for whole paths or for names anywhere.
fn matches(pattern: &str, path: &str) -> bool {
    let subject = if pattern.contains('/') {
        path
    } else {
        path.rsplit('/').next().unwrap_or_default()
    };
    match pattern.trim_matches('/').split_once('*') {
        None => subject == pattern.trim_matches('/'),
        Some((start, end)) => {
            subject.len() >= start.len() + end.len()
                && subject.starts_with(start)
                && subject.ends_with(end)
        }
    }
}
