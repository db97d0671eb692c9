//! A repository as the files of a bare git repository: loose objects, refs, `HEAD`.

use super::deflate;
use super::object::header;
use super::repository::Repository;

/// Every file, by its path with slashes, and its content.
pub(super) fn files(repository: &Repository) -> Vec<(String, Vec<u8>)> {
    let config = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n";
    let head = format!("ref: refs/heads/{}\n", repository.default_branch);
    let mut packed = "# pack-refs with: sorted \n".to_owned();
    for (name, oid) in repository.refs() {
        packed.extend([&oid.to_string(), " ", name, "\n"]);
    }
    let mut files = vec![
        ("HEAD".to_owned(), head.into_bytes()),
        ("config".to_owned(), config.as_bytes().to_vec()),
        ("packed-refs".to_owned(), packed.into_bytes()),
    ];
    for (oid, object) in repository.store.objects() {
        let bytes = object.bytes();
        let mut whole = header(object.kind(), bytes.len()).into_bytes();
        whole.extend(bytes);
        let name = oid.to_string();
        let (folder, file) = name.split_at_checked(2).unwrap_or_default();
        files.push((format!("objects/{folder}/{file}"), deflate::zlib(&whole)));
    }
    files
}

/// The folders that git wants to see even when they are empty.
pub(super) const FOLDERS: [&str; 3] = ["objects", "refs/heads", "refs/tags"];
