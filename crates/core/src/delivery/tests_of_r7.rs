//! The life of a message, sentence by sentence (R7, I7).

use super::*;
use crate::request::{OfferStatus, RefusalReason};
use crate::time::Instant;

const NOW: Instant = Instant::from_millis(1_800_000_000_000);

fn asking() -> Facts {
    Facts {
        asks: true,
        attempts: 1,
        created_at: NOW,
        expires_at: Some(NOW + Duration::hours(12)),
        fallback: Duration::minutes(3),
        rung_left: true,
        spread_permille: 0,
    }
}

fn news() -> Facts {
    Facts {
        asks: false,
        expires_at: None,
        rung_left: false,
        ..asking()
    }
}

const AWAY: Answer = Answer::Later { retry_after: None };

fn after(facts: Facts, answer: Answer, passed: Duration) -> Decision {
    answered(&facts, answer, NOW + passed)
}

#[test]
fn an_offer_that_was_sent_waits_for_its_receipt_three_minutes() {
    let passed = Duration::seconds(2);
    let escalate_at = Some(NOW + passed + Duration::minutes(3));
    let sent = Decision::Sent { escalate_at };
    assert_eq!(after(asking(), Answer::Accepted, passed), sent);
    let last = Facts {
        rung_left: false,
        ..asking()
    };
    assert_eq!(
        after(last, Answer::Accepted, passed),
        sent,
        "the desk is told"
    );
}

#[test]
fn news_that_was_sent_waits_for_nothing() {
    let sent = Decision::Sent { escalate_at: None };
    assert_eq!(after(news(), Answer::Accepted, Duration::ZERO), sent);
}

#[test]
fn waits_double_from_five_seconds_to_five_minutes() {
    let waits: Vec<_> = (1..=9)
        .map(|attempts| {
            let facts = Facts { attempts, ..news() };
            match after(facts, AWAY, Duration::ZERO) {
                Decision::RetryAt(at) => at.since(NOW).as_millis() / 1_000,
                other => panic!("{other:?}"),
            }
        })
        .collect();
    assert_eq!(waits, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
    let many = Facts {
        attempts: u32::MAX,
        ..news()
    };
    let longest = Decision::RetryAt(NOW + RETRY_MAX);
    assert_eq!(after(many, AWAY, Duration::ZERO), longest);
}

#[test]
fn a_crowd_does_not_come_back_at_once() {
    let spread = Facts {
        spread_permille: 200,
        ..news()
    };
    let at = NOW + Duration::seconds(6);
    assert_eq!(after(spread, AWAY, Duration::ZERO), Decision::RetryAt(at));
}

#[test]
fn a_gateway_that_says_when_is_believed_up_to_the_moment_of_giving_up() {
    let said = |s| Answer::Later {
        retry_after: Some(Duration::seconds(s)),
    };
    let at = |s| Decision::RetryAt(NOW + Duration::seconds(s));
    assert_eq!(after(news(), said(90), Duration::ZERO), at(90));
    assert_eq!(after(news(), said(1), Duration::ZERO), at(5));
    let years = after(news(), said(100_000_000), Duration::ZERO);
    assert_eq!(years, Decision::RetryAt(NOW + GIVE_UP_AFTER));
}

#[test]
fn a_gateway_away_is_tried_no_later_than_the_next_channel_speaks() {
    let passed = Duration::seconds(170);
    let facts = Facts {
        attempts: 6,
        ..asking()
    };
    let at = NOW + Duration::minutes(3);
    assert_eq!(after(facts, AWAY, passed), Decision::RetryAt(at));
    let over = Duration::minutes(3);
    assert_eq!(after(facts, AWAY, over), Decision::Climb);
}

#[test]
fn a_message_nobody_was_asked_for_waits_no_longer_however_often() {
    let held = |until| Answer::Held { until };
    let facts = Facts {
        attempts: 9,
        ..asking()
    };
    let soon = NOW + Duration::seconds(8);
    let again = after(facts, held(soon), Duration::ZERO);
    assert_eq!(again, Decision::RetryAt(soon));
    let late = after(facts, held(NOW + Duration::hours(1)), Duration::ZERO);
    assert_eq!(late, Decision::RetryAt(NOW + Duration::minutes(3)));
    let over = Duration::minutes(3);
    assert_eq!(after(facts, held(soon), over), Decision::Climb);
}

#[test]
fn without_another_channel_a_gateway_away_is_waited_for_until_the_offer_is_worth_nothing() {
    let facts = Facts {
        rung_left: false,
        attempts: 7,
        ..asking()
    };
    let passed = Duration::hours(11);
    let at = NOW + passed + RETRY_MAX;
    assert_eq!(after(facts, AWAY, passed), Decision::RetryAt(at));
    assert_eq!(after(facts, AWAY, Duration::hours(12)), Decision::Climb);
}

#[test]
fn news_is_given_up_after_six_hours_for_everybody_to_see() {
    let almost = Duration::hours(6) + Duration::millis(-1);
    let at = Decision::RetryAt(NOW + GIVE_UP_AFTER);
    assert_eq!(after(news(), AWAY, almost), at, "one last time");
    assert_eq!(after(news(), AWAY, Duration::hours(6)), Decision::GiveUp);
}

#[test]
fn a_refusal_for_good_is_not_tried_again() {
    assert_eq!(
        after(asking(), Answer::Never, Duration::ZERO),
        Decision::Climb
    );
    assert_eq!(
        after(news(), Answer::Never, Duration::ZERO),
        Decision::GiveUp
    );
}

#[test]
fn a_receipt_may_come_before_the_answer_and_after_a_failure() {
    use MessageStatus::*;
    for status in [Queued, Sending, Sent, Failed] {
        let noted = receipt(true, 1, status, Receipt::Delivered);
        assert_eq!(noted, Decision::Delivered, "{status:?}");
    }
    for status in [Queued, Sending, Sent, Failed, Delivered] {
        assert_eq!(receipt(true, 1, status, Receipt::Seen), Decision::Seen);
    }
}

#[test]
fn the_first_good_news_stands_and_bad_news_counts_once() {
    use MessageStatus::*;
    assert_eq!(receipt(true, 1, Sent, Receipt::Failed), Decision::Climb);
    assert_eq!(receipt(false, 1, Sent, Receipt::Failed), Decision::GiveUp);
    for status in [Delivered, Failed, Expired, Replaced] {
        let again = receipt(true, 1, status, Receipt::Failed);
        assert_eq!(again, Decision::Nothing, "{status:?}");
    }
}

#[test]
fn what_never_left_hears_no_receipt() {
    for status in [MessageStatus::Expired, MessageStatus::Replaced] {
        for said in [Receipt::Delivered, Receipt::Seen, Receipt::Failed] {
            assert_eq!(receipt(true, 1, status, said), Decision::Nothing);
            let never = receipt(true, 0, MessageStatus::Queued, said);
            assert_eq!(never, Decision::Nothing, "a lie");
        }
    }
}

#[test]
fn silence_makes_the_next_channel_speak_and_then_tells_the_desk() {
    let sent = Some(OfferStatus::Sent { at: NOW });
    assert_eq!(next_channel(sent, true), Next::Channel);
    assert_eq!(next_channel(sent, false), Next::TellDesk);
    assert_eq!(next_channel(Some(OfferStatus::Queued), true), Next::Channel);
}

#[test]
fn whoever_opened_or_answered_it_is_left_in_peace() {
    let reason = RefusalReason::Unsaid;
    let over = [
        OfferStatus::Seen { at: NOW },
        OfferStatus::Accepted { at: NOW },
        OfferStatus::Refused { at: NOW, reason },
        OfferStatus::Lapsed { at: NOW },
    ];
    for status in over {
        assert_eq!(next_channel(Some(status), true), Next::Nothing);
        assert_eq!(next_channel(Some(status), false), Next::Nothing);
    }
    assert_eq!(next_channel(None, true), Next::Nothing);
}
