//! A list that only grows, and whose growing moves nothing: a log of millions of entries is not copied for one more.

/// How many items lie together.
const PAGE: usize = 512;

/// The list.
#[derive(Debug)]
pub(super) struct Pages<T> {
    /// All but the last are full.
    pages: Vec<Vec<T>>,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { pages: Vec::new() }
    }
}

impl<T> Pages<T> {
    pub(super) fn len(&self) -> usize {
        self.pages.last().map_or(0, |last| (self.pages.len() - 1) * PAGE + last.len())
    }

    pub(super) fn get(&self, place: usize) -> Option<&T> {
        self.pages.get(place / PAGE)?.get(place % PAGE)
    }

    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        self.pages.get_mut(place / PAGE)?.get_mut(place % PAGE)
    }

    pub(super) fn push(&mut self, item: T) {
        match self.pages.last_mut() {
            Some(last) if last.len() < PAGE => last.push(item),
            _ => {
                let mut page = Vec::with_capacity(PAGE);
                page.push(item);
                self.pages.push(page);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_found_at_its_place_across_pages() {
        let mut list = Pages::default();
        for count in 0..3 * PAGE + 1 {
            assert_eq!(list.len(), count);
            assert_eq!(list.get(count), None);
            list.push(count);
        }
        assert!((0..3 * PAGE + 1).all(|place| list.get(place) == Some(&place)));
        *list.get_mut(2 * PAGE).unwrap() = 0;
        assert_eq!(list.get(2 * PAGE), Some(&0));
        assert_eq!(list.get_mut(3 * PAGE + 1), None);
    }
}
