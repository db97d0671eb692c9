//! The environment is read here, once, and nowhere else.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::names::ProviderName;
use crate::secret::Secret;

/// Every variable name of ours starts with this; none but [`HOOK`] reaches a child process.
pub const PREFIX: &str = "OAUTHCTL_";

/// `OAUTHCTL_HOOK`: the one variable of ours that reaches every child process, where it is set.
pub const HOOK: &str = "OAUTHCTL_HOOK";

/// `OAUTHCTL_PROFILE` and `OAUTHCTL_VAULT`: which vault is used.
pub const PROFILE: &str = "OAUTHCTL_PROFILE";
/// See [`PROFILE`].
pub const VAULT: &str = "OAUTHCTL_VAULT";

/// What the environment says, as far as this program listens to it.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one variable that is set or not"
)]
pub struct Env {
    /// `OAUTHCTL_PROFILE`: the profile.
    pub profile: Option<String>,
    /// `OAUTHCTL_VAULT`: the vault file.
    pub vault: Option<PathBuf>,
    /// `OAUTHCTL_IDENTITY`: an age identity, the text itself.
    pub identity: Option<Secret>,
    /// `OAUTHCTL_IDENTITY_FILE`: the path of an age identity.
    pub identity_file: Option<PathBuf>,
    /// `OAUTHCTL_PASSPHRASE_FILE`: the path of a file that holds a passphrase.
    pub passphrase_file: Option<PathBuf>,
    /// `OAUTHCTL_NO_INPUT`: never ask.
    pub no_input: bool,
    /// `OAUTHCTL_HOOK`: this is below a hook, for which no other runs.
    pub hook: bool,
    /// `BROWSER`: the browser to start.
    pub browser: Option<OsString>,
    /// `VISUAL`, else `EDITOR`: what a person writes with.
    pub editor: Option<OsString>,
    /// `NO_COLOR`: no colour.
    pub no_color: bool,
    /// `CI`: this is an automated job.
    pub ci: bool,
    /// `SSH_CONNECTION` or `SSH_TTY` is set: the person sits at another machine.
    pub ssh: bool,
    /// `DISPLAY` or `WAYLAND_DISPLAY` is set.
    pub display: bool,
    /// `WSL_DISTRO_NAME` or `WSL_INTEROP` is set: this is Linux inside Windows.
    pub wsl: bool,
    /// `container` is set, or there is a file that container engines make: this machine's loopback
    /// is not that of the person's browser.
    pub container: bool,
}

impl Env {
    /// Reads the process environment. Empty variables count as unset.
    #[must_use]
    pub fn read() -> Self {
        Self {
            profile: text(PROFILE),
            vault: raw(VAULT).map(PathBuf::from),
            identity: text("OAUTHCTL_IDENTITY").map(Secret::new),
            identity_file: path("OAUTHCTL_IDENTITY_FILE"),
            passphrase_file: path("OAUTHCTL_PASSPHRASE_FILE"),
            no_input: raw("OAUTHCTL_NO_INPUT").is_some(),
            hook: raw(HOOK).is_some(),
            browser: raw("BROWSER"),
            editor: raw("VISUAL").or_else(|| raw("EDITOR")),
            no_color: raw("NO_COLOR").is_some(),
            ci: raw("CI").is_some_and(|value| value != "false" && value != "0"),
            ssh: raw("SSH_CONNECTION").is_some() || raw("SSH_TTY").is_some(),
            display: raw("DISPLAY").is_some() || raw("WAYLAND_DISPLAY").is_some(),
            wsl: raw("WSL_DISTRO_NAME").is_some() || raw("WSL_INTEROP").is_some(),
            container: raw("container").is_some()
                || ["/.dockerenv", "/run/.containerenv"]
                    .iter()
                    .any(|mark| Path::new(mark).exists()),
        }
    }
}

/// A path that means the same wherever it is compared or noted.
fn path(variable: &str) -> Option<PathBuf> {
    let given = PathBuf::from(raw(variable)?);
    Some(std::path::absolute(&given).unwrap_or(given))
}

/// `OAUTHCTL_<PROVIDER>_ACCOUNT`.
#[must_use]
pub fn account_variable(provider: &ProviderName) -> String {
    format!("{PREFIX}{}_ACCOUNT", provider.environment_form())
}

/// The account that the environment says a provider's name alone means.
#[must_use]
pub fn account(provider: &ProviderName) -> Option<String> {
    text(&account_variable(provider))
}

/// `OAUTHCTL_<PROVIDER>_CLIENT_ID`.
#[must_use]
pub fn client_id(provider: &ProviderName) -> Option<String> {
    text(&format!(
        "{PREFIX}{}_CLIENT_ID",
        provider.environment_form()
    ))
}

/// `OAUTHCTL_<PROVIDER>_CLIENT_SECRET`.
#[must_use]
pub fn client_secret(provider: &ProviderName) -> Option<Secret> {
    text(&format!(
        "{PREFIX}{}_CLIENT_SECRET",
        provider.environment_form()
    ))
    .map(Secret::new)
}

/// A variable that the person named, which holds a secret of another program's.
#[must_use]
pub fn secret(name: &str) -> Option<Secret> {
    text(name).map(Secret::new)
}

/// The names of all variables of ours that are set, to be kept from child processes.
#[must_use]
pub fn own_variables() -> Vec<OsString> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this module owns the environment"
    )]
    env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| name.to_string_lossy().starts_with(PREFIX) && name != HOOK)
        .collect()
}

/// Keeps all variables of ours from a program that is to be started.
pub fn keep_own_from(command: &mut Command) {
    for own in own_variables() {
        command.env_remove(own);
    }
}

/// The search path for programs, as `PATH` gives it.
#[must_use]
pub fn search_path() -> Option<OsString> {
    raw("PATH")
}

/// What `kubectl` says to a credential plugin, in JSON.
#[must_use]
pub fn kubernetes_request() -> Option<String> {
    text("KUBERNETES_EXEC_INFO")
}

/// The operating system and processor that this was built for.
#[must_use]
pub fn platform() -> String {
    format!("{} {}", env::consts::OS, env::consts::ARCH)
}

/// The person's home folder, as `HOME` gives it.
#[must_use]
pub fn home() -> Option<PathBuf> {
    raw("HOME").map(PathBuf::from)
}

/// What the environment says about the way to the network. The HTTP client reads the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// The variable that names the proxy for `https`, and its value, which may hold a password.
    pub proxy: Option<(&'static str, String)>,
    /// `NO_PROXY`: what is reached without it.
    pub no_proxy: Option<String>,
    /// `SSL_CERT_FILE`: the certificate authorities.
    pub certificates: Option<PathBuf>,
}

/// Reads the way to the network.
#[must_use]
pub fn network() -> Network {
    let first = |names: &[&'static str]| {
        let mut set = names.iter().map(|name| Some((*name, text(name)?)));
        set.find_map(|found| found)
    };
    Network {
        proxy: first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]),
        no_proxy: first(&["NO_PROXY", "no_proxy"]).map(|(_, value)| value),
        certificates: raw("SSL_CERT_FILE").map(PathBuf::from),
    }
}

/// A variable that only test builds listen to.
#[cfg(oauthctl_test)]
#[must_use]
pub fn seam(name: &str) -> Option<String> {
    text(name)
}

fn raw(name: &str) -> Option<OsString> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this module owns the environment"
    )]
    env::var_os(name).filter(|value| !value.is_empty())
}

fn text(name: &str) -> Option<String> {
    raw(name).and_then(|value| value.into_string().ok())
}
