//! *Besoin d'un coup de main*: what nobody took, with a clock, an owner, the reasons and the ways
//! out (R4.5). No name here: the request's page opens the identity, and journals it.

use askama::Template;

use super::{Sample, sample_desk};
use crate::icon::Icon;
use crate::parts::{Action, ActionField, Choice, Desk};

/// One request that needs somebody.
#[derive(Clone, Debug)]
pub struct HandCase {
    /// Identifies it in the page.
    pub anchor: String,
    /// The request's page.
    pub href: String,
    /// `Visite infirmière, pansement. Brétigny-sur-Orge`.
    pub title: String,
    /// `Homme, 82 ans. À voir avant 18 h.`
    pub who: String,
    /// `+ 6 min`
    pub left: String,
    /// `délai passé`, `avant la limite de soin`
    pub left_of: String,
    /// The instant the time runs to, in milliseconds.
    pub until_ms: Option<i64>,
    /// Who has it; `None` when nobody took it in hand yet.
    pub owner: Option<String>,
    /// What the patient was promised, if anything.
    pub promise: String,
    /// The next-best options, best first.
    pub options: Vec<Action>,
    /// Why nobody said yes: `Refus`, `3`.
    pub why: Vec<(String, String)>,
    /// Why the others were left out, by reason.
    pub left_out: Vec<(String, String)>,
    /// Take it in hand, end it, transfer.
    pub acts: Vec<Action>,
    /// Practices the desk may call: who, and the number they give to patients.
    pub calls: Vec<(String, String)>,
}

/// The queue.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/hand.html")]
pub struct HandPage {
    /// The frame.
    pub desk: Desk,
    /// The cases, the most pressing first.
    pub cases: Vec<HandCase>,
    /// When there is none: one sentence of fact.
    pub empty: String,
}

/// The queue alone, as swapped when something moved.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/hand.html")]
pub struct HandPart {
    /// The cases.
    pub cases: Vec<HandCase>,
    /// When there is none.
    pub empty: String,
}

pub(crate) fn sample_case(index: usize) -> HandCase {
    let at = "/demandes/req_01JD0000000000000000000001";
    HandCase {
        anchor: format!("cas-{index}"),
        href: at.to_owned(),
        title: "Visite infirmière, pansement. Brétigny-sur-Orge".to_owned(),
        who: "Homme, 82\u{a0}ans. À voir avant 18\u{a0}h.".to_owned(),
        left: "+\u{a0}6\u{a0}min".to_owned(),
        left_of: "délai passé".to_owned(),
        until_ms: Some(super::SAMPLE_NOW - 360_000),
        owner: (index.is_multiple_of(2)).then(|| "Lina K.".to_owned()),
        promise: "prochain SMS à 15:00, même sans solution.".to_owned(),
        options: vec![
            Action::button(
                format!("cas-{index}-elargir"),
                "Élargir à 15\u{a0}km\u{a0}: 6 infirmiers",
                format!("{at}/elargir"),
            )
            .first(),
            Action::button(
                format!("cas-{index}-voisins"),
                "Réseau voisin, Val d’Orge\u{a0}: 4",
                format!("{at}/voisins"),
            ),
            Action::button(
                format!("cas-{index}-demain"),
                "Revoir son infirmière demain",
                format!("{at}/demain"),
            ),
        ],
        why: vec![
            ("Refus".to_owned(), "3".to_owned()),
            ("Vus, sans réponse".to_owned(), "4".to_owned()),
            ("Jamais remis".to_owned(), "2".to_owned()),
        ],
        left_out: vec![
            ("Distance".to_owned(), "11".to_owned()),
            ("Indisponible".to_owned(), "3".to_owned()),
        ],
        calls: vec![(
            "Mme\u{a0}Aubry, 2\u{a0}km".to_owned(),
            "+33199004107".to_owned(),
        )],
        acts: vec![
            Action::button(
                format!("cas-{index}-prendre"),
                "Je m’en occupe",
                format!("{at}/prendre"),
            )
            .icon(Icon::HandBold),
            Action::button(
                format!("cas-{index}-relancer"),
                "Relancer",
                format!("{at}/relancer"),
            )
            .icon(Icon::ArrowClockwiseBold),
            Action::button(
                format!("cas-{index}-clore"),
                "Terminer",
                format!("{at}/clore"),
            )
            .with(vec![ActionField::Select(
                "outcome",
                "Comment cela se termine".to_owned(),
                Choice::list(&[
                    ("no-taker", "Sans preneur, patient prévenu"),
                    ("phone-advice", "Conseil par téléphone"),
                ]),
            )])
            .says("Terminer la demande"),
        ],
    }
}

impl Sample for HandPage {
    const NAME: &'static str = "coup-de-main";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many| Self {
            desk: sample_desk("Besoin d’un coup de main", "/coup-de-main"),
            cases: (0..many).map(sample_case).collect(),
            empty: "Personne n’attend. La dernière demande sans réponse date de 11\u{a0}h\u{a0}40."
                .to_owned(),
        };
        vec![
            ("vide", page(0)),
            ("courant", page(2)),
            ("extreme", page(40)),
        ]
    }
}
