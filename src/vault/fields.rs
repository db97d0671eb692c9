//! Several byte strings in one, so that no two lists of fields give the same bytes: each is
//! preceded by its length (4 bytes, big-endian). Associated data, MAC input and heads have this
//! form.

/// The fields, each after its length.
pub(crate) fn join(fields: &[&[u8]]) -> Vec<u8> {
    let length = fields.iter().map(|field| field.len() + 4).sum();
    let mut joined = Vec::with_capacity(length);
    for field in fields {
        // No field here comes near 4 GiB: SQLite's blobs and rows end at 1 GB.
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        joined.extend_from_slice(&length.to_be_bytes());
        joined.extend_from_slice(field);
    }
    joined
}

/// The `N` fields that [`join`] put together; `None` for anything else.
pub(super) fn split<const N: usize>(joined: &[u8]) -> Option<[&[u8]; N]> {
    let mut fields: [&[u8]; N] = [&[]; N];
    let mut rest = joined;
    for field in &mut fields {
        let (length, tail) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        (*field, rest) = tail.split_at_checked(length)?;
    }
    rest.is_empty().then_some(fields)
}

/// A field of 8 bytes as a number.
pub(super) fn number(field: &[u8]) -> Option<u64> {
    field.try_into().ok().map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_undoes_join_and_nothing_else() {
        let joined = join(&[b"ab", b"", b"c"]);
        assert_eq!(split::<3>(&joined), Some([&b"ab"[..], b"", b"c"]));
        assert_eq!(split::<2>(&joined), None);
        assert_eq!(split::<4>(&joined), None);
        assert_eq!(split::<3>(&joined[..joined.len() - 1]), None);
        assert_ne!(join(&[b"a", b"bc"]), join(&[b"ab", b"c"]));
    }
}
