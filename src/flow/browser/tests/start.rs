//! What a started program really gets.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::super::*;
use super::all_bad;

/// Writes what it got beside itself.
const RECORDER: &str = "#!/bin/sh\n\
    here=${0%/*}\n\
    printf '%s\\n' \"$@\" >> \"$here/argv\"\n\
    env > \"$here/environment\"\n\
    pwd > \"$here/folder\"\n\
    streams=$(ls -l /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2 2>/dev/null)\n\
    printf '%s' \"$streams\" > \"$here/streams\"\n";

/// A folder with a program of this name that records its arguments.
fn recorder(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    install(RECORDER, &folder.path().join(name));
    folder
}

/// Made by another process: an executable that this one has written could be inherited, open,
/// by a child of another test, and then it can't be run.
fn install(text: &str, program: &Path) {
    let source = tempfile::NamedTempFile::new().unwrap();
    #[expect(clippy::disallowed_methods, reason = "a test's own file")]
    fs::write(source.path(), text).unwrap();
    let status = Command::new("install")
        .args(["-m", "755"])
        .args([source.path(), program])
        .status();
    assert!(status.unwrap().success());
}

fn read(folder: &tempfile::TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap_or_default()
}

/// Starts what `find` finds and waits for it.
fn run(url: &str, template: Option<&str>, search_path: &OsStr) -> Result<PathBuf, BrowserError> {
    let url = url.parse()?;
    let launch = launch::find(&url, template.map(OsStr::new), Some(search_path))?;
    launch.start()?.wait().unwrap();
    Ok(launch.program)
}

const URL: &str = "https://example.com/a?b=$(touch x)&c=`id`;d='%s'";
const WRITTEN: &str = "https://example.com/a?b=$(touch%20x)&c=`id`;d=%27%s%27";

#[test]
fn open_url_never_starts_a_program_for_a_bad_url() {
    let folder = recorder("browser");
    let program = folder.path().join("browser");
    let env = Env {
        browser: Some(program.clone().into()),
        ..Env::default()
    };
    for url in all_bad() {
        let error = open_url(&url, &env).unwrap_err();
        assert!(matches!(error, BrowserError::Url(_)), "{url:?}: {error}");
    }
    // The control: the same program is started for a good one, and has seen no other.
    let template = program.to_str().unwrap();
    run("https://example.com/", Some(template), OsStr::new("")).unwrap();
    assert_eq!(read(&folder, "argv"), "https://example.com/\n");
    assert_eq!(
        open_url("https://example.com/", &env).unwrap().program,
        program
    );
}

#[test]
fn browser_template_is_split_before_the_url_is_put_in() {
    for (template, argv) in [
        ("{}", vec![WRITTEN]),
        ("{} %s", vec![WRITTEN]),
        ("{} --new-window %s -x", vec!["--new-window", WRITTEN, "-x"]),
        (
            "  {}\t'a b'  \"c 'd'\" e\\ f '' ",
            vec!["a b", "c 'd'", "e f", "", WRITTEN],
        ),
        ("/nowhere/x %s:not-there:{} -y", vec!["-y", WRITTEN]),
        (":{}", vec![WRITTEN]),
    ] {
        let folder = recorder("browser");
        let program = folder.path().join("browser");
        let template = template.replace("{}", program.to_str().unwrap());
        run(URL, Some(&template), OsStr::new("")).unwrap();
        let expected: Vec<String> = argv.iter().map(|word| format!("{word}\n")).collect();
        assert_eq!(read(&folder, "argv"), expected.concat(), "{template}");
    }
    let folder = recorder("browser");
    let template = format!("{} --url=%s", folder.path().join("browser").display());
    run(URL, Some(&template), OsStr::new("")).unwrap();
    assert_eq!(read(&folder, "argv"), format!("--url={WRITTEN}\n"));
}

#[test]
fn browser_template_with_a_shell_or_without_a_program_is_refused() {
    for template in [
        "sh -c %s",
        "/bin/sh -c 'firefox %s'",
        "bash",
        "/usr/bin/env bash -c %s",
        "dash %s",
        "cmd.exe /c start",
        "PowerShell.exe -Command",
        "pwsh",
        "busybox sh -c",
        "xargs %s",
        "'open quote",
        "ends\\",
    ] {
        let error = run(URL, Some(template), OsStr::new("/usr/bin:/bin")).unwrap_err();
        assert!(
            matches!(error, BrowserError::Template(_)),
            "{template}: {error}"
        );
    }
    for template in [
        "not-there",
        "/not/there",
        "./true",
        "bin/true",
        "../bin/true",
        ".",
        "/usr/bin",
    ] {
        let error = run(URL, Some(template), OsStr::new("/usr/bin:/bin")).unwrap_err();
        assert!(
            matches!(error, BrowserError::NotFound(_)),
            "{template}: {error}"
        );
    }
}

#[test]
fn programs_are_looked_up_in_absolute_folders_only() {
    let planted = recorder("xdg-open");
    let relative = relative_from_here(planted.path());
    assert!(
        Path::new(&relative).join("xdg-open").exists(),
        "the bait is in reach"
    );
    for search_path in [relative.as_str(), ".", "", &format!(".:{relative}::")] {
        for template in [None, Some("xdg-open")] {
            let error = run(URL, template, OsStr::new(search_path)).unwrap_err();
            assert!(
                matches!(error, BrowserError::NotFound(_)),
                "{search_path}: {error}"
            );
        }
    }
    let absolute = format!("{relative}:{}", planted.path().display());
    let program = run(URL, None, OsStr::new(&absolute)).unwrap();
    assert_eq!(program, planted.path().join("xdg-open"));
    assert_eq!(read(&planted, "argv"), format!("{WRITTEN}\n"));
}

fn relative_from_here(folder: &Path) -> String {
    #[expect(clippy::disallowed_methods, reason = "a test of relative paths")]
    let here = std::env::current_dir().unwrap();
    let up = "../".repeat(here.components().count() - 1);
    format!("{up}{}", folder.strip_prefix("/").unwrap().display())
}

#[test]
fn without_a_template_the_desktops_launchers_get_the_url_as_one_argument() {
    for (name, argv) in [
        ("xdg-open", vec![WRITTEN]),
        ("gio", vec!["open", WRITTEN]),
        ("kde-open", vec!["--", WRITTEN]),
    ] {
        if cfg!(target_os = "macos") {
            continue;
        }
        let folder = recorder(name);
        run(URL, None, folder.path().as_os_str()).unwrap();
        let expected: Vec<String> = argv.iter().map(|word| format!("{word}\n")).collect();
        assert_eq!(read(&folder, "argv"), expected.concat(), "{name}");
    }
    let folder = recorder("powershell.exe");
    let error = run(URL, None, folder.path().as_os_str()).unwrap_err();
    assert!(matches!(error, BrowserError::NotFound(_)), "{error}");
}

#[test]
fn wslview_gets_nothing_that_powershell_would_run() {
    let folder = recorder("wslview");
    let hostile = "https://as.example/a$(calc)/`calc`?a=$env:PATH;calc&b='x'&c=%24{x}!*|^";
    run(hostile, None, folder.path().as_os_str()).unwrap();
    let argv = read(&folder, "argv");
    let seen = argv.trim_end();
    assert!(
        !seen.contains(|c: char| "$`'\"();{}!*|^<> ".contains(c)),
        "{seen}"
    );
    assert!(
        seen.starts_with("https://as.example/a%24%28calc%29/%60calc%60?a=%24env:PATH%3Bcalc&b=")
    );
    // control: another launcher gets it as it is, as one argument
    let folder = recorder("xdg-open");
    run(hostile, None, folder.path().as_os_str()).unwrap();
    assert!(read(&folder, "argv").contains("$(calc)"));
}

/// Run by the test below, in a process that has such a variable.
#[test]
#[ignore = "started by started_programs_get_none_of_our_variables_and_null_streams"]
fn alone_with_a_variable_of_ours() {
    assert!(
        env::own_variables()
            .iter()
            .any(|name| name == "OAUTHCTL_CANARY"),
        "the control"
    );
    let folder = recorder("browser");
    let template = folder.path().join("browser");
    run(URL, template.to_str(), OsStr::new("")).unwrap();
    let environment = read(&folder, "environment");
    assert!(environment.contains("PATH="), "the rest is kept");
    assert!(!environment.contains("CANARY") && !environment.contains(env::PREFIX));
    assert_eq!(read(&folder, "folder"), "/\n");
    if cfg!(target_os = "linux") {
        let streams = read(&folder, "streams");
        assert_eq!(streams.matches("-> /dev/null").count(), 3, "{streams}");
    }
}

#[test]
fn started_programs_get_none_of_our_variables_and_null_streams() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored"])
        .arg("flow::browser::tests::start::alone_with_a_variable_of_ours")
        .env("OAUTHCTL_CANARY", "canary")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{said}");
}
