#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the golden tests' captures: make.py DIR makes DIR/<trouble>/in.pcap for each trouble. What is to be seen in them stands in
tests/golden/<trouble>/expect.ndjson, written from what the packets mean."""
import hashlib
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenario"))
from frames import (IP, LOOP, NULL, RAW, SLL, SLL2, UDP, Connection, Ether, Host, IPv6, Raw, answer, block, dhcp6_lease, dhcp_lease, hello, link,  # noqa: E402
                    noise, pcap, pcapng, question, records, server_hello, udp)
from scapy.layers.inet6 import HBHOptUnknown, IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, PadN  # noqa: E402

START_NS = 1772420400 * 10**9  # 2026-03-02T03:00:00Z
CLIENT = Host("02:00:00:00:00:10", "10.1.0.10")
RESOLVER = Host("02:00:00:00:00:53", "10.1.0.53")
SERVER = Host("02:00:00:00:00:01", "203.0.113.9")
CLIENT6 = Host("02:00:00:00:00:10", "2001:db8:1::10")
RESOLVER6 = Host("02:00:00:00:00:53", "2001:db8:1::53")


def timed(*frames, step_s=1.0, at_s=0.0):
    """A second apart, from the start on."""
    return [(START_NS + round((at_s + i * step_s) * 10**9), frame) for i, frame in enumerate(frames)]


def ask(name, ident=1, client=CLIENT, resolver=RESOLVER, qtype="A", sport=40000):
    return udp(client, sport, resolver, 53, question(name, ident, qtype))


def told(name, ident=1, *answers, client=CLIENT, resolver=RESOLVER, qtype="A", rcode=0, sport=40000):
    return udp(resolver, 53, client, sport, answer(name, ident, *answers, qtype=qtype, rcode=rcode))


def ask_wire(qname, ident=1, more=b""):
    """A query whose name is given as octets."""
    return udp(CLIENT, 40000, RESOLVER, 53, Raw(struct.pack(">6H", ident, 0x0100, 1, 0, 0, 0) + qname + b"\0\1\0\1" + more))


def ip_only(name, ident=1):
    """The IP datagram of a query, without a link."""
    return ask(name, ident)[14:]


def connection(sport=50000, **numbers):
    return Connection(CLIENT, sport, SERVER, 443, **numbers)


def dns_pointer_loop(path):
    pcap(path, timed(
        ask_wire(b"\xc0\x0c", 1),                                    # to itself
        ask_wire(b"\xc0\x0e\xc0\x0c", 2),                            # two that point at each other
        ask_wire(b"\xc0\x20", 3, b"\6listed\7example\0"),            # forwards
        ask_wire(b"\6listed\xc0\x0c", 4),                            # a label, and back to it
        ask_wire(b"\1a" * 126 + b"\6listed\7example\0", 5),          # 269 octets of name
        ask("listed.example", 6)))


def dns_case(path):
    pcap(path, timed(ask_wire(b"\6LiStEd\7eXaMpLe\0")))


def dns_odd_labels(path):
    pcap(path, timed(
        ask_wire(b"\x0elisted.example\0", 1),         # a dot inside a label: one label, and not the listed name
        ask_wire(b"\4a\0\xff \6listed\7example\0", 2),
        ask_wire(b"\4a\\\"\x7f\7example\0", 3)))


def dns_lookalikes(path):
    pcap(path, timed(*[ask(name, i) for i, name in enumerate((
        "listed.example.evil.test", "notlisted.example", "x-listed.example", "listed.example2", "example", "listed.exampl.e", "a.listed.example"))]))


def feed_scopes(path):
    pcap(path, timed(*[ask(name, i) for i, name in enumerate((
        "listed.example", "deep.below.listed.example", "ok.listed.example", "below.ok.listed.example", "exact.test.example", "a.exact.test.example",
        "below.test.example", "a.below.test.example", "expired.example"))]))


def feed_expired(path):
    """What has expired does not hide what covers it and has not."""
    pcap(path, timed(ask("gone.listed.example"), ask("expired.example", 2)))


def feed_claims(path):
    """Three feeds list one name, and the surest of them until 03:00:30: then the next one leads. Another name's only claim ends then as well: the
    repeats before are summed, and it is no hit any more."""
    pcap(path, timed(*[ask(name, ident, sport=40000 + ident) for ident, name in enumerate(
        ["many.example", "brief.example"] * 3)], step_s=4) + timed(ask("many.example", 20), ask("brief.example", 21), at_s=30)
        + timed(ask("many.example", 30), ask("brief.example", 31), at_s=120))


def feed_context(path):
    """A host fetches an update by a name of a context feed, which is no hit, and then asks for a listed name; another only asks for that."""
    other = Host("02:00:00:00:00:11", "10.1.0.11")
    pcap(path, timed(ask("updates.vendor.example", 1), ask("listed.example", 2), ask("listed.example", 3, client=other)))


def dns_cname(path):
    pcap(path, timed(
        ask("www.harmless.example"),
        told("www.harmless.example", 1, ("www.harmless.example", "CNAME", "cdn.listed.example"), ("cdn.listed.example", "A", "203.0.113.9"),
             ("cdn.listed.example", "A", "203.0.113.10")), step_s=0.02))


def dns_client_subnet(path):
    """A forwarder asks, and tells whose question it is; once with two such options, of which neither counts."""
    def asked(ident, *options):
        opt = b"\0\0\x29\x10\0\0\0\0\0" + block(2, b"".join(struct.pack(">H", code) + block(2, data) for code, data in options))
        return udp(CLIENT, 40000, RESOLVER, 53, Raw(struct.pack(">6H", ident, 0x0100, 1, 0, 0, 1) + b"\6listed\7example\0\0\1\0\1" + opt))
    cookie, one, two = (10, b"12345678"), (8, bytes.fromhex("00011800c00002")), (8, bytes.fromhex("0002380020010db8000100"))
    pcap(path, timed(asked(1, cookie, one), asked(2, two), asked(3, one, two)))


def dns_refused(path):
    pcap(path, timed(ask("listed.example", 7), told("listed.example", 7, rcode=3), step_s=0.02))


def dns_sinkholed(path):
    pcap(path, timed(ask("listed.example", 8), told("listed.example", 8, ("listed.example", "A", "0.0.0.0")), step_s=0.02))


def repeats_summed(path):
    pcap(path, timed(*[ask("listed.example", i, sport=40000 + i) for i in range(5)], step_s=2))


def tls_segments_swapped(path):
    c = connection()
    first, second = c.open(), c.send(records(hello("listed.example")))
    assert len(second) == 2
    pcap(path, timed(*first, second[1], second[0], step_s=0.01))


def tls_no_syn(path):
    c = connection()
    pcap(path, timed(*c.send(records(hello("listed.example"))), step_s=0.01))


def tls_three_records(path):
    c = connection()
    pcap(path, timed(*c.open(), *c.send(records(hello("listed.example"), 3, 700)), step_s=0.01))


def tls_answered(path):
    """Hellos, each a host's of its own, and what comes back: a ServerHello of TLS 1.3; one of TLS 1.2 behind a warning, cut in segments; a
    HelloRetryRequest, then another hello and its answer; an alert; nothing."""
    frames = []
    for n, name in enumerate(("tls13", "tls12", "retry", "alert", "silent")):
        c = Connection(Host(f"02:00:00:00:00:{n + 16:02x}", f"10.1.0.{n + 16}"), 50000, SERVER, 443)
        greeting = records(hello(f"{name}.listed.example", name))
        frames += c.open() + c.send(greeting)
        if name == "tls13":
            frames.append(c.reply("PA", records(server_hello(name)) + b"\x14\x03\x03\0\1\1" + b"\x17\x03\x03" + block(2, noise(name, 64))))
        elif name == "tls12":
            frames += replies(c, b"\x15\x03\x03\0\2\1\x70" + records(server_hello(name, tls13=False, alpn=b"h2")), 40)
        elif name == "retry":
            again = server_hello(name).replace(noise(name + " server random", 32), hashlib.sha256(b"HelloRetryRequest").digest())
            frames += [c.reply("PA", records(again))] + c.send(b"\x14\x03\x03\0\1\1" + greeting) + [c.reply("PA", records(server_hello(name)))]
        elif name == "alert":
            frames.append(c.reply("PA", b"\x15\x03\x03\0\2\2\x28"))
    pcap(path, timed(*frames, step_s=0.01))


def tls_beside_the_hello(path):
    """Records that a server steps over: an alert, a ChangeCipherSpec, a record without octets, before a hello and between its records."""
    alert, change, empty = b"\x15\x03\1\0\2\1\x70", b"\x14\x03\1\0\1\1", b"\x16\x03\1\0\0"
    message = hello("www.listed.example")
    before, between = connection(50001), connection(50002)
    frames = before.open() + before.send(empty + alert + change + records(message))
    frames += between.open() + between.send(records(message[:3]) + alert + records(message[3:900]) + empty + change + records(message[900:]), 700)
    v2 = connection(50003)
    frames += v2.open() + v2.send(bytes.fromhex("801c01030100030000001000002f") + noise("challenge", 16))
    pcap(path, timed(*frames, step_s=0.01))


def tls_no_name(path):
    c = connection()
    pcap(path, timed(*c.open(), *c.send(records(hello(None))), step_s=0.01))


def tls_ech(path):
    c = connection()
    octets = b"\0\0\1\0\1\7" + struct.pack(">H", 32) + bytes(range(32)) + struct.pack(">H", 64) + bytes(64)
    pcap(path, timed(*c.open(), *c.send(records(hello("public.listed.example", more=[(0xFE0D, octets)]))), step_s=0.01))


def tls_overlap(path):
    """The second segment comes twice, the second time with another name in it: the first copy of an octet stands."""
    stream = records(hello("listed.example"))
    other = records(hello("harmle.example"))
    c = connection()
    frames = c.open()
    base = c.seq
    frames.append(c.segment("PA", stream[1000:], base + 1000))  # out of order, with the name
    frames.append(c.segment("PA", other[1000:], base + 1000))   # the same octets again, and others
    frames.append(c.segment("A", stream[:1000], base))
    frames.append(c.segment("PA", other[1000:], base + 1000))
    pcap(path, timed(*frames, step_s=0.01))


def tls_port_reuse(path):
    """One 5-tuple, two connections: the second begins after a reset, at numbers below the first's."""
    one, two = connection(isn=900000), connection(isn=4000, server_isn=70000)
    frames = one.open() + one.send(records(hello("first.harmless.example"))) + [one.segment("R")]
    frames += two.open() + two.send(records(hello("listed.example")))
    pcap(path, timed(*frames, step_s=0.01))


def tls_retransmitted(path):
    """A hello said twice is one hello."""
    c = connection()
    frames, segments = c.open(), c.send(records(hello("listed.example")))
    pcap(path, timed(*frames, *segments, *segments, step_s=0.01))


def tls_fingerprint(path):
    """One hello is whole in its first segment, the other in its second: both have their fingerprint."""
    whole, early = connection(50001), connection(50002)
    name = (0, block(2, b"\0" + block(2, b"early.listed.example")))
    frames = whole.open() + whole.send(records(hello("whole.listed.example", post_quantum=False)))
    frames += early.open() + early.send(records(hello(None, post_quantum=False, more=[name, (21, bytes(2000))])))
    pcap(path, timed(*frames, step_s=0.01))


def dtls_fragment(message, body, at, end, number):
    part = b"\1" + len(body).to_bytes(3, "big") + struct.pack(">H", message) + at.to_bytes(3, "big") + block(3, body[at:end])
    return b"\x16\xfe\xff\0\0" + number.to_bytes(6, "big") + block(2, part)


def dtls_fingerprint(path):
    """A client says its hello twice, the second time with the cookie that it was sent; another one's comes in three fragments, the last one first."""
    def body(name, cookie=b""):
        octets = b"\xfe\xfd" + noise(name, 32) + block(1, b"") + block(1, cookie) + block(2, bytes.fromhex("130113021303c02bc02f")) + b"\1\0"
        extensions = [(0x000A, block(2, b"\0\x1d\0\x17")), (0x000D, block(2, bytes.fromhex("040308040805"))), (0x0010, block(2, block(1, b"webrtc"))),
                      (0x002B, block(1, bytes.fromhex("fefcfefd"))), (0, block(2, b"\0" + block(2, name.encode())))]
        return octets + block(2, b"".join(struct.pack(">H", n) + block(2, value) for n, value in extensions))

    first, second, cut = body("twice.listed.example"), body("twice.listed.example", noise("cookie", 20)), body("cut.listed.example")
    frames = [udp(CLIENT, 50001, SERVER, 5684, dtls_fragment(n, octets, 0, len(octets), n)) for n, octets in ((0, first), (1, second))]
    frames += [udp(CLIENT, 50002, SERVER, 5684, dtls_fragment(0, cut, at, end, at)) for at, end in ((100, len(cut)), (0, 60), (50, 110))]
    pcap(path, timed(*frames, step_s=0.01))


def quic_google(path):
    """Google's QUIC, little-endian, big-endian, behind a long header, and with a hello that names nobody; what follows in the connection is encrypted."""
    def chlo(name):
        values = [(b"PAD\0", bytes(900)), (b"SNI\0", name), (b"VER\0", b"Q043"), (b"UAID", b"example")]
        ends = [sum(len(v) for _, v in values[:i + 1]) for i in range(len(values))]
        index = b"".join(tag + struct.pack("<I", end) for (tag, _), end in zip(values, ends))
        return b"CHLO" + struct.pack("<HH", len(values), 0) + index + b"".join(v for _, v in values)

    def datagram(head, hello, order):
        return (head + noise("hash", 12) + b"\xa0\1" + struct.pack(order + "H", len(hello)) + hello).ljust(1350, b"\0")

    def public(version, hello, order):
        return datagram(b"\x09" + noise(version, 8) + version.encode() + b"\1", hello, order)

    long = datagram(b"\xc3Q046\x50" + noise("Q046", 8) + b"\0\0\0\1", chlo(b"long.listed.example"), ">")
    payloads = [public("Q036", chlo(b"little.listed.example"), "<"), public("Q043", chlo(b"big.listed.example"), ">"), long,
                public("Q043", chlo(b""), ">"), b"\x09" + noise("Q043", 8) + b"Q043\2" + noise("encrypted", 1300)]
    pcap(path, timed(*[udp(CLIENT, 50001 + i, SERVER, 443, payload) for i, payload in enumerate(payloads)], step_s=0.01))


def der(tag, *contents):
    octets = b"".join(contents)
    n = len(octets)
    return bytes([tag]) + (bytes([n]) if n < 128 else b"\x82" + n.to_bytes(2, "big")) + octets


def certificate(subject, *names):
    """As a server shows it, but for its key and signature, which are noise."""
    algorithm = der(0x30, der(6, bytes.fromhex("2a8648ce3d040302")))
    issuer = der(0x30, der(0x31, der(0x30, der(6, b"\x55\4\3"), der(12, b"Example CA"))))
    validity = der(0x30, der(23, b"260101000000Z"), der(23, b"270101000000Z"))
    key = der(0x30, algorithm, der(3, b"\0" + noise("key", 65)))
    alternative = der(0x30, der(6, b"\x55\x1d\x11"), der(4, der(0x30, *[der(0x82, n.encode()) for n in names])))
    optional = der(0xA3, der(0x30, alternative)) if names else b""
    own = der(0x30, der(0x31, der(0x30, der(6, b"\x55\4\3"), der(12, subject.encode()))))
    signed = der(0x30, der(0xA0, der(2, b"\2")), der(2, noise("serial", 16)), algorithm, issuer, validity, own, key, optional)
    return der(0x30, signed, algorithm, der(3, b"\0" + noise("signature", 72)))


def server_flight(shown):
    """ServerHello, Certificate with an issuer's behind it, ServerHelloDone of TLS 1.2, a record each."""
    greeting = b"\x03\x03" + noise("server random", 32) + block(1, noise("server session", 32)) + b"\xc0\x2b\0" + block(2, b"\xff\1\0\1\0")
    chain = block(3, block(3, shown) + block(3, noise("issuer", 1500)))
    return b"".join(b"\x16\x03\x03" + block(2, kind + block(3, octets)) for kind, octets in ((b"\2", greeting), (b"\x0b", chain), (b"\x0e", b"")))


def replies(c, octets, size=400):
    return [c.reply("A", octets[at:at + size]) for at in range(0, len(octets), size)]


def tls_certificate(path):
    """A client that names nobody, or somebody else: the certificates tell. The first has two names of one indicator, the second none but its subject's."""
    one, two = connection(50001), connection(50002)
    frames = one.open() + one.send(records(hello(None)))
    frames += replies(one, server_flight(certificate("Example", "listed.example", "*.listed.example", "harmless.example")))
    frames += two.open() + two.send(records(hello("harmless.example")))
    frames += replies(two, server_flight(certificate("www.listed.example")))
    pcap(path, timed(*frames, step_s=0.01))


def tls_certificate_observed(path):
    tls_certificate(path)


def http2_in_the_clear(path):
    """Prior knowledge, in small segments: a request in Huffman's code that is continued in a second frame, and a CONNECT."""
    def frame(kind, flags, stream, payload):
        return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload
    begin = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"") + frame(8, 0, 0, b"\0\1\0\0")
    name = bytes.fromhex("f1e3c2f419092c8b97c8e9ae82ff")  # www.listed.example
    fields = b"\x82\x84\x87\x41" + bytes([0x80 | len(name)]) + name
    get, tunnel = connection(50001), connection(50002)
    frames = get.open() + get.send(begin + frame(1, 1, 1, fields[:8]) + frame(9, 4, 1, fields[8:]), size=16)
    frames += tunnel.open() + tunnel.send(begin + frame(1, 4, 1, b"\x02" + block(1, b"CONNECT") + b"\x41" + block(1, b"listed.example:443")))
    pcap(path, timed(*frames, step_s=0.01))


def vlan(path):
    client = Host(CLIENT.mac, CLIENT.ip, (120,))
    server = Host(RESOLVER.mac, "10.1.0.1", (120,))
    lease = dhcp_lease(client, server, "ws-0120", 0x120, "MSFT 5.0", "ws-0120.corp.example")
    pcap(path, timed(*lease, ask("listed.example", 9, client, RESOLVER), step_s=0.5))


def qinq(path):
    client = Host(CLIENT.mac, CLIENT.ip, (200, 30))
    pcap(path, timed(ask("listed.example", 10, client)))


def dhcp_address_reused(path):
    """One address, two machines: each query belongs to the one that held the lease then."""
    server = Host(RESOLVER.mac, "10.1.0.1")
    other = Host("02:00:00:00:00:99", CLIENT.ip)
    frames = timed(*dhcp_lease(CLIENT, server, "first", 1, seconds=600), ask("listed.example", 1))
    frames += timed(*dhcp_lease(other, server, "second", 2, seconds=600), ask("listed.example", 2, other), at_s=1000)
    pcap(path, frames)


def dhcp6_lease_names(path):
    """A lease of DHCPv6 names the host, and not who comes from that address before it is granted."""
    server = Host(RESOLVER.mac, RESOLVER6.ip)
    early = ask("listed.example", 1, Host("02:00:00:00:00:99", CLIENT6.ip), RESOLVER6)
    pcap(path, timed(early, *dhcp6_lease(CLIENT6, server, "ws-0142.corp.example", 0x142), ask("listed.example", 2, CLIENT6, RESOLVER6)))


def netbios_name(name, kind):
    return b"\x20" + b"".join(bytes((65 + (c >> 4), 65 + (c & 15))) for c in name.encode().ljust(15) + bytes([kind])) + b"\0"


def host_tells_its_name(path):
    """No DHCP is seen: the host is who it says it is, in NetBIOS' fifteen octets and then in full by mDNS; another's words are not its."""
    other = Host("02:00:00:00:00:99", "10.1.0.99")
    own = socket.inet_aton(CLIENT.ip)

    def tells(host, addr):
        record = b"\x10desktop-finance7\5local\0" + struct.pack(">HHIH", 1, 0x8001, 120, 4) + addr
        return udp(host, 5353, Host("01:00:5e:00:00:fb", "224.0.0.251"), 5353, Raw(struct.pack(">6H", 0, 0x8400, 0, 1, 0, 0) + record))

    claim = struct.pack(">6H", 7, 0x2910, 1, 0, 0, 1) + netbios_name("DESKTOP-FINANCE", 0) + struct.pack(">HHHHHIHH", 32, 1, 0xC00C, 32, 1, 300000, 6, 0)
    registers = udp(CLIENT, 137, Host("ff:ff:ff:ff:ff:ff", "10.1.0.255"), 137, Raw(claim + own))
    pcap(path, timed(ask("listed.example", 1), registers, ask("listed.example", 2), tells(other, own), tells(CLIENT, own),
                     ask("listed.example", 3), ask("listed.example", 4, other), ask("a.listed.example", 5)))


def ipv6_extensions(path):
    above = IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)]) / IPv6ExtHdrDestOpt(options=[HBHOptUnknown(otype=0x1E, optdata=b"\0\0")])
    above = above / IPv6ExtHdrRouting(type=4, addresses=["2001:db8:2::1"], segleft=0)
    frame = link(CLIENT6, RESOLVER6, IPv6(src=CLIENT6.ip, dst=RESOLVER6.ip) / above / UDP(sport=40000, dport=53) / question("listed.example", 1, "AAAA"))
    pcap(path, timed(frame, told("listed.example", 1, ("listed.example", "AAAA", "2001:db8:9::9"), client=CLIENT6, resolver=RESOLVER6, qtype="AAAA")))


def link_raw(path):
    pcap(path, timed(ip_only("listed.example"), ask("listed.example", 2, CLIENT6, RESOLVER6)[14:]), linktype=RAW)


def link_sll(path):
    """Linux cooked: an outgoing packet of an Ethernet interface."""
    cooked = struct.pack(">HHH6s2xH", 4, 1, 6, bytes.fromhex("020000000010"), 0x0800)
    pcap(path, timed(cooked + ip_only("listed.example")), linktype=SLL)


def link_sll2(path):
    cooked = struct.pack(">HHIHBB6s2x", 0x0800, 0, 3, 1, 4, 6, bytes.fromhex("020000000010"))
    pcap(path, timed(cooked + ip_only("listed.example")), linktype=SLL2)


def link_null(path):
    pcap(path, timed(struct.pack("<I", 2) + ip_only("listed.example")), linktype=NULL)


def link_loop(path):
    pcap(path, timed(struct.pack(">I", 24) + ask("listed.example", 2, CLIENT6, RESOLVER6)[14:]), linktype=LOOP)


def link_unknown(path):
    pcap(path, timed(ask("listed.example")), linktype=147)


def blind_esp(path):
    """An encrypted tunnel, in IP and in UDP; beside it a query, so that there is something to see."""
    sealed = bytes(range(48))
    pcap(path, timed(link(CLIENT, SERVER, IP(src=CLIENT.ip, dst=SERVER.ip, proto=50, id=0) / Raw(sealed)), udp(CLIENT, 4500, SERVER, 4500, Raw(b"\1" + sealed)),
                     ask("listed.example")))


def blind_ethertype(path):
    """MACsec that encrypts, and LLDP."""
    pcap(path, timed(*[bytes(Ether(src=CLIENT.mac, dst=SERVER.mac, type=number) / Raw(b"\x0c" + bytes(39))) for number in (0x88E5, 0x88CC, 0x88E5)]))


def blind_resolvers(path):
    """Hellos to resolvers: over TLS by port, over HTTPS by name, over HTTPS by address; and one to somebody else."""
    flows = [(SERVER, 853, "dot.example"), (SERVER, 443, "dns.google"), (Host(SERVER.mac, "1.1.1.1"), 443, "www.example"), (SERVER, 443, "www.example")]
    frames = []
    for i, (server, port, name) in enumerate(flows):
        c = Connection(CLIENT, 50000 + i, server, port)
        frames += c.open() + c.send(records(hello(name)))
    pcap(path, timed(*frames, step_s=0.01))


def blind_one_side(path):
    """Of one connection only what the client sent, of another only what the server did; of a third both."""
    one, other, both = connection(50000), connection(50001), connection(50002)
    pcap(path, timed(*[f for f in one.open() if f[26:30] == socket.inet_aton(CLIENT.ip)], *one.send(records(hello("one.example"))),
                     *[f for f in other.open() if f[26:30] != socket.inet_aton(CLIENT.ip)],
                     *both.open(), *both.send(records(hello("both.example"))), step_s=0.01))


def blind_unnamed(path):
    """Connections to an address that an answer told, to one that none did, and to one inside."""
    others = [Host(SERVER.mac, "203.0.113.10"), Host(SERVER.mac, "10.9.9.9")]
    pcap(path, timed(told("www.example", 1, ("www.example", "A", SERVER.ip)), *connection().open(),
                     *[f for i, server in enumerate(others) for f in Connection(CLIENT, 50001 + i, server, 443).open()], step_s=0.01))


def pcap_big_endian(path):
    pcap(path, timed(ask("listed.example")), order=">")


def pcap_nanoseconds(path):
    pcap(path, [(START_NS + 123456789, ask("listed.example"))], nanoseconds=True)


def pcapng_two_links(path):
    """Two interfaces with link types and clocks of their own, in one file."""
    pcapng(path, [(1, 6), (RAW, 9)], [(START_NS + 1000, ask("listed.example", 1), 0), (START_NS + 123456789, ip_only("a.listed.example", 2), 1)])


def pcapng_big_endian(path):
    pcapng(path, [(1, 6)], [(START_NS + 1000, ask("listed.example"), 0)], order=">")


def cut_file(path):
    pcap(path, timed(ask("listed.example", 1), ask("lost.listed.example", 2)))
    os.truncate(path, os.path.getsize(path) - 10)


def cut_frames(path):
    """Only 96 octets of each frame were captured: the question is at hand, the CNAME that follows it is not."""
    pcap(path, timed(ask("www.harmless.example"), told("www.harmless.example", 1, ("www.harmless.example", "CNAME", "listed.example"))), captured=96)


def filter_words(path):
    c = connection()
    pcap(path, timed(ask("listed.example"), *c.open(), *c.send(records(hello("listed.example"))), ask("after.example", 2)))


TROUBLES = [f for f in list(globals().values()) if callable(f) and getattr(f, "__code__", None) and f.__code__.co_varnames[:1] == ("path",)
            and f.__module__ == __name__]

if __name__ == "__main__":
    for trouble in TROUBLES:
        folder = os.path.join(sys.argv[1], trouble.__name__)
        os.makedirs(folder, exist_ok=True)
        trouble(os.path.join(folder, "in.pcap"))
