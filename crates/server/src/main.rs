//! Mainstay itself, without a product around it.

#[cfg(feature = "mimalloc")]
mod allocator;

use std::process::ExitCode;

#[actix_web::main]
async fn main() -> ExitCode {
    #[cfg(feature = "mimalloc")]
    allocator::give_back_early();
    mainstay_server::cli::main_with(|server| server).await
}
