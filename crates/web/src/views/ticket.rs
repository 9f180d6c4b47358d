//! The patient's own page (mock-up 14c): when, where, with whom, late, no longer needed. Says what the
//! SMS said; never the patient's name, nor why they are ill. Needs no script, and prints.

use askama::Template;

use super::{LONG, Sample};
use crate::parts::{Choice, Form, Public};

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/ticket.html")]
pub struct TicketPage {
    /// The frame.
    pub public: Public,
    /// Where the page is: `/p/…`.
    pub here: String,
    /// What was typed and what is wrong.
    pub form: Form,
    /// `Votre rendez-vous`.
    pub heading: String,
    /// What just happened; empty when nothing did.
    pub told: String,
    /// The hour, in large: `Aujourd’hui`, `à 16 h 20`; nothing when there is none.
    pub when: Vec<String>,
    /// Sentences under the heading.
    pub said: Vec<String>,
    /// Who: the name, the profession.
    pub by: Option<(String, String)>,
    /// Where: in words, where the route opens.
    pub place: Option<(String, String)>,
    /// Their number: as a link, as read.
    pub tel: Option<(String, String)>,
    /// Whether the calendar file exists.
    pub calendar: bool,
    /// What to bring; empty when nothing.
    pub bring: String,
    /// The lateness told, in words; empty when none was.
    pub late: String,
    /// Minutes one may be late by; none when it makes no sense.
    pub lates: Vec<Choice>,
    /// What a cancellation undoes: `ce rendez-vous`, `cette demande`; empty when nothing can be.
    pub cancels: String,
    /// Whether a reply by SMS does the same.
    pub by_sms: bool,
    /// Whether it asks if they were received.
    pub asks: bool,
    /// What they answered; empty when nothing.
    pub answered: String,
    /// What they may want of being told and written about.
    pub wishes: Vec<Choice>,
    /// What they want of it.
    pub wanted: Form,
    /// The service's own number, to phone: as a link, as read.
    pub call: Option<(String, String)>,
    /// The number of an emergency.
    pub fifteen: String,
}

impl Sample for TicketPage {
    const NAME: &'static str = "rendez-vous-patient";

    fn samples() -> Vec<(&'static str, Self)> {
        let public = |title: &str, large: bool| Public {
            title: title.to_owned(),
            network: "SNP Essonne Nord".to_owned(),
            phone: Some(("tel:+33199009191".to_owned(), "01 99 00 91 91".to_owned())),
            home: "/n/essonne-nord".to_owned(),
            demo: true,
            large,
        };
        let call = Some(("tel:+33199009191".to_owned(), "01 99 00 91 91".to_owned()));
        let usual = Self {
            public: public("Votre rendez-vous", false),
            here: "/p/0123456789abcdefghijkl".to_owned(),
            form: Form::default(),
            heading: "Votre rendez-vous".to_owned(),
            told: String::new(),
            when: vec!["Aujourd’hui".to_owned(), "à 16\u{a0}h\u{a0}20".to_owned()],
            said: Vec::new(),
            by: Some(("Dr\u{a0}Corvo".to_owned(), "médecin généraliste".to_owned())),
            place: Some((
                "12 rue de Paris, Massy".to_owned(),
                "geo:0,0?q=12%20rue%20de%20Paris".to_owned(),
            )),
            tel: Some(("tel:+33199009101".to_owned(), "01 99 00 91 01".to_owned())),
            calendar: true,
            bring: "Votre carte Vitale, vos ordonnances en cours. Vous payez le prix habituel de ce professionnel.".to_owned(),
            late: String::new(),
            lates: Choice::list(&[("10", "10\u{a0}min"), ("20", "20\u{a0}min"), ("30", "30\u{a0}min")]),
            cancels: "ce rendez-vous".to_owned(),
            by_sms: true,
            asks: false,
            answered: String::new(),
            wishes: Choice::list(&[
                ("no-messages", "Ne m’envoyez plus de message, appelez-moi"),
                ("no-notes", "N’envoyez pas de note à mon médecin traitant"),
            ]),
            wanted: Form::default(),
            call: call.clone(),
            fifteen: "15".to_owned(),
        };
        let searching = Self {
            public: public("Votre demande", false),
            heading: "Nous cherchons un professionnel pour vous".to_owned(),
            when: Vec::new(),
            said: vec!["Prochain message avant 15\u{a0}h. Vous n’avez rien à faire.".to_owned()],
            by: None,
            place: None,
            tel: None,
            calendar: false,
            bring: String::new(),
            lates: Vec::new(),
            cancels: "cette demande".to_owned(),
            ..usual.clone()
        };
        let over = Self {
            public: public("Votre demande", false),
            heading: "Votre demande est annulée".to_owned(),
            said: vec!["Le professionnel est prévenu, un autre patient aura la place.".to_owned()],
            cancels: String::new(),
            by_sms: false,
            asks: true,
            answered: "Vous avez répondu\u{a0}: non. Un opérateur vérifie.".to_owned(),
            wanted: Form::default().with("wishes", "no-notes"),
            ..searching.clone()
        };
        let large = Self {
            public: public("Erreur\u{a0}: votre rendez-vous", true),
            form: Form::default().wrong("minutes", "Dites de combien de minutes"),
            told: "Votre professionnel est prévenu de votre retard.".to_owned(),
            when: vec![
                "Mercredi 30 septembre".to_owned(),
                "entre 12\u{a0}h\u{a0}30 et 14\u{a0}h\u{a0}45".to_owned(),
            ],
            by: Some((LONG.to_owned(), "masseur-kinésithérapeute".to_owned())),
            place: Some((
                "1112 bis avenue du Maréchal de Lattre de Tassigny, Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson".to_owned(),
                "geo:0,0?q=x".to_owned(),
            )),
            late: "Vous avez prévenu d’un retard de 20\u{a0}minutes, à 15\u{a0}h\u{a0}58.".to_owned(),
            ..usual.clone()
        };
        vec![
            ("recherche", searching),
            ("courant", usual),
            ("fini", over),
            ("extreme", large),
        ]
    }
}
