//! The lists that several forms of a request offer, in one wording. Owns the words; which form offers
//! which list is the form's.

use relais_core::request::Moment;

use crate::parts::Choice;

/// Administrative sex.
pub(crate) fn sexes() -> Vec<Choice> {
    Choice::list(&[("F", "Femme"), ("M", "Homme"), ("U", "Non dit")])
}

/// Yes, no, not known.
pub(crate) fn trio() -> Vec<Choice> {
    Choice::list(&[("yes", "Oui"), ("no", "Non"), ("unknown", "Ne sait pas")])
}

/// Whether the usual professional can see the patient (R2).
pub(crate) fn contacted() -> Vec<Choice> {
    Choice::list(&[
        ("unable", "Ne peut pas"),
        ("unreachable", "Injoignable"),
        ("not-tried", "Pas encore"),
    ])
}

/// Where somebody is seen, as the desk says it.
pub(crate) fn modes() -> Vec<Choice> {
    Choice::list(&[
        ("consultation", "Consultation"),
        ("visit", "Visite"),
        ("teleconsultation", "Téléconsultation"),
    ])
}

/// What times are counted in.
pub(crate) fn series_per() -> Vec<Choice> {
    Choice::list(&[("day", "Jour"), ("week", "Semaine")])
}

/// When the patient is there.
pub(crate) fn series_at() -> Vec<Choice> {
    let word = |moment: &Moment| relais_app::text::series::word(*moment);
    Moment::ALL
        .iter()
        .map(|moment| Choice::new(moment.code(), crate::show::upper(word(moment))))
        .collect()
}
