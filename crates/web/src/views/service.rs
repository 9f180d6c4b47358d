//! The state of the service, for whoever keeps it running. Codes of requests, counts and hours; no
//! name, no number of anybody.

use askama::Template;

use super::{LONG, Sample, sample_desk};
use crate::icon::Icon;
use crate::parts::{Banner, Desk, State, Tone};

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct TroubleRow {
    /// How grave.
    pub gravity: State,
    /// `Les SMS ne partent pas`
    pub title: String,
    /// `SNP91N · 12 messages`; may be empty.
    pub measure: String,
    /// `depuis 14 h 32`
    pub since: String,
    /// What the desk is told to do.
    pub desk: String,
    /// What to do here.
    pub keeper: String,
    /// Its code, as probes say it.
    pub code: String,
}

/// A request that is due.
#[derive(Clone, Debug)]
pub struct DueRow {
    /// Where it opens, for whoever may.
    pub href: Option<String>,
    /// `4812`
    pub code: String,
    /// The network's code.
    pub network: String,
    /// Where it stands.
    pub status: String,
    /// What it is due for, or since when it is stuck.
    pub why: String,
    /// `14 h 32`
    pub at: String,
    /// How late, or how long until then.
    pub left: String,
    /// What the program said when it failed; empty otherwise.
    pub said: String,
}

/// A message that did not arrive.
#[derive(Clone, Debug)]
pub struct FailedRow {
    /// When it was made.
    pub at: String,
    /// By which channel.
    pub channel: String,
    /// What kind of reader.
    pub reader: String,
    /// Why.
    pub reason: String,
    /// The request's code; empty when it is about none.
    pub code: String,
    /// Where the request opens, for whoever may.
    pub href: Option<String>,
}

/// The outbox of a network.
#[derive(Clone, Debug)]
pub struct PostPart {
    /// The network's code.
    pub network: String,
    /// Channel, state and reason, how many, since when.
    pub rows: Vec<(String, String, String, String)>,
    /// The last that failed.
    pub failed: Vec<FailedRow>,
}

/// A background task.
#[derive(Clone, Debug)]
pub struct TaskRow {
    /// Its name.
    pub name: String,
    /// When it last came to its end.
    pub age: String,
    /// How long it may take.
    pub limit: String,
    /// Whether it took longer.
    pub late: bool,
}

/// A process.
#[derive(Clone, Debug)]
pub struct NodeRow {
    /// Its name.
    pub name: String,
    /// The version of its program.
    pub version: String,
    /// For how long it has run.
    pub up: String,
    /// When it last gave a sign of life.
    pub seen: String,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/service.html")]
pub struct ServicePage {
    /// The frame.
    pub desk: Desk,
    /// When it was looked at.
    pub looked: String,
    /// What is wrong.
    pub troubles: Vec<TroubleRow>,
    /// Requests late.
    pub late: Vec<DueRow>,
    /// Requests that come next.
    pub next: Vec<DueRow>,
    /// The outbox, by network.
    pub post: Vec<PostPart>,
    /// Channel, provider, state.
    pub gateways: Vec<(String, String, String)>,
    /// Background tasks.
    pub tasks: Vec<TaskRow>,
    /// Processes.
    pub nodes: Vec<NodeRow>,
    /// The machine and the database.
    pub machine: Vec<(&'static str, String)>,
    /// What the lists leave out.
    pub limits: String,
}

fn trouble(gravity: State, title: &str, measure: &str) -> TroubleRow {
    TroubleRow {
        gravity,
        title: title.to_owned(),
        measure: measure.to_owned(),
        since: "depuis 14\u{a0}h\u{a0}26".to_owned(),
        desk: "Appelez les patients à prévenir\u{a0}; les professionnels sont joints autrement."
            .to_owned(),
        keeper: "Prévenez le fournisseur. Les messages qui valent encore repartent seuls."
            .to_owned(),
        code: "channel-down sms".to_owned(),
    }
}

fn due(index: usize, said: &str) -> DueRow {
    DueRow {
        href: Some("/demandes/req_01JD0000000000000000000001".to_owned()),
        code: format!("{}", 4800 + index),
        network: "SNP91N".to_owned(),
        status: "Communauté sollicitée".to_owned(),
        why: "fin du délai de réponse".to_owned(),
        at: "14\u{a0}h\u{a0}40".to_owned(),
        left: "8\u{a0}min".to_owned(),
        said: said.to_owned(),
    }
}

impl Sample for ServicePage {
    const NAME: &'static str = "etat";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |troubles: Vec<TroubleRow>, many: usize, networks: usize| Self {
            desk: sample_desk("État du service", "/admin/etat"),
            looked: "14:32".to_owned(),
            troubles,
            late: (0..many)
                .map(|index| due(index, if index == 0 { LONG } else { "" }))
                .collect(),
            next: (0..many).map(|index| due(index, "")).collect(),
            post: (0..networks)
                .map(|index| PostPart {
                    network: format!("SNP91{index}"),
                    rows: (0..many)
                        .map(|_| {
                            (
                                "SMS".to_owned(),
                                "en attente, la passerelle ne répond pas".to_owned(),
                                "12".to_owned(),
                                "depuis 14\u{a0}h\u{a0}26".to_owned(),
                            )
                        })
                        .collect(),
                    failed: (0..many)
                        .map(|index| FailedRow {
                            at: "14\u{a0}h\u{a0}29".to_owned(),
                            channel: "SMS".to_owned(),
                            reader: "Patient".to_owned(),
                            reason: "la passerelle ne répond pas".to_owned(),
                            code: format!("{}", 4800 + index),
                            href: None,
                        })
                        .collect(),
                })
                .collect(),
            gateways: vec![
                (
                    "Notification".to_owned(),
                    "fake-push".to_owned(),
                    "prend les messages".to_owned(),
                ),
                (
                    "SMS".to_owned(),
                    "fake-sms".to_owned(),
                    "ne répond plus depuis 14\u{a0}h\u{a0}26".to_owned(),
                ),
                (
                    "MSSanté".to_owned(),
                    "aucune".to_owned(),
                    "non réglée".to_owned(),
                ),
            ],
            tasks: vec![TaskRow {
                name: "Le suivi des échéances".to_owned(),
                age: "à l’instant".to_owned(),
                limit: "15\u{a0}s".to_owned(),
                late: many > 10,
            }],
            nodes: vec![NodeRow {
                name: "relais-4242 (celui-ci)".to_owned(),
                version: "0.1.0".to_owned(),
                up: "6\u{a0}jours".to_owned(),
                seen: "à l’instant".to_owned(),
            }],
            machine: vec![
                ("Base de données", "sqlite, schéma 2".to_owned()),
                ("Place libre", "41,0\u{a0}Go sur 80,0\u{a0}Go".to_owned()),
            ],
            limits: "Listes limitées\u{a0}: 20 demandes en retard.".to_owned(),
        };
        let slow = State::new(Tone::Qualify, Icon::Hourglass, "Ralentit");
        let hinders = State::new(Tone::Hand, Icon::Warning, "Gêne les demandes");
        let mut worst = page(
            vec![
                trouble(
                    hinders,
                    "Des demandes sont bloquées",
                    "SNP91N · 3\u{a0}demandes",
                ),
                trouble(slow.clone(), LONG, LONG),
            ],
            20,
            3,
        );
        worst.desk.banner = Some(Banner {
            sheets: vec![
                ("Fiches vierges", "/protocoles/imprimer"),
                ("Demandes ouvertes", "/demandes/imprimer"),
            ],
            hinders: true,
            title: "Des demandes sont bloquées".to_owned(),
            since: "depuis 14\u{a0}h\u{a0}26".to_owned(),
            todo:
                "Cherchez vous-même un professionnel, et prévenez la personne qui exploite Relais."
                    .to_owned(),
            more: "Et 1\u{a0}autre point".to_owned(),
            link: Some("/admin/etat"),
        });
        vec![
            ("vide", page(Vec::new(), 0, 1)),
            (
                "courant",
                page(vec![trouble(slow, "Les SMS ne partent pas", "")], 3, 1),
            ),
            ("extreme", worst),
        ]
    }
}
