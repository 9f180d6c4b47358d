//! The database: transactions as synchronous closures, run whole on a database thread.
//! A dropped future cannot cut one, and none can hold a network call. Refuses unbounded queues,
//! silent retries of a commit whose outcome is unknown, and SQL that is not registered.

mod address;
mod disk;
mod job;
mod listen;
mod patience;
mod postgres;
mod sqlite;
mod tx;
mod value;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::{oneshot, watch};

use self::address::Address;
pub use self::disk::Disk;
use self::job::{Job, Reply, Work};
use self::listen::Bell;
pub use self::listen::{Listener, Notice};
pub(crate) use self::tx::Turn;
pub use self::tx::Tx;
pub use self::value::{Column, Row, Value};
pub use crate::dialect::Engine;
use crate::error::{StoreError, TxError};

/// Limits of a store. The defaults suit `relais serve`.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many transactions may wait for a thread; one more is [`StoreError::Busy`].
    pub queue: usize,
    /// Threads for reads (each a connection).
    pub readers: usize,
    /// Threads for writes on PostgreSQL (each a connection). SQLite always has one.
    pub writers: usize,
    /// How many waiting transactions share one durable commit on SQLite.
    pub group: usize,
    /// How often a transaction is run before its conflict is told to the caller.
    pub attempts: u32,
    /// Longest statement.
    pub statement_timeout: Duration,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// The file layer SQLite uses, by the name it is registered under in this process: a test's disk
    /// that fails on purpose (ADR 0012). Nothing that is served sets it: the system's.
    pub vfs: Option<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            queue: 4096,
            readers: 3,
            writers: 6,
            group: 128,
            attempts: 8,
            statement_timeout: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(3),
            vfs: None,
        }
    }
}

/// A message to a database thread.
pub(crate) enum Order {
    Run(Box<dyn Job>),
    Stop,
}

/// The store's handle. Cheap to clone; the threads end with the last clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    write: Sender<Order>,
    read: Option<Sender<Order>>,
    threads: Mutex<Vec<(Lane, JoinHandle<()>)>>,
    bell: Bell,
    /// SQLite only: whether the writer gave up.
    lost: Option<watch::Receiver<bool>>,
    /// Where the embedded database lies.
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq)]
enum Lane {
    Write,
    Read,
}

impl Db {
    /// Opens `sqlite://PATH`, `sqlite::memory:` (a store of its own, gone with the handle) or
    /// `postgres://…`. Creates the SQLite file, not its directory. Does not migrate.
    ///
    /// # Errors
    /// `Unavailable` when the file or the server cannot be reached, `Schema` for an unknown URL.
    pub fn open(url: &str, options: &Options) -> Result<Db, StoreError> {
        let (write, write_orders) = bounded(options.queue);
        let mut threads = vec![];
        if let Some(place) = sqlite::place(url) {
            let bell = Bell::local();
            let writer = sqlite::Writer::open(&place, options, bell.clone())?;
            let in_memory = writer.in_memory();
            let lost = writer.lost();
            let orders = write_orders.clone();
            threads.push((
                Lane::Write,
                spawn("store-write", move || writer.run(&orders))?,
            ));
            let mut read = None;
            if !in_memory {
                let (sender, read_orders) = bounded(options.queue);
                for _ in 0..options.readers.max(1) {
                    let reader = sqlite::Reader::open(&place, options)?;
                    let orders = read_orders.clone();
                    threads.push((
                        Lane::Read,
                        spawn("store-read", move || reader.run(&orders))?,
                    ));
                }
                read = Some(sender);
            }
            let db = Db::assemble(Engine::Sqlite, write, read, threads, bell, Some(lost));
            Ok(match place {
                sqlite::Place::File(path) => db.lying_at(path.into()),
                sqlite::Place::Memory => db,
            })
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let address = Address::read(url, options)?;
            postgres::check(&address)?;
            let bell = Bell::remote(address.clone());
            let (read, read_orders) = bounded(options.queue);
            let lanes: [(Lane, usize, Receiver<Order>); 2] = [
                (Lane::Write, options.writers.max(1), write_orders),
                (Lane::Read, options.readers.max(1), read_orders),
            ];
            for (lane, count, orders) in lanes {
                for n in 0..count {
                    let read_only = lane == Lane::Read;
                    let session = postgres::Session::new(&address, options, read_only, n as u64);
                    let orders = orders.clone();
                    let name = if read_only {
                        "store-read"
                    } else {
                        "store-write"
                    };
                    threads.push((lane, spawn(name, move || session.run(&orders))?));
                }
            }
            Ok(Db::assemble(
                Engine::Postgres,
                write,
                Some(read),
                threads,
                bell,
                None,
            ))
        } else {
            Err(StoreError::Schema {
                why: "the database address starts with sqlite:// or postgres://".to_string(),
            })
        }
    }

    fn assemble(
        engine: Engine,
        write: Sender<Order>,
        read: Option<Sender<Order>>,
        threads: Vec<(Lane, JoinHandle<()>)>,
        bell: Bell,
        lost: Option<watch::Receiver<bool>>,
    ) -> Db {
        Db {
            inner: Arc::new(Inner {
                engine,
                write,
                read,
                threads: Mutex::new(threads),
                bell,
                lost,
                file: None,
            }),
        }
    }

    /// The same, whose file is known. To be called before the first clone.
    fn lying_at(mut self, file: PathBuf) -> Db {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.file = Some(file);
        }
        self
    }

    /// Room left where the embedded database lies; `None` for one in memory or on a server.
    ///
    /// # Errors
    /// `Unavailable` when the file system does not say.
    pub fn disk(&self) -> Result<Option<Disk>, StoreError> {
        self.inner.file.as_deref().map(disk::of).transpose()
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// Runs a transaction that may change rows; answers once it is durable.
    ///
    /// The closure may run several times (see [`TxError`]); an error from it rolls everything back.
    pub async fn write<T, E, F>(&self, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: TxError,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Lane::Write, run, to_a_task(reply))?;
        heard(answer).await
    }

    /// Runs a transaction that only reads, on one consistent state.
    pub async fn read<T, E, F>(&self, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: TxError,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Lane::Read, run, to_a_task(reply))?;
        heard(answer).await
    }

    /// [`Db::write`] for a thread that may wait: the command line, tests, the simulator.
    pub fn write_blocking<T, E, F>(&self, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: TxError,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = bounded(1);
        self.enqueue(Lane::Write, run, to_a_thread(reply))?;
        taken(&answer)
    }

    /// [`Db::read`] for a thread that may wait.
    pub fn read_blocking<T, E, F>(&self, run: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: TxError,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = bounded(1);
        self.enqueue(Lane::Read, run, to_a_thread(reply))?;
        taken(&answer)
    }

    /// The wake-ups sent by [`Tx::notify`] from now on, on every node (PostgreSQL) or this process (SQLite).
    /// They only lower latency: whoever listens also looks by itself from time to time.
    pub fn listen(&self) -> Listener {
        self.inner.bell.listen()
    }

    /// Whether the disk failed during a commit, so that nothing more is written: reads go on, writes
    /// answer `Unavailable`, and only a new process may try again.
    pub fn is_lost(&self) -> bool {
        self.inner.lost.as_ref().is_some_and(|lost| *lost.borrow())
    }

    /// Answers when [`Db::is_lost`] becomes true: whoever serves ends the process then.
    pub async fn until_lost(&self) {
        if let Some(mut lost) = self.inner.lost.clone()
            && lost.wait_for(|lost| *lost).await.is_ok()
        {
            return;
        }
        // A writer that was closed, or PostgreSQL's, is never lost.
        std::future::pending::<()>().await;
    }

    /// How many transactions wait for a thread: writes, reads.
    pub fn waiting(&self) -> (usize, usize) {
        (
            self.inner.write.len(),
            self.inner.read.as_ref().map_or(0, Sender::len),
        )
    }

    /// Finishes what waits, then stops the threads and closes the connections. Later calls answer `Stopped`.
    pub fn close(&self) {
        let threads = {
            let mut held = self.inner.threads.lock().unwrap_or_else(|e| e.into_inner());
            std::mem::take(&mut *held)
        };
        for (lane, _) in &threads {
            let queue = match lane {
                Lane::Write => Some(&self.inner.write),
                Lane::Read => self.inner.read.as_ref(),
            };
            // A closed queue means the thread is gone already.
            let _ = queue.map(|q| q.send(Order::Stop));
        }
        for (_, thread) in threads {
            if thread.join().is_err() {
                tracing::error!("a database thread ended with a panic");
            }
        }
        self.inner.bell.close();
    }

    /// Asks a thread to run it. There is one of these for each closure of the application: what does not depend on the
    /// closure stands apart, so that the compiler writes it once for each answer.
    fn enqueue<T, E, F>(&self, lane: Lane, run: F, reply: Reply<T, E>) -> Result<(), E>
    where
        T: Send + 'static,
        E: TxError,
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (queue, confined) = self.queue(lane);
        let work = Work {
            run,
            confined,
            answer: None,
            reply,
        };
        send(queue, Box::new(work)).map_err(E::from)
    }

    /// Whom to ask, and whether it must be kept from writing: an in-memory store reads on its only connection.
    fn queue(&self, lane: Lane) -> (&Sender<Order>, bool) {
        match (lane, &self.inner.read) {
            (Lane::Write, _) => (&self.inner.write, false),
            (Lane::Read, Some(queue)) => (queue, false),
            (Lane::Read, None) => (&self.inner.write, true),
        }
    }
}

fn send(queue: &Sender<Order>, job: Box<dyn Job>) -> Result<(), StoreError> {
    queue.try_send(Order::Run(job)).map_err(|e| match e {
        TrySendError::Full(_) => StoreError::Busy,
        TrySendError::Disconnected(_) => StoreError::Stopped,
    })
}

// Whoever asked may be gone when the answer comes: the transaction stands all the same.

fn to_a_task<T: Send + 'static, E: TxError>(to: oneshot::Sender<Result<T, E>>) -> Reply<T, E> {
    Box::new(move |answer| drop(to.send(answer)))
}

fn to_a_thread<T: Send + 'static, E: TxError>(to: Sender<Result<T, E>>) -> Reply<T, E> {
    Box::new(move |answer| drop(to.send(answer)))
}

async fn heard<T, E: TxError>(answer: oneshot::Receiver<Result<T, E>>) -> Result<T, E> {
    answer
        .await
        .unwrap_or_else(|_| Err(E::from(StoreError::Stopped)))
}

fn taken<T, E: TxError>(answer: &Receiver<Result<T, E>>) -> Result<T, E> {
    answer
        .recv()
        .unwrap_or_else(|_| Err(E::from(StoreError::Stopped)))
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new()
        .name(name.to_string())
        .spawn(run)
        .map_err(|e| StoreError::Unavailable { why: e.to_string() })
}
