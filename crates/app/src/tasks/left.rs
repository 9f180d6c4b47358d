//! What one pass tried in vain: it stays due, is not tried a second time in that pass, and hides none of what is due
//! after it. Owns the length of a page of due work.

/// Most looked at in one go.
const BATCH: u32 = 100;

/// What stays due.
#[derive(Debug)]
pub(crate) struct Left<T>(Vec<T>);

impl<T: Copy + PartialEq> Left<T> {
    pub(crate) const fn nothing() -> Self {
        Self(Vec::new())
    }

    /// How many due rows to read, so that a whole page is left once these are passed over.
    pub(crate) fn page(&self) -> u32 {
        BATCH + u32::try_from(self.0.len()).unwrap_or(BATCH)
    }

    /// What is still to be tried, of what is due.
    pub(crate) fn others(&self, due: Vec<T>) -> Vec<T> {
        due.into_iter().filter(|id| !self.0.contains(id)).collect()
    }

    pub(crate) fn add(&mut self, id: T) {
        self.0.push(id);
    }

    pub(crate) const fn count(&self) -> usize {
        self.0.len()
    }
}
