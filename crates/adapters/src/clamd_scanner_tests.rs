//! Against a daemon of our own that speaks the protocol, and misbehaves.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use bytes::Bytes;
use futures::stream;
use mainstay_services::ports::ObjectError;
use tokio::net::TcpListener;

use super::*;

/// What the daemon does with a file.
#[derive(Clone, Copy)]
enum Mood {
    /// Finds `EICAR` in what has it.
    Honest,
    /// Takes no more than so many octets.
    Small(usize),
    /// Answers this.
    Says(&'static str),
    /// Says nothing.
    Silent,
    /// Hangs up at once.
    Gone,
}

async fn daemon(mood: Mood) -> ClamdScanner {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, mood));
        }
    });
    // Only who is silent must run out of time.
    let patience = match mood {
        Mood::Silent => Duration::from_millis(500),
        _ => Duration::from_secs(30),
    };
    ClamdScanner::new(ClamdSettings {
        address: ClamdAddress::Tcp(address),
        patience,
    })
}

async fn serve(mut stream: TcpStream, mood: Mood) -> io::Result<()> {
    let mut command = Vec::new();
    while command.last() != Some(&0) {
        command.push(stream.read_u8().await?);
    }
    let answer = match (command.as_slice(), mood) {
        (_, Mood::Gone) => return Ok(()),
        (b"zPING\0", Mood::Says(line)) => line.to_owned(),
        (b"zPING\0", _) => "PONG".to_owned(),
        (b"zINSTREAM\0", mood) => judge(&mut stream, mood).await?,
        _ => "UNKNOWN COMMAND".to_owned(),
    };
    stream.write_all(format!("{answer}\0").as_bytes()).await?;
    stream.shutdown().await
}

async fn judge(stream: &mut TcpStream, mood: Mood) -> io::Result<String> {
    let mut file = Vec::new();
    loop {
        let length = usize::try_from(stream.read_u32().await?).unwrap();
        if length == 0 {
            break;
        }
        let mut chunk = vec![0; length];
        stream.read_exact(&mut chunk).await?;
        file.extend_from_slice(&chunk);
        if let Mood::Small(most) = mood
            && file.len() > most
        {
            return Ok("INSTREAM size limit exceeded. ERROR".to_owned());
        }
    }
    Ok(match mood {
        Mood::Says(line) => line.to_owned(),
        Mood::Silent => {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            String::new()
        }
        _ if file.windows(5).any(|part| part == b"EICAR") => "stream: Eicar-Signature FOUND".to_owned(),
        _ => "stream: OK".to_owned(),
    })
}

fn octets(parts: &[&'static str]) -> ObjectStream {
    let parts: Vec<_> = parts
        .iter()
        .map(|part| Ok(Bytes::from_static(part.as_bytes())))
        .collect();
    Box::pin(stream::iter(parts))
}

#[tokio::test]
async fn what_is_in_a_file_is_found_across_its_parts() {
    let scanner = daemon(Mood::Honest).await;
    assert_eq!(scanner.check().await, Ok(()));
    assert_eq!(
        scanner.scan(octets(&["nothing", "", "here"])).await,
        Ok(ScanVerdict::Clean)
    );
    assert_eq!(scanner.scan(octets(&[])).await, Ok(ScanVerdict::Clean));
    let found = scanner.scan(octets(&["an EI", "CAR file"])).await;
    assert_eq!(found, Ok(ScanVerdict::Infected("Eicar-Signature".to_owned())));
}

#[tokio::test]
async fn nothing_but_a_plain_verdict_makes_a_file_clean() {
    for line in [
        "",
        "stream: ",
        "OK",
        "stream: OK\nstream: OK",
        "stream: lstat() failed",
        "COMMAND READ TIMED OUT",
    ] {
        let answer = daemon(Mood::Says(line)).await.scan(octets(&["x"])).await;
        assert!(answer.is_err(), "{line:?}");
    }
    for mood in [Mood::Silent, Mood::Gone] {
        assert!(daemon(mood).await.scan(octets(&["x"])).await.is_err());
    }
    assert!(daemon(Mood::Says("NO")).await.check().await.is_err());
}

#[tokio::test]
async fn a_file_too_large_for_the_daemon_is_not_scanned_and_says_why() {
    let large: Vec<Result<Bytes, ObjectError>> = (0..64).map(|_| Ok(Bytes::from(vec![0; 1 << 20]))).collect();
    let answer = daemon(Mood::Small(1 << 20))
        .await
        .scan(Box::pin(stream::iter(large)))
        .await;
    assert!(answer.is_err(), "{answer:?}");
}

#[tokio::test]
async fn octets_that_break_off_are_not_judged_by_what_came() {
    let broken = vec![
        Ok(Bytes::from_static(b"x")),
        Err(ObjectError::Unavailable("cut".to_owned())),
    ];
    let answer = daemon(Mood::Honest)
        .await
        .scan(Box::pin(stream::iter(broken)))
        .await;
    assert!(answer.is_err(), "{answer:?}");
}

#[tokio::test]
async fn nobody_at_the_address_is_an_error_and_no_verdict() {
    let scanner = ClamdScanner::new(ClamdSettings {
        address: ClamdAddress::Unix("/nowhere/clamd.sock".into()),
        patience: Duration::from_millis(500),
    });
    assert!(scanner.scan(octets(&["x"])).await.is_err());
    assert!(scanner.check().await.is_err());
}
