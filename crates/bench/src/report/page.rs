//! The page: what falls short first, with its reason; then everything, with range, count and
//! command; then how it was measured.

use super::{Row, Verdict};
use std::fmt::Write as _;

const METHOD: &str = include_str!("method.md");

/// The whole page.
pub(super) fn page(rows: &[Row], missing: &[String]) -> String {
    let mut page = String::from("# Performance\n\n");
    page.push_str("Written by `make bench`; do not edit.\n");
    page.push_str(
        "Every figure is the median of its turns, with the least and the most in brackets.\n",
    );
    page.push_str("Where there is a reference, program and reference ran in turn, in one run; the ratio is taken pair by pair.\n");
    machine(&mut page, rows);
    short(&mut page, rows, missing);
    table(&mut page, rows);
    notes(&mut page, rows);
    commands(&mut page, rows);
    page.push('\n');
    page.push_str(METHOD);
    page.push_str("\nWhy so: [ADR 0016](../adr/0016-figures-and-the-accept-path.md).\n");
    page
}

fn machine(page: &mut String, rows: &[Row]) {
    let Some(first) = rows.iter().find_map(|row| row.machine.as_ref()) else {
        return;
    };
    let all = || rows.iter().filter_map(|row| row.machine.as_ref());
    let loads = all().flat_map(|facts| [facts.load_before, facts.load_after]);
    let (least, most) = loads.fold((f64::MAX, f64::MIN), |(least, most), load| {
        (least.min(load), most.max(load))
    });
    let floors = all().map(|facts| facts.fsync_p50_us);
    let (quick, slow) = floors.fold((u64::MAX, 0), |(quick, slow), micros| {
        (quick.min(micros), slow.max(micros))
    });
    // Writing to a String cannot fail.
    let _ = writeln!(
        page,
        "\nThe machine: {} cores ({}); load average between {least:.1} and {most:.1}; a durable 4 KiB write (`fdatasync`) took {quick}–{slow} µs at the median.",
        first.cores, first.model
    );
}

fn short(page: &mut String, rows: &[Row], missing: &[String]) {
    page.push_str("\n## What falls short\n\n");
    let mut any = false;
    for row in rows {
        if let Verdict::Short { reason } = &row.verdict {
            any = true;
            let ratio = ratio(row);
            let _ = writeln!(
                page,
                "- **{}**: {} {}{}, goal {}. Reason: {reason}.",
                row.what,
                row.measured.shown(),
                row.unit,
                if ratio.is_empty() {
                    String::new()
                } else {
                    format!(" (ratio {ratio})")
                },
                row.goal
            );
        }
    }
    for sentence in missing {
        any = true;
        let _ = writeln!(page, "- Not measured in this run: {sentence}");
    }
    if !any {
        page.push_str("Nothing, in this run.\n");
    }
}

fn table(page: &mut String, rows: &[Row]) {
    page.push_str("\n## Figures\n\n");
    page.push_str("| what | goal | measured | reference | ratio | n | verdict |\n");
    page.push_str("|---|---|---|---|---|---|---|\n");
    for row in rows {
        let reference = row.reference.as_ref().map_or_else(String::new, |r| {
            format!("{}: {} {}", r.name, r.measured.shown(), r.unit)
        });
        let verdict = match row.verdict {
            Verdict::Met => "met",
            Verdict::Short { .. } => "**short**",
            Verdict::Told => "–",
        };
        let cells = [
            row.what.clone(),
            row.goal.clone(),
            format!("{} {}", row.measured.shown(), row.unit),
            reference,
            ratio(row),
            row.n.to_string(),
            verdict.to_owned(),
        ];
        let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        let _ = writeln!(page, "| {} |", cells.join(" | "));
    }
}

fn ratio(row: &Row) -> String {
    let reference = row.reference.as_ref();
    reference.map_or_else(String::new, |r| r.ratio.shown())
}

fn notes(page: &mut String, rows: &[Row]) {
    let mut told: Vec<&String> = Vec::new();
    let mut lines = String::new();
    for row in rows {
        for note in row.notes.iter().filter(|note| !note.is_empty()) {
            if !told.contains(&note) {
                told.push(note);
                let _ = writeln!(lines, "- {}: {note}.", row.what);
            }
        }
    }
    if !lines.is_empty() {
        page.push_str("\n## Notes\n\n");
        page.push_str(&lines);
    }
}

fn commands(page: &mut String, rows: &[Row]) {
    page.push_str("\n## Commands\n\n`make bench` runs all of them and writes this page; `QUICK=1 make bench` takes fewer turns.\n\n```text\n");
    let mut told: Vec<&str> = Vec::new();
    for row in rows {
        if !told.contains(&row.command.as_str()) {
            told.push(&row.command);
            page.push_str(&row.command);
            page.push('\n');
        }
    }
    page.push_str("```\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::read;
    use crate::stats::Spread;

    fn row(id: &str, verdict: Verdict) -> Row {
        Row {
            id: id.to_owned(),
            what: format!("figure {id}"),
            unit: "ms".to_owned(),
            goal: "≤ 1 ms".to_owned(),
            measured: Spread::of(&[1.0, 2.0, 3.0]),
            reference: None,
            n: 3,
            command: format!("relais-bench {id}"),
            verdict,
            notes: Vec::new(),
            machine: None,
        }
    }

    #[test]
    fn what_falls_short_comes_first_with_its_reason() {
        let reason = "the disk".to_owned();
        let rows = [row("a", Verdict::Met), row("b", Verdict::Short { reason })];
        let page = page(&rows, &["the moon.".to_owned()]);
        let (head, tail) = page.split_once("## Figures").expect("a table");
        assert!(head.contains("**figure b**: 2.00 [1.00–3.00] ms, goal ≤ 1 ms. Reason: the disk."));
        assert!(head.contains("Not measured in this run: the moon."));
        assert!(!head.contains("figure a"));
        assert!(tail.contains("| figure a | ≤ 1 ms | 2.00 [1.00–3.00] ms |"));
    }

    #[test]
    fn a_later_row_replaces_an_earlier_one() {
        let lines: Vec<_> = [
            ("a", Verdict::Told),
            ("b", Verdict::Met),
            ("a", Verdict::Met),
        ]
        .into_iter()
        .map(|(id, verdict)| serde_json::to_string(&row(id, verdict)).expect("a row is JSON"))
        .collect();
        let rows = read(&lines.join("\n")).expect("rows are read back");
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].verdict, Verdict::Met);
    }
}
