//! JSON bodies, read strictly: valid UTF-8, not too deep, no unknown field, every refusal with the
//! pointer of what is wrong and never a word of what was sent.

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::header;
use relais_app::error::{AppError, FieldError};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::fail::Fail;

/// Deepest nesting taken.
const DEPTH_MAX: usize = 32;
/// Largest body taken, bytes.
pub(crate) const BODY_MAX: usize = 1 << 20;
/// Most bytes read of one that is too large.
const DRAINED_MAX: usize = 64 << 20;

/// A JSON body of a known shape.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Fail;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fail> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let json = kind.is_some_and(|kind| {
            let essence = kind.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("application/json")
                || essence.to_ascii_lowercase().ends_with("+json")
        });
        let bytes = collect(request.into_body(), BODY_MAX).await?;
        if !json && !bytes.is_empty() {
            let detail = "Envoyez du JSON, avec l’en-tête Content-Type: application/json.";
            return Err(Fail(AppError::problem(
                "unsupported-media-type",
                415,
                detail,
            )));
        }
        read(&bytes).map(Self).map_err(Fail)
    }
}

/// The bytes of a body, `most` at most. One that is too large is read to its end and forgotten before it is
/// refused, so that the sender hears the refusal instead of a broken line.
///
/// # Errors
/// Too large, or cut short.
pub(crate) async fn collect(body: axum::body::Body, most: usize) -> Result<Bytes, Fail> {
    let mut stream = body.into_data_stream();
    let (mut kept, mut total) = (Vec::new(), 0_usize);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| {
            Fail(AppError::problem(
                "malformed",
                400,
                "Le corps de la demande n’a pas pu être lu.",
            ))
        })?;
        total += chunk.len();
        if total > DRAINED_MAX {
            break;
        }
        if total > most {
            kept = Vec::new();
        } else {
            kept.extend_from_slice(&chunk);
        }
    }
    if total > most {
        return Err(Fail(AppError::problem(
            "too-large",
            413,
            format!("Le corps de la demande dépasse {}\u{a0}Mo.", most >> 20),
        )));
    }
    Ok(Bytes::from(kept))
}

/// Reads a body; an empty one counts as an empty object.
///
/// # Errors
/// What is wrong, and where.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    if depth(bytes) > DEPTH_MAX {
        return Err(AppError::problem(
            "malformed",
            400,
            "Le JSON est trop imbriqué.",
        ));
    }
    if let Some(pointer) = nul(bytes) {
        let message = "Ce texte contient un caractère invisible\u{a0}: retapez-le.";
        return Err(AppError::invalid(&pointer, message));
    }
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut source).map_err(|error| wrong(&error))?;
    source
        .end()
        .map_err(|_| AppError::problem("malformed", 400, "Il y a du texte après le JSON."))?;
    Ok(value)
}

/// The deepest nesting of brackets outside strings.
fn depth(bytes: &[u8]) -> usize {
    let (mut now, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        match (quoted, escaped, byte) {
            (true, true, _) => escaped = false,
            (true, false, b'\\') => escaped = true,
            (_, _, b'"') => quoted = !quoted,
            (false, _, b'[' | b'{') => {
                now += 1;
                deepest = deepest.max(now);
            }
            (false, _, b']' | b'}') => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Where a string holds the one character that a database does not keep. Written as it is, it is no JSON.
fn nul(bytes: &[u8]) -> Option<String> {
    let escaped = bytes.windows(6).any(|six| six == b"\\u0000");
    let value: Value = escaped.then(|| serde_json::from_slice(bytes).ok())??;
    nul_in(&value, String::new())
}

fn nul_in(value: &Value, at: String) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then_some(at),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(place, item)| nul_in(item, format!("{at}/{place}"))),
        Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            let mut here = at.clone();
            push(&mut here, &clip(name));
            nul_in(field, here)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn wrong(error: &serde_path_to_error::Error<serde_json::Error>) -> AppError {
    use serde_json::error::Category;
    let inner = error.inner();
    match inner.classify() {
        Category::Data => {}
        Category::Syntax | Category::Eof | Category::Io => {
            let detail = format!(
                "Ce n’est pas du JSON valide (ligne {}, colonne {}).",
                inner.line(),
                inner.column()
            );
            return AppError::problem("malformed", 400, detail);
        }
    }
    let mut pointer = pointer(error.path());
    // serde's sentence may repeat what was sent: only its kind and the names of our own fields pass.
    let text = inner.to_string();
    let message = if let Some(name) = quoted(&text, "unknown field `") {
        push(&mut pointer, &clip(name));
        "Ce champ n’existe pas.".to_owned()
    } else if let Some(name) = quoted(&text, "missing field `") {
        push(&mut pointer, name);
        "Ce champ est obligatoire.".to_owned()
    } else if let Some(name) = quoted(&text, "duplicate field `") {
        push(&mut pointer, name);
        "Ce champ est donné deux fois.".to_owned()
    } else if text.starts_with("unknown variant") {
        "Cette valeur n’est pas dans la liste.".to_owned()
    } else if text.starts_with("invalid length") {
        "Cette liste n’a pas la bonne longueur.".to_owned()
    } else {
        "Cette valeur n’est pas du bon type.".to_owned()
    };
    AppError::Invalid(vec![FieldError { pointer, message }])
}

fn quoted<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.strip_prefix(start)?.split('`').next()
}

/// An unknown field's name is the sender's own text: kept short.
fn clip(name: &str) -> String {
    name.chars().take(40).collect()
}

fn push(pointer: &mut String, name: &str) {
    let escaped = name.replace('~', "~0").replace('/', "~1");
    if pointer.rsplit('/').next() != Some(escaped.as_str()) {
        pointer.push('/');
        pointer.push_str(&escaped);
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        pointer.push('/');
        match segment {
            Segment::Seq { index } => pointer.push_str(&index.to_string()),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push_str(&clip(key).replace('~', "~0").replace('/', "~1"));
            }
            Segment::Unknown => pointer.push('?'),
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(rename = "patient")]
        _patient: Inner,
        #[serde(default, rename = "list")]
        _list: Vec<u8>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(rename = "name")]
        _name: String,
    }

    fn pointer_of(text: &str) -> String {
        match read::<Outer>(text.as_bytes()) {
            Err(AppError::Invalid(errors)) => errors[0].pointer.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn slug_of(text: &[u8]) -> &'static str {
        match read::<Outer>(text) {
            Err(AppError::Problem { slug, .. }) => slug,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        assert_eq!(
            pointer_of(r#"{"patient":{"name":"x","mame":1}}"#),
            "/patient/mame"
        );
        assert_eq!(pointer_of(r#"{"patient":{}}"#), "/patient/name");
        assert_eq!(pointer_of(r#"{"patient":{"name":12}}"#), "/patient/name");
        assert_eq!(
            pointer_of(r#"{"patient":{"name":"x"},"list":[1,2,"a"]}"#),
            "/list/2"
        );
        assert_eq!(pointer_of(r#"{"patient":{"name":"x"},"a/b":1}"#), "/a~1b");
        assert_eq!(
            pointer_of(r#"{"patient":{"name":"a\u0000b"}}"#),
            "/patient/name"
        );
    }

    #[test]
    fn what_is_no_json_is_refused_without_repeating_it() {
        assert_eq!(slug_of(b"{"), "malformed");
        assert_eq!(slug_of(br#"{"patient":{"name":"\ud800"}}"#), "malformed");
        assert_eq!(slug_of(b"\xff\xfe"), "malformed");
        assert_eq!(slug_of("[".repeat(1000).as_bytes()), "malformed");
        assert_eq!(
            slug_of(br#"{"patient":{"name":"x"}} trailing"#),
            "malformed"
        );
        let told = format!(
            "{:?}",
            read::<Outer>(br#"{"patient":{"name":["Tervaux"]}}"#)
        );
        assert!(!told.contains("Tervaux"), "{told}");
    }

    #[test]
    fn brackets_inside_strings_do_not_count() {
        assert_eq!(depth(br#"{"a":"[[[[\"[["}"#), 1);
        assert_eq!(depth(b"[[{}]]"), 3);
        assert_eq!(nul(br#"{"a":"\\u0000 \u0001"}"#), None);
        assert_eq!(nul(br#"{"a":"\u0000""#), None, "no JSON at all");
    }
}
