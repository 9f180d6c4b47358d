//! The builder of the URL space. The only way to add an address takes its right and its surface, so
//! that none can be added without; and the list can be read back, for the access matrix.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use futures_util::future::BoxFuture;

use crate::gate::{Gate, Surface, guard};
use crate::right::Right;
use crate::web::Web;

/// How an address is asked: GET shows, the others act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Shows.
    Get,
    /// Acts.
    Post,
    /// Replaces one's own settings (API).
    Put,
    /// Changes a part (API).
    Patch,
}

impl Method {
    const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Put => MethodFilter::PUT,
            Self::Patch => MethodFilter::PATCH,
        }
    }

    /// Its name in HTTP.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
        }
    }
}

/// An address as it was declared.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// How it is asked.
    pub method: Method,
    /// Its path, with `{name}` for what varies.
    pub path: &'static str,
    /// Who may.
    pub right: Right,
    /// What it is for.
    pub surface: Surface,
}

impl Route {
    fn guarded<H, T>(self, handler: H) -> MethodRouter<Web>
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        let gate = Gate {
            right: self.right,
            surface: self.surface,
        };
        on(self.method.filter(), Erased::of(handler))
            .layer(middleware::from_fn_with_state(gate, guard))
    }
}

/// A handler whose own type is forgotten at once: hundreds of them share one service, where each would have
/// the compiler write dozens of functions of its own.
#[derive(Clone)]
struct Erased(Arc<dyn Fn(Request, Web) -> BoxFuture<'static, Response> + Send + Sync>);

impl Erased {
    fn of<H, T>(handler: H) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        Self(Arc::new(move |request, web| {
            Box::pin(handler.clone().call(request, web))
        }))
    }
}

impl Handler<(), Web> for Erased {
    type Future = BoxFuture<'static, Response>;

    fn call(self, request: Request, web: Web) -> Self::Future {
        (self.0)(request, web)
    }
}

/// The URL space being built.
#[derive(Default)]
pub struct Routes {
    router: Router<Web>,
    streams: Router<Web>,
    list: Vec<Route>,
}

impl Routes {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an address with what it requires.
    #[must_use]
    pub fn add<H, T>(
        mut self,
        method: Method,
        path: &'static str,
        right: Right,
        surface: Surface,
        handler: H,
    ) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        let route = Route {
            method,
            path,
            right,
            surface,
        };
        self.router = self.router.route(path, route.guarded(handler));
        self.list.push(route);
        self
    }

    /// A page one reads.
    #[must_use]
    pub fn page<H, T>(self, path: &'static str, right: Right, handler: H) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        self.add(Method::Get, path, right, Surface::Page, handler)
    }

    /// A form one sends.
    #[must_use]
    pub fn act<H, T>(self, path: &'static str, right: Right, handler: H) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        self.add(Method::Post, path, right, Surface::Page, handler)
    }

    /// A stream that stays open: refused as a piece of a page is, and never compressed.
    #[must_use]
    pub fn stream<H, T>(mut self, path: &'static str, right: Right, handler: H) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        let route = Route {
            method: Method::Get,
            path,
            right,
            surface: Surface::Part,
        };
        self.streams = self.streams.route(path, route.guarded(handler));
        self.list.push(route);
        self
    }

    /// A piece of a page.
    #[must_use]
    pub fn part<H, T>(self, path: &'static str, right: Right, handler: H) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        self.add(Method::Get, path, right, Surface::Part, handler)
    }

    /// An operation of the API.
    #[must_use]
    pub fn api<H, T>(self, method: Method, path: &'static str, right: Right, handler: H) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        self.add(method, path, right, Surface::Api, handler)
    }

    /// The router of what is answered at once, that of streams, and the list of what was declared.
    pub fn build(self) -> (Router<Web>, Router<Web>, Vec<Route>) {
        (self.router, self.streams, self.list)
    }
}
