//! The public form while the network is closed, or for a commune of another territory: nothing is
//! created, and the number to dial is given.

use http::StatusCode;

use crate::fixture::in_territory;
use crate::public_visitor::{HOME, NUMBER, Visitor, place, plain, steps, ticket, waiting};

#[test]
fn closed_the_form_creates_nothing_and_gives_the_numbers_of_the_commune() {
    in_territory(|t| async move {
        let mut visitor = Visitor::new(&t, "198.51.100.7");
        visitor.fill(NUMBER).await;
        let review = visitor.get("/n/essonne-nord/relecture").await;
        let ticket = ticket(&review.text);
        // Ten minutes before closing nothing is promised any more.
        let to_closing = t
            .app
            .directory()
            .await
            .unwrap()
            .network(t.world.networks[0].id)
            .unwrap()
            .calendar
            .closes_at(t.app.now())
            .unwrap()
            .since(t.app.now())
            .as_minutes();
        // A page of the form is kept for an hour: it is answered now and then.
        let mut left = to_closing - 10;
        while left > 0 {
            t.pass(left.min(50)).await;
            left -= 50;
            let kept = visitor
                .post(
                    "/n/essonne-nord/pour-qui",
                    &[("ticket", &ticket), ("for_whom", "me")],
                )
                .await;
            assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
        }
        let late = plain(&visitor.get(HOME).await.text);
        assert!(late.contains("Nous fermons bientôt"), "{late}");
        let late = visitor
            .post("/n/essonne-nord/relecture", &[("ticket", &ticket)])
            .await;
        assert!(
            plain(&late.text).contains("Nous fermons bientôt"),
            "{}",
            late.text
        );
        t.pass(11).await;
        let shut = visitor
            .post("/n/essonne-nord/relecture", &[("ticket", &ticket)])
            .await;
        let said = plain(&shut.text);
        assert!(
            said.contains("Votre demande n’a pas été enregistrée"),
            "{said}"
        );
        assert!(said.contains("Nous ouvrons demain à 8 h"), "{said}");
        let begin = visitor.post(HOME, &[("signs", "none")]).await;
        assert_eq!(place(&begin), HOME);
        assert!(waiting(&t).await.is_empty());

        let asked = visitor
            .post("/horaires/essonne-nord", &[("commune", "Longjumeau")])
            .await;
        assert_eq!(place(&asked), "/horaires/essonne-nord/91345");
        let near = plain(&visitor.get("/horaires/essonne-nord/91345").await.text);
        assert!(
            near.contains("Maison médicale de garde de Longjumeau"),
            "{near}"
        );
        assert!(
            near.contains("de 20 h à minuit") && near.contains("tel:116117"),
            "{near}"
        );
        let far = plain(&visitor.get("/horaires/essonne-nord/91223").await.text);
        assert!(
            !far.contains("Maison médicale") && far.contains("116 117"),
            "{far}"
        );
        assert!(far.contains("32 37"), "{far}");

        let voice = visitor.get("/horaires/essonne-nord/voix").await;
        assert!(
            voice.text.contains("Nous ouvrons demain à 8 h."),
            "{}",
            voice.text
        );
        assert!(voice.text.contains("composez le 15") && voice.text.contains("116 117"));
        assert!(!voice.text.contains('<'));
    });
}

#[test]
fn a_commune_of_another_territory_is_told_whom_to_call() {
    in_territory(|t| async move {
        let mut visitor = Visitor::new(&t, "198.51.100.7");
        visitor.answer(HOME, &[("signs", "none")]).await;
        for (page, fields, _) in steps(NUMBER).into_iter().take(3) {
            visitor.answer(&format!("{HOME}/{page}"), &fields).await;
        }
        let south = visitor
            .answer("/n/essonne-nord/commune", &[("commune", "Étampes")])
            .await;
        let said = plain(&south.text);
        assert!(said.contains("Cette commune a un autre service"), "{said}");
        assert!(
            said.contains("SNP Essonne Sud") && said.contains("/n/essonne-sud"),
            "{said}"
        );
        let far = visitor
            .answer("/n/essonne-nord/commune", &[("commune", "Ajaccio")])
            .await;
        let said = plain(&far.text);
        assert!(
            said.contains("Ajaccio") && said.contains("116 117"),
            "{said}"
        );
        assert!(waiting(&t).await.is_empty());
    });
}
