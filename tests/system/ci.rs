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

/// What a runner executes of GitHub's form: the text of each `run: |`.
fn runs(example: &str) -> Vec<String> {
    let mut scripts: Vec<String> = Vec::new();
    let mut indent = None;
    for line in example.lines() {
        let depth = line.len() - line.trim_start().len();
        if line.trim_end().ends_with("run: |") {
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

/// What a runner executes of GitLab's form: the list of `script` and that of `after_script`.
fn lists(example: &str) -> Vec<String> {
    let mut scripts: Vec<String> = Vec::new();
    for line in example.lines() {
        if line.trim_end().ends_with("script:") {
            scripts.push(String::new());
        } else if let (Some(item), Some(script)) =
            (line.trim_start().strip_prefix("- "), scripts.last_mut())
        {
            script.push_str(item);
            script.push('\n');
        }
    }
    scripts
}

/// A repository with the sealed file and the job's program in it, and a place to clone it from.
struct Site {
    git: PathBuf,
    stage: Stage,
    identity: String,
}

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
        let to = identity.to_public().to_string();
        let site = Site {
            git,
            identity: identity.to_string().expose_secret().to_owned(),
            stage,
        };
        let (bare, first) = (site.at("origin.git"), site.at("first"));
        done(
            Command::new(&site.git)
                .args(["init", "-q", "--bare", "-b", "main"])
                .arg(&bare),
        );
        done(
            Command::new(&site.git)
                .args(["clone", "-q"])
                .args([&bare, &first]),
        );
        let file = first.join("oauthctl.age");
        let file = file.to_str().expect("UTF-8");
        let world = &site.stage.world;
        world.must(&[
            "vault",
            "export",
            "--connection",
            PROVIDER,
            "--to",
            &to,
            file,
        ]);
        // nothing but what it finds in its environment
        let report = "#!/bin/sh -e\ntest \"$(env | grep -c =sbx_at_)\" = 1\ntest -z \"$OAUTHCTL_IDENTITY\"\n: > ../reported\n";
        let program = first.join("report.sh");
        fs::write(&program, report).expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a mode");
        let git = |args: &[&str]| {
            let mut command = Command::new(&site.git);
            command
                .arg("-C")
                .arg(&first)
                .args(["-c", "user.name=x", "-c", "user.email=x@x"]);
            done(command.args(args))
        };
        git(&["add", "."]);
        git(&["commit", "-q", "-m", "first"]);
        git(&["push", "-q", "origin", "HEAD:main"]);
        site
    }

    fn at(&self, name: &str) -> PathBuf {
        self.stage.world.at(name)
    }

    /// Runs a job's scripts one after the other on a fresh machine.
    fn job(&self, number: usize, scripts: &[String]) {
        let machine = self.at(&format!("machine-{number}"));
        fs::create_dir(&machine).expect("a folder");
        let work = machine.join("work");
        done(
            Command::new(&self.git)
                .args(["clone", "-q"])
                .arg(self.at("origin.git"))
                .arg(&work),
        );
        let programs = machine.join("bin");
        fs::create_dir(&programs).expect("a folder");
        std::os::unix::fs::symlink(rig::binary(), programs.join("oauthctl")).expect("a link");
        let path = std::env::var("PATH").expect("a path");
        for script in scripts {
            let script = script.replace("google", PROVIDER);
            // The practice provider is not a shipped one.
            let import = "vault import oauthctl.age";
            let script = script.replace(import, &format!("{import} --definition {PROVIDER}"));
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
                .env("OAUTHCTL_IDENTITY", &self.identity)
                .env("CI_COMMIT_BRANCH", "main")
                .stdin(Stdio::null());
            let output = done(&mut shell);
            shows_nothing(&output, &machine);
        }
        assert!(machine.join("reported").exists(), "the job's program ran");
    }

    fn log(&self) -> String {
        let mut log = Command::new(&self.git);
        let log = log.arg("-C").arg(self.at("origin.git"));
        let log = done(log.args(["log", "--format=%s", "main"]));
        String::from_utf8(log.stdout).expect("UTF-8")
    }
}

/// No token, no key, in what was printed, and no token in a file that is not ours to seal.
fn shows_nothing(output: &Output, machine: &Path) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(text.contains("+ oauthctl"), "the control: the trace is on");
    for canary in ["sbx_at_", "sbx_rt_", "AGE-SECRET-KEY"] {
        assert!(!text.contains(canary), "{canary}: {text}");
    }
    let found = Command::new("grep")
        .args(["-rlE", "sbx_(at|rt)_"])
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

#[test]
fn the_examples_for_ci_run_as_written_and_put_their_newer_tokens_back() {
    let Some(git) = rig::program("git") else {
        return;
    };
    let site = Site::new(git);
    let github = runs(example("# .github/workflows"));
    assert_eq!(github.len(), 2, "{github:?}");
    let gitlab = lists(example("# .gitlab-ci.yml"));
    assert_eq!(gitlab.len(), 2, "{gitlab:?}");
    let remote = "\"https://ci:$PUSH_TOKEN@$CI_SERVER_HOST/$CI_PROJECT_PATH.git\"";
    assert!(gitlab.iter().any(|script| script.contains(remote)));
    let gitlab: Vec<String> = gitlab
        .iter()
        .map(|script| script.replace(remote, "origin"))
        .collect();
    // each begins with what the one before put back: tokens rotate, and reuse would end the grant
    site.job(1, &github);
    site.job(2, &gitlab);
    site.job(3, &github);
    assert_eq!(
        site.log().matches("Renew tokens").count(),
        3,
        "{}",
        site.log()
    );
    let refreshes = site.stage.acted("refresh", 0);
    assert_eq!(refreshes.len(), 3, "one a job: {refreshes:?}");
}

/// The control: a job that does not put the file back leaves spent tokens to the next one.
#[test]
fn a_ci_job_that_puts_nothing_back_ends_the_next_one() {
    let Some(git) = rig::program("git") else {
        return;
    };
    let site = Site::new(git);
    let github = runs(example("# .github/workflows"));
    site.job(1, &github[..1]);
    let next = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        site.job(2, &github[..1]);
    }));
    assert!(next.is_err());
}
