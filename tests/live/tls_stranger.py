# SPDX-License-Identifier: Apache-2.0
"""What else may listen where Redis with TLS should: PORT HOW [TO]. Says "ready", then a line for each connection, until it is killed.

silent   takes the connection and never says a word
garbage  octets that mean nothing, without end
half     the first half of a record, and the rest an octet a second
alert    a TLS alert: handshake_failure
hangup   closes at once
cut      hands all on to the port TO, and cuts the first eight connections, wherever
"""
import os
import random
import select
import socket
import struct
import sys
import threading
import time


def garbage(peer):
    while True:
        peer.sendall(os.urandom(4096))


def half(peer):
    peer.recv(65536)
    peer.sendall(bytes.fromhex("16 03 03 3f00 02 003efc"))
    while True:
        peer.sendall(b"\3")
        time.sleep(1)


def alert(peer):
    peer.recv(65536)
    peer.sendall(bytes.fromhex("15 03 03 0002 02 28"))


def silent(peer):
    while peer.recv(65536):
        pass


def hangup(peer):
    pass


def cut(peer, to, number):
    left = int(10 ** random.uniform(1, 6)) if number <= 8 else 1 << 62
    with socket.create_connection(("127.0.0.1", to)) as server:
        while left > 0:
            for source in select.select([peer, server], [], [])[0]:
                octets = source.recv(min(left, 16384))
                (server if source is peer else peer).sendall(octets)
                left = left - len(octets) if octets else 0
    # Every other one with a reset.
    if number % 2:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def serve(peer, how, number, to):
    with peer:
        try:
            cut(peer, to, number) if how == "cut" else globals()[how](peer)
        except OSError:
            pass


def main():
    port, how = int(sys.argv[1]), sys.argv[2]
    to = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    with socket.create_server(("127.0.0.1", port)) as listener:
        print("ready", flush=True)
        number = 0
        while True:
            peer = listener.accept()[0]
            number += 1
            print(number, flush=True)
            threading.Thread(target=serve, args=(peer, how, number, to), daemon=True).start()


main()
