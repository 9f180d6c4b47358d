//! *Membres*: the list, and one member with how they are reached, until when they practise and where.
//! Shows no alert number and no patient.

use askama::Template;

use super::requests::Filter;
use super::roles::{TeamRow, sample_team_row};
use super::{LONG, Sample, SecretaryRow, sample_desk};
use crate::parts::{Choice, Desk, Form};

/// A line of the list.
#[derive(Clone, Debug)]
pub struct MemberRow {
    /// Where it opens.
    pub href: String,
    /// Surname first.
    pub name: String,
    /// Profession and town.
    pub trade: String,
    /// Active, suspended, ended.
    pub status: String,
    /// Whether it is active.
    pub active: bool,
    /// Under what title, until when; empty for whoever practises without end.
    pub ends: String,
    /// That the end is near or past.
    pub soon: bool,
    /// By what they are reached; empty when nothing does.
    pub ways: String,
}

/// The list.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/members.html")]
pub struct MembersPage {
    /// The frame.
    pub desk: Desk,
    /// What was searched.
    pub form: Form,
    /// The part in use, sent again with a search.
    pub part: &'static str,
    /// What asks for a look, each with its count.
    pub filters: Vec<Filter>,
    /// `50 sur 312, par nom`, `2 trouvés`.
    pub count: String,
    /// Applications that wait, in words.
    pub waiting: String,
    /// The lines.
    pub rows: Vec<MemberRow>,
    /// The page before and after: address and word.
    pub turns: Vec<(String, String)>,
}

/// A place being edited: the names of its fields.
#[derive(Clone, Debug)]
pub struct PlaceFields {
    /// Its heading.
    pub heading: String,
    /// Hidden: which it is; empty for one to add.
    pub id: (String, String),
    /// Its name.
    pub label: String,
    /// Its street.
    pub line: String,
    /// Its commune.
    pub commune: String,
    /// To take it away; empty for one to add.
    pub gone: String,
}

/// A replacement on somebody's page.
#[derive(Clone, Debug)]
pub struct StandInRow {
    /// Who and until when, in a sentence.
    pub words: String,
    /// The page of the other.
    pub href: String,
    /// To end it: the locum and the beginning; empty where it is only told.
    pub end: Option<(String, String)>,
}

/// One member.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/member.html")]
pub struct MemberPage {
    /// The frame.
    pub desk: Desk,
    /// Where the page is.
    pub here: String,
    /// What was typed and what is wrong.
    pub form: Form,
    /// Who.
    pub name: String,
    /// Profession and town.
    pub trade: String,
    /// What asks for a look: a contract that ends, nothing that reaches them.
    pub warnings: Vec<String>,
    /// What is known: name and value.
    pub facts: Vec<(String, String)>,
    /// How they are reached: the way, what is so, whether it works.
    pub ways: Vec<(String, String, bool)>,
    /// Their terms, in sentences.
    pub terms: Vec<String>,
    /// Who answers in their name.
    pub secretaries: Vec<SecretaryRow>,
    /// The days they said they are away, and who stands in.
    pub absences: Vec<String>,
    /// Titles to choose from.
    pub standings: Vec<Choice>,
    /// Their places, and one to add; empty when nothing may be changed.
    pub places: Vec<PlaceFields>,
    /// Which of them is the main one.
    pub mains: Vec<Choice>,
    /// Who stands in for them and for whom they do, now and later.
    pub stand_ins: Vec<StandInRow>,
    /// Of whoever practises under a contract: that the scan of the Order's approval is kept; empty without it.
    pub approval: Option<String>,
    /// What they may act as; none without an account or a membership in force.
    pub roles: Option<TeamRow>,
    /// What may be done: value and word; the first is not the end.
    pub acts: Vec<(String, String)>,
}

impl Sample for MembersPage {
    const NAME: &'static str = "membres";

    fn samples() -> Vec<(&'static str, Self)> {
        let row = |n: usize| MemberRow {
            href: format!("/membres/pro_{n}"),
            name: if n == 2 {
                LONG.to_owned()
            } else {
                "Corvo Ysaline".to_owned()
            },
            trade: "médecin généraliste, Massy".to_owned(),
            status: if n % 5 == 3 { "Suspendue" } else { "Active" }.to_owned(),
            active: n % 5 != 3,
            ends: if n % 4 == 1 {
                "remplaçant, jusqu’au 12\u{a0}décembre 2026".to_owned()
            } else {
                String::new()
            },
            soon: n % 4 == 1,
            ways: if n % 7 == 6 {
                String::new()
            } else {
                "notification, SMS, courriel".to_owned()
            },
        };
        let page = |many: usize, form: Form| Self {
            desk: sample_desk("Membres", "/reseau"),
            form,
            part: "",
            filters: [
                "Tous, 312",
                "Contrats qui finissent, 8",
                "Injoignables, 3",
                "Suspendus, 1",
                "Partis, 12",
            ]
            .iter()
            .enumerate()
            .map(|(n, label)| Filter {
                href: "/membres".to_owned(),
                label: (*label).to_owned(),
                current: n == 0,
            })
            .collect(),
            count: match many {
                0 => "Personne ne correspond".to_owned(),
                50 => "Les 50 premiers sur 312, par nom".to_owned(),
                n => format!("{n} membres, par nom"),
            },
            waiting: if many > 3 {
                "2 candidatures attendent".to_owned()
            } else {
                String::new()
            },
            rows: (0..many).map(row).collect(),
            turns: if many >= 50 {
                vec![("/membres?page=2".to_owned(), "Page suivante".to_owned())]
            } else {
                Vec::new()
            },
        };
        vec![
            ("vide", page(0, Form::default().with("nom", "corvo"))),
            ("courant", page(5, Form::default())),
            ("extreme", page(50, Form::default())),
        ]
    }
}

fn sample_place(n: usize, new: bool) -> PlaceFields {
    PlaceFields {
        heading: if new {
            "Ajouter un lieu".to_owned()
        } else {
            format!("Lieu\u{a0}{}", n + 1)
        },
        id: (format!("place-{n}"), format!("plc_{n}")),
        label: format!("label-{n}"),
        line: format!("line-{n}"),
        commune: format!("commune-{n}"),
        gone: if new {
            String::new()
        } else {
            format!("gone-{n}")
        },
    }
}

impl Sample for MemberPage {
    const NAME: &'static str = "membre";

    fn samples() -> Vec<(&'static str, Self)> {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let one = Self {
            desk: sample_desk("Membre", "/reseau"),
            here: "/membres/pro_1".to_owned(),
            form: Form::default()
                .with("standing", "locum")
                .with("from", "2026-11-02")
                .with("until", "2026-12-12")
                .with("label-0", "Cabinet")
                .with("line-0", "12 rue de Paris")
                .with("commune-0", "Massy 91300")
                .with("main", "0"),
            name: "Dr\u{a0}Ysaline Corvo".to_owned(),
            trade: "médecin généraliste, Massy".to_owned(),
            warnings: vec!["Son contrat finit le 12\u{a0}décembre 2026.".to_owned()],
            facts: vec![
                pair("Adhésion", "Active, depuis le 3\u{a0}mars 2026"),
                pair("RPPS", "10\u{a0}00\u{a0}00\u{a0}00\u{a0}000"),
                pair("Exercice", "remplaçant, jusqu’au 12\u{a0}décembre 2026"),
                pair("Compte", "peut se connecter"),
            ],
            ways: vec![
                (
                    "Notification".to_owned(),
                    "aucun appareil activé".to_owned(),
                    false,
                ),
                (
                    "SMS".to_owned(),
                    "un numéro d’alerte, jamais montré".to_owned(),
                    true,
                ),
            ],
            terms: vec!["Consultations, à 10\u{a0}km au plus.".to_owned()],
            secretaries: vec![SecretaryRow {
                user: "usr_2".to_owned(),
                name: "Claire Morel".to_owned(),
                login: "claire.morel".to_owned(),
                since: "depuis le 3\u{a0}mars 2026".to_owned(),
            }],
            absences: vec!["Absent du 27\u{a0}juillet 2026 au 3\u{a0}août 2026, sans remplaçant noté.".to_owned()],
            standings: Choice::list(&[
                ("titular", "Installé"),
                ("locum", "Remplaçant"),
                ("intern", "Interne"),
            ]),
            places: vec![sample_place(0, false), sample_place(1, true)],
            mains: Choice::list(&[("0", "Lieu\u{a0}1")]),
            stand_ins: vec![
                StandInRow {
                    words: "Dr\u{a0}Mira Sorrel remplace, du 2\u{a0}novembre 2026 au 13\u{a0}novembre 2026, avec ses patients"
                        .to_owned(),
                    href: "/membres/pro_2".to_owned(),
                    end: Some(("pro_2".to_owned(), "1793574000000".to_owned())),
                },
                StandInRow {
                    words: "Remplace Dr\u{a0}Anne Petit, du 1er\u{a0}décembre 2026 au 4\u{a0}décembre 2026".to_owned(),
                    href: "/membres/pro_3".to_owned(),
                    end: None,
                },
            ],
            approval: Some("Copie gardée lun.\u{a0}2 à 10\u{a0}h".to_owned()),
            roles: Some(sample_team_row("Dr\u{a0}Ysaline Corvo")),
            acts: vec![
                pair("suspendre", "Suspendre"),
                pair("terminer", "Terminer l’adhésion"),
            ],
        };
        let mut extreme = one.clone();
        extreme.desk.title = "Erreur\u{a0}: membre".to_owned();
        extreme.name = LONG.to_owned();
        extreme.approval = Some(String::new());
        extreme.places = (0..6).map(|n| sample_place(n, false)).collect();
        extreme.form = (1..6).fold(extreme.form, |form, n| {
            form.with(&format!("label-{n}"), LONG)
        });
        extreme.form = extreme
            .form
            .wrong("reason", "Écrivez la raison")
            .wrong("until", "Le dernier jour est avant le premier")
            .wrong("commune-1", "Choisissez la commune dans la liste");
        let mut gone = one.clone();
        gone.facts[0].1 = "Terminée, depuis le 3\u{a0}mars 2026".to_owned();
        gone.warnings.clear();
        gone.places.clear();
        gone.stand_ins.clear();
        gone.roles = None;
        gone.approval = None;
        gone.acts = vec![pair("retablir", "Rétablir l’adhésion")];
        vec![("courant", one), ("extreme", extreme), ("parti", gone)]
    }
}
