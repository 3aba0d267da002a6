//! Which IP addresses the outbound client may dial: public unicast ones, by the IANA special-purpose registries.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// True for an address that is globally reachable unicast and reserved for nothing else.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// IANA IPv4 Special-Purpose Address Registry.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    match (a, b) {
        // This network, private, loopback; multicast, reserved, broadcast; shared address space of carriers, link-local
        // and cloud metadata, private, benchmarking.
        (0 | 10 | 127 | 224..=255, _) | (100, 64..=127) | (169, 254) | (172, 16..=31) | (192, 168) | (198, 18..=19) => {
            false
        }
        // Protocol assignments and documentation, 6to4 relays, documentation.
        (192, 0) => c != 0 && c != 2,
        (192, 88) => c != 99,
        (198, 51) => c != 100,
        (203, 0) => c != 113,
        _ => true,
    }
}

/// IANA IPv6 Special-Purpose Address Registry: only global unicast `2000::/3`, less what is set aside inside it.
/// NAT64's well-known prefix counts as the IPv4 address it carries; IPv4-mapped addresses are refused.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    if segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let carried = u32::from(segments[6]) << 16 | u32::from(segments[7]);
        return is_public_v4(carried.into());
    }
    let global_unicast = segments[0] & 0xe000 == 0x2000;
    let set_aside = match segments[0] {
        0x2001 => segments[1] < 0x0200 || segments[1] == 0x0db8, // protocol assignments, documentation
        0x2002 => true,                                          // 6to4 carries any IPv4 address
        0x3fff => segments[1] < 0x1000,                          // documentation
        _ => false,
    };
    global_unicast && !set_aside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_special_addresses_are_not_public() {
        let refused = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:8.8.8.8",
            "::ffff:127.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b:1::808:808",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "4000::1",
        ];
        for text in refused {
            let address: IpAddr = text.parse().expect("an address");
            assert!(!is_public(address), "{text} must be refused");
        }
    }

    #[test]
    fn ordinary_addresses_are_public() {
        let taken = [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "126.0.0.1",
            "128.0.0.1",
            "169.253.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "64:ff9b::808:808",
        ];
        for text in taken {
            let address: IpAddr = text.parse().expect("an address");
            assert!(is_public(address), "{text} must be allowed");
        }
    }
}
