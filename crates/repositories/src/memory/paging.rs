//! Keyset pages over rows in memory.

use std::cmp::Ordering;

use mainstay_domain::{Page, PageRequest, Position, SortValue};

/// Cuts the requested page out of `rows`, which need not be sorted.
pub(super) fn page_of<T: Clone>(
    mut rows: Vec<&T>,
    request: &PageRequest,
    descending: bool,
    position: impl Fn(&T) -> Position,
) -> Page<T> {
    let order = |a: &Position, b: &Position| {
        let ascending = compare(a, b);
        if descending {
            ascending.reverse()
        } else {
            ascending
        }
    };
    let total = request.with_total.then_some(rows.len() as u64);
    if let Some(after) = &request.after {
        rows.retain(|row| order(&position(row), after) == Ordering::Greater);
    }
    rows.sort_by(|a, b| order(&position(a), &position(b)));
    let fetched = rows
        .into_iter()
        .take(request.limit as usize + 1)
        .cloned()
        .collect();
    Page {
        total,
        ..Page::from_rows(fetched, request.limit, position)
    }
}

/// Times by number, text by octets, ties by id.
fn compare(a: &Position, b: &Position) -> Ordering {
    sort_key(&a.value).cmp(&sort_key(&b.value)).then(a.id.cmp(&b.id))
}

fn sort_key(value: &SortValue) -> (i64, &str) {
    match value {
        SortValue::Micros(micros) => (*micros, ""),
        SortValue::Text(text) => (0, text),
    }
}
