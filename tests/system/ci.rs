//! The README's examples for CI, run as they stand, in an environment that holds nothing but what a CI
//! system sets; with every trace on, no token shows.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use age::secrecy::ExposeSecret;

use crate::rig;
use crate::stage::Stage;
use crate::world::PROVIDER;

const README: &str = include_str!("../../README.md");

/// The block that begins with that comment.
fn example(first: &str) -> &'static str {
    let start = README.find(first).expect("an example");
    let rest = README.get(start..).expect("text");
    rest.split("```").next().expect("a block")
}

/// What a runner executes: the text of each block, `run: |` in GitHub's form and `- |` in GitLab's.
fn scripts(example: &str) -> Vec<String> {
    let mut scripts: Vec<String> = Vec::new();
    let mut indent = None;
    for line in example.lines() {
        let depth = line.len() - line.trim_start().len();
        if line.ends_with("run: |") || line.ends_with("- |") {
            scripts.push(String::new());
            indent = Some(depth);
        } else if indent.is_some_and(|indent| depth > indent) {
            let script = scripts.last_mut().expect("a script");
            script.push_str(line.trim_start());
            script.push('\n');
        } else {
            indent = None;
        }
    }
    scripts
}

/// A repository with the job's program in it and the sealed file on its branch, and a place to clone
/// it from.
struct Site {
    git: PathBuf,
    stage: Stage,
    identity: String,
    /// The commit that every job is started for, whatever lands meanwhile.
    event: String,
}

/// What happens to the repository while a job's program runs.
#[derive(Clone, Copy)]
enum Meanwhile {
    Nothing,
    /// Somebody pushes to `main`, and another job puts its file on the branch.
    Pushes,
    /// Somebody exports anew.
    Exported,
}

const REPORT: &str = r#"#!/bin/sh -e
test "$(env | grep -c =sbx_at_)" = 1
test -z "$OAUTHCTL_IDENTITY"
sh -ec "$MEANWHILE"
: > ../reported
"#;

const PUSH_TOKEN: &str = "glpat-canary-7d1e";

fn done(command: &mut Command) -> Output {
    let output = command.output().expect("a program");
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

impl Site {
    fn new(git: PathBuf) -> Site {
        // over at once, so that every job refreshes
        let stage = Stage::connected("0");
        let identity = age::x25519::Identity::generate();
        let mut site = Site {
            git,
            identity: identity.to_string().expose_secret().to_owned(),
            stage,
            event: String::new(),
        };
        let bare = site.at("origin.git");
        let mut init = Command::new(&site.git);
        done(init.args(["init", "-q", "--bare", "-b", "main"]).arg(&bare));
        for clone in ["first", "second"] {
            let mut command = Command::new(&site.git);
            done(command.args(["clone", "-q"]).arg(&bare).arg(site.at(clone)));
        }
        let program = site.at("first").join("report.sh");
        fs::write(&program, REPORT).expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a mode");
        site.by_hand("cd first; git add .; git commit -qm first; git push -q origin HEAD:main");
        let event = site.by_hand("git -C first rev-parse HEAD");
        event.trim().clone_into(&mut site.event);
        for line in example("$ git switch").lines() {
            let line = line.strip_prefix("$ ").expect("a command");
            let line = line.replace("google", PROVIDER);
            let line = line.replace("age1…", &identity.to_public().to_string());
            site.by_hand(&format!("cd first; {line}"));
        }
        site
    }

    fn at(&self, name: &str) -> PathBuf {
        self.stage.world.at(name)
    }

    /// What a person at the desk says in a shell.
    fn by_hand(&self, line: &str) -> String {
        let script = format!("oauthctl() {{ \"$0\" \"$@\"; }}; {line}");
        let world = &self.stage.world;
        let mut shell = world.wrapped(Path::new("/bin/bash"), &["-ec", &script], &[]);
        for name in [
            "AUTHOR_NAME",
            "AUTHOR_EMAIL",
            "COMMITTER_NAME",
            "COMMITTER_EMAIL",
        ] {
            shell.env(format!("GIT_{name}"), "x@x");
        }
        let output = done(shell.current_dir(self.at("")));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    fn meanwhile(&self, what: Meanwhile) -> String {
        let lands = |clone: &str, branch: &str, file: &str| {
            format!(
                "cd {}; git fetch -q; git checkout -q origin/{branch}; date >> {file}; git add .; \
                 git -c user.name=x -c user.email=x@x commit -qm landed; \
                 git push -q origin HEAD:{branch};",
                self.at(clone).display()
            )
        };
        match what {
            Meanwhile::Nothing => String::new(),
            Meanwhile::Pushes => {
                lands("first", "main", "landed") + &lands("second", "oauthctl", "other.age")
            }
            Meanwhile::Exported => lands("second", "oauthctl", "oauthctl.age"),
        }
    }

    /// Runs a job's scripts one after the other on a fresh machine, and says why it failed.
    fn job(&self, number: usize, scripts: &[String], what: Meanwhile) -> Result<(), String> {
        let machine = self.at(&format!("machine-{number}"));
        fs::create_dir(&machine).expect("a folder");
        let work = machine.join("work");
        let bare = self.at("origin.git");
        // as runners check out: that commit and nothing before it
        self.by_hand(&format!(
            "git init -q {work}; cd {work}; git remote add origin file://{bare}; \
             git fetch -q --depth 1 origin {event}; git checkout -q FETCH_HEAD",
            work = work.display(),
            bare = bare.display(),
            event = self.event,
        ));
        let programs = machine.join("bin");
        fs::create_dir(&programs).expect("a folder");
        let link = |to: &Path, name| std::os::unix::fs::symlink(to, programs.join(name));
        link(&rig::binary(), "oauthctl").expect("a link");
        // nobody waits in a test
        link(Path::new("/bin/true"), "sleep").expect("a link");
        let config = format!(
            "[url \"file://{}\"]\ninsteadOf = https://gitlab.example/me/novel.git\n",
            bare.display()
        );
        fs::write(machine.join(".gitconfig"), config).expect("written");
        let path = std::env::var("PATH").expect("a path");
        let mut failed = Ok(());
        for script in scripts {
            let script = script.replace("google", PROVIDER);
            // The practice provider is not a shipped one.
            let import = "vault import ";
            let script = script.replace(import, &format!("{import}--definition {PROVIDER} "));
            let mut shell = Command::new("bash");
            shell
                .args(["-e", "-x", "-o", "pipefail", "-c", &script])
                .current_dir(&work)
                .env_clear()
                .env("PATH", format!("{}:{path}", programs.display()))
                .env("HOME", &machine)
                .env("CI", "true")
                .env("RUST_LOG", "trace")
                .env("RUST_BACKTRACE", "full")
                .env("GIT_TRACE", "1")
                .env("OAUTHCTL_IDENTITY", &self.identity)
                .env("CI_SERVER_URL", "https://gitlab.example")
                .env("CI_PROJECT_PATH", "me/novel")
                .env("PUSH_TOKEN", PUSH_TOKEN)
                .env("MEANWHILE", self.meanwhile(what))
                .stdin(Stdio::null());
            let output = shell.output().expect("bash");
            shows_nothing(&output, &machine);
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                failed = failed.and(Err(said));
            }
        }
        failed
    }

    fn runs_well(&self, number: usize, scripts: &[String], what: Meanwhile) {
        self.job(number, scripts, what)
            .expect("a job that succeeds");
        let reported = self.at(&format!("machine-{number}/reported"));
        assert!(reported.exists(), "the job's program ran");
    }

    fn log(&self, branch: &str) -> String {
        self.by_hand(&format!("git -C origin.git log --format=%s {branch}"))
    }
}

/// No token, no key, in what was printed and in what git was started with, and no token in a file that
/// is not ours to seal.
fn shows_nothing(output: &Output, machine: &Path) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(text.contains("+ oauthctl"), "the control: the trace is on");
    for canary in ["sbx_at_", "sbx_rt_", "AGE-SECRET-KEY", PUSH_TOKEN] {
        for form in forms(canary) {
            assert!(!text.contains(&form), "{canary} as {form}: {text}");
        }
    }
    let found = Command::new("grep")
        .args(["-rlE", "sbx_(at|rt)_|glpat-"])
        .arg(machine)
        .output()
        .expect("grep");
    // the program that the job runs names what it looks for
    let found = String::from_utf8_lossy(&found.stdout);
    let odd: Vec<&str> = found
        .lines()
        .filter(|path| !path.ends_with("report.sh"))
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
}

/// How a text may be written, whatever stands before and after it: as it is, in a URL, in hexadecimal
/// digits, and in base64, where it may begin at any of three places.
fn forms(canary: &str) -> Vec<String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    let mut forms = vec![canary.to_owned()];
    let in_url = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    forms.push(canary.bytes().map(in_url).collect());
    forms.push(
        canary
            .bytes()
            .fold(String::new(), |digits, byte| format!("{digits}{byte:02x}")),
    );
    for before in 0..3 {
        let text = format!("{}{canary}", "?".repeat(before));
        let all = STANDARD_NO_PAD.encode(&text);
        // the digits that hold nothing of what stands beside it
        let (first, last) = ((before * 8).div_ceil(6), text.len() * 8 / 6);
        forms.push(all.get(first..last).expect("digits").to_owned());
    }
    forms
}

#[test]
fn a_canary_is_known_in_every_form() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    for before in ["", "x", "xy", "token:", "Bearer "] {
        let text = STANDARD.encode(format!("{before}sbx_at_abcdef"));
        let known = forms("sbx_at_").iter().any(|form| text.contains(form));
        assert!(known, "{text}");
    }
    assert!(forms("a-b").contains(&"a%2Db".to_owned()));
}

fn github() -> Vec<String> {
    let github = scripts(example("# .github/workflows"));
    assert_eq!(github.len(), 2, "{github:?}");
    github
}

fn gitlab() -> Vec<String> {
    let gitlab = scripts(example("# .gitlab-ci.yml"));
    assert_eq!(gitlab.len(), 1, "{gitlab:?}");
    gitlab
}

#[test]
fn the_examples_for_ci_run_as_written_and_put_their_newer_tokens_back_whatever_lands_meanwhile() {
    let Some(git) = rig::program("git") else {
        return;
    };
    let site = Site::new(git);
    // each begins with what the one before put back: tokens rotate, and reuse would end the grant
    site.runs_well(1, &github(), Meanwhile::Pushes);
    site.runs_well(2, &gitlab(), Meanwhile::Pushes);
    site.runs_well(3, &github(), Meanwhile::Nothing);
    site.runs_well(4, &gitlab(), Meanwhile::Nothing);
    let log = site.log("oauthctl");
    assert_eq!(log.matches("Renew tokens").count(), 4, "{log}");
    assert_eq!(log.matches("landed").count(), 2, "{log}");
    assert_eq!(site.log("main").matches("landed").count(), 2);
    let refreshes = site.stage.acted("refresh", 0);
    assert_eq!(refreshes.len(), 4, "one a job: {refreshes:?}");
}

#[test]
fn the_examples_for_ci_fail_where_somebody_exported_anew_meanwhile_and_leave_that_file() {
    let Some(git) = rig::program("git") else {
        return;
    };
    for scripts in [github(), gitlab()] {
        let site = Site::new(git.clone());
        let said = site
            .job(1, &scripts, Meanwhile::Exported)
            .expect_err("a failure");
        assert!(
            said.contains("CONFLICT") || said.contains("could not apply"),
            "{said}"
        );
        let log = site.log("oauthctl");
        assert!(log.starts_with("landed") && !log.contains("Renew"), "{log}");
    }
}

/// The lines that ask for the push token, where git asks them: the remote of the tests is a folder.
#[test]
fn the_example_for_gitlab_hands_its_token_to_git_and_to_nobody_else() {
    let Some(_) = rig::program("git") else {
        return;
    };
    let script = gitlab().remove(0);
    let lines: Vec<_> = script
        .lines()
        .filter(|line| line.starts_with("export "))
        .collect();
    let ask = "printf 'protocol=https\nhost=gitlab.example\n\n' | git credential fill";
    let output = Command::new("bash")
        .args(["-exc", &format!("{}\n{ask}", lines.join("\n"))])
        .env("PUSH_TOKEN", PUSH_TOKEN)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_TRACE", "1")
        .output()
        .expect("bash");
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(
        answer.contains(&format!("username=ci\npassword={PUSH_TOKEN}\n")),
        "{output:?}"
    );
    let trace = String::from_utf8_lossy(&output.stderr);
    assert!(
        trace.contains("PUSH_TOKEN") && !trace.contains(PUSH_TOKEN),
        "{trace}"
    );
}

/// What a job says that has spent tokens.
const ENDED: &str = "needs a new login: the provider ended it (`invalid_grant`";

/// The control: a job that does not put the file back leaves spent tokens to the next one.
#[test]
fn a_ci_job_that_puts_nothing_back_ends_the_next_one() {
    let Some(git) = rig::program("git") else {
        return;
    };
    let site = Site::new(git);
    site.runs_well(1, &github()[..1], Meanwhile::Nothing);
    let said = site
        .job(2, &github()[..1], Meanwhile::Nothing)
        .expect_err("a failure");
    assert!(said.contains(ENDED), "{said}");
}

/// The control: with the file beside the program, a push in between has the job's own push refused, and
/// the next job has spent tokens.
#[test]
fn a_ci_job_that_keeps_the_file_on_the_branch_that_it_runs_for_loses_its_tokens() {
    let Some(git) = rig::program("git") else {
        return;
    };
    let mut site = Site::new(git);
    site.by_hand("cd first; git show oauthctl:oauthctl.age > oauthctl.age; git add .");
    site.by_hand("cd first; git commit -qm file; git push -q origin HEAD:main");
    let event = site.by_hand("git -C first rev-parse HEAD");
    event.trim().clone_into(&mut site.event);
    let scripts = [
        "oauthctl vault import oauthctl.age\noauthctl exec google -- ./report.sh\n".to_owned(),
        "oauthctl vault export --update oauthctl.age\n\
         git -c user.name=ci -c user.email=ci@localhost commit -qam \"Renew tokens\"\n\
         git push origin HEAD:main\n"
            .to_owned(),
    ];
    let said = site
        .job(1, &scripts, Meanwhile::Pushes)
        .expect_err("a failure");
    assert!(said.contains("[rejected]"), "{said}");
    let said = site
        .job(2, &scripts, Meanwhile::Nothing)
        .expect_err("a failure");
    assert!(said.contains(ENDED), "{said}");
}
