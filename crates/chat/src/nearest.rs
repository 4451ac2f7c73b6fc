//! The name that somebody probably meant.

use salon_protocol::limits::HANDLE_CHARS_MAX;

/// The candidate that is fewest edits away, if that is at most a third of the name's length.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Nothing has a longer name; comparing one would take as long as it is, once for each.
    if name.chars().count() > 2 * HANDLE_CHARS_MAX {
        return None;
    }
    let name = name.to_lowercase();
    let length = name.chars().count();
    let allowed = (length / 3).max(1);
    // Of thousands most are too long or too short to be near; in small letters one may become two.
    let alike = |candidate: &&str| candidate.chars().count().abs_diff(length) <= 2 * allowed;
    candidates
        .into_iter()
        .filter(alike)
        .map(|candidate| (distance(&name, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &to) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(from != to))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && from == b[j - 1] && a[i - 1] == to {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_understood_and_a_stranger_is_not() {
        let users = ["assistant", "ada", "grace", "小明"];
        assert_eq!(nearest("asistant", users), Some("assistant"));
        assert_eq!(nearest("Garce", users), Some("grace"));
        assert_eq!(nearest("adaa", users), Some("ada"));
        assert_eq!(nearest("小名", users), Some("小明"));
        assert_eq!(nearest("zebulon", users), None);
    }
}
