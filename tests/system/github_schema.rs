//! GitHub's own description of its API, from npm: whether requests and answers fit it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::rig;

/// What the check found.
#[derive(Debug)]
pub(crate) struct Report {
    /// How many exchanges were checked.
    pub(crate) checked: u64,
    /// Which operations they were: `GET /repos/{owner}/{repo}`.
    pub(crate) operations: Vec<String>,
    /// What does not fit, one line each.
    pub(crate) problems: Vec<String>,
}

/// Checks exchanges in the form that `github-schema/check.mjs` describes; `None` where Node.js or
/// the packages are missing.
pub(crate) fn check(exchanges: &[Value]) -> Option<Report> {
    let node = rig::node()?;
    let folder = rig::folder("github-schema");
    if !folder.join("node_modules").is_dir() {
        return rig::missing(
            "the description of GitHub's API (`npm ci` in `tests/system/github-schema`)",
        );
    }
    let mut child = Command::new(node)
        .arg(folder.join("check.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the pinned node");
    let mut lines = String::new();
    for exchange in exchanges {
        lines.push_str(&exchange.to_string());
        lines.push('\n');
    }
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(lines.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let list = |name: &str| -> Vec<String> {
        serde_json::from_value(report[name].clone()).expect("a list")
    };
    Some(Report {
        checked: report["checked"].as_u64().expect("a number"),
        operations: list("operations"),
        problems: list("problems"),
    })
}
