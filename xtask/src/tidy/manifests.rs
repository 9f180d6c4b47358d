//! What each crate may depend on: the map of ARCHITECTURE.md, checked.

use super::Finding;
use crate::tree::Tree;

/// The core's whole dependency list. A line here is a design decision with an ADR.
const CORE: [&str; 2] = ["thiserror", "jiff"];

/// Each crate and the crates of the house it may see.
const MAY_SEE: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("store", &["core"]),
    ("gateways", &["core"]),
    // A leaf: nobody but the binary waits for its cryptography to be built (ADR 0036).
    ("psc", &["gateways"]),
    ("passkeys", &["gateways"]),
    ("documents", &["core"]),
    ("app", &["core", "store", "gateways", "documents"]),
    ("web", &["core", "app"]),
    (
        "relais",
        &[
            "core", "store", "gateways", "psc", "passkeys", "app", "web", "sim",
        ],
    ),
    ("sim", &["core", "store", "gateways", "app"]),
    // For tests only: no crate may see it but in its `dev-dependencies`.
    ("faults", &[]),
    // Measures the product from outside: everybody's client, nobody's dependency (ADR 0016).
    (
        "bench",
        &["core", "store", "gateways", "app", "web", "faults"],
    ),
];

pub(super) fn core_depends_on_little(tree: &Tree) -> Vec<Finding> {
    let path = "crates/core/Cargo.toml";
    let Some(file) = tree.get(path) else {
        return Vec::new();
    };
    section(&file.text, "dependencies")
        .into_iter()
        .filter(|name| !CORE.contains(&name.as_str()))
        .map(|name| {
            Finding::new(
                path,
                format!("`{name}`: the core depends on {} only", CORE.join(", ")),
            )
        })
        .collect()
}

pub(super) fn imports_point_one_way(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, may_see) in MAY_SEE {
        let path = format!("crates/{name}/Cargo.toml");
        let Some(file) = tree.get(&path) else {
            continue;
        };
        for dependency in section(&file.text, "dependencies") {
            let Some(house) = dependency.strip_prefix("relais-") else {
                continue;
            };
            if !may_see.contains(&house) {
                found.push(Finding::new(
                    &path,
                    format!("`{name}` must not see `{house}`"),
                ));
            }
        }
    }
    found
}

/// Versions and features stand in the workspace table only.
pub(super) fn versions_live_in_the_workspace(tree: &Tree) -> Vec<Finding> {
    let members = tree.files.iter().filter(|f| {
        f.path.ends_with("/Cargo.toml")
            && (f.path.starts_with("crates/") || f.path.starts_with("xtask/"))
    });
    let mut found = Vec::new();
    for file in members {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, rest) in lines_of(&file.text, kind) {
                if !name.ends_with(".workspace") && !rest.contains("workspace = true") {
                    found.push(Finding::new(
                        &file.path,
                        format!("`{name}`: take the version from [workspace.dependencies]"),
                    ));
                }
            }
        }
    }
    found
}

/// The names in one dependency table of a manifest.
fn section(manifest: &str, kind: &str) -> Vec<String> {
    lines_of(manifest, kind)
        .into_iter()
        .map(|(name, _)| name.trim_end_matches(".workspace").to_owned())
        .collect()
}

/// `name = rest` lines of one table, at the width this house writes manifests in.
fn lines_of(manifest: &str, kind: &str) -> Vec<(String, String)> {
    let mut inside = false;
    let mut out = Vec::new();
    for line in manifest.lines() {
        let line = line.trim();
        if line.starts_with('[') {
            inside = line == format!("[{kind}]");
        } else if inside
            && !line.starts_with('#')
            && let Some((name, rest)) = line.split_once('=')
        {
            out.push((name.trim().to_owned(), rest.trim().to_owned()));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tree;

    #[test]
    fn serde_in_the_core_is_refused_but_not_in_its_tests() {
        let bad = "[dependencies]\nthiserror.workspace = true\nserde.workspace = true\n";
        assert_eq!(
            core_depends_on_little(&tree(&[("crates/core/Cargo.toml", bad)])).len(),
            1
        );
        let fine =
            "[dependencies]\njiff.workspace = true\n[dev-dependencies]\nserde.workspace = true\n";
        assert!(core_depends_on_little(&tree(&[("crates/core/Cargo.toml", fine)])).is_empty());
    }

    #[test]
    fn the_web_must_not_see_the_store() {
        let bad = "[dependencies]\nrelais-store = { workspace = true }\n";
        let found = imports_point_one_way(&tree(&[("crates/web/Cargo.toml", bad)]));
        assert_eq!(found[0].what, "`web` must not see `store`");
    }

    #[test]
    fn the_product_must_not_see_the_faults_but_its_tests_may() {
        let bad = "[dependencies]\nrelais-faults.workspace = true\n";
        let found = imports_point_one_way(&tree(&[("crates/store/Cargo.toml", bad)]));
        assert_eq!(found[0].what, "`store` must not see `faults`");
        let fine = "[dev-dependencies]\nrelais-faults.workspace = true\n";
        assert!(imports_point_one_way(&tree(&[("crates/store/Cargo.toml", fine)])).is_empty());
    }

    #[test]
    fn a_version_in_a_member_is_refused() {
        let bad = "[dependencies]\ncsv = \"1\"\nserde.workspace = true\n";
        let found = versions_live_in_the_workspace(&tree(&[("crates/app/Cargo.toml", bad)]));
        assert_eq!(found.len(), 1);
    }
}
