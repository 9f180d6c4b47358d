//! The patient's identity in an answer about one request, and nowhere else: for those who may, and
//! each time written to the journal (R6). Kept answers hold none: it is opened when they are given.

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header;
use relais_app::error::AppError;
use relais_core::ids::RequestId;
use serde_json::{Map, Value};

use crate::fail::Fail;
use crate::gate::Signed;
use crate::web::Web;

/// Longest answer about one request.
const ANSWER_MAX: usize = 1 << 20;

/// The identity's fields, by name, for somebody who may see them.
pub(crate) async fn open(
    web: &Web,
    signed: &Signed,
    id: RequestId,
) -> Result<Map<String, Value>, Fail> {
    signed.strong()?;
    let identity = web.app.open_identity(&signed.who(), id).await?;
    let text = |secret: &str| Value::String(secret.to_owned());
    let mut fields = Map::new();
    fields.insert("birth_name".to_owned(), text(identity.birth_name.expose()));
    fields.insert(
        "used_name".to_owned(),
        identity
            .used_name
            .as_ref()
            .map_or(Value::Null, |s| text(s.expose())),
    );
    fields.insert(
        "first_names".to_owned(),
        text(identity.first_names.expose()),
    );
    fields.insert("birth_date".to_owned(), text(identity.birth_date.expose()));
    fields.insert("phone".to_owned(), text(identity.phone.expose()));
    fields.insert(
        "carer_phone".to_owned(),
        identity
            .carer_phone
            .as_ref()
            .map_or(Value::Null, |s| text(s.expose())),
    );
    fields.insert(
        "address_line".to_owned(),
        text(identity.address_line.expose()),
    );
    let postcode = web.app.patient_postcode(&signed.who(), id).await?;
    fields.insert("postcode".to_owned(), Value::String(postcode));
    Ok(fields)
}

/// Puts the identity into the `patient` of a request's view.
pub(crate) fn fill(view: &mut Value, mut fields: Map<String, Value>) {
    let Some(patient) = view.get_mut("patient").and_then(Value::as_object_mut) else {
        return;
    };
    let mut address = Map::new();
    address.insert(
        "line".to_owned(),
        fields.remove("address_line").unwrap_or(Value::Null),
    );
    address.insert(
        "postcode".to_owned(),
        fields.remove("postcode").unwrap_or(Value::Null),
    );
    address.insert(
        "insee".to_owned(),
        patient.get("insee").cloned().unwrap_or(Value::Null),
    );
    patient.append(&mut fields);
    patient.insert("address".to_owned(), Value::Object(address));
}

/// The layer of an operation whose answer is a request with its identity: opens it after the
/// answer was kept or found again, if the caller may still see it.
pub(crate) async fn with_identity(
    Extension(web): Extension<Web>,
    request: Request,
    next: Next,
) -> Response {
    let signed = request.extensions().get::<Signed>().cloned();
    let response = next.run(request).await;
    let (true, Some(signed)) = (response.status().is_success(), signed) else {
        return response;
    };
    match filled(&web, &signed, response).await {
        Ok(response) => response,
        Err(fail) => fail.into_response(),
    }
}

async fn filled(web: &Web, signed: &Signed, response: Response) -> Result<Response, Fail> {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, ANSWER_MAX).await.map_err(|_| bug())?;
    let mut view: Value = serde_json::from_slice(&bytes).map_err(|_| bug())?;
    let id = view
        .get("id")
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok())
        .ok_or_else(bug)?;
    match open(web, signed, id).await {
        Ok(fields) => fill(&mut view, fields),
        // Given back since: the answer is the same, without what is no longer theirs to see.
        Err(Fail(AppError::NotFound | AppError::Denied)) => {}
        Err(fail) => return Err(fail),
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from(view.to_string())))
}

fn bug() -> Fail {
    Fail(AppError::Bug(
        "an answer about a request has no id".to_owned(),
    ))
}
