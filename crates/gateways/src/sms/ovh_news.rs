//! What OVHcloud says when it calls back: what became of a message, and what somebody answered. It signs
//! nothing and names its own number of the message only; it may call twice, late, or about nothing.
//!
//! Owns what its words mean. Refuses to believe two words that contradict each other.

use crate::message::ReceiptState;

/// Longest number of a message kept.
const REF_MAX: usize = 40;

/// News of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OvhReceipt {
    /// The vendor's number of the message.
    pub reference: String,
    /// What became of it; `None` while it is on its way.
    pub state: Option<ReceiptState>,
}

/// An answer somebody sent.
#[derive(Clone, PartialEq, Eq)]
pub struct OvhReply {
    /// The vendor's number of the answer; empty when it gives none.
    pub reference: String,
    /// The number it came from, as the vendor writes it, in international form.
    pub from: String,
    /// What it says.
    pub text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Arrived,
    OnItsWay,
    Lost,
}

/// Reads the values of a call about a message; `None` when they name none.
pub fn receipt(said: &[(String, String)]) -> Option<OvhReceipt> {
    let reference = value(said, &["id"])?.trim();
    let digits = reference.bytes().all(|b| b.is_ascii_digit());
    if !digits || !(1..=REF_MAX).contains(&reference.len()) {
        return None;
    }
    // State by the operators' network: 4 arrived, 1 to 3 on its way, anything else lost.
    let by_network = value(said, &["ptt"]).and_then(|text| match text.trim().parse::<u32>() {
        Ok(4) => Some(Word::Arrived),
        Ok(0..=3) => Some(Word::OnItsWay),
        Ok(_) => Some(Word::Lost),
        Err(_) => None,
    });
    // State by the vendor: 1 success, 2 failed, 16 not billed, the others wait.
    let by_vendor = value(said, &["description"]).and_then(|text| match text.trim() {
        "1" => Some(Word::Arrived),
        "2" | "16" => Some(Word::Lost),
        "0" | "4" | "8" => Some(Word::OnItsWay),
        _ => None,
    });
    let state = match (by_network, by_vendor) {
        (Some(Word::Arrived), None | Some(Word::Arrived)) | (None, Some(Word::Arrived)) => {
            Some(ReceiptState::Delivered)
        }
        (Some(Word::Lost), None | Some(Word::Lost))
        | (None | Some(Word::OnItsWay), Some(Word::Lost)) => Some(ReceiptState::Failed),
        _ => None,
    };
    Some(OvhReceipt {
        reference: reference.to_owned(),
        state,
    })
}

/// Reads the values of a call that brings an answer; `None` without a number or a text. The names of the
/// values depend on the age of the account: every one that is known is understood.
pub fn reply(said: &[(String, String)]) -> Option<OvhReply> {
    let from = value(said, &["senderid", "sender", "from", "number"])?;
    let text = value(said, &["message", "text", "msg"])?;
    let reference = value(said, &["id", "messageid"]).unwrap_or_default();
    let reference: String = reference.trim().chars().take(REF_MAX).collect();
    Some(OvhReply {
        reference,
        from: international(from)?,
        text: text.to_owned(),
    })
}

fn value<'s>(said: &'s [(String, String)], names: &[&str]) -> Option<&'s str> {
    names.iter().find_map(|name| {
        let mut all = said.iter();
        let found =
            all.find(|(known, value)| known.eq_ignore_ascii_case(name) && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    })
}

/// `0033612345678` and `33612345678` as `+33612345678`; in an address a plus sign may have become a space.
fn international(number: &str) -> Option<String> {
    let number = number.trim().trim_start_matches('+');
    let number = number.strip_prefix("00").unwrap_or(number);
    let fits = (6..=15).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| match number.strip_prefix('0') {
        // A national number, as accounts of the country may get it.
        Some(national) => format!("+33{national}"),
        None => format!("+{number}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(said: &[(&str, &str)]) -> Vec<(String, String)> {
        let each = said.iter();
        each.map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    }

    fn state(ptt: &str, description: &str) -> Option<ReceiptState> {
        let said = pairs(&[
            ("id", "27814656"),
            ("ptt", ptt),
            ("description", description),
        ]);
        receipt(&said).unwrap().state
    }

    #[test]
    fn two_words_that_agree_are_believed_and_a_contradiction_is_no_news() {
        use ReceiptState::{Delivered, Failed};
        let cases = [
            ("4", "1", Some(Delivered)),
            ("4", "", Some(Delivered)),
            ("", "1", Some(Delivered)),
            ("3", "1", None),
            ("1", "4", None),
            ("2", "0", None),
            ("3", "2", Some(Failed)),
            ("500", "2", Some(Failed)),
            ("8", "", Some(Failed)),
            ("", "16", Some(Failed)),
            ("4", "2", None),
            ("500", "1", None),
            ("77", "8", None),
            ("", "", None),
            ("x", "y", None),
        ];
        for (ptt, description, expected) in cases {
            assert_eq!(state(ptt, description), expected, "{ptt} {description}");
        }
    }

    #[test]
    fn a_call_about_nothing_is_no_receipt() {
        for id in ["", "27 81", "<script>", "-1", &"9".repeat(41)] {
            assert_eq!(receipt(&pairs(&[("id", id), ("ptt", "4")])), None, "{id}");
        }
        assert_eq!(receipt(&[]), None);
    }

    #[test]
    fn a_number_is_read_however_it_is_written() {
        let from = |number: &str| {
            let said = pairs(&[("id", "7"), ("senderid", number), ("message", "OUI 4821")]);
            reply(&said).map(|reply| reply.from)
        };
        let expected = Some("+33639980001".to_owned());
        for number in [
            "+33639980001",
            " 33639980001",
            "0033639980001",
            "33639980001",
            "0639980001",
        ] {
            assert_eq!(from(number), expected, "{number}");
        }
        for number in ["", "38000x", "SNP91", "12345", "+3363998000100000"] {
            assert_eq!(from(number), None, "{number}");
        }
        let old = reply(&pairs(&[("From", "33639980001"), ("Text", " Oui ")])).unwrap();
        assert_eq!((old.reference.as_str(), old.text.as_str()), ("", " Oui "));
    }

    proptest! {
        #[test]
        fn nothing_said_makes_it_fall(said in proptest::collection::vec(("\\PC{0,12}", "\\PC{0,40}"), 0..8)) {
            let _read = (receipt(&said), reply(&said).map(|r| r.from));
        }
    }
}
