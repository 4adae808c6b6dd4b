#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the scenario: make.py FILE. A small office, some minutes at three in the morning; contrib/try shows what c2watch finds in it.

  ws-0142   10.20.30.41, a Windows workstation with a 3CX client. It gets its lease, asks for its PBX and for 3CX's own servers, then for a listed
            name; is answered; opens TLS to that address, with a ClientHello in two segments, and is answered; and asks on, every ten seconds.
  mac-0007  10.20.120.7 on VLAN 120. It asks for another listed name, which no longer exists; and for a harmless name whose CNAME is a listed one.

Both also ask for look-alikes, which no hit may come from.
"""
import sys

from frames import Connection, Host, answer, dhcp_lease, hello, noise, pcap, question, records, server_hello, udp

START_NS = 1772420400 * 10**9  # 2026-03-02T03:00:00Z

GATEWAY = Host("02:00:00:00:00:01", "10.20.30.1")
GATEWAY_120 = Host("02:00:00:00:00:01", "10.20.120.1", (120,))
WORKSTATION = Host("02:00:00:00:01:42", "10.20.30.41")
MAC = Host("02:00:00:00:00:07", "10.20.120.7", (120,))
VENDOR = Host(GATEWAY.mac, "198.51.100.20")  # what is behind the gateway has the gateway's MAC
C2 = Host(GATEWAY.mac, "203.0.113.66")


class Story:
    """Frames in order of time; a frame's answer follows it closely."""

    def __init__(self):
        self.frames = []
        self.at = 0

    def tell(self, at_s, *frames):
        self.at = START_NS + round(at_s * 10**9)
        for frame in frames:
            self.frames.append((self.at, frame))
            self.at += 12_345_000


def lookup(host, resolver, sport, name, ident, *answers, rcode=0):
    return [
        udp(host, sport, resolver, 53, question(name, ident)),
        udp(resolver, 53, host, sport, answer(name, ident, *answers, rcode=rcode)),
    ]


def tls(connection, name, post_quantum):
    """A connection as far as a mirror port can read it: the hello, some of what follows, the end."""
    frames = connection.open()
    frames += connection.send(records(hello(name, name, post_quantum)))
    frames.append(connection.reply("A"))
    frames.append(connection.reply("PA", records(server_hello(name))))
    frames += connection.send(b"\x17\x03\x03" + (300).to_bytes(2, "big") + noise(name + " request", 300))
    return frames + connection.close()


def story():
    s = Story()
    s.tell(0, *dhcp_lease(WORKSTATION, GATEWAY, "ws-0142", 0x0142, "MSFT 5.0", "ws-0142.corp.example"))
    s.tell(2, *lookup(WORKSTATION, GATEWAY, 50001, "pbx.corp.example", 101, ("pbx.corp.example", "A", "10.20.30.5")))
    s.tell(3, *lookup(WORKSTATION, GATEWAY, 50002, "downloads-global.3cx.com", 102, ("downloads-global.3cx.com", "A", VENDOR.ip)))
    s.tell(4, *tls(Connection(WORKSTATION, 50101, VENDOR, 443), "downloads-global.3cx.com", False))
    s.tell(9, *dhcp_lease(MAC, GATEWAY_120, "mac-0007", 0x0007))

    s.tell(20, *lookup(WORKSTATION, GATEWAY, 50003, "msstorageazure.com", 103, ("msstorageazure.com", "A", C2.ip)))
    s.tell(21, *tls(Connection(WORKSTATION, 50102, C2, 443), "msstorageazure.com", True))
    for i in range(5):
        s.tell(30 + 10 * i, *lookup(WORKSTATION, GATEWAY, 50010 + i, "msstorageazure.com", 110 + i, ("msstorageazure.com", "A", C2.ip)))

    for i, name in enumerate(("akamaicontainer.com.evil.example", "x-akamaicontainer.com", "notsbmsa.wiki")):
        s.tell(81 + i, *lookup(WORKSTATION, GATEWAY, 50020 + i, name, 120 + i, rcode=3))
        s.tell(81.5 + i, *lookup(MAC, GATEWAY_120, 50020 + i, name, 130 + i, rcode=3))

    s.tell(90, *lookup(MAC, GATEWAY_120, 50030, "sbmsa.wiki", 140, rcode=3))
    s.tell(95, *lookup(MAC, GATEWAY_120, 50031, "cdn.updates.example", 141, ("cdn.updates.example", "CNAME", "glcloudservice.com"),
                       ("glcloudservice.com", "A", "203.0.113.77")))
    s.tell(100, *lookup(WORKSTATION, GATEWAY, 50040, "pbx.corp.example", 150, ("pbx.corp.example", "A", "10.20.30.5")))
    return s.frames


if __name__ == "__main__":
    pcap(sys.argv[1], story())
