//! Changing one setting of `config.toml` and leaving everything else as the person wrote it:
//! comments, order, blank lines.

use std::path::{Path, PathBuf};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

use super::{ConfigError, LIMIT, parse};
use crate::names::{ConnectionName, ProviderName};
use crate::private_file;

/// Which setting of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `audit`.
    Audit,
    /// `profile`.
    Profile,
    /// The account that a provider's name alone means.
    Account(ProviderName),
    /// The same, in a folder and below; the path as it stands in the file.
    InFolder(ProviderName, String),
}

/// Sets or, without a value, removes one setting; says whether the file changed. The file is
/// replaced as a whole, and only by one that can be read.
///
/// # Errors
/// When the file can't be read or written, or the value can't be.
pub fn change(path: &Path, place: &Place, value: Option<&str>) -> Result<bool, ConfigError> {
    // A link, as people have it who keep their settings elsewhere, stays one.
    let path: PathBuf = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let old = match private_file::read_any(&path, LIMIT) {
        Ok(bytes) => bytes,
        Err(error) if error.is_not_found() => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    parse(&old, &path)?;
    let text = String::from_utf8_lossy(&old);
    let new = changed(&text, place, value).map_err(|message| ConfigError::Content {
        path: path.display().to_string(),
        line: 1,
        message,
    })?;
    parse(new.as_bytes(), &path)?;
    if new == text {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        private_file::ensure_folder(folder)?;
    }
    private_file::replace(&path, new.as_bytes())?;
    Ok(true)
}

fn changed(text: &str, place: &Place, value: Option<&str>) -> Result<String, String> {
    let unreadable = |error: toml_edit::TomlError| error.message().to_owned();
    let mut document: DocumentMut = text.parse().map_err(unreadable)?;
    let root = document.as_table_mut();
    match place {
        Place::Audit => put(root, "audit", value),
        Place::Profile => put(root, "profile", value),
        Place::Account(provider) => put_account(root, provider, value)?,
        Place::InFolder(provider, folder) => put_rule(root, provider, folder, value)?,
    }
    Ok(document.to_string())
}

/// Keeps what stands around an old value, such as the comment behind it.
fn put(table: &mut Table, key: &str, value: Option<&str>) {
    let Some(text) = value else {
        table.remove(key);
        return;
    };
    let mut new = Value::from(text);
    if let Some(old) = table.get(key).and_then(Item::as_value) {
        if old.as_str() == Some(text) {
            return;
        }
        *new.decor_mut() = old.decor().clone();
    }
    // not `insert`, which would drop what stands before the key
    match table.get_mut(key) {
        Some(item) => *item = Item::Value(new),
        None => {
            table.insert(key, Item::Value(new));
        }
    }
}

fn put_account(
    root: &mut Table,
    provider: &ProviderName,
    value: Option<&str>,
) -> Result<(), String> {
    if value.is_none() && !root.contains_key("account") {
        return Ok(());
    }
    let item = root
        .entry("account")
        .or_insert_with(|| Item::Table(Table::new()));
    let Some(accounts) = item.as_table_mut() else {
        return Err(
            "write `account` as a section `[account]`, it can't be changed here".to_owned(),
        );
    };
    put(accounts, provider.as_str(), value);
    if accounts.is_empty() && value.is_none() {
        root.remove("account");
    }
    Ok(())
}

fn put_rule(
    root: &mut Table,
    provider: &ProviderName,
    folder: &str,
    value: Option<&str>,
) -> Result<(), String> {
    if value.is_none() && !root.contains_key("folder") {
        return Ok(());
    }
    let item = root
        .entry("folder")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(rules) = item.as_array_of_tables_mut() else {
        return Err(
            "write folder rules as sections `[[folder]]`, they can't be changed here".to_owned(),
        );
    };
    let is_it = |rule: &Table| {
        let text = |key| rule.get(key).and_then(Item::as_str).unwrap_or_default();
        let connection: Option<ConnectionName> = text("connection").parse().ok();
        text("path") == folder && connection.is_some_and(|it| it.provider == *provider)
    };
    let found = rules.iter().position(is_it);
    let connection = value.map(|account| format!("{provider}/{account}"));
    match (found, connection) {
        (Some(at), None) => {
            rules.remove(at);
        }
        (Some(at), Some(connection)) => {
            if let Some(rule) = rules.get_mut(at) {
                put(rule, "connection", Some(&connection));
            }
        }
        (None, Some(connection)) => {
            let mut rule = Table::new();
            put(&mut rule, "path", Some(folder));
            put(&mut rule, "connection", Some(&connection));
            rules.push(rule);
        }
        (None, None) => {}
    }
    if rules.is_empty() {
        root.remove("folder");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = "# mine\naudit = \"required\" # the law says so\n\n# who\n[account]\n\
        # the private one\ngithub = \"ada\" # not the other\n\n# at work\n[[folder]]\npath = \"~/work\"\n\
        connection = \"github/job\"\n";

    fn github() -> ProviderName {
        "github".parse().unwrap()
    }

    fn in_work() -> Place {
        Place::InFolder(github(), "~/work".to_owned())
    }

    #[test]
    fn a_change_leaves_comments_and_order_and_everything_else() {
        for (place, value, old, new) in [
            (
                Place::Audit,
                Some("best-effort"),
                "\"required\"",
                "\"best-effort\"",
            ),
            (Place::Account(github()), Some("eve"), "\"ada\"", "\"eve\""),
            (in_work(), Some("boss"), "github/job", "github/boss"),
            (Place::Audit, Some("required"), "", ""),
            (Place::Account("gitlab".parse().unwrap()), None, "", ""),
            (Place::Profile, None, "", ""),
            (
                Place::Audit,
                None,
                "# mine\naudit = \"required\" # the law says so\n",
                "",
            ),
        ] {
            let changed = changed(WRITTEN, &place, value).unwrap();
            assert_eq!(
                changed,
                WRITTEN.replacen(old, new, 1),
                "{place:?} {value:?}"
            );
        }
    }

    #[test]
    fn what_is_added_is_read_as_it_was_meant_and_removed_without_a_trace() {
        let path = Path::new("/x/config.toml");
        for place in [
            Place::Profile,
            Place::Account("gitlab".parse().unwrap()),
            Place::InFolder(github(), "/srv".to_owned()),
            Place::InFolder("gitlab".parse().unwrap(), "~/work".to_owned()),
        ] {
            for text in ["", WRITTEN] {
                let with = changed(text, &place, Some("new")).unwrap();
                let config = parse(with.as_bytes(), path).unwrap();
                let before = parse(text.as_bytes(), path).unwrap();
                assert_ne!(config, before, "{place:?}");
                let without = changed(&with, &place, None).unwrap();
                assert_eq!(parse(without.as_bytes(), path).unwrap(), before);
                assert_eq!(without.trim(), text.trim(), "{place:?}");
            }
        }
    }

    #[test]
    fn a_value_that_can_not_be_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        private_file::replace(&path, WRITTEN.as_bytes()).unwrap();
        for (place, value) in [
            (Place::Audit, "sometimes"),
            (Place::Profile, "../x"),
            (Place::Account(github()), "a/b"),
            (Place::InFolder(github(), "work".to_owned()), "job"),
        ] {
            assert!(change(&path, &place, Some(value)).is_err(), "{place:?}");
        }
        let now = private_file::read_any(&path, LIMIT).unwrap();
        assert_eq!(now, WRITTEN.as_bytes());
        assert!(!change(&path, &Place::Audit, Some("required")).unwrap());
        assert!(change(&path, &Place::Audit, Some("best-effort")).unwrap());
    }
}
