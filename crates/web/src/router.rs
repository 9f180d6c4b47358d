//! The whole URL space and what surrounds every answer: the strict policy, the body limit,
//! compression, and what is said of an address that does not exist.

use axum::Extension;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderName, HeaderValue, Method, Uri, header};
use relais_app::app::App;
use relais_app::error::AppError;
use relais_app::text::when::When;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tracing::Instrument as _;

use crate::problem::tell;
use crate::routes::{Route, Routes};
use crate::web::{Site, Web};

/// Largest body taken, bytes.
const BODY_MAX: usize = 1024 * 1024;

/// What a page may load and do: our own files, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; \
connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'";

fn declared() -> Routes {
    let pages = crate::pages::routes(Routes::new());
    let programs = crate::provider::routes(crate::api::routes(pages));
    crate::health::routes(crate::demo_api::routes(programs))
}

/// Every address, with what it requires: for the access matrix.
#[must_use]
pub fn routes() -> Vec<Route> {
    declared().build().2
}

/// The web on an application.
pub fn router(app: App, site: Site) -> Router {
    let web = Web::new(app, site);
    let (router, streams, _) = declared().build();
    let lost = web.clone();
    // What compresses an answer weighs some kilobytes: too much for a stream that stays open.
    let router = router.fallback(move |method: Method, uri: Uri| async move {
        match bare(&method, &uri) {
            Some(to) => Redirect::temporary(&to).into_response(),
            None => say(&lost, &uri, &AppError::NotFound),
        }
    });
    surrounded(router, &web)
        .layer(CompressionLayer::new())
        .merge(surrounded(streams, &web))
        .layer(CatchPanicLayer::new())
}

/// What surrounds every answer, streams included.
fn surrounded(router: Router<Web>, web: &Web) -> Router {
    let secure = web.site.secure_cookies;
    let wrong = web.clone();
    router
        .method_not_allowed_fallback(move |uri: Uri| async move {
            let detail = "Cette adresse ne répond pas à cette méthode.";
            say(
                &wrong,
                &uri,
                &AppError::problem("method-not-allowed", 405, detail),
            )
        })
        .with_state(web.clone())
        .layer(middleware::from_fn(to_the_end))
        .layer(middleware::from_fn(crate::health::meter))
        .layer(Extension(web.clone()))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(middleware::from_fn(move |request: Request, next: Next| {
            headers(secure, request, next)
        }))
}

/// The public address somebody copied with a stroke too many at its end.
fn bare(method: &Method, uri: &Uri) -> Option<String> {
    let path = uri.path();
    let public = path.starts_with("/n/") || path.starts_with("/horaires/");
    let bare = path.trim_end_matches('/');
    let copied = method.is_safe() && public && bare != path && bare.matches('/').count() > 1;
    copied.then(|| bare.to_owned())
}

fn say(web: &Web, uri: &Uri, error: &AppError) -> Response {
    let when = When::new(web.now(), &web.zone);
    let told = tell(error, &when);
    if uri.path().starts_with("/api/") {
        told.into_api()
    } else {
        told.into_page()
    }
}

/// Whatever changes something is done to its end, and its answer kept, even when whoever asked for it
/// hung up: a key would stay taken, and what follows a change would not follow.
async fn to_the_end(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let work = next.run(request).instrument(tracing::Span::current());
    match tokio::spawn(work).await {
        Ok(response) => response,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => http::StatusCode::SERVICE_UNAVAILABLE.into_response(),
        },
    }
}

async fn headers(secure: bool, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let head = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        head.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    );
    set(header::CACHE_CONTROL, "no-store");
    if secure {
        set(
            header::STRICT_TRANSPORT_SECURITY,
            "max-age=31536000; includeSubDomains",
        );
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tokio::sync::Notify;
    use tower::ServiceExt as _;

    /// Whoever hangs up while something is done neither stops it nor leaves it half done.
    #[tokio::test]
    async fn what_changes_something_is_done_though_its_caller_left() {
        let (go, done) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (gone, told) = (Arc::clone(&go), Arc::clone(&done));
        let work = move || {
            let (go, done) = (Arc::clone(&gone), Arc::clone(&told));
            async move {
                done.notify_one();
                go.notified().await;
                done.notify_one();
            }
        };
        let router = Router::<()>::new()
            .route("/", axum::routing::post(work))
            .layer(middleware::from_fn(to_the_end));
        let asked = Request::post("/").body(axum::body::Body::empty()).unwrap();
        let caller = tokio::spawn(router.oneshot(asked));
        done.notified().await;
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        go.notify_one();
        done.notified().await;
    }
}
