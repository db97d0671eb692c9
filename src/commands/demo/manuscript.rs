//! The demo's second half: one chapter, two desks.

use std::fs;

use super::Stage;
use crate::error::{Error, Kind, Result};
use crate::private_file;

const NOVEL: &str = "writer/novel";
const CHAPTER: &str = "chapter1.md";
const FIRST: &str =
    "# One\n\nThe sea was calm and the boats lay still. Nobody spoke of the storm.\n";

impl Stage<'_> {
    /// A manuscript: pushed, changed at two desks, merged, and looked back at.
    pub(super) fn manuscript(&self) -> Result<()> {
        self.step("a manuscript: `repo` lets this connection keep one. A chapter, saved")?;
        for desk in ["desk", "laptop"] {
            private_file::ensure_folder(&self.folder.join(desk)).map_err(|error| failed(&error))?;
        }
        self.write("desk", FIRST)?;
        let save = [
            "doc",
            "push",
            CHAPTER,
            "--repo",
            NOVEL,
            "--create",
            "--yes",
            "-m",
            "First-draft",
        ];
        self.show_in("desk", &save)?;
        self.step("on the laptop it is fetched")?;
        self.show_in("laptop", &["doc", "init", "--repo", NOVEL])?;
        self.show_in("laptop", &["doc", "pull"])?;
        self.step("one sentence is changed at the desk, another on the laptop; both are kept")?;
        self.write("desk", &FIRST.replace("calm", "restless"))?;
        self.show_in("desk", &["doc", "diff"])?;
        self.show_in("desk", &["doc", "push"])?;
        self.write(
            "laptop",
            &FIRST.replace("the storm", "the storm that was coming"),
        )?;
        self.show_in("laptop", &["doc", "push"])?;
        self.say(&format!("$ cat {CHAPTER}"))?;
        let text = fs::read_to_string(self.folder.join("laptop").join(CHAPTER));
        self.say(text.map_err(|error| failed(&error))?.trim_end())?;
        self.step("every version is there, with its words counted")?;
        self.show_in("laptop", &["doc", "log"])
    }

    fn write(&self, desk: &str, text: &str) -> Result<()> {
        let path = self.folder.join(desk).join(CHAPTER);
        private_file::replace(&path, text.as_bytes()).map_err(|error| failed(&error))
    }
}

fn failed(error: &(dyn std::error::Error + 'static)) -> Error {
    Error::new(Kind::Failed, "could not write the demo's chapter").caused_by(error)
}
