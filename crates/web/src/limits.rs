//! How much one caller may ask in a short time. A patient's request is never slowed for it: the
//! limits are far above what a person, a practice or a well-behaved program does. Owns the figures,
//! for an address and for the blocks of addresses around it (ADR 0048); refuses to count a neighbour
//! for what was refused to somebody else.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::caller::{Address, Ring};

/// The limits of the process.
#[derive(Clone, Debug)]
pub struct Limits {
    people: Arc<Counted>,
    doors: Arc<Door>,
    browsers: Arc<Counted>,
    questions: Arc<Door>,
    answers: Arc<Door>,
    forms: Arc<Door>,
    signups: Arc<Door>,
    steps: Arc<Door>,
}

const fn n(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).expect("a limit is not zero")
}

/// Requests a second from one account, and how many at once.
const PER_SECOND: NonZeroU32 = n(50);
const AT_ONCE: NonZeroU32 = n(300);
/// Sign-in attempts a minute from one address, and how many at once; as many questions to a key.
const DOOR_PER_MINUTE: NonZeroU32 = n(30);
/// Answers to the public form a minute from one address: many phones may share one.
const ANSWERS_PER_MINUTE: NonZeroU32 = n(120);
/// Public forms begun or sent an hour from one address, and how many at once.
const FORMS_PER_HOUR: NonZeroU32 = n(30);
const FORMS_AT_ONCE: NonZeroU32 = n(20);

impl Ring {
    /// How many times what one address may do, all those of the ring may do together. A line (/56) is
    /// one household or practice with several networks. A site (/48, or /24 in IPv4) is a hospital, or
    /// some ten thousand mobile phones: 600 forms an hour and 600 sign-ins a minute are ten times a
    /// bad hour of a whole territory.
    const fn times(self) -> NonZeroU32 {
        match self {
            Self::Home => n(1),
            Self::Line => n(2),
            Self::Site => n(20),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let door = Quota::per_minute(DOOR_PER_MINUTE);
        let answers = Quota::per_minute(ANSWERS_PER_MINUTE);
        let forms = Quota::per_hour(FORMS_PER_HOUR).allow_burst(FORMS_AT_ONCE);
        let people = Quota::per_second(PER_SECOND).allow_burst(AT_ONCE);
        // Each is counted apart: none uses up another's.
        Self {
            people: Arc::new(Counted::new(people)),
            doors: Arc::new(Door::new(door)),
            browsers: Arc::new(Counted::new(door)),
            questions: Arc::new(Door::new(door)),
            answers: Arc::new(Door::new(answers)),
            forms: Arc::new(Door::new(forms)),
            signups: Arc::new(Door::new(forms)),
            steps: Arc::new(Door::new(answers)),
        }
    }
}

impl Limits {
    /// Whether an account may ask once more; otherwise how long to wait.
    ///
    /// # Errors
    /// The time to wait before trying again.
    pub fn person(&self, key: &str) -> Result<(), Duration> {
        self.people.check(key)
    }

    /// Whether an address may try to sign in once more; otherwise how long to wait.
    ///
    /// # Errors
    /// The time to wait before trying again.
    pub fn door(&self, from: &Address) -> Result<(), Duration> {
        self.doors.check(from)
    }

    /// Whether a browser that was let in before may try to sign in once more, wherever it is; otherwise how long to
    /// wait.
    ///
    /// # Errors
    /// The time to wait before trying again.
    pub fn browser(&self, key: &str) -> Result<(), Duration> {
        self.browsers.check(key)
    }

    /// Whether an address may ask for one more question to a key; otherwise how long to wait.
    ///
    /// # Errors
    /// The time to wait before trying again.
    pub fn question(&self, from: &Address) -> Result<(), Duration> {
        self.questions.check(from)
    }

    /// Whether an address may answer the public form once more; otherwise how long to wait.
    ///
    /// # Errors
    /// The time to wait before trying again.
    pub fn answer(&self, from: &Address) -> Result<(), Duration> {
        self.answers.check(from)
    }

    /// Whether an address may begin or send one more public form; otherwise how long to wait.
    ///
    /// # Errors
    /// The time to wait before trying again.
    pub fn form(&self, from: &Address) -> Result<(), Duration> {
        self.forms.check(from)
    }

    /// Whether an address may begin one more sign-up; otherwise how long to wait.
    ///
    /// # Errors
    /// The time to wait before trying again.
    pub fn signup(&self, from: &Address) -> Result<(), Duration> {
        self.signups.check(from)
    }

    /// Whether an address may send one more step of a sign-up; otherwise how long to wait.
    ///
    /// # Errors
    /// The time to wait before trying again.
    pub fn signup_step(&self, from: &Address) -> Result<(), Duration> {
        self.steps.check(from)
    }

    /// How many were refused since the start, by door and by ring.
    pub fn refused(&self) -> impl Iterator<Item = (&'static str, Ring, u64)> {
        let doors = [
            ("answer", &self.answers),
            ("form", &self.forms),
            ("question", &self.questions),
            ("sign-in", &self.doors),
            ("sign-up", &self.signups),
            ("sign-up-step", &self.steps),
        ];
        doors.into_iter().flat_map(|(name, door)| {
            let rings = Ring::ALL.into_iter().zip(&door.rings);
            rings.map(move |(ring, counted)| (name, ring, counted.refused.load(Ordering::Relaxed)))
        })
    }
}

/// One errand: a count for the address, then for each block around it.
#[derive(Debug)]
struct Door {
    rings: [Counted; 3],
}

impl Door {
    fn new(quota: Quota) -> Self {
        let widened = |ring: Ring| {
            let burst = quota.burst_size().saturating_mul(ring.times());
            let every = quota.replenish_interval() / ring.times().get();
            let wide = Quota::with_period(every).expect("a positive interval");
            Counted::new(wide.allow_burst(burst))
        };
        Self {
            rings: Ring::ALL.map(widened),
        }
    }

    /// From the narrowest: what is refused to one address is not counted for those around it.
    fn check(&self, from: &Address) -> Result<(), Duration> {
        for (ring, counted) in Ring::ALL.into_iter().zip(&self.rings) {
            if let Some(key) = from.ring(ring) {
                counted.check(key)?;
            }
        }
        Ok(())
    }
}

/// Callers remembered before those who have been quiet are forgotten.
const REMEMBERED: usize = 20_000;

#[derive(Debug)]
struct Counted {
    limiter: DefaultKeyedRateLimiter<String>,
    /// How many are remembered when the quiet ones are looked for next: a crowd that is not quiet is
    /// not gone through again at each step.
    sweep_at: AtomicUsize,
    refused: AtomicU64,
}

impl Counted {
    fn new(quota: Quota) -> Self {
        Self {
            limiter: RateLimiter::keyed(quota),
            sweep_at: AtomicUsize::new(REMEMBERED),
            refused: AtomicU64::new(0),
        }
    }

    fn check(&self, key: &str) -> Result<(), Duration> {
        use governor::clock::Clock as _;
        if self.limiter.len() > self.sweep_at.load(Ordering::Relaxed) {
            self.limiter.retain_recent();
            let next = self.limiter.len().saturating_mul(2).max(REMEMBERED);
            self.sweep_at.store(next, Ordering::Relaxed);
        }
        self.limiter.check_key(&key.to_owned()).map_err(|wait| {
            self.refused.fetch_add(1, Ordering::Relaxed);
            wait.wait_time_from(self.limiter.clock().now())
                .max(Duration::from_secs(1))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ip: &str) -> Address {
        Address::of(ip.parse().unwrap())
    }

    fn passes(limits: &Limits, times: usize, ip: impl Fn(usize) -> String) -> usize {
        (0..times)
            .filter(|n| limits.form(&at(&ip(*n))).is_ok())
            .count()
    }

    #[test]
    fn a_hammer_is_stopped_and_its_neighbour_is_not() {
        let limits = Limits::default();
        let refused = (0..100)
            .filter(|_| limits.door(&at("198.51.100.7")).is_err())
            .count();
        assert!(refused >= 60, "{refused}");
        assert!(limits.door(&at("198.51.100.8")).is_ok());
        assert!(limits.person("usr_1").is_ok());
        let told = limits
            .refused()
            .find(|(door, ring, _)| *door == "sign-in" && *ring == Ring::Home);
        assert_eq!(told.unwrap().2, u64::try_from(refused).unwrap());
    }

    #[test]
    fn blocks_of_addresses_have_limits_that_grow_with_them() {
        let limits = Limits::default();
        // A home, then the homes of its line, then the lines of its site, each from a fresh address.
        assert_eq!(passes(&limits, 60, |_| "2001:db8:1:100::7".to_owned()), 20);
        let line = passes(&limits, 60, |n| format!("2001:db8:2:1{n:02x}::7"));
        assert_eq!(line, 40);
        let site = passes(&limits, 1_000, |n| {
            format!("2001:db8:3:{:x}::7", n << 8 >> 2)
        });
        assert_eq!(site, 400);
        assert_eq!(
            passes(&limits, 1_000, |n| format!("192.0.2.{}", n % 256)),
            400
        );
        // Nobody else is kept out by any of them.
        assert!(limits.form(&at("2001:db8:4::1")).is_ok());
        assert!(limits.form(&at("198.51.100.7")).is_ok());
    }

    #[test]
    fn what_is_refused_to_one_address_is_not_counted_for_its_neighbours() {
        let limits = Limits::default();
        assert_eq!(passes(&limits, 5_000, |_| "2001:db8:1:2::7".to_owned()), 20);
        assert!(limits.form(&at("2001:db8:1:3::7")).is_ok(), "same line");
        assert!(limits.form(&at("2001:db8:1:ff00::7")).is_ok(), "same site");
    }

    #[test]
    fn a_crowd_larger_than_the_memory_is_swept_now_and_then_only() {
        let counted = Counted::new(Quota::per_hour(n(1)));
        for n in 0..2 * REMEMBERED + 2 {
            counted.check(&n.to_string()).unwrap();
        }
        let next = counted.sweep_at.load(Ordering::Relaxed);
        assert!(next > 2 * REMEMBERED, "{next}: nobody was quiet");
    }
}
