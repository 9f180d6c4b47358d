//! The regulator's pages: what waits is there without a name, with every answer; one gesture each; being
//! on duty; what the coordinator reads and sets.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use relais_app::regulation::overrides::PassedOver;
use relais_app::requests::raise::Behind;
use relais_core::access::Role;
use serde_json::{Value, json};

use crate::fixture::{CANARY, Reply, Territory, in_territory, text};

/// Somebody at a browser.
struct Person<'t> {
    t: &'t Territory,
    session: String,
}

impl<'t> Person<'t> {
    async fn of(t: &'t Territory, role: Role) -> Self {
        let user = t.user(role, 0);
        let session = t
            .app
            .sign_in_demo(&user.login, String::new())
            .await
            .unwrap();
        Self { t, session }
    }

    async fn ask(&self, method: Method, path: &str, body: &str) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, format!("relais={}", self.session))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.t
            .send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    async fn sees(&self, path: &str) -> String {
        let reply = self.ask(Method::GET, path, "").await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text);
        reply.text
    }

    /// Posts; answers where it leads.
    async fn does(&self, path: &str, body: &str) -> String {
        let reply = self.ask(Method::POST, path, body).await;
        assert_eq!(
            reply.status,
            StatusCode::SEE_OTHER,
            "{path}: {}",
            reply.text
        );
        reply.headers["location"].to_str().unwrap().to_owned()
    }
}

/// The account of the patient's usual doctor.
fn account(t: &Territory) -> &relais_app::demo::DemoUser {
    let doctor = Some(t.doctor().id);
    let found = t
        .world
        .users
        .iter()
        .find(|user| user.professional == doctor);
    found.expect("the doctor has an account")
}

/// Every common question answered, the second one with a doubt.
fn doubtful(t: &Territory) -> Value {
    let book = relais_app::protocols::Book::demonstration();
    let trunk = &book.trunk().unwrap().sheet;
    let answers: Vec<Value> = trunk
        .red_flags()
        .enumerate()
        .map(|(index, (_, question))| {
            let answer = if index == 1 { "unknown" } else { "no" };
            json!({ "question": question.key, "answer": answer })
        })
        .collect();
    let mut draft = t.draft();
    draft["triage"] =
        json!({ "red_flags": "none", "sheet": null, "version": null, "answers": answers });
    draft
}

#[test]
fn a_case_shows_every_answer_and_no_name_until_it_is_asked_for() {
    in_territory(|t| async move {
        let id = t.raise(&doubtful(&t)).await;
        let doctor = Person::of(&t, Role::Regulator).await;
        let queue = doctor.sees("/a-qualifier").await;
        assert!(queue.contains(&format!("/a-qualifier/{id}")), "{queue}");
        assert_eq!(CANARY.found_in(&queue), None);
        let page = format!("/a-qualifier/{id}");
        let case = doctor.sees(&page).await;
        assert_eq!(CANARY.found_in(&case), None);
        let book = relais_app::protocols::Book::demonstration();
        let trunk = &book.trunk().unwrap().sheet;
        assert_eq!(
            case.matches("<td>Non</td>").count(),
            trunk.red_flags().count() - 1
        );
        assert_eq!(case.matches("<td>Ne sait pas</td>").count(), 1);
        // Another request of the same person, then the named act.
        let other = t.raise(&t.draft()).await;
        let opened = doctor
            .ask(Method::POST, &format!("{page}/identite"), "")
            .await;
        assert!(
            opened.text.contains(&format!("tel:{}", CANARY.phone)),
            "{}",
            opened.text
        );
        assert!(opened.text.contains(&format!("/demandes/{other}")));
        let acts = t
            .get(&t.operator(), &format!("/requests/{id}/timeline"))
            .await;
        assert!(acts.text.contains("identity.opened"));
    });
}

#[test]
fn a_case_is_taken_then_launched_changed_with_one_gesture_each() {
    in_territory(|t| async move {
        let id = t.raise(&doubtful(&t)).await;
        let doctor = Person::of(&t, Role::Regulator).await;
        let page = format!("/a-qualifier/{id}");
        let to = doctor.does(&format!("{page}/prendre"), "").await;
        assert!(doctor.sees(&to).await.contains("Cette demande est à vous"));
        let operator = Person::of(&t, Role::Operator).await;
        let board = operator.sees("/direct/tableau").await;
        let name = &t.user(Role::Regulator, 0).name;
        assert!(
            board.contains(&format!("médecin régulateur\u{a0}: {name}")),
            "{board}"
        );
        assert!(board.contains("s’en occupe"));
        // A text that names the patient: said on its field, nothing lost, nothing done.
        let body = format!(
            "motive=fievre&within_hours=6&mode=consultation&profession=gp&pre_diagnosis=Mme+{}",
            CANARY.birth_name
        );
        let refused = doctor
            .ask(Method::POST, &format!("{page}/lancer"), &body)
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text.contains("pre-diagnosis-erreur"),
            "{}",
            refused.text
        );
        let to = doctor
            .does(
                &format!("{page}/changer"),
                "motive=fievre&within_hours=6&mode=consultation&profession=gp",
            )
            .await;
        assert!(to.starts_with(&page), "{to}");
        let to = doctor
            .does(
                &format!("{page}/lancer"),
                "motive=fievre&within_hours=6&mode=consultation&profession=gp&pre_diagnosis=Angine",
            )
            .await;
        assert_eq!(to, "/a-qualifier?dit=lancee");
        let request = t
            .get(&t.operator(), &format!("/requests/{id}"))
            .await
            .json();
        assert_eq!(
            (
                &request["need"]["motives"][0]["code"],
                &request["need"]["within_hours"]
            ),
            (&json!("fievre"), &json!(6))
        );
        assert!(doctor.sees(&page).await.contains("n’attend plus"));
        // Whoever takes the patient reads the pre-diagnosis; who is only asked does not.
        let asked = t
            .app
            .sign_in_demo(&account(&t).login, String::new())
            .await
            .unwrap();
        let accepter = Person {
            t: &t,
            session: asked,
        };
        let token = t.token_of(t.doctor().id);
        let offer = text(&t.offer(&token, &id).await["id"]);
        let offered = accepter.sees(&format!("/offres/{offer}")).await;
        assert!(!offered.contains("Angine"));
        let taken = json!({ "appointment": { "mode": "call" } });
        t.post(&token, &format!("/offers/{offer}/accept"), &taken)
            .await;
        let card = accepter.sees(&format!("/prises/{id}")).await;
        assert!(
            card.contains("Pré-diagnostic du médecin régulateur\u{a0}: Angine."),
            "{card}"
        );
    });
}

#[test]
fn advice_is_written_down_and_closes() {
    in_territory(|t| async move {
        let id = t.raise(&doubtful(&t)).await;
        let doctor = Person::of(&t, Role::Regulator).await;
        let path = format!("/a-qualifier/{id}/conseil");
        let empty = doctor.ask(Method::POST, &path, "advice=").await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        doctor.does(&path, "advice=Boire+et+rappeler").await;
        let request = t
            .get(&t.operator(), &format!("/requests/{id}"))
            .await
            .json();
        assert_eq!(request["closure"], "phone-advice");
        let history = t
            .get(&t.operator(), &format!("/requests/{id}/timeline"))
            .await;
        assert!(history.text.contains("Boire et rappeler"));
    });
}

#[test]
fn without_a_regulator_a_doubt_is_refused_and_the_board_says_so() {
    in_territory(|t| async move {
        let waiting = t.raise(&doubtful(&t)).await;
        let doctor = Person::of(&t, Role::Regulator).await;
        let to = doctor.does("/garde", "faire=fin").await;
        assert_eq!(to, "/a-qualifier?dit=plus-personne");
        assert!(
            doctor
                .sees("/a-qualifier")
                .await
                .contains("Plus de régulateur de garde")
        );
        let refused = t.post(&t.operator(), "/requests", &doubtful(&t)).await;
        assert_eq!(
            (refused.status, refused.slug()),
            (StatusCode::CONFLICT, "no-regulator".to_owned())
        );
        assert!(
            refused.text.contains("Transférez au 15"),
            "{}",
            refused.text
        );
        let operator = Person::of(&t, Role::Operator).await;
        let board = operator.sees("/direct/tableau").await;
        assert!(
            board.contains("plus de régulateur de garde\u{a0}: transférez au 15"),
            "{board}"
        );
        let wrong = doctor
            .ask(Method::POST, "/garde", "faire=debut&until=bientot")
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        doctor.does("/garde", "faire=debut&until=").await;
        assert_eq!(
            t.post(&t.operator(), "/requests", &doubtful(&t))
                .await
                .status,
            StatusCode::CREATED
        );
        assert!(doctor.sees("/a-qualifier").await.contains(&waiting));
    });
}

#[test]
fn qualifying_by_the_api_changes_keeps_launches_and_advises() {
    in_territory(|t| async move {
        let regulator = t.token(t.user(Role::Regulator, 0));
        let first = t.raise(&doubtful(&t)).await;
        let path = format!("/requests/{first}/qualify");
        let changed = t
            .post(
                &regulator,
                &path,
                &json!({ "decision": "change", "need": { "within_hours": 6 } }),
            )
            .await
            .json();
        assert_eq!(
            (&changed["status"], &changed["need"]["within_hours"]),
            (&json!("to_qualify"), &json!(6))
        );
        let wrong = t
            .post(&regulator, &path, &json!({ "decision": "wait" }))
            .await;
        assert_eq!(wrong.pointers(), ["/decision"]);
        let named = json!({ "pre_diagnosis": format!("Mme {}", CANARY.birth_name) });
        assert_eq!(
            t.post(&regulator, &path, &named).await.pointers(),
            ["/pre_diagnosis"]
        );
        let launched = t
            .post(&regulator, &path, &json!({ "pre_diagnosis": "Angine" }))
            .await
            .json();
        assert_eq!(launched["status"], "asking_usual");
        let second = t.raise(&doubtful(&t)).await;
        let advised = json!({ "decision": "advise", "advice": "Boire" });
        let closed = t
            .post(&regulator, &format!("/requests/{second}/qualify"), &advised)
            .await
            .json();
        assert_eq!(
            (text(&closed["status"]), text(&closed["closure"])),
            ("closed".to_owned(), "phone-advice".to_owned())
        );
        let operator = t
            .post(
                &t.operator(),
                &format!("/requests/{second}/qualify"),
                &json!({}),
            )
            .await;
        assert_eq!(operator.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn the_coordinator_looks_at_the_effect_then_saves() {
    in_territory(|t| async move {
        let coordinator = Person::of(&t, Role::Coordinator).await;
        t.raise(&t.draft()).await;
        let shown = coordinator
            .sees("/reglages/regulation?regle=for-motives&motif=otalgie")
            .await;
        assert!(
            shown.contains("Sur les 30\u{a0}derniers jours")
                || shown.contains("Sur les 30 derniers jours"),
            "{shown}"
        );
        assert!(shown.contains("par ce réglage"));
        let version = shown
            .split("name=\"version\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap()
            .to_owned();
        let body = format!("regle=for-motives&motif=otalgie&version={version}");
        let to = coordinator.does("/reglages/regulation", &body).await;
        assert!(
            coordinator
                .sees(&to)
                .await
                .contains("en cas de doute, et pour")
        );
        let again = coordinator
            .ask(
                Method::POST,
                "/reglages/regulation",
                "regle=always&version=1",
            )
            .await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
        let none = coordinator
            .ask(Method::GET, "/reglages/regulation?regle=for-motives", "")
            .await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        let raised = t.post(&t.operator(), "/requests", &t.draft()).await.json();
        assert_eq!(raised["status"], "to_qualify");
    });
}

#[test]
fn a_sign_passed_over_is_read_by_the_coordinator() {
    in_territory(|t| async move {
        let operator = Person::of(&t, Role::Operator).await;
        let mut doubt = t.draft();
        doubt["triage"]["red_flags"] = json!("unknown");
        let passed_over = Some(PassedOver {
            signs: vec!["A-t-elle mal dans la poitrine\u{a0}?".to_owned()],
            reason: "coche par erreur".to_owned(),
        });
        let behind = Behind {
            passed_over,
            ..Behind::default()
        };
        let who = t.who(Role::Operator);
        let draft = serde_json::from_value(doubt).unwrap();
        t.app.raise_from(&who, draft, None, behind).await.unwrap();
        for role in [Role::Coordinator, Role::Regulator] {
            let list = Person::of(&t, role).await.sees("/derogations").await;
            assert!(list.contains("coche par erreur"), "{list}");
            assert_eq!(CANARY.found_in(&list), None);
        }
        let refused = operator.ask(Method::GET, "/derogations", "").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    });
}
