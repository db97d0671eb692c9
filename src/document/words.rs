//! How many words came and went.

/// Words added and removed; nothing where one of them is no text.
pub(super) fn changed(
    _: &str,
    before: Option<&[u8]>,
    after: Option<&[u8]>,
) -> Option<(usize, usize)> {
    let count = |bytes: &[u8]| Some(std::str::from_utf8(bytes).ok()?.split_whitespace().count());
    let before = count(before?)?;
    let after = count(after.unwrap_or_default())?;
    Some((after.saturating_sub(before), before.saturating_sub(after)))
}
