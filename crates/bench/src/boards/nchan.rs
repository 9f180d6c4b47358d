//! The reference: Debian's nginx with nchan, a publisher and a stream, from a temporary folder.

use crate::machine::Pins;
use crate::server::{Server, free_port};
use crate::territory::Folder;
use crate::wire::{Connection, get};
use anyhow::ensure;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const MODULE: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";
const PROGRAM: &str = "/usr/sbin/nginx";

/// Whether this machine has it.
pub(crate) fn is_here() -> bool {
    Path::new(MODULE).exists() && Path::new(PROGRAM).exists()
}

/// A running nginx.
pub(crate) struct Nchan {
    _server: Server,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    publisher: Connection,
    told: u32,
    folder: Folder,
}

impl Drop for Nchan {
    fn drop(&mut self) {
        // The worker outlives a master that is killed: both go, by their group.
        if let Ok(pid) = std::fs::read_to_string(self.folder.0.join("pid")) {
            let group = format!("-{}", pid.trim());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        }
    }
}

impl Nchan {
    /// Starts one on the server's processor, with room for `subscribers`.
    pub(crate) async fn start(pins: Pins, subscribers: usize) -> anyhow::Result<Self> {
        let folder = Folder::new("nchan")?;
        let port = free_port()?;
        let conf = folder.0.join("nginx.conf");
        std::fs::write(&conf, configuration(port, &folder.0, subscribers))?;
        let mut command = pins.serving(&PathBuf::from(PROGRAM));
        command.process_group(0);
        command.arg("-p").arg(&folder.0).arg("-c").arg(&conf);
        let server = Server::start(command, port, "/").await?;
        let address = server.address;
        let publisher = Connection::open(address).await?;
        Ok(Self {
            _server: server,
            address,
            publisher,
            told: 0,
            folder,
        })
    }

    /// The request of a subscriber.
    pub(crate) fn subscribe(&self) -> Vec<u8> {
        let text = get("/sub", None);
        let mut text = String::from_utf8_lossy(&text).into_owned();
        text.insert_str(text.len() - 2, "Accept: text/event-stream\r\n");
        text.into_bytes()
    }

    /// Publishes one message, as long as an event of ours.
    pub(crate) async fn publish(&mut self) -> anyhow::Result<()> {
        self.told += 1;
        let body = format!(
            "MSG:{:08} {{\"request\":\"req_01KB0000000000000000000000\"}}",
            self.told
        );
        let text = format!(
            "POST /pub HTTP/1.1\r\nHost: bench\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = self.publisher.ask(text.as_bytes()).await?;
        ensure!(
            matches!(answer.status, 200..=202),
            "published: {}",
            answer.status
        );
        Ok(())
    }
}

/// One worker: it has one processor. Everything it writes is in the folder.
fn configuration(port: u16, folder: &Path, subscribers: usize) -> String {
    let at = folder.display();
    // Far more than needed: short of them, nginx closes streams that are idle.
    let connections = subscribers * 2 + 1_000;
    format!(
        "load_module {MODULE};\n\
         worker_processes 1; daemon off; pid {at}/pid; error_log {at}/error.log warn;\n\
         events {{ worker_connections {connections}; }}\n\
         http {{ access_log off; tcp_nodelay on; nchan_shared_memory_size 256M;\n\
           client_body_temp_path {at}/a; proxy_temp_path {at}/b; fastcgi_temp_path {at}/c;\n\
           uwsgi_temp_path {at}/d; scgi_temp_path {at}/e;\n\
           server {{ listen 127.0.0.1:{port} backlog=4096;\n\
             location /sub {{ nchan_subscriber eventsource; nchan_channel_id board;\n\
               nchan_subscriber_first_message newest; }}\n\
             location /pub {{ nchan_publisher; nchan_channel_id board; nchan_message_buffer_length 100; }}\n\
             location / {{ return 200 ok; }} }} }}\n"
    )
}
