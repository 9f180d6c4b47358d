//! The closed list of motives (`motives/motives.csv`): codes, labels, everyday words that find
//! them, the national pivot code, the protocol sheet. Owns look-ups; knows no request.

use super::folded;
use relais_core::people::Profession;
use relais_core::slug::Slug;
use std::sync::OnceLock;

const SHIPPED: &[u8] = include_bytes!("../../../../motives/motives.csv");

/// One coded reason for a contact or request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Motive {
    /// Its code, for ever.
    pub code: Slug,
    /// What screens show, in French.
    pub label: String,
    /// Everyday words that find it.
    pub words: Vec<String>,
    /// HubSanté/CISU pivot code.
    pub cisu: String,
    /// Protocol sheet for an adult, if any.
    pub sheet: Option<String>,
    /// Protocol sheet under 15, when it differs.
    pub sheet_child: Option<String>,
    /// Professions proposed, most usual first.
    pub professions: Vec<Profession>,
}

/// The motive list cannot be read: which line, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("motive list, line {line}: {reason}")]
pub struct MotiveError {
    line: usize,
    reason: String,
}

/// The closed list, in the order of the file.
#[derive(Debug)]
pub struct Motives {
    all: Vec<Motive>,
    /// Folded label and words of each motive, in the order of `all`.
    keys: Vec<Vec<String>>,
}

impl Motives {
    /// The list shipped with the product, read once.
    pub fn shipped() -> &'static Self {
        static ONCE: OnceLock<Motives> = OnceLock::new();
        ONCE.get_or_init(|| {
            Self::read(SHIPPED).expect("the embedded motive list is read whole by a test")
        })
    }

    fn read(bytes: &[u8]) -> Result<Self, MotiveError> {
        let mut all = Vec::new();
        for (index, record) in csv::Reader::from_reader(bytes).into_records().enumerate() {
            let fail = |reason: String| MotiveError {
                line: index + 2,
                reason,
            };
            let record = record.map_err(|error| fail(error.to_string()))?;
            all.push(motive(&record).map_err(fail)?);
        }
        let keys = all
            .iter()
            .map(|m: &Motive| {
                let code = folded(m.code.as_str());
                std::iter::once(folded(&m.label))
                    .chain(std::iter::once(code))
                    .chain(m.words.iter().map(|word| folded(word)))
                    .collect()
            })
            .collect();
        Ok(Self { all, keys })
    }

    /// Every motive, in the order of the list.
    pub fn all(&self) -> &[Motive] {
        &self.all
    }

    /// A motive by code.
    pub fn get(&self, code: &str) -> Option<&Motive> {
        self.all.iter().find(|motive| motive.code.as_str() == code)
    }

    /// The French label of a code; the code itself when the list no longer has it.
    pub fn label<'a>(&'a self, code: &'a Slug) -> &'a str {
        self.get(code.as_str())
            .map_or(code.as_str(), |motive| &motive.label)
    }

    /// Motives found by everyday words, best first: every word typed must begin a word of the
    /// label, the code or the everyday words. Nothing for an empty query.
    pub fn search(&self, query: &str, limit: usize) -> Vec<&Motive> {
        let wanted = folded(query);
        let typed: Vec<_> = wanted.split(' ').filter(|word| !word.is_empty()).collect();
        if typed.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<_> = self
            .keys
            .iter()
            .enumerate()
            .filter_map(|(index, keys)| Some((rank(keys, &wanted, &typed)?, index)))
            .collect();
        found.sort_unstable();
        found
            .into_iter()
            .take(limit)
            .map(|(_, index)| &self.all[index])
            .collect()
    }
}

/// 0 = a phrase begins with all that was typed, 1 = the words are there; `None` = not.
fn rank(keys: &[String], wanted: &str, typed: &[&str]) -> Option<u8> {
    if keys.iter().any(|key| key.starts_with(wanted)) {
        return Some(0);
    }
    let begins = |word: &str| {
        keys.iter()
            .any(|k| k.split(' ').any(|own| own.starts_with(word)))
    };
    typed.iter().all(|word| begins(word)).then_some(1)
}

fn motive(record: &csv::StringRecord) -> Result<Motive, String> {
    let cell = |index: usize| record.get(index).map(str::trim).ok_or("a cell is missing");
    let code = Slug::new(cell(0)?).map_err(|error| error.to_string())?;
    let optional = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut professions = Vec::new();
    for word in cell(6)?.split_whitespace() {
        let known = Profession::from_code(word);
        professions.push(known.ok_or_else(|| format!("`{word}` is no profession"))?);
    }
    Ok(Motive {
        code,
        label: cell(1)?.to_owned(),
        words: cell(2)?
            .split(';')
            .map(str::trim)
            .filter_map(optional)
            .collect(),
        cisu: cell(3)?.to_owned(),
        sheet: optional(cell(4)?),
        sheet_child: optional(cell(5)?),
        professions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promised by the contract.
    const PROMISED: &str = "toux fievre odynophagie otalgie douleur-abdominale vomissement \
        rachialgie cephalees eruption rhume douleur-thoracique dyspnee cystite entorse plaie \
        lombalgie dentaire ophtalmo grossesse psy soins-infirmiers kinesitherapie renouvellement \
        autre";

    fn codes(query: &str) -> Vec<&'static str> {
        Motives::shipped()
            .search(query, 5)
            .into_iter()
            .map(|m| m.code.as_str())
            .collect()
    }

    #[test]
    fn the_shipped_list_holds_what_was_promised() {
        let list = Motives::read(SHIPPED).unwrap();
        for code in PROMISED.split_whitespace() {
            assert!(list.get(code).is_some(), "{code}");
        }
        assert!(
            list.all()
                .iter()
                .all(|m| !m.professions.is_empty() && !m.label.is_empty())
        );
    }

    #[test]
    fn everyday_words_find_a_motive() {
        assert_eq!(codes("oreille")[0], "otalgie");
        assert_eq!(codes("OTITE")[0], "otalgie");
        assert_eq!(codes("mal de gor")[0], "odynophagie");
        assert!(codes("nausees").contains(&"vomissement"));
        assert!(codes("prise de sang").contains(&"prelevement"));
        assert!(codes("").is_empty());
        assert!(codes("zzz").is_empty());
    }

    #[test]
    fn an_unknown_code_is_its_own_label() {
        let code = Slug::new("abandonne").unwrap();
        assert_eq!(Motives::shipped().label(&code), "abandonne");
        assert_eq!(
            Motives::shipped().label(&Slug::new("otalgie").unwrap()),
            "Mal d'oreille"
        );
    }

    #[test]
    fn a_line_that_does_not_hold_together_is_named() {
        let file = "code,label,words,cisu,sheet,sheet_child,professions\nok,A,,M1,,,gp\nb,B,,M1,,,wizard\n";
        let error = Motives::read(file.as_bytes()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "motive list, line 3: `wizard` is no profession"
        );
    }
}
