//! How much one caller may ask in a short time. A patient's request is never slowed for it: the
//! limits are far above what a person or a well-behaved program does.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// The limits of the process.
#[derive(Clone, Debug)]
pub struct Limits {
    people: Arc<DefaultKeyedRateLimiter<String>>,
    doors: Arc<DefaultKeyedRateLimiter<String>>,
    answers: Arc<DefaultKeyedRateLimiter<String>>,
    forms: Arc<DefaultKeyedRateLimiter<String>>,
    signups: Arc<DefaultKeyedRateLimiter<String>>,
    steps: Arc<DefaultKeyedRateLimiter<String>>,
}

/// Requests a second from one account, and how many at once.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(50).expect("fifty is not zero");
const AT_ONCE: NonZeroU32 = NonZeroU32::new(300).expect("three hundred is not zero");
/// Sign-in attempts a minute from one address, and how many at once.
const DOOR_PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("thirty is not zero");
/// Answers to the public form a minute from one address: many phones may share one.
const ANSWERS_PER_MINUTE: NonZeroU32 =
    NonZeroU32::new(120).expect("a hundred and twenty is not zero");
/// Public forms begun or sent an hour from one address, and how many at once.
const FORMS_PER_HOUR: NonZeroU32 = NonZeroU32::new(30).expect("thirty is not zero");
const FORMS_AT_ONCE: NonZeroU32 = NonZeroU32::new(20).expect("twenty is not zero");

impl Default for Limits {
    fn default() -> Self {
        Self {
            people: Arc::new(RateLimiter::keyed(
                Quota::per_second(PER_SECOND).allow_burst(AT_ONCE),
            )),
            doors: Arc::new(RateLimiter::keyed(Quota::per_minute(DOOR_PER_MINUTE))),
            answers: Arc::new(RateLimiter::keyed(Quota::per_minute(ANSWERS_PER_MINUTE))),
            forms: Arc::new(RateLimiter::keyed(
                Quota::per_hour(FORMS_PER_HOUR).allow_burst(FORMS_AT_ONCE),
            )),
            // A sign-up is counted apart, like a form and like its answers: neither uses up the other's.
            signups: Arc::new(RateLimiter::keyed(
                Quota::per_hour(FORMS_PER_HOUR).allow_burst(FORMS_AT_ONCE),
            )),
            steps: Arc::new(RateLimiter::keyed(Quota::per_minute(ANSWERS_PER_MINUTE))),
        }
    }
}

impl Limits {
    /// Whether an account may ask once more; otherwise how long to wait.
    ///
    /// # Errors
    /// The time to wait before trying again.
    pub fn person(&self, key: &str) -> Result<(), Duration> {
        check(&self.people, key)
    }

    /// Whether an address may try to sign in once more; otherwise how long to wait.
    ///
    /// # Errors
    /// The time to wait before trying again.
    pub fn door(&self, address: &str) -> Result<(), Duration> {
        check(&self.doors, address)
    }
}

impl Limits {
    /// Whether an address may answer the public form once more; otherwise how long to wait.
    ///
    /// # Errors
    /// The time to wait before trying again.
    pub fn answer(&self, address: &str) -> Result<(), Duration> {
        check(&self.answers, address)
    }

    /// Whether an address may begin or send one more public form; otherwise how long to wait.
    ///
    /// # Errors
    /// The time to wait before trying again.
    pub fn form(&self, address: &str) -> Result<(), Duration> {
        check(&self.forms, address)
    }

    /// Whether an address may begin one more sign-up; otherwise how long to wait.
    ///
    /// # Errors
    /// The time to wait before trying again.
    pub fn signup(&self, address: &str) -> Result<(), Duration> {
        check(&self.signups, address)
    }

    /// Whether an address may send one more step of a sign-up; otherwise how long to wait.
    ///
    /// # Errors
    /// The time to wait before trying again.
    pub fn signup_step(&self, address: &str) -> Result<(), Duration> {
        check(&self.steps, address)
    }
}

/// Callers remembered before those who have been quiet are forgotten.
const REMEMBERED: usize = 20_000;

fn check(limiter: &DefaultKeyedRateLimiter<String>, key: &str) -> Result<(), Duration> {
    use governor::clock::Clock as _;
    if limiter.len() > REMEMBERED {
        limiter.retain_recent();
    }
    limiter.check_key(&key.to_owned()).map_err(|wait| {
        wait.wait_time_from(limiter.clock().now())
            .max(Duration::from_secs(1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hammer_is_stopped_and_its_neighbour_is_not() {
        let limits = Limits::default();
        let refused = (0..100)
            .filter(|_| limits.door("198.51.100.7").is_err())
            .count();
        assert!(refused >= 60, "{refused}");
        assert!(limits.door("198.51.100.8").is_ok());
        assert!(limits.person("usr_1").is_ok());
    }
}
