//! A mailbox on a real IMAP server, Dovecot (`scripts/need imap`), alone in a temporary folder, under
//! certificates of the test. An independent program: what our reader believes of IMAP is held
//! against it.

use std::fs::{self, File, Permissions, create_dir_all, read_dir, set_permissions, write};
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How the server knows who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knows<'c> {
    /// By a certificate this authority signed (PEM).
    Certificate(&'c str),
    /// By the account `snp` and this secret.
    Login(&'c str),
}

/// The server, until dropped.
pub struct Dovecot {
    child: Child,
    folder: PathBuf,
    port: u16,
    implicit: u16,
}

/// Where Debian puts it.
fn program() -> Option<&'static Path> {
    let known = Path::new("/usr/sbin/dovecot");
    known.exists().then_some(known)
}

impl Dovecot {
    /// Starts one with an empty mailbox and this certificate of its own (PEM, key); none without the
    /// Debian package, unless `RELAIS_TEST_IMAP` asks for it, as CI does.
    ///
    /// # Panics
    /// Asked for and missing; or it does not start.
    #[must_use]
    pub fn start(certificate: &(String, String), knows: Knows<'_>) -> Option<Self> {
        let Some(program) = program() else {
            assert!(
                std::env::var("RELAIS_TEST_IMAP").is_err(),
                "the Debian package `dovecot-imapd` is missing"
            );
            return None;
        };
        let (port, implicit) = (free(), free());
        let name = format!("relais-imap-{}-{port}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        for part in ["run", "mail", "mail/cur", "mail/new", "mail/tmp"] {
            let path = folder.join(part);
            made(create_dir_all(&path), "folder");
            // Whoever the server runs as, it moves what we lay down.
            made(
                set_permissions(&path, Permissions::from_mode(0o777)),
                "mode",
            );
        }
        made(
            write(folder.join("server.pem"), &certificate.0),
            "certificate",
        );
        made(write(folder.join("server.key"), &certificate.1), "key");
        if let Knows::Certificate(authority) = knows {
            made(write(folder.join("ca.pem"), authority), "authority");
        }
        let settings = settings(&folder, port, implicit, knows, &version(program));
        made(write(folder.join("dovecot.conf"), settings), "settings");
        let log = made(File::create(folder.join("output.log")), "log");
        let child = Command::new(program)
            .arg("-F")
            .arg("-c")
            .arg(folder.join("dovecot.conf"))
            .stdin(Stdio::null())
            .stdout(made(log.try_clone(), "log"))
            .stderr(log)
            .spawn();
        let mut started = Self {
            child: made(child, "dovecot"),
            folder,
            port,
            implicit,
        };
        started.wait();
        Some(started)
    }

    fn wait(&mut self) {
        for _ in 0..400 {
            if greets(self.port) {
                return;
            }
            if made(self.child.try_wait(), "dovecot").is_some() {
                break;
            }
            pause();
        }
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        let (said, log) = (read("output.log"), read("dovecot.log"));
        panic!("dovecot does not start:\n{said}\n{log}");
    }

    /// Its port for STARTTLS.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its port for TLS from the first byte.
    #[must_use]
    pub fn implicit_port(&self) -> u16 {
        self.implicit
    }

    /// A mail arrives in the box.
    ///
    /// # Panics
    /// When the folder cannot be written to.
    pub fn deliver(&self, name: &str, mail: &str) {
        let laid = self.folder.join("mail/tmp").join(name);
        made(write(&laid, mail), "mail");
        made(
            set_permissions(&laid, Permissions::from_mode(0o666)),
            "mode",
        );
        let arrived = self.folder.join("mail/new").join(name);
        made(fs::rename(laid, arrived), "mail");
    }

    /// The names of mails that are marked as read.
    ///
    /// # Panics
    /// When the folder cannot be read.
    #[must_use]
    pub fn seen(&self) -> Vec<String> {
        let files = made(read_dir(self.folder.join("mail/cur")), "mails").flatten();
        let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
        let mut seen: Vec<String> = names
            .filter_map(|name| {
                let (name, flags) = name.split_once(":2,")?;
                flags.contains('S').then(|| name.to_owned())
            })
            .collect();
        seen.sort();
        seen
    }

    /// The box is numbered anew, as after an operator moved it.
    ///
    /// # Panics
    /// When the folder cannot be written to.
    pub fn renumber(&self) {
        for file in made(read_dir(self.folder.join("mail")), "mail").flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            if name.starts_with("dovecot") {
                made(fs::remove_file(file.path()), "index");
            }
        }
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // Its children end with it when it is asked; killed, they would stay.
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        if asked.is_err() {
            let _killed = self.child.kill();
        }
        let _ended = self.child.wait();
        let _left = fs::remove_dir_all(&self.folder);
    }
}

fn made<T, E: std::fmt::Display>(done: Result<T, E>, what: &str) -> T {
    done.unwrap_or_else(|error| panic!("{what}: {error}"))
}

fn free() -> u16 {
    let listener = made(TcpListener::bind(("127.0.0.1", 0)), "no free port");
    made(listener.local_addr(), "no address").port()
}

fn greets(port: u16) -> bool {
    let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    if stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .is_err()
    {
        return false;
    }
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).is_ok() && line.starts_with("* OK")
}

#[expect(
    clippy::disallowed_methods,
    reason = "between two looks at another program's start"
)]
fn pause() {
    std::thread::sleep(Duration::from_millis(25));
}

fn version(program: &Path) -> String {
    let said = made(Command::new(program).arg("--version").output(), "dovecot");
    String::from_utf8_lossy(&said.stdout).into_owned()
}

/// A user of this machine, by the name Debian's package gives it; ourselves when we are not root.
fn user_of(name: &str) -> String {
    let id = |flag: &str| {
        let said = made(Command::new("id").arg(flag).output(), "id");
        String::from_utf8_lossy(&said.stdout).trim().to_owned()
    };
    if id("-u") == "0" {
        name.to_owned()
    } else {
        id("-un")
    }
}

fn settings(folder: &Path, port: u16, implicit: u16, knows: Knows<'_>, version: &str) -> String {
    let here = folder.display();
    let (internal, login) = (user_of("dovecot"), user_of("dovenull"));
    let modern = version.starts_with("2.4");
    let mut text = String::new();
    if modern {
        text.push_str("dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n");
    }
    text.push_str(&format!(
        "base_dir = {here}/run\nlog_path = {here}/dovecot.log\nlisten = 127.0.0.1\n\
         default_internal_user = {internal}\ndefault_internal_group = {internal}\n\
         default_login_user = {login}\nfirst_valid_uid = 1\nssl = required\n\
         auth_mechanisms = plain external\n\
         service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {port}\n  }}\n  \
         inet_listener imaps {{\n    port = {implicit}\n    ssl = yes\n  }}\n}}\n\
         service anvil {{\n  chroot =\n}}\n"
    ));
    let mutual = matches!(knows, Knows::Certificate(_));
    let secret = match knows {
        Knows::Certificate(_) => String::new(),
        Knows::Login(secret) => secret.to_owned(),
    };
    if modern {
        text.push_str(&format!(
            "protocols {{\n  imap = yes\n}}\nssl_server_cert_file = {here}/server.pem\n\
             ssl_server_key_file = {here}/server.key\nmail_driver = maildir\nmail_path = {here}/mail\n\
             mail_uid = {internal}\nmail_gid = {internal}\nuserdb static {{\n  fields {{\n    home = {here}\n  }}\n}}\n"
        ));
        if mutual {
            text.push_str(&format!(
                "ssl_server_ca_file = {here}/ca.pem\nssl_server_request_client_cert = yes\n\
                 ssl_server_require_crl = no\nauth_ssl_require_client_cert = yes\n\
                 auth_ssl_username_from_cert = yes\n\
                 passdb static {{\n  fields {{\n    nopassword = yes\n  }}\n}}\n"
            ));
        } else {
            text.push_str(&format!(
                "passdb static {{\n  password = {{plain}}{secret}\n}}\n"
            ));
        }
        return text;
    }
    text.push_str(&format!(
        "protocols = imap\nssl_cert = <{here}/server.pem\nssl_key = <{here}/server.key\n\
         mail_location = maildir:{here}/mail\n\
         userdb {{\n  driver = static\n  args = uid={internal} gid={internal} home={here}\n}}\n"
    ));
    if mutual {
        text.push_str(&format!(
            "ssl_ca = <{here}/ca.pem\nssl_verify_client_cert = yes\nssl_require_crl = no\n\
             auth_ssl_require_client_cert = yes\nauth_ssl_username_from_cert = yes\n\
             passdb {{\n  driver = static\n  args = nopassword=y\n}}\n"
        ));
    } else {
        text.push_str(&format!(
            "passdb {{\n  driver = static\n  args = password={secret}\n}}\n"
        ));
    }
    text
}
