//! Somebody with a browser and without any account, who fills in the public form.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, StatusCode, header};
use relais_app::contacts::Waiting;
use relais_core::access::Role;
use relais_core::contact::Kind;

use crate::fixture::{Reply, Territory};

pub(crate) const HOME: &str = "/n/essonne-nord";
pub(crate) const NUMBER: &str = "06 39 98 41 07";

/// Somebody with a browser, at an address of the network.
pub(crate) struct Visitor<'t> {
    pub(crate) t: &'t Territory,
    pub(crate) from: &'static str,
    pub(crate) cookie: String,
    pub(crate) site: Option<&'static str>,
}

impl<'t> Visitor<'t> {
    pub(crate) fn new(t: &'t Territory, from: &'static str) -> Self {
        Self {
            t,
            from,
            cookie: String::new(),
            site: Some("same-origin"),
        }
    }

    pub(crate) async fn send(&mut self, mut request: Request<Body>) -> Reply {
        let peer = SocketAddr::new(self.from.parse().unwrap(), 4_000);
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

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
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
    pub(crate) async fn answer(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let page = self.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        let ticket = ticket(&page.text);
        let mut all = vec![("ticket", ticket.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    /// Fills in every question up to the page where one reads again.
    pub(crate) async fn fill(&mut self, phone: &str) {
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

    pub(crate) async fn fill_and_send(&mut self, phone: &str) -> Reply {
        self.fill(phone).await;
        self.answer(&format!("{HOME}/relecture"), &[]).await
    }
}

pub(crate) type Fields<'f> = Vec<(&'static str, &'f str)>;

pub(crate) fn steps(phone: &str) -> Vec<(&'static str, Fields<'_>, &'static str)> {
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

/// Where an answer leads, with the mark of the form.
pub(crate) fn address(reply: &Reply) -> String {
    let location = reply.headers.get(header::LOCATION);
    location.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

/// Where an answer leads, whatever the form.
pub(crate) fn place(reply: &Reply) -> String {
    let address = address(reply);
    address
        .split_once("?f=")
        .map_or(address.clone(), |(page, _)| page.to_owned())
}

pub(crate) fn ticket(page: &str) -> String {
    let (_, after) = page
        .split_once("name=\"ticket\" value=\"")
        .expect("a ticket");
    after.split('"').next().unwrap().to_owned()
}

pub(crate) fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ").replace("&#39;", "'")
}

pub(crate) async fn waiting(t: &Territory) -> Vec<Waiting> {
    let all = t.app.open_contacts(&t.who(Role::Operator)).await.unwrap();
    let web = all.into_iter().filter(|one| one.contact.kind == Kind::Web);
    web.collect()
}

pub(crate) async fn counted(t: &Territory, what: &str) -> i64 {
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
