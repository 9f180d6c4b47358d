//! Who the server runs as: oneself, or the `postgres` user (else `nobody`) when oneself is root,
//! which PostgreSQL refuses. Owns the command that starts each of its programs so that they die with
//! this process.

use anyhow::{Context, Result, bail};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The user of the server.
#[derive(Debug)]
pub(super) struct Owner {
    change_to: Option<(u32, u32)>,
}

impl Owner {
    pub(super) fn of(mine: &Path) -> Result<Owner> {
        if std::fs::metadata(mine)?.uid() != 0 {
            return Ok(Owner { change_to: None });
        }
        let users = std::fs::read_to_string("/etc/passwd").context("reading /etc/passwd")?;
        let ids = user_ids(&users, "postgres").or_else(|| user_ids(&users, "nobody"));
        match ids {
            Some(ids) => Ok(Owner {
                change_to: Some(ids),
            }),
            None => bail!("PostgreSQL refuses to run as root and there is no postgres user here"),
        }
    }

    pub(super) fn takes(&self, path: &Path) -> Result<()> {
        if let Some((uid, gid)) = self.change_to {
            std::os::unix::fs::chown(path, Some(uid), Some(gid))
                .with_context(|| format!("giving {} away", path.display()))?;
        }
        Ok(())
    }

    /// `program` as this owner, in `folder`, and — where setpriv exists — dying with this process.
    pub(super) fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = match setpriv() {
            Some(setpriv) => {
                let mut command = Command::new(setpriv);
                command.args(["--pdeathsig", "INT"]);
                if let Some((uid, gid)) = self.change_to {
                    command
                        .arg(format!("--reuid={uid}"))
                        .arg(format!("--regid={gid}"));
                    command.arg("--clear-groups");
                }
                command.arg(program);
                command
            }
            None => {
                let mut command = Command::new(program);
                if let Some((uid, gid)) = self.change_to {
                    command.uid(uid).gid(gid);
                }
                command
            }
        };
        command
            .current_dir(folder)
            .stdin(Stdio::null())
            .env("LC_ALL", "C")
            .env_remove("PGDATA");
        command
    }
}

fn setpriv() -> Option<PathBuf> {
    let path = PathBuf::from("/usr/bin/setpriv");
    path.exists().then_some(path)
}

/// The numeric user and group of `name` in the text of a passwd file.
fn user_ids(passwd: &str, name: &str) -> Option<(u32, u32)> {
    passwd.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        match fields.as_slice() {
            [user, _, uid, gid, ..] if *user == name => {
                Some((uid.parse().ok()?, gid.parse().ok()?))
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_of_a_user_are_read_from_passwd() {
        let passwd = "daemon:x:1:1:d:/:/bin/sh\npostgres:x:101:104:admin:/v:/bin/bash\n";
        assert_eq!(user_ids(passwd, "postgres"), Some((101, 104)));
        assert_eq!(user_ids(passwd, "nobody"), None);
        assert_eq!(user_ids("postgres:x:many:1:::", "postgres"), None);
    }
}
