//! The patient as somebody typed or posted them: identity and place of care, checked. Nothing is
//! repeated of what was typed.

use super::draft::read_date;
use super::field::Errors;
use crate::contacts::Typed;
use crate::phone::Phone;
use crate::reference::communes::Communes;
use jiff::civil::Date;
use relais_core::geo::Insee;
use relais_core::request::{Age, Sex};
use relais_store::patients::Identity;
use relais_store::seal::Secret;
use serde::Deserialize;

/// Longest address line, characters.
const LINE_MAX: usize = 200;

/// The patient as typed.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatientDraft {
    /// Birth name.
    pub birth_name: String,
    /// First names.
    pub first_names: String,
    /// Used name.
    #[serde(default)]
    pub used_name: Option<String>,
    /// F, M or U.
    pub sex: String,
    /// ISO date, or jj/mm/aaaa.
    pub birth_date: String,
    /// Any way of writing a number.
    pub phone: String,
    /// The place of care.
    pub address: AddressDraft,
    /// Carer's or guardian's number.
    #[serde(default)]
    pub carer_phone: Option<String>,
}

/// An address as typed.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressDraft {
    /// Number and street.
    #[serde(default)]
    pub line: Option<String>,
    /// Postcode.
    #[serde(default)]
    pub postcode: Option<String>,
    /// INSEE code of the commune.
    #[serde(default)]
    pub insee: Option<String>,
}

impl PatientDraft {
    pub(crate) fn identity(
        &self,
        errors: &mut Errors,
        today: Date,
    ) -> Option<(Identity, Phone, Age, Sex)> {
        let p = self;
        let birth_name = errors.name("/patient/birth_name", &p.birth_name, "le nom de naissance");
        let first_names = errors.name("/patient/first_names", &p.first_names, "le prénom");
        let used_name = p
            .used_name
            .as_deref()
            .filter(|name| !name.trim().is_empty())
            .map(|name| errors.name("/patient/used_name", name, "le nom utilisé"));
        let sex = errors.coded("/patient/sex", &p.sex, Sex::from_code, "F, M, U");
        let birth = self.birth_date(errors, today);
        let phone = Phone::read(&p.phone);
        if phone.is_none() {
            let message = if p.phone.trim().is_empty() {
                "Indiquez le téléphone."
            } else {
                "Ce n’est pas un numéro de téléphone. Exemple\u{a0}: 06 12 34 56 78."
            };
            errors.add("/patient/phone", message);
        }
        let carer = p
            .carer_phone
            .as_deref()
            .filter(|text| !text.trim().is_empty());
        let carer_phone = carer.and_then(Phone::read);
        if carer.is_some() && carer_phone.is_none() {
            errors.add(
                "/patient/carer_phone",
                "Ce n’est pas un numéro de téléphone. Exemple\u{a0}: 06 12 34 56 78.",
            );
        }
        let line = p
            .address
            .line
            .as_deref()
            .unwrap_or_default()
            .trim()
            .to_owned();
        if line.chars().count() > LINE_MAX {
            errors.add(
                "/patient/address/line",
                format!("{LINE_MAX} caractères au plus."),
            );
        }
        let ((birth, age), sex, phone) = (birth?, sex?, phone?);
        let identity = Identity {
            birth_name: Secret::new(birth_name),
            used_name: used_name.map(Secret::new),
            first_names: Secret::new(first_names),
            birth_date: Secret::new(birth.to_string()),
            phone: Secret::new(phone.e164().to_owned()),
            carer_phone: carer_phone.map(|p| Secret::new(p.e164().to_owned())),
            address_line: Secret::new(line),
        };
        Some((identity, phone, age, sex))
    }

    fn birth_date(&self, errors: &mut Errors, today: Date) -> Option<(Date, Age)> {
        let pointer = "/patient/birth_date";
        let Some(birth) = read_date(&self.birth_date) else {
            let message = if self.birth_date.trim().is_empty() {
                "Indiquez la date de naissance."
            } else {
                "Cette date n’existe pas. Exemple\u{a0}: 02/04/1951."
            };
            errors.add(pointer, message);
            return None;
        };
        if birth > today {
            errors.add(pointer, "La date de naissance est dans le futur.");
            return None;
        }
        let age = Age::on(birth, today);
        if age.is_none() {
            errors.add(
                pointer,
                "Cette date donne plus de 130 ans\u{a0}: vérifiez l’année.",
            );
        }
        age.map(|age| (birth, age))
    }

    pub(crate) fn place(&self, errors: &mut Errors) -> Option<(Insee, String)> {
        let address = &self.address;
        let postcode = address
            .postcode
            .as_deref()
            .unwrap_or_default()
            .trim()
            .to_owned();
        let well_formed = postcode.len() == 5 && postcode.bytes().all(|b| b.is_ascii_digit());
        if !postcode.is_empty() && !well_formed {
            errors.add(
                "/patient/address/postcode",
                "Un code postal a cinq chiffres.",
            );
            return None;
        }
        let communes = Communes::shipped();
        let pointer = "/patient/address/insee";
        let given = address
            .insee
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        let Some(text) = given else {
            let found = communes.by_postcode(&postcode);
            let [only] = found.as_slice() else {
                errors.add(pointer, "Choisissez la commune dans la liste.");
                return None;
            };
            return Some((only.insee, postcode));
        };
        let Some(insee) = Insee::new(text).and_then(|insee| communes.current(insee)) else {
            errors.add(
                pointer,
                "Aucune commune n’a ce code INSEE. Choisissez-la dans la liste.",
            );
            return None;
        };
        let postcode = if postcode.is_empty() {
            let first = communes.get(insee).and_then(|c| c.postcodes().next());
            first.unwrap_or_default()
        } else {
            postcode
        };
        Some((insee, postcode))
    }
}

/// The identity as typed in a form that may be far from whole: only to search a text for it.
pub(crate) fn typed_identity(typed: &Typed) -> Identity {
    let phone = |name| {
        let text = typed.get(name);
        Phone::read(text).map_or_else(|| text.to_owned(), |phone| phone.e164().to_owned())
    };
    let some = |text: String| Some(text).filter(|text| !text.is_empty()).map(Secret::new);
    let birth = read_date(typed.get("birth_date"));
    Identity {
        birth_name: Secret::new(typed.get("birth_name").to_owned()),
        used_name: some(typed.get("used_name").to_owned()),
        first_names: Secret::new(typed.get("first_names").to_owned()),
        birth_date: Secret::new(birth.map(|date| date.to_string()).unwrap_or_default()),
        phone: Secret::new(phone("phone")),
        carer_phone: some(phone("carer_phone")),
        address_line: Secret::new(typed.get("address_line").to_owned()),
    }
}
