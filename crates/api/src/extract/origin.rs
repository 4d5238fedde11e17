//! Where a request came from.

use std::{
    future::{Ready, ready},
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest,
    dev::Payload,
    http::header::{FORWARDED, HeaderMap, HeaderName, USER_AGENT, X_FORWARDED_FOR},
};
use mainstay_domain::Origin;

use crate::{error::ApiError, middleware::RequestContext};

/// Characters of `User-Agent` that are kept.
const MAX_USER_AGENT: usize = 255;

/// Address, device and request id of a request, for sessions and the audit log.
#[derive(Debug, Clone)]
pub struct RequestOrigin(pub Origin);

impl FromRequest for RequestOrigin {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let context = extensions.get::<RequestContext>();
        let ip = match context {
            Some(context) => context.client_ip,
            None => request.peer_addr().map(|peer| peer.ip()),
        };
        ready(Ok(Self(Origin {
            ip,
            user_agent: user_agent(request.headers()),
            request_id: context.map(|context| context.request_id.to_string()),
        })))
    }
}

/// Control characters are dropped: the text ends up in logs and on administrators' screens.
fn user_agent(headers: &HeaderMap) -> Option<String> {
    let raw = headers.get(USER_AGENT)?.as_bytes();
    let text: String = String::from_utf8_lossy(&raw[..raw.len().min(4 * MAX_USER_AGENT)])
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_USER_AGENT)
        .collect();
    (!text.is_empty()).then_some(text)
}

/// Networks of proxies whose forwarding headers are believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

/// A network in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    base: u128,
    prefix: u32,
}

impl TrustedProxies {
    /// Parses addresses (`10.0.0.7`) and networks (`10.0.0.0/8`, `fd00::/8`).
    ///
    /// # Errors
    /// The first entry that is neither.
    pub fn parse<S: AsRef<str>>(entries: &[S]) -> Result<Self, String> {
        entries
            .iter()
            .map(|entry| Network::from_str(entry.as_ref()))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn contains(&self, ip: IpAddr) -> bool {
        let bits = to_bits(ip);
        self.0.iter().any(|network| network.contains(bits))
    }

    /// The client's address: the peer, or, behind trusted proxies, the last address in the
    /// chain that is not itself a trusted proxy. Whatever stands left of it may be invented.
    #[must_use]
    pub fn client_ip(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = peer?.ip().to_canonical();
        if self.0.is_empty() || !self.contains(peer) {
            return Some(peer);
        }
        // Nearly every proxy maintains X-Forwarded-For, and many pass a Forwarded header on that
        // the client made up. So the latter counts only where the former is missing.
        let chain = if headers.contains_key(X_FORWARDED_FOR) {
            chain_of(headers, &X_FORWARDED_FOR, parse_address)
        } else {
            chain_of(headers, &FORWARDED, forwarded_for)
        };
        let mut client = peer;
        for hop in chain.into_iter().rev() {
            // An unreadable hop hides everything left of it.
            let Some(ip) = hop else { break };
            client = ip;
            if !self.contains(ip) {
                break;
            }
        }
        Some(client)
    }
}

/// Every hop of a header that may be repeated, first to last.
fn chain_of(
    headers: &HeaderMap,
    name: &HeaderName,
    parse: fn(&str) -> Option<IpAddr>,
) -> Vec<Option<IpAddr>> {
    let mut chain = Vec::new();
    for value in headers.get_all(name) {
        match value.to_str() {
            Ok(text) => chain.extend(text.split(',').map(parse)),
            Err(_) => chain.push(None),
        }
    }
    chain
}

/// The `for` of one `Forwarded` element (RFC 7239 section 4).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("for")
            .then(|| parse_address(value))?
    })
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `"[2001:db8::1]:80"`.
fn parse_address(raw: &str) -> Option<IpAddr> {
    let text = raw.trim().trim_matches('"');
    let plain = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let ip = IpAddr::from_str(plain).or_else(|_| SocketAddr::from_str(text).map(|address| address.ip()));
    ip.ok().map(|ip| ip.to_canonical())
}

impl FromStr for Network {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, String> {
        let invalid = || format!("{raw} is neither an address nor a network such as 10.0.0.0/8");
        let (address, prefix) = match raw.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (raw.trim(), None),
        };
        let ip = IpAddr::from_str(address).map_err(|_| invalid())?;
        let (offset, width) = if ip.is_ipv4() { (96, 32) } else { (0, 128) };
        let prefix = prefix.map_or(Ok(width), str::parse).map_err(|_| invalid())?;
        if prefix > width {
            return Err(invalid());
        }
        Ok(Self {
            base: to_bits(ip),
            prefix: offset + prefix,
        })
    }
}

impl Network {
    fn contains(self, bits: u128) -> bool {
        // A shift by all 128 bits is "any address".
        (self.base ^ bits).checked_shr(128 - self.prefix).unwrap_or(0) == 0
    }
}

/// IPv4 as IPv4-mapped IPv6, so that one comparison serves both.
fn to_bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().to_bits(),
        IpAddr::V6(ip) => ip.to_bits(),
    }
}
