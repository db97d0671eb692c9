//! The README says what the program does: its tables are the program's own, its commands are ones
//! that the program takes, and those marked `<!-- runs -->` run.

use std::collections::BTreeSet;

use clap::Command;
use oauthctl::error::Kind;
use oauthctl::generate;

use crate::tree::text;

#[test]
fn the_table_of_exit_codes_is_the_programs_own() {
    let rows = table("| exit code | meaning |");
    let own: Vec<Vec<String>> = generate::EXIT_CODES
        .iter()
        .map(|(code, meaning)| vec![code.to_string(), (*meaning).to_owned()])
        .collect();
    assert_eq!(rows, own);
    let codes: BTreeSet<u8> = generate::EXIT_CODES.iter().map(|(code, _)| *code).collect();
    let kinds: BTreeSet<u8> = kinds()
        .into_iter()
        .map(Kind::exit_code)
        .chain([0])
        .collect();
    assert_eq!(codes, kinds, "one row for each kind");
}

#[test]
fn the_table_of_variables_is_the_programs_own() {
    let rows = table("| variable | does |");
    let own: Vec<Vec<String>> = generate::ENVIRONMENT
        .iter()
        .map(|(names, meaning)| {
            let names: Vec<String> = names.split(", ").map(|name| format!("`{name}`")).collect();
            vec![names.join(", "), (*meaning).to_owned()]
        })
        .collect();
    assert_eq!(rows, own);
    let code = text("src/env.rs");
    for word in code.split('"').filter(|word| word.starts_with("OAUTHCTL_")) {
        let told = generate::ENVIRONMENT
            .iter()
            .any(|(names, _)| names.contains(word));
        assert!(
            told || word == "OAUTHCTL_",
            "`{word}` is listened to and not told of"
        );
    }
}

#[test]
fn the_table_of_commands_is_the_command_tree() {
    let rows = table("| command | does |");
    let listed: BTreeSet<String> = rows.iter().flat_map(|row| commands_in(&row[0])).collect();
    let mut own = BTreeSet::new();
    add_commands(&generate::tree(), "", &mut own);
    assert_eq!(listed, own);
}

#[test]
fn every_command_in_the_readme_is_one_that_the_program_takes() {
    let commands = commands(&text("README.md"));
    assert!(commands.len() > 20, "{commands:?}");
    for command in commands {
        assert!(is_taken(&command), "{command:?}");
    }
}

#[test]
fn a_command_that_the_program_does_not_take_would_be_found() {
    let bad = "```sh\noauthctl token github --min-tll 3 | cat\n```\n";
    let found = commands(bad);
    assert_eq!(found.len(), 1);
    assert!(!is_taken(&found[0]));
    assert_eq!(commands("say `oauthctl nonsense` now").len(), 1);
    assert_eq!(
        commands("```console\n$ A=1 x && oauthctl list > f\noauthctl output\n```\n"),
        [["oauthctl", "list"]]
    );
}

#[test]
fn the_readme_says_which_rust_is_needed() {
    let needed = env!("CARGO_PKG_RUST_VERSION");
    assert!(text("README.md").contains(&format!("Rust {needed} or newer")));
}

/// What the README shows as TOML: settings begin with their file's name, the rest is a provider.
fn examples(readme: &str, settings: bool) -> Vec<&str> {
    blocks(readme)
        .filter(|(kind, _)| *kind == "toml")
        .map(|(_, text)| text)
        .filter(|text| text.starts_with("# config.toml") == settings)
        .collect()
}

#[test]
fn the_settings_of_the_readme_are_settings() {
    let readme = text("README.md");
    let examples = examples(&readme, true);
    assert_eq!(examples.len(), 1);
    let path = std::path::Path::new("config.toml");
    let config = oauthctl::config::parse(examples[0].as_bytes(), path).unwrap();
    assert_eq!(config.hooks.on_login_required[0], "notify-send");
}

#[test]
fn the_provider_of_the_readme_is_a_provider() {
    let readme = text("README.md");
    let examples = examples(&readme, false);
    assert_eq!(examples.len(), 1);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("example.toml"), examples[0]).unwrap();
    let providers = oauthctl::provider::Providers::load(folder.path());
    let example = providers.get(&"example".parse().unwrap()).unwrap();
    assert_eq!(example.display_name, "Example");
}

#[cfg(unix)]
#[test]
fn what_is_marked_in_the_readme_runs() {
    let readme = text("README.md");
    let marked: Vec<&str> = readme
        .split("<!-- runs -->\n")
        .skip(1)
        .map(|rest| blocks(rest).next().unwrap().1)
        .collect();
    assert!(!marked.is_empty());
    for script in marked {
        let home = tempfile::tempdir().unwrap();
        let program = std::path::Path::new(env!("CARGO_BIN_EXE_oauthctl"));
        let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
        let run = std::process::Command::new("/bin/sh")
            .args(["-euc", script])
            .env_clear()
            .env("HOME", home.path())
            .env("PATH", path)
            .current_dir(home.path())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{script}\n{said}");
        assert!(!run.stdout.is_empty(), "{script}\n{said}");
    }
}

/// Every kind of failure: a new one doesn't compile here until it has its place.
pub(crate) fn kinds() -> Vec<Kind> {
    let after = |kind| match kind {
        Kind::Failed => Some(Kind::Usage),
        Kind::Usage => Some(Kind::Conflict),
        Kind::Conflict => Some(Kind::LoginRequired),
        Kind::LoginRequired => Some(Kind::Temporary),
        Kind::Temporary => Some(Kind::NoKey),
        Kind::NoKey => Some(Kind::Refused),
        Kind::Refused => Some(Kind::Pending),
        Kind::Pending => Some(Kind::Stopped),
        Kind::Stopped => Some(Kind::Interrupted),
        Kind::Interrupted => Some(Kind::Terminated),
        Kind::Terminated => None,
    };
    std::iter::successors(Some(Kind::Failed), |kind| after(*kind)).collect()
}

/// The cells of the README's table with this heading.
fn table(heading: &str) -> Vec<Vec<String>> {
    let readme = text("README.md");
    let (_, rest) = readme
        .split_once(heading)
        .unwrap_or_else(|| panic!("no `{heading}`"));
    let rows = rest
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells = row.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().to_owned()).collect()
    })
    .collect()
}

/// The commands named in a cell: the lower-case words that each code span begins with. A span that
/// begins with an option goes with the one before.
fn commands_in(cell: &str) -> Vec<String> {
    let spans = cell.split('`').skip(1).step_by(2);
    spans
        .filter(|span| !span.starts_with('-'))
        .map(|span| {
            let is_command = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            let words: Vec<&str> = span.split(' ').take_while(is_command).collect();
            words.join(" ")
        })
        .collect()
}

/// Every command that does something by itself. `audit` does, with and without a subcommand.
fn add_commands(command: &Command, name: &str, found: &mut BTreeSet<String>) {
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        let name = format!("{name} {}", sub.get_name()).trim().to_owned();
        add_commands(sub, &name, found);
        if !sub.is_subcommand_required_set() {
            found.insert(name);
        }
    }
}

fn is_taken(words: &[String]) -> bool {
    generate::tree().try_get_matches_from(words).is_ok()
}

/// Every call of `oauthctl` in code: in blocks (of a console block, the lines after `$`) and spans.
fn commands(markdown: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (kind, block) in blocks(markdown) {
        for line in block.lines() {
            match (kind, line.trim_start().strip_prefix("$ ")) {
                ("sh", _) => found.extend(calls(line)),
                ("console", Some(line)) => found.extend(calls(line)),
                _ => {}
            }
        }
    }
    let prose = markdown.split("```").step_by(2);
    let spans = prose.flat_map(|prose| prose.split('`').skip(1).step_by(2));
    found.extend(spans.flat_map(calls).filter(|call| call.len() > 1));
    found
}

/// The fenced blocks: their language and text.
fn blocks(markdown: &str) -> impl Iterator<Item = (&str, &str)> {
    let fenced = markdown.split("```").skip(1).step_by(2);
    fenced.filter_map(|block| block.split_once('\n'))
}

/// The calls of `oauthctl` in a line of shell, each as its words.
fn calls(line: &str) -> Vec<Vec<String>> {
    let mut calls = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars().chain(['\n']) {
        let is_bare = quote.is_none();
        if quote == Some(c) {
            quote = None;
        } else if is_bare && (c == '\'' || c == '"') {
            quote = Some(c);
            word.get_or_insert_default();
        } else if is_bare && (c.is_whitespace() || "|&;<>".contains(c)) {
            calls.last_mut().unwrap().extend(word.take());
            if !c.is_whitespace() {
                calls.push(Vec::new());
            }
        } else if is_bare && c == '#' && word.is_none() {
            break;
        } else {
            word.get_or_insert_default().push(c);
        }
    }
    calls.retain(|call| call.first().is_some_and(|word| word == "oauthctl"));
    calls
}
