//! Our secure mailbox, read again and again: a report changes its note once, whatever dies and
//! whoever reads; what no program understands waits for a person, and says nothing of itself.

use crate::notes::{draft, mails, mdn, sign, state, taken, with_a_mailbox};
use crate::village::{CENTRE, NORTH, Village};
use relais_app::AppError;
use relais_app::outside::OurMailbox;
use relais_app::synthesis::{Letter, NoteState, Passed};
use relais_core::access::Role;
use relais_gateways::mssante::{Delivered, Place, ReadPost, Received, Unread};
use relais_store::postboxes;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const BOX: &str = "snp@cpts.mssante.fr";

/// A box in memory that remembers what it was asked.
#[derive(Default)]
struct Shelf(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    validity: u32,
    mails: Vec<(u32, String)>,
    asked: Vec<Place>,
    seen: Vec<u32>,
    away: bool,
}

impl Shelf {
    fn put(&self, uid: u32, mail: String) {
        self.0.lock().unwrap().mails.push((uid, mail));
    }

    fn asked(&self) -> Vec<Place> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }
}

impl ReadPost for Shelf {
    fn address(&self) -> &str {
        BOX
    }

    fn read(&self, after: Place, most: usize) -> Result<Delivered, Unread> {
        let mut inside = self.0.lock().unwrap();
        inside.asked.push(after);
        if inside.away {
            return Err(Unread("unreachable"));
        }
        let from = if after.validity == inside.validity {
            after.uid
        } else {
            0
        };
        let waiting = inside.mails.iter().filter(|(uid, _)| *uid > from);
        let all: Vec<_> = waiting.cloned().collect();
        Ok(Delivered {
            validity: inside.validity,
            more: all.len() > most,
            mails: all
                .into_iter()
                .take(most)
                .map(|(uid, mail)| Received {
                    uid,
                    mail: mail.into_bytes(),
                })
                .collect(),
        })
    }

    fn mark_read(&self, _: u32, uids: &[u32]) -> Result<(), Unread> {
        self.0.lock().unwrap().seen.extend(uids);
        Ok(())
    }
}

/// Another process of the same village, which reads the box.
fn reader(v: &Village, shelf: &Arc<Shelf>, name: &str) -> Village {
    let mut outside = v.app.outside().clone();
    outside.postbox = Some(OurMailbox {
        post: Arc::clone(shelf) as Arc<dyn ReadPost>,
        every: Duration::from_secs(60),
    });
    v.on(v.app.db().clone(), outside, name)
}

fn shelf() -> Arc<Shelf> {
    let shelf = Shelf::default();
    shelf.0.lock().unwrap().validity = 3;
    Arc::new(shelf)
}

#[test]
fn a_report_changes_its_note_once_whatever_dies_and_whoever_reads() {
    Village::shaped(with_a_mailbox, |v| async move {
        let id = taken(&v).await;
        sign(&v, id, draft("Otite", true)).await.unwrap();
        let reference = mails(&v)[0].id.clone();
        let shelf = shelf();
        let (one, other) = (reader(&v, &shelf, "one"), reader(&v, &shelf, "other"));
        shelf.put(1, mdn(&reference, "processed/Error: 903^x"));
        shelf.put(2, "Subject: Bonjour\n\nUne lettre.\n".to_owned());

        // A process took the box, read it, and died before it could write anything.
        let now = v.app.clock().now();
        let until = now + relais_core::time::Duration::minutes(5);
        v.app
            .db()
            .write_blocking(move |tx| postboxes::hold(tx, BOX, "dead", now, until))
            .unwrap();
        let passed = one.app.read_postbox().await.unwrap();
        assert!(passed.elsewhere && passed.mails == 0, "{passed:?}");
        v.pass(6).await;
        let passed = one.app.read_postbox().await.unwrap();
        assert_eq!((passed.mails, passed.letters), (2, 1));
        let refused = NoteState::Answered {
            code: "903".to_owned(),
        };
        assert_eq!(state(&v, id).await, refused);
        assert_eq!(shelf.0.lock().unwrap().seen, [1], "the letter stays unread");

        shelf.asked();
        shelf.put(3, mdn(&reference, "displayed"));
        let passed = other.app.read_postbox().await.unwrap();
        assert_eq!(passed.mails, 1, "from where the other stopped");
        assert_eq!(
            shelf.asked()[0],
            Place {
                validity: 3,
                uid: 2
            }
        );
        assert!(matches!(state(&v, id).await, NoteState::Displayed { .. }));

        let told = |acts: &[String]| acts.iter().filter(|act| act.starts_with("note.")).count();
        let before = v.acts(id).await;
        assert!(before.contains(&"note.answered".to_owned()), "{before:?}");
        assert!(before.contains(&"note.displayed".to_owned()), "{before:?}");
        // Numbered anew: everything comes again, and changes nothing.
        shelf.0.lock().unwrap().validity = 4;
        let passed = one.app.read_postbox().await.unwrap();
        assert_eq!(passed.mails, 3);
        assert_eq!(told(&v.acts(id).await), told(&before));
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        assert_eq!(
            v.app.letters(&coordinator).await.unwrap().len(),
            1,
            "one letter"
        );
    });
}

#[test]
fn a_box_that_cannot_be_read_is_given_back_and_read_later() {
    Village::each(|v| async move {
        let shelf = shelf();
        let (one, other) = (reader(&v, &shelf, "one"), reader(&v, &shelf, "other"));
        assert_eq!(v.app.read_postbox().await, Ok(Passed::default()), "no box");
        shelf.0.lock().unwrap().away = true;
        let away = one.app.read_postbox().await;
        assert!(
            matches!(
                away,
                Err(AppError::Problem {
                    slug: "mailbox-away",
                    ..
                })
            ),
            "{away:?}"
        );
        shelf.0.lock().unwrap().away = false;
        for uid in 1..=120 {
            shelf.put(uid, format!("Subject: {uid}\n\nx\n"));
        }
        let passed = other.app.read_postbox().await.unwrap();
        assert_eq!((passed.mails, passed.elsewhere), (120, false), "all of it");
    });
}

#[test]
fn a_letter_waits_for_a_person_of_its_network_and_says_nothing_of_itself() {
    Village::shaped(with_a_mailbox, |v| async move {
        let id = taken(&v).await;
        sign(&v, id, draft("Otite", true)).await.unwrap();
        let reference = mails(&v)[0].id.clone();
        let shelf = shelf();
        shelf.put(
            1,
            format!(
                "In-Reply-To: <{reference}>\nSubject: Re: TERVAUX ODILE\n\nJe la revois lundi.\n"
            ),
        );
        shelf.put(2, "Subject: Publicité\n\nx\n".to_owned());
        reader(&v, &shelf, "one").app.read_postbox().await.unwrap();
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let letters = v.app.letters(&coordinator).await.unwrap();
        let about = |letters: &[Letter]| {
            let mut about: Vec<_> = letters
                .iter()
                .map(|l| l.about.as_ref().map(|a| a.0))
                .collect();
            about.sort();
            about
        };
        assert_eq!(about(&letters), [None, Some(id)]);
        let elsewhere = v.staff_of(CENTRE, Role::Coordinator);
        assert_eq!(v.app.letters(&elsewhere).await.unwrap().len(), 1, "I13");
        let nobody = v.app.letters(&v.as_pro("Leroy")).await;
        assert_eq!(nobody, Err(AppError::Denied));
        let theirs = letters.iter().find(|letter| letter.about.is_some());
        let mark = theirs.unwrap().mark.clone();
        v.app
            .mark_letter_read(&elsewhere, mark.clone())
            .await
            .unwrap();
        assert_eq!(
            v.app.letters(&coordinator).await.unwrap().len(),
            2,
            "not theirs"
        );
        for _ in 0..2 {
            v.app
                .mark_letter_read(&v.desk(), mark.clone())
                .await
                .unwrap();
        }
        assert_eq!(v.app.letters(&coordinator).await.unwrap().len(), 1);
    });
}
