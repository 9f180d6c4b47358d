//! The reference in C: a grid and bit masks over as many professionals, which counts its hits and
//! nothing more. Compiled where it is measured; refuses to be linked into anything.

use crate::machine::scratch;
use anyhow::Context as _;
use std::path::PathBuf;
use std::process::Command;

const SOURCE: &str = include_str!("../../reference/grid.c");

/// The reference, compiled.
pub(super) struct Grid(PathBuf);

impl Grid {
    /// Compiles it; `None` when the machine has no C compiler.
    pub(super) fn compiled() -> anyhow::Result<Option<Self>> {
        let folder = scratch("grid");
        std::fs::create_dir_all(&folder)?;
        let (source, program) = (folder.join("grid.c"), folder.join("grid"));
        std::fs::write(&source, SOURCE)?;
        let mut compile = Command::new("cc");
        compile
            .args(["-O2", "-o"])
            .arg(&program)
            .arg(&source)
            .arg("-lm");
        match compile.status() {
            Ok(status) if status.success() => Ok(Some(Self(program))),
            Ok(status) => anyhow::bail!("cc refused the reference: {status}"),
            Err(_) => Ok(None),
        }
    }

    /// Runs it once: questions a second.
    pub(super) fn rate(&self) -> anyhow::Result<f64> {
        let out = Command::new(&self.0).output()?;
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let rate = text
            .split("q/s/core")
            .next()
            .and_then(|head| head.split_whitespace().last());
        rate.and_then(|rate| rate.parse().ok())
            .with_context(|| format!("the reference said: {text}"))
    }
}
