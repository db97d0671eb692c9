//! Finds the program that shows a URL, and starts it without a shell.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{BrowserError, BrowserUrl};
use crate::env::keep_own_from;

/// What may open a URL where `BROWSER` is not set. The `open` crate knows each platform's launchers
/// and how they are called, but it also offers PowerShell with the URL in a variable: only
/// programs of this list are taken from it, and only with the URL as one whole argument.
const LAUNCHERS: [&str; 8] = [
    "xdg-open",
    "gio",
    "gnome-open",
    "kde-open6",
    "kde-open5",
    "kde-open",
    "open",
    "explorer.exe",
];

/// Programs that read an argument as a command. A URL may hold `$(…)` and `;`.
const SHELLS: [&str; 17] = [
    "sh",
    "ash",
    "bash",
    "dash",
    "zsh",
    "ksh",
    "mksh",
    "fish",
    "csh",
    "tcsh",
    "nu",
    "busybox",
    "cmd",
    "powershell",
    "pwsh",
    "eval",
    "xargs",
];

/// A program and its arguments, the URL among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Launch {
    /// An absolute path.
    pub(super) program: PathBuf,
    arguments: Vec<OsString>,
}

/// Finds what opens `url`: by `template`, the value of `BROWSER`, or else the desktop's launcher.
/// Programs are looked up in the absolute folders of `search_path` only.
pub(super) fn find(
    url: &BrowserUrl,
    template: Option<&OsStr>,
    search_path: Option<&OsStr>,
) -> Result<Launch, BrowserError> {
    match template {
        Some(template) => {
            let template = template
                .to_str()
                .ok_or(BrowserError::Template("it is not UTF-8"))?;
            by_template(url, template, search_path)
        }
        None => by_desktop(url, search_path).ok_or(BrowserError::NotFound(
            "there is no program that opens a browser (`xdg-open`)",
        )),
    }
}

impl Launch {
    /// Starts the program: nothing on its standard streams, none of our variables, a folder in
    /// which nothing can have been planted, and out of reach of our terminal's Ctrl-C.
    pub(super) fn start(&self) -> Result<Child, BrowserError> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        keep_own_from(&mut command);
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            command.current_dir("/").process_group(0);
        }
        command.spawn().map_err(|source| BrowserError::Start {
            program: self.program.clone(),
            source,
        })
    }
}

/// The first program of the template that exists. Words are separated before the URL is put in, so
/// it stays within one argument whatever it holds.
fn by_template(
    url: &BrowserUrl,
    template: &str,
    search_path: Option<&OsStr>,
) -> Result<Launch, BrowserError> {
    let separator = if cfg!(windows) { ';' } else { ':' };
    for command in template.split(separator) {
        let words = words(command)?;
        let Some((name, arguments)) = words.split_first() else {
            continue;
        };
        if words.iter().any(|word| is_shell(word)) {
            return Err(BrowserError::Template(
                "a shell would take the URL for a command",
            ));
        }
        if let Some(program) = resolve(OsStr::new(name), search_path) {
            let mut arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
            put_in(url, &mut arguments);
            return Ok(Launch { program, arguments });
        }
    }
    Err(BrowserError::NotFound(
        "there is no such program as `BROWSER` names",
    ))
}

fn put_in(url: &BrowserUrl, arguments: &mut Vec<OsString>) {
    let mut is_in = false;
    for argument in arguments.iter_mut() {
        if let Some(template) = argument.to_str().filter(|text| text.contains("%s")) {
            *argument = OsString::from(template.replace("%s", url.as_str()));
            is_in = true;
        }
    }
    if !is_in {
        arguments.push(url.as_str().into());
    }
}

fn by_desktop(url: &BrowserUrl, search_path: Option<&OsStr>) -> Option<Launch> {
    // Windows Subsystem for Linux: hands the URL to Windows, and exists nowhere else.
    if let Some(program) = resolve(OsStr::new("wslview"), search_path) {
        return Some(Launch {
            program,
            arguments: vec![for_powershell(url.as_str()).into()],
        });
    }
    open::commands(url.as_str())
        .iter()
        .filter(|command| is_wanted(command, url))
        .find_map(|command| {
            Some(Launch {
                program: resolve(command.get_program(), search_path)?,
                arguments: command.get_args().map(OsStr::to_owned).collect(),
            })
        })
}

/// `wslview` puts its argument between the double quotes of a PowerShell command, where `$(…)` and
/// the backtick are more than text. Escaped, a server reads the same characters.
fn for_powershell(url: &str) -> String {
    let is_text = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@&=+%,".contains(&byte);
    let escaped = url.bytes().map(|byte| {
        if is_text(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    escaped.collect()
}

fn is_wanted(command: &Command, url: &BrowserUrl) -> bool {
    let name = Path::new(command.get_program()).file_name();
    LAUNCHERS
        .iter()
        .any(|launcher| name == Some(OsStr::new(launcher)))
        && command.get_args().any(|argument| argument == url.as_str())
}

/// An absolute path to a program, or a bare name looked up in absolute folders: never what lies in
/// the current folder.
fn resolve(name: &OsStr, search_path: Option<&OsStr>) -> Option<PathBuf> {
    let path = Path::new(name);
    if path.is_absolute() {
        return is_program(path).then(|| path.to_owned());
    }
    if path.components().count() != 1 || path.file_name() != Some(name) {
        return None;
    }
    env::split_paths(search_path?)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(path))
        .find(|candidate| is_program(candidate))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// Batch files are run by a shell, whatever starts them.
#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
        && path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("exe"))
}

fn is_shell(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let name = name.strip_suffix(".exe").unwrap_or(name);
    SHELLS.iter().any(|shell| shell.eq_ignore_ascii_case(name))
}

/// The words of a command line: separated by blanks, with quotes, and on Unix backslashes; nothing
/// is expanded.
fn words(command: &str) -> Result<Vec<String>, BrowserError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = command.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            (open, Some(closing)) if open == closing => quote = None,
            ('\\', None | Some('"')) if !cfg!(windows) => {
                let escaped = characters
                    .next()
                    .ok_or(BrowserError::Template("it ends in a backslash"))?;
                word.get_or_insert_default().push(escaped);
            }
            ('"' | '\'', None) => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (blank, None) if blank.is_whitespace() => words.extend(word.take()),
            (other, _) => word.get_or_insert_default().push(other),
        }
    }
    if quote.is_some() {
        return Err(BrowserError::Template("it has an open quote"));
    }
    words.extend(word);
    Ok(words)
}
