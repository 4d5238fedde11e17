//! `admin create` and `admin reset-mfa`.

use std::io::{self, BufRead, IsTerminal};

use anyhow::Context;
use mainstay_domain::{Email, InvalidValue, Password, Username};
use mainstay_services::auth;
use serde_json::json;

use super::{
    args::{Admin, NewAdmin},
    out,
    run::Usage,
};
use crate::ServerBuilder;

pub(super) async fn run(command: Admin, builder: ServerBuilder, json: bool) -> anyhow::Result<()> {
    match command {
        Admin::Create(args) => create(args, builder, json).await,
        Admin::ResetMfa { email } => reset_mfa(&email, builder, json).await,
    }
}

async fn reset_mfa(email: &str, builder: ServerBuilder, json: bool) -> anyhow::Result<()> {
    let email = Email::parse(email).map_err(|error| Usage(format!("the address {}", error.message)))?;
    let wired = builder.wire().await?;
    let user = wired.services.users.reset_mfa_by_address(&email).await?;
    wired.context.sea.close().await?;
    if json {
        return out::json(&json!({ "id": user.id.to_string(), "email": user.email.as_str() }));
    }
    out::line(format!(
        "{} logs in with one factor now; every session has ended",
        user.email
    ));
    Ok(())
}

async fn create(args: NewAdmin, builder: ServerBuilder, json: bool) -> anyhow::Result<()> {
    let admin = parse(args)?;
    let wired = builder.wire().await?;
    let user = wired.services.auth.create_admin(admin).await?;
    wired.context.sea.close().await?;
    if json {
        return out::json(&json!({ "id": user.id.to_string(), "email": user.email.as_str() }));
    }
    out::line(format!("{} is an administrator now", user.email));
    Ok(())
}

fn parse(args: NewAdmin) -> Result<auth::NewAdmin, Usage> {
    let refuse = |what: &str| {
        let what = what.to_owned();
        move |error: InvalidValue| Usage(format!("{what} {}", error.message))
    };
    let email = Email::parse(&args.email).map_err(refuse("the address"))?;
    let username = args.username.as_deref().map(Username::parse).transpose();
    let username = username.map_err(refuse("the user name"))?;
    let text = read_password(args.password_stdin).map_err(|error| Usage(error.to_string()))?;
    let password = Password::parse(&text).map_err(refuse("the password"))?;
    Ok(auth::NewAdmin {
        email,
        password,
        username,
    })
}

/// One line of standard input. Never an argument: every user of the machine sees those.
fn read_password(quietly: bool) -> anyhow::Result<String> {
    if !quietly && io::stdin().is_terminal() {
        out::complain("Password (it is shown as you type; --password-stdin reads it from a pipe):");
    }
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.context("the password cannot be read from standard input")?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    Ok(line)
}
