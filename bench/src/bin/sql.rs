//! Runs the SQL on standard input on `DATABASE_URL` and prints the first column of the last
//! row, if it is text. Spares the script a driver and the machine a client program.
#![allow(clippy::print_stdout, reason = "it is a program for scripts")]

use std::{env, error::Error, io};

use mainstay_bench::Database;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let database = Database::open(&env::var("DATABASE_URL")?).await?;
    if let Some(text) = database.run(io::read_to_string(io::stdin())?).await? {
        println!("{text}");
    }
    Ok(())
}
