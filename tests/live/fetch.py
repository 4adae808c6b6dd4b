#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A server of feeds, good and bad ones, on loopback: fetch.py FOLDER. Writes its port to FOLDER/port, and what it was asked and answered to FOLDER/asked."""
import http.server
import os
import socketserver
import sys
import time

FOLDER = sys.argv[1]
NAMES = b"".join(b"n%06x.com\n" % i for i in range(1000))


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, code, body=b"", headers=(), length=None):
        with open(f"{FOLDER}/asked", "a") as asked:
            asked.write(f"{self.path} {code}\n")
        self.send_response(code)
        for key, value in headers:
            self.send_header(key, value)
        if length != "none":
            self.send_header("Content-Length", str(len(body) if length is None else length))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/tagged":
            with open(f"{FOLDER}/tag") as tag:
                tag = f'"{tag.read().strip()}"'
            if self.headers.get("If-None-Match") == tag:
                self.reply(304, headers=[("ETag", tag)])
            else:
                self.reply(200, NAMES, [("ETag", tag)])
        elif self.path == "/dated":
            if self.headers.get("If-Modified-Since") == "Sat, 21 Nov 2020 08:00:00 GMT":
                self.reply(304)
            else:
                self.reply(200, NAMES, [("Last-Modified", "Sat, 21 Nov 2020 08:00:00 GMT")])
        elif self.path == "/failing":
            self.reply(500, b"n000000.com\n")
        elif self.path == "/cut":
            self.reply(200, NAMES, length=2 * len(NAMES))
            self.close_connection = True
        elif self.path == "/slow":
            self.reply(200, NAMES[:1200], length=len(NAMES))
            time.sleep(20)
        elif self.path == "/html":
            self.reply(200, b"\n<!DOCTYPE html>\n<html><body>Please log in at login.example.com\n</body></html>\n")
        elif self.path == "/large":
            self.reply(200, NAMES, length="none")
            for _ in range(1000):
                self.wfile.write(NAMES)
        elif self.path == "/told":
            self.reply(200, NAMES, length=1 << 40)
            self.close_connection = True
        elif self.path == "/halved":
            self.reply(200, NAMES[:4800])
        elif self.path == "/empty":
            self.reply(200)
        elif self.path == "/elsewhere":
            self.reply(302, headers=[("Location", f"file://{FOLDER}/port")])
        elif self.path == "/octets":
            self.reply(200, bytes(range(256)) * 100)
        else:
            self.reply(404)

    def log_message(self, *_):
        pass


class Threads(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


server = Threads(("127.0.0.1", 0), Server)
with open(f"{FOLDER}/port.new", "w") as port:
    port.write(str(server.server_address[1]))
os.rename(f"{FOLDER}/port.new", f"{FOLDER}/port")
server.serve_forever()
