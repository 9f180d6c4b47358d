//! The page of one request (mock-up 03): where it is, who was asked and why, what was said, what
//! happened, what can be done. The identity appears only on the answer to *Voir l'identité*.

use askama::Template;

use super::{Sample, sample_desk};
use crate::icon::Icon;
use crate::parts::{Action, ActionField, Choice, Desk, Form, Glyph, Stage, State, Tone};

/// Time left, in words.
#[derive(Clone, Debug)]
pub struct Left {
    /// `41 min`
    pub words: String,
    /// `restantes`, `avant ouverture à la communauté`
    pub of: String,
    /// `15:13`
    pub until: String,
    /// The same in milliseconds.
    pub until_ms: i64,
}

/// One test of R5, for one professional.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Whether it was met.
    pub ok: bool,
    /// In words, quantified: `21 km, son rayon est de 10 km`.
    pub words: String,
}

/// What was decided about one professional.
#[derive(Clone, Debug)]
pub struct VerdictRow {
    /// The professional.
    pub name: String,
    /// `Évry, 1,2 km`
    pub place: String,
    /// The answer, or *Écarté*.
    pub answer: State,
    /// `14:15`
    pub at: String,
    /// The tests, in order.
    pub criteria: Vec<Criterion>,
    /// A remark (fallback used, …).
    pub remark: String,
}

/// A receipt of a message.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Whether it is good news.
    pub ok: bool,
    /// `remis à 14:13:08`
    pub words: String,
}

/// A message sent or received.
#[derive(Clone, Debug)]
pub struct Message {
    /// `À la patiente`
    pub to: String,
    /// `SMS · 14:13`
    pub how: String,
    /// The exact text.
    pub text: String,
    /// Whether it came in.
    pub incoming: bool,
    /// What became of it.
    pub receipts: Vec<Receipt>,
    /// One of the many to whoever was asked, with nothing wrong: folded away when there are many.
    pub ordinary: bool,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// `14:21`
    pub at: String,
    /// Its sign.
    pub glyph: Glyph,
    /// One sentence.
    pub text: String,
    /// Its consequence, or its reason.
    pub more: String,
}

/// A patient's identity, shown after a named act.
#[derive(Clone, Debug)]
pub struct Identity {
    /// `TERVAUX-MAKI Elio`
    pub name: String,
    /// Label and value.
    pub lines: Vec<(String, String)>,
    /// The number to dial, in international form.
    pub tel: String,
}

/// The page of one request.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/request.html")]
pub struct RequestPage {
    /// The frame.
    pub desk: Desk,
    /// The request's identifier.
    pub id: String,
    /// `D-4812`
    pub code: String,
    /// Its state.
    pub state: State,
    /// `lancée à 13:13 par Lina K. · appel téléphonique`
    pub lead: String,
    /// `Consultation, mal de dos. Femme, 45 ans, Évry-Courcouronnes`
    pub title: String,
    /// The time left, while it runs.
    pub left: Option<Left>,
    /// `19:00`, or empty.
    pub care_until: String,
    /// A sentence about the state, when one is needed (pause, closure, transfer).
    pub note: String,
    /// Its photos.
    pub photos: super::Photos,
    /// Whether who saw the patient's data may be listed.
    pub rights: bool,
    /// The way to its thread.
    pub thread: super::ThreadLink,
    /// Where the note to the usual doctor stands, once one was signed: never what it says.
    pub way: Option<super::NoteWay>,
    /// What the patient wants of being told and written about.
    pub wishes: super::WishesPart,
    /// Mailboxes a note that failed can be sent to again.
    pub again: Vec<String>,
    /// The stages.
    pub stages: Vec<Stage>,
    /// How many were asked.
    pub asked: u32,
    /// How many were left out.
    pub left_out: u32,
    /// `distance 11, indisponible 8`
    pub reasons: String,
    /// Who was asked.
    pub verdicts: Vec<VerdictRow>,
    /// To whom it is offered no more, folded: somebody has the patient, or it ended.
    pub over: Vec<VerdictRow>,
    /// Who was left out, folded, nearest first.
    pub others: Vec<VerdictRow>,
    /// How many more were left out and are not in the page.
    pub hidden: usize,
    /// Whether everybody left out was asked for.
    pub all: bool,
    /// Messages, oldest first.
    pub messages: Vec<Message>,
    /// The need: label and value.
    pub facts: Vec<(String, String)>,
    /// What happened, newest first.
    pub events: Vec<Event>,
    /// The way to what happened before, when not all of it is shown.
    pub older_events: Option<String>,
    /// The way to earlier messages, when not all are shown.
    pub older_messages: Option<String>,
    /// The actions of the head of the page.
    pub first: Vec<Action>,
    /// The others.
    pub acts: Vec<Action>,
    /// The identity, once asked for.
    pub identity: Option<Identity>,
    /// What was wrong with an action, if anything.
    pub form: Form,
}

/// Messages of the ordinary kind shown without being asked for.
const ORDINARY_SHOWN: usize = 6;

impl RequestPage {
    fn ordinary(&self) -> impl Iterator<Item = &Message> {
        let many = self.messages.iter().filter(|one| one.ordinary).count() > ORDINARY_SHOWN;
        self.messages.iter().filter(move |one| many && one.ordinary)
    }

    fn telling(&self) -> impl Iterator<Item = &Message> {
        let many = self.ordinary().next().is_some();
        self.messages
            .iter()
            .filter(move |one| !(many && one.ordinary))
    }

    fn folded(&self) -> usize {
        self.others.len() + self.hidden
    }

    fn query(&self) -> &'static str {
        if self.all { "?tous=oui" } else { "" }
    }
}

/// The moving part of the page alone.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/request.html")]
pub struct RequestPart {
    /// The page whose part it is.
    pub page: RequestPage,
}

fn ok(words: &str) -> Criterion {
    Criterion {
        ok: true,
        words: words.to_owned(),
    }
}

fn no(words: &str) -> Criterion {
    Criterion {
        ok: false,
        words: words.to_owned(),
    }
}

fn verdict(
    name: &str,
    place: &str,
    answer: State,
    at: &str,
    criteria: Vec<Criterion>,
) -> VerdictRow {
    VerdictRow {
        name: name.to_owned(),
        place: place.to_owned(),
        answer,
        at: at.to_owned(),
        criteria,
        remark: String::new(),
    }
}

fn event(at: &str, tone: Tone, icon: Icon, text: &str, more: &str) -> Event {
    Event {
        at: at.to_owned(),
        glyph: Glyph { tone, icon },
        text: text.to_owned(),
        more: more.to_owned(),
    }
}

fn sample(many: usize) -> RequestPage {
    let at = "/demandes/req_01JD0000000000000000000001";
    let seen = State::new(Tone::Community, Icon::Eye, "Vu");
    let out = State::new(Tone::Closed, Icon::Prohibit, "Écarté");
    let far = "21\u{a0}km, son rayon est de 10\u{a0}km";
    RequestPage {
        desk: sample_desk("Demande D-4812", "/demandes"),
        id: "req_01JD0000000000000000000001".to_owned(),
        code: "D-4812".to_owned(),
        state: State::new(Tone::Community, Icon::UsersThree, "Communauté sollicitée"),
        lead: "lancée à 13:13 par Lina K. · appel téléphonique".to_owned(),
        title: "Consultation, mal de dos. Femme, 45\u{a0}ans, Évry-Courcouronnes".to_owned(),
        left: Some(Left {
            words: "41\u{a0}min".to_owned(),
            of: "restantes".to_owned(),
            until: "15:13".to_owned(),
            until_ms: super::SAMPLE_NOW + 2_460_000,
        }),
        care_until: "19:00".to_owned(),
        note: String::new(),
        photos: super::Photos::sample(),
        rights: true,
        thread: super::ThreadLink::sample(),
        way: Some(super::NoteWay::sample()),
        wishes: super::WishesPart::sample(many > 4),
        again: vec!["cabinet.tervaux@medecin.mssante.example".to_owned()],
        stages: vec![
            Stage {
                tone: Tone::Usual,
                icon: Icon::Stethoscope,
                name: "Médecin traitant".to_owned(),
                from: "13:13".to_owned(),
                to: "14:13".to_owned(),
                text: "Dr\u{a0}Sorrel seul. Vu à 13:20, pas de réponse.".to_owned(),
                spent: Some(100),
                current: false,
            },
            Stage {
                tone: Tone::Community,
                icon: Icon::UsersThree,
                name: "Communauté".to_owned(),
                from: "14:13".to_owned(),
                to: "15:13".to_owned(),
                text: "7 médecins à moins de 10\u{a0}km. 4 vus, 2 refus.".to_owned(),
                spent: Some(32),
                current: true,
            },
            Stage {
                tone: Tone::Community,
                icon: Icon::ArrowsOutSimpleBold,
                name: "Plus loin".to_owned(),
                from: String::new(),
                to: String::new(),
                text: "À 14:53 si personne. Réseau voisin\u{a0}: 9 de plus.".to_owned(),
                spent: None,
                current: false,
            },
            Stage {
                tone: Tone::Hand,
                icon: Icon::HandBold,
                name: "Coup de main".to_owned(),
                from: String::new(),
                to: String::new(),
                text: "À 15:13. La demande revient à l’opératrice, jamais perdue.".to_owned(),
                spent: None,
                current: false,
            },
        ],
        asked: 7,
        left_out: 23,
        reasons: "distance 11, indisponible 8, plafond du jour 4".to_owned(),
        verdicts: (0..many)
            .map(|_| {
                verdict(
                    "Dr\u{a0}Corvo",
                    "Évry, 1,2\u{a0}km",
                    seen.clone(),
                    "14:15",
                    vec![ok("profession"), ok("consultation"), ok("1,2 sur 10\u{a0}km"), ok("2 sur 5 aujourd’hui")],
                )
            })
            .collect(),
        over: (0..many)
            .filter(|_| many > 4)
            .map(|_| {
                let back = State::new(Tone::Closed, Icon::ArrowUUpLeft, "Retirée");
                verdict("Dr\u{a0}Aubrac", "Ris-Orangis, 4\u{a0}km", back, "14:33", vec![ok("profession")])
            })
            .collect(),
        others: (0..many)
            .map(|_| verdict("Dr\u{a0}Marquenne", "Massy, 21\u{a0}km", out.clone(), "", vec![ok("profession"), no(far)]))
            .collect(),
        hidden: many,
        all: false,
        messages: vec![
            Message {
                to: "À la patiente".to_owned(),
                how: "SMS · 14:13".to_owned(),
                text: "SNP91: nous cherchons encore un medecin pour vous. Prochain message a 15h. Si cela s'aggrave: 15.".to_owned(),
                incoming: false,
                ordinary: false,
                receipts: vec![Receipt { ok: true, words: "remis à 14:13:08".to_owned() }],
            },
            Message {
                to: "De la patiente".to_owned(),
                how: "SMS · 14:20".to_owned(),
                text: "Je peux me deplacer jusqu'a 18h".to_owned(),
                incoming: true,
                ordinary: false,
                receipts: vec![],
            },
            Message {
                to: "À Dr\u{a0}Tellier-Vanne".to_owned(),
                how: "notification · 14:13".to_owned(),
                text: "SNP\u{a0}: consultation MG, Évry (6\u{a0}km), avant 19\u{a0}h, 60\u{a0}min pour répondre".to_owned(),
                incoming: false,
                ordinary: false,
                receipts: vec![
                    Receipt { ok: false, words: "pas d’accusé après 3\u{a0}min".to_owned() },
                    Receipt { ok: true, words: "SMS de secours remis à 14:16:11".to_owned() },
                ],
            },
        ],
        facts: vec![
            ("Motifs".to_owned(), "Mal de dos, sans fièvre".to_owned()),
            ("Gravité".to_owned(), "Aucun de 11 signes d’alerte".to_owned()),
            ("Lieu".to_owned(), "Consultation, se déplace".to_owned()),
            ("Médecin traitant".to_owned(), "Dr\u{a0}Sorrel, injoignable".to_owned()),
            ("Commentaire".to_owned(), "Libre jusqu’à 18\u{a0}h".to_owned()),
        ],
        older_events: None,
        older_messages: None,
        events: sample_events(),
        first: vec![
            Action::button("identite", "Voir l’identité", format!("{at}/identite"))
                .icon(Icon::EyeBold)
                .with(vec![ActionField::Text("reason", "Pourquoi".to_owned(), "Inscrit au journal.".to_owned())])
                .says("Voir l’identité"),
            Action::button("annuler", "Annuler la demande", format!("{at}/annuler"))
                .with(vec![ActionField::Select("reason", "Raison".to_owned(), Choice::list(&[("patient", "Le patient annule")]))]),
            Action::button("elargir", "Élargir maintenant", format!("{at}/elargir")).first(),
        ],
        acts: vec![
            Action::button("pause", "Mettre en pause", format!("{at}/pause")).icon(Icon::PauseBold),
            Action::button("relancer", "Relancer", format!("{at}/relancer")).icon(Icon::ArrowClockwiseBold),
        ],
        identity: None,
        form: Form::default(),
    }
}

pub(super) fn sample_events() -> Vec<Event> {
    vec![
        event(
            "14:21",
            Tone::Closed,
            Icon::Eye,
            "Identité consultée par Lina K.",
            "Motif\u{a0}: réponse de la patiente",
        ),
        event(
            "14:19",
            Tone::Closed,
            Icon::XCircle,
            "Refus de Dr\u{a0}Aubrac",
            "Sans motif, c’est son droit",
        ),
        event(
            "14:13",
            Tone::Community,
            Icon::UsersThree,
            "Ouverte à la communauté",
            "Le délai réservé est écoulé",
        ),
        event(
            "13:13",
            Tone::Usual,
            Icon::Stethoscope,
            "Dr\u{a0}Sorrel sollicité, seul",
            "Notification remise en 2\u{a0}s",
        ),
    ]
}

impl Sample for RequestPage {
    const NAME: &'static str = "demande";

    fn samples() -> Vec<(&'static str, Self)> {
        let mut empty = sample(0);
        empty.stages.clear();
        empty.left = None;
        empty.messages.clear();
        empty.events.clear();
        empty.acts.clear();
        empty.asked = 0;
        empty.left_out = 0;
        empty.reasons.clear();
        empty.note = "Le médecin régulateur doit la qualifier avant qu’elle parte.".to_owned();
        empty.state = State::new(Tone::Qualify, Icon::ClipboardText, "À qualifier");
        let mut known = sample(40);
        known.desk.toast = Some(super::sample_toast(
            "D-4818 acceptée par Dr\u{a0}Berthaud, 16:40",
        ));
        known.identity = Some(Identity {
            name: super::LONG.to_owned(),
            lines: vec![
                ("Née le".to_owned(), "4 mars 1981, 45\u{a0}ans".to_owned()),
                ("Téléphone".to_owned(), "aucun".to_owned()),
                (
                    "Adresse".to_owned(),
                    "8 allée des Tilleuls, 91120 Palaiseau".to_owned(),
                ),
            ],
            tel: String::new(),
        });
        known.form = Form::default().wrong("annuler-reason", "Dites pourquoi vous annulez");
        known.desk.title = "Erreur\u{a0}: demande D-4812".to_owned();
        vec![("vide", empty), ("courant", sample(4)), ("extreme", known)]
    }
}
