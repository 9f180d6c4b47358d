//! The thread of a request (ADR 0034): who reads and writes it and when, told once and without its
//! content, no name before acceptance, closed with the request, each look in the journal.

use crate::village::{Village, why};
use relais_app::AppError;
use relais_app::Who;
use relais_app::photos::develop::Picture;
use relais_app::requests::desk::Act;
use relais_app::threads::{NewMessage, TEXT_MAX};
use relais_core::access::{Role, ThreadSide};
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::Closure;
use relais_core::wishes::{Wish, Wishes};

fn said(key: &str, text: &str) -> NewMessage {
    NewMessage {
        key: key.to_owned(),
        text: text.to_owned(),
        pictures: Vec::new(),
    }
}

async fn write(v: &Village, who: &Who, id: RequestId, text: &str) -> Result<u32, AppError> {
    let posted = v.app.write_in_thread(who, id, said("", text)).await?;
    v.app.settle().await.unwrap();
    Ok(posted.n)
}

/// A patient of Dr Martin, who agreed that Dr Martin be informed.
async fn asked(v: &Village) -> RequestId {
    let mut call = v.call();
    call.consent_synthesis = true;
    v.raise(call).await
}

/// The same, taken on by Dr Leroy.
async fn taken(v: &Village) -> RequestId {
    let id = asked(v).await;
    v.passes(id, "Martin").await;
    v.accepts(id, "Leroy").await.unwrap();
    id
}

fn texts(lines: &[relais_app::threads::Line]) -> Vec<&str> {
    lines.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn each_reads_in_their_time_and_the_others_are_told_without_a_word_of_it() {
    Village::each(|v| async move {
        let id = taken(&v).await;
        let (leroy, martin) = (v.as_pro("Leroy"), v.as_pro("Martin"));
        let phones = v.watch();
        assert_eq!(
            write(&v, &v.desk(), id, "Mme Tervaux vient avec sa fille.").await,
            Ok(1)
        );
        for name in ["Leroy", "Martin"] {
            let told = phones.phone(&v.named(name));
            told.expects("un message vous attend sur la demande");
        }
        let rows = v.phones.list();
        assert!(
            rows.iter()
                .all(|row| !row.text.contains("fille") && !row.text.contains("ervaux"))
        );

        let thread = v.app.thread(&leroy, id).await.unwrap();
        assert_eq!(
            (thread.side, thread.open, thread.may_name),
            (ThreadSide::Accepter, true, true)
        );
        assert_eq!(texts(&thread.lines), ["Mme Tervaux vient avec sa fille."]);
        assert!(thread.lines[0].fresh && !thread.lines[0].mine);
        assert!(
            !v.app.thread(&leroy, id).await.unwrap().lines[0].fresh,
            "read"
        );
        assert_eq!(
            v.app.thread(&martin, id).await.unwrap().side,
            ThreadSide::Usual
        );

        assert_eq!(write(&v, &leroy, id, "Très bien.").await, Ok(2));
        phones
            .phone(&v.named("Martin"))
            .expects("message vous attend");
        let to_read = v.app.threads_to_read(&v.desk()).await.unwrap();
        assert_eq!(to_read.len(), 1, "the desk has something to read");
        let count = v.app.thread_count(&v.desk(), id).await.unwrap().unwrap();
        assert_eq!(
            (count.messages, count.unread),
            (2, 1),
            "what another operator wrote is read"
        );
        let _read = v.app.thread(&v.desk(), id).await.unwrap();
        assert!(v.app.threads_to_read(&v.desk()).await.unwrap().is_empty());

        let acts = v.acts(id).await;
        let looks = acts.iter().filter(|act| *act == "thread.opened").count();
        assert_eq!(looks, 4, "{acts:?}");

        for other in ["Garnier", "Petit"] {
            let read = v.app.thread(&v.as_pro(other), id).await;
            assert_eq!(read.err(), Some(AppError::NotFound), "{other}");
        }
        let coordinator = v.staff_of(crate::village::NORTH, Role::Coordinator);
        assert_eq!(
            v.app.thread(&coordinator, id).await.err(),
            Some(AppError::Denied)
        );
        assert_eq!(v.app.thread_count(&coordinator, id).await, Ok(None));
    });
}

#[test]
fn before_somebody_has_the_patient_those_asked_see_nothing_and_nobody_names_them() {
    Village::each(|v| async move {
        let id = asked(&v).await;
        for (text, what) in [
            ("Odile Tervaux attend.", "nom"),
            ("Le 06 39 98 10 01.", "téléphone"),
        ] {
            match write(&v, &v.desk(), id, text).await {
                Err(AppError::Invalid(errors)) => {
                    assert_eq!(errors[0].pointer, "/text");
                    assert!(errors[0].message.contains(what), "{}", errors[0].message);
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(
            write(&v, &v.desk(), id, "Elle habite au troisième.").await,
            Ok(1)
        );
        let martin = v.as_pro("Martin");
        assert_eq!(
            v.app.thread(&martin, id).await.err(),
            Some(AppError::NotFound),
            "asked, usual or not"
        );
        assert_eq!(
            write(&v, &martin, id, "Bonjour").await,
            Err(AppError::NotFound)
        );

        // Without the patient's agreement the usual doctor stays out, even afterwards.
        let mut call = v.call_for("Belin", Profession::Gp, Some("Martin"), "+33639981002");
        call.consent_synthesis = false;
        let quiet = v.raise(call).await;
        v.passes(quiet, "Martin").await;
        v.accepts(quiet, "Leroy").await.unwrap();
        assert_eq!(write(&v, &v.desk(), quiet, "Bonjour").await, Ok(1));
        assert_eq!(
            v.app.thread(&martin, quiet).await.err(),
            Some(AppError::NotFound)
        );
        assert!(v.app.thread(&v.as_pro("Leroy"), quiet).await.is_ok());

        // Nor once the patient opposes that their usual doctor be written to, whatever was agreed before (R8).
        let mut agreed = v.call_for("Tarin", Profession::Gp, Some("Martin"), "+33639981003");
        agreed.consent_synthesis = true;
        let opposed = v.raise(agreed).await;
        v.passes(opposed, "Martin").await;
        v.accepts(opposed, "Leroy").await.unwrap();
        assert!(v.app.thread(&martin, opposed).await.is_ok());
        let wishes = Wishes::new([Wish::NoNotes]);
        v.app.set_wishes(&v.desk(), opposed, wishes).await.unwrap();
        assert_eq!(
            v.app.thread(&martin, opposed).await.err(),
            Some(AppError::NotFound)
        );
        let number = v.number("Martin");
        let heard = || {
            let rows = v.phones.list().into_iter();
            rows.filter(|row| row.to == number && row.text.contains("message vous attend"))
                .count()
        };
        let before = heard();
        assert_eq!(write(&v, &v.desk(), opposed, "Bonjour").await, Ok(1));
        assert_eq!(heard(), before, "nor told that something waits");

        // Given back, the patient is nobody's: the first to have them reads no more.
        let leroy = v.as_pro("Leroy");
        v.app.act(&leroy, quiet, Act::Release, why()).await.unwrap();
        assert_eq!(
            v.app.thread(&leroy, quiet).await.err(),
            Some(AppError::NotFound)
        );
    });
}

#[test]
fn sent_twice_it_is_one_message_and_told_once_in_a_while() {
    Village::each(|v| async move {
        let id = taken(&v).await;
        let desk = v.desk();
        let heard = || {
            let number = v.number("Leroy");
            let rows = v.phones.list().into_iter();
            rows.filter(|row| row.to == number && row.text.contains("message vous attend"))
                .count()
        };
        let one = |text: &'static str| async {
            let posted = v
                .app
                .write_in_thread(&desk, id, said("k1", text))
                .await
                .unwrap();
            v.app.settle().await.unwrap();
            posted
        };
        let first = one("Bonjour").await;
        let again = one("Bonjour").await;
        assert_eq!(
            (first.n, first.again, again.n, again.again),
            (1, false, 1, true)
        );
        assert_eq!(
            one("Autre chose").await.n,
            2,
            "the same key with other words is another message"
        );
        assert_eq!(heard(), 1, "told lately and not read yet");
        let _read = v.app.thread(&v.as_pro("Leroy"), id).await.unwrap();
        assert_eq!(one("Encore").await.n, 3);
        assert_eq!(heard(), 2, "read meanwhile: told again");
        v.pass(11).await;
        assert_eq!(one("Toujours là ?").await.n, 4);
        assert_eq!(heard(), 3, "unread for long: told again");

        let leroy = v.as_pro("Leroy");
        let picture = Picture {
            width: 2,
            height: 2,
            jpeg: b"\xff\xd8\xff\xd9".to_vec(),
        };
        let mut shown = said("k2", "");
        shown.pictures = vec![picture];
        assert_eq!(v.app.write_in_thread(&leroy, id, shown).await.unwrap().n, 5);
        assert_eq!(heard(), 3, "not told of their own");
        let photo = v.app.open_thread_photo(&desk, id, 5, 1).await.unwrap();
        assert_eq!(photo.as_slice(), b"\xff\xd8\xff\xd9");
        let martin = v
            .app
            .open_thread_photo(&v.as_pro("Garnier"), id, 5, 1)
            .await;
        assert_eq!(martin.err(), Some(AppError::NotFound));
        assert!(v.acts(id).await.contains(&"photo.opened".to_owned()));
    });
}

#[test]
fn it_closes_with_the_request_is_read_after_and_handed_over_as_a_file() {
    Village::each(|v| async move {
        let id = taken(&v).await;
        let leroy = v.as_pro("Leroy");
        for wrong in [String::new(), "é".repeat(TEXT_MAX + 1)] {
            let refused = write(&v, &leroy, id, &wrong).await;
            assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
        }
        assert_eq!(write(&v, &leroy, id, "Vu.\r\nTout va bien.").await, Ok(1));
        v.app
            .act(&leroy, id, Act::Close(Closure::Seen), None)
            .await
            .unwrap();
        match write(&v, &leroy, id, "Trop tard").await {
            Err(AppError::Problem { slug, .. }) => assert_eq!(slug, "thread-closed"),
            other => panic!("{other:?}"),
        }
        let thread = v.app.thread(&leroy, id).await.unwrap();
        assert_eq!(
            (thread.open, texts(&thread.lines)),
            (false, vec!["Vu.\nTout va bien."])
        );
        let (file, code) = v.app.export_thread(&v.desk(), id).await.unwrap();
        assert!(
            file.contains(&format!("demande {code}")) && file.contains("Vu.\r\nTout va bien."),
            "{file}"
        );
        assert!(file.contains("prend le patient en charge"), "{file}");
        let coordinator = v.staff_of(crate::village::NORTH, Role::Coordinator);
        assert_eq!(
            v.app.export_thread(&coordinator, id).await,
            Err(AppError::Denied)
        );
        assert!(v.acts(id).await.contains(&"thread.exported".to_owned()));
    });
}
