//! Background work: each thing at its own moment, once, however often and however late it is done
//! (I8, I15).

use crate::people::settle_in;
use crate::village::{NORTH, PATIENT, Village};
use jiff::tz::TimeZone;
use relais_app::activity::Quick;
use relais_app::demo::DemoWorld;
use relais_app::requests::desk::Act;
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::{Appointment, Phase, Status};
use relais_core::time::{Duration, Instant, OpenSpan};
use relais_gateways::{Channel, Mood};

/// A request in every state that waits for something.
async fn every_state(v: &Village) -> Vec<RequestId> {
    let call = |n: usize, usual| {
        v.call_for(
            &format!("Belin{n}"),
            Profession::Gp,
            usual,
            &format!("+3363998200{n}"),
        )
    };
    v.phones.set_mood(&v.number("Faure"), Mood::Off).unwrap();
    let unfilled = v
        .raise(v.call_for("Belin", Profession::Dentist, None, PATIENT))
        .await;
    let owned = v
        .raise(v.call_for("Cazal", Profession::Dentist, None, PATIENT))
        .await;
    v.does(owned, Act::TakeInHand).await.unwrap();
    let usual = v.raise(call(1, Some("Martin"))).await;
    let community = v.raise(call(2, None)).await;
    let paused = v.raise(call(3, None)).await;
    v.does(paused, Act::Pause).await.unwrap();
    let scheduled = v.raise(call(4, None)).await;
    v.accepts(scheduled, "Leroy").await.unwrap();
    let to_be_set = v.raise(call(5, None)).await;
    let offer = v.offer(to_be_set, "Garnier").await;
    let (garnier, at) = (v.as_pro("Garnier"), Appointment::ToBeSet);
    v.app.accept(&garnier, offer, at).await.unwrap();
    let mut doubtful = call(6, None);
    doubtful.triage.as_mut().unwrap().red_flags = "unknown".to_owned();
    let to_qualify = v.raise(doubtful).await;
    v.app.settle().await.unwrap();
    let all = vec![
        unfilled, owned, usual, community, paused, scheduled, to_be_set, to_qualify,
    ];
    let mut statuses = Vec::new();
    for id in &all {
        statuses.push(v.status(*id).await);
    }
    statuses.sort_unstable();
    statuses.dedup();
    assert_eq!(statuses.len(), 7, "{statuses:?}");
    all
}

/// Every task twice, at several moments: the second time not one row differs.
#[test]
fn every_task_done_twice_changes_nothing_the_second_time() {
    Village::readable(|v| async move {
        let all = every_state(&v).await;
        let networks: Vec<_> = v.world.networks.iter().map(|n| n.id).collect();
        for minutes in [0, 1, 3, 15, 60, 61, 120, 200, 25 * 60] {
            v.app.clock().move_to(v.at(minutes));
            v.app.settle().await.unwrap();
            v.app.reconsider(networks.clone()).await.unwrap();
            v.app.settle().await.unwrap();
            v.app.housekeeping().await.unwrap();
            let (rows, sent) = (v.store.rows(), v.phones.list().len());
            let due = v.app.run_due().await.unwrap();
            assert_eq!((due.ticked, due.failed), (0, 0), "after {minutes} minutes");
            assert_eq!(v.app.deliver().await.unwrap().handled, 0);
            for id in &all {
                v.app.tick(*id).await.unwrap();
            }
            v.app.reconsider(networks.clone()).await.unwrap();
            v.app.settle().await.unwrap();
            v.app.housekeeping().await.unwrap();
            v.app.doctor().await.unwrap();
            let after = v.store.rows();
            for (table, before) in rows {
                assert_eq!(after[&table], before, "{table}, after {minutes} minutes");
            }
            assert_eq!(v.phones.list().len(), sent);
        }
    });
}

/// What happened to a request, and when.
async fn history(v: &Village, id: RequestId) -> Vec<(String, Instant)> {
    let (_, rows) = v.app.timeline(&v.desk(), id).await.unwrap();
    let told = rows.into_iter().rev();
    told.map(|row| (row.entry.act, Instant::from_millis(row.entry.at)))
        .collect()
}

/// One long advance is the same day as many short ones, and everything is written at its due time.
#[test]
fn one_long_advance_is_the_same_day_as_many_short_ones() {
    let alone = |world: &mut DemoWorld| settle_in(world, "Absent", Profession::Gp);
    Village::shaped(alone, |v| async move {
        let away = Quick::AwayUntil(v.at(83));
        v.app
            .quick_activity(&v.as_pro("Absent"), away)
            .await
            .unwrap();
        v.phones.set_mood(&v.number("Faure"), Mood::Off).unwrap();
        let id = v.raise(v.call()).await;
        let before = v.phones.list().len();
        v.pass(200).await;
        let jumped = history(&v, id).await;
        let at = |act: &str| {
            let found = jumped.iter().filter(|(a, _)| a == act);
            found
                .map(|(_, at)| (*at - Duration::millis(v.world.start.millis())).millis() / 60_000)
                .collect::<Vec<_>>()
        };
        assert_eq!(at("cascade.stage-opened"), [0, 60, 90]);
        assert_eq!(at("cascade.offered"), [0, 60, 83, 90]);
        assert_eq!(
            at("offer.unreachable"),
            [66],
            "push at 60, SMS at 63, the desk at 66"
        );
        assert_eq!(at("request.unfilled"), [120]);
        assert_eq!(at("request.reminded"), [135, 150, 165, 180, 195]);
        let sent: Vec<_> = v.phones.list().split_off(before);
        let moments: Vec<_> = sent.iter().map(|row| row.at.clone()).collect();
        assert!(
            moments.contains(&"2026-03-10T10:23:00Z".to_owned()),
            "Absent, at 83 minutes"
        );
        assert!(moments.is_sorted(), "in the order of time: {moments:?}");

        let again = v.raise(v.call()).await;
        let (first, offset) = (v.app.now(), v.app.now().since(v.world.start));
        v.app
            .quick_activity(&v.as_pro("Absent"), Quick::AwayUntil(v.at(283)))
            .await
            .unwrap();
        for _ in 0..100 {
            v.pass(2).await;
        }
        assert_eq!(v.app.now(), first + Duration::minutes(200));
        let walked: Vec<_> = history(&v, again).await;
        let walked: Vec<_> = walked
            .into_iter()
            // The same person twice within a day: said on the second.
            .filter(|(act, _)| act != "duplicate.possible")
            .map(|(act, at)| (act, at - offset))
            .collect();
        assert_eq!(walked, jumped);
    });
}

/// A node that was away for three hours does what is due once, and asks nobody whose hour is past.
#[test]
fn a_late_node_does_what_is_due_once() {
    Village::each(|v| async move {
        let id = v.raise(v.call()).await;
        v.phones.set_channel_down(Channel::Mail, true);
        let phones = v.watch();
        v.app.clock().move_to(v.at(180));
        v.app.settle().await.unwrap();
        assert_eq!(v.status(id).await, Status::Unfilled);
        phones.phone(PATIENT).expects("personne n'est libre");
        phones.silent();
        let acts = v.acts(id).await;
        let count = |act: &str| acts.iter().filter(|a| *a == act).count();
        assert_eq!(
            (count("request.unfilled"), count("cascade.offered")),
            (1, 1),
            "{acts:?}"
        );
        let Phase::Unfilled(unfilled) = v.read(id).await.phase else {
            panic!("filled")
        };
        assert_eq!(
            unfilled.remind_at,
            v.at(195),
            "the clock of the desk starts now"
        );
    });
}

/// Killed between two deadlines: a new process on the same rows does the rest, nothing else.
#[test]
fn another_process_goes_on_where_the_first_one_stopped() {
    Village::each(|v| async move {
        let id = v.raise(v.call()).await;
        v.pass(30).await;
        let next = v.through(|gateways| gateways, "next");
        let phones = v.watch();
        next.pass(30).await;
        assert_eq!(
            next.asked(id).await,
            ["Faure", "Garnier", "Leroy", "Martin", "Petit"]
        );
        for name in ["Faure", "Garnier", "Leroy", "Petit"] {
            phones.phone(&v.named(name)).expects("Massy");
        }
        phones.phone(PATIENT).expects("encore");
        phones.silent();
    });
}

/// A moment of civil time in Paris.
pub(crate) fn paris(text: &str) -> Instant {
    let civil: jiff::civil::DateTime = text.parse().unwrap();
    let zoned = civil
        .to_zoned(TimeZone::get("Europe/Paris").unwrap())
        .unwrap();
    Instant::from_millis(zoned.timestamp().as_millisecond())
}

fn asking(request: &relais_core::request::Request) -> (Instant, Instant) {
    match &request.phase {
        Phase::Asking(asking) => (asking.stage_until, asking.deadline),
        other => panic!("{other:?}"),
    }
}

/// The two nights on which the clocks change: open hours are counted in civil time, and everything
/// due in between comes once.
#[test]
fn the_nights_when_clocks_change() {
    let nights = [
        ("2026-03-28T19:00", "2026-03-29T09:00", 13),
        ("2026-10-24T19:00", "2026-10-25T09:00", 15),
    ];
    for (evening, morning, hours) in nights {
        let shape = |world: &mut DemoWorld| {
            world.start = paris(evening);
            let network = &mut world.networks[NORTH];
            network.policy.counts_open_hours_only = true;
            for day in &mut network.hours.weekly.days {
                *day = vec![OpenSpan::new(8 * 60, 20 * 60).unwrap()];
            }
        };
        Village::shaped(shape, |v| async move {
            let mut draft = v.call();
            draft.need.within_hours = 24;
            let id = v.raise(draft).await;
            let (share, deadline) = asking(&v.read(id).await);
            assert_eq!(share, paris(&evening.replace("19:00", "20:00")));
            assert_eq!(deadline, paris(morning));
            assert_eq!(deadline.since(v.world.start), Duration::hours(hours));
            let phones = v.watch();
            v.app
                .advance(Duration::minutes(hours * 60 - 1))
                .await
                .unwrap();
            assert_ne!(v.status(id).await, Status::Unfilled);
            v.pass(1).await;
            assert_eq!(v.status(id).await, Status::Unfilled);
            let told = phones.unheard();
            let gone = told
                .iter()
                .filter(|row| row.text.contains("personne n'est libre"));
            assert_eq!(gone.count(), 1);
            let zone = TimeZone::get("Europe/Paris").unwrap();
            for row in told.iter().filter(|row| row.to == PATIENT) {
                let at: jiff::Timestamp = row.at.parse().unwrap();
                let hour = at.to_zoned(zone.clone()).hour();
                assert!((8..=20).contains(&hour), "a patient is not woken: {row:?}");
            }
            let asked = told.iter().filter(|row| row.owner == "Dr Leroy");
            assert_eq!(asked.count(), 1, "the community at closing time, once");
            for name in ["Leroy", "Petit", "Garnier", "Faure", "Voisin", "Orsel"] {
                phones.phone(&v.named(name)).ignored();
            }
            phones.phone(PATIENT).ignored();
        });
    }
}

/// Open through the night: two hours are two hours, whatever the clock on the wall says.
#[test]
fn two_hours_of_the_night_are_two_hours() {
    let nights = [
        ("2026-03-29T01:30", "2026-03-29T04:30"),
        ("2026-10-25T01:30", "2026-10-25T02:30"),
    ];
    for (start, end) in nights {
        let shape = |world: &mut DemoWorld| {
            world.start = paris(start);
            for day in &mut world.networks[NORTH].hours.weekly.days {
                *day = vec![OpenSpan::new(0, 24 * 60).unwrap()];
            }
        };
        Village::shaped(shape, |v| async move {
            let id = v.raise(v.call()).await;
            let (share, deadline) = asking(&v.read(id).await);
            assert_eq!((share, deadline), (v.at(60), v.at(120)));
            // The hour that exists twice is read as the first of the two.
            let second = Duration::hours(i64::from(start.contains("-10-")));
            assert_eq!(deadline, paris(end) + second);
            v.pass(120).await;
            assert_eq!(v.status(id).await, Status::Unfilled);
        });
    }
}
