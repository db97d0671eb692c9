use std::path::Path;

use super::desk;
use crate::app::App;
use crate::commands::printed;
use crate::document::path::DocPath;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::json::json;

/// Bring an earlier text of a file back
///
/// The file here becomes what it was in that version; nothing there changes until you push, and
/// `oauthctl doc undo` takes it back.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl doc log chapter3.md\n  \
    oauthctl doc restore chapter3.md@1a2b3c4")]
pub(super) struct Args {
    /// The file and the version, as `oauthctl doc log` tells it
    #[arg(value_name = "FILE@VERSION")]
    what: String,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let Some((file, version)) = args.what.rsplit_once('@').filter(|(_, v)| !v.is_empty()) else {
        return Err(Error::new(Kind::Usage, "which version?")
            .hint("say `FILE@VERSION`; `oauthctl doc log FILE` tells which there are"));
    };
    let mut manuscript = desk::manuscript(app)?;
    let here = app.here()?;
    let path = desk::inside(&here, manuscript.path(), Path::new(file))?;
    let path = DocPath::parse(&path)
        .map_err(|why| Error::new(Kind::Usage, format!("`{file}` is no file: {why}")))?;
    let link = manuscript.state.link.clone();
    let done = desk::with_store(app, &link, |store| {
        manuscript.restore(store, &path, version, &desk::on)
    })?;
    if !done {
        return Err(Error::new(
            Kind::Temporary,
            format!(
                "`{}` changed meanwhile and was left alone",
                escape::line(path.as_str())
            ),
        )
        .hint("say it again"));
    }
    if app.ui.json() {
        let document = json!({"schema": 1, "restored": path.to_string(), "version": version});
        return printed(app.ui.data(&document.to_string()));
    }
    app.ui.note(&format!(
        "`{}` is as it was in `{}`; save that with `oauthctl doc push`",
        escape::line(path.as_str()),
        escape::line(version)
    ));
    Ok(())
}
