//! What is told when nobody answers (R1): when the network opens, and the numbers to dial meanwhile
//! for somebody's commune; on a page, and for an answering machine.

use crate::directory::NetworkEntry;
use crate::phone::national as in_pairs;
use crate::reference::communes::Communes;
use crate::reference::numbers;
use crate::text::{When, hours};
use relais_core::geo::Insee;
use relais_core::numbers::{Number, Use, for_commune};
use relais_core::time::Instant;

/// A number as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial {
    /// Who answers.
    pub name: String,
    /// As dialled.
    pub phone: String,
    /// As read: `116 117`, `01 99 00 91 91`.
    pub shown: String,
    /// Its hours today and what else to know, in whole sentences; may be empty.
    pub say: String,
}

/// Numbers of one use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they are for.
    pub usage: Use,
    /// Who to dial, best first; never empty.
    pub numbers: Vec<Dial>,
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Whether the network answers now.
    pub open: bool,
    /// `Nous ouvrons demain à 8 h`, `Nous répondons jusqu’à 20 h`.
    pub title: String,
    /// `Nous répondons du lundi au vendredi de 8 h à 20 h.`
    pub week: String,
    /// Days of the next two weeks that are not as usual.
    pub unusual: Vec<String>,
    /// Numbers to dial, by use.
    pub groups: Vec<Group>,
}

/// What to tell somebody of a commune, or of nowhere in particular.
pub fn closed(entry: &NetworkEntry, commune: Option<Insee>, now: Instant) -> Closed {
    let calendar = &entry.calendar;
    let when = When::new(now, &calendar.zone);
    let (open, title) = match hours::answers(&when, calendar) {
        Some(until) => (true, format!("Nous répondons {until}")),
        None => {
            let title = calendar.next_opening(now).map_or_else(
                || "Le service est fermé".to_owned(),
                |at| format!("Nous ouvrons {}", hours::opening(&when, calendar, at)),
            );
            (false, title)
        }
    };
    let week = hours::week(&calendar.hours.weekly);
    let week = if week.is_empty() {
        String::new()
    } else {
        format!("Nous répondons {week}.")
    };
    let groups = Use::ALL.iter().filter_map(|usage| {
        let numbers = dials(entry, *usage, commune, now);
        (!numbers.is_empty()).then_some(Group {
            usage: *usage,
            numbers,
        })
    });
    Closed {
        open,
        title,
        week,
        unusual: hours::unusual(calendar, now),
        groups: groups.collect(),
    }
}

fn dials(entry: &NetworkEntry, usage: Use, commune: Option<Insee>, now: Instant) -> Vec<Dial> {
    let public = &entry.network.extra.public;
    let own = for_commune(&public.numbers, usage, commune, now, &entry.calendar);
    let mut dials: Vec<Dial> = own.into_iter().map(|n| dial(n, entry, now)).collect();
    // Nobody of the network's own answers now: the number of the whole country.
    let answered = public
        .numbers
        .iter()
        .any(|n| n.usage == usage && n.serves(commune) && n.answers(now, &entry.calendar));
    let fallback = match usage {
        Use::Doctor => Some(public.duty_phone.as_str()),
        Use::Pharmacy => Some("3237"),
        Use::Dentist | Use::Other => None,
    };
    let fallback = fallback.filter(|phone| !answered && !dials.iter().any(|d| d.phone == *phone));
    if let Some(phone) = fallback {
        let known = numbers::find(phone);
        dials.push(Dial {
            name: known.map_or("Médecin de garde", |n| &n.name).to_owned(),
            phone: phone.to_owned(),
            shown: shown(phone),
            say: known.map_or_else(String::new, |n| sentence(&n.say)),
        });
    }
    dials
}

fn dial(number: &Number, entry: &NetworkEntry, now: Instant) -> Dial {
    let mut said = Vec::new();
    if let Some(spans) = number.today(now, &entry.calendar) {
        said.push(sentence(&format!("Aujourd’hui {}", hours::spans(&spans))));
    }
    if !number.say.is_empty() {
        said.push(sentence(&number.say));
    }
    Dial {
        name: number.name.clone(),
        phone: number.phone.clone(),
        shown: shown(&number.phone),
        say: said.join(" "),
    }
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.trim().trim_end_matches('.').chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

/// A number as people read it: `116 117`, `32 37`, `01 99 00 91 91`.
pub fn shown(phone: &str) -> String {
    let pairs = in_pairs(phone).replace(' ', "\u{a0}");
    let group = |size: usize| {
        let digits: Vec<char> = phone.chars().collect();
        let parts = digits.chunks(size).map(String::from_iter);
        parts.collect::<Vec<_>>().join("\u{a0}")
    };
    match phone.len() {
        10 if !phone.starts_with('+') => group(2),
        6 => group(3),
        4 => group(2),
        _ => pairs,
    }
}

/// The name of a commune.
pub fn commune(insee: Insee) -> Option<&'static str> {
    Communes::shipped().get(insee).map(|c| c.name)
}

/// The text of the answering machine: the same facts, to be read aloud.
pub fn voice(entry: &NetworkEntry, now: Instant) -> String {
    let told = closed(entry, None, now);
    let mut said = vec![format!(
        "Bonjour, vous êtes bien au {}.",
        entry.network.name
    )];
    said.push("En cas d’urgence vitale, raccrochez et composez le 15.".to_owned());
    if told.open {
        said.push(format!(
            "{}. Restez en ligne, un opérateur va vous répondre.",
            told.title
        ));
    } else {
        said.push("Nous sommes fermés en ce moment.".to_owned());
        said.push(format!("{}.", told.title));
        for group in &told.groups {
            let Some(first) = group.numbers.first() else {
                continue;
            };
            let what = match group.usage {
                Use::Doctor => "Pour un médecin de garde",
                Use::Pharmacy => "Pour une pharmacie de garde",
                Use::Dentist => "Pour un dentiste de garde",
                Use::Other => continue,
            };
            said.push(format!(
                "{what}, composez le {}.",
                first.shown.replace('\u{a0}', " ")
            ));
        }
    }
    if !told.week.is_empty() {
        said.push(told.week.clone());
    }
    for line in &told.unusual {
        said.push(format!("Attention, {}.", line.replace("\u{a0}:", "")));
    }
    said.join("\n").replace('\u{a0}', " ")
}
