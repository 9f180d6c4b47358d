//! From nothing to a serving installation, on both engines, by the commands a person types.

use crate::cli::{Ran, run};
use crate::folder::Folder;
use crate::server::{Server, relais};
use relais_store::testing::TestDb;
use serde_json::Value;

/// 32 bytes in base 64.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

const NETWORK: &str = r#"{
  "code": "ESSAI91", "name": "CPTS d'essai", "short_name": "ESSAI", "kind": "cpts",
  "phone": "+33199009100", "communes": ["91377", "91477"],
  "settings": { "v": 1, "hours": { "weekly": { "mon": ["08:00-20:00"] } } }
}"#;

/// An installation being set up: where its database is, and its key.
struct Installation {
    folder: Folder,
    url: String,
    // Dropped last: the database lives as long as the installation.
    _database: Option<TestDb>,
}

impl Installation {
    /// One on SQLite, and one on PostgreSQL when the tests have a server.
    fn on_each_engine() -> Vec<Installation> {
        let folder = Folder::new();
        let url = format!("sqlite://{}", folder.file("relais.db"));
        let mut all = vec![Installation {
            folder,
            url,
            _database: None,
        }];
        if let Some(database) = TestDb::empty_postgres() {
            let url = database.url.clone();
            all.push(Installation {
                folder: Folder::new(),
                url,
                _database: Some(database),
            });
        }
        all
    }

    fn variables(&self) -> [(&str, &str); 2] {
        [
            ("RELAIS_DATABASE_URL", &self.url),
            ("RELAIS_KEYS_MASTER", KEY),
        ]
    }

    fn run_with(&self, args: &[&str], input: &str) -> Ran {
        let mut command = relais();
        command.args(args).envs(self.variables());
        run(command, input)
    }

    fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "")
    }
}

#[test]
fn a_schema_is_asked_for_made_once_and_then_found_up_to_date() {
    for place in Installation::on_each_engine() {
        let early = place.run(&["serve"]);
        assert_eq!(early.code, 1, "served without a schema");
        assert!(early.err.contains("relais migrate"), "{}", early.err);
        assert_eq!(place.run(&["migrate", "--check"]).code, 1);
        place.run(&["migrate"]).ok();
        place.run(&["migrate", "--check"]).ok();
        place.run(&["migrate"]).ok();
    }
}

#[test]
fn nothing_starts_without_a_master_key() {
    for place in Installation::on_each_engine() {
        place.run(&["migrate"]).ok();
        for bad in [None, Some("AAAA"), Some("pas du base 64 !")] {
            let mut command = relais();
            command.arg("serve").env("RELAIS_DATABASE_URL", &place.url);
            if let Some(key) = bad {
                command.env("RELAIS_KEYS_MASTER", key);
            }
            let ran = run(command, "");
            assert_eq!(ran.code, 1, "{}", ran.err);
            assert!(ran.err.to_lowercase().contains("master"), "{}", ran.err);
            assert!(
                bad.is_none_or(|key| !ran.err.contains(key)),
                "the key is printed"
            );
        }
    }
}

#[test]
fn a_network_accounts_and_tokens_are_made_then_served() {
    for place in Installation::on_each_engine() {
        place.run(&["migrate"]).ok();
        let file = place.folder.write("network.json", NETWORK);
        let first = place.run(&["import", "network", &file]).ok();
        let again = place.run(&["import", "network", &file]).ok();
        assert_ne!(
            first, again,
            "a second import of the same file is not said to change nothing"
        );

        let wrong = place
            .folder
            .write("wrong.json", &NETWORK.replace("\"code\"", "\"cod\""));
        let refused = place.run(&["import", "network", &wrong]);
        assert_eq!(refused.code, 1);
        assert!(refused.err.contains("cod"), "{}", refused.err);

        let sheets = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../protocols/protocoles-demo.json"
        );
        let import = ["import", "protocols", sheets, "--network", "ESSAI91"];
        let first = place.run(&import).ok();
        assert!(first.contains("40 new sheet(s)"), "{first}");
        let again = place.run(&import).ok();
        assert!(again.contains("40 unchanged"), "{again}");
        let text = std::fs::read_to_string(sheets).expect("the sheets are there");
        let broken = text.replacen("\"si_oui\": \"MR\"", "\"si_oui\": \"RM\"", 1);
        let broken = place.folder.write("broken.json", &broken);
        let refused = place.run(&["import", "protocols", &broken, "--network", "ESSAI91"]);
        assert_eq!(refused.code, 1);
        assert!(refused.out.contains("line "), "{}", refused.out);
        assert!(
            refused.out.contains("`RM` is no destination"),
            "{}",
            refused.out
        );
        assert!(refused.err.contains("nothing imported"), "{}", refused.err);

        let add = [
            "user",
            "add",
            "lina",
            "--name",
            "Lina K.",
            "--role",
            "operator",
            "--network",
            "ESSAI91",
        ];
        let short = place.run_with(&add, "court\n");
        assert_eq!(short.code, 1, "a short password was taken");
        assert!(!short.err.contains("court\n"), "the password is printed");
        let made = place.run_with(&add, "une phrase assez longue\n").ok();
        assert!(made.contains("otpauth://totp/"), "{made}");
        assert_eq!(
            place.run_with(&add, "une phrase assez longue\n").code,
            1,
            "the same login twice"
        );
        let listed = place.run(&["user", "list", "--json"]).ok();
        let listed: Value = serde_json::from_str(&listed).expect("--json prints JSON");
        assert_eq!(lina(&listed)["active"], true);

        let unknown = place.run(&[
            "token",
            "create",
            "--network",
            "NULLEPART",
            "--role",
            "operator",
        ]);
        assert_eq!(unknown.code, 1);
        let token = place
            .run(&[
                "token",
                "create",
                "--network",
                "ESSAI91",
                "--role",
                "operator",
            ])
            .ok();

        let server = Server::serve(&place.folder, &place.variables());
        let operator = server.with_token(token.trim());
        operator.get("/api/v1/requests").expect(200);
        server.anybody().get("/api/v1/requests").expect(401);
        for demo in [
            "/demo",
            "/demo/accounts.json",
            "/demo/phones.json",
            "/demo/clock",
            "/demo/phones",
        ] {
            assert_eq!(
                server.anybody().get(demo).status,
                404,
                "{demo} exists under serve"
            );
        }
        let post = server
            .anybody()
            .post("/demo/clock", &serde_json::json!({ "advance": "PT1M" }));
        assert_eq!(post.status, 404);

        place.run(&["user", "disable", "lina"]).ok();
        let listed: Value =
            serde_json::from_str(&place.run(&["user", "list", "--json"]).ok()).expect("JSON");
        assert_eq!(lina(&listed)["active"], false);

        place.run(&["journal", "verify"]).ok();
        let exported = place
            .run(&["journal", "export", "--network", "ESSAI91"])
            .ok();
        assert!(exported.lines().count() >= 1);
        for line in exported.lines() {
            let row: Value = serde_json::from_str(line).expect("each line is JSON");
            assert!(row["hash"].is_string(), "{line}");
        }

        // No gateway is configured: the doctor says so, and finds nothing else to say.
        let doctor = place.run(&["doctor", "--json"]);
        let checks: Value = serde_json::from_str(&doctor.out).expect("--json prints JSON");
        let wrong: Vec<&str> = checks
            .as_array()
            .expect("checks are a list")
            .iter()
            .filter(|check| check["ok"] == false)
            .filter_map(|check| check["name"].as_str())
            .collect();
        assert!(
            wrong.iter().all(|name| *name == "gateway"),
            "{}",
            doctor.out
        );
        assert_eq!(doctor.code, i32::from(!wrong.is_empty()));
    }
}

#[test]
fn a_server_that_is_asked_to_stop_stops_well() {
    for place in Installation::on_each_engine() {
        place.run(&["migrate"]).ok();
        let mut server = Server::serve(&place.folder, &place.variables());
        assert_eq!(server.anybody().get("/healthz").status, 200);
        assert!(server.stop(), "{}", place.folder.read("output.log"));
    }
}

#[test]
fn a_journal_with_an_altered_row_is_denounced() {
    let folder = Folder::new();
    let url = format!("sqlite://{}", folder.file("relais.db"));
    let place = Installation {
        folder,
        url,
        _database: None,
    };
    place.run(&["migrate"]).ok();
    let file = place.folder.write("network.json", NETWORK);
    place.run(&["import", "network", &file]).ok();
    place.run(&["journal", "verify"]).ok();
    let db = relais_store::Db::open(&place.url, &relais_store::testing::options())
        .expect("the database opens");
    relais_store::testing::raw(&db, "UPDATE journal SET act = 'something-else'")
        .expect("the row is altered");
    db.close();
    let ran = place.run(&["journal", "verify"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.out.contains("ALTERED"), "{}", ran.out);
}

/// The account of that name in what `user list --json` prints.
fn lina(listed: &Value) -> &Value {
    let rows = listed.as_array().expect("accounts are a list");
    rows.iter()
        .find(|row| row["login"] == "lina")
        .expect("lina is listed")
}
