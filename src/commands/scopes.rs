use crate::app::App;
use crate::commands::{advice, printed};
use crate::connection::select;
use crate::error::{Error, Kind, Result};
use crate::names::{ConnectionRef, Scope};
use crate::oauth::scope::compare;
use crate::provider::definition::{CatalogueScope, Definition};
use crate::ui::table;

/// List the scopes that a provider has, by feature and by how far they reach
///
/// `connect --feature` chooses from these. With a connection's full name it says which of them that
/// connection has.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl scopes google\n  \
    oauthctl scopes github/octocat\n  \
    oauthctl connect google --feature calendar,drive:read")]
pub(super) struct Args {
    /// The provider, or a connection: `PROVIDER/ACCOUNT`
    #[arg(value_name = "PROVIDER|CONNECTION")]
    of: ConnectionRef,
    /// Only those of this feature
    #[arg(long, value_name = "FEATURE")]
    feature: Option<String>,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let provider = match &args.of {
        ConnectionRef::Provider(provider) => provider,
        ConnectionRef::Exact(name) => &name.provider,
    };
    let definition = app.providers().get(provider)?;
    let held = match &args.of {
        // A catalogue is no secret: no vault is opened for it.
        ConnectionRef::Provider(_) => None,
        ConnectionRef::Exact(_) => Some(granted(app, &args.of)?),
    };
    let wanted = |row: &&CatalogueScope| {
        let feature = args.feature.as_ref();
        feature.is_none_or(|feature| *feature == row.feature)
    };
    let rows: Vec<_> = definition.catalogue.iter().filter(wanted).collect();
    if rows.is_empty() {
        return Err(nothing(&definition, args));
    }
    if app.ui.json() {
        for row in rows {
            let document = document(&definition, row, held.as_deref());
            printed(app.ui.data(&document.to_string()))?;
        }
        return Ok(());
    }
    let mut columns = vec!["FEATURE", "REACH", "SCOPE", "ALLOWS"];
    if held.is_some() {
        columns.insert(0, "HAS");
    }
    let lines: Vec<_> = rows
        .iter()
        .map(|row| {
            let reach = row.category.word();
            let reach = if row.dangerous {
                format!("{reach}, dangerous")
            } else {
                reach.to_owned()
            };
            let mut cells = vec![
                row.feature.clone(),
                reach,
                row.name.to_string(),
                row.title.clone(),
            ];
            if let Some(held) = &held {
                let has = match has(&definition, row, held) {
                    Some(true) => "yes",
                    Some(false) => "",
                    None => "?",
                };
                cells.insert(0, has.to_owned());
            }
            cells
        })
        .collect();
    for line in table(&columns, &lines) {
        printed(app.ui.data(&line))?;
    }
    Ok(())
}

fn granted(app: &App, of: &ConnectionRef) -> Result<Vec<Scope>> {
    let vault = app.need_vault()?;
    let found = vault
        .read(|snapshot| select::find(snapshot, of))
        .map_err(|error| advice::explained(app, error))?;
    let set = found.connection.state.set();
    Ok(set.map(|set| set.granted.clone()).unwrap_or_default())
}

/// Whether the grant amounts to this scope; nobody knows of one that the provider never echoes.
fn has(definition: &Definition, row: &CatalogueScope, held: &[Scope]) -> Option<bool> {
    let one = std::slice::from_ref(&row.name);
    let echoed = !definition.scopes.never_echoed.contains(row.name.as_str());
    echoed.then(|| compare(&definition.scopes, one, held).missing.is_empty())
}

fn nothing(definition: &Definition, args: &Args) -> Error {
    let mut features: Vec<_> = definition
        .catalogue
        .iter()
        .map(|row| format!("`{}`", row.feature))
        .collect();
    features.dedup();
    let provider = &definition.name;
    match &args.feature {
        Some(feature) if !features.is_empty() => {
            let message = format!("`{provider}` has no feature `{feature}`");
            Error::new(Kind::Usage, message).hint(format!("it has {}", features.join(", ")))
        }
        _ => {
            let message = format!("the definition of `{provider}` has no catalogue of scopes");
            Error::new(Kind::Failed, message).hint(format!(
                "ask for scopes by name, as its documentation has them: \
                 `oauthctl connect {provider} --scope SCOPE`"
            ))
        }
    }
}

fn document(
    definition: &Definition,
    row: &CatalogueScope,
    held: Option<&[Scope]>,
) -> serde_json::Value {
    let aliases: Vec<_> = definition
        .scopes
        .aliases
        .iter()
        .filter(|(_, name)| name.as_str() == row.name.as_str())
        .map(|(alias, _)| alias)
        .collect();
    crate::json::json!({
        "schema": 1,
        "provider": definition.name.to_string(),
        "scope": row.name.to_string(),
        "feature": row.feature,
        "reach": row.category.word(),
        "dangerous": row.dangerous,
        "title": row.title,
        "description": row.description,
        "default": definition.scopes.default.contains(&row.name),
        "required": row.required,
        "aliases": aliases,
        "includes": definition.scopes.implies.get(row.name.as_str()).cloned().unwrap_or_default(),
        "has": held.and_then(|held| has(definition, row, held)),
    })
}
