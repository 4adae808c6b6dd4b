# SPDX-License-Identifier: Apache-2.0
"""One lane of the fault bench: a network namespace with a wire, a redis-server and a live c2watch in it, hits at a steady rate, and its figures."""
import ctypes
import json
import multiprocessing
import os
import re
import signal
import socket
import struct
import subprocess
import time

CLONE_NEWNET, PR_SET_PDEATHSIG = 0x40000000, 1
LISTED = "c2.faults-bench.com"
FIRST_HOST = 0x0A400000  # 10.64.0.0 and up: each hit is another host's, and so an incident and a record of its own
PORT, PROXY_PORT, SECOND_PORT = 6379, 6380, 6381
libc = ctypes.CDLL(None, use_errno=True)


def own_network():
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def die_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def run(*words):
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def until(what, seconds, is_so, every_s=0.02):
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(every_s)


class RedisError(Exception):
    pass


class Redis:
    """A client on a unix socket, in a few lines: what it asks for is this test's own."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def send(self, *args):
        args = [arg if isinstance(arg, bytes) else str(arg).encode() for arg in args]
        self.socket.sendall(b"*%d\r\n" % len(args) + b"".join(b"$%d\r\n%s\r\n" % (len(arg), arg) for arg in args))

    def take(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("closed")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            return RedisError(rest.decode())
        if kind == b"+":
            return rest
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        return None if rest == b"-1" else [self.take() for _ in range(int(rest))]

    def ask(self, *args):
        self.send(*args)
        answer = self.take()
        if isinstance(answer, RedisError):
            raise answer
        return answer

    def close(self):
        self.file.close()
        self.socket.close()


def pairs(flat):
    return dict(zip(flat[::2], flat[1::2]))


def stream_id(text):
    ms, number = text.split("-")
    return int(ms), int(number)


def frame(i):
    """Host number i asks for the listed name."""
    qname = b"".join(bytes([len(label)]) + label.encode() for label in LISTED.split(".")) + b"\0"
    dns = struct.pack(">6H", i & 0xFFFF, 0x0100, 1, 0, 0, 0) + qname + b"\0\1\0\1"
    udp = struct.pack(">4H", 40000, 53, 8 + len(dns), 0) + dns
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, struct.pack(">I", FIRST_HOST + i), bytes((203, 0, 113, 53)))
    return b"\xff" * 6 + b"\x02\0" + struct.pack(">I", FIRST_HOST + i) + b"\x08\0" + ip + udp


def send_hits(iface, per_s, sent, is_begun, is_over):
    """A process of its own: `per_s` frames a second, as even as the machine allows, until it is over; `sent` counts them."""
    die_with_parent()
    is_begun.wait()
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((iface, 0))
    began = time.monotonic()
    while not is_over.is_set():
        due = int((time.monotonic() - began) * per_s)
        for i in range(sent.value, min(due, sent.value + 50)):  # what a busy machine has kept us from, in small bursts
            wire.send(frame(i))
            sent.value = i + 1
        time.sleep(0.004)


def turns_read(path):
    """What turns.c has written."""
    with open(path, "rb") as file:
        return dict(zip(("count", "turn_ns", "work_ns", "stall_ns", "sleeps"), struct.unpack("5Q", file.read(40))))


class Lane:
    def __init__(self, name, scratch, program, turns, per_s, options):
        self.name, self.dir, self.program, self.turns, self.per_s = name, os.path.join(scratch, name), program, turns, per_s
        self.options = options  # of the row
        self.password = options.get("password", "")
        self.redis_process = self.second_process = self.watch = self.sender = None
        self.sock = os.path.join(self.dir, "sock")
        self.key = f"c2watch:{{{name}}}:hits"
        self.figures = {}  # what is measured
        self.poison = []  # hosts whose records the server does not take
        self.lines, self.file_at, self.file_rest = [], 0, b""
        os.mkdir(self.dir)
        os.chmod(self.dir, 0o777)  # c2watch is nobody
        own_network()
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "wire0", "type", "veth", "peer", "name", "lan0")
        for iface in ("wire0", "lan0"):
            with open(f"/proc/sys/net/ipv6/conf/{iface}/disable_ipv6", "w") as switch:
                switch.write("1")
            run("ip", "link", "set", iface, "up")

    # --- the server

    def redis_start(self, *more, waits=True):
        """Starts redis-server; its answers are there when this returns, unless told not to wait. With `far`, in a namespace of its own."""
        args = ["redis-server", "--port", str(PORT), "--bind", "0.0.0.0", "--protected-mode", "no", "--unixsocket", self.sock, "--dir", self.dir,
            "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--enable-debug-command", "yes"]
        args += [*self.options.get("redis", ()), *more]

        def prepare():
            die_with_parent()
            if self.options.get("far"):
                own_network()

        with open(f"{self.dir}/redis.log", "ab") as log:
            self.redis_process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=prepare)
        if self.options.get("far"):
            self.far_wire()
        if waits:
            until("redis-server answers", 20, lambda: self.refusal() == "")

    def second_start(self):
        """A replica of the server; a client of it."""
        os.mkdir(f"{self.dir}/second")
        home = f"{self.dir}/second"
        args = ["redis-server", "--port", str(SECOND_PORT), "--unixsocket", f"{home}/sock", "--dir", home, "--appendonly", "yes", "--save", "",
            "--replicaof", "127.0.0.1", str(PORT)]
        with open(f"{self.dir}/redis.log", "ab") as log:
            self.second_process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent)
        until("a second redis-server", 20, lambda: os.path.exists(f"{self.dir}/second/sock"))
        return Redis(f"{self.dir}/second/sock")

    def second_take_over(self):
        """The first is gone, for the sensor and for us."""
        self.redis_kill()
        self.redis_process, self.sock = self.second_process, f"{self.dir}/second/sock"

    def far_wire(self):
        """10.77.0.1 here, the server at 10.77.0.2."""
        pid = str(self.redis_process.pid)
        run("ip", "link", "add", "near0", "type", "veth", "peer", "name", "far0", "netns", pid)
        run("ip", "addr", "add", "10.77.0.1/24", "dev", "near0")
        run("ip", "link", "set", "near0", "up")
        run("nsenter", "-t", pid, "-n", "ip", "addr", "add", "10.77.0.2/24", "dev", "far0")
        run("nsenter", "-t", pid, "-n", "ip", "link", "set", "far0", "up")

    def redis_kill(self):
        self.redis_process.kill()
        self.redis_process.wait()
        self.redis_process = None

    def client(self):
        client = Redis(self.sock)
        if self.password:
            client.ask("AUTH", self.password)
        return client

    def ask(self, *args):
        client = self.client()
        try:
            return client.ask(*args)
        finally:
            client.close()

    def refusal(self):
        """What the server has against being asked; empty when it answers."""
        try:
            self.ask("PING")
            return ""
        except (RedisError, OSError) as error:
            return str(error) or "no answer"

    def cut_connections(self):
        self.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    # --- the sensor

    def watch_start(self):
        feed = f"{self.dir}/feed"
        with open(feed, "w") as file:
            file.write(LISTED + "\n")
        where = self.options.get("dest", "redis://127.0.0.1:{port}").format(port=PORT, proxy=PROXY_PORT, dir=self.dir) + "?maxlen=1000000"
        args = [self.program, "-i", "lan0", "-u", "nobody", "-n", self.name, "-f", feed, "--spool", f"{self.dir}/spool", "-o", where,
            "-o", f"{self.dir}/hits", *self.options.get("c2watch", ())]
        args = [arg.format(dir=self.dir) for arg in args]
        environment = dict(os.environ, TURNS=f"{self.dir}/turns", LD_PRELOAD=self.turns)
        self.said = open(f"{self.dir}/said", "wb")
        self.watch = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=self.said, stderr=self.said, env=environment, preexec_fn=die_with_parent)
        until("c2watch is watching", 20, lambda: b"watching 1 interface" in self.what_it_said())

    def what_it_said(self):
        with open(f"{self.dir}/said", "rb") as file:
            return file.read()

    def resident_kib(self, which):
        with open(f"/proc/{self.watch.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(which + ":"))

    def peak_kib_reset(self):
        with open(f"/proc/{self.watch.pid}/clear_refs", "w") as file:
            file.write("5")

    # --- hits

    def hits_ready(self):
        """Before there is any connection, which the process would keep open."""
        self.sent, self.is_begun, self.is_over = multiprocessing.Value("Q", 0, lock=False), multiprocessing.Event(), multiprocessing.Event()
        self.sender = multiprocessing.Process(target=send_hits, args=("wire0", self.per_s, self.sent, self.is_begun, self.is_over))
        self.sender.start()

    def hits_start(self):
        self.is_begun.set()

    def hits_end(self):
        self.is_over.set()
        self.sender.join(10)

    def file_read(self):
        """What the file has gained: self.lines are all of its lines."""
        try:
            with open(f"{self.dir}/hits", "rb") as file:
                file.seek(self.file_at)
                new = file.read()
        except FileNotFoundError:
            return
        self.file_at += len(new)
        *whole, self.file_rest = (self.file_rest + new).split(b"\n")
        self.lines += whole

    def file_last_id(self):
        self.file_read()
        return stream_id(json.loads(self.lines[-1])["event"]["id"].removeprefix(self.name + "-"))

    def stream_last_id(self):
        try:
            return stream_id(pairs(self.ask("XINFO", "STREAM", self.key))[b"last-generated-id"].decode())
        except (RedisError, OSError):
            return 0, 0

    def stream_len(self):
        try:
            return self.ask("XLEN", self.key)
        except (RedisError, OSError):
            return 0

    def stream_read(self):
        """Every entry: (id, json)."""
        entries, after = [], "-"
        client = self.client()
        while True:
            some = client.ask("XRANGE", self.key, after, "+", "COUNT", 1000)
            entries += [(entry[0], pairs(entry[1])[b"json"]) for entry in some]
            if len(some) < 1000:
                client.close()
                return entries
            after = "(" + some[-1][0].decode()

    def dead_letters(self):
        lines, folder = [], f"{self.dir}/spool/{self.name}"
        for name in os.listdir(folder):
            if name.endswith(".dead"):
                with open(f"{folder}/{name}", "rb") as file:
                    lines += file.read().splitlines()
        return lines

    # --- the end

    def watch_end(self):
        """Ends c2watch; its exit status, and the figures of its last statistics line."""
        self.watch.send_signal(signal.SIGTERM)
        status = self.watch.wait(30)
        lines = [line for line in self.what_it_said().decode(errors="replace").splitlines() if "stats: " in line]
        if not lines:
            raise RuntimeError(f"c2watch ended with {status} and without a word")
        return status, {name: int(value) for name, value in re.findall(r" (\w+)=(\d+)\b", lines[-1])}

    def close(self):
        if self.sender is not None and self.sender.is_alive():
            self.sender.kill()
        for process in (self.watch, self.redis_process, self.second_process):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
