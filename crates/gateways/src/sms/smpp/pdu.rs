//! The wire of SMPP 3.4: one PDU read whole or not at all, and the few that a transceiver needs. Numbers are
//! big-endian; texts end with a zero byte and are cut to what the field takes.
//!
//! Owns lengths, fields and optional parameters. Refuses a PDU longer than [`LENGTH_MAX`]: the line is cut.

/// Longest PDU read: a message of 64 KiB fits in no phone.
const LENGTH_MAX: usize = 16 * 1024;
const HEADER: usize = 16;

/// Commands. An answer is the question with its first bit set.
pub(crate) mod command {
    pub(crate) const ANSWER: u32 = 0x8000_0000;
    pub(crate) const GENERIC_NACK: u32 = 0x8000_0000;
    pub(crate) const SUBMIT_SM: u32 = 0x0000_0004;
    pub(crate) const DELIVER_SM: u32 = 0x0000_0005;
    pub(crate) const UNBIND: u32 = 0x0000_0006;
    pub(crate) const BIND_TRANSCEIVER: u32 = 0x0000_0009;
    pub(crate) const ENQUIRE_LINK: u32 = 0x0000_0015;
}

/// Optional parameters.
pub(crate) mod tlv {
    pub(crate) const RECEIPTED_MESSAGE_ID: u16 = 0x001E;
    pub(crate) const MESSAGE_PAYLOAD: u16 = 0x0424;
    pub(crate) const MESSAGE_STATE: u16 = 0x0427;
}

/// One PDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pdu {
    pub(crate) command: u32,
    pub(crate) status: u32,
    pub(crate) sequence: u32,
    pub(crate) body: Vec<u8>,
}

/// Not SMPP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Garbage;

impl Pdu {
    /// A question.
    pub(crate) const fn ask(command: u32, sequence: u32, body: Vec<u8>) -> Self {
        Self {
            command,
            status: 0,
            sequence,
            body,
        }
    }

    /// The answer to this one, without a body.
    pub(crate) const fn answer(&self, status: u32) -> Self {
        Self {
            command: self.command | command::ANSWER,
            status,
            sequence: self.sequence,
            body: Vec::new(),
        }
    }

    /// Its bytes.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let length = u32::try_from(HEADER + self.body.len()).unwrap_or(u32::MAX);
        let mut out = Vec::with_capacity(HEADER + self.body.len());
        for word in [length, self.command, self.status, self.sequence] {
            out.extend_from_slice(&word.to_be_bytes());
        }
        out.extend_from_slice(&self.body);
        out
    }

    /// Takes the first whole PDU out of what was read; `None` until it is whole.
    pub(crate) fn take(buffer: &mut Vec<u8>) -> Result<Option<Self>, Garbage> {
        let Some(length) = word(buffer, 0) else {
            return Ok(None);
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if !(HEADER..=LENGTH_MAX).contains(&length) {
            return Err(Garbage);
        }
        if buffer.len() < length {
            return Ok(None);
        }
        let whole: Vec<u8> = buffer.drain(..length).collect();
        let at = |place| word(&whole, place).unwrap_or_default();
        Ok(Some(Self {
            command: at(4),
            status: at(8),
            sequence: at(12),
            body: whole.get(HEADER..).unwrap_or_default().to_vec(),
        }))
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_be_bytes(four))
}

/// Fields written one after the other.
#[derive(Default)]
pub(crate) struct Fields(Vec<u8>);

impl Fields {
    /// A text of at most `max` bytes, its end included.
    pub(crate) fn text(mut self, text: &str, max: usize) -> Self {
        let plain = text.bytes().filter(|b| *b != 0);
        self.0.extend(plain.take(max.saturating_sub(1)));
        self.0.push(0);
        self
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn optional(mut self, tag: u16, value: &[u8]) -> Self {
        let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
        self.0.extend_from_slice(&tag.to_be_bytes());
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(value);
        self
    }

    pub(crate) fn end(self) -> Vec<u8> {
        self.0
    }
}

/// An address with its type and its plan of numbering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) ton: u8,
    pub(crate) npi: u8,
    pub(crate) address: String,
}

impl Place {
    /// A number in international form, a short number, or a name of letters.
    pub(crate) fn of(address: &str) -> Self {
        let digits = address.strip_prefix('+');
        let (ton, npi, address) = match digits {
            Some(digits) => (1, 1, digits),
            None if address.bytes().all(|b| b.is_ascii_digit()) => (3, 0, address),
            None => (5, 0, address),
        };
        Self {
            ton,
            npi,
            address: address.to_owned(),
        }
    }
}

/// What `submit_sm` and `deliver_sm` have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Short {
    pub(crate) from: Place,
    pub(crate) to: Place,
    pub(crate) esm_class: u8,
    pub(crate) priority: u8,
    pub(crate) validity: String,
    pub(crate) receipt: u8,
    pub(crate) coding: u8,
    pub(crate) text: Vec<u8>,
    pub(crate) optional: Vec<(u16, Vec<u8>)>,
}

impl Short {
    /// The body of a PDU. A text too long for its field goes as `message_payload`.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let (inside, payload): (&[u8], _) = match u8::try_from(self.text.len()) {
            Ok(0..=254) => (&self.text, None),
            _ => (&[], Some(&self.text)),
        };
        let length = u8::try_from(inside.len()).unwrap_or_default();
        let mut fields = Fields::default()
            .text("", 6)
            .bytes(&[self.from.ton, self.from.npi])
            .text(&self.from.address, 21)
            .bytes(&[self.to.ton, self.to.npi])
            .text(&self.to.address, 21)
            .bytes(&[self.esm_class, 0, self.priority])
            .text("", 17)
            .text(&self.validity, 17)
            .bytes(&[self.receipt, 0, self.coding, 0, length])
            .bytes(inside);
        if let Some(payload) = payload {
            fields = fields.optional(tlv::MESSAGE_PAYLOAD, payload);
        }
        for (tag, value) in &self.optional {
            fields = fields.optional(*tag, value);
        }
        fields.end()
    }

    /// Reads a body; `None` when it is cut short.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let mut left = body;
        let _service = text(&mut left)?;
        let from = place(&mut left)?;
        let to = place(&mut left)?;
        let [esm_class, _protocol, priority] = some(&mut left)?;
        let _schedule = text(&mut left)?;
        let validity = text(&mut left)?;
        let [receipt, _replace, coding, _canned, length] = some(&mut left)?;
        let (inside, mut rest) = left.split_at_checked(usize::from(length))?;
        let mut optional = Vec::new();
        let mut whole = inside.to_vec();
        while let Some([a, b, c, d]) = some(&mut rest) {
            let (tag, length) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            let (value, after) = rest.split_at_checked(usize::from(length))?;
            rest = after;
            if tag == tlv::MESSAGE_PAYLOAD {
                whole = value.to_vec();
            } else {
                optional.push((tag, value.to_vec()));
            }
        }
        Some(Self {
            from,
            to,
            esm_class,
            priority,
            validity,
            receipt,
            coding,
            text: whole,
            optional,
        })
    }

    /// The value of an optional parameter.
    pub(crate) fn optional(&self, tag: u16) -> Option<&[u8]> {
        let mut all = self.optional.iter();
        let found = all.find(|(known, _)| *known == tag);
        found.map(|(_, value)| value.as_slice())
    }
}

/// The text a body begins with.
pub(crate) fn first_text(body: &[u8]) -> Option<String> {
    let mut left = body;
    text(&mut left)
}

/// The text at the head of what is left; a vendor may write anything in it.
pub(crate) fn text(left: &mut &[u8]) -> Option<String> {
    let end = left.iter().position(|byte| *byte == 0)?;
    let (text, rest) = left.split_at_checked(end)?;
    *left = rest.get(1..)?;
    Some(String::from_utf8_lossy(text).into_owned())
}

fn some<const N: usize>(left: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = left.split_first_chunk::<N>()?;
    *left = rest;
    Some(*first)
}

fn place(left: &mut &[u8]) -> Option<Place> {
    let [ton, npi] = some(left)?;
    Some(Place {
        ton,
        npi,
        address: text(left)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The bytes of the specification's own layout, written by hand.
    #[test]
    fn a_message_is_laid_out_as_the_specification_says() {
        let short = Short {
            from: Place::of("SNP91"),
            to: Place::of("+33639980001"),
            esm_class: 0x40,
            priority: 1,
            validity: "000000010000000R".to_owned(),
            receipt: 1,
            coding: 8,
            text: vec![0xAA, 0xBB],
            optional: Vec::new(),
        };
        let pdu = Pdu::ask(command::SUBMIT_SM, 7, short.encode());
        let mut expected = vec![0, 0, 0, 67, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 7];
        expected.extend(b"\0\x05\0SNP91\0\x01\x0133639980001\0\x40\0\x01\0");
        expected.extend(b"000000010000000R\0\x01\0\x08\0\x02\xAA\xBB");
        assert_eq!(pdu.encode(), expected);
    }

    #[test]
    fn what_arrives_in_pieces_is_read_once_it_is_whole() {
        let pdu = Pdu::ask(command::ENQUIRE_LINK, 9, Vec::new());
        let two: Vec<u8> = [pdu.encode(), pdu.answer(0x58).encode()].concat();
        let (mut buffer, mut read) = (Vec::new(), Vec::new());
        for byte in two {
            buffer.push(byte);
            read.extend(Pdu::take(&mut buffer).unwrap());
        }
        let commands: Vec<_> = read.iter().map(|p| (p.command, p.status)).collect();
        assert_eq!(commands, [(0x15, 0), (0x8000_0015, 0x58)]);
    }

    #[test]
    fn a_length_that_cannot_be_is_garbage() {
        for length in [0_u32, 15, 20_000, u32::MAX] {
            let mut buffer = length.to_be_bytes().to_vec();
            assert_eq!(Pdu::take(&mut buffer), Err(Garbage), "{length}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            text in proptest::collection::vec(any::<u8>(), 0..600),
            class: u8, coding: u8, number in "[1-9][0-9]{5,14}",
        ) {
            let short = Short {
                from: Place::of("36000"),
                to: Place::of(&format!("+{number}")),
                esm_class: class,
                priority: 0,
                validity: String::new(),
                receipt: 1,
                coding,
                text,
                optional: vec![(tlv::RECEIPTED_MESSAGE_ID, b"7f\0".to_vec())],
            };
            prop_assert_eq!(Short::read(&short.encode()), Some(short));
        }

        #[test]
        fn no_bytes_make_it_fall(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _read = Short::read(&bytes);
            let mut buffer = bytes;
            while let Ok(Some(_)) = Pdu::take(&mut buffer) {}
        }
    }
}
