//! A professional's own switches (mock-up 07): in two taps, available or not, and how much more.

use askama::Template;

use super::{Sample, sample_phone};
use crate::icon::Icon;
use crate::parts::{Choice, Form, Phone, PhoneTab, State, Tone};

/// A figure of one's own.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What it counts.
    pub label: String,
    /// The count.
    pub value: String,
    /// Of what it is a part: `sur 23`; empty for the first.
    pub base: String,
}

/// A professional's quarter, up to now.
#[derive(Clone, Debug)]
pub struct QuarterSheet {
    /// `Depuis le 1er octobre`
    pub since: String,
    /// What was asked, and what came of it; empty when nothing was.
    pub figures: Vec<Figure>,
    /// `Temps de réponse médian : 4 min, sur 18 réponses.`; empty without an answer.
    pub median: String,
    /// `Vous avez reçu 12 patients et en avez confié 9.`
    pub sentence: String,
    /// What passed between them and their colleagues.
    pub balance: Vec<Figure>,
}

/// A yes or a no about how one is reached.
#[derive(Clone, Debug)]
pub struct Switch {
    /// Its field.
    pub name: &'static str,
    /// `Silence de 20 h à 8 h`
    pub label: String,
    /// Whether it is on.
    pub on: bool,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/activity.html")]
pub struct ActivityPage {
    /// The frame.
    pub phone: Phone,
    /// What was typed and what is wrong.
    pub form: Form,
    /// `Disponible`, `Indisponible jusqu’à demain 8 h`
    pub now: State,
    /// Whether solicitations come now.
    pub available: bool,
    /// What that means, in a sentence.
    pub sentence: String,
    /// Where its forms lead: `/activite`, with in whose name for who answers in somebody's.
    pub here: String,
    /// Seen by the professional, not by who answers in their name.
    pub own: bool,
    /// Days away that are not over.
    pub absences: Vec<AbsenceRow>,
    /// How many patients they still see; none without a limit.
    pub left: Option<u16>,
    /// `jusqu’à 18 h`
    pub until: String,
    /// Whether the notifications of a browser of theirs were seen, in a few words.
    pub notified: String,
    /// Whether the day of a longer absence was typed wrong: it is shown again.
    pub away_again: bool,
    /// What is accepted: the modes.
    pub modes: Vec<Choice>,
    /// How one is reached, as switches.
    pub switches: Vec<Switch>,
    /// Whether the hours of the silence were typed wrong: they are shown again.
    pub silence_again: bool,
    /// Whether the days of an absence were typed wrong: they are shown again.
    pub absence_again: bool,
    /// The daily maximum's options.
    pub maximums: Vec<Choice>,
    /// Figures of this professional, this quarter; none for who answers in their name.
    pub quarter: Option<QuarterSheet>,
    /// The address of the account's end of session.
    pub person: String,
}

/// Some days away, said in advance.
#[derive(Debug, Clone)]
pub struct AbsenceRow {
    /// `du 27 juillet 2026 au 3 août 2026`
    pub days: String,
    /// First day, ISO.
    pub from: String,
    /// Last day, ISO.
    pub to: String,
    /// What falls in them: appointments that stay, who stands in.
    pub lines: Vec<String>,
}

impl Sample for ActivityPage {
    const NAME: &'static str = "activite";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |available: bool, left: Option<u16>| {
            let now = if available {
                State::new(Tone::Taken, Icon::CheckCircle, "Disponible")
            } else {
                State::new(Tone::Closed, Icon::Prohibit, "Indisponible")
            };
            let mut phone = sample_phone("Mon activité", PhoneTab::Activity);
            phone.state = Some(now.clone());
            Self {
                phone,
                form: Form::default()
                    .with("modes", "consultation")
                    .with("daily_maximum", "5"),
                now,
                available,
                sentence: if available {
                    "Vous êtes sollicité selon vos réglages.".to_owned()
                } else {
                    "Vous n’êtes pas sollicité jusqu’à demain 8\u{a0}h.".to_owned()
                },
                here: "/activite".to_owned(),
                own: true,
                absences: vec![AbsenceRow {
                    days: "du 27\u{a0}juillet 2026 au 3\u{a0}août 2026".to_owned(),
                    from: "2026-07-27".to_owned(),
                    to: "2026-08-03".to_owned(),
                    lines: vec!["2\u{a0}rendez-vous déjà donnés ces jours-là.".to_owned()],
                }],
                left,
                until: "jusqu’à 18\u{a0}h".to_owned(),
                notified: "Vue le 2\u{a0}novembre à 10\u{a0}h".to_owned(),
                away_again: false,
                modes: Choice::list(&[
                    ("consultation", "Cabinet"),
                    ("visit", "Visite"),
                    ("teleconsultation", "Vidéo"),
                ]),
                switches: [
                    ("hides", "Motif caché sur l’écran verrouillé", true),
                    ("quiet", "Silence de 20\u{a0}h à 8\u{a0}h", true),
                    (
                        "by_sms",
                        "SMS si la notification n’arrive pas en 3\u{a0}min",
                        false,
                    ),
                    (
                        "own_only",
                        "Seulement les patients qui m’ont déclaré",
                        false,
                    ),
                ]
                .into_iter()
                .map(|(name, label, on)| Switch {
                    name,
                    label: label.to_owned(),
                    on,
                })
                .collect(),
                silence_again: false,
                absence_again: false,
                maximums: Choice::list(&[
                    ("", "Sans limite"),
                    ("3", "3 sollicitations"),
                    ("5", "5 sollicitations"),
                ]),
                quarter: Some(QuarterSheet::sample()),
                person: "Dr\u{a0}Ysaline Corvo".to_owned(),
            }
        };
        let mut empty = page(false, None);
        empty.quarter = Some(QuarterSheet {
            figures: Vec::new(),
            balance: Vec::new(),
            ..QuarterSheet::sample()
        });
        empty.absences.clear();
        let mut in_name = page(true, None);
        in_name.quarter = None;
        in_name.own = false;
        let mut wrong = page(true, Some(1));
        wrong.form = wrong.form.wrong("away_until", "Ce jour est passé");
        wrong.away_again = true;
        wrong.phone.title = "Erreur\u{a0}: mon activité".to_owned();
        let mut long = page(true, Some(50));
        super::LONG.clone_into(&mut long.person);
        vec![
            ("vide", empty),
            ("au-nom", in_name),
            ("courant", page(true, Some(2))),
            ("erreur", wrong),
            ("extreme", long),
        ]
    }
}

impl QuarterSheet {
    fn sample() -> Self {
        let figure = |label: &str, value: &str, base: &str| Figure {
            label: label.to_owned(),
            value: value.to_owned(),
            base: base.to_owned(),
        };
        Self {
            since: "Depuis le 1er\u{a0}octobre".to_owned(),
            figures: vec![
                figure("Demandes reçues", "23", ""),
                figure("Réponses", "18", "sur 23"),
                figure("Prises en charge", "14", "sur 23"),
                figure("Patients vus", "11", "sur 14"),
                figure("Patients absents", "1", "sur 14"),
            ],
            median: "Temps de réponse médian\u{a0}: 4\u{a0}min, sur 18\u{a0}réponses.".to_owned(),
            sentence: "Vous avez reçu 12\u{a0}patients et en avez confié 12.".to_owned(),
            balance: vec![
                figure("Patients reçus", "12", "sur 14 pris"),
                figure("Patients adressés", "9", "sur 11 demandes"),
                figure("Vos patients pris par un confrère", "3", "sur 5 demandes"),
            ],
        }
    }
}

impl ActivityPage {
    fn is_none_left(&self) -> bool {
        self.left.is_none_or(|left| left == 0)
    }
}
