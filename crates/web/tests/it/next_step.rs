//! Nobody's request can be found in a state that has no next step and no outcome: every status, as each role of the
//! network finds it on the request's own page.

use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode, header};
use relais_app::requests::desk::Act;
use relais_core::access::Role;
use relais_core::request::{CancelledBy, Closure, Status};
use serde_json::json;
use std::collections::BTreeMap;
use tower::ServiceExt as _;

use crate::fixture::{Territory, in_hours, in_territory, text};

const DESK: [Role; 2] = [Role::Operator, Role::Regulator];

impl Territory {
    /// The page of a request, as somebody of the first network finds it.
    async fn found_by(&self, role: Role, request: &str) -> String {
        let login = &self.user(role, 0).login;
        let session = self.app.sign_in_demo(login, String::new()).await.unwrap();
        let asked = Request::builder()
            .method(Method::GET)
            .uri(format!("/demandes/{request}"))
            .header(header::COOKIE, format!("relais={session}"))
            .body(Body::empty())
            .unwrap();
        let response = self.router.clone().oneshot(asked).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{role:?} {request}");
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    async fn does(&self, role: Role, request: &str, act: Act) {
        let (who, why) = (self.who(role), Some("à la demande".to_owned()));
        let done = self.app.act(&who, request.parse().unwrap(), act, why);
        done.await.unwrap();
    }

    /// Raised for another profession, or with other flags.
    async fn raised_as(&self, role: Role, change: impl FnOnce(&mut serde_json::Value)) -> String {
        let mut draft = self.draft();
        change(&mut draft);
        let token = self.token(self.user(role, 0));
        let raised = self.post(&token, "/requests", &draft).await;
        assert_eq!(raised.status, StatusCode::CREATED, "{}", raised.text);
        text(&raised.json()["id"])
    }

    async fn taken(&self, appointment: serde_json::Value) -> String {
        let id = self.raise(&self.draft()).await;
        let doctor = self.token_of(self.doctor().id);
        let offer = text(&self.offer(&doctor, &id).await["id"]);
        let body = json!({ "appointment": appointment });
        let path = format!("/offers/{offer}/accept");
        let won = self.post(&doctor, &path, &body).await;
        assert_eq!(won.status, StatusCode::OK, "{}", won.text);
        id
    }
}

/// One request in every status there is, closed ones in every outcome.
async fn every_status(t: &Territory) -> Vec<(String, Status, Option<Closure>)> {
    let mut made = Vec::new();
    let doubt = |draft: &mut serde_json::Value| draft["triage"]["red_flags"] = json!("unknown");
    made.push((t.raised_as(Role::Regulator, doubt).await, Status::ToQualify));
    made.push((t.raise(&t.draft()).await, Status::AskingUsual));
    let community = t.raise(&t.draft()).await;
    t.open_to_the_community(&community).await;
    made.push((community, Status::AskingCommunity));
    let wider = t.raise(&t.draft()).await;
    t.open_to_the_community(&wider).await;
    t.does(Role::Operator, &wider, Act::Widen).await;
    made.push((wider, Status::AskingNeighbours));
    let paused = t.raise(&t.draft()).await;
    t.does(Role::Operator, &paused, Act::Pause).await;
    made.push((paused, Status::Paused));
    let nobody = |draft: &mut serde_json::Value| {
        draft["need"]["profession"] = json!("biologist");
        draft["need"]["care_type"] = json!("prelevement");
    };
    made.push((t.raised_as(Role::Operator, nobody).await, Status::Unfilled));
    made.push((
        t.taken(json!({ "mode": "to-be-set" })).await,
        Status::Accepted,
    ));
    let at = json!({ "mode": "at", "at": in_hours(t, 2) });
    made.push((t.taken(at).await, Status::Scheduled));
    let cancelled = t.raise(&t.draft()).await;
    let act = Act::Cancel(CancelledBy::Patient);
    t.does(Role::Operator, &cancelled, act).await;
    made.push((cancelled, Status::Cancelled));
    let urgent = t.raise(&t.draft()).await;
    t.does(Role::Operator, &urgent, Act::Transfer15).await;
    made.push((urgent, Status::Transferred15));
    let mut all: Vec<_> = made
        .into_iter()
        .map(|(id, status)| (id, status, None))
        .collect();
    for closure in Closure::ALL {
        let id = if *closure == Closure::NoTaker {
            t.raised_as(Role::Operator, nobody).await
        } else {
            t.taken(json!({ "mode": "call" })).await
        };
        t.does(Role::Operator, &id, Act::Close(*closure)).await;
        all.push((id, Status::Closed, Some(*closure)));
    }
    all
}

/// The desk finds something to do or how it ended; the coordinator finds what comes next or how it ended; and
/// somebody is due to come back to whatever is open (I5).
#[test]
fn every_request_found_has_a_next_step_or_an_outcome() {
    in_territory(|t| async move {
        let mut met: BTreeMap<&str, u32> = BTreeMap::new();
        for (id, status, closure) in every_status(&t).await {
            let desk = t.who(Role::Operator);
            let read = t.app.request(&desk, id.parse().unwrap()).await;
            let request = read.unwrap().stored.request;
            assert_eq!(
                (request.status(), request.closure()),
                (status, closure),
                "{id}"
            );
            *met.entry(status.code()).or_default() += 1;
            let due = relais_core::cascade::due(&request);
            assert_eq!(due.is_some(), !request.is_ended(), "{}", status.code());
            for role in [Role::Operator, Role::Regulator, Role::Coordinator] {
                let page = t.found_by(role, &id).await;
                let what = format!("{} for {}", status.code(), role.code());
                let act = |verb: &str| page.contains(&format!("/demandes/{id}/{verb}\""));
                if request.is_ended() {
                    let ended = ["Terminée", "Annulée", "Transférée au 15"];
                    assert!(ended.iter().any(|word| page.contains(word)), "{what}");
                    if let Some(closure) = closure {
                        let word = relais_app::text::labels::closure(closure);
                        assert!(page.contains(word), "{what}: {word}");
                    }
                    assert!(!act("annuler") && !act("clore"), "{what}");
                    continue;
                }
                let said = ["À voir avant", "class=\"note\"", "doit la qualifier"];
                let until = said.iter().any(|words| page.contains(words));
                assert!(until, "{what}: what comes next is said");
                if DESK.contains(&role) {
                    let forward = [
                        "clore",
                        "relancer",
                        "reprendre",
                        "pause",
                        "elargir",
                        "rendez-vous",
                        "lancer",
                    ];
                    assert!(
                        forward.iter().any(|verb| act(verb)),
                        "{what}: nothing to do"
                    );
                }
            }
        }
        assert_eq!(met.len(), Status::ALL.len(), "{met:?}");
    });
}
