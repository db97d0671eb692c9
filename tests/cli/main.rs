//! The hermetic suite: the real binary in an empty world, against the practice provider. stdout,
//! stderr and status are looked at together, and after every run all of it, and every file, is
//! searched for secrets.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test crate: helper functions may panic, and write files of the test's own"
)]

mod api;
mod attacks;
mod audit;
mod backup;
mod bad_input;
mod bound;
mod canary;
mod commands;
mod config;
mod connect;
mod desk;
mod discovery;
mod doc;
mod doc_edges;
mod doctor;
mod exec;
mod exit_codes;
mod foreign;
mod git_credential;
mod herd;
mod histories;
mod hostile_names;
mod json_shapes;
mod looking_back;
mod lost_answers;
mod machine;
mod mistakes;
mod move_key;
mod named_files;
mod paths;
mod plugin;
mod portable;
mod provider;
mod refresh;
mod rekey;
mod relay;
mod replaced;
mod restore;
mod revoke;
mod running;
mod saving;
mod scopes;
mod scripts;
mod signals;
mod stray;
mod tickets;
mod token;
mod trouble;
mod usual_signals;
mod vault;
mod watching;
mod way_out;
mod ways;
mod world;

/// A file that is not a module is not tested.
#[test]
fn every_file_beside_this_one_is_a_module_of_it() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli");
    let root = include_str!("main.rs");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let is_module = path.extension().is_some_and(|end| end == "rs") && name != "main";
        assert!(
            !is_module || root.contains(&format!("\nmod {name};\n")),
            "tests/cli/{name}.rs is not a module of main.rs"
        );
    }
}
