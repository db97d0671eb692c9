//! `audit report --html` in a real browser: the page loads nothing, and its policy is kept.

use std::fs;
use std::path::Path;

use crate::browser::{self, Screenshots};
use crate::peer::{Peer, Settings};
use crate::world::{World, peer_definition};

#[test]
fn audit_report_html_is_a_quiet_page_in_light_and_in_dark() {
    let Some(peer) = Peer::start(Settings::default()) else {
        return;
    };
    let world = World::new(&peer_definition(&peer, peer.issuer())).with_vault();
    world.connect_at_peer("alice");
    let connection = world.show()["connection"].as_str().unwrap().to_owned();
    for _ in 0..3 {
        world.must(&["token", &connection]);
    }
    let path = world.at("report.html");
    world.must(&["audit", "report", "--html", path.to_str().unwrap()]);
    let pictures = Screenshots::in_folder(world.path());
    let Some(seen) = browser::look(&path, &pictures) else {
        return;
    };
    assert_eq!(seen.problems, [""; 0]);
    assert_eq!(seen.requests, [""; 0]);
    assert_eq!(seen.title, "oauthctl: audit report");
    for part in ["The log is whole", "Use per day", &connection, "As a table"] {
        assert!(seen.text.contains(part), "{part}: {}", seen.text);
    }
    let [light, dark] = seen.grounds.as_slice() else {
        panic!("{:?}", seen.grounds);
    };
    assert_ne!(light, dark, "dark is another page");
    let size = |path: &Path| fs::metadata(path).expect("a picture").len();
    assert!(size(&pictures.light) > 0 && size(&pictures.dark) > 0);
}

/// The control: the same page with what it must not have.
#[test]
fn a_page_on_the_disk_that_breaks_its_policy_or_asks_elsewhere_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("page.html");
    let page = |policy: &str, body: &str| {
        let page = format!(
            "<!doctype html><title>t</title><meta http-equiv=Content-Security-Policy \
             content=\"{policy}\">{body}"
        );
        fs::write(&path, page).expect("a page");
        browser::look(&path, &Screenshots::in_folder(folder.path()))
    };
    let Some(seen) = page("default-src 'none'", "<script>1</script>") else {
        return;
    };
    assert!(
        seen.problems.concat().contains("Security Policy"),
        "{seen:?}"
    );
    assert_eq!(seen.grounds[0], seen.grounds[1]);
    let image = "<img src=\"http://elsewhere.example/a.png\">";
    let seen = page("img-src *", image).expect("the browser is there");
    assert!(
        seen.requests.concat().contains("elsewhere.example"),
        "{seen:?}"
    );
}
