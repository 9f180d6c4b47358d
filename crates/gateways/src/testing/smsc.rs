//! A message centre that speaks SMPP as told: takes messages, refuses, says nothing, cuts the line, brings
//! receipts and answers. It shares the wire of the provider; an independent one is met by the browser tests.

use crate::sms::smpp::pdu::{Fields, Pdu, Place, Short, command};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How often it looks whether there is something to bring.
const LOOK: Duration = Duration::from_millis(10);

/// What a submitted message gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// A number.
    Take,
    /// This status.
    Refuse(u32),
    /// A number for the first ones, then this status.
    TakeThenRefuse(usize, u32),
    /// No answer to anything.
    Silent,
    /// The line is cut once the message has arrived.
    Cut,
    /// No session: this status.
    NoBind(u32),
}

/// A message as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// Type of number, and sender.
    pub from: (u8, String),
    /// Type of number, and receiver.
    pub to: (u8, String),
    /// `esm_class`.
    pub class: u8,
    /// Whether a receipt is asked for.
    pub receipt: bool,
    /// `data_coding`.
    pub coding: u8,
    /// `validity_period`.
    pub validity: String,
    /// Its bytes, header included.
    pub text: Vec<u8>,
}

struct State {
    manner: Manner,
    taken: Vec<Submitted>,
    next: u64,
    binds: usize,
    questions: usize,
    bring: VecDeque<Vec<u8>>,
    brought: u32,
    answered: Vec<u32>,
    open: Vec<TcpStream>,
    stopped: bool,
}

/// The centre: listens on a free port of this machine until dropped.
pub struct Smsc {
    state: Arc<Mutex<State>>,
    address: SocketAddr,
}

fn held(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Smsc {
    /// Starts one that takes everything.
    ///
    /// # Panics
    /// Without a free port.
    #[must_use]
    pub fn start() -> Self {
        Self::listen(None)
    }

    /// The same, under TLS.
    ///
    /// # Panics
    /// Without a free port.
    #[must_use]
    pub fn start_tls(config: Arc<ServerConfig>) -> Self {
        Self::listen(Some(config))
    }

    fn listen(tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0));
        let listener = listener.unwrap_or_else(|error| panic!("no free port: {error}"));
        let address = listener
            .local_addr()
            .unwrap_or_else(|error| panic!("no address: {error}"));
        let state = Arc::new(Mutex::new(State {
            manner: Manner::Take,
            taken: Vec::new(),
            next: 0x7F00,
            binds: 0,
            questions: 0,
            bring: VecDeque::new(),
            brought: 0,
            answered: Vec::new(),
            open: Vec::new(),
            stopped: false,
        }));
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
                    let twin = stream.try_clone();
                    let _ended = converse(&state, stream, tls);
                    if let Ok(twin) = twin {
                        let _cut = twin.shutdown(Shutdown::Both);
                    }
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

    /// From now on.
    pub fn behave(&self, manner: Manner) {
        held(&self.state).manner = manner;
    }

    /// Cuts every line; they may come again.
    pub fn cut(&self) {
        for stream in held(&self.state).open.drain(..) {
            let _cut = stream.shutdown(Shutdown::Both);
        }
    }

    /// Every message that arrived.
    #[must_use]
    pub fn taken(&self) -> Vec<Submitted> {
        held(&self.state).taken.clone()
    }

    /// How often somebody bound.
    #[must_use]
    pub fn binds(&self) -> usize {
        held(&self.state).binds
    }

    /// How often it was asked whether it is there.
    #[must_use]
    pub fn questions(&self) -> usize {
        held(&self.state).questions
    }

    /// The statuses what it brought was answered with.
    #[must_use]
    pub fn answered(&self) -> Vec<u32> {
        held(&self.state).answered.clone()
    }

    /// Waits until something holds of it.
    ///
    /// # Panics
    /// After ten seconds, by its name.
    pub fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        for _ in 0..500 {
            if holds(self) {
                return;
            }
            thread::park_timeout(Duration::from_millis(20));
        }
        panic!("never: {what}");
    }

    /// Brings a receipt for a number it gave.
    pub fn receipt(&self, reference: &str, word: &str) {
        let text = format!(
            "id:{reference} sub:001 dlvrd:001 submit date:2611201213 done date:2611201214 stat:{word} err:000 text:"
        );
        self.bring("+33639980001", 4, text.as_bytes());
    }

    /// Brings what somebody wrote, in the network's own alphabet.
    pub fn say(&self, from: &str, text: &[u8]) {
        self.bring(from, 0, text);
    }

    fn bring(&self, from: &str, class: u8, text: &[u8]) {
        let short = Short {
            from: Place::of(from),
            to: Place::of("38000"),
            esm_class: class,
            priority: 0,
            validity: String::new(),
            receipt: 0,
            coding: 0,
            text: text.to_vec(),
            optional: Vec::new(),
        };
        let mut state = held(&self.state);
        state.brought += 1;
        let pdu = Pdu::ask(command::DELIVER_SM, state.brought, short.encode());
        state.bring.push_back(pdu.encode());
    }
}

impl Drop for Smsc {
    fn drop(&mut self) {
        held(&self.state).stopped = true;
        self.cut();
        // Wakes the listener so that it sees that it is over.
        let _woken = TcpStream::connect(self.address);
    }
}

fn converse(
    state: &Mutex<State>,
    stream: TcpStream,
    tls: Option<Arc<ServerConfig>>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    match tls {
        None => {
            stream.set_read_timeout(Some(LOOK))?;
            talk(state, stream)
        }
        Some(config) => {
            let mut stream = stream;
            let mut connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
            while connection.is_handshaking() {
                connection.complete_io(&mut stream)?;
            }
            stream.set_read_timeout(Some(LOOK))?;
            talk(state, StreamOwned::new(connection, stream))
        }
    }
}

fn talk<S: Read + Write>(state: &Mutex<State>, mut stream: S) -> std::io::Result<()> {
    let (mut buffer, mut raw, mut bound) = (Vec::new(), [0; 4_096], false);
    loop {
        match stream.read(&mut raw) {
            Ok(0) => return Ok(()),
            Ok(count) => buffer.extend(raw.iter().take(count)),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
        // In one piece: a centre may bring what it kept with the very answer to the bind.
        let mut said = Vec::new();
        while let Ok(Some(pdu)) = Pdu::take(&mut buffer) {
            bound |= pdu.command == command::BIND_TRANSCEIVER;
            for answer in hear(state, &pdu)? {
                said.extend(answer.encode());
            }
        }
        // What is to be brought waits for somebody who is bound.
        let next = bound.then(|| held(state).bring.pop_front()).flatten();
        said.extend(next.unwrap_or_default());
        stream.write_all(&said)?;
        stream.flush()?;
    }
}

/// What a PDU gets; an error cuts the line.
fn hear(state: &Mutex<State>, pdu: &Pdu) -> std::io::Result<Vec<Pdu>> {
    let mut state = held(state);
    let text = |text: &str| Fields::default().text(text, 65).end();
    Ok(match (pdu.command, state.manner) {
        (command::BIND_TRANSCEIVER, Manner::NoBind(status)) => vec![pdu.answer(status)],
        (_, Manner::Silent) if pdu.command != command::BIND_TRANSCEIVER => Vec::new(),
        (command::BIND_TRANSCEIVER, _) => {
            state.binds += 1;
            let mut answer = pdu.answer(0);
            answer.body = text("test");
            vec![answer]
        }
        (command::ENQUIRE_LINK, _) => {
            state.questions += 1;
            vec![pdu.answer(0)]
        }
        (command::SUBMIT_SM, manner) => {
            let Some(short) = Short::read(&pdu.body) else {
                return Ok(vec![pdu.answer(1)]);
            };
            let refused = match manner {
                Manner::Refuse(status) => Some(status),
                Manner::TakeThenRefuse(count, status) if state.taken.len() >= count => Some(status),
                _ => None,
            };
            if let Some(status) = refused {
                return Ok(vec![pdu.answer(status)]);
            }
            state.taken.push(Submitted {
                from: (short.from.ton, short.from.address),
                to: (short.to.ton, short.to.address),
                class: short.esm_class,
                receipt: short.receipt == 1,
                coding: short.coding,
                validity: short.validity,
                text: short.text,
            });
            if manner == Manner::Cut {
                return Err(ErrorKind::ConnectionAborted.into());
            }
            let mut answer = pdu.answer(0);
            answer.body = text(&format!("{:x}", state.next));
            state.next += 1;
            vec![answer]
        }
        (known, _) if known == command::DELIVER_SM | command::ANSWER => {
            state.answered.push(pdu.status);
            Vec::new()
        }
        (command::UNBIND, _) => vec![pdu.answer(0)],
        _ => Vec::new(),
    })
}
