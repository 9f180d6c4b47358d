//! An invitation to the network's staff, as whoever holds its link sees it.

use askama::Template;

use super::{LONG, Sample, sample_phone};
use crate::parts::{Form, Phone, PhoneTab};

/// How one will sign in.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/invitation.html")]
pub struct InvitationPage {
    /// The frame.
    pub phone: Phone,
    /// What is wrong.
    pub form: Form,
    /// Where the forms go.
    pub address: String,
    /// Who is invited.
    pub name: String,
    /// As what.
    pub role: String,
    /// By which network.
    pub network: String,
    /// Their login.
    pub login: String,
    /// `jusqu’à dim. 29 à 14 h`
    pub until: String,
    /// Opens the authenticator application of this device.
    pub link: String,
    /// The same secret, to be typed.
    pub secret: String,
    /// The name passkeys are made for; empty where browsers make none.
    pub keys: String,
}

impl Sample for InvitationPage {
    const NAME: &'static str = "invitation";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |name: &str, keys: &str, form: Form| Self {
            phone: sample_phone(
                if form.errors().is_empty() {
                    "Votre compte"
                } else {
                    "Erreur\u{a0}: votre compte"
                },
                PhoneTab::None,
            ),
            form,
            address: "/invitation/c2VjcmV0".to_owned(),
            name: name.to_owned(),
            role: "Opérateur".to_owned(),
            network: "CPTS du Nord Essonne".to_owned(),
            login: "odile.mersan@exemple.fr".to_owned(),
            until: "jusqu’à dim.\u{a0}29 à 14\u{a0}h".to_owned(),
            link: "otpauth://totp/Relais:odile.mersan@exemple.fr?secret=MZXW6YTBOI&issuer=Relais"
                .to_owned(),
            secret: "MZXW 6YTB OIMZ XW6Y TBOI MZXW 6YTB OIAA".to_owned(),
            keys: keys.to_owned(),
        };
        let wrong = Form::default().wrong(
            "password",
            "Au moins 12 caractères\u{a0}: une phrase convient",
        );
        vec![
            (
                "courant",
                page("Odile Mersan", "relais.example", Form::default()),
            ),
            ("sans-cle", page("Odile Mersan", "", Form::default())),
            ("extreme", page(LONG, "relais.example", wrong)),
        ]
    }
}
