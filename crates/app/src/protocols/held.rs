//! The book of a network, from the application: what pages and forms ask.

use super::book::Book;
use crate::app::{App, Inner};
use crate::error::AppError;
use relais_core::ids::NetworkId;
use relais_core::time::Instant;
use relais_store::Tx;
use std::sync::Arc;

impl App {
    /// The sheets a network may use now. Under `serve` an unsigned sheet is not in it; a
    /// demonstration uses the shipped ones, under their banner ([`Book::is_demonstration`]).
    pub async fn protocols(&self, network: NetworkId) -> Result<Arc<Book>, AppError> {
        let now = self.now();
        self.read(move |inner, tx| inner.book(tx, network, now))
            .await
    }
}

impl Inner {
    /// The book of a network at an instant, as this transaction sees it.
    pub(crate) fn book(
        &self,
        _tx: &mut Tx<'_>,
        _network: NetworkId,
        _now: Instant,
    ) -> Result<Arc<Book>, AppError> {
        if self.settings.demo {
            Ok(Book::demonstration())
        } else {
            Ok(Arc::new(Book::default()))
        }
    }
}
