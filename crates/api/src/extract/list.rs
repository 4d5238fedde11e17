//! Lists: which page is asked for, and the page that is answered.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web::Data};
use mainstay_domain::{MAX_PAGE_LIMIT, Page, PageRequest};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{CursorKey, query};
use crate::error::{ApiError, ErrorCode};

/// Which page of a list.
#[derive(Debug, Clone, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// At most so many items.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<u32>,
    /// `page.next_cursor` of the page before; filters and sorting must stay the same.
    pub cursor: Option<String>,
    /// Count the whole list too, which costs time.
    #[param(default = false)]
    pub total: Option<bool>,
}

/// For lists that can be neither filtered nor sorted.
#[derive(Debug, Clone, Copy, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

/// The query of a list: [`PageParams`] plus the filters and the sorting in `T`, which should
/// refuse unknown parameters with `#[serde(deny_unknown_fields)]`.
///
/// Cursors are bound to path and filters, so a handler need not do anything about them.
#[derive(Debug, Clone)]
pub struct ListQuery<T> {
    /// Filters and sorting.
    pub filter: T,
    /// Which page.
    pub page: PageRequest,
    key: Data<CursorKey>,
    path: String,
    filters: String,
}

impl<T> ListQuery<T> {
    /// The answer: a page of bodies made from a page of items.
    #[must_use]
    pub fn body<I, B>(&self, page: Page<I>, body: impl FnMut(I) -> B) -> ListBody<B> {
        let next_cursor = page
            .next
            .as_ref()
            .map(|position| self.key.seal(&[&self.path, &self.filters], position));
        ListBody {
            page: PageInfo {
                next_cursor,
                limit: self.page.limit,
                total: page.total,
            },
            data: page.items.into_iter().map(body).collect(),
        }
    }

    /// [`ListQuery::body`] as a 200 answer.
    #[must_use]
    pub fn respond<I, B: Serialize>(&self, page: Page<I>, body: impl FnMut(I) -> B) -> HttpResponse {
        HttpResponse::Ok().json(self.body(page, body))
    }
}

impl<T: DeserializeOwned + Validate> FromRequest for ListQuery<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request))
    }
}

fn parse<T: DeserializeOwned + Validate>(request: &HttpRequest) -> Result<ListQuery<T>, ApiError> {
    let (paging, filters) = split_query(request.query_string());
    let params: PageParams = query::parse(&paging)?;
    let filter = query::parse(&filters)?;
    let key = request.app_data::<Data<CursorKey>>().ok_or_else(|| {
        tracing::error!("no CursorKey is registered as app data");
        ApiError::new(ErrorCode::INTERNAL)
    })?;
    let scope = [request.path(), &filters];
    let after = match &params.cursor {
        Some(cursor) => Some(key.open(&scope, cursor).ok_or_else(invalid_cursor)?),
        None => None,
    };
    Ok(ListQuery {
        filter,
        page: PageRequest {
            limit: params
                .limit
                .unwrap_or(PageRequest::default().limit)
                .min(MAX_PAGE_LIMIT),
            after,
            with_total: params.total.unwrap_or(false),
        },
        key: key.clone(),
        path: request.path().to_owned(),
        filters,
    })
}

fn invalid_cursor() -> ApiError {
    ApiError::new(ErrorCode::INVALID_CURSOR)
}

/// Separates the parameters of [`PageParams`] from the filters. Filters are sorted, so that
/// their order means nothing to a cursor.
fn split_query(query: &str) -> (String, String) {
    let is_paging = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        matches!(name, "limit" | "cursor" | "total")
    };
    let pairs = || query.split('&').filter(|pair| !pair.is_empty());
    let paging: Vec<&str> = pairs().filter(is_paging).collect();
    let mut filters: Vec<&str> = pairs().filter(|pair| !is_paging(pair)).collect();
    filters.sort_unstable();
    (paging.join("&"), filters.join("&"))
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListBody<T> {
    /// The items.
    pub data: Vec<T>,
    /// Where they stand in the whole.
    pub page: PageInfo,
}

/// Where a page stands in its list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageInfo {
    /// Send it as `cursor` to get the next page; null on the last one.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// The limit that was applied.
    #[schema(example = 20)]
    pub limit: u32,
    /// How many items the whole list has, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub total: Option<u64>,
}
