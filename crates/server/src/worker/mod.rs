//! Doing queued jobs: taking them, doing some at once, and writing down what came of them.

mod pace;
mod record;
mod run;
mod shift;

pub(crate) use shift::Worker;
