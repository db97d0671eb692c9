//! The only printer.
//!
//! stdout is data, stderr is talk: progress, prompts, notes and hints go to stderr, and the first
//! two only to a terminal. Text that came from a server or a file goes through [`crate::escape`]
//! before it is handed in here; what is printed as data is escaped here where a terminal sees it.

mod hidden;
mod progress;
mod qr;

use std::io::{self, BufRead, IsTerminal, Write};
use std::time::Duration;

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};

pub use hidden::HiddenLines;
pub use progress::Progress;

use crate::escape;
use crate::secret::Secret;

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How much to say, and how.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one switch of the command line"
)]
pub struct Voice {
    /// Print JSON documents instead of text.
    pub json: bool,
    /// No notes on stderr, only errors.
    pub quiet: bool,
    /// More notes on stderr.
    pub verbose: bool,
    /// Never ask.
    pub no_input: bool,
    /// When to colour.
    pub color: Color,
}

/// The one way to stdout, stderr and the terminal.
#[derive(Debug)]
pub struct Ui {
    voice: Voice,
    /// The flags that commands in notes and hints must carry to mean what this run means.
    flags: String,
    may_ask: bool,
    talk_to_terminal: bool,
    data_to_terminal: bool,
}

/// How a part of a line of data looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// As it is.
    Plain,
    /// A heading.
    Bold,
    /// Beside the matter.
    Faint,
    /// Words that came: `{+like this+}` where nothing is coloured.
    Added,
    /// Words that went: `[-like this-]` where nothing is coloured.
    Removed,
}

/// A part of a line of data.
#[derive(Debug, Clone, Copy)]
pub struct Span<'a>(pub Paint, pub &'a str);

impl Paint {
    /// What stands before a text and behind it.
    const fn around(self, coloured: bool) -> (&'static str, &'static str) {
        match (self, coloured) {
            (Self::Plain, _) | (Self::Bold | Self::Faint, false) => ("", ""),
            (Self::Bold, true) => (BOLD, PLAIN),
            (Self::Faint, true) => ("\u{1b}[2m", PLAIN),
            (Self::Added, true) => ("\u{1b}[4;32m", PLAIN),
            (Self::Removed, true) => ("\u{1b}[9;31m", PLAIN),
            (Self::Added, false) => ("{+", "+}"),
            (Self::Removed, false) => ("[-", "-]"),
        }
    }
}

const BOLD: &str = "\u{1b}[1m";
const RED: &str = "\u{1b}[1;31m";
const YELLOW: &str = "\u{1b}[1;33m";
const CYAN: &str = "\u{1b}[36m";
const PLAIN: &str = "\u{1b}[0m";

impl Ui {
    /// Looks at the standard streams and decides what may be asked and drawn.
    #[must_use]
    pub fn new(voice: Voice) -> Self {
        let talk_to_terminal = io::stderr().is_terminal();
        Self {
            voice,
            flags: String::new(),
            may_ask: !voice.no_input && io::stdin().is_terminal() && talk_to_terminal,
            talk_to_terminal,
            data_to_terminal: io::stdout().is_terminal(),
        }
    }

    /// From now on every command in notes and hints carries these flags, as they were given: whoever
    /// pastes it means the same vault.
    #[must_use]
    pub fn repeating(mut self, flags: &[(&str, String)]) -> Self {
        for (flag, value) in flags {
            self.flags.extend([" ", flag, " ", &shell_word(value)]);
        }
        self
    }

    /// A text with its commands as they have to be typed here; once is as good as twice.
    #[must_use]
    pub fn as_typed(&self, text: &str) -> String {
        if self.flags.is_empty() {
            return text.to_owned();
        }
        // A command is named alone or at the end of a pipe.
        ["`", "| "].iter().fold(text.to_owned(), |text, before| {
            let without = format!("{before}oauthctl ");
            let with_flags = format!("{before}oauthctl{} ", self.flags);
            text.replace(&with_flags, &without)
                .replace(&without, &with_flags)
        })
    }

    /// Whether documents are wanted as JSON.
    #[must_use]
    pub const fn json(&self) -> bool {
        self.voice.json
    }

    /// Whether somebody reads stderr on a terminal.
    #[must_use]
    pub const fn talks_to_terminal(&self) -> bool {
        self.talk_to_terminal
    }

    /// Whether a person is there to answer.
    #[must_use]
    pub const fn may_ask(&self) -> bool {
        self.may_ask
    }

    /// Prints one line of data.
    ///
    /// # Errors
    /// When stdout is gone.
    pub fn data(&self, line: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.data_to_terminal {
            writeln!(out, "{}", escape::block(line))
        } else {
            writeln!(out, "{line}")
        }
    }

    /// Prints one line of data whose parts look different. Where nothing is coloured, what came and
    /// what went is marked by characters.
    ///
    /// # Errors
    /// When stdout is gone.
    pub fn spans(&self, spans: &[Span<'_>]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let coloured = self.colours(AutoStream::choice(&out));
        let is_safe = !self.data_to_terminal && !coloured;
        writeln!(out, "{}", painted(spans, coloured, is_safe))
    }

    /// Shows such a line to whoever is asked something.
    pub fn show(&self, spans: &[Span<'_>]) {
        let mut talk = io::stderr().lock();
        let coloured = self.colours(AutoStream::choice(&talk));
        let line = format!("{}\n", painted(spans, coloured, false));
        // Nobody is left to tell when stderr is gone.
        let _ = talk.write_all(line.as_bytes());
    }

    fn colours(&self, by_itself: ColorChoice) -> bool {
        match self.voice.color {
            Color::Auto => by_itself != ColorChoice::Never,
            Color::Always => true,
            Color::Never => false,
        }
    }

    /// Prints data of any kind, byte for byte; on a terminal what could drive it is escaped.
    ///
    /// # Errors
    /// When stdout is gone.
    pub fn bytes(&self, data: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.data_to_terminal {
            let text = escape::block(&String::from_utf8_lossy(data));
            writeln!(out, "{}", text.trim_end())?;
        } else {
            out.write_all(data)?;
        }
        out.flush()
    }

    /// Prints a secret as data, byte for byte. The only place where one leaves on purpose.
    ///
    /// # Errors
    /// When stdout is gone: then the secret was not handed over.
    pub fn hand_over(&self, line: &Secret) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(line.expose().as_bytes())?;
        out.write_all(b"\n")?;
        out.flush()
    }

    /// Lets go of stdout: whoever reads there has all of it.
    pub fn no_more_data() {
        #[cfg(unix)]
        if let Ok(nowhere) = std::fs::File::options().write(true).open("/dev/null") {
            let _ = rustix::stdio::dup2_stdout(nowhere);
        }
    }

    /// A note for the person, unless `--quiet`.
    pub fn note(&self, text: &str) {
        if !self.voice.quiet {
            self.talk(&escape::block(&self.as_typed(text)));
        }
    }

    /// Something the person has to act on, such as an address to open; `--quiet` does not silence
    /// it.
    pub fn instruct(&self, text: &str) {
        self.talk(&escape::block(text));
    }

    /// A note for the curious, with `--verbose`.
    pub fn detail(&self, text: &str) {
        if self.voice.verbose {
            self.talk(&format!(
                "{CYAN}{}{PLAIN}",
                escape::block(&self.as_typed(text))
            ));
        }
    }

    /// Something that is wrong but stops nothing. `--quiet` does not silence it.
    pub fn warn(&self, text: &str) {
        let text = escape::block(&self.as_typed(text));
        self.talk(&format!("{YELLOW}warning:{PLAIN} {text}"));
    }

    /// A warning amid what stands on the line, such as a bar and the terminal's own `^C`: it takes
    /// their place.
    pub fn interrupt(&self, text: &str) {
        if self.talk_to_terminal {
            let _ = io::stderr().lock().write_all(b"\r\x1b[K"); // nobody is left to tell
        }
        self.warn(text);
    }

    /// A heading or a command echoed by `demo`.
    pub fn heading(&self, text: &str) {
        self.talk(&format!("{BOLD}{}{PLAIN}", escape::block(text)));
    }

    /// A way out where nothing failed.
    pub fn hint(&self, text: &str) {
        if !self.voice.quiet {
            let text = escape::block(&self.as_typed(text));
            self.talk(&format!("{CYAN}hint:{PLAIN} {text}"));
        }
    }

    /// A failure with its causes, what else there is to know, and the ways out.
    pub fn error(&self, message: &str, causes: &[String], notes: &[String], hints: &[String]) {
        self.talk(&format!("{RED}error:{PLAIN} {}", escape::block(message)));
        for cause in causes {
            self.talk(&format!("  caused by: {}", escape::block(cause)));
        }
        for note in notes {
            self.talk(&format!("note: {}", escape::block(&self.as_typed(note))));
        }
        for hint in hints {
            let hint = escape::block(&self.as_typed(hint));
            self.talk(&format!("{CYAN}hint:{PLAIN} {hint}"));
        }
    }

    /// A line of JSON on stderr.
    pub fn error_document(&self, document: &str) {
        // Nobody is left to tell when stderr is gone.
        let _ = io::stderr()
            .lock()
            .write_all(format!("{document}\n").as_bytes());
    }

    /// Asks for a line. `None` when nobody is there to answer or nothing was typed.
    #[must_use]
    pub fn ask(&self, question: &str) -> Option<String> {
        if !self.may_ask {
            return None;
        }
        self.prompt(question);
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).ok()?;
        let answer = answer.trim();
        (!answer.is_empty()).then(|| answer.to_owned())
    }

    /// Asks a question that only `y` or `yes` answers with yes.
    #[must_use]
    pub fn confirm(&self, question: &str) -> bool {
        self.ask(&format!("{question} [y/N] "))
            .is_some_and(|answer| matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Asks for a secret without showing it, on the terminal itself.
    ///
    /// # Errors
    /// When there is no terminal or it went away.
    pub fn ask_secret(&self, question: &str) -> io::Result<Secret> {
        if !self.may_ask {
            return Err(io::Error::other("there is no terminal to ask on"));
        }
        rpassword::prompt_password(question).map(Secret::new)
    }

    /// Lines that a person types or pastes while something else goes on, without showing them.
    /// Nothing where nobody is there to answer.
    #[must_use]
    pub fn hidden_lines(&self) -> Option<HiddenLines> {
        if self.may_ask {
            HiddenLines::of_terminal()
        } else {
            None
        }
    }

    /// Lines of stdin, whatever that is; on a terminal they are not shown.
    #[must_use]
    pub fn lines(&self) -> HiddenLines {
        self.hidden_lines().unwrap_or_else(HiddenLines::of_stdin)
    }

    /// A short code that a person types elsewhere.
    pub fn code(&self, code: &str) {
        self.talk(&format!("\n    {BOLD}{}{PLAIN}\n", escape::line(code)));
    }

    /// A QR code on stderr, for the camera of another device. Says whether it could be drawn.
    #[must_use]
    pub fn qr(&self, text: &str) -> bool {
        let Some(rows) = qr::rows(text) else {
            return false;
        };
        for row in &rows {
            // White and black by number: a theme may call anything white.
            self.talk(&format!("\u{1b}[38;5;231;48;5;16m{row}{PLAIN}"));
        }
        let window = progress::rows().unwrap_or(usize::MAX);
        if let Some(text) = qr::too_high(rows.len(), window) {
            self.warn(&text);
        }
        true
    }

    /// A progress bar on a terminal, nothing elsewhere.
    #[must_use]
    pub fn progress(&self, steps: u64) -> Progress {
        let drawn = self.talk_to_terminal && !self.voice.quiet && !self.voice.json;
        Progress::new(steps, drawn)
    }

    fn prompt(&self, question: &str) {
        let mut talk = self.stream();
        let _ = write!(talk, "{}", escape::block(question)).and_then(|()| talk.flush());
    }

    /// One line in one piece: what other processes say at the same time comes before or after it.
    fn talk(&self, text: &str) {
        let mut line = format!("{text}\n");
        if !self.colours(AutoStream::choice(&io::stderr())) {
            // The stream would write what is between the colours piece by piece.
            line = strip_str(&line).to_string();
        }
        // Nobody is left to tell when stderr is gone.
        let _ = self.stream().write_all(line.as_bytes());
    }

    fn stream(&self) -> AutoStream<io::StderrLock<'static>> {
        let stderr = io::stderr().lock();
        match self.voice.color {
            Color::Auto => AutoStream::auto(stderr),
            Color::Always => AutoStream::always(stderr),
            Color::Never => AutoStream::never(stderr),
        }
    }
}

/// The parts of a line, one after the other.
fn painted(spans: &[Span<'_>], coloured: bool, is_safe: bool) -> String {
    let mut line = String::new();
    for Span(paint, text) in spans.iter().filter(|Span(_, text)| !text.is_empty()) {
        let (before, behind) = paint.around(coloured);
        line.push_str(before);
        if is_safe {
            line.push_str(text);
        } else {
            line.push_str(&escape::block(text));
        }
        line.push_str(behind);
    }
    line
}

/// A value as a POSIX shell reads it back, quoted where it has to be.
#[must_use]
pub fn shell_word(value: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// A duration as people say it: `59s`, `12m`, `3h 5m`, `42d`.
#[must_use]
pub fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..172_800 if (seconds % 3600) < 60 => format!("{}h", seconds / 3600),
        3600..172_800 => format!("{}h {}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// `1 connection`, `2 connections`.
#[must_use]
#[expect(
    clippy::needless_pass_by_value,
    reason = "numbers, of whatever width they are counted in"
)]
pub fn counted<N: ToString>(count: N, thing: &str) -> String {
    let count = count.to_string();
    let end = if count == "1" { "" } else { "s" };
    format!("{count} {thing}{end}")
}

/// Rows under a heading, columns aligned with two spaces between; cells are escaped.
#[must_use]
pub fn table(heading: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let escaped: Vec<Vec<String>> =
        std::iter::once(heading.iter().map(|h| (*h).to_owned()).collect())
            .chain(
                rows.iter()
                    .map(|row| row.iter().map(|cell| escape::line(cell)).collect()),
            )
            .collect();
    let width = |column: usize| {
        escaped
            .iter()
            .filter_map(|row| row.get(column))
            .map(|c| c.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    escaped
        .iter()
        .map(|row| {
            let cells = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_people_say_them() {
        let said = |seconds| span(Duration::from_secs(seconds));
        assert_eq!(said(59), "59s");
        assert_eq!(said(60), "1m");
        assert_eq!(said(3600), "1h");
        assert_eq!(said(11_100), "3h 5m");
        assert_eq!(said(86_400 * 42), "42d");
    }

    #[test]
    fn commands_in_hints_carry_the_flags_that_were_given() {
        let ui = Ui::new(Voice::default());
        assert_eq!(ui.as_typed("say `oauthctl list`"), "say `oauthctl list`");
        let ui = ui.repeating(&[
            ("--profile", "work".to_owned()),
            ("--vault", "/a b/it's.db".to_owned()),
        ]);
        assert_eq!(
            ui.as_typed("say `oauthctl list`, or `oauthctl doctor`"),
            "say `oauthctl --profile work --vault '/a b/it'\\''s.db' list`, or \
             `oauthctl --profile work --vault '/a b/it'\\''s.db' doctor`"
        );
        assert_eq!(
            ui.as_typed("`gh auth token | oauthctl connect`"),
            "`gh auth token | oauthctl --profile work --vault '/a b/it'\\''s.db' connect`"
        );
        let once = ui.as_typed("say `oauthctl list`");
        assert_eq!(ui.as_typed(&once), once);
    }

    #[test]
    fn tables_align_and_escape() {
        let rows = [
            vec!["a\u{1b}".to_owned(), "1".to_owned()],
            vec!["b".to_owned(), "2".to_owned()],
        ];
        assert_eq!(
            table(&["NAME", "N"], &rows),
            ["NAME     N", "a\\u{1b}  1", "b        2"]
        );
    }
}
