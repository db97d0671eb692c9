//! What is not pushed although somebody said push: unfinished merges, pointers in place of files,
//! secrets, and what the store would not take.

use super::error::Guard;
use super::path::DocPath;
use super::secrets::secret;

/// What is meant although it looks wrong.
pub(super) struct Vetting {
    pub(super) allow_secrets: bool,
}

const LARGEST: usize = 35_000_000;
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Whether these bytes may leave.
pub(super) fn vet(path: &DocPath, bytes: &[u8], vetting: &Vetting) -> Result<(), Guard> {
    let path = path.to_string();
    if bytes.len() > LARGEST {
        let limit = LARGEST as u64;
        return Err(Guard::TooLarge { path, limit });
    }
    if bytes.starts_with(POINTER) {
        return Err(Guard::LargeFilePointer { path });
    }
    if has_markers(bytes) {
        return Err(Guard::Markers { path });
    }
    if !vetting.allow_secrets
        && let Some(what) = secret(bytes)
    {
        let what = what.to_owned();
        return Err(Guard::Secret { path, what });
    }
    Ok(())
}

/// All three kinds of lines, in their order.
fn has_markers(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let begins = |line: &[u8], mark: &[u8]| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        line == mark
            || line
                .strip_prefix(mark)
                .is_some_and(|rest| rest.starts_with(b" "))
    };
    lines.any(|line| begins(line, b"<<<<<<<"))
        && lines.any(|line| begins(line, b"======="))
        && lines.any(|line| begins(line, b">>>>>>>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vetted(bytes: &[u8]) -> Result<(), Guard> {
        let path = DocPath::parse("a.md").unwrap();
        let vetting = Vetting {
            allow_secrets: false,
        };
        vet(&path, bytes, &vetting)
    }

    #[test]
    fn an_unfinished_merge_is_not_pushed_and_a_heading_is() {
        let unfinished = b"a\n<<<<<<< mine\nb\n=======\nc\n>>>>>>> theirs\n";
        assert!(matches!(vetted(unfinished), Err(Guard::Markers { .. })));
        let windows = b"<<<<<<< mine\r\nb\r\n=======\r\nc\r\n>>>>>>> theirs\r\n";
        assert!(matches!(vetted(windows), Err(Guard::Markers { .. })));
        for fine in [
            &b"Title\n=======\ntext\n"[..],
            b">>>>>>> quoted\n=======\n<<<<<<< x\n",
            b"<<<<<<<<<<\n==========\n>>>>>>>>>>\n",
        ] {
            assert_eq!(vetted(fine), Ok(()));
        }
    }

    #[test]
    fn a_pointer_is_not_the_file() {
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
        assert!(matches!(
            vetted(pointer),
            Err(Guard::LargeFilePointer { .. })
        ));
    }

    #[test]
    fn a_file_with_a_token_in_it_leaves_on_a_yes_only() {
        let path = DocPath::parse("a.md").unwrap();
        let token = format!("Chapter 1\nghp_{}\n", "a1B2".repeat(9));
        let allowed = |allow_secrets| vet(&path, token.as_bytes(), &Vetting { allow_secrets });
        assert!(matches!(allowed(false), Err(Guard::Secret { .. })));
        assert_eq!(allowed(true), Ok(()));
    }
}
