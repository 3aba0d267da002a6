//! Who a request comes from: the address of the socket, or what a trusted proxy says.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

/// The address of a stranger: of the socket, or of whom trusted proxies heard from, by the lines of `X-Forwarded-For`. Whoever has
/// one address of IPv6 has a whole network of them, which counts as one.
pub fn stranger(socket: IpAddr, forwarded: &[&str], trusted: &[IpNet]) -> IpAddr {
    who_is(client(socket, forwarded, trusted))
}

/// Each proxy appends whom it heard from, so from the right on what is said is true for as long as those who say it are
/// trusted; the first who is not is the client, and what stands before it is the client's own invention.
fn client(socket: IpAddr, forwarded: &[&str], trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut heard = socket.to_canonical();
    let mut before = forwarded.iter().flat_map(|line| line.split(',')).map(str::trim).rev();
    while is_trusted(&heard) {
        let Some(Ok(address)) = before.next().map(str::parse::<IpAddr>) else { break };
        heard = address.to_canonical();
    }
    heard
}

fn who_is(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_counts_as_one_stranger() {
        let who = |text: &str| who_is(text.parse().unwrap()).to_string();
        assert_eq!(who("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(who("2001:db8:1:2:ffff::1"), "2001:db8:1:2::");
        assert_eq!(who("203.0.113.7"), "203.0.113.7");
        assert_eq!(who("::ffff:203.0.113.7"), "203.0.113.7");
    }

    #[test]
    fn a_proxy_is_believed_only_if_it_is_trusted() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let who = |socket: &str, said: &[&str]| client(socket.parse().unwrap(), said, &trusted).to_string();
        assert_eq!(who("198.51.100.9", &["203.0.113.7"]), "198.51.100.9", "a stranger who calls itself another");
        assert_eq!(who("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(who("10.0.0.1", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(who("::ffff:10.0.0.1", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(who("10.0.0.1", &["192.0.2.1, 203.0.113.7"]), "203.0.113.7", "the client may write what it likes");
        assert_eq!(who("10.0.0.1", &["192.0.2.1, 203.0.113.7, 10.0.0.2"]), "203.0.113.7", "two proxies");
        assert_eq!(who("10.0.0.1", &["192.0.2.1", "203.0.113.7"]), "203.0.113.7", "the header twice");
        assert_eq!(who("10.0.0.1", &["203.0.113.7, nonsense"]), "10.0.0.1");
        assert_eq!(who("10.0.0.1", &["10.0.0.3"]), "10.0.0.3");
        assert_eq!(client("10.0.0.1".parse().unwrap(), &["203.0.113.7"], &[]).to_string(), "10.0.0.1");
    }
}
