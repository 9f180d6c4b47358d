//! Contrast of the colour tokens (WCAG 2), in both palettes. Owns the pairs that screens really use.

use super::Finding;
use crate::tree::Tree;
use std::collections::BTreeMap;

/// Foreground, background, least ratio.
const PAIRS: &[(&str, &str, f64)] = &[
    ("ink", "paper", 7.0),
    ("ink", "surface", 7.0),
    ("ink-2", "surface", 7.0),
    ("ink-2", "paper", 7.0),
    ("ink-3", "surface", 4.5),
    ("ink-3", "paper", 4.5),
    ("ink-3", "sunken", 4.5),
    ("line-strong", "surface", 3.0),
    ("line-strong", "paper", 3.0),
    ("on-action", "action", 7.0),
    ("on-temoin", "temoin", 7.0),
    ("on-pec", "pec-solid", 4.5),
    ("on-15", "quinze-solid", 4.5),
    ("pec-solid", "surface", 3.0),
    ("quinze-solid", "surface", 3.0),
    ("focus", "surface", 3.0),
    ("focus", "paper", 3.0),
    ("clos", "clos-tint", 4.5),
    ("clos", "surface", 4.5),
];

/// States, each on its own tint and on a plain surface.
const STATES: [&str; 6] = ["qualif", "mt", "com", "main", "pec", "quinze"];

pub(super) fn tokens_are_readable(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.under("crates/", "tokens.css") {
        for palette in ["light", "dark"] {
            let colours = colours(&file.text, palette);
            if colours.is_empty() {
                found.push(Finding::new(
                    &file.path,
                    format!("no palette marked /*{palette}*/"),
                ));
                continue;
            }
            let states = STATES.iter().flat_map(|state| {
                [((*state).to_owned(), format!("{state}-tint"), 7.0)]
                    .into_iter()
                    .chain([((*state).to_owned(), "surface".to_owned(), 4.5)])
            });
            let pairs = PAIRS
                .iter()
                .map(|(a, b, least)| ((*a).into(), (*b).into(), *least));
            for (front, back, least) in pairs.chain(states) {
                match (colours.get(&front), colours.get(&back)) {
                    (Some(a), Some(b)) if ratio(*a, *b) >= least => {}
                    (Some(a), Some(b)) => found.push(Finding::new(
                        &file.path,
                        format!(
                            "{palette}: {front} on {back} is {:.2}, under {least}",
                            ratio(*a, *b)
                        ),
                    )),
                    _ => found.push(Finding::new(
                        &file.path,
                        format!("{palette}: {front} or {back} is missing"),
                    )),
                }
            }
        }
    }
    found
}

/// `--name:#RRGGBB` between `/*palette*/` and `/*end*/`.
fn colours(css: &str, palette: &str) -> BTreeMap<String, [u8; 3]> {
    let Some((_, rest)) = css.split_once(&format!("/*{palette}*/")) else {
        return BTreeMap::new();
    };
    let block = rest.split("/*end*/").next().unwrap_or_default();
    block
        .split(';')
        .filter_map(|declaration| {
            let (name, value) = declaration.trim().strip_prefix("--")?.split_once(':')?;
            Some((name.trim().to_owned(), rgb(value.trim())?))
        })
        .collect()
}

fn rgb(value: &str) -> Option<[u8; 3]> {
    let hex = value
        .strip_prefix('#')
        .filter(|hex| hex.len() == 6 && hex.is_ascii())?;
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
    Some([byte(0)?, byte(2)?, byte(4)?])
}

/// The WCAG 2 contrast ratio of two colours, 1 to 21.
fn ratio(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [r, g, b] = colour.map(|byte| {
        let c = f64::from(byte) / 255.0;
        if c <= 0.03928 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tree;

    #[test]
    fn black_on_white_is_21() {
        assert!((ratio([0; 3], [255; 3]) - 21.0).abs() < 0.01);
        assert!((ratio([9; 3], [9; 3]) - 1.0).abs() < 0.01);
    }

    #[test]
    fn a_pale_ink_is_named_with_its_palette() {
        let all: String = PAIRS
            .iter()
            .flat_map(|(a, b, _)| [format!("--{a}:#000000;"), format!("--{b}:#FFFFFF;")])
            .chain(
                STATES
                    .iter()
                    .map(|s| format!("--{s}:#000000;--{s}-tint:#FFFFFF;")),
            )
            .collect();
        let css =
            format!("/*light*/{all}--ink:#EEEEEE;--paper:#FFFFFF;/*end*/ /*dark*/{all}/*end*/");
        let found = tokens_are_readable(&tree(&[("crates/web/ui/tokens.css", &css)]));
        assert!(
            found
                .iter()
                .any(|f| f.what.starts_with("light: ink on paper")),
            "{found:?}"
        );
        let missing = tokens_are_readable(&tree(&[(
            "crates/web/ui/tokens.css",
            "/*light*/--a:#000000;/*end*/",
        )]));
        assert!(missing.iter().any(|f| f.what.contains("is missing")));
        assert!(
            missing
                .iter()
                .any(|f| f.what.contains("no palette marked /*dark*/"))
        );
    }
}
