//! Lines of figures as SVG: text that any browser draws, light or dark, and that says its figures in
//! words to whoever does not see it.

use std::fmt::Write;

const PANEL_WIDTH: f64 = 380.0;
const HEIGHT: f64 = 300.0;
/// Around the lines of a panel.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 56.0;
/// How many steps an axis of even ones has at the most.
const STEPS_MAX: f64 = 5.0;

const STYLE: &str = "\
svg{background:#fff;font:12px system-ui,sans-serif}\
text{fill:#333}.title{font-weight:600;font-size:13px}\
.grid{stroke:#ddd}.axis{stroke:#888}.line{fill:none;stroke-width:2}\
.s0{stroke:#0b62b8;fill:#0b62b8}.s1{stroke:#a04300;fill:#a04300}.line,.bar{fill:none}\
text.s0,text.s1{stroke:none}.bar{stroke-width:1}\
@media(prefers-color-scheme:dark){svg{background:#161b22}text{fill:#d5dbe1}\
.grid{stroke:#30363d}.axis{stroke:#7d8590}.s0{stroke:#6cb6ff;fill:#6cb6ff}\
.s1{stroke:#f0a35e;fill:#f0a35e}.line,.bar{fill:none}}";

/// How an axis counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// From zero, in even steps.
    Even,
    /// In powers of ten.
    Powers,
}

/// One value with the lowest and the highest of several runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) low: f64,
    pub(super) middle: f64,
    pub(super) high: f64,
}

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) points: Vec<Point>,
}

/// Lines over one axis. The other begins at zero: nothing looks steeper than it is.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) x_name: String,
    pub(super) y_name: String,
    pub(super) x_scale: Scale,
    pub(super) series: Vec<Series>,
}

/// The panels side by side, with a line of what they were measured on below.
pub(super) fn draw(panels: &[Panel], measured_on: &str) -> String {
    let width = PANEL_WIDTH * panels.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {width} {}\" \
         width=\"{width}\">\n<title>{}</title>\n<desc>{}</desc>\n<style>{STYLE}</style>\n",
        HEIGHT + 24.0,
        escaped(&titles(panels)),
        escaped(&in_words(panels)),
    );
    for (n, panel) in panels.iter().enumerate() {
        let left = PANEL_WIDTH * n as f64;
        svg.push_str(&format!("<g transform=\"translate({left} 0)\">\n"));
        svg.push_str(&panel.drawn());
        svg.push_str("</g>\n");
    }
    svg.push_str(&text(8.0, HEIGHT + 14.0, "", measured_on));
    svg.push_str("</svg>\n");
    svg
}

fn titles(panels: &[Panel]) -> String {
    let titles: Vec<&str> = panels.iter().map(|panel| panel.title.as_str()).collect();
    titles.join("; ")
}

fn in_words(panels: &[Panel]) -> String {
    let mut words = String::new();
    for panel in panels {
        for series in &panel.series {
            // Writing to a string cannot fail.
            write!(
                words,
                "{}, {} ({}):",
                panel.title, series.name, panel.y_name
            )
            .ok();
            for point in &series.points {
                write!(
                    words,
                    " {:.2} at {} {};",
                    point.middle, point.x, panel.x_name
                )
                .ok();
            }
            words.push(' ');
        }
    }
    words.trim_end().to_owned()
}

impl Panel {
    fn drawn(&self) -> String {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let most = |of: fn(&Point) -> f64| points().map(of).fold(0.0, f64::max);
        let x = Axis::of(self.x_scale, points().map(|point| point.x));
        let y_step = step(most(|point| point.high));
        let y_most = (most(|point| point.high) / y_step).ceil().max(1.0) * y_step;
        let at_x = |value: f64| LEFT + x.share(value) * (PANEL_WIDTH - LEFT - RIGHT);
        // What is a difference of two figures may come out below zero.
        let at_y = |value: f64| HEIGHT - BOTTOM - value.max(0.0) / y_most * (HEIGHT - TOP - BOTTOM);

        let mut svg = text(LEFT, 20.0, "class=\"title\"", &self.title);
        svg.push_str(&text(LEFT, 38.0, "", &self.y_name));
        let mut value = 0.0;
        while value <= y_most + y_step / 2.0 {
            let y = at_y(value);
            let (from, to) = ((LEFT, y), (PANEL_WIDTH - RIGHT, y));
            svg.push_str(&line(if value == 0.0 { "axis" } else { "grid" }, from, to));
            let end = "text-anchor=\"end\" dominant-baseline=\"middle\"";
            svg.push_str(&text(LEFT - 8.0, y, end, &short(value)));
            value += y_step;
        }
        let middle = "text-anchor=\"middle\"";
        for tick in x.ticks() {
            let (at, foot) = (at_x(tick), HEIGHT - BOTTOM);
            svg.push_str(&line("axis", (at, foot), (at, foot + 4.0)));
            svg.push_str(&text(at, foot + 18.0, middle, &short(tick)));
        }
        let centre = (LEFT + PANEL_WIDTH - RIGHT) / 2.0;
        svg.push_str(&text(centre, HEIGHT - 16.0, middle, &self.x_name));
        for (n, series) in self.series.iter().enumerate() {
            let points = series.points.iter();
            let path =
                points.map(|point| format!("{:.1},{:.1}", at_x(point.x), at_y(point.middle)));
            let path: Vec<String> = path.collect();
            svg.push_str(&format!(
                "<polyline class=\"line s{n}\" points=\"{}\"/>\n",
                path.join(" ")
            ));
            for point in &series.points {
                let at = at_x(point.x);
                let bar = format!("bar s{n}");
                svg.push_str(&line(&bar, (at, at_y(point.low)), (at, at_y(point.high))));
                svg.push_str(&format!(
                    "<circle class=\"s{n}\" cx=\"{at:.1}\" cy=\"{:.1}\" r=\"3\"/>\n",
                    at_y(point.middle)
                ));
            }
            if self.series.len() > 1 {
                let class = format!("class=\"s{n}\" text-anchor=\"end\"");
                let at = TOP - 6.0 + 16.0 * n as f64;
                svg.push_str(&text(PANEL_WIDTH - RIGHT, at, &class, &series.name));
            }
        }
        svg
    }
}

/// From where to where an axis goes.
struct Axis {
    scale: Scale,
    least: f64,
    most: f64,
}

impl Axis {
    fn of(scale: Scale, values: impl Iterator<Item = f64> + Clone) -> Self {
        let most = values.clone().fold(1.0, f64::max);
        let least = values.fold(most, f64::min).max(1.0);
        match scale {
            Scale::Even => Self {
                scale,
                least: 0.0,
                most,
            },
            Scale::Powers => Self {
                scale,
                least: least.log10().floor(),
                most: most.log10().ceil().max(least.log10().floor() + 1.0),
            },
        }
    }

    /// How far along the axis a value is, from 0 to 1.
    fn share(&self, value: f64) -> f64 {
        let value = match self.scale {
            Scale::Even => value,
            Scale::Powers => value.max(1.0).log10(),
        };
        (value - self.least) / (self.most - self.least)
    }

    fn ticks(&self) -> Vec<f64> {
        let step = match self.scale {
            Scale::Even => step(self.most),
            Scale::Powers => 1.0,
        };
        let count = ((self.most - self.least) / step + 1e-9).floor() as usize;
        let ticks = (0..=count).map(|n| self.least + step * n as f64);
        match self.scale {
            Scale::Even => ticks.collect(),
            Scale::Powers => ticks.map(|power| 10_f64.powf(power)).collect(),
        }
    }
}

/// A step of 1, 2 or 5 times a power of ten, so that few of them reach so far.
fn step(most: f64) -> f64 {
    let rough = (most / STEPS_MAX).max(f64::MIN_POSITIVE);
    let power = 10_f64.powf(rough.log10().floor());
    let wide = [1.0, 2.0, 5.0, 10.0];
    let enough = wide
        .iter()
        .find(|wide| *wide * power >= rough * (1.0 - 1e-9));
    enough.unwrap_or(&10.0) * power
}

/// A number on an axis: `2.5`, `400`, `7.5k`, `1M`.
fn short(value: f64) -> String {
    let (value, unit) = match value.abs() {
        large if large >= 1e6 => (value / 1e6, "M"),
        large if large >= 1e3 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let digits = format!("{value:.2}");
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    format!("{digits}{unit}")
}

fn line(class: &str, from: (f64, f64), to: (f64, f64)) -> String {
    format!(
        "<line class=\"{class}\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>\n",
        from.0, from.1, to.0, to.1
    )
}

fn text(x: f64, y: f64, attributes: &str, words: &str) -> String {
    format!(
        "<text x=\"{x:.1}\" y=\"{y:.1}\" {attributes}>{}</text>\n",
        escaped(words)
    )
}

fn escaped(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(x_scale: Scale, points: &[(f64, f64)]) -> Panel {
        let points = points.iter().map(|&(x, middle)| Point {
            x,
            low: middle,
            middle,
            high: middle,
        });
        Panel {
            title: "Commits <of & in> a log".into(),
            x_name: "messages".into(),
            y_name: "µs".into(),
            x_scale,
            series: vec![Series {
                name: "a message".into(),
                points: points.collect(),
            }],
        }
    }

    #[test]
    fn figures_lie_between_the_axes_and_begin_at_zero() {
        let flat = panel(Scale::Powers, &[(1e3, 40.0), (1e4, 40.0), (1e6, 40.0)]);
        let svg = draw(&[flat], "a machine");
        // A thousand at the left end, a million at the right one, 40 of 40 at the top.
        assert!(
            svg.contains("points=\"64.0,64.0 162.7,64.0 360.0,64.0\""),
            "{svg}"
        );
        assert!(
            svg.contains(">0</text>") && svg.contains(">40</text>"),
            "{svg}"
        );
        assert!(
            svg.contains(">100k</text>") && svg.contains(">1M</text>"),
            "{svg}"
        );
    }

    #[test]
    fn what_is_drawn_is_said_in_words_and_escaped() {
        let svg = draw(&[panel(Scale::Even, &[(0.0, 1.0), (50.0, 2.5)])], "a & b");
        assert!(
            svg.contains("a message (µs): 1.00 at 0 messages; 2.50 at 50 messages;"),
            "{svg}"
        );
        assert!(svg.contains("Commits &lt;of &amp; in&gt; a log"), "{svg}");
        assert!(svg.contains("a &amp; b"), "{svg}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }

    #[test]
    fn nothing_to_draw_is_drawn_without_nonsense() {
        for points in [&[][..], &[(0.0, 0.0)][..]] {
            for scale in [Scale::Even, Scale::Powers] {
                let svg = draw(&[panel(scale, points)], "");
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            }
        }
    }

    #[test]
    fn steps_are_those_that_people_count_in() {
        assert_eq!([step(40.0), step(0.62), step(1e4)], [10.0, 0.2, 2_000.0]);
        assert_eq!(
            [short(2_500.0), short(10_000.0), short(0.4)],
            ["2.5k", "10k", "0.4"]
        );
    }
}
