//! System calls by name and number, as strace counts them, and what can be done to one of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::world::World;

/// The `number`th call of that name (from 1) on the main thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) number: usize,
}

impl Call {
    /// The program under strace, which does to this call what `fault` says, as in `signal=KILL` or
    /// `error=ENOSPC`.
    pub(crate) fn with(
        &self,
        world: &World,
        strace: &Path,
        fault: &str,
        arguments: &[&str],
    ) -> Command {
        let inject = format!("inject={}:{fault}:when={}", self.name, self.number);
        traced(
            world,
            strace,
            &self.name,
            &["-o", "/dev/null", "-e", &inject],
            arguments,
        )
    }

    /// [`Self::with`], for this call and every later one of its name.
    pub(crate) fn on_with(
        &self,
        world: &World,
        strace: &Path,
        fault: &str,
        arguments: &[&str],
    ) -> Command {
        let inject = format!("inject={}:{fault}:when={}+", self.name, self.number);
        traced(
            world,
            strace,
            &self.name,
            &["-o", "/dev/null", "-e", &inject],
            arguments,
        )
    }
}

/// The calls of these names that a command makes on its main thread, in order. It must succeed.
pub(crate) fn calls(world: &World, strace: &Path, names: &str, arguments: &[&str]) -> Vec<Call> {
    let log = world.at("strace.log");
    let to = ["-o", log.to_str().expect("a path in UTF-8")];
    let ended = traced(world, strace, names, &to, arguments)
        .output()
        .expect("strace");
    assert!(ended.status.success(), "{ended:?}");
    let text = fs::read_to_string(log).expect("a log");
    let mut counts = BTreeMap::new();
    let main = text.split(' ').next().expect("a process id");
    let lines = text.lines().filter_map(|line| line.strip_prefix(main));
    lines
        .filter_map(|line| Some(line.trim_start().split_once('(')?.0.to_owned()))
        .filter(|name| names.split(',').any(|known| known == name))
        .map(|name| {
            let number = counts.entry(name.clone()).or_insert(0);
            *number += 1;
            Call {
                number: *number,
                name,
            }
        })
        .collect()
}

fn traced(world: &World, strace: &Path, names: &str, more: &[&str], arguments: &[&str]) -> Command {
    let trace = format!("trace={names}");
    let quiet = ["-f", "-qq", "-e", "signal=none", "-e", &trace];
    world.wrapped(strace, &[&quiet, more].concat(), arguments)
}
