//! *Mes moyens de connexion*, and the access given back in person.

use askama::Template;

use super::{LONG, Sample, sample_desk, sample_phone};
use crate::parts::{Desk, Form, Phone, PhoneTab};

/// A passkey.
#[derive(Clone, Debug)]
pub struct KeyRow {
    /// Its id.
    pub id: String,
    /// What its owner calls it.
    pub label: String,
    /// `Ajoutée lun. 23`
    pub since: String,
    /// `Dernière connexion hier à 8 h`; empty when it never served.
    pub used: String,
}

/// A password to be chosen.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// Opens the authenticator application of this phone.
    pub link: String,
    /// The same secret, to be typed.
    pub secret: String,
    /// The login.
    pub login: String,
    /// The secret again, sealed: goes with the form.
    pub sealed: String,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/keys.html")]
pub struct KeysPage {
    /// The frame.
    pub phone: Phone,
    /// What was typed and what is wrong.
    pub form: Form,
    /// The authentication is minutes old: changes may be made.
    pub fresh: bool,
    /// Where one authenticates again.
    pub again: String,
    /// The name keys are made for; empty where browsers make none.
    pub site: String,
    /// One's keys.
    pub rows: Vec<KeyRow>,
    /// Whether one has a password.
    pub has_password: bool,
    /// The password to be chosen, for whoever has none.
    pub password: Option<NewPassword>,
}

/// A code that was just given.
#[derive(Clone, Debug)]
pub struct GivenCode {
    /// Whose access.
    pub name: String,
    /// Their login.
    pub login: String,
    /// `1234 5678`
    pub code: String,
}

/// The coordinator's page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/recovery.html")]
pub struct RecoveryPage {
    /// The frame.
    pub desk: Desk,
    /// What was typed and what is wrong.
    pub form: Form,
    /// The code, once.
    pub given: Option<GivenCode>,
    /// Where it is typed.
    pub address: String,
}

/// The page where a code is typed.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/recover.html")]
pub struct RecoverPage {
    /// What was typed and what is wrong; never the code.
    pub form: Form,
}

impl RecoverPage {
    fn title(&self) -> &'static str {
        if self.form.errors().is_empty() {
            "Retrouver mon accès"
        } else {
            "Erreur\u{a0}: retrouver mon accès"
        }
    }
}

impl Sample for KeysPage {
    const NAME: &'static str = "mes-cles";

    fn samples() -> Vec<(&'static str, Self)> {
        let row = |n: usize, label: &str, used: &str| KeyRow {
            id: format!("key-{n}"),
            label: label.to_owned(),
            since: "Ajoutée lun. 23".to_owned(),
            used: used.to_owned(),
        };
        let page = |rows: Vec<KeyRow>, fresh: bool| Self {
            phone: sample_phone("Mes moyens de connexion", PhoneTab::None),
            form: Form::default(),
            fresh,
            again: "/connexion?suite=/mes-cles&raison=recente".to_owned(),
            site: "relais.example".to_owned(),
            rows,
            has_password: true,
            password: None,
        };
        let used = "Dernière connexion aujourd’hui à 8\u{a0}h";
        let mut extreme = page(
            (0..10)
                .map(|n| row(n, if n == 3 { LONG } else { "iPhone" }, used))
                .collect(),
            true,
        );
        extreme.phone.title = "Erreur\u{a0}: mes moyens de connexion".to_owned();
        extreme.form = Form::default().wrong(
            "cle",
            "Vous avez déjà dix clés d’accès. Retirez-en une d’abord",
        );
        let mut bare = page(Vec::new(), true);
        bare.has_password = false;
        bare.password = Some(NewPassword {
            link: "otpauth://totp/Relais:10000000000?secret=MZXW6YTBOI&issuer=Relais".to_owned(),
            secret: "MZXW 6YTB OIMZ XW6Y TBOI MZXW 6YTB OIAA".to_owned(),
            login: "10000000000".to_owned(),
            sealed: "00".to_owned(),
        });
        vec![
            ("vide", page(Vec::new(), true)),
            (
                "courant",
                page(
                    vec![row(1, "iPhone", used), row(2, "Ordinateur du cabinet", "")],
                    true,
                ),
            ),
            ("ancienne", page(vec![row(1, "iPhone", used)], false)),
            ("rendu", bare),
            ("extreme", extreme),
        ]
    }
}

impl Sample for RecoveryPage {
    const NAME: &'static str = "rendre-un-acces";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form: Form, given: Option<GivenCode>| Self {
            desk: sample_desk("Rendre un accès", "/reglages/acces"),
            form,
            given,
            address: "https://relais.example/connexion/secours".to_owned(),
        };
        let given = |name: &str| GivenCode {
            name: name.to_owned(),
            login: "10000000000".to_owned(),
            code: "1234\u{a0}5678".to_owned(),
        };
        let mut wrong = page(
            Form::default()
                .with("login", "x")
                .wrong("login", "Personne de votre réseau n’a cet identifiant"),
            None,
        );
        wrong.desk.title = "Erreur\u{a0}: rendre un accès".to_owned();
        vec![
            ("vide", page(Form::default(), None)),
            (
                "courant",
                page(Form::default(), Some(given("Dr\u{a0}Ysaline Corvo"))),
            ),
            ("erreur", wrong),
            ("extreme", page(Form::default(), Some(given(LONG)))),
        ]
    }
}

impl Sample for RecoverPage {
    const NAME: &'static str = "retrouver-mon-acces";

    fn samples() -> Vec<(&'static str, Self)> {
        let wrong = Form::default()
            .with("login", "10000000000")
            .wrong("login", "Identifiant ou code refusé");
        vec![
            (
                "vide",
                Self {
                    form: Form::default(),
                },
            ),
            ("courant", Self { form: wrong }),
        ]
    }
}
