//! What did not come along: counted by why, with a few examples, so that an export of nothing but
//! nonsense fills no memory.

use salon_protocol::{ImportLoss, ImportLost};
use std::collections::BTreeMap;

/// Of each kind so many are told; the others are counted.
const EXAMPLES_MAX: usize = 5;
const EXAMPLE_CHARS_MAX: usize = 200;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lost(BTreeMap<ImportLoss, ImportLost>);

impl Lost {
    pub(super) fn add(&mut self, why: ImportLoss, example: impl std::fmt::Display) {
        let lost = self.entry(why);
        lost.times += 1;
        if lost.examples.len() < EXAMPLES_MAX {
            let example = example.to_string();
            lost.examples
                .push(example.chars().take(EXAMPLE_CHARS_MAX).collect());
        }
    }

    fn entry(&mut self, why: ImportLoss) -> &mut ImportLost {
        self.0.entry(why).or_insert_with(|| ImportLost {
            why,
            times: 0,
            examples: Vec::new(),
        })
    }

    /// What another has lost is lost as well.
    pub(super) fn extend(&mut self, other: Self) {
        for (why, more) in other.0 {
            let lost = self.entry(why);
            lost.times += more.times;
            lost.examples.extend(more.examples);
            lost.examples.truncate(EXAMPLES_MAX);
        }
    }

    /// What another has found is found here too, and was perhaps found before.
    pub(super) fn at_least(&mut self, other: &Self) {
        for (why, more) in &other.0 {
            let lost = self.entry(*why);
            if more.times >= lost.times {
                lost.clone_from(more);
            }
        }
    }

    pub(crate) fn told(&self) -> Vec<ImportLost> {
        self.0.values().cloned().collect()
    }
}

impl From<Vec<ImportLost>> for Lost {
    fn from(told: Vec<ImportLost>) -> Self {
        Self(told.into_iter().map(|lost| (lost.why, lost)).collect())
    }
}

/// In the words of the terminal.
pub(crate) fn why(loss: ImportLoss) -> &'static str {
    match loss {
        ImportLoss::Unreadable => "parts that are not as expected",
        ImportLoss::RoomWithoutMembers => "rooms without their members",
        ImportLoss::Room => "rooms that were refused",
        ImportLoss::WithoutRoom => "messages of rooms that did not come",
        ImportLoss::WithoutAuthor => "messages of nobody who is known",
        ImportLoss::Empty => "messages without words or files",
        ImportLoss::Message => "messages that were refused",
        ImportLoss::FileMissing => "files, which are only named",
        ImportLoss::FileTooLarge => "files that are too large",
        ImportLoss::FileUnreadable => "files that are damaged, empty or links",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_without_end_is_counted_and_a_little_of_it_is_told() {
        let mut lost = Lost::default();
        for n in 0..100_000 {
            lost.add(
                ImportLoss::Unreadable,
                format_args!("line {n}: {}", "x".repeat(1_000)),
            );
        }
        let told = lost.told();
        assert_eq!((told.len(), told[0].times), (1, 100_000));
        assert_eq!(told[0].examples.len(), EXAMPLES_MAX);
        assert!(told[0].examples.iter().all(|one| one.len() <= 200));
    }
}
