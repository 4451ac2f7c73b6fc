//! The middle and the ends of several runs' figures.

/// Values of one figure, one a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spread(Vec<f64>);

impl Spread {
    pub(crate) fn add(&mut self, value: f64) {
        let at = self.0.partition_point(|known| *known < value);
        self.0.insert(at, value);
    }

    pub(crate) fn values(&self) -> &[f64] {
        &self.0
    }

    pub(crate) fn median(&self) -> Option<f64> {
        self.0.get(self.0.len() / 2).copied()
    }

    /// The middle, and behind it the ends where there is more than one run.
    pub(crate) fn shown(&self) -> String {
        let (Some(low), Some(middle), Some(high)) = (self.0.first(), self.median(), self.0.last())
        else {
            return "–".to_owned();
        };
        match self.0.len() {
            1 => shown(middle),
            _ => format!("{} ({}–{})", shown(middle), shown(*low), shown(*high)),
        }
    }
}

/// Three digits that say something.
fn shown(value: f64) -> String {
    match value.abs() {
        large if large >= 1_000.0 => grouped(&format!("{value:.0}")),
        large if large >= 100.0 => format!("{value:.0}"),
        large if large >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// A whole number in groups of three.
pub(crate) fn grouped(whole: &str) -> String {
    let mut out = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share of sorted values.
pub(crate) fn share(sorted: &[u32], share: f64) -> f64 {
    let index = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    f64::from(sorted.get(index).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_stands_before_the_ends() {
        let mut spread = Spread::default();
        assert_eq!(spread.shown(), "–");
        spread.add(1_234_567.0);
        assert_eq!(spread.shown(), "1,234,567");
        spread.add(12.34);
        spread.add(123.4);
        assert_eq!(spread.shown(), "123 (12.3–1,234,567)");
        assert_eq!(spread.median(), Some(123.4));
    }

    #[test]
    fn a_share_of_nothing_is_nothing() {
        let sorted: Vec<u32> = (0..100).collect();
        assert_eq!(share(&sorted, 0.99), 99.0);
        assert_eq!(share(&sorted, 0.5), 50.0);
        assert_eq!(share(&[], 0.5), 0.0);
    }
}
