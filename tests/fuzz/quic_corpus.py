#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the corpora of quic_fuzz, quic_sealed_fuzz and gquic_fuzz: what the formats say, a file a shape."""
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


def tags(*pairs):
    """Google's map: tags, each with its value."""
    index, values = b"", b""
    for tag, value in pairs:
        values += value
        index += tag.ljust(4, b"\0") + struct.pack("<I", len(values))
    return b"CHLO" + struct.pack("<HH", len(pairs), 0) + index + values


def public(version, frames, flags=0x09, number=b"\x01"):
    return bytes([flags]) + b"\xc1" * 8 + version + number + b"\xee" * 12 + frames


def long(version, frames, ids=b"\x50" + b"\xc1" * 8, first=0xC3):
    return bytes([first]) + version + ids + b"\0\0\0\1"[:(first & 3) + 1] + b"\xee" * 12 + frames


def stream(octets, first=0xA0, head=b"\x01", order=">"):
    return bytes([first]) + head + struct.pack(order + "H", len(octets)) + octets


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

GREASED, Q050, T051, AS_IT_IS = 3, 0x20, 0x21, 0x23
chlo = tags((b"PAD", b"-" * 40), (b"SNI", b"www.example.com"), (b"VER", b"Q043"))
wide = tags((b"PAD", b"-" * 1300), (b"SNI", b"www.example.com"), (b"VER", b"Q050"))


def google(offset, octets):
    return b"\x08" + crypto(offset, octets)[1:]


save("quic", "crypto_cut", b"\x06\x05")
save("quic", "close_cut", b"\x1c\0\0\x09a")
save("quic", "initial_T051", header(0xC0, 0x54303531))
save("quic", "initial_Q050", header(0xC0, 0x51303530))
save("quic", "initial_draft_22", header(0xC0, 0xFF000016))
save("quic", "initial_draft_27", header(0xC0, 0xFF00001B))
save("quic", "initial_draft_29", header(0xC0, 0xFF00001D))
save("quic", "initial_draft_34", header(0xC0, 0xFF000022))
save("quic", "initial_mvfst", header(0xC0, 0xFACEB002))
save("quic", "initial_unknown", header(0xC0, 0x12345678))
save("quic", "greased_other_type", header(0xD0, 0x1A2A3A4A))
save("quic", "greased_long_id", header(0xC0, 0x1A2A3A4A, dcid=b"\x01" * 21))
save("quic", "unknown_other_type", header(0xD0, 0x12345678))
save("quic", "no_sample", header(0xC0, 1, rest=b"\0\x13" + b"\xaa" * 19))
save("quic", "id_cut", b"\xc0\0\0\0\1\x08\1\2")
save("quic", "negotiation_odd", header(0x80, 0, rest=b"\0\0\0\1\0"))
save("quic", "negotiation_of_none", header(0x80, 0, rest=b""))
save("quic", "short_header", b"\x40" + b"\xaa" * 30)
save("quic", "cut_in_version", b"\xc0\0\0")

save("quic_sealed", "google", datagrams((Q050, google(0, chlo))))
save("quic_sealed", "google_halves", datagrams((Q050, google(700, wide[700:]) + b"\x07\0"), (Q050, b"\x40\5\0\1\5\0" + google(0, wide[:700]))))
save("quic_sealed", "google_with_tls", datagrams((T051, google(0, whole))))
save("quic_sealed", "google_as_the_standard", datagrams((T051, crypto(0, whole))))
save("quic_sealed", "draft_22", datagrams((0x22, crypto(0, whole))))
save("quic_sealed", "greased_short", datagrams((GREASED, crypto(0, whole))))
save("quic_sealed", "greased_wrong", datagrams((AS_IT_IS, header(0xC0, 0x1A2A3A4A, rest=b"\0" + varint(1200) + b"\xaa" * 1200))))
save("quic_sealed", "wrong_tag", datagrams((AS_IT_IS, header(0xC0, 1, rest=b"\0" + varint(60) + b"\xaa" * 60) * 3)))
save("quic_sealed", "wrong_tag_known", datagrams((0, crypto(0, large[:middle])), (AS_IT_IS, header(0xC0, 1, dcid=bytes(range(1, 9)), rest=b"\0" + varint(60) + b"\xaa" * 60)),
                                                 (0, crypto(middle, large[middle:]))))
save("quic_sealed", "no_name", datagrams((0, crypto(0, hello(b"")))))
save("quic_sealed", "negotiation", datagrams((AS_IT_IS, header(0x80, 0, rest=struct.pack(">II", 1, 0x6B3343CF)))))
save("quic_sealed", "retry", datagrams((AS_IT_IS, header(0xF0, 1, rest=b"token" + b"\xaa" * 16))))
save("quic_sealed", "other_ids_follow", datagrams((AS_IT_IS, header(0xE0, 1, rest=b"\x14" + b"\xaa" * 20) + header(0xC0, 1, dcid=b"\x02" * 8))))
save("quic_sealed", "grows_full", datagrams(*[(0, crypto(i, (b"\1\1\x10\0\3\3" + huge[6:43] + b"\0\2\x13\1\1\0\xff\xff\0\x15\xff\xf0" + bytes(70000))[i:i + 30000]))
                                              for i in range(0, 66000, 30000)]))
save("quic_sealed", "ended_then_more", datagrams((0, crypto(0, whole)), (0, crypto(0, whole)), (4, crypto(0, whole)), (8, crypto(0, whole))))
save("quic_sealed", "in_the_clear", datagrams((AS_IT_IS, public(b"Q043", stream(chlo))), (AS_IT_IS, long(b"Q046", stream(chlo))), (AS_IT_IS, public(b"Q043", b"\x77" * 50))))

little = stream(chlo, order="<")
save("gquic", "Q024", public(b"Q024", b"\x01" + little, flags=0x0D))
save("gquic", "Q033_group", public(b"Q033", b"\x02\x07" + little))
save("gquic", "Q035", public(b"Q035", little))
save("gquic", "Q039", public(b"Q039", stream(chlo)))
save("gquic", "Q043_number_6", public(b"Q043", stream(chlo), flags=0x39, number=bytes(6)))
save("gquic", "Q044", long(b"Q044", stream(chlo), first=0xFF))
save("gquic", "Q046_ids", long(b"Q046", stream(chlo), ids=b"\xf1" + b"\xc1" * 18 + b"\xc2" * 4))
save("gquic", "Q048", long(b"Q048", google(0, chlo)))
save("gquic", "second_hello", public(b"Q043", stream(chlo, 0xA4, b"\x01\x04\x00")))
save("gquic", "to_the_end", public(b"Q043", b"\x80\x01" + chlo))
save("gquic", "other_stream", public(b"Q043", stream(b"aaaa", head=b"\x03") + stream(chlo)))
save("gquic", "frames_all", public(b"Q043", b"\0\0\x07" + b"\x01" + b"a" * 16 + b"\x02aaaa\0\3bye" + b"\x03" + b"a" * 8 + b"\0\3bye" + b"\x04" + b"a" * 12 + b"\x05aaaa\x06a"
                                   + b"\x65\0\5\0\1\2\0\1\1\0\2\1\0\3\3\1\0\0\0\1\1\0\1\1\0\2" + stream(chlo)))
save("gquic", "encrypted", public(b"Q043", b"\x5d" * 60))
save("gquic", "unknown_frame", public(b"Q043", b"\x20" + stream(chlo)))
save("gquic", "reset", public(b"Q043", stream(chlo), flags=0x0B))
save("gquic", "long_of_old", long(b"Q043", stream(chlo)))
save("gquic", "public_of_later", public(b"Q046", stream(chlo)))
save("gquic", "hello", chlo)
save("gquic", "hello_bad_name", tags((b"SNI", b"a..b")))
save("gquic", "hello_no_name", tags((b"PAD", b"----")))
save("gquic", "hello_name_first", tags((b"SNI", b"a.example"), (b"VER", b"Q050")))
save("gquic", "hello_backwards", b"CHLO\2\0\0\0PAD\0\4\0\0\0SNI\0\3\0\0\0----")
save("gquic", "hello_beyond", public(b"Q043", stream(b"CHLO\1\0\0\0SNI\0\xff\xff\xff\xffa.bc")))
save("gquic", "hello_129_tags", b"CHLO\x81\0\0\0")
save("gquic", "other_message", public(b"Q043", stream(b"SHLO\0\0\0\0")))
save("gquic", "frames_sealed", b"\0\x07" + google(5, b"abc") + google(0, b"hello"))
save("gquic", "frames_not_google", crypto(0, b"abc"))
