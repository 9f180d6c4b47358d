//! The demonstration territory behind the real router, and people who click.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode, header};
use relais_app::clock::Clock;
use relais_app::demo::{DemoUser, DemoWorld, demo_start};
use relais_app::outside::Outside;
use relais_app::{App, Settings, Who};
use relais_core::access::{Actor, Role};
use relais_core::ids::ProfessionalId;
use relais_gateways::{FakeWorld, Queue};
use relais_store::seal::{MasterKey, Vault};
use relais_store::{Db, Options};
use relais_web::{DemoControls, Site, router};
use tower::ServiceExt as _;

/// A territory being served.
pub(crate) struct Served {
    pub(crate) app: App,
    pub(crate) world: Arc<DemoWorld>,
    router: Router,
    folder: std::path::PathBuf,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.app.db().close();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What came back.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

/// Somebody with a browser, or nobody.
pub(crate) struct Visitor<'s> {
    served: &'s Served,
    cookie: String,
}

impl Served {
    /// A fresh territory on a database of its own.
    pub(crate) async fn open(name: &str) -> Self {
        Self::open_where(name, relais_app::idempotent::PATIENCE).await
    }

    /// The same, where a form sent twice at once waits so long for the answer of the first.
    pub(crate) async fn open_where(name: &str, repeat_waits: std::time::Duration) -> Self {
        let folder =
            std::env::temp_dir().join(format!("relais-pages-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary folder can be made");
        let url = format!("sqlite://{}", folder.join("relais.db").display());
        let db = Db::open(&url, &Options::default()).expect("a fresh database opens");
        let start = demo_start("2026-03-10".parse().expect("a date"));
        relais_store::migrate::migrate(&db, start.millis()).expect("the schema is laid out");
        let clock = Clock::manual(start);
        let inbox = Arc::new(Queue::default());
        let reading = clock.clone();
        let phones = FakeWorld::in_memory(move || reading.now(), Arc::clone(&inbox) as _);
        let settings = Settings {
            base_url: "http://relais.test".to_owned(),
            demo: true,
            node: "test".to_owned(),
            repeat_waits,
        };
        let vault = Vault::new(MasterKey::new([7; 32]), Vec::new());
        let app = App::new(db, clock, vault, Outside::fake(phones, inbox), settings);
        let world = Arc::new(DemoWorld::generate(1, start));
        app.install_demo(&world)
            .await
            .expect("the territory is laid out");
        let site = Site {
            demo: Some(DemoControls {
                world: Arc::clone(&world),
            }),
            secure_cookies: false,
            trusted_proxies: Vec::new(),
        };
        Self {
            router: router(app.clone(), site),
            app,
            world,
            folder,
        }
    }

    /// Nobody signed in.
    pub(crate) fn nobody(&self) -> Visitor<'_> {
        Visitor {
            served: self,
            cookie: String::new(),
        }
    }

    async fn enter(&self, login: &str) -> Visitor<'_> {
        let page = self.nobody().get(&format!("/demo/entrer/{login}")).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{login}");
        let set = page
            .headers
            .get(header::SET_COOKIE)
            .expect("a session")
            .to_str()
            .expect("text")
            .to_owned();
        Visitor {
            served: self,
            cookie: set.split(';').next().expect("a pair").to_owned(),
        }
    }

    /// Somebody of the staff of the first network.
    pub(crate) async fn staff(&self, role: Role) -> Visitor<'_> {
        let network = self.world.networks[0].id;
        let user = self
            .world
            .users
            .iter()
            .find(|user| user.role == role && user.network == network)
            .expect("the role exists");
        self.enter(&user.login).await
    }

    /// Somebody else of the same desk.
    pub(crate) async fn colleague(&self, role: Role) -> Visitor<'_> {
        let network = self.world.networks[0].id;
        let theirs = |user: &&DemoUser| user.role == role && user.network == network;
        let second = self.world.users.iter().filter(theirs).nth(1);
        self.enter(&second.expect("two of them").login).await
    }

    /// The account of a professional.
    pub(crate) async fn professional(&self, id: ProfessionalId) -> Visitor<'_> {
        let user = self
            .world
            .users
            .iter()
            .find(|user| user.professional == Some(id))
            .expect("everybody has an account");
        self.enter(&user.login).await
    }

    /// An operator of the first network, without a browser.
    pub(crate) fn desk(&self) -> Who {
        self.acting(Role::Operator)
    }

    /// Somebody of the staff of the first network, without a browser.
    pub(crate) fn acting(&self, role: Role) -> Who {
        let network = self.world.networks[0].id;
        let theirs = |user: &&DemoUser| user.role == role && user.network == network;
        actor(
            self.world
                .users
                .iter()
                .find(theirs)
                .expect("the role exists"),
        )
    }

    /// A professional without a browser.
    pub(crate) fn who(&self, id: ProfessionalId) -> Who {
        let theirs = |user: &&DemoUser| user.professional == Some(id);
        actor(self.world.users.iter().find(theirs).expect("an account"))
    }

    /// The guided visit's doctor of Massy.
    pub(crate) fn doctor(&self) -> ProfessionalId {
        self.world.professionals[self.world.guided.doctor].id
    }
}

fn actor(user: &DemoUser) -> Who {
    let actor = Actor {
        user: user.id,
        role: user.role,
        network: user.network,
        professional: user.professional,
    };
    Who::actor(actor, "web")
}

impl Visitor<'_> {
    async fn send(&self, request: http::request::Builder, body: impl Into<Body>) -> Page {
        let request = if self.cookie.is_empty() {
            request
        } else {
            request.header(header::COOKIE, &self.cookie)
        };
        let request = request
            .header(header::HOST, "relais.test")
            .body(body.into())
            .expect("a request");
        let response = self
            .served
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("the router never fails");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 8 << 20)
            .await
            .expect("the body ends");
        let location = parts
            .headers
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        Page {
            status: parts.status,
            location: location.to_owned(),
            headers: parts.headers.clone(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        }
    }

    /// Opens an address.
    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path), String::new()).await
    }

    /// Sends a form from one of our own pages.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = Request::post(path).header("sec-fetch-site", "same-origin");
        self.send(form(request), encode(fields)).await
    }

    /// Sends a form with files, as `(field, bytes)`.
    pub(crate) async fn post_files(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> Page {
        const EDGE: &str = "----relais-edge";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend(part.into_bytes());
        }
        for (name, bytes) in files {
            let head = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"IMG_0042.jpg\"\r\n\
                 Content-Type: image/jpeg\r\n\r\n"
            );
            body.extend(head.into_bytes());
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{EDGE}--\r\n").into_bytes());
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header(
                header::CONTENT_TYPE,
                format!("multipart/form-data; boundary={EDGE}"),
            );
        self.send(request, body).await
    }

    /// Sends a form from somewhere else; `None` = the browser does not say.
    pub(crate) async fn post_from(&self, site: Option<&str>, path: &str) -> Page {
        let request = Request::post(path);
        let request = match site {
            Some(site) => request.header("sec-fetch-site", site),
            None => request,
        };
        self.send(form(request), String::new()).await
    }
}

fn form(request: http::request::Builder) -> http::request::Builder {
    request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}

fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        text.bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect::<String>()
    };
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// The operator's form of the story: a patient of Massy, an earache, a general practitioner.
pub(crate) fn call() -> BTreeMap<String, String> {
    let fields: BTreeMap<String, String> = [
        ("once", "0123456789abcdef0123456789abcdef"),
        ("motive", "otalgie"),
        ("profession", "gp"),
        ("mode", "consultation"),
        ("within_hours", "12"),
        ("birth_name", "Testardeau"),
        ("first_names", "Lucinde"),
        ("birth_date", "04/03/1981"),
        ("sex", "F"),
        ("phone", "06 39 98 12 34"),
        ("origin", "patient"),
        ("address_line", "12 rue des Sablons"),
        ("commune", "Massy"),
        ("usual", "yes"),
        ("contacted", "not-tried"),
    ]
    .iter()
    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
    .collect();
    answered(fields)
}

/// The form with every question answered the usual way, trunk and sheet of its motive.
fn answered(mut fields: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let book = relais_app::protocols::Book::demonstration();
    let motive = relais_core::slug::Slug::new(&fields["motive"]).expect("a motive code");
    let sheet = book.choose(&motive, None).sheet();
    let sheets = book.trunk().into_iter().chain(sheet);
    for question in sheets.flat_map(|sheet| &sheet.sheet.questions) {
        let usual = if question.kind == relais_core::triage::Kind::Inclusion {
            "yes"
        } else {
            "no"
        };
        fields.insert(format!("q_{}", question.key), usual.to_owned());
    }
    fields
}

/// A form as pairs.
pub(crate) fn pairs(fields: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

/// The first id of a kind written in a page.
pub(crate) fn id_in(text: &str, prefix: &str) -> String {
    let at = text
        .find(prefix)
        .unwrap_or_else(|| panic!("no {prefix} in {text}"));
    text[at..].chars().take(prefix.len() + 26).collect()
}
