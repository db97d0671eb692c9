//! Telling a person where to sign in, and how the answer gets back here.

use crate::app::App;
use crate::commands::connect::Args;
use crate::flow::browser::{self, NoBrowser};
use crate::provider::definition::Definition;

/// Opens the browser where there is one, and says what to do.
pub(super) fn announce(app: &App, args: &Args, definition: &Definition, url: &str) {
    let provider = &definition.display_name;
    if args.paste {
        app.ui.note(&format!(
            "to sign in to {provider}, open this address in any browser"
        ));
    } else if open(app, args, definition, url) {
        app.ui.note(&format!(
            "opening {provider} in your browser; if nothing happens, go to"
        ));
    } else {
        // Where nothing says otherwise, the answer comes back to this machine only.
        let place = if browser::may_open(&app.env, true).is_ok() {
            " on this machine"
        } else {
            ""
        };
        app.ui.note(&format!(
            "to sign in to {provider}, open this address in a browser{place}"
        ));
    }
    app.ui.instruct(url);
    if args.qr && !app.ui.qr(url) {
        app.ui.warn("the address is too long for a QR code");
    }
    let patience = crate::ui::span(args.patience());
    if args.paste {
        let uri = definition.redirect.registered_uri();
        app.ui.instruct(&format!(
            "it ends at an address that can't be reached and begins with {uri}"
        ));
        app.ui.instruct(&format!(
            "paste that address here, it is not shown; waiting at most {patience}"
        ));
        return;
    }
    app.ui.note(&format!(
        "waiting for the answer, at most {patience}; Ctrl-C stops"
    ));
}

/// Whether a browser was started.
fn open(app: &App, args: &Args, definition: &Definition, url: &str) -> bool {
    if args.no_browser {
        return false;
    }
    let tried = browser::may_open(&app.env, app.ui.talks_to_terminal());
    let why = match tried {
        Ok(()) => match browser::open_url(url, &app.env) {
            Ok(_) => return true,
            Err(error) => error.to_string(),
        },
        Err(NoBrowser::NoTerminal) => {
            app.ui.detail("no browser was opened: there is no terminal");
            return false;
        }
        Err(why) => {
            let device = definition.device_authorization_endpoint.is_some();
            app.ui.note(&format!("no browser is opened: {why}"));
            app.ui.hint(why.way_out(device));
            return false;
        }
    };
    app.ui.note(&format!("no browser was opened: {why}"));
    false
}
