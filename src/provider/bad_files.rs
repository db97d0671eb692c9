//! Tests: files that must be refused, each with the key that the error has to name.

use std::path::PathBuf;

use super::definition::{Definition, Origin};
use super::{LARGEST_FILE, ProviderError, parse};

fn read(text: &str) -> Result<Definition, ProviderError> {
    let origin = Origin::UserFile(PathBuf::from("/x/p.toml"));
    parse(&"p".parse().unwrap(), text, origin)
}

/// Field, line, reason and the whole message of the refusal.
fn refusal(text: &str) -> (String, Option<usize>, String, String) {
    match read(text) {
        Err(error @ ProviderError::Invalid { .. }) => {
            let message = error.to_string();
            let ProviderError::Invalid {
                line, field, why, ..
            } = error
            else {
                unreachable!()
            };
            (field, line, why, message)
        }
        other => panic!("not refused: {text}\n{other:?}"),
    }
}

/// Every file begins with this line, so the line that is wrong is the last one or as given.
const EXTENDS: &str = "extends = \"github\"\n";

#[test]
fn the_line_that_all_bad_files_begin_with_is_good() {
    let definition = read(EXTENDS).unwrap();
    assert_eq!(definition.display_name, "GitHub");
    assert_eq!(definition.name.as_str(), "p");
}

#[test]
fn values_that_cannot_be_are_refused_with_their_key_and_line() {
    for (text, field) in BAD_VALUES {
        let whole = format!("{EXTENDS}{text}\n");
        let (named, line, _, message) = refusal(&whole);
        let wanted = (field, Some(whole.lines().count()));
        assert_eq!((named.as_str(), line), wanted, "{text}: {message}");
        assert!(message.contains("/x/p.toml"), "{message}");
    }
}

#[test]
fn a_token_goes_to_no_manuscripts_that_the_api_hosts_leave_out() {
    for key in ["rest", "graphql"] {
        let text = format!("{EXTENDS}[documents]\n{key} = \"https://evil.example/api\"\n");
        let (field, _, why, _) = refusal(&text);
        assert_eq!(field, format!("documents.{key}"));
        assert!(why.contains("`[api]` hosts"), "{why}");
    }
}

#[test]
fn the_same_keys_with_good_values_are_accepted() {
    for text in [
        "display_name = \"Mine\"",
        "issuer = \"https://a.example/{tenantid}/v2\"",
        "issuer = \"\"",
        "[endpoints]\ntoken = \"https://a.example:8443/t?api-version=1\"\n[userinfo]\nendpoint = \"https://a.example/\"\nid = [\"/a\"]\nlabel = [\"/b\"]\n[revocation]\nkind = \"none\"",
        "[endpoints]\ntoken = \"http://127.0.0.1:9/t\"\n[userinfo]\nendpoint = \"https://a.example/\"\nid = [\"/a\"]\nlabel = [\"/b\"]\n[revocation]\nkind = \"none\"",
        "[endpoints]\nauthorization = \"http://[::1]:9/a\"",
        "[endpoints]\ndevice_authorization = \"\"",
        "[api]\nhosts = [\"a.example\", \"a.example:8443\", \"127.0.0.1:9\", \"[::1]:9\"]",
        "[authorization.parameters]\nprompt = \"consent\"\nactor = \"user\"",
        "[authorization]\npkce = \"none\"",
        "[headers]\nX-Api-Version = \"2026-01-01\"",
        "[redirect]\nhost = \"localhost\"\nport = 1024\npath = \"/\"",
        "[redirect]\nport = 65535\npath = \"/a/b-c_d.e~f/\"",
        "[redirect]\nport = \"any\"",
        "[refresh]\nended_errors = [\"token_expired\"]",
        "[scopes]\nrequest = \"none\"\ndefault = []",
        "[scopes]\nrequest = \"comma\"\ndefault = [\"a\", \"b\"]",
        "[scopes]\nrequest_parameter = \"user_scope\"",
        "[scopes.aliases]\na = \"c\"\nb = \"c\"",
        "[scopes.implies]\na = [\"b\", \"c\"]\nb = [\"c\"]",
        "[userinfo]\nendpoint = \"https://a.example/\"\nid = [\"/a~0b/~1c\"]\nlabel = [\"/a\"]",
        "[userinfo]\nmethod = \"token_answer\"\nid = [\"/a\"]\nlabel = [\"/a\"]",
        "[revocation]\nkind = \"bearer_post\"\nendpoint = \"https://a.example/\"",
        "[revocation]\nkind = \"application_token\"\nendpoint = \"https://a.example/?id={client_id}\"",
        "[revocation]\nkind = \"none\"\nnote = \"ask them\"\npage = \"\"",
        "[catalogue.repos]\nmine = { title = \"a\", description = \"b\", category = \"read\" }",
    ] {
        let outcome = read(&format!("{EXTENDS}{text}\n"));
        assert!(outcome.is_ok(), "{text}: {}", outcome.unwrap_err());
    }
}

/// Each stands alone after [`EXTENDS`]; its last line is the wrong one.
const BAD_VALUES: [(&str, &str); 99] = [
    ("advice.x = { says = \"y\" }", "advice.x.hint"),
    ("advice.x = { hint = \"y\" }", "advice.x"),
    (
        "advice.x = { when = \"no_answer\", error = \"e\", hint = \"y\" }",
        "advice.x.when",
    ),
    (
        "advice.x = { when = \"often\", error = \"e\", hint = \"y\" }",
        "advice.x.when",
    ),
    (
        "advice.x = { error = \"e\", hint = \" y\" }",
        "advice.x.hint",
    ),
    ("advice.x = { error = \"e\", tip = \"y\" }", "advice.x.tip"),
    // unknown keys, in every section
    ("colour = \"red\"", "colour"),
    ("name = \"x\"", "name"),
    ("command = \"rm\"", "command"),
    ("hooks = { run = \"sh\" }", "hooks"),
    (
        "[endpoints]\nuserinfo = \"https://a.example/\"",
        "endpoints.userinfo",
    ),
    ("[authorization]\nscope = \"repo\"", "authorization.scope"),
    ("[client]\nid = \"x\"", "client.id"),
    ("[client]\nclient_secret = \"x\"", "client.client_secret"),
    ("[redirect]\nuri = \"http://127.0.0.1/\"", "redirect.uri"),
    ("[token]\nretry = 3", "token.retry"),
    ("[refresh]\nrotate = true", "refresh.rotate"),
    ("[userinfo]\nurl = \"https://a.example/\"", "userinfo.url"),
    ("[scopes]\nwanted = []", "scopes.wanted"),
    ("[revocation]\nmethod = \"DELETE\"", "revocation.method"),
    ("[api]\nbase = \"https://a.example/\"", "api.base"),
    (
        "[catalogue.repos]\n\"repo\" = { title = \"a\", description = \"b\", category = \"read\", required = true }",
        "catalogue.repos.repo.required",
    ),
    // wrong types
    ("display_name = 7", "display_name"),
    ("issuer = true", "issuer"),
    ("[scopes]\ndefault = \"repo\"", "scopes.default"),
    ("[redirect]\nport = 8080.5", "redirect.port"),
    ("endpoints = []", "endpoints"),
    (
        "[catalogue.repos]\nrepo = [\"a\", \"b\", \"read\"]",
        "catalogue.repos.repo",
    ),
    // words that are none of the known ones
    ("[authorization]\npkce = \"plain\"", "authorization.pkce"),
    ("[authorization]\npkce = \"s256\"", "authorization.pkce"),
    ("[authorization]\npkce = \"\"", "authorization.pkce"),
    ("[authorization]\niss = \"never\"", "authorization.iss"),
    (
        "[client]\nauthentication = \"tls_client_auth\"",
        "client.authentication",
    ),
    ("[client]\nsecret = \"yes\"", "client.secret"),
    ("[redirect]\nhost = \"0.0.0.0\"", "redirect.host"),
    ("[redirect]\nhost = \"example.org\"", "redirect.host"),
    ("[token]\nbody = \"xml\"", "token.body"),
    ("[token]\nfailure = \"never\"", "token.failure"),
    (
        "[token]\nclient_errors = [\"invalid_grant\"]",
        "token.client_errors",
    ),
    (
        "[token]\nclient_errors = [\"slow_down\"]",
        "token.client_errors",
    ),
    (
        "[scopes]\nrequest_parameter = \"user_scope\"\n[authorization.parameters]\nuser_scope = \"a\"",
        "authorization.parameters.user_scope",
    ),
    ("[refresh]\nrotation = \"sometimes\"", "refresh.rotation"),
    ("[revocation]\nkind = \"delete\"", "revocation.kind"),
    ("[scopes]\nrequest = \"+\"", "scopes.request"),
    // where secrets go
    (
        "[endpoints]\ntoken = \"http://a.example/\"",
        "endpoints.token",
    ),
    (
        "[endpoints]\ntoken = \"https://u:p@a.example/\"",
        "endpoints.token",
    ),
    (
        "[endpoints]\ntoken = \"https://a.example/#f\"",
        "endpoints.token",
    ),
    (
        "[endpoints]\ntoken = \"https://a.example/ b\"",
        "endpoints.token",
    ),
    (
        "[endpoints]\ntoken = \"https://a.example/\\n\"",
        "endpoints.token",
    ),
    ("[endpoints]\ntoken = \"\"", "endpoints.token"),
    ("[endpoints]\ntoken = \"//a.example/\"", "endpoints.token"),
    (
        "[endpoints]\ntoken = \"https://a.example/?client_secret=x\"",
        "endpoints.token",
    ),
    (
        "[endpoints]\nauthorization = \"javascript:alert(1)\"",
        "endpoints.authorization",
    ),
    (
        "[endpoints]\nauthorization = \"file:///etc/passwd\"",
        "endpoints.authorization",
    ),
    (
        "[endpoints]\nauthorization = \"https://a.example/?redirect_uri=https://b.example/\"",
        "endpoints.authorization",
    ),
    (
        "[endpoints]\nauthorization = \"https://a.example/?%73tate=1\"",
        "endpoints.authorization",
    ),
    (
        "[endpoints]\ndevice_authorization = \"http://localhost.a.example/\"",
        "endpoints.device_authorization",
    ),
    (
        "[endpoints]\nintrospection = \"ftp://a.example/\"",
        "endpoints.introspection",
    ),
    ("issuer = \"https://a.example/?x=1\"", "issuer"),
    ("issuer = \"accounts.example\"", "issuer"),
    ("[api]\nhosts = [\"https://a.example/\"]", "api.hosts"),
    ("[api]\nhosts = [\"a.example/path\"]", "api.hosts"),
    ("[api]\nhosts = [\"*.example\"]", "api.hosts"),
    ("[api]\nhosts = [\"u@a.example\"]", "api.hosts"),
    ("[api]\nhosts = [\"A.example\"]", "api.hosts"),
    ("[api]\nhosts = [\"a.example:443\"]", "api.hosts"),
    ("[api]\nhosts = [\"127.1\"]", "api.hosts"),
    ("[api]\nhosts = [\"0x7f000001\"]", "api.hosts"),
    ("[api]\nhosts = [\"\"]", "api.hosts"),
    // parameters that the protocol owns
    (
        "[authorization.parameters]\nclient_id = \"x\"",
        "authorization.parameters.client_id",
    ),
    (
        "[authorization.parameters]\nredirect_uri = \"x\"",
        "authorization.parameters.redirect_uri",
    ),
    (
        "[authorization.parameters]\nresponse_type = \"x\"",
        "authorization.parameters.response_type",
    ),
    (
        "[authorization.parameters]\nresponse_mode = \"x\"",
        "authorization.parameters.response_mode",
    ),
    (
        "[authorization.parameters]\nSTATE = \"x\"",
        "authorization.parameters.STATE",
    ),
    (
        "[authorization.parameters]\nnonce = \"x\"",
        "authorization.parameters.nonce",
    ),
    (
        "[authorization.parameters]\nscope = \"x\"",
        "authorization.parameters.scope",
    ),
    (
        "[authorization.parameters]\ncode_challenge_method = \"plain\"",
        "authorization.parameters.code_challenge_method",
    ),
    (
        "[authorization.parameters]\nclient_secret = \"x\"",
        "authorization.parameters.client_secret",
    ),
    (
        "[authorization.parameters]\nresource = \"x\"",
        "authorization.parameters.resource",
    ),
    (
        "[authorization.parameters]\nrequest_uri = \"x\"",
        "authorization.parameters.request_uri",
    ),
    (
        "[authorization.parameters]\nprompt = \"a\\u001bb\"",
        "authorization.parameters.prompt",
    ),
    (
        "[authorization.parameters]\n\"a b\" = \"x\"",
        "authorization.parameters.\"a b\"",
    ),
    // headers
    ("[headers]\nAuthorization = \"x\"", "headers.Authorization"),
    ("[headers]\nhost = \"x\"", "headers.host"),
    (
        "[headers]\nContent-Length = \"0\"",
        "headers.Content-Length",
    ),
    (
        "[headers]\ntransfer-encoding = \"x\"",
        "headers.transfer-encoding",
    ),
    ("[headers]\n\"X Y\" = \"x\"", "headers.\"X Y\""),
    ("[headers]\nX-A = \"a\\r\\nb: c\"", "headers.X-A"),
    ("[headers]\nX-A = \"\"", "headers.X-A"),
    // the redirect URI
    ("[redirect]\npath = \"callback\"", "redirect.path"),
    ("[redirect]\npath = \"/a/../b\"", "redirect.path"),
    ("[redirect]\npath = \"/a?b=c\"", "redirect.path"),
    ("[redirect]\npath = \"//a.example\"", "redirect.path"),
    ("[redirect]\nport = 0", "redirect.port"),
    ("[redirect]\nport = 80", "redirect.port"),
    ("[redirect]\nport = 65536", "redirect.port"),
    ("[redirect]\nport = -1", "redirect.port"),
    ("[redirect]\nport = \"all\"", "redirect.port"),
    // a temporary error never ends a connection
    (
        "[refresh]\nended_errors = [\"temporarily_unavailable\"]",
        "refresh.ended_errors",
    ),
];

#[test]
fn sections_that_do_not_fit_together_are_refused_with_their_key() {
    for (text, field) in BAD_SECTIONS {
        let (named, _, _, message) = refusal(&format!("{EXTENDS}{text}\n"));
        assert_eq!(named, field, "{text}: {message}");
    }
}

const BAD_SECTIONS: [(&str, &str); 34] = [
    (
        "[userinfo]\nid = [\"/id\"]\nlabel = [\"/a\"]",
        "userinfo.endpoint",
    ),
    (
        "[userinfo]\nendpoint = \"https://a.example/\"\nlabel = [\"/a\"]",
        "userinfo.id",
    ),
    (
        "[userinfo]\nendpoint = \"https://a.example/\"\nid = []\nlabel = [\"/a\"]",
        "userinfo.id",
    ),
    (
        "[userinfo]\nendpoint = \"https://a.example/\"\nid = [\"id\"]\nlabel = [\"/a\"]",
        "userinfo.id",
    ),
    (
        "[userinfo]\nendpoint = \"https://a.example/\"\nid = [\"\"]\nlabel = [\"/a\"]",
        "userinfo.id",
    ),
    (
        "[userinfo]\nendpoint = \"https://a.example/\"\nid = [\"/~2\"]\nlabel = [\"/a\"]",
        "userinfo.id",
    ),
    (
        "[userinfo]\nendpoint = \"https://a.example/\"\nid = [\"/a~\"]\nlabel = [\"/a\"]",
        "userinfo.id",
    ),
    (
        "[userinfo]\nendpoint = \"https://a.example/\"\nid = [\"/a\"]",
        "userinfo.label",
    ),
    (
        "[userinfo]\nendpoint = \"https://a.example/\"\nid = [\"/a\"]\nlabel = [\"/a\"]\nbody = \"{}\"",
        "userinfo.body",
    ),
    (
        "[userinfo]\nendpoint = \"https://a.example/\"\nmethod = \"post\"\nid = [\"/a\"]\nlabel = [\"/a\"]\nbody = \"{\"",
        "userinfo.body",
    ),
    (
        "[userinfo]\nmethod = \"token_answer\"\nid = [\"/a\"]\nlabel = [\"/a\"]\n[userinfo.fallback]\nid = [\"/a\"]",
        "userinfo.fallback.endpoint",
    ),
    (
        "[userinfo]\nmethod = \"token_answer\"\nid = [\"/a\"]\nlabel = [\"/a\"]\n[userinfo.fallback]\nmethod = \"token_answer\"\nid = [\"/a\"]\nlabel = [\"/a\"]\n[userinfo.fallback.fallback]\nmethod = \"token_answer\"",
        "userinfo.fallback.fallback",
    ),
    ("[revocation]\nkind = \"rfc7009\"", "revocation.endpoint"),
    (
        "[revocation]\nkind = \"bearer_post\"",
        "revocation.endpoint",
    ),
    (
        "[revocation]\nkind = \"application_token\"",
        "revocation.endpoint",
    ),
    (
        "[revocation]\nkind = \"application_token\"\nendpoint = \"https://a.example/token\"",
        "revocation.endpoint",
    ),
    (
        "[revocation]\nkind = \"application_token\"\nendpoint = \"https://{client_id}.example/token\"",
        "revocation.endpoint",
    ),
    (
        "[revocation]\nkind = \"application_token\"\nendpoint = \"http://a.example/{client_id}\"",
        "revocation.endpoint",
    ),
    (
        "[revocation]\nkind = \"application_token\"\nendpoint = \"https://a.example/{client_id}/{token}\"",
        "revocation.endpoint",
    ),
    (
        "[revocation]\nkind = \"application_token\"\nendpoint = \"https://a.example/{client_id}\"\ntokens = \"both\"",
        "revocation.tokens",
    ),
    (
        "[revocation]\nkind = \"application_token\"\nendpoint = \"https://a.example/{client_id}\"\npage = \"http://a.example/\"",
        "revocation.page",
    ),
    (
        "[revocation]\nkind = \"none\"\nendpoint = \"https://a.example/\"",
        "revocation.endpoint",
    ),
    (
        "[revocation]\nkind = \"bearer_post\"\nendpoint = \"https://a.example/\"\nbody = \"json\"",
        "revocation.body",
    ),
    (
        "[revocation]\nkind = \"none\"\npage = \"http://a.example/\"",
        "revocation.page",
    ),
    ("[scopes]\nrequest = \"none\"", "scopes.default"),
    ("[scopes]\ndefault = [\"a\", \"a\"]", "scopes.default"),
    (
        "[scopes]\nrequest = \"comma\"\ndefault = [\"a,b\"]",
        "scopes.default",
    ),
    ("[scopes]\nrequired = [\"a b\"]", "scopes.required"),
    (
        "[scopes]\nrequest_parameter = \"state\"",
        "scopes.request_parameter",
    ),
    ("[scopes]\nanswer_member = \"\"", "scopes.answer_member"),
    ("[scopes.aliases]\na = \"b\"\nb = \"c\"", "scopes.aliases.a"),
    (
        "[scopes.implies]\na = [\"b\"]\nb = [\"a\"]",
        "scopes.implies.a",
    ),
    (
        "[catalogue.Repos]\nx = { title = \"a\", description = \"b\", category = \"read\" }",
        "catalogue.Repos",
    ),
    (
        "[catalogue.other]\nrepo = { title = \"a\", description = \"b\", category = \"read\" }",
        "catalogue.repos.repo",
    ),
];

#[test]
fn a_whole_definition_needs_what_nobody_can_guess() {
    let whole = "[endpoints]\nauthorization = \"https://a.example/a\"\ntoken = \"https://a.example/t\"\n\
                 [authorization]\npkce = \"S256\"\n[client]\nauthentication = \"basic\"\nsecret = \"optional\"\n";
    let definition = read(whole).unwrap();
    assert_eq!(definition.display_name, "p");
    assert_eq!(
        definition.redirect.registered_uri(),
        "http://127.0.0.1/callback"
    );
    for (line, field) in [
        (
            "authorization = \"https://a.example/a\"\n",
            "endpoints.authorization",
        ),
        ("token = \"https://a.example/t\"\n", "endpoints.token"),
        ("pkce = \"S256\"\n", "authorization.pkce"),
        ("authentication = \"basic\"\n", "client.authentication"),
        ("secret = \"optional\"\n", "client.secret"),
    ] {
        let (named, _, why, _) = refusal(&whole.replace(line, ""));
        assert_eq!(named, field);
        assert!(why.contains("missing"), "{why}");
    }
}

#[test]
fn text_that_is_no_toml_is_refused_with_its_line() {
    for (text, wrong_line) in [
        ("display_name = \"a\"\ndisplay_name = \"b\"\n", 2),
        ("[api]\nhosts = []\n[api]\nhosts = []\n", 3),
        ("display_name = \"a\u{0}\"\n", 1),
        ("# a\u{0}\n", 1),
        ("display_name = \"a\n", 1),
        ("x\n", 1),
        ("\n\n= 3\n", 3),
    ] {
        let (_, line, _, message) = refusal(text);
        assert_eq!(line, Some(wrong_line), "{text:?}: {message}");
    }
}

#[test]
fn a_definition_of_more_than_64_kib_is_refused() {
    let limit = usize::try_from(LARGEST_FILE).unwrap();
    let comment = |length: usize| format!("{EXTENDS}#{}", " ".repeat(length - EXTENDS.len() - 1));
    assert!(read(&comment(limit)).is_ok());
    let (_, _, why, _) = refusal(&comment(limit + 1));
    assert!(why.contains("larger"), "{why}");
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    let keys = ".x".repeat(15_000);
    let lists = format!("x = {}{}", "[".repeat(30_000), "]".repeat(30_000));
    for text in [
        lists,
        format!("headers{keys} = 1"),
        format!("[headers{keys}]"),
    ] {
        let (_, _, why, _) = refusal(&text);
        assert!(why.contains("recurs"), "{why}");
    }
}

#[test]
fn text_of_a_file_is_escaped_in_errors() {
    for text in [
        "\"a\\u001b[2J\" = 1",
        "[headers]\n\"a\\u001b\" = \"x\"",
        "[client]\nsecret = \"\\u001b]0;x\"",
        "[endpoints]\ntoken = \"\\u202e\"",
        "extends = \"a\\u0007\"",
        "[catalogue.\"\\u001b\"]",
    ] {
        let (_, _, _, message) = refusal(text);
        assert!(
            !message.chars().any(crate::escape::is_unsafe),
            "{message:?}"
        );
    }
}

#[test]
fn only_a_shipped_definition_can_be_extended() {
    for base in ["p", "dropboxx", "../x"] {
        let (field, line, _, _) = refusal(&format!("# mine\nextends = \"{base}\"\n"));
        assert_eq!((field.as_str(), line), ("extends", Some(2)));
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "(\\PC|\n|=|\\[|\\]|\"|\\.){0,200}") {
        if let Err(error) = read(&text) {
            proptest::prop_assert!(!error.to_string().chars().any(crate::escape::is_unsafe));
        }
    }
}
