//! A keep-alive HTTP/1.1 client that does just enough, so that its own cost stays small beside
//! the server's.

use std::io;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Where requests go.
#[derive(Debug, Clone)]
pub struct Target {
    authority: String,
    path: String,
}

impl Target {
    /// Parses `http://127.0.0.1:PORT/path`.
    ///
    /// # Errors
    /// A sentence, for anything else: this client must never reach another machine.
    pub fn parse(url: &str) -> Result<Self, String> {
        let rest = url
            .strip_prefix("http://")
            .ok_or("the URL must begin with http://")?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if !authority.starts_with("127.0.0.1:") {
            return Err("the URL must be of 127.0.0.1".to_owned());
        }
        Ok(Self {
            authority: authority.to_owned(),
            path: format!("/{path}"),
        })
    }
}

/// A request, as octets.
#[derive(Debug, Clone)]
pub struct Request(Vec<u8>);

impl Request {
    /// A request of `method` with header lines and a JSON body, if there is one.
    #[must_use]
    pub fn new(target: &Target, method: &str, headers: &[String], body: &str) -> Self {
        let mut text = format!(
            "{method} {} HTTP/1.1\r\nHost: {}\r\n",
            target.path, target.authority
        );
        for header in headers {
            text.push_str(header);
            text.push_str("\r\n");
        }
        if !body.is_empty() {
            text.push_str(&format!(
                "Content-Type: application/json\r\nContent-Length: {}\r\n",
                body.len()
            ));
        }
        text.push_str("\r\n");
        text.push_str(body);
        Self(text.into_bytes())
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Header lines, lower-cased, each ending in CRLF.
    pub headers: String,
    /// The body; of a chunked one, with the lengths of its chunks.
    pub body: String,
}

/// A connection that is opened again whenever the server has closed it.
#[derive(Debug)]
pub struct Connection {
    target: Target,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Connection {
    /// A connection that is not open yet.
    #[must_use]
    pub const fn new(target: Target) -> Self {
        Self {
            target,
            stream: None,
            buffer: Vec::new(),
        }
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// What the network says, or `InvalidData` for an answer that is no HTTP.
    pub async fn send(&mut self, request: &Request) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(&self.target.authority).await?;
                stream.set_nodelay(true)?;
                stream
            }
        };
        stream.write_all(&request.0).await?;
        let answer = self.read(&mut stream).await?;
        if !answer.headers.contains("\r\nconnection: close\r\n") {
            self.stream = Some(stream);
        }
        Ok(answer)
    }

    async fn read(&mut self, stream: &mut TcpStream) -> io::Result<Answer> {
        self.buffer.clear();
        let head_end = loop {
            if let Some(position) = find(&self.buffer, b"\r\n\r\n") {
                break position + 4;
            }
            self.fill(stream).await?;
        };
        let headers = String::from_utf8_lossy(&self.buffer[..head_end - 2]).to_ascii_lowercase();
        let status = headers
            .get(9..12)
            .and_then(|code| code.parse().ok())
            .ok_or_else(no_http)?;
        let length = headers
            .split("\r\n")
            .find_map(|line| line.strip_prefix("content-length: "));
        match length {
            Some(length) => {
                let end = head_end + length.parse::<usize>().map_err(|_| no_http())?;
                while self.buffer.len() < end {
                    self.fill(stream).await?;
                }
            }
            None if headers.contains("transfer-encoding: chunked") => {
                while !self.buffer.ends_with(b"\r\n0\r\n\r\n") {
                    self.fill(stream).await?;
                }
            }
            None => {}
        }
        let body = String::from_utf8_lossy(&self.buffer[head_end..]).into_owned();
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    async fn fill(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        match stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn no_http() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the answer is no HTTP")
}
