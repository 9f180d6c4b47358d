//! The history of a request in sentences: what happened, and what it changes for somebody.

use super::labels;
use super::when::{When, duration};
use relais_core::access::Actor;
use relais_core::cascade::{Clip, Event, Launch};
use relais_core::ids::{OfferId, ProfessionalId, UserId};
use relais_core::matching::{Test, Verdict};
use relais_core::request::{
    Appointment, CancelledBy, OfferStatus, RefusalReason, Stage, WithdrawReason,
};
use relais_core::time::Instant;

/// Most names told before a number is told instead.
const NAMES_MAX: usize = 3;

/// Names of those who act: professionals and staff, never a patient.
pub trait Names {
    /// `Dr Sorrel`.
    fn professional(&self, id: ProfessionalId) -> String;
    /// `Lina K.`.
    fn user(&self, id: UserId) -> String;
    /// The professional an offer was made to.
    fn offer(&self, id: OfferId) -> String;
}

/// `par Claire Morel au nom de Dr Leroy`, when it is a secretary who acts.
pub fn in_name(actor: &Actor, names: &dyn Names) -> Option<String> {
    let professional = actor.in_name_of()?;
    Some(format!(
        "par {} au nom de {}",
        names.user(actor.user),
        names.professional(professional)
    ))
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Instant,
    /// What happened.
    pub sentence: String,
    /// What it changes.
    pub consequence: Option<String>,
}

/// The line of an event; none when nobody needs to read it.
pub fn event(event: &Event, names: &dyn Names, when: &When<'_>) -> Option<Entry> {
    let (at, sentence, consequence) = match event {
        Event::Raised { at } => (*at, "Demande enregistrée".to_owned(), None),
        Event::EnteredLate { .. } | Event::PassedByPhone { .. } | Event::TakenByPhone { .. } => {
            by_phone(event, names, when)?
        }
        Event::SentToQualify { at, .. } => {
            let after = "Personne n’est sollicité avant".to_owned();
            (
                *at,
                "À qualifier par le médecin régulateur".to_owned(),
                Some(after),
            )
        }
        Event::Qualified { at, by } => (*at, format!("Qualifiée par {}", names.user(*by)), None),
        Event::Launched(launch) => launched(launch, when),
        Event::UsualSkipped { at, why } => {
            let why = labels::skip_reason(*why).to_owned();
            (
                *at,
                "Professionnel habituel non sollicité".to_owned(),
                Some(why),
            )
        }
        Event::Judged { at, verdicts, .. } => judged(*at, verdicts),
        Event::StageOpened { at, stage, until } => {
            let opened = match stage {
                Stage::Usual => "Professionnel habituel sollicité d’abord",
                Stage::Community => "Ouverte à la communauté",
                Stage::Neighbours => "Ouverte plus loin",
            };
            (*at, opened.to_owned(), Some(capital(&when.until(*until))))
        }
        Event::Offered { at, offers } => {
            let asked = offers
                .iter()
                .map(|offer| names.professional(offer.professional));
            (*at, format!("Demande adressée à {}", people(asked)), None)
        }
        Event::OfferedHour { at, offer, hour } => {
            let (hour, name) = (when.moment(*hour), names.professional(offer.professional));
            let sentence = format!("L’heure libérée de {hour} est proposée à {name}");
            (*at, sentence, None)
        }
        Event::Scheduled { .. } => return None,
        Event::OfferSent { at, offer } => (
            *at,
            format!("Message parti vers {}", names.offer(*offer)),
            None,
        ),
        Event::OfferDelivered { at, offer } => (
            *at,
            format!("Message remis à {}", names.offer(*offer)),
            None,
        ),
        Event::OfferSeen { at, offer } => (*at, format!("Vue par {}", names.offer(*offer)), None),
        Event::Refused { .. }
        | Event::Accepted { .. }
        | Event::Withdrawn { .. }
        | Event::Lapsed { .. }
        | Event::Released { .. } => answered(event, names, when)?,
        Event::BecameUnfilled { .. }
        | Event::Reminded { .. }
        | Event::PatientTold { .. }
        | Event::TakenInHand { .. }
        | Event::Edited { .. }
        | Event::Paused { .. }
        | Event::Resumed { .. } => steered(event, names, when)?,
        Event::AppointmentSet { .. }
        | Event::ClosureReminded { .. }
        | Event::Cancelled { .. }
        | Event::Transferred15 { .. }
        | Event::Closed { .. } => ended(event, names, when)?,
    };
    Some(Entry {
        at,
        sentence,
        consequence,
    })
}

/// What was lived on paper is told with its true hour: the row's own is the hour of the entry.
fn by_phone(event: &Event, names: &dyn Names, when: &When<'_>) -> Option<Line> {
    Some(match event {
        Event::EnteredLate { at, happened_at } => {
            let after = format!("Appel reçu {}", when.at(*happened_at));
            (*at, "Saisie après coup".to_owned(), Some(after))
        }
        Event::PassedByPhone { at, offer } => {
            let name = names.professional(offer.professional);
            let after = match offer.status {
                OfferStatus::Refused { reason, .. } => labels::refusal_reason(reason).to_owned(),
                _ => String::new(),
            };
            let sentence = format!("Refus de {name} au téléphone, {}", when.at(*at));
            (*at, sentence, Some(after).filter(|text| !text.is_empty()))
        }
        Event::TakenByPhone {
            at,
            offer,
            appointment,
            ..
        } => {
            let name = names.professional(offer.professional);
            let sentence = format!("Acceptée par {name} au téléphone, {}", when.at(*at));
            let after = capital(&labels::appointment(*appointment, when));
            (*at, sentence, Some(after))
        }
        _ => return None,
    })
}

type Line = (Instant, String, Option<String>);

fn launched(launch: &Launch, when: &When<'_>) -> Line {
    let sentence = match launch.round {
        0 | 1 => "Recherche lancée".to_owned(),
        round => format!("Recherche relancée, {round}e fois"),
    };
    let clip = match launch.clip {
        Clip::None => String::new(),
        clip @ (Clip::Closing | Clip::Floor | Clip::CareDeadline) => {
            format!(", {}", labels::clip(clip))
        }
    };
    let after = format!("Réponses attendues {}{clip}", when.until(launch.deadline));
    (launch.at, sentence, Some(after))
}

/// `7 à solliciter, 23 écartés : distance 11, indisponible 8, plafond du jour 4`.
fn judged(at: Instant, verdicts: &[Verdict]) -> Line {
    let asked = verdicts.iter().filter(|verdict| verdict.asked()).count();
    let sentence = match asked {
        0 => "Personne à solliciter".to_owned(),
        _ => format!("{asked} à solliciter"),
    };
    (at, sentence, excluded(verdicts))
}

/// `23 écartés : distance 11, indisponible 8`; none when nobody was left out.
pub fn excluded(verdicts: &[Verdict]) -> Option<String> {
    let failing = |test: &Test| {
        let first = verdicts.iter().filter_map(Verdict::first_failure);
        first.filter(|finding| finding.test == *test).count()
    };
    let mut counts: Vec<_> = Test::ALL
        .iter()
        .map(|test| (failing(test), *test))
        .collect();
    counts.retain(|(count, _)| *count > 0);
    counts.sort_by_key(|(count, test)| (std::cmp::Reverse(*count), *test));
    let total: usize = counts.iter().map(|(count, _)| count).sum();
    let word = match total {
        0 => return None,
        1 => "écarté",
        _ => "écartés",
    };
    let parts: Vec<_> = counts
        .iter()
        .map(|(n, test)| format!("{} {n}", labels::test_counted(*test)))
        .collect();
    Some(format!("{total} {word}\u{a0}: {}", parts.join(", ")))
}

fn people(names: impl ExactSizeIterator<Item = String>) -> String {
    match names.len() {
        count if count > NAMES_MAX => format!("{count} professionnels"),
        _ => names.collect::<Vec<_>>().join(", "),
    }
}

fn answered(event: &Event, names: &dyn Names, when: &When<'_>) -> Option<Line> {
    Some(match event {
        Event::Refused {
            at,
            professional,
            reason,
            ..
        } => {
            let name = names.professional(*professional);
            let reason: RefusalReason = *reason;
            let why = labels::refusal_reason(reason).to_owned();
            (*at, format!("Refus de {name}"), Some(why))
        }
        Event::Accepted {
            at,
            professional,
            supervisor,
            appointment,
            late,
            ..
        } => {
            let name = names.professional(*professional);
            let late = if *late { ", après le délai" } else { "" };
            let mut after = capital(&labels::appointment(*appointment, when));
            if let Some(supervisor) = supervisor {
                let senior = names.professional(*supervisor);
                after = format!("{after}, sous la responsabilité de {senior}");
            }
            (*at, format!("Acceptée par {name}{late}"), Some(after))
        }
        Event::Withdrawn { at, offers, why } => {
            let told = people(offers.iter().map(|offer| names.offer(*offer)));
            match why {
                WithdrawReason::Taken => {
                    let after = "Leur notification dit «\u{a0}Pourvu\u{a0}»".to_owned();
                    (*at, format!("Pourvu, dit à {told}"), Some(after))
                }
                WithdrawReason::Cancelled
                | WithdrawReason::NoLongerFits
                | WithdrawReason::RightEnded
                | WithdrawReason::Transferred15
                | WithdrawReason::Closed
                | WithdrawReason::Released => {
                    let after = labels::withdraw_reason(*why).to_owned();
                    (*at, format!("Retirée à {told}"), Some(after))
                }
            }
        }
        Event::Lapsed { at, offers } => {
            let told = people(offers.iter().map(|offer| names.offer(*offer)));
            let after = "Un oui reste possible tant que personne ne l’a prise".to_owned();
            (*at, format!("Délai passé pour {told}"), Some(after))
        }
        Event::Released {
            at, professional, ..
        } => {
            let name = names.professional(*professional);
            let after = "La recherche reprend auprès des autres".to_owned();
            (*at, format!("Désistement de {name}"), Some(after))
        }
        _ => return None,
    })
}

fn steered(event: &Event, names: &dyn Names, when: &When<'_>) -> Option<Line> {
    let reminder = |next: Instant| Some(format!("Rappel {}", when.at(next)));
    Some(match event {
        Event::BecameUnfilled { at, why, remind_at } => {
            let why = labels::unfilled_reason(*why);
            let after = format!("{why}. Rappel {}", when.at(*remind_at));
            (*at, "Besoin d’un coup de main".to_owned(), Some(after))
        }
        Event::Reminded { at, next } => {
            (*at, "Rappel au poste d’écoute".to_owned(), reminder(*next))
        }
        Event::PatientTold { at, next } => {
            let after = next.map(|next| format!("Prochain message {}", when.at(next)));
            (*at, "Le patient est tenu au courant".to_owned(), after)
        }
        Event::TakenInHand { at, by, remind_at } => (
            *at,
            format!("Prise en main par {}", names.user(*by)),
            reminder(*remind_at),
        ),
        Event::Edited {
            at,
            by,
            care_deadline,
            ..
        } => {
            let after = format!("À voir {}", when.before(*care_deadline));
            (
                *at,
                format!("Besoin modifié par {}", names.user(*by)),
                Some(after),
            )
        }
        Event::Paused { at, by, until } => {
            let after = format!("Le délai est arrêté, {} au plus", when.until(*until));
            (
                *at,
                format!("Mise en pause par {}", names.user(*by)),
                Some(after),
            )
        }
        Event::Resumed { at, by, shift } => {
            let sentence = match by {
                Some(by) => format!("Reprise par {}", names.user(*by)),
                None => "Reprise, l’échéance de soin est atteinte".to_owned(),
            };
            (
                *at,
                sentence,
                Some(format!("Délais décalés de {}", duration(*shift))),
            )
        }
        _ => return None,
    })
}

fn ended(event: &Event, names: &dyn Names, when: &When<'_>) -> Option<Line> {
    Some(match event {
        Event::AppointmentSet {
            at,
            by,
            accepter,
            appointment,
            ..
        } => {
            let name = match accepter {
                Some(professional) => names.professional(*professional),
                None => names.user(*by),
            };
            let what = match appointment {
                Appointment::At(_) | Appointment::Between(_, _) => "Rendez-vous fixé",
                Appointment::Call(_) => "Appel au patient prévu",
                Appointment::ToBeSet => "Heure laissée ouverte",
            };
            let after = capital(&labels::appointment(*appointment, when));
            (*at, format!("{what} par {name}"), Some(after))
        }
        Event::ClosureReminded { at, due_at } => {
            let after = format!("Nouveau rappel {}", when.at(*due_at));
            (*at, "Clôture demandée".to_owned(), Some(after))
        }
        Event::Cancelled { at, by, who } => {
            let what = match who {
                CancelledBy::Patient => "Annulée à la demande du patient",
                CancelledBy::Requester => "Annulée à la demande du demandeur",
                CancelledBy::Operator => "Annulée à la demande de l’opérateur",
                CancelledBy::Undo => "Lancement repris, l’appel est de nouveau au poste",
            };
            let after = format!("Par {}", names.user(*by));
            (*at, what.to_owned(), Some(after))
        }
        Event::Transferred15 { at, by } => (
            *at,
            format!("Transférée au 15 par {}", names.user(*by)),
            None,
        ),
        Event::Closed { at, by, closure } => {
            let outcome = labels::closure(*closure).to_owned();
            (*at, format!("Close par {}", names.user(*by)), Some(outcome))
        }
        _ => return None,
    })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests;
