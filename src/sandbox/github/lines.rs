//! The difference between two texts by lines.
//!
//! Equal lines at both ends are set aside; of the rest the longest common subsequence is found,
//! unless it is too long to look for: then everything between is replaced.

/// More cells than this are not filled.
const CELLS: usize = 4_000_000;
/// Lines of context in a patch.
const CONTEXT: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Same,
    Old,
    New,
}

/// What has to be done to the old lines to get the new ones.
#[derive(Debug)]
pub(super) struct Difference<'a> {
    steps: Vec<(Step, &'a str)>,
}

pub(super) fn difference<'a>(old: &'a str, new: &'a str) -> Difference<'a> {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let same = |(one, two): &(&&str, &&str)| one == two;
    let start = old.iter().zip(&new).take_while(same).count();
    let shortest = old.len().min(new.len()) - start;
    let ends = old.iter().rev().zip(new.iter().rev());
    let end = ends.take(shortest).take_while(same).count();
    let middle = |lines: &[&'a str]| -> Vec<&'a str> {
        lines
            .get(start..lines.len() - end)
            .unwrap_or_default()
            .to_vec()
    };
    let mut steps: Vec<(Step, &str)> = Vec::new();
    steps.extend(old.iter().take(start).map(|line| (Step::Same, *line)));
    steps.extend(between(&middle(&old), &middle(&new)));
    steps.extend(
        old.iter()
            .skip(old.len() - end)
            .map(|line| (Step::Same, *line)),
    );
    Difference { steps }
}

fn between<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Step, &'a str)> {
    if old.len().saturating_mul(new.len()) > CELLS {
        let gone = old.iter().map(|line| (Step::Old, *line));
        return gone
            .chain(new.iter().map(|line| (Step::New, *line)))
            .collect();
    }
    // longest[i][j]: of what follows the first i old and the first j new lines
    let width = new.len() + 1;
    let mut longest = vec![0_usize; (old.len() + 1) * width];
    let at = |longest: &[usize], i: usize, j: usize| {
        longest.get(i * width + j).copied().unwrap_or_default()
    };
    for (i, line) in old.iter().enumerate().rev() {
        for (j, other) in new.iter().enumerate().rev() {
            let best = if line == other {
                at(&longest, i + 1, j + 1) + 1
            } else {
                at(&longest, i + 1, j).max(at(&longest, i, j + 1))
            };
            if let Some(cell) = longest.get_mut(i * width + j) {
                *cell = best;
            }
        }
    }
    let (mut i, mut j, mut steps) = (0, 0, Vec::new());
    loop {
        match (old.get(i), new.get(j)) {
            (Some(line), Some(other)) if line == other => {
                steps.push((Step::Same, *line));
                (i, j) = (i + 1, j + 1);
            }
            (Some(line), other)
                if other.is_none() || at(&longest, i + 1, j) >= at(&longest, i, j + 1) =>
            {
                steps.push((Step::Old, *line));
                i += 1;
            }
            (_, Some(other)) => {
                steps.push((Step::New, *other));
                j += 1;
            }
            (_, None) => return steps,
        }
    }
}

impl Difference<'_> {
    fn count(&self, wanted: Step) -> usize {
        self.steps
            .iter()
            .filter(|(step, _)| *step == wanted)
            .count()
    }

    pub(super) fn additions(&self) -> usize {
        self.count(Step::New)
    }

    pub(super) fn deletions(&self) -> usize {
        self.count(Step::Old)
    }

    /// A unified diff without the lines that name the files.
    pub(super) fn patch(&self) -> String {
        let changed: Vec<usize> = self
            .steps
            .iter()
            .enumerate()
            .filter(|(_, (step, _))| *step != Step::Same)
            .map(|(at, _)| at)
            .collect();
        let mut hunks: Vec<(usize, usize)> = Vec::new();
        for at in changed {
            let (from, to) = (at.saturating_sub(CONTEXT), at + CONTEXT + 1);
            match hunks.last_mut() {
                Some((_, end)) if from <= *end => *end = to,
                _ => hunks.push((from, to)),
            }
        }
        let mut patch = String::new();
        for (from, to) in hunks {
            let to = to.min(self.steps.len());
            patch.push_str(&self.hunk(from, to));
        }
        patch.truncate(patch.trim_end_matches('\n').len());
        patch
    }

    fn hunk(&self, from: usize, to: usize) -> String {
        let lines = |slice: &[(Step, &str)], without: Step| {
            slice.iter().filter(|(step, _)| *step != without).count()
        };
        let before = self.steps.get(..from).unwrap_or_default();
        let inside = self.steps.get(from..to).unwrap_or_default();
        let range = |without: Step| {
            let (start, count) = (lines(before, without), lines(inside, without));
            // an empty range names the line before it
            let start = if count == 0 { start } else { start + 1 };
            if count == 1 {
                start.to_string()
            } else {
                format!("{start},{count}")
            }
        };
        let mut text = format!("@@ -{} +{} @@\n", range(Step::New), range(Step::Old));
        for (step, line) in inside {
            text.push(match step {
                Step::Same => ' ',
                Step::Old => '-',
                Step::New => '+',
            });
            text.push_str(line);
            if !line.ends_with('\n') {
                text.push_str("\n\\ No newline at end of file\n");
            }
        }
        text
    }
}

/// How much of the longer text is in both, in per cent.
pub(super) fn likeness(old: &str, new: &str) -> usize {
    let difference = difference(old, new);
    let kept = difference
        .steps
        .iter()
        .filter(|(step, _)| *step == Step::Same);
    let kept: usize = kept.map(|(_, line)| line.len()).sum();
    kept * 100 / old.len().max(new.len()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_is_what_git_diff_prints() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
        let new = old.replace("2\n", "two\n").replace("10\n", "") + "end";
        let difference = difference(old, &new);
        // from `git diff --no-index`
        let wanted = "@@ -1,5 +1,5 @@\n 1\n-2\n+two\n 3\n 4\n 5\n@@ -7,6 +7,6 @@\n 7\n 8\n 9\n-10\n 11\n\
            -12\n+1two\n+end\n\\ No newline at end of file";
        assert_eq!(difference.patch(), wanted);
        assert_eq!((difference.additions(), difference.deletions()), (3, 3));
        assert_eq!(super::difference("", "a\n").patch(), "@@ -0,0 +1 @@\n+a");
        assert_eq!(super::difference("same", "same").patch(), "");
    }

    #[test]
    fn likeness_is_what_both_have() {
        assert_eq!(likeness("a\nb\n", "a\nb\n"), 100);
        assert_eq!(likeness("a\nb\n", "a\nc\n"), 50);
        assert_eq!(likeness("a\n", "b\n"), 0);
    }
}
