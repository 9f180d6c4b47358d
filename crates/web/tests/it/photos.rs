//! Photos by the API: the counter's limits, made anew, once per key, counted, and only by those who
//! may change the request.

use axum::body::Body;
use http::{Request, StatusCode, header};
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use relais_core::access::Role;

use crate::fixture::{Reply, Territory, in_territory};

fn jpeg() -> Vec<u8> {
    let mut out = Vec::new();
    let picture = RgbImage::from_pixel(64, 48, Rgb([180, 120, 90]));
    JpegEncoder::new(&mut out).encode_image(&picture).unwrap();
    out
}

async fn send(
    t: &Territory,
    token: &str,
    request: &str,
    parts: &[(&str, &[u8])],
    key: Option<&str>,
) -> Reply {
    let mut body = Vec::new();
    for (name, bytes) in parts {
        let file = if *name == "photos" {
            "; filename=\"p.jpg\""
        } else {
            ""
        };
        let head =
            format!("--cut\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend(head.as_bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--cut--\r\n");
    let mut built = Request::builder()
        .method("POST")
        .uri(format!("/api/v1/requests/{request}/photos"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
    if let Some(key) = key {
        built = built.header("idempotency-key", key);
    }
    t.send(built.body(Body::from(body)).unwrap()).await
}

#[test]
fn photos_come_by_the_api_with_the_limits_of_the_counter() {
    in_territory(|t| async move {
        let (desk, id) = (t.operator(), t.raise(&t.draft()).await);
        let path = format!("/requests/{id}");
        assert_eq!(t.get(&desk, &path).await.json()["photos"], 0);

        let (one, two) = (jpeg(), jpeg());
        let parts: [(&str, &[u8]); 3] = [("photos", &one), ("faceless", b"true"), ("photos", &two)];
        let added = send(&t, &desk, &id, &parts, Some("p1")).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
        assert_eq!(
            (
                added.json()["photos"].as_u64(),
                added.json()["left"].as_u64()
            ),
            (Some(2), Some(3))
        );
        let again = send(&t, &desk, &id, &parts, Some("p1")).await;
        assert_eq!(again.text, added.text, "the same key adds nothing");
        assert_eq!(t.get(&desk, &path).await.json()["photos"], 2);

        // Larger than the body of any other act, and still under its own limit.
        let mut heavy = jpeg();
        heavy.extend(vec![0; 2 << 20]);
        let big = send(&t, &desk, &id, &[("photos", &heavy)], Some("p2")).await;
        assert_eq!(big.status, StatusCode::CREATED, "{}", big.text);

        for (parts, pointer) in [
            (
                vec![("photos", &b"GIF89a not a picture of ours"[..])],
                "/photos",
            ),
            (vec![("faceless", &b"true"[..])], "/photos"),
            (
                vec![("photos", &one[..]), ("faceless", &b"peut-etre"[..])],
                "/faceless",
            ),
            (
                vec![("photos", &one[..]), ("visage", &b"non"[..])],
                "/visage",
            ),
            (vec![("photos", &one[..]); 3], "/photos"),
        ] {
            let refused = send(&t, &desk, &id, &parts, None).await;
            assert_eq!(
                refused.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{}",
                refused.text
            );
            assert_eq!(refused.pointers(), [pointer]);
        }
        assert_eq!(t.get(&desk, &path).await.json()["photos"], 3, "all or none");

        let doctor = t.token_of(t.doctor().id);
        let asked = send(&t, &doctor, &id, &[("photos", &one)], None).await;
        assert_eq!(
            asked.status,
            StatusCode::NOT_FOUND,
            "asked, not the requester"
        );
        let plain = t
            .post(&desk, &format!("{path}/photos"), &serde_json::json!({}))
            .await;
        assert_eq!(plain.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    });
}

/// A process died between the request and its photos: the form sent again brings them, and sent twice brings them once.
#[test]
fn the_photos_of_a_form_come_once_however_often_it_is_sent() {
    in_territory(|t| async move {
        let (desk, id) = (t.who(Role::Operator), t.raise(&t.draft()).await);
        let id = id.parse().unwrap();
        for _ in 0..2 {
            let pictures = vec![t.app.develop(jpeg()).await.unwrap()];
            let kept = t.app.add_photos_of_form(&desk, id, pictures, true).await;
            assert_eq!(kept.unwrap(), 1);
        }
    });
}
