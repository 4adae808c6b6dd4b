#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the seeds of spool_fuzz and resp_fuzz beside itself, from the formats as src/sink/segment.h and RESP2 state them."""
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))


def crc32c(data):
    crc = 0xFFFFFFFF
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def head(first_seq=1, version=1, sensor=b"s1"):
    data = b"c2wspool" + struct.pack(">IIQQQ", version, 0, first_seq, 0, 0) + sensor.ljust(64, b"\0")
    data = data.ljust(124, b"\0")
    return data + struct.pack(">I", crc32c(data))


def record(seq, json=b'{"a":1}', fields=(b"ts", b"host", b"bad.example", b"c2-dns-query", b"asked")):
    payload = struct.pack(">QQ", seq, 0)
    for field in fields:
        payload += struct.pack(">H", len(field)) + field + b"\0"
    payload += struct.pack(">I", len(json)) + json
    checked = struct.pack(">IQ", len(payload), seq)
    return b"\xc2\xb7\xa5\x9d" + checked + struct.pack(">I", crc32c(checked + payload)) + payload


def spool_seeds():
    whole = head() + record(1) + record(2, b"", (b"",) * 5) + record(3, b"x" * 300)
    yield "whole", whole
    yield "torn", whole[:-40]
    yield "flipped", whole[:150] + bytes([whole[150] ^ 4]) + whole[151:]
    yield "no_head", record(7) + record(8)
    yield "junk_between", head() + record(1) + b"\xc2\xb7\xa5\x9d\0\0\0\x40junk" + record(2) + b"\xc2\xb7\xa5"
    yield "long_length", head() + b"\xc2\xb7\xa5\x9d\xff\xff\xff\xff" + b"\0" * 30 + record(1)
    yield "zeros", head() + b"\0" * 200
    yield "other_version", head(version=9) + record(1)
    yield "field_without_nul", head() + record(1).replace(b"host\0", b"hostX")
    # A record whose CRC is right and whose fields are not.
    bad = struct.pack(">QQ", 1, 0) + struct.pack(">H", 65535) + b"x" * 40
    checked = struct.pack(">IQ", len(bad), 1)
    yield "bad_field_good_crc", b"\xc2\xb7\xa5\x9d" + checked + struct.pack(">I", crc32c(checked + bad)) + bad


def bulk(text):
    return b"$%d\r\n%s\r\n" % (len(text), text)


def resp_seeds():
    top = b"*2\r\n" + bulk(b"last-generated-id") + bulk(b"0-0")
    info = bulk(b"# Server\r\nrun_id:0123456789012345678901234567890123456789\r\n")
    hello = top + info + b"+OK\r\n*0\r\n\0"

    def batch(first, n):
        return b"+OK\r\n" + b"+QUEUED\r\n" * n + b"*%d\r\n" % n + b"".join(bulk(b"%d-0" % i) for i in range(first, first + n))

    smaller = b"-ERR The ID specified in XADD is equal or smaller than the target stream top item\r\n"
    yield "one", bytes([1, 255]) + hello + bulk(b"1-0")
    yield "batch", bytes([5, 255]) + hello + batch(1, 5)
    yield "batch_in_pieces", bytes([5, 2]) + hello + batch(1, 5)
    yield "no_key", bytes([3, 255]) + b"-ERR no such key\r\n" + info + b"+OK\r\n*0\r\n\0" + batch(1, 3)
    yield "refused", bytes([4, 255]) + hello + b"+OK\r\n" + b"+QUEUED\r\n" * 4 + b"*4\r\n" + smaller * 4 + b"\0*0\r\n*0\r\n"
    yield "oom", bytes([3, 255]) + hello + b"+OK\r\n" + b"-OOM command not allowed\r\n" * 3 + b"-EXECABORT Transaction discarded because of previous errors.\r\n" + b"\0" * 4 + batch(1, 3)
    yield "loading", bytes([3, 255]) + b"-LOADING Redis is loading\r\n" * 2
    yield "noauth", bytes([3, 255]) + b"-NOAUTH Authentication required.\r\n" * 2
    yield "no_multi", bytes([3, 255]) + top + info + b"-NOPERM no\r\n-ERR EXEC without MULTI\r\n" + b"".join(b"\0" + bulk(b"%d-0" % i) for i in (1, 2, 3))
    yield "short_exec", bytes([3, 255]) + hello + b"+OK\r\n" + b"+QUEUED\r\n" * 3 + b"*1\r\n" + bulk(b"1-0")
    yield "nested", bytes([1, 255]) + b"*1\r\n" * 12
    yield "huge_bulk", bytes([1, 255]) + b"$2147483647\r\n" + b"a" * 64
    yield "huge_array", bytes([1, 255]) + b"*2147483647\r\n:1\r\n"
    yield "http", bytes([1, 255]) + b"HTTP/1.1 400 Bad Request\r\n\r\n"
    moved, queued = b"-MOVED 15224 127.0.0.1:7103\r\n", b"+OK\r\n" + b"-ASK 15224 :7103\r\n" * 3
    discarded = b"-EXECABORT Transaction discarded because of previous errors.\r\n"
    role = b"*3\r\n" + bulk(b"master") + b":0\r\n*0\r\n"
    replica = b"*5\r\n" + bulk(b"slave") + bulk(b"10.0.0.9") + b":6379\r\n" + bulk(b"connected") + b":0\r\n"
    yield "moved", bytes([3, 255]) + moved + b"\0" + hello + b"+OK\r\n-MOVED 1 2001:db8::1:6379\r\n-X\r\n-X\r\n" + discarded + b"\0" + hello + batch(1, 3)
    yield "moved_nowhere", bytes([3, 255]) + b"\0".join((b"-MOVED 15224 ?:7103\r\n", b"-MOVED 1 :0\r\n", b"-ASK 1 a b:1\r\n", b"-MOVED 1 :7001\r\n"))
    yield "ask", bytes([3, 255]) + hello + queued + discarded + b"\0+OK\r\n" + hello + b"+OK\r\n" + batch(1, 3)
    yield "asking_refused", bytes([3, 255]) + hello + queued + discarded + b"\0-NOPERM no\r\n" + hello
    yield "list_ask", bytes([67, 255]) + b"+OK\r\n-ASK 15224 127.0.0.1:7103\r\n" + discarded
    yield "master", bytes([195, 255]) + role + hello + batch(1, 3)
    yield "replica", bytes([195, 255]) + replica + b"\0-NOPERM no\r\n" + hello + batch(1, 3)
    yield "sentinels", bytes([192, 255]) + b"*2\r\n" + bulk(b"10.0.0.9") + bulk(b"6379") + b"*-1\r\n-NOAUTH no\r\n*2\r\n" + bulk(b"::1") + bulk(b"0")
    yield "nil", bytes([2, 255]) + hello + b"+OK\r\n+QUEUED\r\n+QUEUED\r\n*-1\r\n"


for name, seeds in (("spool", spool_seeds()), ("resp", resp_seeds())):
    os.makedirs(os.path.join(HERE, name), exist_ok=True)
    for seed, octets in seeds:
        with open(os.path.join(HERE, name, seed), "wb") as out:
            out.write(octets)
