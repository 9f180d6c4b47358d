//! A small HTTP/1.1 client over one kept connection: what it costs is next to nothing, so that the
//! figure is the server's. Refuses TLS, redirects and pipelining.

use anyhow::{Context as _, bail};
use std::fmt::Write as _;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, whole.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: u16,
    /// Bytes that came over the wire, head and framing included.
    pub(crate) wire: usize,
    /// The cookie it sets, name and value.
    pub(crate) cookie: Option<String>,
    /// Its body, as sent.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> anyhow::Result<serde_json::Value> {
        serde_json::from_slice(&self.body)
            .with_context(|| format!("{}: {}", self.status, String::from_utf8_lossy(&self.body)))
    }

    /// The body as JSON when the status is the one expected.
    pub(crate) fn expect(&self, status: u16) -> anyhow::Result<serde_json::Value> {
        if self.status != status {
            let body = String::from_utf8_lossy(&self.body);
            bail!("{} instead of {status}: {body}", self.status);
        }
        self.json()
    }
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("connecting")?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(4096),
        })
    }

    /// Sends one request and reads its answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.stream.write_all(request).await.context("sending")?;
        self.answer().await
    }

    async fn answer(&mut self) -> anyhow::Result<Answer> {
        self.buffer.clear();
        loop {
            if let Some(head) = head(&self.buffer)? {
                return self.rest(head).await;
            }
            self.more().await?;
        }
    }

    async fn rest(&mut self, head: Head) -> anyhow::Result<Answer> {
        let body = match head.framing {
            Framing::Length(length) => {
                while self.buffer.len() < head.length + length {
                    self.more().await?;
                }
                self.buffer[head.length..head.length + length].to_vec()
            }
            Framing::Chunks => loop {
                if let Some(body) = chunks(&self.buffer[head.length..])? {
                    break body;
                }
                self.more().await?;
            },
        };
        Ok(Answer {
            status: head.status,
            wire: self.buffer.len(),
            cookie: head.cookie,
            body,
        })
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection in the middle of an answer");
        }
        Ok(())
    }
}

struct Head {
    status: u16,
    length: usize,
    framing: Framing,
    cookie: Option<String>,
}

enum Framing {
    Length(usize),
    Chunks,
}

/// The head of an answer, once it is all there.
fn head(bytes: &[u8]) -> anyhow::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = response.parse(bytes)? else {
        return Ok(None);
    };
    let status = response.code.unwrap_or_default();
    let find = |name: &str| {
        let header = response
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name));
        header.and_then(|header| std::str::from_utf8(header.value).ok())
    };
    let framing = match (find("content-length"), find("transfer-encoding")) {
        (Some(length), _) => Framing::Length(length.parse()?),
        (None, Some("chunked")) => Framing::Chunks,
        (None, _) if matches!(status, 204 | 304) => Framing::Length(0),
        (None, _) => bail!("an answer that does not say how long it is"),
    };
    let cookie = find("set-cookie").and_then(|cookie| cookie.split(';').next());
    let cookie = cookie.map(str::to_owned);
    Ok(Some(Head {
        status,
        length,
        framing,
        cookie,
    }))
}

/// The body behind chunked framing, once the last chunk is there.
fn chunks(mut bytes: &[u8]) -> anyhow::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let Ok(httparse::Status::Complete((start, size))) = httparse::parse_chunk_size(bytes)
        else {
            return Ok(None);
        };
        let size = usize::try_from(size)?;
        let Some(chunk) = bytes.get(start..start + size + 2) else {
            return Ok(None);
        };
        if size == 0 {
            return Ok(Some(body));
        }
        body.extend_from_slice(&chunk[..size]);
        bytes = &bytes[start + size + 2..];
    }
}

/// A GET with a token, if any.
pub(crate) fn get(path: &str, token: Option<&str>) -> Vec<u8> {
    let mut text = format!("GET {path} HTTP/1.1\r\nHost: bench\r\n");
    authorize(&mut text, token);
    text.push_str("\r\n");
    text.into_bytes()
}

/// A POST of JSON with a token and an idempotency key, if any.
pub(crate) fn post(
    path: &str,
    token: Option<&str>,
    key: Option<&str>,
    body: &serde_json::Value,
) -> Vec<u8> {
    let body = body.to_string();
    let mut text = format!("POST {path} HTTP/1.1\r\nHost: bench\r\n");
    authorize(&mut text, token);
    if let Some(key) = key {
        let _ = write!(text, "Idempotency-Key: {key}\r\n");
    }
    let length = body.len();
    let kind = "Content-Type: application/json";
    // Writing to a String cannot fail.
    let _ = write!(text, "{kind}\r\nContent-Length: {length}\r\n\r\n{body}");
    text.into_bytes()
}

fn authorize(text: &mut String, token: Option<&str>) {
    if let Some(token) = token {
        let _ = write!(text, "Authorization: Bearer {token}\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_only_once_the_last_is_there() {
        assert_eq!(chunks(b"3\r\nabc\r\n2\r\nde").unwrap(), None);
        let whole = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        assert_eq!(chunks(whole).unwrap(), Some(b"abcde".to_vec()));
    }

    #[test]
    fn a_head_says_status_and_length() {
        assert!(
            head(b"HTTP/1.1 409 Conflict\r\ncontent-len")
                .unwrap()
                .is_none()
        );
        let found = head(b"HTTP/1.1 409 Conflict\r\ncontent-length: 2\r\n\r\n{}").unwrap();
        let found = found.unwrap();
        assert_eq!(found.status, 409);
        assert!(matches!(found.framing, Framing::Length(2)));
    }
}
