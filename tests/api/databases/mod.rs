//! The same behaviour on every database, and without one.

mod attacks;
mod attacks_on_links;
mod core_flow;
mod database_gone;
mod given_up;
mod races;
mod races_of_factors;
mod races_of_people;
mod schedules;
