//! A terminal with a person in front of it: a shell in tmux, typed into and looked at.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::rig;
use crate::world::World;

/// No screen is waited for longer.
const PATIENCE: Duration = Duration::from_secs(40);

/// A shell on a screen of 100 columns and 45 lines; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Screen {
    tmux: PathBuf,
    socket: PathBuf,
}

impl Screen {
    /// A shell in `world`, where `oauthctl` is the program, with this much more of an environment.
    /// `None` where tmux isn't installed.
    pub(crate) fn start(world: &World, environment: &[(&str, &str)]) -> Option<Screen> {
        let tmux = rig::program("tmux")?;
        let bin = world.at("tmp/bin");
        fs::create_dir_all(&bin).expect("a folder");
        let link = bin.join("oauthctl");
        if !link.exists() {
            std::os::unix::fs::symlink(&world.binary, &link).expect("a link");
        }
        let socket = world.at("tmp/tmux");
        let path = format!(
            "{}:{}",
            bin.display(),
            std::env::var("PATH").unwrap_or_default()
        );
        // the environment of every command of the program, but for its colour
        let mut command = world.wrapped(&tmux, &[], &[]);
        command = {
            let variables: Vec<_> = command
                .get_envs()
                .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
                .collect();
            let mut fresh = Command::new(&tmux);
            fresh.env_clear().envs(variables).env_remove("NO_COLOR");
            fresh.current_dir(world.path());
            fresh
        };
        let started = command
            .arg("-S")
            .arg(&socket)
            .args([
                "-f",
                "/dev/null",
                "-u",
                "new-session",
                "-d",
                "-x",
                "100",
                "-y",
                "45",
            ])
            .arg("exec sh")
            .env("PATH", path)
            .env("PS1", "$ ")
            .env("LANG", "C.UTF-8")
            .env("SHELL", "/bin/sh")
            .envs(environment.iter().copied())
            .status()
            .expect("tmux");
        assert!(started.success());
        let screen = Screen { tmux, socket };
        screen.until("$");
        Some(screen)
    }

    /// Empties the line that is being typed. An interrupt would also drop what is typed after it.
    pub(crate) fn clear(&self) {
        self.tmux(&["send-keys", "C-u"]);
    }

    /// Types a text and presses the tabulator.
    pub(crate) fn complete(&self, text: &str) {
        self.tmux(&["send-keys", "-l", text]);
        self.tmux(&["send-keys", "Tab"]);
    }

    /// Types a line.
    pub(crate) fn enter(&self, line: &str) {
        self.tmux(&["send-keys", "-l", line]);
        self.tmux(&["send-keys", "Enter"]);
    }

    /// Pastes a line, as from a clipboard.
    pub(crate) fn paste(&self, line: &str) {
        let mut child = self
            .command(&["load-buffer", "-"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("tmux");
        let mut input = child.stdin.take().expect("a pipe");
        input.write_all(line.as_bytes()).expect("a pipe");
        drop(input);
        assert!(child.wait().expect("an end").success());
        self.tmux(&["paste-buffer"]);
        self.tmux(&["send-keys", "Enter"]);
    }

    /// Presses Ctrl-C.
    pub(crate) fn interrupt(&self) {
        self.tmux(&["send-keys", "C-c"]);
    }

    /// What the screen shows, and what has left it; wrapped lines are one.
    pub(crate) fn text(&self) -> String {
        let output = self
            .command(&["capture-pane", "-p", "-J", "-S", "-500"])
            .output()
            .expect("tmux");
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    /// Waits until the screen shows this.
    pub(crate) fn until(&self, wanted: &str) -> String {
        let begun = Instant::now();
        loop {
            let text = self.text();
            if text.contains(wanted) {
                return text;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "`{wanted}` never showed up:\n{text}"
            );
            thread::yield_now();
        }
    }

    /// The first word on the screen after `mark` that begins so.
    pub(crate) fn word(&self, mark: &str, start: &str) -> String {
        let begun = Instant::now();
        loop {
            let text = self.until(mark);
            let (_, after) = text.split_once(mark).expect("just seen");
            let mut words = after.split_whitespace();
            // the whole of it is there when something stands behind it
            let found = words.find(|word| word.starts_with(start));
            if let (Some(word), Some(_)) = (found, words.next()) {
                return word.to_owned();
            }
            assert!(begun.elapsed() < PATIENCE, "no `{start}` in:\n{text}");
            thread::yield_now();
        }
    }

    /// Keeps what was seen, for whoever wants to look at it.
    pub(crate) fn keep(&self, name: &str) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screens");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(format!("{name}.txt")), self.text()).expect("a file");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.tmux);
        command
            .arg("-S")
            .arg(&self.socket)
            .args(arguments)
            .stdout(Stdio::piped());
        command
    }

    fn tmux(&self, arguments: &[&str]) {
        let status = self.command(arguments).status().expect("tmux");
        assert!(status.success(), "{arguments:?}");
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It may have ended already, and there is nobody to tell.
        let _ = self.command(&["kill-server"]).status();
    }
}
