//! Mainstay itself, without a product around it.

use std::process::ExitCode;

#[actix_web::main]
async fn main() -> ExitCode {
    mainstay_server::cli::main_with(|server| server).await
}
