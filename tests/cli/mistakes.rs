//! The usual mistakes of app registrations: the error says what to change.

use crate::world::World;

/// A sandbox that counts as the provider `base`: its endpoints, and the advice of that definition.
fn as_provider(base: &str) -> World {
    let world = World::new();
    let own = world.provider_toml();
    // a scope stands in a catalogue once, and the base has this one
    let (before, after) = own.split_once("[catalogue.documents]\n").unwrap();
    let (_, after) = after.split_once('\n').unwrap();
    let own = format!("{before}{after}");
    let own = own.replace(
        "# A practice",
        &format!("extends = \"{base}\"\n# A practice"),
    );
    world.define("sandbox", &own);
    world
}

#[test]
fn connect_says_what_to_change_after_a_mistake_that_a_provider_names() {
    for (base, fault, says) in [
        (
            "microsoft",
            "token:*=refused=invalid_request:AADSTS9002327: Tokens issued for the SPA client-type",
            "hint: move the redirect URI http://127.0.0.1/callback from `Single-page application`",
        ),
        (
            "microsoft",
            "token:*=refused=invalid_client:AADSTS700025: Client is public",
            "hint: the app is a public client and may send no secret: store it without one, \
             `oauthctl client set sandbox --id ID --no-secret`",
        ),
        (
            "microsoft",
            "token:*=refused=invalid_client:AADSTS7000218: The request body must contain",
            "set `Allow public client flows` to Yes",
        ),
        (
            "google",
            "token:*=refused=invalid_request:client_secret is missing.",
            "`oauthctl client set sandbox --id ID`",
        ),
        (
            "github",
            "token:*=refused=redirect_uri_mismatch:The redirect_uri MUST match",
            "hint: set the app's Authorization callback URL to http://127.0.0.1/callback",
        ),
        (
            "gitlab",
            "token:*=refused=invalid_client",
            "hint: compare the client id and secret with https://gitlab.com/-/user_settings",
        ),
    ] {
        let world = as_provider(base);
        world.faults(&[fault]);
        let (output, _) = world.connect_with(&["sandbox"]);
        let output = output.says(&["error: could not connect `sandbox`", says]);
        assert_ne!(output.code, 0);
        assert_eq!(output.stderr.matches("hint:").count(), 1, "{base} {fault}");

        // control: the same fault without those words is no such mistake
        let world = as_provider(base);
        world.faults(&["token:*=refused=invalid_request:something else"]);
        let (output, _) = world.connect_with(&["sandbox"]);
        assert!(!output.stderr.contains("hint:"), "{}", output.stderr);
    }
}

#[test]
fn connect_device_says_where_the_device_flow_is_turned_on() {
    let world = as_provider("github");
    world.faults(&["device:*=refused=device_flow_disabled:Device Flow must be explicitly enabled"]);
    world
        .run(&["connect", "sandbox", "--device"])
        .ended(7)
        .says(&["`device_flow_disabled`", "hint: tick Enable Device Flow"]);
    let world = World::new();
    world.faults(&["device:*=refused=device_flow_disabled"]);
    world
        .run(&["connect", "sandbox", "--device"])
        .ended(7)
        .says(&["hint: allow the device flow in the app's settings"]);
}

#[test]
fn connect_that_nobody_answered_says_what_the_provider_s_page_may_have_shown() {
    let world = as_provider("google");
    world
        .run(&["connect", "sandbox", "--no-browser", "--timeout", "1s"])
        .ended(5)
        .says(&["hint: if Google's page showed `redirect_uri_mismatch`"]);
}

#[test]
fn refresh_and_token_tell_of_the_seven_days_of_testing() {
    let world = as_provider("google");
    world.connect();
    world.faults(&["refresh:*=invalid-grant"]);
    for args in [
        ["refresh", "sandbox"],
        ["token", "sandbox"],
        ["refresh", "sandbox"],
    ] {
        // `token` meets what the vault remembers, and says the same
        world.run(&args).ended(4).no_data().says(&[
            "hint: while the consent screen says Testing, a connection ends after 7 days",
            "hint: sign in again with `oauthctl connect sandbox/writer`",
        ]);
    }
    // control: who has no testing mode says nothing of it
    let world = World::new();
    world.connect();
    world.faults(&["refresh:*=invalid-grant"]);
    let output = world.run(&["refresh", "sandbox"]).ended(4);
    assert!(!output.stderr.contains("Testing"), "{}", output.stderr);
}

#[test]
fn refresh_of_many_says_what_to_change_for_each() {
    let world = as_provider("microsoft");
    world.connect();
    world.connect_as("reader");
    world.faults(&["refresh:*=refused=invalid_client:AADSTS7000218: a secret is wanted"]);
    let output = world.run(&["refresh", "--all"]).ended(1);
    let told = output.stderr.matches("`Allow public client flows`").count();
    assert_eq!(told, 2, "{}", output.stderr);
}

#[test]
fn connect_warns_where_no_refresh_token_came_although_the_token_ends() {
    let world = as_provider("google");
    world.faults(&["token:*=no-refresh-token"]);
    let (output, _) = world.connect_with(&["sandbox"]);
    output.ended(0).says(&[
        "connected `sandbox/writer`",
        "warning: the provider gave no refresh token: `sandbox/writer` ends in",
        "hint: use a client of the type Desktop app",
    ]);
    // and later, when it is over or somebody asks
    world.run(&["refresh", "sandbox"]).says(&[
        "no refresh token",
        "hint: use a client of the type Desktop app",
    ]);
    // control
    let world = as_provider("google");
    let output = world.connect();
    assert!(
        !output.stderr.contains("refresh token"),
        "{}",
        output.stderr
    );
}
