#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the corpora of quic_fuzz and quic_sealed_fuzz: what the formats say, a file a shape."""
import os
import re
import struct

here = os.path.dirname(os.path.abspath(__file__))


def save(folder, name, octets):
    os.makedirs(os.path.join(here, "corpus", folder), exist_ok=True)
    with open(os.path.join(here, "corpus", folder, name), "wb") as out:
        out.write(octets)


def varint(n):
    for bits, size in ((6, 1), (14, 2), (30, 4), (62, 8)):
        if n < 1 << bits:
            return (n | {1: 0, 2: 1, 4: 2, 8: 3}[size] << 8 * size - 2).to_bytes(size, "big")
    raise ValueError(n)


def crypto(offset, octets):
    return b"\x06" + varint(offset) + varint(len(octets)) + octets


def header(first, version, dcid=b"\x01" * 8, scid=b"", rest=b"\x00\x14" + b"\xaa" * 20):
    return bytes([first]) + struct.pack(">I", version) + bytes([len(dcid)]) + dcid + bytes([len(scid)]) + scid + rest


def hello(host, fill=0):
    name = struct.pack(">HHHBH", 0, len(host) + 5, len(host) + 3, 0, len(host)) + host
    share = struct.pack(">HH", 51, fill) + b"\x77" * fill
    alpn = bytes.fromhex("00100005000302") + b"h3"
    ech = bytes.fromhex("fe0d000a00000100010700000000")
    body = b"\x03\x03" + b"\x5a" * 32 + b"\0" + b"\0\x02\x13\x01" + b"\x01\0" + struct.pack(">H", len(share + alpn + ech + name)) + share + alpn + ech + name
    return b"\x01" + len(body).to_bytes(3, "big") + body


def datagrams(*parts):
    return b"".join(bytes([how]) + struct.pack(">H", len(frames)) + frames for how, frames in parts)


whole = hello(b"www.example.com")
large = hello(b"www.example.com", 1300)
huge = hello(b"www.example.com", 6000)
middle = len(large) // 2

with open(os.path.join(here, "..", "unit", "quic_vectors.h")) as vectors:
    digits = "".join(re.findall('"([0-9a-f]+)"', vectors.read()))
start = digits.index("c000000001088394c8f03e515708")
save("quic", "rfc9001_a2", bytes.fromhex(digits[start : start + 2400]))
save("quic", "initial", header(0xC0, 1))
for version in (0x6B3343CF, 0xFF000016, 0xFF000017, 0xFF00001D, 0xFF000021, 0xFACEB001, 0xFACEB002, 0x54303530, 0x54303531, 0x51303530, 0x12345678):
    save("quic", f"version_{version:08x}", header(0xC0, version))
save("quic", "initial_v2", header(0xD0, 0x6B3343CF))
save("quic", "initial_greased", header(0xC0, 0x1A2A3A4A))
save("quic", "token", header(0xC0, 1, rest=b"\x05token\x14" + b"\xaa" * 20))
save("quic", "token_2_62", header(0xC0, 1, rest=b"\xff" * 8 + b"\x14" + b"\xaa" * 20))
save("quic", "length_2_62", header(0xC0, 1, rest=b"\0" + b"\xff" * 8 + b"\xaa" * 20))
save("quic", "id_21", header(0xC0, 1, dcid=b"\x01" * 21))
save("quic", "handshake_then_initial", header(0xE0, 1, rest=b"\x14" + b"\xaa" * 20) + header(0xC0, 1))
save("quic", "retry", header(0xF0, 1, rest=b"token" + b"\xaa" * 16))
save("quic", "negotiation", header(0x80, 0, rest=struct.pack(">II", 1, 0x6B3343CF)))
save("quic", "negotiation_odd", header(0x80, 0, rest=b"\0\0\0"))
save("quic", "length_short", header(0xC0, 1, rest=b"\0\x05" + b"\xaa" * 5))
save("quic", "cut", header(0xC0, 1)[:4])
save("quic", "cut_in_id", header(0xC0, 1)[:9])
save("quic", "unknown_cut", header(0xC0, 0x1A2A3A4A, rest=b"\0\x44\xb0" + b"\xaa" * 20))
save("quic", "frames_all", b"\x01\0\0\x02\x05\0\x01\x05\x01\x01\x03\x05\0\0\x05\x01\x02\x03\x1c\0\x06\x01x" + crypto(5, b"abc") + crypto(0, b"hello"))
save("quic", "frames_ack_2_62", b"\x02\x05\0" + b"\xff" * 8 + b"\x05")
save("quic", "frames_crypto_2_62", b"\x06" + b"\xff" * 8 + b"\x01a")

save("quic_sealed", "whole", datagrams((0, crypto(0, whole))))
save("quic_sealed", "whole_v2", datagrams((1, crypto(0, whole))))
save("quic_sealed", "whole_greased", datagrams((3, crypto(0, whole) + b"\0" * 1200)))
save("quic_sealed", "halves", datagrams((0, crypto(0, large[:middle])), (0, crypto(middle, large[middle:]))))
save("quic_sealed", "halves_swapped", datagrams((0, crypto(middle, large[middle:])), (0, crypto(0, large[:middle]))))
save("quic_sealed", "second_to_another_id", datagrams((0, crypto(0, large[:middle])), (8, crypto(middle, large[middle:]))))
save("quic_sealed", "two_connections", datagrams((0, crypto(0, large[:middle])), (12, crypto(0, large[:middle])), (0, crypto(middle, large[middle:]))))
save("quic_sealed", "servers", datagrams((0, crypto(0, whole)), (16, crypto(0, b"\x02\0\0\x02\x03\x03"))))
save("quic_sealed", "chaos", datagrams((0, b"".join(crypto(i, whole[i:i + 9]) + b"\x01\0" for i in range(len(whole) - len(whole) % 9, -1, -9)))))
save("quic_sealed", "contradiction", datagrams((0, crypto(middle, large[middle:])), (0, crypto(middle, b"x" * (len(large) - middle))), (0, crypto(0, large[:middle]))))
save("quic_sealed", "grows", datagrams(*[(0, crypto(i, huge[i:i + 1100])) for i in range(0, len(huge), 1100)]))
save("quic_sealed", "far", datagrams((0, crypto(65530, b"x" * 20)), (0, crypto(70000, b"x"))))
save("quic_sealed", "no_crypto", datagrams((0, b"\x01\0\0\0"), (0, crypto(0, whole))))
save("quic_sealed", "not_a_hello", datagrams((0, crypto(0, b"\x02\0\0\0"))))
save("quic_sealed", "stream_frame", datagrams((0, b"\x08\0\0\0")))
