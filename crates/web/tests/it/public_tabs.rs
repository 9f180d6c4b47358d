//! The public form in two tabs of one browser, and read again long after: each form is its own, nothing is said to have
//! arrived that did not, nor the contrary.

use http::StatusCode;
use relais_app::contacts::Ending;
use relais_core::access::Role;
use relais_core::contact::Outcome;

use crate::fixture::{Territory, in_territory, on_each_engine};
use crate::public_visitor::{HOME, NUMBER, Visitor, address, place, plain, steps, ticket, waiting};

const OTHER: &str = "06 39 98 41 08";

/// Begins a form in a new tab; the mark of its pages.
async fn begins(visitor: &mut Visitor<'_>) -> String {
    let begun = visitor.answer(HOME, &[("signs", "none")]).await;
    let address = address(&begun);
    let (page, mark) = address.split_once("?f=").expect("a mark");
    assert_eq!(page, "/n/essonne-nord/pour-qui");
    mark.to_owned()
}

/// Answers every question in a tab, up to the page where one reads again.
async fn fills(visitor: &mut Visitor<'_>, mark: &str, phone: &str) {
    for (page, fields, next) in steps(phone) {
        let said = visitor
            .answer(&format!("{HOME}/{page}?f={mark}"), &fields)
            .await;
        assert_eq!(address(&said), format!("{HOME}/{next}?f={mark}"));
    }
}

async fn numbers(t: &Territory) -> Vec<String> {
    let mut all = Vec::new();
    for one in waiting(t).await {
        let desk = t
            .app
            .take_contact(&t.who(Role::Operator), one.contact.id)
            .await;
        all.push(desk.unwrap().typed.get("phone").to_owned());
    }
    all.sort();
    all
}

#[test]
fn two_tabs_fill_in_two_forms_and_both_are_sent() {
    on_each_engine(|t| async move {
        let mut visitor = Visitor::new(&t, "198.51.100.7");
        let first = begins(&mut visitor).await;
        fills(&mut visitor, &first, NUMBER).await;
        let review = format!("{HOME}/relecture?f={first}");
        let shown = visitor.get(&review).await.text;
        // The other tab begins, and sends, its own.
        let second = begins(&mut visitor).await;
        assert_ne!(first, second);
        fills(&mut visitor, &second, OTHER).await;
        let sent = visitor
            .answer(&format!("{HOME}/relecture?f={second}"), &[])
            .await;
        assert_eq!(address(&sent), format!("{HOME}/recue?f={second}"));
        // The first tab is as it was left: every link of its page is its own.
        for link in shown.split("href=\"/n/essonne-nord/").skip(1) {
            let link = link.split('"').next().unwrap();
            let own = link.ends_with(&format!("?f={first}"));
            assert!(
                own || link == "donnees" || link == "aide" || link == "accessibilite",
                "{link}"
            );
        }
        assert!(
            !visitor
                .get(&format!("{HOME}/recue?f={first}"))
                .await
                .text
                .contains("arrivée")
        );
        let ticket = ticket(&shown);
        // A page of before marks, left open while the service was updated, names no form: its own did not arrive.
        let bare = format!("{HOME}/relecture");
        let unknown = visitor.post(&bare, &[("ticket", &ticket)]).await;
        assert!(
            unknown.text.contains("ne retrouvons pas"),
            "{} {}",
            unknown.status,
            unknown.text
        );
        let sent = visitor.post(&review, &[("ticket", &ticket)]).await;
        assert_eq!(address(&sent), format!("{HOME}/recue?f={first}"));
        let told = plain(&visitor.get(&address(&sent)).await.text);
        assert!(told.contains("06 39 98 41 07"), "{told}");
        let again = visitor.post(&review, &[("ticket", &ticket)]).await;
        assert_eq!(place(&again), "/n/essonne-nord/recue");
        assert_eq!(numbers(&t).await, [NUMBER, OTHER]);
    });
}

#[test]
fn an_answer_is_never_written_into_another_form() {
    in_territory(|t| async move {
        let mut visitor = Visitor::new(&t, "198.51.100.7");
        let first = begins(&mut visitor).await;
        fills(&mut visitor, &first, NUMBER).await;
        let old = ticket(&visitor.get(&format!("{HOME}/nom?f={first}")).await.text);
        let second = begins(&mut visitor).await;
        fills(&mut visitor, &second, OTHER).await;
        let name = [
            ("ticket", old.as_str()),
            ("first_names", "Autre"),
            ("birth_name", "Personne"),
        ];
        let said = visitor.post(&format!("{HOME}/nom?f={first}"), &name).await;
        assert_eq!(address(&said), format!("{HOME}/relecture?f={first}"));
        let other = visitor.get(&format!("{HOME}/nom?f={second}")).await.text;
        assert!(other.contains("Quatresous") && !other.contains("Personne"));
        // A page that does not say which form it is of, and whose ticket is another's: nothing is written, and what
        // it brought is not offered to be.
        for path in [format!("{HOME}/nom"), format!("{HOME}/nom?f={second}")] {
            let said = visitor.post(&path, &name).await;
            assert_eq!(said.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(said.text.contains("Quatresous") && !said.text.contains("Personne"));
        }
        // Nobody finds a form by its mark without the browser's own chance.
        let mut stranger = Visitor::new(&t, "198.51.100.9");
        let theirs = begins(&mut stranger).await;
        assert_ne!(theirs, first);
        for path in [
            format!("{HOME}/nom?f={first}"),
            format!("{HOME}/nom?f={first}.{first}"),
            format!("{HOME}/nom?f="),
        ] {
            let said = stranger.get(&path).await.text;
            assert!(
                said.contains("Nous ne retrouvons pas votre demande"),
                "{path}"
            );
        }
    });
}

#[test]
fn a_sent_form_says_so_as_long_as_its_sender_waits() {
    in_territory(|t| async move {
        let mut visitor = Visitor::new(&t, "198.51.100.7");
        let mark = begins(&mut visitor).await;
        fills(&mut visitor, &mark, NUMBER).await;
        visitor
            .answer(&format!("{HOME}/relecture?f={mark}"), &[])
            .await;
        // The promised hour is over, and so is the hour a form is kept.
        t.pass(70).await;
        for page in ["recue", "relecture", "nom"] {
            let told = plain(&visitor.get(&format!("{HOME}/{page}?f={mark}")).await.text);
            assert!(told.contains("Votre demande est arrivée"), "{page}: {told}");
            assert!(told.contains("Ne la renvoyez pas"), "{page}: {told}");
        }
        let again = visitor
            .post(&format!("{HOME}/relecture?f={mark}"), &[("ticket", "old")])
            .await;
        assert_eq!(place(&again), "/n/essonne-nord/recue");
        let open = waiting(&t).await;
        assert_eq!(open.len(), 1);
        let ended = Ending::plain(Outcome::Advice);
        let operator = t.who(Role::Operator);
        let ended = t.app.end_contact(&operator, open[0].contact.id, ended);
        ended.await.unwrap();
        let told = plain(&visitor.get(&format!("{HOME}/recue?f={mark}")).await.text);
        assert!(
            told.contains("Un opérateur s’est occupé de votre demande"),
            "{told}"
        );
        // Then it is forgotten, and nothing is claimed that is not known.
        t.pass(70).await;
        visitor.cookie.clear();
        let told = plain(&visitor.get(&format!("{HOME}/recue?f={mark}")).await.text);
        assert!(
            told.contains("Nous ne retrouvons pas votre demande"),
            "{told}"
        );
        assert!(!told.contains("Rien n’a été envoyé"), "{told}");
        assert!(told.contains("ne la renvoyez pas"), "{told}");
    });
}

/// An address from a poster: in capitals, with a stroke at its end, by the network's code, or gone.
#[test]
fn an_old_or_miscopied_address_leads_somewhere() {
    in_territory(|t| async move {
        let mut visitor = Visitor::new(&t, "198.51.100.7");
        for (typed, meant) in [
            ("/n/ESSONNE-NORD", HOME),
            ("/n/Essonne-Nord/aide", "/n/essonne-nord/aide"),
            ("/n/essonne-nord/", HOME),
            ("/n/essonne-nord/aide/", "/n/essonne-nord/aide"),
            ("/n/SNP91N", HOME),
            (
                "/horaires/Essonne-Nord/91345",
                "/horaires/essonne-nord/91345",
            ),
            ("/horaires/essonne-nord/", "/horaires/essonne-nord"),
        ] {
            let reply = visitor.get(typed).await;
            assert!(reply.status.is_redirection(), "{typed}: {}", reply.status);
            assert_eq!(place(&reply), meant, "{typed}");
        }
        for typed in [
            "/n/nulle-part",
            "/n/nulle-part/telephone",
            "/horaires/nulle-part",
        ] {
            let gone = visitor.get(typed).await;
            assert_eq!(gone.status, StatusCode::NOT_FOUND, "{typed}");
            let said = plain(&gone.text);
            assert!(
                said.contains("Cette adresse ne mène plus nulle part"),
                "{said}"
            );
            assert!(
                said.contains("href=\"tel:15\"") && said.contains("116 117"),
                "{said}"
            );
            assert!(said.contains("href=\"/n/essonne-nord\""), "{said}");
        }
        let posted = visitor.post("/n/ESSONNE-NORD", &[("signs", "some")]).await;
        assert_eq!(place(&posted), "/n/essonne-nord/15");
    });
}
