use serde_json::Value;

use crate::app::App;
use crate::app::choice::{Layer, Setting, decisive};
use crate::commands::config::HOOKS_ARE;
use crate::commands::printed;
use crate::error::{Error, Kind, Result};
use crate::json::json;
use crate::ui;

/// Print a setting as it holds here and now
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    /// `audit`, `profile`, `vault`, `account.PROVIDER` or `hooks.EVENT`
    #[arg(value_name = "KEY")]
    key: Setting,
    /// Say what each layer says and which one decides
    #[arg(long)]
    explain: bool,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let layers = app.layers(&args.key)?;
    if app.ui.json() {
        return printed(app.ui.data(&document(&args.key, &layers).to_string()));
    }
    if args.explain {
        return explain(app, &layers);
    }
    let Some(value) = decisive(&layers).and_then(|layer| layer.value.as_ref()) else {
        let unset = Error::new(Kind::Failed, format!("`{}` is not set", args.key));
        return Err(unset.hint(if let Setting::Hook(_) = args.key {
            HOOKS_ARE.to_owned()
        } else {
            format!("set it with `oauthctl config set {} VALUE`", args.key)
        }));
    };
    printed(app.ui.data(&crate::escape::line(value)))
}

fn explain(app: &App, layers: &[Layer]) -> Result<()> {
    let decides = decisive(layers);
    let rows: Vec<_> = layers
        .iter()
        .map(|layer| {
            let mark = if Some(layer) == decides { "*" } else { "" };
            let value = layer.value.as_deref().unwrap_or("-");
            [mark, layer.name, value, &layer.place]
                .map(str::to_owned)
                .to_vec()
        })
        .collect();
    for line in ui::table(&["", "LAYER", "VALUE", "WHERE"], &rows) {
        printed(app.ui.data(&line))?;
    }
    Ok(())
}

/// A setting and its layers, for `--json`.
pub(super) fn document(key: &Setting, layers: &[Layer]) -> Value {
    let decides = decisive(layers);
    let all: Vec<_> = layers
        .iter()
        .map(|layer| json!({"layer": layer.name, "where": layer.place, "value": layer.value}))
        .collect();
    json!({
        "schema": 1,
        "key": key.to_string(),
        "value": decides.and_then(|layer| layer.value.as_ref()),
        "decided_by": decides.map(|layer| layer.name),
        "layers": all,
    })
}
