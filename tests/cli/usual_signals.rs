//! Signals as a person's shell leaves them to a program. The other rings use this file, too.

use std::sync::{Arc, Once};

use signal_hook::consts::{
    SIGALRM, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU,
};
use signal_hook::flag::register_conditional_default;

/// Every signal that stops the program.
const STOPPING: [i32; 10] = [
    SIGALRM, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU,
];

/// Whatever runs the tests in its background may have them ignore Ctrl-C, and so would all that they
/// start. What is handled here is as usual there. Every world begins with this, and so does every
/// test that starts something or looks at its own signals before it has one.
pub(crate) fn signals_as_usual() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let always = Arc::new(true.into());
        for signal in STOPPING {
            register_conditional_default(signal, Arc::clone(&always)).unwrap();
        }
    });
}
