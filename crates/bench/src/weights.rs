//! What a phone loads on its first visit: the page, compressed, and every style, script and font it
//! names, in bytes over the wire.

use crate::bench::Bench;
use crate::report::{Row, Verdict};
use crate::server::Server;
use crate::start::demonstration;
use crate::stats::Spread;
use crate::territory::Folder;
use crate::wire::{Answer, Connection};
use anyhow::Context as _;
use std::collections::BTreeSet;

/// Nothing to choose.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Args {}

/// Pages people meet, and who they are.
const PAGES: [(&str, Option<&str>); 6] = [
    ("/connexion", None),
    ("/direct", Some("operator")),
    ("/demandes", Some("operator")),
    ("/coup-de-main", Some("operator")),
    ("/offres", Some("professional")),
    ("/activite", Some("professional")),
];

/// Weighs them.
pub(crate) async fn run(bench: &mut Bench, _: Args) -> anyhow::Result<()> {
    let folder = Folder::new("weights")?;
    let server = demonstration(bench, &folder).await?;
    let accounts = server.get("/demo/accounts.json", None).await?.json()?;
    let accounts = accounts.as_array().context("accounts are a list")?.clone();
    for (page, role) in PAGES {
        let cookie = match role {
            Some(role) => {
                let person = accounts.iter().find(|a| a["role"] == role);
                let url = person.and_then(|a| a["login_url"].as_str());
                Some(sign_in(&server, url.context("a way in")?).await?)
            }
            None => None,
        };
        let (bytes, files) = weigh(&server, page, cookie.as_deref()).await?;
        bench.keep(Row {
            id: format!("weight-{page}"),
            what: format!(
                "`{page}` on a first visit, compressed, with its {} files",
                files - 1
            ),
            unit: "KiB".to_owned(),
            goal: "–".to_owned(),
            measured: Spread::of(&[bytes as f64 / 1024.0]),
            reference: None,
            n: files,
            command: "relais-bench weights".to_owned(),
            verdict: Verdict::Told,
            notes: Vec::new(),
            machine: None,
        })?;
    }
    Ok(())
}

/// The session cookie of somebody's one-click way in.
pub(crate) async fn sign_in(server: &Server, url: &str) -> anyhow::Result<String> {
    let path = url
        .splitn(4, '/')
        .nth(3)
        .context("an address with a path")?;
    let answer = ask(server, &format!("/{path}"), None, false).await?;
    answer.cookie.context("no cookie at the door")
}

async fn weigh(server: &Server, page: &str, cookie: Option<&str>) -> anyhow::Result<(usize, u64)> {
    let sent = ask(server, page, cookie, true).await?;
    anyhow::ensure!(sent.status == 200, "{page}: {}", sent.status);
    let plain = ask(server, page, cookie, false).await?;
    let mut queue: Vec<String> = named(&String::from_utf8_lossy(&plain.body));
    let mut seen = BTreeSet::new();
    let mut bytes = sent.wire;
    while let Some(file) = queue.pop() {
        if !seen.insert(file.clone()) {
            continue;
        }
        let got = ask(server, &file, cookie, true).await?;
        anyhow::ensure!(got.status == 200, "{file}: {}", got.status);
        bytes += got.wire;
        if file.ends_with(".css") || file.ends_with(".js") {
            let plain = ask(server, &file, cookie, false).await?;
            queue.extend(named(&String::from_utf8_lossy(&plain.body)));
        }
    }
    Ok((bytes, seen.len() as u64 + 1))
}

/// The files a text names: our own assets, by their address.
fn named(text: &str) -> Vec<String> {
    let ends = |c: char| matches!(c, '"' | '\'' | ')' | ' ' | '>' | '<');
    text.match_indices("/assets/")
        .filter_map(|(at, _)| text[at..].split(ends).next())
        .filter(|path| {
            path.rsplit('/')
                .next()
                .is_some_and(|name| name.contains('.'))
        })
        .map(str::to_owned)
        .collect()
}

async fn ask(
    server: &Server,
    path: &str,
    cookie: Option<&str>,
    compressed: bool,
) -> anyhow::Result<Answer> {
    let mut head = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nSec-Fetch-Site: same-origin\r\n");
    if let Some(cookie) = cookie {
        head.push_str(&format!("Cookie: {cookie}\r\n"));
    }
    if compressed {
        head.push_str("Accept-Encoding: br, gzip\r\n");
    }
    head.push_str("\r\n");
    let mut connection = Connection::open(server.address).await?;
    connection.ask(head.as_bytes()).await
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn assets_are_found_in_pages_and_styles() {
        let page = r#"<link href="/assets/ab12/relais.css"><script src="/assets/ab12/js/live.js">"#;
        assert_eq!(
            named(page),
            ["/assets/ab12/relais.css", "/assets/ab12/js/live.js"]
        );
        assert_eq!(
            named("src: url(/assets/ab12/f.woff2) format"),
            ["/assets/ab12/f.woff2"]
        );
    }
}
