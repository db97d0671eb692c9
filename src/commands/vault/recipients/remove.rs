use crate::app::App;
use crate::commands::vault::recipients::{list, recipients};
use crate::commands::vault::rekey;
use crate::error::{Error, Kind, Result};
use crate::key::Source;
use crate::vault::{Recipient, Vault};

/// Take a key's access to the vault away
///
/// This makes a new vault key and a new identity, as `vault rekey` does: who could open the vault
/// has its old key. What that person copied before stays readable to them.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The label or the age recipient, as `vault recipients list` shows them
    #[arg(value_name = "LABEL|RECIPIENT")]
    whom: String,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let vault = app.need_vault()?;
    let whom = chosen(&vault, &args.whom)?;
    refuse_environment(&vault)?;
    drop(vault);
    let what = format!("removed `{}`", whom.label);
    let done = app.rekey(None, Some(what.clone()), &|one| {
        one.recipient != whom.recipient
    })?;
    app.ui.note(&what);
    rekey::tell(app, &done)?;
    let left = recipients(&done.vault)?;
    if left.iter().all(|one| one.label == Recipient::MASTER) {
        app.ui.warn(
            "no recovery key is left: whoever loses the vault's own key loses the vault; make one \
             with `oauthctl vault recipients add --recovery-file FILE`",
        );
    }
    list::show(app, &left)
}

/// The new key would have no place.
fn refuse_environment(vault: &Vault) -> Result<()> {
    let Ok(Source::Environment) = Source::parse(&vault.header().key_source) else {
        return Ok(());
    };
    let message = "the environment keeps the vault's key, and a new one can't be written there";
    Err(Error::new(Kind::Usage, message).hint(
        "keep the key in a file first: `oauthctl vault move-key --to file --identity-file PATH`",
    ))
}

/// The one recipient that is meant.
fn chosen(vault: &Vault, named: &str) -> Result<Recipient> {
    let mut meant: Vec<Recipient> = recipients(vault)?
        .into_iter()
        .filter(|one| one.label == named || one.recipient == named)
        .collect();
    match (meant.pop(), meant.is_empty()) {
        (Some(one), true) if one.label == Recipient::MASTER => Err(Error::new(
            Kind::Usage,
            "the vault's own key can't be removed",
        )
        .hint("`oauthctl vault rekey` gives the vault another one")),
        (Some(one), true) => Ok(one),
        (Some(_), false) => Err(Error::new(
            Kind::Usage,
            format!("several recipients are called `{named}`"),
        )
        .hint("name the one that you mean by its `age1…`")),
        (None, _) => Err(
            Error::new(Kind::Usage, format!("`{named}` can't open the vault"))
                .hint("see who can: `oauthctl vault recipients list`"),
        ),
    }
}
