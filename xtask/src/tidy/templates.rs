//! What a strict Content-Security-Policy forbids, and the two copies of the dark palette.

use super::Finding;
use crate::tree::Tree;

/// `style=` and inline scripts would be blocked by the policy; event attributes too.
pub(super) fn no_inline_style_or_script(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.under("crates/", ".html") {
        for (index, line) in file.text.lines().enumerate() {
            let lower = line.to_ascii_lowercase();
            let script = lower.contains("<script") && !lower.contains(" src=");
            let event = [
                " onclick=",
                " onload=",
                " onsubmit=",
                " onchange=",
                " oninput=",
            ]
            .iter()
            .any(|name| lower.contains(name));
            if lower.contains(" style=\"") || lower.contains(" style='") {
                found.push(Finding::line(
                    &file.path,
                    index,
                    "inline style: use a class",
                ));
            }
            if script || event || lower.contains("javascript:") {
                found.push(Finding::line(
                    &file.path,
                    index,
                    "inline script: use a module of ui/",
                ));
            }
            if lower.contains("|safe") {
                found.push(Finding::line(
                    &file.path,
                    index,
                    "`|safe` turns escaping off",
                ));
            }
        }
    }
    found
}

/// The dark palette stands twice (system preference, explicit choice) and must agree.
pub(super) fn dark_blocks_agree(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.under("crates/", "tokens.css") {
        let by_system = block_after(&file.text, ":root:not([data-theme=light]){");
        let by_choice = block_after(&file.text, ":root[data-theme=dark]{");
        match (by_system, by_choice) {
            (Some(a), Some(b)) if a == b => {}
            (Some(_), Some(_)) => found.push(Finding::new(&file.path, "the dark blocks differ")),
            _ => found.push(Finding::new(&file.path, "a dark block is missing")),
        }
    }
    found
}

/// The declarations of the block opened by `head`, one by one, without comments.
fn block_after(css: &str, head: &str) -> Option<Vec<String>> {
    let compact = css.replace(" {", "{").replace("\"", "");
    let start = compact.find(head)? + head.len();
    let body = &compact[start..start + compact[start..].find('}')?];
    let mut plain = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, tail)| tail);
    }
    plain.push_str(rest);
    Some(
        plain
            .split(';')
            .map(|d| d.trim().to_owned())
            .filter(|d| !d.is_empty())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tree;

    #[test]
    fn inline_style_and_script_are_refused() {
        let of = |html: &str| {
            no_inline_style_or_script(&tree(&[("crates/web/templates/a.html", html)])).len()
        };
        assert_eq!(of("<p style=\"color:red\">"), 1);
        assert_eq!(of("<script>alert(1)</script>"), 1);
        assert_eq!(of("<button onclick=\"x()\">"), 1);
        assert_eq!(of("<script type=\"module\" src=\"/ui/a.js\"></script>"), 0);
        assert_eq!(of("<link rel=\"stylesheet\" href=\"/ui/a.css\">"), 0);
    }

    #[test]
    fn dark_blocks_must_be_equal_but_for_comments_and_space() {
        let css = |second: &str| {
            format!(
                "@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{ --a:#000; }}}}\n\
                 :root[data-theme=dark]{{ /*dark*/ {second} /*end*/ }}"
            )
        };
        let of = |text: &str| dark_blocks_agree(&tree(&[("crates/web/ui/tokens.css", text)])).len();
        assert_eq!(of(&css("--a:#000;")), 0);
        assert_eq!(of(&css("--a:#001;")), 1);
        assert_eq!(of(":root{}"), 1);
    }
}
