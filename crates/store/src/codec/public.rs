//! What the public sees of a network, in its settings: the address and limits of its form, and the
//! numbers to dial when it is closed (R1, R2). Refuses limits that would promise nothing.

use relais_core::geo::Insee;
use relais_core::numbers::{DutyHours, Number, Use};
use serde::{Deserialize, Serialize};

use super::settings::{SettingsError, WeekDto, spans_in, spans_out};

/// Most numbers of one network.
const NUMBERS_MAX: usize = 200;
/// Longest name or sentence, characters.
const TEXT_MAX: usize = 160;

/// The public form, and what is told when the network is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicSettings {
    /// Word of the form's address (`/n/<slug>`); none = the network's code in lower case.
    pub slug: Option<String>,
    /// Whether the form takes requests. Off until the network says so: somebody must call back.
    pub form: bool,
    /// A call back is promised within so many minutes, 10 to 1,440, closing time at the latest.
    pub call_back_minutes: u16,
    /// The form stops so many minutes before closing time: what it takes is called back the same day.
    pub last_form_minutes: u16,
    /// Most requests of the form that wait at once; beyond, the page says to phone.
    pub waiting_max: u16,
    /// The number of the doctor on duty where no other is given: `116117`, or `15` where the region
    /// chose it.
    pub duty_phone: String,
    /// Numbers given when the network is closed.
    pub numbers: Vec<Number>,
}

impl Default for PublicSettings {
    fn default() -> PublicSettings {
        PublicSettings {
            slug: None,
            form: false,
            call_back_minutes: 60,
            last_form_minutes: 15,
            waiting_max: 40,
            duty_phone: "116117".to_string(),
            numbers: Vec::new(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(default)]
pub(super) struct PublicDto {
    slug: Option<String>,
    form: bool,
    call_back_minutes: u16,
    last_form_minutes: u16,
    waiting_max: u16,
    duty_phone: String,
    numbers: Vec<NumberDto>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NumberDto {
    #[serde(rename = "use")]
    usage: String,
    name: String,
    phone: String,
    #[serde(default)]
    say: String,
    #[serde(default)]
    communes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hours: Option<DutyDto>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DutyDto {
    #[serde(default)]
    weekly: WeekDto,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holidays: Option<Vec<String>>,
}

impl Default for PublicDto {
    fn default() -> PublicDto {
        PublicDto::from(&PublicSettings::default())
    }
}

impl From<&PublicSettings> for PublicDto {
    fn from(s: &PublicSettings) -> PublicDto {
        PublicDto {
            slug: s.slug.clone(),
            form: s.form,
            call_back_minutes: s.call_back_minutes,
            last_form_minutes: s.last_form_minutes,
            waiting_max: s.waiting_max,
            duty_phone: s.duty_phone.clone(),
            numbers: s.numbers.iter().map(NumberDto::from).collect(),
        }
    }
}

impl From<&Number> for NumberDto {
    fn from(n: &Number) -> NumberDto {
        NumberDto {
            usage: n.usage.code().to_string(),
            name: n.name.clone(),
            phone: n.phone.clone(),
            say: n.say.clone(),
            communes: n.communes.iter().map(ToString::to_string).collect(),
            hours: n.hours.as_ref().map(|h| DutyDto {
                weekly: (&h.weekly).into(),
                holidays: h.holidays.as_deref().map(spans_in),
            }),
        }
    }
}

/// Reads and checks; the error names the place.
pub(super) fn read(dto: &PublicDto) -> Result<PublicSettings, SettingsError> {
    let wrong = |key: &str, why| {
        Err(SettingsError::Value {
            path: format!("public.{key}"),
            why,
        })
    };
    if dto.slug.as_deref().is_some_and(|slug| !is_slug(slug)) {
        return wrong("slug", "3 to 40 small letters, digits and hyphens");
    }
    if !(10..=1_440).contains(&dto.call_back_minutes) {
        return wrong("call_back_minutes", "from 10 minutes to 24 hours");
    }
    if dto.last_form_minutes > 240 {
        return wrong("last_form_minutes", "four hours at most");
    }
    if !(1..=1_000).contains(&dto.waiting_max) {
        return wrong("waiting_max", "from 1 to 1000");
    }
    if !dialled(&dto.duty_phone) {
        return wrong("duty_phone", "digits, as dialled");
    }
    if dto.numbers.len() > NUMBERS_MAX {
        return wrong("numbers", "200 at most");
    }
    let numbers = dto.numbers.iter().enumerate();
    Ok(PublicSettings {
        slug: dto.slug.clone(),
        form: dto.form,
        call_back_minutes: dto.call_back_minutes,
        last_form_minutes: dto.last_form_minutes,
        waiting_max: dto.waiting_max,
        duty_phone: dto.duty_phone.clone(),
        numbers: numbers
            .map(|(index, number)| number.read(&format!("public.numbers.{index}")))
            .collect::<Result<_, _>>()?,
    })
}

impl NumberDto {
    fn read(&self, path: &str) -> Result<Number, SettingsError> {
        let wrong = |key: &str, why| SettingsError::Value {
            path: format!("{path}.{key}"),
            why,
        };
        let long = |text: &str| text.chars().count() > TEXT_MAX;
        if self.name.trim().is_empty() || long(&self.name) {
            return Err(wrong("name", "1 to 160 characters"));
        }
        if long(&self.say) {
            return Err(wrong("say", "160 characters at most"));
        }
        if !dialled(&self.phone) {
            return Err(wrong("phone", "digits, as dialled"));
        }
        let mut communes = Vec::with_capacity(self.communes.len());
        for (index, code) in self.communes.iter().enumerate() {
            let insee = Insee::new(code);
            communes
                .push(insee.ok_or_else(|| wrong(&format!("communes.{index}"), "an INSEE code"))?);
        }
        let hours = self
            .hours
            .as_ref()
            .map(|h| h.read(&format!("{path}.hours")));
        Ok(Number {
            usage: Use::from_code(&self.usage)
                .ok_or_else(|| wrong("use", "doctor, pharmacy, dentist or other"))?,
            name: self.name.clone(),
            phone: self.phone.clone(),
            say: self.say.clone(),
            communes,
            hours: hours.transpose()?,
        })
    }
}

impl DutyDto {
    fn read(&self, path: &str) -> Result<DutyHours, SettingsError> {
        let holidays = self.holidays.as_deref();
        Ok(DutyHours {
            weekly: self.weekly.read(&format!("{path}.weekly"))?,
            holidays: holidays
                .map(|spans| spans_out(&format!("{path}.holidays"), spans))
                .transpose()?,
        })
    }
}

/// A word of an address.
fn is_slug(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (3..=40).contains(&text.len())
        && text.bytes().all(plain)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// A number as it is dialled: digits, a plus in front perhaps.
pub(super) fn dialled(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (2..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::codec::settings::{decode, encode};

    #[test]
    fn numbers_written_by_hand_are_read_and_written_back() {
        let text = r#"{"v":1,"hours":{"overseas":"reunion"},"public":{"slug":"essonne-nord","form":true,"numbers":[
            {"use":"doctor","name":"Maison médicale","phone":"116117","communes":["91286"],
             "hours":{"weekly":{"sat":["12:00-24:00"]},"holidays":["08:00-24:00"]}},
            {"use":"pharmacy","name":"Pharmacie de garde","phone":"3237"}]}}"#;
        let settings = decode(text).expect("reads");
        let public = &settings.extra.public;
        assert_eq!(public.slug.as_deref(), Some("essonne-nord"));
        assert_eq!(public.numbers.len(), 2);
        assert_eq!(public.numbers[1].hours, None);
        let again = decode(&encode(&settings).expect("writes")).expect("reads again");
        assert_eq!(again, settings);
    }
}
