use super::{desk, shown};
use crate::app::App;
use crate::commands::printed;
use crate::document::version_name::VersionName;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::json::json;
use crate::vault::Action;

/// Give a name to a version, or list the names that were given
///
/// `FILE@NAME` then means that version, wherever one is asked for. A name is never given twice.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl doc version \"Draft 2\"\n  \
    oauthctl doc restore chapter3.md@\"Draft 2\"\n  \
    oauthctl doc version")]
pub(super) struct Args {
    /// The name: letters, digits, blanks, `-`, `_` and `.`
    #[arg(value_name = "NAME")]
    name: Option<VersionName>,
    /// The version that is meant, as `oauthctl doc log` tells it [default: the last one seen here]
    #[arg(long, value_name = "VERSION", requires = "name")]
    at: Option<String>,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let Some(name) = &args.name else {
        return list(app);
    };
    let manuscript = desk::manuscript(app)?;
    let state = &manuscript.state;
    let link = &state.link;
    let Some(last) = state.commit else {
        return Err(Error::new(Kind::Failed, "there is no version yet")
            .hint("save one with `oauthctl doc push`"));
    };
    let done = desk::with_store(app, link, |store| {
        let version = match &args.at {
            Some(version) => store.named(version)?,
            None => last,
        };
        Ok((version, store.tag(&name.to_string(), version)?))
    });
    if !matches!(done, Ok((_, false))) {
        desk::log(
            app,
            Action::DocPush,
            link,
            &done,
            &format!("called a version {name}"),
        );
    }
    let (version, is_new) = done?;
    if app.ui.json() {
        let document = json!({
            "schema": 1,
            "called": name.to_string(),
            "version": version.to_string(),
            "is_new": is_new,
        });
        return printed(app.ui.data(&document.to_string()));
    }
    let short = shown::short(version);
    app.ui.note(&format!("version {short} is called `{name}`"));
    let news = manuscript.status(&desk::selection(app, manuscript.path(), &[])?)?;
    if args.at.is_none() && !(news.files.is_empty() && news.open.is_empty()) {
        app.ui
            .note("what is new here is not in it: save that first with `oauthctl doc push`");
    }
    Ok(())
}

fn list(app: &App) -> Result<()> {
    let manuscript = desk::manuscript(app)?;
    let link = &manuscript.state.link;
    let tags = desk::with_store(app, link, |store| Ok(store.tags()?))?;
    if app.ui.json() {
        let names = tags.iter();
        let names = names.map(|(name, oid)| json!({"called": name, "version": oid.to_string()}));
        let document = json!({
            "schema": 1,
            "repository": link.name,
            "names": names.collect::<Vec<_>>(),
        });
        return printed(app.ui.data(&document.to_string()));
    }
    for (name, oid) in &tags {
        let short = shown::short(*oid);
        printed(app.ui.data(&format!("{short}  {}", escape::line(name))))?;
    }
    if tags.is_empty() {
        app.ui.note("no version has a name yet");
    }
    Ok(())
}
