//! What replicas share by Redis, and what becomes of it when Redis does not answer.

mod cache;
mod jobs;
mod limits;
mod misfortune;
mod support;
