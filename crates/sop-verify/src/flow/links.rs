//! A list of numbers without order, from which any of them is taken out at once, however long it is.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use smallvec::SmallVec;

/// Beyond this length places are looked up; below, looking through is faster.
const LONG: usize = 16;

/// The numbers, their sum in a form that tells sets apart, and for a long list the place of each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Links {
    list: SmallVec<[u32; 4]>,
    sum: u64,
    places: Option<Box<HashMap<u32, u32, FixedState>>>,
}

/// A number that sums tell apart: the sum of a set depends on its members alone, not on their order.
fn spread(number: u32) -> u64 {
    let mixed = (u64::from(number) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

impl Links {
    pub(crate) fn put_in(&mut self, number: u32) {
        let place = self.list.len() as u32;
        self.list.push(number);
        self.sum = self.sum.wrapping_add(spread(number));
        match &mut self.places {
            Some(places) => {
                places.insert(number, place);
            }
            None if self.list.len() > LONG => {
                self.places = Some(Box::new(self.list.iter().copied().zip(0..).collect()));
            }
            None => {}
        }
    }

    pub(crate) fn take_out(&mut self, number: u32) {
        let place = match &mut self.places {
            Some(places) => places.remove(&number).map(|place| place as usize),
            None => self.list.iter().position(|known| *known == number),
        };
        let Some(place) = place else { return };
        self.list.swap_remove(place);
        self.sum = self.sum.wrapping_sub(spread(number));
        if let (Some(places), Some(moved)) = (&mut self.places, self.list.get(place)) {
            places.insert(*moved, place as u32);
        }
    }

    pub(crate) fn contains(&self, number: u32) -> bool {
        match &self.places {
            Some(places) => places.contains_key(&number),
            None => self.list.contains(&number),
        }
    }

    pub(crate) fn sum(&self) -> u64 {
        self.sum
    }

    pub(crate) fn is_same_set(&self, other: &Self) -> bool {
        self.list.len() == other.list.len()
            && self.sum == other.sum
            && self.list.iter().all(|number| other.contains(*number))
    }
}

impl std::ops::Deref for Links {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        &self.list
    }
}

impl FromIterator<u32> for Links {
    fn from_iter<T: IntoIterator<Item = u32>>(numbers: T) -> Self {
        let mut links = Self::default();
        numbers.into_iter().for_each(|number| links.put_in(number));
        links
    }
}
