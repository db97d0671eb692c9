//! Tests: providers that are not shipped can be written down, and files of the user's are laid over
//! shipped ones as the rule says.

use std::path::PathBuf;

use super::definition::{
    Definition, LostAnswer, Origin, RedirectHost, Revocation, Rotation, SecretRule,
};
use super::parse;

fn read(text: &str) -> Definition {
    let origin = Origin::UserFile(PathBuf::from("p.toml"));
    parse(&"p".parse().unwrap(), text, origin).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_provider_that_must_never_see_a_refresh_token_twice_can_be_written_down() {
    let strict = read(
        "[endpoints]\nauthorization = \"https://a.example/authorize\"\ntoken = \"https://a.example/token\"\n\
         [authorization]\npkce = \"none\"\n[client]\nauthentication = \"post\"\nsecret = \"required\"\n\
         [refresh]\nlost_answer = \"never_retry\"\n",
    );
    assert_eq!(strict.refresh.lost_answer, LostAnswer::NeverRetry);
    assert_eq!(strict.refresh.rotation, Rotation::ReplaceAndKill);
}

#[test]
fn a_file_that_extends_changes_only_what_it_says() {
    let tenant = read(
        "extends = \"microsoft\"\nissuer = \"https://login.microsoftonline.com/t/v2.0\"\n\
         [endpoints]\ntoken = \"https://login.microsoftonline.com/t/oauth2/v2.0/token\"\n\
         device_authorization = \"\"\n[client]\npublic_id = \"abc\"\nregistration_page = \"\"\n\
         [catalogue.mine]\nx = { title = \"X\", description = \"x\", category = \"read\" }\n",
    );
    assert_eq!(tenant.name.as_str(), "p");
    assert_eq!(tenant.display_name, "Microsoft");
    assert!(tenant.token_endpoint.as_str().contains("/t/"));
    assert!(tenant.authorization_endpoint.as_str().contains("/common/"));
    assert_eq!(
        tenant.device_authorization_endpoint, None,
        "the empty text takes it away"
    );
    assert_eq!(tenant.client.registration_page, None);
    assert_eq!(tenant.client.public_id.unwrap().as_str(), "abc");
    assert_eq!(tenant.client.secret, SecretRule::Forbidden);
    assert_eq!(tenant.redirect.host, RedirectHost::Localhost);
    assert_eq!(tenant.catalogue.len(), 81);
    assert!(matches!(tenant.origin, Origin::UserFile(_)));
}

#[test]
fn lists_and_the_sections_of_dependent_keys_are_replaced_whole() {
    let enterprise = read(
        "extends = \"github\"\n[api]\nhosts = [\"git.example\"]\n\
         [userinfo]\nendpoint = \"https://git.example/api/v3/user\"\nid = [\"/id\"]\nlabel = [\"/login\"]\n\
         [revocation]\nkind = \"none\"\n",
    );
    assert_eq!(enterprise.api_hosts.len(), 1);
    assert!(
        enterprise.documents.is_none(),
        "its tokens don't go to github.com"
    );
    assert!(enterprise.git.is_none(), "nor does git say them there");
    let same = read("extends = \"github\"\ndisplay_name = \"Mine\"\n");
    let documents = same.documents.unwrap();
    assert_eq!(documents.rest.as_str(), "https://api.github.com/");
    assert!(same.git.unwrap().hosts.contains("github.com"));
    assert!(matches!(
        enterprise.revocation,
        Revocation::None {
            note: None,
            page: None
        }
    ));
    let youtube = read(
        "extends = \"youtube\"\n[userinfo]\nendpoint = \"https://a.example/\"\nid = [\"/a\"]\nlabel = [\"/b\"]\n",
    );
    assert!(youtube.userinfo.unwrap().fallback.is_none());
}

#[test]
fn a_file_for_another_server_takes_over_no_hosts_and_no_imports() {
    let endpoints = "extends = \"github\"\n[endpoints]\nauthorization = \"https://git.example/login/oauth/authorize\"\n\
         token = \"https://git.example/login/oauth/access_token\"\n";
    let userinfo = "[userinfo]\nendpoint = \"https://git.example/api/v3/user\"\nid = [\"/id\"]\nlabel = [\"/login\"]\n";
    let revocation = "[revocation]\nkind = \"none\"\n";
    let enterprise = read(&format!("{endpoints}{userinfo}{revocation}"));
    assert!(enterprise.device_authorization_endpoint.is_none());
    assert!(enterprise.api_hosts.is_empty());
    // tokens of one server are shown to no other
    for (given, missing) in [(userinfo, "revocation"), (revocation, "userinfo")] {
        let name = "mine".parse().unwrap();
        let text = format!("{endpoints}{given}");
        let refused = parse(&name, &text, Origin::UserFile("/mine.toml".into()));
        let said = refused.unwrap_err().to_string();
        assert!(
            said.contains(missing) && said.contains("the base's"),
            "{said}"
        );
    }
    assert!(enterprise.git.is_none() && enterprise.documents.is_none());
    let named = read(
        "extends = \"github\"\n[api]\nhosts = [\"git.example\"]\n[git]\nhosts = [\"git.example\"]\n",
    );
    let git = named.git.unwrap();
    assert_eq!(Vec::from_iter(git.hosts), ["git.example"]);
    assert_eq!(git.username, "x-access-token");
    let host = "login.microsoftonline.us/common/oauth2/v2.0";
    let national = format!(
        "extends = \"microsoft\"\n[endpoints]\nauthorization = \"https://{host}/authorize\"\n\
         token = \"https://{host}/token\"\n[api]\nhosts = [\"graph.microsoft.us\"]\n\
         [userinfo]\nendpoint = \"https://graph.microsoft.us/v1.0/me\"\nid = [\"/id\"]\nlabel = [\"/mail\"]\n"
    );
    assert!(read(&national).import.rclone_types.is_empty());
    let own = format!("{national}[import]\nrclone = [\"onedrive\"]\n");
    assert_eq!(read(&own).import.rclone_types, ["onedrive"]);
    // nor is it the first of those that fit
    let google = read("extends = \"google\"\ndisplay_name = \"Mine\"\n");
    assert!(google.import.first);
    let elsewhere = format!(
        "{}[revocation]\nkind = \"none\"\n",
        national.replace("extends = \"microsoft\"", "extends = \"google\"")
    );
    assert!(!read(&elsewhere).import.first);
    let same = read("extends = \"microsoft\"\ndisplay_name = \"Mine\"\n");
    assert_eq!(same.import.rclone_types, ["onedrive"]);
}

#[test]
fn a_definition_can_be_pointed_at_a_server_on_this_machine() {
    let local = read(
        "extends = \"github\"\n[endpoints]\nauthorization = \"http://127.0.0.1:4000/authorize\"\n\
         token = \"http://127.0.0.1:4000/token\"\n[userinfo]\nendpoint = \"http://127.0.0.1:4000/user\"\n\
         id = [\"/id\"]\nlabel = [\"/login\"]\n[revocation]\nkind = \"application_token\"\n\
         endpoint = \"http://127.0.0.1:4000/applications/{client_id}/token\"\n[api]\nhosts = [\"127.0.0.1:4000\"]\n",
    );
    assert!(local.token_endpoint.is_loopback());
    assert!(local.revocation.endpoint_for("x").unwrap().is_loopback());
}

#[test]
fn the_examples_in_the_documentation_are_definitions() {
    let documentation = include_str!("mod.rs")
        .replace("//! ", "")
        .replace("//!", "");
    let examples: Vec<Definition> = documentation
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .map(read)
        .collect();
    let names: Vec<&str> = examples.iter().map(|e| e.display_name.as_str()).collect();
    assert_eq!(names, ["Example", "Microsoft"]);
}
