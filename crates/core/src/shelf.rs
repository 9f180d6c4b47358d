//! Values kept by number, in pages shared between versions: a copy costs a list of pages, a change
//! copies one page. What a directory of a million people needs to give each reader its own unmoving
//! version. Owns no rule; refuses to take anything out, because numbers are never given twice.

use std::cmp::Ordering;
use std::sync::Arc;

/// Values of a page.
const PAGE: usize = 128;
/// Most numbers kept apart before they are merged into the long list.
const LATE_MAX: usize = 512;

/// The number of a value on a shelf, from 0, never given twice.
pub type Slot = u32;

/// Values by number.
#[derive(Debug, Clone)]
pub struct Shelf<T> {
    pages: Arc<Vec<Arc<Vec<T>>>>,
    count: usize,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self {
            pages: Arc::default(),
            count: 0,
        }
    }
}

impl<T: Clone> Shelf<T> {
    /// How many values.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// No value at all.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The value of a number; `None` when it was never given.
    #[inline]
    pub fn get(&self, slot: Slot) -> Option<&T> {
        let place = slot as usize;
        self.pages.get(place / PAGE)?.get(place % PAGE)
    }

    /// Replaces the value of a number. A number never given is left alone: `false`.
    pub fn set(&mut self, slot: Slot, value: T) -> bool {
        let place = slot as usize;
        if place >= self.count {
            return false;
        }
        let pages = Arc::make_mut(&mut self.pages);
        let page = pages.get_mut(place / PAGE).map(Arc::make_mut);
        match page.and_then(|page| page.get_mut(place % PAGE)) {
            Some(held) => {
                *held = value;
                true
            }
            None => false,
        }
    }

    /// Adds a value; answers its number.
    pub fn push(&mut self, value: T) -> Slot {
        let slot = Slot::try_from(self.count).unwrap_or(Slot::MAX);
        let pages = Arc::make_mut(&mut self.pages);
        match pages.last_mut() {
            Some(page) if page.len() < PAGE => Arc::make_mut(page).push(value),
            Some(_) | None => {
                let mut page = Vec::with_capacity(PAGE);
                page.push(value);
                pages.push(Arc::new(page));
            }
        }
        self.count += 1;
        slot
    }

    /// Every value, by number.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(|page| page.iter())
    }
}

impl<T: Clone> FromIterator<T> for Shelf<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let (mut pages, mut count) = (Vec::new(), 0);
        let mut page = Vec::with_capacity(PAGE);
        for value in values {
            page.push(value);
            count += 1;
            if page.len() == PAGE {
                pages.push(Arc::new(std::mem::replace(
                    &mut page,
                    Vec::with_capacity(PAGE),
                )));
            }
        }
        if !page.is_empty() {
            pages.push(Arc::new(page));
        }
        Self {
            pages: Arc::new(pages),
            count,
        }
    }
}

/// Numbers in the order of something their values carry (an id, a national number): the values are
/// compared where they lie, so that four bytes a value are enough.
#[derive(Debug, Clone, Default)]
pub struct Order {
    sorted: Arc<Vec<Slot>>,
    late: Arc<Vec<Slot>>,
}

impl Order {
    /// An order from numbers already sorted.
    pub fn of_sorted(sorted: Vec<Slot>) -> Self {
        Self {
            sorted: Arc::new(sorted),
            late: Arc::default(),
        }
    }

    /// The number whose value `probe` says is equal. `probe` tells how a value compares with the one
    /// looked for.
    pub fn find(&self, probe: impl Fn(Slot) -> Ordering) -> Option<Slot> {
        [&self.sorted, &self.late].into_iter().find_map(|list| {
            let place = list.binary_search_by(|slot| probe(*slot)).ok()?;
            list.get(place).copied()
        })
    }

    /// Adds a number. `probe` tells how a value compares with the new one.
    pub fn insert(&mut self, slot: Slot, probe: impl Fn(Slot) -> Ordering) {
        let place = self.late.partition_point(|held| probe(*held).is_lt());
        Arc::make_mut(&mut self.late).insert(place, slot);
    }

    /// Takes a number out, wherever it is: for a value whose key changes.
    pub fn remove(&mut self, slot: Slot) {
        for list in [&mut self.sorted, &mut self.late] {
            if list.contains(&slot) {
                Arc::make_mut(list).retain(|held| *held != slot);
            }
        }
    }

    /// Merges what came late, once it is long enough to be worth a copy of the list. `compare`
    /// tells how two values compare.
    pub fn tidy(&mut self, compare: impl Fn(Slot, Slot) -> Ordering) {
        if self.late.len() > LATE_MAX {
            let merged = merged(&self.sorted, &self.late, &compare).collect();
            *self = Self::of_sorted(merged);
        }
    }

    /// The numbers in order, from the first whose value does not come `before` what is looked for. `compare` tells how
    /// two values compare.
    pub fn from<B: Fn(Slot) -> bool, C: Fn(Slot, Slot) -> Ordering>(
        &self,
        before: B,
        compare: C,
    ) -> impl Iterator<Item = Slot> + use<'_, B, C> {
        let start = |list: &[Slot]| list.partition_point(|slot| before(*slot));
        let (sorted, late) = (start(&self.sorted), start(&self.late));
        let sorted = self.sorted.get(sorted..).unwrap_or_default();
        let late = self.late.get(late..).unwrap_or_default();
        merged(sorted, late, compare)
    }

    /// Every number, in order. `compare` tells how two values compare.
    pub fn iter<C: Fn(Slot, Slot) -> Ordering>(
        &self,
        compare: C,
    ) -> impl Iterator<Item = Slot> + use<'_, C> {
        merged(&self.sorted, &self.late, compare)
    }
}

fn merged<'s, C: Fn(Slot, Slot) -> Ordering>(
    one: &'s [Slot],
    two: &'s [Slot],
    compare: C,
) -> impl Iterator<Item = Slot> + use<'s, C> {
    let (mut one, mut two) = (
        one.iter().copied().peekable(),
        two.iter().copied().peekable(),
    );
    std::iter::from_fn(move || match (one.peek(), two.peek()) {
        (Some(a), Some(b)) if compare(*a, *b).is_le() => one.next(),
        (Some(_), None) => one.next(),
        (_, Some(_)) => two.next(),
        (None, None) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Step {
        Push(u32),
        Set(usize, u32),
        Keep,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            any::<u32>().prop_map(Step::Push),
            (any::<usize>(), any::<u32>()).prop_map(|(at, value)| Step::Set(at, value)),
            Just(Step::Keep),
        ]
    }

    proptest! {
        /// A version that was kept never moves, whatever happens to the next ones.
        #[test]
        fn a_shelf_is_a_list_and_its_copies_stand_still(
            first in proptest::collection::vec(any::<u32>(), 0..300),
            steps in proptest::collection::vec(step(), 0..400),
        ) {
            let (mut list, mut shelf) = (first.clone(), first.into_iter().collect::<Shelf<_>>());
            let mut kept = Vec::new();
            for step in steps {
                match step {
                    Step::Push(value) => {
                        prop_assert_eq!(shelf.push(value) as usize, list.len());
                        list.push(value);
                    }
                    Step::Set(at, value) => {
                        let at = at % (list.len() + 1);
                        prop_assert_eq!(shelf.set(at as Slot, value), at < list.len());
                        if let Some(held) = list.get_mut(at) {
                            *held = value;
                        }
                    }
                    Step::Keep if kept.len() < 8 => kept.push((list.clone(), shelf.clone())),
                    Step::Keep => {}
                }
            }
            kept.push((list, shelf));
            for (list, shelf) in kept {
                prop_assert_eq!(shelf.len(), list.len());
                prop_assert!(shelf.iter().eq(list.iter()));
                for (at, value) in list.iter().enumerate() {
                    prop_assert_eq!(shelf.get(at as Slot), Some(value));
                }
                prop_assert_eq!(shelf.get(list.len() as Slot), None);
            }
        }

        /// Found and listed in order, however the values came and went.
        #[test]
        fn an_order_finds_each_value_and_no_other(
            first in 0_usize..200,
            values in proptest::collection::btree_set(any::<u16>(), 0..900),
            shuffle in any::<u64>(),
            gone in any::<prop::sample::Index>(),
        ) {
            let mut values: Vec<u16> = values.into_iter().collect();
            let key = |value: &u16| u64::from(*value).wrapping_mul(shuffle | 1).rotate_left(17);
            values.sort_by_key(key);
            let first = first.min(values.len());
            let mut sorted: Vec<Slot> = (0..first as Slot).collect();
            sorted.sort_by_key(|slot| values[*slot as usize]);
            let mut order = Order::of_sorted(sorted);
            let of = |slot: Slot| values[slot as usize];
            for slot in first..values.len() {
                let slot = slot as Slot;
                order.insert(slot, |held| of(held).cmp(&of(slot)));
                order.tidy(|a, b| of(a).cmp(&of(b)));
            }
            let mut left: Vec<Slot> = (0..values.len() as Slot).collect();
            if !left.is_empty() {
                let out = gone.index(left.len()) as Slot;
                order.remove(out);
                left.retain(|slot| *slot != out);
                prop_assert_eq!(order.find(|held| of(held).cmp(&of(out))), None);
            }
            for slot in &left {
                prop_assert_eq!(order.find(|held| of(held).cmp(&of(*slot))), Some(*slot));
            }
            left.sort_by_key(|slot| of(*slot));
            let listed: Vec<_> = order.iter(|a, b| of(a).cmp(&of(b))).collect();
            prop_assert_eq!(&listed, &left);
            let least = (shuffle % 65_536) as u16;
            let rest = order.from(|slot| of(slot) < least, |a, b| of(a).cmp(&of(b)));
            left.retain(|slot| of(*slot) >= least);
            prop_assert_eq!(rest.collect::<Vec<_>>(), left);
        }
    }
}
