//! The connection to a message centre, in clear or under TLS, written to by several and read by one.

use super::Protection;
use crate::tls::Wrong;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use std::io::{Error, ErrorKind, Read as _, Result, Write as _};
use std::net::{Shutdown, TcpStream, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// The line, for whoever writes.
pub(super) struct Line {
    stream: TcpStream,
    inside: Mutex<Inside>,
}

struct Inside {
    out: TcpStream,
    tls: Option<ClientConnection>,
}

/// How TLS is set up; none in clear.
pub(super) fn tls(
    protection: &Protection,
) -> std::result::Result<Option<Arc<ClientConfig>>, String> {
    let Protection::Tls { authority } = protection else {
        return Ok(None);
    };
    match crate::tls::config(authority.as_deref(), None) {
        Ok(config) => Ok(Some(config)),
        Err(Wrong::Authority(why)) => Err(why),
        Err(Wrong::Ours) => Err("no certificate of ours is shown".to_owned()),
    }
}

impl Line {
    /// Connects; every wait is bounded by `patience`.
    pub(super) fn open(
        host: &str,
        port: u16,
        tls: Option<&Arc<ClientConfig>>,
        patience: Duration,
    ) -> Result<Self> {
        let mut last = Error::from(ErrorKind::NotFound);
        let mut found = None;
        for address in (host, port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, CONNECT.min(patience)) {
                Ok(stream) => {
                    found = Some(stream);
                    break;
                }
                Err(error) => last = error,
            }
        }
        let Some(stream) = found else {
            return Err(last);
        };
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(patience))?;
        stream.set_write_timeout(Some(patience))?;
        let mut out = stream.try_clone()?;
        let tls = match tls {
            None => None,
            Some(config) => {
                let name = ServerName::try_from(host.to_owned()).map_err(Error::other)?;
                let mut connection =
                    ClientConnection::new(Arc::clone(config), name).map_err(Error::other)?;
                while connection.is_handshaking() {
                    connection.complete_io(&mut out)?;
                }
                Some(connection)
            }
        };
        Ok(Self {
            stream,
            inside: Mutex::new(Inside { out, tls }),
        })
    }

    /// Writes a whole PDU.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<()> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let Inside { out, tls } = &mut *inside;
        match tls {
            None => out.write_all(bytes),
            Some(tls) => {
                tls.writer().write_all(bytes)?;
                while tls.wants_write() {
                    tls.write_tls(out)?;
                }
                Ok(())
            }
        }
    }

    /// How long a read waits.
    pub(super) fn wait_for(&self, patience: Duration) -> Result<()> {
        self.stream.set_read_timeout(Some(patience))
    }

    /// Reads what there is; `false` when the other side has closed.
    pub(super) fn read(&self, into: &mut Vec<u8>) -> Result<bool> {
        let mut raw = [0; 4_096];
        let count = (&self.stream).read(&mut raw)?;
        let mut arrived = raw.get(..count).unwrap_or_default();
        if arrived.is_empty() {
            return Ok(false);
        }
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let Inside { out, tls } = &mut *inside;
        let Some(tls) = tls else {
            into.extend_from_slice(arrived);
            return Ok(true);
        };
        while !arrived.is_empty() {
            tls.read_tls(&mut arrived)?;
            let state = tls.process_new_packets().map_err(Error::other)?;
            let mut clear = vec![0; state.plaintext_bytes_to_read()];
            tls.reader().read_exact(&mut clear)?;
            into.extend(clear);
        }
        while tls.wants_write() {
            tls.write_tls(out)?;
        }
        Ok(true)
    }

    /// Cuts it: whoever reads is told.
    pub(super) fn cut(&self) {
        let _already = self.stream.shutdown(Shutdown::Both);
    }
}

/// Nothing came in the time a read waits.
pub(super) fn is_silence(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
