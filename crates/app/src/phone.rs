//! Telephone numbers: read as people type them, kept in E.164.

use phonenumber::country::Id as Country;

/// A number in E.164. Not printed by `Debug`: it may be a patient's.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phone {
    e164: String,
    mobile: bool,
}

/// Numbers reserved for fiction (ARCEP) that no numbering plan lists: used by the demonstration.
const FICTION_MOBILE: &str = "+3363998";

/// National prefixes of overseas territories, typed as if French.
const OVERSEAS: &[(&str, Country)] = &[
    ("0590", Country::GP),
    ("0690", Country::GP),
    ("0691", Country::GP),
    ("0596", Country::MQ),
    ("0696", Country::MQ),
    ("0697", Country::MQ),
    ("0594", Country::GF),
    ("0694", Country::GF),
    ("0262", Country::RE),
    ("0692", Country::RE),
    ("0693", Country::RE),
    ("0269", Country::YT),
    ("0639", Country::YT),
];

impl Phone {
    /// Reads a number, spaces and dots allowed; `None` when it is none.
    pub fn read(text: &str) -> Option<Self> {
        let kept: String = text
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '+')
            .collect();
        let allowed = |c: char| c.is_ascii_digit() || "+ .-()/\u{a0}\u{202f}".contains(c);
        if text.len() > 40 || !text.chars().all(allowed) {
            return None;
        }
        let french = kept
            .strip_prefix("0033")
            .map(|rest| format!("+33{rest}"))
            .unwrap_or(kept);
        let fiction = french
            .strip_prefix("063998")
            .or_else(|| french.strip_prefix(FICTION_MOBILE))
            .filter(|rest| rest.len() == 4);
        if let Some(rest) = fiction {
            return Some(Self {
                e164: format!("{FICTION_MOBILE}{rest}"),
                mobile: true,
            });
        }
        let country = OVERSEAS
            .iter()
            .find(|(prefix, _)| french.starts_with(prefix))
            .map_or(Country::FR, |(_, country)| *country);
        let number = phonenumber::parse(Some(country), &french).ok()?;
        if !phonenumber::is_valid(&number) {
            return None;
        }
        let kind = number.number_type(&phonenumber::metadata::DATABASE);
        let mobile = matches!(
            kind,
            phonenumber::Type::Mobile | phonenumber::Type::FixedLineOrMobile
        );
        let e164 = number.format().mode(phonenumber::Mode::E164).to_string();
        Some(Self { e164, mobile })
    }

    /// The E.164 form.
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// Whether it can receive SMS.
    pub const fn is_mobile(&self) -> bool {
        self.mobile
    }
}

/// As people write it: `06 39 98 41 07`; other countries keep their E.164 form.
pub fn national(e164: &str) -> String {
    let Some(rest) = e164.strip_prefix("+33").filter(|rest| rest.len() == 9) else {
        return e164.to_owned();
    };
    let digits = format!("0{rest}");
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair).into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn e164(text: &str) -> Option<String> {
        Phone::read(text).map(|p| p.e164().to_owned())
    }

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for text in [
            "06 12 34 56 78",
            "06.12.34.56.78",
            "+33612345678",
            "0033 6 12 34 56 78",
        ] {
            assert_eq!(e164(text).as_deref(), Some("+33612345678"), "{text}");
        }
        assert_eq!(e164("0690 12 34 56").as_deref(), Some("+590690123456"));
        assert_eq!(e164("06 39 98 41 07").as_deref(), Some("+33639984107"));
        assert!(!Phone::read("01 69 00 00 00").unwrap().is_mobile());
        assert!(Phone::read("06 39 98 41 07").unwrap().is_mobile());
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "116117",
            "06 12 34 56",
            "mon téléphone",
            "06 12 34 56 78 90 12",
            "+",
        ] {
            assert_eq!(e164(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_shown_in_pairs() {
        assert_eq!(national("+33639984107"), "06 39 98 41 07");
        assert_eq!(national("+590690123456"), "+590690123456");
    }
}
