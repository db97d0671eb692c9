//! Tests: the quirks of providers that are not shipped can be written down, and files of the user's
//! are laid over shipped ones as the rule says.

use std::path::PathBuf;

use super::definition::{
    BodyKind, Definition, IssParameter, LostAnswer, Origin, Pkce, RedirectHost, Revocation,
    Rotation, ScopeSeparator, SecretRule, UserinfoMethod,
};
use super::parse;

fn read(text: &str) -> Definition {
    let origin = Origin::UserFile(PathBuf::from("p.toml"));
    parse(&"p".parse().unwrap(), text, origin).unwrap_or_else(|error| panic!("{error}"))
}

/// A whole definition: the sections that every one needs, then `rest`.
fn whole(rest: &str) -> Definition {
    read(&format!(
        "[endpoints]\nauthorization = \"https://a.example/authorize\"\ntoken = \"https://a.example/token\"\n\
         [authorization]\npkce = \"S256\"\n{rest}"
    ))
}

#[test]
fn gitlab_repeats_the_redirect_uri_when_refreshing() {
    let gitlab = whole(
        "[client]\nauthentication = \"post\"\nsecret = \"optional\"\n\
         [refresh]\nrotation = \"replace_and_kill\"\nredirect_uri = \"repeated\"\n\
         [revocation]\nkind = \"rfc7009\"\nendpoint = \"https://a.example/revoke\"\n",
    );
    assert!(gitlab.refresh.send_redirect_uri);
    assert_eq!(gitlab.client.secret, SecretRule::Optional);
    assert!(matches!(
        gitlab.revocation,
        Revocation::Rfc7009 {
            authenticate: true,
            body: BodyKind::Form,
            ..
        }
    ));
}

#[test]
fn slack_nests_its_answer_and_says_ok() {
    let slack = whole(
        "[client]\nauthentication = \"post\"\nsecret = \"optional\"\n\
         [redirect]\nhost = \"localhost\"\nport = 17817\n\
         [token]\nfailure = \"ok_member\"\nnested_in = \"authed_user\"\n\
         [scopes]\nrequest = \"comma\"\nrequest_parameter = \"user_scope\"\nanswer = \"comma\"\n\
         [userinfo]\nendpoint = \"https://a.example/auth.test\"\nmethod = \"post\"\nid = [\"/team_id\", \"/user_id\"]\nlabel = [\"/user\"]\n\
         [revocation]\nkind = \"bearer_post\"\nendpoint = \"https://a.example/auth.revoke\"\n",
    );
    assert!(slack.answers.ok_member);
    assert_eq!(slack.answers.nested_in.as_deref(), Some("authed_user"));
    assert_eq!(slack.scopes.request_parameter, "user_scope");
    assert_eq!(slack.scopes.request_separator, Some(ScopeSeparator::Comma));
    assert_eq!(
        slack.redirect.registered_uri(),
        "http://localhost:17817/callback"
    );
    assert!(matches!(slack.revocation, Revocation::BearerPost { .. }));
}

#[test]
fn bitbucket_dropbox_linear_discord_and_atlassian_can_be_written_down() {
    let bitbucket = whole(
        "[client]\nauthentication = \"basic\"\nsecret = \"required\"\n[scopes]\nanswer_member = \"scopes\"\n",
    );
    assert_eq!(bitbucket.scopes.answer_member, "scopes");
    let dropbox = whole(
        "[authorization.parameters]\ntoken_access_type = \"offline\"\n\
         [client]\nauthentication = \"post\"\nsecret = \"optional\"\n[refresh]\nrotation = \"none\"\n\
         [userinfo]\nendpoint = \"https://a.example/me\"\nmethod = \"post\"\nid = [\"/account_id\"]\nlabel = [\"/name/display_name\"]\n\
         [revocation]\nkind = \"bearer_post\"\nendpoint = \"https://a.example/revoke\"\n",
    );
    let userinfo = dropbox.userinfo.unwrap();
    assert_eq!(
        (userinfo.method, userinfo.body),
        (UserinfoMethod::Post, None)
    );
    assert_eq!(dropbox.refresh.rotation, Rotation::None);
    let linear = whole(
        "[client]\nauthentication = \"post\"\nsecret = \"optional\"\n\
         [userinfo]\nendpoint = \"https://a.example/graphql\"\nmethod = \"post\"\nbody = '{\"query\":\"{viewer{id name}}\"}'\n\
         id = [\"/data/viewer/id\"]\nlabel = [\"/data/viewer/name\"]\n",
    );
    assert!(linear.userinfo.unwrap().body.unwrap().contains("viewer"));
    let discord = read(
        "[endpoints]\nauthorization = \"https://a.example/authorize\"\ntoken = \"https://a.example/token\"\n\
         [authorization]\npkce = \"S256\"\niss = \"required\"\n[client]\nauthentication = \"basic\"\nsecret = \"optional\"\n",
    );
    assert_eq!(discord.iss_parameter, IssParameter::Required);
    let atlassian = read(
        "[endpoints]\nauthorization = \"https://a.example/authorize\"\ntoken = \"https://a.example/token\"\n\
         [authorization]\npkce = \"none\"\nparameters = { audience = \"api.example\", prompt = \"consent\" }\n\
         [client]\nauthentication = \"post\"\nsecret = \"required\"\n[token]\nbody = \"json\"\n[refresh]\nlost_answer = \"never_retry\"\n",
    );
    assert_eq!(
        (atlassian.pkce, atlassian.token_body),
        (Pkce::None, BodyKind::Json)
    );
    assert_eq!(atlassian.refresh.lost_answer, LostAnswer::NeverRetry);
    assert_eq!(
        atlassian.authorization_parameters["audience"],
        "api.example"
    );
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
    let same = read("extends = \"github\"\ndisplay_name = \"Mine\"\n");
    let documents = same.documents.unwrap();
    assert_eq!(documents.rest.as_str(), "https://api.github.com/");
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
fn a_definition_can_be_pointed_at_a_server_on_this_machine() {
    let local = read(
        "extends = \"github\"\n[endpoints]\nauthorization = \"http://127.0.0.1:4000/authorize\"\n\
         token = \"http://127.0.0.1:4000/token\"\n[revocation]\nkind = \"application_token\"\n\
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
