//! The description of the API: operations in [`operations`], shapes in `schemas.json`. The document
//! served, the readable page and the committed `docs/reference/openapi.json` are made from them.

pub(crate) mod operations;

use serde_json::{Map, Value, json};

use crate::problem::KINDS;
use operations::{OPERATIONS, Operation};

/// The version of the API.
pub(crate) const VERSION: &str = "1.0.0";

/// The shapes, as JSON Schema.
const SCHEMAS: &str = include_str!("schemas.json");

/// The OpenAPI 3.1 document.
#[must_use]
pub fn document() -> Value {
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let path = operation
            .path
            .strip_prefix("/api/v1")
            .unwrap_or(operation.path);
        let entry = paths.entry(path.to_owned()).or_insert_with(|| json!({}));
        if let Some(entry) = entry.as_object_mut() {
            entry.insert(operation.method.to_lowercase(), described(operation));
        }
    }
    // The file is embedded and a test reads it: it cannot be anything but an object.
    let schemas: Value = serde_json::from_str(SCHEMAS).unwrap_or(Value::Null);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Relais",
            "version": VERSION,
            "summary": "Unscheduled care: a request finds its professional.",
            "description": "Bearer tokens. Errors are RFC 9457 problems. Unknown fields are refused with 422. \
    Idempotency-Key is honoured on every POST. Times are RFC 3339 UTC. Lists answer items and next.",
            "license": { "name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later" },
        },
        "servers": [{ "url": "/api/v1" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas,
        },
        "x-problems": KINDS.iter().map(|(slug, status, title)| {
            json!({ "type": format!("/problems/{slug}"), "status": status, "title": title })
        }).collect::<Vec<_>>(),
    })
}

fn described(operation: &Operation) -> Value {
    let mut answers = Map::new();
    let shape = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    answers.insert(
        operation.status.to_string(),
        json!({
            "description": operation.gives,
            "content": { "application/json": { "schema": shape(operation.answer) } },
        }),
    );
    answers.insert(
        "default".to_owned(),
        json!({
            "description": "A problem (RFC 9457).",
            "content": { "application/problem+json": { "schema": shape("Problem") } },
        }),
    );
    let mut parameters: Vec<Value> = Vec::new();
    if operation.path.contains("{id}") {
        parameters.push(
            json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }),
        );
    }
    for (name, about) in operation.query {
        parameters.push(json!({ "name": name, "in": "query", "description": about, "schema": { "type": "string" } }));
    }
    if operation.method == "POST" {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header",
            "description": "The same key with the same body gives the same answer, once.",
            "schema": { "type": "string", "maxLength": 200 },
        }));
    }
    let mut described = json!({
        "operationId": operation.name,
        "summary": operation.summary,
        "description": format!("Who: {}.", operation.who),
        "parameters": parameters,
        "responses": answers,
    });
    if let Some(body) = operation.body {
        let kind = if operation.files {
            "multipart/form-data"
        } else {
            "application/json"
        };
        let content = Map::from_iter([(kind.to_owned(), json!({ "schema": shape(body) }))]);
        described["requestBody"] = json!({
            "required": operation.body_required,
            "content": content,
        });
    }
    described
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `$ref` of a value.
    fn refs(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(target)) = map.get("$ref") {
                    out.push(target.clone());
                }
                map.values().for_each(|inner| refs(inner, out));
            }
            Value::Array(list) => list.iter().for_each(|inner| refs(inner, out)),
            _ => {}
        }
    }

    #[test]
    fn every_shape_exists_and_is_used() {
        let document = document();
        let schemas = document["components"]["schemas"]
            .as_object()
            .expect("schemas");
        let mut found = Vec::new();
        refs(&document, &mut found);
        for target in &found {
            let name = target
                .strip_prefix("#/components/schemas/")
                .expect("a reference to a schema");
            assert!(schemas.contains_key(name), "{name} is not described");
        }
        for name in schemas.keys() {
            assert!(
                found
                    .iter()
                    .any(|target| target.ends_with(&format!("/{name}"))),
                "{name} is not used"
            );
        }
    }
}
