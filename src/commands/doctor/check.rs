//! One line of `doctor`: what was looked at, what it is like, and the way out.

use serde_json::Value;

use crate::error::{Error, Kind};
use crate::json::json;
use crate::ui::Ui;

/// How wide a line may be, so that it fits the narrowest usual terminal.
const WIDTH: usize = 80;

/// What stands before the text, and below it for further lines.
const INDENT: &str = "       ";

/// How good it is; later is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// It was not looked at.
    Skip,
    /// As it should be.
    Ok,
    /// It works, and will not for long or not everywhere.
    Warn,
    /// Something does not work.
    Fail(Kind),
}

impl Level {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail(_) => "fail",
        }
    }

    const fn mark(self) -> &'static str {
        match self {
            Self::Skip => "[skip]",
            Self::Ok => "[ ok ]",
            Self::Warn => "[warn]",
            Self::Fail(_) => "[fail]",
        }
    }
}

/// What was found.
#[derive(Debug, Clone)]
pub(super) struct Check {
    pub(super) level: Level,
    /// What was looked at, in one word: `keyring`.
    pub(super) topic: &'static str,
    /// Which provider or connection, where there are several.
    pub(super) subject: Option<String>,
    pub(super) text: String,
    /// Ways out, best first.
    pub(super) hints: Vec<String>,
}

impl Check {
    pub(super) fn new(level: Level, topic: &'static str, text: impl Into<String>) -> Self {
        Self {
            level,
            topic,
            subject: None,
            text: text.into(),
            hints: Vec::new(),
        }
    }

    pub(super) fn ok(topic: &'static str, text: impl Into<String>) -> Self {
        Self::new(Level::Ok, topic, text)
    }

    pub(super) fn warn(topic: &'static str, text: impl Into<String>) -> Self {
        Self::new(Level::Warn, topic, text)
    }

    pub(super) fn skip(topic: &'static str, text: impl Into<String>) -> Self {
        Self::new(Level::Skip, topic, text)
    }

    pub(super) fn fail(topic: &'static str, kind: Kind, text: impl Into<String>) -> Self {
        Self::new(Level::Fail(kind), topic, text)
    }

    /// An error that a command would have ended with.
    pub(super) fn failed(topic: &'static str, mut error: Error) -> Self {
        let mut text = std::mem::take(&mut error.message);
        for cause in &error.causes {
            text.extend([": ", cause]);
        }
        Self {
            hints: std::mem::take(&mut error.hints),
            ..Self::fail(topic, error.kind, text)
        }
    }

    pub(super) fn of(mut self, subject: &(impl ToString + ?Sized)) -> Self {
        self.subject = Some(subject.to_string());
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    pub(super) fn at(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// What kind of failure it is, if it is one.
    pub(super) fn failure(&self) -> Option<Kind> {
        match self.level {
            Level::Fail(kind) => Some(kind),
            Level::Skip | Level::Ok | Level::Warn => None,
        }
    }

    /// The documented object.
    pub(super) fn document(&self, ui: &Ui) -> Value {
        let hints: Vec<_> = self.hints.iter().map(|hint| ui.as_typed(hint)).collect();
        json!({
            "check": self.topic,
            "subject": self.subject,
            "level": self.level.word(),
            "text": self.text,
            "hints": hints,
        })
    }

    /// The lines for people.
    pub(super) fn lines(&self, ui: &Ui) -> Vec<String> {
        let subject = match &self.subject {
            Some(subject) => format!(" `{subject}`"),
            None => String::new(),
        };
        let text = format!("{}{subject}: {}", self.topic, self.text);
        let mut lines = Vec::new();
        for line in wrapped(&text) {
            let start = if lines.is_empty() {
                self.level.mark()
            } else {
                "      "
            };
            lines.push(format!("{start} {line}"));
        }
        for hint in &self.hints {
            let hint = wrapped(&format!("hint: {}", ui.as_typed(hint)));
            lines.extend(hint.iter().map(|line| format!("{INDENT}{line}")));
        }
        lines
    }
}

/// The text in lines that fit beside the mark; no word is broken.
fn wrapped(text: &str) -> Vec<String> {
    let room = WIDTH - INDENT.len();
    let mut lines = vec![String::new()];
    for word in words(text) {
        let Some(line) = lines.last_mut() else {
            continue;
        };
        if line.is_empty() {
            *line = word;
        } else if line.chars().count() + 1 + word.chars().count() <= room {
            line.extend([" ", &word]);
        } else {
            lines.push(word);
        }
    }
    lines
}

/// The words of a text. What is typed is one, so that it stays in a line and can be copied.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_typed = false;
    for word in text.trim().split([' ', '\n']) {
        match words.last_mut().filter(|_| is_typed) {
            Some(last) => last.extend([" ", word]),
            None => words.push(word.to_owned()),
        }
        is_typed ^= word.matches('`').count() % 2 == 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Voice;

    #[test]
    fn text_and_hints_are_wrapped_beside_their_mark_and_what_is_typed_is_not() {
        let long = "word ".repeat(40);
        let hint = format!("{long}`oauthctl {}`", "x  ".repeat(30));
        let check = Check::warn("vault", long).of("github").hint(&hint);
        let lines = check.lines(&Ui::new(Voice::default()));
        assert!(lines[0].starts_with("[warn] vault `github`: word word"));
        assert!(lines[1].starts_with("       word"));
        let (last, text) = lines.split_last().unwrap();
        assert!(text.iter().all(|line| line.len() <= WIDTH));
        assert!(
            text.iter()
                .any(|line| line.starts_with("       hint: word"))
        );
        assert_eq!(*last, format!("       `oauthctl {}`", "x  ".repeat(30)));
        assert_eq!(text.join(" ").matches("word").count(), 80);
    }

    #[test]
    fn the_worst_level_is_the_greatest() {
        let fail = Level::Fail(Kind::Failed);
        assert!(fail > Level::Warn && Level::Warn > Level::Ok && Level::Ok > Level::Skip);
    }
}
