#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Takes a sensor's records out of Redis: consumer.py SENSOR MY_NAME [URL], else $REDIS_URL. All that run share the work, each record is one's; what one leaves behind
unacknowledged goes to the others after IDLE_MS (60000). SIGTERM ends it between two records. Needs python3-redis, 4.3 or later."""
import json
import os
import signal
import sys

import redis


def take(record):
    """Yours. When it returns, the record is done with; event.id is the same should it ever come again."""
    print(json.dumps(record), flush=True)


if len(sys.argv) not in (3, 4):
    sys.exit("usage: consumer.py SENSOR MY_NAME [URL]")
sensor, me, url = (sys.argv[1:] + [os.environ.get("REDIS_URL", "redis://127.0.0.1:6379")])[:3]
stream, group, idle_ms = f"c2watch:{{{sensor}}}:hits", "siem", int(os.environ.get("IDLE_MS", "60000"))
server, is_over = redis.Redis.from_url(url, decode_responses=True), []
signal.signal(signal.SIGTERM, lambda *_: is_over.append(True))
try:
    server.xgroup_create(stream, group, "0", mkstream=True)
except redis.ResponseError as error:
    if not str(error).startswith("BUSYGROUP"):
        raise
while not is_over:
    left = server.xautoclaim(stream, group, me, idle_ms, count=100)[1]
    new = server.xreadgroup(group, me, {stream: ">"}, count=100, block=None if left else 1000)
    for entry, fields in left + [entry for _, entries in new for entry in entries]:
        if fields and not is_over:
            take(json.loads(fields["json"]))
            server.xack(stream, group, entry)
