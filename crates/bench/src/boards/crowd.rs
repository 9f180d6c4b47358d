//! A crowd of readers, one connection each, on one thread: what each heard, in which order, when.
//! Knows the two feeds it may read. Refuses an answer that is no stream, and ids that do not grow.

use anyhow::{Context as _, bail, ensure};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::stats::{Times, tick};

/// Longest wait for the last page of a crowd.
const PATIENCE: Duration = Duration::from_secs(60);
/// Connections being opened at once while a crowd gathers; a storm opens all.
const GATHERED_AT_ONCE: usize = 500;

/// What is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Feed {
    /// Events of Relais: `id: <epoch>-<number>`.
    Relais(SocketAddr),
    /// Messages of nchan: `data: MSG:<number> …`.
    Nchan(SocketAddr),
}

impl Feed {
    const fn address(self) -> SocketAddr {
        match self {
            Self::Relais(address) | Self::Nchan(address) => address,
        }
    }
}

/// What a reader heard.
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// The stream is open.
    Open,
    /// One piece of news, by its number.
    News(u64),
    /// Told that it missed something and must look at everything.
    Lost,
}

#[derive(Debug)]
struct Heard {
    who: usize,
    what: What,
    at: Instant,
    mark: String,
}

/// Readers under way.
pub(crate) struct Crowd {
    readers: JoinSet<anyhow::Result<()>>,
    heard: mpsc::UnboundedReceiver<Heard>,
    /// Where each stands: its last mark, to come back with.
    pub(crate) marks: Vec<String>,
    /// The number of the last news of each.
    numbers: Vec<u64>,
    /// How many were told to look at everything.
    pub(crate) lost: usize,
}

impl Crowd {
    /// Opens a connection for each request, some at once, and waits until every stream is open.
    pub(crate) async fn gather(feed: Feed, requests: Vec<Vec<u8>>) -> anyhow::Result<Self> {
        let count = requests.len();
        let mut crowd = Self::starting(count);
        let (teller, heard) = mpsc::unbounded_channel();
        crowd.heard = heard;
        let mut begun = 0;
        for (who, request) in requests.into_iter().enumerate() {
            crowd
                .readers
                .spawn(read(feed, who, request, teller.clone()));
            if who - begun >= GATHERED_AT_ONCE {
                crowd.opened(who - begun).await?;
                begun = who;
            }
        }
        crowd.opened(count - begun).await?;
        Ok(crowd)
    }

    /// Opens every connection at one instant and waits for nothing.
    pub(crate) fn rush(feed: Feed, requests: Vec<Vec<u8>>) -> Self {
        let mut crowd = Self::starting(requests.len());
        let (teller, heard) = mpsc::unbounded_channel();
        crowd.heard = heard;
        for (who, request) in requests.into_iter().enumerate() {
            crowd
                .readers
                .spawn(read(feed, who, request, teller.clone()));
        }
        crowd
    }

    fn starting(count: usize) -> Self {
        Self {
            readers: JoinSet::new(),
            heard: mpsc::unbounded_channel().1,
            marks: vec![String::new(); count],
            numbers: vec![0; count],
            lost: 0,
        }
    }

    async fn opened(&mut self, count: usize) -> anyhow::Result<()> {
        let mut open = 0;
        while open < count {
            let heard = self.next().await?;
            open += usize::from(matches!(heard.what, What::Open));
        }
        Ok(())
    }

    /// Waits until every reader heard one more piece of news, and answers how long each took.
    pub(crate) async fn all_hear(&mut self, begun: Instant) -> anyhow::Result<Times> {
        let mut times = Times::new();
        let mut waiting = vec![true; self.marks.len()];
        let mut number = None;
        while times.count() < self.marks.len() as u64 {
            let heard = self.next().await?;
            let What::News(n) = heard.what else {
                bail!("{heard:?} while news were awaited");
            };
            ensure!(*number.get_or_insert(n) == n, "a foreign event: {heard:?}");
            ensure!(std::mem::take(&mut waiting[heard.who]), "twice: {heard:?}");
            times.record(heard.at.duration_since(begun));
        }
        Ok(times)
    }

    /// Waits until every reader is open and heard `news`, and answers how long the last took.
    pub(crate) async fn all_caught_up(
        &mut self,
        begun: Instant,
        news: &[u64],
    ) -> anyhow::Result<Times> {
        let mut times = Times::new();
        let mut left = vec![news.to_vec(); self.marks.len()];
        while times.count() < self.marks.len() as u64 {
            let heard = self.next().await?;
            match heard.what {
                What::Open => {}
                What::Lost => bail!("{heard:?}: what is kept should have been enough"),
                What::News(n) => {
                    let left = &mut left[heard.who];
                    ensure!(left.first() == Some(&n), "{heard:?} instead of {left:?}");
                    left.remove(0);
                    if left.is_empty() {
                        times.record(heard.at.duration_since(begun));
                    }
                }
            }
        }
        Ok(times)
    }

    async fn next(&mut self) -> anyhow::Result<Heard> {
        tokio::select! {
            heard = tokio::time::timeout(PATIENCE, self.heard.recv()) => {
                let heard = heard.context("some pages heard nothing for a minute")?;
                let heard = heard.context("every page is gone")?;
                if !heard.mark.is_empty() {
                    self.marks[heard.who].clone_from(&heard.mark);
                }
                match heard.what {
                    What::News(number) => {
                        let last = &mut self.numbers[heard.who];
                        ensure!(number > *last, "an id that does not grow: {heard:?} after {last}");
                        *last = number;
                    }
                    What::Lost => self.lost += 1,
                    What::Open => {}
                }
                Ok(heard)
            }
            Some(ended) = self.readers.join_next() => {
                ended??;
                bail!("a stream ended by itself");
            }
        }
    }

    /// Cuts every connection.
    pub(crate) fn disperse(mut self) -> Vec<String> {
        self.readers.abort_all();
        self.marks
    }
}

/// One reader, until it is aborted.
async fn read(
    feed: Feed,
    who: usize,
    request: Vec<u8>,
    teller: mpsc::UnboundedSender<Heard>,
) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(feed.address())
        .await
        .context("connecting")?;
    stream.write_all(&request).await?;
    let mut pending: Vec<u8> = Vec::with_capacity(512);
    let mut lines = Lines::default();
    while stream.read_buf(&mut pending).await? > 0 {
        let at = tick();
        let mut used = 0;
        while let Some(length) = pending[used..].iter().position(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(&pending[used..used + length]);
            if let Some((what, mark)) = lines.take(feed, line.trim_end())? {
                let heard = Heard {
                    who,
                    what,
                    at,
                    mark,
                };
                if teller.send(heard).is_err() {
                    return Ok(());
                }
            }
            used += length + 1;
        }
        pending.drain(..used);
    }
    bail!("page {who}: the server closed the stream")
}

/// What the lines of a stream say. Chunk sizes pass as lines that say nothing.
#[derive(Debug, Default)]
struct Lines {
    headed: bool,
    event: String,
    id: String,
}

impl Lines {
    fn take(&mut self, feed: Feed, line: &str) -> anyhow::Result<Option<(What, String)>> {
        if !self.headed {
            self.headed = true;
            ensure!(line.contains(" 200"), "no stream: {line}");
            // nchan says nothing until there is something to say.
            let open = matches!(feed, Feed::Nchan(_));
            return Ok(open.then(|| (What::Open, String::new())));
        }
        if let Some(event) = line.strip_prefix("event: ") {
            event.clone_into(&mut self.event);
        } else if let Some(id) = line.strip_prefix("id: ") {
            id.clone_into(&mut self.id);
        } else if let Some(data) = line.strip_prefix("data: ") {
            return self.data(feed, data);
        }
        Ok(None)
    }

    fn data(&mut self, feed: Feed, data: &str) -> anyhow::Result<Option<(What, String)>> {
        let (event, id) = (
            std::mem::take(&mut self.event),
            std::mem::take(&mut self.id),
        );
        let what = match feed {
            Feed::Nchan(_) => {
                let number = data.strip_prefix("MSG:").and_then(|rest| rest.get(..8));
                What::News(number.context("no message of ours")?.parse()?)
            }
            Feed::Relais(_) => match event.as_str() {
                "hello" => What::Open,
                "resync" => What::Lost,
                "changed" => What::News(number(&id)?),
                // The line about the service, carried whole: no news of a request.
                "state" => return Ok(None),
                other => bail!("an event that was not expected: {other}"),
            },
        };
        Ok(Some((what, id)))
    }
}

/// The number in a mark.
pub(crate) fn number(mark: &str) -> anyhow::Result<u64> {
    let (_, number) = mark.split_once('-').context("an id that is no mark")?;
    Ok(number.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(feed: Feed, text: &str) -> Vec<String> {
        let mut lines = Lines::default();
        let all = text.lines().map(|line| lines.take(feed, line.trim_end()));
        all.filter_map(|said| said.unwrap().map(|(what, mark)| format!("{what:?} {mark}")))
            .collect()
    }

    #[test]
    fn events_of_both_feeds_are_read_through_their_chunks() {
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        let relais = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n1a\r\nretry: 5\nevent: hello\nid: a-3\ndata: {}\n\n\r\n\
            2c\r\nevent: changed\nid: a-4\ndata: {\"request\":\"x\"}\n\n\r\n3\r\n:\n\n\r\n";
        assert_eq!(
            said(Feed::Relais(address), relais),
            ["Open a-3", "News(4) a-4"]
        );
        let nchan = "HTTP/1.1 200 OK\r\n\r\n: hi\n\r\nid: 17:0\ndata: MSG:00000012 {}\n\n";
        assert_eq!(
            said(Feed::Nchan(address), nchan),
            ["Open ", "News(12) 17:0"]
        );
        let refused = Lines::default().take(Feed::Relais(address), "HTTP/1.1 503 Full");
        assert!(refused.is_err());
    }
}
