//! A territory behind the router, and callers of every role. Every answer of the API is checked
//! against its description on the way.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::{HeaderMap, Method, Request, StatusCode, header};
use relais_app::clock::Clock;
use relais_app::demo::{DemoProfessional, DemoUser, DemoWorld, demo_start, token_of};
use relais_app::outside::Outside;
use relais_app::{App, Settings, Who};
use relais_core::access::{Actor, Role};
use relais_core::ids::ProfessionalId;
use relais_core::time::Duration;
use relais_gateways::{FakeWorld, Queue};
use relais_store::seal::{MasterKey, Vault};
use relais_store::testing::{TestDb, engines};
use relais_web::{DemoControls, Site};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::schema;

/// A territory behind its router.
pub(crate) struct Territory {
    pub(crate) app: App,
    pub(crate) world: Arc<DemoWorld>,
    pub(crate) router: Router,
    /// Kept last: the store goes when everything above has gone.
    _db: TestDb,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text))
    }

    pub(crate) fn slug(&self) -> String {
        let kind = self.json()["type"].as_str().unwrap().to_owned();
        kind.strip_prefix("/problems/").unwrap().to_owned()
    }

    pub(crate) fn pointers(&self) -> Vec<String> {
        let body = self.json();
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| error["pointer"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn lay_out(db: TestDb, demo: bool) -> Territory {
    lay_out_waiting(db, demo, relais_app::idempotent::PATIENCE).await
}

async fn lay_out_waiting(db: TestDb, demo: bool, repeat_waits: std::time::Duration) -> Territory {
    let start = demo_start("2026-03-10".parse().unwrap());
    let clock = Clock::manual(start);
    let inbox = Arc::new(Queue::default());
    let reading = clock.clone();
    let phones = FakeWorld::in_memory(move || reading.now(), Arc::clone(&inbox) as _);
    let outside = Outside::fake(phones, inbox);
    let vault = Vault::new(MasterKey::new([7; 32]), Vec::new());
    let settings = Settings {
        base_url: "https://relais.test".to_owned(),
        demo,
        node: "test".to_owned(),
        repeat_waits,
    };
    let app = App::new(db.db.clone(), clock, vault, outside, settings);
    let world = Arc::new(DemoWorld::generate(1, start));
    app.install_demo(&world).await.unwrap();
    let controls = demo.then(|| DemoControls {
        world: Arc::clone(&world),
    });
    let router = relais_web::router(
        app.clone(),
        Site {
            demo: controls,
            secure_cookies: false,
            trusted_proxies: Vec::new(),
        },
    );
    Territory {
        app,
        world,
        router,
        _db: db,
    }
}

fn run<F: Future<Output = ()>>(work: F) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(work);
}

/// Runs a test in a demonstration territory on SQLite.
pub(crate) fn in_territory<F: Future<Output = ()>>(test: impl FnOnce(Territory) -> F) {
    let db = TestDb::sqlite();
    run(async { test(lay_out(db, true).await).await });
}

/// The same, where whoever repeats a request is told at once that it is being dealt with.
pub(crate) fn in_haste<F: Future<Output = ()>>(test: impl FnOnce(Territory) -> F) {
    let db = TestDb::sqlite();
    let waits = std::time::Duration::from_millis(20);
    run(async { test(lay_out_waiting(db, true, waits).await).await });
}

/// The same, as `relais serve` would serve it.
pub(crate) fn under_serve<F: Future<Output = ()>>(test: impl FnOnce(Territory) -> F) {
    let db = TestDb::sqlite();
    run(async { test(lay_out(db, false).await).await });
}

/// Runs a test on every engine at hand.
pub(crate) fn on_each_engine<F: Future<Output = ()>>(test: impl Fn(Territory) -> F) {
    for db in engines() {
        run(async { test(lay_out(db, true).await).await });
    }
}

impl Territory {
    /// Another process on the same store.
    pub(crate) fn another_process(&self) -> App {
        let vault = Vault::new(MasterKey::new([7; 32]), Vec::new());
        let (db, clock) = (self.app.db().clone(), self.app.clock().clone());
        App::new(
            db,
            clock,
            vault,
            Outside::none(),
            self.app.settings().clone(),
        )
    }

    /// Somebody of a role in the first network, for a use case.
    pub(crate) fn who(&self, role: Role) -> Who {
        let user = self.user(role, 0);
        let (network, professional) = (user.network, user.professional);
        let actor = Actor {
            user: user.id,
            role,
            network,
            professional,
        };
        Who::actor(actor, "test")
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let asked = (request.method().clone(), request.uri().path().to_owned());
        let response: Response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let reply = Reply {
            status: parts.status,
            headers: parts.headers,
            text,
        };
        schema::check(&asked.0, &asked.1, &reply);
        reply
    }

    /// Calls the API with a token.
    pub(crate) async fn call(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Reply {
        self.keyed(token, method, path, body, None).await
    }

    /// The same with an `Idempotency-Key`.
    pub(crate) async fn keyed(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Reply {
        let text = body.map(ToString::to_string);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"));
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if text.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        self.send(
            request
                .body(text.map_or_else(Body::empty, Body::from))
                .unwrap(),
        )
        .await
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Reply {
        self.call(token, Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: &Value) -> Reply {
        self.call(token, Method::POST, path, Some(body)).await
    }

    /// What a fake phone or a script without a token asks for.
    pub(crate) async fn plain(&self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    /// Somebody of a role, in the first network unless another is asked for.
    pub(crate) fn user(&self, role: Role, network: usize) -> &DemoUser {
        let network = self.world.networks[network].id;
        let found = self
            .world
            .users
            .iter()
            .find(|user| user.role == role && user.network == network);
        found.unwrap_or_else(|| panic!("no {role:?} in the network"))
    }

    pub(crate) fn token(&self, user: &DemoUser) -> String {
        token_of(self.world.seed, user)
    }

    pub(crate) fn operator(&self) -> String {
        self.token(self.user(Role::Operator, 0))
    }

    /// The token of a professional.
    pub(crate) fn token_of(&self, id: ProfessionalId) -> String {
        let user = self
            .world
            .users
            .iter()
            .find(|user| user.professional == Some(id))
            .unwrap();
        self.token(user)
    }

    /// The token of a professional, by the id of the API.
    pub(crate) fn token_named(&self, id: &Value) -> String {
        self.token_of(id.as_str().unwrap().parse().unwrap())
    }

    /// The doctor who has patients in Massy.
    pub(crate) fn doctor(&self) -> &DemoProfessional {
        &self.world.professionals[self.world.guided.doctor]
    }

    /// A request for a patient of Massy whom nobody could take for another.
    pub(crate) fn draft(&self) -> Value {
        json!({
            "patient": {
                "birth_name": CANARY.birth_name, "first_names": CANARY.first_names, "used_name": CANARY.used_name,
                "sex": "F", "birth_date": CANARY.birth_date, "phone": CANARY.phone,
                "address": { "line": CANARY.line, "postcode": "91300", "insee": "91377" },
                "carer_phone": CANARY.carer_phone,
            },
            "usual": { "doctor": "yes", "rpps": self.doctor().rpps, "professionals": [], "contacted": "unable" },
            "triage": { "red_flags": "none", "sheet": null, "version": null, "answers": [] },
            "need": {
                "profession": "gp", "specialty": null, "care_type": "consultation", "mode": "consultation",
                "within_hours": 12, "motives": [{ "code": "otalgie" }], "comment": "Douleur depuis hier.",
            },
            "window_minutes": 120, "consent_synthesis": true, "origin": "patient",
        })
    }

    /// Raises it as the operator; its id.
    pub(crate) async fn raise(&self, draft: &Value) -> String {
        let raised = self.post(&self.operator(), "/requests", draft).await;
        assert_eq!(raised.status, StatusCode::CREATED, "{}", raised.text);
        raised.json()["id"].as_str().unwrap().to_owned()
    }

    /// The live offer of a request to somebody, as they see it.
    pub(crate) async fn offer(&self, token: &str, request: &str) -> Value {
        let found = self
            .listed(token, "/offers?status=open", |offer| {
                offer["request"] == request
            })
            .await;
        found.unwrap_or_else(|| panic!("no open offer of {request}"))
    }

    /// The first item of a list that fits, on whatever page it is.
    pub(crate) async fn listed(
        &self,
        token: &str,
        path: &str,
        fits: impl Fn(&Value) -> bool,
    ) -> Option<Value> {
        let mut cursor = String::new();
        loop {
            let page = self.get(token, &format!("{path}&limit=100{cursor}")).await;
            let page = page.json();
            let mut items = page["items"].as_array().unwrap().iter();
            if let Some(found) = items.find(|item| fits(item)) {
                return Some(found.clone());
            }
            cursor = format!("&cursor={}", page["next"].as_str()?);
        }
    }

    /// The usual doctor passes; the tokens and offers of those asked then, nearest first.
    pub(crate) async fn open_to_the_community(&self, request: &str) -> Vec<(String, String)> {
        let doctor = self.token_of(self.doctor().id);
        let offer = self.offer(&doctor, request).await;
        let refused = self
            .post(
                &doctor,
                &format!("/offers/{}/refuse", text(&offer["id"])),
                &json!({}),
            )
            .await;
        assert_eq!(refused.status, StatusCode::OK, "{}", refused.text);
        self.app.settle().await.unwrap();
        let verdicts = self
            .get(&self.operator(), &format!("/requests/{request}/verdicts"))
            .await
            .json();
        let mut asked = Vec::new();
        for verdict in verdicts["items"].as_array().unwrap() {
            if verdict["asked"] == true && verdict["stage"] == "community" {
                let token = self.token_named(&verdict["professional"]);
                let offer = self.offer(&token, request).await;
                asked.push((token, text(&offer["id"])));
            }
        }
        assert!(asked.len() >= 3, "{} asked", asked.len());
        asked
    }

    pub(crate) async fn pass(&self, minutes: i64) {
        self.app.advance(Duration::minutes(minutes)).await.unwrap();
    }
}

/// A moment some hours from now, as the API writes it.
pub(crate) fn in_hours(t: &Territory, hours: i64) -> String {
    (t.app.now() + Duration::hours(hours))
        .timestamp()
        .to_string()
}

pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}

/// A patient whose every trait is unlike any other text of the product.
pub(crate) struct Canary {
    pub(crate) birth_name: &'static str,
    pub(crate) used_name: &'static str,
    pub(crate) first_names: &'static str,
    pub(crate) birth_date: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) carer_phone: &'static str,
    pub(crate) line: &'static str,
}

pub(crate) const CANARY: Canary = Canary {
    birth_name: "Zyvquaert",
    used_name: "Hjelmwick",
    first_names: "Quirinolde",
    birth_date: "1949-11-23",
    phone: "+33639987531",
    carer_phone: "+33639986420",
    line: "12 impasse Xylophage",
};

impl Canary {
    /// Every way a trait may be written, in lower case.
    pub(crate) fn traces(&self) -> Vec<String> {
        let mut traces: Vec<String> = [
            self.birth_name,
            self.used_name,
            self.first_names,
            "xylophage",
        ]
        .iter()
        .map(|text| text.to_lowercase())
        .collect();
        for number in [self.phone, self.carer_phone] {
            let digits = number.trim_start_matches("+33");
            traces.push(digits.to_owned());
            let pairs: Vec<String> = format!("0{digits}")
                .as_bytes()
                .chunks(2)
                .map(|p| String::from_utf8_lossy(p).into_owned())
                .collect();
            traces.extend([
                pairs.join(" "),
                pairs.join("."),
                pairs.join("\u{a0}"),
                pairs.join("%20"),
                pairs.join("-"),
            ]);
        }
        traces.extend(
            [
                "1949-11-23",
                "23/11/1949",
                "23 novembre 1949",
                "23.11.1949",
                "19491123",
            ]
            .map(str::to_owned),
        );
        traces
    }

    /// The same in a list of phones, where a number is where a message went.
    pub(crate) fn named_in(&self, text: &str) -> Option<String> {
        let spaced = |number: &str| {
            let digits = format!("0{}", number.trim_start_matches("+33"));
            digits
                .as_bytes()
                .chunks(2)
                .map(|pair| String::from_utf8_lossy(pair).into_owned())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let numbers = [self.phone, self.carer_phone];
        let bare = numbers.iter().fold(text.to_owned(), |text, number| {
            text.replace(number, "").replace(&spaced(number), "")
        });
        self.found_in(&bare)
    }

    /// The first trace of the patient in a text.
    pub(crate) fn found_in(&self, text: &str) -> Option<String> {
        let text = text.to_lowercase();
        self.traces()
            .into_iter()
            .find(|trace| text.contains(trace.as_str()))
    }
}
