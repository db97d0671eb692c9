//! `vault import --from`: what other programs keep.

use std::time::Duration;

use oauthctl::sandbox::{Endpoint, Rotation};

use crate::world::{World, minted};

/// The sandbox as the host `git.example`, and as a type of rclone's.
fn world() -> World {
    let world = World::new();
    let toml = world.provider_toml();
    let (before, git) = toml.split_once("[git]").unwrap();
    let (hosts, after) = git.split_once(']').unwrap();
    assert!(hosts.contains("127.0.0.1"), "{toml}");
    world.define(
        "sandbox",
        &format!(
            "{before}[import]\nrclone = [\"practice\"]\n[git]\nhosts = [\"git.example\"]{after}"
        ),
    );
    world
}

/// A live token that the provider gave to somebody else's program.
fn theirs(world: &World) -> String {
    world.connect();
    let token = world.token("sandbox");
    world.ok(&["revoke", "sandbox", "--local-only", "--yes"]);
    token
}

#[test]
fn vault_import_from_gh_and_git_takes_tokens_whose_provider_knows_them() {
    for (program, form) in [
        (
            "gh",
            "git.example:\n    user: writer\n    oauth_token: TOKEN\nother.example:\n    oauth_token: other\n",
        ),
        (
            "git",
            "https://writer:TOKEN@git.example\nhttps://me:secret@other.example\n",
        ),
    ] {
        let world = world();
        let token = theirs(&world);
        let file = world.give("theirs", &form.replace("TOKEN", &token));
        let file = file.display().to_string();
        world
            .ok(&["vault", "import", "--from", program, &file])
            .no_data()
            .says(&["took in `sandbox/writer`"]);
        assert_eq!(world.token("sandbox"), token);
        let shown = world.shown("sandbox");
        assert_eq!(shown["grant"], "supplied", "{shown}");
        // a token that nobody gave is not taken
        let forged = world.give("forged", &form.replace("TOKEN", "sbx_at_forged"));
        let forged = forged.display().to_string();
        world
            .run(&["vault", "import", "--from", program, &forged])
            .ended(7);
        assert_eq!(world.token("sandbox"), token, "what was there stays");
    }
}

#[test]
fn vault_import_from_rclone_takes_remotes_with_a_client_of_their_own() {
    let world = world();
    world.connect();
    let other = world.token("sandbox");
    let remotes = format!(
        "[mine]\ntype = practice\nclient_id = mine\nclient_secret = s3cret-of-mine\n\
         token = {{\"access_token\":\"{other}\",\"refresh_token\":\"sbx_rt_theirs\",\"expiry\":\"2099-01-01T00:00:00Z\"}}\n\
         [shared]\ntype = practice\ntoken = {{\"access_token\":\"{other}\",\"refresh_token\":\"sbx_rt_shared\"}}\n\
         [disk]\ntype = sftp\nhost = x\n"
    );
    world.ok(&["revoke", "sandbox", "--local-only", "--yes"]);
    let file = world.give("rclone.conf", &remotes).display().to_string();
    world
        .ok(&["vault", "import", "--from", "rclone", &file])
        .says(&[
            "took in `sandbox/writer`",
            "`shared` at `practice` is left out",
            "connect it anew",
        ]);
    assert_eq!(world.token("sandbox"), other);
    assert_eq!(world.json(&["list"]).len(), 1);
    let shown = world.shown("sandbox");
    assert_eq!(shown["client_id"], "mine", "{shown}");
}

#[test]
fn vault_import_from_rclone_leaves_a_connection_that_works_as_it_is() {
    let world = world();
    world.connect();
    let (token, before) = (world.token("sandbox"), world.shown("sandbox"));
    let remote = format!(
        "[mine]\ntype = practice\nclient_id = mine\n\
         token = {{\"access_token\":\"{token}\",\"refresh_token\":\"sbx_rt_theirs\",\"expiry\":\"2099-01-01T00:00:00Z\"}}\n"
    );
    let file = world.give("rclone.conf", &remote).display().to_string();
    world
        .run(&["-q", "vault", "import", "--from", "rclone", &file])
        .ended(1)
        .says(&[
            "nothing was taken in",
            "`mine` at `practice` is left out",
            "`sandbox/writer` is there already",
        ]);
    assert_eq!(world.shown("sandbox"), before);
    world.ok(&["refresh", "sandbox"]);
    // nor is a registration there now that nothing belongs to
    world.run(&["client", "show", "sandbox"]).ended(1);
}

#[test]
fn vault_import_from_rclone_leaves_remotes_of_other_servers_out() {
    let world = world();
    let remote = "[mine]\ntype = practice\nclient_id = mine\ntoken_url = https://git.example/token\n\
                  token = {\"access_token\":\"theirs\",\"refresh_token\":\"sbx_rt_theirs\"}\n";
    let file = world.give("rclone.conf", remote).display().to_string();
    world
        .run(&["vault", "import", "--from", "rclone", &file])
        .ended(1)
        .says(&["left out", "at an address of its own"]);
    assert_eq!(world.count(Endpoint::Userinfo), 0);
}

#[test]
fn vault_import_from_oidc_agent_takes_an_account_in_once() {
    let world = World::with(|options| {
        options.rotation = Rotation::Rotate {
            grace: Duration::ZERO,
        };
    });
    world.connect();
    let client = world.shown("sandbox")["client_id"].clone();
    world.ok(&["revoke", "sandbox", "--local-only", "--yes"]);
    let account = serde_json::json!({
        "name": "w",
        "issuer_url": world.sandbox(|sandbox| format!("{}/", sandbox.url())),
        "client_id": client,
        "client_secret": "",
        "refresh_token": minted("sbx_rt", 1),
    });
    let file = world.give("w.json", &account.to_string());
    let file = file.display().to_string();
    let import = ["vault", "import", "--from", "oidc-agent", &file];
    world.ok(&import).no_data().says(&[
        "took in `sandbox/w`",
        "warning: remove `w` at `http://",
        "from oidc-agent: its refresh token is good for one use",
    ]);
    world
        .run(&import)
        .ended(1)
        .says(&["`sandbox/w` is there already"]);
    world.token("sandbox");
    assert_eq!(world.count(Endpoint::Refresh), 1);
    world
        .run(&import)
        .ended(1)
        .says(&["`sandbox/w` is there already"]);
    // the grant lives: no spent refresh token was sent
    world.ok(&["refresh", "sandbox"]);
    assert_eq!(world.json(&["list"]).len(), 1);
}

#[test]
fn vault_import_shows_no_token_to_a_server_that_only_extends_its_provider() {
    let world = World::new();
    let url = world.sandbox(|sandbox| sandbox.url().to_owned());
    let host = url.replace("http://", "");
    let enterprise = format!(
        "extends = \"github\"\n[endpoints]\nauthorization = \"{url}/authorize\"\ntoken = \"{url}/token\"\n\
         [userinfo]\nendpoint = \"{url}/userinfo\"\nid = [\"/sub\"]\nlabel = [\"/preferred_username\"]\n\
         [revocation]\nkind = \"none\"\n[api]\nhosts = [\"{host}\"]\n"
    );
    world.define("github", &enterprise);
    let file = world.give(
        "hosts.yml",
        "github.com:\n    user: me\n    oauth_token: theirs\n",
    );
    let file = file.display().to_string();
    world
        .run(&["vault", "import", "--from", "gh", &file])
        .ended(1)
        .says(&["`github.com` is left out"]);
    assert_eq!(world.count(Endpoint::Userinfo), 0);
    // nor is git told a token of that server for github.com
    world
        .call(&["connect", "github", "--with-token"])
        .stdin(&theirs(&world))
        .run()
        .ended(0);
    world
        .call(&["git-credential", "get"])
        .stdin("protocol=https\nhost=github.com\n\n")
        .run()
        .ended(0)
        .no_data();
}

#[test]
fn vault_import_shows_no_token_where_two_definitions_fit() {
    let world = world();
    let own = world.provider_toml();
    let (rest, _) = own.split_once("\n[git]\n").unwrap();
    let git = "[git]\nhosts = [\"git.example\"]\nusername = \"x\"\n";
    world.define("another", &format!("{rest}\n{git}"));
    let file = world.give("hosts.yml", "git.example:\n    oauth_token: theirs\n");
    let file = file.display().to_string();
    world
        .run(&["vault", "import", "--from", "gh", &file])
        .ended(1)
        .says(&["`another`, `sandbox` all fit"]);
    assert_eq!(world.count(Endpoint::Userinfo), 0);
}

#[test]
fn vault_import_from_another_program_says_what_it_can_not_read() {
    let world = world();
    for (program, text) in [
        ("gh", "nonsense"),
        ("git", "nonsense"),
        (
            "rclone",
            "# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\nabc",
        ),
        ("oidc-agent", "{}"),
    ] {
        let file = world.give(program, text).display().to_string();
        world
            .run(&["vault", "import", "--from", program, &file])
            .ended(1);
    }
    let none = world
        .give("none", "github.com:\n    user: x\n")
        .display()
        .to_string();
    world
        .run(&["vault", "import", "--from", "gh", &none])
        .ended(1)
        .says(&[
            "there are no tokens in",
            "hint: take it from there: `gh auth token | oauthctl connect github --with-token`",
        ]);
    world
        .call(&["vault", "import", &none])
        .without("OAUTHCTL_IDENTITY_FILE")
        .run()
        .ended(1)
        .says(&["hint: what another program keeps needs `--from"]);
    world
        .call(&["vault", "import", "--from", "rclone", "-"])
        .stdin("[x]\ntype = practice\ntoken = open\n")
        .run()
        .ended(1)
        .says(&["could not read stdin", "line 3: its token is no JSON"]);
    world
        .run(&["vault", "import", "--from", "pizauth", &none])
        .ended(2);
}
