//! A professional's own terms, as they are counted from what was really asked (R5).

use crate::village::{PATIENT, Village};
use relais_app::AppError;
use relais_app::activity::{ActivityDraft, Quick, QuietDraft};
use relais_app::terms::TermsDraft;
use relais_core::matching::Test;
use relais_core::people::Profession;
use relais_core::reach::{Ladder, LockScreen, Way};
use relais_core::request::RefusalReason;
use relais_core::time::Duration;
use relais_gateways::testing::Phones;
use relais_gateways::{Channel, Mood};

/// A call like any other, for somebody new each time.
async fn another(v: &Village, n: usize) -> relais_core::ids::RequestId {
    v.raise(v.call_for(&format!("Belin{n}"), Profession::Gp, None, PATIENT))
        .await
}

async fn is_asked(v: &Village, n: usize) -> bool {
    let id = another(v, n).await;
    v.asked(id).await.contains(&"Leroy".to_owned())
}

/// The first test that left somebody out, for the desk to read.
async fn left_out_by(v: &Village, id: relais_core::ids::RequestId, name: &str) -> Option<Test> {
    let (_, stages) = v.app.verdicts(&v.desk(), id).await.unwrap();
    let who = v.pro(name).id;
    let mut verdicts = stages.iter().flat_map(|stage| &stage.verdicts);
    let verdict = verdicts.find(|verdict| verdict.professional == who)?;
    verdict
        .findings
        .iter()
        .find(|finding| !finding.ok)
        .map(|finding| finding.test)
}

#[test]
fn the_daily_maximum_starts_again_at_midnight() {
    Village::each(|v| async move {
        let most = ActivityDraft {
            daily_max: Some(Some(2)),
            ..ActivityDraft::default()
        };
        v.app.set_activity(&v.as_pro("Leroy"), most).await.unwrap();
        assert!(is_asked(&v, 1).await);
        assert!(is_asked(&v, 2).await);
        let third = another(&v, 3).await;
        assert!(!v.asked(third).await.contains(&"Leroy".to_owned()));
        assert_eq!(
            left_out_by(&v, third, "Leroy").await,
            Some(Test::DailyMaximum)
        );
        v.app.advance(Duration::hours(22)).await.unwrap();
        assert!(is_asked(&v, 4).await, "another day");
    });
}

#[test]
fn the_hourly_maximum_gives_way_with_the_hour() {
    Village::each(|v| async move {
        let most = ActivityDraft {
            hourly_max: Some(Some(1)),
            ..ActivityDraft::default()
        };
        v.app.set_activity(&v.as_pro("Leroy"), most).await.unwrap();
        assert!(is_asked(&v, 1).await);
        v.pass(30).await;
        let waiting = another(&v, 2).await;
        assert_eq!(
            left_out_by(&v, waiting, "Leroy").await,
            Some(Test::HourlyMaximum)
        );
        v.pass(30).await;
        let asked = v.asked(waiting).await;
        assert!(
            asked.contains(&"Leroy".to_owned()),
            "asked when the hour is over (R4.11)"
        );
    });
}

#[test]
fn rest_follows_an_acceptance() {
    Village::each(|v| async move {
        let rest = ActivityDraft {
            rest_minutes: Some(Some(45)),
            ..ActivityDraft::default()
        };
        v.app.set_activity(&v.as_pro("Leroy"), rest).await.unwrap();
        let first = another(&v, 1).await;
        v.accepts(first, "Leroy").await.unwrap();
        v.pass(10).await;
        let second = another(&v, 2).await;
        assert_eq!(left_out_by(&v, second, "Leroy").await, Some(Test::Rest));
        v.pass(35).await;
        assert!(
            v.asked(second).await.contains(&"Leroy".to_owned()),
            "rested"
        );
    });
}

/// "Encore deux patients jusqu'à midi": two acceptances, or noon.
#[test]
fn encore_counts_patients_and_hours() {
    Village::each(|v| async move {
        let encore = Quick::Encore(2, v.at(120));
        v.app
            .quick_activity(&v.as_pro("Leroy"), encore)
            .await
            .unwrap();
        let left = || async {
            let left = v.app.places_left(&v.as_pro("Leroy")).await.unwrap();
            left.map(|left| (left.patients, left.until))
        };
        assert_eq!(left().await, Some((2, v.at(120))));
        for n in 1..=2 {
            let id = another(&v, n).await;
            v.accepts(id, "Leroy").await.unwrap();
        }
        // The demonstration's morning begins at ten: midnight is fourteen hours later.
        let midnight = v.at(14 * 60);
        assert_eq!(
            left().await,
            Some((0, midnight)),
            "none, as the matching says"
        );
        let third = another(&v, 3).await;
        assert_eq!(
            left_out_by(&v, third, "Leroy").await,
            Some(Test::Availability)
        );
        v.pass(1).await;
        let encore = Quick::Encore(1, v.at(60));
        v.app
            .quick_activity(&v.as_pro("Leroy"), encore)
            .await
            .unwrap();
        v.app.settle().await.unwrap();
        assert!(
            v.asked(third).await.contains(&"Leroy".to_owned()),
            "said again, asked again"
        );
        v.pass(61).await;
        assert!(!is_asked(&v, 4).await, "the hour is past");
        assert_eq!(left().await, Some((0, midnight)));
        let past = Quick::Encore(1, v.at(60));
        let refused = v.app.quick_activity(&v.as_pro("Leroy"), past).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))));
        let does = |quick| {
            let who = v.as_pro("Leroy");
            let app = v.app.clone();
            async move { app.quick_activity(&who, quick).await }
        };
        does(Quick::Unlimited).await.unwrap();
        assert_eq!(left().await, None);
        assert!(is_asked(&v, 5).await, "no limit any more");
        does(Quick::Encore(0, v.at(600))).await.unwrap();
        assert!(!is_asked(&v, 6).await, "zero is nothing more today");
        does(Quick::Encore(51, v.at(600))).await.unwrap_err();
        v.app.advance(Duration::hours(22)).await.unwrap();
        assert!(is_asked(&v, 7).await, "another day");
    });
}

/// "Plus rien aujourd'hui" on an offer: passed, and silent until tomorrow.
#[test]
fn nothing_more_today_is_until_tomorrow() {
    Village::each(|v| async move {
        let first = another(&v, 1).await;
        let offer = v.offer(first, "Leroy").await;
        let not_today = RefusalReason::NotToday;
        v.app
            .refuse(&v.as_pro("Leroy"), offer, not_today)
            .await
            .unwrap();
        v.app
            .refuse(&v.as_pro("Leroy"), offer, not_today)
            .await
            .unwrap();
        let second = another(&v, 2).await;
        assert_eq!(left_out_by(&v, second, "Leroy").await, Some(Test::Muted));
        v.app.advance(Duration::hours(22)).await.unwrap();
        assert!(is_asked(&v, 3).await);
    });
}

/// Quiet hours are not broken, but by urgent care for those who agreed.
#[test]
fn quiet_hours_yield_to_urgent_care_for_those_who_agreed() {
    Village::each(|v| async move {
        for (name, yields) in [("Leroy", true), ("Garnier", false)] {
            let quiet = ActivityDraft {
                quiet: Some(Some(QuietDraft {
                    from_minute: 9 * 60,
                    until_minute: 11 * 60,
                })),
                quiet_yields_to_urgent: Some(yields),
                ..ActivityDraft::default()
            };
            v.app.set_activity(&v.as_pro(name), quiet).await.unwrap();
        }
        let calm = another(&v, 1).await;
        assert_eq!(v.asked(calm).await, ["Faure", "Martin", "Petit"]);
        assert_eq!(left_out_by(&v, calm, "Leroy").await, Some(Test::QuietHours));
        let mut urgent = v.call_for("Cazal", Profession::Gp, None, PATIENT);
        urgent.need.within_hours = 2;
        let urgent = v.raise(urgent).await;
        assert_eq!(v.asked(urgent).await, ["Faure", "Leroy", "Martin", "Petit"]);
        v.pass(60).await;
        let asked = v.asked(calm).await;
        assert!(asked.contains(&"Leroy".to_owned()) && asked.contains(&"Garnier".to_owned()));
    });
}

/// Only one's own patients: as usual professional yes, in the community no.
#[test]
fn own_patients_only_means_it() {
    Village::each(|v| async move {
        let own = ActivityDraft {
            own_patients_only: Some(true),
            ..ActivityDraft::default()
        };
        v.app.set_activity(&v.as_pro("Leroy"), own).await.unwrap();
        assert!(!is_asked(&v, 1).await);
        let theirs = v.call_for("Cazal", Profession::Gp, Some("Leroy"), PATIENT);
        let theirs = v.raise(theirs).await;
        assert_eq!(v.asked(theirs).await, ["Leroy"]);
    });
}

/// Last week judged again: with a maximum, only so many get through; nothing is saved, and what is temporary
/// says nothing of the settings.
#[test]
fn last_week_is_judged_again_with_terms_that_are_not_saved() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        for n in 1..=4 {
            another(&v, n).await;
        }
        v.app.quick_activity(&leroy, Quick::AwayWeek).await.unwrap();
        let now = v.app.activity(&leroy).await.unwrap().member.profile;
        let typed = TermsDraft::of(&now);
        let week = v.app.last_week(&leroy, typed.clone()).await.unwrap();
        assert_eq!(week.before, week.after, "the same terms");
        assert_eq!((week.requests, week.after.asked), (4, 4));
        let few = TermsDraft {
            daily_max: "1".to_owned(),
            ..typed.clone()
        };
        let week = v.app.last_week(&leroy, few.clone()).await.unwrap();
        assert_eq!((week.before.asked, week.after.asked), (4, 1));
        assert_eq!(week.after.left_out.get(&Test::DailyMaximum), Some(&3));
        let untouched = v.app.activity(&leroy).await.unwrap().member.profile;
        assert_eq!(untouched, now);
        v.app.set_terms(&leroy, few.clone()).await.unwrap();
        let saved = v.app.activity(&leroy).await.unwrap().member.profile;
        assert_eq!(saved.daily_max, Some(1));
        assert_eq!(saved.unavailable_until, now.unavailable_until, "still away");
        let wrong = TermsDraft {
            daily_max: "0".to_owned(),
            ..few
        };
        let refused = v.app.last_week(&leroy, wrong).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))));
        v.app.advance(Duration::hours(24 * 8)).await.unwrap();
        let later = v.app.last_week(&leroy, typed).await.unwrap();
        assert_eq!(later.requests, 0, "a week is a week");
        assert!(
            v.app
                .last_week(&v.desk(), TermsDraft::default())
                .await
                .is_err()
        );
    });
}

/// What somebody chose, for what is asked of them next.
async fn chooses(v: &Village, name: &str, ways: [&str; 3], lock_screen: &str) {
    let who = v.as_pro(name);
    let now = v.app.activity(&who).await.unwrap().member.profile;
    let draft = TermsDraft {
        ways: ways.map(str::to_owned),
        lock_screen: lock_screen.to_owned(),
        ..TermsDraft::of(&now)
    };
    v.app.set_terms(&who, draft).await.unwrap();
}

/// What the others read is not the matter.
fn let_be(phones: &Phones) {
    for name in ["Leroy", "Martin", "Garnier", "Petit", "Faure"] {
        phones.phone(&format!("Dr {name}")).ignored();
    }
    phones.phone(PATIENT).ignored();
}

/// Mail first, then a notification, and no SMS ever; then the desk is told, as for everybody (R7).
#[test]
fn the_ladder_is_climbed_in_the_order_its_reader_chose() {
    Village::each(|v| async move {
        chooses(&v, "Martin", ["mail", "", "push"], "motive").await;
        v.phones.set_mood(&v.number("Martin"), Mood::Off).unwrap();
        let phones = v.watch();
        phones.phone(PATIENT).ignored();
        let id = v.raise(v.call()).await;
        let first = phones.phone("Dr Martin").expects("Massy");
        assert_eq!(first.channel, Channel::Mail);
        v.pass(3).await;
        let second = phones.phone("Dr Martin").expects("Massy");
        assert_eq!(second.channel, Channel::Push);
        assert!(!v.acts(id).await.contains(&"offer.unreachable".to_owned()));
        v.pass(3).await;
        assert!(v.acts(id).await.contains(&"offer.unreachable".to_owned()));
        v.pass(10).await;
        phones.silent();
    });
}

/// The choice changes while somebody is being asked: what was told by a way is taken back by it.
#[test]
fn what_was_told_by_a_way_is_taken_back_by_it_though_it_is_wanted_no_more() {
    Village::each(|v| async move {
        let phones = v.watch();
        let id = v.raise(v.open_call()).await;
        let asked = phones.phone("Dr Leroy").expects("Massy");
        assert_eq!(asked.channel, Channel::Push);
        chooses(&v, "Leroy", ["sms", "", ""], "motive").await;
        v.accepts(id, "Faure").await.unwrap();
        let pourvu = phones.phone("Dr Leroy").expects("Rien à faire");
        assert_eq!(pourvu.channel, Channel::Push);
        assert!(pourvu.replaces);
        another(&v, 2).await;
        let next = phones.phone("Dr Leroy").expects("Repondez OUI");
        assert_eq!(
            next.channel,
            Channel::Sms,
            "the next one goes as they chose"
        );
        let_be(&phones);
    });
}

/// A locked telephone that shows nothing: neither town, nor care, nor name of the network; the SMS that follows
/// says what one needs to answer it.
#[test]
fn a_discreet_telephone_shows_that_there_is_a_request_and_nothing_of_it() {
    Village::each(|v| async move {
        chooses(&v, "Leroy", ["push", "sms", "mail"], "nothing").await;
        let phones = v.watch();
        let id = v.raise(v.open_call()).await;
        let asked = phones.phone("Dr Leroy").expects("Une demande vous attend.");
        assert_eq!(
            (asked.channel, asked.subject.as_deref()),
            (Channel::Push, Some("Relais"))
        );
        assert_eq!(asked.text, "Une demande vous attend.");
        let usual = phones.phone("Dr Faure").expects("Massy");
        assert_eq!(usual.channel, Channel::Push, "the others as before");
        v.accepts(id, "Faure").await.unwrap();
        let pourvu = phones.phone("Dr Leroy").expects("Rien à faire");
        assert!(
            pourvu.replaces && !pourvu.text.contains("Massy"),
            "{}",
            pourvu.text
        );
        v.phones.set_mood(&v.number("Leroy"), Mood::Off).unwrap();
        another(&v, 2).await;
        phones.phone("Dr Leroy").expects("Une demande vous attend.");
        v.pass(3).await;
        let sms = phones.phone("Dr Leroy").expects("Repondez OUI");
        assert_eq!(sms.channel, Channel::Sms);
        assert!(sms.text.contains("Massy"), "{}", sms.text);
        let_be(&phones);
    });
}

/// The network sets the most that is shown, the person may show less.
#[test]
fn a_motive_is_shown_where_the_network_allows_it_and_its_reader_did_not_refuse_it() {
    Village::shaped(
        |world| {
            for network in &mut world.networks {
                network.policy.motive_on_lock_screen = true;
            }
        },
        |v| async move {
            chooses(&v, "Leroy", ["push", "", ""], "place").await;
            let phones = v.watch();
            v.raise(v.open_call()).await;
            let shown = phones.phone("Dr Faure").expects("Massy");
            let hidden = phones.phone("Dr Leroy").expects("Massy");
            assert!(shown.text.contains("oreille"), "{}", shown.text);
            assert!(!hidden.text.contains("oreille"), "{}", hidden.text);
            let_be(&phones);
        },
    );
}

/// Nobody becomes unreachable by a choice of ways: whoever wants no request is unavailable.
#[test]
fn a_choice_that_leads_nowhere_is_refused() {
    Village::each(|v| async move {
        let petit = v.as_pro("Petit");
        let now = v.app.activity(&petit).await.unwrap().member.profile;
        let only = |way: &str| TermsDraft {
            ways: [way.to_owned(), String::new(), String::new()],
            ..TermsDraft::of(&now)
        };
        let refused = v.app.set_terms(&petit, only("push")).await;
        assert!(
            matches!(refused, Err(AppError::Invalid(_))),
            "no smartphone"
        );
        v.app.set_terms(&petit, only("sms")).await.unwrap();
        let draft = ActivityDraft {
            channels: Some(vec!["sms".to_owned(), "mail".to_owned()]),
            lock_screen: Some("nothing".to_owned()),
            ..ActivityDraft::default()
        };
        v.app.set_activity(&petit, draft).await.unwrap();
        let saved = v.app.activity(&petit).await.unwrap().member.profile;
        assert_eq!(Ladder::new(&[Way::Sms, Way::Mail]), Some(saved.ladder));
        assert_eq!(saved.lock_screen, LockScreen::Nothing);
    });
}
