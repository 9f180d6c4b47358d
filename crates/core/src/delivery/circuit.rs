//! A provider that does not answer is left alone, and asked again by one message at a time: the
//! others wait, or go by the second provider.
//!
//! ```text
//! closed ──five in a row, five seconds, or a call of five seconds──▶ open ──rest over──▶ trying
//!   ▲                                                                ▲                     │
//!   └──────────────── one message taken ─────────────────────────────┴──── not answered ───┘
//! ```

use crate::time::{Duration, Instant};

/// Failures in a row after which a provider is left alone.
pub const OPENS_AFTER_FAILURES: u32 = 5;

/// Length of failing after which a provider is left alone, however few the messages; also the
/// length of one unanswered call.
pub const OPENS_AFTER: Duration = Duration::seconds(5);

/// First rest of a provider that does not answer; doubles each time.
pub const REST_FIRST: Duration = Duration::seconds(2);

/// Longest rest: what waits leaves at most this long after the provider is back.
pub const REST_MAX: Duration = Duration::seconds(30);

/// How a provider stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circuit {
    /// Messages go.
    Closed {
        /// Failures in a row, and when the first of them was.
        failing: Option<(u32, Instant)>,
    },
    /// Left alone.
    Open {
        /// Since when it does not answer.
        since: Instant,
        /// Until when.
        until: Instant,
        /// How often it was tried since, without success.
        tries: u32,
    },
    /// One message is on its way to see whether it answers again.
    Trying {
        /// Since when it does not answer.
        since: Instant,
        /// When the message left.
        at: Instant,
        /// How often it was tried since, without success.
        tries: u32,
    },
}

/// What a message may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Go.
    Go,
    /// Wait until then.
    Wait(Instant),
}

impl Default for Circuit {
    fn default() -> Self {
        Self::Closed { failing: None }
    }
}

impl Circuit {
    /// A message wants to go; `oldest_call` is when the oldest call still unanswered began.
    #[must_use]
    pub fn ask(self, now: Instant, oldest_call: Option<Instant>) -> (Self, Pass) {
        match self {
            Self::Closed { .. } => match oldest_call {
                Some(began) if now.since(began) >= OPENS_AFTER => {
                    let open = rest(began, 0, now, 0);
                    (open, open.pass(now))
                }
                Some(_) | None => (self, Pass::Go),
            },
            Self::Open {
                since,
                until,
                tries,
            } if until <= now => {
                let trying = Self::Trying {
                    since,
                    at: now,
                    tries,
                };
                (trying, Pass::Go)
            }
            // The one that was sent to see was lost with its thread: another goes.
            Self::Trying { since, at, tries } if now.since(at) >= REST_MAX => {
                let trying = Self::Trying {
                    since,
                    at: now,
                    tries,
                };
                (trying, Pass::Go)
            }
            Self::Open { .. } | Self::Trying { .. } => (self, self.pass(now)),
        }
    }

    /// What [`Circuit::ask`] would say, without sending anybody.
    pub fn pass(self, now: Instant) -> Pass {
        match self {
            Self::Closed { .. } => Pass::Go,
            Self::Open { until, .. } if until <= now => Pass::Go,
            Self::Open { until, .. } => Pass::Wait(until),
            Self::Trying { at, .. } if now.since(at) >= REST_MAX => Pass::Go,
            Self::Trying { .. } => Pass::Wait(now + Duration::seconds(1)),
        }
    }

    /// The provider answered, whatever it said of the message.
    #[must_use]
    pub const fn answered(self) -> Self {
        Self::Closed { failing: None }
    }

    /// The provider did not answer. `spread_permille` draws the rest out, so that several nodes do
    /// not come back at once.
    #[must_use]
    pub fn failed(self, now: Instant, spread_permille: u16) -> Self {
        match self {
            Self::Closed { failing } => {
                let (count, first) = failing.unwrap_or((0, now));
                let count = count.saturating_add(1);
                if count >= OPENS_AFTER_FAILURES || now.since(first) >= OPENS_AFTER {
                    rest(first, 0, now, spread_permille)
                } else {
                    Self::Closed {
                        failing: Some((count, first)),
                    }
                }
            }
            Self::Trying { since, tries, .. } => {
                rest(since, tries.saturating_add(1), now, spread_permille)
            }
            // A call that began before it was left alone.
            Self::Open { .. } => self,
        }
    }

    /// The provider asked to be left alone until then.
    #[must_use]
    pub fn asked_to_wait(self, now: Instant, until: Instant) -> Self {
        Self::Open {
            since: self.since().unwrap_or(now),
            until: until.max(now),
            tries: 0,
        }
    }

    /// Since when it does not answer, once it is left alone.
    pub const fn since(self) -> Option<Instant> {
        match self {
            Self::Closed { .. } => None,
            Self::Open { since, .. } | Self::Trying { since, .. } => Some(since),
        }
    }
}

fn rest(since: Instant, tries: u32, now: Instant, spread_permille: u16) -> Circuit {
    let doubled = Duration::millis(REST_FIRST.as_millis() << tries.min(10)).min(REST_MAX);
    let drawn = doubled.as_millis() * i64::from(spread_permille) / 1_000;
    Circuit::Open {
        since,
        until: now + doubled + Duration::millis(drawn),
        tries,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::from_millis(1_800_000_000_000);

    fn at(seconds: i64) -> Instant {
        START + Duration::seconds(seconds)
    }

    fn failing(times: u32, now: Instant) -> Circuit {
        (0..times).fold(Circuit::default(), |c, _| c.failed(now, 0))
    }

    fn until(circuit: Circuit) -> Option<Instant> {
        match circuit {
            Circuit::Open { until, .. } => Some(until),
            Circuit::Closed { .. } | Circuit::Trying { .. } => None,
        }
    }

    #[test]
    fn five_failures_in_a_row_leave_a_provider_alone() {
        assert_eq!(failing(4, at(0)).pass(at(0)), Pass::Go);
        assert_eq!(failing(5, at(0)).pass(at(0)), Pass::Wait(at(2)));
        let broken = failing(4, at(0)).answered().failed(at(0), 0);
        assert_eq!(broken.pass(at(0)), Pass::Go, "not in a row");
    }

    #[test]
    fn five_seconds_of_failing_do_even_with_two_messages() {
        let twice = Circuit::default().failed(at(0), 0).failed(at(5), 0);
        assert_eq!(until(twice), Some(at(7)));
        assert_eq!(twice.since(), Some(at(0)), "it was away all that time");
    }

    #[test]
    fn a_call_of_five_seconds_leaves_a_provider_alone_before_it_times_out() {
        let calm = Circuit::default();
        assert_eq!(calm.ask(at(4), Some(at(0))).1, Pass::Go);
        let (open, pass) = calm.ask(at(5), Some(at(0)));
        assert_eq!((pass, open.since()), (Pass::Wait(at(7)), Some(at(0))));
    }

    #[test]
    fn one_message_at_a_time_sees_whether_it_is_back() {
        let (trying, first) = failing(5, at(0)).ask(at(2), None);
        assert_eq!(first, Pass::Go);
        assert_eq!(trying.ask(at(2), None).1, Pass::Wait(at(3)), "the others");
        assert_eq!(trying.answered().pass(at(2)), Pass::Go);
        assert_eq!(trying.ask(at(32), None).1, Pass::Go, "the one was lost");
    }

    #[test]
    fn rests_double_up_to_half_a_minute() {
        let (mut circuit, mut now) = (failing(5, at(0)), at(0));
        let mut rests = Vec::new();
        for _ in 0..7 {
            let end = until(circuit).unwrap();
            rests.push(end.since(now).as_millis() / 1_000);
            now = end;
            circuit = circuit.ask(now, None).0.failed(now, 0);
            assert_eq!(circuit.since(), Some(at(0)));
        }
        assert_eq!(rests, [2, 4, 8, 16, 30, 30, 30]);
    }

    #[test]
    fn two_nodes_do_not_come_back_at_once() {
        let drawn = failing(4, at(0)).failed(at(0), 500);
        assert_eq!(until(drawn), Some(at(3)));
    }

    #[test]
    fn a_provider_that_says_when_is_left_alone_until_then() {
        let asked = Circuit::default().asked_to_wait(at(0), at(20));
        assert_eq!(asked.pass(at(19)), Pass::Wait(at(20)));
        assert_eq!(asked.pass(at(20)), Pass::Go);
    }

    #[test]
    fn a_late_failure_does_not_lengthen_the_rest() {
        let open = failing(5, at(0));
        assert_eq!(open.failed(at(1), 0), open);
        assert_eq!(open.answered().pass(at(1)), Pass::Go, "a late yes ends it");
    }
}
