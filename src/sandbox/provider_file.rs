//! The provider file that points at a sandbox.

use serde_json::Value;

use super::client::{CONFIDENTIAL_CLIENT, PUBLIC_CLIENT, REDIRECT_PATH};
use super::options::Rotation;

/// The text of `providers/NAME.toml` for a sandbox at `issuer`. It names the public client, so
/// connecting needs nothing else; with a client of one's own the confidential one is used.
pub(super) fn toml(issuer: &str, display_name: &str, rotation: Rotation) -> String {
    let authority = issuer.strip_prefix("http://").unwrap_or(issuer);
    // a JSON string is a TOML string, but for the one control character that JSON leaves alone
    let display_name = Value::from(display_name.replace('\u{7f}', " ")).to_string();
    let rotation = match rotation {
        Rotation::Rotate { .. } => "replace_and_kill",
        Rotation::Keep => "none",
    };
    format!(
        r#"# A practice server on this machine. Its other client, {CONFIDENTIAL_CLIENT}, has a secret, which
# `oauthctl sandbox` prints when it starts.
display_name = {display_name}
issuer = "{issuer}"

[endpoints]
authorization = "{issuer}/authorize"
token = "{issuer}/token"
device_authorization = "{issuer}/device_authorization"
introspection = "{issuer}/introspect"

[authorization]
pkce = "S256"
iss = "required"

[client]
public_id = "{PUBLIC_CLIENT}"
authentication = "basic"
secret = "optional"
device_secret = "optional"

[token]
dpop = "offered"

[redirect]
host = "127.0.0.1"
port = "any"
path = "{REDIRECT_PATH}"

[refresh]
rotation = "{rotation}"
lost_answer = "try_once"

[userinfo]
endpoint = "{issuer}/userinfo"
id = ["/sub"]
label = ["/preferred_username"]

[scopes]
default = ["read"]
required = ["profile"]

[revocation]
kind = "rfc7009"
endpoint = "{issuer}/revoke"
client = "authenticated"
tokens = "both"

[api]
hosts = ["{authority}"]

[documents]
kind = "github"
rest = "{issuer}/github"
graphql = "{issuer}/github/graphql"
archive = "{issuer}/github/codeload"

[catalogue.identity]
profile = {{ title = "Name", category = "read", description = "See your name" }}
email = {{ title = "Mail address", category = "read", description = "See your mail address" }}

[catalogue.practice]
read = {{ title = "Read", category = "read", description = "Read your practice data" }}
write = {{ title = "Write", category = "write", description = "Change your practice data" }}
admin = {{ title = "Admin", category = "admin", dangerous = true, description = "Change your settings and delete your data for good" }}

[catalogue.documents]
repo = {{ title = "Repositories", category = "write", description = "Read and change your repositories" }}

[git]
hosts = ["{authority}"]
username = "x-access-token"
"#
    )
}
