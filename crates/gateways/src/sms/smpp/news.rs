//! What a message centre brings: receipts, written as words in a text or as optional parameters, and what
//! people answered.

use super::letters;
use super::pdu::{Short, tlv};
use crate::message::ReceiptState;

/// Longest reference kept.
pub(super) const REF_MAX: usize = 65;

/// The first header of a text: it joins its parts.
const HEADED: u8 = 0x40;
/// The bits that say what kind of message this is.
const KIND: u8 = 0x3C;

/// How a centre writes the numbers of messages in its receipts: some give them in hexadecimal when they take
/// the message and in decimal afterwards, or the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReceiptIds {
    /// As in the answer.
    #[default]
    Same,
    /// Decimal in receipts, hexadecimal in the answer.
    Decimal,
    /// Hexadecimal in receipts, decimal in the answer.
    Hexadecimal,
}

impl ReceiptIds {
    /// The number of a receipt as the answer wrote it; as it stands when it is no such number.
    fn as_answered(self, id: &str) -> String {
        let other = match self {
            Self::Same => None,
            Self::Decimal => id.parse::<u128>().ok().map(|n| format!("{n:x}")),
            Self::Hexadecimal => u128::from_str_radix(id, 16).ok().map(|n| n.to_string()),
        };
        other.unwrap_or_else(|| id.to_owned())
    }
}

/// What a `deliver_sm` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// A receipt, and what it says; no state while the message is on its way.
    Receipt {
        reference: String,
        state: Option<ReceiptState>,
    },
    /// What somebody wrote, and from which number.
    Reply { from: String, text: String },
    /// Nothing that is ours.
    Nothing,
}

/// Reads one.
pub(super) fn read(short: &Short, ids: ReceiptIds) -> News {
    match short.esm_class & KIND {
        0x00 => reply(short),
        0x04 => receipt(short, ids),
        // On its way, an acknowledgement by hand, between centres.
        _ => News::Nothing,
    }
}

fn reply(short: &Short) -> News {
    let headed = short.esm_class & HEADED != 0;
    let text = letters::read(short.coding, &short.text, headed);
    let digits = short.from.address.trim_start_matches('+');
    let number = (6..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    match text {
        Some(text) if number => News::Reply {
            from: format!("+{digits}"),
            text,
        },
        Some(_) | None => News::Nothing,
    }
}

fn receipt(short: &Short, ids: ReceiptIds) -> News {
    let said = String::from_utf8_lossy(&short.text);
    let by_tag = short.optional(tlv::RECEIPTED_MESSAGE_ID).map(|value| {
        let end = value.iter().position(|b| *b == 0).unwrap_or(value.len());
        String::from_utf8_lossy(value.get(..end).unwrap_or_default()).into_owned()
    });
    let reference = by_tag.or_else(|| word(&said, "id"));
    let Some(reference) = reference.filter(|r| (1..=REF_MAX).contains(&r.len())) else {
        return News::Nothing;
    };
    let state = short.optional(tlv::MESSAGE_STATE).and_then(|v| v.first());
    let state = match (state, word(&said, "stat").as_deref()) {
        (Some(2), _) | (None, Some("DELIVRD")) => Some(ReceiptState::Delivered),
        (Some(3..=5 | 8), _) | (None, Some("EXPIRED" | "DELETED" | "UNDELIV" | "REJECTD")) => {
            Some(ReceiptState::Failed)
        }
        // On its way, taken, unknown.
        _ => None,
    };
    News::Receipt {
        reference: ids.as_answered(&reference),
        state,
    }
}

/// The word after `name:` in the text of a receipt.
fn word(said: &str, name: &str) -> Option<String> {
    let mut words = said.split_whitespace();
    let found = words.find_map(|word| {
        let (known, value) = word.split_once(':')?;
        known.eq_ignore_ascii_case(name).then_some(value)
    })?;
    (!found.is_empty()).then(|| found.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::pdu::Place;
    use super::*;

    fn short(class: u8, text: &str, optional: &[(u16, &[u8])]) -> Short {
        Short {
            from: Place::of("+33639980001"),
            to: Place::of("38000"),
            esm_class: class,
            priority: 0,
            validity: String::new(),
            receipt: 0,
            coding: 0,
            text: text.as_bytes().to_vec(),
            optional: optional.iter().map(|(t, v)| (*t, v.to_vec())).collect(),
        }
    }

    fn said(
        text: &str,
        optional: &[(u16, &[u8])],
        ids: ReceiptIds,
    ) -> (String, Option<ReceiptState>) {
        match read(&short(4, text, optional), ids) {
            News::Receipt { reference, state } => (reference, state),
            other => panic!("{other:?}"),
        }
    }

    const TEXT: &str = "id:7f00 sub:001 dlvrd:001 submit date:2611221755 done date:2611221756 stat:DELIVRD err:000 text:";

    #[test]
    fn a_receipt_is_read_from_its_words_or_from_its_parameters() {
        use ReceiptState::{Delivered, Failed};
        let same = ReceiptIds::Same;
        assert_eq!(said(TEXT, &[], same), ("7f00".to_owned(), Some(Delivered)));
        let tags: [(u16, &[u8]); 2] = [(0x1E, b"MSG1\0"), (0x427, &[5])];
        assert_eq!(said("", &tags, same), ("MSG1".to_owned(), Some(Failed)));
        assert_eq!(
            said(TEXT, &tags, same).1,
            Some(Failed),
            "parameters are exact"
        );
        for (word, state) in [
            ("UNDELIV", Some(Failed)),
            ("ENROUTE", None),
            ("ACCEPTD", None),
        ] {
            let text = TEXT.replace("DELIVRD", word);
            assert_eq!(said(&text, &[], same).1, state, "{word}");
        }
        assert_eq!(read(&short(4, "stat:DELIVRD", &[]), same), News::Nothing);
        assert_eq!(
            read(&short(0x20, TEXT, &[]), same),
            News::Nothing,
            "on its way"
        );
    }

    #[test]
    fn numbers_are_compared_as_the_centre_first_gave_them() {
        let by = |id: &str, ids| said(&format!("id:{id} stat:DELIVRD"), &[], ids).0;
        assert_eq!(by("32512", ReceiptIds::Decimal), "7f00");
        assert_eq!(by("7F00", ReceiptIds::Hexadecimal), "32512");
        assert_eq!(by("a-b", ReceiptIds::Decimal), "a-b");
    }

    #[test]
    fn an_answer_has_a_number_and_a_text() {
        let oui = read(&short(0, "OUI 4821", &[]), ReceiptIds::Same);
        let expected = News::Reply {
            from: "+33639980001".to_owned(),
            text: "OUI 4821".to_owned(),
        };
        assert_eq!(oui, expected);
        let mut named = short(0, "Promo", &[]);
        named.from = Place::of("ADVERT");
        assert_eq!(read(&named, ReceiptIds::Same), News::Nothing);
        named = short(0, "x", &[]);
        named.coding = 4;
        assert_eq!(read(&named, ReceiptIds::Same), News::Nothing, "no text");
    }
}
