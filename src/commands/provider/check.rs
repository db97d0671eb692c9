use crate::app::App;
use crate::commands::printed;
use crate::error::{Error, Kind, Result};
use crate::names::ProviderName;
use crate::provider::check::{Finding, Level, check};

/// Look definitions over: what can't be used, what is weaker than it should be
///
/// Fails when a definition can't be used; a weakness is only told.
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    /// The providers [default: all]
    #[arg(value_name = "PROVIDER")]
    providers: Vec<ProviderName>,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let names: Vec<String> = args.providers.iter().map(ToString::to_string).collect();
    let mut broken = 0;
    let listed: Vec<_> = if args.providers.is_empty() {
        app.providers()
            .list()?
            .into_iter()
            .map(|listed| (listed.name, listed.definition))
            .collect()
    } else {
        let definitions = args.providers.iter().map(|name| app.providers().get(name));
        names.into_iter().zip(definitions).collect()
    };
    for (name, definition) in listed {
        let (findings, error) = match definition {
            Ok(definition) => (check(&definition), None),
            Err(error) => (Vec::new(), Some(Error::from(error))),
        };
        broken += usize::from(error.is_some());
        if app.ui.json() {
            let told: Vec<_> = findings
                .iter()
                .map(|finding| {
                    crate::json::json!({
                        "level": word(finding.level), "text": finding.text
                    })
                })
                .collect();
            let document = crate::json::json!({
                "schema": 1,
                "provider": name,
                "usable": error.is_none(),
                "error": error.map(|error| error.causes.join(": ")),
                "findings": told,
            });
            printed(app.ui.data(&document.to_string()))?;
            continue;
        }
        match error {
            None => printed(app.ui.data(&format!("[ ok ] {name}")))?,
            Some(error) => {
                printed(
                    app.ui
                        .data(&format!("[fail] {name}: {}", error.causes.join(": "))),
                )?;
            }
        }
        for finding in &findings {
            printed(
                app.ui
                    .data(&format!("  {}: {}", word(finding.level), finding.text)),
            )?;
        }
    }
    if broken > 0 {
        return Err(Error::new(
            Kind::Failed,
            format!("{broken} definition(s) can't be used"),
        ));
    }
    Ok(())
}

/// One finding as talk.
pub(super) fn say(app: &App, finding: &Finding) {
    match finding.level {
        Level::Note => app.ui.note(&format!("note: {}", finding.text)),
        Level::Warning => app.ui.warn(&finding.text),
    }
}

const fn word(level: Level) -> &'static str {
    match level {
        Level::Note => "note",
        Level::Warning => "warning",
    }
}
