//! Every page with every sample: well-formed enough for a strict policy, labelled, in French type.

use std::collections::BTreeSet;

use relais_web::views;

/// The tags of a document, comments and text left out: `("input", "type=\"text\" …")`.
fn tags(html: &str) -> Vec<(String, String)> {
    html.split('<')
        .skip(1)
        .filter(|part| !part.starts_with(['/', '!']))
        .map(|part| {
            let inside = part.split('>').next().unwrap_or_default();
            let (name, attributes) = inside
                .split_once(char::is_whitespace)
                .unwrap_or((inside, ""));
            (name.to_owned(), attributes.to_owned())
        })
        .collect()
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let start = attributes
        .match_indices(&format!("{name}=\""))
        .find(|(at, _)| *at == 0 || attributes.as_bytes()[at - 1].is_ascii_whitespace())?
        .0;
    attributes[start + name.len() + 2..].split('"').next()
}

/// The text nodes of a document, without scripts.
fn texts(html: &str) -> Vec<String> {
    html.split('<')
        .skip(1)
        .filter_map(|part| part.split_once('>'))
        .map(|(_, text)| text.to_owned())
        .collect()
}

#[test]
fn pages_render_twice_the_same() {
    let first = views::gallery().expect("every sample renders");
    let second = views::gallery().expect("every sample renders");
    assert!(first.len() > 50, "{} samples", first.len());
    for (one, other) in first.iter().zip(&second) {
        assert_eq!(one.html, other.html, "{} {}", one.page, one.sample);
    }
}

#[test]
fn nothing_the_policy_forbids() {
    for page in views::gallery().expect("every sample renders") {
        let whose = format!("{} {}", page.page, page.sample);
        for (name, attributes) in tags(&page.html) {
            assert!(
                attribute(&attributes, "style").is_none(),
                "style in {whose}: {name} {attributes}"
            );
            assert!(
                !attributes.contains("http://") && !attributes.contains("https://"),
                "{whose}: {attributes}"
            );
            assert!(
                !attributes
                    .split_whitespace()
                    .any(|word| word.starts_with("on") && word.contains("=\"")),
                "{whose}: {attributes}"
            );
            if name == "script" {
                assert!(
                    attribute(&attributes, "src").is_some_and(|src| src.starts_with("/assets/")),
                    "{whose}"
                );
            }
        }
        assert!(!page.html.contains("<style"), "{whose}");
        assert!(
            !page.html.contains("{{") && !page.html.contains("{%"),
            "{whose}"
        );
    }
}

#[test]
fn one_title_one_heading_every_field_labelled() {
    for page in views::gallery().expect("every sample renders") {
        let whose = format!("{} {}", page.page, page.sample);
        let all = tags(&page.html);
        let whole = page.html.starts_with("<!doctype html>");
        if whole {
            assert!(page.html.contains("<html lang=\"fr\""), "{whose}");
            let headings = all.iter().filter(|(name, _)| name == "h1").count();
            assert_eq!(headings, 1, "headings in {whose}");
            assert!(page.html.contains("id=\"contenu\""), "{whose}");
            let wrong = page.html.contains("class=\"errsum\"");
            let title = page
                .html
                .split("<title>")
                .nth(1)
                .and_then(|rest| rest.split("</title>").next());
            let title = title.unwrap_or_default();
            assert!(
                !wrong || title.starts_with("Erreur\u{a0}:"),
                "{whose}: {title}"
            );
        }
        let mut ids = BTreeSet::new();
        for (_, attributes) in &all {
            if let Some(id) = attribute(attributes, "id") {
                assert!(ids.insert(id.to_owned()), "id {id} twice in {whose}");
            }
        }
        for (name, attributes) in &all {
            for list in ["for", "aria-labelledby", "aria-describedby", "list", "form"] {
                for id in attribute(attributes, list)
                    .unwrap_or_default()
                    .split_whitespace()
                {
                    assert!(
                        ids.contains(id),
                        "{list}={id} leads nowhere in {whose}: {name}"
                    );
                }
            }
            if let Some(href) = attribute(attributes, "href")
                && let Some(id) = href.strip_prefix('#')
                && name == "a"
                && whole
            {
                assert!(ids.contains(id), "#{id} leads nowhere in {whose}");
            }
        }
        assert_fields_are_labelled(&page.html, &whose);
    }
}

/// Every visible field has a `label for`, or sits inside a `label`.
fn assert_fields_are_labelled(html: &str, whose: &str) {
    let labelled: BTreeSet<_> = tags(html)
        .iter()
        .filter(|(name, _)| name == "label")
        .filter_map(|(_, attributes)| attribute(attributes, "for").map(str::to_owned))
        .collect();
    let mut inside = false;
    for part in html.split('<').skip(1) {
        let tag = part.split('>').next().unwrap_or_default();
        let name = tag.split_whitespace().next().unwrap_or_default();
        match name {
            "label" => inside = true,
            "/label" => inside = false,
            "input" | "select" | "textarea" => {
                let hidden = attribute(tag, "type") == Some("hidden");
                let named = attribute(tag, "id").is_some_and(|id| labelled.contains(id));
                assert!(hidden || inside || named, "{whose}: {tag}");
            }
            _ => {}
        }
    }
}

#[test]
fn french_typography() {
    for page in views::gallery().expect("every sample renders") {
        for text in texts(&page.html) {
            let whose = format!("{} {}: {text}", page.page, page.sample);
            if text.contains("SNP91:") || text.contains("deplacer jusqu") || page.page == "api" {
                continue; // messages as sent, without accents
            }
            for sign in [" :", " ;", " ?", " !", "« ", " »"] {
                assert!(!text.contains(sign), "ordinary space in {whose}");
            }
            assert!(!text.contains('\''), "straight apostrophe in {whose}");
            assert!(
                !text.contains('\u{202f}'),
                "U+202F is not in the fonts: {whose}"
            );
        }
    }
}

#[test]
fn the_alert_card_is_light_and_needs_no_script() {
    let page = views::gallery()
        .expect("every sample renders")
        .into_iter()
        .find(|page| page.page == "offre" && page.sample == "extreme")
        .expect("the sample exists");
    assert!(page.html.len() < 12_000, "{} bytes", page.html.len());
    assert!(page.html.contains("method=\"post\""));
    assert!(page.html.contains("name=\"reponse\" value=\"oui\""));
}

/// Pages, lists and the board never hold what only the accepted card may hold (R6).
#[test]
fn no_name_before_acceptance() {
    for page in views::gallery().expect("every sample renders") {
        if [
            "direct",
            "tableau",
            "coup-de-main",
            "demandes",
            "offres",
            "mes-demandes",
        ]
        .contains(&page.page)
        {
            let listed = page
                .html
                .split("class=\"board\"")
                .nth(1)
                .unwrap_or(&page.html);
            assert!(!listed.contains("Tervaux"), "{} {}", page.page, page.sample);
        }
    }
}

/// `RELAIS_GALLERY=DIR cargo test -p relais-web --test pages write_the_gallery` puts every sample in files, to be
/// looked at without a server.
#[test]
fn write_the_gallery_where_asked() {
    let pages = views::gallery().expect("every sample renders");
    let Ok(folder) = std::env::var("RELAIS_GALLERY") else {
        assert!(!pages.is_empty());
        return;
    };
    for page in pages {
        let path =
            std::path::Path::new(&folder).join(format!("{}-{}.html", page.page, page.sample));
        std::fs::write(path, page.html).expect("the folder can be written");
    }
}

#[tokio::test]
async fn every_file_a_page_names_is_served() {
    let mut seen = BTreeSet::new();
    for page in views::gallery().expect("every sample renders") {
        for part in page.html.split("/assets/").skip(1) {
            let address = part.split(['"', '?']).next().unwrap_or_default();
            let Some((hash, name)) = address.split_once('/') else {
                continue;
            };
            if !seen.insert(name.to_owned()) {
                continue;
            }
            let place = axum::extract::Path((hash.to_owned(), name.to_owned()));
            let answer = relais_web::assets::serve(place, http::HeaderMap::new()).await;
            assert_eq!(
                answer.status(),
                http::StatusCode::OK,
                "{} names {name}",
                page.page
            );
        }
    }
    assert!(seen.contains("relais.css") && seen.contains("severity.js"));
}
