//! One connection through the proxy: bytes read on one side, what the fault in force says of them,
//! bytes written on the other.

use super::{Fault, Shared, Way};
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Most bytes carried at once.
const PIECE: usize = 16 * 1024;

pub(super) struct Wire {
    client: TcpStream,
    server: TcpStream,
    number: u64,
    gone: AtomicBool,
    /// The server has what it was to be asked; its answer must not pass.
    asked: AtomicBool,
}

/// What becomes of a piece.
enum Fate {
    Pass,
    Cut,
}

impl Wire {
    pub(super) fn new(client: TcpStream, server: TcpStream, number: u64) -> io::Result<Wire> {
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        Ok(Wire {
            client,
            server,
            number,
            gone: AtomicBool::new(false),
            asked: AtomicBool::new(false),
        })
    }

    /// Ends both sides. Counted once.
    pub(super) fn cut(&self, shared: &Shared) {
        if !self.gone.swap(true, Ordering::SeqCst) {
            shared.cut.fetch_add(1, Ordering::Relaxed);
        }
        self.close();
        // A thread that waits in a stall looks again.
        shared.changed.notify_all();
    }

    fn close(&self) {
        // Closed already by the other end is as good.
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }

    /// Carries one way until either side ends.
    pub(super) fn carry(&self, way: Way, shared: &Shared) {
        let (mut from, mut to) = match way {
            Way::ToServer => (&self.client, &self.server),
            Way::ToClient => (&self.server, &self.client),
        };
        let mut chance = Chance::new(shared.seed, self.number, way);
        let mut carried = 0;
        // The last bytes that passed: what is looked for may begin in one piece and end in the next.
        let mut tail = Vec::new();
        let mut piece = vec![0; PIECE];
        while let Ok(read @ 1..) = from.read(&mut piece) {
            let fate = self.fate(
                way,
                shared,
                &mut chance,
                &mut carried,
                &mut tail,
                &piece[..read],
            );
            if matches!(fate, Fate::Cut) {
                return self.cut(shared);
            }
            if to.write_all(&piece[..read]).is_err() {
                break;
            }
        }
        // One side ended by itself: the other is told, and may still have something to say.
        self.gone.store(true, Ordering::SeqCst);
        let _ = to.shutdown(Shutdown::Write);
        let _ = from.shutdown(Shutdown::Read);
    }

    fn fate(
        &self,
        way: Way,
        shared: &Shared,
        chance: &mut Chance,
        carried: &mut u64,
        tail: &mut Vec<u8>,
        piece: &[u8],
    ) -> Fate {
        let mut state = shared.state();
        while state.fault == Fault::Stall && !state.closing && !self.gone.load(Ordering::SeqCst) {
            state = shared
                .changed
                .wait(state)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        if way == Way::ToClient && self.asked.load(Ordering::SeqCst) {
            return Fate::Cut;
        }
        *carried += piece.len() as u64;
        let cut = match &state.fault {
            Fault::None | Fault::Refuse | Fault::Stall => false,
            Fault::Delay(most) => {
                let wait = Duration::from_micros(
                    chance.below(u64::try_from(most.as_micros()).unwrap_or(u64::MAX).max(1)),
                );
                // Lets go of the state meanwhile, and of the wait when the fault changes.
                let _ = shared.changed.wait_timeout(state, wait);
                return Fate::Pass;
            }
            Fault::Cut { one_in } => chance.below((*one_in).max(1)) == 0,
            Fault::CutAfterBytes(of, bytes) => *of == way && *carried >= *bytes,
            Fault::CutBefore(wanted) => way == Way::ToServer && passes(wanted, tail, piece),
            Fault::CutAnswer(wanted) => {
                if way == Way::ToServer && passes(wanted, tail, piece) {
                    if !spend(&mut state) {
                        return Fate::Pass;
                    }
                    self.asked.store(true, Ordering::SeqCst);
                }
                return Fate::Pass;
            }
        };
        if cut && spend(&mut state) {
            Fate::Cut
        } else {
            Fate::Pass
        }
    }
}

/// Takes one of the times a fault may still happen; the last one makes the wire sound.
fn spend(state: &mut super::State) -> bool {
    match &mut state.left {
        None => true,
        Some(0) => false,
        Some(left) => {
            *left -= 1;
            if *left == 0 {
                (state.fault, state.left) = (Fault::None, None);
            }
            true
        }
    }
}

/// Whether the end of `wanted` is in this piece; keeps what the next piece may need.
fn passes(wanted: &[u8], tail: &mut Vec<u8>, piece: &[u8]) -> bool {
    tail.extend_from_slice(piece);
    let found = !wanted.is_empty() && tail.windows(wanted.len()).any(|bytes| bytes == wanted);
    let keep = wanted.len().saturating_sub(1);
    tail.drain(..tail.len().saturating_sub(keep));
    found
}

/// Seeded chance of one direction of one connection (splitmix64).
struct Chance(u64);

impl Chance {
    fn new(seed: u64, number: u64, way: Way) -> Chance {
        let way = u64::from(way == Way::ToClient);
        Chance(seed ^ (number << 1 | way).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_is_found_over_the_edge_of_two_pieces() {
        let mut tail = Vec::new();
        assert!(!passes(b"COMMIT\0", &mut tail, b"Q\0\0\0\x0bCOM"));
        assert!(passes(b"COMMIT\0", &mut tail, b"MIT\0"));
        assert!(!passes(b"COMMIT\0", &mut tail, b"BEGIN\0"), "counted twice");
    }

    #[test]
    fn the_same_seed_gives_the_same_chance() {
        let draw = |seed, number, way| {
            let mut chance = Chance::new(seed, number, way);
            (0..8).map(|_| chance.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7, 1, Way::ToServer), draw(7, 1, Way::ToServer));
        assert_ne!(draw(7, 1, Way::ToServer), draw(7, 1, Way::ToClient));
        assert_ne!(draw(7, 1, Way::ToServer), draw(8, 1, Way::ToServer));
    }
}
