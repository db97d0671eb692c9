//! Completions and man pages are committed, so that nobody needs a build to read or package them.
//! `UPDATE_GENERATED=1 cargo test --test house` writes them anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use clap_complete::Shell;
use oauthctl::generate;

use crate::tree::{files, root, text};

/// The page that is written by hand; `json_page.rs` keeps it true.
const BY_HAND: &str = "man/oauthctl-json.5";

/// What should be there: path and text.
fn wanted() -> BTreeMap<String, String> {
    let shells = generate::SHELLS.iter();
    let completions =
        shells.map(|(shell, file)| (format!("completions/{file}"), generate::completions(*shell)));
    let pages = generate::man_pages().into_iter();
    completions
        .chain(pages.map(|(file, text)| (format!("man/{file}"), text)))
        .collect()
}

#[test]
fn completions_and_man_pages_are_those_of_the_command_tree() {
    let wanted = wanted();
    let there: BTreeSet<String> = ["completions", "man"]
        .into_iter()
        .filter(|folder| root().join(folder).is_dir())
        .flat_map(files)
        .map(|path| path.to_string_lossy().replace('\\', "/"))
        .filter(|path| path != BY_HAND)
        .collect();
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        for path in &there {
            fs::remove_file(root().join(path)).unwrap();
        }
        for (path, text) in &wanted {
            let path = root().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        return;
    }
    let way_out = "`UPDATE_GENERATED=1 cargo test --test house` writes them anew";
    assert_eq!(there, wanted.keys().cloned().collect(), "{way_out}");
    for (path, text) in wanted {
        let is = fs::read_to_string(root().join(&path)).unwrap();
        assert!(is == text, "`{path}` is stale: {way_out}");
    }
}

#[test]
fn man_pages_lead_to_pages_that_exist() {
    let pages = generate::man_pages();
    let names: BTreeSet<&str> = pages.iter().map(|(file, _)| file.as_str()).collect();
    for (file, text) in &pages {
        let (_, others) = text.split_once(".SH \"SEE ALSO\"\n").unwrap();
        for line in others.lines().filter(|line| line.starts_with("\\fB")) {
            let (name, section) = line[3..].split_once("\\fR(").unwrap();
            let section = section.trim_end_matches([',', ')']);
            let other = format!("{}.{section}", name.replace('\\', ""));
            let is_there = names.contains(&*other) || BY_HAND.ends_with(&other);
            assert!(is_there, "`{file}` leads to `{other}`");
        }
    }
}

#[test]
fn man_pages_carry_name_version_and_manual() {
    for (file, text) in generate::man_pages() {
        let name = file.strip_suffix(".1").unwrap();
        let version = env!("CARGO_PKG_VERSION");
        // the date is empty but there: without it the others move one place
        let title = format!(".TH {name} 1 \"\" ");
        let heading = text.lines().find(|line| line.starts_with(".TH")).unwrap();
        assert!(heading.starts_with(&title), "{file}: {heading}");
        assert!(
            heading.contains(&format!("\"oauthctl {version}\"")),
            "{file}: {heading}"
        );
        assert!(heading.contains("\"oauthctl manual\""), "{file}: {heading}");
        let mut lines = text.lines().skip_while(|line| *line != ".SH NAME");
        let line = lines.nth(1).unwrap().replace("\\-", "-");
        assert!(line.starts_with(&format!("{name} - ")), "{file}: {line}");
        assert!(text.is_ascii(), "{file}: not every roff reads UTF-8");
        assert!(
            !text.contains(".SH EXTRA"),
            "{file}: examples would flow together"
        );
    }
}

#[test]
fn the_page_that_is_written_by_hand_has_the_title_of_the_others() {
    let page = text(BY_HAND);
    let source = concat!("oauthctl ", env!("CARGO_PKG_VERSION"));
    let title = format!("\n.TH oauthctl-json 5 \"\" \"{source}\" \"oauthctl manual\"\n");
    assert!(page.contains(&title), "no {title}");
    assert!(page.is_ascii(), "not every roff reads UTF-8");
}

#[test]
fn every_command_is_in_every_completion_and_has_a_page() {
    let pages = generate::man_pages();
    let commands: Vec<&str> = pages.iter().map(|(file, _)| file.as_str()).collect();
    assert!(commands.contains(&"oauthctl.1") && commands.contains(&"oauthctl-token.1"));
    for (shell, _) in generate::SHELLS {
        let script = generate::completions(shell);
        for command in &commands {
            let last = command.trim_end_matches(".1").rsplit('-').next().unwrap();
            assert!(script.contains(last), "{shell}: {command}");
        }
    }
}

#[test]
fn exec_is_offered_programs_in_bash_each_once_and_no_words_of_the_shell() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    for file in ["one/whimper", "two/whimper", "two/whisker"] {
        let file = folder.path().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o700)).unwrap();
    }
    fs::write(at("script"), generate::completions(Shell::Bash)).unwrap();
    let offered = |typed: &str| {
        let path = std::env::var("PATH").unwrap_or_default();
        let ask = "PATH=$2:$3:$PATH; . \"$1\"; COMP_WORDS=(oauthctl exec sandbox -- \"$4\") COMP_CWORD=4 \
                   COMP_LINE=\"${COMP_WORDS[*]}\"; COMP_POINT=${#COMP_LINE}; \
                   _oauthctl_known oauthctl \"$4\" --; printf '%s\\n' \"${COMPREPLY[@]}\"";
        let mut bash = Command::new("bash");
        bash.args(["--norc", "-c", ask, "bash"]).env("PATH", path);
        bash.args([&at("script"), &at("one"), &at("two"), typed]);
        let ran = bash.output().ok()?;
        Some(String::from_utf8_lossy(&ran.stdout).into_owned())
    };
    // A shell that isn't here offers nothing.
    let Some(words) = offered("whi") else {
        return;
    };
    let words: Vec<&str> = words
        .lines()
        .filter(|word| !word.starts_with("which"))
        .collect();
    assert_eq!(words, ["whimper", "whisker"]);
    let by_path = offered(&at("two/whis")).unwrap();
    assert_eq!(by_path.trim_end(), at("two/whisker"));
}

#[test]
fn completions_parse_in_the_shells_that_are_here() {
    let folder = tempfile::tempdir().unwrap();
    for (program, only_parse, shell) in [
        ("bash", "-n", Shell::Bash),
        ("zsh", "-n", Shell::Zsh),
        ("fish", "--no-execute", Shell::Fish),
    ] {
        let script = folder.path().join(program);
        fs::write(&script, generate::completions(shell)).unwrap();
        let ran = Command::new(program).arg(only_parse).arg(script).output();
        // A shell that isn't here says nothing about its script.
        if let Ok(ran) = ran {
            let said = String::from_utf8_lossy(&ran.stderr);
            assert!(ran.status.success() && said.is_empty(), "{program}: {said}");
        }
    }
}
