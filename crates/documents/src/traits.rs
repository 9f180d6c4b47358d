//! Who a patient is, by the national rules of identity (INS): strict traits, a status, and a number
//! that leaves only with a qualified identity. Refuses nothing typed: it says what may be sent.

use relais_core::request::Sex;

/// How sure an identity is (RNIV).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Typed, nothing seen: what every identity is until somebody does more.
    Provisional,
    /// Answered by the national service, no document seen.
    Retrieved,
    /// A document seen, the national service not asked.
    Validated,
    /// Both.
    Qualified,
}

impl Status {
    /// Every value.
    pub const ALL: &'static [Self] = &[
        Self::Provisional,
        Self::Retrieved,
        Self::Validated,
        Self::Qualified,
    ];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Provisional => "provisional",
            Self::Retrieved => "retrieved",
            Self::Validated => "validated",
            Self::Qualified => "qualified",
        }
    }

    /// The value of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.code() == code)
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Provisional => "identité provisoire",
            Self::Retrieved => "identité récupérée",
            Self::Validated => "identité validée",
            Self::Qualified => "identité qualifiée",
        }
    }
}

/// What weakens an identity: none of them goes with a validated or qualified one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Doubts {
    /// Somebody doubts it.
    pub doubtful: bool,
    /// Nobody's: a training record.
    pub fictive: bool,
}

/// Which list a number is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// Registered number (NIR).
    Nir,
    /// Number while waiting for one (NIA).
    Nia,
    /// A test patient.
    Test,
}

impl Authority {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nir => "nir",
            Self::Nia => "nia",
            Self::Test => "test",
        }
    }

    /// The value of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        let all = [Self::Nir, Self::Nia, Self::Test];
        all.into_iter().find(|value| value.code() == code)
    }

    /// The OID of its domain.
    pub const fn oid(self) -> &'static str {
        match self {
            Self::Nir => "1.2.250.1.213.1.4.8",
            Self::Nia => "1.2.250.1.213.1.4.9",
            Self::Test => "1.2.250.1.213.1.4.10",
        }
    }
}

/// A national health identity number, its key checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Ins {
    number: String,
    authority: Authority,
}

impl Ins {
    /// Reads fifteen characters; none when the form or the key is wrong.
    pub fn read(text: &str, authority: Authority) -> Option<Self> {
        let number: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let number = number.to_uppercase();
        if number.len() != 15 || !number.is_ascii() {
            return None;
        }
        let (body, key) = number.split_at(13);
        let first = body.as_bytes().first()?;
        if !matches!(first, b'1'..=b'4' | b'7' | b'8') {
            return None;
        }
        let digits = match body.get(5..7)? {
            "2A" => body.replacen("2A", "19", 1),
            "2B" => body.replacen("2B", "18", 1),
            _ => body.to_owned(),
        };
        let value: u64 = digits.parse().ok()?;
        let expected: u64 = key.parse().ok()?;
        (97 - value % 97 == expected).then_some(Self { number, authority })
    }

    /// The number. Only for a document whose identity is qualified: see [`Traits::sendable`].
    pub(crate) fn number(&self) -> &str {
        &self.number
    }

    /// Its domain.
    pub(crate) const fn authority(&self) -> Authority {
        self.authority
    }
}

/// The traits of an identity.
#[derive(Clone, PartialEq, Eq)]
pub struct Traits {
    /// Name at birth, as typed.
    pub birth_name: String,
    /// All first names at birth, as typed, in their order.
    pub first_names: String,
    /// Administrative sex.
    pub sex: Sex,
    /// Birth date, ISO.
    pub birth_date: String,
    /// INSEE code of the place of birth (`99…` abroad).
    pub birth_place: Option<String>,
    /// How sure it is.
    pub status: Status,
    /// What weakens it.
    pub doubts: Doubts,
    /// The number, when known.
    pub ins: Option<Ins>,
}

impl Traits {
    /// What was typed at a counter or a telephone: provisional, without a number.
    pub fn typed(birth_name: &str, first_names: &str, sex: Sex, birth_date: &str) -> Self {
        Self {
            birth_name: birth_name.to_owned(),
            first_names: first_names.to_owned(),
            sex,
            birth_date: birth_date.to_owned(),
            birth_place: None,
            status: Status::Provisional,
            doubts: Doubts::default(),
            ins: None,
        }
    }

    /// The same with another trait: nothing seen before holds any more, and the number goes.
    #[must_use]
    pub fn changed(self, change: impl FnOnce(&mut Self)) -> Self {
        let before = self.clone();
        let mut after = self;
        change(&mut after);
        let strict = |t: &Self| {
            (
                t.strict_name(),
                t.strict_first_names(),
                t.sex,
                t.birth_date.clone(),
                t.birth_place.clone(),
            )
        };
        if strict(&before) != strict(&after) {
            after.status = Status::Provisional;
            after.ins = None;
        }
        after
    }

    /// The status that holds: a doubt forbids what a document had given.
    pub const fn status(&self) -> Status {
        if self.doubts.doubtful || self.doubts.fictive {
            Status::Provisional
        } else {
            self.status
        }
    }

    /// The number, only when every condition of its sending holds: qualified, no doubt, the five
    /// traits known.
    pub(crate) fn sendable(&self) -> Option<&Ins> {
        let whole = self.birth_place.is_some()
            && self.sex != Sex::Unknown
            && !self.strict_name().is_empty()
            && !self.strict_first_names().is_empty();
        self.ins
            .as_ref()
            .filter(|_| whole && self.status() == Status::Qualified)
    }

    /// Name at birth in the strict form: capitals without accents, hyphens and apostrophes kept.
    pub fn strict_name(&self) -> String {
        strict(&self.birth_name)
    }

    /// First names in the strict form.
    pub fn strict_first_names(&self) -> String {
        strict(&self.first_names)
    }

    /// The first of them.
    pub fn strict_first_name(&self) -> String {
        let all = self.strict_first_names();
        all.split(' ').next().unwrap_or_default().to_owned()
    }

    /// `28/03/1979`; empty when the date is not one.
    pub(crate) fn birth_date_read(&self) -> String {
        let mut parts = self.birth_date.split('-');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(year), Some(month), Some(day)) => format!("{day}/{month}/{year}"),
            _ => String::new(),
        }
    }

    /// `19790328`.
    pub(crate) fn birth_date_digits(&self) -> String {
        self.birth_date.replace('-', "")
    }
}

/// Capitals without accents; letters, hyphens, apostrophes and single spaces only.
pub(crate) fn strict(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| match c {
            '’' | 'ʼ' | '‘' | '\'' => '\'',
            '‐' | '‑' | '–' | '-' => '-',
            // Pictures have names of their own once transcribed: nobody's.
            c if c.is_alphabetic() || ('\u{300}'..'\u{370}').contains(&c) => c,
            _ => ' ',
        })
        .collect();
    let upper = deunicode::deunicode(&plain).to_uppercase();
    let letters = upper.chars().map(|c| {
        if c.is_ascii_uppercase() || matches!(c, '-' | '\'') {
            c
        } else {
            ' '
        }
    });
    let spaced: String = letters.collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST_NUMBER: &str = "279035121518989";

    fn qualified() -> Traits {
        Traits {
            birth_place: Some("51215".to_owned()),
            status: Status::Qualified,
            ins: Ins::read(TEST_NUMBER, Authority::Test),
            ..Traits::typed(
                "Pat-Trois",
                "Dominique Marie-Louise",
                Sex::Female,
                "1979-03-28",
            )
        }
    }

    #[test]
    fn the_number_leaves_with_a_qualified_identity_only() {
        assert!(qualified().sendable().is_some());
        for status in [Status::Provisional, Status::Retrieved, Status::Validated] {
            let traits = Traits {
                status,
                ..qualified()
            };
            assert!(traits.sendable().is_none(), "{status:?}");
        }
        for doubts in [
            Doubts {
                doubtful: true,
                fictive: false,
            },
            Doubts {
                doubtful: false,
                fictive: true,
            },
        ] {
            let traits = Traits {
                doubts,
                ..qualified()
            };
            assert!(traits.sendable().is_none());
            assert_eq!(traits.status(), Status::Provisional);
        }
        let placeless = Traits {
            birth_place: None,
            ..qualified()
        };
        assert!(placeless.sendable().is_none());
    }

    #[test]
    fn a_changed_trait_takes_status_and_number_away() {
        let other = qualified().changed(|t| t.birth_date = "1979-03-29".to_owned());
        assert_eq!(other.status, Status::Provisional);
        assert!(other.ins.is_none());
        let accent = qualified().changed(|t| t.first_names = "Dominiquë Marie-Louise".to_owned());
        assert_eq!(
            accent.status,
            Status::Qualified,
            "the strict trait is the same"
        );
    }

    #[test]
    fn strict_names_keep_hyphens_and_apostrophes_and_nothing_else() {
        assert_eq!(strict("d’Haÿ-Œuvrard"), "D'HAY-OEUVRARD");
        assert_eq!(strict("  Le\tGoff\r\nBcc: x "), "LE GOFF BCC X");
        assert_eq!(strict("N^G|<&>~\\2🙂uyen").split(' ').next(), Some("N"));
    }

    #[test]
    fn a_number_with_a_wrong_key_is_none() {
        assert!(Ins::read(TEST_NUMBER, Authority::Test).is_some());
        assert!(Ins::read("2 79 03 51 215 189 89", Authority::Nir).is_some());
        for wrong in [
            "279035121518988",
            "27903512151898",
            "579035121518989",
            "27903512151898é",
        ] {
            assert!(Ins::read(wrong, Authority::Nir).is_none(), "{wrong}");
        }
    }
}
