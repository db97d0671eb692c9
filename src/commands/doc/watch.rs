use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::{desk, push, shown};
use crate::app::{App, moment};
use crate::commands::token::duration;
use crate::commands::{hooks, printed};
use crate::document::error::{DocumentError, StoreError};
use crate::document::oid::Oid;
use crate::document::push::{Outcome, Wish};
use crate::error::{Error, Kind, Result};
use crate::lock;
use crate::stop;
use crate::ui::counted;
use crate::vault::Action;

/// How often the folder is looked at.
const LOOK: Duration = Duration::from_secs(1);
const GLANCE: Duration = Duration::from_millis(50);
/// After a failure, and how long the waits become.
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// Save by itself while you write, until you stop it
///
/// What you changed is saved when you paused for a while. Without a network it is kept here as it was
/// each time, and sent in that order later. What somebody else saves is brought in as `doc push` does;
/// what needs your decision is said, and waits. Ctrl-C ends it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Save after a pause of so long, such as 30s
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "30s")]
    after: Duration,
    /// Save so often at most
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "60s")]
    every: Duration,
    /// So many files may be deleted in the repository with one version
    #[arg(long, value_name = "N", default_value_t = 0)]
    allow_deletes: usize,
}

/// What is remembered from one look to the next.
struct Watch<'a> {
    app: &'a App,
    args: &'a Args,
    /// What was new at the last look, and since when it has been so.
    seen: (BTreeMap<String, Option<Oid>>, Instant),
    saved: Option<Instant>,
    /// After a failure: how long to wait, and since when.
    waits: Option<(Duration, Instant)>,
    waiting: Vec<String>,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    // Said at once where the folder is not linked.
    let manuscript = desk::manuscript(app)?;
    app.ui.note(&format!(
        "watching `{}`, to be saved in `{}`; Ctrl-C ends it",
        manuscript.path().display(),
        manuscript.state.link.name
    ));
    drop(manuscript);
    let _listening = stop::listen().map_err(|error| {
        Error::new(Kind::Failed, "could not listen for signals").caused_by(&error)
    })?;
    let mut watch = Watch {
        app,
        args,
        seen: (BTreeMap::new(), Instant::now()),
        saved: None,
        waits: None,
        waiting: Vec::new(),
    };
    while stop::asked().is_none() {
        watch.look()?;
        // A signal that ends this ends the watch, too.
        let _ = hooks::run(app);
        let pause = LOOK.min(args.after);
        lock::retry(pause, GLANCE, || Ok::<_, Error>(stop::asked().is_some()))?;
    }
    watch.end()
}

impl Watch<'_> {
    fn look(&mut self) -> Result<()> {
        let manuscript = match desk::manuscript(self.app) {
            // another command takes its time: the next look will do
            Err(error) if error.kind == Kind::Temporary => return Ok(()),
            opened => opened?,
        };
        let news = manuscript.news()?;
        let waits = !manuscript.queued()?.is_empty();
        drop(manuscript);
        if news != self.seen.0 {
            self.seen = (news, Instant::now());
        }
        let is_new = !self.seen.0.is_empty();
        let paused = self.seen.1.elapsed() >= self.args.after;
        let often = self
            .saved
            .is_some_and(|saved| saved.elapsed() < self.args.every);
        if (!is_new && !waits) || (is_new && !paused) || often {
            return Ok(());
        }
        if let Some((wait, since)) = self.waits
            && since.elapsed() < wait
        {
            return self.put_by();
        }
        self.save()
    }

    /// Keeps what is new as it is, for later.
    fn put_by(&mut self) -> Result<()> {
        let at = shown::minute(&moment().wall.to_string());
        if desk::manuscript(self.app)?.put_by(&at)? {
            self.app.ui.note("kept here, to be sent later");
        }
        Ok(())
    }

    fn save(&mut self) -> Result<()> {
        let app = self.app;
        let mut manuscript = desk::manuscript(app)?;
        let wish = Wish {
            allowed_deletions: self.args.allow_deletes,
            ..Wish::default()
        };
        let link = manuscript.state.link.clone();
        let saved = desk::try_store(app, &link, |store| {
            let mut outcomes = manuscript.push_queued(store, &wish, &desk::on)?;
            outcomes.push(manuscript.push(store, &wish, &desk::on)?);
            Ok(outcomes)
        });
        drop(manuscript);
        match saved {
            Ok(outcomes) => {
                if self.waits.take().is_some() {
                    app.ui.note("the store can be reached again");
                }
                self.saved = Some(Instant::now());
                let versions = outcomes.iter().filter(|one| one.version.is_some()).count();
                if versions > 0 {
                    let detail = format!("watched, {}", counted(versions, "version"));
                    desk::log(app, Action::DocPush, &link, &Ok(()), &detail);
                }
                self.tell(&link.name, &outcomes)
            }
            Err((error, shown)) => self.failed(&error, shown),
        }
    }

    fn tell(&mut self, name: &str, outcomes: &[Outcome]) -> Result<()> {
        for outcome in outcomes {
            let quiet = outcome.version.is_none() && outcome.arrivals.files.is_empty();
            if self.app.ui.json() && !quiet {
                let document = push::document(name, outcome);
                printed(self.app.ui.data(&document.to_string()))?;
            } else if !self.app.ui.json() {
                shown::arrivals(self.app, &outcome.arrivals)?;
                push::files(self.app, outcome)?;
            }
        }
        let waiting = outcomes.last().map(|last| last.waiting.clone());
        let waiting = waiting.unwrap_or_default();
        if !waiting.is_empty() && waiting != self.waiting {
            self.app
                .ui
                .warn("what needs your decision waits: `oauthctl doc resolve`");
        }
        self.waiting = waiting;
        Ok(())
    }

    /// What passes by itself is waited for; the rest ends it.
    fn failed(&mut self, error: &DocumentError, shown: Error) -> Result<()> {
        let DocumentError::Store(
            StoreError::Unreachable { .. }
            | StoreError::Unknown { .. }
            | StoreError::Limited { .. }
            | StoreError::Busy,
        ) = error
        else {
            return Err(shown);
        };
        let wait = match (self.waits, shown.retry_after) {
            (_, Some(wait)) => wait,
            (Some((wait, _)), None) => (wait * 2).min(LONGEST_WAIT),
            (None, None) => FIRST_WAIT.min(self.args.every),
        };
        if self.waits.is_none() {
            let why = shown.causes.first().unwrap_or(&shown.message);
            self.app
                .ui
                .warn(&format!("can't be saved there now: {why}"));
        }
        self.waits = Some((wait, Instant::now()));
        self.put_by()
    }

    /// What was not saved yet is said, not lost.
    fn end(&self) -> Result<()> {
        let manuscript = desk::manuscript(self.app)?;
        if !manuscript.news()?.is_empty() || !manuscript.queued()?.is_empty() {
            self.app
                .ui
                .note("not everything is saved there yet: `oauthctl doc push`, or watch again");
        }
        Ok(())
    }
}
