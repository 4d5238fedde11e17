//! `/api/v1/storage`: buckets and files.

mod access;
mod buckets;
mod copy_and_move;
mod deletion_jobs;
mod deletions;
mod direct_uploads;
mod download;
mod list;
mod names;
mod purge;
mod race;
mod redirects;
mod scan;
mod signed;
mod stalled;
mod support;
mod sweep;
mod tus;
mod tus_misfortune;
mod types;
mod upload;
