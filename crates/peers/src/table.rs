//! All figures side by side, for people and for programs.

use crate::{
    machine,
    measure::Run,
    settings::Settings,
    spread::{Spread, grouped},
};
use anyhow::bail;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// The columns with figures: the key in JSON and the head in the table.
const COLUMNS: [(&str, &str); 6] = [
    ("deliveries_per_second", "deliveries/s, pushed"),
    ("cpu_us", "CPU a delivery, pushed, µs"),
    ("calm_cpu_us", "CPU a delivery, paced, µs"),
    ("calm_p50_ms", "p50, paced, ms"),
    ("calm_p99_ms", "p99, paced, ms"),
    ("resident_kb", "resident an idle socket, KB"),
];

/// One program's figures.
pub(crate) struct Row {
    name: String,
    what: String,
    version: String,
    figures: [Spread; COLUMNS.len()],
    receipts: u64,
    failures: Vec<String>,
}

impl Row {
    pub(crate) fn new(name: &str, what: &str, version: String) -> Self {
        Self {
            name: name.to_owned(),
            what: what.to_owned(),
            version,
            figures: Default::default(),
            receipts: 0,
            failures: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, run: &Run) {
        let values = [
            run.deliveries_per_second,
            run.cpu_us,
            run.calm_cpu_us,
            run.calm_p50_ms,
            run.calm_p99_ms,
            run.resident_kb,
        ];
        for (figure, value) in self.figures.iter_mut().zip(values) {
            figure.add(value);
        }
        self.count(run.receipts);
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Adds one value of one column.
    pub(crate) fn add_one(&mut self, column: &str, value: f64) {
        let known = COLUMNS.iter().position(|(key, _)| *key == column);
        if let Some(figure) = known.and_then(|at| self.figures.get_mut(at)) {
            figure.add(value);
        }
    }

    pub(crate) fn count(&mut self, receipts: u64) {
        self.receipts += receipts;
    }

    pub(crate) fn failed(&mut self, why: String) {
        self.failures.push(why);
    }

    fn line(&self) -> String {
        if !self.failures.is_empty() {
            // Whoever loses, doubles or mixes up has no figures.
            return format!("| {} |{}", self.name, " failed |".repeat(COLUMNS.len() + 1));
        }
        let mut line = format!("| {} |", self.name);
        for figure in &self.figures {
            line.push_str(&format!(" {} |", figure.shown()));
        }
        line + &format!(" {} |", grouped(&self.receipts.to_string()))
    }

    fn json(&self) -> Value {
        let mut figures = Map::new();
        for ((key, _), spread) in COLUMNS.iter().zip(&self.figures) {
            let value = json!({ "median": spread.median(), "values": spread.values() });
            figures.insert((*key).to_owned(), value);
        }
        json!({
            "name": self.name, "what": self.what, "version": self.version,
            "figures": figures, "receipts": self.receipts, "failures": self.failures,
        })
    }
}

/// Everything that was measured in one session.
pub(crate) struct Table {
    settings: String,
    rows: Vec<Row>,
    left_out: Vec<(String, String)>,
}

impl Table {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            settings: format!(
                "one room, {} sockets and a sender; messages of 200 bytes; pushed: {} messages, no more \
                 than {} of them not everywhere yet, none after {} s; paced: {} a second for {} s; {} runs",
                grouped(&settings.sockets.to_string()),
                grouped(&settings.messages.to_string()),
                settings.in_flight,
                settings.time_max.as_secs(),
                settings.paced,
                settings.calm.as_secs(),
                settings.runs,
            ),
            rows: Vec::new(),
            left_out: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(crate) fn left_out(&mut self, name: &str, why: &str) {
        self.left_out.push((name.to_owned(), why.to_owned()));
    }

    /// The table with all that one must know to read it.
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!("{}  \n{}\n\n| |", machine::name(), self.settings);
        for (_, head) in COLUMNS {
            text.push_str(&format!(" {head} |"));
        }
        text.push_str(" receipts |\n");
        text.push_str(&format!("|{}\n", "---|".repeat(COLUMNS.len() + 2)));
        for row in &self.rows {
            text.push_str(&row.line());
            text.push('\n');
        }
        text.push('\n');
        // Writing to a string cannot fail.
        for row in &self.rows {
            writeln!(text, "- {} ({}): {}", row.name, row.version, row.what).ok();
            for failure in &row.failures {
                writeln!(text, "  - failed: {}", failure.replace('\n', " ")).ok();
            }
        }
        for (name, why) in &self.left_out {
            writeln!(text, "- {name}: left out, {why}").ok();
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "machine": machine::name(),
            "settings": self.settings,
            "servers": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
            "left_out": self.left_out.iter().map(|(name, why)| json!({ "name": name, "why": why }))
                .collect::<Vec<_>>(),
        })
    }

    /// Fails where a program failed.
    pub(crate) fn verdict(&self) -> anyhow::Result<()> {
        let failed = self.rows.iter().filter(|row| !row.failures.is_empty());
        let failed: Vec<&str> = failed.map(|row| row.name.as_str()).collect();
        if failed.is_empty() {
            return Ok(());
        }
        bail!("no figures of {}", failed.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(deliveries_per_second: f64) -> Run {
        Run {
            deliveries_per_second,
            receipts: 1_000,
            ..Run::default()
        }
    }

    #[test]
    fn whoever_failed_once_has_no_figures() {
        let mut table = Table::new(&Settings::default());
        let mut right = Row::new("right", "tells all", "1".into());
        right.add(&run(100.0));
        right.add(&run(300.0));
        let mut wrong = Row::new("wrong", "tells some", "2".into());
        wrong.add(&run(900.0));
        wrong.failed("a member received message 4 after Some(2)".into());
        table.add(right);
        assert!(table.verdict().is_ok());
        table.add(wrong);
        table.left_out("absent", "it is missing");
        let text = table.markdown();
        assert!(text.contains("| right | 300 (100–300) |"), "{text}");
        assert!(text.contains(" 2,000 |\n"), "{text}");
        assert!(text.contains("| wrong | failed |"), "{text}");
        assert!(!text.contains("900"), "{text}");
        assert!(text.contains("message 4 after Some(2)"), "{text}");
        assert!(text.contains("absent: left out, it is missing"), "{text}");
        assert!(table.verdict().unwrap_err().to_string().contains("wrong"));
        let json = table.json();
        assert_eq!(
            json["servers"][0]["figures"]["deliveries_per_second"]["median"],
            300.0
        );
        assert_eq!(json["left_out"][0]["name"], "absent");
    }
}
