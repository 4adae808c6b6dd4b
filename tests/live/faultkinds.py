# SPDX-License-Identifier: Apache-2.0
"""What may become of a sensor's Redis, and the rows of the fault bench."""
import os
import signal
import socket
import struct
import subprocess
import sys
import time

from faultlane import FIRST_HOST, PORT, SECOND_PORT, die_with_parent, pairs, run, stream_id, until
from faultproxy import HOSTILE, hostile, refusing, swallow

FAST = os.environ.get("C2WATCH_FAST", "") != ""
PER_S = 250 if FAST else 1000
BEFORE_S, AFTER_S = (0.7, 0.5) if FAST else (1.5, 1.5)
FAULT_S = 1.5 if FAST else 3.0
PAUSE_S = 4.2  # just behind an attempt, which are 2 s apart: the next is as far off as can be


# --- the faults: each returns when it is over, and may return a remark


def none(lane):
    time.sleep(FAULT_S)


def killed(lane):
    lane.redis_kill()
    time.sleep(FAULT_S)
    lane.redis_start()


def late(lane):
    time.sleep(5 if FAST else 30)
    lane.redis_start()


def stopped(lane):
    lane.redis_process.send_signal(signal.SIGSTOP)
    time.sleep(3 if FAST else 10)
    lane.redis_process.send_signal(signal.SIGCONT)


def slow(lane):
    """What TCP makes of 200 ms and 1 % loss is 87 kB a second (Mathis et al. 1997: 1448 octets / 200 ms * 1.22 / sqrt 0.01)."""
    lane.proxy.delay_s, lane.proxy.per_s = 0.2, 87_000
    time.sleep(2 * FAULT_S)
    lane.proxy.delay_s, lane.proxy.per_s = 0.0, None
    return "by a proxy: 200 ms, 87 kB a second"


def slow_netem(lane):
    run("tc", "qdisc", "add", "dev", "near0", "root", "netem", "delay", "200ms", "loss", "1%")
    time.sleep(2 * FAULT_S)
    run("tc", "qdisc", "del", "dev", "near0", "root")
    return "by netem: 200 ms, 1 % loss"


def has_netem():
    """Asked in a namespace of its own."""
    command = ["unshare", "-n", "tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "200ms", "loss", "1%"]
    return subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0


def asked(begin, end):
    """A fault that one command begins and another ends."""

    def fault(lane):
        lane.ask(*begin)
        time.sleep(FAULT_S)
        lane.ask(*end)

    return fault


def flickering(lane):
    """Refused for a moment and taken the next: the border runs through the middle of batches, where none may be taken behind one that was refused."""
    client, end, n = lane.client(), time.monotonic() + FAULT_S, 0
    while time.monotonic() < end:
        for limit in (1, 0):
            client.ask("CONFIG", "SET", "maxmemory", limit)
            time.sleep(0.001 * (1 + n % 7))
        n += 1
    client.close()
    return f"{n} times"


def failed_over(lane):
    """A replica that lacks what its master has acknowledged meanwhile takes its place."""
    lane.ask("CONFIG", "SET", "repl-diskless-sync-delay", "0")
    second = lane.second_start()
    until("a replica", 20, lambda: b"master_link_status:up" in second.ask("INFO", "replication"))
    second.ask("REPLICAOF", "NO", "ONE")
    time.sleep(FAULT_S)
    lacks = lane.stream_len()
    lane.second_take_over()
    lacks -= lane.stream_len()
    lane.proxy.upstream = SECOND_PORT
    lane.proxy.cut()
    return f"{lacks} acknowledged and gone"


def poison_up(lane):
    """In front of the server: two records in a row and one more are refused for what they are."""
    first = int(PER_S * (BEFORE_S + 0.5))
    lane.poison = [socket.inet_ntoa(struct.pack(">I", FIRST_HOST + i)) for i in (first, first + 1, first + PER_S // 2)]
    markers = [f'"{host}"' for host in lane.poison]
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "poison.py")
    command = [sys.executable, "-B", program, f"{lane.dir}/poison.sock", lane.sock, "go-on", *markers]
    subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent)
    until("the proxy listens", 10, lambda: os.path.exists(f"{lane.dir}/poison.sock"))
    os.chmod(f"{lane.dir}/poison.sock", 0o777)


def poisoned(lane):
    time.sleep(FAULT_S)
    return f"{len(lane.poison)} dead letters"


def password(right, wrong):
    """The server wants another password for a while, or one at all. Connections that stand it would not ask again: they are cut."""

    def fault(lane):
        lane.ask("CONFIG", "SET", "requirepass", wrong)
        lane.password = wrong
        lane.cut_connections()
        time.sleep(PAUSE_S)
        lane.ask("CONFIG", "SET", "requirepass", right)
        lane.password = right

    return fault


def replaced(lane):
    """Another type under the key; what was in the stream is gone with it."""
    client = lane.client()
    for words in (("MULTI",), ("DEL", lane.key), ("SET", lane.key, "x"), ("EXEC",)):
        client.ask(*words)
    client.close()
    time.sleep(FAULT_S)
    lane.ask("DEL", lane.key)


def resets(lane):
    wanted, draw = 20 if FAST else 200, lane.proxy.random
    # In the greeting; in the first batch; in a later one, so that there is some progress and the back-off stays short.
    ranges, weights = ((1, 6000), (6000, 150_000), (200_000, 600_000)), (15, 35, 50)
    lane.proxy.budget = lambda: draw.randrange(*draw.choices(ranges, weights)[0])
    lane.proxy.cut()
    until(f"{wanted} resets", 90, lambda: lane.proxy.resets >= wanted)
    lane.proxy.budget = None
    lane.proxy.cut()
    return f"{lane.proxy.resets} resets"


def black_hole(lane):
    """Frames to the server go to nobody: no answer, no reset, no ICMP."""
    run("ip", "neigh", "replace", "10.77.0.2", "dev", "near0", "lladdr", "02:00:00:00:00:99", "nud", "permanent")
    time.sleep(2 * FAULT_S)
    run("ip", "neigh", "del", "10.77.0.2", "dev", "near0")


def wiped(lane):
    """What it had acknowledged was never on a disk."""
    had = lane.stream_len()
    lane.redis_kill()
    time.sleep(FAULT_S)
    lane.redis_start()
    return f"{had} acknowledged and gone"


def loading(lane):
    """Back from kill -9 with much to read, at so many keys a second."""
    lane.ask("DEBUG", "POPULATE", 3000)
    lane.ask("BGREWRITEAOF")
    until("a new log", 20, lambda: b"aof_rewrite_in_progress:0" in lane.ask("INFO", "persistence"))
    lane.redis_kill()
    lane.redis_start("--key-load-delay", str(int(FAULT_S * 1e6 / 3000)), "--loading-process-events-interval-bytes", "1024", waits=False)
    until("LOADING", 10, lambda: "LOADING" in lane.refusal())
    until("loaded", 60, lambda: lane.refusal() == "")


def busy(lane):
    lane.ask("CONFIG", "SET", "busy-reply-threshold", "50")
    client = lane.client()
    client.send("EVAL", "while true do end", "0")
    time.sleep(FAULT_S)
    lane.ask("SCRIPT", "KILL")
    client.close()


def no_disk(lane):
    """Its snapshots fail: a folder is where the file would be."""
    os.makedirs(f"{lane.dir}/dump.rdb/x")
    lane.ask("BGSAVE")
    until("a failed snapshot", 10, lambda: b"rdb_last_bgsave_status:err" in lane.ask("INFO", "persistence"))
    time.sleep(FAULT_S)
    os.rmdir(f"{lane.dir}/dump.rdb/x")
    os.rmdir(f"{lane.dir}/dump.rdb")
    lane.ask("BGSAVE")
    until("a good snapshot", 10, lambda: b"rdb_last_bgsave_status:ok" in lane.ask("INFO", "persistence"))


def crowded(lane):
    """All of its connections are somebody else's."""
    client = lane.client()
    client.ask("CONFIG", "SET", "maxclients", "1")
    client.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    time.sleep(FAULT_S)
    client.ask("CONFIG", "SET", "maxclients", "1000")
    client.close()


def slots(begin, end):
    """A server with cluster mode on that gives its slots away and takes them back."""

    def fault(lane):
        lane.ask("CLUSTER", begin, "0", "16383")
        time.sleep(FAULT_S)
        lane.ask("CLUSTER", end, "0", "16383")
        until("the cluster is well", 10, lambda: b"cluster_state:ok" in lane.ask("CLUSTER", "INFO"))

    return fault


def all_slots(lane):
    lane.ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
    until("the cluster is well", 10, lambda: b"cluster_state:ok" in lane.ask("CLUSTER", "INFO"))


def answered(answer, seconds=FAULT_S):
    """The proxy answers in the server's place."""

    def fault(lane):
        lane.proxy.answer = answer
        lane.proxy.cut()
        time.sleep(seconds)
        lane.proxy.answer = None
        lane.proxy.cut()

    return fault


def malicious(lane):
    """Each kind of malice once at least."""
    lane.proxy.answer, lane.proxy.connections = hostile, 0
    lane.proxy.cut()
    kinds = 3 if FAST else len(HOSTILE)
    until("every kind of malice", 90, lambda: lane.proxy.connections > kinds)
    lane.proxy.answer = None
    lane.proxy.cut()
    return f"{lane.proxy.connections} connections"


def trimmed(lane):
    """A consumer that is slower than the hits, and somebody who keeps the stream short. XINFO tells what it lost; it is not sent again."""
    lane.ask("XGROUP", "CREATE", lane.key, "soc", "0")
    client, read, end = lane.client(), 0, time.monotonic() + 2 * FAULT_S
    while time.monotonic() < end:
        got = client.ask("XREADGROUP", "GROUP", "soc", "one", "COUNT", 5, "STREAMS", lane.key, ">")
        read += len(got[0][1]) if got else 0
        time.sleep(0.1)
        client.ask("XTRIM", lane.key, "MAXLEN", lane.options["kept"])
    for words in (("MULTI",), ("XINFO", "GROUPS", lane.key), ("XINFO", "STREAM", lane.key)):  # hits still come, and none may come between the two
        client.ask(*words)
    groups, stream = client.ask("EXEC")
    group, stream = pairs(groups[0]), pairs(stream)
    client.close()
    behind = stream_id(group[b"last-delivered-id"].decode()) < stream_id(stream[b"first-entry"][0].decode())
    lane.figures["told"] = behind and group[b"lag"] == stream[b"entries-added"] - read and group[b"lag"] > stream[b"length"]
    return f"the group's lag is {group[b'lag']}, the stream's length {stream[b'length']}"


# --- the rows: name, title, fault, Suricata's loss of 4,000 (synchronous, pipelined, asynchronous), and where the lane differs from the others

FAR, PROXIED = {"far": True, "dest": "redis://10.77.0.2:{port}"}, {"dest": "redis://127.0.0.1:{proxy}", "proxy": True}
NO_DISK = {"redis": ("--appendonly", "no")}
CLUSTER = {"redis": ("--cluster-enabled", "yes"), "up": all_slots}
SECRET = {"redis": ("--requirepass", "hush"), "c2watch": ("--password-file", "{dir}/secret"), "password": "hush"}
ROWS = (
    ("down", "down at start", late, None, {"is_late": True}),
    ("resets", "resets at random octets", resets, "3, 30, 6 (by 3 resets)", PROXIED),
    ("hostile", "hostile and endless answers", malicious, None, PROXIED),
    ("stopped", "SIGSTOP", stopped, "0, 0, 0; writer blocked 3.0, 3.0, 0 s", {}),
    ("none", "no fault", none, "0, 0, 0", {}),
    ("killed", "kill -9 and restart", killed, "2511, 2769, 2707", {}),
    ("slow", "slow, 200 ms and 1 % loss", *((slow_netem, None, FAR) if has_netem() else (slow, None, PROXIED))),
    ("readonly", "READONLY", asked(("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")), "1225, 1324, 1364", {}),
    ("oom", "OOM, noeviction", asked(("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0")), "1225, 1384, 1362", {}),
    ("flicker", "OOM on and off", flickering, None, {}),
    ("failover", "failover, lost tail", failed_over, None, PROXIED),
    ("auth", "AUTH appears, and goes", password("", "x"), "1720, 1506, 1347", {}),
    ("wrongpass", "another password", password("hush", "other"), None, SECRET),
    ("noperm", "NOPERM", asked(("ACL", "SETUSER", "default", "-xadd"), ("ACL", "SETUSER", "default", "+xadd")), None, {}),
    ("wrongtype", "WRONGTYPE, stream gone", replaced, "1226, 1356, 1360", {}),
    ("blackhole", "black hole", black_hole, None, FAR),
    ("wiped", "no disk, kill -9", wiped, None, NO_DISK),
    ("loading", "LOADING", loading, None, {}),
    ("busy", "BUSY script", busy, None, {}),
    ("misconf", "MISCONF", no_disk, None, {"redis": ("--save", "3600 1000000")}),
    ("replicas", "NOREPLICAS", asked(("CONFIG", "SET", "min-replicas-to-write", "1"), ("CONFIG", "SET", "min-replicas-to-write", "0")), None, {}),
    ("maxclients", "max clients", crowded, None, {}),
    ("clusterdown", "CLUSTERDOWN", slots("DELSLOTSRANGE", "ADDSLOTSRANGE"), None, CLUSTER),
    ("moved", "MOVED to a dead node", answered(refusing("MOVED 1234 127.0.0.1:1")), None, PROXIED),
    ("masterdown", "MASTERDOWN", answered(refusing("MASTERDOWN Link with MASTER is down")), None, PROXIED),
    ("swallow", "server that never answers", answered(swallow, 2 * FAULT_S), None, PROXIED),
    ("poison", "poison records", poisoned, None, {"dest": "unix://{dir}/poison.sock", "up": poison_up}),
    ("trimmed", "trimmed under a slow consumer", trimmed, None, {"kept": 300}),
)
