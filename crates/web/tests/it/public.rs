//! The public form and the closed page, as somebody without any account meets them: what becomes of
//! a form, what is refused and how it is said, and a flood that shuts nobody else out.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, StatusCode, header};
use relais_app::Who;
use relais_app::contacts::Waiting;
use relais_core::access::Role;
use relais_core::contact::Kind;
use relais_core::time::Duration;

use crate::fixture::{Reply, Territory, in_territory, on_each_engine};

const HOME: &str = "/n/essonne-nord";
const NUMBER: &str = "06 39 98 41 07";

/// Somebody with a browser, at an address of the network.
struct Visitor<'t> {
    t: &'t Territory,
    from: &'static str,
    cookie: String,
    site: Option<&'static str>,
}

impl<'t> Visitor<'t> {
    fn new(t: &'t Territory, from: &'static str) -> Self {
        Self {
            t,
            from,
            cookie: String::new(),
            site: Some("same-origin"),
        }
    }

    async fn send(&mut self, mut request: Request<Body>) -> Reply {
        let peer: SocketAddr = format!("{}:4000", self.from).parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let head = request.headers_mut();
        if !self.cookie.is_empty() {
            head.insert(header::COOKIE, self.cookie.parse().unwrap());
        }
        if let Some(site) = self.site {
            head.insert("sec-fetch-site", site.parse().unwrap());
        }
        let reply = self.t.send(request).await;
        if let Some(set) = reply.headers.get(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            assert!(
                set.contains("HttpOnly") && set.contains("SameSite=Lax"),
                "{set}"
            );
            assert!(
                set.contains("Path=/n/essonne-nord") && !set.contains("Max-Age"),
                "{set}"
            );
            self.cookie = set.split(';').next().unwrap().to_owned();
        }
        reply
    }

    async fn get(&mut self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let escape = |text: &str| {
            text.bytes()
                .map(|b| format!("%{b:02X}"))
                .collect::<String>()
        };
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
            .collect();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.join("&")))
            .unwrap();
        self.send(request).await
    }

    /// Answers the page of an address as it asks: with its ticket.
    async fn answer(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let page = self.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        let ticket = ticket(&page.text);
        let mut all = vec![("ticket", ticket.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    /// Fills in every question up to the page where one reads again.
    async fn fill(&mut self, phone: &str) {
        let begun = self.answer(HOME, &[("signs", "none")]).await;
        assert_eq!(place(&begun), "/n/essonne-nord/pour-qui");
        for (page, fields, next) in steps(phone) {
            let said = self.answer(&format!("{HOME}/{page}"), &fields).await;
            assert_eq!(
                place(&said),
                format!("{HOME}/{next}"),
                "{page}: {}",
                said.text
            );
        }
    }

    async fn fill_and_send(&mut self, phone: &str) -> Reply {
        self.fill(phone).await;
        self.answer(&format!("{HOME}/relecture"), &[]).await
    }
}

type Fields<'f> = Vec<(&'static str, &'f str)>;

fn steps(phone: &str) -> Vec<(&'static str, Fields<'_>, &'static str)> {
    vec![
        ("pour-qui", vec![("for_whom", "child")], "nom"),
        (
            "nom",
            vec![("first_names", "Zéphirine"), ("birth_name", "Quatresous")],
            "naissance",
        ),
        ("naissance", vec![("birth_date", "2 avril 2019")], "commune"),
        ("commune", vec![("commune", "Massy")], "telephone"),
        ("telephone", vec![("phone", phone)], "motif"),
        (
            "motif",
            vec![("motive", "otalgie"), ("words", "Depuis hier soir")],
            "medecin",
        ),
        ("medecin", vec![("usual", "unknown")], "disponibilite"),
        (
            "disponibilite",
            vec![("availability", "any"), ("more", "Deuxième étage")],
            "relecture",
        ),
    ]
}

fn place(reply: &Reply) -> String {
    let location = reply.headers.get(header::LOCATION);
    location.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

fn ticket(page: &str) -> String {
    let (_, after) = page
        .split_once("name=\"ticket\" value=\"")
        .expect("a ticket");
    after.split('"').next().unwrap().to_owned()
}

fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ").replace("&#39;", "'")
}

async fn waiting(t: &Territory) -> Vec<Waiting> {
    let all = t.app.open_contacts(&t.who(Role::Operator)).await.unwrap();
    let web = all.into_iter().filter(|one| one.contact.kind == Kind::Web);
    web.collect()
}

async fn counted(t: &Territory, what: &str) -> i64 {
    let network = t.world.networks[0].id;
    let rows = t
        .app
        .db()
        .read(move |tx| relais_store::public_forms::list_counts(tx, network, "2026-01-01"))
        .await
        .unwrap();
    rows.iter()
        .filter(|(_, known, _)| known == what)
        .map(|(.., n)| n)
        .sum()
}

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
            .post("/n/essonne-nord/relecture", &[("ticket", "x")])
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
            lost.text.contains("Recommencez votre demande"),
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
            lost.text.contains("Recommencez votre demande"),
            "{}",
            lost.text
        );
    });
}

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
fn a_flood_from_one_source_lets_another_pass() {
    in_territory(|t| async move {
        let (mut begun, mut told) = (0, 0);
        for _ in 0..60 {
            let mut robot = Visitor::new(&t, "203.0.113.9");
            let reply = robot.answer(HOME, &[("signs", "none")]).await;
            match reply.status {
                StatusCode::SEE_OTHER => begun += 1,
                StatusCode::TOO_MANY_REQUESTS => {
                    told += 1;
                    assert!(reply.text.contains("Appelez-nous"), "{}", reply.text);
                    assert!(reply.text.contains("href=\"tel:"), "{}", reply.text);
                }
                other => panic!("{other}: {}", reply.text),
            }
        }
        assert!(begun <= 20 && told >= 40, "{begun} begun, {told} refused");
        let mut neighbour = Visitor::new(&t, "198.51.100.7");
        let sent = neighbour.fill_and_send(NUMBER).await;
        assert_eq!(place(&sent), "/n/essonne-nord/recue", "{}", sent.text);
    });
}

#[test]
fn one_number_and_one_network_have_their_own_limits_and_say_so() {
    in_territory(|t| async move {
        let homes = [
            "198.51.100.1",
            "198.51.100.2",
            "198.51.100.3",
            "198.51.100.4",
        ];
        for (index, from) in homes.into_iter().enumerate() {
            let sent = Visitor::new(&t, from).fill_and_send(NUMBER).await;
            if index < 3 {
                assert_eq!(place(&sent), "/n/essonne-nord/recue");
            } else {
                assert_eq!(sent.status, StatusCode::TOO_MANY_REQUESTS);
                assert!(
                    sent.text.contains("attendent déjà un rappel à ce numéro"),
                    "{}",
                    sent.text
                );
            }
        }
        assert_eq!(waiting(&t).await.len(), 3);
        let other = Visitor::new(&t, "198.51.100.5")
            .fill_and_send("06 39 98 41 08")
            .await;
        assert_eq!(
            place(&other),
            "/n/essonne-nord/recue",
            "another number passes"
        );

        // The rest of the forty a network can call back, each from a home of its own.
        for n in 4..40 {
            let from: &'static str = Box::leak(format!("192.0.2.{n}").into_boxed_str());
            let number = format!("06 39 98 50 {n:02}");
            let sent = Visitor::new(&t, from).fill_and_send(&number).await;
            assert_eq!(place(&sent), "/n/essonne-nord/recue", "{n}");
        }
        let full = Visitor::new(&t, "198.51.100.6")
            .fill_and_send("06 39 98 41 09")
            .await;
        assert_eq!(full.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(
            full.text.contains("attendent déjà qu’on les rappelle"),
            "{}",
            full.text
        );
        assert_eq!(waiting(&t).await.len(), 40);
        assert_eq!(
            (counted(&t, "repeated").await, counted(&t, "full").await),
            (1, 1)
        );
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
