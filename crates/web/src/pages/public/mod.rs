//! The public pages of a network: `/n/<word>` and `/horaires/<word>`. Nobody is signed in; what is
//! being filled in is found by a cookie that holds nothing but chance. Refuses an answer that does
//! not carry the page's own ticket (R6), and to shut everybody out because one address floods.

mod cookie;
pub(crate) mod desk;
mod hours;
mod info;
mod moved;
mod question;
mod send;
mod signs;

pub(crate) use hours::{ask as hours_ask, of_commune as hours_of, show as hours_show, voice};
pub(crate) use question::{answer, show};
pub(crate) use signs::{begin, home};

use std::sync::Arc;

use http::StatusCode;
use relais_app::directory::NetworkEntry;
use relais_app::public::closed::shown;
use relais_app::public::{self, Door, FormKey};
use relais_app::text::hours as in_words;
use relais_app::text::when::When;
use relais_core::time::Instant;

use crate::fail::{Answer, html, html_as, see_other};
use crate::parts::{FieldError, Public};
use crate::views::SayPage;
use crate::web::Web;

/// A network as the public meets it, now.
pub(crate) struct Desk {
    pub(super) entry: Arc<NetworkEntry>,
    /// The word of its address.
    pub(super) word: String,
    pub(super) now: Instant,
    pub(super) demo: bool,
    /// The form its pages are of; none before one is begun.
    pub(super) form: Option<FormKey>,
}

impl Desk {
    /// A network as the public meets it now.
    fn of(web: &Web, entry: &Arc<NetworkEntry>) -> Self {
        Self {
            entry: Arc::clone(entry),
            word: public::slug(entry),
            now: web.now(),
            demo: web.is_demo(),
            form: None,
        }
    }

    pub(super) fn home(&self) -> String {
        format!("/n/{}", self.word)
    }

    /// A page of the form: its address says which form of the browser, so that two tabs fill in two.
    pub(super) fn page(&self, name: &str) -> String {
        let mark = self.form.as_ref().map_or("", FormKey::mark);
        match mark {
            "" => format!("/n/{}/{name}", self.word),
            mark => format!("/n/{}/{name}?f={mark}", self.word),
        }
    }

    pub(super) fn when(&self) -> When<'_> {
        When::new(self.now, &self.entry.calendar.zone)
    }

    pub(super) fn door(&self) -> Door {
        public::door(&self.entry, self.now)
    }

    /// The number of an emergency there.
    pub(super) fn fifteen(&self) -> String {
        self.entry.network.extra.number_15.clone()
    }

    /// The service's number: as a link, as read.
    pub(super) fn number(&self) -> (String, String) {
        let phone = &self.entry.network.phone;
        (format!("tel:{phone}"), shown(phone))
    }

    /// Until when somebody answers: `jusqu’à 20 h`, `24 h sur 24`; empty when nobody does.
    pub(super) fn until(&self) -> String {
        in_words::answers(&self.when(), &self.entry.calendar).unwrap_or_default()
    }

    /// The frame of a page.
    pub(super) fn frame(&self, title: &str) -> Public {
        Public {
            title: title.to_owned(),
            network: self.entry.network.name.clone(),
            phone: (!self.until().is_empty()).then(|| self.number()),
            home: self.home(),
            large: false,
            demo: self.demo,
        }
    }

    /// A page that says one thing.
    pub(super) fn say(&self, heading: &str) -> SayPage {
        SayPage {
            public: self.frame(heading),
            heading: heading.to_owned(),
            lines: Vec::new(),
            fifteen: None,
            call: None,
            more: Vec::new(),
            links: Vec::new(),
        }
    }

    /// Where one goes when the form takes nothing: the hours, or the number to phone.
    pub(super) fn shut(&self) -> Answer {
        match self.door() {
            Door::Closed { .. } | Door::Open { .. } => see_other(&self.home()),
            Door::LastMinutes { .. } | Door::NoForm => html(&self.phone_us()),
        }
    }

    /// The network answers, but by phone only.
    pub(super) fn phone_us(&self) -> SayPage {
        let mut page = self.say("Appelez-nous");
        let until = self.until();
        page.lines.push(match self.door() {
            Door::LastMinutes { .. } => format!(
                "Nous fermons bientôt\u{a0}: nous ne pourrions plus vous rappeler. Appelez maintenant, {until}."
            ),
            _ => format!("Ce service répond par téléphone, {until}."),
        });
        page.call = Some(self.number());
        page.fifteen = Some(self.care());
        page
    }

    /// The care card of pages that say something else first.
    pub(super) fn care(&self) -> (String, String, String) {
        (
            format!("Appelez le {} si\u{a0}:", self.fifteen()),
            "cela s’aggrave, cela vous inquiète, ou vous ne savez pas quoi faire.".to_owned(),
            self.fifteen(),
        )
    }

    /// As many as can be called back wait, or too many come from one place: people phone. Nothing is
    /// dropped in silence.
    pub(super) fn too_many(&self, why: &str) -> Answer {
        let mut page = self.say("Appelez-nous, votre demande n’est pas partie");
        page.lines.push(why.to_owned());
        page.call = Some(self.number());
        page.fifteen = Some(self.care());
        if self.form.is_some() {
            page.more.push(
                "Vos réponses restent gardées une heure\u{a0}: vous pouvez aussi réessayer plus tard."
                    .to_owned(),
            );
            page.links
                .push((self.page("relecture"), "Réessayer".to_owned()));
        } else {
            page.links.push((self.home(), "Réessayer".to_owned()));
        }
        html_as(StatusCode::TOO_MANY_REQUESTS, &page)
    }
}

/// One wrong field.
pub(super) fn wrong(name: &str, message: &str) -> Vec<FieldError> {
    vec![FieldError {
        name: name.to_owned(),
        message: message.to_owned(),
    }]
}

/// Said when a page does not carry our ticket, or an old one.
pub(super) const STALE: &str =
    "Cette page est restée ouverte trop longtemps. Vérifiez votre réponse, puis continuez";
