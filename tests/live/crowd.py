#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""
Writes a capture of N hosts that each ask for one listed name, a millisecond apart, to standard output: crowd.py N NAME [RATE]. With RATE, that many a second
are written, as if they came from an interface.
"""
import struct
import sys
import time

count, name = int(sys.argv[1]), sys.argv[2]
rate = int(sys.argv[3]) if len(sys.argv) > 3 else 0
begun = time.monotonic()
qname = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
dns = struct.pack(">6H", 1, 0x0100, 1, 0, 0, 0) + qname + b"\0\1\0\1"
udp = struct.pack(">4H", 40000, 53, 8 + len(dns), 0) + dns
out = sys.stdout.buffer
out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))  # raw IP
for i in range(count):
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, struct.pack(">I", 0x0A000001 + i), bytes((10, 255, 255, 53)))
    at_us = 1772420400 * 10**6 + i * 1000
    out.write(struct.pack("<IIII", at_us // 10**6, at_us % 10**6, len(ip + udp), len(ip + udp)) + ip + udp)
    if rate and i % 10 == 9:
        out.flush()
        time.sleep(max(0, begun + (i + 1) / rate - time.monotonic()))
