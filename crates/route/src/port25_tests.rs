use super::*;
use ConnectOutcome::{Open, Refused, TimedOut, Unreachable};

fn to(ip: &str, port: u16, outcome: ConnectOutcome) -> Attempt {
    let peer = PeerAddress { ip: ip.parse().unwrap(), port };
    Attempt { peer, outcome, milliseconds: 1 }
}

fn minutes(count: u64) -> Duration {
    Duration::from_mins(count)
}

fn judge() -> PathJudge {
    PathJudge::new(PathSettings::new(25))
}

/// Feeds one failure to each address, a minute apart; returns who is to be asked afterwards.
fn fails(judge: &mut PathJudge, ips: &[&str], outcome: ConnectOutcome) -> Option<Family> {
    for (minute, ip) in (0..).zip(ips) {
        assert!(!judge.attempt(minutes(minute), to(ip, 25, outcome)));
    }
    judge.wants_control(minutes(ips.len() as u64))
}

const THREE: [&str; 3] = ["192.0.2.1", "198.51.100.1", "203.0.113.1"];
const THREE_V6: [&str; 3] = ["2001:db8::1", "2001:db9::1", "2a00:1::1"];

fn code(judge: &PathJudge, family: Family) -> Option<(Code, Certainty)> {
    judge.verdict(family).map(|cause| (cause.code, cause.certainty))
}

#[test]
fn verdicts() {
    use {Certainty as C, Code::PathNetworkDown as Down, Code::PathPort25Blocked as Blocked};
    let table = [
        (TimedOut, vec![Open], Some((Blocked, C::Proven))),
        (TimedOut, vec![TimedOut, Open], Some((Blocked, C::Proven))),
        (Refused, vec![Open], Some((Blocked, C::Likely))),
        (Unreachable, vec![Open], Some((Blocked, C::Likely))),
        (TimedOut, vec![TimedOut, Unreachable], Some((Down, C::Likely))),
        (Unreachable, vec![Unreachable], Some((Down, C::Proven))),
        (Unreachable, vec![TimedOut], Some((Down, C::Likely))),
        (TimedOut, vec![Refused], None),
        (TimedOut, vec![], None),
        (Refused, vec![TimedOut], None),
    ];
    for (outcome, controls, expected) in table {
        let mut judge = judge();
        assert_eq!(fails(&mut judge, &THREE, outcome), Some(Family::V4));
        let controls: Vec<_> = controls.iter().map(|it| to("192.0.2.99", 443, *it)).collect();
        assert_eq!(judge.control(Family::V4, &controls), expected.is_some());
        assert_eq!(code(&judge, Family::V4), expected, "{outcome:?} {controls:?}");
        assert_eq!(code(&judge, Family::V6), None);
        if let Some(cause) = judge.verdict(Family::V4) {
            assert_eq!(cause.evidence.len(), 3 + controls.len());
        }
    }
}

#[test]
fn what_is_never_enough() {
    let open = to("192.0.2.99", 443, Open);
    let table: [&[&str]; 4] = [
        &["192.0.2.1"; 9],
        &["192.0.2.1", "192.0.3.1", "192.0.4.1", "198.51.100.1"],
        &["2001:db8::1", "2001:db8:1::1", "2001:db8:2::1", "2001:db9::1"],
        &["192.0.2.1", "198.51.100.1", "2001:db8::1", "2001:db9::1"],
    ];
    for ips in table {
        let mut judge = judge();
        assert_eq!(fails(&mut judge, ips, TimedOut), None, "{ips:?}");
        assert!(!judge.control(Family::V4, &[open]));
        assert_eq!(judge.probe(minutes(9), Family::V4), None);
    }
    // Two that are silent and one that resets do not look alike.
    let mut judge = judge();
    fails(&mut judge, &THREE[..2], TimedOut);
    assert_eq!(fails(&mut judge, &THREE[2..], Refused), None);
}

#[test]
fn families_are_judged_apart() {
    let mut judge = judge();
    assert_eq!(fails(&mut judge, &THREE_V6, TimedOut), Some(Family::V6));
    judge.attempt(minutes(4), to("192.0.2.1", 25, Open));
    assert!(judge.control(Family::V6, &[to("2001:db8::99", 443, Open)]));
    assert_eq!(judge.verdict(Family::V4), None);
    assert!(judge.verdict(Family::V6).is_some());
    // An IPv4 address in IPv6 clothes is IPv4.
    assert_eq!(Family::from("::ffff:192.0.2.1".parse::<IpAddr>().unwrap()), Family::V4);
}

#[test]
fn old_failures_and_successes_end_the_suspicion() {
    let mut judge = judge();
    fails(&mut judge, &THREE[..2], TimedOut);
    judge.attempt(minutes(31), to(THREE[2], 25, TimedOut));
    assert_eq!(judge.wants_control(minutes(31)), None);

    let mut judge = self::judge();
    fails(&mut judge, &THREE[..2], TimedOut);
    judge.attempt(minutes(3), to("192.0.2.7", 25, Open));
    judge.attempt(minutes(4), to(THREE[2], 25, TimedOut));
    assert_eq!(judge.wants_control(minutes(4)), None);

    // It opens while the control hosts are being asked.
    let mut judge = self::judge();
    assert!(fails(&mut judge, &THREE, TimedOut).is_some());
    judge.attempt(minutes(4), to("192.0.2.7", 25, Open));
    assert!(!judge.control(Family::V4, &[to("192.0.2.99", 443, Open)]));

    // Other ports prove nothing about this one.
    let mut judge = self::judge();
    for ip in THREE {
        judge.attempt(minutes(1), to(ip, 587, TimedOut));
    }
    assert_eq!(judge.wants_control(minutes(1)), None);
}

#[test]
fn control_hosts_are_asked_at_once_and_then_hourly() {
    let mut judge = judge();
    assert!(fails(&mut judge, &THREE, TimedOut).is_some());
    assert_eq!(judge.wants_control(minutes(4)), None);
    assert!(judge.control(Family::V4, &[to("192.0.2.99", 443, Unreachable)]));
    assert_eq!(judge.wants_control(minutes(62)), None);
    assert_eq!(judge.wants_control(minutes(63)), Some(Family::V4));
    // The network is back, the port is not.
    assert!(judge.control(Family::V4, &[to("192.0.2.99", 443, Open)]));
    assert_eq!(code(&judge, Family::V4), Some((Code::PathPort25Blocked, Certainty::Proven)));
    assert!(!judge.control(Family::V4, &[to("192.0.2.99", 443, Open)]));
}

#[test]
fn probes_are_rare_and_one_success_ends_it() {
    let mut judge = judge();
    fails(&mut judge, &THREE, TimedOut);
    judge.control(Family::V4, &[to("192.0.2.99", 443, Open)]);
    let seconds = Duration::from_secs;
    let mut probed = Vec::new();
    let mut now = minutes(4);
    while now < minutes(64) {
        assert_eq!(judge.probe(now, Family::V6), None);
        if let Some(peer) = judge.probe(now, Family::V4) {
            probed.push((now, peer.ip.to_string()));
            judge.attempt(now, to(&peer.ip.to_string(), 25, TimedOut));
        }
        now += seconds(1);
    }
    let ips: Vec<_> = probed.iter().take(4).map(|(_, ip)| ip.as_str()).collect();
    assert_eq!(ips, [THREE[0], THREE[1], THREE[2], THREE[0]], "each network in turn");
    let gaps: Vec<_> = probed.windows(2).map(|two| two[1].0.abs_diff(two[0].0)).collect();
    assert_eq!((gaps.first(), gaps.last()), (Some(&seconds(10)), Some(&minutes(3))));
    assert!(gaps.is_sorted(), "{gaps:?}");
    judge.attempt(minutes(65), to(THREE[0], 25, TimedOut));
    // A relay at another port works; the port stays blocked.
    assert!(!judge.attempt(minutes(66), to("192.0.2.50", 587, Open)));
    assert!(judge.verdict(Family::V4).is_some());
    assert!(judge.attempt(minutes(67), to(THREE[0], 25, Open)));
    assert_eq!(judge.verdict(Family::V4), None);
    assert_eq!(judge.probe(minutes(90), Family::V4), None);
}

#[test]
fn any_open_port_shows_that_there_is_a_network() {
    let mut judge = judge();
    fails(&mut judge, &THREE, Unreachable);
    judge.control(Family::V4, &[to("192.0.2.99", 443, Unreachable)]);
    assert!(judge.attempt(minutes(4), to("192.0.2.50", 587, Open)));
    assert_eq!(judge.verdict(Family::V4), None);
}

#[test]
fn memory_is_bounded() {
    let mut judge = judge();
    for number in 0..1000_u32 {
        let ip = IpAddr::V4(Ipv4Addr::from_bits(number << 16 | 1));
        judge.attempt(
            minutes(1),
            Attempt { peer: PeerAddress { ip, port: 25 }, ..to("::", 25, TimedOut) },
        );
    }
    assert_eq!(judge.v4.failed.len(), REMEMBERED);
}
