//! The files the pages need, embedded in the binary. Owns their addresses (`/assets/<hash>/<name>`,
//! one hash for the whole set, so that relative links between them hold) and how they are served;
//! refuses any other file: nothing is read from a disk.

use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// One embedded file.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// Tokens, the design's stylesheet and the few rules the product adds, served as one file.
static STYLES: &str = concat!(
    include_str!("../ui/tokens.css"),
    include_str!("../ui/relais.css"),
    include_str!("../ui/app.css"),
);

static ASSETS: &[Asset] = &[
    Asset {
        name: "relais.css",
        kind: CSS,
        bytes: STYLES.as_bytes(),
    },
    Asset {
        name: "fonts/bricolage-grotesque-latin.woff2",
        kind: "font/woff2",
        bytes: include_bytes!("../ui/fonts/bricolage-grotesque-latin.woff2"),
    },
    Asset {
        name: "fonts/atkinson-next-latin.woff2",
        kind: "font/woff2",
        bytes: include_bytes!("../ui/fonts/atkinson-next-latin.woff2"),
    },
    Asset {
        name: "fonts/OFL-atkinson-hyperlegible-next.txt",
        kind: TEXT,
        bytes: include_bytes!("../ui/fonts/OFL-atkinson-hyperlegible-next.txt"),
    },
    Asset {
        name: "fonts/OFL-bricolage-grotesque.txt",
        kind: TEXT,
        bytes: include_bytes!("../ui/fonts/OFL-bricolage-grotesque.txt"),
    },
    Asset {
        name: "icons/MIT-phosphor-icons.txt",
        kind: TEXT,
        bytes: include_bytes!("../ui/icons/MIT-phosphor-icons.txt"),
    },
    Asset {
        name: "logo.svg",
        kind: "image/svg+xml",
        bytes: include_bytes!("../ui/logo.svg"),
    },
    Asset {
        name: "clock.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/clock.js"),
    },
    Asset {
        name: "countdown.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/countdown.js"),
    },
    Asset {
        name: "state.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/state.js"),
    },
    Asset {
        name: "away.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/away.js"),
    },
    Asset {
        name: "live.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/live.js"),
    },
    Asset {
        name: "reach.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/reach.js"),
    },
    Asset {
        name: "known.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/known.js"),
    },
    Asset {
        name: "keys.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/keys.js"),
    },
    Asset {
        name: "sides.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/sides.js"),
    },
    Asset {
        name: "call.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/call.js"),
    },
    Asset {
        name: "print.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/print.js"),
    },
    Asset {
        name: "severity.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/severity.js"),
    },
    Asset {
        name: "typeahead.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/typeahead.js"),
    },
    Asset {
        name: "wait.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/wait.js"),
    },
    Asset {
        name: "watch.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/watch.js"),
    },
    Asset {
        name: "counter.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/counter.js"),
    },
    Asset {
        name: "form.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/form.js"),
    },
    Asset {
        name: "passkey.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/passkey.js"),
    },
    Asset {
        name: "notifications.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/notifications.js"),
    },
    Asset {
        name: "install.js",
        kind: JS,
        bytes: include_bytes!("../ui/js/install.js"),
    },
];

/// Twelve hexadecimal digits that change as soon as any embedded file changes.
static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for asset in ASSETS {
        context.update(asset.name.as_bytes());
        context.update(asset.bytes);
    }
    context
        .finish()
        .as_ref()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
});

/// The address of an embedded file. An unknown name is a mistake in a template: a test asks for
/// every address written in every page.
#[must_use]
pub fn url(name: &str) -> String {
    format!("/assets/{}/{name}", *HASH)
}

/// The hash of the whole set, also the strong validator (`ETag`) of each file.
#[must_use]
pub fn hash() -> &'static str {
    &HASH
}

/// `GET /assets/{hash}/{*name}`. An old hash still answers with today's file, uncached, so that a
/// page opened before an update keeps its style.
pub async fn serve(Path((hash, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = format!("\"{}\"", *HASH);
    let unchanged = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value
                .split(',')
                .any(|tag| tag.trim().trim_start_matches("W/") == etag)
        });
    let cache = if hash == *HASH {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(asset.bytes).into_response()
    };
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(value) = HeaderValue::from_str(&etag) {
        head.insert(header::ETAG, value);
    }
    response
}

/// `GET /sw.js`: the service worker lives at the root, because its scope is where it is served from.
pub async fn service_worker() -> Response {
    let text = include_str!("../ui/js/sw.js").replace("__HASH__", hash());
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(JS)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        ],
        text,
    )
        .into_response()
}

/// `GET /app.webmanifest`: lets a professional put Relais on the first screen of a phone.
pub async fn manifest() -> Response {
    let text = serde_json::json!({
        "name": "Relais, soins non programmés",
        "short_name": "Relais",
        "lang": "fr",
        "start_url": "/",
        "display": "standalone",
        "background_color": "#F1F3EF",
        "theme_color": "#14251F",
        "icons": [{ "src": url("logo.svg"), "sizes": "any", "type": "image/svg+xml" }],
    })
    .to_string();
    (
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/manifest+json"),
            ),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        ],
        text,
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_dark_blocks_are_identical() {
        let tokens = include_str!("../ui/tokens.css");
        let block = |start: &str| {
            let from = tokens.find(start).expect("the block exists");
            let body = &tokens[from + start.len()..];
            let body = &body[body.find("--paper").expect("it starts with the paper")..];
            body[..body.find("--shadow").expect("it ends with the shadow")].to_owned()
        };
        assert_eq!(
            block("@media (prefers-color-scheme:dark)"),
            block(":root[data-theme=dark]{\n  color-scheme:dark;")
        );
    }

    #[test]
    fn addresses_carry_the_hash_of_the_set() {
        let address = url("relais.css");
        assert_eq!(address, format!("/assets/{}/relais.css", hash()));
        assert_eq!(hash().len(), 12);
    }

    #[test]
    fn every_file_a_stylesheet_or_module_names_is_embedded() {
        for asset in ASSETS
            .iter()
            .filter(|asset| asset.kind == CSS || asset.kind == JS)
        {
            let text = std::str::from_utf8(asset.bytes).expect("text files are UTF-8");
            let urls = text
                .split("url(\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next());
            let imports = text
                .split("from \"./")
                .skip(1)
                .filter_map(|rest| rest.split('"').next());
            for name in urls.chain(imports) {
                assert!(
                    ASSETS.iter().any(|other| other.name == name),
                    "{} in {}",
                    name,
                    asset.name
                );
            }
        }
    }
}
