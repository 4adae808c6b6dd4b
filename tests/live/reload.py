#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reloads a sensor under load, N times: reload.py IFACE PID TARGET SETS HITS SAID N.

Sends queries on IFACE without a pause: most for names that no set has, one in twenty for names that both have. Meanwhile it renames SETS/0 and SETS/1
in turn to TARGET, tells PID in nine of ten cases (the tenth it has to notice itself), asks for a name that only the new set has until HITS holds it, and
waits until SAID tells of the reload. Prints figures: one `key value` a line.
"""
import os
import random
import signal
import socket
import struct
import sys
import time

IFACE, PID, TARGET, SETS, HITS, SAID, COUNT = sys.argv[1:]
PID, COUNT = int(PID), int(COUNT)
HOSTS, COMMON, BURST, PAUSE_S = 200, 4, 40, 0.002


def frame(host, name):
    qname = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
    dns = struct.pack(">6H", random.getrandbits(16), 0x0100, 1, 0, 0, 0) + qname + b"\0\1\0\1"
    udp = struct.pack(">4H", 40000, 53, 8 + len(dns), 0) + dns
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes((10, 66, 1, host)), bytes((203, 0, 113, 9)))
    return b"\xff" * 6 + bytes((2, 0, 10, 66, 1, host)) + b"\x08\x00" + ip + udp


class Tail:
    """Counts how often a pattern is in what a file has gained."""

    def __init__(self, path):
        self.path, self.at = path, 0

    def count(self, pattern):
        try:
            with open(self.path, "rb") as file:
                file.seek(self.at)
                new = file.read()
        except FileNotFoundError:
            return 0
        new = new[: new.rfind(b"\n") + 1]
        self.at += len(new)
        return new.count(pattern)


def resident_kib():
    with open(f"/proc/{PID}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


misses = [frame(random.randrange(1, HOSTS), f"w{random.getrandbits(48):x}.nobody-lists-this.com") for _ in range(4000)]
probes = [frame(1 + host, f"common{name:06x}.com") for host in range(HOSTS) for name in range(COMMON)]
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind((IFACE, 0))
sent = asked = 0


def load():
    """A burst, with two probes in it."""
    global sent, asked
    for i in range(BURST):
        if i % (BURST // 2) == 0:
            wire.send(probes[asked % len(probes)])
            asked += 1
        else:
            wire.send(misses[(sent + i) % len(misses)])
    sent += BURST
    time.sleep(PAUSE_S)


# Until every table has taken in what there is, and memory rests.
before_kib, began = 0, time.monotonic()
while resident_kib() > before_kib + 64 and time.monotonic() < began + 20:
    before_kib, now = resident_kib(), time.monotonic()
    while time.monotonic() < now + 2:
        load()
before_kib = resident_kib()
hits, said = Tail(HITS), Tail(SAID)
worst_s = worst_seen_s = 0.0
began = time.monotonic()
for turn in range(COUNT):
    of = (turn + 1) % 2
    name = f"own{of}{turn:06x}.com"
    os.link(f"{SETS}/{of}", f"{TARGET}.new")
    renamed = time.monotonic()
    os.rename(f"{TARGET}.new", TARGET)
    is_told = turn % 10 != 0
    if is_told:
        os.kill(PID, signal.SIGHUP)
    own = frame(1, name)
    is_seen = is_over = False
    while not (is_seen and is_over):
        load()
        if not is_seen:
            wire.send(own)
            is_seen = hits.count(f'"{name}"'.encode()) > 0
            took_s = time.monotonic() - renamed
        is_over = is_over or said.count(b"reload: 1000000 names") > 0
        if time.monotonic() > renamed + 10:
            print("stuck", turn)
            sys.exit(1)
    worst_s = max(worst_s, took_s)
    worst_seen_s = worst_seen_s if is_told else max(worst_seen_s, took_s)
lasted_s = time.monotonic() - began
time.sleep(1)
after_kib = resident_kib()
print("sent", sent)
print("asked", asked)
print("incidents", len(probes))
print("lasted_ms", round(lasted_s * 1000))
print("per_s", round(sent / lasted_s))
print("worst_ms", round(worst_s * 1000))
print("worst_unasked_ms", round(worst_seen_s * 1000))
print("before_kib", before_kib)
print("after_kib", after_kib)
