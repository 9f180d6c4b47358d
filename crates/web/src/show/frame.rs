//! The frame of a page: who is signed in, where, at what time.

use relais_app::text::{hours, labels};

use super::{Eye, network};
use crate::gate::Signed;
use crate::parts::{Desk, Phone, PhoneTab, State, Tab, Toast};
use crate::right::Right;
use crate::web::Web;

/// The bar's entries, in order, each with the right of its page. What is opened a few times a week
/// is a room of [`network`], not an entry more.
const TABS: &[(Right, &str, &str)] = &[
    (Right::Overseer, "/direct", "Direct"),
    (Right::Overseer, "/coup-de-main", "Coup de main"),
    (Right::Overseer, "/demandes", "Demandes"),
    (Right::Desk, crate::pages::callbacks::PAGE, "À rappeler"),
    (Right::Regulator, super::qualify::PAGE, "À qualifier"),
    (Right::Log, super::calls::PAGE, "Appels"),
    (Right::Overseer, super::protocols::PAGE, "Fiches"),
    (Right::Keeper, network::PAGE, "Réseau"),
    (Right::Keeper, super::service::PAGE, "État"),
];

/// The bar of a desk page.
pub(crate) fn desk(web: &Web, eye: &Eye, signed: &Signed, title: &str, here: &'static str) -> Desk {
    let actor = signed.actor();
    let when = eye.when();
    let entry = eye.directory.network(actor.network).ok();
    let opening = entry.map_or_else(String::new, |entry| hours::state(&when, &entry.calendar));
    let works = Right::Desk.allows(actor.role);
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
        tabs: TABS
            .iter()
            .filter(|(right, ..)| right.allows(actor.role))
            .map(|(_, href, label)| Tab { href, label })
            .collect(),
        here: if network::holds(here) {
            network::PAGE
        } else {
            here
        },
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
