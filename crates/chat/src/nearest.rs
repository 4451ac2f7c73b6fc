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
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let allowed = (name.len() / 3).max(1);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let letters: Vec<char> = candidate.to_lowercase().chars().collect();
            Some((distance(&name, &letters, allowed)?, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment), if they
/// are no more than allowed. Of thousands of names most are given up early.
fn distance(a: &[char], b: &[char], allowed: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > allowed {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &from) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
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
        // Whatever follows comes by one of the last two rows.
        if before.iter().chain(&last).all(|steps| *steps > allowed) {
            return None;
        }
    }
    Some(last[b.len()]).filter(|steps| *steps <= allowed)
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

    #[test]
    fn what_is_given_up_early_is_too_far_away() {
        let letters = |text: &str| -> Vec<char> { text.chars().collect() };
        let words = [
            "",
            "a",
            "ab",
            "ba",
            "abc",
            "acb",
            "abcd",
            "badc",
            "xbcd",
            "沙龙",
            "龙沙",
            "沙龙abcd",
        ];
        for (a, b) in words
            .iter()
            .flat_map(|a| words.map(|b| (letters(a), letters(b))))
        {
            let steps = distance(&a, &b, usize::MAX);
            for allowed in 0..8 {
                let near = steps.filter(|steps| *steps <= allowed);
                assert_eq!(distance(&a, &b, allowed), near, "{a:?} {b:?} {allowed}");
            }
        }
    }
}
