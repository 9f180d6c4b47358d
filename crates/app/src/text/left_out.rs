//! Why somebody was not asked, said to them: the criterion that failed, with its figures.

use super::when::{When, kilometres, rounded_km};
use crate::cooperation;
use relais_core::matching::{Finding, Measure, Test};
use relais_core::people::{Mode, Profile, Sector};
use relais_core::request::Need;
use relais_core::time::Instant;

/// `21 km, votre rayon est de 10 km`. `profile`: their terms as they are now.
pub fn reason(value: &Finding, need: &Need, profile: &Profile, when: &When<'_>) -> String {
    let held = |said: &str| match value.measure {
        Measure::Until(at) | Measure::Away(at) | Measure::Holiday(at) => {
            format!("{said} {}", when.until(at))
        }
        Measure::None | Measure::Distance { .. } | Measure::Count { .. } => said.to_owned(),
    };
    match value.test {
        Test::Membership => "vous n’étiez pas membre actif du réseau".to_owned(),
        Test::Profession => "une autre profession était demandée".to_owned(),
        Test::Specialty => "une autre spécialité était demandée".to_owned(),
        Test::RightToPractise => held("votre droit d’exercice n’était pas en cours"),
        Test::CareType => "vous ne faites pas ce type de soin".to_owned(),
        Test::Motive => "vous ne prenez pas ce motif".to_owned(),
        Test::Mode => mode(need.mode).to_owned(),
        Test::Age => age(profile),
        Test::Distance => distance(value.measure, need.mode, profile),
        Test::Availability => match value.measure {
            Measure::Away(back) => {
                // The absence ends with the day before.
                let last = when.named_day(Instant::from_millis(back.millis() - 1));
                let was = if back <= when.now { "étiez" } else { "êtes" };
                format!("vous {was} absent jusqu’au {last} compris")
            }
            Measure::Holiday(_) => "vous ne travaillez pas les jours fériés".to_owned(),
            measure => held(if is_past(measure, when.now) {
                "vous étiez indisponible"
            } else {
                "vous êtes indisponible"
            }),
        },
        Test::Requester => "vous avez fait la demande".to_owned(),
        Test::AlreadyAsked => "vous aviez déjà été sollicité".to_owned(),
        Test::AlreadyRefused => "vous aviez déjà passé".to_owned(),
        Test::OwnPatientsOnly => "vous ne prenez que vos propres patients".to_owned(),
        Test::Muted => held("vous aviez dit «\u{a0}plus rien aujourd’hui\u{a0}»,"),
        Test::DailyMaximum => held(&maximum("du jour", profile.daily_max)),
        Test::HourlyMaximum => held(&maximum("de l’heure", profile.hourly_max)),
        Test::Rest => held("vous étiez en repos après un oui"),
        Test::QuietHours => held("c’étaient vos heures calmes"),
        Test::Channel => "aucun de vos moyens d’être joint ne marchait".to_owned(),
        Test::Cooperation => undeclared(need),
    }
}

/// When their turn had not come, though nothing left them out.
pub const NOT_YET: &str =
    "rien ne vous écartait\u{a0}: la demande a été proposée à d’autres d’abord";

fn is_past(measure: Measure, now: Instant) -> bool {
    match measure {
        Measure::Until(at) | Measure::Away(at) | Measure::Holiday(at) => at <= now,
        Measure::None | Measure::Distance { .. } | Measure::Count { .. } => true,
    }
}

const fn mode(asked: Mode) -> &'static str {
    match asked {
        Mode::Consultation => "vous ne recevez pas au cabinet",
        Mode::Visit => "vous ne faites pas de visite",
        Mode::Teleconsultation => "vous ne faites pas de téléconsultation",
    }
}

fn age(profile: &Profile) -> String {
    let said = "l’âge du patient était hors de vos limites";
    match (profile.age_min, profile.age_max) {
        (0, u8::MAX) => said.to_owned(),
        (low, u8::MAX) => format!("{said}, aujourd’hui à partir de {low}\u{a0}ans"),
        (0, high) => format!("{said}, aujourd’hui jusqu’à {high}\u{a0}ans"),
        (low, high) => format!("{said}, aujourd’hui de {low} à {high}\u{a0}ans"),
    }
}

/// The limit is the smaller of one's own and the network's: which one it was is read from one's own as it is now.
fn distance(measure: Measure, asked: Mode, profile: &Profile) -> String {
    let Measure::Distance { metres, limit } = measure else {
        return "la distance n’était pas connue".to_owned();
    };
    let Some(limit) = limit else {
        let far = kilometres(metres);
        return format!("{far}, hors des communes de vos visites");
    };
    let whose = match own_limit(asked, profile) {
        Some(own) if own == limit => "votre rayon est de",
        _ if of_network(measure, asked, profile) => "le rayon du réseau est de",
        Some(_) | None => "la limite était de",
    };
    if rounded_km(metres) == rounded_km(limit) {
        return format!(
            "un peu plus loin que {}, {whose} {}",
            kilometres(limit),
            kilometres(limit)
        );
    }
    format!("{}, {whose} {}", kilometres(metres), kilometres(limit))
}

const fn own_limit(asked: Mode, profile: &Profile) -> Option<u32> {
    match (asked, &profile.visits) {
        (Mode::Visit, Sector::Radius(own)) => Some(*own),
        (Mode::Visit, Sector::Communes(_)) => None,
        (Mode::Consultation | Mode::Teleconsultation, _) => Some(profile.radius_m),
    }
}

/// Whether a distance was over the network's radius, within their own: no term of theirs would change it.
pub fn of_network(measure: Measure, asked: Mode, profile: &Profile) -> bool {
    match (measure, own_limit(asked, profile)) {
        (
            Measure::Distance {
                limit: Some(limit), ..
            },
            Some(own),
        ) => asked == Mode::Consultation && own > limit,
        _ => false,
    }
}

fn maximum(of: &str, now: Option<u16>) -> String {
    match now {
        Some(most) => format!("votre plafond {of} était atteint ({most} aujourd’hui)"),
        None => format!("votre plafond {of} était atteint"),
    }
}

fn undeclared(need: &Need) -> String {
    let names = cooperation::names(&need.cooperations);
    if need.cooperations.len() == 1 {
        format!("vous n’avez pas déclaré le protocole de coopération {names}")
    } else {
        format!("vous n’avez déclaré aucun des protocoles de coopération {names}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use relais_core::people::Profession;
    use relais_core::slug::Slug;
    use relais_core::time::Duration;
    use std::collections::BTreeSet;

    fn need(mode: Mode) -> Need {
        Need {
            profession: Profession::Gp,
            specialty: None,
            care: Slug::new("consultation").unwrap(),
            mode,
            within_hours: 24,
            motives: vec![Slug::new("otalgie").unwrap()],
            comment: String::new(),
            series: None,
            cooperations: BTreeSet::new(),
        }
    }

    /// Read at 10:00.
    fn said(test: Test, measure: Measure, mode: Mode, profile: &Profile) -> String {
        let (zone, now) = (TimeZone::UTC, Instant::from_millis(0) + Duration::hours(10));
        let finding = Finding {
            test,
            ok: false,
            measure,
        };
        reason(&finding, &need(mode), profile, &When::new(now, &zone)).replace('\u{a0}', " ")
    }

    #[test]
    fn the_criterion_is_said_with_whose_limit_it_was() {
        let far = |metres, limit| Measure::Distance { metres, limit };
        let mut profile = Profile {
            radius_m: 10_000,
            ..Profile::default()
        };
        let check = |measure, mode, profile: &Profile, expect: &str| {
            assert_eq!(said(Test::Distance, measure, mode, profile), expect);
        };
        let (consultation, visit) = (Mode::Consultation, Mode::Visit);
        let own = far(21_000, Some(10_000));
        check(
            own,
            consultation,
            &profile,
            "21 km, votre rayon est de 10 km",
        );
        let close = far(10_020, Some(10_000));
        check(
            close,
            consultation,
            &profile,
            "un peu plus loin que 10 km, votre rayon est de 10 km",
        );
        profile.radius_m = 30_000;
        check(
            own,
            consultation,
            &profile,
            "21 km, le rayon du réseau est de 10 km",
        );
        assert!(of_network(own, consultation, &profile));
        profile.radius_m = 5_000;
        check(
            own,
            consultation,
            &profile,
            "21 km, la limite était de 10 km",
        );
        assert!(!of_network(own, consultation, &profile));
        profile.visits = Sector::Communes(BTreeSet::new());
        check(
            far(4_000, None),
            visit,
            &profile,
            "4 km, hors des communes de vos visites",
        );
    }

    #[test]
    fn what_is_over_is_told_as_past() {
        let until = |hours| Measure::Until(Instant::from_millis(0) + Duration::hours(hours));
        let profile = Profile::default();
        let away = |hours| said(Test::Availability, until(hours), Mode::Visit, &profile);
        assert_eq!(away(8), "vous étiez indisponible jusqu’à 8 h");
        assert_eq!(away(18), "vous êtes indisponible jusqu’à 18 h");
        assert_eq!(away(32), "vous êtes indisponible jusqu’à demain 8 h");
        let days = |measure| said(Test::Availability, measure, Mode::Visit, &profile);
        let midnight = Instant::from_millis(0) + Duration::hours(24);
        assert_eq!(
            days(Measure::Away(midnight)),
            "vous êtes absent jusqu’au jeudi 1er janvier compris"
        );
        assert_eq!(
            days(Measure::Holiday(midnight)),
            "vous ne travaillez pas les jours fériés"
        );
    }

    /// Every test says something of its own, in the second person or of what was asked.
    #[test]
    fn every_test_has_its_sentence() {
        let profile = Profile {
            age_min: 18,
            daily_max: Some(5),
            ..Profile::default()
        };
        let all: BTreeSet<String> = Test::ALL
            .iter()
            .map(|test| said(*test, Measure::None, Mode::Visit, &profile))
            .collect();
        assert_eq!(all.len(), Test::ALL.len());
        assert!(all.contains(
            "l’âge du patient était hors de vos limites, aujourd’hui à partir de 18 ans"
        ));
        assert!(all.contains("votre plafond du jour était atteint (5 aujourd’hui)"));
    }

    #[test]
    fn who_lacks_a_protocol_is_told_which() {
        let (zone, now) = (TimeZone::UTC, Instant::from_millis(0));
        let mut need = need(Mode::Consultation);
        need.cooperations = [Slug::new("lombalgie").unwrap()].into();
        let finding = Finding {
            test: Test::Cooperation,
            ok: false,
            measure: Measure::None,
        };
        let said = reason(&finding, &need, &Profile::default(), &When::new(now, &zone));
        assert_eq!(
            said.replace('\u{a0}', " "),
            "vous n’avez pas déclaré le protocole de coopération « Lombalgie aiguë »"
        );
    }
}
