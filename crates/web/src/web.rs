//! What every handler shares: the application, the limits, what the demonstration adds.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::tz::TimeZone;
use relais_app::app::App;
use relais_app::demo::DemoWorld;
use relais_core::time::Instant;

use crate::health::Meters;
use crate::limits::Limits;

/// The zone of pages shown to nobody in particular.
const ZONE: &str = "Europe/Paris";

/// What the demonstration adds.
#[derive(Clone)]
pub struct DemoControls {
    /// The invented territory.
    pub world: Arc<DemoWorld>,
}

/// Where and how the web is served.
#[derive(Clone)]
pub struct Site {
    /// Set by `relais demo` only: without it the demonstration's addresses do not exist.
    pub demo: Option<DemoControls>,
    /// Whether people reach it over https: the cookie then refuses to travel any other way.
    pub secure_cookies: bool,
    /// Proxies whose `X-Forwarded-For` is believed; from anybody else it is not read.
    pub trusted_proxies: Vec<IpAddr>,
}

/// The shared state. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    pub(crate) app: App,
    pub(crate) site: Site,
    pub(crate) limits: Limits,
    pub(crate) meters: Meters,
    pub(crate) zone: Arc<TimeZone>,
}

impl Web {
    /// The web on an application.
    #[must_use]
    pub fn new(app: App, site: Site) -> Self {
        let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
        Self {
            app,
            site,
            limits: Limits::default(),
            meters: Meters::default(),
            zone: Arc::new(zone),
        }
    }

    /// Whether this is the demonstration.
    pub(crate) fn is_demo(&self) -> bool {
        self.site.demo.is_some()
    }

    /// The application's time.
    pub(crate) fn now(&self) -> Instant {
        self.app.now()
    }

    /// The name of the session cookie. The prefix makes browsers refuse it over plain http, which
    /// is all the demonstration speaks.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.site.secure_cookies {
            "__Host-relais"
        } else {
            "relais"
        }
    }
}
