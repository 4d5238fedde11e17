//! What the files of a product begin with: `use mainstay_server::prelude::*;`.

pub use mainstay_api::prelude::*;
pub use mainstay_services::{
    Failure, ResourceError,
    ports::{Clock, Entropy},
};

pub use crate::{
    Context, Job, JobResult, ServerBuilder,
    cli::main_with,
    config::{Key, Kind, Section},
};
