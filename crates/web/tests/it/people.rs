//! The cast of the access matrix: somebody in every relation to a request, and requests for them to
//! stand in that relation to.

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use http::{HeaderMap, Method, Request, StatusCode, header};
use relais_app::demo::DemoUser;
use relais_app::photos::develop::Picture;
use relais_app::threads::NewMessage;
use relais_core::access::Role;
use relais_core::ids::ProfessionalId;
use relais_web::gate::Surface;
use relais_web::routes::Route;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tower::ServiceExt as _;

use crate::fixture::{CANARY, Territory, text};
use crate::schema;

/// In what relation somebody stands to the request they ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// The professional who has the patient.
    Accepter,
    /// A secretary who answers for the professional who has the patient.
    Secretary,
    /// A professional with a live offer, who is no usual professional of the patient.
    Asked,
    /// The professional who raised it.
    Requester,
    /// Of the network that answers for it.
    Own(Role),
    /// The partner software that raised it.
    OwnPartner,
    /// The same software, for somebody else's request.
    OtherPartner,
    /// A professional of the network who has nothing to do with it.
    Stranger,
    /// Of another network.
    Elsewhere(Role),
    /// Nobody.
    Anonymous,
    /// Somebody of the desk whose session has ended.
    Ended,
}

/// Every relation, those whose view an act could end before those who may end it.
pub(crate) const RELATIONS: &[(Relation, &str)] = &[
    (Relation::Accepter, "accepter"),
    (Relation::Secretary, "secretary"),
    (Relation::Asked, "asked"),
    (Relation::Requester, "requester"),
    (Relation::Own(Role::Operator), "operator"),
    (Relation::Own(Role::Regulator), "regulator"),
    (Relation::Own(Role::Coordinator), "coordinator"),
    (Relation::Own(Role::Administrator), "administrator"),
    (Relation::Own(Role::Auditor), "auditor"),
    (Relation::OwnPartner, "partner, own"),
    (Relation::OtherPartner, "partner, other's"),
    (Relation::Stranger, "professional, other's"),
    (Relation::Elsewhere(Role::Operator), "operator elsewhere"),
    (Relation::Elsewhere(Role::Regulator), "regulator elsewhere"),
    (
        Relation::Elsewhere(Role::Coordinator),
        "coordinator elsewhere",
    ),
    (
        Relation::Elsewhere(Role::Professional),
        "professional elsewhere",
    ),
    (Relation::Anonymous, "anonymous"),
    (Relation::Ended, "ended session"),
];

impl Relation {
    /// The role they hold, if they are somebody.
    pub(crate) const fn role(self) -> Option<Role> {
        match self {
            Self::Accepter | Self::Asked | Self::Requester | Self::Stranger => {
                Some(Role::Professional)
            }
            Self::Secretary => Some(Role::Secretary),
            Self::Own(role) | Self::Elsewhere(role) => Some(role),
            Self::OwnPartner | Self::OtherPartner => Some(Role::Partner),
            Self::Anonymous | Self::Ended => None,
        }
    }

    /// May see the patient's identity (R6), somewhere.
    pub(crate) const fn entitled(self) -> bool {
        matches!(
            self,
            Self::Accepter
                | Self::Secretary
                | Self::Requester
                | Self::OwnPartner
                | Self::Own(Role::Operator | Role::Regulator)
        )
    }
}

/// Requests made for one round of asking.
pub(crate) struct Cases {
    /// Raised by the pharmacist, taken by the doctor.
    taken: String,
    /// The doctor's offer on it.
    taken_offer: String,
    /// Raised by the pharmacist, put to the community.
    asking: String,
    asked: ProfessionalId,
    asked_offer: String,
    /// Raised by the partner.
    partner: String,
    /// The contact that raised the first one.
    contact: String,
}

/// The cast.
pub(crate) struct Cast {
    ended: String,
}

/// What somebody was answered.
pub(crate) struct Heard {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Heard {
    /// The cell of the matrix.
    pub(crate) fn cell(&self) -> &'static str {
        match self.status.as_u16() {
            401 => "401",
            403 => "403",
            404 => "404",
            300..=399 if self.location().starts_with("/connexion") => "sign-in",
            // Refused for what was sent or for the state, not for who asks.
            200..=399 | 400 | 409 | 415 | 422 => "yes",
            other => panic!("{other}: {}", self.text),
        }
    }

    fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl Cast {
    pub(crate) async fn of(t: &Territory) -> Self {
        let operator = t.user(Role::Operator, 0);
        let ended = t
            .app
            .sign_in_demo(&operator.login, String::new())
            .await
            .unwrap();
        t.app.close_session(&ended).await.unwrap();
        Self { ended }
    }

    fn user<'a>(
        &self,
        t: &'a Territory,
        relation: Relation,
        cases: &Cases,
    ) -> Option<&'a DemoUser> {
        let account = |id| {
            t.world
                .users
                .iter()
                .find(|user| user.professional == Some(id))
        };
        let found = match relation {
            Relation::Accepter => account(t.doctor().id),
            Relation::Asked => account(cases.asked),
            Relation::Secretary => {
                let mut users = t.world.users.iter();
                users.find(|user| user.role == Role::Secretary)
            }
            Relation::Requester => account(t.world.professionals[t.world.guided.pharmacist].id),
            Relation::Own(Role::Administrator | Role::Auditor) => t
                .world
                .users
                .iter()
                .find(|user| Some(user.role) == relation.role()),
            Relation::Own(role) => Some(t.user(role, 0)),
            Relation::OwnPartner | Relation::OtherPartner => {
                t.world.users.iter().find(|user| user.role == Role::Partner)
            }
            Relation::Stranger => {
                let home = t.world.networks[0].id;
                t.world.users.iter().find(|user| {
                    user.network == home
                        && user.professional.is_some_and(|id| {
                            let person = t.world.professionals.iter().find(|one| one.id == id);
                            person.is_some_and(|one| {
                                one.profession == relais_core::people::Profession::Podiatrist
                            })
                        })
                })
            }
            Relation::Elsewhere(Role::Professional) => {
                let (home, away) = (t.world.networks[0].id, t.world.networks[2].id);
                t.world.users.iter().find(|user| {
                    user.network == away
                        && user
                            .professional
                            .and_then(|id| t.world.professionals.iter().find(|one| one.id == id))
                            .is_some_and(|one| one.memberships.iter().all(|m| m.network != home))
                })
            }
            Relation::Elsewhere(role) => Some(t.user(role, 2)),
            Relation::Anonymous | Relation::Ended => return None,
        };
        assert!(found.is_some(), "nobody is {relation:?}");
        found
    }

    /// Asks for a route in a relation.
    pub(crate) async fn ask(
        &self,
        t: &Territory,
        route: &Route,
        relation: Relation,
        cases: &Cases,
    ) -> Heard {
        let user = self.user(t, relation, cases);
        // Each from an address of their own, as they are: what is limited by address is not shared.
        let place = RELATIONS.iter().position(|(one, _)| *one == relation);
        let place = u8::try_from(place.unwrap_or_default()).unwrap();
        let home = SocketAddr::from(([198, 51, 100, place], 40_000));
        let mut request = Request::builder()
            .method(route.method.name())
            .uri(address(route.path, relation, cases))
            .extension(ConnectInfo(home));
        match (route.surface, user) {
            (Surface::Api | Surface::Gateway, Some(user)) => {
                request =
                    request.header(header::AUTHORIZATION, format!("Bearer {}", t.token(user)));
            }
            (Surface::Page | Surface::Part, Some(user)) => {
                let session = t
                    .app
                    .sign_in_demo(&user.login, String::new())
                    .await
                    .unwrap();
                if relation == Relation::Secretary {
                    let signed = t.app.session(&session).await.unwrap().unwrap();
                    let doctor = t.doctor().id;
                    t.app.act_for(&signed, &session, doctor).await.unwrap();
                }
                request = request.header(header::COOKIE, format!("relais={session}"));
            }
            (Surface::Api, None) if relation == Relation::Ended => {
                request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.ended));
            }
            (_, None) if relation == Relation::Ended => {
                request = request.header(header::COOKIE, format!("relais={}", self.ended));
            }
            (_, None) => {}
        }
        request = request.header("sec-fetch-site", "same-origin");
        let body = if route.method == relais_web::routes::Method::Get {
            Body::empty()
        } else if route.surface == Surface::Api {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(example(route).to_string())
        } else {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            Body::from(if route.path.starts_with("/protocoles") {
                SHEET
            } else {
                FORM
            })
        };
        let response = t
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let kind = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        // A stream never ends: that it opened is the answer.
        let text = if kind.starts_with("text/event-stream") {
            String::new()
        } else {
            String::from_utf8_lossy(&to_bytes(body, usize::MAX).await.unwrap()).into_owned()
        };
        Heard {
            status: parts.status,
            headers: parts.headers,
            text,
        }
    }
}

/// What the forms of a sheet take.
const SHEET: &str = "version=1&revision=2&code=ESSAI&libelle=Essai&nombre=0&depuis=2026-03-11\
    &rpps=10000000000&mois=12&present=oui";

/// A body the operation understands.
fn example(route: &Route) -> Value {
    match route.path {
        "/demo/clock" => return json!({ "advance": "PT0S" }),
        "/demo/gateways" => return json!({ "channel": "voice", "state": "up" }),
        "/demo/phones/{number}/reply" => return json!({ "text": "bonjour" }),
        _ => {}
    }
    let Some(path) = route.path.strip_prefix("/api/v1") else {
        return json!({});
    };
    let operation = &schema::document()["paths"][path][route.method.name().to_lowercase()];
    let target = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str();
    let name = target
        .and_then(|target| target.rsplit('/').next())
        .unwrap_or("Reason");
    schema::document()["components"]["schemas"][name]["examples"][0].clone()
}

/// The address with what varies in it.
fn address(path: &str, relation: Relation, cases: &Cases) -> String {
    let (request, offer) = match relation {
        Relation::Asked => (&cases.asking, &cases.asked_offer),
        Relation::OwnPartner => (&cases.partner, &cases.taken_offer),
        _ => (&cases.taken, &cases.taken_offer),
    };
    let offers = path.starts_with("/offres") || path.starts_with("/api/v1/offers");
    let id = if path.starts_with("/api/v1/contacts") {
        &cases.contact
    } else if offers {
        offer
    } else {
        request
    };
    path.replace("{id}", id)
        .replace("{n}", "1")
        .replace("{message}", "1")
        .replace("{slug}", "already-taken")
        .replace("{network}", "essonne-nord")
        .replace("{question}", "telephone")
        .replace("{insee}", "91377")
        .replace("{code}", "OREILLE")
        .replace("{number}", "%2B33639980001")
        .replace("{login}", "personne")
        .replace("{page}", "offre")
        .replace("{sample}", "courant")
        .replace("{hash}", "0")
        .replace("{*name}", "relais.css")
        .replace("{name}", "relais.css")
        .replace("{join}", "SNP91N")
        .replace("{sheet}", "OREILLE")
        .replace("{version}", "1")
        .replace("{secret}", "0000000000000000000000")
        .replace("{task}", "dtk_0")
        .replace("{application}", "apl_0")
        .replace("{member}", "pro_0")
}

impl Cases {
    /// Makes them.
    pub(crate) async fn make(t: &Territory) -> Self {
        let counter = t.token_of(t.world.professionals[t.world.guided.pharmacist].id);
        let raise = |token: String, draft: Value| async move {
            let raised = t.post(&token, "/requests", &draft).await;
            assert_eq!(raised.status, StatusCode::CREATED, "{}", raised.text);
            text(&raised.json()["id"])
        };
        let taken = raise(counter.clone(), t.draft()).await;
        let doctor = t.token_of(t.doctor().id);
        let taken_offer = text(&t.offer(&doctor, &taken).await["id"]);
        let body = json!({ "appointment": { "mode": "call" } });
        let won = t
            .post(&doctor, &format!("/offers/{taken_offer}/accept"), &body)
            .await;
        assert_eq!(won.status, StatusCode::OK, "{}", won.text);
        let mut open = t.draft();
        open["usual"] = json!({ "doctor": "no" });
        let asking = raise(counter, open.clone()).await;
        let operator = t.who(Role::Operator);
        let read = t
            .app
            .request(&operator, asking.parse().unwrap())
            .await
            .unwrap();
        let stranger = t.doctor().id;
        let offer = read
            .stored
            .request
            .live_offers()
            .find(|offer| offer.professional != stranger);
        let (asked, asked_offer) = offer
            .map(|offer| (offer.professional, offer.id.to_string()))
            .expect("somebody is asked");
        // One with a face, after acceptance; one without, before.
        for (request, faceless) in [(&taken, false), (&asking, true)] {
            let picture = Picture {
                width: 2,
                height: 2,
                jpeg: b"\xff\xd8\xff\xd9".to_vec(),
            };
            t.app
                .add_photos(&operator, request.parse().unwrap(), vec![picture], faceless)
                .await
                .unwrap();
            // After acceptance a thread may name the patient; before, it may not.
            let said = NewMessage {
                key: String::new(),
                text: if faceless {
                    "Rappeler le demandeur.".to_owned()
                } else {
                    format!("{} vient avec sa fille.", CANARY.birth_name)
                },
                pictures: vec![Picture {
                    width: 2,
                    height: 2,
                    jpeg: b"\xff\xd8\xff\xd9".to_vec(),
                }],
            };
            t.app
                .write_in_thread(&operator, request.parse().unwrap(), said)
                .await
                .unwrap();
        }
        let partner = t
            .world
            .users
            .iter()
            .find(|user| user.role == Role::Partner)
            .unwrap();
        let home = t
            .world
            .networks
            .iter()
            .find(|network| network.id == partner.network)
            .unwrap();
        open["patient"]["address"] =
            json!({ "line": CANARY.line, "insee": home.communes[0].as_str() });
        let partner = raise(t.token(partner), open).await;
        let contact = contact_of(t, &taken).await;
        Self {
            contact,
            taken,
            taken_offer,
            asking,
            asked,
            asked_offer,
            partner,
        }
    }
}

/// The contact a request came from, on whatever page of the log.
async fn contact_of(t: &Territory, request: &str) -> String {
    let mut path = "/contacts?limit=100".to_owned();
    loop {
        let log = t.get(&t.operator(), &path).await.json();
        let items = log["items"].as_array().unwrap();
        if let Some(line) = items.iter().find(|line| line["request"] == request) {
            return text(&line["id"]);
        }
        let next = log["next"].as_str();
        let next = next.expect("each request comes from a contact");
        path = format!("/contacts?limit=100&cursor={next}");
    }
}

/// Whether asking may change something that later askers would notice.
pub(crate) fn acts(route: &Route) -> bool {
    Method::GET.as_str() != route.method.name() && route.path.contains("{id}")
}

/// A form that says something to every page: each takes the fields it knows.
const FORM: &str = "reason=Motif&outcome=administrative&mode=call&choix=call&who=patient&text=Note&reponse=non\
&faire=disponible&origin=patient&override_reason=Erreur+de+saisie&within_hours=24";
