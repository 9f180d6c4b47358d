//! The facts a text may use. None of them is the patient's identity: a commune, an age band, a
//! professional's name and contact number, an hour.

use super::when::When;
use relais_core::people::{Mode, Profession};
use relais_core::request::Sex;
use relais_core::time::Instant;

/// A text ready for its channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Title of a notification, subject of a mail.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
}

/// The network that speaks.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// Its short name, at most 11 characters (`SNP91`).
    pub svc: &'a str,
    /// The number that reaches its desk, in any form.
    pub tel: &'a str,
    /// Now, and the zone hours are told in.
    pub when: When<'a>,
}

/// What a professional who is asked may read on a lock screen.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Addressed to which profession.
    pub profession: Profession,
    /// Mode of care.
    pub mode: Mode,
    /// Name of the commune.
    pub commune: &'a str,
    /// Metres from them to the patient; shown rounded.
    pub distance_m: Option<u32>,
    /// Care is due before.
    pub care_deadline: Instant,
    /// An answer is due before.
    pub answer_until: Instant,
    /// Label of the first motive, only when the network puts it on lock screens (R6, off).
    pub motive: Option<&'a str>,
    /// They are one of the patient's usual professionals.
    pub usual: bool,
    /// They are asked before everybody else: the usual professional's stage.
    pub first: bool,
    /// For "votre patiente", "votre patient".
    pub sex: Sex,
    /// The code of `OUI 4821`.
    pub code: &'a str,
    /// The page of the offer, whole address.
    pub link: &'a str,
}

/// The professional who sees the patient, as the patient may know them.
#[derive(Debug, Clone, Copy)]
pub struct Caregiver<'a> {
    /// `Dr Sorrel`, `Hélène Marty`.
    pub name: &'a str,
    /// How they see the patient.
    pub mode: Mode,
    /// Where, for a consultation.
    pub address: Option<&'a str>,
    /// Their contact number, never the alert one (R6).
    pub tel: Option<&'a str>,
}

/// A request as those who already know of it recognise it.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The code they know it by.
    pub code: &'a str,
    /// Mode of care.
    pub mode: Mode,
    /// Addressed to which profession.
    pub profession: Profession,
    /// Name of the commune.
    pub commune: &'a str,
    /// The page where they read more, whole address.
    pub link: &'a str,
}

/// A number as it is dialled in France: `0199009101`. Others stay international.
pub(super) fn dialled(tel: &str) -> String {
    let bare: String = tel
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect();
    match bare.strip_prefix("+33") {
        Some(rest) if rest.len() == 9 => format!("0{rest}"),
        Some(_) | None => bare,
    }
}

/// A number in pairs: `01 99 00 91 01`.
pub(super) fn in_pairs(tel: &str) -> String {
    let bare = dialled(tel);
    if bare.len() != 10 || bare.starts_with('+') {
        return bare;
    }
    let pairs: Vec<_> = bare
        .as_bytes()
        .chunks(2)
        .map(String::from_utf8_lossy)
        .collect();
    pairs.join("\u{a0}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_as_they_are_dialled() {
        assert_eq!(dialled("+33 1 99 00 91 01"), "0199009101");
        assert_eq!(dialled("+262692123456"), "+262692123456");
        assert_eq!(
            in_pairs("+33199009101"),
            "01\u{a0}99\u{a0}00\u{a0}91\u{a0}01"
        );
        assert_eq!(in_pairs("15"), "15");
    }
}
