//! The versions of a sheet in words: where one stands, who wrote, read again and signed it, what changed
//! from one to another.

use relais_app::protocols::Sheet;
use relais_app::protocols::difference::{Change, difference};
use relais_app::protocols::versions::{Opened, SOON, Status, Version};

use super::address;
use crate::icon::Icon;
use crate::parts::{State, Tone};
use crate::show::{Eye, typeset, upper};
use crate::views::{ChangeRow, VersionRow};

/// Where a version stands.
pub(super) fn state(eye: &Eye, version: &Version, in_force: Option<&Version>) -> State {
    let current = in_force.is_some_and(|one| one.version == version.version);
    let signature = version.signature.as_ref();
    let expired = signature.is_some_and(|s| s.expires_at <= eye.now);
    let soon = signature.is_some_and(|s| s.expires_at < eye.now + SOON);
    let replaced = version.in_force_from.is_some_and(|from| from <= eye.now) && !current;
    let (tone, icon, word) = match version.status {
        Status::Draft | Status::Reviewed | Status::Signed if replaced => {
            (Tone::Closed, Icon::FlagCheckered, "Remplacée")
        }
        Status::Signed if version.in_force_from.is_some() && !current => (
            Tone::Taken,
            Icon::CalendarCheck,
            "Signée, pas encore en vigueur",
        ),
        Status::Retired => (Tone::Closed, Icon::Prohibit, "Retirée"),
        Status::Signed if expired => (Tone::Hand, Icon::Warning, "Signature finie"),
        Status::Signed if current && soon => (
            Tone::Hand,
            Icon::Hourglass,
            "En vigueur, à renouveler bientôt",
        ),
        Status::Signed if current => (Tone::Taken, Icon::CheckCircle, "Signée, en vigueur"),
        Status::Signed => (Tone::Taken, Icon::CheckCircle, "Signée"),
        Status::Draft | Status::Reviewed if current => {
            (Tone::Hand, Icon::Warning, "Non signée, en démonstration")
        }
        Status::Reviewed => (Tone::Qualify, Icon::Eye, "Relue, à signer"),
        Status::Draft => (Tone::Closed, Icon::NotePencil, "Brouillon"),
    };
    State::new(tone, icon, word)
}

/// Who is behind an account written in a row; nobody behind an import.
fn name(eye: &Eye, account: &str) -> Option<String> {
    let id = account.parse().ok()?;
    eye.directory.user_name(id)
}

pub(super) fn version_row(
    eye: &Eye,
    past: &Version,
    shown: &Version,
    current: Option<&Version>,
) -> VersionRow {
    let when = eye.when();
    let by = |account: &str| {
        name(eye, account)
            .map(|name| format!("par {name} "))
            .unwrap_or_default()
    };
    let written = match name(eye, &past.author) {
        Some(name) => format!("écrite par {name}"),
        None => "importée d’un fichier".to_owned(),
    };
    let mut told = vec![written];
    if let Some((account, at)) = &past.reviewed {
        told.push(format!("relue {}le {}", by(account), when.plain_date(*at)));
    }
    if let Some(signature) = &past.signature {
        told.push(format!(
            "signée par {} (RPPS {}) le {}, jusqu’au {}",
            signature.by,
            signature.rpps,
            when.plain_date(signature.at),
            when.plain_date(signature.expires_at),
        ));
    }
    if let Some(from) = past.in_force_from {
        let current = current.is_some_and(|one| one.version == past.version);
        let day = when.plain_date(from);
        told.push(if from > eye.now {
            format!("entrera en vigueur le {day}")
        } else if current {
            format!("en vigueur depuis le {day}")
        } else {
            format!("mise en vigueur le {day}, puis remplacée")
        });
    }
    let base = address(&past.code);
    let other = past.version != shown.version;
    VersionRow {
        href: format!("{base}?version={}", past.version),
        name: format!("Version {}", past.version),
        state: state(eye, past, current),
        told: format!("{}.", upper(&told.join("\u{a0}; "))),
        compare: other.then(|| {
            format!(
                "{base}?version={}&avec={}#h-ecarts",
                shown.version, past.version
            )
        }),
    }
}

/// Of whom the signature of a version was asked, and what they said; where they sign it, while they may.
pub(super) fn asked(eye: &Eye, base: &str, opened: &Opened) -> Option<(String, String)> {
    let one = opened.asked.as_ref()?;
    let version = &opened.version;
    if version.status != Status::Reviewed {
        return None;
    }
    let person = eye.directory.person(one.professional);
    let name = person.map_or_else(String::new, |person| person.display_name());
    let when = eye.when();
    if let Some((at, why)) = &one.declined {
        let day = when.plain_date(*at);
        let told = format!(
            "{name} n’a pas signé, le {day}\u{a0}: «\u{a0}{}\u{a0}»",
            typeset(why)
        );
        return Some((told, String::new()));
    }
    let told = format!(
        "Signature demandée à {name} le {}, pour {} mois.",
        when.plain_date(one.asked_at),
        one.months
    );
    let network = eye.directory.network(one.network).ok()?;
    let path = crate::pages::signatures::address(&network.network.code, &one.code, one.version);
    Some((told, format!("{base}{path}")))
}

/// What changed between two versions, one line each.
pub(crate) fn changes(old: &Sheet, new: &Sheet) -> Vec<ChangeRow> {
    difference(old, new).into_iter().map(change_row).collect()
}

fn change_row(change: Change) -> ChangeRow {
    let said = |text: Option<String>| typeset(&text.unwrap_or_default());
    ChangeRow {
        what: change.what,
        before: said(change.before),
        after: said(change.after),
    }
}
