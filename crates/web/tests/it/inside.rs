//! What the desk reads inside a request comes page by page, newest first, and nothing is left out.

use http::StatusCode;
use serde_json::Value;

use crate::fixture::{Territory, in_territory};

/// Every item of a list, two at a time.
async fn by_pages(t: &Territory, path: &str) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), String::new());
    loop {
        let page = t
            .get(&t.operator(), &format!("{path}?limit=2&cursor={next}"))
            .await
            .json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2, "{page}");
        all.extend(items.iter().cloned());
        match page["next"].as_str() {
            Some(mark) => next = mark.to_owned(),
            None => return all,
        }
    }
}

#[test]
fn history_and_messages_come_page_by_page() {
    in_territory(|t| async move {
        let id = t.raise(&t.draft()).await;
        t.open_to_the_community(&id).await;
        for inside in ["timeline", "messages"] {
            let path = format!("/requests/{id}/{inside}");
            let whole = t.get(&t.operator(), &path).await.json();
            let whole = whole["items"].as_array().unwrap();
            assert!(whole.len() > 4, "{inside}: {whole:?}");
            assert_eq!(&by_pages(&t, &path).await, whole, "{inside}");
            for wrong in ["cursor=x", "limit=0", "limit=5000", "page=2"] {
                let reply = t.get(&t.operator(), &format!("{path}?{wrong}")).await;
                assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            }
        }
    });
}
