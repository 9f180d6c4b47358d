//! One member: what is known, how a request reaches them and why not, their terms, and the forms that
//! change their practice, places, replacements and membership.

use axum::extract::{Path, Query, State};
use relais_app::absences::Planned;
use relais_app::directory::ProfessionalRow;
use relais_app::members::{ENDING, OneMember, PLACES_MAX, STANDINGS, StandIn, last_day};
use relais_app::reference::communes::Communes;
use relais_app::text::labels;
use relais_core::people::{MembershipStatus, Sector, Standing};
use relais_core::reach::{Ladder, Way};
use relais_core::time::Instant;

use super::{PAGE, ends, id, just_before, trade};
use crate::fail::{Answer, Fail, html};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::pages::activity::days_away;
use crate::pages::secretaries::row as secretary;
use crate::pages::signup::rpps_shown;
use crate::pages::{Told, eye};
use crate::parts::{Choice, Form};
use crate::show::{self, Eye};
use crate::typed::{commune_label, professional_label};
use crate::views::{MemberPage, PlaceFields, StandInRow};
use crate::web::Web;

/// `GET /membres/{member}`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Path(at): Path<String>,
    Query(told): Query<Told>,
) -> Answer {
    let mut page = page(&web, &signed, &at, None).await?;
    page.desk = page.desk.toast(told.toast());
    html(&page)
}

pub(super) async fn page(
    web: &Web,
    signed: &Signed,
    at: &str,
    typed: Option<Form>,
) -> Result<MemberPage, Fail> {
    let eye = eye(web, signed).await?;
    let one = web.app.member(&signed.who(), id(at)?).await?;
    let row = &one.row;
    let title = if typed.is_none() {
        "Membre"
    } else {
        "Erreur\u{a0}: membre"
    };
    let act = |value: &str, word: &str| (value.to_owned(), word.to_owned());
    let live = matches!(
        one.status,
        MembershipStatus::Active | MembershipStatus::Suspended
    );
    let places: Vec<PlaceFields> = (0..=row.places.len())
        .take(PLACES_MAX)
        .map(|n| place_fields(row, n))
        .collect();
    Ok(MemberPage {
        desk: show::desk(web, &eye, signed, title, PAGE),
        here: format!("{PAGE}/{}", row.member.id),
        form: filled(&eye, signed, row, &one.absences, typed)?,
        name: format!("{} {} {}", row.civility, row.first_names, row.last_name)
            .trim()
            .to_owned(),
        trade: trade(row),
        warnings: warnings(&eye, &one),
        facts: facts(&eye, &one),
        ways: ways(&eye, &one),
        terms: terms(&eye, row),
        absences: absences(&eye, &one),
        secretaries: one
            .secretaries
            .iter()
            .map(|held| secretary(&eye, held))
            .collect(),
        standings: STANDINGS
            .iter()
            .map(|code| Choice::new(*code, labels::standing_said(code)))
            .collect(),
        mains: (0..places.len())
            .map(|n| Choice::new(n.to_string(), place_named(row, n)))
            .collect(),
        places: if live { places } else { Vec::new() },
        stand_ins: stand_ins(&eye, &one),
        approval: (live && row.member.standing.ends().is_some()).then(|| {
            one.approval_at.map_or_else(String::new, |at| {
                format!("Copie gardée {}", eye.when().day_hour(at))
            })
        }),
        roles: match &one.account {
            Some(account) if one.status == MembershipStatus::Active => {
                let roles = web.app.roles_of(&signed.who(), account.id).await?;
                Some(crate::pages::roles::row(&eye, &roles))
            }
            _ => None,
        },
        acts: match one.status {
            MembershipStatus::Active => vec![
                act("suspendre", "Suspendre"),
                act("terminer", "Terminer l’adhésion"),
            ],
            MembershipStatus::Suspended => vec![
                act("retablir", "Rétablir"),
                act("terminer", "Terminer l’adhésion"),
            ],
            MembershipStatus::Left => vec![act("retablir", "Rétablir l’adhésion")],
            MembershipStatus::Applied => vec![act("accepter", "Accepter l’adhésion")],
        },
    })
}

fn place_named(row: &ProfessionalRow, n: usize) -> String {
    if n < row.places.len() {
        format!("Lieu\u{a0}{}", n + 1)
    } else {
        "Le lieu ajouté".to_owned()
    }
}

fn place_fields(row: &ProfessionalRow, n: usize) -> PlaceFields {
    let held = row.places.get(n);
    PlaceFields {
        heading: if held.is_some() {
            place_named(row, n)
        } else {
            "Ajouter un lieu".to_owned()
        },
        id: (
            format!("place-{n}"),
            held.map_or_else(String::new, |place| place.id.to_string()),
        ),
        label: format!("label-{n}"),
        line: format!("line-{n}"),
        commune: format!("commune-{n}"),
        gone: held.map_or_else(String::new, |_| format!("gone-{n}")),
    }
}

/// What is so, under what was typed: one form of the page is sent, the others are shown as they are.
fn filled(
    eye: &Eye,
    signed: &Signed,
    row: &ProfessionalRow,
    absences: &[Planned],
    typed: Option<Form>,
) -> Result<Form, Fail> {
    let (values, errors) = typed.map_or_else(Default::default, |form| {
        let errors = form.errors().to_vec();
        (Fields::of(&form), errors)
    });
    let calendar = &eye.directory.network(signed.actor().network)?.calendar;
    let standing = row.member.standing;
    let day = |at: Option<Instant>| at.map_or_else(String::new, |at| calendar.date(at).to_string());
    let supervisor = standing
        .supervisor()
        .and_then(|id| eye.directory.person(id))
        .map_or_else(String::new, |one| professional_label(one).0);
    // The replacement that is missing, ready to be written down.
    let missing = absences.iter().find(|one| one.replaced_by.is_empty());
    let mut known = vec![
        ("standing".to_owned(), standing.code().to_owned()),
        ("from".to_owned(), day(standing.begins())),
        (
            "until".to_owned(),
            standing
                .ends()
                .map_or_else(String::new, |end| last_day(end, calendar).to_string()),
        ),
        ("supervisor".to_owned(), supervisor),
    ];
    if let Some(missing) = missing {
        known.push(("since".to_owned(), missing.absence.first().to_string()));
        known.push(("last".to_owned(), missing.absence.last().to_string()));
    }
    for (n, place) in row.places.iter().enumerate() {
        let commune = Communes::shipped().get(place.insee);
        let commune = commune.map_or_else(String::new, |found| commune_label(&found));
        known.push((format!("label-{n}"), place.label.clone()));
        known.push((format!("line-{n}"), place.line.clone()));
        known.push((format!("commune-{n}"), commune));
        if place.main {
            known.push(("main".to_owned(), n.to_string()));
        }
    }
    let mut all = values.0;
    for (name, value) in known {
        all.entry(name).or_insert_with(|| vec![value]);
    }
    Ok(Form::filled(all, errors))
}

/// Who stands in for them, which can be ended here, and for whom they do.
fn stand_ins(eye: &Eye, one: &OneMember) -> Vec<StandInRow> {
    let days = |row: &StandIn| {
        format!(
            "du {} au {}",
            eye.when().plain_date(row.from),
            eye.when().plain_date(just_before(row.until))
        )
    };
    let by = one.replaced_by.iter().map(|row| {
        let patients = if row.inherits {
            ", avec ses patients"
        } else {
            ""
        };
        StandInRow {
            words: format!("{} remplace, {}{patients}", eye.name(row.locum), days(row)),
            href: format!("{PAGE}/{}", row.locum),
            end: Some((row.locum.to_string(), row.from.millis().to_string())),
        }
    });
    let of = one.stands_in_for.iter().map(|row| StandInRow {
        words: format!("Remplace {}, {}", eye.name(row.absent), days(row)),
        href: format!("{PAGE}/{}", row.absent),
        end: None,
    });
    by.chain(of).collect()
}

/// The days they said they are away, and who stands in.
fn absences(eye: &Eye, one: &OneMember) -> Vec<String> {
    let told = one.absences.iter().map(|planned| {
        let names: Vec<_> = planned.replaced_by.iter().map(|id| eye.name(*id)).collect();
        let by = if names.is_empty() {
            "sans remplaçant noté".to_owned()
        } else {
            format!("remplacé par {}", names.join(", "))
        };
        format!("Absent {}, {by}.", days_away(planned))
    });
    told.collect()
}

fn warnings(eye: &Eye, one: &OneMember) -> Vec<String> {
    let row = &one.row;
    let mut warnings = Vec::new();
    if one.status != MembershipStatus::Active {
        return warnings;
    }
    if let Some(end) = row.member.standing.ends() {
        let day = eye.when().plain_date(just_before(end));
        if end <= eye.now {
            warnings.push(format!(
                "Ses dates d’exercice sont passées depuis le {day}\u{a0}: plus rien ne s’ouvre pour cette personne."
            ));
        } else if end.since(eye.now) <= ENDING {
            warnings.push(format!("Ses dates d’exercice finissent le {day}."));
        }
    }
    let approved = matches!(
        row.member.standing,
        Standing::Assistant(_) | Standing::Adjunct(_)
    );
    if approved && one.approval_at.is_none() {
        warnings.push("La copie de l’autorisation de l’Ordre n’est pas au dossier.".to_owned());
    }
    if !row.member.channels.any() {
        warnings.push(
            "Aucune demande ne peut l’atteindre\u{a0}: ni notification, ni SMS, ni courriel."
                .to_owned(),
        );
    }
    if row.places.is_empty() {
        warnings.push(
            "Aucun lieu d’exercice connu\u{a0}: aucune distance ne peut se compter.".to_owned(),
        );
    }
    warnings
}

fn facts(eye: &Eye, one: &OneMember) -> Vec<(String, String)> {
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let row = &one.row;
    let (ends, _) = ends(eye, row);
    let practice = if ends.is_empty() {
        labels::standing(row.member.standing).to_owned()
    } else {
        ends
    };
    let mut facts = vec![
        fact(
            "Adhésion",
            format!(
                "{}, depuis le {}",
                labels::membership(one.status),
                eye.when().plain_date(one.since)
            ),
        ),
        fact("RPPS", rpps_shown(&row.rpps)),
        fact("Exercice", practice),
    ];
    if let Some(supervisor) = row.member.standing.supervisor() {
        let name = eye.directory.person(supervisor);
        let name = name.map(ProfessionalRow::display_name);
        facts.push(fact("Maître de stage", name.unwrap_or_default()));
    }
    let mut others: Vec<String> = one
        .shared
        .iter()
        .filter_map(|joined| eye.directory.network(joined.network).ok())
        .map(|entry| entry.network.name.clone())
        .collect();
    if one.elsewhere > 0 {
        others.push(format!("{} sans accord avec le vôtre", one.elsewhere));
    }
    if !others.is_empty() {
        facts.push(fact("Autres réseaux", others.join(", ")));
    }
    if one.in_hand > 0 {
        facts.push(fact("Patients en cours", one.in_hand.to_string()));
    }
    let account = match &one.account {
        Some(user) if user.active => "peut se connecter",
        Some(_) => "fermé par l’exploitant",
        None => "pas de compte\u{a0}: répond par SMS seulement",
    };
    facts.push(fact("Compte", account.to_owned()));
    facts
}

/// How a request reaches them, and why not.
fn ways(eye: &Eye, one: &OneMember) -> Vec<(String, String, bool)> {
    let row = &one.row;
    let push = match &one.devices {
        None if row.has_smartphone => ("téléphone connu".to_owned(), true),
        None => ("pas de téléphone qui en reçoive".to_owned(), false),
        Some(devices) if devices.is_empty() => ("aucun appareil activé".to_owned(), false),
        Some(devices) => match devices.iter().filter_map(|device| device.proved_at).max() {
            Some(at) => (format!("vue {}", eye.when().day_hour(at)), true),
            None => (
                "activée, aucune n’a encore été vue\u{a0}: qu’il envoie un essai".to_owned(),
                false,
            ),
        },
    };
    let sms = if row.alert_number.is_some() {
        ("un numéro d’alerte, jamais montré", true)
    } else {
        ("aucun numéro d’alerte", false)
    };
    let mail = if row.mail.is_some() {
        ("une adresse", true)
    } else {
        ("aucune adresse", false)
    };
    let all = [
        (Way::Push, "Notification", push.0, push.1),
        (Way::Sms, "SMS", sms.0.to_owned(), sms.1),
        (Way::Mail, "Courriel", mail.0.to_owned(), mail.1),
    ];
    let ladder = row.member.profile.ladder;
    let told = all.map(|(way, name, said, works)| {
        if ladder.wants(way) || !works {
            return (name.to_owned(), said, works);
        }
        let said = format!("{said}, mais cette personne ne veut pas être sollicitée ainsi");
        (name.to_owned(), said, false)
    });
    told.to_vec()
}

fn terms(eye: &Eye, row: &ProfessionalRow) -> Vec<String> {
    let profile = &row.member.profile;
    let mut terms = Vec::new();
    let km = |metres: u32| format!("{}\u{a0}km", metres.div_ceil(1_000));
    if profile.modes.consultation {
        terms.push(format!(
            "Consultations, à {} au plus.",
            km(profile.radius_m)
        ));
    }
    if profile.modes.visit {
        terms.push(match &profile.visits {
            Sector::Radius(metres) => format!("Visites, à {} au plus.", km(*metres)),
            Sector::Communes(communes) => {
                format!("Visites dans {}.", counted(communes.len(), "commune"))
            }
        });
    }
    if profile.modes.teleconsultation {
        terms.push("Téléconsultations.".to_owned());
    }
    if profile.own_patients_only {
        terms.push("Seulement ses propres patients.".to_owned());
    }
    if let Some(most) = profile.daily_max {
        terms.push(format!(
            "{} par jour au plus.",
            counted(most.into(), "demande")
        ));
    }
    if profile.ladder != Ladder::default() {
        let ways: Vec<_> = profile.ladder.ways().map(labels::way).collect();
        terms.push(format!("À joindre par {}.", ways.join(", puis ")));
    }
    if profile.off_on_holidays {
        terms.push("Pas les jours fériés.".to_owned());
    }
    if let Some(until) = profile.unavailable_until.filter(|at| *at > eye.now) {
        terms.push(format!("Indisponible {}.", eye.when().until(until)));
    }
    terms
}

fn counted(n: usize, word: &str) -> String {
    if n > 1 {
        format!("{n} {word}s")
    } else {
        format!("{n} {word}")
    }
}
