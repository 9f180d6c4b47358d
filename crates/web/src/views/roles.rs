//! Who may act in the network and as what; what one may act as oneself.

use askama::Template;

use super::{LONG, Sample, sample_desk, sample_phone};
use crate::parts::{Choice, Desk, Form, Phone, PhoneTab};

/// Somebody of the team.
#[derive(Clone, Debug)]
pub struct TeamRow {
    /// Their account.
    pub user: String,
    /// The id of the field of a role to give them.
    pub field: String,
    /// Their name.
    pub name: String,
    /// What their account is.
    pub own: String,
    /// What they were given: the role, since when, its code.
    pub given: Vec<(String, String, String)>,
    /// What may be given to them.
    pub givable: Vec<Choice>,
    /// When their account was last used; empty for whom no such account is the network's to close.
    pub used: String,
    /// Their account may be closed from here.
    pub closes: bool,
}

/// Somebody invited who did not come yet.
#[derive(Clone, Debug)]
pub struct InvitedRow {
    /// The invitation.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub mail: String,
    /// As what.
    pub role: String,
    /// `Vaut jusqu’à dim. 29 à 14 h`
    pub until: String,
}

/// The team.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/team.html")]
pub struct TeamPage {
    /// The frame.
    pub desk: Desk,
    /// What was typed and what is wrong.
    pub form: Form,
    /// Who, by name.
    pub rows: Vec<TeamRow>,
    /// Who is invited and did not come yet.
    pub invited: Vec<InvitedRow>,
    /// What one may be invited as; none when no mail can be sent from here.
    pub roles: Vec<Choice>,
    /// Where professionals join by themselves.
    pub join: String,
}

/// A role one may act in.
#[derive(Clone, Debug)]
pub struct HatRow {
    /// Its name.
    pub role: String,
    /// The network's name.
    pub network: String,
    /// In use here.
    pub worn: bool,
    /// Its code.
    pub code: String,
    /// The network's id.
    pub at: String,
}

/// One's own roles.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/my_roles.html")]
pub struct MyRolesPage {
    /// The frame.
    pub phone: Phone,
    /// What one may act as.
    pub rows: Vec<HatRow>,
}

/// Somebody with two roles, for the samples.
pub(super) fn sample_team_row(name: &str) -> TeamRow {
    TeamRow {
        user: "usr_1".to_owned(),
        field: "role-usr-1".to_owned(),
        name: name.to_owned(),
        own: "Professionnel".to_owned(),
        given: vec![(
            "Médecin régulateur".to_owned(),
            "donné le 3\u{a0}mars 2026".to_owned(),
            "regulator".to_owned(),
        )],
        givable: Choice::list(&[("operator", "Opérateur"), ("coordinator", "Coordinateur")]),
        used: String::new(),
        closes: false,
    }
}

impl Sample for TeamPage {
    const NAME: &'static str = "equipe";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |rows: Vec<TeamRow>, form: Form| Self {
            desk: sample_desk(
                if form.errors().is_empty() {
                    "Équipe"
                } else {
                    "Erreur\u{a0}: équipe"
                },
                "/reseau",
            ),
            form,
            invited: rows
                .iter()
                .map(|row| InvitedRow {
                    id: format!("inv_{}", row.field),
                    name: row.name.clone(),
                    mail: "odile.mersan@exemple.fr".to_owned(),
                    role: "Opérateur".to_owned(),
                    until: "Vaut jusqu’à dim.\u{a0}29 à 14\u{a0}h".to_owned(),
                })
                .collect(),
            roles: Choice::list(&[
                ("operator", "Opérateur"),
                ("regulator", "Médecin régulateur"),
                ("coordinator", "Coordinateur"),
                ("auditor", "Auditeur"),
            ]),
            join: "https://relais.example/inscription?reseau=SNP67".to_owned(),
            rows,
        };
        let mut alone = page(
            vec![TeamRow {
                own: "Coordinateur".to_owned(),
                given: Vec::new(),
                ..sample_team_row("Odile Mersan")
            }],
            Form::default(),
        );
        (alone.invited, alone.roles) = (Vec::new(), Vec::new());
        let plain = TeamRow {
            used: "Dernière utilisation aujourd’hui à 9\u{a0}h".to_owned(),
            closes: true,
            field: "role-usr-2".to_owned(),
            own: "Coordinateur".to_owned(),
            given: Vec::new(),
            ..sample_team_row("Odile Mersan")
        };
        let some = vec![sample_team_row("Dr\u{a0}Ysaline Corvo"), plain];
        let many = (0..12).map(|n| TeamRow {
            field: format!("role-usr-{n}"),
            ..sample_team_row(LONG)
        });
        let many = many.collect();
        let wrong = Form::default()
            .wrong("role-usr_0", "Choisissez un rôle dans la liste")
            .wrong("mail", "Cette adresse a déjà un compte ici");
        vec![
            ("seul", alone),
            ("courant", page(some, Form::default())),
            ("extreme", page(many, wrong)),
        ]
    }
}

impl Sample for MyRolesPage {
    const NAME: &'static str = "mes-roles";

    fn samples() -> Vec<(&'static str, Self)> {
        let hat = |role: &str, network: &str, worn| HatRow {
            role: role.to_owned(),
            network: network.to_owned(),
            worn,
            code: "regulator".to_owned(),
            at: "net_1".to_owned(),
        };
        let page = |rows| Self {
            phone: sample_phone("Mes rôles", PhoneTab::None)
                .back("/activite", "Retour à mon activité"),
            rows,
        };
        vec![
            (
                "seul",
                page(vec![hat("Professionnel", "CPTS du Nord Essonne", true)]),
            ),
            (
                "courant",
                page(vec![
                    hat("Professionnel", "CPTS du Nord Essonne", true),
                    hat("Médecin régulateur", "CPTS du Nord Essonne", false),
                    hat("Coordinateur", LONG, false),
                ]),
            ),
        ]
    }
}
