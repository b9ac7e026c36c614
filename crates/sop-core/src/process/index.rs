//! Typed dense indices and the tables they index.
//!
//! An index is only ever made by the process that owns the table, so that looking it up cannot fail. Persisted things
//! never hold an index: they hold names.

use std::marker::PhantomData;
use std::ops::Index;

/// A position in a [`Table`].
pub trait Position: Copy + Eq + Ord {
    /// The position as a number.
    fn place(self) -> usize;
    /// The position with this number.
    fn at(place: usize) -> Self;
}

macro_rules! index_type {
    ($(#[$meta:meta])* $name:ident($inner:ty)) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub(crate) $inner);

        impl $name {
            /// The first position of its table.
            #[inline]
            pub fn first() -> Self {
                Self(0)
            }
        }

        impl From<$name> for usize {
            #[inline]
            fn from(at: $name) -> usize {
                at.0 as usize
            }
        }

        impl $crate::process::index::Position for $name {
            #[inline]
            fn place(self) -> usize {
                self.0 as usize
            }
            #[inline]
            fn at(place: usize) -> Self {
                // Compilation refuses definitions whose tables outgrow their index type.
                Self(<$inner>::try_from(place).unwrap_or(<$inner>::MAX))
            }
        }
    };
}

index_type! {
    /// A role: a column of the table, or a post that the policy brings in.
    RoleIx(u16)
}
index_type! {
    /// A paper.
    PaperIx(u16)
}
index_type! {
    /// A row of the table.
    RowIx(u32)
}
index_type! {
    /// A step.
    StepIx(u32)
}
index_type! {
    /// An outcome, counted within its step.
    OutcomeIx(u16)
}
index_type! {
    /// A slot of a join.
    SlotIx(u32)
}
index_type! {
    /// A return.
    ReturnIx(u32)
}
index_type! {
    /// A way to open a case.
    StartIx(u16)
}
index_type! {
    /// An end.
    EndIx(u16)
}
index_type! {
    /// A clock that several steps share.
    GroupIx(u32)
}
index_type! {
    /// A ladder of rungs; steps with equal ladders share one.
    LadderIx(u32)
}
index_type! {
    /// A register.
    RegisterIx(u16)
}

impl SlotIx {
    /// The slot so many places further in the same join.
    #[inline]
    pub fn after(self, places: u32) -> Self {
        Self(self.0.saturating_add(places))
    }
}

/// A list that is looked up by a typed index.
#[derive(Debug, Clone, PartialEq)]
pub struct Table<I, T> {
    items: Vec<T>,
    index: PhantomData<I>,
}

impl<I: Position, T> Table<I, T> {
    /// Makes a table of these items.
    pub(crate) fn new(items: Vec<T>) -> Self {
        Self { items, index: PhantomData }
    }

    /// The item at a position that may come from elsewhere.
    pub fn get(&self, at: I) -> Option<&T> {
        self.items.get(at.place())
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The items with their positions, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.items.iter().enumerate().map(|(place, item)| (I::at(place), item))
    }

    /// The items in order.
    pub fn values(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    pub(crate) fn get_mut(&mut self, at: I) -> Option<&mut T> {
        self.items.get_mut(at.place())
    }
}

impl<I: Position, T> Index<I> for Table<I, T> {
    type Output = T;

    #[expect(clippy::indexing_slicing, reason = "indices are made by the process that owns the table")]
    fn index(&self, at: I) -> &T {
        &self.items[at.place()]
    }
}

impl<I, T> Default for Table<I, T> {
    fn default() -> Self {
        Self { items: Vec::new(), index: PhantomData }
    }
}
