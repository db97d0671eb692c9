use std::io::{IsTerminal, Read};
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::app::App;
use crate::commands::wizard;
use crate::error::{Error, Kind, Result};
use crate::names::{ClientId, ProviderName};
use crate::oauth::Client;
use crate::oauth::client::ClientKey;
use crate::private_file;
use crate::provider::definition::{ClientAuthentication, Definition, SecretRule};
use crate::secret::Secret;
use crate::signing::SigningKey;

/// Store an app registration for a provider
///
/// On a terminal it says where to register, and asks for what is missing; the secret is not shown.
/// Without one, the secret is read from stdin.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl client set github --id Iv1.0123456789abcdef\n  \
    pass show github-app | oauthctl client set github --id Iv1.0123456789abcdef\n  \
    oauthctl client set microsoft --id 2d4f1c5e-0000 --no-secret")]
pub(in crate::commands) struct Args {
    /// The provider
    #[arg(value_name = "PROVIDER")]
    provider: ProviderName,
    /// The client id [default: asked for]
    #[arg(long, value_name = "ID")]
    id: Option<ClientId>,
    /// Read the secret from this file
    #[arg(long, value_name = "PATH", conflicts_with = "no_secret")]
    secret_file: Option<PathBuf>,
    /// Sign with the private key in this PEM file (`-` is stdin)
    #[arg(long, value_name = "PATH", conflicts_with_all = ["no_secret", "secret_file"])]
    key_file: Option<PathBuf>,
    /// The key's id at the provider (`kid`)
    #[arg(long, value_name = "KID", requires = "key_file")]
    key_id: Option<String>,
    /// This registration has no secret
    #[arg(long)]
    no_secret: bool,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let definition = app.providers().get(&args.provider)?;
    // The key first: nobody should type a secret that can't be stored.
    let mut vault = app.open_or_create_vault(|| Ok(()))?;
    let id = client_id(app, args, &definition)?;
    let key = client_key(args)?;
    let secret = match key {
        Some(_) => None,
        None => client_secret(app, args, &definition)?,
    };
    let signs = definition.client.authentication == ClientAuthentication::PrivateKeyJwt;
    if signs && key.is_none() {
        let message = format!("`{}` wants signatures by a key", args.provider);
        return Err(Error::new(Kind::Usage, message).hint("give it with `--key-file PATH`"));
    }
    if !signs && definition.client.secret == SecretRule::Required && secret.is_none() {
        return Err(wizard::no_secret(&definition));
    }
    let mut client = Client::new(id, secret);
    client.key = key;
    wizard::store(app, &definition, &mut vault, &client)
}

fn client_key(args: &Args) -> Result<Option<ClientKey>> {
    let Some(path) = &args.key_file else {
        return Ok(None);
    };
    let failed = |error: &(dyn std::error::Error + 'static)| {
        Error::new(Kind::Failed, "could not read the client's key").caused_by(error)
    };
    let mut bytes = Zeroizing::new(Vec::new());
    if path.as_os_str() == "-" {
        std::io::stdin()
            .lock()
            .take(64 * 1024)
            .read_to_end(&mut bytes)
            .map_err(|error| failed(&error))?;
    } else {
        *bytes = private_file::read_any(path, 64 * 1024).map_err(|error| failed(&error))?;
    }
    let text = Secret::new(String::from_utf8_lossy(&bytes).into_owned());
    let key = SigningKey::from_pem(text).map_err(|error| {
        Error::new(Kind::Usage, "could not use the client's key")
            .caused_by(&error)
            .hint("`openssl pkcs8 -topk8 -nodes -in KEY` writes any key as PKCS#8")
    })?;
    let id = args.key_id.clone();
    Ok(Some(ClientKey { key, id }))
}

fn client_id(app: &App, args: &Args, definition: &Definition) -> Result<ClientId> {
    if let Some(id) = &args.id {
        return Ok(id.clone());
    }
    if app.ui.may_ask() {
        wizard::lead(app, definition);
    }
    wizard::ask_id(app, definition)
}

fn client_secret(app: &App, args: &Args, definition: &Definition) -> Result<Option<Secret>> {
    if args.no_secret || definition.client.secret == SecretRule::Forbidden {
        return Ok(None);
    }
    let text = if let Some(path) = &args.secret_file {
        let bytes = private_file::read_any(path, 8192).map_err(|error| {
            Error::new(Kind::Failed, "could not read the client secret").caused_by(&error)
        })?;
        Zeroizing::new(String::from_utf8(bytes).map_err(|_| unusable("is not text"))?)
    } else if app.ui.may_ask() {
        return wizard::ask_secret(app, definition);
    } else if std::io::stdin().is_terminal() {
        return Ok(None);
    } else {
        let mut text = Zeroizing::new(String::new());
        std::io::stdin()
            .lock()
            .take(8192)
            .read_to_string(&mut text)
            .map_err(|error| {
                Error::new(Kind::Failed, "could not read the client secret from stdin")
                    .caused_by(&error)
            })?;
        text
    };
    wizard::usable_secret(&text).map_err(unusable)
}

fn unusable(what: &str) -> Error {
    Error::new(Kind::Usage, format!("the client secret {what}"))
}
