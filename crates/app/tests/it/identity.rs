//! The patient's identity: nowhere but sealed, opened only by those who may, and written down each
//! time (R6, I4). A canary lives whole lives; then everything is searched for it.

use crate::village::{NORTH, SOUTH, Village, why};
use relais_app::requests::desk::Act;
use relais_app::{AppError, Who};
use relais_core::access::Role;
use relais_core::people::Profession;
use relais_core::request::{Appointment, CancelledBy, Closure, NeedEdit, Status};
use relais_core::time::Duration;
use std::io;
use std::sync::{Arc, Mutex};

/// The canary's phone.
const CANARY: &str = "+33639984477";

/// What would betray the canary, in lower case, without its accented capitals.
const TRACES: &[&str] = &[
    "zyxw",
    "aubercourt",
    "qvont",
    "phrémia",
    "phremia",
    "zoélie",
    "zoelie",
    "wûna",
    "wuna",
    "vélocip",
    "velocip",
    "639984477",
    "639984488",
    "06 39 98 44 77",
    "1937-11-23",
    "23/11/1937",
    "19371123",
    "23111937",
];

fn canary(v: &Village, usual: Option<&str>) -> relais_app::requests::draft::RequestDraft {
    let mut draft = v.call_for("Zyxwélique-d’Aubercourt", Profession::Gp, usual, CANARY);
    draft.patient.used_name = Some("QVONTÉREL".to_owned());
    draft.patient.first_names = "Éphrémia-Zoélie Wûna".to_owned();
    draft.patient.birth_date = "23/11/1937".to_owned();
    draft.patient.carer_phone = Some("06 39 98 44 88".to_owned());
    draft.patient.address.line = Some("47 ter impasse du Vélocipède-Brûlé".to_owned());
    draft
}

/// The trace found in a text, if any.
fn trace(text: &str) -> Option<&'static str> {
    let folded = text.to_lowercase();
    TRACES.iter().copied().find(|trace| folded.contains(trace))
}

#[track_caller]
fn clean(what: &str, text: &str) {
    let found = trace(text);
    assert!(
        found.is_none(),
        "{found:?} in {what}: {}",
        text.chars().take(2_000).collect::<String>()
    );
}

/// Everything logged by this process, from the first call on.
fn logs() -> Arc<Mutex<Vec<u8>>> {
    #[derive(Clone)]
    struct Tape(Arc<Mutex<Vec<u8>>>);
    impl io::Write for Tape {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let tape = Tape(Arc::default());
    let (writer, level) = (tape.clone(), tracing_subscriber::filter::LevelFilter::TRACE);
    let everything = tracing_subscriber::fmt().with_max_level(level);
    everything.with_writer(move || writer.clone()).init();
    tape.0
}

/// Asked, refused, accepted by SMS, set, closed.
async fn ordinary_life(v: &Village) {
    let id = v.raise(canary(v, Some("Martin"))).await;
    let offer = v.offer(id, "Martin").await;
    v.app.mark_seen(&v.as_pro("Martin"), offer).await.unwrap();
    let (_, name) = v.app.offer(&v.as_pro("Martin"), offer, true).await.unwrap();
    assert!(name.unwrap().birth_name.expose().contains("Aubercourt"));
    v.passes(id, "Martin").await;
    let code = v.code(&v.number("Petit"));
    v.answers(&v.number("Petit"), &format!("OUI {code}")).await;
    assert_eq!(v.status(id).await, Status::Accepted);
    let set = Act::SetAppointment(Appointment::At(v.app.now() + Duration::hours(1)));
    v.does(id, set).await.unwrap();
    v.app.open_identity(&v.as_pro("Petit"), id).await.unwrap();
    v.app.open_identity(&v.desk(), id).await.unwrap();
    v.app
        .note(&v.desk(), id, "A rappelé, tout va bien.".to_owned())
        .await
        .unwrap();
    v.app
        .act(&v.as_pro("Petit"), id, Act::Close(Closure::Seen), None)
        .await
        .unwrap();
}

/// Raised by a pharmacist, accepted, released, taken again, cancelled by SMS.
async fn restless_life(v: &Village) {
    let raised = v
        .app
        .raise(&v.as_pro("Potard"), canary(v, None))
        .await
        .unwrap();
    v.app.settle().await.unwrap();
    let id = raised.id;
    v.accepts(id, "Leroy").await.unwrap();
    v.app
        .act(&v.as_pro("Leroy"), id, Act::Release, why())
        .await
        .unwrap();
    v.app.settle().await.unwrap();
    v.accepts(id, "Garnier").await.unwrap();
    v.answers(CANARY, "ANNUL Mme Aubercourt, née le 23/11/1937")
        .await;
    assert_eq!(v.status(id).await, Status::Cancelled);
}

/// Nobody takes it: taken in hand, transferred; another is edited, paused and cancelled.
async fn hard_life(v: &Village) {
    let id = v.raise(canary(v, None)).await;
    v.phones
        .set_mood(&v.number("Faure"), relais_gateways::Mood::Off)
        .unwrap();
    let orsel = v.number("Orsel");
    let refuses = relais_gateways::Mood::Refuses;
    v.phones.set_mood(&orsel, refuses).unwrap();
    v.phones.set_mood(CANARY, refuses).unwrap();
    v.pass(121).await;
    v.phones
        .set_mood(CANARY, relais_gateways::Mood::Live)
        .unwrap();
    assert_eq!(v.status(id).await, Status::Unfilled);
    v.does(id, Act::TakeInHand).await.unwrap();
    v.does(id, Act::Transfer15).await.unwrap();
    let other = v.raise(canary(v, None)).await;
    let stairs = NeedEdit::new(v.read(other).await.need, |need| {
        need.comment = "Deux étages sans ascenseur.".to_owned();
    });
    v.does(other, Act::Edit(stairs)).await.unwrap();
    v.does(other, Act::Pause).await.unwrap();
    v.does(other, Act::Cancel(CancelledBy::Operator))
        .await
        .unwrap();
}

/// What somebody typed wrong is refused without being repeated.
async fn mistakes(v: &Village) {
    let mut draft = canary(v, None);
    draft.patient.phone = "06 39 98 44 77 Aubercourt".to_owned();
    draft.patient.birth_date = "23/11/19371123".to_owned();
    draft.patient.sex = "Zyxw".to_owned();
    draft.need.care_type = Some("Vélocipède".to_owned());
    let refused = v.app.raise(&v.desk(), draft).await.unwrap_err();
    clean("a refusal", &format!("{refused:?} {refused}"));
    let mut draft = canary(v, None);
    draft.need.comment = Some("Mme Aubercourt tousse".to_owned());
    let refused = v.app.raise(&v.desk(), draft).await.unwrap_err();
    clean("a refusal", &format!("{refused:?} {refused}"));
    let mut flagged = canary(v, None);
    flagged.triage.as_mut().unwrap().red_flags = "present".to_owned();
    let refused = v.app.raise(&v.desk(), flagged).await.unwrap_err();
    clean("a refusal", &format!("{refused:?} {refused}"));
}

/// Everything the application hands out, as a developer would print it.
async fn printed(v: &Village) {
    let board = v.app.board(&v.desk()).await.unwrap();
    clean("the board", &format!("{board:?}"));
    let (reads, _) = v
        .app
        .requests(&v.desk(), Vec::new(), None, 200)
        .await
        .unwrap();
    assert!(reads.len() >= 4);
    for read in reads {
        let id = read.stored.request.id;
        clean("a request", &format!("{:?}", read.stored));
        let (_, rows) = v.app.timeline(&v.desk(), id).await.unwrap();
        clean("a history", &format!("{rows:?}"));
        let (_, messages) = v.app.messages(&v.desk(), id).await.unwrap();
        clean("messages", &format!("{messages:?}"));
        let (_, verdicts) = v.app.verdicts(&v.desk(), id).await.unwrap();
        clean("verdicts", &format!("{verdicts:?}"));
    }
    for name in ["Martin", "Leroy", "Petit"] {
        let (offers, _) = v
            .app
            .offers(&v.as_pro(name), false, None, 100)
            .await
            .unwrap();
        clean(
            "offers",
            &offers
                .iter()
                .map(|o| format!("{:?}{:?}", o.offer, o.stored))
                .collect::<String>(),
        );
        let taken = v.app.taken(&v.as_pro(name), 100).await.unwrap();
        clean(
            "takings",
            &taken
                .iter()
                .map(|t| format!("{:?}", t.stored))
                .collect::<String>(),
        );
    }
    let journal = v.app.export_journal(None, None).await.unwrap();
    clean("the journal", &format!("{journal:?}"));
    clean(
        "the checks",
        &format!("{:?}", v.app.doctor().await.unwrap()),
    );
}

#[test]
fn a_whole_life_leaves_no_trace_of_who_it_was() {
    let tape = logs();
    Village::readable(|v| async move {
        ordinary_life(&v).await;
        restless_life(&v).await;
        hard_life(&v).await;
        mistakes(&v).await;
        printed(&v).await;
        let sent = v.phones.list();
        assert!(sent.len() > 40, "{} messages", sent.len());
        for row in sent {
            clean(
                "a message",
                &format!("{} {}", row.text, row.subject.clone().unwrap_or_default()),
            );
            let bare: String = row.text.chars().filter(|c| !c.is_whitespace()).collect();
            let alert = ["0639980", "+3363998"].iter().any(|n| bare.contains(n));
            assert!(!alert, "an alert number is never shown: {}", row.text);
            clean(
                "a message's dressing",
                &format!("{:?}{:?}{}{}", row.request, row.tag, row.owner, row.key),
            );
        }
        let rows = v.store.rows();
        assert!(rows["patients"].len() >= 4 && rows["journal"].len() > 40);
        for (table, rows) in rows {
            rows.iter().for_each(|row| clean(&table, row));
        }
        clean("the file", &String::from_utf8_lossy(&v.store.bytes()));
    });
    let tape = tape.lock().unwrap();
    let text = String::from_utf8_lossy(&tape);
    let refused = "message not taken by the gateway";
    assert!(
        text.contains(refused),
        "something was logged, of a message to the canary too"
    );
    for line in text.lines() {
        clean("a log line", line);
    }
}

async fn opens(
    v: &Village,
    who: &Who,
    id: relais_core::ids::RequestId,
) -> Result<(), &'static str> {
    match v.app.open_identity(who, id).await {
        Ok(identity) if identity.birth_name.expose() == "Tervaux" => Ok(()),
        Ok(_) => Err("somebody else"),
        Err(AppError::Denied) => Err("denied"),
        Err(AppError::NotFound) => Err("not found"),
        Err(_) => Err("something else"),
    }
}

/// Who may open, in which state; each time one row says who, whose and why.
#[test]
fn an_identity_opens_for_those_who_may_and_each_time_is_written_down() {
    Village::each(|v| async move {
        let raised = v
            .app
            .raise(&v.as_pro("Potard"), v.open_call())
            .await
            .unwrap();
        v.app.settle().await.unwrap();
        let id = raised.id;
        let strangers = [
            v.as_pro("Leroy"),
            v.as_pro("Voisin"),
            v.staff_of(NORTH, Role::Administrator),
            v.staff_of(NORTH, Role::Auditor),
            v.staff_of(NORTH, Role::Partner),
            v.staff_of(SOUTH, Role::Operator),
            v.staff_of(SOUTH, Role::Regulator),
            v.staff_of(SOUTH, Role::Coordinator),
        ];
        for stranger in &strangers {
            assert_eq!(
                opens(&v, stranger, id).await,
                Err("not found"),
                "{stranger:?}"
            );
        }
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        assert_eq!(opens(&v, &coordinator, id).await, Err("denied"));
        let signed_out = v.app.open_identity(&Who::platform("web"), id).await;
        assert!(matches!(signed_out, Err(AppError::SignedOut)));
        assert_eq!(opened(&v, id).await, Vec::<(String, String)>::new());
        let regulator = v.staff_of(NORTH, Role::Regulator);
        for allowed in [v.desk(), regulator, v.as_pro("Potard")] {
            assert_eq!(opens(&v, &allowed, id).await, Ok(()));
        }
        v.accepts(id, "Leroy").await.unwrap();
        assert_eq!(opens(&v, &v.as_pro("Leroy"), id).await, Ok(()));
        assert_eq!(opens(&v, &v.as_pro("Martin"), id).await, Err("not found"));
        v.app
            .act(&v.as_pro("Leroy"), id, Act::Release, why())
            .await
            .unwrap();
        assert_eq!(
            opens(&v, &v.as_pro("Leroy"), id).await,
            Err("not found"),
            "no longer theirs"
        );
        let user = |who: &Who| who.actor.unwrap().user.to_string();
        let expected = [
            (user(&v.desk()), "desk"),
            (user(&v.staff_of(NORTH, Role::Regulator)), "desk"),
            (user(&v.as_pro("Potard")), "requester"),
            (user(&v.as_pro("Leroy")), "care"),
        ];
        let expected: Vec<_> = expected.map(|(who, why)| (who, why.to_owned())).into();
        assert_eq!(opened(&v, id).await, expected);
    });
}

/// Who opened the identity of a request's patient, and why, oldest first.
async fn opened(v: &Village, id: relais_core::ids::RequestId) -> Vec<(String, String)> {
    let (read, rows) = v.app.timeline(&v.desk(), id).await.unwrap();
    let looks = rows
        .iter()
        .rev()
        .filter(|row| row.entry.act == "identity.opened");
    looks
        .map(|row| {
            let patient = read.stored.patient.to_string();
            assert_eq!(row.entry.subject.as_ref(), Some(&patient), "whose");
            (row.entry.actor.clone(), row.entry.why.clone().unwrap())
        })
        .collect()
}

/// The registered usual professional sees the name on their page of that offer, and nowhere else.
#[test]
fn the_usual_doctor_recognises_the_patient_if_the_network_lets_them() {
    for allowed in [true, false] {
        let shape = move |world: &mut relais_app::demo::DemoWorld| {
            world.networks[NORTH].policy.usual_sees_name = allowed;
        };
        Village::shaped(shape, |v| async move {
            let id = v.raise(v.call()).await;
            let martin = v.as_pro("Martin");
            let offer = v.offer(id, "Martin").await;
            let (_, weak) = v.app.offer(&martin, offer, false).await.unwrap();
            assert!(weak.is_none(), "not without a recent authentication");
            let (_, name) = v.app.offer(&martin, offer, true).await.unwrap();
            assert_eq!(name.is_some(), allowed);
            assert_eq!(
                opens(&v, &martin, id).await,
                Err("not found"),
                "and nowhere else"
            );
            let stranger = v.app.offer(&v.as_pro("Leroy"), offer, true).await;
            assert!(
                matches!(stranger, Err(AppError::NotFound)),
                "not their offer"
            );
            v.pass(60).await;
            let leroys = v.offer(id, "Leroy").await;
            let (_, other) = v.app.offer(&v.as_pro("Leroy"), leroys, true).await.unwrap();
            assert!(other.is_none(), "another doctor never");
            v.accepts(id, "Leroy").await.unwrap();
            let (_, gone) = v.app.offer(&martin, offer, true).await.unwrap();
            assert!(gone.is_none(), "nor when it is taken");
            let looks = opened(&v, id).await;
            assert_eq!(looks.len(), usize::from(allowed), "{looks:?}");
            assert!(looks.iter().all(|(_, why)| why == "usual-offer"));
        });
    }
}
