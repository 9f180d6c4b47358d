//! Refusals as people and programs read them: a page with one sentence and one thing to do, or an
//! RFC 9457 problem with a JSON pointer per field.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use relais_app::error::AppError;
use relais_app::text::labels;
use relais_app::text::when::When;
use relais_core::cascade::Refusal;
use serde_json::{Value, json};

use crate::api::problems::explained;
use crate::views::ProblemPage;

/// Every kind of problem: slug, status, title in English for programs.
pub const KINDS: &[(&str, u16, &str)] = &[
    ("red-flag", 422, "A red flag is present: transfer to 15"),
    (
        "last-coordinator",
        409,
        "The network would be left without a coordinator",
    ),
    ("own-account", 409, "Nobody closes their own account"),
    (
        "accepter-gone",
        409,
        "Whoever has the patient may see them no more: release or cancel",
    ),
    ("no-regulator", 409, "No regulator on duty: transfer to 15"),
    (
        "already-claimed",
        409,
        "Another regulator has this case on their desk",
    ),
    (
        "settings-moved",
        409,
        "The network's settings were saved by somebody else meanwhile",
    ),
    (
        "note-leaving",
        409,
        "The note before is in an operator's hands: again in a minute",
    ),
    (
        "thread-closed",
        409,
        "The request ended: its thread is read, not written to",
    ),
    (
        "note-sent",
        409,
        "The note has left: it cannot be called back",
    ),
    (
        "note-not-failed",
        409,
        "The note did not fail: there is nothing to send again",
    ),
    ("out-of-hours", 409, "The network is closed"),
    (
        "out-of-territory",
        422,
        "The commune is not in the network's territory",
    ),
    (
        "window",
        422,
        "Response window outside 10 minutes to 24 hours",
    ),
    ("need", 422, "The need does not hold together"),
    ("no-such-offer", 404, "No such offer"),
    ("already-taken", 409, "A colleague has the patient"),
    ("offer-closed", 409, "The request is over"),
    (
        "given-back",
        409,
        "They gave the patient back: the yes before it no longer counts",
    ),
    ("right-ended", 403, "No right to practise here now"),
    (
        "already-yours",
        409,
        "Already yours: release instead of refusing",
    ),
    ("wrong-state", 409, "Not possible in the present state"),
    (
        "profession-change",
        422,
        "Another profession is another request",
    ),
    (
        "not-accepter",
        403,
        "Only the professional who has the patient may",
    ),
    (
        "bad-appointment",
        422,
        "An appointment in the past, or turned round",
    ),
    (
        "beyond-right",
        422,
        "An appointment after the end of the right to practise",
    ),
    ("bad-closure", 422, "This outcome does not fit"),
    ("invalid", 422, "Some fields cannot be taken"),
    ("malformed", 400, "The body cannot be read"),
    ("too-large", 413, "The body is too large"),
    ("unsupported-media-type", 415, "Send JSON"),
    ("idempotency-key", 400, "The Idempotency-Key cannot be read"),
    (
        "idempotency-mismatch",
        422,
        "This Idempotency-Key was used with another body",
    ),
    (
        "idempotency-in-flight",
        409,
        "This Idempotency-Key is being used",
    ),
    (
        "too-many-rows",
        422,
        "The file would be cut: narrow the choice",
    ),
    ("sign-in-refused", 401, "Login, password or code refused"),
    ("signed-out", 401, "Not signed in"),
    ("step-up", 403, "A recent authentication is needed"),
    ("forbidden", 403, "Not allowed"),
    ("cross-site", 403, "Refused: comes from another site"),
    ("not-found", 404, "Not found"),
    (
        "method-not-allowed",
        405,
        "This address does not answer to this method",
    ),
    ("too-many", 429, "Too many requests"),
    ("streams-full", 503, "No room for one more live page"),
    ("unavailable", 503, "The database does not answer"),
    ("internal", 500, "An error of the program"),
];

/// The status a refusal of the domain deserves.
fn status_of(slug: &str) -> u16 {
    KINDS
        .iter()
        .find(|(known, ..)| *known == slug)
        .map_or(409, |(_, status, _)| *status)
}

/// A refusal in words.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) slug: &'static str,
    pub(crate) title: String,
    pub(crate) detail: String,
    pub(crate) errors: Vec<(String, String)>,
    pub(crate) retry_after: Option<i64>,
}

/// What to say of an error.
pub(crate) fn tell(error: &AppError, when: &When<'_>) -> Told {
    let told = |slug: &'static str, title: &str, detail: &str| Told {
        status: StatusCode::from_u16(status_of(slug)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        slug,
        title: title.to_owned(),
        detail: detail.to_owned(),
        errors: Vec::new(),
        retry_after: None,
    };
    match error {
        AppError::Refused(refusal) => refused(refusal, when),
        AppError::Invalid(fields) => Told {
            errors: fields
                .iter()
                .map(|f| (f.pointer.clone(), f.message.clone()))
                .collect(),
            ..told(
                "invalid",
                "Des champs sont à corriger",
                "Rien n’a été enregistré.",
            )
        },
        AppError::Problem {
            slug,
            status,
            detail,
        } => Told {
            status: StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            ..told(
                slug,
                explained(slug).map_or("Ce n’est pas possible", |(title, _)| title),
                detail,
            )
        },
        AppError::SignedOut => told(
            "signed-out",
            "Vous n’êtes pas connecté",
            "Votre session est finie, ou le jeton n’est pas reconnu.",
        ),
        AppError::StepUp => told(
            "step-up",
            "Reconnectez-vous pour voir une identité",
            "Votre dernière connexion est trop ancienne pour afficher un nom.",
        ),
        AppError::Denied => told(
            "forbidden",
            "Cette page n’est pas pour votre rôle",
            "Elle existe, mais votre compte ne permet pas de l’ouvrir.",
        ),
        AppError::NotFound => told(
            "not-found",
            "Cette page n’existe pas",
            "L’adresse est peut-être ancienne, ou elle ne vous est pas destinée.",
        ),
        AppError::TooMany { until } => Told {
            retry_after: Some((until.since(when.now).as_millis() / 1000).max(1)),
            ..told(
                "too-many",
                "Trop d’essais",
                &format!("Réessayez {}.", when.at(*until)),
            )
        },
        AppError::Full { until } => Told {
            retry_after: Some((until.since(when.now).as_millis() / 1000).max(1)),
            ..told(
                "streams-full",
                "Trop de pages suivies en direct",
                "La page se met à jour d’elle-même, moins souvent. Fermez les onglets dont vous ne vous servez pas.",
            )
        },
        AppError::Store(_) if error.is_unavailable() => Told {
            retry_after: Some(2),
            ..told(
                "unavailable",
                "La base de données ne répond pas",
                "Rien n’est perdu. Le service revient de lui-même\u{a0}; en attendant, notez les appels sur papier.",
            )
        },
        AppError::Store(_) | AppError::Bug(_) => told(
            "internal",
            "Une erreur du programme",
            "Rien n’a été enregistré. L’erreur est notée\u{a0}; réessayez, ou appelez votre coordinateur.",
        ),
    }
}

fn refused(refusal: &Refusal, when: &When<'_>) -> Told {
    let said = labels::refusal(refusal, when);
    let slug = refusal.code();
    Told {
        status: StatusCode::from_u16(status_of(slug)).unwrap_or(StatusCode::CONFLICT),
        slug,
        title: said.title.to_owned(),
        detail: format!("{} {}", said.sentence, said.action)
            .trim()
            .to_owned(),
        errors: Vec::new(),
        retry_after: None,
    }
}

impl Told {
    /// As a problem for programs.
    pub(crate) fn json(&self) -> Value {
        let mut body = json!({
            "type": format!("/problems/{}", self.slug),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if !self.errors.is_empty() {
            let errors = self
                .errors
                .iter()
                .map(|(pointer, message)| json!({ "pointer": pointer, "message": message }));
            body["errors"] = errors.collect();
        }
        body
    }

    /// As an answer to a program.
    pub(crate) fn into_api(self) -> Response {
        let mut response = (self.status, self.json().to_string()).into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        self.retry(&mut response);
        if self.status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }

    /// As an answer to a person.
    pub(crate) fn into_page(self) -> Response {
        let link = match self.status {
            StatusCode::UNAUTHORIZED => ("/connexion", "Se connecter"),
            StatusCode::SERVICE_UNAVAILABLE => ("", "Réessayer"),
            _ => ("/", "Revenir à l’accueil"),
        };
        let mut detail = self.detail.clone();
        for (_, message) in &self.errors {
            detail.push(' ');
            detail.push_str(message);
        }
        let page = ProblemPage {
            status: self.status.as_u16(),
            title: self.title.clone(),
            detail,
            link: (link.0.to_owned(), link.1.to_owned()),
        };
        self.with_page(&page)
    }

    /// As an answer to a person, on a page of its own.
    pub(crate) fn with_page(&self, page: &impl Template) -> Response {
        let text = page.render().unwrap_or_else(|_| self.title.clone());
        let mut response = (self.status, Html(text)).into_response();
        self.retry(&mut response);
        response
    }

    fn retry(&self, response: &mut Response) {
        if let Some(seconds) = self.retry_after
            && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
        {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
    }
}
