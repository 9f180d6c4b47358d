//! A wire between a client and a server on the loopback, which a test can slow, stall, cut or close.
//!
//! Owns one listener and two threads per connection that carry bytes. One [`Fault`] is in force at a
//! time, for connections that live and connections to come. Chance comes from a seed: the same bytes
//! in the same pieces meet the same fate.
//! Refuses to understand what it carries: a place to cut is a number of bytes or a piece of them.

mod wire;

use self::wire::Wire;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// What the wire does to the bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Fault {
    /// Carries them.
    #[default]
    None,
    /// Closes new connections at once; those that live go on.
    Refuse,
    /// Carries nothing and closes nothing: a machine whose cable was pulled. Ends with the fault.
    Stall,
    /// Waits before each piece, up to this long, by the seed.
    Delay(Duration),
    /// Cuts a connection at one piece in so many, by the seed.
    Cut {
        /// At one in this many pieces; 1 is each.
        one_in: u64,
    },
    /// Cuts a connection once it has carried so many bytes that way since it was opened.
    CutAfterBytes(Way, u64),
    /// Cuts a connection before the end of these bytes reaches the server: what they ask for is not done.
    CutBefore(Vec<u8>),
    /// Carries these bytes to the server, and cuts when it answers, without the answer: what they ask
    /// for is done, and the client does not know.
    CutAnswer(Vec<u8>),
}

/// A direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the client.
    ToServer,
    /// From the server.
    ToClient,
}

/// How often what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Connections opened to the server.
    pub opened: u64,
    /// Connections closed at once.
    pub refused: u64,
    /// Connections cut.
    pub cut: u64,
}

/// What the threads of a proxy share.
struct Shared {
    target: SocketAddr,
    seed: u64,
    state: Mutex<State>,
    changed: Condvar,
    opened: AtomicU64,
    refused: AtomicU64,
    cut: AtomicU64,
}

struct State {
    fault: Fault,
    /// How often the fault may still cut; none is for ever.
    left: Option<u32>,
    closing: bool,
    wires: Vec<std::sync::Weak<Wire>>,
}

impl Shared {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running proxy; dropped, it cuts everything it carries.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Proxy {
    /// Listens on a free port of the loopback and carries to `target`.
    ///
    /// # Errors
    /// When the loopback has no free port.
    pub fn start(target: SocketAddr, seed: u64) -> io::Result<Proxy> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            target,
            seed,
            state: Mutex::new(State {
                fault: Fault::None,
                left: None,
                closing: false,
                wires: Vec::new(),
            }),
            changed: Condvar::new(),
            opened: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            cut: AtomicU64::new(0),
        });
        let own = Arc::clone(&shared);
        std::thread::spawn(move || listen(&listener, &own));
        Ok(Proxy { address, shared })
    }

    /// In front of a server on this port of the loopback.
    ///
    /// # Errors
    /// As [`Proxy::start`].
    pub fn before(port: u16, seed: u64) -> io::Result<Proxy> {
        Proxy::start((Ipv4Addr::LOCALHOST, port).into(), seed)
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A `scheme://user@host:port/path` address, through this proxy.
    pub fn url(&self, direct: &str) -> String {
        let host = direct.find("://").map_or(0, |at| at + 3);
        let end = direct[host..].find('/').map_or(direct.len(), |n| host + n);
        let user = direct[host..end].rfind('@').map_or(host, |n| host + n + 1);
        format!("{}{}{}", &direct[..user], self.address, &direct[end..])
    }

    /// Puts a fault in force, until another is.
    pub fn set(&self, fault: Fault) {
        self.put(fault, None);
    }

    /// Puts a fault in force until it has cut that many connections; then the wire is sound again.
    pub fn times(&self, times: u32, fault: Fault) {
        self.put(fault, Some(times));
    }

    /// Whether the fault given to [`Proxy::times`] has cut as often as it may, or none is in force.
    pub fn is_sound(&self) -> bool {
        self.shared.state().fault == Fault::None
    }

    /// Cuts every connection that lives.
    pub fn cut(&self) {
        let wires = self.shared.state().wires.clone();
        for wire in wires.iter().filter_map(std::sync::Weak::upgrade) {
            wire.cut(&self.shared);
        }
    }

    /// What happened so far.
    pub fn counts(&self) -> Counts {
        Counts {
            opened: self.shared.opened.load(Ordering::Relaxed),
            refused: self.shared.refused.load(Ordering::Relaxed),
            cut: self.shared.cut.load(Ordering::Relaxed),
        }
    }

    fn put(&self, fault: Fault, left: Option<u32>) {
        let mut state = self.shared.state();
        (state.fault, state.left) = (fault, left);
        drop(state);
        self.shared.changed.notify_all();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.state().closing = true;
        self.shared.changed.notify_all();
        self.cut();
        // Wakes the listener, which sees that it must go; already gone is as good.
        let _ = TcpStream::connect(self.address);
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut number = 0;
    for client in listener.incoming().flatten() {
        let (closing, refusing) = {
            let state = shared.state();
            (state.closing, state.fault == Fault::Refuse)
        };
        if closing {
            return;
        }
        let server = if refusing {
            None
        } else {
            TcpStream::connect(shared.target).ok()
        };
        let Some(server) = server else {
            // The client sees its connection end.
            shared.refused.fetch_add(1, Ordering::Relaxed);
            continue;
        };
        number += 1;
        shared.opened.fetch_add(1, Ordering::Relaxed);
        let Ok(wire) = Wire::new(client, server, number) else {
            continue;
        };
        let wire = Arc::new(wire);
        {
            let mut state = shared.state();
            state.wires.retain(|wire| wire.strong_count() > 0);
            state.wires.push(Arc::downgrade(&wire));
        }
        for way in [Way::ToServer, Way::ToClient] {
            let (wire, shared) = (Arc::clone(&wire), Arc::clone(shared));
            std::thread::spawn(move || wire.carry(way, &shared));
        }
    }
}
