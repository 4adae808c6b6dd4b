#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""
Reads a capture a second way, for tests/live/hellos.t: hello_reader.py FILE.pcap writes the first ClientHello of each connection, a line each, by tabs:

    server's address, client's port, kind, name, ALPN (four at most), `ech` or nothing, JA4, `frames` when it came in several, `records` when it lay in several

Written from the RFCs and JA4's description, knowing nothing of how c2watch does it: everything is put together first and read afterwards. QUIC's AES is
openssl's. Ethernet only, complete captures only; anything odd is an exception, and so a failed test.
"""
import hashlib
import hmac
import ipaddress
import struct
import subprocess
import sys

GREASE = {n << 8 | n for n in range(0x0A, 0x100, 0x10)}
VERSIONS = {0x0300: "s3", 0x0301: "10", 0x0302: "11", 0x0303: "12", 0x0304: "13", 0xFEFF: "d1", 0xFEFD: "d2", 0xFEFC: "d3"}
QUIC_V1_SALT = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")  # RFC 9001 §5.2


class Octets:
    def __init__(self, octets):
        self.octets, self.at = octets, 0

    def take(self, n):
        if self.at + n > len(self.octets):
            raise ValueError("cut")
        self.at += n
        return self.octets[self.at - n : self.at]

    def number(self, n):
        return int.from_bytes(self.take(n), "big")

    def block(self, n):
        return Octets(self.take(self.number(n)))

    def numbers(self):
        return [number for (number,) in struct.iter_unpack(">H", self.rest())]

    def rest(self):
        return self.take(len(self.octets) - self.at)

    def is_done(self):
        return self.at == len(self.octets)


def frames(path):
    """The frames of a pcap file, whichever its byte order."""
    with open(path, "rb") as file:
        data = file.read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    if struct.unpack(order + "I", data[20:24]) != (1,):
        raise ValueError("not Ethernet")
    at = 24
    while at < len(data):
        length, original = struct.unpack(order + "8xII", data[at : at + 16])
        if length != original:
            raise ValueError("a cut frame")
        yield data[at + 16 : at + 16 + length]
        at += 16 + length


def packets(path):
    """(source, destination, protocol, payload, frames) of IP packets, put together from their fragments."""
    parts = {}
    for frame in frames(path):
        ethertype, ip = frame[12:14], frame[14:]
        if ethertype == b"\x08\x00":
            length, ident, place = struct.unpack(">HHH", ip[2:8])
            source, destination, protocol = ip[12:16], ip[16:20], ip[9]
            payload, offset, more = ip[(ip[0] & 15) * 4 : length], (place & 0x1FFF) * 8, place & 0x2000
        elif ethertype == b"\x86\xdd":
            length, protocol = struct.unpack(">HB", ip[4:7])
            source, destination, payload, ident, offset, more = ip[8:24], ip[24:40], ip[40 : 40 + length], 0, 0, 0
            if protocol == 44:
                protocol, place, ident = struct.unpack(">BxHI", payload[:8])
                payload, offset, more = payload[8:], place & 0xFFF8, place & 1
        else:
            continue
        count = 1
        if offset or more:
            key = source, destination, protocol, ident
            pieces, total = parts.setdefault(key, ({}, [None]))
            pieces[offset] = payload
            if not more:
                total[0] = offset + len(payload)
            payload = joined(pieces)
            if len(payload) != total[0]:
                continue
            count = len(parts.pop(key)[0])
        yield ipaddress.ip_address(source), ipaddress.ip_address(destination), protocol, payload, count


def joined(pieces):
    """What stands from 0 on without a hole in {offset: octets}."""
    whole = b""
    for offset in sorted(pieces):
        if offset <= len(whole):
            whole += pieces[offset][len(whole) - offset :]
    return whole


def streams_and_datagrams(path):
    """Both as {(client, client's port, server, server's port): …}: a TCP direction's {offset: octets}, a UDP direction's (datagram, frames)."""
    beginnings, segments, datagrams = {}, {}, {}
    for source, destination, protocol, payload, count in packets(path):
        if protocol == 6:
            sport, dport, sequence, _, header, flags = struct.unpack(">HHIIBB", payload[:14])
            key = source, sport, destination, dport
            if flags & 0x12 == 0x02:
                beginnings[key] = sequence + 1
                segments.setdefault(key, {})
            elif key in beginnings:
                octets = payload[(header >> 4) * 4 :]
                offset = (sequence - beginnings[key]) & 0xFFFFFFFF
                if octets and offset < 0x80000000:
                    segments[key].setdefault(offset, octets)
        elif protocol == 17:
            sport, dport = struct.unpack(">HH", payload[:4])
            datagrams.setdefault((source, sport, destination, dport), []).append((payload[8:], count))
    return segments, datagrams


class Hello:
    """The body of a ClientHello, RFC 8446 §4.1.2; with a cookie in DTLS, RFC 6347 §4.2.1."""

    def __init__(self, body, is_dtls=False):
        body = Octets(body)
        self.version = body.number(2)
        body.take(32)
        body.block(1)
        if is_dtls:
            body.block(1)
        self.suites = body.block(2).numbers()
        body.block(1)
        extensions = Octets(b"") if body.is_done() else body.block(2)
        self.extensions = []
        while not extensions.is_done():
            self.extensions.append((extensions.number(2), extensions.block(2).rest()))
        if not body.is_done():
            raise ValueError("octets behind the extensions")

    def extension(self, number):
        """Read from behind its own length, or None."""
        return next((Octets(octets) for kind, octets in self.extensions if kind == number), None)

    def name(self):
        names = self.extension(0)
        if names is None:
            return ""
        names = names.block(2)
        names.take(1)
        return names.block(2).rest().decode().lower()

    def protocols(self):
        protocols, found = self.extension(16), []
        if protocols is not None:
            protocols = protocols.block(2)
            while not protocols.is_done():
                found.append(protocols.block(1).rest().decode())
        return found

    def has_ech(self):
        return self.extension(0xFE0D) is not None

    def ja4(self, transport):
        versions = self.extension(43)
        offered = set(versions.block(1).numbers()) - GREASE if versions else {self.version}
        version = min(offered) if transport == "d" else max(offered)
        suites = sorted(f"{suite:04x}" for suite in self.suites if suite not in GREASE)
        kinds = [kind for kind, _ in self.extensions if kind not in GREASE]
        hashed = ",".join(sorted(f"{kind:04x}" for kind in kinds if kind not in (0, 16)))
        algorithms = self.extension(13)
        if algorithms:
            hashed += "_" + ",".join(f"{number:04x}" for number in algorithms.block(2).numbers() if number not in GREASE)
        protocol = (self.protocols() or ["00"])[0]
        return "%s%s%s%02d%02d%s_%s_%s" % (
            transport,
            VERSIONS.get(version, "00"),
            "i" if 0 not in kinds else "d",
            min(len(suites), 99),
            min(len(kinds), 99),
            protocol[0] + protocol[-1],
            hashlib.sha256(",".join(suites).encode()).hexdigest()[:12],
            hashlib.sha256(hashed.encode()).hexdigest()[:12],
        )


def tls_hello(segments):
    """The first hello that stands whole in TLS records anywhere in a stream, the segments and the records it lay in; or None."""
    stream, at = joined(segments), -1
    while (at := stream.find(b"\x16\x03", at + 1)) >= 0:
        records, message, count = Octets(stream[at:]), b"", 0
        try:
            while len(message) < 4 or len(message) < 4 + int.from_bytes(message[1:4], "big"):
                if records.number(1) != 22 or records.number(1) != 3:
                    raise ValueError("no record of a handshake")
                records.take(1)
                message += records.block(2).rest()
                count += 1
                if message[0] != 1:
                    raise ValueError("no hello")
            hello = Hello(message[4 : 4 + int.from_bytes(message[1:4], "big")])
            end = at + records.at
            return hello, sum(offset < end and offset + len(octets) > at for offset, octets in segments.items()), count
        except (ValueError, struct.error):
            pass
    return None


def dtls_hellos(datagrams):
    """Every hello of a direction, before and after the cookie, the frames and the fragments it lay in. RFC 6347 §4.2.2"""
    messages = {}
    for datagram, frame_count in datagrams:
        records = Octets(datagram)
        while not records.is_done():
            kind = records.number(1)
            records.take(10)
            record = records.block(2)
            while kind == 22 and not record.is_done():
                what, length, sequence = record.number(1), record.number(3), record.number(2)
                offset = record.number(3)
                octets = record.block(3).rest()
                if what == 1:
                    messages.setdefault((sequence, length), {})[offset] = octets, frame_count
    for (_, length), parts in sorted(messages.items()):
        body = joined({offset: octets for offset, (octets, _) in parts.items()})
        if len(body) == length:
            yield Hello(body, is_dtls=True), sum(count for _, count in parts.values()), len(parts)


def aes(mode, key, vector, octets):
    command = ["openssl", "enc", "-aes-128-" + mode, "-nopad", "-K", key.hex()] + (["-iv", vector.hex()] if vector else [])
    return subprocess.run(command, input=octets, capture_output=True, check=True).stdout


def expand(secret, label, length):
    """HKDF-Expand-Label, RFC 8446 §7.1, of no more than one block."""
    label = b"tls13 " + label
    info = struct.pack(">HB", length, len(label)) + label + b"\0"
    return hmac.digest(secret, info + b"\1", "sha256")[:length]


def quic_varint(octets):
    first = octets.number(1)
    return int.from_bytes(bytes((first & 63,)) + octets.take((1 << (first >> 6)) - 1), "big")


def quic_initials(datagrams):
    """The opened payloads of a client's Initials, RFC 9001 §5. Tags are not looked at: what was opened wrongly is no hello."""
    keys = None
    for datagram in datagrams:
        packet = Octets(datagram)
        while not packet.is_done() and packet.octets[packet.at] & 0x80:
            begin = packet.at
            first = packet.number(1)
            if packet.number(4) != 1:
                return
            destination = packet.block(1).rest()
            packet.block(1)
            if first & 0x30 == 0:
                packet.take(quic_varint(packet))  # token
            length = quic_varint(packet)
            at = packet.at
            packet.take(length)
            if first & 0x30 != 0:
                continue
            if keys is None:
                client = expand(hmac.digest(QUIC_V1_SALT, destination, "sha256"), b"client in", 32)
                keys = expand(client, b"quic key", 16), expand(client, b"quic iv", 12), expand(client, b"quic hp", 16)
            key, vector, protection = keys
            mask = aes("ecb", protection, None, datagram[at + 4 : at + 20])
            size = 1 + ((first ^ mask[0]) & 3)
            number = bytes(a ^ b for a, b in zip(datagram[at : at + size], mask[1:]))
            nonce = bytes(a ^ b for a, b in zip(vector, number.rjust(12, b"\0")))
            yield aes("ctr", key, nonce + b"\0\0\0\2", datagram[at + size : begin + (at - begin) + length - 16])


def quic_hello(datagrams):
    """The hello and the datagrams with parts of it, or None."""
    pieces, count = {}, 0
    for payload in quic_initials(datagrams):
        frames_left, is_new = Octets(payload), False
        while not frames_left.is_done():
            kind = quic_varint(frames_left)
            if kind == 6:
                offset = quic_varint(frames_left)
                octets = frames_left.take(quic_varint(frames_left))
                is_new = is_new or offset not in pieces
                pieces.setdefault(offset, octets)
            elif kind == 28:  # the client gives up
                break
            elif kind not in (0, 1):
                raise ValueError("frame %d" % kind)
        count += is_new
    message = joined(pieces)
    is_whole = len(message) > 4 and message[0] == 1 and len(message) == 4 + int.from_bytes(message[1:4], "big")
    return (Hello(message[4:]), count, 1) if is_whole else None


def tell(key, transport, kind, hello, frame_count, record_count):
    kind = kind if hello.name() else kind + "_nosni"
    protocols = ",".join(hello.protocols()[:4])
    marks = "ech" if hello.has_ech() else "", hello.ja4(transport), "frames" if frame_count > 1 else "", "records" if record_count > 1 else ""
    print(key[2], key[1], kind, hello.name(), protocols, *marks, sep="\t")


STREAMS, DATAGRAMS = streams_and_datagrams(sys.argv[1])
for connection, sent in STREAMS.items():
    if (found := tls_hello(sent)) is not None:
        tell(connection, "t", "tls", *found)
for connection, sent in DATAGRAMS.items():
    first = sent[0][0]
    if first[:2] == b"\x16\xfe" and connection[3] == 4433:
        for found in dtls_hellos(sent):
            tell(connection, "d", "dtls", *found)
    elif first[0] & 0xC0 == 0xC0 and (found := quic_hello([octets for octets, _ in sent])) is not None:
        tell(connection, "q", "quic", *found)
