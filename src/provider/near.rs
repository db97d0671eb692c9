//! Names that a person may have meant.

/// The most names that are offered.
const OFFERED_AT_MOST: usize = 3;

/// Those of `known` that look like `given`, the nearest first.
pub(crate) fn near<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found: Vec<(usize, &str)> = known
        .filter_map(|name| {
            let distance = distance(given, name);
            let is_part = given.len() >= 3 && (name.contains(given) || given.contains(name));
            // A third of the name may differ, so that two short names are not taken for each other.
            let is_near = distance <= given.len().max(name.len()) / 3;
            (is_near || is_part).then_some((distance, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
        .into_iter()
        .take(OFFERED_AT_MOST)
        .map(|(_, name)| name)
        .collect()
}

/// How many letters have to be added, dropped, changed or swapped with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    let other = other.as_bytes();
    let first: Vec<usize> = (0..=other.len()).collect();
    let mut before_that: Vec<usize> = Vec::new();
    let mut before = first;
    let mut previous_letter = 0;
    for (row, letter) in one.bytes().enumerate() {
        let mut current = vec![row + 1];
        let mut left_letter = 0;
        for (column, &wanted) in other.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX);
            let mut cost = at(&before, column) + usize::from(letter != wanted);
            cost = cost.min(at(&before, column + 1) + 1);
            cost = cost.min(at(&current, column) + 1);
            if row > 0 && column > 0 && letter == left_letter && previous_letter == wanted {
                cost = cost.min(at(&before_that, column - 1) + 1);
            }
            current.push(cost);
            left_letter = wanted;
        }
        previous_letter = letter;
        before_that = std::mem::replace(&mut before, current);
    }
    before.last().copied().unwrap_or(one.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_slips_of_the_finger_and_parts() {
        let known = [
            "github",
            "gitlab",
            "google",
            "microsoft",
            "notion",
            "youtube",
        ];
        let offered = |given| near(given, known.into_iter());
        for (given, wanted) in [
            ("githbu", vec!["github"]),
            ("guthub", vec!["github"]),
            ("goggle", vec!["google"]),
            ("ms", vec![]),
            ("micro", vec!["microsoft"]),
            ("github-work", vec!["github"]),
            ("dropbox", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(offered(given), wanted, "{given}");
        }
    }

    #[test]
    fn distance_counts_edits_and_swaps() {
        for (one, other, edits) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "acb", 1),
            ("abc", "abd", 1),
            ("abc", "xabc", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(one, other), edits, "{one} {other}");
        }
    }
}
