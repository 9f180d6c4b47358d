//! Forms as browsers send them, and the request drafts made of them. Owns the names of the fields
//! and which JSON pointer each one is; checks only what the form itself adds (a commune typed in
//! words, a question not asked), the rest is the application's.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::header;
use relais_app::directory::Directory;
use relais_app::error::{AppError, FieldError as AppFieldError};
use relais_app::requests::draft::{
    AddressDraft, MotiveDraft, NeedDraft, PatientDraft, RequestDraft, SeriesDraft, TriageDraft,
    UsualDraft,
};

use crate::fail::Fail;
use crate::parts::{FieldError, Form};
use crate::typed::{is_shared_name, read_commune, read_professional};

/// The fields of a form, in the order sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(pub(crate) BTreeMap<String, Vec<String>>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Fail;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fail> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let form = kind.is_none_or(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let bytes = Bytes::from_request(request, state).await.map_err(|_| {
            Fail(AppError::problem(
                "too-large",
                413,
                "Ce formulaire dépasse 1\u{a0}Mo.",
            ))
        })?;
        if !form {
            let detail = "Ce formulaire n’est pas lisible. Rechargez la page et recommencez.";
            return Err(Fail(AppError::problem(
                "unsupported-media-type",
                415,
                detail,
            )));
        }
        Ok(Self::parse(&bytes))
    }
}

impl Fields {
    /// Reads a body; what is no UTF-8 becomes a replacement sign, refused later where it matters.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for pair in bytes
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
        {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default());
            let value = decode(halves.next().unwrap_or_default());
            fields.entry(name).or_default().push(value);
        }
        Self(fields)
    }

    /// Adds a value as it came in a part of its own.
    pub(crate) fn add(&mut self, name: String, value: &[u8]) {
        self.0.entry(name).or_default().push(plain(value));
    }

    /// The first value, trimmed; empty when it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0
            .get(name)
            .and_then(|values| values.first())
            .map_or("", |value| value.trim())
    }

    /// The first value, if it says something.
    pub(crate) fn some(&self, name: &str) -> Option<String> {
        Some(self.get(name))
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
    }

    /// Every value that says something.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let values = self.0.get(name).map_or(&[][..], Vec::as_slice);
        values
            .iter()
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// What a form holds.
    pub(crate) fn of(form: &Form) -> Self {
        let mut fields = Self::default();
        for (name, value) in form.pairs() {
            let values = fields.0.entry(name.to_owned()).or_default();
            values.push(value.to_owned());
        }
        fields
    }

    /// The same, some fields replaced.
    pub(crate) fn with(mut self, values: Vec<(&str, String)>) -> Self {
        for (name, value) in values {
            self.0.insert(name.to_owned(), vec![value]);
        }
        self
    }

    /// The form shown again, with what is wrong.
    pub(crate) fn again(&self, errors: Vec<FieldError>) -> Form {
        Form::filled(self.0.clone(), errors)
    }
}

fn decode(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let mut ahead = rest.clone();
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
                match (digit(ahead.next()), digit(ahead.next())) {
                    (Some(high), Some(low)) => {
                        out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                        rest = ahead;
                    }
                    _ => out.push(b'%'),
                }
            }
            other => out.push(other),
        }
    }
    plain(&out)
}

/// Control characters have no place in a field, whatever their origin; line breaks do.
fn plain(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

/// How a care repeats, when anything was said of it.
fn series(fields: &Fields) -> Option<SeriesDraft> {
    let said = ["series_times", "series_days"];
    let at = fields.all("series_at");
    if said.iter().all(|name| fields.get(name).is_empty()) && at.is_empty() {
        return None;
    }
    let number = |name| fields.get(name).trim().parse().unwrap_or(-1);
    Some(SeriesDraft {
        times: number("series_times"),
        per: fields
            .some("series_per")
            .unwrap_or_else(|| "day".to_owned()),
        days: number("series_days"),
        at,
    })
}

/// Which field of the form a JSON pointer is.
pub(crate) fn field_of(pointer: &str) -> &'static str {
    match pointer {
        "/patient/birth_name" => "birth_name",
        "/patient/used_name" => "used_name",
        "/patient/first_names" => "first_names",
        "/patient/sex" => "sex",
        "/patient/birth_date" => "birth_date",
        "/patient/phone" | "/phone" => "phone",
        "/patient/carer_phone" | "/carer_phone" => "carer_phone",
        "/patient/address/line" => "address_line",
        "/patient/address/postcode" | "/patient/address/insee" | "/patient/address" => "commune",
        "/usual/doctor" => "usual",
        "/usual/rpps" => "usual_name",
        "/usual/contacted" => "contacted",
        "/need/profession" => "profession",
        "/need/care_type" => "care_type",
        "/need/mode" => "mode",
        "/need/within_hours" => "within_hours",
        "/need/comment" => "comment",
        "/need/series" | "/need/series/times" => "series_times",
        "/need/series/per" => "series_per",
        "/need/series/days" => "series_days",
        "/window_minutes" => "window_minutes",
        "/origin" => "origin",
        "/reason" => "reason",
        "/text" => "text",
        "/passed_over" => "override_reason",
        _ if pointer.starts_with("/need/motives") => "motive",
        _ if pointer.starts_with("/need/series/at") => "series_at",
        _ if pointer.starts_with("/usual/professionals") => "usual_name",
        _ if pointer.starts_with("/triage") => "flags",
        _ => "form",
    }
}

/// The application's errors as the form's.
pub(crate) fn form_errors(errors: &[AppFieldError]) -> Vec<FieldError> {
    let mut list: Vec<FieldError> = Vec::new();
    for error in errors {
        let name = field_of(&error.pointer);
        if !list.iter().any(|known| known.name == name) {
            list.push(FieldError {
                name: name.to_owned(),
                message: in_words(name, &error.message),
            });
        }
    }
    list
}

/// The application's errors as those of a form whose fields have the application's own names.
pub(crate) fn same_names(errors: &[AppFieldError]) -> Vec<FieldError> {
    let field = |error: &AppFieldError| FieldError {
        name: error.pointer.trim_start_matches('/').to_owned(),
        message: error.message.trim_end_matches('.').to_owned(),
    };
    errors.iter().map(field).collect()
}

/// A person chose in a list: the codes of the API mean nothing to them, and the summary must say which.
fn in_words(name: &str, message: &str) -> String {
    let chosen = message.starts_with("Choisissez parmi");
    match name {
        _ if !chosen => crate::show::typeset(message.trim_end_matches('.')),
        "profession" => "Choisissez la profession".to_owned(),
        "care_type" => "Choisissez le soin".to_owned(),
        "mode" => "Choisissez le lieu".to_owned(),
        "origin" => "Dites qui appelle".to_owned(),
        "contacted" => "Dites si le professionnel habituel a été contacté".to_owned(),
        _ => "Choisissez dans la liste".to_owned(),
    }
}

/// Errors as their fields follow one another on the page: a summary is read from top to bottom.
pub(crate) fn sort(errors: &mut [FieldError], page: &[&str]) {
    errors.sort_by_key(|error| {
        let place = page.iter().position(|name| error.name.starts_with(name));
        place.unwrap_or(page.len())
    });
}

/// A draft, and what the form itself found wrong.
pub(crate) struct Drafted {
    pub(crate) draft: RequestDraft,
    pub(crate) errors: Vec<FieldError>,
}

/// The draft of a request form. `red_flags` is what the questions gave, in the API's words.
pub(crate) fn draft(
    fields: &Fields,
    directory: &Directory,
    department: Option<&str>,
    red_flags: &str,
) -> Drafted {
    let mut errors = Vec::new();
    let mut wrong = |name: &str, message: String| {
        errors.push(FieldError {
            name: name.to_owned(),
            message,
        });
    };
    let (insee, postcode) = match read_commune(fields.get("commune"), department) {
        Ok((insee, postcode)) => (Some(insee), Some(postcode)),
        Err(message) => {
            wrong("commune", message);
            (None, None)
        }
    };
    if fields.get("usual").is_empty() {
        wrong(
            "usual",
            "Dites si la personne a un professionnel habituel, ou «\u{a0}ne sait pas\u{a0}»"
                .to_owned(),
        );
    }
    if fields.get("sex").is_empty() {
        wrong("sex", "Dites le sexe, ou «\u{a0}non dit\u{a0}»".to_owned());
    }
    let motives = fields.all("motive");
    if motives.is_empty() {
        wrong("motive", "Choisissez au moins un motif".to_owned());
    }
    let named = (fields.get("usual") == "yes")
        .then(|| read_professional(directory, fields.get("usual_name")))
        .flatten();
    let unnamed = fields.get("usual") == "yes" && named.is_none();
    if unnamed && is_shared_name(directory, fields.get("usual_name")) {
        wrong(
            "usual_name",
            "Plusieurs professionnels portent ce nom. Choisissez-le dans la liste".to_owned(),
        );
    }
    let doctor = fields.get("profession") == "gp" || fields.get("profession").is_empty();
    let window = fields
        .some("window_minutes")
        .map(|text| text.parse::<i64>().unwrap_or(-1));
    let mut texts = fields.all("motive_text").into_iter();
    let draft = RequestDraft {
        patient: PatientDraft {
            birth_name: fields.get("birth_name").to_owned(),
            first_names: fields.get("first_names").to_owned(),
            used_name: fields.some("used_name"),
            sex: fields.get("sex").to_owned(),
            birth_date: fields.get("birth_date").to_owned(),
            phone: fields.get("phone").to_owned(),
            address: AddressDraft {
                line: fields.some("address_line"),
                postcode,
                insee,
            },
            carer_phone: fields.some("carer_phone"),
        },
        usual: UsualDraft {
            doctor: fields.some("usual"),
            rpps: named.clone().filter(|_| doctor),
            professionals: named.filter(|_| !doctor).into_iter().collect(),
            contacted: fields.some("contacted"),
        },
        triage: Some(TriageDraft {
            red_flags: red_flags.to_owned(),
            sheet: None,
            version: None,
            answers: Vec::new(),
        }),
        need: NeedDraft {
            profession: fields.get("profession").to_owned(),
            specialty: None,
            care_type: fields.some("care_type"),
            mode: fields.some("mode"),
            within_hours: fields.get("within_hours").parse().unwrap_or(0),
            motives: motives
                .into_iter()
                .map(|code| MotiveDraft {
                    code,
                    text: texts.next(),
                })
                .collect(),
            comment: fields.some("comment"),
            series: series(fields),
            cooperations: Vec::new(),
        },
        window_minutes: window,
        consent_synthesis: !fields.get("consent").is_empty(),
        origin: fields.some("origin"),
        not_same_as: fields.all("not_same"),
    };
    Drafted { draft, errors }
}

/// A draft complete enough to be counted: what is not typed yet is filled with a person nobody is.
/// Nothing of it is stored.
pub(crate) fn preview_draft(mut draft: RequestDraft) -> RequestDraft {
    let fill = |text: &mut String, with: &str| {
        if text.trim().is_empty() {
            with.clone_into(text);
        }
    };
    let patient = &mut draft.patient;
    // A preview is about who can be asked; the identity plays no part in it.
    patient.birth_name = "Inconnu".to_owned();
    patient.first_names = "Inconnu".to_owned();
    patient.used_name = None;
    patient.carer_phone = None;
    "+33199000000".clone_into(&mut patient.phone);
    fill(&mut patient.sex, "U");
    if patient.birth_date.len() < 8 {
        "1980-01-01".clone_into(&mut patient.birth_date);
    }
    if draft.need.motives.is_empty() {
        draft.need.motives.push(MotiveDraft {
            code: "autre".to_owned(),
            text: None,
        });
    }
    draft.need.comment = None;
    if draft.need.within_hours == 0 {
        draft.need.within_hours = 24;
    }
    if draft.usual.doctor.is_none() {
        draft.usual.doctor = Some("unknown".to_owned());
    }
    draft
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_as_browsers_write_it() {
        let fields = Fields::parse("a=1&b=caf%C3%A9+noir&a=2&c=%zz&d".as_bytes());
        assert_eq!(fields.all("a"), ["1", "2"]);
        assert_eq!(fields.get("b"), "café noir");
        assert_eq!(fields.get("c"), "%zz");
        assert_eq!(fields.some("d"), None);
        assert_eq!(Fields::parse(b"x=%00%07ok").get("x"), "ok");
    }

    #[test]
    fn a_summary_says_which_list_and_follows_the_page() {
        let errors = [
            AppFieldError::new("/patient/phone", "Indiquez le téléphone."),
            AppFieldError::new("/need/profession", "Choisissez parmi\u{a0}: gp, nurse."),
        ];
        let mut told = form_errors(&errors);
        sort(&mut told, &["profession", "phone"]);
        let words: Vec<_> = told.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(words, ["Choisissez la profession", "Indiquez le téléphone"]);
    }

    #[test]
    fn every_error_of_a_request_lands_on_a_field_of_the_form() {
        for pointer in [
            "/patient/birth_date",
            "/patient/address/insee",
            "/need/motives/0/code",
            "/usual/professionals/1",
            "/need/comment",
        ] {
            assert_ne!(field_of(pointer), "form", "{pointer}");
        }
    }
}
