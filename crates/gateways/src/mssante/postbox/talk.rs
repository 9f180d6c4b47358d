//! One conversation with an IMAP server (RFC 3501 and 9051), as far as a box is read: TLS, who we
//! are, the folder, its new numbers, the heads of mails, the mark of what was read.
//!
//! Owns the lines and their limits; what a line says is understood by `imap-proto`. Refuses to say
//! who we are before TLS, and to wait or to read without an end.

use super::{PostboxSettings, Unread};
use crate::mssante::{Auth, Protection};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imap_proto::types::{AttributeValue, MailboxDatum, Response, ResponseCode, Status};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;

/// Longest line, bytes: a search may answer ten thousand numbers.
const LINE_MAX: u64 = 131_072;
/// Longest answer, bytes: the head of a mail and what is said of it.
const ANSWER_MAX: usize = 1_048_576;
/// Most untagged answers to one command: a busy folder tells of its changes.
const ANSWERS_MAX: usize = 20_000;

const AWAY: Unread = Unread("unreachable");
const CUT: Unread = Unread("cut");
const NOT_IMAP: Unread = Unread("not-imap");
const TOO_LONG: Unread = Unread("too-long");
const REFUSED: Unread = Unread("unauthorised");

/// The conversation, under TLS.
pub(super) struct Talk {
    line: BufReader<StreamOwned<ClientConnection, TcpStream>>,
    asked: u32,
}

impl Talk {
    /// Connects, protects the line, says who we are.
    pub(super) fn open(
        settings: &PostboxSettings,
        tls: &Arc<ClientConfig>,
    ) -> Result<Self, Unread> {
        let mut plain = connect(settings)?;
        if settings.protection == Protection::StartTls {
            start_tls(&mut plain)?;
        }
        let name = ServerName::try_from(settings.host.clone()).map_err(|_| Unread("bad-name"))?;
        let mut connection =
            ClientConnection::new(Arc::clone(tls), name).map_err(|_| Unread("tls"))?;
        while connection.is_handshaking() {
            connection
                .complete_io(&mut plain)
                .map_err(|_| Unread("tls"))?;
        }
        let line = BufReader::new(StreamOwned::new(connection, plain));
        let mut talk = Self { line, asked: 0 };
        let known = match settings.protection {
            Protection::Implicit => talk.greeted()?,
            Protection::StartTls => false,
        };
        if !known {
            talk.say_who(&settings.auth)?;
        }
        Ok(talk)
    }

    /// The first line; whether the certificate was enough for the server to know us.
    fn greeted(&mut self) -> Result<bool, Unread> {
        let answer = self.answer()?;
        match parsed(&answer)? {
            Response::Data { status, .. } => match status {
                Status::Ok => Ok(false),
                Status::PreAuth => Ok(true),
                _ => Err(Unread("busy")),
            },
            _ => Err(NOT_IMAP),
        }
    }

    fn say_who(&mut self, auth: &Auth) -> Result<(), Unread> {
        let (how, proof) = match auth {
            // Who we are stands in the certificate.
            Auth::Certificate { .. } => ("EXTERNAL", String::new()),
            Auth::Login { user, secret } => {
                let said = format!("\0{user}\0{}", secret.expose());
                ("PLAIN", STANDARD.encode(said))
            }
        };
        let tag = self.send(&format!("AUTHENTICATE {how}"))?;
        let answer = self.answer()?;
        if !answer.starts_with(b"+") {
            return Err(REFUSED);
        }
        self.write(&format!("{proof}\r\n"))?;
        self.until(&tag, REFUSED, |_| Ok(()))
    }

    /// Opens a folder; the mark of its numbering.
    pub(super) fn select(&mut self, folder: &str) -> Result<u32, Unread> {
        let mut validity = None;
        let tag = self.send(&format!("SELECT \"{folder}\""))?;
        self.until(&tag, Unread("no-such-folder"), |said| {
            if let Response::Data {
                code: Some(ResponseCode::UidValidity(mark)),
                ..
            } = said
            {
                validity = Some(*mark);
            }
            Ok(())
        })?;
        validity.ok_or(NOT_IMAP)
    }

    /// The numbers after one, in order.
    pub(super) fn numbers_after(&mut self, uid: u32) -> Result<Vec<u32>, Unread> {
        let mut found = Vec::new();
        let next = uid.saturating_add(1);
        let tag = self.send(&format!("UID SEARCH UID {next}:*"))?;
        self.until(&tag, NOT_IMAP, |said| {
            if let Response::MailboxData(MailboxDatum::Search(numbers)) = said {
                found.extend(numbers.iter().copied());
            }
            Ok(())
        })?;
        // `n:*` names the last mail even when its number is smaller.
        found.retain(|number| *number > uid);
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The first bytes of a mail, which stays unread; none when it is gone.
    pub(super) fn head(&mut self, uid: u32, most: u32) -> Result<Option<Vec<u8>>, Unread> {
        let mut head = None;
        let tag = self.send(&format!("UID FETCH {uid} (UID BODY.PEEK[]<0.{most}>)"))?;
        self.until(&tag, NOT_IMAP, |said| {
            let Response::Fetch(_, said) = said else {
                return Ok(());
            };
            let theirs = said
                .iter()
                .any(|one| matches!(one, AttributeValue::Uid(number) if *number == uid));
            let body = said.iter().find_map(|one| match one {
                AttributeValue::BodySection {
                    section: None,
                    data: Some(bytes),
                    ..
                } => Some(bytes.to_vec()),
                _ => None,
            });
            if theirs && body.is_some() {
                head = body;
            }
            Ok(())
        })?;
        Ok(head)
    }

    /// Marks mails as read.
    pub(super) fn mark_seen(&mut self, uids: &[u32]) -> Result<(), Unread> {
        let set: Vec<String> = uids.iter().map(u32::to_string).collect();
        let tag = self.send(&format!(
            "UID STORE {} +FLAGS.SILENT (\\Seen)",
            set.join(",")
        ))?;
        self.until(&tag, Unread("read-only"), |_| Ok(()))
    }

    /// Says goodbye; nothing depends on it.
    pub(super) fn leave(mut self) {
        if let Ok(tag) = self.send("LOGOUT") {
            let _already = self.until(&tag, CUT, |_| Ok(()));
        }
    }

    fn send(&mut self, command: &str) -> Result<String, Unread> {
        self.asked += 1;
        let tag = format!("r{}", self.asked);
        self.write(&format!("{tag} {command}\r\n"))?;
        Ok(tag)
    }

    fn write(&mut self, text: &str) -> Result<(), Unread> {
        let stream = self.line.get_mut();
        let sent = stream.write_all(text.as_bytes());
        sent.and_then(|()| stream.flush()).map_err(|_| CUT)
    }

    /// Reads until the answer to a command; `refused` when the server says no to it.
    fn until(
        &mut self,
        tag: &str,
        refused: Unread,
        mut each: impl FnMut(&Response<'_>) -> Result<(), Unread>,
    ) -> Result<(), Unread> {
        for _ in 0..ANSWERS_MAX {
            let answer = self.answer()?;
            let Ok(said) = parsed(&answer) else {
                // An extension we did not ask for may say what it likes.
                if answer.starts_with(b"* ") {
                    continue;
                }
                return Err(NOT_IMAP);
            };
            match &said {
                Response::Done {
                    tag: theirs,
                    status,
                    ..
                } if theirs.0 == tag => {
                    return match status {
                        Status::Ok => Ok(()),
                        _ => Err(refused),
                    };
                }
                said => each(said)?,
            }
        }
        Err(TOO_LONG)
    }

    /// One answer: a line, and the bytes it announces, and so on to its end.
    fn answer(&mut self) -> Result<Vec<u8>, Unread> {
        let mut whole = Vec::new();
        loop {
            let start = whole.len();
            let mut line = (&mut self.line).take(LINE_MAX);
            line.read_until(b'\n', &mut whole).map_err(|_| CUT)?;
            let line = whole.get(start..).unwrap_or_default();
            if !line.ends_with(b"\n") {
                let long = line.len() as u64 >= LINE_MAX;
                return Err(if long { TOO_LONG } else { CUT });
            }
            let Some(more) = announced(line) else {
                return Ok(whole);
            };
            if more > ANSWER_MAX || whole.len() + more > ANSWER_MAX {
                return Err(TOO_LONG);
            }
            let start = whole.len();
            whole.resize(start + more, 0);
            let place = whole.get_mut(start..).unwrap_or_default();
            self.line.read_exact(place).map_err(|_| CUT)?;
        }
    }
}

/// How many bytes follow a line that ends with `{n}`.
fn announced(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"\r\n")?.strip_suffix(b"}")?;
    let open = line.iter().rposition(|byte| *byte == b'{')?;
    let digits = line.get(open + 1..)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn parsed(answer: &[u8]) -> Result<Response<'_>, Unread> {
    match imap_proto::parser::parse_response(answer) {
        Ok((_, said)) => Ok(said),
        Err(_) => Err(NOT_IMAP),
    }
}

fn connect(settings: &PostboxSettings) -> Result<TcpStream, Unread> {
    let found = (settings.host.as_str(), settings.port).to_socket_addrs();
    for address in found.map_err(|_| AWAY)? {
        if let Ok(stream) = TcpStream::connect_timeout(&address, settings.timeout) {
            let patience = Some(settings.timeout);
            stream.set_read_timeout(patience).map_err(|_| AWAY)?;
            stream.set_write_timeout(patience).map_err(|_| AWAY)?;
            stream.set_nodelay(true).map_err(|_| AWAY)?;
            return Ok(stream);
        }
    }
    Err(AWAY)
}

/// Asks for TLS on a line in clear. Nothing but the answer is read: what would come after it in
/// clear is nobody's word.
fn start_tls(plain: &mut TcpStream) -> Result<(), Unread> {
    let greeting = clear_line(plain)?;
    if !greeting.starts_with(b"* OK") {
        return Err(Unread("busy"));
    }
    plain.write_all(b"r0 STARTTLS\r\n").map_err(|_| CUT)?;
    loop {
        let line = clear_line(plain)?;
        if line.starts_with(b"* ") {
            continue;
        }
        return if line.starts_with(b"r0 OK") {
            Ok(())
        } else {
            Err(Unread("no-tls"))
        };
    }
}

fn clear_line(plain: &mut TcpStream) -> Result<Vec<u8>, Unread> {
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        let mut byte = [0];
        plain.read_exact(&mut byte).map_err(|_| CUT)?;
        line.extend(byte);
        if line.len() > 4_096 {
            return Err(TOO_LONG);
        }
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_line_is_announced_at_its_end() {
        assert_eq!(announced(b"* 1 FETCH (BODY[]<0> {12}\r\n"), Some(12));
        assert_eq!(announced(b"* OK {12} mails\r\n"), None);
        assert_eq!(announced(b"* OK {x}\r\n"), None);
        assert_eq!(announced(b"* OK {}\r\n"), None);
        assert_eq!(announced(b"* OK {99999999999999999999}\r\n"), None);
        assert_eq!(announced(b"}\r\n"), None);
    }

    #[test]
    fn an_answer_with_the_bytes_of_a_mail_is_understood() {
        let said = b"* 3 FETCH (UID 12 BODY[]<0> {5}\r\nA: b\n)\r\n";
        let Ok(Response::Fetch(3, said)) = parsed(said) else {
            panic!("not understood");
        };
        assert_eq!(said.first(), Some(&AttributeValue::Uid(12)));
        assert!(parsed(b"220 smtp\r\n").is_err());
    }
}
