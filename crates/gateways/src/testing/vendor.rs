//! A vendor's own API over HTTP: it notes each request whole and answers what the test says.

use super::wire::{Raw, Reply};
use std::io::BufReader;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

type Answers = dyn Fn(&Raw) -> Option<Reply> + Send + Sync;

struct Shared {
    answers: Mutex<Box<Answers>>,
    seen: Mutex<Vec<Raw>>,
    open: Mutex<Vec<TcpStream>>,
    stopped: Mutex<bool>,
}

/// The vendor: listens on a free port of this machine until dropped.
pub struct Vendor {
    shared: Arc<Shared>,
    address: SocketAddr,
}

impl Vendor {
    /// Starts one. `answers` says what each request gets; `None` cuts the connection.
    ///
    /// # Panics
    /// Without a free port.
    pub fn start(answers: impl Fn(&Raw) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0));
        let listener = listener.unwrap_or_else(|error| panic!("no free port: {error}"));
        let address = listener
            .local_addr()
            .unwrap_or_else(|error| panic!("no address: {error}"));
        let shared = Arc::new(Shared {
            answers: Mutex::new(Box::new(answers)),
            seen: Mutex::default(),
            open: Mutex::default(),
            stopped: Mutex::new(false),
        });
        let inside = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if *held(&inside.stopped) {
                    return;
                }
                if let Ok(twin) = stream.try_clone() {
                    held(&inside.open).push(twin);
                }
                let shared = Arc::clone(&inside);
                thread::spawn(move || {
                    let _ended = serve(&shared, stream);
                });
            }
        });
        Self { shared, address }
    }

    /// From now on, this is what requests get.
    pub fn answer(&self, answers: impl Fn(&Raw) -> Option<Reply> + Send + Sync + 'static) {
        *held(&self.shared.answers) = Box::new(answers);
    }

    /// Its address, without a path.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far.
    #[must_use]
    pub fn seen(&self) -> Vec<Raw> {
        held(&self.shared.seen).clone()
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        *held(&self.shared.stopped) = true;
        for stream in held(&self.shared.open).drain(..) {
            let _closed = stream.shutdown(Shutdown::Both);
        }
        // Wakes the listener so that it sees that it is over.
        let _woken = TcpStream::connect(self.address);
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(shared: &Shared, stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut out = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some(raw) = Raw::read(&mut reader)? {
        let reply = (held(&shared.answers))(&raw);
        held(&shared.seen).push(raw);
        match reply {
            Some(reply) => reply.write(&mut out)?,
            None => return out.shutdown(Shutdown::Both),
        }
    }
    Ok(())
}
