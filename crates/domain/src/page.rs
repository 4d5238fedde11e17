//! Keyset pages: a page begins after a position, never at an offset.

use uuid::Uuid;

/// Most items a page may have.
pub const MAX_PAGE_LIMIT: u32 = 100;

/// The value of the sorted column at a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortValue {
    /// A time, in microseconds since 1970.
    Micros(i64),
    /// A text key.
    Text(String),
}

/// The place of an item in a sorted list; ties are broken by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The sorted column's value.
    pub value: SortValue,
    /// The item's id.
    pub id: Uuid,
}

/// Which page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// At most so many items, 1 to [`MAX_PAGE_LIMIT`].
    pub limit: u32,
    /// Begin after this position.
    pub after: Option<Position>,
    /// Count the whole list too; costs a scan of it.
    pub with_total: bool,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self {
            limit: 20,
            after: None,
            with_total: false,
        }
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; none on the last page.
    pub next: Option<Position>,
    /// How many items the whole list has, if asked for.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// Makes a page from up to `limit + 1` fetched rows: the extra row only tells that there
    /// is a next page.
    #[must_use]
    pub fn from_rows(mut rows: Vec<T>, limit: u32, position: impl Fn(&T) -> Position) -> Self {
        let limit = limit as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(position) } else { None };
        Self {
            items: rows,
            next,
            total: None,
        }
    }

    /// The same page with its items borrowed.
    #[must_use]
    pub fn as_ref(&self) -> Page<&T> {
        Page {
            items: self.items.iter().collect(),
            next: self.next.clone(),
            total: self.total,
        }
    }

    /// The same page with its items mapped.
    #[must_use]
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next: self.next,
            total: self.total,
        }
    }

    /// The same page with its items mapped, if every one of them can be.
    ///
    /// # Errors
    /// The first one of `f`.
    pub fn try_map<U, E>(self, f: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        Ok(Page {
            items: self.items.into_iter().map(f).collect::<Result<_, E>>()?,
            next: self.next,
            total: self.total,
        })
    }
}
