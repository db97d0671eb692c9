//! Completions and man pages, made from the command tree. They are committed; a test keeps them
//! fresh.
//!
//! `clap_mangen` writes the pages, but for three things: it leaves the date out of the title line
//! so that what follows it moves one place, it lets examples flow together, and it repeats the
//! global options on every page.

use std::fmt::Write;

use clap::{Arg, Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::commands::{self, Cli};
use crate::error::Kind;

/// The shells that completions are made for, with the file name each expects.
pub const SHELLS: [(Shell, &str); 5] = [
    (Shell::Bash, "oauthctl.bash"),
    (Shell::Zsh, "_oauthctl"),
    (Shell::Fish, "oauthctl.fish"),
    (Shell::PowerShell, "_oauthctl.ps1"),
    (Shell::Elvish, "oauthctl.elv"),
];

/// What a signal does, for people.
const SIGNALS: &str = "A signal such as Ctrl-C ends a command at once, unless a provider's answer is on \
its way that exists nowhere else, such as the new tokens of a refresh. That answer is waited for and stored, \
nothing new is begun, and a line on stderr says so. A second signal gives the answer up. Where the provider \
has spent the old refresh token by then, the connection needs a new login.";

/// What each exit code means, in order. The README shows the same table.
pub const EXIT_CODES: [(u8, &str); 12] = [
    (0, "done, or nothing to do"),
    (Kind::Failed.exit_code(), "failed"),
    (Kind::Usage.exit_code(), "the command line makes no sense"),
    (
        Kind::Conflict.exit_code(),
        "two versions of a text: a person must decide",
    ),
    (
        Kind::LoginRequired.exit_code(),
        "login required: no connection, it ended, or a scope is missing",
    ),
    (
        Kind::Temporary.exit_code(),
        "temporary: network, a server in trouble, rate limit, no answer in time; try again later",
    ),
    (
        Kind::NoKey.exit_code(),
        "no key: keyring absent or locked, wrong passphrase, no identity",
    ),
    (
        Kind::Refused.exit_code(),
        "refused by the provider or by the person",
    ),
    (
        Kind::Pending.exit_code(),
        "pending: a `connect --start` that is not finished",
    ),
    (
        Kind::Stopped.exit_code(),
        "stopped by a safety guard: tampering, roll-back, another account",
    ),
    (Kind::Interrupted.exit_code(), "interrupted"),
    (Kind::Terminated.exit_code(), "terminated"),
];

/// The variables that are listened to, and what each does. The README shows the same table.
pub const ENVIRONMENT: [(&str, &str); 14] = [
    ("OAUTHCTL_PROFILE", "the profile, as `--profile`"),
    ("OAUTHCTL_VAULT", "the vault file, as `--vault`"),
    (
        "OAUTHCTL_IDENTITY_FILE",
        "a file with the vault's key, an age identity; wins over all other places",
    ),
    (
        "OAUTHCTL_IDENTITY",
        "the vault's key itself; a file is safer, other programs of yours can read this",
    ),
    (
        "OAUTHCTL_PASSPHRASE_FILE",
        "a file with the passphrase of a protected key, in place of the question",
    ),
    (
        "OAUTHCTL_<PROVIDER>_ACCOUNT",
        "the account that the provider's name alone means",
    ),
    (
        "OAUTHCTL_<PROVIDER>_CLIENT_ID",
        "the client id for new connections to a provider; `-` in its name becomes `_`",
    ),
    (
        "OAUTHCTL_<PROVIDER>_CLIENT_SECRET",
        "the client secret, for the client id that is in use",
    ),
    ("OAUTHCTL_NO_INPUT", "never ask, as `--no-input`"),
    (
        "OAUTHCTL_HOOK",
        "this is below a hook, which is set for them: no other hook runs",
    ),
    ("BROWSER", "the browser to open"),
    ("NO_COLOR", "no colour"),
    ("CI", "an automated job: never ask"),
    (
        "HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE",
        "how to reach the network and whom to trust there",
    ),
];

/// The completion script of one shell.
#[must_use]
pub fn completions(shell: Shell) -> String {
    commands::completions::script(shell)
}

/// Every man page: file name and roff text, one per command.
#[must_use]
pub fn man_pages() -> Vec<(String, String)> {
    let mut root = tree();
    root.build();
    let mut pages = Vec::new();
    add_pages(&root, "oauthctl", None, &mut pages);
    pages
}

/// The command tree. Nobody looks for a man page of `help`.
#[must_use]
pub fn tree() -> Command {
    let root = Cli::command().bin_name("oauthctl");
    without_help(root)
}

fn without_help(command: Command) -> Command {
    command
        .disable_help_subcommand(true)
        .mut_subcommands(without_help)
}

fn add_pages(
    command: &Command,
    name: &str,
    parent: Option<&str>,
    pages: &mut Vec<(String, String)>,
) {
    let subs = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    let subs: Vec<(&Command, String)> = subs
        .map(|sub| (sub, format!("{name}-{}", sub.get_name())))
        .collect();
    pages.push((format!("{name}.1"), page(command, name, parent, &subs)));
    for (sub, its_name) in subs {
        add_pages(sub, &its_name, Some(name), pages);
    }
}

fn page(
    command: &Command,
    name: &str,
    parent: Option<&str>,
    subs: &[(&Command, String)],
) -> String {
    let is_root = parent.is_none();
    let after = command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let shown = command.clone().after_help("").mut_args(|arg| {
        let repeated = arg.is_global_set() && !is_root;
        arg.hide(repeated)
    });
    let source = concat!("oauthctl ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(shown.clone())
        .title(name)
        .source(source)
        .manual("oauthctl manual");
    let mut bytes = Vec::new();
    // Writing to memory can't fail.
    let _ = man.render(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let undated = format!(".TH {name} 1  ");
    let dated = format!(".TH {name} 1 \"\" ");
    let mut text = text
        .replacen(&undated, &dated, 1)
        .replace(".SH EXTRA\n", "");
    for arg in shown.get_positionals() {
        text = as_it_is_typed(&text, arg);
    }
    add_after_help(&mut text, &after, is_root);
    if is_root {
        add_table(&mut text, "EXIT STATUS", &exit_codes());
        section(&mut text, "SIGNALS", &format!("{}\n", escaped(SIGNALS)));
        add_table(
            &mut text,
            "ENVIRONMENT",
            &ENVIRONMENT.map(|(k, v)| (k.to_owned(), v)),
        );
    }
    let others = parent
        .map(str::to_owned)
        .into_iter()
        .chain(subs.iter().map(|(_, name)| name.clone()));
    let fields = is_root.then_some("\\fBoauthctl\\-json\\fR(5)".to_owned());
    let others: Vec<String> = others
        .map(|name| format!("\\fB{}\\fR(1)", escaped(&name)))
        .chain(fields)
        .collect();
    section(&mut text, "SEE ALSO", &format!("{}\n", others.join(",\n")));
    if !is_root {
        text.push_str(".PP\nThe options that every command takes are in \\fBoauthctl\\fR(1).\n");
    }
    ascii(&text)
}

/// The synopsis says of a positional what only clap's own usage line does: that it stands behind
/// `--`, and that there can be several.
fn as_it_is_typed(text: &str, arg: &Arg) -> String {
    let name = arg.get_value_names().and_then(<[_]>::first);
    let name = escaped(name.map_or(arg.get_id().as_str(), |name| name.as_str()));
    let dashes = if arg.is_last_set() { "\\-\\- " } else { "" };
    let several = arg.get_num_args().is_some_and(|it| it.max_values() > 1);
    let dots = if several { "..." } else { "" };
    let mut text = text.to_owned();
    for (open, close) in [('<', '>'), ('[', ']')] {
        let plain = format!("{open}\\fI{name}\\fR{close}");
        text = text.replacen(&plain, &format!("{dashes}{plain}{dots}"), 1);
    }
    text
}

fn exit_codes() -> Vec<(String, &'static str)> {
    EXIT_CODES
        .iter()
        .map(|(code, meaning)| (code.to_string(), *meaning))
        .collect()
}

/// Examples stay as they were typed; the rest of the help's tail flows. The root's tail says in
/// short what its page says at length.
fn add_after_help(text: &mut String, after: &str, is_root: bool) {
    let (examples, notes) = match after.strip_prefix("Examples:\n") {
        Some(rest) => rest.split_once("\n\n").unwrap_or((rest, "")),
        None => ("", after),
    };
    if !examples.is_empty() {
        section(
            text,
            "EXAMPLES",
            &format!(".nf\n{}\n.fi\n", escaped(examples)),
        );
    }
    if !notes.is_empty() && !is_root {
        section(text, "NOTES", &format!("{}\n", escaped(notes)));
    }
}

fn add_table(text: &mut String, title: &str, rows: &[(String, &str)]) {
    let mut body = String::new();
    for (name, meaning) in rows {
        // Writing to memory can't fail.
        let _ = writeln!(body, ".TP\n\\fB{}\\fR\n{}", escaped(name), escaped(meaning));
    }
    section(text, title, &body);
}

fn section(text: &mut String, title: &str, body: &str) {
    // Writing to memory can't fail.
    let _ = write!(text, ".SH \"{title}\"\n{body}");
}

/// Text that roff prints as it stands.
fn escaped(text: &str) -> String {
    let text = text
        .replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('\'', "\\*(Aq");
    text.lines()
        .map(|line| format!("{}{line}", if line.starts_with('.') { "\\&" } else { "" }))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Letters beyond ASCII by their number: not every roff reads UTF-8.
fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            plain.push(c);
        } else {
            // Writing to memory can't fail.
            let _ = write!(plain, "\\[u{:04X}]", u32::from(c));
        }
    }
    plain
}
