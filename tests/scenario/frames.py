# SPDX-License-Identifier: Apache-2.0
"""Frames and capture files for the scenario and the golden tests: scapy for the layers, our own hands for ClientHellos and files.

Everything is a function of its arguments, so that a generator writes the same octets wherever and whenever it runs.
"""
import hashlib
import ipaddress
import struct

from scapy.config import conf

conf.ipv6_enabled = True
from scapy.layers.dhcp import BOOTP, DHCP  # noqa: E402
from scapy.layers.dns import DNS, DNSQR, DNSRR  # noqa: E402
from scapy.layers.inet import IP, TCP, UDP  # noqa: E402
from scapy.layers.inet6 import IPv6  # noqa: E402
from scapy.layers.l2 import Dot1Q, Ether  # noqa: E402
from scapy.packet import Raw  # noqa: E402

ETHERNET, NULL, RAW, LOOP, SLL, SLL2 = 1, 0, 101, 108, 113, 276
MSS = 1460


def noise(label, n):
    """`n` octets that look random and depend on `label` alone."""
    return hashlib.shake_128(label.encode()).digest(n)


# --- TLS -------------------------------------------------------------------------------------------------------------------------------

def block(size, octets):
    return len(octets).to_bytes(size, "big") + octets


def extension(number, octets):
    return struct.pack(">H", number) + block(2, octets)


def hello(name, label="hello", post_quantum=True, alpn=(b"h2", b"http/1.1"), more=()):
    """A ClientHello message, without its record: as a browser of today says it, about 1.8 kB with the X25519MLKEM768 share. `more`: extensions of
    (number, octets)."""
    suites = b"".join(struct.pack(">H", n) for n in (0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8))
    groups = [0x001D, 0x0017, 0x0018]
    shares = struct.pack(">H", 0x001D) + block(2, noise(label + " x25519", 32))
    if post_quantum:
        groups.insert(0, 0x11EC)
        shares = struct.pack(">H", 0x11EC) + block(2, noise(label + " x25519mlkem768", 1184 + 32)) + shares
    # The name after the big key share, as some clients that shuffle their extensions send it: the hello must be whole before it is known.
    extensions = [
        extension(0x0017, b""),
        extension(0xFF01, b"\0"),
        extension(0x000A, block(2, b"".join(struct.pack(">H", g) for g in groups))),
        extension(0x000B, b"\1\0"),
        extension(0x0023, noise(label + " ticket", 320)),
        extension(0x0010, block(2, b"".join(block(1, p) for p in alpn))),
        extension(0x0005, b"\1\0\0\0\0"),
        extension(0x000D, block(2, bytes.fromhex("040308040401050308050501080606010201"))),
        extension(0x0033, block(2, shares)),
        extension(0x002D, b"\1\1"),
        extension(0x002B, block(1, bytes.fromhex("03040303"))),
    ]
    extensions += [extension(number, octets) for number, octets in more]
    if name is not None:
        extensions.append(extension(0x0000, block(2, b"\0" + block(2, name.encode("ascii")))))
    body = b"\x03\x03" + noise(label + " random", 32) + block(1, noise(label + " session", 32)) + block(2, suites) + b"\x01\0"
    body += block(2, b"".join(extensions))
    return b"\1" + block(3, body)


def server_hello(label, tls13=True, alpn=None):
    """A ServerHello, handshake header included; of TLS 1.2 with the protocol it chose."""
    chosen = [(51, b"\x00\x1d" + block(2, noise(label + " server share", 32))), (43, b"\x03\x04")] if tls13 else []
    chosen += [(16, block(2, block(1, alpn)))] if alpn else []
    body = b"\x03\x03" + noise(label + " server random", 32) + block(1, noise(label + " session", 32)) + (b"\x13\x01" if tls13 else b"\xc0\x2b") + b"\0"
    return b"\x02" + block(3, body + block(2, b"".join(extension(*e) for e in chosen)))


def records(message, *cuts):
    """The message in one TLS record, or in several, cut at the offsets `cuts`."""
    edges = [0, *cuts, len(message)]
    return b"".join(b"\x16\x03\x01" + block(2, message[a:b]) for a, b in zip(edges, edges[1:]))


# --- IP ----------------------------------------------------------------------------------------------------------------------------------

class Host:
    """An end of a conversation."""

    def __init__(self, mac, ip, vlans=()):
        self.mac, self.ip, self.vlans = mac, ip, vlans


def network(source, target):
    layer = IPv6 if ":" in source.ip else IP
    return layer(src=source.ip, dst=target.ip)


def link(source, target, above, vlans=None):
    """Ethernet; with two VLAN tags the outer one is a service tag (802.1ad)."""
    frame = Ether(src=source.mac, dst=target.mac)
    tags = (source.vlans or target.vlans) if vlans is None else vlans
    for i, tag in enumerate(tags):
        if i == 0 and len(tags) > 1:
            frame.type = 0x88A8
        frame = frame / Dot1Q(vlan=tag)
    return bytes(frame / above)


def udp(source, sport, target, dport, payload):
    return link(source, target, network(source, target) / UDP(sport=sport, dport=dport) / payload)


def question(name, ident, qtype="A"):
    return DNS(id=ident, rd=1, qd=DNSQR(qname=name, qtype=qtype))


def answer(name, ident, *answers, qtype="A", rcode=0):
    """`answers`: (owner, type, data)."""
    rrs = None
    for owner, rrtype, data in reversed(answers):
        rr = DNSRR(rrname=owner, type=rrtype, ttl=300, rdata=data)
        rrs = rr if rrs is None else rr / rrs
    return DNS(id=ident, qr=1, rd=1, ra=1, rcode=rcode, qd=DNSQR(qname=name, qtype=qtype), an=rrs, ancount=len(answers))


class Connection:
    """A TCP connection's segments, in order, with right numbers."""

    def __init__(self, client, sport, server, dport, isn=1000, server_isn=5000):
        self.client, self.sport, self.server, self.dport = client, sport, server, dport
        self.seq, self.ack = isn, server_isn

    def segment(self, flags, payload=b"", seq=None):
        """One segment of the client's, wherever `seq` says; numbers do not move on."""
        at = self.seq if seq is None else seq
        tcp = TCP(sport=self.sport, dport=self.dport, seq=at, ack=self.ack if "A" in flags else 0, flags=flags, window=64240)
        return link(self.client, self.server, network(self.client, self.server) / tcp / Raw(payload))

    def reply(self, flags, payload=b""):
        tcp = TCP(sport=self.dport, dport=self.sport, seq=self.ack, ack=self.seq, flags=flags, window=65160)
        frame = link(self.server, self.client, network(self.server, self.client) / tcp / Raw(payload))
        self.ack += len(payload) + ("S" in flags or "F" in flags)
        return frame

    def open(self):
        """SYN, SYN/ACK, ACK."""
        syn = self.segment("S")
        self.seq += 1
        return [syn, self.reply("SA"), self.segment("A")]

    def send(self, payload, size=MSS):
        """The payload in segments of at most `size`."""
        frames = []
        for at in range(0, len(payload), size):
            piece = payload[at:at + size]
            frames.append(self.segment("PA" if at + size >= len(payload) else "A", piece))
            self.seq += len(piece)
        return frames

    def close(self):
        fin = self.segment("FA")
        self.seq += 1
        return [fin, self.reply("FA"), self.segment("A")]


# --- DHCP --------------------------------------------------------------------------------------------------------------------------------

def dhcp_lease(host, server, name, xid, vendor=None, fqdn=None, seconds=86400):
    """DISCOVER, OFFER, REQUEST, ACK."""
    chaddr = bytes.fromhex(host.mac.replace(":", ""))
    own = [("hostname", name)]
    if vendor:
        own.append(("vendor_class_id", vendor))
    if fqdn:
        own.append((81, b"\0\0\0" + fqdn.encode()))
    given = [("server_id", server.ip), ("lease_time", seconds), ("subnet_mask", "255.255.255.0"), ("router", server.ip), ("name_server", server.ip)]

    def ask(kind, *more):
        bootp = BOOTP(chaddr=chaddr, xid=xid, flags=0) / DHCP(options=[("message-type", kind), *own, *more, "end"])
        frame = IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67) / bootp
        return link(host, Host("ff:ff:ff:ff:ff:ff", ""), frame, host.vlans)

    def grant(kind):
        bootp = BOOTP(op=2, chaddr=chaddr, xid=xid, yiaddr=host.ip, siaddr=server.ip) / DHCP(options=[("message-type", kind), *given, "end"])
        return link(server, host, IP(src=server.ip, dst=host.ip) / UDP(sport=67, dport=68) / bootp, host.vlans)

    asked = ("requested_addr", host.ip), ("server_id", server.ip)
    return [ask("discover"), grant("offer"), ask("request", *asked), grant("ack")]


def dhcp6_lease(host, server, name, xid, seconds=86400, local="fe80::10"):
    """SOLICIT, ADVERTISE, REQUEST, REPLY: `host` has the address it is to be given, and `local` on its link."""
    duid = struct.pack(">HH", 3, 1) + bytes.fromhex(host.mac.replace(":", ""))
    server_duid = struct.pack(">HH", 3, 1) + bytes.fromhex(server.mac.replace(":", ""))
    address = ipaddress.IPv6Address(host.ip).packed + struct.pack(">II", seconds // 2, seconds)
    labels = b"".join(block(1, label.encode()) for label in name.split("."))

    def message(kind, *options):
        return bytes([kind]) + xid.to_bytes(3, "big") + b"".join(extension(number, octets) for number, octets in options)

    def association(address):
        return 3, struct.pack(">III", 1, 0, 0) + (extension(5, address) if address else b"")

    def ask(kind, *more):
        payload = message(kind, (1, duid), (39, b"\1" + labels + b"\0"), *more)
        everyone = Host("33:33:00:01:00:02", "")
        return link(host, everyone, IPv6(src=local, dst="ff02::1:2", hlim=1) / UDP(sport=546, dport=547) / payload, host.vlans)

    def grant(kind):
        payload = message(kind, (1, duid), (2, server_duid), association(address))
        return link(server, host, IPv6(src="fe80::53", dst=local) / UDP(sport=547, dport=546) / payload, host.vlans)

    return [ask(1, association(None)), grant(2), ask(3, (2, server_duid), association(address)), grant(7)]


# --- capture files -------------------------------------------------------------------------------------------------------------------------

def pcap(path, frames, linktype=ETHERNET, order="<", nanoseconds=False, snaplen=262144, captured=None):
    """`frames`: (time in ns, octets). `captured`: only so many octets of each frame were taken."""
    unit = 1 if nanoseconds else 1000
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    with open(path, "wb") as out:
        out.write(struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, linktype))
        for at, octets in frames:
            kept = octets[:captured]
            out.write(struct.pack(order + "IIII", at // 10**9, at % 10**9 // unit, len(kept), len(octets)) + kept)


def pcapng(path, interfaces, frames, order="<"):
    """`interfaces`: (linktype, if_tsresol exponent of ten); `frames`: (time in ns, octets, interface)."""

    def pad(octets):
        return octets + b"\0" * (-len(octets) % 4)

    def ng_block(kind, body):
        size = struct.pack(order + "I", 12 + len(body))
        return struct.pack(order + "I", kind) + size + body + size

    with open(path, "wb") as out:
        out.write(ng_block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)))
        for linktype, exponent in interfaces:
            options = struct.pack(order + "HHB3xHH", 9, 1, exponent, 0, 0)
            out.write(ng_block(1, struct.pack(order + "HHI", linktype, 0, 262144) + options))
        for at, octets, interface in frames:
            ticks = at // 10**(9 - interfaces[interface][1])
            head = struct.pack(order + "IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(octets), len(octets))
            out.write(ng_block(6, head + pad(octets)))
