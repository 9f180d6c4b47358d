//! The client against a provider that signs with another library, and lies in one way at a time.
//! An independent provider speaks with the real binary in the browser journeys.

use crate::{ClientAuth, ProSanteConnect, Settings};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use relais_gateways::http::Secret;
use relais_gateways::identity::{Asked, IdentityProvider, Unproved};
use relais_gateways::testing::{Raw, Reply, Vendor};
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

const ACCESS: &str = "access-of-a-test";

/// Made once: drawing a key of 2048 bits takes a while.
fn pair() -> &'static KeyPair {
    static PAIR: OnceLock<KeyPair> = OnceLock::new();
    PAIR.get_or_init(|| KeyPair::generate(KeySize::Rsa2048).unwrap())
}

/// The public half. A PKCS #1 key of 2048 bits has its modulus at a fixed place.
fn keys() -> Value {
    let modulus = &pair().public_key().as_ref()[9..265];
    json!({ "keys": [{
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k1", "e": "AQAB",
        "n": URL_SAFE_NO_PAD.encode(modulus),
    }]})
}

fn signed(claims: &Value) -> String {
    let head = URL_SAFE_NO_PAD.encode(json!({ "alg": "RS256", "kid": "k1" }).to_string());
    let text = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let mut signature = vec![0; pair().public_modulus_len()];
    let random = SystemRandom::new();
    pair()
        .sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
        .unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn asked() -> Asked {
    Asked {
        state: "state-of-a-test".to_owned(),
        nonce: "nonce-of-a-test".to_owned(),
        verifier: "v".repeat(43),
        back: "https://relais.test/connexion/psc/retour".to_owned(),
    }
}

fn settings(provider: &Vendor) -> Settings {
    Settings {
        issuer: provider.url(),
        discovery: format!("{}/wallet", provider.url()),
        authorization_endpoint: String::new(),
        token_endpoint: String::new(),
        userinfo_endpoint: String::new(),
        jwks_uri: String::new(),
        end_session_endpoint: String::new(),
        client_id: "relais".to_owned(),
        client_secret: Secret::new("chut"),
        client_auth: ClientAuth::Post,
        scopes: vec!["scope_all".to_owned()],
        acr: "eidas1".to_owned(),
        signed_user_info: true,
        timeout: Duration::from_secs(5),
    }
}

/// What the provider says, before a lie is told.
struct Said {
    id: Value,
    info: Value,
    signed: bool,
}

/// A provider that tells one lie.
fn provider(lie: impl Fn(&mut Said) + Send + Sync + 'static) -> Vendor {
    let lie = Arc::new(lie);
    let vendor = Vendor::start(|_| None);
    let url = vendor.url();
    vendor.answer(move |raw: &Raw| {
        let mut said = Said {
            id: json!({
                "iss": url, "aud": "relais", "sub": "f:1:899700218896", "exp": 4_102_444_800_i64,
                "iat": 1_700_000_000, "nonce": "nonce-of-a-test", "acr": "eidas1",
            }),
            info: json!({
                "iss": url, "aud": "relais", "sub": "f:1:899700218896", "family_name": "EXEMPLE",
                "SubjectNameID": "899700218896",
                "SubjectRefPro": { "exercices": [{ "codeProfession": "10", "activities": [
                    { "codeModeExercice": "L" }, { "codeModeExercice": "S" }] }] },
            }),
            signed: true,
        };
        lie(&mut said);
        let body = match raw.path.as_str() {
            "/wallet" => json!({
                "issuer": url, "authorization_endpoint": format!("{url}/auth"),
                "token_endpoint": format!("{url}/token"), "userinfo_endpoint": format!("{url}/userinfo"),
                "jwks_uri": format!("{url}/keys"), "end_session_endpoint": format!("{url}/logout"),
            }),
            "/keys" => keys(),
            "/token" => json!({
                "access_token": ACCESS, "token_type": "Bearer", "expires_in": 120,
                "id_token": signed(&said.id),
            }),
            "/userinfo" if said.signed => {
                let reply = Reply::new(200, signed(&said.info));
                return Some(reply.with("Content-Type", "application/jwt"));
            }
            "/userinfo" => said.info,
            _ => return Some(Reply::new(404, "")),
        };
        Some(Reply::new(200, body.to_string()))
    });
    vendor
}

fn client(provider: &Vendor) -> ProSanteConnect {
    ProSanteConnect::new(settings(provider)).unwrap()
}

#[test]
fn a_code_becomes_a_number_an_activity_and_a_way_out() {
    let provider = provider(|_| {});
    let psc = client(&provider);
    let address = psc.begin(&asked()).unwrap();
    for part in [
        "/auth?",
        "response_type=code",
        "scope=openid+scope_all",
        "acr_values=eidas1",
        "state=state-of-a-test",
        "nonce=nonce-of-a-test",
        "code_challenge_method=S256",
        "client_id=relais",
    ] {
        assert!(address.contains(part), "{part} in {address}");
    }
    assert!(
        !address.contains(&"v".repeat(43)),
        "the verifier stays here"
    );

    let proved = psc.finish(&asked(), "a-code").unwrap();
    assert_eq!(proved.rpps, "99700218896");
    assert_eq!(proved.last_name, "EXEMPLE");
    assert_eq!(proved.activities.len(), 2);
    let exchange = provider.seen().into_iter().find(|raw| raw.path == "/token");
    let body = String::from_utf8(exchange.unwrap().body).unwrap();
    for part in ["code=a-code", "code_verifier=vvv", "client_secret=chut"] {
        assert!(body.contains(part), "{part} in {body}");
    }
    let info = provider
        .seen()
        .into_iter()
        .find(|raw| raw.path == "/userinfo");
    assert_eq!(
        info.unwrap().header("authorization"),
        format!("Bearer {ACCESS}")
    );
    let out = psc
        .farewell(&proved.hint, "https://relais.test/connexion")
        .unwrap();
    assert!(out.contains("/logout?id_token_hint=ey"), "{out}");
    assert!(out.contains("post_logout_redirect_uri=https%3A%2F%2Frelais.test%2Fconnexion"));
    assert_eq!(
        psc.farewell("garbage", "https://relais.test/connexion"),
        None
    );
}

#[test]
fn each_lie_proves_nothing() {
    type Lie = fn(&mut Said);
    let lies: &[(&str, Lie)] = &[
        ("another nonce", |said| said.id["nonce"] = json!("other")),
        ("no nonce", |said| {
            said.id["nonce"] = Value::Null;
        }),
        ("another issuer", |said| {
            said.id["iss"] = json!("https://elsewhere.test");
        }),
        ("for somebody else", |said| said.id["aud"] = json!("other")),
        ("over", |said| said.id["exp"] = json!(1_000_000_000)),
        ("weak", |said| said.id["acr"] = json!("eidas0")),
        ("of no strength", |said| said.id["acr"] = Value::Null),
        ("of another token", |said| {
            said.id["at_hash"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
        }),
        ("info of somebody else", |said| {
            said.info["sub"] = json!("f:1:899700000001");
        }),
        ("info for another client", |said| {
            said.info["aud"] = json!("other");
        }),
        ("info without a signature", |said| said.signed = false),
    ];
    for (name, lie) in lies {
        let provider = provider(*lie);
        let answer = client(&provider).finish(&asked(), "a-code");
        assert!(
            matches!(answer, Err(Unproved::Doubtful(_))),
            "{name}: {answer:?}"
        );
    }
}

#[test]
fn a_token_signed_by_somebody_else_is_refused() {
    let provider = provider(|_| {});
    let url = provider.url();
    let honest = client(&provider);
    honest.finish(&asked(), "a-code").unwrap();
    // The same provider shows other keys: what it signs is no longer signed by whom it names.
    let other = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let modulus = URL_SAFE_NO_PAD.encode(&other.public_key().as_ref()[9..265]);
    provider.answer(move |raw| {
        let body = match raw.path.as_str() {
            "/wallet" => json!({
                "issuer": url, "authorization_endpoint": format!("{url}/auth"),
                "token_endpoint": format!("{url}/token"), "userinfo_endpoint": format!("{url}/userinfo"),
                "jwks_uri": format!("{url}/keys"),
            }),
            "/keys" => json!({ "keys": [{ "kty": "RSA", "alg": "RS256", "kid": "k1", "e": "AQAB", "n": modulus }] }),
            _ => json!({
                "access_token": ACCESS, "token_type": "Bearer",
                "id_token": signed(&json!({
                    "iss": url, "aud": "relais", "sub": "s", "exp": 4_102_444_800_i64, "iat": 1_700_000_000,
                    "nonce": "nonce-of-a-test", "acr": "eidas1",
                })),
            }),
        };
        Some(Reply::new(200, body.to_string()))
    });
    let answer = honest.finish(&asked(), "a-code");
    assert!(matches!(answer, Err(Unproved::Doubtful(_))), "{answer:?}");
}

#[test]
fn somebody_without_a_national_number_is_said_so() {
    for name in [json!("3910000017/12"), Value::Null] {
        let provider = provider(move |said| said.info["SubjectNameID"] = name.clone());
        let answer = client(&provider).finish(&asked(), "a-code");
        assert_eq!(answer, Err(Unproved::NoNumber));
    }
}

#[test]
fn a_provider_that_is_down_a_used_code_and_a_wrong_contract_are_told_apart() {
    let down = provider(|_| {});
    down.answer(|_| Some(Reply::new(503, "<html>")));
    let psc = client(&down);
    assert!(matches!(psc.begin(&asked()), Err(Unproved::Away(_))));
    down.answer(|_| None);
    assert!(matches!(psc.finish(&asked(), "x"), Err(Unproved::Away(_))));

    let refusing = |error: &'static str| {
        let provider = provider(|_| {});
        let mut settings = settings(&provider);
        let url = provider.url();
        // Everything said by the settings: nothing is discovered.
        settings.authorization_endpoint = format!("{url}/auth");
        settings.token_endpoint = format!("{url}/token");
        settings.userinfo_endpoint = format!("{url}/userinfo");
        settings.jwks_uri = format!("{url}/keys");
        provider.answer(move |raw| {
            Some(match raw.path.as_str() {
                "/keys" => Reply::new(200, keys().to_string()),
                _ => Reply::new(400, json!({ "error": error }).to_string()),
            })
        });
        let psc = ProSanteConnect::new(settings).unwrap();
        let answer = psc.finish(&asked(), "a-code");
        assert!(provider.seen().iter().all(|raw| raw.path != "/wallet"));
        answer
    };
    assert_eq!(refusing("invalid_grant"), Err(Unproved::Expired));
    assert!(matches!(refusing("invalid_client"), Err(Unproved::Away(_))));
}

#[test]
fn settings_that_would_speak_in_clear_are_refused() {
    let provider = provider(|_| {});
    let mut clear = settings(&provider);
    clear.issuer = "http://psc.example.fr".to_owned();
    assert!(ProSanteConnect::new(clear).is_err());
    let mut clear = settings(&provider);
    clear.token_endpoint = "http://psc.example.fr/token".to_owned();
    assert!(ProSanteConnect::new(clear).is_err());
    let mut nameless = settings(&provider);
    nameless.client_id = String::new();
    assert!(ProSanteConnect::new(nameless).is_err());
}
