//! Each event's sentence, and the words of those left out.

use super::*;
use jiff::tz::TimeZone;
use relais_core::cascade::Policy;
use relais_core::ids::NetworkId;
use relais_core::matching::{Finding, Measure};
use relais_core::people::{Mode, Profession};
use relais_core::request::{Appointment, Closure, Need, Offer, SkipReason, UnfilledReason};
use relais_core::slug::Slug;
use relais_core::time::Duration;

struct Known;

impl Names for Known {
    fn professional(&self, _: ProfessionalId) -> String {
        "Dr Sorrel".to_owned()
    }
    fn user(&self, _: UserId) -> String {
        "Lina K.".to_owned()
    }
    fn offer(&self, _: OfferId) -> String {
        "Dr Aubrac".to_owned()
    }
}

const AT: Instant = Instant::from_millis(36_000_000);

fn line(happened: &Event) -> Option<String> {
    let (now, zone) = (AT, TimeZone::UTC);
    let entry = event(happened, &Known, &When::new(now, &zone))?;
    let after = entry
        .consequence
        .map_or_else(String::new, |after| format!(" / {after}"));
    Some(format!("{}{after}", entry.sentence).replace('\u{a0}', " "))
}

fn need() -> Box<Need> {
    Box::new(Need {
        profession: Profession::Gp,
        specialty: None,
        care: Slug::new("soin").unwrap(),
        mode: Mode::Consultation,
        within_hours: 24,
        motives: vec![Slug::new("toux").unwrap()],
        comment: String::new(),
        series: None,
        cooperations: std::collections::BTreeSet::new(),
    })
}

fn people_who_answer() -> Vec<(Event, &'static str)> {
    let (offer, professional) = (OfferId::from_bits(1), ProfessionalId::from_bits(2));
    let later = AT + Duration::hours(5);
    let accepted = |late, supervisor| Event::Accepted {
        at: AT,
        offer,
        professional,
        supervisor,
        appointment: Appointment::At(later),
        late,
        deadline: later,
        due_at: later,
    };
    let withdrawn = |offers, why| Event::Withdrawn {
        at: AT,
        offers,
        why,
    };
    let reason = RefusalReason::Unsaid;
    vec![
        (
            Event::OfferSent { at: AT, offer },
            "Message parti vers Dr Aubrac",
        ),
        (
            Event::OfferDelivered { at: AT, offer },
            "Message remis à Dr Aubrac",
        ),
        (Event::OfferSeen { at: AT, offer }, "Vue par Dr Aubrac"),
        (
            Event::Refused {
                at: AT,
                offer,
                professional,
                reason,
            },
            "Refus de Dr Sorrel / Sans motif, c’est son droit",
        ),
        (
            accepted(false, None),
            "Acceptée par Dr Sorrel / Aujourd’hui à 15 h",
        ),
        (
            accepted(true, Some(professional)),
            "Acceptée par Dr Sorrel, après le délai / Aujourd’hui à 15 h, sous la responsabilité \
             de Dr Sorrel",
        ),
        (
            withdrawn(vec![offer; 4], WithdrawReason::Taken),
            "Pourvu, dit à 4 professionnels / Leur notification dit « Pourvu »",
        ),
        (
            withdrawn(vec![offer], WithdrawReason::RightEnded),
            "Retirée à Dr Aubrac / Adhésion ou droit d’exercice terminé",
        ),
        (
            Event::Lapsed {
                at: AT,
                offers: vec![offer, offer],
            },
            "Délai passé pour Dr Aubrac, Dr Aubrac / Un oui reste possible tant que personne ne \
             l’a prise",
        ),
        (
            Event::Released {
                at: AT,
                offer,
                professional,
            },
            "Désistement de Dr Sorrel / La recherche reprend auprès des autres",
        ),
    ]
}

fn on_the_phone() -> Vec<(Event, &'static str)> {
    let later = AT + Duration::hours(5);
    let offer = |status| Offer {
        id: OfferId::from_bits(1),
        professional: ProfessionalId::from_bits(2),
        network: NetworkId::from_bits(3),
        stage: Stage::Community,
        round: 0,
        usual: false,
        distance_m: None,
        asked_at: AT,
        status,
    };
    let (at, happened_at, reason) = (later, AT, RefusalReason::Full);
    vec![
        (
            Event::EnteredLate { at, happened_at },
            "Saisie après coup / Appel reçu à 10 h",
        ),
        (
            Event::PassedByPhone {
                at: AT,
                offer: offer(OfferStatus::Refused { at: AT, reason }),
            },
            "Refus de Dr Sorrel au téléphone, à 10 h / Complet",
        ),
        (
            Event::TakenByPhone {
                at: AT,
                offer: offer(OfferStatus::Accepted { at: AT }),
                supervisor: None,
                appointment: Appointment::At(later),
                deadline: later,
                due_at: later,
            },
            "Acceptée par Dr Sorrel au téléphone, à 10 h / Aujourd’hui à 15 h",
        ),
    ]
}

fn desk_and_clock() -> Vec<(Event, &'static str)> {
    let by = UserId::from_bits(1);
    let later = AT + Duration::hours(5);
    let set = |accepter, appointment| Event::AppointmentSet {
        at: AT,
        by,
        accepter,
        appointment,
        due_at: later,
    };
    vec![
        (Event::Raised { at: AT }, "Demande enregistrée"),
        (
            Event::SentToQualify {
                at: AT,
                remind_at: later,
            },
            "À qualifier par le médecin régulateur / Personne n’est sollicité avant",
        ),
        (Event::Qualified { at: AT, by }, "Qualifiée par Lina K."),
        (
            Event::UsualSkipped {
                at: AT,
                why: SkipReason::NoneDeclared,
            },
            "Professionnel habituel non sollicité / Aucun n’est déclaré",
        ),
        (
            Event::StageOpened {
                at: AT,
                stage: Stage::Community,
                until: later,
            },
            "Ouverte à la communauté / Jusqu’à 15 h",
        ),
        (
            Event::BecameUnfilled {
                at: AT,
                why: UnfilledReason::AllRefused,
                remind_at: later,
            },
            "Besoin d’un coup de main / Tous ont passé. Rappel à 15 h",
        ),
        (
            Event::Reminded {
                at: AT,
                next: later,
            },
            "Rappel au poste d’écoute / Rappel à 15 h",
        ),
        (
            Event::PatientTold {
                at: AT,
                next: Some(later),
            },
            "Le patient est tenu au courant / Prochain message à 15 h",
        ),
        (
            Event::TakenInHand {
                at: AT,
                by,
                remind_at: later,
            },
            "Prise en main par Lina K. / Rappel à 15 h",
        ),
        (
            Event::Edited {
                at: AT,
                by,
                need: need(),
                care_deadline: later,
                deadline: None,
            },
            "Besoin modifié par Lina K. / À voir avant 15 h",
        ),
        (
            Event::Paused {
                at: AT,
                by,
                until: later,
            },
            "Mise en pause par Lina K. / Le délai est arrêté, jusqu’à 15 h au plus",
        ),
        (
            Event::Resumed {
                at: AT,
                by: None,
                shift: Duration::minutes(12),
            },
            "Reprise, l’échéance de soin est atteinte / Délais décalés de 12 min",
        ),
        (
            set(None, Appointment::ToBeSet),
            "Heure laissée ouverte par Lina K. / Heure à fixer",
        ),
        (
            set(Some(ProfessionalId::from_bits(1)), Appointment::At(later)),
            "Rendez-vous fixé par Dr Sorrel / Aujourd’hui à 15 h",
        ),
        (
            Event::ClosureReminded {
                at: AT,
                due_at: later,
            },
            "Clôture demandée / Nouveau rappel à 15 h",
        ),
        (
            Event::Cancelled {
                at: AT,
                by,
                who: CancelledBy::Patient,
            },
            "Annulée à la demande du patient / Par Lina K.",
        ),
        (
            Event::Transferred15 { at: AT, by },
            "Transférée au 15 par Lina K.",
        ),
        (
            Event::Closed {
                at: AT,
                by,
                closure: Closure::Seen,
            },
            "Close par Lina K. / Vu",
        ),
    ]
}

#[test]
fn every_event_has_its_sentence() {
    for (happened, expect) in people_who_answer()
        .into_iter()
        .chain(on_the_phone())
        .chain(desk_and_clock())
    {
        assert_eq!(line(&happened).as_deref(), Some(expect));
    }
    let nothing = Event::Scheduled {
        next_wave_at: None,
        recheck_at: None,
        stage_until: AT,
    };
    assert_eq!(line(&nothing), None);
}

#[test]
fn a_launch_says_until_when_and_why_it_is_short() {
    let launch = |round, clip| {
        Event::Launched(Box::new(Launch {
            round,
            at: AT,
            usual_until: AT,
            deadline: AT + Duration::hours(2),
            care_deadline: AT,
            clip,
            promise_at: AT,
            policy: Policy::default(),
        }))
    };
    let first = line(&launch(1, Clip::None)).unwrap();
    assert_eq!(first, "Recherche lancée / Réponses attendues jusqu’à 12 h");
    let again = line(&launch(2, Clip::Closing)).unwrap();
    assert!(again.starts_with("Recherche relancée, 2e fois"), "{again}");
    assert!(
        again.ends_with(", raccourci par l’heure de fermeture"),
        "{again}"
    );
}

#[test]
fn people_left_out_are_counted_by_their_first_reason() {
    let verdict = |failing: Option<Test>| Verdict {
        professional: ProfessionalId::from_bits(1),
        distance_m: None,
        findings: Test::ALL
            .iter()
            .map(|test| Finding {
                test: *test,
                ok: Some(*test) != failing,
                measure: Measure::None,
            })
            .collect(),
    };
    let failing = [
        None,
        Some(Test::Distance),
        Some(Test::Availability),
        Some(Test::Distance),
        None,
    ];
    let verdicts = failing.map(verdict).to_vec();
    let judged = Event::Judged {
        at: AT,
        stage: Stage::Community,
        round: 1,
        verdicts,
    };
    let expect = "2 à solliciter / 3 écartés : distance 2, indisponible 1";
    assert_eq!(line(&judged).as_deref(), Some(expect));
    assert_eq!(excluded(&[verdict(None)]), None);
}
