//! What only tests need (another clock, no lock) is named `OAUTHCTL_TEST_…` in the source, sits
//! behind `--cfg oauthctl_test`, and isn't in the binary that ships.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::rig;

const PREFIX: &str = "OAUTHCTL_TEST_";

#[test]
fn the_release_lacks_every_test_seam() {
    let Some(with_seams) = rig::binary_with_seams() else {
        return;
    };
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let with_seams = fs::read(with_seams).expect("the binary with seams");
    let release = fs::read(rig::binary()).expect("the binary that ships");
    for seam in seams_in(&source) {
        // the control: the same search finds the name where it must be
        assert!(holds(&with_seams, &seam), "{seam} isn't in the test build");
        assert!(!holds(&release, &seam), "{seam} is in the release");
    }
    assert!(
        !holds(&release, PREFIX),
        "the release reads a `{PREFIX}` name"
    );
}

fn seams_in(folder: &Path) -> BTreeSet<String> {
    let mut seams = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder of the source") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            seams.extend(seams_in(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let rests = text.split(PREFIX).skip(1);
            seams.extend(rests.map(|rest| {
                let end = rest.find(|c: char| !c.is_ascii_uppercase() && c != '_');
                format!("{PREFIX}{}", rest.split_at(end.unwrap_or(rest.len())).0)
            }));
        }
    }
    seams
}

fn holds(binary: &[u8], name: &str) -> bool {
    binary
        .windows(name.len())
        .any(|window| window == name.as_bytes())
}
