//! Links between pages resolve, and no page is a placeholder.

use super::Finding;
use crate::tree::Tree;

/// Relative links point at something of the tree. Outside addresses are not fetched.
pub(super) fn links_resolve(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.under("", ".md") {
        let mut fenced = false;
        for (index, line) in file.text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
            }
            if fenced {
                continue;
            }
            for target in targets(line) {
                let outside = ["http://", "https://", "mailto:", "#"];
                if outside.iter().any(|start| target.starts_with(start)) {
                    continue;
                }
                let path = target.split('#').next().unwrap_or(target);
                match resolve(&file.path, path) {
                    Some(path) if path.is_empty() || tree.has(&path) => {}
                    _ => found.push(Finding::line(
                        &file.path,
                        index,
                        format!("the link `{target}` leads nowhere"),
                    )),
                }
            }
        }
    }
    found
}

/// A page that says nothing teaches readers that pages say nothing.
pub(super) fn no_placeholder_page(tree: &Tree) -> Vec<Finding> {
    tree.under("docs/", ".md")
        .filter(|f| f.text.split_whitespace().count() < 40)
        .map(|f| Finding::new(&f.path, "fewer than 40 words: write it or remove it"))
        .collect()
}

/// The targets of `[text](target)` on one line, images included, code spans left out.
fn targets(line: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find("](") {
        let in_code = rest[..at].matches('`').count() % 2 == 1;
        let tail = &rest[at + 2..];
        let Some(end) = tail.find(')') else { break };
        if !in_code {
            out.push(tail[..end].split(' ').next().unwrap_or_default());
        }
        rest = &tail[end..];
    }
    out
}

/// `target` as seen from the folder of `from`, as a path from the root.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tree;

    #[test]
    fn a_dead_link_is_named_and_a_live_one_is_not() {
        let page = "[a](adr/0001-x.md) [b](../README.md#top) [c](gone.md) [d](https://x.fr)\n";
        let tree = tree(&[
            ("docs/page.md", page),
            ("docs/adr/0001-x.md", ""),
            ("README.md", ""),
        ]);
        let found = links_resolve(&tree);
        assert_eq!(found.len(), 1);
        assert!(found[0].what.contains("gone.md"));
    }

    #[test]
    fn links_in_code_are_examples() {
        assert!(targets("`[x](y.md)`").is_empty());
        assert_eq!(targets("![picture](a.png \"title\")"), ["a.png"]);
    }

    #[test]
    fn a_link_above_the_root_leads_nowhere() {
        assert_eq!(resolve("README.md", "../x"), None);
        assert_eq!(
            resolve("docs/adr/a.md", "../../README.md").as_deref(),
            Some("README.md")
        );
    }

    #[test]
    fn a_short_page_is_a_placeholder() {
        assert_eq!(
            no_placeholder_page(&tree(&[("docs/a.md", "# Soon")])).len(),
            1
        );
    }
}
