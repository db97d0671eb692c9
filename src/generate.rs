//! Completions and man pages, made from the command tree. They are committed; a test keeps them
//! fresh.

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::commands::Cli;

/// The shells that completions are made for, with the file name each expects.
pub const SHELLS: [(Shell, &str); 5] = [
    (Shell::Bash, "oauthctl.bash"),
    (Shell::Zsh, "_oauthctl"),
    (Shell::Fish, "oauthctl.fish"),
    (Shell::PowerShell, "_oauthctl.ps1"),
    (Shell::Elvish, "oauthctl.elv"),
];

/// The completion script of one shell.
#[must_use]
pub fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut tree(), "oauthctl", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Every man page: file name and roff text, one per command.
#[must_use]
pub fn man_pages() -> Vec<(String, String)> {
    let mut root = tree();
    root.build();
    let mut pages = Vec::new();
    add_pages(&root, "oauthctl", &mut pages);
    pages
}

fn tree() -> Command {
    Cli::command().bin_name("oauthctl")
}

fn add_pages(command: &Command, name: &str, pages: &mut Vec<(String, String)>) {
    let version = concat!("oauthctl ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone())
        .title(name)
        .source(version)
        .manual("oauthctl manual");
    let mut text = Vec::new();
    // Writing to memory can't fail.
    if man.render(&mut text).is_ok() {
        pages.push((
            format!("{name}.1"),
            String::from_utf8_lossy(&text).into_owned(),
        ));
    }
    for sub in command
        .get_subcommands()
        .filter(|sub| !sub.is_hide_set() && sub.get_name() != "help")
    {
        add_pages(sub, &format!("{name}-{}", sub.get_name()), pages);
    }
}
