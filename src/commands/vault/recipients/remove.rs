use crate::app::App;
use crate::commands::vault::recipients::{list, recipients};
use crate::commands::vault::rekey;
use crate::error::{Error, Kind, Result};
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
    let whom = chosen(&app.need_vault()?, &args.whom)?;
    let what = format!("removed `{}`", whom.label);
    let done = app.rekey(None, Some(what.clone()), &|one| {
        one.recipient != whom.recipient
    })?;
    app.ui.note(&what);
    rekey::tell(app, &done)?;
    list::show(app, &recipients(&done.vault)?)
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
