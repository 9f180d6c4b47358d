//! The text files of the work tree, read once, so that checks are plain functions over data.
//!
//! Owns what counts as part of the tree. Refuses to judge: that is `tidy`.

use anyhow::{Context, Result};
use std::path::Path;

/// Folders that are made, fetched or private, never written by hand.
const SKIPPED: [&str; 5] = [".git", "target", "node_modules", "dist", "demo-data"];

/// One text file: its path from the root with `/`, and its content.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Every file of the tree; binary ones are known by name only.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
    pub(crate) binary: Vec<String>,
}

impl Tree {
    pub(crate) fn load(root: &Path) -> Result<Tree> {
        let mut tree = Tree::default();
        tree.walk(root, root)?;
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    /// Files under `folder` (a path ending in `/`, or empty for all) ending in `suffix`.
    pub(crate) fn under<'a>(
        &'a self,
        folder: &'a str,
        suffix: &'a str,
    ) -> impl Iterator<Item = &'a File> {
        self.files
            .iter()
            .filter(move |f| f.path.starts_with(folder) && f.path.ends_with(suffix))
    }

    pub(crate) fn get(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|f| f.path == path)
    }

    /// Does this path exist, as a file or as a folder of files?
    pub(crate) fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        let all = || self.files.iter().map(|f| &f.path).chain(&self.binary);
        all().any(|p| p == path || p.starts_with(&folder))
    }

    fn walk(&mut self, root: &Path, folder: &Path) -> Result<()> {
        let entries =
            std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if !SKIPPED.contains(&name.as_str()) {
                    self.walk(root, &entry.path())?;
                }
            } else if kind.is_file() {
                self.read(root, &entry.path())?;
            }
        }
        Ok(())
    }

    fn read(&mut self, root: &Path, path: &Path) -> Result<()> {
        let relative = path
            .strip_prefix(root)?
            .to_string_lossy()
            .replace('\\', "/");
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            // An editor's scratch file may vanish between listing and reading.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error).with_context(|| format!("reading {relative}")),
        };
        match String::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => self.files.push(File {
                path: relative,
                text,
            }),
            _ => self.binary.push(relative),
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) fn tree(files: &[(&str, &str)]) -> Tree {
    let files = files
        .iter()
        .map(|(p, t)| File {
            path: (*p).to_owned(),
            text: (*t).to_owned(),
        })
        .collect();
    Tree {
        files,
        binary: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_exists_when_it_holds_a_file() {
        let tree = tree(&[("docs/adr/0001-a.md", "")]);
        assert!(tree.has("docs/adr"));
        assert!(tree.has("docs/adr/"));
        assert!(tree.has("docs/adr/0001-a.md"));
        assert!(!tree.has("docs/ad"));
    }

    #[test]
    fn made_folders_are_not_part_of_the_tree() {
        let here = Tree::load(&crate::root()).expect("the work tree is readable");
        assert!(here.get("Makefile").is_some());
        assert!(here.files.iter().all(|f| !f.path.starts_with("target/")));
    }
}
