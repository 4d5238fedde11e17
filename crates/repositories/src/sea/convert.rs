//! Between columns and values.

use std::{fmt::Display, net::IpAddr};

use mainstay_domain::{Origin, Timestamp, TokenHash};

use crate::{RepositoryError, Result};

/// A row that breaks a rule of the domain: which table, and how to name the row.
pub struct Row<I> {
    /// Which table.
    pub table: &'static str,
    /// The row's key.
    pub id: I,
}

impl<I: Display> Row<I> {
    /// The row of `table` with this key.
    pub fn of(table: &'static str, id: I) -> Self {
        Self { table, id }
    }

    /// The complaint about this row.
    pub fn corrupt(&self) -> RepositoryError {
        RepositoryError::Corrupt {
            table: self.table,
            id: self.id.to_string(),
        }
    }

    /// The value, or the complaint that it cannot be one.
    ///
    /// # Errors
    /// [`RepositoryError::Corrupt`].
    pub fn value<T, E>(&self, parsed: std::result::Result<T, E>) -> Result<T> {
        parsed.map_err(|_| self.corrupt())
    }

    /// [`Row::value`] for a column that may be empty.
    pub(super) fn optional<R, T, E>(
        &self,
        raw: Option<R>,
        parse: impl FnOnce(R) -> std::result::Result<T, E>,
    ) -> Result<Option<T>> {
        raw.map(parse).transpose().map_err(|_| self.corrupt())
    }

    /// The time, from microseconds since 1970.
    ///
    /// # Errors
    /// [`RepositoryError::Corrupt`] if no calendar reaches that far.
    pub fn time(&self, micros: i64) -> Result<Timestamp> {
        Timestamp::from_timestamp_micros(micros).ok_or_else(|| self.corrupt())
    }

    pub(super) fn optional_time(&self, micros: Option<i64>) -> Result<Option<Timestamp>> {
        micros.map(|micros| self.time(micros)).transpose()
    }

    pub(super) fn octets<const N: usize>(&self, raw: Vec<u8>) -> Result<[u8; N]> {
        self.value(raw.try_into())
    }

    pub(super) fn hash(&self, raw: Vec<u8>) -> Result<TokenHash> {
        self.octets(raw).map(TokenHash)
    }

    pub(super) fn origin(
        &self,
        ip: Option<String>,
        user_agent: Option<String>,
        request_id: Option<String>,
    ) -> Result<Origin> {
        Ok(Origin {
            ip: self.optional(ip, |ip| ip.parse::<IpAddr>())?,
            user_agent,
            request_id,
        })
    }
}

/// The time as the column that every engine keeps exactly: microseconds since 1970.
#[must_use]
pub fn micros(at: Timestamp) -> i64 {
    at.timestamp_micros()
}

pub(super) fn ip_text(origin: &Origin) -> Option<String> {
    origin.ip.map(|ip| ip.to_string())
}
