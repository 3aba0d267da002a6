use std::collections::BTreeSet;

use super::*;
use chrono::TimeZone as _;
use jsonwebtoken::{EncodingKey, Header};

const SEED: [u8; 32] = [7; 32];

fn pkcs8(seed: [u8; 32]) -> Vec<u8> {
    let head = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    [head.as_slice(), &seed].concat()
}

fn keys() -> Jwks {
    Jwks { keys: vec![Jwk::ed25519("first".to_owned(), &diwan_platform::crypto::public_key_of(&SEED))] }
}

fn at(hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, hour, 0, 0).unwrap()
}

fn agency() -> Uuid {
    Uuid::from_u128(42)
}

fn anchor_by(seed: [u8; 32], typ: &str, seq: i64, hash: &str, hour: u32) -> String {
    let claims = AnchorClaims { iss: "i".to_owned(), agency: agency(), seq, hash: hash.to_owned(), at: at(hour) };
    let header = Header { typ: Some(typ.to_owned()), kid: Some("first".to_owned()), ..Header::new(Algorithm::EdDSA) };
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(&pkcs8(seed))).unwrap()
}

fn anchor(seq: i64, hash: &str, hour: u32) -> String {
    anchor_by(SEED, ANCHOR_TYPE, seq, hash, hour)
}

/// Events of the chain, with their hashes.
fn chain(count: i64, word: &str) -> Vec<Line> {
    let mut before = sha256(agency().to_string().as_bytes());
    let event = |seq: i64| {
        let text = format!(
            r#"[{seq}, "{}", "{}", null, "1.5", null, "post.{word}", "{}", {{}}]"#,
            Uuid::nil(),
            agency(),
            Uuid::nil()
        );
        let hash = sha256(&[before.as_slice(), text.as_bytes()].concat());
        let line = Line::Event { seq, prev: hex(&before), hash: hex(&hash), text };
        before = hash;
        line
    };
    (1..=count).map(event).collect()
}

fn hash_of(line: &Line) -> String {
    match line {
        Line::Event { hash, .. } => hash.clone(),
        other => panic!("{other:?}"),
    }
}

/// A file that is whole, whatever its events and anchors are.
fn file(events: &[Line], anchors: &[String]) -> Vec<u8> {
    let header = Line::Header {
        format: FORMAT.to_owned(),
        agency: agency(),
        exported_at: at(12),
        from: None,
        until: None,
        keys: keys(),
    };
    let mut lines = vec![header];
    lines.extend(anchors.iter().map(|jws| Line::Anchor { jws: jws.clone() }));
    lines.extend(events.iter().cloned());
    let mut digest = [0; 32];
    let mut bytes: Vec<u8> = lines.iter().flat_map(|line| line.write(&mut digest).unwrap()).collect();
    let (anchors, events) = (anchors.len() as u64, events.len() as u64);
    let footer = Line::Footer { agency: agency(), anchors, events, digest: hex(&digest) };
    bytes.extend(footer.write(&mut digest).unwrap());
    bytes
}

fn said(file: &[u8], anchors: &[String]) -> String {
    match verify(file, Some(&keys()), anchors) {
        Ok(verdict) => format!("{} events, {} anchors", verdict.events, verdict.anchors),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_whole_file_is_whole() {
    let events = chain(5, "create");
    let anchors = [anchor(2, &hash_of(&events[1]), 10), anchor(5, &hash_of(&events[4]), 11)];
    assert_eq!(said(&file(&events, &anchors), &[]), "5 events, 2 anchors");
    assert_eq!(said(&file(&events, &[]), &anchors), "5 events, 2 anchors");
    assert_eq!(said(&file(&[], &[]), &[]), "0 events, 0 anchors");
    let verdict = verify(&*file(&events, &[]), None, &[]).unwrap();
    assert_eq!((verdict.range, verdict.notes.len()), (Some((1, 5)), 2));
}

#[test]
fn one_byte_changed_anywhere_is_found() {
    let events = chain(3, "create");
    let mut reasons = BTreeSet::new();
    // Checking signatures takes its time: with an anchor a part of the bytes has to do.
    for (anchors, step) in [(Vec::new(), 1), (vec![anchor(3, &hash_of(&events[2]), 10)], 23)] {
        let whole = file(&events, &anchors);
        for at in (0..whole.len()).step_by(step) {
            for flip in [0x01, 0x20] {
                let mut changed = whole.clone();
                changed[at] ^= flip;
                let found = verify(&*changed, Some(&keys()), &[]);
                reasons.insert(found.err().unwrap_or_else(|| panic!("unseen: byte {at} xor {flip}")).to_string());
            }
            assert!(verify(&whole[..at], Some(&keys()), &[]).is_err(), "unseen: cut at {at}");
        }
    }
    assert!(reasons.iter().any(|reason| reason.starts_with("broken at event 2 ")), "{reasons:#?}");
}

#[test]
fn removed_reordered_and_cut_events_are_found_though_the_file_was_written_anew() {
    let events = chain(5, "create");
    let mut removed = events.clone();
    removed.remove(2);
    assert!(said(&file(&removed, &[]), &[]).starts_with("broken at event 3 "));
    let mut swapped = events.clone();
    swapped.swap(1, 2);
    assert!(said(&file(&swapped, &[]), &[]).starts_with("broken at event 2 "));
    assert!(said(&file(&events[1..], &[]), &[]).starts_with("broken at event 1 "));
    let kept = [anchor(5, &hash_of(&events[4]), 11)];
    let cut = said(&file(&events[..3], &[]), &kept);
    assert!(cut.starts_with("events are missing at the end: the file ends with event 3,"), "{cut}");
    assert!(said(&file(&events[..3], &kept), &[]).starts_with("events are missing at the end"));
    assert!(said(&file(&[], &[]), &kept).starts_with("events are missing at the end"));
    // A whole chain made up anew fits itself, and not the anchor.
    let other = chain(5, "delete");
    assert_eq!(said(&file(&other, &[]), &[]), "5 events, 0 anchors");
    assert!(said(&file(&other, &[]), &kept).starts_with("broken at event 5 "));
}

#[test]
fn a_forged_anchor_is_found() {
    let events = chain(2, "create");
    let hash = hash_of(&events[1]);
    let good = anchor(2, &hash, 10);
    let mut signature = good.clone().into_bytes();
    let middle = good.rfind('.').unwrap() + 10;
    signature[middle] = if signature[middle] == b'A' { b'B' } else { b'A' };
    for forged in [
        anchor_by([8; 32], ANCHOR_TYPE, 2, &hash, 10),
        anchor_by(SEED, "JWT", 2, &hash, 10),
        String::from_utf8(signature).unwrap(),
        "nonsense".to_owned(),
    ] {
        let found = said(&file(&events, std::slice::from_ref(&forged)), &[]);
        assert!(found.starts_with("an anchor cannot be believed"), "{found}");
        assert_eq!(said(&file(&events, &[]), &[forged]), found);
    }
    // A key of one's own in the header helps only where nobody brings the true keys.
    let mut lines = String::from_utf8(file(&events, &[anchor_by([8; 32], ANCHOR_TYPE, 2, &hash, 10)])).unwrap();
    lines = lines
        .replace(&keys().keys[0].x, &Jwk::ed25519(String::new(), &diwan_platform::crypto::public_key_of(&[8; 32])).x);
    assert!(said(lines.as_bytes(), &[]).starts_with("an anchor cannot be believed"));
}
