//! What a professional sees of a request before taking it (mock-ups 04a and 04b): no name, no
//! address, no phone, except the one setting of R6 for the registered usual professional's own page.

use askama::Template;

use super::{Sample, sample_phone};
use crate::icon::Icon;
use crate::parts::{Glyph, Phone, PhoneTab, State, Tone};

/// An entry of the list.
#[derive(Clone, Debug)]
pub struct OfferItem {
    /// Where it opens; `None` for what is over and holds nothing more.
    pub href: Option<String>,
    /// Its sign.
    pub glyph: Glyph,
    /// `Consultation à Palaiseau`
    pub title: String,
    /// `18 min`, or empty.
    pub left: String,
    /// The instant it runs to.
    pub until_ms: Option<i64>,
    /// `3 km, enfant, avant 17 h 30. 6 sollicités.`
    pub facts: String,
}

/// The list of a professional.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/offers.html")]
pub struct OffersPage {
    /// The frame.
    pub phone: Phone,
    /// What waits for an answer.
    pub open: Vec<OfferItem>,
    /// What is over, today.
    pub past: Vec<OfferItem>,
    /// When nothing waits: one sentence of fact.
    pub empty: String,
    /// Whether this professional may also raise requests.
    pub may_ask: bool,
    /// `Une fiche d’orientation attend votre signature`; empty when none does.
    pub to_sign: String,
}

/// The list alone, as swapped when something moved.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/offers.html")]
pub struct OffersPart {
    /// What waits for an answer.
    pub open: Vec<OfferItem>,
    /// What is over.
    pub past: Vec<OfferItem>,
    /// When nothing waits.
    pub empty: String,
}

/// The patients a professional took on; no name in the list.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/patients.html")]
pub struct PatientsPage {
    /// The frame.
    pub phone: Phone,
    /// Those still to be seen or closed.
    pub open: Vec<OfferItem>,
    /// Those that are over.
    pub past: Vec<OfferItem>,
}

impl Sample for PatientsPage {
    const NAME: &'static str = "prises";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize| Self {
            phone: sample_phone("Mes patients", PhoneTab::Patients),
            open: (0..many)
                .map(|_| {
                    item(
                        Tone::Taken,
                        Icon::CheckCircle,
                        "Consultation à Massy",
                        "",
                        "Femme, 34\u{a0}ans. Rendez-vous à 16\u{a0}h\u{a0}20.",
                    )
                })
                .collect(),
            past: (0..many)
                .map(|_| {
                    item(
                        Tone::Taken,
                        Icon::CheckCircle,
                        "Visite à Igny",
                        "",
                        "Homme, 82\u{a0}ans. Vu.",
                    )
                })
                .collect(),
        };
        vec![
            ("vide", page(0)),
            ("courant", page(2)),
            ("extreme", page(40)),
        ]
    }
}

/// The alert card.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/offer.html")]
pub struct OfferPage {
    /// Their hour that came free, when that is why they look: as sent back, as read.
    pub freed: Option<(String, String)>,
    /// That hour, when they gave it to another patient since.
    pub given: String,
    /// The frame.
    pub phone: Phone,
    /// The offer's identifier.
    pub id: String,
    /// `Consultation à Palaiseau, avant 17 h 30`
    pub title: String,
    /// `Votre patiente`
    pub whose: &'static str,
    /// The registered usual professional's own patient, when the network allows it (R6).
    pub patient: String,
    /// `18 min`
    pub left: String,
    /// `pour répondre,` then `jusqu’à 14 h 50`
    pub left_of: (String, String),
    /// When the time began and ends, in milliseconds; absent once it is over.
    pub span_ms: Option<(i64, i64)>,
    /// Part spent, 0 to 100.
    pub spent: u8,
    /// The colour of the bar.
    pub tone: Tone,
    /// `Garçon, 9 ans`
    pub whom: String,
    /// `mal d’oreille depuis ce matin`
    pub motive: String,
    /// The comment and what was checked.
    pub motive_more: String,
    /// `3 km`
    pub distance: String,
    /// `peut venir à votre cabinet`
    pub place: String,
    /// Who raised it.
    pub requester: String,
    /// `6 médecins sollicités.`
    pub asked: String,
    /// Whether the deadline is passed and the offer still welcome (R4.5).
    pub late: bool,
    /// Whether the face of the card is a child's.
    pub child: bool,
    /// Its photos.
    pub photos: super::Photos,
}

/// The card once there is nothing to answer: taken by somebody else, withdrawn, refused.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/settled.html")]
pub struct SettledPage {
    /// The frame.
    pub phone: Phone,
    /// The sign.
    pub glyph: Glyph,
    /// `Déjà pris en charge par un confrère`
    pub title: String,
    /// What it means for you.
    pub text: String,
}

fn item(tone: Tone, icon: Icon, title: &str, left: &str, facts: &str) -> OfferItem {
    OfferItem {
        href: Some("/offres/off_01JD0000000000000000000001".to_owned()),
        glyph: Glyph { tone, icon },
        title: title.to_owned(),
        left: left.to_owned(),
        until_ms: (!left.is_empty()).then_some(super::SAMPLE_NOW + 1_080_000),
        facts: facts.to_owned(),
    }
}

impl Sample for OffersPage {
    const NAME: &'static str = "offres";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize| {
            let mut phone = sample_phone("Demandes pour vous", PhoneTab::Offers);
            "Encore 2 jusqu’à 18\u{a0}h".clone_into(&mut phone.side);
            let mut open = Vec::new();
            let mut past = Vec::new();
            for _ in 0..many {
                open.push(item(
                    Tone::Usual,
                    Icon::Stethoscope,
                    "Votre patiente, à Massy",
                    "52\u{a0}min",
                    "Consultation, avant 19\u{a0}h. Vous seul êtes sollicité.",
                ));
                open.push(item(
                    Tone::Community,
                    Icon::UsersThree,
                    "Consultation à Palaiseau",
                    "18\u{a0}min",
                    "3\u{a0}km, enfant, avant 17\u{a0}h\u{a0}30. 6 sollicités.",
                ));
                past.push(item(
                    Tone::Taken,
                    Icon::CheckCircle,
                    "Vous la recevez à 16\u{a0}h\u{a0}20",
                    "",
                    "Consultation à Massy, acceptée à 13:40",
                ));
                past.push(OfferItem {
                    href: None,
                    ..item(
                        Tone::Closed,
                        Icon::Handshake,
                        "Prise par un confrère",
                        "",
                        "Visite à Igny, à 11:12. Rien à faire.",
                    )
                });
            }
            Self {
                phone,
                open,
                past,
                empty: "Aucune demande ne vous attend. Vous êtes disponible.".to_owned(),
                may_ask: true,
                to_sign: if many > 1 {
                    "Une fiche d’orientation attend votre signature".to_owned()
                } else {
                    String::new()
                },
            }
        };
        vec![
            ("vide", page(0)),
            ("courant", page(1)),
            ("extreme", page(20)),
        ]
    }
}

impl Sample for OfferPage {
    const NAME: &'static str = "offre";

    fn samples() -> Vec<(&'static str, Self)> {
        let mut phone = sample_phone("Consultation à Palaiseau", PhoneTab::None);
        phone.back = Some(("/offres".to_owned(), "Retour aux demandes".to_owned()));
        phone.state = Some(State::new(
            Tone::Community,
            Icon::UsersThree,
            "Communauté sollicitée",
        ));
        let usual = Self {
            freed: None,
            given: String::new(),
            phone,
            id: "off_01JD0000000000000000000001".to_owned(),
            title: "Consultation à Palaiseau, avant 17\u{a0}h\u{a0}30".to_owned(),
            whose: "Votre patient",
            patient: String::new(),
            left: "18\u{a0}min".to_owned(),
            left_of: (
                "pour répondre,".to_owned(),
                "jusqu’à 14\u{a0}h\u{a0}50".to_owned(),
            ),
            span_ms: Some((super::SAMPLE_NOW - 2_520_000, super::SAMPLE_NOW + 1_080_000)),
            spent: 30,
            tone: Tone::Community,
            whom: "Garçon, 9\u{a0}ans".to_owned(),
            motive: "mal d’oreille depuis ce matin".to_owned(),
            motive_more: "Fièvre 38,4\u{a0}°C. Aucun signe d’alerte.".to_owned(),
            distance: "3\u{a0}km".to_owned(),
            place: "peut venir à votre cabinet".to_owned(),
            requester: "SNP Essonne Nord".to_owned(),
            asked: "6 médecins sollicités. Son médecin est absent.".to_owned(),
            late: false,
            child: true,
            photos: super::Photos {
                links: vec![("/offres/off_1/photos/1".to_owned(), "Photo 1".to_owned())],
                hidden: 1,
                ..super::Photos::default()
            },
        };
        let bare = Self {
            motive_more: String::new(),
            asked: String::new(),
            given: "demain 15\u{a0}h".to_owned(),
            distance: String::new(),
            place: "à domicile".to_owned(),
            child: false,
            photos: super::Photos::default(),
            ..usual.clone()
        };
        let long = Self {
            freed: Some(("1794922320000".to_owned(), "demain 15\u{a0}h".to_owned())),
            given: String::new(),
            patient: super::LONG.to_owned(),
            title: "Téléconsultation à Saint-Germain-lès-Arpajon, avant demain 17\u{a0}h\u{a0}30"
                .to_owned(),
            motive: "mal d’oreille, mal de gorge, éruption, toux, fièvre depuis quatre jours"
                .to_owned(),
            late: true,
            span_ms: None,
            spent: 100,
            left: "Délai passé".to_owned(),
            left_of: (
                "personne ne l’a prise\u{a0}:".to_owned(),
                "votre oui reste utile".to_owned(),
            ),
            ..usual.clone()
        };
        vec![("vide", bare), ("courant", usual), ("extreme", long)]
    }
}

impl Sample for SettledPage {
    const NAME: &'static str = "offre-terminee";

    fn samples() -> Vec<(&'static str, Self)> {
        let mut phone = sample_phone("Déjà pris en charge", PhoneTab::Offers);
        phone.back = Some(("/offres".to_owned(), "Retour aux demandes".to_owned()));
        let page = |title: &str, text: &str| Self {
            phone: phone.clone(),
            glyph: Glyph {
                tone: Tone::Closed,
                icon: Icon::Handshake,
            },
            title: title.to_owned(),
            text: text.to_owned(),
        };
        vec![
            (
                "courant",
                page(
                    "Déjà pris en charge par un confrère",
                    "À 14\u{a0}h\u{a0}33. Rien à faire, merci.",
                ),
            ),
            (
                "annulee",
                page(
                    "Demande annulée",
                    "Le patient a annulé à 14\u{a0}h\u{a0}20. Rien à faire.",
                ),
            ),
        ]
    }
}
