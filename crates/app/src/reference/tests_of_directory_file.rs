//! The extract read as it comes: order of columns, spellings, bad lines, what is left aside.

use super::*;

const FICTION: &str = include_str!("../../tests/data/PS_LibreAcces_Personne_activite_FICTIF.txt");

fn all(text: &str) -> Vec<Line> {
    read_directory(text.as_bytes()).unwrap().collect()
}

#[track_caller]
fn entry_of(line: &Line) -> &Entry {
    match line {
        Line::Entry(entry) => entry,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_shape_of_the_real_file_is_read_by_the_names_of_its_columns() {
    let lines = all(FICTION);
    assert_eq!(lines.len(), 45);
    let entries: Vec<&Entry> = lines.iter().map(entry_of).collect();
    let laporte = entries[1];
    assert_eq!(laporte.rpps, "99707778207");
    assert_eq!(
        (laporte.insee.as_str(), laporte.dept.as_str()),
        ("91534", "91")
    );
    assert_eq!(
        (laporte.civility.as_str(), laporte.profession.as_str()),
        ("Dr", "gp")
    );
    assert_eq!(laporte.search, "laporte alexandre saclay");
    let count = |code: &str| entries.iter().filter(|e| e.profession == code).count();
    let counts = ["gp", "pharmacist", "dentist", "midwife", "nurse", "physio"].map(count);
    assert_eq!(counts.iter().sum::<usize>(), 45);
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");

    // The same columns the other way round, spelled as in other years, on lines that end as on Windows.
    let turned: Vec<String> = FICTION
        .lines()
        .map(|line| {
            let line = line
                .replace("(coord. structure)", "(coord. Structure)")
                .replace("Nom d'exercice", "Nom exercice");
            let mut cells: Vec<&str> = line.trim_end_matches('|').split('|').collect();
            cells.resize(56, "");
            cells.reverse();
            cells.join("|")
        })
        .collect();
    let turned = all(&format!("\u{feff}{}\r\n", turned.join("\r\n")));
    assert_eq!(turned, lines);
}

const HEAD: &str = "Identification nationale PP|Nom d'exercice|Prénom d'exercice|Code profession|\
    Code catégorie professionnelle|Code type savoir-faire|Code savoir-faire|Code commune (coord. structure)|\
    Libellé commune (coord. structure)|";

#[test]
fn each_bad_line_has_its_number_and_reason_and_the_next_is_read() {
    let long = "x".repeat(101);
    let text = format!(
        "{HEAD}\n899700000001|A|B|10|C|S|SM54|91377|MASSY|\n12|A|B|10|C||||\n899700000001|A|B|10|C|\n\
         899700000001||B|10|C||||\n899700000001|A|B||C||||\n899700000001|{long}|B|10|C||||\n\
         899700000001|A|B|10|C||||a|b\n899700000002|Zo\"é|O'B|60|C|||2A004|AJACCIO|\n"
    );
    let lines = all(&text);
    assert_eq!(entry_of(&lines[0]).commune, "Massy");
    let bad: Vec<_> = lines
        .iter()
        .filter_map(|line| match line {
            Line::Bad(bad, text) => Some((bad.line, bad.reason.as_str(), !text.is_empty())),
            _ => None,
        })
        .collect();
    assert_eq!(
        bad,
        [
            (3, "the national number is not `8` and eleven digits", true),
            (4, "6 fields where the header has 9", true),
            (5, "the surname is empty", true),
            (6, "the profession has no code", true),
            (7, "the surname is longer than 100 characters", true),
            (8, "10 fields where the header has 9", true),
        ]
    );
    let last = entry_of(lines.last().unwrap());
    assert_eq!(
        last.last_name, "Zo\"é",
        "a quote is a character like another"
    );
    assert_eq!(
        (last.dept.as_str(), last.search.as_str()),
        ("2A", "zo e o b ajaccio")
    );
}

#[test]
fn what_is_not_for_us_is_left_aside_and_counted() {
    let text = format!(
        "{HEAD}\n0910000000|A|B|10|C||||\n899700000001|A|B|10|E||||\n899700000001|A|B|28|C||||\n\
         899700000001|A|B|10|C|S|SM04|||\n899700000001|A|B|10|C|S|SM03|||\n899700000001|A|B|10|C||||\n"
    );
    let lines = all(&text);
    assert_eq!(lines[0], Line::Aside(Aside::OtherNumber));
    assert_eq!(lines[1], Line::Aside(Aside::Student));
    assert_eq!(lines[2], Line::Aside(Aside::OtherProfession));
    let professions: Vec<_> = lines[3..]
        .iter()
        .map(|line| entry_of(line).profession.as_str())
        .collect();
    assert_eq!(professions, ["specialist", "biologist", "gp"]);
}

#[test]
fn bytes_that_are_no_text_and_endless_lines_spoil_their_line_only() {
    let mut bytes = format!("{HEAD}\n").into_bytes();
    bytes.extend_from_slice(b"899700000001|Ma\xffsy|B|10|C||||\n");
    bytes.extend(std::iter::repeat_n(b'|', 200_000));
    bytes.extend_from_slice(b"\n899700000001|A|B|10|C|||||");
    let lines: Vec<Line> = read_directory(bytes.as_slice()).unwrap().collect();
    assert!(matches!(&lines[0], Line::Bad(bad, _) if bad.reason == "not UTF-8 text"));
    assert!(matches!(&lines[1], Line::Bad(bad, _) if bad.reason == "the line is too long"));
    assert_eq!(
        entry_of(&lines[2]).last_name,
        "A",
        "the last line needs no end"
    );
    assert_eq!(lines.len(), 3);
}

#[test]
fn a_file_without_the_columns_is_refused() {
    for (text, said) in [
        ("", "empty"),
        ("insee,nom\n", "identification nationale pp"),
        (
            "Identification nationale PP|Nom d'exercice\n",
            "prenom d exercice",
        ),
    ] {
        let error = read_directory(text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
}
