//! What follows a visit (R8, R9): the next request in one gesture, no-shows with their base, what nobody closed, who
//! looks for a usual doctor, the hour that came free.

use crate::village::{NORTH, PATIENT, Village, why};
use relais_app::AppError;
use relais_app::activity::ActivityDraft;
use relais_app::requests::desk::Act;
use relais_app::requests::next::{Closing, Followed, NextDraft};
use relais_app::wishes::{Wish, Wishes};
use relais_core::access::Role;
use relais_core::cascade::Refusal;
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::{Appointment, CancelledBy, Closure, Phase, Request, Requester, Status};
use relais_core::time::{Duration, Instant};
use relais_gateways::PhoneRow;

const OTHER: &str = "+33639981002";

fn nurse() -> NextDraft {
    NextDraft {
        profession: "nurse".to_owned(),
        care: "pansement".to_owned(),
        within_hours: "48".to_owned(),
        mode: "visit".to_owned(),
    }
}

/// The hour agreed with the patient of a request.
trait Agreed {
    fn phase_hour(&self) -> Option<Instant>;
}

impl Agreed for Request {
    fn phase_hour(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Engaged(engagement) => engagement.appointment.starts_at(),
            _ => None,
        }
    }
}

impl Village {
    /// Closed by whoever had the patient, with what is needed next.
    async fn closed(&self, id: RequestId, closure: Closure, next: Vec<NextDraft>) -> Followed {
        let closing = Closing {
            next,
            seeks_doctor: false,
        };
        let leroy = self.as_pro("Leroy");
        let done = self.app.close_and_ask(&leroy, id, closure, None, closing);
        let done = done.await.unwrap();
        self.app.settle().await.unwrap();
        done
    }

    /// Taken by Dr Leroy, whose hour is two hours from now.
    async fn taken(&self, phone: &str) -> RequestId {
        let draft = self.call_for("Tervaux", Profession::Gp, None, phone);
        let id = self.raise(draft).await;
        self.accepts(id, "Leroy").await.unwrap();
        id
    }
}

/// Ticked as the visit is closed: another request for the same patient, nothing typed again, linked both ways.
#[test]
fn what_is_needed_next_is_asked_in_the_same_gesture() {
    Village::each(|v| async move {
        let id = v.taken(PATIENT).await;
        let done = v.closed(id, Closure::Seen, vec![nurse()]).await;
        assert!(done.refused.is_empty(), "{:?}", done.refused);
        let [raised] = done.raised.as_slice() else {
            panic!("{:?}", done.raised)
        };
        let next = v.read(raised.id).await;
        assert_eq!(next.need.profession, Profession::Nurse);
        assert_eq!(next.need.care.as_str(), "pansement");
        assert!(next.need.comment.is_empty(), "written for somebody else");
        let leroy = v.pro("Leroy").id;
        assert!(matches!(next.requester, Requester::Professional(who, _) if who == leroy));
        let (here, there) = (
            v.app.links(&v.desk(), id).await.unwrap(),
            v.app.links(&v.as_pro("Leroy"), raised.id).await.unwrap(),
        );
        assert_eq!(here.after[0].request, raised.id);
        assert_eq!(there.origin.unwrap().request, id);
        let same = v
            .app
            .open_identity(&v.desk(), raised.id)
            .await
            .ok()
            .unwrap();
        assert_eq!(same.phone.expose(), PATIENT);
        for one in [id, raised.id] {
            assert!(v.acts(one).await.contains(&"request.followed".to_owned()));
        }
        // Again, from the patient's page: it is on its way already, or nobody could take it.
        let again = v.app.ask_next(&v.as_pro("Leroy"), id, vec![nurse()]).await;
        let again = again.unwrap();
        assert!(matches!(
            again.refused[0].why,
            AppError::Problem {
                slug: "next-already",
                ..
            }
        ));
        // Any other profession is in the list beside.
        let midwife = NextDraft {
            profession: "midwife".to_owned(),
            care: String::new(),
            ..nurse()
        };
        let also = v.app.ask_next(&v.as_pro("Leroy"), id, vec![midwife]).await;
        let also = also.unwrap();
        assert!(also.refused.is_empty(), "{:?}", also.refused);
        let also = v.read(also.raised[0].id).await;
        assert_eq!(also.need.profession, Profession::Midwife);
        let other = v.app.ask_next(&v.as_pro("Martin"), id, vec![nurse()]).await;
        assert!(matches!(other, Err(AppError::NotFound)));
    });
}

/// What cannot be asked now is said, and the closing stays.
#[test]
fn a_refused_sequel_never_undoes_the_closing() {
    Village::each(|v| async move {
        let absent = v.taken(PATIENT).await;
        let done = v.closed(absent, Closure::NoShow, vec![nurse()]).await;
        assert!(matches!(
            done.refused[0].why,
            AppError::Problem {
                slug: "next-not-met",
                ..
            }
        ));
        assert_eq!(v.read(absent).await.closure(), Some(Closure::NoShow));
        let late = v.taken(PATIENT).await;
        let wrong = NextDraft {
            care: "avis-specialise".to_owned(),
            ..nurse()
        };
        let gp = NextDraft {
            profession: "gp".to_owned(),
            ..nurse()
        };
        v.pass(11 * 60).await;
        let drafts = vec![nurse(), wrong, gp];
        let done = v.closed(late, Closure::Seen, drafts).await;
        assert_eq!((done.raised.len(), done.refused.len()), (0, 3));
        assert!(matches!(
            done.refused[0].why,
            AppError::Refused(Refusal::OutOfHours { .. })
        ));
        assert!(matches!(done.refused[1].why, AppError::Invalid(_)));
        assert_eq!(v.status(late).await, Status::Closed);
        v.pass(12 * 60).await;
        let morning = v
            .app
            .ask_next(&v.as_pro("Leroy"), late, vec![nurse()])
            .await;
        assert_eq!(morning.unwrap().raised.len(), 1, "nothing typed again");
    });
}

/// A no-show is a share of the appointments whose hour is past, closed or not; what was called off is no part of it.
#[test]
fn no_shows_are_counted_with_their_base_and_what_nobody_closes_is_listed() {
    Village::each(|v| async move {
        let seen = v.taken(PATIENT).await;
        let open = v.taken(OTHER).await;
        let off = v.taken("+33639981003").await;
        v.answers("+33639981003", "ANNUL").await;
        assert!(v.read(off).await.is_ended());
        v.pass(121).await;
        v.closed(seen, Closure::NoShow, Vec::new()).await;
        let found = v.app.visits(&v.desk()).await.unwrap();
        assert_eq!(
            (found.ended.all, found.ended.no_show, found.open),
            (1, 1, 1)
        );
        assert!(found.unclosed.is_empty(), "a day is left");
        let phones = v.watch();
        v.pass(24 * 60).await;
        phones.phone("Dr Leroy").expects("clore");
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let found = v.app.visits(&coordinator).await.unwrap();
        assert_eq!(found.unclosed.len(), 1);
        assert_eq!(found.unclosed[0].request.id, open);
        v.does(open, Act::Close(Closure::Seen)).await.unwrap();
        let found = v.app.visits(&coordinator).await.unwrap();
        assert_eq!(
            (found.ended.all, found.ended.no_show, found.open),
            (2, 1, 0)
        );
        assert!(found.unclosed.is_empty());
        let refused = v.app.visits(&v.as_pro("Leroy")).await;
        assert!(matches!(refused, Err(AppError::Denied)));
    });
}

/// On the list with consent alone, read by the coordinator alone, each look journaled; off it at once.
#[test]
fn whoever_looks_for_a_usual_doctor_is_listed_with_their_consent() {
    Village::each(|v| async move {
        let id = v.taken(PATIENT).await;
        let closing = Closing {
            next: Vec::new(),
            seeks_doctor: true,
        };
        let leroy = v.as_pro("Leroy");
        let done = v
            .app
            .close_and_ask(&leroy, id, Closure::Seen, None, closing);
        done.await.unwrap();
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let listed = v.app.seekers(&coordinator).await.ok().unwrap();
        assert_eq!(listed.len(), 1);
        assert!(listed[0].name.contains("Tervaux"), "{}", listed[0].name);
        assert!(v.acts(id).await.contains(&"identity.opened".to_owned()));
        let file = v.app.seekers_csv(&coordinator).await.unwrap();
        let file = String::from_utf8(file).unwrap();
        assert_eq!(file.lines().count(), 2, "{file}");
        assert!(
            file.contains("Tervaux") && file.contains("06 39 98 10 01"),
            "{file}"
        );
        for other in [
            v.desk(),
            v.as_pro("Leroy"),
            v.staff_of(NORTH, Role::Regulator),
        ] {
            let refused = v.app.seekers(&other).await;
            assert!(matches!(refused.err(), Some(AppError::Denied)));
        }
        let wanted = Wishes::new([Wish::SeeksDoctor, Wish::NoList]);
        v.app.set_wishes(&v.desk(), id, wanted).await.unwrap();
        assert!(v.app.seekers(&coordinator).await.ok().unwrap().is_empty());
    });
}

/// Another takes the request before the message about the freed hour has left: it does not leave any more, and nobody
/// reads *La prendre à cette heure ?* after *pourvu*.
#[test]
fn a_freed_hour_is_not_put_to_its_holder_once_another_has_the_request() {
    Village::each(|v| async move {
        let first = v.taken(PATIENT).await;
        let waiting = v
            .raise(v.call_for("Belin", Profession::Gp, None, OTHER))
            .await;
        let asked = v.asked(waiting).await;
        assert!(asked.iter().any(|name| name == "Leroy"), "{asked:?}");
        let other = asked.iter().find(|name| *name != "Leroy").unwrap().clone();
        let cancel = Act::Cancel(CancelledBy::Patient);
        v.app.act(&v.desk(), first, cancel, why()).await.unwrap();
        assert!(v.acts(waiting).await.contains(&"offer.freed".to_owned()));
        let at = Appointment::At(v.app.now() + Duration::hours(3));
        let offer = v.offer(waiting, &other).await;
        let who = v.as_pro(&other);
        v.app.accept(&who, offer, at).await.unwrap();
        v.app.settle().await.unwrap();
        let rows = v.phones.list();
        let freed = rows
            .iter()
            .find(|row| row.text.contains("La prendre à cette heure"));
        assert!(freed.is_none(), "{freed:?}");
        let mut theirs = rows.iter().filter(|row| row.owner == "Dr Leroy");
        assert!(theirs.any(|row| row.text.contains("Rien ")), "{rows:?}");
    });
}

/// The hour a patient gives back is offered to whoever kept it, with the most pressing request they were asked for.
#[test]
fn an_hour_that_comes_free_is_offered_for_a_request_that_waits() {
    Village::each(|v| async move {
        let first = v.taken(PATIENT).await;
        let waiting = v
            .raise(v.call_for("Belin", Profession::Gp, None, OTHER))
            .await;
        v.answers(PATIENT, "ANNUL").await;
        let freed = |row: &PhoneRow| row.text.contains("La prendre à cette heure");
        let told: Vec<_> = v.phones.list().into_iter().filter(freed).collect();
        let [told] = told.as_slice() else {
            panic!("{told:?}")
        };
        assert_eq!(told.owner, "Dr Leroy");
        for identity in ["Belin", "Odile", "Sycomores", OTHER] {
            assert!(!told.text.contains(identity), "{}", told.text);
        }
        assert!(v.read(first).await.is_ended());
        assert!(v.acts(waiting).await.contains(&"offer.freed".to_owned()));
        v.accepts(waiting, "Leroy").await.unwrap();
        assert_eq!(
            v.status(waiting).await,
            Status::Scheduled,
            "an ordinary yes"
        );
        // Whoever passed is not asked again.
        let third = v
            .raise(v.call_for("Corme", Profession::Gp, None, "+33639981004"))
            .await;
        v.passes(third, "Leroy").await;
        v.answers(OTHER, "ANNUL").await;
        assert!(!v.acts(third).await.contains(&"offer.freed".to_owned()));
    });
}

/// Given by hand to one patient, the hour is nobody else's: the freed link says so, and the offer stays theirs.
#[test]
fn a_freed_hour_given_by_hand_is_not_given_again() {
    Village::each(|v| async move {
        let first = v.taken(PATIENT).await;
        let hour = v.read(first).await.phase_hour().unwrap();
        let one = v
            .raise(v.call_for("Belin", Profession::Gp, None, OTHER))
            .await;
        let third = "+33639981004";
        let two = v
            .raise(v.call_for("Corme", Profession::Gp, None, third))
            .await;
        v.answers(PATIENT, "ANNUL").await;
        let leroy = v.as_pro("Leroy");
        let (a, b) = (v.offer(one, "Leroy").await, v.offer(two, "Leroy").await);
        assert!(v.app.is_hour_free(&leroy, a, hour).await.unwrap());
        let by_hand = Appointment::At(hour);
        v.app.accept(&leroy, b, by_hand).await.unwrap();
        assert!(!v.app.is_hour_free(&leroy, a, hour).await.unwrap());
        let again = v.app.accept_freed(&leroy, a, hour).await;
        let Err(AppError::Problem { slug, .. }) = again else {
            panic!("{again:?}")
        };
        assert_eq!(slug, "hour-taken");
        let later = hour + Duration::minutes(10);
        let taken = v.app.accept_freed(&leroy, a, later).await.unwrap();
        // The same yes twice is the same yes: the hour is this patient's own.
        v.app.accept_freed(&leroy, a, later).await.unwrap();
        assert_eq!(taken.after.phase_hour(), Some(later));
    });
}

/// Two hours come free: two patients who wait are put to whoever has them, one each; and at once too, on a database that
/// lets two write.
#[test]
fn two_hours_that_come_free_are_offered_for_two_requests() {
    Village::each(|v| async move {
        for round in 0..4 {
            let phone = |n: usize| format!("+3363998{:04}", 2_000 + 10 * round + n);
            let held = [v.taken(&phone(0)).await, v.taken(&phone(1)).await];
            let mut waiting = Vec::new();
            for n in [2, 3] {
                let draft = v.call_for("Belin", Profession::Gp, None, &phone(n));
                waiting.push(v.raise(draft).await);
            }
            let desk = v.desk();
            let cancel = |id| {
                let act = Act::Cancel(CancelledBy::Patient);
                v.app.act(&desk, id, act, why())
            };
            let both = tokio::join!(cancel(held[0]), cancel(held[1]));
            both.0.unwrap();
            both.1.unwrap();
            for id in &waiting {
                let acts = v.acts(*id).await;
                let told = acts.iter().filter(|act| *act == "offer.freed").count();
                assert_eq!(told, 1, "in round {round}: {acts:?}");
            }
            v.app.settle().await.unwrap();
            for id in waiting {
                v.does(id, Act::Cancel(CancelledBy::Operator))
                    .await
                    .unwrap();
            }
        }
    });
}

/// Whoever rests after a yes is asked of nothing; the patient calls off, and what waits is put to them at once.
#[test]
fn whoever_is_free_again_is_asked_of_what_waits() {
    Village::each(|v| async move {
        let resting = ActivityDraft {
            rest_minutes: Some(Some(240)),
            ..ActivityDraft::default()
        };
        v.app
            .set_activity(&v.as_pro("Leroy"), resting)
            .await
            .unwrap();
        v.taken(PATIENT).await;
        let draft = v.call_for("Belin", Profession::Gp, None, OTHER);
        let waiting = v.raise(draft).await;
        assert!(
            !v.asked(waiting).await.contains(&"Leroy".to_owned()),
            "they rest"
        );
        v.answers(PATIENT, "ANNUL").await;
        assert!(
            v.asked(waiting).await.contains(&"Leroy".to_owned()),
            "they are free"
        );
        let told = v.phones.list().into_iter();
        let told =
            told.filter(|row| row.owner == "Dr Leroy" && row.request == Some(waiting.to_string()));
        assert_eq!(told.count(), 1, "asked once, in the ordinary way");
        v.accepts(waiting, "Leroy").await.unwrap();
    });
}

/// A request that found nobody because whoever could have taken it was resting: the hour they have again is put to them,
/// though it never reached them; the desk keeps its clock, and a yes is an ordinary yes.
#[test]
fn an_hour_that_comes_free_reaches_a_request_that_found_nobody() {
    Village::each(|v| async move {
        let resting = ActivityDraft {
            rest_minutes: Some(Some(240)),
            ..ActivityDraft::default()
        };
        let leroy = v.as_pro("Leroy");
        v.app.set_activity(&leroy, resting).await.unwrap();
        v.taken(PATIENT).await;
        let waiting = v
            .raise(v.call_for("Belin", Profession::Gp, None, OTHER))
            .await;
        // Everybody who may be asked says no, the neighbours too.
        for _ in 0..3 {
            for name in v.asked(waiting).await {
                v.passes(waiting, &name).await;
            }
        }
        assert_eq!(v.status(waiting).await, Status::Unfilled);
        v.answers(PATIENT, "ANNUL").await;
        let told = v.phones.list().into_iter();
        let told: Vec<_> = told
            .filter(|row| row.owner == "Dr Leroy" && row.request == Some(waiting.to_string()))
            .collect();
        let [told] = told.as_slice() else {
            panic!("{told:?}")
        };
        assert!(
            told.text.contains("La prendre à cette heure"),
            "{}",
            told.text
        );
        assert_eq!(
            v.status(waiting).await,
            Status::Unfilled,
            "the desk keeps it"
        );
        assert!(
            v.acts(waiting)
                .await
                .contains(&"offer.hour-freed".to_owned())
        );
        v.accepts(waiting, "Leroy").await.unwrap();
        assert_eq!(v.status(waiting).await, Status::Scheduled);
    });
}
