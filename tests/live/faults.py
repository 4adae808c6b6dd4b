#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The fault bench: faults.py C2WATCH TURNS SCRATCH [ROW...]. Prints TAP, and the table.

Each row is a lane of its own: hits at a steady rate reach a live c2watch, whose Redis is in trouble for a while. What c2watch wrote to a file is
compared with what is in the stream, line by line.
"""
import contextlib
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import threading
import time
import traceback

from faultkinds import AFTER_S, BEFORE_S, FAST, PER_S, ROWS
from faultlane import Lane, PORT, PROXY_PORT, die_with_parent, stream_id, turns_read, until
from faultproxy import Proxy

LANES = 2 if FAST else 4
STALL_MAX_NS = 1_000_000
RETRY_S, PER_S_DRAINED = 5, 20000
with open(sys.argv[1], "rb") as program:
    IS_SANITIZED = b"__asan_init" in program.read()
GROWN_MAX_KIB, GROWN_PER_HIT_KIB = (128 if IS_SANITIZED else 16) * 1024, 1  # an incident each, up to 30,000

COLUMNS = "%-29s %5s %6s %6s %5s %5s %5s %8s %5s %7s %5s  %s"
SURICATA = (
    "Suricata: its Redis writer (util-log-redis.c) compiled unmodified against stub headers, RPUSH, 4,000 events at 1 kHz, redis 7.0.15 with AOF",
    "always, one repetition; the fault lasted 2.5 s (kill -9), 3 s (SIGSTOP), 1.5 s (others). Synchronous, pipelined (10), asynchronous (libevent).",
)


class Row:
    def __init__(self, row, program, turns, scratch):
        self.name, self.title, self.fault, self.suricata, self.options = row
        self.lane = Lane(self.name, scratch, program, turns, PER_S, self.options)

    def up(self):
        lane, options = self.lane, self.options
        if "password" in options:
            with open(f"{lane.dir}/secret", "w") as file:
                file.write(options["password"])
            os.chmod(file.name, 0o600)
            shutil.chown(file.name, "nobody")
        if not options.get("is_late"):
            lane.redis_start()
        if "up" in options:
            options["up"](lane)
        lane.hits_ready()
        if "proxy" in options:
            lane.proxy = Proxy(PROXY_PORT, PORT, self.name)
        lane.watch_start()

    def measure(self):
        """Runs the row; its figures."""
        lane = self.lane
        figures = lane.figures
        figures.update(title=self.title, suricata=self.suricata)
        lane.hits_start()
        time.sleep(BEFORE_S)
        before_kib = lane.resident_kib("VmRSS")
        lane.peak_kib_reset()
        began = time.monotonic()
        remark = self.fault(lane)
        ended = time.monotonic()
        figures["remark"], figures["fault_s"] = remark or "", ended - began
        last = lane.file_last_id()
        backlog = sum(1 for _ in lane.lines) - lane.stream_len() if "kept" not in self.options else 0
        limit_s = RETRY_S + max(backlog, 0) / PER_S_DRAINED
        with contextlib.suppress(TimeoutError):
            until("drained", 6 * limit_s, lambda: lane.stream_last_id() >= last)
        figures.update(backlog=max(backlog, 0), limit_s=limit_s, drained_s=time.monotonic() - ended)
        time.sleep(AFTER_S)
        lane.hits_end()
        self.settle()
        figures["grown_kib"] = lane.resident_kib("VmHWM") - before_kib
        figures.update(turns_read(f"{lane.dir}/turns"))
        status, stats = lane.watch_end()
        figures["dropped"] = stats["dropped"] + stats["missed"]
        figures["untrue"] = [name for name in ("refused", "failed", "waiting") if stats.get(name, 0) != 0]
        if status != (1 if lane.poison else 0):
            figures["untrue"].append(f"exit status {status}")
        if stats.get("dead", 0) != len(lane.poison):
            figures["untrue"].append("dead")
        self.compare(figures)
        return figures

    def settle(self):
        """Until all is where it goes, or nothing moves any more."""
        lane = self.lane
        before, since = None, time.monotonic()
        while time.monotonic() - since < 3:
            lane.file_read()
            now = len(lane.lines), lane.stream_last_id()
            if now != before:
                before, since = now, time.monotonic()
            elif now[0] >= lane.sent.value and now[1] == lane.file_last_id():
                break
            time.sleep(0.1)

    def compare(self, figures):
        lane = self.lane
        lane.file_read()
        wanted = [json.loads(line) for line in lane.lines]
        made = {record["source"]["ip"] for record in wanted if record["event"]["kind"] == "alert"}
        got = lane.stream_read()
        if "kept" in self.options:  # the end of it, that is
            wanted, lane.lines = wanted[-len(got):], lane.lines[-len(got):]
        ids = [record["event"]["id"].removeprefix(lane.name + "-") for record in wanted]
        got_ids = [entry.decode() for entry, _ in got]
        texts = dict(zip(ids, lane.lines))
        figures["made"], figures["records"] = lane.sent.value, len(made)
        figures["stored"] = len(got)
        figures["lost"] = len(set(ids) - set(got_ids))
        figures["double"] = len(got_ids) - len(set(got_ids)) + len(got) - len({json for _, json in got})
        numbers = [stream_id(entry) for entry in got_ids]
        figures["disorder"] = sum(1 for a, b in zip(numbers, numbers[1:]) if a >= b)
        changed = [(entry, text) for entry, (_, text) in zip(got_ids, got) if texts.get(entry) != text]
        figures["strange"] = sum(1 for entry, text in changed if not self.stands_in(entry, text, texts.get(entry)))

    def stands_in(self, entry, text, record):
        """For a record that the server does not take, which is kept elsewhere: a gap with its id."""
        event = json.loads(text)["event"]
        return event["dataset"] == "c2watch.gap" and event["id"].endswith("-" + entry) and record in self.lane.dead_letters()


def row_run(row, program, turns, scratch, pipe):
    die_with_parent()
    lane = None
    try:
        made = Row(row, program, turns, scratch)
        lane = made.lane
        made.up()
        pipe.send(made.measure())
    except Exception:
        said = lane.what_it_said().decode(errors="replace") if lane is not None and lane.watch is not None else ""
        pipe.send({"title": row[1], "error": traceback.format_exc() + said[-2000:]})
    finally:
        if lane is not None:
            lane.close()
        pipe.close()


# A worker that sleeps between two polls, and one that works. What the bench's measure must tell apart.
ASLEEP, AWAKE = "time.sleep(0.005)", "while time.thread_time() < 0.3: pass"
PRETENDER = """
import ctypes, select, time
ctypes.CDLL(None).prctl(15, b"worker-x", 0, 0, 0)
poll = select.poll()
poll.poll(1)
%s
poll.poll(1)
"""


def turns_of(body, turns, scratch):
    path = os.path.join(scratch, "pretender")
    subprocess.run([sys.executable, "-c", PRETENDER % body], check=True, env=dict(os.environ, LD_PRELOAD=turns, TURNS=path))
    figures = turns_read(path)
    os.unlink(path)
    return figures


class Report:
    def __init__(self):
        self.n = self.failed = 0

    def check(self, is_good, what):
        self.n += 1
        self.failed += not is_good
        print(f"{'ok' if is_good else 'not ok'} {self.n} - {what}", flush=True)

    def row(self, f):
        title = f["title"]
        if "error" in f:
            self.check(False, f"{title}: the row could be run")
            print("\n".join("# " + line for line in f["error"].splitlines()), flush=True)
            return
        wrong = [f"{name} {f[name]}" for name in ("lost", "double", "disorder", "strange") if f[name] != 0] + f["untrue"]
        what = ", ".join(wrong) or "each once and in order"
        self.check(f["records"] == f["made"] and not wrong, f"{title}: {f['made']} hits, {f['records']} records, {what}")
        what = f"{f['count']} turns of a capture worker, longest stall {f['stall_ns'] / 1e6:.3f} ms"
        self.check(f["count"] > 0 and f["stall_ns"] <= STALL_MAX_NS, f"{title}: {what}")
        self.check(f["dropped"] == 0, f"{title}: {f['dropped']} frames dropped")
        what = f"{f['backlog']} were waiting, there {f['drained_s']:.2f} s after its end; {f['limit_s']:.2f} s allowed"
        self.check(f["drained_s"] <= f["limit_s"], f"{title}: {what}")
        allowed_kib = GROWN_MAX_KIB + GROWN_PER_HIT_KIB * min(f["made"], 30000)
        self.check(f["grown_kib"] <= allowed_kib, f"{title}: grown by {f['grown_kib'] / 1024:.1f} MiB; {allowed_kib / 1024:.1f} MiB allowed")
        if "told" in f:
            self.check(f["told"], f"{title}: XINFO GROUPS tells the consumer's loss")

    def table(self, rows):
        for line in SURICATA:
            print("# " + line)
        print("# " + COLUMNS % ("", "fault", "hits", "", "", "twice", "of", "longest", "", "drained", "grown", "Suricata"))
        print("# " + COLUMNS % ("Redis", "s", "made", "stored", "lost", "there", "order", "stall ms", "drops", "s", "MiB", "lost of 4,000"))
        for f in rows:
            figures = [f[name] for name in ("made", "stored", "lost", "double", "disorder")]
            times = f"{f['stall_ns'] / 1e6:.3f}", f["dropped"], f"{f['drained_s']:.2f}", f"{f['grown_kib'] / 1024:.1f}"
            remark = f["remark"] and f" ({f['remark']})"
            print("# " + COLUMNS % (f["title"], f"{f['fault_s']:.1f}", *figures, *times, (f["suricata"] or "not measured") + remark))
        for f in rows:
            figures = f"longest {f['turn_ns'] / 1e6:.2f} ms by the wall, {f['work_ns'] / 1e6:.2f} ms of work; slept in {f['sleeps']}"
            print(f"# turns, {f['title']}: {f['count']}, {figures}")


def main():
    program, turns, scratch, *names = sys.argv[1:]
    rows = [row for row in ROWS if not names or row[0] in names]
    report, results, lock = Report(), {}, threading.Lock()
    waiting = list(rows)
    asleep, awake = turns_of(ASLEEP, turns, scratch), turns_of(AWAKE, turns, scratch)
    report.check(asleep["stall_ns"] >= 5e6, f"the measure: 5 ms asleep between two polls are a stall of {asleep['stall_ns'] / 1e6:.3f} ms")
    report.check(awake["stall_ns"] == 0 and awake["work_ns"] > 1e8, f"the measure: {awake['work_ns'] / 1e6:.0f} ms of work are none")

    def lane():
        while True:
            with lock:
                if not waiting:
                    return
                row = waiting.pop(0)
            ours, theirs = multiprocessing.Pipe(False)
            process = multiprocessing.Process(target=row_run, args=(row, program, turns, scratch, theirs))
            process.start()
            theirs.close()
            try:
                figures = ours.recv()
            except EOFError:
                figures = {"title": row[1], "error": "the lane ended"}
            process.join()
            if "error" not in figures:
                shutil.rmtree(os.path.join(scratch, row[0]))
            with lock:
                results[row[0]] = figures
                report.row(figures)

    threads = [threading.Thread(target=lane) for _ in range(LANES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report.table([results[row[0]] for row in rows if "error" not in results[row[0]]])
    print(f"1..{report.n}")
    sys.exit(report.failed > 0)


if __name__ == "__main__":
    main()
