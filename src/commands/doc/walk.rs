//! Going through the places of a text that two people changed, with the one who has to decide.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::app::App;
use crate::document::diff::{self, Run};
use crate::document::merge::{self, Choice, Conflict, Dispute as Place, Granularity, Merged};
use crate::document::resolve::Dispute;
use crate::document::text::Text;
use crate::env::keep_own_from;
use crate::escape;
use crate::private_file;
use crate::ui::{Paint, Span};

/// Tried in this order where the environment names no editor.
const EDITORS: [&str; 2] = ["nano", "vi"];

/// What came of it.
pub(super) enum Walked {
    /// This is what the text should be.
    Decided(Vec<u8>),
    /// Not now.
    Later,
    /// There are no places to go through: it is no text, or there is no earlier one to compare with.
    Whole,
}

/// Asks place by place. Nothing is written before the last one was decided.
pub(super) fn walk(app: &App, home: &Path, dispute: &Dispute) -> Walked {
    let read = |bytes: &Option<Vec<u8>>| bytes.as_deref().and_then(Text::read);
    let (Some(base), Some(mine), Some(theirs)) = (
        read(&dispute.base),
        read(&dispute.mine),
        read(&dispute.theirs),
    ) else {
        return Walked::Whole;
    };
    match merge::merge(&base, &mine, &theirs, Granularity::Word) {
        // what was written since made them fit
        Merged::Clean { text, .. } => Walked::Decided(text.to_bytes()),
        Merged::Conflict(conflict) => places(app, home, dispute, &conflict),
    }
}

fn places(app: &App, home: &Path, dispute: &Dispute, conflict: &Conflict) -> Walked {
    let all = conflict.disputes().count();
    let name = escape::line(dispute.path.as_str());
    let what = match all {
        1 => "one place".to_owned(),
        _ => format!("{all} places"),
    };
    app.ui.instruct(&format!(
        "`{name}`: you and somebody else changed {what}; the rest is put together"
    ));
    let mut choices = Vec::with_capacity(all);
    for (at, place) in conflict.disputes().enumerate() {
        show(app, at + 1, all, place);
        match ask(app, home, dispute, place) {
            Some(choice) => choices.push(choice),
            None => return Walked::Later,
        }
    }
    match conflict.resolve(&choices) {
        Some(text) => Walked::Decided(text.to_bytes()),
        None => Walked::Later,
    }
}

fn show(app: &App, at: usize, all: usize, place: &Place) {
    app.ui
        .show(&[Span(Paint::Bold, &format!("\n{at} of {all}"))]);
    if !place.base.trim().is_empty() {
        let before = place.base.trim_end();
        app.ui
            .show(&[Span(Paint::Faint, "before  "), Span(Paint::Faint, before)]);
    }
    for (who, text) in [("yours   ", &place.mine), ("theirs  ", &place.theirs)] {
        let runs = diff::words(&place.base, text);
        let mut spans = vec![Span(Paint::Bold, who)];
        spans.extend(runs.iter().map(|run| match run {
            Run::Same(same) => Span(Paint::Plain, same.trim_end_matches('\n')),
            Run::Change { added, .. } => Span(Paint::Added, added.trim_end_matches('\n')),
        }));
        if text.trim().is_empty() {
            spans.push(Span(Paint::Faint, "(deleted)"));
        }
        app.ui.show(&spans);
    }
}

fn ask(app: &App, home: &Path, dispute: &Dispute, place: &Place) -> Option<Choice> {
    loop {
        let question = "yours (m), theirs (t), both (b), write it yourself (e), later (Enter)? ";
        match app.ui.ask(question).as_deref() {
            Some("m" | "mine" | "yours") => return Some(Choice::Mine),
            Some("t" | "theirs") => return Some(Choice::Theirs),
            Some("b" | "both") => return Some(Choice::Both),
            Some("e" | "edit") => match edited(app, home, dispute, place) {
                Ok(text) => return Some(Choice::Text(text)),
                Err(why) => app.ui.warn(&why),
            },
            None | Some("") => return None,
            Some(_) => app.ui.instruct("say m, t, b, e, or only Enter"),
        }
    }
}

/// The place as a person writes it, who finds both versions of it in their editor.
fn edited(app: &App, home: &Path, dispute: &Dispute, place: &Place) -> Result<String, String> {
    let end = Path::new(dispute.path.as_str()).extension();
    let end = end.map_or("txt".into(), |end| end.to_string_lossy());
    let file = home.join(format!("place.{end}"));
    let mut both = place.mine.clone();
    if !both.is_empty() && !both.ends_with('\n') {
        both.push('\n');
    }
    both.push_str(&place.theirs);
    private_file::replace(&file, both.as_bytes()).map_err(|error| error.to_string())?;
    let written = write_in(app, &file).and_then(|()| {
        let text = fs::read_to_string(&file);
        text.map_err(|error| format!("could not read what you wrote: {error}"))
    });
    // Both versions are kept elsewhere.
    let _ = fs::remove_file(&file);
    let mut text = written?.replace("\r\n", "\n");
    let ends = place.mine.ends_with('\n') || place.theirs.ends_with('\n');
    if ends && !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// Runs the person's editor, without a shell, until it ends.
fn write_in(app: &App, file: &Path) -> Result<(), String> {
    let named = app.env.editor.as_ref();
    let named = named.map(|editor| editor.to_string_lossy().into_owned());
    let tried: Vec<String> = match named {
        Some(named) => vec![named],
        None => EDITORS.map(str::to_owned).to_vec(),
    };
    for editor in &tried {
        let mut words = editor.split_whitespace();
        let Some(program) = words.next() else {
            continue;
        };
        let mut command = Command::new(program);
        command.args(words).arg(file);
        keep_own_from(&mut command);
        match command.status() {
            Ok(status) if status.success() => return Ok(()),
            Ok(status) => {
                return Err(format!(
                    "`{editor}` ended with {status}; nothing is decided"
                ));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("could not start `{editor}`: {error}")),
        }
    }
    Err("there is no editor to write with: name yours in the variable `EDITOR`".to_owned())
}
