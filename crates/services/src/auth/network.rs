//! Where tries come from: addresses, and the networks that they are handed out in.

use std::net::IpAddr;

use mainstay_domain::{Origin, ThrottlePolicy};

use super::{AuthError, AuthService, guard::key};

/// Counters that an address has; its network has one of each too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counter {
    /// Failures, of whatever account.
    Failures,
    /// Registrations.
    Registrations,
    /// Mails asked for.
    Mails,
    /// Tries with something that was mailed, whether or not it works.
    Links,
    /// Begins of a login at another provider: each is kept for a while.
    Providers,
    /// Questions for a passkey: each is kept for a while.
    Passkeys,
}

impl Counter {
    const fn of_address(self) -> &'static str {
        match self {
            Self::Failures => "address",
            Self::Registrations => "register",
            Self::Mails => "mail_from",
            Self::Links => "link",
            Self::Providers => "oauth",
            Self::Passkeys => "passkey",
        }
    }

    const fn of_network(self) -> &'static str {
        match self {
            Self::Failures => "net_address",
            Self::Registrations => "net_register",
            Self::Mails => "net_mail_from",
            Self::Links => "net_link",
            Self::Providers => "net_oauth",
            Self::Passkeys => "net_passkey",
        }
    }
}

impl AuthService {
    /// Counts a try from an address, and from its network, or refuses it.
    pub(super) async fn count_from(&self, counter: Counter, origin: &Origin) -> Result<(), AuthError> {
        if !self.throttle().enabled {
            return Ok(());
        }
        for (key, policy) in self.keys_from(counter, origin) {
            self.count(&key, &policy).await?;
        }
        Ok(())
    }

    /// Counts something that was judged already. Whether more are allowed is for the next one.
    pub(super) async fn note_from(&self, counter: Counter, origin: &Origin) -> Result<(), AuthError> {
        if !self.throttle().enabled {
            return Ok(());
        }
        for (key, policy) in self.keys_from(counter, origin) {
            match self.count(&key, &policy).await {
                Ok(_) | Err(AuthError::Throttled { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Refuses an address, or a network, that has used up what is counted; counts nothing.
    pub(super) async fn check_from(&self, counter: Counter, origin: &Origin) -> Result<(), AuthError> {
        if !self.throttle().enabled {
            return Ok(());
        }
        for (key, policy) in self.keys_from(counter, origin) {
            self.check(&key, &policy).await?;
        }
        Ok(())
    }

    fn keys_from(&self, counter: Counter, origin: &Origin) -> Vec<(String, ThrottlePolicy)> {
        let throttle = self.throttle();
        let policy = match counter {
            Counter::Registrations => throttle.registration,
            Counter::Failures | Counter::Mails | Counter::Links | Counter::Providers | Counter::Passkeys => {
                throttle.address
            }
        };
        let mut keys = vec![(key(counter.of_address(), &address(origin), ""), policy)];
        if let (Some(network), 1..) = (network(origin), throttle.network_factor) {
            let wider = ThrottlePolicy {
                free_tries: policy.free_tries.saturating_mul(throttle.network_factor),
                ..policy
            };
            keys.push((key(counter.of_network(), &network, ""), wider));
        }
        keys
    }
}

/// The address as far as one customer of a provider holds it: IPv6 networks are handed out
/// by /64, so that whoever has one address has 2^64 of them.
pub(super) fn address(origin: &Origin) -> String {
    match origin.ip.map(|ip| ip.to_canonical()) {
        Some(IpAddr::V4(ip)) => ip.to_string(),
        Some(IpAddr::V6(ip)) => groups(&ip.segments()[..4]),
        None => String::new(),
    }
}

/// The network as far as one site commonly holds it: /24 of IPv4, the smallest that is routed, and
/// /48 of IPv6 (RFC 6177).
fn network(origin: &Origin) -> Option<String> {
    Some(match origin.ip?.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.")
        }
        IpAddr::V6(ip) => groups(&ip.segments()[..3]),
    })
}

fn groups(segments: &[u16]) -> String {
    segments.iter().map(|part| format!("{part:x}:")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(ip: &str) -> Origin {
        Origin {
            ip: ip.parse().ok(),
            ..Origin::default()
        }
    }

    #[test]
    fn addresses_of_one_customer_and_networks_of_one_site_are_the_same() {
        for (one, other, same_address, same_network) in [
            ("192.0.2.1", "192.0.2.1", true, true),
            ("192.0.2.1", "::ffff:192.0.2.1", true, true),
            ("192.0.2.1", "192.0.2.254", false, true),
            ("192.0.2.1", "192.0.3.1", false, false),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::1", true, true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false, true),
            ("2001:db8:1:2::1", "2001:db8:2:2::1", false, false),
        ] {
            let (one, other) = (from(one), from(other));
            assert_eq!(
                address(&one) == address(&other),
                same_address,
                "{one:?} {other:?}"
            );
            assert_eq!(
                network(&one) == network(&other),
                same_network,
                "{one:?} {other:?}"
            );
        }
    }
}
