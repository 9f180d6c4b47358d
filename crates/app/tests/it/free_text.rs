//! What people type about a patient: searched for who it is, compared with who is known (R2, R6).

use crate::village::{PATIENT, Village};
use relais_app::AppError;
use relais_app::requests::desk::Act;
use relais_core::people::Profession;
use relais_core::request::{CancelledBy, NeedEdit, Status};

/// Free text is searched for the patient's own identity before it is stored.
#[test]
fn free_text_never_names_the_patient() {
    Village::each(|v| async move {
        let telling = [
            "Mme TERVAUX tousse",
            "voir odile ce soir",
            "rappeler au 06.39.98.10.01",
            "née le 2/4/1951",
            "habite allee des sycomores",
        ];
        let id = v.raise(v.open_call()).await;
        for text in telling {
            let mut draft = v.open_call();
            draft.need.comment = Some(text.to_owned());
            let refused = v.app.raise(&v.desk(), draft.clone()).await.unwrap_err();
            let AppError::Invalid(fields) = refused else {
                panic!("{text}")
            };
            assert_eq!(fields[0].pointer, "/need/comment", "{text}");
            assert!(
                fields[0].message.contains("au caractère"),
                "{}",
                fields[0].message
            );
            let seen = v.app.preview(&v.desk(), draft).await;
            assert!(
                matches!(seen, Err(AppError::Invalid(_))),
                "said before launching too"
            );
            let mut beside = v.open_call();
            beside.need.motives[0].text = Some(text.to_owned());
            let refused = v.app.raise(&v.desk(), beside).await;
            assert!(
                matches!(refused, Err(AppError::Invalid(_))),
                "beside a motive: {text}"
            );
            let note = v.app.note(&v.desk(), id, text.to_owned()).await;
            assert!(
                matches!(note, Err(AppError::Invalid(_))),
                "in a note: {text}"
            );
            let named = NeedEdit::new(v.read(id).await.need, |need| {
                need.comment = text.to_owned();
            });
            let edit = v.does(id, Act::Edit(named)).await;
            assert!(
                matches!(edit, Err(AppError::Invalid(_))),
                "in an edit: {text}"
            );
            let cancel = Act::Cancel(CancelledBy::Patient);
            let reason = Some(text.to_owned());
            let cancelled = v.app.act(&v.desk(), id, cancel, reason).await;
            assert!(
                matches!(cancelled, Err(AppError::Invalid(_))),
                "in a reason: {text}"
            );
        }
        for code in ["tervaux", "odile"] {
            let mut draft = v.open_call();
            draft.need.care_type = Some(code.to_owned());
            let refused = v.app.raise(&v.desk(), draft).await;
            assert!(
                matches!(refused, Err(AppError::Invalid(_))),
                "as a care type"
            );
            let mut draft = v.open_call();
            draft.triage.as_mut().unwrap().sheet = Some(format!("Mme {code}"));
            let refused = v.app.raise(&v.desk(), draft).await;
            assert!(matches!(refused, Err(AppError::Invalid(_))), "as a sheet");
        }
        assert_eq!(
            v.status(id).await,
            Status::AskingCommunity,
            "nothing of it happened"
        );
    });
}

/// The same person, open or recent: shown, never merged silently; nobody else's.
#[test]
fn a_possible_duplicate_is_shown() {
    Village::each(|v| async move {
        let first = v.raise(v.open_call()).await;
        let mut again = v.call_for("TERVAUX", Profession::Gp, None, "+33639981009");
        again.patient.first_names = "odile".to_owned();
        let second = v.app.raise(&v.desk(), again.clone()).await.unwrap();
        let shown: Vec<_> = second
            .possible_duplicates
            .iter()
            .map(|(id, _)| *id)
            .collect();
        assert_eq!(shown, [first]);
        // The desk reads it on both pages, whoever raised the second.
        for id in [first, second.id] {
            let acts = v.acts(id).await;
            let said = acts.iter().filter(|act| *act == "duplicate.possible");
            assert_eq!(said.count(), 1, "{acts:?}");
        }
        // Of the same house, born another day.
        let mut other = v.call_for("Belin", Profession::Gp, None, PATIENT);
        other.patient.birth_date = "1953-01-30".to_owned();
        let other = v.app.raise(&v.desk(), other).await;
        assert!(other.unwrap().possible_duplicates.is_empty());
        v.does(first, Act::Cancel(CancelledBy::Patient))
            .await
            .unwrap();
        let third = v.app.raise(&v.desk(), again).await.unwrap();
        let shown: Vec<_> = third
            .possible_duplicates
            .iter()
            .map(|(id, _)| *id)
            .collect();
        assert_eq!(shown, [second.id], "what was cancelled is over");
    });
}
