//! Sign-up (mock-up 15): four short steps on a phone, and what became of the application.

use askama::Template;

use super::{LONG, Sample, sample_phone};
use crate::parts::{Choice, Form, Phone, PhoneTab};

/// What a step asks.
#[derive(Clone, Debug)]
pub enum SignupAsk {
    /// National number and name.
    Who,
    /// Network and ways to be reached.
    Network {
        /// Places of practice, when there are several.
        places: Vec<Choice>,
        /// Titles to practise under.
        standings: Vec<Choice>,
        /// Those that have no contract.
        lasting: &'static str,
    },
    /// The codes: what is said under each; empty when it is proved or not asked.
    Codes {
        /// Under the code by SMS.
        sms: String,
        /// Under the code by mail.
        mail: String,
        /// From when they may be asked for again, milliseconds; none when no more are sent.
        again: Option<i64>,
        /// The mobile can be called instead.
        calls: bool,
    },
    /// How one signs in.
    Key {
        /// Opens the authenticator application of this phone.
        link: String,
        /// The same secret, to be typed.
        secret: String,
        /// The login.
        login: String,
        /// The name passkeys are made for; empty where browsers make none.
        keys: String,
    },
}

/// A step.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/signup.html")]
pub struct SignupPage {
    /// The frame.
    pub phone: Phone,
    /// What was typed and what is wrong.
    pub form: Form,
    /// Its place, from 1 to 4.
    pub number: usize,
    /// What is settled: in bold, beside it, under it.
    pub done: Vec<(String, String, String)>,
    /// What it asks.
    pub ask: SignupAsk,
}

/// The proof of who one is: by Pro Santé Connect, or the photo of a professional card.
#[derive(Clone, Debug, Default)]
pub struct SignupProof {
    /// Why the last try proved nothing.
    pub trouble: String,
    /// Where one leaves for it; empty once it is proved.
    pub leave: String,
    /// What is proved.
    pub proved: String,
    /// The activities to choose from, when there are several and none is chosen.
    pub activities: Vec<Choice>,
    /// A photo of their professional card may be sent.
    pub card: bool,
    /// That one was received.
    pub carded: String,
}

/// What became of it.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/signup_state.html")]
pub struct SignupStatePage {
    /// The frame.
    pub phone: Phone,
    /// What is wrong with what was chosen.
    pub form: Form,
    /// The proof of who they are, while they wait.
    pub proof: Option<SignupProof>,
    /// The news.
    pub heading: String,
    /// What it means.
    pub lines: Vec<String>,
    /// What was settled.
    pub done: Vec<(String, String, String)>,
    /// What to open next: address and word.
    pub open: Option<(String, String)>,
    /// The network's number: as a link, as read.
    pub number: Option<(String, String)>,
}

fn done(name: &str) -> Vec<(String, String, String)> {
    vec![
        (
            name.to_owned(),
            "médecin généraliste, Évry".to_owned(),
            "RPPS 10\u{a0}00\u{a0}00\u{a0}00\u{a0}000, trouvé dans l’annuaire".to_owned(),
        ),
        (
            "Réseau SNP67".to_owned(),
            "SNP Bas-Rhin".to_owned(),
            "La coordination validera votre adhésion".to_owned(),
        ),
    ]
}

impl Sample for SignupPage {
    const NAME: &'static str = "inscription";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |number: usize, form: Form, ask: SignupAsk| {
            let mut phone = sample_phone("Rejoindre un réseau", PhoneTab::None);
            if !form.errors().is_empty() {
                phone.title = "Erreur\u{a0}: rejoindre un réseau".to_owned();
            }
            let mut done = done("Dr Ysaline Corvo");
            done.truncate(number - 1);
            Self {
                phone,
                form,
                number,
                done,
                ask,
            }
        };
        let places = Choice::list(&[("91228", "Évry-Courcouronnes"), ("91377", "Massy")]);
        let standings = Choice::list(&[
            ("titular", "Installé, en votre nom"),
            ("locum", "Remplaçant, sous contrat"),
            ("intern", "Interne, avec un maître de stage"),
        ]);
        let codes = |sms: &str, mail: &str| SignupAsk::Codes {
            sms: sms.to_owned(),
            mail: mail.to_owned(),
            again: Some(0),
            calls: true,
        };
        let sms =
            "Six chiffres, envoyés au 06\u{a0}39\u{a0}98\u{a0}••\u{a0}07. Vous pouvez le coller.";
        let mail =
            "Six chiffres, envoyés à y.corvo@exemple.fr. Regardez aussi dans les indésirables.";
        let wrong = Form::default()
            .with("rpps", "1000")
            .wrong(
                "rpps",
                "Onze chiffres\u{a0}: ils sont sur votre carte de professionnel",
            )
            .wrong("name", "Écrivez votre nom d’exercice");
        let mut extreme = page(
            2,
            Form::default().wrong("code", "Aucun réseau n’a ce code ici"),
            SignupAsk::Network {
                places,
                standings,
                lasting: "titular retired",
            },
        );
        extreme.done[0].0 = LONG.to_owned();
        vec![
            ("vide", page(1, Form::default(), SignupAsk::Who)),
            ("erreur", page(1, wrong, SignupAsk::Who)),
            ("reseau", extreme),
            ("courant", page(3, Form::default(), codes(sms, mail))),
            (
                "un-code",
                page(
                    3,
                    Form::default().wrong("mail", "Ce n’est pas ce code. Il reste 4 essais"),
                    codes("", mail),
                ),
            ),
            (
                "acces",
                page(
                    4,
                    Form::default(),
                    SignupAsk::Key {
                        link: "otpauth://totp/Relais:10000000000?secret=MZXW6YTBOI&issuer=Relais"
                            .to_owned(),
                        secret: "MZXW 6YTB OIMZ XW6Y TBOI MZXW 6YTB OIAA".to_owned(),
                        login: "10\u{a0}00\u{a0}00\u{a0}00\u{a0}000".to_owned(),
                        keys: "relais.example".to_owned(),
                    },
                ),
            ),
        ]
    }
}

impl Sample for SignupStatePage {
    const NAME: &'static str = "inscription-suivi";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |heading: &str, line: &str, open: Option<(&str, &str)>| Self {
            phone: sample_phone(heading, PhoneTab::None),
            form: Form::default(),
            proof: None,
            heading: heading.to_owned(),
            lines: vec![line.to_owned()],
            done: done("Dr Ysaline Corvo"),
            open: open.map(|(href, word)| (href.to_owned(), word.to_owned())),
            number: Some(("tel:0199009191".to_owned(), "01 99 00 91 91".to_owned())),
        };
        let mut extreme = page(
            "Demande non acceptée",
            &"Rappelez-nous quand votre cabinet sera ouvert. ".repeat(8),
            None,
        );
        extreme.done = done(LONG);
        let waits = |proof: SignupProof| {
            let line = "La coordination l’a reçue aujourd’hui à 14\u{a0}h.";
            let mut one = page("Demande envoyée", line, None);
            one.proof = Some(proof);
            one
        };
        let mut chooses = waits(SignupProof {
            proved: "Pro Santé Connect a prouvé qui vous êtes.".to_owned(),
            activities: Choice::list(&[
                ("0", "Médecin, libéral, CABINET DES LILAS, 91300"),
                (
                    "1",
                    "Médecin, salarié, CENTRE HOSPITALIER DU NORD ESSONNE, 91160",
                ),
            ]),
            ..SignupProof::default()
        });
        chooses.form = Form::default().wrong(
            "activity",
            "Choisissez l’activité pour laquelle vous rejoignez le réseau",
        );
        chooses.phone.title = "Erreur\u{a0}: demande envoyée".to_owned();
        vec![
            (
                "preuve",
                waits(SignupProof {
                    leave: "/inscription/psc".to_owned(),
                    card: true,
                    trouble: "Pro Santé Connect ne répond pas. Continuez sans\u{a0}: la coordination vérifiera qui vous êtes.".to_owned(),
                    ..SignupProof::default()
                }),
            ),
            (
                "carte",
                waits(SignupProof {
                    card: true,
                    carded: "La photo de votre carte est reçue aujourd’hui à 14\u{a0}h\u{a0}02.".to_owned(),
                    ..SignupProof::default()
                }),
            ),
            ("activites", chooses),
            (
                "prouvee",
                waits(SignupProof {
                    proved: "Pro Santé Connect a prouvé qui vous êtes\u{a0}: Médecin, libéral, CABINET DES LILAS, 91300.".to_owned(),
                    ..SignupProof::default()
                }),
            ),
            (
                "courant",
                page(
                    "Demande envoyée",
                    "La coordination l’a reçue aujourd’hui à 14\u{a0}h.",
                    None,
                ),
            ),
            (
                "acceptee",
                page(
                    "Vous êtes membre",
                    "Il reste à activer vos notifications.",
                    Some(("/connexion", "Me connecter et activer")),
                ),
            ),
            ("extreme", extreme),
        ]
    }
}
