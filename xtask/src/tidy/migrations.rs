//! Migrations: numbered without a hole, each followed by rows for the next one to meet.

use super::Finding;
use crate::tree::Tree;

const FOLDER: &str = "crates/store/migrations/";
const SAMPLES: &str = "crates/store/migrations/sample/";

pub(super) fn numbered_and_sampled(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    let steps = tree
        .under(FOLDER, ".sql")
        .filter(|f| !f.path.starts_with(SAMPLES));
    for (expected, file) in (1..).zip(steps) {
        let name = &file.path[FOLDER.len()..];
        match number(name) {
            Some(n) if n == expected => {}
            Some(n) => {
                found.push(Finding::new(
                    &file.path,
                    format!("number {n}, expected {expected}"),
                ));
            }
            None => found.push(Finding::new(&file.path, "name it NNNN_what_it_does.sql")),
        }
        if tree.get(&format!("{SAMPLES}{name}")).is_none() {
            found.push(Finding::new(
                &file.path,
                "no sample rows under migrations/sample/",
            ));
        }
    }
    for file in tree.under(SAMPLES, ".sql") {
        if tree
            .get(&format!("{FOLDER}{}", &file.path[SAMPLES.len()..]))
            .is_none()
        {
            found.push(Finding::new(&file.path, "a sample without its migration"));
        }
    }
    found
}

/// The number of `NNNN_snake_case.sql`.
fn number(name: &str) -> Option<u32> {
    let (digits, words) = name.strip_suffix(".sql")?.split_once('_')?;
    let snake = words
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    (digits.len() == 4 && snake && !words.is_empty())
        .then(|| digits.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tree;

    #[test]
    fn a_hole_a_bad_name_and_a_missing_sample_are_named() {
        let one = ("crates/store/migrations/0001_start.sql", "");
        let its_sample = ("crates/store/migrations/sample/0001_start.sql", "");
        assert!(numbered_and_sampled(&tree(&[one, its_sample])).is_empty());
        assert_eq!(numbered_and_sampled(&tree(&[one])).len(), 1);
        let third = ("crates/store/migrations/0003_more.sql", "");
        assert_eq!(
            numbered_and_sampled(&tree(&[one, third, its_sample])).len(),
            2
        );
        assert_eq!(number("2_x.sql"), None);
        assert_eq!(number("0002_Big.sql"), None);
    }
}
