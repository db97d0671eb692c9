use crate::app::App;
use crate::commands::printed;
use crate::commands::vault::init::{ADD_ONE, NO_RECOVERY_KEY};
use crate::error::Result;
use crate::key::Source;
use crate::ui::counted;
use crate::vault::{AnchorState, RecipientList, Trust, Vault, VaultError};

/// Say where the vault and its key are, and whether it is believed
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {}

pub(in crate::commands) fn run(app: &App, _: &Args) -> Result<()> {
    let vault = opened(app)?;
    let (connections, clients, recipients, generation) =
        vault.read(|snapshot| -> std::result::Result<_, VaultError> {
            let recipients = snapshot
                .find::<RecipientList>(RecipientList::NAME)?
                .map(|row| row.value.recipients)
                .unwrap_or_default();
            Ok((
                snapshot
                    .all::<crate::connection::stored::StoredConnection>()?
                    .len(),
                snapshot
                    .all::<crate::connection::records::StoredClient>()?
                    .len(),
                recipients,
                snapshot.generation(),
            ))
        })?;
    let key = Key::of(app, &vault.header().key_source);
    let trust = trust(&vault.trust());
    let anchor = anchor(vault.anchor_state());
    let recovery = recipients.len() > 1;
    if app.ui.json() {
        let document = crate::json::json!({
            "schema": 1,
            "path": vault.path().display().to_string(),
            "vault_id": vault.id().to_string(),
            "vault_schema": vault.header().schema,
            "key_source": key.kind,
            "key_file": key.file,
            "fingerprint": vault.fingerprint(),
            "trust": trust,
            "anchor": anchor,
            "generation": generation,
            "connections": connections,
            "clients": clients,
            "recipients": recipients.iter().map(|one| crate::json::json!({
                "recipient": one.recipient, "label": one.label
            })).collect::<Vec<_>>(),
        });
        return printed(app.ui.data(&document.to_string()));
    }
    let holds = [
        counted(connections, "connection"),
        counted(clients, "client registration"),
    ]
    .join(", ");
    let mut lines = vec![
        ("vault", vault.path().display().to_string()),
        ("id", vault.id().to_string()),
        ("key", key.words),
        ("fingerprint", vault.fingerprint()),
        ("trust", trust),
        ("anchor", anchor),
        ("changes", generation.to_string()),
        ("holds", holds),
    ];
    for one in &recipients {
        lines.push(("opens with", format!("{} ({})", one.recipient, one.label)));
    }
    for (name, value) in lines {
        printed(app.ui.data(&format!("{name:<13}{value}")))?;
    }
    if !recovery {
        app.ui.warn(NO_RECOVERY_KEY);
        if vault.refuse_untrusted().is_ok() {
            app.ui.hint(ADD_ONE);
        }
    }
    Ok(())
}

fn opened(app: &App) -> Result<Vault> {
    match app.open_vault()? {
        Some(vault) => Ok(vault),
        None => Err(app
            .no_vault()?
            .hint("or make one without a connection: `oauthctl vault init`")),
    }
}

/// Where the vault's key is.
struct Key {
    kind: &'static str,
    file: Option<String>,
    words: String,
}

impl Key {
    fn of(app: &App, recorded: &str) -> Self {
        let source = Source::parse(recorded);
        let words = source
            .as_ref()
            .map_or_else(ToString::to_string, ToString::to_string);
        let (kind, file) = place(recorded);
        Self {
            kind,
            file,
            words: match overriding(app, recorded) {
                Some(variable) => format!("{words}, but taken from `{variable}` this time"),
                None => words,
            },
        }
    }
}

/// Where a key is as documents say it: what kind of place that is, and its file.
pub(super) fn place(recorded: &str) -> (&'static str, Option<String>) {
    let source = Source::parse(recorded).ok();
    let file = source.as_ref().and_then(Source::path);
    let file = file.map(|path| path.display().to_string());
    (source.as_ref().map_or("unknown", Source::kind), file)
}

/// The variable that names another key than the recorded one.
fn overriding(app: &App, recorded: &str) -> Option<&'static str> {
    let env = &app.env;
    if let Some(path) = &env.identity_file {
        let same = Source::parse(recorded)
            .is_ok_and(|source| matches!(source, Source::IdentityFile(known) if known == *path));
        return (!same).then_some("OAUTHCTL_IDENTITY_FILE");
    }
    env.identity.as_ref().map(|_| "OAUTHCTL_IDENTITY")
}

fn trust(trust: &Trust) -> String {
    match trust {
        Trust::Trusted => "trusted".to_owned(),
        Trust::Unpinned => "not confirmed, read only".to_owned(),
        Trust::RolledBack(why) => format!("rolled back: {why}"),
        Trust::CopiedInstance => "a copy".to_owned(),
        Trust::ReadOnlyFile => "read-only file".to_owned(),
    }
}

fn anchor(state: &AnchorState) -> String {
    match state {
        AnchorState::NotKept => "not kept".to_owned(),
        AnchorState::Good => "good".to_owned(),
        AnchorState::Differs => "differs".to_owned(),
        AnchorState::Missing => "missing".to_owned(),
        AnchorState::Torn => "damaged".to_owned(),
        AnchorState::Unreadable(why) => format!("can't be read: {why}"),
    }
}
