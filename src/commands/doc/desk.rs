//! What all commands about manuscripts share: the folder, the files that were named, and the way to
//! the store with a token of the right connection.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

use crate::app::App;
use crate::commands::fresh_token;
use crate::connection::fresh::Want;
use crate::document::error::{DocumentError, Guard, StoreError};
use crate::document::github::GitHub;
use crate::document::manuscript::{self, Manuscript, Selection};
use crate::document::path::{DocPath, composed};
use crate::document::state::Link;
use crate::error::{Error, Kind, Result};
use crate::http::{Limits, Line};
use crate::names::{ConnectionName, ConnectionRef};
use crate::token::TokenSet;
use crate::ui::{self, Progress, shell_word};
use crate::vault::{Action, Outcome};

/// The scope without which GitHub shows no private repository.
const SCOPE: &str = "repo";
/// A version's list of files, or a batch of texts.
const LARGEST_ANSWER: usize = 160 * 1024 * 1024;
/// How long a rate limit is waited for: somebody who sees the countdown can end it.
const PATIENCE_SEEN: Duration = Duration::from_secs(2 * 60 * 60);
const PATIENCE_UNSEEN: Duration = Duration::from_secs(120);

/// The manuscript that the current folder is in.
pub(super) fn manuscript(app: &App) -> Result<Manuscript> {
    let here = app.here()?;
    let folder = manuscript::find(&here).unwrap_or(here);
    Ok(Manuscript::open(&folder)?)
}

/// The files that were named, as paths of the manuscript; none named means all.
pub(super) fn selection(app: &App, manuscript: &Path, files: &[PathBuf]) -> Result<Selection> {
    if files.is_empty() {
        return Ok(Selection::default());
    }
    let here = app.here()?;
    let mut paths = BTreeSet::new();
    for file in files {
        paths.insert(inside(&here, manuscript, file)?);
    }
    Ok(Selection(Some(paths)))
}

/// One file that was named, as a path of the manuscript.
pub(super) fn inside(here: &Path, manuscript: &Path, file: &Path) -> Result<String> {
    let none = |why: &str| {
        Error::from(DocumentError::NoSuchFile {
            path: file.display().to_string(),
            why: why.to_owned(),
        })
    };
    let mut whole = PathBuf::new();
    for part in here.join(file).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => whole.push(part),
        }
    }
    let rest = whole
        .strip_prefix(manuscript)
        .map_err(|_| none("it lies elsewhere"))?;
    let text = rest.to_str().ok_or_else(|| none("its name is not text"))?;
    if text.is_empty() {
        return Ok(String::new());
    }
    match DocPath::parse(text) {
        Ok(path) => Ok(path.to_string()),
        Err(why) => Err(none(&why.to_string())),
    }
}

/// Whether every file that was named is there or was there.
pub(super) fn check_named(
    manuscript: &Manuscript,
    selection: &Selection,
    files: &[PathBuf],
) -> Result<()> {
    let Some(paths) = &selection.0 else {
        return Ok(());
    };
    let scan = manuscript.scan()?;
    let known = manuscript.state.known();
    for path in paths {
        let one = Selection(Some(BTreeSet::from([path.clone()])));
        let there = scan.files.keys().chain(known.keys());
        if !there.into_iter().any(|there| one.has(there.as_str())) {
            let named = files
                .iter()
                .find(|file| composed(&file.to_string_lossy()).ends_with(path.as_str()));
            let named = named.map_or_else(|| path.clone(), |file| file.display().to_string());
            return Err(DocumentError::NoSuchFile {
                path: named,
                why: "there is no such file".to_owned(),
            }
            .into());
        }
    }
    Ok(())
}

/// Does something with the store that a link leads to.
pub(super) fn with_store<T>(
    app: &App,
    link: &Link,
    act: impl FnOnce(&GitHub<'_>) -> std::result::Result<T, DocumentError>,
) -> Result<T> {
    try_store(app, link, act).map_err(|(_, shown)| shown)
}

/// The same; beside the error as it is shown, as it was.
pub(super) fn try_store<T>(
    app: &App,
    link: &Link,
    act: impl FnOnce(&GitHub<'_>) -> std::result::Result<T, DocumentError>,
) -> std::result::Result<T, (DocumentError, Error)> {
    let stopped = |error: Error| (DocumentError::Stopped, error);
    let name: Result<ConnectionName> = link.connection.parse().map_err(|_| {
        Error::new(
            Kind::Failed,
            "the connection that is noted here has no such name",
        )
    });
    let name = name.map_err(stopped)?;
    let definition = app.providers().get(&name.provider);
    let definition = definition.map_err(|error| stopped(error.into()))?;
    let Some(place) = &definition.documents else {
        let why = format!("`{}` keeps no manuscripts", name.provider);
        let error = Error::new(Kind::Failed, why).hint("its definition has no `[documents]`");
        return Err(stopped(error));
    };
    let wire = Line::new(limits(), stop).map_err(|error| {
        stopped(Error::new(Kind::Failed, "could not start the network").caused_by(&error))
    })?;
    let no_token = RefCell::new(None);
    let given = RefCell::new(None);
    let tokens = |other: bool| {
        let refused = given.take().filter(|_| other);
        match token(app, &name, refused.as_ref()) {
            Ok(set) => Some(given.borrow_mut().insert(set).access_token.clone()),
            Err(error) => {
                *no_token.borrow_mut() = Some(error);
                None
            }
        }
    };
    let countdown = Countdown::new(app);
    let waiting = |why: &str, left: Duration| countdown.show(why, left);
    let patience = if app.ui.talks_to_terminal() {
        PATIENCE_SEEN
    } else {
        PATIENCE_UNSEEN
    };
    let store = GitHub::new(
        place,
        &wire,
        &tokens,
        &waiting,
        patience,
        link.repository,
        &link.name,
        &link.branch,
    );
    let done = act(&store).map_err(|error| look_again(&store, link, error));
    countdown.end();
    done.map_err(|error| {
        let shown = match no_token.into_inner() {
            Some(why) if matches!(error, DocumentError::Store(StoreError::NoToken)) => why,
            _ => told(&error, &name),
        };
        (error, shown)
    })
}

/// Where the repository is not found by its number: another one may have its name now. Who can't see
/// it finds none of its versions.
fn look_again(store: &GitHub<'_>, link: &Link, error: DocumentError) -> DocumentError {
    let is_version = matches!(error, DocumentError::Store(StoreError::NoVersion { .. }));
    let is_lost = matches!(error, DocumentError::Store(StoreError::NotFound { .. }));
    if !(is_version || is_lost) || link.repository == 0 {
        return error;
    }
    match store.by_name(&link.name) {
        Ok(None) if is_version => {
            let what = link.name.clone();
            DocumentError::Store(StoreError::NotFound { what })
        }
        Ok(Some(found)) if found.id != link.repository => {
            DocumentError::Guard(Guard::OtherRepository { name: found.name })
        }
        _ => error,
    }
}

fn told(error: &DocumentError, name: &ConnectionName) -> Error {
    let refused = matches!(
        error,
        DocumentError::Store(StoreError::TokenRefused | StoreError::NotFound { .. })
    );
    let error = Error::from(error);
    if refused {
        return error.hint(format!(
            "see what the account may do with `oauthctl show {name}`"
        ));
    }
    error
}

/// What a person sees while a rate limit is waited for.
struct Countdown<'a> {
    app: &'a App,
    bar: RefCell<Option<Progress>>,
}

impl<'a> Countdown<'a> {
    fn new(app: &'a App) -> Self {
        Self {
            app,
            bar: RefCell::new(None),
        }
    }

    fn show(&self, why: &str, left: Duration) {
        let mut bar = self.bar.borrow_mut();
        let bar = bar.get_or_insert_with(|| {
            self.app
                .ui
                .detail(&format!("{why}: waiting {}", ui::span(left)));
            self.app.ui.progress(left.as_secs())
        });
        bar.say(format!("{why}, going on in {}", ui::span(left)));
        bar.step();
    }

    fn end(&self) {
        self.bar.borrow_mut().take();
    }
}

fn limits() -> Limits {
    Limits {
        whole: Duration::from_secs(120),
        body: LARGEST_ANSWER,
        ..Limits::default()
    }
}

/// A signal ends the process at once, which is as good as any other crash: what is on the disk is
/// right at every moment, and the next run finds out what became of a request.
fn stop() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(std::future::pending())
}

fn token(app: &App, name: &ConnectionName, refused: Option<&TokenSet>) -> Result<TokenSet> {
    let asked = ConnectionRef::Exact(name.clone());
    let (mut vault, _) = fresh_token::vault(app, &asked)?;
    if let Some(refused) = refused {
        fresh_token::renew(app, &mut vault, name, refused)?;
    }
    let hand_out = fresh_token::hand_out(app, &mut vault, &asked, &Want::default())?;
    let granted = &hand_out.set.granted;
    // an app of GitHub's own kind has permissions and no scopes
    if !granted.is_empty() && !granted.iter().any(|scope| scope.as_str() == SCOPE) {
        return Err(Error::new(
            Kind::LoginRequired,
            format!("`{name}` may not read and write repositories"),
        )
        .because(format!("the scope `{SCOPE}` was not granted"))
        .hint(format!(
            "allow it with `oauthctl connect {} --add {SCOPE}`",
            shell_word(&name.to_string())
        )));
    }
    Ok(hand_out.set)
}

/// Notes in the audit log what was done with a connection.
pub(super) fn log<T>(app: &App, action: Action, link: &Link, done: &Result<T>, detail: &str) {
    let outcome = match done {
        Ok(_) => Outcome::Done,
        Err(error) => match error.kind {
            Kind::Conflict => Outcome::Done,
            Kind::Temporary | Kind::Interrupted | Kind::Terminated => Outcome::Temporary,
            Kind::Refused => Outcome::Refused,
            Kind::Failed
            | Kind::Usage
            | Kind::LoginRequired
            | Kind::NoKey
            | Kind::Pending
            | Kind::Stopped => Outcome::Failed,
        },
    };
    let logged = (|| -> Result<()> {
        let name: ConnectionName = link
            .connection
            .parse()
            .map_err(|_| Error::new(Kind::Failed, "the connection has no name"))?;
        let mut event = app.world().event(action, &name, outcome);
        event.detail = Some(format!("{}: {detail}", link.name));
        let mut vault = app.need_vault()?;
        vault.mutate(|writer| writer.log(&event))?;
        app.save_anchor(&mut vault);
        Ok(())
    })();
    if let Err(error) = logged {
        app.ui.warn(&format!(
            "this is not in the audit log: {}",
            error.causes.first().unwrap_or(&error.message)
        ));
    }
}

/// Goes on until somebody stops it, and that the line sees.
pub(super) fn on(_: &str) -> bool {
    true
}
