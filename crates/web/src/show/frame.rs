//! The frame of a page: who is signed in, where, at what time.

use relais_app::text::labels;
use relais_core::access::Role;

use super::Eye;
use crate::gate::Signed;
use crate::parts::{Desk, Phone, PhoneTab, State, Tab, Toast};
use crate::web::Web;

/// The bar of a desk page.
pub(crate) fn desk(web: &Web, eye: &Eye, signed: &Signed, title: &str, here: &'static str) -> Desk {
    let actor = signed.actor();
    let when = eye.when();
    let entry = eye.directory.network(actor.network).ok();
    let opening = entry.map_or_else(String::new, |entry| {
        match entry.calendar.closes_at(eye.now) {
            Some(at) if entry.calendar.is_open(eye.now) => format!("Ouvert {}", when.until(at)),
            _ => match entry.calendar.next_opening(eye.now) {
                Some(at) => format!("Fermé {}", when.until(at)),
                None => "Fermé".to_owned(),
            },
        }
    });
    let works = matches!(actor.role, Role::Operator | Role::Regulator);
    let mut tabs = Vec::new();
    if matches!(
        actor.role,
        Role::Operator | Role::Regulator | Role::Coordinator
    ) {
        tabs.push(Tab {
            href: "/direct",
            label: "Direct",
        });
        tabs.push(Tab {
            href: "/coup-de-main",
            label: "Coup de main",
        });
        tabs.push(Tab {
            href: "/demandes",
            label: "Demandes",
        });
    }
    if works {
        tabs.push(Tab {
            href: crate::pages::callbacks::PAGE,
            label: "À rappeler",
        });
    }
    if actor.role == Role::Regulator {
        tabs.push(Tab {
            href: super::qualify::PAGE,
            label: "À qualifier",
        });
    }
    if actor.role == Role::Coordinator {
        tabs.push(Tab {
            href: "/derogations",
            label: "Dérogations",
        });
        tabs.push(Tab {
            href: crate::pages::regulation::PAGE,
            label: "Régulation",
        });
    }
    if crate::right::Right::Log.allows(actor.role) {
        tabs.push(Tab {
            href: super::calls::PAGE,
            label: "Appels",
        });
    }
    if actor.role == Role::Coordinator {
        tabs.push(Tab {
            href: "/cooperation",
            label: "Coopération",
        });
        tabs.push(Tab {
            href: crate::pages::note::UNDELIVERED,
            label: "Notes",
        });
    }
    if crate::right::Right::Overseer.allows(actor.role) {
        tabs.push(Tab {
            href: super::protocols::PAGE,
            label: "Fiches",
        });
    }
    if matches!(actor.role, Role::Coordinator | Role::Administrator) {
        tabs.push(Tab {
            href: crate::pages::public::desk::PAGE,
            label: "Public",
        });
        tabs.push(Tab {
            href: super::service::PAGE,
            label: "État",
        });
    }
    Desk {
        title: title.to_owned(),
        network: entry
            .map(|entry| entry.network.name.clone())
            .unwrap_or_default(),
        opening,
        person: signed.account.name.clone(),
        role: super::upper(labels::role(actor.role)),
        clock: when.clock(eye.now),
        now_ms: eye.now.millis(),
        manual_clock: web.app.clock().is_manual(),
        tabs,
        here,
        fifteen: works.then(|| "/direct/15".to_owned()),
        banner: super::service::banner(&web.app.state(), &actor, &when),
        toast: None,
        demo: web.is_demo(),
    }
}

/// The bar of a phone page.
pub(crate) fn phone(web: &Web, eye: &Eye, title: &str, tab: PhoneTab) -> Phone {
    Phone {
        title: title.to_owned(),
        back: None,
        state: None,
        side: String::new(),
        tab,
        now_ms: eye.now.millis(),
        manual_clock: web.app.clock().is_manual(),
        wide: false,
        toast: None,
        demo: web.is_demo(),
    }
}

impl Phone {
    /// With a way back.
    pub(crate) fn back(mut self, href: &str, label: &str) -> Self {
        self.back = Some((href.to_owned(), label.to_owned()));
        self
    }

    /// With a state in the bar.
    pub(crate) fn state(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }

    /// With what just happened.
    pub(crate) fn toast(mut self, text: Option<&str>) -> Self {
        self.toast = text.map(|text| Toast {
            text: text.to_owned(),
            link: None,
            undo: None,
        });
        self
    }
}

impl Desk {
    /// With what just happened.
    pub(crate) fn toast(mut self, toast: Option<Toast>) -> Self {
        self.toast = toast;
        self
    }
}
