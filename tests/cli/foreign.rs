//! `vault import --from`: what other programs keep.

use std::time::Duration;

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
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

/// An account as `oidc-gen --print` shows it.
fn of_oidc_agent(world: &World, name: &str, issuer: &str, scope: &str) -> String {
    let account = serde_json::json!({
        "name": name,
        "issuer_url": issuer,
        "client_id": "their-client",
        "client_secret": "s3cret-of-theirs",
        "refresh_token": format!("rt-of-{name}"),
        "scope": scope,
    });
    let file = world.give(name, &account.to_string());
    file.display().to_string()
}

#[test]
fn vault_import_from_oidc_agent_tells_the_shipped_definitions_of_one_server_apart() {
    let world = World::empty();
    world.make_key();
    let google = "https://accounts.google.com/";
    let drive = "openid email https://www.googleapis.com/auth/drive offline_access";
    let videos = "openid https://www.googleapis.com/auth/youtube.readonly";
    let microsoft = "https://login.microsoftonline.com/common/v2.0";
    for (name, issuer, scope, taken) in [
        ("files", google, drive, "google/files"),
        ("videos", google, videos, "youtube/videos"),
        ("me", google, "openid profile offline_access", "google/me"),
        ("old", google, "", "google/old"),
        ("work", microsoft, "openid offline_access", "microsoft/work"),
    ] {
        let file = of_oidc_agent(&world, name, issuer, scope);
        let took = format!("took in `{taken}`");
        world
            .ok(&["vault", "import", "--from", "oidc-agent", &file])
            .says(&[&took]);
        assert_eq!(world.shown(taken)["client_id"], "their-client");
    }
    let file = of_oidc_agent(&world, "channel", google, "openid");
    let import = ["vault", "import", "--from", "oidc-agent", &file];
    let named = [&import[..], &["--provider", "youtube"]].concat();
    world.ok(&named).says(&["took in `youtube/channel`"]);
    let unknown = [&import[..], &["--provider", "nobody"]].concat();
    world.run(&unknown).ended(2).says(&["`nobody`"]);
}

#[test]
fn vault_import_from_oidc_agent_refreshes_a_tenants_grant_at_that_tenant_only() {
    let world = World::empty();
    world.make_key();
    let issuer = "https://login.microsoftonline.com/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/v2.0";
    let file = of_oidc_agent(&world, "work", issuer, "openid");
    let import = ["vault", "import", "--from", "oidc-agent", &file];
    let way_out = "`microsoft` signs in for another tenant; write a definition with \
                   `extends = \"microsoft\"`";
    world.run(&import).ended(1).says(&["is left out", way_out]);
    let host = issuer.trim_end_matches("/v2.0");
    let endpoints = format!(
        "extends = \"microsoft\"\nissuer = \"{issuer}\"\n[endpoints]\n\
         authorization = \"{host}/oauth2/v2.0/authorize\"\ntoken = \"{host}/oauth2/v2.0/token\"\n"
    );
    world.define("tenant", &endpoints);
    world.ok(&import).says(&["took in `tenant/work`"]);
}

/// One account of pizauth's.
struct Account<'a> {
    name: &'a str,
    client: &'a str,
    scopes: &'a [&'a str],
    token_endpoint: &'a str,
    /// The access token, when it ends, and the refresh token.
    active: Option<(&'a str, u64, Option<&'a str>)>,
}

/// What `pizauth dump` writes.
fn dump(version: u64, accounts: &[Account<'_>]) -> Vec<u8> {
    const KEY: [u8; 32] = [
        0x66, 0xa2, 0x47, 0xa8, 0x5e, 0x48, 0xcf, 0xec, 0xaa, 0xed, 0x9b, 0x36, 0xeb, 0xa9, 0x7d,
        0x53, 0x50, 0xd4, 0x28, 0x63, 0x75, 0x09, 0x7a, 0x44, 0xee, 0xff, 0xb9, 0xc4, 0x54, 0x6b,
        0x65, 0xa3,
    ];
    let number = |number: usize| (number as u64).to_le_bytes().to_vec();
    let text = |text: &str| [number(text.len()), text.as_bytes().to_vec()].concat();
    let mut whole = [version.to_le_bytes().to_vec(), number(accounts.len())].concat();
    for account in accounts {
        whole.extend(text(account.name));
        whole.extend(text("https://as.example/authorize"));
        whole.extend([number(1), text("login_hint"), text("me")].concat());
        whole.extend([text(account.client), vec![0], text("http://localhost/")].concat());
        whole.extend(number(account.scopes.len()));
        whole.extend(account.scopes.iter().flat_map(|scope| text(scope)));
        whole.extend(text(account.token_endpoint));
        let Some((access_token, ends, refresh_token)) = account.active else {
            whole.extend(0u32.to_le_bytes());
            continue;
        };
        whole.extend([1u32.to_le_bytes().to_vec(), text(access_token)].concat());
        for seconds in [1, ends] {
            whole.extend([&seconds.to_le_bytes()[..], &0u32.to_le_bytes()].concat());
        }
        match refresh_token {
            Some(token) => whole.extend([vec![1], text(token)].concat()),
            None => whole.push(0),
        }
    }
    let nonce = [3; 12];
    let cipher = ChaCha20Poly1305::new(&KEY.into());
    let sealed = cipher.encrypt(Nonce::from_slice(&nonce), &whole[..]);
    [&nonce[..], &sealed.unwrap()].concat()
}

/// 2099-01-01.
const FAR: u64 = 4_070_908_800;

#[test]
fn vault_import_from_pizauth_takes_grants_with_their_own_client() {
    let world = World::with(|options| {
        options.rotation = Rotation::Rotate {
            grace: Duration::ZERO,
        };
    });
    world.connect();
    let token = world.token("sandbox");
    let client = world.shown("sandbox")["client_id"].clone();
    world.ok(&["revoke", "sandbox", "--local-only", "--yes"]);
    let refresh_token = minted("sbx_rt", 1);
    let own = world.sandbox(|sandbox| format!("{}/token", sandbox.url()));
    let account = Account {
        name: "mail",
        client: client.as_str().unwrap(),
        scopes: &[],
        token_endpoint: &own,
        active: Some((&token, FAR, Some(&refresh_token))),
    };
    let other = Account {
        name: "other",
        token_endpoint: "https://as.example/token",
        ..account
    };
    let empty = Account {
        name: "empty",
        active: None,
        ..account
    };
    let file = world.give_bytes("dump", &dump(1, &[other, account, empty]));
    let file = file.display().to_string();
    let import = ["vault", "import", "--from", "pizauth", &file];
    world.ok(&import).no_data().says(&[
        "took in `sandbox/writer`",
        "warning: remove `mail` at `http://",
        "from pizauth: its refresh token is good for one use",
        "`other` at `https://as.example/token` is left out: no definition of a provider fits",
    ]);
    assert_eq!(world.token("sandbox"), token);
    assert_eq!(world.shown("sandbox")["client_id"], client);
    world.ok(&["refresh", "sandbox"]);
    world
        .run(&import)
        .ended(1)
        .says(&["`sandbox/writer` is there already"]);
    assert_eq!(world.json(&["list"]).len(), 1);
}

#[test]
fn vault_import_from_pizauth_takes_a_grant_that_may_not_say_whose_it_is() {
    let world = World::new();
    world.connect();
    let client = world.shown("sandbox")["client_id"].clone();
    world.ok(&["revoke", "sandbox", "--local-only", "--yes"]);
    let refresh_token = minted("sbx_rt", 1);
    let own = world.sandbox(|sandbox| format!("{}/token", sandbox.url()));
    let account = Account {
        name: "mail",
        client: client.as_str().unwrap(),
        scopes: &[],
        token_endpoint: &own,
        active: Some(("sbx_at_of_mail_only", FAR, Some(&refresh_token))),
    };
    let file = world.give_bytes("dump", &dump(1, &[account]));
    let file = file.display().to_string();
    world
        .ok(&["vault", "import", "--from", "pizauth", &file])
        .says(&["took in `sandbox/mail`"]);
    assert_ne!(world.token("sandbox"), "sbx_at_of_mail_only");
    assert_eq!(world.count(Endpoint::Refresh), 1);
    // without a refresh token nothing vouches for it
    let unvouched = Account {
        active: Some(("sbx_at_of_mail_only", FAR, None)),
        name: "unvouched",
        client: "mine",
        scopes: &[],
        token_endpoint: &own,
    };
    let file = world.give_bytes("dump", &dump(1, &[unvouched]));
    world
        .call(&["vault", "import", "--from", "pizauth"])
        .arg(file)
        .run()
        .ended(7)
        .says(&["did not accept the token"]);
}

#[test]
fn token_of_a_brought_token_that_is_over_says_how_another_is_brought() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    world.run(&["revoke", "sandbox", "--local-only", "--yes"]);
    let own = world.sandbox(|sandbox| format!("{}/token", sandbox.url()));
    let over = Account {
        name: "mail",
        client: "mine",
        scopes: &[],
        token_endpoint: &own,
        active: Some(("sbx_at_that_is_over", 2, None)),
    };
    let file = world.give_bytes("dump", &dump(1, &[over]));
    world
        .call(&["vault", "import", "--from", "pizauth"])
        .arg(file)
        .run()
        .ended(0);
    let way = "oauthctl connect sandbox/mail --with-token`";
    world.run(&["token", "sandbox"]).ended(4).says(&[way]);
    let doctor = world.run(&["doctor"]);
    assert!(doctor.stdout.contains(way), "{doctor:?}");
    world
        .run(&["connect", "sandbox/mail"])
        .ended(2)
        .says(&[way]);
    world
        .call(&["connect", "sandbox/mail", "--with-token"])
        .stdin(&token)
        .run()
        .ended(0);
    assert_eq!(world.token("sandbox"), token);
}

#[test]
fn vault_import_from_pizauth_finds_the_shipped_definition_of_an_account() {
    let world = World::empty();
    world.make_key();
    let google = "https://oauth2.googleapis.com/token";
    let accounts = [
        ("gmail", google, "https://mail.google.com/"),
        (
            "videos",
            google,
            "https://www.googleapis.com/auth/youtube.readonly",
        ),
        (
            "office",
            "https://login.microsoftonline.com/common/oauth2/v2.0/token",
            "https://outlook.office365.com/IMAP.AccessAsUser.All",
        ),
    ];
    let scopes = accounts.map(|(_, _, scope)| [scope]);
    let accounts = accounts
        .iter()
        .zip(&scopes)
        .map(|(account, scopes)| Account {
            name: account.0,
            client: "mine",
            scopes,
            token_endpoint: account.1,
            active: Some(("at-of-theirs", 2, Some("rt-of-theirs"))),
        });
    let file = world.give_bytes("dump", &dump(1, &accounts.collect::<Vec<_>>()));
    world
        .call(&["vault", "import", "--from", "pizauth"])
        .args(&["--provider", "github"])
        .arg(&file)
        .run()
        .ended(1)
        .says(&["`gmail`", "left out: the definition `github` does not fit"]);
    world
        .call(&["vault", "import", "--from", "pizauth"])
        .arg(file)
        .run()
        .ended(0)
        .says(&[
            "took in `google/gmail`",
            "took in `microsoft/office`",
            "took in `youtube/videos`",
        ]);
}

#[test]
fn vault_import_from_pizauth_says_why_it_takes_nothing() {
    let world = World::empty();
    world.make_key();
    for (file, why) in [
        (dump(2, &[]), "only version 1 is known"),
        (dump(1, &[]), "there are no tokens in"),
        (b"age-encryption.org/v1".to_vec(), "decrypt it first"),
    ] {
        let file = world.give_bytes("dump", &file);
        world
            .call(&["vault", "import", "--from", "pizauth"])
            .arg(file)
            .run()
            .ended(1)
            .says(&[why]);
    }
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
    let file = world.give("hosts.yml", "git.example:\n    oauth_token: TOKEN\n");
    let file = file.display().to_string();
    let import = ["vault", "import", "--from", "gh", &file];
    world.run(&import).ended(1).says(&[
        "`another`, `sandbox` all fit",
        "say which: `--provider NAME`",
    ]);
    assert_eq!(world.count(Endpoint::Userinfo), 0);
    // the named one is
    let named = [&import[..], &["--provider", "another"]].concat();
    world
        .run(&named)
        .ended(7)
        .says(&["`another` did not accept"]);
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
        .run(&["vault", "import", "--from", "nobody", &none])
        .ended(2);
    world
        .run(&["vault", "import", "--provider", "sandbox", &none])
        .ended(2);
}
