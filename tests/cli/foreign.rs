//! `vault import --from`: what other programs keep.

use crate::world::World;

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
        .ok(&["vault", "import", "--from", "gh", &none])
        .says(&["holds no tokens"]);
    world
        .run(&["vault", "import", "--from", "pizauth", &none])
        .ended(2);
}
