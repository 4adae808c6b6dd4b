# SPDX-License-Identifier: Apache-2.0
"""A proxy in front of a redis-server that delays, cuts, swallows, or answers itself, as a fault of the bench wants it."""
import asyncio
import random
import socket
import struct
import threading
import time


class Proxy:
    """Listens on `port` of 127.0.0.1. What is set from outside holds for what comes next."""

    def __init__(self, port, upstream, seed):
        self.port, self.upstream, self.random = port, upstream, random.Random(seed)
        self.delay_s = 0.0  # each answer is so late
        self.per_s = None  # so many octets a second reach the server
        self.budget = None  # a function: after how many octets a connection is reset
        self.answer = None  # a coroutine function (proxy, reader, writer) that takes the server's place
        self.resets = self.connections = 0
        self.writers = set()
        self.loop = asyncio.new_event_loop()
        listening = threading.Event()
        threading.Thread(target=self.run, args=(listening,), daemon=True).start()
        listening.wait(10)

    def run(self, listening):
        async def serve():
            await asyncio.start_server(self.connection, "127.0.0.1", self.port)
            listening.set()

        self.loop.create_task(serve())
        self.loop.run_forever()

    def cut(self):
        """Resets every connection."""
        self.loop.call_soon_threadsafe(lambda: [self.reset(writer) for writer in list(self.writers)])

    def reset(self, writer):
        peer = writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async def connection(self, reader, writer):
        self.connections += 1
        self.writers.add(writer)
        try:
            if self.answer is not None:
                await self.answer(self, reader, writer)
            else:
                await self.between(reader, writer)
        except (ConnectionError, OSError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    async def between(self, reader, writer):
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        left = [self.budget()] if self.budget is not None else None
        tasks = [asyncio.ensure_future(self.pump(reader, far_writer, left, False)), asyncio.ensure_future(self.pump(far_reader, writer, left, True))]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if left is not None and left[0] <= 0:
            self.resets += 1
            self.reset(writer)
        for task in tasks:
            task.cancel()
        far_writer.close()

    async def pump(self, reader, writer, left, is_answer):
        """Passes octets on; `left`: how many more, in both directions together."""
        late = asyncio.Queue()
        passing = asyncio.ensure_future(self.pass_late(late, writer))
        try:
            while octets := await reader.read(16384):
                if left is not None:
                    octets = octets[: left[0]]
                    left[0] -= len(octets)
                if is_answer:
                    late.put_nowait((time.monotonic() + self.delay_s, octets))
                else:
                    writer.write(octets)
                    await writer.drain()
                    if self.per_s is not None:
                        await asyncio.sleep(len(octets) / self.per_s)
                if left is not None and left[0] <= 0:
                    return
        finally:
            passing.cancel()

    async def pass_late(self, late, writer):
        while True:
            at, octets = await late.get()
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            writer.write(octets)


async def commands(reader):
    """One turn of the loop for each command that comes."""
    while True:
        line = await reader.readline()
        if not line.startswith(b"*"):
            return
        for _ in range(int(line[1:])):
            await reader.readexactly(int((await reader.readline())[1:]) + 2)
        yield


def refusing(error):
    """Answers every command with an error."""

    async def answer(_, reader, writer):
        async for _ in commands(reader):
            writer.write(b"-" + error.encode() + b"\r\n")

    return answer


async def swallow(_, reader, writer):
    while await reader.read(65536):
        pass


HOSTILE = (
    ("a bulk of 2 GB", b"$2147483647\r\n", b"x" * 65536),
    ("a bulk of 2^63", b"$9223372036854775807\r\n", b"x" * 65536),
    ("a line without an end", b"+", b"x" * 65536),
    ("a number without an end", b":", b"1" * 65536),
    ("an array of 2^31", b"*2147483647\r\n", b":1\r\n" * 16384),
    ("arrays in arrays", b"", b"*1\r\n" * 16384),
    ("wide arrays in arrays", b"", b"*1024\r\n" * 8192),
    ("answers that nobody asked for", b"", b"+OK\r\n" * 8192),
    ("nil after nil", b"", b"$-1\r\n*-1\r\n" * 8192),
    ("negative lengths", b"$-2147483648\r\n*-9\r\n", b"$-7\r\n" * 8192),
    ("HTTP", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"<html>" * 8192),
    ("random octets", None, None),
)


async def hostile(proxy, reader, writer):
    """One kind of malice after the other, a connection each: as much of it as is taken within three seconds."""
    _, begin, more = HOSTILE[proxy.connections % len(HOSTILE)]
    end = time.monotonic() + 3
    await reader.read(1)
    if begin is not None:
        writer.write(begin)
    while time.monotonic() < end:
        writer.write(more if more is not None else proxy.random.randbytes(4096))
        await asyncio.wait_for(writer.drain(), 3)
        await asyncio.sleep(0)
