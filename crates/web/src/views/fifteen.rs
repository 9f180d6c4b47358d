//! The red-flag interruption (mock-up 02): the only filled red surface of the product. The one way
//! forward is the 15; going back demands a written reason, journaled, read by a physician (R3).

use askama::Template;

use super::{Sample, sample_desk, sample_phone};
use crate::parts::{Desk, Phone, PhoneTab};

/// The interruption over the operator's page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/fifteen.html")]
pub struct FifteenPage {
    /// The frame, inert behind.
    pub desk: Desk,
    /// The signs that were ticked, in words; empty when the operator pressed the button herself.
    pub signs: Vec<String>,
    /// No regulator is on duty: there is only the 15 (R3).
    pub stuck: bool,
    /// The address to repeat, if known.
    pub address: String,
    /// The number to call back, if known.
    pub phone: String,
    /// The direct line of the SAMU, if the network wrote one down.
    pub direct_line: String,
    /// Where *transfert fait* posts.
    pub done: String,
    /// Where *coché par erreur* posts; empty when there is nothing to override.
    pub mistaken: String,
    /// Where *revenir* goes when nothing was ticked.
    pub back: String,
    /// The form that was being filled, sent again unchanged.
    pub kept: Vec<(String, String)>,
    /// What is wrong with the reason.
    pub error: String,
}

impl Sample for FifteenPage {
    const NAME: &'static str = "alerte-15";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |signs: &[&str], address: &str| Self {
            desk: sample_desk("Transférer au 15", "/direct"),
            signs: signs.iter().map(|sign| (*sign).to_owned()).collect(),
            stuck: false,
            address: address.to_owned(),
            phone: "06 39 98 41 07".to_owned(),
            direct_line: "01 99 00 15 91".to_owned(),
            done: "/direct/transfert".to_owned(),
            mistaken: "/direct/passer-outre".to_owned(),
            back: "/direct".to_owned(),
            kept: vec![("birth_name".to_owned(), "Tervaux".to_owned())],
            error: String::new(),
        };
        let mut bare = page(&[], "");
        bare.phone = String::new();
        bare.direct_line = String::new();
        bare.mistaken = String::new();
        bare.stuck = true;
        let mut wrong = page(
            &["Saigne-t-elle beaucoup sans que cela cède en appuyant, vomit-elle du sang, a-t-elle des selles noires\u{a0}?";
                4],
            super::LONG,
        );
        wrong.error = "Écrivez pourquoi ce signe a été coché par erreur".to_owned();
        wrong.desk.title = "Erreur\u{a0}: transférer au 15".to_owned();
        vec![
            ("vide", bare),
            (
                "courant",
                page(
                    &[
                        "A-t-elle mal ou un serrement dans la poitrine, maintenant ou dans les dernières heures\u{a0}?",
                    ],
                    "14 rue des Sablons, Massy, 3e étage",
                ),
            ),
            ("extreme", wrong),
        ]
    }
}

/// The same, on the phone of a professional who was raising a request.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/phone_fifteen.html")]
pub struct PhoneFifteenPage {
    /// The frame.
    pub phone: Phone,
    /// The signs that were ticked, in words.
    pub signs: Vec<String>,
    /// It is a doubt, and no regulator is on duty to settle it.
    pub alone: bool,
    /// The form that was being filled, sent again unchanged.
    pub kept: Vec<(String, String)>,
    /// Only a doctor may pass over it, with a reason.
    pub doctor: bool,
    /// What is wrong with the reason.
    pub error: String,
}

impl Sample for PhoneFifteenPage {
    const NAME: &'static str = "alerte-15-telephone";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |doctor: bool, error: &str| Self {
            phone: sample_phone("Appelez le 15", PhoneTab::None),
            signs: vec!["Fièvre ou frissons avec les brûlures".to_owned()],
            alone: false,
            kept: vec![("birth_name".to_owned(), "Tervaux".to_owned())],
            doctor,
            error: error.to_owned(),
        };
        let mut bare = page(false, "");
        bare.signs.clear();
        let mut doubt = page(false, "");
        doubt.alone = true;
        vec![
            ("vide", bare),
            ("courant", page(false, "")),
            ("doute", doubt),
            (
                "extreme",
                page(true, "Écrivez pourquoi vous passez outre, en quelques mots"),
            ),
        ]
    }
}
