//! Sizes, headers, names, and the files every clone must have.

use super::Finding;
use crate::tree::Tree;

const SOFT_LINES: usize = 500;
const HARD_LINES: usize = 800;

/// Hand-written code stays short: a look at 500 lines, a refusal at 800.
pub(super) fn sizes(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in &tree.files {
        let path = file.path.as_str();
        let code = [".rs", ".js", ".mjs", ".css"]
            .iter()
            .any(|end| path.ends_with(end));
        if !code || path.starts_with("docs/") {
            continue;
        }
        let lines = file.text.lines().count();
        if lines > HARD_LINES {
            found.push(Finding::new(
                path,
                format!("{lines} lines; {HARD_LINES} is the limit"),
            ));
        } else if lines > SOFT_LINES {
            found.push(Finding::warning(
                path,
                format!("{lines} lines; think again at {SOFT_LINES}"),
            ));
        }
    }
    if let Some(map) = tree.get("ARCHITECTURE.md")
        && map.text.lines().count() >= 400
    {
        found.push(Finding::new(
            "ARCHITECTURE.md",
            "the map stays under 400 lines",
        ));
    }
    found
}

/// Every module says what it owns and what it refuses.
pub(super) fn headers(tree: &Tree) -> Vec<Finding> {
    tree.under("", ".rs")
        .filter(|f| f.path.contains("/src/") || f.path.contains("/tests/"))
        .filter(|f| !f.text.trim_start().starts_with("//!"))
        .map(|f| {
            Finding::new(
                &f.path,
                "no `//!` header: say what this module owns and refuses",
            )
        })
        .collect()
}

pub(super) fn must_exist(tree: &Tree) -> Vec<Finding> {
    const FILES: [&str; 10] = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "THIRD_PARTY.md",
        "LICENSE",
        "Makefile",
        ".ci/run",
        "docs/glossary.md",
    ];
    FILES
        .iter()
        .filter(|f| !tree.has(f))
        .map(|f| Finding::new(*f, "is missing"))
        .collect()
}

/// Files are nouns of the trade.
pub(super) fn forbidden_names(tree: &Tree) -> Vec<Finding> {
    const NAMES: [&str; 6] = ["utils", "util", "common", "helpers", "misc", "manager"];
    tree.under("", ".rs")
        .filter(|f| {
            f.path
                .trim_end_matches(".rs")
                .split('/')
                .any(|part| NAMES.contains(&part))
        })
        .map(|f| {
            Finding::new(
                &f.path,
                "name it after what it does, not `utils` and the like",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tree;

    #[test]
    fn a_long_file_is_looked_at_then_refused() {
        let of = |n: usize| sizes(&tree(&[("crates/core/src/a.rs", &"x\n".repeat(n))]));
        assert!(of(500).is_empty());
        assert!(of(501)[0].warning);
        assert!(!of(801)[0].warning);
    }

    #[test]
    fn a_module_without_header_is_refused() {
        assert_eq!(
            headers(&tree(&[("crates/core/src/a.rs", "use b;\n")])).len(),
            1
        );
        assert!(headers(&tree(&[("crates/core/src/a.rs", "//! Owns a.\n")])).is_empty());
    }

    #[test]
    fn a_missing_changelog_is_named() {
        assert!(
            must_exist(&tree(&[]))
                .iter()
                .any(|f| f.at == "CHANGELOG.md")
        );
    }

    #[test]
    fn a_folder_called_common_is_refused() {
        assert_eq!(
            forbidden_names(&tree(&[("crates/app/src/common/x.rs", "")])).len(),
            1
        );
        assert!(forbidden_names(&tree(&[("crates/app/src/commons.rs", "")])).is_empty());
    }
}
