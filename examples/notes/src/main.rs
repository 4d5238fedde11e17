//! A small product on Mainstay: everybody's own notes, over everything Mainstay brings.

mod migration; // register
mod note; // register
mod note_service; // register
mod notes_repository; // register
mod routes; // register

use mainstay_server::prelude::*;

#[actix_web::main]
async fn main() -> std::process::ExitCode {
    main_with(with_notes).await
}

/// Adds notes to the server.
fn with_notes(server: ServerBuilder) -> ServerBuilder {
    server
        .migrations(migration::steps) // register
        .permission::<routes::NotesReadAll>() // register
        .routes(routes::configure) // register
}

#[cfg(test)]
mod http_tests;
#[cfg(test)]
mod unit_of_work_tests;
