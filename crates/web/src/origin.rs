//! Whether a request that acts came from one of our own pages (R6). The cookie alone proves
//! nothing: another site can make a browser send it.

use http::{HeaderMap, header};

/// What the browser says of where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// One of our own pages.
    Own,
    /// Another site.
    Other,
    /// It does not say.
    Silent,
}

/// Reads `Sec-Fetch-Site`, else `Origin` against `Host`.
#[must_use]
pub fn source(headers: &HeaderMap) -> Source {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return if matches!(site, "same-origin" | "none") {
            Source::Own
        } else {
            Source::Other
        };
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else {
        return Source::Silent;
    };
    let host = text(header::HOST.as_str()).unwrap_or_default();
    let named = origin.split_once("://").map(|(_, rest)| rest);
    if !host.is_empty() && named == Some(host) {
        Source::Own
    } else {
        Source::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    name.parse().expect("a header name"),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn only_our_own_pages_act() {
        assert_eq!(
            source(&headers(&[("sec-fetch-site", "same-origin")])),
            Source::Own
        );
        assert_eq!(
            source(&headers(&[("sec-fetch-site", "same-site")])),
            Source::Other
        );
        assert_eq!(
            source(&headers(&[
                ("sec-fetch-site", "cross-site"),
                ("origin", "http://a"),
                ("host", "a")
            ])),
            Source::Other
        );
        assert_eq!(
            source(&headers(&[("origin", "https://a.fr"), ("host", "a.fr")])),
            Source::Own
        );
        assert_eq!(
            source(&headers(&[("origin", "https://b.fr"), ("host", "a.fr")])),
            Source::Other
        );
        assert_eq!(
            source(&headers(&[("origin", "null"), ("host", "a.fr")])),
            Source::Other
        );
        assert_eq!(source(&headers(&[("host", "a.fr")])), Source::Silent);
    }
}
