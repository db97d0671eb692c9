//! A thousand names that no chapter has: what is pulled lies in the folder, under a name that is one
//! on every system, or not at all.

use std::collections::BTreeSet;

use crate::desk::NOVEL;
use crate::world::World;

const FILE: u32 = 0o100_644;
const MODES: [u32; 4] = [FILE, 0o100_755, 0o120_000, 0o160_000];

/// Whether a name is one of an ordinary file, on any system; written apart from the program's rules.
fn is_ordinary(name: &str) -> bool {
    let lower = name.to_lowercase();
    let stem = lower.split('.').next().unwrap_or_default().trim_end();
    let devices = ["con", "prn", "aux", "nul", "conin$", "conout$"];
    let numbered = |start: &str| {
        stem.strip_prefix(start).is_some_and(|rest| {
            rest.chars().count() == 1 && "0123456789\u{b9}\u{b2}\u{b3}".contains(rest)
        })
    };
    let is_odd = name.is_empty()
        || name.len() > 255
        || name.starts_with('.')
        || name.ends_with(['.', ' '])
        || name.contains(['/', '\\', ':'])
        || name.chars().any(char::is_control)
        // "Who?" is a chapter where the system takes it
        || (cfg!(windows) && name.contains(['*', '?', '"', '<', '>', '|']))
        || lower.starts_with("git~");
    !(is_odd || devices.contains(&stem) || numbered("com") || numbered("lpt"))
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
fn spellings() -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = Vec::new();
    let mut add = |name: &str| names.push(name.as_bytes().to_vec());
    // the folder above, and the root
    for name in [
        "..",
        ".",
        "...",
        "../up.md",
        "a/../../up.md",
        "/etc/passwd",
        "//host/share",
        "~",
        "./x",
    ] {
        add(name);
    }
    // git's own, and ours, as some disk reads them
    for own in ["git", "oauthctl"] {
        let [upper, mixed] = [own.to_uppercase(), own.replacen('i', "I", 1)];
        for own in [own, &upper, &mixed] {
            for end in [
                "",
                " ",
                ".",
                "...",
                " .",
                "::$INDEX_ALLOCATION",
                ":x",
                "/config",
                "\\config",
            ] {
                add(&format!(".{own}{end}"));
            }
            for hidden in [
                "\u{200c}", "\u{200d}", "\u{200e}", "\u{202a}", "\u{206a}", "\u{feff}",
            ] {
                add(&format!(".{hidden}{own}"));
                add(&format!(".{own}{hidden}"));
                let (start, end) = own.split_at(1);
                add(&format!(".{start}{hidden}{end}"));
            }
        }
    }
    for name in [
        "git~1",
        "GIT~1",
        "git~2",
        "GI7EBA~1",
        ".gitmodules",
        ".gitattributes",
        ".gitignore",
    ] {
        add(name);
    }
    // devices
    for device in [
        "con", "prn", "aux", "nul", "conin$", "conout$", "com", "lpt",
    ] {
        let numbers: &[&str] = match device {
            "com" | "lpt" => &["0", "1", "5", "9", "\u{b9}", "\u{b2}", "\u{b3}"],
            _ => &[""],
        };
        for number in numbers {
            let device = format!("{device}{number}");
            for name in [&device, &device.to_uppercase()] {
                for end in ["", ".md", ".tar.gz", " .md", "  ", ".", ":", ":stream"] {
                    add(&format!("{name}{end}"));
                }
            }
        }
    }
    // characters that mean something to a disk, a shell or a terminal
    let characters = (0..0x20).chain([0x22, 0x2a, 0x2f, 0x3a, 0x3c, 0x3e, 0x3f, 0x5c, 0x7c, 0x7f]);
    let wide = (0x80..0xa0).chain([
        0x200b, 0x200e, 0x202e, 0x2066, 0x2028, 0xfeff, 0xfffe, 0x10_ffff,
    ]);
    for code in characters.chain(wide) {
        let character = char::from_u32(code).unwrap();
        for name in [
            format!("a{character}b.md"),
            format!("{character}.md"),
            format!("a.md{character}"),
        ] {
            add(&name);
        }
    }
    for name in [
        "a.md ",
        "a.md.",
        " a.md",
        "-rf",
        "--help",
        "$(x).md",
        "`x`.md",
        "a b.md",
        "%2e%2e.md",
    ] {
        add(name);
    }
    for length in [256, 300, 1000, 4000] {
        add(&"x".repeat(length));
        add(&format!("{}.md", "\u{e9}".repeat(length)));
    }
    names.extend([
        b"\xff.md".to_vec(),
        b"\xc0\xae\xc0\xae".to_vec(),
        b"a\xed\xa0\x80.md".to_vec(),
    ]);
    names
}

/// At least a thousand, each with the kind of thing that it names.
fn hostile() -> Vec<(u32, Vec<u8>)> {
    let mut found = BTreeSet::new();
    for (at, name) in spellings().into_iter().enumerate() {
        found.insert((FILE, name.clone()));
        found.insert((MODES[at % MODES.len()], name));
    }
    found.into_iter().collect()
}

#[test]
fn doc_pull_of_a_thousand_hostile_names_writes_ordinary_files_into_the_folder_only() {
    let hostile = hostile();
    assert!(hostile.len() >= 1000, "{}", hostile.len());
    let world = World::with_novel();
    let desk = world.desk("a");
    let outside = |world: &World| -> Vec<_> {
        let files = world.files().into_iter();
        files
            .filter(|file| {
                !file.starts_with(world.path("work/a")) && !file.starts_with(world.path("home"))
            })
            .collect()
    };
    let before = outside(&world);
    let mut written = BTreeSet::new();
    for (round, batch) in hostile.chunks(60).enumerate() {
        // names that are one on some disk stop it before anything is written: not what is tried here
        let mut folded = BTreeSet::new();
        let fine = format!("fine-{round}.md");
        let mut tree: Vec<(u32, &[u8], &[u8])> = vec![(FILE, fine.as_bytes(), b"fine\n")];
        for (mode, name) in batch {
            if folded.insert(String::from_utf8_lossy(name).to_lowercase()) {
                let content: &[u8] = if *mode == 0o120_000 {
                    b"/etc/passwd"
                } else {
                    b"evil\n"
                };
                tree.push((*mode, name, content));
            }
        }
        world
            .sandbox(|sandbox| sandbox.github().plant(NOVEL, "main", &tree))
            .unwrap();
        let call = desk.call(&["pull", "--allow-deletes", "1000"]);
        let pulled = call.run();
        assert_eq!(pulled.code, 0, "{round}: {pulled:?}");
        assert!(!pulled.stderr.contains('\u{1b}') && !pulled.stderr.contains('\u{202e}'));
        assert_eq!(desk.read(&fine).as_deref(), Some("fine\n"));
        for name in desk.files() {
            // the API shows no difference between a name with a slash and a folder
            assert!(name.split('/').all(is_ordinary), "{name:?}");
            let kind = std::fs::symlink_metadata(desk.path(&name))
                .unwrap()
                .file_type();
            assert!(kind.is_file(), "{name:?}");
            written.insert(name);
        }
        assert_eq!(outside(&world), before);
        // what is refused is not taken for deleted here
        let status = desk.json(&["status"]);
        assert_eq!(status["changed"].as_array().unwrap().len(), 0, "{status}");
    }
    // control: names that only look odd are chapters
    for name in ["-rf", "--help", "$(x).md", "a b.md", "%2e%2e.md"] {
        assert!(written.contains(name), "{name}");
    }
}
