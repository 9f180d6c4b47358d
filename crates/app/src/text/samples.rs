//! Every message with plausible facts and with the longest ones: read by the tests of length and
//! content, and by the reference page. Test-only.

use super::facts::{Ask, Caregiver, Case, Desk, Written};
use super::push::Speech;
use super::sms::ReplyNews;
use super::when::When;
use super::{accepter, ask, freed, patient, replaced, requester, signup, sms, updated, usual};
use jiff::tz::TimeZone;
use relais_core::access::Role;
use relais_core::digest::Every;
use relais_core::ids::ProfessionalId;
use relais_core::message::{AccepterNews, PatientNews, RequesterNews, UsualNews};
use relais_core::people::{Mode, Profession};
use relais_core::request::{Appointment, CancelledBy, Closure, Sex, WithdrawReason};
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_store::solicitations::Tally;

/// One message, by its name in the reference page.
pub(super) struct Sample {
    /// To whom it goes.
    pub(super) to: &'static str,
    /// What it says, in a few words.
    pub(super) name: String,
    /// By which channel.
    pub(super) channel: Channel,
    /// The message.
    pub(super) written: Written,
}

/// The facts of one set of samples.
#[derive(Clone, Copy)]
pub(super) struct World {
    svc: &'static str,
    commune: &'static str,
    doctor: &'static str,
    address: &'static str,
    link: &'static str,
    page: &'static str,
    code: &'static str,
    hours_ahead: i64,
}

/// Everyday facts.
pub(super) const USUAL: World = World {
    svc: "SNP91",
    commune: "Massy",
    doctor: "Dr Sorrel",
    address: "12 rue de Paris, Massy",
    link: "https://relais.example/offres/7K2Q",
    page: "https://relais.example/p/**********************",
    code: "4821",
    hours_ahead: 0,
};

/// The longest that can be believed: 60-character names and addresses, another day.
pub(super) const LONGEST: World = World {
    svc: "SNPEssonneN",
    commune: "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson",
    doctor: "Dr Marie-Charlotte-Éléonore Vandenbroucke-de-La-Rochefoucauld",
    address: "1112 bis avenue du Maréchal de Lattre de Tassigny, Courcouronnes",
    link: "https://relais.communaute-essonne-nord.example/prises/req_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    page: "https://relais.communaute-essonne-nord.example/p/**********************",
    code: "482193",
    hours_ahead: 72,
};

/// Friday 20 November 2026, 13:13 in Paris.
pub(super) fn now() -> Instant {
    Instant::from_millis(1_795_176_780_000)
}

pub(super) const CHANNELS: [Channel; 3] = [Channel::Push, Channel::Sms, Channel::Mail];

/// Every message of every channel.
pub(super) fn all(world: World) -> Vec<Sample> {
    read_at(world, now())
}

/// The same of the same facts, worded at another moment.
pub(super) fn read_at(world: World, moment: Instant) -> Vec<Sample> {
    let zone = TimeZone::get("Europe/Paris").unwrap();
    let when = When::new(moment, &zone);
    let desk = Desk {
        svc: world.svc,
        tel: "+33199009191",
        when,
    };
    let mut samples = professionals(world, &desk);
    samples.extend(requesters(world, &desk));
    samples.extend(patients(world, &desk));
    samples.extend(replies(world, &desk));
    samples
}

fn later(world: World, minutes: i64) -> Instant {
    now() + Duration::hours(world.hours_ahead) + Duration::minutes(minutes)
}

fn case(world: World) -> Case<'static> {
    Case {
        code: world.code,
        mode: Mode::Consultation,
        profession: Profession::Gp,
        commune: world.commune,
        link: world.link,
    }
}

fn caregiver(world: World, mode: Mode) -> Caregiver<'static> {
    let address = Some(world.address).filter(|_| mode == Mode::Consultation);
    Caregiver {
        name: world.doctor,
        mode,
        address,
        tel: Some("+33199009101"),
    }
}

fn on_each(to: &'static str, name: &str, write: impl Fn(Channel) -> Written) -> [Sample; 3] {
    CHANNELS.map(|channel| Sample {
        to,
        name: name.to_owned(),
        channel,
        written: write(channel),
    })
}

pub(super) fn asking(world: World) -> Ask<'static> {
    Ask {
        profession: Profession::Gp,
        mode: Mode::Consultation,
        commune: world.commune,
        distance_m: Some(12_300),
        care_deadline: later(world, 347),
        answer_until: now() + Duration::minutes(52),
        motive: None,
        usual: false,
        first: false,
        sex: Sex::Female,
        code: world.code,
        link: world.link,
    }
}

fn professionals(world: World, desk: &Desk<'_>) -> Vec<Sample> {
    let mut samples = Vec::new();
    let asked = asking(world);
    let to = "Professionnel sollicité";
    let variants = [
        ("sollicitation, consultation", asked),
        (
            "sollicitation, visite",
            Ask {
                mode: Mode::Visit,
                distance_m: Some(700),
                ..asked
            },
        ),
        (
            "sollicitation, téléconsultation",
            Ask {
                mode: Mode::Teleconsultation,
                distance_m: None,
                ..asked
            },
        ),
        (
            "sollicitation, patient habituel",
            Ask {
                usual: true,
                first: true,
                ..asked
            },
        ),
        (
            "sollicitation, délai de plusieurs heures",
            Ask {
                answer_until: later(world, 300),
                ..asked
            },
        ),
        (
            "sollicitation, motif permis sur l’écran verrouillé",
            Ask {
                motive: Some("mal d’oreille"),
                ..asked
            },
        ),
    ];
    for (name, asked) in variants {
        samples.extend(on_each(to, name, |channel| ask(channel, desk, &asked)));
    }
    samples.extend(on_each(to, "demande modifiée", |channel| {
        updated(channel, desk, &asked)
    }));
    samples.extend(on_each(to, "heure libérée", |channel| {
        freed(channel, desk, &asked, later(world, 187))
    }));
    let case = case(world);
    for why in WithdrawReason::ALL {
        let name = format!("remplacée : {}", why.code());
        samples.extend(on_each(to, &name, |channel| {
            replaced(channel, desk, &case, *why, now() - Duration::minutes(4))
        }));
    }
    let to = "Professionnel qui a accepté";
    let was = Appointment::At(later(world, 187));
    let mut news = vec![
        ("c’est à vous".to_owned(), AccepterNews::Yours),
        ("demande modifiée".to_owned(), AccepterNews::Edited),
        (
            "téléphone corrigé".to_owned(),
            AccepterNews::NumberCorrected,
        ),
        (
            "transférée au 15".to_owned(),
            AccepterNews::Transferred15(was),
        ),
        ("à clore".to_owned(), AccepterNews::CloseReminder),
    ];
    for appointment in appointments(world) {
        let name = format!("rendez-vous fixé : {}", named(appointment));
        news.push((name, AccepterNews::AppointmentSet(appointment)));
    }
    for by in CancelledBy::ALL {
        news.push((
            format!("annulée : {}", by.code()),
            AccepterNews::Cancelled(*by, was),
        ));
    }
    let name = "annulée : patient, sans heure".to_owned();
    let none = Appointment::ToBeSet;
    news.push((name, AccepterNews::Cancelled(CancelledBy::Patient, none)));
    for closure in [Closure::SentToEmergency, Closure::PatientCancelled] {
        news.push((
            format!("terminée : {}", closure.code()),
            AccepterNews::Closed(closure, was),
        ));
    }
    for (name, news) in news {
        samples.extend(on_each(to, &name, |channel| {
            accepter(channel, desk, &case, news)
        }));
    }
    for (name, minutes) in [
        ("patient en retard", None),
        ("patient en retard de 20 min", Some(20)),
    ] {
        samples.extend(on_each(to, name, |channel| {
            super::late(channel, desk, &case, minutes)
        }));
    }
    let by = caregiver(world, Mode::Consultation);
    let news = UsualNews::TakenBy(ProfessionalId::from_bits(1));
    samples.extend(on_each(
        "Professionnel habituel",
        "patient pris en charge",
        |channel| usual(channel, desk, &case, news, &by),
    ));
    samples.extend(on_each(
        "Médecin traitant",
        "note de synthèse à lire",
        |channel| super::note::told(channel, desk, world.link),
    ));
    samples.extend(on_each(
        "Lecteur du fil",
        "message à lire sur une demande",
        |channel| super::thread::told(channel, desk, world.code, world.link),
    ));
    samples
}

fn appointments(world: World) -> [Appointment; 5] {
    let at = later(world, 187);
    [
        Appointment::At(at),
        Appointment::Between(at, at + Duration::minutes(95)),
        Appointment::Call(Some(at)),
        Appointment::Call(None),
        Appointment::ToBeSet,
    ]
}

fn named(appointment: Appointment) -> &'static str {
    match appointment {
        Appointment::Call(None) => "call, sans heure",
        other => other.code(),
    }
}

fn requesters(world: World, desk: &Desk<'_>) -> Vec<Sample> {
    let case = case(world);
    let by = caregiver(world, Mode::Consultation);
    let professional = ProfessionalId::from_bits(1);
    let mut news = vec![
        ("personne n’est libre".to_owned(), RequesterNews::Unfilled),
        ("désistement".to_owned(), RequesterNews::Released),
        ("annulée".to_owned(), RequesterNews::Cancelled),
        ("transférée au 15".to_owned(), RequesterNews::Transferred15),
    ];
    for appointment in appointments(world) {
        let name = format!("prise : {}", named(appointment));
        news.push((
            name,
            RequesterNews::Taken {
                professional,
                appointment,
            },
        ));
    }
    for closure in Closure::ALL {
        news.push((
            format!("close : {}", closure.code()),
            RequesterNews::Closed(*closure),
        ));
    }
    news.into_iter()
        .flat_map(|(name, news)| {
            on_each("Demandeur", &name, |channel| {
                requester(channel, desk, &case, news, Some(&by))
            })
        })
        .collect()
}

fn patients(world: World, desk: &Desk<'_>) -> Vec<Sample> {
    let professional = ProfessionalId::from_bits(1);
    let next = later(world, 107);
    let mut news = vec![
        (
            "recherche lancée".to_owned(),
            Mode::Consultation,
            PatientNews::Searching { next },
        ),
        (
            "recherche en cours".to_owned(),
            Mode::Consultation,
            PatientNews::StillSearching { next },
        ),
        (
            "personne n’est libre".to_owned(),
            Mode::Consultation,
            PatientNews::Unfilled { call_before: next },
        ),
        (
            "désistement".to_owned(),
            Mode::Consultation,
            PatientNews::Released { next },
        ),
        (
            "annulée".to_owned(),
            Mode::Consultation,
            PatientNews::Cancelled,
        ),
        (
            "lancement repris par le poste".to_owned(),
            Mode::Consultation,
            PatientNews::BackAtDesk { booked: false },
        ),
        (
            "lancement repris par le poste, déjà accepté".to_owned(),
            Mode::Consultation,
            PatientNews::BackAtDesk { booked: true },
        ),
        (
            "rendez-vous annulé par le professionnel".to_owned(),
            Mode::Consultation,
            PatientNews::CalledOff,
        ),
    ];
    for mode in Mode::ALL {
        for appointment in appointments(world) {
            let name = format!("prise, {} : {}", mode.code(), named(appointment));
            news.push((
                name,
                *mode,
                PatientNews::Taken {
                    professional,
                    appointment,
                },
            ));
            let name = format!("changement, {} : {}", mode.code(), named(appointment));
            news.push((
                name,
                *mode,
                PatientNews::Moved {
                    professional,
                    appointment,
                },
            ));
        }
    }
    let mut samples = Vec::new();
    for (name, mode, news) in news {
        let by = caregiver(world, mode);
        for channel in [Channel::Sms, Channel::Voice] {
            let text = patient(channel, desk, news, Some(&by), Some(world.page));
            samples.push(text_only("Patient", &name, channel, text));
        }
    }
    let at = later(world, 187);
    for mode in Mode::ALL {
        for appointment in [
            Appointment::At(at),
            Appointment::Between(at, at + Duration::minutes(95)),
        ] {
            let by = caregiver(world, *mode);
            let name = format!("rappel, {} : {}", mode.code(), named(appointment));
            let text = sms::reminder(desk, &by, appointment, Some(world.page));
            samples.push(text_only("Patient", &name, Channel::Sms, text));
            let script = super::voice::reminder(desk, &by, appointment);
            samples.push(text_only("Patient", &name, Channel::Voice, script));
        }
    }
    let by = caregiver(world, Mode::Consultation);
    let script = super::voice::gone(desk, by.name);
    samples.push(text_only(
        "Patient",
        "le soignant ne peut plus",
        Channel::Voice,
        script,
    ));
    for mode in Mode::ALL {
        let name = format!("avez-vous été reçu, {}", mode.code());
        let text = sms::check_seen(desk, *mode);
        samples.push(text_only("Patient", &name, Channel::Sms, text));
    }
    let received = sms::received(desk, at);
    samples.push(text_only(
        "Patient",
        "formulaire : demande reçue",
        Channel::Sms,
        received,
    ));
    samples
}

fn text_only(to: &'static str, name: &str, channel: Channel, text: String) -> Sample {
    Sample {
        to,
        name: name.to_owned(),
        channel,
        written: Written {
            subject: None,
            text,
        },
    }
}

fn replies(world: World, desk: &Desk<'_>) -> Vec<Sample> {
    let (code, link) = (world.code, world.link);
    let at = now() - Duration::minutes(4);
    let was = later(world, 187);
    let news = [
        ("OUI : c’est à vous", ReplyNews::Yours { code, link }),
        ("OUI : déjà pris", ReplyNews::Taken { code, at }),
        ("OUI ou NON : terminée", ReplyNews::Over { code }),
        ("OUI : déjà rendu", ReplyNews::GivenBack { code, at }),
        ("NON : noté", ReplyNews::Passed { code }),
        ("code inconnu", ReplyNews::UnknownCode { code }),
        (
            "plusieurs ouvertes",
            ReplyNews::SeveralOpen {
                codes: &["4821", "5930", "1177"],
            },
        ),
        (
            "déjà entendue, sans code",
            ReplyNews::SayCode {
                codes: &["4821", "5930", "1177"],
            },
        ),
        ("aucune ouverte", ReplyNews::NothingOpen),
        ("pas compris", ReplyNews::NotUnderstood),
        ("droit terminé", ReplyNews::RightEnded { code }),
        ("essai entendu", ReplyNews::TrialHeard),
        (
            "ANNUL : rendez-vous annulé",
            ReplyNews::PatientCancelled { was: Some(was) },
        ),
        (
            "ANNUL : demande annulée",
            ReplyNews::PatientCancelled { was: None },
        ),
        ("RETARD", ReplyNews::PatientLate { name: world.doctor }),
        ("RETARD : personne à prévenir", ReplyNews::PatientLateCall),
        ("RETARD : plusieurs demandes", ReplyNews::PatientSeveralLate),
        (
            "ANNUL ou RETARD : rien à venir",
            ReplyNews::PatientNothingToCancel,
        ),
        (
            "patient, annulation, plusieurs demandes",
            ReplyNews::PatientSeveralOpen,
        ),
        ("patient, pas compris", ReplyNews::PatientNotUnderstood),
        (
            "patient, texte libre",
            ReplyNews::PatientHeard { opens: None },
        ),
        (
            "patient, texte libre, service fermé",
            ReplyNews::PatientHeard { opens: Some(was) },
        ),
        ("patient, merci", ReplyNews::PatientThanks),
    ];
    let answer = |(name, news): (&str, ReplyNews<'_>)| {
        text_only(
            "Réponse à un SMS",
            name,
            Channel::Sms,
            super::reply(desk, &news),
        )
    };
    let mut samples: Vec<_> = news.into_iter().map(answer).collect();
    for (name, text) in [
        ("code de connexion", sms::code(desk, "482193")),
        ("essai", sms::trial(desk)),
    ] {
        samples.push(text_only("Compte", name, Channel::Sms, text));
    }
    samples.push(text_only(
        "Compte",
        "inscription : code par appel",
        Channel::Voice,
        super::voice::code(desk, "482193"),
    ));
    samples.push(Sample {
        to: "Compte",
        name: "inscription : code par courriel".to_owned(),
        channel: Channel::Mail,
        written: signup::code(desk, "482193"),
    });
    samples.extend(on_each("Compte", "une inscription attend", |channel| {
        signup::waits(channel, desk, link)
    }));
    samples.push(Sample {
        to: "Compte",
        name: "invitation à l’équipe".to_owned(),
        channel: Channel::Mail,
        written: signup::invited(desk, Role::Operator, link),
    });
    for (name, pushes) in [
        ("inscription acceptée", true),
        ("inscription acceptée, sans notifications", false),
    ] {
        samples.extend(on_each("Compte", name, |channel| {
            signup::approved(channel, desk, link, pushes)
        }));
    }
    samples.extend(on_each(
        "Compte",
        "adhésion d’un membre acceptée",
        |channel| signup::joined(channel, desk, link),
    ));
    for (_, reason) in signup::REASONS {
        let name = format!("inscription refusée : {reason}");
        samples.extend(on_each("Compte", &name, |channel| {
            signup::refused(
                channel,
                desk,
                reason,
                "Rappelez-nous quand votre cabinet sera ouvert.",
            )
        }));
    }
    let memberships: [(&str, fn(Channel, &Desk<'_>) -> Written); 3] = [
        ("adhésion suspendue", signup::suspended),
        ("adhésion rétablie", signup::reinstated),
        ("adhésion terminée", signup::left),
    ];
    for (name, write) in memberships {
        samples.extend(on_each("Compte", name, |channel| write(channel, desk)));
    }
    for (name, until) in [
        ("dates d’exercice", Some(later(world, 9_000))),
        ("exercice sans fin", None),
    ] {
        samples.extend(on_each("Compte", name, |channel| {
            signup::practice(channel, desk, until.map(|_| now()), until)
        }));
    }
    for (name, inherits) in [
        ("remplacement", false),
        ("remplacement, avec les patients", true),
    ] {
        samples.extend(on_each("Compte", name, |channel| {
            signup::stands_in(
                channel,
                desk,
                world.doctor,
                now(),
                later(world, 9_000),
                inherits,
            )
        }));
    }
    samples.extend(on_each("Compte", "remplacé", |channel| {
        signup::replaced(channel, desk, world.doctor, now(), later(world, 9_000))
    }));
    for (name, given) in [("rôle donné", true), ("rôle retiré", false)] {
        samples.extend(on_each("Compte", name, |channel| {
            signup::role(channel, desk, Role::Regulator, given, link)
        }));
    }
    samples.extend(on_each("Compte", "essai mensuel", |channel| {
        signup::drill(channel, desk)
    }));
    samples.extend(on_each("Compte", "essai des canaux à faire", |channel| {
        signup::drill_due(channel, desk, now() - Duration::hours(24 * 31), link)
    }));
    samples.extend(on_each("Compte", "plus joint", |channel| {
        signup::dormant(channel, desk, Channel::Push, link)
    }));
    samples.extend(on_each("Compte", "inscription à votre nom", |channel| {
        signup::warned(channel, desk)
    }));
    for (name, speech) in [
        ("téléphone discret : sollicitation", Speech::Asks),
        ("téléphone discret : pourvu, retirée", Speech::Settled),
        ("téléphone discret : résumé", Speech::Digest),
        ("téléphone discret : le reste", Speech::News),
    ] {
        samples.push(Sample {
            to: "Professionnel sollicité",
            name: name.to_owned(),
            channel: Channel::Push,
            written: super::push::discreet(speech),
        });
    }
    samples.extend(digests(world, desk));
    let trial = super::push::trial(desk).into_push();
    samples.push(Sample {
        to: "Compte",
        name: "essai des notifications".to_owned(),
        channel: Channel::Push,
        written: trial,
    });
    samples
}

/// The digest, by each way it may go.
fn digests(world: World, desk: &Desk<'_>) -> Vec<Sample> {
    let tally = Tally {
        asked: 15,
        answered: 12,
        taken: 10,
        given_back: 1,
        under_way: 4,
        ..Tally::default()
    };
    let mut samples = Vec::new();
    for (name, every, hours) in [
        ("résumé du jour", Every::Day, 24),
        ("résumé de la semaine", Every::Week, 24 * 7),
    ] {
        for channel in [Channel::Push, Channel::Mail] {
            let since = now() - Duration::hours(hours);
            let written = super::digest::digest(channel, desk, every, &tally, since, world.link);
            samples.push(Sample {
                to: "Compte",
                name: name.to_owned(),
                channel,
                written,
            });
        }
    }
    samples
}
