//! Figures of several runs: their middle and their spread, for people and for programs.

use super::{
    place,
    plot::{self, Panel, Point, Scale, Series},
};
use crate::admin::say;
use serde_json::{Map, Value, json};
use std::path::Path;

/// One scenario's figures.
pub(super) struct Report {
    runs: usize,
    settings: Vec<String>,
    figures: Vec<Figure>,
    receipts: u64,
    charts: Vec<Chart>,
}

/// Figures that are the points of lines.
pub(super) struct Chart {
    pub(super) title: &'static str,
    pub(super) x_name: &'static str,
    pub(super) y_name: &'static str,
    pub(super) x_scale: Scale,
    /// Each line's name, and where on the axis which figure stands.
    pub(super) series: Vec<(&'static str, Vec<(f64, String)>)>,
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
            charts: Vec::new(),
        }
    }

    /// Says which figures make lines, once.
    pub(super) fn chart(&mut self, chart: Chart) {
        if self.charts.iter().all(|known| known.title != chart.title) {
            self.charts.push(chart);
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

impl Report {
    /// Draws the lines.
    pub(super) fn write_plot(&self, file: &Path) -> anyhow::Result<()> {
        let panels: Vec<Panel> = self.charts.iter().map(|chart| self.panel(chart)).collect();
        let runs = match self.runs {
            1 => "1 run".to_owned(),
            runs => format!("median of {runs} runs, the bars their spread"),
        };
        let measured_on = format!("{}; {runs}", place::machine());
        std::fs::write(file, plot::draw(&panels, &measured_on))?;
        Ok(())
    }

    fn panel(&self, chart: &Chart) -> Panel {
        let point = |(x, name): &(f64, String)| {
            let figure = self.figures.iter().find(|figure| figure.name == *name)?;
            let (low, middle, high) = figure.spread();
            Some(Point {
                x: *x,
                low,
                middle,
                high,
            })
        };
        let series = chart.series.iter().map(|(name, points)| Series {
            name: (*name).to_owned(),
            points: points.iter().filter_map(point).collect(),
        });
        Panel {
            title: chart.title.to_owned(),
            x_name: chart.x_name.to_owned(),
            y_name: chart.y_name.to_owned(),
            x_scale: chart.x_scale,
            series: series.collect(),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_through_the_middle_of_the_runs() {
        let mut report = Report::new(3);
        for (ten, hundred) in [(3.0, 4.0), (1.0, 4.0), (2.0, 4.0)] {
            report.add("10 members", "µs", ten);
            report.add("100 members", "µs", hundred);
            report.chart(Chart {
                title: "members",
                x_name: "members",
                y_name: "µs",
                x_scale: Scale::Powers,
                series: vec![(
                    "all",
                    vec![(10.0, "10 members".into()), (100.0, "100 members".into())],
                )],
            });
        }
        assert_eq!(report.charts.len(), 1);
        let panel = report.panel(&report.charts[0]);
        let point = |x, low, middle, high| Point {
            x,
            low,
            middle,
            high,
        };
        let drawn = &panel.series[0].points;
        assert_eq!(
            *drawn,
            [point(10.0, 1.0, 2.0, 3.0), point(100.0, 4.0, 4.0, 4.0)]
        );
    }
}
