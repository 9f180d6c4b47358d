//! TLS to PostgreSQL, with certificates made on the spot: encrypted when asked, refused when the
//! server is not the one that was meant.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use relais_faults::postgres::Cluster;
use relais_store::testing::{self, POSTGRES_URL};
use relais_store::{Db, StoreError, migrate};
use std::path::PathBuf;

/// An authority of one's own.
fn authority() -> (String, Issuer<'static, KeyPair>) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("no name");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).expect("signed");
    (certificate.pem(), Issuer::new(params, key))
}

/// A file that goes with the value.
struct Pem(PathBuf);

impl Pem {
    fn new(name: &str, text: &str) -> Self {
        let name = format!("relais-tls-{}-{name}.pem", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).expect("written");
        Self(path)
    }
}

impl Drop for Pem {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn open(url: &str) -> Result<Db, StoreError> {
    Db::open(url, &testing::options())
}

#[test]
fn a_server_is_spoken_to_in_cipher_and_only_if_it_is_the_one_meant() {
    if std::env::var(POSTGRES_URL).is_err() {
        return;
    }
    let (root, issuer) = authority();
    let (other, _) = authority();
    let key = KeyPair::generate().expect("a key");
    let server = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a name");
    let server = server.signed_by(&key, &issuer).expect("signed");
    let cluster = Cluster::encrypted(&server.pem(), &key.serialize_pem()).expect("starts");
    let (root, other) = (Pem::new("root", &root), Pem::new("other", &other));
    let with = |query: &str| format!("{}?{query}", cluster.url());
    let full = |pem: &Pem| {
        with(&format!(
            "sslmode=verify-full&sslrootcert={}",
            pem.0.display()
        ))
    };

    for url in [full(&root), with("sslmode=require")] {
        let db = open(&url).expect("opens");
        migrate::migrate(&db, 1).expect("migrates");
        let _listening = db.listen();
        let mut admin = postgres::Client::connect(&cluster.url(), postgres::NoTls).expect("in");
        let rows = admin
            .query(
                "SELECT count(*), count(*) FILTER (WHERE s.ssl) FROM pg_stat_ssl s \
                 JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'relais'",
                &[],
            )
            .expect("answers");
        let (all, ciphered): (i64, i64) = (rows[0].get(0), rows[0].get(1));
        assert!(all > 1, "{all} connections");
        assert_eq!(all, ciphered, "a connection in clear: {url}");
        db.close();
    }

    let elsewhere = full(&root).replace("127.0.0.1", "localhost");
    for (url, why) in [
        (full(&other), "certificate"),
        (with("sslmode=verify-full"), "certificate"),
        (elsewhere, "certificate"),
    ] {
        let Err(StoreError::Unavailable { why: told }) = open(&url) else {
            panic!("believed: {url}");
        };
        assert!(told.contains(why), "{told}");
    }
    let plain = std::env::var(POSTGRES_URL).expect("looked at above");
    let clear = open(&format!("{plain}?sslmode=require"));
    assert!(
        matches!(&clear, Err(StoreError::Unavailable { why }) if why.contains("TLS")),
        "a server without TLS: {:?}",
        clear.err()
    );
    let missing = open(&with("sslmode=verify-full&sslrootcert=/nowhere/ca.pem"));
    let Err(StoreError::Schema { why }) = missing else {
        panic!("opened without its authorities");
    };
    assert!(why.contains("/nowhere/ca.pem"), "{why}");
}
