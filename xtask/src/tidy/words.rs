//! Words that must not appear in some folders, each with its reason.

use super::{Finding, code, has_word};
use crate::tree::Tree;

/// A word, where it is refused, where it is allowed all the same, and why.
struct Ban {
    words: &'static [&'static str],
    under: &'static [&'static str],
    except: &'static [&'static str],
    why: &'static str,
}

const BANS: &[Ban] = &[
    Ban {
        words: &[
            "serde",
            "serde_json",
            "tokio",
            "axum",
            "rusqlite",
            "postgres",
            "tracing",
            "rand",
        ],
        under: &["crates/core/src/"],
        except: &[],
        why: "the core is pure (ARCHITECTURE.md, the core contract)",
    },
    Ban {
        words: &["HashMap", "HashSet"],
        under: &["crates/core/src/", "crates/sim/src/"],
        except: &[],
        why: "iteration order must not depend on a seed of the process: BTreeMap or Vec (I14)",
    },
    Ban {
        words: &["SystemTime::now", "Timestamp::now", "Zoned::now"],
        under: &["crates/"],
        except: &["crates/app/src/clock.rs", "crates/app/src/clock/"],
        why: "only the clock reads the time (I16)",
    },
    Ban {
        words: &[
            "PRAGMA",
            "AUTOINCREMENT",
            "SERIAL",
            "JSONB",
            "SKIP LOCKED",
            "LISTEN",
            "NOTIFY",
            "sqlite_master",
            "information_schema",
            "pg_catalog",
        ],
        under: &[
            "crates/store/src/",
            "crates/app/src/",
            "crates/web/src/",
            "crates/relais/src/",
        ],
        except: &["crates/store/src/dialect"],
        why: "engine-specific SQL lives in the dialect only",
    },
    Ban {
        words: &["rusqlite", "postgres::"],
        under: &[
            "crates/app/src/",
            "crates/web/src/",
            "crates/gateways/src/",
            "crates/sim/src/",
        ],
        except: &[],
        why: "only the store speaks to a database driver",
    },
    Ban {
        words: &["relais_store", "relais_gateways"],
        under: &["crates/web/src/"],
        except: &[],
        why: "the web sees the app and the core, nothing under them",
    },
    Ban {
        words: &["localStorage", "sessionStorage", "indexedDB"],
        under: &["crates/web/ui/", "crates/web/templates/", "crates/web/src/"],
        // A keyboard preference is nothing about anybody.
        except: &["crates/web/ui/js/keys.js"],
        why: "nothing about anybody is kept on a device (RULES R6)",
    },
    Ban {
        words: &["eval", "document.write", "outerHTML"],
        under: &["crates/web/ui/"],
        except: &[],
        why: "the only HTML a script adopts is a fragment that our own server escaped",
    },
    Ban {
        words: &["#[ignore", "#[ignore]"],
        under: &["crates/", "xtask/"],
        except: &["xtask/src/tidy/words.rs"],
        why: "a test is mended or deleted, never ignored (docs/testing.md)",
    },
];

pub(super) fn banned(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for ban in BANS {
        for file in &tree.files {
            let within = |folders: &[&str]| folders.iter().any(|f| file.path.starts_with(f));
            if !within(ban.under) || within(ban.except) {
                continue;
            }
            for (index, line) in file.text.lines().enumerate() {
                let line = if file.path.ends_with(".rs") {
                    code(line)
                } else {
                    line
                };
                if let Some(word) = ban.words.iter().find(|word| has_word(line, word)) {
                    found.push(Finding::line(
                        &file.path,
                        index,
                        format!("`{word}`: {}", ban.why),
                    ));
                }
            }
        }
    }
    found
}

/// A `TODO` names the issue that will do it: `TODO(#12)`.
pub(super) fn todo_without_issue(tree: &Tree) -> Vec<Finding> {
    let mark = ["TO", "DO"].concat();
    let numbered = format!("{mark}(#");
    let mut found = Vec::new();
    for file in written(tree) {
        for (index, line) in file.text.lines().enumerate() {
            if has_word(line, &mark) && !line.contains(&numbered) {
                found.push(Finding::line(
                    &file.path,
                    index,
                    format!("{mark} without an issue: {numbered}12)"),
                ));
            }
        }
    }
    found
}

/// Nothing names a package registry's host or a path of somebody's machine.
pub(super) fn hosts_and_machine_paths(tree: &Tree) -> Vec<Finding> {
    // Written in halves so that this file passes its own rule.
    let hosts: Vec<String> = [
        ("registry.npm", "js.org"),
        ("static.crates", ".io"),
        ("index.crates", ".io"),
        ("files.python", "hosted.org"),
        ("deb.debian", ".org"),
        ("/home", "/"),
        ("/ro", "ot/"),
        ("/Us", "ers/"),
    ]
    .iter()
    .map(|(a, b)| format!("{a}{b}"))
    .collect();
    let mut found = Vec::new();
    for file in written(tree).chain(tree.under("", "package-lock.json")) {
        for (index, line) in file.text.lines().enumerate() {
            if let Some(host) = hosts.iter().find(|host| names_host_or_path(line, host)) {
                found.push(Finding::line(
                    &file.path,
                    index,
                    format!("`{host}`: no registry host and no machine path in the tree"),
                ));
            }
        }
    }
    found
}

/// A path counts only where one starts: `/home/` yes, `{base}/home/` no.
fn names_host_or_path(line: &str, needle: &str) -> bool {
    line.match_indices(needle).any(|(at, _)| {
        !needle.starts_with('/')
            || line[..at]
                .chars()
                .next_back()
                .is_none_or(|c| " \"'`(=:".contains(c))
    })
}

/// What people write: code, configuration, prose. Data files, locks and licences are others' words.
fn written(tree: &Tree) -> impl Iterator<Item = &crate::tree::File> {
    const ENDS: [&str; 13] = [
        ".rs", ".js", ".mjs", ".ts", ".css", ".html", ".md", ".toml", ".sql", ".sh", ".txt",
        "Makefile", ".yml",
    ];
    tree.files.iter().filter(|f| {
        (ENDS.iter().any(|end| f.path.ends_with(end)) || f.path.starts_with("scripts/"))
            && f.path != "xtask/src/tidy/words.rs"
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tree;

    #[test]
    fn the_core_may_not_import_serde_but_may_speak_of_it() {
        let bad = tree(&[("crates/core/src/a.rs", "//! x\nuse serde::Serialize;\n")]);
        assert_eq!(banned(&bad)[0].at, "crates/core/src/a.rs:2");
        let fine = tree(&[("crates/core/src/a.rs", "//! no serde here\n")]);
        assert!(banned(&fine).is_empty());
    }

    #[test]
    fn dialect_words_stay_in_the_dialect() {
        let sql = "const A: &str = \"PRAGMA synchronous\";\n";
        assert_eq!(
            banned(&tree(&[("crates/store/src/offers.rs", sql)])).len(),
            1
        );
        assert!(banned(&tree(&[("crates/store/src/dialect.rs", sql)])).is_empty());
    }

    #[test]
    fn only_the_clock_reads_the_time() {
        let now = "let t = SystemTime::now();\n";
        assert_eq!(banned(&tree(&[("crates/web/src/a.rs", now)])).len(), 1);
        assert!(banned(&tree(&[("crates/app/src/clock.rs", now)])).is_empty());
    }

    #[test]
    fn a_todo_needs_a_number() {
        let mark = ["TO", "DO"].concat();
        let of = |text: String| todo_without_issue(&tree(&[("a.rs", &text)])).len();
        assert_eq!(of(format!("// {mark}: later\n")), 1);
        assert_eq!(of(format!("// {mark}(#4): later\n")), 0);
        assert_eq!(of(format!("// M{mark}\n")), 0);
    }

    #[test]
    fn a_registry_host_in_a_lock_file_is_refused() {
        let lock = format!("\"resolved\": \"https://{}{}/x\"", "registry.npm", "js.org");
        let found = hosts_and_machine_paths(&tree(&[("e2e/package-lock.json", &lock)]));
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_url_path_is_not_a_machine_path() {
        let home = ["/home", "/x"].concat();
        assert!(names_host_or_path(&format!("cd {home}"), "/home/"));
        assert!(!names_host_or_path(
            &format!("https://example{home}"),
            "/home/"
        ));
    }
}
