//! What an applicant types of themselves, of the network and of the ways that reach them: read, or said wrong field by
//! field. Refuses to keep anything when one of them is.

use super::{Applicant, WAITING_MAX, WAITING_PER_RPPS};
use crate::app::Inner;
use crate::directory::NetworkEntry;
use crate::error::{AppError, FieldError};
use crate::members::{LONGEST, STANDINGS};
use crate::phone::Phone;
use crate::reference::folded;
use crate::requests::draft::read_date;
use jiff::civil::Date;
use relais_core::time::Instant;
use relais_store::national::{self, Entry};
use relais_store::{Tx, applications, networks};
use std::sync::Arc;

/// Longest mail address, characters.
const MAIL_MAX: usize = 120;
/// Longest street line, characters.
const LINE_MAX: usize = 120;

/// Who somebody says they are.
#[derive(Debug, Clone, Default)]
pub struct WhoTyped {
    /// National number, spaces allowed.
    pub rpps: String,
    /// Surname.
    pub name: String,
}

/// Which network, and how one is reached.
#[derive(Debug, Clone, Default)]
pub struct NetworkTyped {
    /// The network's code (`SNP67`).
    pub code: String,
    /// INSEE code of the commune of practice, among theirs.
    pub insee: String,
    /// Street line of the practice; may be empty.
    pub line: String,
    /// The mobile that receives alerts.
    pub phone: String,
    /// The mail address.
    pub mail: String,
    /// The number patients are given; may be empty.
    pub contact_number: String,
    /// Under what title they practise, one of [`STANDINGS`]; empty = in their own name.
    pub standing: String,
    /// Last day of their contract, that day included, ISO or jj/mm/aaaa; empty without one.
    pub contract_until: String,
}

pub(super) fn unknown(tx: &mut Tx<'_>) -> Result<AppError, AppError> {
    let message = if national::find_last_size(tx)?.is_none() {
        "L’annuaire national n’est pas installé sur ce service\u{a0}: demandez à votre coordination."
    } else {
        "Ce numéro n’est pas dans l’annuaire national. Vérifiez les onze chiffres\u{a0}; s’ils sont justes, \
         demandez à votre coordination\u{a0}: l’annuaire peut dater de quelques jours."
    };
    Ok(AppError::invalid("/rpps", message))
}

/// The surname, or one whole part of a double one.
pub(crate) fn is_named(entry: &Entry, typed: &str) -> bool {
    let known = folded(&entry.last_name);
    let is_part = |part: &str| part == typed && part.len() > 2;
    known == typed
        || entry
            .last_name
            .split(['-', ' '])
            .map(folded)
            .any(|part| is_part(&part))
}

/// Checks what was typed about the network and the ways to reach them; keeps what needs no proof.
pub(super) fn take(
    inner: &Inner,
    tx: &mut Tx<'_>,
    one: &mut Applicant,
    typed: &NetworkTyped,
    now: Instant,
) -> Result<(Arc<NetworkEntry>, Phone), AppError> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, message: &str| errors.push(FieldError::new(pointer, message));
    let found = networks::find_by_code(tx, &typed.code.trim().to_uppercase())?;
    let network = found.filter(|network| network.active);
    if network.is_none() {
        wrong(
            "/code",
            "Aucun réseau n’a ce code ici. Votre coordination vous l’a donné, par exemple SNP67.",
        );
    }
    let phone = Phone::read(&typed.phone);
    if phone.as_ref().is_none_or(|phone| !phone.is_mobile()) {
        wrong(
            "/phone",
            "Un numéro de mobile, par exemple 06 39 98 12 34\u{a0}: les demandes y arrivent.",
        );
    }
    if !is_mail(typed.mail.trim()) {
        wrong(
            "/mail",
            "Une adresse de courriel, par exemple prenom.nom@exemple.fr.",
        );
    }
    let contact = Phone::read(&typed.contact_number);
    if !typed.contact_number.trim().is_empty() && contact.is_none() {
        wrong(
            "/contact_number",
            "Ce n’est pas un numéro de téléphone. Laissez vide si vous ne voulez pas en donner.",
        );
    }
    if typed.line.chars().count() > LINE_MAX {
        wrong("/line", "120 caractères au plus.");
    }
    let directory = inner.directory.current(tx)?;
    let entry = network
        .as_ref()
        .and_then(|one| directory.network(one.id).ok());
    let today = entry.map(|entry| entry.calendar.date(now));
    let until = contract(typed, today, &mut wrong);
    let place = one.places.iter().find(|e| e.insee == typed.insee);
    if one.places.len() > 1 && place.is_none() {
        wrong("/insee", "Choisissez où vous exercez surtout.");
    }
    if let Some(network) = &network
        && errors.is_empty()
    {
        if applications::count_waiting(tx, network.id)? >= WAITING_MAX {
            errors.push(FieldError::new(
                "/code",
                "Deux cents demandes attendent déjà dans ce réseau. Appelez-le.",
            ));
        } else if applications::count_waiting_of(tx, network.id, &one.application.rpps)?
            >= WAITING_PER_RPPS
        {
            errors.push(FieldError::new(
                "/code",
                "Trois demandes attendent déjà avec ce numéro RPPS. Appelez le réseau.",
            ));
        }
    }
    let (Some(network), Some(phone), true) = (network, phone, errors.is_empty()) else {
        return Err(AppError::Invalid(errors));
    };
    let place = place.or_else(|| one.places.first());
    let place = place.map(|e| (e.insee.clone(), e.commune.clone(), e.postcode.clone()));
    let body = &mut one.body;
    (body.insee, body.commune, body.postcode) = place.unwrap_or_default();
    typed.line.trim().clone_into(&mut one.body.line);
    typed.standing.clone_into(&mut one.body.standing);
    one.body.contract_until = until.map_or_else(String::new, |day| day.to_string());
    one.body.contact_number = contact.map(|phone| phone.e164().to_owned());
    let entry = Arc::clone(directory.network(network.id)?);
    Ok((entry, phone))
}

/// The last day of a contract, of whoever practises under one.
fn contract(
    typed: &NetworkTyped,
    today: Option<Date>,
    wrong: &mut impl FnMut(&str, &str),
) -> Option<Date> {
    let standing = typed.standing.as_str();
    if matches!(standing, "" | "titular" | "retired") {
        // A date left from another choice says nothing.
        return None;
    }
    if !STANDINGS.contains(&standing) {
        wrong("/standing", "Dites à quel titre vous exercez.");
        return None;
    }
    let Some(day) = read_date(&typed.contract_until) else {
        let message = "Écrivez le dernier jour de votre contrat, par exemple 30/04/2027.";
        wrong("/contract_until", message);
        return None;
    };
    // Without a network there is no day here; the network is said wrong then.
    let today = today?;
    if day < today {
        wrong("/contract_until", "Ce jour est passé.");
        return None;
    }
    if today.until(day).map_or(i32::MAX, |span| span.get_days()) > LONGEST {
        let message = "Un contrat dure dix ans au plus. Vérifiez l’année.";
        wrong("/contract_until", message);
        return None;
    }
    Some(day)
}

/// An address a mail may be sent to: one `@`, a dotted domain, no space nor sign that means more.
pub(crate) fn is_mail(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_+'".contains(c);
    text.len() <= MAIL_MAX
        && !name.is_empty()
        && name.chars().all(plain)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && domain
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(last_name: &str) -> Entry {
        Entry {
            rpps: String::new(),
            insee: String::new(),
            profession: String::new(),
            civility: String::new(),
            last_name: last_name.to_owned(),
            first_name: String::new(),
            commune: String::new(),
            postcode: String::new(),
            dept: String::new(),
            phone: None,
            search: String::new(),
        }
    }

    #[test]
    fn a_name_is_the_whole_or_one_part_of_a_double_one() {
        let known = entry("LE GOFF-MARTIN");
        for typed in ["Le Goff-Martin", "le goff martin", "Martin", "GOFF"] {
            assert!(is_named(&known, &folded(typed)), "{typed}");
        }
        for typed in ["Le", "Mart", "Goff Martin Le", "Durand"] {
            assert!(!is_named(&known, &folded(typed)), "{typed}");
        }
    }

    #[test]
    fn an_address_is_one_a_mail_can_be_sent_to() {
        for text in ["a@b.fr", "prenom.nom+relais@cabinet-des-lilas.fr"] {
            assert!(is_mail(text), "{text}");
        }
        for text in [
            "",
            "a",
            "a@b",
            "a@.fr",
            "a b@c.fr",
            "a@b.fr\nBcc: x@y.fr",
            "@b.fr",
            "a@b@c.fr",
        ] {
            assert!(!is_mail(text), "{text}");
        }
    }
}
