//! Salon itself and the floors, measured by its own bench in the same session.

use crate::{
    settings::Settings,
    table::{Row, Table},
};
use anyhow::{Context, bail};
use serde_json::Value;
use std::{path::Path, process::Command};

/// Who is measured by `salon bench fan-out`, and what is to be said of it.
const WHO: [(&str, &str); 3] = [
    (
        "Salon",
        "signed in, rights checked, every message committed with full sync before it is delivered",
    ),
    (
        "floor, one write a delivery",
        "what the kernel alone takes: a program that only writes",
    ),
    (
        "floor, all that is queued in one write",
        "the same, with one write for all that it has just read",
    ),
];

/// Adds Salon's row and the floors'.
pub(crate) fn measure(
    program: &Path,
    settings: &Settings,
    table: &mut Table,
) -> anyhow::Result<()> {
    let version = version(program)?;
    let mut rows = WHO.map(|(name, what)| Row::new(name, what, version.clone()));
    let pushed = [
        ("--sockets", settings.sockets),
        ("--messages", settings.messages),
        ("--in-flight", settings.in_flight),
    ];
    let pushed = bench(program, "fan-out", &pushed, settings)?;
    let paced = [
        ("--sockets", settings.sockets),
        ("--messages", settings.calm_messages()),
        ("--paced", settings.paced as usize),
    ];
    let paced = bench(program, "fan-out", &paced, settings)?;
    for row in &mut rows {
        let (name, columns) = (row.name().to_owned(), &mut *row);
        for (report, figure, column) in [
            (&pushed, "deliveries", "deliveries_per_second"),
            (&pushed, "CPU per delivery", "cpu_us"),
            (&paced, "CPU per delivery", "calm_cpu_us"),
            (&paced, "p50", "calm_p50_ms"),
            (&paced, "p99", "calm_p99_ms"),
        ] {
            take(report, &format!("{name}: {figure}"), column, columns)?;
        }
        for (report, messages) in [
            (&pushed, settings.messages),
            (&paced, settings.calm_messages()),
        ] {
            let all = report["receipts"].as_u64().unwrap_or_default();
            let each = (settings.sockets * messages * settings.runs) as u64;
            if all != each * WHO.len() as u64 {
                bail!(
                    "the bench counted {all} receipts of {} times {each}",
                    WHO.len()
                );
            }
            columns.count(each);
        }
    }
    let idle = [
        ("--sockets", settings.sockets),
        ("--people", settings.sockets),
    ];
    let idle = bench(program, "idle", &idle, settings)?;
    take(&idle, "resident per socket", "resident_kb", &mut rows[0])?;
    rows.into_iter().for_each(|row| table.add(row));
    Ok(())
}

fn version(program: &Path) -> anyhow::Result<String> {
    let output = Command::new(program)
        .arg("--version")
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a scenario and gives what it wrote.
fn bench(
    program: &Path,
    scenario: &str,
    numbers: &[(&str, usize)],
    settings: &Settings,
) -> anyhow::Result<Value> {
    let file = crate::needs::target().join("salon.json");
    std::fs::create_dir_all(crate::needs::target())?;
    let mut command = Command::new(program);
    command.args(["bench", scenario]);
    for (name, number) in numbers {
        command.arg(name).arg(number.to_string());
    }
    let status = command
        .args(["--runs", &settings.runs.to_string()])
        .arg("--json")
        .arg(&file)
        .stdout(std::process::Stdio::null())
        .status()?;
    if !status.success() {
        bail!("`salon bench {scenario}` failed");
    }
    let report = serde_json::from_slice(&std::fs::read(&file)?)?;
    std::fs::remove_file(file)?;
    Ok(report)
}

/// Takes one figure's values of every run.
fn take(report: &Value, figure: &str, column: &str, row: &mut Row) -> anyhow::Result<()> {
    let values = report["figures"][figure]["values"].as_array();
    let values = values.with_context(|| format!("the bench has no figure “{figure}”"))?;
    for value in values.iter().filter_map(Value::as_f64) {
        row.add_one(column, value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_figure_is_taken_by_its_name_and_missed_loudly() {
        let report = json!({ "figures": { "Salon: p50": { "values": [1.5, 0.5, 2.5] } } });
        let mut row = Row::new("Salon", "", String::new());
        take(&report, "Salon: p50", "calm_p50_ms", &mut row).unwrap();
        let mut table = Table::new(&Settings::default());
        assert!(take(&report, "Salon: p99", "calm_p99_ms", &mut row).is_err());
        table.add(row);
        let values = &table.json()["servers"][0]["figures"]["calm_p50_ms"]["values"];
        assert_eq!(*values, json!([0.5, 1.5, 2.5]));
    }
}
