//! Who saw a patient's data (R6): every look over all their requests, to the coordinator and nobody
//! else, without the patient's name, and written down itself.

use crate::village::{CENTRE, NORTH, PATIENT, Village};
use relais_app::AppError;
use relais_app::threads::NewMessage;
use relais_core::access::Role;
use relais_core::ids::RequestId;
use relais_core::people::Profession;

#[test]
fn each_look_is_listed_with_its_reason_over_all_requests_of_the_person() {
    Village::each(|v| async move {
        let first = v.raise(v.open_call()).await;
        v.accepts(first, "Leroy").await.unwrap();
        let leroy = v.as_pro("Leroy");
        let _look = v.app.open_identity(&leroy, first).await.unwrap();
        let said = NewMessage {
            key: String::new(),
            text: "Bonjour".to_owned(),
            pictures: Vec::new(),
        };
        v.app.write_in_thread(&leroy, first, said).await.unwrap();
        let _thread = v.app.thread(&v.desk(), first).await.unwrap();
        let second = v.call_for("Tervaux", Profession::Nurse, None, PATIENT);
        let second = v.raise(second).await;
        let _look = v.app.open_identity(&v.desk(), second).await.unwrap();
        let other = v.call_for("Belin", Profession::Gp, None, "+33639981002");
        let other = v.raise(other).await;
        let _look = v.app.open_identity(&v.desk(), other).await.unwrap();

        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let looks = v.app.who_saw(&coordinator, second).await.unwrap();
        let code = async |id: RequestId| v.app.request(&v.desk(), id).await.unwrap().stored.code;
        let (one, two, three) = (code(first).await, code(second).await, code(other).await);
        let found = |purpose: &str, what: &str, code: &str| {
            let mut rows = looks.rows.iter();
            rows.any(|row| row.purpose == purpose && row.what == what && row.code == code)
        };
        assert!(found("care", "Identité", &one), "{looks:?}");
        assert!(found("desk", "Fil de la demande", &one), "{looks:?}");
        assert!(found("desk", "Identité", &two), "{looks:?}");
        assert!(
            looks
                .rows
                .iter()
                .all(|row| row.code != three && !row.why.is_empty()),
            "{looks:?}"
        );
        let doctor = looks.rows.iter().find(|row| row.purpose == "care").unwrap();
        assert!(doctor.who.ends_with("Leroy"), "{}", doctor.who);

        let (file, _) = v.app.who_saw_csv(&coordinator, first).await.unwrap();
        let file = String::from_utf8(file).unwrap();
        assert!(file.starts_with("\u{feff}Date;Heure;Qui;"), "{file}");
        assert!(
            !file.contains("ervaux") && !file.contains("Odile"),
            "{file}"
        );
        let acts = v.acts(second).await;
        assert!(acts.contains(&"rights.listed".to_owned()), "{acts:?}");

        assert_eq!(v.app.who_saw(&v.desk(), first).await, Err(AppError::Denied));
        assert_eq!(v.app.who_saw(&leroy, first).await, Err(AppError::Denied));
        let elsewhere = v.staff_of(CENTRE, Role::Coordinator);
        assert_eq!(
            v.app.who_saw(&elsewhere, first).await,
            Err(AppError::NotFound)
        );
    });
}
