//! A contact (R2): one call or form with exactly one outcome, and when somebody must come back to
//! one that has none yet. Owns the codes of a contact and the rule of closing time; refuses what
//! was said in it, and who said it.

use crate::people::coded;
use crate::time::{Calendar, Duration, Instant};

coded!(
    /// What came of a contact: always exactly one (R2).
    Outcome {
        /// A request was raised.
        Request = "request",
        /// Transferred to 15, live.
        Transferred15 = "transferred-15",
        /// The usual doctor can see them.
        UsualDoctor = "usual-doctor",
        /// Advice was given.
        Advice = "advice",
        /// Not a need this service answers (renewal, certificate…).
        OutOfScope = "out-of-scope",
        /// Another territory's, told whom to call.
        OutOfTerritory = "out-of-territory",
        /// The network is closed.
        OutOfHours = "out-of-hours",
        /// The caller hung up, or could not be reached again.
        HungUp = "hung-up",
        /// About a request that is open already.
        Duplicate = "duplicate",
        /// Not meant for this service.
        WrongNumber = "wrong-number",
    }
);

coded!(
    /// How a contact came.
    Kind {
        /// A call somebody answered.
        Call = "call",
        /// A public form, to be called back.
        Web = "web",
        /// A phone that rang and was not answered yet.
        Ring = "ring",
        /// A professional at their counter.
        Counter = "counter",
        /// Another program.
        Api = "api",
    }
);

coded!(
    /// Why a contact is out of scope (R2: coded).
    Scope {
        /// Renewal of a prescription.
        Renewal = "renewal",
        /// A certificate.
        Certificate = "certificate",
        /// An appointment that can wait: the usual agenda.
        Appointment = "appointment",
        /// Results, papers, an invoice.
        Administrative = "administrative",
        /// Transport.
        Transport = "transport",
        /// Social help.
        Social = "social",
        /// Something else.
        Other = "other",
    }
);

coded!(
    /// Why somebody must come back to an open contact.
    Why {
        /// Closing time ends it.
        Closing = "closing",
        /// A call back was promised.
        CallBack = "call-back",
    }
);

/// The reason code of a contact that closing time ended.
pub const NEVER_RESUMED: &str = "never-resumed";

/// A contact on a desk is left alone so long after its last change: somebody is on the line.
pub const GRACE: Duration = Duration::minutes(15);

/// A promise not kept is recalled again after this, while the network is open.
pub const RECALL: Duration = Duration::minutes(30);

/// Nobody came back to it for so long while the network was open, or never opens: closing time or not, it ends.
const DAY: Duration = Duration::hours(24);

/// What the rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// When it started.
    pub received_at: Instant,
    /// Somebody has it on their desk.
    pub held: bool,
    /// The last change by a person.
    pub touched_at: Instant,
    /// A call back was promised before this.
    pub promised_at: Option<Instant>,
}

/// What becomes of an open contact at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing before this moment.
    Wait(Instant, Why),
    /// The promise is not kept: the desk is told, and told again then.
    Late(Instant),
    /// Closing time ends it (R2): the caller is gone.
    End(Outcome),
}

/// When somebody must come back to a contact, and why. Always something: an open contact is never
/// without a due time.
pub fn due(open: &Open, calendar: &Calendar) -> (Instant, Why) {
    if let Some(promised) = open.promised_at {
        return (promised, Why::CallBack);
    }
    let opening = calendar.next_opening(open.received_at);
    let untouched = opening.unwrap_or(open.received_at).max(open.touched_at) + DAY;
    let closing = opening
        .and_then(|opening| calendar.closes_at(opening))
        .map_or(untouched, |closing| closing.min(untouched));
    let quiet = open.touched_at + GRACE;
    let at = if open.held {
        closing.max(quiet)
    } else {
        closing
    };
    (at, Why::Closing)
}

/// What happens to an open contact now. A contact with a promise is never ended by the clock: it is
/// recalled until somebody ends it; any other ends at closing time, or once untouched for a day of opening.
pub fn tick(open: &Open, now: Instant, calendar: &Calendar) -> Next {
    let (at, why) = due(open, calendar);
    if now < at {
        return Next::Wait(at, why);
    }
    match why {
        Why::Closing => Next::End(Outcome::HungUp),
        Why::CallBack => {
            let soon = now + RECALL;
            Next::Late(calendar.next_opening(soon).unwrap_or(soon + DAY))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{OpenSpan, OpeningHours, Weekly};
    use jiff::civil::DateTime;
    use jiff::tz::TimeZone;

    fn calendar() -> Calendar {
        let mut weekly = Weekly::default();
        for day in weekly.days.iter_mut().take(5) {
            day.push(OpenSpan::new(8 * 60, 20 * 60).unwrap());
        }
        Calendar {
            hours: OpeningHours {
                weekly,
                ..OpeningHours::default()
            },
            zone: TimeZone::get("Europe/Paris").unwrap(),
        }
    }

    fn at(text: &str) -> Instant {
        let civil: DateTime = text.parse().unwrap();
        let zoned = civil.to_zoned(calendar().zone).unwrap();
        Instant::from_millis(zoned.timestamp().as_millisecond())
    }

    fn call(received: &str) -> Open {
        Open {
            received_at: at(received),
            held: false,
            touched_at: at(received),
            promised_at: None,
        }
    }

    #[test]
    fn a_call_nobody_came_back_to_ends_at_closing_time() {
        let open = call("2026-03-10T14:00");
        let closing = at("2026-03-10T20:00");
        assert_eq!(due(&open, &calendar()), (closing, Why::Closing));
        let before = closing - Duration::millis(1);
        assert_eq!(
            tick(&open, before, &calendar()),
            Next::Wait(closing, Why::Closing)
        );
        assert_eq!(
            tick(&open, closing, &calendar()),
            Next::End(Outcome::HungUp)
        );
    }

    #[test]
    fn a_call_received_while_closed_lasts_until_the_next_closing() {
        let friday_night = call("2026-03-13T21:00");
        assert_eq!(
            due(&friday_night, &calendar()).0,
            at("2026-03-16T20:00"),
            "Monday"
        );
        let never_open = Calendar {
            hours: OpeningHours::default(),
            zone: calendar().zone,
        };
        assert_eq!(due(&friday_night, &never_open).0, at("2026-03-14T21:00"));
    }

    #[test]
    fn closing_time_does_not_cut_somebody_who_is_on_the_line() {
        let mut open = call("2026-03-10T19:50");
        open.touched_at = at("2026-03-10T19:58");
        assert_eq!(due(&open, &calendar()).0, at("2026-03-10T20:00"));
        open.held = true;
        assert_eq!(due(&open, &calendar()).0, at("2026-03-10T20:13"));
        assert_eq!(
            tick(&open, at("2026-03-10T20:13"), &calendar()),
            Next::End(Outcome::HungUp)
        );
    }

    /// Where closing time is weeks away or never comes, a day without a gesture ends a call, held or not.
    #[test]
    fn day_and_night_a_call_ends_once_untouched_for_a_day() {
        let mut always = calendar();
        let whole = OpenSpan::new(0, 1_440).unwrap();
        always.hours.weekly.days = std::array::from_fn(|_| vec![whole]);
        let mut open = call("2026-03-10T14:00");
        for held in [false, true] {
            open.held = held;
            open.touched_at = at("2026-03-10T14:10");
            let due = due(&open, &always);
            assert_eq!(due, (at("2026-03-11T14:10"), Why::Closing));
            assert_eq!(tick(&open, due.0, &always), Next::End(Outcome::HungUp));
            open.touched_at = at("2026-03-11T13:00");
            assert!(matches!(tick(&open, due.0, &always), Next::Wait(..)));
        }
        let off = (jiff::civil::date(2026, 4, 30), Vec::new());
        always.hours.exceptions.push(off);
        let left = call("2026-03-10T14:00");
        assert_eq!(due(&left, &always).0, at("2026-03-11T14:00"));
    }

    #[test]
    fn a_promise_is_recalled_until_somebody_ends_it_and_never_at_night() {
        let mut open = call("2026-03-10T14:20");
        open.promised_at = Some(at("2026-03-10T14:50"));
        assert_eq!(
            due(&open, &calendar()),
            (at("2026-03-10T14:50"), Why::CallBack)
        );
        let recall = |now| tick(&open, at(now), &calendar());
        assert_eq!(
            recall("2026-03-10T14:50"),
            Next::Late(at("2026-03-10T15:20"))
        );
        assert_eq!(
            recall("2026-03-10T19:45"),
            Next::Late(at("2026-03-11T08:00"))
        );
    }
}
