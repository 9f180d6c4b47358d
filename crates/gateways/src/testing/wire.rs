//! HTTP as tests need it: one request read whole, one reply written whole.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

/// A request as it arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raw {
    /// `POST` …
    pub method: String,
    /// With its query.
    pub path: String,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// Whole.
    pub body: Vec<u8>,
}

impl Raw {
    /// A header, empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The next request of a connection; `None` once it is closed.
    pub(super) fn read(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Self>> {
        let mut raw = Self::default();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(None);
            }
            let line = line.trim_end();
            if raw.method.is_empty() {
                let mut words = line.split(' ');
                raw.method = words.next().unwrap_or_default().to_owned();
                raw.path = words.next().unwrap_or_default().to_owned();
                continue;
            }
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(": ") {
                raw.headers
                    .insert(name.to_ascii_lowercase(), value.to_owned());
            }
        }
        raw.body = vec![0; raw.header("content-length").parse().unwrap_or(0)];
        reader.read_exact(&mut raw.body)?;
        Ok(Some(raw))
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// Headers beside length and type.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: String,
}

impl Reply {
    /// A status and a body.
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    /// The same, with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn write(&self, out: &mut TcpStream) -> std::io::Result<()> {
        let more: String = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let typed = self.headers.iter().any(|(name, _)| *name == "Content-Type");
        let kind = if typed {
            ""
        } else {
            "Content-Type: application/json\r\n"
        };
        let head = format!(
            "HTTP/1.1 {} .\r\n{kind}{more}Content-Length: {}\r\n\r\n",
            self.status,
            self.body.len()
        );
        out.write_all(head.as_bytes())?;
        out.write_all(self.body.as_bytes())
    }
}
