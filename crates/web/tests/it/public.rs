//! The public form, as somebody without any account meets it: what becomes of it, what is refused and
//! how it is said.

use http::StatusCode;
use relais_app::Who;
use relais_core::access::Role;
use relais_core::time::Duration;

use crate::fixture::{in_territory, on_each_engine};
use crate::public_visitor::{
    HOME, NUMBER, Visitor, address, counted, place, plain, steps, ticket, waiting,
};

#[test]
fn a_form_becomes_an_open_contact_with_a_promise_and_never_a_request() {
    on_each_engine(|t| async move {
        let operator = t.operator();
        let before = t.get(&operator, "/requests").await.json()["items"].clone();
        let mut visitor = Visitor::new(&t, "198.51.100.7");
        let sent = visitor.fill_and_send(NUMBER).await;
        assert_eq!(place(&sent), "/n/essonne-nord/recue", "{}", sent.text);
        let told = plain(&visitor.get("/n/essonne-nord/recue").await.text);
        assert!(told.contains("On vous rappelle avant 11 h"), "{told}");
        assert!(told.contains("06 39 98 41 07"), "{told}");
        assert!(
            !told.contains("Quatresous"),
            "the last page repeats the number only"
        );

        let open = waiting(&t).await;
        assert_eq!(open.len(), 1);
        let contact = &open[0].contact;
        assert_eq!(
            contact.promised_at,
            Some(t.app.now() + Duration::minutes(60))
        );
        assert_eq!((contact.holder, contact.outcome), (None, None));
        assert_eq!(open[0].facts.motives, ["otalgie"]);
        assert_eq!(open[0].facts.commune.as_deref(), Some("91377"));
        let after = t.get(&operator, "/requests").await.json()["items"].clone();
        assert_eq!(before, after, "a form is never a request by itself");

        let desk = t
            .app
            .take_contact(&t.who(Role::Operator), contact.id)
            .await
            .unwrap();
        for (field, text) in [
            ("first_names", "Zéphirine"),
            ("birth_name", "Quatresous"),
            ("birth_date", "02/04/2019"),
            ("commune", "Massy 91300"),
            ("phone", NUMBER),
            ("motive", "otalgie"),
            ("usual", "unknown"),
        ] {
            assert_eq!(desk.typed.get(field), text, "{field}");
        }
        assert!(desk.typed.get("web_note").contains("Deuxième étage"));

        t.app.settle().await.unwrap();
        let phones = t
            .plain(http::Method::GET, "/demo/phones.json", None)
            .await
            .json();
        let texts: Vec<&str> = phones
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["to"] == "+33639984107")
            .map(|one| one["text"].as_str().unwrap())
            .collect();
        assert_eq!(texts.len(), 1, "{texts:?}");
        assert!(
            texts[0].contains("demande recue") && texts[0].contains("avant 11h"),
            "{}",
            texts[0]
        );

        let again = visitor
            .post(
                &address(&sent).replace("recue", "relecture"),
                &[("ticket", "x")],
            )
            .await;
        assert_eq!(place(&again), "/n/essonne-nord/recue");
        assert_eq!(waiting(&t).await.len(), 1, "sent twice is sent once");
    });
}

#[test]
fn a_landline_gets_no_text_message() {
    in_territory(|t| async move {
        let mut visitor = Visitor::new(&t, "198.51.100.7");
        let sent = visitor.fill_and_send("01 69 00 00 00").await;
        assert_eq!(place(&sent), "/n/essonne-nord/recue");
        let told = visitor.get("/n/essonne-nord/recue").await.text;
        assert!(!told.contains("SMS qui le confirme"), "{told}");
        t.app.settle().await.unwrap();
        let phones = t
            .plain(http::Method::GET, "/demo/phones.json", None)
            .await
            .text;
        assert!(!phones.contains("+33169000000"), "{phones}");
        assert_eq!(waiting(&t).await.len(), 1);
    });
}

#[test]
fn a_sign_of_alarm_records_nothing_but_that_it_happened() {
    in_territory(|t| async move {
        let mut visitor = Visitor::new(&t, "198.51.100.7");
        let said = visitor.answer(HOME, &[("signs", "some")]).await;
        assert_eq!(place(&said), "/n/essonne-nord/15");
        let page = visitor.get("/n/essonne-nord/15").await.text;
        assert!(page.contains("href=\"tel:15\"") && page.contains("Appelez le 15 maintenant"));
        let unsure = visitor.answer(HOME, &[("signs", "unsure")]).await;
        assert_eq!(place(&unsure), "/n/essonne-nord/appeler");
        assert!(visitor.cookie.is_empty(), "no form was begun");
        assert!(waiting(&t).await.is_empty());
        assert_eq!(
            (counted(&t, "fifteen").await, counted(&t, "unsure").await),
            (1, 1)
        );
        // A page too old, or from elsewhere, must not keep anybody from the 15.
        let old = visitor.post(HOME, &[("signs", "some")]).await;
        assert_eq!(place(&old), "/n/essonne-nord/15");
        let none = visitor.answer(HOME, &[]).await;
        assert_eq!(
            none.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "no answer is no \"no\""
        );
    });
}

#[test]
fn an_error_is_said_kindly_and_nothing_typed_is_lost() {
    in_territory(|t| async move {
        let mut visitor = Visitor::new(&t, "198.51.100.7");
        visitor.fill(NUMBER).await;
        for (page, fields, said, kept) in [
            (
                "telephone",
                vec![("phone", "06 39 98 41")],
                "Il manque deux chiffres à votre numéro",
                "06 39 98 41",
            ),
            (
                "naissance",
                vec![("birth_date", "31/02/2019")],
                "Cette date n’existe pas",
                "31/02/2019",
            ),
            (
                "nom",
                vec![("first_names", "Zéphirine")],
                "Écrivez le nom de famille",
                "Zéphirine",
            ),
            (
                "motif",
                vec![("motive", "autre")],
                "Dites en quelques mots",
                "autre",
            ),
            (
                "commune",
                vec![("commune", "Trifouilly-les-Oies")],
                "Nous ne connaissons pas cette commune",
                "Trifouilly",
            ),
            (
                "commune",
                vec![("commune", "91410")],
                "Plusieurs communes correspondent",
                "91410",
            ),
            (
                "disponibilite",
                vec![("availability", "hours")],
                "Dites à quelles heures",
                "hours",
            ),
        ] {
            let reply = visitor.answer(&format!("{HOME}/{page}"), &fields).await;
            let text = plain(&reply.text);
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
            assert!(text.contains("<title>Erreur : "), "{page}");
            assert!(text.contains(said), "{page}: {text}");
            assert!(text.contains(kept), "{page} keeps what was typed");
        }
        let long = "x".repeat(600);
        let reply = visitor
            .answer(
                "/n/essonne-nord/motif",
                &[("motive", "toux"), ("words", &long)],
            )
            .await;
        assert!(plain(&reply.text).contains("500 caractères au plus, vous en avez écrit 600"));
        assert!(reply.text.contains(&long));
        // What was well answered before is still there, page by page: the back button works.
        let name = visitor.get("/n/essonne-nord/nom").await.text;
        assert!(name.contains("Zéphirine") && name.contains("Quatresous"));
        // A postcode several communes share, and one of them chosen.
        let chosen = visitor
            .answer(
                "/n/essonne-nord/commune",
                &[("commune", "91300"), ("insee", "91377")],
            )
            .await;
        assert_eq!(place(&chosen), "/n/essonne-nord/relecture");
        let review = plain(&visitor.get("/n/essonne-nord/relecture").await.text);
        assert!(
            review.contains("Massy (91300)") && review.contains("Mal à l’oreille"),
            "{review}"
        );
    });
}

#[test]
fn a_question_cannot_be_skipped_by_its_address() {
    in_territory(|t| async move {
        let mut visitor = Visitor::new(&t, "198.51.100.7");
        let lost = visitor.get("/n/essonne-nord/telephone").await;
        assert!(
            lost.text.contains("Nous ne retrouvons pas votre demande"),
            "{}",
            lost.text
        );
        visitor.answer(HOME, &[("signs", "none")]).await;
        for page in ["relecture", "telephone", "recue"] {
            let reply = visitor.get(&format!("{HOME}/{page}")).await;
            let to = place(&reply);
            assert!(
                to.ends_with("/pour-qui") || to.ends_with("/relecture"),
                "{page}: {to}"
            );
        }
        let reply = visitor.get("/n/essonne-nord/inconnu").await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
        let reply = visitor.get("/n/nulle-part").await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
        // An hour later the form is forgotten.
        t.pass(61).await;
        let lost = visitor.get("/n/essonne-nord/pour-qui").await;
        assert!(
            lost.text.contains("Nous ne retrouvons pas votre demande"),
            "{}",
            lost.text
        );
    });
}

#[test]
fn a_form_carries_its_own_ticket_since_a_browser_may_be_silent() {
    in_territory(|t| async move {
        let mut silent = Visitor::new(&t, "198.51.100.7");
        silent.site = None;
        assert_eq!(
            place(&silent.fill_and_send(NUMBER).await),
            "/n/essonne-nord/recue"
        );

        let mut visitor = Visitor::new(&t, "198.51.100.8");
        visitor.site = None;
        let bare = visitor
            .post(HOME, &[("signs", "none"), ("ticket", "forged")])
            .await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(visitor.cookie.is_empty());
        visitor.answer(HOME, &[("signs", "none")]).await;
        let stolen = ticket(&silent.get("/n/essonne-centre").await.text);
        let other = visitor
            .post(
                "/n/essonne-nord/pour-qui",
                &[("for_whom", "me"), ("ticket", &stolen)],
            )
            .await;
        assert_eq!(
            other.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "a ticket of another page"
        );
        visitor.site = Some("cross-site");
        let crossed = visitor.post(HOME, &[("signs", "none")]).await;
        assert_eq!(crossed.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn nothing_that_was_typed_stands_in_an_address_or_a_cookie() {
    in_territory(|t| async move {
        let mut visitor = Visitor::new(&t, "198.51.100.7");
        visitor.answer(HOME, &[("signs", "none")]).await;
        for (page, fields, _) in steps(NUMBER) {
            let said = visitor.answer(&format!("{HOME}/{page}"), &fields).await;
            let heads = format!("{:?}", said.headers);
            for word in ["Quatresous", "39984107", "2019", "Massy", "otalgie"] {
                assert!(!heads.contains(word), "{page}: {heads}");
            }
        }
        let cache = visitor.get("/n/essonne-nord/nom").await.headers;
        assert_eq!(cache.get("cache-control").unwrap(), "no-store");
    });
}

#[test]
fn an_operator_finds_who_wrote_and_nobody_else_does() {
    in_territory(|t| async move {
        Visitor::new(&t, "198.51.100.7").fill_and_send(NUMBER).await;
        let contact = waiting(&t).await[0].contact.id;
        let stranger = t.user(Role::Operator, 2);
        let actor = relais_core::access::Actor {
            user: stranger.id,
            role: stranger.role,
            network: stranger.network,
            professional: None,
        };
        let taken = t
            .app
            .take_contact(&Who::actor(actor, "test"), contact)
            .await;
        assert!(taken.is_err(), "another network's operator");
        let taken = t.app.take_contact(&t.who(Role::Operator), contact).await;
        assert!(taken.is_ok());
    });
}
