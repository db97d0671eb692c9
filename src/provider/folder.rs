//! Where definitions come from: the program itself and one folder of the user's.
//!
//! Nothing is parsed before it is asked for, so that a broken file of the user's can't stop a
//! command that doesn't need it. A file of the user's goes before a shipped definition of the same
//! name, and a broken one is an error, never a reason to use the shipped one. The working directory
//! is not looked at.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::builtin;
use super::definition::{Definition, Origin};
use super::error::ProviderError;
use super::near::near;
use super::source::{LARGEST_FILE, parse};
use crate::names::ProviderName;
use crate::private_file::{self, PrivateFileError};

/// All definitions that there are. Each is read when it is first asked for and then kept: whoever
/// asks twice gets the same rules, whatever happens to the file in between.
#[derive(Debug, Clone)]
pub struct Providers {
    folder: PathBuf,
    read: RefCell<BTreeMap<ProviderName, Arc<Definition>>>,
}

/// One definition, or what is wrong with it.
#[derive(Debug)]
pub struct Listed {
    /// The name, or what stands in its place where a file's name can't be one.
    pub name: String,
    /// The definition.
    pub definition: Result<Arc<Definition>, ProviderError>,
}

impl Providers {
    /// The shipped definitions and those in `user_folder`, which needn't exist. Reads nothing yet.
    #[must_use]
    pub fn load(user_folder: &Path) -> Self {
        Self {
            folder: user_folder.to_owned(),
            read: RefCell::default(),
        }
    }

    /// The definition called `name`; only this one is read.
    ///
    /// # Errors
    /// When there is none, or when the user's file of that name can't be used.
    pub fn get(&self, name: &ProviderName) -> Result<Arc<Definition>, ProviderError> {
        if let Some(known) = self.read.borrow().get(name) {
            return Ok(Arc::clone(known));
        }
        let definition = Arc::new(self.parsed(name)?);
        let mut read = self.read.borrow_mut();
        read.insert(name.clone(), Arc::clone(&definition));
        Ok(definition)
    }

    /// Takes a definition that is not written yet for the one of that name, in this run only.
    ///
    /// # Errors
    /// When the text is no valid definition.
    pub fn adopt(&self, name: &ProviderName, text: &str) -> Result<Arc<Definition>, ProviderError> {
        let origin = Origin::UserFile(self.user_file(name));
        let definition = Arc::new(parse(name, text, origin)?);
        let mut read = self.read.borrow_mut();
        read.insert(name.clone(), Arc::clone(&definition));
        Ok(definition)
    }

    fn parsed(&self, name: &ProviderName) -> Result<Definition, ProviderError> {
        if let Some((path, text)) = self.user_text(name)? {
            return parse(name, &text, Origin::UserFile(path));
        }
        match builtin::text(name.as_str()) {
            Some(text) => parse(name, text, Origin::BuiltIn),
            None => Err(ProviderError::Unknown {
                near: self.near(name),
                name: name.clone(),
            }),
        }
    }

    /// Every definition, sorted by name, each with its own outcome.
    ///
    /// # Errors
    /// When the folder is there but can't be read.
    pub fn list(&self) -> Result<Vec<Listed>, ProviderError> {
        let mut names = self.user_stems()?;
        names.extend(builtin::names().map(str::to_owned));
        let listed = names.into_iter().map(|name| Listed {
            definition: match name.parse() {
                Ok(parsed) => self.get(&parsed),
                Err(_) => Err(self.misnamed(&name)),
            },
            name,
        });
        Ok(listed.collect())
    }

    /// The names of all definitions, sorted; none is parsed. Files that can't be named are left out.
    #[must_use]
    pub fn names(&self) -> Vec<ProviderName> {
        let mut names = self.user_stems().unwrap_or_default();
        names.extend(builtin::names().map(str::to_owned));
        names.iter().filter_map(|name| name.parse().ok()).collect()
    }

    /// Whether a definition of this name is shipped.
    #[must_use]
    pub fn is_shipped(name: &ProviderName) -> bool {
        builtin::text(name.as_str()).is_some()
    }

    /// Where the user's definition of this name is, or would be.
    #[must_use]
    pub fn user_file(&self, name: &ProviderName) -> PathBuf {
        user_file(&self.folder, name)
    }

    fn user_text(&self, name: &ProviderName) -> Result<Option<(PathBuf, String)>, ProviderError> {
        let path = self.user_file(name);
        match fs::symlink_metadata(&path) {
            Ok(_) => {}
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(io_error("look at", &path, error)),
        }
        private_file::check_folder(&self.folder)?;
        let bytes = private_file::read_trusted(&path, LARGEST_FILE)?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some((path, text))),
            Err(_) => Err(ProviderError::Invalid {
                file: path,
                line: None,
                field: String::new(),
                why: "it is not UTF-8 text".to_owned(),
            }),
        }
    }

    fn user_stems(&self) -> Result<BTreeSet<String>, ProviderError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(BTreeSet::new()),
            Err(error) => return Err(io_error("list", &self.folder, error)),
        };
        let mut stems = BTreeSet::new();
        for entry in entries {
            let name = entry
                .map_err(|error| io_error("list", &self.folder, error))?
                .file_name();
            let name = name.to_string_lossy();
            if let Some(stem) = name.strip_suffix(".toml") {
                stems.insert(stem.to_owned());
            }
        }
        Ok(stems)
    }

    fn misnamed(&self, stem: &str) -> ProviderError {
        ProviderError::Invalid {
            file: self.folder.join(format!("{stem}.toml")),
            line: None,
            field: String::new(),
            why: "the file has to be called by the provider: 1 to 32 of a-z, 0-9 and `-`"
                .to_owned(),
        }
    }

    fn near(&self, name: &ProviderName) -> Vec<ProviderName> {
        let known = self.names();
        near(name.as_str(), known.iter().map(ProviderName::as_str))
            .into_iter()
            .filter_map(|name| name.parse().ok())
            .collect()
    }
}

/// Writes a definition into the user's folder, in place of an older one of that name, after it was
/// parsed as [`Providers::get`] will. Returns where it stands.
///
/// # Errors
/// When the text is no valid definition, or the file can't be written.
pub fn save_user_file(
    folder: &Path,
    name: &ProviderName,
    text: &str,
) -> Result<PathBuf, ProviderError> {
    let path = user_file(folder, name);
    parse(name, text, Origin::UserFile(path.clone()))?;
    private_file::ensure_folder(folder)?;
    private_file::replace(&path, text.as_bytes())?;
    Ok(path)
}

/// Removes the user's definition of this name; `false` when there was none. A shipped definition of
/// the same name holds again.
///
/// # Errors
/// When the file is there and can't be removed.
pub fn remove_user_file(folder: &Path, name: &ProviderName) -> Result<bool, ProviderError> {
    let path = user_file(folder, name);
    match fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if is_absent(&error) => return Ok(false),
        Err(error) => return Err(io_error("remove", &path, error)),
    }
    private_file::sync_parent(&path)?;
    Ok(true)
}

fn user_file(folder: &Path, name: &ProviderName) -> PathBuf {
    folder.join(format!("{name}.toml"))
}

fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

fn io_error(action: &'static str, path: &Path, source: io::Error) -> ProviderError {
    ProviderError::Unreadable(PrivateFileError::Io {
        action,
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use tempfile::TempDir;

    use super::*;

    const LABELLED: &str = "extends = \"github\"\ndisplay_name = \"Mine\"\n";

    struct World {
        root: TempDir,
    }

    impl World {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            private_file::ensure_folder(&root.path().join("providers")).unwrap();
            Self { root }
        }

        fn folder(&self) -> PathBuf {
            self.root.path().join("providers")
        }

        fn put(&self, file: &str, text: &str) -> PathBuf {
            let path = self.folder().join(file);
            private_file::replace(&path, text.as_bytes()).unwrap();
            path
        }

        fn get(&self, name: &str) -> Result<Arc<Definition>, ProviderError> {
            Providers::load(&self.folder()).get(&name.parse().unwrap())
        }
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn without_a_folder_there_are_the_shipped_definitions() {
        let providers = Providers::load(Path::new("/nonexistent/providers"));
        let names: Vec<String> = providers.names().iter().map(ToString::to_string).collect();
        let shipped: Vec<&str> = builtin::names().collect();
        assert_eq!(names, shipped);
        assert_eq!(names.len(), 13);
        let listed = providers.list().unwrap();
        assert!(listed.iter().all(|listed| listed.definition.is_ok()));
        assert_eq!(listed.len(), names.len());
    }

    #[test]
    fn a_user_file_goes_before_a_shipped_definition() {
        let world = World::new();
        assert_eq!(world.get("github").unwrap().origin, Origin::BuiltIn);
        let path = world.put("github.toml", LABELLED);
        let github = world.get("github").unwrap();
        assert_eq!(github.display_name, "Mine");
        assert_eq!(github.origin, Origin::UserFile(path));
    }

    #[test]
    fn a_broken_user_file_stops_nothing_else_and_is_listed() {
        let world = World::new();
        world.put("github.toml", "nonsense");
        world.put("work.toml", LABELLED);
        world.put("Not A Name.toml", LABELLED);
        world.put("notes.txt", "not looked at");
        assert!(world.get("google").is_ok());
        assert!(world.get("work").is_ok());
        assert!(matches!(
            world.get("github"),
            Err(ProviderError::Invalid { line: Some(1), .. })
        ));
        let listed = Providers::load(&world.folder()).list().unwrap();
        let broken: Vec<&str> = listed
            .iter()
            .filter(|listed| listed.definition.is_err())
            .map(|listed| listed.name.as_str())
            .collect();
        assert_eq!(broken, ["Not A Name", "github"]);
        assert_eq!(listed.len(), 15);
    }

    #[test]
    fn what_others_can_write_is_refused() {
        let world = World::new();
        let file = world.put("work.toml", LABELLED);
        for (folder_mode, file_mode, is_good) in [
            (0o700, 0o600, true),
            (0o755, 0o644, true),
            (0o770, 0o600, false),
            (0o702, 0o600, false),
            (0o1777, 0o600, false),
            (0o700, 0o660, false),
            (0o700, 0o602, false),
        ] {
            set_mode(&file, file_mode);
            set_mode(&world.folder(), folder_mode);
            let outcome = world.get("work");
            assert_eq!(outcome.is_ok(), is_good, "{folder_mode:o} {file_mode:o}");
            let refused = matches!(
                outcome,
                Err(ProviderError::Unreadable(PrivateFileError::Loose { .. }))
            );
            assert_eq!(refused, !is_good);
            assert!(
                world.get("google").is_ok(),
                "shipped ones don't need the folder"
            );
        }
    }

    #[test]
    fn links_pipes_and_folders_are_refused() {
        let world = World::new();
        let target = world.root.path().join("elsewhere.toml");
        private_file::replace(&target, LABELLED.as_bytes()).unwrap();
        symlink(&target, world.folder().join("link.toml")).unwrap();
        symlink("/nonexistent", world.folder().join("dangling.toml")).unwrap();
        for name in ["link", "dangling"] {
            assert!(matches!(
                world.get(name),
                Err(ProviderError::Unreadable(PrivateFileError::Symlink { .. }))
            ));
        }
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        let pipe = world.folder().join("pipe.toml");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        private_file::ensure_folder(&world.folder().join("folder.toml")).unwrap();
        for name in ["pipe", "folder"] {
            assert!(matches!(
                world.get(name),
                Err(ProviderError::Unreadable(
                    PrivateFileError::WrongType { .. }
                ))
            ));
        }
    }

    #[test]
    fn oversize_and_binary_files_are_refused() {
        let world = World::new();
        let size = usize::try_from(LARGEST_FILE).unwrap() + 1;
        world.put("big.toml", &"#".repeat(size));
        let binary = world.put("binary.toml", "");
        private_file::replace(&binary, b"display_name = \"\xff\"").unwrap();
        assert!(matches!(
            world.get("big"),
            Err(ProviderError::Unreadable(PrivateFileError::TooLarge { .. }))
        ));
        assert!(matches!(
            world.get("binary"),
            Err(ProviderError::Invalid { .. })
        ));
    }

    #[test]
    fn an_unknown_name_is_answered_with_near_ones() {
        let world = World::new();
        world.put("gitea.toml", LABELLED);
        let error = world.get("githbu").unwrap_err();
        assert_eq!(
            error.to_string(),
            "no provider is called `githbu`; near it: `github`"
        );
        assert!(
            world
                .get("gitae")
                .unwrap_err()
                .to_string()
                .contains("`gitea`")
        );
        assert_eq!(
            world.get("zzz").unwrap_err().to_string(),
            "no provider is called `zzz`"
        );
    }

    #[test]
    fn a_saved_definition_is_found_and_a_removed_one_is_not() {
        let world = World::new();
        let folder = world.root.path().join("new/providers");
        let name: ProviderName = "github".parse().unwrap();
        let path = save_user_file(&folder, &name, LABELLED).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let called = || {
            let definition = Providers::load(&folder).get(&name).unwrap();
            definition.display_name.clone()
        };
        assert_eq!(called(), "Mine");
        assert!(save_user_file(&folder, &name, "extends = 1").is_err());
        assert_eq!(called(), "Mine");
        assert!(remove_user_file(&folder, &name).unwrap());
        assert!(!remove_user_file(&folder, &name).unwrap());
        assert_eq!(called(), "GitHub");
    }

    #[test]
    fn a_definition_is_read_once() {
        let world = World::new();
        let path = world.put("work.toml", LABELLED);
        let providers = Providers::load(&world.folder());
        let name: ProviderName = "work".parse().unwrap();
        let first = providers.get(&name).unwrap();
        fs::remove_file(path).unwrap();
        assert!(Arc::ptr_eq(&first, &providers.get(&name).unwrap()));
        assert!(world.get("work").is_err(), "another reader looks anew");
    }
}
