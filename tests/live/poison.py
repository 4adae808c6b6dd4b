#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Stands in front of a redis-server and refuses every command that has MARKER in it, with an error, after which it goes on or closes:
poison.py LISTEN SERVER (unix sockets) go-on|close MARKER..."""
import os
import socket
import sys
import threading

listen_path, server_path, way = sys.argv[1:4]
markers = [marker.encode() for marker in sys.argv[4:]]
ERROR = b"-ERR Protocol error: invalid bulk length\r\n"
# Fails at once, and takes its transaction with it, as a refused command does. Its own error is not passed on.
REFUSED = b"*1\r\n$16\r\nNO-SUCH-COMMAND!\r\n"


def read_value(stream):
    """One value, a command or a reply, as it is in RESP."""
    line = stream.readline()
    if not line.endswith(b"\r\n"):
        raise EOFError
    if line[:1] == b"*":
        return line + b"".join(read_value(stream) for _ in range(int(line[1:])))
    if line[:1] == b"$" and int(line[1:]) >= 0:
        return line + stream.read(int(line[1:]) + 2)
    return line


def pass_commands(client, server, refused):
    """Commands from one to the other. Puts the numbers of those that are refused into a set."""
    number = 0
    try:
        with client.makefile("rb") as stream:
            while True:
                command = read_value(stream)
                if any(marker in command for marker in markers):
                    refused.add(number)
                    command = REFUSED
                server.sendall(command)
                number += 1
    except (EOFError, OSError):
        server.close()


def pass_replies(client, server, refused):
    number = 0
    try:
        with server.makefile("rb") as stream:
            while True:
                reply = read_value(stream)
                client.sendall(ERROR if number in refused else reply)
                if number in refused and way == "close":
                    break
                number += 1
    except (EOFError, OSError):
        pass
    for end in (client, server):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


with socket.socket(socket.AF_UNIX) as listener:
    listener.bind(listen_path + ".new")
    listener.listen()
    os.rename(listen_path + ".new", listen_path)
    while True:
        near = listener.accept()[0]
        far = socket.socket(socket.AF_UNIX)
        far.connect(server_path)
        numbers = set()
        threading.Thread(target=pass_commands, args=(near, far, numbers), daemon=True).start()
        threading.Thread(target=pass_replies, args=(near, far, numbers), daemon=True).start()
