//! `health`: asks the server on this machine whether it is alive. It runs every few seconds in
//! every container, so it opens no database and reads no more than a line.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpStream, ToSocketAddrs},
    process::ExitCode,
    time::Duration,
};

use super::{out, run::Usage};
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(3);
/// How a record begins by which TLS refuses something (RFC 8446 section 5.1).
const TLS_ALERT: &str = "\u{15}\u{3}";

pub(super) fn run(config: &Config, management: bool) -> anyhow::Result<ExitCode> {
    let server = &config.server;
    let (host, port) = if management {
        let missing = || Usage("server.management_port is not set".to_owned());
        (
            &server.management_host,
            server.management_port.ok_or_else(missing)?,
        )
    } else {
        (&server.host, server.port)
    };
    Ok(ask(&probed_host(host), port, !management && server.speaks_tls()))
}

/// With `tls` the port speaks HTTPS: that it refuses what is none tells that it is alive.
fn ask(host: &str, port: u16, tls: bool) -> ExitCode {
    match probe(host, port) {
        Ok(status) if status.starts_with("HTTP/1.1 200") || tls && status.starts_with(TLS_ALERT) => {
            out::line("healthy");
            ExitCode::SUCCESS
        }
        Ok(status) => unhealthy(&format!("the server answered {:?}", status.trim())),
        Err(error) => unhealthy(&format!("{host}:{port} does not answer: {error}")),
    }
}

fn unhealthy(reason: &str) -> ExitCode {
    out::complain(format!("unhealthy: {reason}"));
    ExitCode::FAILURE
}

/// One cannot connect to a wildcard address everywhere.
fn probed_host(host: &str) -> String {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) if address.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
        Ok(IpAddr::V6(address)) if address.is_unspecified() => Ipv6Addr::LOCALHOST.to_string(),
        _ => bare.to_owned(),
    }
}

/// The status line of `GET /health`.
fn probe(host: &str, port: u16) -> std::io::Result<String> {
    let mut addresses = (host, port).to_socket_addrs()?;
    let address = addresses.next().ok_or(std::io::ErrorKind::AddrNotAvailable)?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut head = [0; 64];
    let read = stream.read(&mut head)?;
    let text = String::from_utf8_lossy(head.get(..read).unwrap_or_default()).into_owned();
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_every_address_is_probed_on_the_loopback() {
        for (host, probed) in [
            ("0.0.0.0", "127.0.0.1"),
            ("::", "::1"),
            ("[::]", "::1"),
            ("10.0.0.9", "10.0.0.9"),
        ] {
            assert_eq!(probed_host(host), probed);
        }
    }
}
