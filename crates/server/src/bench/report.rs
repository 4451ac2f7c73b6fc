//! Figures of several runs: their middle and their spread, for people and for programs.

use super::place;
use crate::admin::say;
use serde_json::{Map, Value, json};
use std::path::Path;

/// One scenario's figures.
pub(super) struct Report {
    runs: usize,
    settings: Vec<String>,
    figures: Vec<Figure>,
    receipts: u64,
}

struct Figure {
    name: String,
    unit: &'static str,
    values: Vec<f64>,
}

impl Report {
    pub(super) fn new(runs: usize) -> Self {
        Self {
            runs,
            settings: Vec::new(),
            figures: Vec::new(),
            receipts: 0,
        }
    }

    /// Says how something was measured, once.
    pub(super) fn setting(&mut self, text: String) {
        if !self.settings.contains(&text) {
            self.settings.push(text);
        }
    }

    /// Counts what was received and found right.
    pub(super) fn receipts(&mut self, more: u64) {
        self.receipts += more;
    }

    /// Adds one run's value of a figure.
    pub(super) fn add(&mut self, name: impl Into<String>, unit: &'static str, value: f64) {
        let name = name.into();
        match self.figures.iter_mut().find(|figure| figure.name == name) {
            Some(figure) => figure.values.push(value),
            None => self.figures.push(Figure {
                name,
                unit,
                values: vec![value],
            }),
        }
    }

    pub(super) fn print(&self) {
        say(format_args!("machine   {}", place::machine()));
        for setting in &self.settings {
            say(format_args!("settings  {setting}"));
        }
        say(format_args!("receipts  {} verified", self.receipts));
        say(format_args!(
            "\n| figure | median of {} | lowest – highest |\n|---|---|---|",
            self.runs
        ));
        for figure in &self.figures {
            let (low, middle, high) = figure.spread();
            say(format_args!(
                "| {} | {} {} | {} – {} |",
                figure.name,
                shown(middle),
                figure.unit,
                shown(low),
                shown(high)
            ));
        }
    }

    pub(super) fn write_json(&self, file: &Path) -> anyhow::Result<()> {
        let mut figures = Map::new();
        for figure in &self.figures {
            let (low, middle, high) = figure.spread();
            let value = json!({
                "unit": figure.unit, "median": middle, "lowest": low, "highest": high,
                "values": figure.values,
            });
            figures.insert(figure.name.clone(), value);
        }
        let whole = json!({
            "machine": place::machine(), "settings": self.settings, "runs": self.runs,
            "receipts": self.receipts, "figures": Value::Object(figures),
        });
        std::fs::write(file, serde_json::to_string_pretty(&whole)?)?;
        Ok(())
    }
}

impl Figure {
    fn spread(&self) -> (f64, f64, f64) {
        let mut values = self.values.clone();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or_default();
        (
            at(0),
            at(values.len() / 2),
            at(values.len().saturating_sub(1)),
        )
    }
}

/// Three digits that say something.
fn shown(value: f64) -> String {
    match value.abs() {
        large if large >= 1_000.0 => {
            let whole = format!("{value:.0}");
            let mut out = String::new();
            for (n, digit) in whole.chars().enumerate() {
                if n > 0 && (whole.len() - n) % 3 == 0 {
                    out.push(',');
                }
                out.push(digit);
            }
            out
        }
        large if large >= 100.0 => format!("{value:.0}"),
        large if large >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// A share of sorted values.
pub(super) fn share(sorted: &[u32], share: f64) -> f64 {
    let index = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    f64::from(sorted.get(index).copied().unwrap_or_default())
}
