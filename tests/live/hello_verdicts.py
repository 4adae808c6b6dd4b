#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""
What tests/live/hellos.t makes of what was seen: hello_verdicts.py CLIENTS HOSTS READ SEEN HITS writes `got|wanted|what` a line, equal where all is well.

CLIENTS is the test's table of those that were started, HOSTS has their addresses; READ is hello_reader.py's, SEEN are c2watch's observations, HITS its
records.
"""
import collections
import json
import sys

CLIENTS, HOSTS, READ, SEEN, HITS = sys.argv[1:]
INSIDE = ("10.66.0.10", "fd66::10")
ACTIONS = {  # in the order in which a client comes to them
    "dns": "c2-dns-query",
    "connect": "c2-proxy-connect",
    "socks": "c2-proxy-connect",
    "http": "c2-http-request",
    "tls": "c2-tls-client-hello",
    "dtls": "c2-tls-client-hello",
    "quic": "c2-quic-client-hello",
}
VERSIONS = {"10": "tls 1.0", "11": "tls 1.1", "12": "tls 1.2", "13": "tls 1.3", "d1": "dtls 1.0", "d2": "dtls 1.2", "d3": "dtls 1.3"}

Hello = collections.namedtuple("Hello", "at port kind name alpn ech ja4 frames records", defaults=("", ""))


def lines(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def by_address(items):
    found = collections.defaultdict(list)
    for item in items:
        found[item.at].append(item)
    return found


def listed(items):
    return "+".join(sorted(set(items)))


def summary(hello):
    return ":".join([hello.kind, hello.ja4[1:3], hello.alpn] + [mark for mark in (hello.ech, hello.frames, hello.records) if mark])


def is_same(seen, read):
    """JA4 of DTLS is not asked for."""
    return (seen.alpn, seen.ech) == (read.alpn, read.ech) and (seen.ja4 == read.ja4 or seen.ja4 == "" and read.kind.startswith("dtls"))


def differences(seen, read):
    """Each reader's hellos that the other has not, or has otherwise. c2watch may look at a connection's second hello too."""
    known = {(hello.port, hello.kind, hello.name): hello for hello in read}
    told = {(hello.port, hello.kind, hello.name) for hello in seen}
    found = ["not read: %s" % " ".join(hello) for hello in seen if (hello.port, hello.kind, hello.name) not in known]
    found += ["not seen: %s" % " ".join(hello) for key, hello in known.items() if key not in told]
    for hello in seen:
        options = [other for other in read if (other.port, other.kind, other.name) == (hello.port, hello.kind, hello.name)]
        if options and not any(is_same(hello, other) for other in options):
            found.append("seen %s, read %s" % (" ".join(hello), " ".join(options[0])))
    return "; ".join(found)


addresses = dict(reversed(line.split()) for line in lines(HOSTS))
read_at = by_address(Hello(*line.split("\t")) for line in lines(READ))
kinds_at, hellos_at, hits_of = collections.defaultdict(list), [], collections.defaultdict(list)
for line in lines(SEEN):
    sight = json.loads(line)
    at, port = (sight["dst"], sight["sport"]) if sight["src"] in INSIDE else (sight["src"], sight["dport"])
    kinds_at[at].append((sight["kind"], sight["name"], sight.get("c2", "")))
    if sight["kind"].split("_")[0] in ("tls", "dtls", "quic"):
        alpn = ",".join(sight.get("alpn", []))
        hellos_at.append(Hello(at, str(port), sight["kind"], sight["name"], alpn, "ech" if sight.get("ech") else "", sight.get("ja4", "")))
hellos_at = by_address(hellos_at)
for line in lines(HITS):
    record = json.loads(line)
    if record["event"]["kind"] == "alert":
        hits_of[record["threat"]["indicator"]["name"]].append(record)

for line in lines(CLIENTS):
    label, _, wanted, _ = line.split(maxsplit=3)
    name, wanted = label + ".hello.example", wanted.split("+")
    at, kinds = addresses[name], {item.split(":")[0] for item in wanted}
    hellos = [item for item in wanted if ":" in item]
    named = [(kind, "", "") if kind.endswith("_nosni") else (kind, name, name) for kind in kinds]
    print(listed(map(" ".join, kinds_at[at])), listed(map(" ".join, named)), label + ": kind, name, indicator", sep="|")
    if hellos:
        print(listed(map(summary, read_at[at])), listed(hellos), label + ": what its hello is", sep="|")
        print(differences(hellos_at[at], read_at[at]), "", label + ": c2watch reads what the other reader does", sep="|")
    if named[0][1]:
        first = hits_of[name][0] if hits_of[name] else {}
        got = [first.get("event", {}).get("action", "no hit"), first.get("destination", {}).get("ip", "")]
        action = next(ACTIONS[kind] for kind in ACTIONS if kind in kinds)
        print(" ".join(got), action + " " + at, label + ": hit", sep="|")
    if hellos and named[0][1]:
        tls = [hit["tls"] for hit in hits_of[name] if "tls" in hit]
        got = {one["version_protocol"] + " " + one["version"] for one in tls if "version" in one}
        offered = {VERSIONS.get(hello.ja4[1:3]) for hello in read_at[at]} - {None}
        print(listed(got), listed(offered) or listed(got), label + ": version in its records", sep="|")
