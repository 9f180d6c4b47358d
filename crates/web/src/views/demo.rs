//! The demonstration's own pages: one-click roles, the fake phones, the clock. Absent under `serve`.

use askama::Template;

use super::Sample;
use crate::parts::Form;

/// A role one can take in one click.
#[derive(Clone, Debug)]
pub struct Role {
    /// Where it signs in.
    pub href: String,
    /// The invented person.
    pub name: String,
    /// `Opératrice, SNP Essonne Nord`
    pub role: String,
    /// Why one would choose it: `a des patients déclarés`.
    pub why: String,
}

/// Roles of the same kind.
#[derive(Clone, Debug)]
pub struct RoleGroup {
    /// Its title.
    pub title: String,
    /// The roles.
    pub roles: Vec<Role>,
    /// Whether the group is folded.
    pub folded: bool,
}

/// A call one can play at once: the form opens already filled.
#[derive(Clone, Debug)]
pub struct Call {
    /// Where it signs in and opens the form.
    pub href: String,
    /// What it is.
    pub title: String,
    /// The invented patient and the need.
    pub text: String,
    /// As whom.
    pub button: String,
}

/// The demonstration's first page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/demo.html")]
pub struct DemoPage {
    /// The calls to play.
    pub calls: Vec<Call>,
    /// The six practice calls.
    pub practice: Vec<Call>,
    /// The roles.
    pub groups: Vec<RoleGroup>,
    /// The demonstration's time, in words.
    pub clock: String,
    /// What just happened.
    pub said: String,
    /// The fake SMS provider is broken on purpose.
    pub sms_down: bool,
    /// What was wrong with the clock's form.
    pub form: Form,
}

/// A line of a fake phone.
#[derive(Clone, Debug)]
pub struct PhoneLine {
    /// `SMS · 14:13`
    pub how: String,
    /// The text.
    pub text: String,
    /// Whether the phone's owner wrote it.
    pub outgoing: bool,
}

/// A fake phone or mailbox.
#[derive(Clone, Debug)]
pub struct FakePhone {
    /// Its number or address, as in the address of its reply form.
    pub number: String,
    /// The same, as people write it.
    pub shown: String,
    /// Whose it is.
    pub owner: String,
    /// The messages, oldest first.
    pub lines: Vec<PhoneLine>,
    /// Whether it can answer.
    pub replies: bool,
}

/// The fake phones.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/phones.html")]
pub struct PhonesPage {
    /// The phones, the one that received last first.
    pub phones: Vec<FakePhone>,
    /// What one searched for.
    pub query: String,
    /// How many phones are not shown.
    pub more: usize,
    /// The demonstration's time.
    pub clock: String,
}

impl Sample for DemoPage {
    const NAME: &'static str = "demo";

    fn samples() -> Vec<(&'static str, Self)> {
        let role = |name: &str, role: &str, why: &str| Role {
            href: "/demo/entrer/usr_1".to_owned(),
            name: name.to_owned(),
            role: role.to_owned(),
            why: why.to_owned(),
        };
        let page = |many: usize| Self {
            calls: (0..many.min(3))
                .map(|_| Call {
                    href: "/demo/entrer/usr_1?suite=/direct%3Fexemple=otite".to_owned(),
                    title: "Une otite à Massy".to_owned(),
                    text: format!("{}, 06 39 98 12 34, Massy.", super::LONG),
                    button: "Ouvrir comme opérateur".to_owned(),
                })
                .collect(),
            practice: (0..many.min(6))
                .map(|_| Call {
                    href: "/demo/entrer/usr_1?suite=/direct%3Fexemple=essai-doute".to_owned(),
                    title: "Une voisine qui ne sait pas".to_owned(),
                    text: "«\u{a0}J’appelle pour ma voisine.\u{a0}»".to_owned(),
                    button: String::new(),
                })
                .collect(),
            groups: vec![
                RoleGroup {
                    title: "Le réseau".to_owned(),
                    roles: (0..many.min(6))
                        .map(|_| {
                            role(
                                "Lina K.",
                                "Opératrice, SNP Essonne Nord",
                                "reçoit les appels",
                            )
                        })
                        .collect(),
                    folded: false,
                },
                RoleGroup {
                    title: "Tous les professionnels".to_owned(),
                    roles: (0..many)
                        .map(|_| role("Dr\u{a0}Ysaline Corvo", "Médecin généraliste, Massy", ""))
                        .collect(),
                    folded: true,
                },
            ],
            clock: "mardi 24 novembre, 10\u{a0}h\u{a0}00".to_owned(),
            said: String::new(),
            sms_down: many > 10,
            form: Form::default(),
        };
        vec![
            ("vide", page(0)),
            ("courant", page(4)),
            ("extreme", page(60)),
        ]
    }
}

impl Sample for PhonesPage {
    const NAME: &'static str = "telephones";

    fn samples() -> Vec<(&'static str, Self)> {
        let phone = |index: usize| {
            FakePhone {
            number: format!("+336399841{index:02}"),
            shown: format!("06 39 98 41 {index:02}"),
            owner: "Dr\u{a0}Ysaline Corvo".to_owned(),
            lines: vec![
                PhoneLine {
                    how: "SMS · 14:13".to_owned(),
                    text: "SNP91: MG, Massy (3 km), avant 17h. 52 min pour repondre. Repondez OUI 4821 ou NON 4821.".to_owned(),
                    outgoing: false,
                },
                PhoneLine { how: "SMS · 14:15".to_owned(), text: "OUI 4821".to_owned(), outgoing: true },
            ],
            replies: true,
        }
        };
        let page = |many: usize| Self {
            phones: (0..many).map(phone).collect(),
            query: String::new(),
            more: many,
            clock: "10\u{a0}h\u{a0}00".to_owned(),
        };
        vec![
            ("vide", page(0)),
            ("courant", page(3)),
            ("extreme", page(40)),
        ]
    }
}
