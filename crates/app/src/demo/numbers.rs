//! What the public sees of the invented networks: their form, and whom to call at night. The places
//! are invented; the numbers are national ones or of the range kept for fiction.

use relais_core::geo::Insee;
use relais_core::numbers::{DutyHours, Number, Use};
use relais_core::time::{OpenSpan, Weekly};
use relais_store::codec::settings::PublicSettings;

const SLUGS: [&str; 3] = ["essonne-nord", "essonne-centre", "essonne-sud"];

/// A medical house: its name, and the communes it serves.
type House = (&'static str, &'static [&'static str]);

const NORTH: &[House] = &[
    (
        "Maison médicale de garde de Longjumeau",
        &[
            "91345", "91377", "91161", "91471", "91136", "91044", "91216", "91667",
        ],
    ),
    (
        "Maison médicale de garde de Juvisy",
        &["91326", "91027", "91589", "91687", "91286"],
    ),
];
const CENTRE: &[House] = &[(
    "Maison médicale de garde de Corbeil",
    &["91174", "91228", "91225", "91573", "91204", "91521"],
)];
const SOUTH: &[House] = &[(
    "Maison médicale de garde d’Étampes",
    &["91223", "91390", "91538"],
)];

/// The public settings of a network, by index.
pub(super) fn public(index: usize) -> PublicSettings {
    let houses = match index {
        0 => NORTH,
        1 => CENTRE,
        _ => SOUTH,
    };
    let mut numbers: Vec<Number> = houses.iter().map(house).collect();
    numbers.push(Number {
        usage: Use::Dentist,
        name: "Dentistes de garde de l’Essonne".to_owned(),
        phone: "+33199009199".to_owned(),
        say: "Le dimanche et les jours fériés, sur rendez-vous".to_owned(),
        communes: Vec::new(),
        hours: Some(DutyHours {
            weekly: week(&[], &[], &[(9, 12)]),
            holidays: None,
        }),
    });
    PublicSettings {
        slug: SLUGS.get(index).map(|slug| (*slug).to_owned()),
        form: true,
        numbers,
        ..PublicSettings::default()
    }
}

/// Evenings from 20:00, Saturdays from noon, Sundays and holidays all day.
fn house((name, communes): &House) -> Number {
    Number {
        usage: Use::Doctor,
        name: (*name).to_owned(),
        phone: "116117".to_owned(),
        say: "Appelez avant de venir".to_owned(),
        communes: communes
            .iter()
            .filter_map(|code| Insee::new(code))
            .collect(),
        hours: Some(DutyHours {
            weekly: week(&[(20, 24)], &[(12, 24)], &[(8, 24)]),
            holidays: None,
        }),
    }
}

fn week(days: &[(u16, u16)], saturday: &[(u16, u16)], sunday: &[(u16, u16)]) -> Weekly {
    let spans = |hours: &[(u16, u16)]| {
        let spans = hours
            .iter()
            .map(|(from, until)| OpenSpan::new(from * 60, until * 60));
        spans.flatten().collect::<Vec<_>>()
    };
    let mut weekly = Weekly::default();
    for (index, day) in weekly.days.iter_mut().enumerate() {
        *day = match index {
            5 => spans(saturday),
            6 => spans(sunday),
            _ => spans(days),
        };
    }
    weekly
}
