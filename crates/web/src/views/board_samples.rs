//! Samples of the operator's page: nothing, an ordinary afternoon, far too much.

use super::board::{Board, BoardPart, DirectPage, Group, NeedChoices, Peek, Reach, ReachPart, Row};
use super::{CallPanel, Sample, sample_desk};
use crate::icon::Icon;
use crate::parts::{Baton, Choice, Leg, MiniTrack, State, Tone};

pub(crate) fn sample_choices() -> NeedChoices {
    NeedChoices {
        origins: Choice::list(&[
            ("patient", "Le patient"),
            ("relative", "Un proche"),
            ("usual-practice", "Le cabinet habituel"),
            ("pharmacy", "Une pharmacie"),
            ("sas", "Le SAS, le 15"),
            ("ed", "Les urgences"),
        ]),
        motives: Choice::list(&[
            ("", "Choisir"),
            ("otalgie", "Mal d’oreille"),
            ("odynophagie", "Mal de gorge"),
            ("cystite", "Brûlures urinaires"),
            ("lombalgie", "Mal de dos"),
            ("autre", "Autre"),
        ]),
        professions: Choice::list(&[
            ("gp", "Médecin généraliste"),
            ("nurse", "Infirmier"),
            ("physio", "Kinésithérapeute"),
            ("midwife", "Sage-femme"),
            ("dentist", "Dentiste"),
            ("pharmacist", "Pharmacien"),
        ]),
        care_types: Choice::list(&[("acute", "Soin non programmé"), ("dressing", "Pansement")]),
        delays: Choice::list(&[
            ("2", "Dans les 2\u{a0}h"),
            ("6", "Dans les 6\u{a0}h"),
            ("12", "Dans les 12\u{a0}h"),
            ("24", "Dans les 24\u{a0}h"),
            ("48", "Dans les 48\u{a0}h"),
        ]),
        windows: Choice::list(&[
            ("", "Celle du réseau"),
            ("30", "30\u{a0}min"),
            ("60", "1\u{a0}h"),
            ("120", "2\u{a0}h"),
        ]),
    }
}

fn row(
    state: &State,
    left: (&str, &str),
    care: (&str, &str),
    facts: &str,
    who: (&str, &str),
) -> Row {
    Row {
        href: "/demandes/req_01JD0000000000000000000001".to_owned(),
        state: state.clone(),
        left: left.0.to_owned(),
        left_of: left.1.to_owned(),
        until_ms: Some(super::SAMPLE_NOW + 480_000),
        care: care.0.to_owned(),
        motive: care.1.to_owned(),
        facts: facts.to_owned(),
        track: None,
        track_words: String::new(),
        who: who.0.to_owned(),
        who_more: who.1.to_owned(),
        link: None,
        act: None,
        key: "",
    }
}

fn track(part: f32) -> Option<MiniTrack> {
    Some(MiniTrack {
        legs: vec![
            Leg {
                tone: Tone::Usual,
                share: 0.5,
            },
            Leg {
                tone: Tone::Community,
                share: 0.5,
            },
        ],
        baton: Baton::Running(part),
    })
}

pub(crate) fn sample_board(many: usize) -> Board {
    let hand = State::new(Tone::Hand, Icon::Hand, "Besoin d’un coup de main");
    let qualify = State::new(Tone::Qualify, Icon::ClipboardText, "À qualifier");
    let usual = State::new(Tone::Usual, Icon::Stethoscope, "Médecin traitant sollicité");
    let community = State::new(Tone::Community, Icon::UsersThree, "Communauté sollicitée");
    let taken = State::new(Tone::Taken, Icon::CheckCircle, "Pris en charge");
    let rows = |make: &dyn Fn(usize) -> Row| (0..many).map(make).collect::<Vec<_>>();
    let hands = rows(&|_| Row {
        track: track(1.0),
        link: Some(("/coup-de-main".to_owned(), "Voir 3 autres voies".to_owned())),
        ..row(
            &hand,
            ("+\u{a0}6\u{a0}min", "délai passé"),
            ("Visite infirmière", "pansement"),
            "H 82\u{a0}ans · Brétigny-sur-Orge · avant 18\u{a0}h",
            ("9 sollicités, aucun oui", ""),
        )
    });
    let waiting = rows(&|_| Row {
        track_words: "Pas encore lancée".to_owned(),
        until_ms: None,
        ..row(
            &qualify,
            ("9\u{a0}min", "d’attente"),
            ("Avis demandé", "mal de dos et fièvre"),
            "H 61\u{a0}ans · Longjumeau · par téléphone",
            ("Dr\u{a0}Fauverge", "en ligne avec un patient"),
        )
    });
    let usuals = rows(&|_| Row {
        track: track(0.43),
        ..row(
            &usual,
            ("8\u{a0}min", "avant ouverture"),
            ("Consultation", "toux qui dure"),
            "F 71\u{a0}ans · Les Ulis · avant 20\u{a0}h",
            ("Dr\u{a0}Berthaud", "vu à 13:52, sans réponse"),
        )
    });
    let communities = rows(&|_| Row {
        track: track(0.7),
        ..row(
            &community,
            ("1\u{a0}h\u{a0}52", "restantes"),
            ("Dentiste", "rage de dents"),
            "H 29\u{a0}ans · Savigny-sur-Orge · sans dentiste habituel",
            ("7 médecins", "4 vus, 2 refus"),
        )
    });
    let takens = rows(&|_| Row {
        until_ms: None,
        track: Some(MiniTrack {
            legs: vec![
                Leg {
                    tone: Tone::Usual,
                    share: 0.5,
                },
                Leg {
                    tone: Tone::Community,
                    share: 0.5,
                },
            ],
            baton: Baton::Taken(0.6),
        }),
        ..row(
            &taken,
            ("16:20", "rendez-vous"),
            ("Consultation", "mal de gorge"),
            "F 19\u{a0}ans · Massy · demandée par une pharmacie",
            ("Dr\u{a0}Corvo, à 14:29", "SMS remis à la patiente"),
        )
    });
    let group = |anchor, state: &State, tab, note: &str, rows: Vec<Row>| Group {
        anchor,
        state: state.clone(),
        tab,
        count: rows.len(),
        note: note.to_owned(),
        counted: true,
        rows,
    };
    Board {
        groups: vec![
            group(
                "g-main",
                &hand,
                ("Besoin d’un", "coup de main"),
                "à vous de jouer",
                hands,
            ),
            group(
                "g-qualif",
                &qualify,
                ("À qualifier", ""),
                "médecin régulateur\u{a0}: Dr\u{a0}Fauverge",
                waiting,
            ),
            group(
                "g-mt",
                &usual,
                ("Médecin traitant", "sollicité"),
                "",
                usuals,
            ),
            group(
                "g-com",
                &community,
                ("Communauté", "sollicitée"),
                "",
                communities,
            ),
            group(
                "g-pec",
                &taken,
                ("Pris en charge", "aujourd’hui"),
                "les plus récentes",
                takens,
            ),
        ],
        announce: if many > 0 {
            "1 demande a besoin d’un coup de main.".to_owned()
        } else {
            String::new()
        },
        empty: "Aucune demande en cours. Le dernier appel date de 14\u{a0}h\u{a0}12.".to_owned(),
        peek: (many > 0).then(|| Peek {
            case: super::hand::sample_case(0),
            events: super::request::sample_events(),
        }),
        mine: String::new(),
    }
}

pub(super) fn sample_reach() -> Reach {
    Reach {
        asked: Some(8),
        sentence: "Dr\u{a0}Marquenne seul jusqu’à 15:32, puis 7 à moins de 10\u{a0}km".to_owned(),
        left_out: "23 écartés\u{a0}: distance 11, indisponible 8, plafond du jour 4".to_owned(),
        warning: String::new(),
        instead: Vec::new(),
        otherwise: Vec::new(),
        address: "",
        alike: Vec::new(),
    }
}

impl Sample for ReachPart {
    const NAME: &'static str = "portee";

    fn samples() -> Vec<(&'static str, Self)> {
        let none = Reach {
            asked: Some(0),
            sentence: "Personne ne peut être sollicité maintenant.".to_owned(),
            left_out: "31 écartés\u{a0}: indisponible 31".to_owned(),
            warning: String::new(),
            instead: vec![
                "Élargir à 15\u{a0}km".to_owned(),
                "Réseau voisin, Val d’Orge".to_owned(),
            ],
            alike: vec![super::known::sample_alike(true)],
            ..Reach::default()
        };
        let undeclared = Reach {
            asked: Some(0),
            sentence: "Aucun des pharmaciens du réseau n’a déclaré le protocole de coopération «\u{a0}Brûlures urinaires\u{a0}».".to_owned(),
            left_out: "12 écartés\u{a0}: sans protocole de coopération 9, distance 3".to_owned(),
            otherwise: Choice::list(&[("midwife", "sage-femme"), ("gp", "médecin généraliste")]),
            address: "/direct/portee",
            ..Reach::default()
        };
        let late = Reach {
            warning: "Il reste moins de 10\u{a0}min avant la fermeture.".to_owned(),
            left_out: format!("{} écartés", "160"),
            alike: vec![
                super::known::sample_over(),
                super::known::sample_alike(false),
            ],
            ..sample_reach()
        };
        vec![
            (
                "vide",
                Self {
                    reach: Reach::default(),
                },
            ),
            (
                "courant",
                Self {
                    reach: sample_reach(),
                },
            ),
            ("personne", Self { reach: none }),
            ("sans-protocole", Self { reach: undeclared }),
            ("extreme", Self { reach: late }),
        ]
    }
}

impl Sample for BoardPart {
    const NAME: &'static str = "tableau";

    fn samples() -> Vec<(&'static str, Self)> {
        vec![
            (
                "vide",
                Self {
                    board: sample_board(0),
                },
            ),
            (
                "courant",
                Self {
                    board: sample_board(2),
                },
            ),
            (
                "extreme",
                Self {
                    board: sample_board(40),
                },
            ),
        ]
    }
}

impl Sample for DirectPage {
    const NAME: &'static str = "direct";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |call: CallPanel, many| Self {
            desk: sample_desk("Poste opérateur", "/direct"),
            call,
            board: sample_board(many),
        };
        let [empty, ordinary, wrong, led] = super::call::sample_calls();
        let mut failed = page(wrong, 40);
        failed.desk.title = "Erreur\u{a0}: la demande n’est pas partie".to_owned();
        vec![
            ("vide", page(empty, 0)),
            ("courant", page(ordinary, 2)),
            ("oriente", page(led, 2)),
            ("extreme", failed),
        ]
    }
}
