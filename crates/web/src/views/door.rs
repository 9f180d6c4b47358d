//! Signing in: a login, a password and a code (R6). One sentence when it is refused, the same
//! whatever was wrong.

use askama::Template;

use super::Sample;
use crate::parts::Form;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/door.html")]
pub struct DoorPage {
    /// What was typed and what is wrong; never the password.
    pub form: Form,
    /// Where to go after, a path of ours.
    pub next: String,
    /// Why one is here, if not by choice.
    pub why: String,
    /// Where one leaves for Pro Santé Connect, when this installation has it.
    pub psc: Option<String>,
    /// The name passkeys are made for; empty where browsers make none.
    pub keys: String,
    /// Whether this is the demonstration.
    pub demo: bool,
}

/// Signed out of here, and not yet of the provider that said who one is.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "pages/goodbye.html")]
pub struct GoodbyePage;

impl DoorPage {
    /// What the browser may fill the login with: a key too, where there are some.
    const fn login_fill(&self) -> &'static str {
        if self.keys.is_empty() {
            "username"
        } else {
            "username webauthn"
        }
    }

    fn title(&self) -> &'static str {
        if self.form.errors().is_empty() {
            "Se connecter"
        } else {
            "Erreur\u{a0}: connexion refusée"
        }
    }
}

impl Sample for DoorPage {
    const NAME: &'static str = "connexion";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form: Form, why: &str| Self {
            form,
            next: "/direct".to_owned(),
            why: why.to_owned(),
            psc: (!why.is_empty()).then(|| "/connexion/psc?suite=/direct".to_owned()),
            keys: if why.is_empty() {
                String::new()
            } else {
                "relais.example".to_owned()
            },
            demo: false,
        };
        vec![
            ("vide", page(Form::default(), "")),
            (
                "courant",
                page(
                    Form::default()
                        .with("login", "lina.k")
                        .wrong("login", "Identifiant, mot de passe ou code refusé. Réessayez, ou appelez votre coordinateur"),
                    "",
                ),
            ),
            ("extreme", page(Form::default(), "Votre session est finie. Rien n’est perdu\u{a0}: reconnectez-vous.")),
        ]
    }
}

impl Sample for GoodbyePage {
    const NAME: &'static str = "deconnexion";

    fn samples() -> Vec<(&'static str, Self)> {
        vec![("courant", Self)]
    }
}
