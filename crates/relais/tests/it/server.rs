//! A running `relais demo` or `relais serve`, killed with the value.

use crate::folder::Folder;
use crate::http::{Answer, Caller};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The binary under test, without the variables of whoever runs the tests.
pub(crate) fn relais() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relais"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RELAIS_")) {
        command.env_remove(name);
    }
    command
}

/// A moment on the machine's clock, for limits of waiting only.
#[expect(
    clippy::disallowed_methods,
    reason = "limits how long a test waits for a process"
)]
pub(crate) fn tick() -> Instant {
    Instant::now()
}

/// A short pause between two looks at something another process does.
#[expect(clippy::disallowed_methods, reason = "waits for another process")]
pub(crate) fn pause(millis: u64) {
    std::thread::sleep(Duration::from_millis(millis));
}

/// Looks again until there is something; fails by name after `seconds`.
#[track_caller]
pub(crate) fn eventually<T>(seconds: u64, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = tick();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed().as_secs() < seconds, "never seen: {what}");
        pause(25);
    }
}

pub(crate) fn free_port() -> u16 {
    let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has ports");
    probe
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}

/// A server process.
pub(crate) struct Server {
    child: Child,
    /// Its address.
    pub(crate) base: String,
    /// How long it took to be ready.
    pub(crate) started_in: Duration,
}

impl Server {
    /// `relais demo --clock manual` on the data of `folder`.
    pub(crate) fn demo(folder: &Folder) -> Self {
        let port = free_port();
        let mut command = relais();
        command.args([
            "demo",
            "--clock",
            "manual",
            "--port",
            &port.to_string(),
            "--data",
        ]);
        command.arg(folder.path().join("data"));
        Self::start(command, folder, port)
    }

    /// `relais serve` with these variables.
    pub(crate) fn serve(folder: &Folder, variables: &[(&str, &str)]) -> Self {
        let port = free_port();
        let mut command = relais();
        command.arg("serve").envs(variables.iter().copied());
        command.env("RELAIS_HTTP_LISTEN", format!("127.0.0.1:{port}"));
        Self::start(command, folder, port)
    }

    /// `relais serve` with these variables, on a port that stays the same over restarts.
    pub(crate) fn serve_on(port: u16, folder: &Folder, variables: &[(&str, &str)]) -> Self {
        let mut command = relais();
        command.arg("serve").envs(variables.iter().copied());
        command.env("RELAIS_HTTP_LISTEN", format!("127.0.0.1:{port}"));
        Self::start(command, folder, port)
    }

    /// Sends a signal by its name: `STOP`, `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name])
            .arg(self.child.id().to_string())
            .status();
        assert!(
            sent.is_ok_and(|status| status.success()),
            "kill could not be run"
        );
    }

    /// Whether the process has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        let ended = self.child.try_wait().expect("a child can be asked");
        ended.is_some()
    }

    fn start(mut command: Command, folder: &Folder, port: u16) -> Self {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.file("output.log"))
            .expect("the temporary folder takes files");
        let begun = tick();
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file can be opened twice"))
            .stderr(log)
            .spawn()
            .expect("the binary runs");
        let base = format!("http://127.0.0.1:{port}");
        let mut server = Self {
            child,
            base,
            started_in: Duration::ZERO,
        };
        let anybody = server.anybody();
        eventually(60, "a ready server", || {
            let ended = server.child.try_wait().expect("a child can be asked");
            assert!(
                ended.is_none(),
                "ended at once: {}",
                folder.read("output.log")
            );
            let answer = anybody.try_call("GET", "/readyz", None, None).ok()?;
            (answer.status == 200).then_some(())
        });
        server.started_in = begun.elapsed();
        server
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("one's own child can be killed");
        self.child.wait().expect("a killed child ends");
    }

    /// Asks it to stop, and answers whether it ended well.
    pub(crate) fn stop(&mut self) -> bool {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(
            asked.is_ok_and(|status| status.success()),
            "kill could not be run"
        );
        self.child
            .wait()
            .expect("a child that was asked to stop ends")
            .success()
    }

    pub(crate) fn anybody(&self) -> Caller {
        Caller::new(&self.base, None)
    }

    pub(crate) fn with_token(&self, token: &str) -> Caller {
        Caller::new(&self.base, Some(token))
    }

    /// The demonstration's accounts.
    pub(crate) fn accounts(&self) -> Vec<Account> {
        let answer = self.anybody().get("/demo/accounts.json").expect(200);
        let rows = answer.as_array().expect("accounts are a list").clone();
        rows.into_iter()
            .map(|row| Account {
                caller: self.with_token(text(&row, "api_token")),
                row,
            })
            .collect()
    }

    /// Moves the manual clock.
    #[track_caller]
    pub(crate) fn advance(&self, by: &str) -> Answer {
        let answer = self
            .anybody()
            .post("/demo/clock", &json!({ "advance": by }));
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer
    }

    /// Everything that reached a fake phone.
    pub(crate) fn phones(&self) -> Vec<Value> {
        let answer = self.anybody().get("/demo/phones.json").expect(200);
        answer.as_array().expect("messages are a list").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already ended is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One of the demonstration's people, ready to call.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) row: Value,
    pub(crate) caller: Caller,
}

impl Account {
    pub(crate) fn is(&self, role: &str) -> bool {
        text(&self.row, "role") == role
    }

    pub(crate) fn profession(&self) -> &str {
        text(&self.row, "profession")
    }

    pub(crate) fn name(&self) -> &str {
        text(&self.row, "name")
    }

    /// The open offer of this professional for one request.
    pub(crate) fn offer(&self, request: &str) -> Option<String> {
        let list = self.caller.get("/api/v1/offers?status=open").expect(200);
        let items = list["items"].as_array().expect("offers are a list");
        let offer = items
            .iter()
            .find(|offer| text(offer, "request") == request)?;
        Some(text(offer, "id").to_owned())
    }
}

/// The first account of a role that fits.
#[track_caller]
pub(crate) fn one(accounts: &[Account], role: &str, fits: impl Fn(&Account) -> bool) -> Account {
    let found = accounts
        .iter()
        .find(|account| account.is(role) && fits(account));
    found
        .unwrap_or_else(|| panic!("the demonstration has no fitting {role}"))
        .clone()
}

/// A text field; empty when it is absent or no text.
pub(crate) fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_default()
}
