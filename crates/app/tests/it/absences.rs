//! Days away said in advance, and public holidays not worked (R5): who is asked, what is told, what stays.

use crate::village::{NORTH, PATIENT, Village};
use relais_app::AppError;
use relais_app::absences::AbsenceDraft;
use relais_app::activity::{ActivityDraft, Quick};
use relais_app::members::StandInDraft;
use relais_app::terms::TermsDraft;
use relais_core::access::{CalendarDetail, Role};
use relais_core::ids::RequestId;
use relais_core::matching::{Measure, Test};
use relais_core::people::Profession;
use relais_core::time::Duration;

/// The village begins on Tuesday 10 March 2026.
fn days(from: &str, to: &str) -> AbsenceDraft {
    AbsenceDraft {
        from: from.to_owned(),
        to: to.to_owned(),
    }
}

async fn raised(v: &Village, n: usize) -> RequestId {
    v.raise(v.call_for(&format!("Belin{n}"), Profession::Gp, None, PATIENT))
        .await
}

async fn measure(v: &Village, id: RequestId, name: &str) -> Option<(Test, Measure)> {
    let (_, stages) = v.app.verdicts(&v.desk(), id).await.unwrap();
    let who = v.pro(name).id;
    let mut verdicts = stages.iter().flat_map(|stage| &stage.verdicts);
    let verdict = verdicts.find(|verdict| verdict.professional == who)?;
    let failed = verdict.first_failure()?;
    Some((failed.test, failed.measure))
}

#[test]
fn days_away_are_not_asked_and_the_verdict_says_until_when() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        let away = days("2026-03-10", "11/03/2026");
        v.app.add_absence(&leroy, away.clone()).await.unwrap();
        v.app.add_absence(&leroy, away.clone()).await.unwrap();
        let later = days("2026-07-27", "2026-08-03");
        v.app.add_absence(&leroy, later).await.unwrap();
        let said = v.app.absences(&leroy).await.unwrap();
        assert_eq!(said.len(), 2, "the same days are said once");
        let first = raised(&v, 1).await;
        assert!(!v.asked(first).await.contains(&"Leroy".to_owned()));
        let Some((Test::Availability, Measure::Away(back))) = measure(&v, first, "Leroy").await
        else {
            panic!("away");
        };
        assert_eq!(back.since(v.at(0)), Duration::hours(38), "midnight");
        // Back earlier than said: only what runs ends.
        v.app
            .quick_activity(&leroy, Quick::Available)
            .await
            .unwrap();
        v.app.settle().await.unwrap();
        assert!(v.asked(first).await.contains(&"Leroy".to_owned()));
        let left = v.app.absences(&leroy).await.unwrap();
        assert_eq!(left.len(), 1);
        v.app
            .remove_absence(&leroy, days("2026-07-27", "2026-08-03"))
            .await
            .unwrap();
        assert!(v.app.absences(&leroy).await.unwrap().is_empty());
        assert!(v.app.absences(&v.desk()).await.is_err());
    });
}

#[test]
fn days_that_cannot_be_are_refused_each_by_its_name() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        for (from, to, wrong) in [
            ("", "", ["/absent_from", "/absent_to"].as_slice()),
            ("2026-03-12", "2026-03-11", &["/absent_to"]),
            ("2026-03-01", "2026-03-09", &["/absent_to"]),
            ("2026-04-01", "2027-05-01", &["/absent_to"]),
            ("2028-04-01", "2028-04-02", &["/absent_to"]),
        ] {
            let refused = v.app.add_absence(&leroy, days(from, to)).await;
            let Err(AppError::Invalid(errors)) = refused else {
                panic!("{from} {to}");
            };
            let names: Vec<_> = errors.iter().map(|one| one.pointer.as_str()).collect();
            assert_eq!(names, wrong, "{from} {to}");
        }
        assert!(v.app.absences(&leroy).await.unwrap().is_empty());
        let body = ActivityDraft {
            absences: Some(vec![days("2026-05-04", "2026-05-02")]),
            ..ActivityDraft::default()
        };
        let Err(AppError::Invalid(errors)) = v.app.set_activity(&leroy, body).await else {
            panic!("taken");
        };
        assert_eq!(errors[0].pointer, "/absences/0/to");
    });
}

/// Appointments stay, a replacement is shown, the calendar has the days.
#[test]
fn what_falls_in_an_absence_is_shown_beside_it() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        let id = raised(&v, 1).await;
        v.accepts(id, "Leroy").await.unwrap();
        v.app
            .add_absence(&leroy, days("2026-03-10", "2026-03-12"))
            .await
            .unwrap();
        let said = v.app.absences(&leroy).await.unwrap();
        assert_eq!((said[0].appointments, said[0].replaced_by.len()), (1, 0));
        let garnier = v.pro("Garnier");
        let stand_in = StandInDraft {
            locum: garnier.rpps.clone(),
            from: "2026-03-12".to_owned(),
            until: "2026-03-12".to_owned(),
            inherits: true,
        };
        v.app
            .add_stand_in(
                &v.staff_of(NORTH, Role::Coordinator),
                v.pro("Leroy").id,
                stand_in,
            )
            .await
            .unwrap();
        let said = v.app.absences(&leroy).await.unwrap();
        assert_eq!(said[0].replaced_by, [garnier.id]);
        let seen = v
            .app
            .member(&v.staff_of(NORTH, Role::Coordinator), v.pro("Leroy").id)
            .await
            .unwrap();
        assert_eq!(seen.absences[0].absence, said[0].absence);
        let address = v
            .app
            .make_agenda(&leroy, CalendarDetail::Nothing)
            .await
            .unwrap();
        let secret = address.rsplit('/').next().unwrap().trim_end_matches(".ics");
        let file = v.app.agenda_file(secret).await.unwrap();
        assert!(file.contains("DTSTART;VALUE=DATE:20260310\r\nDTEND;VALUE=DATE:20260313"));
    });
}

/// Last week judged again: public holidays are a term, days away are counted apart.
#[test]
fn last_week_knows_holidays_and_days_away() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        raised(&v, 1).await;
        v.app
            .add_absence(&leroy, days("2026-03-10", "2026-03-10"))
            .await
            .unwrap();
        v.app.advance(Duration::hours(48)).await.unwrap();
        let now = v.app.activity(&leroy).await.unwrap().member.profile;
        assert_eq!(now.absences.len(), 1, "kept while last week is told");
        let typed = TermsDraft {
            off_on_holidays: true,
            ..TermsDraft::of(&now)
        };
        let week = v.app.last_week(&leroy, typed.clone()).await.unwrap();
        assert_eq!((week.before.asked, week.before.away), (1, 1));
        assert_eq!(week.after, week.before, "no holiday that week");
        v.app.set_terms(&leroy, typed).await.unwrap();
        v.app.advance(Duration::hours(24 * 20)).await.unwrap();
        v.app
            .add_absence(&leroy, days("2026-06-01", "2026-06-02"))
            .await
            .unwrap();
        let now = v.app.activity(&leroy).await.unwrap().member.profile;
        assert!(now.off_on_holidays);
        assert_eq!(now.absences.len(), 1, "what is long over is forgotten");
    });
}
