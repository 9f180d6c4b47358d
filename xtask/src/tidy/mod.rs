//! `cargo xtask tidy`: the mechanical rules of the house, each a function over the tree.
//!
//! Owns rules a machine can check. A rule that needs judgement belongs to CONTRIBUTING.md instead.

mod contrast;
mod data;
mod manifests;
mod markdown;
mod migrations;
mod shape;
mod templates;
mod words;

use crate::tree::Tree;
use anyhow::Result;
use std::path::Path;
use std::process::ExitCode;

/// One thing a rule found: where, what, and whether it only deserves a look.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) at: String,
    pub(super) what: String,
    pub(super) warning: bool,
}

impl Finding {
    pub(super) fn new(at: impl Into<String>, what: impl Into<String>) -> Finding {
        Finding {
            at: at.into(),
            what: what.into(),
            warning: false,
        }
    }

    pub(super) fn warning(at: impl Into<String>, what: impl Into<String>) -> Finding {
        Finding {
            at: at.into(),
            what: what.into(),
            warning: true,
        }
    }

    pub(super) fn line(path: &str, index: usize, what: impl Into<String>) -> Finding {
        Finding::new(format!("{path}:{}", index + 1), what)
    }
}

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: &[Rule] = &[
    shape::sizes,
    shape::headers,
    shape::must_exist,
    shape::forbidden_names,
    words::banned,
    words::todo_without_issue,
    words::hosts_and_machine_paths,
    manifests::core_depends_on_little,
    manifests::imports_point_one_way,
    manifests::versions_live_in_the_workspace,
    data::motives_agree,
    templates::no_inline_style_or_script,
    templates::dark_blocks_agree,
    contrast::tokens_are_readable,
    migrations::numbered_and_sampled,
    markdown::links_resolve,
    markdown::no_placeholder_page,
];

pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    let tree = Tree::load(root)?;
    let findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    let (warnings, errors): (Vec<_>, Vec<_>) = findings.into_iter().partition(|f| f.warning);
    for finding in &warnings {
        eprintln!("tidy: look   {}: {}", finding.at, finding.what);
    }
    for finding in &errors {
        eprintln!("tidy: error  {}: {}", finding.at, finding.what);
    }
    println!(
        "tidy: {} files, {} to mend, {} to look at",
        tree.files.len(),
        errors.len(),
        warnings.len()
    );
    Ok(if errors.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The part of a Rust line that is code: what stands before a `//` comment.
pub(super) fn code(line: &str) -> &str {
    line.split_once("//").map_or(line, |(before, _)| before)
}

/// Does `text` contain `word` not glued to another word character?
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let glued = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        !glued(text[..at].chars().next_back()) && !glued(text[at + word.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_not_found_inside_another() {
        assert!(has_word("use serde::Serialize", "serde"));
        assert!(!has_word("use serde_json::Value", "serde"));
        assert!(!has_word("deserde", "serde"));
        assert!(has_word("é serde", "serde"));
    }

    #[test]
    fn comments_are_not_code() {
        assert_eq!(code("let a = 1; // HashMap"), "let a = 1; ");
        assert_eq!(code("//! HashMap"), "");
    }
}
