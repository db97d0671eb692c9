//! `api --jq` with the real program.

use crate::rig;
use crate::stage::Stage;
use crate::world::PROVIDER;

#[test]
fn api_jq_filters_what_the_provider_says_of_the_account() {
    if rig::program("jq").is_none() {
        return;
    }
    let stage = Stage::connected("3600");
    let url = format!("{}/userinfo", stage.sandbox.url());
    let ask = |filter: &str| stage.world.run(&["api", PROVIDER, &url, "--jq", filter]);
    let whole = stage.world.must(&["api", PROVIDER, &url]);
    let whole: serde_json::Value = serde_json::from_str(&whole).expect("JSON");
    let name = whole["sub"].as_str().expect("a subject");
    let said = ask(".sub");
    assert_eq!((said.code, said.stdout.trim()), (0, name), "{said:?}");
    let said = ask("-([1, 2] | length)");
    assert_eq!((said.code, said.stdout.trim()), (0, "-2"), "{said:?}");
    let refused = ask(".[");
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused.stderr.contains("can't read the filter"),
        "{refused:?}"
    );
    let failed = ask(".sub.sub");
    assert_eq!(failed.code, 1, "{failed:?}");
    assert!(failed.stderr.contains("could not filter"), "{failed:?}");
}
