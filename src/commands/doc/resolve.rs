use std::path::{Path, PathBuf};

use super::walk::{self, Walked};
use super::{desk, shown};
use crate::app::App;
use crate::commands::printed;
use crate::document::resolve::{Dispute, Verdict};
use crate::document::state::Why;
use crate::error::Result;
use crate::escape;
use crate::json::json;

/// Decide what a text should be that you and somebody else changed
///
/// Without a flag you are asked, place by place: yours, theirs, both, or as you write it in your
/// editor (`VISUAL`, `EDITOR`). Nothing is pushed; what you decide against stays in the trash, and
/// `oauthctl doc undo` brings it back.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl doc resolve\n  \
    oauthctl doc resolve chapter3.md --theirs")]
pub(super) struct Args {
    /// Only these files or folders
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Yours is right
    #[arg(long, conflicts_with_all = ["theirs", "both"])]
    mine: bool,
    /// Theirs is right, be it that they deleted it
    #[arg(long, conflicts_with = "both")]
    theirs: bool,
    /// Keep both, yours first
    #[arg(long)]
    both: bool,
}

/// What a person can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Say {
    Mine,
    Theirs,
    Both,
    Nothing,
}

impl Args {
    fn say(&self) -> Option<Say> {
        match (self.mine, self.theirs, self.both) {
            (true, _, _) => Some(Say::Mine),
            (_, true, _) => Some(Say::Theirs),
            (_, _, true) => Some(Say::Both),
            _ => None,
        }
    }
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let mut manuscript = desk::manuscript(app)?;
    let selection = desk::selection(app, manuscript.path(), &args.files)?;
    desk::check_named(&manuscript, &selection, &args.files)?;
    let (mut settled, mut left) = (Vec::new(), 0);
    for dispute in manuscript.disputes()? {
        if !selection.has(dispute.path.as_str()) {
            continue;
        }
        let verdict = match args.say() {
            Some(said) => verdict(&dispute, said),
            None => decided(app, &manuscript.home(), &dispute),
        };
        let done = match verdict {
            Some(verdict) => manuscript.settle(&dispute, verdict, &desk::on)?,
            None => false,
        };
        if done {
            settled.push(dispute.path.to_string());
        } else {
            left += 1;
        }
    }
    if app.ui.json() {
        let document = json!({"schema": 1, "settled": settled, "left": left});
        printed(app.ui.data(&document.to_string()))?;
    } else {
        for path in &settled {
            printed(app.ui.data(&format!("settled  {}", escape::line(path))))?;
        }
        match (settled.len(), left) {
            (0, 0) => app.ui.note("there is nothing to decide"),
            (0, _) => {}
            _ => app.ui.note("save it with `oauthctl doc push`"),
        }
    }
    if left > 0 {
        return Err(shown::decide(left));
    }
    Ok(())
}

/// What a person says who is asked: place by place where there are places, else as a whole.
fn decided(app: &App, home: &Path, dispute: &Dispute) -> Option<Verdict> {
    if !app.ui.may_ask() {
        return None;
    }
    if dispute.why == Why::Conflict {
        match walk::walk(app, home, dispute) {
            Walked::Decided(text) => return Some(Verdict::Text(text)),
            Walked::Later => return None,
            Walked::Whole => {}
        }
    }
    verdict(dispute, ask(app, dispute))
}

fn ask(app: &App, dispute: &Dispute) -> Say {
    let path = escape::line(dispute.path.as_str());
    let question = match (dispute.why, &dispute.copy) {
        (Why::DeletedThere, _) => {
            app.ui.note(&format!(
                "`{path}`: you changed it, and it was deleted there"
            ));
            "keep yours (m), delete it too (t), later (Enter)? "
        }
        (Why::Conflict | Why::Later, copy) => {
            let beside = copy.as_deref().map(escape::line).unwrap_or_default();
            app.ui.note(&format!(
                "`{path}`: you and somebody else changed the same words; theirs is in `{beside}`"
            ));
            "yours as it is now (m), theirs (t), both (b), later (Enter)? "
        }
    };
    match app.ui.ask(question).as_deref() {
        Some("m" | "mine") => Say::Mine,
        Some("t" | "theirs") => Say::Theirs,
        Some("b" | "both") => Say::Both,
        _ => Say::Nothing,
    }
}

/// Both texts can be had where both are texts.
fn verdict(dispute: &Dispute, said: Say) -> Option<Verdict> {
    match said {
        Say::Mine => Some(Verdict::Mine),
        Say::Theirs => Some(Verdict::Theirs),
        Say::Both => {
            let mine = dispute.mine.clone().unwrap_or_default();
            let theirs = dispute.theirs.as_ref()?;
            let texts = std::str::from_utf8(&mine).is_ok() && std::str::from_utf8(theirs).is_ok();
            let between: &[u8] = if mine.ends_with(b"\n") || mine.is_empty() {
                b""
            } else {
                b"\n"
            };
            texts.then(|| Verdict::Text([mine.as_slice(), between, theirs].concat()))
        }
        Say::Nothing => None,
    }
}
