//! Gateways that are away, refuse, or answer a process that has died: nothing is lost, nothing is
//! sent twice, what is no longer true is not sent (I7).

use crate::village::{PATIENT, Village};
use relais_app::requests::desk::Act;
use relais_app::{App, AppError};
use relais_core::access::Role;
use relais_core::delivery::LEASE;
use relais_core::ids::{OfferId, RequestId};
use relais_core::people::Profession;
use relais_core::request::{Appointment, CancelledBy, Closure, OfferStatus, Status};
use relais_gateways::{
    About, Accepted, Channel, Failure, Gateway, Gateways, Inbox as _, Mood, Outgoing, PhoneRow,
};
use relais_store::messages::{self, MessageStatus};
use relais_store::{StoreError, demo_state, patients, requests, testing};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A provider that takes the message; the process dies before it hears so.
struct Fatal {
    behind: Gateways,
    channel: Channel,
    armed: AtomicBool,
}

impl Gateway for Fatal {
    fn about(&self) -> About {
        self.behind.about(self.channel)
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let answer = self.behind.send(outgoing);
        assert!(
            !self.armed.swap(false, Ordering::Relaxed),
            "the process is killed here"
        );
        answer
    }
}

/// A process that dies at its first notification.
fn dying(v: &Village) -> Village {
    let wire = |behind: Gateways| {
        let fatal = Fatal {
            behind: behind.clone(),
            channel: Channel::Push,
            armed: AtomicBool::new(true),
        };
        behind.with(Arc::new(fatal))
    };
    v.through(wire, "killed")
}

/// Killed between the gateway's yes and our record: sent again under the same key, shown once.
#[test]
fn a_crash_after_the_gateways_yes_shows_one_message() {
    Village::each(|v| async move {
        let killed = dying(&v);
        // No receipt: whether they arrived is only known by sending again.
        v.phones.set_mood(&v.number("Martin"), Mood::Off).unwrap();
        v.phones.set_mood(PATIENT, Mood::Off).unwrap();
        let raised = v.app.raise(&v.desk(), v.call()).await.unwrap();
        let death = killed.app.settle().await;
        assert!(matches!(death, Err(AppError::Bug(_))), "{death:?}");
        let arrived = v.phones.list();
        assert!(
            arrived.iter().any(|row| row.owner == "Dr Martin"),
            "it did arrive"
        );
        let phones = v.watch();
        v.app.settle().await.unwrap();
        assert_eq!(
            v.phones.duplicates(),
            0,
            "the lease of the dead process still holds"
        );
        v.pass(1).await;
        let missing = 2 - arrived.len();
        if missing == 1 {
            phones.phone(PATIENT).expects("nous cherchons");
        }
        phones.silent();
        let repeated = u64::try_from(arrived.len()).unwrap();
        assert_eq!(
            v.phones.duplicates(),
            repeated,
            "same key: the provider knew them"
        );
        let (_, messages) = v.app.messages(&v.desk(), raised.id).await.unwrap();
        let settled = |status| matches!(status, MessageStatus::Sent | MessageStatus::Delivered);
        assert!(messages.iter().all(|m| settled(m.status)), "{messages:?}");
        v.phones.set_mood(&v.number("Martin"), Mood::Live).unwrap();
        v.pass(3).await;
        phones.phone("Dr Martin").expects("Repondez OUI");
        v.pass(30).await;
        assert_eq!(v.phones.duplicates(), repeated, "and that was all");
    });
}

/// The same with a receipt: it proves that the message arrived, and nothing is sent again.
#[test]
fn a_receipt_heard_after_the_crash_is_as_good_as_the_answer() {
    Village::each(|v| async move {
        let killed = dying(&v);
        let raised = v.app.raise(&v.desk(), v.call()).await.unwrap();
        killed.app.settle().await.unwrap_err();
        v.pass(30).await;
        assert_eq!(v.phones.duplicates(), 0);
        let status = v.offer_status(raised.id, "Martin").await;
        assert!(
            matches!(status, OfferStatus::Delivered { .. }),
            "{status:?}"
        );
    });
}

/// A provider during whose first call the node stands still for longer than its lease.
struct Standing {
    behind: Gateways,
    channel: Channel,
    node: Mutex<Option<App>>,
}

impl Gateway for Standing {
    fn about(&self) -> About {
        self.behind.about(self.channel)
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let answer = self.behind.send(outgoing);
        if let Some(app) = self.node.lock().unwrap().take() {
            let woken = app.now() + LEASE;
            app.clock().move_to(woken);
        }
        answer
    }
}

/// What it had claimed and not yet handed over is no longer its own: it goes by a new claim.
#[test]
fn a_node_that_stood_still_hands_over_nothing_of_its_old_claim() {
    Village::each(|v| async move {
        let wire = |behind: Gateways| {
            let standing = Standing {
                behind: behind.clone(),
                channel: Channel::Push,
                node: Mutex::new(Some(v.app.clone())),
            };
            behind.with(Arc::new(standing))
        };
        let still = v.through(wire, "still");
        let raised = v.app.raise(&v.desk(), v.open_call()).await.unwrap();
        still.app.settle().await.unwrap();
        let (_, messages) = v.app.messages(&v.desk(), raised.id).await.unwrap();
        let pushed = messages.iter().filter(|m| m.channel == "push");
        let mut claims: Vec<u32> = pushed.map(|m| m.attempts).collect();
        claims.sort_unstable();
        assert!(claims.len() > 2, "one lane, one claim: {messages:?}");
        assert_eq!(claims[0], 1, "{messages:?}");
        assert!(claims[1..].iter().all(|n| *n == 2), "{messages:?}");
        let left = |m: &messages::Message| m.sent_at.is_some();
        assert!(messages.iter().all(left), "{messages:?}");
        assert_eq!(v.phones.duplicates(), 0);
    });
}

/// A provider during whose call somebody else accepts.
struct Meanwhile {
    behind: Gateways,
    other: Mutex<Option<(Village, String, OfferId)>>,
}

impl Gateway for Meanwhile {
    fn about(&self) -> About {
        self.behind.about(Channel::Push)
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        if let Some((v, name, offer)) = self.other.lock().unwrap().take() {
            let at = Appointment::ToBeSet;
            let who = v.as_pro(&name);
            let accepting = v.app.accept(&who, offer, at);
            let runtime = tokio::runtime::Handle::current();
            runtime.block_on(accepting).unwrap();
        }
        self.behind.send(outgoing)
    }
}

/// Taken while the notifications were leaving: whoever got one gets "pourvu" after it.
#[test]
fn pourvu_follows_a_notification_that_was_already_leaving() {
    Village::each(|v| async move {
        let raised = v.app.raise(&v.desk(), v.open_call()).await.unwrap();
        let offer = v.offer(raised.id, "Garnier").await;
        let accepter = v.through(|gateways| gateways, "other");
        let busy = v.through(
            |behind| {
                let meanwhile = Meanwhile {
                    behind: behind.clone(),
                    other: Mutex::new(Some((accepter, "Garnier".to_owned(), offer))),
                };
                behind.with(Arc::new(meanwhile))
            },
            "busy",
        );
        let phones = v.watch();
        busy.app.settle().await.unwrap();
        // The text messages had not left: Petit's and the patient's first one never do.
        for name in ["Martin", "Leroy", "Faure"] {
            let asked = phones.phone(&v.named(name)).expects("Massy");
            let pourvu = phones.phone(&v.named(name)).expects("par un confr");
            assert_eq!(asked.channel, pourvu.channel, "{name}");
        }
        phones.phone("Dr Garnier").expects("Massy");
        phones.phone(PATIENT).expects("Dr Garnier");
        v.pass(30).await;
        phones.silent();
        assert_eq!(v.status(raised.id).await, Status::Accepted);
    });
}

/// A gateway down: messages wait and are counted on the board; back, each is sent once.
#[test]
fn messages_wait_for_a_gateway_and_are_sent_once() {
    Village::each(|v| async move {
        v.phones.set_channel_down(Channel::Sms, true);
        let phones = v.watch();
        let id = v.raise(v.call()).await;
        phones.phone("Dr Martin").expects("Massy");
        let board = v.app.board(&v.desk()).await.unwrap();
        assert_eq!(board.waiting_messages, 1, "the patient's");
        let elsewhere = v.staff_of(crate::village::SOUTH, Role::Operator);
        assert_eq!(v.app.board(&elsewhere).await.unwrap().waiting_messages, 0);
        v.pass(10).await;
        phones.silent();
        v.phones.set_channel_down(Channel::Sms, false);
        v.pass(5).await;
        phones.phone(PATIENT).expects("nous cherchons");
        phones.silent();
        assert_eq!(v.app.board(&v.desk()).await.unwrap().waiting_messages, 0);
        assert_eq!(v.status(id).await, Status::AskingUsual);
    });
}

/// A notification gateway away for three minutes is as good as a phone without receipt: SMS.
#[test]
fn a_gateway_away_for_three_minutes_lets_the_next_channel_speak() {
    Village::each(|v| async move {
        v.phones.set_channel_down(Channel::Push, true);
        let phones = v.watch();
        phones.phone(PATIENT).ignored();
        let id = v.raise(v.call()).await;
        v.pass(2).await;
        phones.silent();
        v.pass(1).await;
        let sms = phones.phone("Dr Martin").expects("Repondez OUI");
        assert_eq!(sms.at, "2026-03-10T09:03:00Z");
        v.phones.set_channel_down(Channel::Push, false);
        v.pass(20).await;
        phones.silent();
        assert!(matches!(
            v.offer_status(id, "Martin").await,
            OfferStatus::Delivered { .. }
        ));
    });
}

/// What expired while no gateway answered is not sent late; a patient reads the last word only.
#[test]
fn what_is_no_longer_true_is_not_sent() {
    Village::each(|v| async move {
        for channel in [Channel::Push, Channel::Sms, Channel::Mail] {
            v.phones.set_channel_down(channel, true);
        }
        let mut draft = v.open_call();
        draft.need.within_hours = 2;
        let id = v.raise(draft).await;
        v.pass(130).await;
        assert_eq!(v.status(id).await, Status::Unfilled);
        let phones = v.watch();
        for channel in [Channel::Push, Channel::Sms, Channel::Mail] {
            v.phones.set_channel_down(channel, false);
        }
        v.pass(10).await;
        phones.phone(PATIENT).expects("personne n'est libre");
        phones.silent();
    });
}

/// An appointment the patient could not be told of within half an hour is the desk's to say, once: nothing leaves
/// later, under words (*aujourd'hui*) that may be another day's.
#[test]
fn an_appointment_no_message_could_tell_is_said_by_the_desk() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.phones.set_channel_down(Channel::Sms, true);
        v.accepts(id, "Leroy").await.unwrap();
        v.pass(29).await;
        assert_eq!(v.app.desk_tasks(&v.desk()).await.unwrap().1, 0);
        v.pass(3).await;
        let (tasks, _) = v.app.desk_tasks(&v.desk()).await.unwrap();
        assert_eq!(tasks.len(), 1);
        let script = &tasks[0].task.script;
        assert!(script.contains("Dr Leroy"), "{script}");
        v.phones.set_channel_down(Channel::Sms, false);
        v.pass(40).await;
        let rows = v.phones.list();
        let late = rows
            .iter()
            .filter(|row| row.to == PATIENT && row.text.contains("Leroy"));
        assert_eq!(late.count(), 0, "told by the desk, not twice");
        assert_eq!(v.app.desk_tasks(&v.desk()).await.unwrap().1, 1);
    });
}

/// A provider that cannot take the first news of an acceptance, during whose call the desk acts.
struct Overtaken {
    behind: Gateways,
    desk: Mutex<Option<(Village, RequestId, Act)>>,
}

impl Gateway for Overtaken {
    fn about(&self) -> About {
        self.behind.about(Channel::Sms)
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let news = outgoing.text.contains("Leroy");
        let acts = self.desk.lock().unwrap().take_if(|_| news);
        let Some((v, id, act)) = acts else {
            return self.behind.send(outgoing);
        };
        let runtime = tokio::runtime::Handle::current();
        runtime.block_on(v.does(id, act)).unwrap();
        Err(Failure::Later { retry_after: None })
    }
}

/// The news of an acceptance is with the provider when the request ends: what it could not take then
/// is not tried again, though nothing newer may have been written.
#[test]
fn news_that_became_untrue_on_their_way_are_not_tried_again() {
    Village::each(|v| async move {
        for act in [
            Act::Cancel(CancelledBy::Operator),
            Act::Close(Closure::PhoneAdvice),
            Act::Transfer15,
        ] {
            let id = v
                .raise(v.call_for("Tervaux", Profession::Gp, None, PATIENT))
                .await;
            let wire = |behind: Gateways| {
                let overtaken = Overtaken {
                    behind: behind.clone(),
                    desk: Mutex::new(Some((v.through(|g| g, "desk"), id, act.clone()))),
                };
                behind.with(Arc::new(overtaken))
            };
            let busy = v.through(wire, "busy");
            let offer = v.offer(id, "Leroy").await;
            let at = Appointment::Call(None);
            busy.app
                .accept(&v.as_pro("Leroy"), offer, at)
                .await
                .unwrap();
            busy.app.settle().await.unwrap();
            busy.pass(30).await;
            assert!(v.read(id).await.is_ended(), "{act:?}");
            let rows = v.phones.list();
            let untrue = |row: &PhoneRow| row.to == PATIENT && row.text.contains("Leroy");
            assert!(!rows.iter().any(untrue), "{act:?}: {rows:#?}");
            let (_, sent) = v.app.messages(&v.desk(), id).await.unwrap();
            let tried =
                |m: &messages::Message| m.attempts > 0 && m.status == MessageStatus::Replaced;
            assert!(sent.iter().any(tried), "{act:?}: {sent:#?}");
        }
    });
}

/// Cancelled while the gateway was away: nobody is asked afterwards, nobody gets a "pourvu" for
/// something they never saw.
#[test]
fn what_was_cancelled_before_it_left_never_leaves() {
    Village::each(|v| async move {
        v.phones.set_channel_down(Channel::Push, true);
        let id = v.raise(v.call()).await;
        v.does(id, Act::Cancel(CancelledBy::Operator))
            .await
            .unwrap();
        let phones = v.watch();
        v.phones.set_channel_down(Channel::Push, false);
        v.pass(60).await;
        phones.silent();
    });
}

/// A provider that refuses for good: the next channel at once, then the desk.
#[test]
fn a_refusal_for_good_goes_to_the_next_channel_at_once() {
    Village::each(|v| async move {
        v.phones
            .set_mood(&v.number("Martin"), Mood::Refuses)
            .unwrap();
        v.phones
            .set_mood(&v.number("Leroy"), Mood::Refuses)
            .unwrap();
        let phones = v.watch();
        phones.phone(PATIENT).ignored();
        v.raise(v.call()).await;
        let mail = phones.phone("Dr Martin").expects("Massy");
        assert_eq!(
            (mail.channel, mail.at.as_str()),
            (Channel::Mail, "2026-03-10T09:00:00Z")
        );
        let other = v
            .raise(v.call_for("Belin", Profession::Gp, Some("Leroy"), PATIENT))
            .await;
        phones.phone("Dr Leroy").expects_nothing();
        assert!(
            v.acts(other)
                .await
                .contains(&"offer.unreachable".to_owned())
        );
        phones.silent();
    });
}

/// A patient's record erased while a message waits: that one fails visibly, the others go.
#[test]
fn one_message_that_cannot_be_addressed_does_not_hold_the_others() {
    Village::each(|v| async move {
        let raised = v.app.raise(&v.desk(), v.call()).await.unwrap();
        let (id, now) = (raised.id, v.app.now());
        let erased: Result<(), StoreError> = v.app.db().write_blocking(move |tx| {
            let stored = requests::find(tx, id)?.expect("just raised");
            patients::erase(tx, stored.patient, now).map(drop)
        });
        erased.unwrap();
        let phones = v.watch();
        v.app.settle().await.unwrap();
        phones.phone("Dr Martin").expects("Massy");
        phones.silent();
        let (_, messages) = v.app.messages(&v.desk(), id).await.unwrap();
        let failed = messages
            .iter()
            .filter(|m| m.status == MessageStatus::Failed);
        assert_eq!(failed.count(), 1, "the patient's, said to the desk");
    });
}

/// An answer that cannot be handled now is kept; those behind it are handled at once.
#[test]
fn one_answer_that_fails_does_not_lose_the_others() {
    Village::each(|v| async move {
        let petit = v.number("Petit");
        let id = v
            .raise(v.call_for("Tervaux", Profession::Gp, Some("Petit"), PATIENT))
            .await;
        let code = v.code(&petit);
        let spoil = |purpose: &str| {
            let network = v.world.networks[crate::village::SOUTH].id;
            format!(
                "UPDATE network_keys SET purpose = '{purpose}' \
                 WHERE key_id = 'index-1' AND network = '{network}'"
            )
        };
        testing::raw(v.app.db(), &spoil("records")).unwrap();
        let phones = v.watch();
        v.phones.reply(PATIENT, "merci").unwrap();
        v.phones.reply(&petit, &format!("NON {code}")).unwrap();
        v.app.settle().await.unwrap();
        phones.phone("Dr Petit").expects("vous passez");
        for name in ["Martin", "Leroy", "Garnier", "Faure"] {
            phones.phone(&v.named(name)).expects("Massy");
        }
        phones.silent();
        testing::raw(v.app.db(), &spoil("index")).unwrap();
        v.app.settle().await.unwrap();
        phones.phone(PATIENT).expects("transmis a l'operateur");
        phones.silent();
        assert_eq!(v.status(id).await, Status::AskingCommunity);
        assert!(v.app.outside().inbox.take_inbound().is_empty());
        v.app.outside().inbox.receipt(relais_gateways::Receipt {
            idempotency_key: "nobody knows this key".to_owned(),
            provider: None,
            provider_ref: "x".to_owned(),
            state: relais_gateways::ReceiptState::Delivered,
            at: v.app.now(),
        });
        v.app.settle().await.unwrap();
    });
}

/// Killed after an answer arrived and before it was handled: the next start hears it again, once.
#[test]
fn an_answer_lost_with_the_process_is_heard_at_the_next_start() {
    Village::each(|v| async move {
        let petit = v.number("Petit");
        let id = v
            .raise(v.call_for("Tervaux", Profession::Gp, Some("Petit"), PATIENT))
            .await;
        let start = v.world.start.millis().to_string();
        let kept: Result<(), StoreError> = v.app.db().write_blocking(move |tx| {
            for name in ["start", "clock", "played"] {
                demo_state::set(tx, name, &start)?;
            }
            Ok(())
        });
        kept.unwrap();
        v.phones
            .reply(&petit, &format!("OUI {}", v.code(&petit)))
            .unwrap();
        let lost = v.app.outside().inbox.take_inbound();
        assert_eq!(lost.len(), 1);
        let phones = v.watch();
        for name in ["next", "after"] {
            let next = v.through(|gateways| gateways, name);
            next.app.open_demo(1, v.world.start).await.unwrap();
            assert_eq!(v.status(id).await, Status::Accepted);
        }
        phones.phone("Dr Petit").expects("c'est a vous");
        phones.phone(PATIENT).expects("Dr Petit");
        phones.silent();
    });
}

/// A node dies with questions in hand, and the request is taken meanwhile: nobody is asked once it is,
/// and whoever may have been asked reads that it is over (R4.6).
#[test]
fn what_a_dead_node_had_in_hand_is_not_asked_once_it_is_taken() {
    Village::each(|v| async move {
        let id = v.app.raise(&v.desk(), v.open_call()).await.unwrap().id;
        let now = v.app.now();
        for channel in ["push", "sms"] {
            let claimed: Result<_, StoreError> = v.app.db().write_blocking(move |tx| {
                messages::claim(tx, now, now + LEASE, "dead", channel, 500)
            });
            assert!(!claimed.unwrap().is_empty(), "questions in hand: {channel}");
        }
        v.accepts(id, "Leroy").await.unwrap();
        v.pass(2).await;
        let leroy = v.offer(id, "Leroy").await;
        let (_, messages) = v.app.messages(&v.desk(), id).await.unwrap();
        let theirs = messages.iter().filter(|m| m.offer != Some(leroy));
        let (asks, others): (Vec<_>, Vec<_>) = theirs
            .filter(|m| m.offer.is_some())
            .partition(|m| m.kind == "ask");
        assert_eq!(asks.len(), 4, "{asks:?}");
        for ask in &asks {
            assert_eq!((ask.status, ask.sent_at), (MessageStatus::Replaced, None));
            let over = others
                .iter()
                .filter(|m| m.recipient_professional == ask.recipient_professional);
            let sent: Vec<_> = over
                .filter(|m| m.kind == "replace" && m.sent_at.is_some())
                .collect();
            assert_eq!(sent.len(), 1, "told once that it is over: {others:?}");
        }
    });
}
