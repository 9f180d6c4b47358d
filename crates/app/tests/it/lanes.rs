//! One lane per channel: many messages at once and each once, a channel that hangs holds nobody
//! else, what waited for hours leaves in order (I7, R7).

use crate::people::settle_in;
use crate::village::{NORTH, PATIENT, Village};
use relais_core::cascade::{Command, Facts, Mark, decide, mark_all};
use relais_core::matching::Pool;
use relais_core::people::Profession;
use relais_core::request::{OfferStatus, Status};
use relais_core::time::Calendar;
use relais_faults::proxy::{Fault, Proxy};
use relais_gateways::http::{HttpGateway, Settings};
use relais_gateways::testing::{Behaviour, Provider};
use relais_gateways::{Channel, Gateway, Guard};
use relais_store::messages::MessageStatus;
use relais_store::testing::options;
use relais_store::{Db, demo_state};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

/// A provider over HTTP behind its circuit, on the village's clock.
fn over_http(v: &Village, provider: &Provider, channel: Channel, most: usize) -> Arc<dyn Gateway> {
    let settings = Settings {
        name: "http",
        channel,
        url: provider.url(),
        secret: None,
        timeout: Duration::from_secs(15),
        in_flight: most,
    };
    let gateway = HttpGateway::new(settings).unwrap();
    let clock = v.app.clock().clone();
    Arc::new(Guard::new(
        vec![Arc::new(gateway)],
        move || clock.now(),
        || 0,
    ))
}

/// The same village, one channel over HTTP.
fn with(v: &Village, provider: &Provider, channel: Channel, most: usize) -> Village {
    let gateway = over_http(v, provider, channel, most);
    v.through(|gateways| gateways.with(gateway), "http")
}

/// Five hundred are told at once, each once; their request is saved a few times, not five hundred.
#[test]
fn five_hundred_are_told_each_once() {
    let many = |world: &mut relais_app::demo::DemoWorld| {
        for n in 0..500 {
            settle_in(world, &format!("Nombreux{n}"), Profession::Gp);
        }
    };
    Village::shaped(many, |v| async move {
        let push = Provider::start(1);
        let v = with(&v, &push, Channel::Push, 16);
        let id = v.raise(v.open_call()).await;
        let request = v.read(id).await;
        let pushed = push.taken();
        assert!(pushed.len() >= 500, "{}", pushed.len());
        assert!(pushed.values().all(|times| *times == 1));
        let sent = |status| matches!(status, OfferStatus::Sent { .. });
        let told = request.offers.iter().filter(|o| sent(o.status)).count();
        assert_eq!(told, pushed.len(), "and written down");
        let read = v.app.request(&v.desk(), id).await.unwrap();
        let versions = read.stored.version;
        assert!(versions < 300, "saved {versions} times");
    });
}

/// Marking many offers at once is marking each in turn.
#[test]
fn marks_in_one_go_are_the_marks_in_turn() {
    Village::each(|v| async move {
        let id = v.app.raise(&v.desk(), v.open_call()).await.unwrap().id;
        let before = v.read(id).await;
        let network = &v.world.networks[NORTH];
        let calendar = Calendar {
            hours: network.hours.clone(),
            zone: jiff::tz::TimeZone::get(network.zone).unwrap(),
        };
        let facts = Facts {
            calendar: &calendar,
            policy: &before.policy,
            pool: Pool::default(),
            first_id: 1,
        };
        let now = v.at(1);
        let (mut marks, mut in_turn) = (Vec::new(), before.clone());
        for (n, offer) in before.offers.iter().enumerate() {
            let offer = offer.id;
            marks.push((offer, Mark::Sent));
            let mut commands = vec![Command::MarkSent { offer }];
            if n % 2 == 0 {
                marks.push((offer, Mark::Delivered));
                commands.push(Command::MarkDelivered { offer });
            }
            for command in commands {
                in_turn = decide(&in_turn, &command, now, &facts).unwrap().after;
            }
        }
        assert!(before.offers.len() > 3);
        assert_eq!(mark_all(&before, &marks, now).after, in_turn);
        let again = mark_all(&in_turn, &marks, now);
        assert!(again.events.is_empty(), "done twice is done once");
    });
}

/// A text-message provider that hangs holds neither notifications nor deadlines.
#[test]
fn a_channel_that_hangs_holds_no_other_and_no_deadline() {
    Village::each(|v| async move {
        let (sms, push) = (Arc::new(Provider::start(1)), Arc::new(Provider::start(2)));
        sms.behave(Behaviour::Hold);
        let v = with(&v, &sms, Channel::Sms, 2);
        let v = with(&v, &push, Channel::Push, 2);
        v.app.spawn_tasks();
        let arrived = |provider: &Arc<Provider>, requests| {
            let provider = Arc::clone(provider);
            tokio::task::spawn_blocking(move || provider.wait_for(requests))
        };
        // The patient's text message, and nothing of it is said for the rest of the story.
        let id = v.app.raise(&v.desk(), v.call()).await.unwrap().id;
        arrived(&sms, 1).await.unwrap();
        arrived(&push, 1).await.unwrap();
        // The usual doctor's share ends: the others are asked although the text still hangs.
        v.app.clock().move_to(v.at(60));
        v.app.wake();
        arrived(&push, 4).await.unwrap();
        assert_eq!(v.status(id).await, Status::AskingCommunity);
        let texts = sms.seen().len();
        assert!(texts >= 1 && sms.taken().values().all(|times| *times == 1));
        sms.release();
    });
}

/// Away for long, then back: what waited leaves in its order, each once; what is no longer true
/// does not leave.
#[test]
fn what_waited_for_its_provider_leaves_in_order_each_once() {
    Village::each(|v| async move {
        let sms = Provider::start(1);
        sms.behave(Behaviour::Unavailable(20));
        let v = with(&v, &sms, Channel::Sms, 1);
        let patients: Vec<_> = (1..=3).map(|n| format!("+3363998100{n}")).collect();
        for (n, phone) in patients.iter().enumerate() {
            let name = format!("Belin{n}");
            let call = v.call_for(&name, Profession::Gp, Some("Martin"), phone);
            v.raise(call).await;
            v.pass(1).await;
        }
        v.pass(10).await;
        assert!(sms.taken().is_empty());
        let asked = sms.seen().len();
        assert!(asked < 120, "left alone meanwhile: {asked} requests");
        let states = v.app.gateways_state().await.unwrap();
        let texts = states.iter().find(|s| s.channel == "sms").unwrap();
        assert_eq!(texts.waiting, 3);
        assert!(texts.away_since().is_some() && texts.oldest_at == Some(v.at(0)));
        sms.behave(Behaviour::Accept);
        let before = sms.seen().len();
        v.pass(1).await;
        let left: Vec<_> = sms.seen().split_off(before);
        let to: Vec<_> = left.iter().map(|seen| seen.message.to.clone()).collect();
        assert_eq!(to, patients, "in order, each once");
        let states = v.app.gateways_state().await.unwrap();
        let texts = states.iter().find(|s| s.channel == "sms").unwrap();
        assert_eq!((texts.waiting, texts.away_since()), (0, None));
    });
}

/// The provider took it and cut the line: given again to the same one, under the same key, and
/// never to the second.
#[test]
fn what_may_have_left_stays_with_its_provider() {
    Village::each(|v| async move {
        let (first, second) = (Provider::start(1), Provider::start(2));
        let clock = v.app.clock().clone();
        let gateway = |provider: &Provider, name| -> Arc<dyn Gateway> {
            let settings = Settings {
                name,
                channel: Channel::Sms,
                url: provider.url(),
                secret: None,
                timeout: Duration::from_secs(15),
                in_flight: 2,
            };
            Arc::new(HttpGateway::new(settings).unwrap())
        };
        let both = vec![gateway(&first, "http"), gateway(&second, "backup")];
        let guard = Guard::new(both, move || clock.now(), || 0);
        let v = v.through(|gateways| gateways.with(Arc::new(guard)), "http");
        first.script([Behaviour::TakeThenReset]);
        let id = v.raise(v.call()).await;
        v.pass(1).await;
        let keys: Vec<_> = first.seen().into_iter().map(|seen| seen.key).collect();
        assert_eq!(keys.len(), 2, "once more");
        assert_eq!(keys[0], keys[1]);
        assert!(second.seen().is_empty());
        let (_, messages) = v.app.messages(&v.desk(), id).await.unwrap();
        let patient = messages.iter().find(|m| m.kind == "patient").unwrap();
        assert_eq!(patient.status, MessageStatus::Sent);
        // Surely not taken: the second one has it at once.
        first.behave(Behaviour::Status(401));
        let other = v.call_for("Cazal", Profession::Gp, Some("Leroy"), PATIENT);
        v.raise(other).await;
        assert_eq!(second.taken().len(), 1);
    });
}

/// The provider may have taken it and nobody heard so; then a colleague takes the patient. Whoever
/// may have the question on their phone is told that there is nothing to answer any more (R4.6).
#[test]
fn who_may_have_been_asked_is_told_it_is_taken() {
    Village::each(|v| async move {
        let provider = Provider::start(1);
        let v = with(&v, &provider, Channel::Push, 4);
        provider.behave(Behaviour::TakeThenReset);
        let id = v.raise(v.open_call()).await;
        let perhaps: BTreeSet<String> = provider.seen().into_iter().map(|s| s.key).collect();
        let winner = v.asked(id).await.remove(0);
        v.accepts(id, &winner).await.unwrap();
        provider.behave(Behaviour::Accept);
        v.pass(10).await;
        let (_, messages) = v.app.messages(&v.desk(), id).await.unwrap();
        let about = |kind: &str| -> BTreeMap<_, _> {
            let push = messages
                .iter()
                .filter(|m| m.kind == kind && m.channel == "push");
            push.filter_map(|m| Some((m.offer?, m))).collect()
        };
        let (asks, gone) = (about("ask"), about("replace"));
        let won = v.offer(id, &winner).await;
        let left = asks.iter().filter(|(offer, _)| **offer != won);
        let had: BTreeSet<_> = left
            .filter(|(_, m)| perhaps.contains(&m.idem_key))
            .map(|(offer, _)| *offer)
            .collect();
        assert!(!had.is_empty(), "somebody else may have been asked");
        assert_eq!(gone.keys().copied().collect::<BTreeSet<_>>(), had);
        assert!(gone.values().all(|m| m.status == MessageStatus::Sent));
    });
}

/// The database goes away while messages are with their provider: what it said is kept until the
/// database is back, and nothing is sent a second time (I7).
#[test]
fn what_was_said_while_the_database_was_away_is_not_forgotten() {
    Village::on_postgres(|v| async move {
        let proxy = Arc::new(Proxy::before(v.store.port(), 1).unwrap());
        let db = Db::open(&proxy.url(&v.store.url), &options()).unwrap();
        let push = Arc::new(Provider::start(1));
        let far = v.on(db.clone(), v.app.outside().clone(), "far");
        let far = with(&far, &push, Channel::Push, 16);
        push.behave(Behaviour::Hold);
        let id = v.app.raise(&v.desk(), v.open_call()).await.unwrap().id;
        let (_, waiting) = v.app.messages(&v.desk(), id).await.unwrap();
        let asked = waiting.iter().filter(|m| m.channel == "push").count();
        assert!(asked > 2, "{waiting:#?}");
        let app = far.app.clone();
        let sending = tokio::spawn(async move { app.deliver().await });
        let held = Arc::clone(&push);
        let wire = Arc::clone(&proxy);
        let away = move || {
            held.wait_for(asked);
            wire.set(Fault::Refuse);
            wire.cut();
            held.release();
            let (_never, pace) = channel::<()>();
            while wire.counts().refused < 3 {
                // The lane's own tries come twice a second; these make the test shorter.
                db.write_blocking(|tx| demo_state::set(tx, "away", "1"))
                    .unwrap_err();
                let _ = pace.recv_timeout(Duration::from_millis(20));
            }
            wire.set(Fault::None);
        };
        tokio::task::spawn_blocking(away).await.unwrap();
        sending.await.unwrap().unwrap();
        v.pass(10).await;
        assert_eq!(push.taken().len(), asked);
        assert!(
            push.taken().values().all(|times| *times == 1),
            "{:?}",
            push.taken()
        );
        let request = v.read(id).await;
        let told = |status| {
            matches!(
                status,
                OfferStatus::Sent { .. } | OfferStatus::Delivered { .. }
            )
        };
        assert!(
            request.offers.iter().all(|o| told(o.status)),
            "{:#?}",
            request.offers
        );
    });
}
