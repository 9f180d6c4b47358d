//! Whether an answer is what the description says: the part of JSON Schema the description uses.

use std::sync::OnceLock;

use http::{Method, header};
use serde_json::Value;

use crate::fixture::Reply;

/// The description; a test of its own compares it with the committed file.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(relais_web::description)
}

/// The operation of an address of the API.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let path = path.strip_prefix("/api/v1")?;
    let wanted: Vec<&str> = path.split('/').collect();
    let paths = document()["paths"].as_object()?;
    let fits = |template: &str| {
        let parts: Vec<&str> = template.split('/').collect();
        parts.len() == wanted.len()
            && parts
                .iter()
                .zip(&wanted)
                .all(|(part, one)| part == one || *part == "{id}")
    };
    // A fixed word wins over a parameter, as in the router.
    let mut found: Vec<_> = paths
        .iter()
        .filter(|(template, _)| fits(template))
        .collect();
    found.sort_by_key(|(template, _)| template.matches('{').count());
    let name = method.as_str().to_lowercase();
    found.into_iter().find_map(|(_, item)| item.get(&name))
}

/// Panics when an answer of the API is not as described.
pub(crate) fn check(method: &Method, path: &str, reply: &Reply) {
    let kind = reply
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    if path.starts_with("/api/v1")
        && (reply.status.is_client_error() || reply.status.is_server_error())
    {
        assert_eq!(
            kind, "application/problem+json",
            "{method} {path} {}",
            reply.text
        );
        fits("Problem", &reply.json(), &format!("{method} {path}"));
    }
    let Some(operation) = operation(method, path) else {
        return;
    };
    if !reply.status.is_success() {
        return;
    }
    let answers = &operation["responses"];
    let described = answers.get(reply.status.as_str());
    let described =
        described.unwrap_or_else(|| panic!("{method} {path}: {} is not described", reply.status));
    let schema = &described["content"]["application/json"]["schema"];
    assert_eq!(kind, "application/json", "{method} {path}");
    if let Err(why) = valid(schema, &reply.json(), "") {
        panic!("{method} {path}: {why}\n{}", reply.text);
    }
}

/// Panics when a value does not have a named shape.
pub(crate) fn fits(name: &str, value: &Value, what: &str) {
    let schema = &document()["components"]["schemas"][name];
    assert!(schema.is_object(), "no shape {name}");
    if let Err(why) = valid(schema, value, "") {
        panic!("{what}: {why}\n{value}");
    }
}

/// Checks a value against a schema; the first thing wrong, with where.
pub(crate) fn valid(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap_or_default();
        return valid(&document()["components"]["schemas"][name], value, at);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fitting = choices
            .iter()
            .filter(|choice| valid(choice, value, at).is_ok())
            .count();
        return if fitting == 1 {
            Ok(())
        } else {
            Err(format!("{at}: fits {fitting} of the choices"))
        };
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !kinds.is_empty() && !kinds.contains(&kind_of(value)) {
        return Err(format!("{at}: {} instead of {kinds:?}", kind_of(value)));
    }
    if let Some(known) = schema["enum"].as_array()
        && !known.contains(value)
    {
        return Err(format!("{at}: {value} is not in the list"));
    }
    if schema["format"] == "date-time" && value.is_string() {
        let text = value.as_str().unwrap_or_default();
        if !text.ends_with('Z') || text.parse::<jiff::Timestamp>().is_err() {
            return Err(format!("{at}: {text} is not RFC 3339 UTC"));
        }
    }
    if let (Value::Array(items), Some(inner)) = (value, schema.get("items")) {
        for (index, item) in items.iter().enumerate() {
            valid(inner, item, &format!("{at}/{index}"))?;
        }
    }
    if let Value::Object(fields) = value {
        for name in schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if !fields.contains_key(name) {
                return Err(format!("{at}/{name}: missing"));
            }
        }
        for (name, field) in fields {
            let here = format!("{at}/{name}");
            match (&schema["properties"][name], &schema["additionalProperties"]) {
                (inner, _) if inner.is_object() => valid(inner, field, &here)?,
                (_, Value::Bool(false)) => return Err(format!("{here}: not described")),
                (_, inner) if inner.is_object() => valid(inner, field, &here)?,
                _ => {}
            }
        }
    }
    Ok(())
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
