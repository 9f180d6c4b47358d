//! A folder where an operator's own connector picks secure mails up: one folder a mail, whole or not
//! there. For the operators that give no door but their connector.
//!
//! Owns the form of what is laid down. Refuses to overwrite: the same message twice is one folder.

use super::is_mailbox;
use crate::gateway::{About, Accepted, Failure, Gateway, check};
use crate::http::answer::away;
use crate::mail::message_id;
use crate::message::{Channel, Outgoing};
use serde::Serialize;
use std::fs::{File, create_dir, read_dir, remove_dir_all, rename};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Its name in the configuration.
pub const NAME: &str = "folder";
/// Most mails that may lie there: beyond, nobody picks them up and somebody must look.
const WAITING_MAX: usize = 10_000;

/// A folder that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Not there, or not ours to write in.
    #[error("folder is a folder that exists and that the service may write in: {0}")]
    Folder(io::Error),
    /// Not a mailbox of the space.
    #[error("from is a mailbox of the secure space, like snp@cpts.mssante.fr")]
    From,
}

/// The folder.
pub struct DropFolder {
    folder: PathBuf,
    from: String,
    nil: String,
}

#[derive(Serialize)]
struct Envelope<'a> {
    message_id: &'a str,
    key: &'a str,
    from: &'a str,
    to: &'a str,
    subject: &'a str,
    text: &'a str,
    headers: Vec<(&'static str, &'a str)>,
    files: Vec<&'a str>,
}

impl DropFolder {
    /// The folder, tried once.
    ///
    /// # Errors
    /// [`FolderError`], by what must be corrected.
    pub fn new(folder: &Path, from: &str, nil: &str) -> Result<Self, FolderError> {
        if !is_mailbox(from) {
            return Err(FolderError::From);
        }
        let probe = folder.join(".relais");
        File::create(&probe).map_err(FolderError::Folder)?;
        std::fs::remove_file(&probe).map_err(FolderError::Folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            from: from.to_owned(),
            nil: nil.to_owned(),
        })
    }

    fn lay(&self, outgoing: &Outgoing, id: &str, name: &str) -> io::Result<()> {
        let (whole, part) = (self.folder.join(name), self.folder.join(format!(".{name}")));
        if whole.exists() {
            return Ok(());
        }
        if part.exists() {
            remove_dir_all(&part)?;
        }
        create_dir(&part)?;
        let mut headers = vec![("X-MSS-NIL", self.nil.as_str())];
        let mut files = Vec::new();
        if let Some(secure) = &outgoing.secure {
            if let Some(code) = &secure.code {
                headers.push(("X-MSS-CODECDA", code));
                headers.push(("X-MSS-INS", if secure.qualified { "O" } else { "N" }));
            }
            if let Some(earlier) = &secure.answers {
                headers.extend([("In-Reply-To", earlier.as_str()), ("References", earlier)]);
            }
            for file in &secure.files {
                write(&part.join(&file.name), &file.bytes)?;
                files.push(file.name.as_str());
            }
        }
        let envelope = Envelope {
            message_id: id,
            key: &outgoing.idempotency_key,
            from: &self.from,
            to: outgoing.to.expose(),
            subject: outgoing.subject.as_deref().unwrap_or_default(),
            text: &outgoing.text,
            headers,
            files,
        };
        write(
            &part.join("envelope.json"),
            &serde_json::to_vec_pretty(&envelope)?,
        )?;
        File::open(&part)?.sync_all()?;
        rename(&part, &whole)?;
        File::open(&self.folder)?.sync_all()
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

impl Gateway for DropFolder {
    fn about(&self) -> About {
        About {
            name: NAME,
            channel: Channel::Mssante,
            receipts: false,
            replies: false,
            idempotent: true,
            max_len: None,
        }
    }

    fn in_flight(&self) -> usize {
        1
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        check(&self.about(), outgoing)?;
        if !is_mailbox(outgoing.to.expose()) {
            return Err(Failure::never("not-a-secure-mailbox"));
        }
        let named = |name: &str| !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
        let mut files = outgoing.secure.iter().flat_map(|secure| &secure.files);
        if !files.all(|file| named(&file.name)) {
            return Err(Failure::never("bad-file-name"));
        }
        let id = message_id(
            &outgoing.idempotency_key,
            self.from.rsplit_once('@').map_or("", |(_, domain)| domain),
        );
        let name: String = id.chars().take_while(|c| *c != '@').skip(1).collect();
        match read_dir(&self.folder).map(Iterator::count) {
            Ok(count) if count >= WAITING_MAX => return Err(away("folder-full", None)),
            Ok(_) => {}
            Err(_) => return Err(away("no-folder", None)),
        }
        match self.lay(outgoing, &id, &name) {
            Ok(()) => Ok(Accepted {
                provider: self.about().name,
                provider_ref: id,
            }),
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), "a secure mail could not be laid down");
                Err(away("folder-failed", None))
            }
        }
    }
}
