use std::path::{Path, PathBuf};

use crate::app::App;
use crate::error::{Error, Kind, Result};
use crate::names::ProviderName;
use crate::private_file;
use crate::provider::check::check;
use crate::provider::definition::Origin;
use crate::provider::{LARGEST_FILE, parse, save_user_file};
use crate::ui::shell_word;

/// Add a provider from a definition file
///
/// The file is checked and copied to your providers. A definition decides where tokens are sent:
/// add only what you have read.
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    /// The definition, a TOML file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Call it this [default: the file's name]
    #[arg(long, value_name = "NAME")]
    name: Option<ProviderName>,
    /// Replace a definition of that name
    #[arg(long)]
    replace: bool,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let name = match args.name.clone() {
        Some(name) => name,
        None => name_of(&args.file)?,
    };
    let bytes = private_file::read_any(&args.file, LARGEST_FILE).map_err(|error| {
        Error::new(Kind::Failed, "could not read the definition").caused_by(&error)
    })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::new(Kind::Failed, "the definition is not UTF-8"))?;
    // Checked under the name of the file that the person knows.
    parse(&name, &text, Origin::UserFile(args.file.clone())).map_err(|error| {
        let mut shown = Error::from(error);
        // It is none of the providers that `check` knows yet.
        shown.hints = vec![format!(
            "mend the file, and add it again: `oauthctl provider add {}`",
            shell_word(&args.file.display().to_string())
        )];
        shown
    })?;
    let target = app.providers().user_file(&name);
    if target.exists() && !args.replace {
        return Err(
            Error::new(Kind::Failed, format!("`{name}` is defined already"))
                .because(format!("`{}` exists", target.display()))
                .hint("say `--replace` to put this one in its place"),
        );
    }
    let path = save_user_file(&app.providers_folder(), &name, &text)?;
    app.ui
        .note(&format!("added `{name}` as `{}`", path.display()));
    let definition = app.providers().get(&name)?;
    for finding in check(&definition) {
        super::check::say(app, &finding);
    }
    Ok(())
}

fn name_of(file: &Path) -> Result<ProviderName> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    stem.parse().map_err(|error: crate::names::NameError| {
        Error::new(Kind::Usage, "could not name the provider after its file")
            .caused_by(&error)
            .hint("say how to call it: `--name NAME`")
    })
}
