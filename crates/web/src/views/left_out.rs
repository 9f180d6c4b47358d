//! *Pourquoi je n'ai pas été sollicité*: the week in one sentence, its reasons counted, then request by request.

use askama::Template;

use super::activity::Figure;
use super::{LONG, Sample, sample_phone};
use crate::parts::{Phone, PhoneTab};

/// One reason, and where what would change it is.
#[derive(Clone, Debug)]
pub struct Reason {
    /// `21 km, votre rayon est de 10 km`
    pub text: String,
    /// Where the term is; none when no term of theirs would change it.
    pub href: Option<&'static str>,
}

/// A request that was not put to them.
#[derive(Clone, Debug)]
pub struct LeftOutItem {
    /// `Consultation à Massy`
    pub title: String,
    /// `otalgie · hier à 16 h 20`
    pub facts: String,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/left_out.html")]
pub struct LeftOutPage {
    /// The frame.
    pub phone: Phone,
    /// `Écarté de 23 des 30 demandes de votre profession, ces sept derniers jours.`
    pub sentence: String,
    /// How many each reason left out, of how many.
    pub counts: Vec<Figure>,
    /// The requests of this page.
    pub items: Vec<LeftOutItem>,
    /// The next page.
    pub next: Option<String>,
    /// The first page, when this is another.
    pub first: bool,
}

impl Sample for LeftOutPage {
    const NAME: &'static str = "non-sollicite";

    fn samples() -> Vec<(&'static str, Self)> {
        let phone = || {
            sample_phone("Pourquoi je n’ai pas été sollicité", PhoneTab::Activity)
                .back("/activite", "Retour à mon activité")
        };
        let reason = |text: &str, href| Reason {
            text: text.to_owned(),
            href,
        };
        let item = |title: &str, reasons: Vec<Reason>| LeftOutItem {
            title: title.to_owned(),
            facts: "otalgie, hier à 16\u{a0}h\u{a0}20".to_owned(),
            reasons,
        };
        let count = |label: &str, value: &str| Figure {
            label: label.to_owned(),
            value: value.to_owned(),
            base: "sur 23".to_owned(),
        };
        let far = reason(
            "21\u{a0}km, votre rayon est de 10\u{a0}km",
            Some("/activite/reglages#h-o"),
        );
        let away = reason(
            "vous étiez indisponible jusqu’à 18\u{a0}h",
            Some("/activite"),
        );
        let usual = Self {
            phone: phone(),
            sentence: "Vous n’avez pas été sollicité pour 23 des 30\u{a0}demandes de votre profession, ces sept derniers jours."
                .to_owned(),
            counts: vec![count("Distance", "15"), count("Indisponible", "8")],
            items: vec![
                item("Consultation à Massy", vec![far.clone(), away]),
                item("Visite à Palaiseau", vec![far.clone()]),
            ],
            next: Some("/activite/non-sollicite?apres=20".to_owned()),
            first: true,
        };
        let empty = Self {
            sentence:
                "Aucune demande de votre profession n’a été proposée ces sept derniers jours."
                    .to_owned(),
            counts: Vec::new(),
            items: Vec::new(),
            next: None,
            ..usual.clone()
        };
        let mut long = usual.clone();
        long.items = (0..20).map(|_| item(LONG, vec![far.clone(); 5])).collect();
        long.first = false;
        vec![("vide", empty), ("courant", usual), ("extreme", long)]
    }
}
