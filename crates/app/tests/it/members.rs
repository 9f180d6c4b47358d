//! A coordinator's members: found, suspended, reinstated, gone; at once, told, journaled.

use crate::fixture::Territory;
use relais_app::members::{Change, Members, Part, PlaceDraft, PracticeDraft, StandInDraft, Wanted};
use relais_app::photos::develop::Picture;
use relais_app::{AppError, Who};
use relais_core::access::Role;
use relais_core::people::{MembershipStatus, Standing};
use relais_core::request::Stage;
use relais_core::time::Duration;

fn slug<T>(answer: Result<T, AppError>) -> &'static str {
    match answer {
        Err(AppError::Problem { slug, .. }) => slug,
        Err(AppError::Denied) => "denied",
        Err(AppError::NotFound) => "not-found",
        Err(AppError::Invalid(_)) => "invalid",
        Err(_) => "another error",
        Ok(_) => "done",
    }
}

fn wrong<T>(answer: Result<T, AppError>) -> Vec<String> {
    match answer {
        Err(AppError::Invalid(errors)) => errors.into_iter().map(|error| error.pointer).collect(),
        Err(error) => vec![error.to_string()],
        Ok(_) => Vec::new(),
    }
}

fn searched(text: &str) -> Wanted {
    Wanted {
        search: text.to_owned(),
        part: Part::All,
        page: 1,
    }
}

fn part(part: Part) -> Wanted {
    Wanted {
        part,
        ..Wanted::default()
    }
}

impl Territory {
    async fn members(&self, who: &Who, wanted: Wanted) -> Members {
        self.app.members(who, &wanted).await.unwrap()
    }
}

#[test]
fn a_membership_is_suspended_reinstated_and_ended_at_once() {
    Territory::on_each_engine(|t| async move {
        let app = &t.app;
        let home = t.world.networks[0].id;
        let doctor = t.world.professionals[t.world.guided.doctor].clone();
        let coordinator = t.staff(Role::Coordinator);
        let operator = t.staff(Role::Operator);
        let all = Wanted::default();
        assert_eq!(slug(app.members(&operator, &all).await), "denied");

        // Everybody of the network and nobody else, page after page; then by name and by number.
        let all = t.members(&coordinator, all).await;
        let mine = |p: &&relais_app::demo::DemoProfessional| {
            p.memberships
                .iter()
                .any(|m| m.network == home && m.status != MembershipStatus::Left)
        };
        assert_eq!(all.found, t.world.professionals.iter().filter(mine).count());
        assert!(all.rows.len() < all.found, "more than one page");
        let mut seen = Vec::new();
        for page in 1..=all.found.div_ceil(all.rows.len()) {
            let wanted = Wanted {
                page,
                ..Wanted::default()
            };
            let rows = t.members(&coordinator, wanted).await.rows;
            seen.extend(rows.into_iter().map(|(row, _)| row.member.id));
        }
        let each: std::collections::BTreeSet<_> = seen.iter().collect();
        assert_eq!((seen.len(), each.len()), (all.found, all.found));
        let by_name = t
            .members(&coordinator, searched(&doctor.last_name.to_uppercase()))
            .await;
        assert!(
            by_name
                .rows
                .iter()
                .any(|(row, _)| row.member.id == doctor.id)
        );
        let by_number = Wanted {
            page: 9,
            ..searched(&doctor.rpps)
        };
        let by_number = t.members(&coordinator, by_number).await;
        assert_eq!((by_number.found, by_number.page), (1, 1));
        let stranger = t
            .world
            .professionals
            .iter()
            .find(|p| p.memberships.iter().all(|m| m.network != home));
        let stranger = stranger.unwrap().id;
        assert_eq!(slug(app.member(&coordinator, stranger).await), "not-found");

        let change = |what, reason: &str| {
            app.change_member(&coordinator, doctor.id, what, reason.to_owned())
        };
        assert_eq!(slug(change(Change::Suspend, " ").await), "invalid");
        assert_eq!(
            slug(change(Change::Reinstate, "").await),
            "membership-moved"
        );
        let foreign = app
            .change_member(&coordinator, stranger, Change::Leave, "x".to_owned())
            .await;
        assert_eq!(slug(foreign), "not-found");
        let since = app.now();
        change(Change::Suspend, "Convenu avec lui.").await.unwrap();
        let belongs = || async {
            let directory = app.directory().await.unwrap();
            directory.person(doctor.id).unwrap().member.belongs_to(home)
        };
        assert!(!belongs().await);
        app.settle().await.unwrap();
        let told = t.received(doctor.alert_number.as_deref().unwrap(), since);
        assert!(
            told.iter().any(|row| row.text.contains("suspendue")),
            "{told:?}"
        );
        assert!(
            told.iter().all(|row| !row.text.contains("Convenu")),
            "the reason is not told"
        );
        let one = app.member(&coordinator, doctor.id).await.unwrap();
        assert_eq!(one.status, MembershipStatus::Suspended);
        change(Change::Reinstate, "").await.unwrap();
        assert!(belongs().await);

        // Gone from their last network: signed out everywhere.
        let login = t
            .world
            .users
            .iter()
            .find(|u| u.professional == Some(doctor.id))
            .unwrap();
        let session = app.sign_in_demo(&login.login, String::new()).await.unwrap();
        assert!(app.session(&session).await.unwrap().is_some());
        change(Change::Leave, "Départ en retraite.").await.unwrap();
        let one = app.member(&coordinator, doctor.id).await.unwrap();
        assert_eq!(one.status, MembershipStatus::Left);
        assert_eq!(
            app.session(&session).await.unwrap().is_some(),
            one.elsewhere + one.shared.len() > 0
        );
        assert_eq!(
            slug(change(Change::Leave, "Encore.").await),
            "membership-moved"
        );
        // Among those who left, from then on; and back, with a session of their own to open.
        let now = t.members(&coordinator, part(Part::Left)).await;
        assert_eq!(now.counts[0], all.counts[0] - 1);
        assert_eq!(now.found, all.counts[4] + 1);
        assert!(now.rows.iter().any(|(row, _)| row.member.id == doctor.id));
        change(Change::Reinstate, "Il revient.").await.unwrap();
        assert!(belongs().await);
        assert!(
            app.session(&session).await.unwrap().is_none() || one.elsewhere + one.shared.len() > 0
        );
    });
}

/// R5: dates open and close what somebody may do from the next request on.
#[test]
fn dates_of_practice_are_written_by_the_day_and_rule_from_the_next_request() {
    Territory::on_each_engine(|t| async move {
        let app = &t.app;
        let home = t.world.networks[0].id;
        let coordinator = t.staff(Role::Coordinator);
        let doctor = t.world.professionals[t.world.guided.doctor].clone();
        let other = t
            .world
            .professionals
            .iter()
            .find(|p| {
                p.profession == doctor.profession
                    && p.standing == Standing::Titular
                    && p.id != doctor.id
                    && p.memberships.iter().any(|m| m.network == home)
            })
            .unwrap();
        let draft = |standing: &str, from: &str, until: &str, supervisor: &str| PracticeDraft {
            standing: standing.to_owned(),
            from: from.to_owned(),
            until: until.to_owned(),
            supervisor: supervisor.to_owned(),
        };
        let set = |draft| app.set_practice(&coordinator, doctor.id, draft);
        // What cannot be.
        for (typed, fields) in [
            (draft("locum", "", "", ""), vec!["/from", "/until"]),
            (
                draft("locum", "2026-03-01", "2026-02-28", ""),
                vec!["/until"],
            ),
            (
                draft("locum", "2026-03-01", "2226-02-28", ""),
                vec!["/until"],
            ),
            (draft("titular", "2026-03-01", "", ""), vec!["/from"]),
            (draft("titular", "", "", &other.rpps), vec!["/supervisor"]),
            (
                draft("intern", "2026-03-01", "2026-06-30", ""),
                vec!["/supervisor"],
            ),
            (
                draft("intern", "2026-03-01", "2026-06-30", &doctor.rpps),
                vec!["/supervisor"],
            ),
            (
                draft("intern", "2026-03-01", "2026-06-30", "00000000000"),
                vec!["/supervisor"],
            ),
            (
                draft("king", "2026-03-01", "2026-06-30", ""),
                vec!["/standing"],
            ),
        ] {
            assert_eq!(wrong(set(typed.clone()).await), fields, "{typed:?}");
        }
        let operator = t.staff(Role::Operator);
        let denied = app
            .set_practice(&operator, doctor.id, draft("titular", "", "", ""))
            .await;
        assert_eq!(slug(denied), "denied");

        // Until tomorrow, that day included: listed among the contracts that end, and told.
        let since = app.now();
        set(draft("locum", "01/03/2026", "11/03/2026", ""))
            .await
            .unwrap();
        let ending = t.members(&coordinator, part(Part::Ending)).await;
        assert!(
            ending
                .rows
                .iter()
                .any(|(row, _)| row.member.id == doctor.id)
        );
        app.settle().await.unwrap();
        let told = t.received(doctor.alert_number.as_deref().unwrap(), since);
        assert!(
            told.iter()
                .any(|row| row.text.contains("mars 2026 compris")),
            "{told:?}"
        );
        let login = &t
            .world
            .users
            .iter()
            .find(|u| u.professional == Some(doctor.id))
            .unwrap()
            .login;
        let session = app.sign_in_demo(login, String::new()).await.unwrap();
        app.advance(Duration::hours(24 + 13)).await.unwrap();
        assert!(
            app.session(&session).await.unwrap().is_some(),
            "23:00 of the last day"
        );
        app.advance(Duration::hours(1)).await.unwrap();
        assert!(app.session(&session).await.unwrap().is_none(), "midnight");
        let again = app.sign_in_demo(login, String::new()).await;
        assert_eq!(slug(again), "rights-ended");

        // Prolonged: the same session holds again, nothing was lost.
        set(draft("intern", "2026-03-01", "2026-12-31", &other.rpps))
            .await
            .unwrap();
        assert!(app.session(&session).await.unwrap().is_some());
        let one = app.member(&coordinator, doctor.id).await.unwrap();
        assert_eq!(one.row.member.standing.supervisor(), Some(other.id));
    });
}

/// R5: distance is counted from the nearest place.
#[test]
fn places_are_kept_added_and_taken_away() {
    Territory::on_each_engine(|t| async move {
        let app = &t.app;
        let coordinator = t.staff(Role::Coordinator);
        let doctor = t.world.professionals[t.world.guided.doctor].clone();
        let held = app
            .member(&coordinator, doctor.id)
            .await
            .unwrap()
            .row
            .places;
        let kept = |main| PlaceDraft {
            id: held[0].id.to_string(),
            label: held[0].label.clone(),
            line: held[0].line.clone(),
            insee: held[0].insee.as_str().to_owned(),
            postcode: held[0].postcode.clone(),
            main,
        };
        let added = |insee: &str, main| PlaceDraft {
            label: "Maison de santé".to_owned(),
            insee: insee.to_owned(),
            postcode: "91120".to_owned(),
            main,
            ..PlaceDraft::default()
        };
        let set = |drafts| app.set_places(&coordinator, doctor.id, drafts);
        assert_eq!(wrong(set(vec![]).await), ["/label-0"]);
        assert_eq!(wrong(set(vec![kept(true); 7]).await), ["/label-0"]);
        assert_eq!(
            wrong(set(vec![kept(true), added("00000", false)]).await),
            ["/commune-1"]
        );
        assert_eq!(
            wrong(set(vec![kept(true), added("91477", true)]).await),
            ["/main"]
        );
        assert_eq!(wrong(set(vec![kept(false)]).await), ["/main"]);

        set(vec![kept(false), added("91477", true)]).await.unwrap();
        let row = app.member(&coordinator, doctor.id).await.unwrap().row;
        assert_eq!(row.places.len(), 2);
        assert_eq!(row.main_place().unwrap().insee.as_str(), "91477");
        let same = row
            .places
            .iter()
            .find(|place| place.id == held[0].id)
            .unwrap();
        assert_eq!(
            same.point, held[0].point,
            "an untouched street keeps its point"
        );
        set(vec![kept(true)]).await.unwrap();
        let row = app.member(&coordinator, doctor.id).await.unwrap().row;
        assert_eq!(row.places, held);
    });
}

/// R4.1: whoever stands in for the usual doctor has their patients while it runs, and no longer.
#[test]
fn a_stand_in_is_asked_with_the_usual_doctor_while_it_runs() {
    Territory::on_each_engine(|t| async move {
        let app = &t.app;
        let home = t.world.networks[0].id;
        let (coordinator, operator) = (t.staff(Role::Coordinator), t.staff(Role::Operator));
        let doctor = t.world.professionals[t.world.guided.doctor].clone();
        let reachable = |p: &&relais_app::demo::DemoProfessional| {
            p.profession == doctor.profession
                && p.id != doctor.id
                && p.standing == Standing::Titular
                && p.alert_number.is_some()
                && p.profile == doctor.profile
                && p.memberships
                    .iter()
                    .any(|m| m.network == home && m.status == MembershipStatus::Active)
        };
        let locum = t.world.professionals.iter().find(reachable).unwrap();
        let nurse = t
            .world
            .professionals
            .iter()
            .find(|p| p.profession != doctor.profession);
        let nurse = nurse.unwrap();
        let draft = |rpps: &str, from: &str, until: &str| StandInDraft {
            locum: rpps.to_owned(),
            from: from.to_owned(),
            until: until.to_owned(),
            inherits: true,
        };
        let add = |draft| app.add_stand_in(&coordinator, doctor.id, draft);
        for (typed, fields) in [
            (draft("", "", ""), vec!["/since", "/last", "/locum"]),
            (
                draft(&locum.rpps, "2026-03-10", "2026-03-09"),
                vec!["/last"],
            ),
            (
                draft(&locum.rpps, "2026-03-01", "2026-03-09"),
                vec!["/last"],
            ),
            (
                draft(&locum.rpps, "2026-03-01", "2028-03-09"),
                vec!["/last"],
            ),
            (
                draft(&doctor.rpps, "2026-03-10", "2026-03-12"),
                vec!["/locum"],
            ),
            (
                draft(&nurse.rpps, "2026-03-10", "2026-03-12"),
                vec!["/locum"],
            ),
            (
                draft("00000000000", "2026-03-10", "2026-03-12"),
                vec!["/locum"],
            ),
        ] {
            assert_eq!(wrong(add(typed.clone()).await), fields, "{typed:?}");
        }
        let since = app.now();
        add(draft(&locum.rpps, "2026-03-10", "2026-03-12"))
            .await
            .unwrap();
        assert_eq!(
            wrong(add(draft(&locum.rpps, "2026-03-12", "2026-03-13")).await),
            ["/since"]
        );
        app.settle().await.unwrap();
        for (person, word) in [(locum, "remplacez"), (&doctor, "vous remplace")] {
            let told = t.received(person.alert_number.as_deref().unwrap(), since);
            assert!(told.iter().any(|row| row.text.contains(word)), "{told:?}");
        }

        let preview = app.preview(&operator, t.first_call()).await.unwrap();
        assert!(
            preview
                .usual
                .iter()
                .any(|verdict| verdict.professional == locum.id)
        );
        let raised = app.raise(&operator, t.first_call()).await.unwrap();
        let request = t.read(raised.id).await;
        let alone: Vec<_> = request
            .offers
            .iter()
            .filter(|offer| offer.stage == Stage::Usual)
            .map(|offer| offer.professional)
            .collect();
        assert_eq!(alone.len(), request.offers.len(), "nobody else is asked");
        assert!(alone.contains(&locum.id) && alone.contains(&doctor.id));
        assert_eq!(
            request.usual.professionals,
            [doctor.id],
            "nobody declared the locum"
        );
        assert_eq!(request.usual.standing_in(locum.id).unwrap().of, doctor.id);

        // Ended: the next request does not know them, the first one keeps what it froze.
        let one = app.member(&coordinator, locum.id).await.unwrap();
        let held = one.stands_in_for[0];
        app.end_stand_in(&coordinator, doctor.id, locum.id, held.from)
            .await
            .unwrap();
        let again = app
            .end_stand_in(&coordinator, doctor.id, locum.id, held.from)
            .await;
        assert_eq!(slug(again), "membership-moved");
        let mut next = t.first_call();
        next.not_same_as = vec![raised.id.to_string()];
        let next = app.raise(&operator, next).await.unwrap();
        let next = t.read(next.id).await;
        assert!(
            next.offers
                .iter()
                .all(|offer| offer.professional != locum.id)
        );
        assert!(
            t.read(raised.id)
                .await
                .usual
                .standing_in(locum.id)
                .is_some()
        );
    });
}

/// The Order's approval of whoever practises under a contract: kept, opened with a line in the journal, gone when
/// they practise in their own name.
#[test]
fn the_orders_approval_is_kept_while_there_is_a_contract() {
    Territory::on_each_engine(|t| async move {
        let app = &t.app;
        let coordinator = t.staff(Role::Coordinator);
        let id = t.world.professionals[t.world.guided.doctor].id;
        let scan = || Picture {
            width: 2,
            height: 2,
            jpeg: vec![7; 5],
        };
        let titular = app.set_approval(&coordinator, id, scan()).await;
        assert_eq!(wrong(titular), ["/photos"], "in their own name");
        let practice = |standing: &str, from: &str, until: &str| PracticeDraft {
            standing: standing.to_owned(),
            from: from.to_owned(),
            until: until.to_owned(),
            supervisor: String::new(),
        };
        let adjunct = practice("adjunct", "2026-03-01", "2026-09-30");
        app.set_practice(&coordinator, id, adjunct).await.unwrap();
        assert_eq!(slug(app.approval(&coordinator, id).await), "not-found");
        app.set_approval(&coordinator, id, scan()).await.unwrap();
        assert!(
            app.member(&coordinator, id)
                .await
                .unwrap()
                .approval_at
                .is_some()
        );
        assert_eq!(*app.approval(&coordinator, id).await.unwrap(), vec![7; 5]);
        let operator = t.staff(Role::Operator);
        assert_eq!(slug(app.approval(&operator, id).await), "denied");
        let titular = practice("titular", "", "");
        app.set_practice(&coordinator, id, titular).await.unwrap();
        assert_eq!(slug(app.approval(&coordinator, id).await), "not-found");
        assert_eq!(
            slug(app.forget_approval(&coordinator, id).await),
            "not-found"
        );
    });
}
