//! Writers at their desks: folders of one world that are linked to one repository, and the wire
//! between.

use std::fs;
use std::path::PathBuf;

use oauthctl::sandbox::{Area, Endpoint};
use serde_json::Value;

use crate::world::{Call, Output, World};

/// The repository of all desks.
pub(crate) const NOVEL: &str = "writer/novel";

/// One folder.
pub(crate) struct Desk<'a> {
    pub(crate) world: &'a World,
    folder: String,
}

impl World {
    /// A world whose account may keep manuscripts, and an empty repository.
    pub(crate) fn with_novel() -> Self {
        let world = Self::new();
        world
            .connect_with(&["sandbox", "--scope", "repo"])
            .0
            .ended(0);
        world.sandbox(|sandbox| sandbox.github().create("writer", "novel"));
        world
    }

    /// A folder of this name, not linked yet.
    pub(crate) fn folder(&self, name: &str) -> Desk<'_> {
        let folder = format!("work/{name}");
        fs::create_dir_all(self.path(&folder)).unwrap();
        Desk {
            world: self,
            folder,
        }
    }

    /// A folder of this name, linked to the novel and as new as it is.
    pub(crate) fn desk(&self, name: &str) -> Desk<'_> {
        let desk = self.folder(name);
        desk.ok(&["init", "--repo", NOVEL]);
        desk.ok(&["pull"]);
        desk
    }

    /// How many requests the practice GitHub got meanwhile.
    pub(crate) fn requests<T>(&self, act: impl FnOnce() -> T) -> (u64, T) {
        let count = || self.count(Endpoint::GitHub(Area::Any));
        let before = count();
        let value = act();
        (count() - before, value)
    }

    /// Somebody commits with git.
    pub(crate) fn git(&self, files: &[(&str, Option<&[u8]>)]) -> String {
        self.sandbox(|sandbox| {
            let github = sandbox.github();
            github
                .commit(NOVEL, "main", "git", "by git", files)
                .unwrap()
        })
    }

    /// A text of the novel's last version.
    pub(crate) fn there(&self, path: &str) -> Option<String> {
        self.sandbox(|sandbox| {
            let files = sandbox.github().files(NOVEL, "main").unwrap();
            let bytes = files.get(path.as_bytes())?.clone();
            Some(String::from_utf8(bytes).unwrap())
        })
    }

    /// How many versions the novel has.
    pub(crate) fn versions(&self) -> usize {
        self.sandbox(|sandbox| sandbox.github().log(NOVEL, "main").unwrap().len())
    }
}

impl Desk<'_> {
    pub(crate) fn call(&self, args: &[&str]) -> Call<'_> {
        self.world.call(&["doc"]).args(args).within(&self.folder)
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.call(args).run()
    }

    pub(crate) fn ok(&self, args: &[&str]) -> Output {
        self.run(args).ended(0)
    }

    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let output = self.call(args).arg("--json").run();
        output.documents().remove(0)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.world.path(&self.folder).join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path(name)).ok()
    }

    pub(crate) fn delete(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    /// All files here but the program's own, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        fn walk(folder: &std::path::Path, above: &str, files: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                if name == ".oauthctl" {
                    continue;
                }
                let path = format!("{above}{name}");
                if entry.file_type().unwrap().is_dir() {
                    walk(&entry.path(), &format!("{path}/"), files);
                } else {
                    files.push(path);
                }
            }
        }
        let mut files = Vec::new();
        walk(&self.path(""), "", &mut files);
        files.sort();
        files
    }
}
