//! Headless Chromium with a person in front of it, as a child process.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use url::Url;

use crate::rig;

/// What the person saw at the end.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    /// The status of the last page.
    pub(crate) status: u16,
    /// The address bar.
    pub(crate) final_url: Url,
    /// The window's title.
    pub(crate) title: String,
    /// The page's visible text.
    pub(crate) text: String,
    /// The paths that the browser asked the callback listener for, in order, favicon included.
    pub(crate) requests: Vec<String>,
    /// Console errors, policy violations and requests to elsewhere by pages that aren't the
    /// provider's.
    pub(crate) problems: Vec<String>,
}

/// The pictures to take of the last page.
#[derive(Debug, Clone)]
pub(crate) struct Screenshots {
    pub(crate) light: PathBuf,
    pub(crate) dark: PathBuf,
}

impl Screenshots {
    /// `light.png` and `dark.png` in a folder.
    pub(crate) fn in_folder(folder: &Path) -> Screenshots {
        Screenshots {
            light: folder.join("light.png"),
            dark: folder.join("dark.png"),
        }
    }
}

/// What the person saw of a page on the disk.
#[derive(Debug, Deserialize)]
pub(crate) struct Look {
    /// The window's title.
    pub(crate) title: String,
    /// The page's visible text, with everything unfolded.
    pub(crate) text: String,
    /// Its background in light and in dark.
    pub(crate) grounds: Vec<String>,
    /// What it asked for beside itself.
    pub(crate) requests: Vec<String>,
    /// Console errors and policy violations.
    pub(crate) problems: Vec<String>,
}

/// Opens a page on the disk; `None` where Chromium or its driver isn't installed.
pub(crate) fn look(page: &Path, to: &Screenshots) -> Option<Look> {
    let mut command = driver("look.mjs", to)?;
    let output = command.arg(page).output().expect("the pinned node");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the browser failed: {talk}");
    Some(serde_json::from_slice(&output.stdout).expect("a report"))
}

/// One of the scripts that drive the browser.
fn driver(script: &str, to: &Screenshots) -> Option<Command> {
    let (node, chromium) = (rig::node()?, rig::program("chromium")?);
    let folder = rig::folder("chromium");
    if !folder.join("node_modules/playwright-core").is_dir() {
        return rig::missing("playwright-core (`npm ci` in `tests/system/chromium`)");
    }
    let mut command = Command::new(node);
    command
        .current_dir(folder)
        .arg(script)
        .arg("--chromium")
        .arg(chromium)
        .arg("--light")
        .arg(&to.light)
        .arg("--dark")
        .arg(&to.dark);
    Some(command)
}

/// Logs `account` in on the pages of [`Peer`](crate::peer::Peer), consents, and follows the
/// redirect to the callback page; `None` where Chromium or its driver isn't installed.
pub(crate) fn login(authorization_url: &Url, account: &str, to: &Screenshots) -> Option<Report> {
    let mut child = driver("login.mjs", to)?
        .args(["--account", account])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the pinned node");
    let mut stdin = child.stdin.take().expect("a pipe");
    writeln!(stdin, "{authorization_url}").expect("the URL");
    drop(stdin);
    let output = child.wait_with_output().expect("an end");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the browser failed: {talk}");
    Some(serde_json::from_slice(&output.stdout).expect("a report"))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::net::{TcpListener, TcpStream};
    use std::thread;

    use super::*;
    use crate::peer::{Peer, Settings};

    const PAGE: &str = "<!doctype html><title>A title</title><p>A text";

    #[test]
    fn the_browser_lands_on_a_quiet_page_and_reports_no_problem() {
        let Some(report) = landing("default-src 'none'", PAGE) else {
            return;
        };
        assert_eq!(report.problems, [""; 0]);
        assert_eq!((report.status, report.final_url.path()), (200, "/callback"));
        assert_eq!(
            (report.title.as_str(), report.text.as_str()),
            ("A title", "A text")
        );
        assert_eq!(report.requests, ["/callback"]);
    }

    /// The control for every assertion that `problems` is empty.
    #[test]
    fn the_browser_reports_a_page_that_breaks_its_policy_or_asks_elsewhere() {
        let page = format!("{PAGE}<script>1</script>");
        let Some(report) = landing("default-src 'none'", &page) else {
            return;
        };
        assert!(
            report.problems.concat().contains("Security Policy"),
            "{report:?}"
        );
        let page = format!("{PAGE}<img src=\"http://elsewhere.example/a.png\">");
        let report = landing("img-src *", &page).expect("the browser is there");
        assert!(
            report.problems.concat().contains("elsewhere.example"),
            "{report:?}"
        );
        assert!(
            report.requests.contains(&"/favicon.ico".to_owned()),
            "{report:?}"
        );
    }

    /// Logs in and lands on a listener that answers everything with one page.
    fn landing(policy: &str, page: &str) -> Option<Report> {
        let peer = Peer::start(Settings::default())?;
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Security-Policy: {policy}\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{page}",
            page.len(),
        );
        // Ends with the test process: a listener has no other way to be told.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, answer) = (stream.expect("a connection"), answer.clone());
                thread::spawn(move || serve(stream, &answer));
            }
        });
        let mut url = peer.at("/auth");
        let redirect = format!("http://127.0.0.1:{port}/callback");
        url.query_pairs_mut().extend_pairs([
            ("client_id", crate::peer::NATIVE_CLIENT),
            ("response_type", "code"),
            ("redirect_uri", redirect.as_str()),
            ("scope", "openid"),
            // the challenge of RFC 7636 appendix B
            (
                "code_challenge",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            ),
            ("code_challenge_method", "S256"),
        ]);
        let folder = tempfile::tempdir().expect("a folder");
        let pictures = Screenshots::in_folder(folder.path());
        let report = login(&url, "alice", &pictures)?;
        let size = |path| std::fs::metadata(path).expect("a picture").len();
        assert!(size(&pictures.light) > 0 && size(&pictures.dark) > 0);
        Some(report)
    }

    /// A browser opens connections ahead of need and closes them unused.
    fn serve(mut stream: TcpStream, answer: &str) {
        let lines = BufReader::new(&stream).lines().map_while(Result::ok);
        if lines.take_while(|line| !line.is_empty()).count() > 0 {
            // it may have gone
            let _ = stream.write_all(answer.as_bytes());
        }
    }
}
