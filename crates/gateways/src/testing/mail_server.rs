//! A mail server that takes mails, or answers what the test says at a step: in clear, or after
//! STARTTLS as the test's own certificates say.

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What is said instead of yes: an answer, or nothing and the line is cut.
type Says = Option<&'static str>;

#[derive(Default)]
struct State {
    says: BTreeMap<&'static str, Says>,
    mails: Vec<String>,
    open: Vec<TcpStream>,
    stopped: bool,
}

/// The server: listens on a free port of this machine until dropped.
pub struct MailServer {
    state: Arc<Mutex<State>>,
    address: SocketAddr,
}

fn held(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MailServer {
    /// Starts one that takes everything.
    ///
    /// # Panics
    /// Without a free port.
    pub fn start() -> Self {
        Self::listen(None)
    }

    /// Starts one that takes nothing before TLS by this configuration.
    ///
    /// # Panics
    /// Without a free port.
    pub fn start_tls(config: Arc<ServerConfig>) -> Self {
        Self::listen(Some(config))
    }

    fn listen(tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0));
        let listener = listener.unwrap_or_else(|error| panic!("no free port: {error}"));
        let address = listener
            .local_addr()
            .unwrap_or_else(|error| panic!("no address: {error}"));
        let state = Arc::new(Mutex::new(State::default()));
        let inside = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if held(&inside).stopped {
                    return;
                }
                if let Ok(twin) = stream.try_clone() {
                    held(&inside).open.push(twin);
                }
                let (state, tls) = (Arc::clone(&inside), tls.clone());
                thread::spawn(move || {
                    let _ended = converse(&state, stream, tls);
                });
            }
        });
        Self { state, address }
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// From now on a step (`RCPT`, `DATA`, `.` for the end of a mail) is answered this; `None` cuts
    /// the line after having taken what was said.
    pub fn say(&self, step: &'static str, answer: Says) {
        held(&self.state).says.insert(step, answer);
    }

    /// Says yes to everything again.
    pub fn behave(&self) {
        held(&self.state).says.clear();
    }

    /// Every mail taken, as it arrived.
    #[must_use]
    pub fn mails(&self) -> Vec<String> {
        held(&self.state).mails.clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        {
            let mut state = held(&self.state);
            state.stopped = true;
            for stream in state.open.drain(..) {
                let _closed = stream.shutdown(Shutdown::Both);
            }
        }
        // Wakes the listener so that it sees that it is over.
        let _woken = TcpStream::connect(self.address);
    }
}

/// How a conversation ended.
enum Ended {
    Over,
    StartTls,
}

fn converse(
    state: &Mutex<State>,
    stream: TcpStream,
    tls: Option<Arc<ServerConfig>>,
) -> std::io::Result<()> {
    let twin = stream.try_clone()?;
    let mut plain = BufReader::new(stream);
    plain.get_mut().write_all(b"220 test ESMTP\r\n")?;
    let done = talk(state, &mut plain, tls.is_some()).and_then(|ended| match (ended, tls) {
        (Ended::StartTls, Some(config)) => {
            let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
            let inside = StreamOwned::new(connection, plain.into_inner());
            talk(state, &mut BufReader::new(inside), false).map(drop)
        }
        _ => Ok(()),
    });
    // Cut for whoever listens too: a twin of the line is kept by the server.
    let _cut = twin.shutdown(Shutdown::Both);
    done
}

fn talk<S: Read + Write>(
    state: &Mutex<State>,
    reader: &mut BufReader<S>,
    tls_first: bool,
) -> std::io::Result<Ended> {
    let mut mail: Option<String> = None;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(Ended::Over);
        }
        let step = match (&mut mail, line.as_str()) {
            (Some(_), ".\r\n") => ".",
            (Some(text), line) => {
                text.push_str(line);
                continue;
            }
            (None, "STARTTLS\r\n") if tls_first => {
                reader.get_mut().write_all(b"220 go on\r\n")?;
                return Ok(Ended::StartTls);
            }
            (None, line) => line.get(..4).unwrap_or_default().trim_end(),
        };
        let said = held(state).says.get(step).copied();
        if step == "." {
            let text = mail.take().unwrap_or_default();
            if said.is_none_or(|answer| answer.is_none()) {
                held(state).mails.push(text);
            }
        }
        let answer = match said {
            Some(None) => return Ok(Ended::Over),
            Some(Some(answer)) => answer,
            None => match step {
                "EHLO" if tls_first => "250-test\r\n250 STARTTLS",
                "EHLO" => "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
                "MAIL" if tls_first => "530 must issue a STARTTLS command first",
                "AUTH" => "235 welcome",
                "DATA" => {
                    mail = Some(String::new());
                    "354 go on"
                }
                "QUIT" => "221 bye",
                _ => "250 ok",
            },
        };
        reader
            .get_mut()
            .write_all(format!("{answer}\r\n").as_bytes())?;
        reader.get_mut().flush()?;
    }
}
