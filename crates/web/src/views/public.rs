//! The public pages of a network (mock-ups 14a, 14b, 14d): signs of alarm first, one question a page,
//! what to dial when it is closed. Large type, nothing to sign in to, nothing that needs a script.

use askama::Template;

use super::Sample;
use crate::parts::{Choice, Field, Form, Public};

/// 14a: the signs of alarm, before any form.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/public_signs.html")]
pub struct SignsPage {
    /// The frame.
    pub public: Public,
    /// What is wrong, if the page comes back.
    pub form: Form,
    /// The number of an emergency.
    pub fifteen: String,
    /// Signs for which one calls it.
    pub signs: Vec<String>,
    /// Signs for which one phones the service instead of writing.
    pub doubts: Vec<String>,
    /// Until when the service answers: `jusqu’à 20 h`.
    pub until: String,
    /// Proof that the answer comes from this page.
    pub ticket: String,
    /// That no doctor signed these questions, in the demonstration.
    pub warning: String,
}

/// 14b: one question.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/public_question.html")]
pub struct QuestionPage {
    /// The frame.
    pub public: Public,
    /// What was answered, and what is wrong.
    pub form: Form,
    /// Its place, from 1.
    pub number: usize,
    /// How many there are.
    pub total: usize,
    /// The question, when no field is it.
    pub heading: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Where it posts.
    pub action: String,
    /// Where one goes back.
    pub before: String,
    /// Proof that the answer comes from this page.
    pub ticket: String,
}

/// An answer as it is read again.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The question, in a few words.
    pub question: String,
    /// The answer.
    pub said: String,
    /// Where it is changed.
    pub href: String,
}

/// Everything, before it is sent.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/public_review.html")]
pub struct ReviewPage {
    /// The frame.
    pub public: Public,
    /// What is wrong, if the page comes back.
    pub form: Form,
    /// The answers.
    pub answers: Vec<Answered>,
    /// The promise: `avant 11 h 20`.
    pub before: String,
    /// The number the call comes from.
    pub number: String,
    /// The number of an emergency.
    pub fifteen: String,
    /// Where it posts.
    pub action: String,
    /// Proof that the answer comes from this page.
    pub ticket: String,
}

/// A page that says one thing: done, call the 15, phone us, another territory.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/public_say.html")]
pub struct SayPage {
    /// The frame.
    pub public: Public,
    /// The one thing.
    pub heading: String,
    /// Sentences under it.
    pub lines: Vec<String>,
    /// The care card: its title, its sentence, the number.
    pub fifteen: Option<(String, String, String)>,
    /// A number to phone: as a link, as read.
    pub call: Option<(String, String)>,
    /// Sentences after.
    pub more: Vec<String>,
    /// Links after: address, words.
    pub links: Vec<(String, String)>,
}

/// A number to dial.
#[derive(Clone, Debug)]
pub struct ToDial {
    /// Who answers.
    pub name: String,
    /// As dialled.
    pub phone: String,
    /// As read.
    pub shown: String,
    /// What to know.
    pub say: String,
}

/// Numbers for one use.
#[derive(Clone, Debug)]
pub struct NumberGroup {
    /// What they are for.
    pub heading: String,
    /// Who to dial.
    pub numbers: Vec<ToDial>,
}

/// 14d: when the service answers, and whom to call meanwhile.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/public_closed.html")]
pub struct ClosedPage {
    /// The frame.
    pub public: Public,
    /// The commune typed, and what is wrong with it.
    pub form: Form,
    /// `Nous ouvrons demain à 8 h`.
    pub heading: String,
    /// What was not recorded, for somebody who was filling in the form.
    pub lost: String,
    /// The week in words.
    pub week: String,
    /// Days that are not as usual.
    pub unusual: Vec<String>,
    /// The service's own number, when it answers.
    pub call: Option<(String, String)>,
    /// The number of an emergency.
    pub fifteen: String,
    /// Where the commune posts.
    pub action: String,
    /// Communes to choose among.
    pub choices: Vec<Choice>,
    /// Whom to call.
    pub groups: Vec<NumberGroup>,
}

fn frame(title: &str) -> Public {
    Public {
        title: title.to_owned(),
        network: "SNP Essonne Nord".to_owned(),
        phone: Some((
            "tel:+33199009191".to_owned(),
            "01\u{a0}99\u{a0}00\u{a0}91\u{a0}91".to_owned(),
        )),
        home: "/n/essonne-nord".to_owned(),
        large: false,
        demo: true,
    }
}

impl Sample for SignsPage {
    const NAME: &'static str = "public-alerte";

    fn samples() -> Vec<(&'static str, Self)> {
        let words = |all: &[&str]| all.iter().map(|sign| (*sign).to_owned()).collect();
        let signs = words(&[
            "vous avez mal dans la poitrine, ou elle serre",
            "vous avez du mal à respirer, ou les lèvres bleues",
            "le visage, un bras ou une jambe ne bouge plus bien, vous parlez ou voyez mal d’un coup, même si c’est passé",
            "vous saignez et cela ne s’arrête pas",
            "un bébé de moins de 3 mois a de la fièvre, est mou, gémit ou boit mal",
            "vous pensez à mourir, ou vous avez pris un produit exprès",
        ]);
        let doubts = words(&["la douleur est insupportable, la pire de votre vie"]);
        let page = Self {
            public: frame("Avant de continuer"),
            form: Form::default(),
            fifteen: "15".to_owned(),
            signs,
            doubts,
            until: "jusqu’à 20\u{a0}h".to_owned(),
            ticket: "abc".to_owned(),
            warning: String::new(),
        };
        let mut bare = page.clone();
        bare.doubts.clear();
        bare.public.phone = None;
        let mut extreme = page.clone();
        extreme.public.network = super::LONG.to_owned();
        extreme.public.title = "Erreur\u{a0}: avant de continuer".to_owned();
        extreme.warning = "Fiches de démonstration, non validées par un médecin.".to_owned();
        extreme.form = Form::default().wrong(
            "signs",
            "Cette page est restée ouverte trop longtemps. Répondez de nouveau",
        );
        vec![("vide", bare), ("courant", page), ("extreme", extreme)]
    }
}

impl Sample for QuestionPage {
    const NAME: &'static str = "public-question";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form: Form, number: usize, fields: Vec<Field>| Self {
            public: frame("Question 5 sur 8"),
            form,
            number,
            total: 8,
            heading: String::new(),
            fields,
            action: "/n/essonne-nord/telephone".to_owned(),
            before: "/n/essonne-nord/commune".to_owned(),
            ticket: "abc".to_owned(),
        };
        let question = "À quel numéro vous rappeler\u{a0}?";
        let wrong = Form::default()
            .with("phone", "06 39 98 41")
            .wrong("phone", "Il manque deux chiffres à votre numéro");
        let field = |form: &Form| {
            form.tel("phone", question)
                .hint("Un fixe ou un mobile, à vous ou à un proche.")
                .heading()
        };
        let mut many = page(
            Form::default(),
            6,
            vec![
                Form::default()
                    .radios(
                        "motive",
                        "Qu’est-ce qui ne va pas\u{a0}?",
                        vec![Choice::new("fievre", "Fièvre"); 16],
                    )
                    .stacked()
                    .heading(),
                Form::default().area("words", "Dites-le avec vos mots"),
            ],
        );
        many.public.network = super::LONG.to_owned();
        let mut refused = page(wrong.clone(), 5, vec![field(&wrong)]);
        refused.public.title = "Erreur\u{a0}: votre téléphone".to_owned();
        let empty = Form::default();
        vec![
            ("vide", page(empty.clone(), 5, vec![field(&empty)])),
            ("courant", refused),
            ("extreme", many),
        ]
    }
}

impl Sample for ReviewPage {
    const NAME: &'static str = "public-relecture";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |said: &str, count: usize| Self {
            public: frame("Relisez avant d’envoyer"),
            form: Form::default(),
            answers: (0..count)
                .map(|_| Answered {
                    question: "Commune".to_owned(),
                    said: said.to_owned(),
                    href: "/n/essonne-nord/commune".to_owned(),
                })
                .collect(),
            before: "avant 11\u{a0}h\u{a0}20".to_owned(),
            number: "01\u{a0}99\u{a0}00\u{a0}91\u{a0}91".to_owned(),
            fifteen: "15".to_owned(),
            action: "/n/essonne-nord/relecture".to_owned(),
            ticket: "abc".to_owned(),
        };
        vec![
            ("vide", page("", 0)),
            ("courant", page("Massy", 8)),
            ("extreme", page(&super::LONG.repeat(8), 8)),
        ]
    }
}

impl Sample for SayPage {
    const NAME: &'static str = "public-message";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |title: &str| Self {
            public: frame(title),
            heading: title.to_owned(),
            lines: Vec::new(),
            fifteen: None,
            call: None,
            more: Vec::new(),
            links: Vec::new(),
        };
        let mut done = page("On vous rappelle avant 11\u{a0}h\u{a0}20");
        done.lines = vec![
            "L’appel vient du 01\u{a0}99\u{a0}00\u{a0}91\u{a0}91\u{a0}: décrochez.".to_owned(),
        ];
        done.fifteen = Some((
            "Appelez le 15 si\u{a0}:".to_owned(),
            "cela s’aggrave, ou un de ces signes apparaît.".to_owned(),
            "15".to_owned(),
        ));
        let mut far = page(super::LONG);
        far.lines = vec![super::LONG.repeat(5); 3];
        far.call = Some(("tel:116117".to_owned(), "116\u{a0}117".to_owned()));
        far.links = vec![("/n/essonne-nord".to_owned(), "Revenir au début".to_owned())];
        vec![
            ("vide", page("Vos données")),
            ("courant", done),
            ("extreme", far),
        ]
    }
}

impl Sample for ClosedPage {
    const NAME: &'static str = "public-ferme";

    fn samples() -> Vec<(&'static str, Self)> {
        let number = |name: &str, phone: &str, shown: &str, say: &str| ToDial {
            name: name.to_owned(),
            phone: phone.to_owned(),
            shown: shown.to_owned(),
            say: say.to_owned(),
        };
        let page = Self {
            public: Public {
                phone: None,
                ..frame("Le service est fermé")
            },
            form: Form::default().with("commune", "Grigny"),
            heading: "Nous ouvrons demain à 8\u{a0}h".to_owned(),
            lost: String::new(),
            week: "Nous répondons du lundi au vendredi de 8\u{a0}h à 20\u{a0}h, le samedi de 8\u{a0}h à 12\u{a0}h.".to_owned(),
            unusual: vec!["le mercredi 11 novembre\u{a0}: fermé".to_owned()],
            call: None,
            fifteen: "15".to_owned(),
            action: "/horaires/essonne-nord".to_owned(),
            choices: Vec::new(),
            groups: vec![
                NumberGroup {
                    heading: "Un médecin de garde".to_owned(),
                    numbers: vec![number(
                        "Maison médicale de garde de Ris-Orangis",
                        "116117",
                        "116\u{a0}117",
                        "Aujourd’hui de 20\u{a0}h à minuit. Appelez avant de venir.",
                    )],
                },
                NumberGroup {
                    heading: "Une pharmacie de garde".to_owned(),
                    numbers: vec![number("Pharmacie de garde", "3237", "32\u{a0}37", "La plus proche de chez vous.")],
                },
            ],
        };
        let mut bare = page.clone();
        bare.groups.clear();
        bare.unusual.clear();
        bare.week = String::new();
        let mut extreme = page.clone();
        extreme.public.title = "Erreur\u{a0}: votre commune".to_owned();
        extreme.lost =
            "Votre demande n’a pas été enregistrée\u{a0}: le service vient de fermer.".to_owned();
        extreme.choices = vec![
            Choice::new("91286", "Grigny (91350)"),
            Choice::new("69096", super::LONG),
        ];
        extreme.form = extreme.form.wrong(
            "insee",
            "Plusieurs communes correspondent. Choisissez la vôtre",
        );
        extreme.groups = vec![extreme.groups[0].clone(); 4];
        vec![("vide", bare), ("courant", page), ("extreme", extreme)]
    }
}
