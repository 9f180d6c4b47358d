//! The data the product ships: the motive list agrees with the sheets and the national codes.

use super::Finding;
use crate::tree::Tree;
use std::collections::BTreeSet;

const MOTIVES: &str = "motives/motives.csv";
const SHEETS: &str = "protocols/protocoles-demo.json";
const NATIONAL: &str = "reference/motifs-hubsante.csv";

/// Slugs that partners script against: they may never leave the list (docs/how-to/add-a-motive.md).
const PROMISED: &str = "toux fievre odynophagie otalgie douleur-abdominale vomissement rachialgie \
    cephalees eruption rhume douleur-thoracique dyspnee cystite entorse plaie lombalgie dentaire \
    ophtalmo grossesse psy soins-infirmiers kinesitherapie renouvellement autre";

const PROFESSIONS: &str = "gp nurse physio midwife dentist pharmacist specialist podiatrist speech \
    orthoptist biologist";

/// Every motive has a slug of its own, a national code that exists, a sheet that exists or none.
pub(super) fn motives_agree(tree: &Tree) -> Vec<Finding> {
    let (Some(motives), Some(sheets), Some(national)) =
        (tree.get(MOTIVES), tree.get(SHEETS), tree.get(NATIONAL))
    else {
        return vec![Finding::new(
            MOTIVES,
            "the motive list, its sheets or its codes are missing",
        )];
    };
    let sheet_exists = |code: &str| sheets.text.contains(&format!("\"code\": \"{code}\""));
    let national: BTreeSet<String> = national
        .text
        .lines()
        .filter_map(|line| fields(line).get(1).cloned())
        .collect();
    let professions: BTreeSet<&str> = PROFESSIONS.split_whitespace().collect();

    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, line) in motives.text.lines().enumerate().skip(1) {
        let mut say = |what: String| found.push(Finding::line(MOTIVES, index, what));
        let row = fields(line);
        let [code, label, _words, cisu, sheet, sheet_child, who] = row.as_slice() else {
            say(format!("{} columns, expected 7", row.len()));
            continue;
        };
        let slug = code.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        if !slug || code.is_empty() || label.is_empty() {
            say(format!("`{code}`: a slug of a-z and hyphens, with a label"));
        }
        if !seen.insert(code.clone()) {
            say(format!("`{code}` stands twice"));
        }
        if !national.contains(cisu) {
            say(format!("`{cisu}` is no HubSanté motive code"));
        }
        for sheet in [sheet, sheet_child].into_iter().filter(|s| !s.is_empty()) {
            if !sheet_exists(sheet) {
                say(format!("the sheet `{sheet}` does not exist"));
            }
        }
        let unknown = who.split(' ').find(|p| !professions.contains(p));
        if let Some(unknown) = unknown {
            say(format!("`{unknown}` is no profession"));
        }
    }
    for promised in PROMISED.split_whitespace().filter(|p| !seen.contains(*p)) {
        found.push(Finding::new(
            MOTIVES,
            format!("`{promised}` was promised and is gone"),
        ));
    }
    found
}

/// The fields of one CSV line; quotes protect commas, and no field holds a line break.
fn fields(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    for c in line.trim_end_matches('\r').chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            _ => out.last_mut().expect("there is always a field").push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tree;

    fn check(rows: &str) -> Vec<String> {
        let promised: String = PROMISED
            .split_whitespace()
            .map(|code| format!("{code},Libellé,,M1,,,gp\n"))
            .collect();
        let tree = tree(&[
            (
                MOTIVES,
                &format!("code,label,words,cisu,sheet,sheet_child,professions\n{promised}{rows}"),
            ),
            (SHEETS, "{\"code\": \"TOUX\"}"),
            (NATIONAL, "nomenclature,code,libelle\nmotif,M1,\"a, b\"\n"),
        ]);
        motives_agree(&tree).into_iter().map(|f| f.what).collect()
    }

    #[test]
    fn a_good_list_passes() {
        assert!(check("asthme,\"Asthme, sifflements\",,M1,TOUX,,gp nurse\n").is_empty());
    }

    #[test]
    fn unknown_sheet_code_or_profession_is_named() {
        let found = check("asthme,Asthme,,M9,NOPE,,wizard\n");
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn a_double_slug_and_a_bad_one_are_named() {
        assert_eq!(check("toux,Toux,,M1,,,gp\n").len(), 1);
        assert_eq!(check("Été,Été,,M1,,,gp\n").len(), 1);
    }

    #[test]
    fn a_promised_slug_may_not_leave() {
        let tree = tree(&[(MOTIVES, "h\n"), (SHEETS, ""), (NATIONAL, "")]);
        assert!(
            motives_agree(&tree)
                .iter()
                .any(|f| f.what.contains("`toux`"))
        );
    }
}
