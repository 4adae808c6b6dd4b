#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""
The other end of tests/live/hellos.t, on every address of its namespace: hello_server.py CERT KEY.

One port a way of getting at a ClientHello; behind each the same TLS server, which takes any version. Whatever it is asked, its answer is short, for the
hellos are what the test is about. Says `serving` on standard output when all ports are open.
"""
import socket
import ssl
import struct
import sys
import threading
import warnings

TIMEOUT_S = 10
PATIENCE_S = 1  # for what comes behind a hello
IPV6_FREEBIND = 78  # linux/in6.h; the module does not know it
PROTOCOLS = ["h2", "http/1.1", "dot"]

warnings.simplefilter("ignore", DeprecationWarning)  # old versions are what it is for
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
TLS.minimum_version = ssl.TLSVersion.TLSv1
TLS.set_ciphers("ALL:@SECLEVEL=0")
TLS.set_alpn_protocols(PROTOCOLS)
TLS.load_cert_chain(sys.argv[1], sys.argv[2])


def read_until(peer, end):
    """Octets up to and with `end`; not one more is taken, for what follows may be a hello."""
    got = b""
    while not got.endswith(end):
        octet = peer.recv(1)
        if not octet:
            raise EOFError
        got += octet
    return got


def read_exactly(peer, n):
    got = b""
    while len(got) < n:
        piece = peer.recv(n - len(got))
        if not piece:
            raise EOFError
        got += piece
    return got


def read_http2_request(peer):
    """What is behind HTTP/2's first line, up to the first HEADERS: a client that is answered before them may never send them. RFC 9113 §3.4, §4.1."""
    read_until(peer, b"\r\n\r\n")
    kind = None
    while kind != 1:
        head = read_exactly(peer, 9)
        kind = head[3]
        read_exactly(peer, int.from_bytes(head[:3], "big"))


def answer_http(peer):
    if read_until(peer, b"\r\n\r\n").startswith(b"PRI "):
        read_http2_request(peer)
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n")


def answer_tls(peer):
    with TLS.wrap_socket(peer, server_side=True) as inside:
        inside.settimeout(PATIENCE_S)
        protocol = inside.selected_alpn_protocol()
        if protocol == "dot" or protocol is None and peer_port(inside) == 853:
            answer_dns_stream(inside)
        elif protocol != "h2":
            answer_http(inside)


def answer_anything(peer):
    """Behind a proxy's yes."""
    (answer_tls if peer.recv(1, socket.MSG_PEEK) == b"\x16" else answer_http)(peer)


def answer_proxy(peer):
    request = read_until(peer, b"\r\n\r\n")
    if request.startswith(b"CONNECT "):
        peer.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        answer_anything(peer)
    else:
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n")


def answer_socks(peer):
    if read_exactly(peer, 1) == b"\x04":
        header = read_exactly(peer, 7)
        read_until(peer, b"\0")  # user
        if header[3:6] == b"\0\0\0" and header[6] != 0:
            read_until(peer, b"\0")  # SOCKS4a: the name
        peer.sendall(b"\0\x5a" + bytes(6))
    else:
        read_exactly(peer, read_exactly(peer, 1)[0])
        peer.sendall(b"\5\0")
        kind = read_exactly(peer, 4)[3]
        read_exactly(peer, {1: 4, 4: 16}.get(kind) or read_exactly(peer, 1)[0])
        read_exactly(peer, 2)
        peer.sendall(b"\5\0\0\1" + bytes(6))
    answer_anything(peer)


def answer_lines(greeting, asked, granted):
    """STARTTLS of the protocols that speak in lines: what is asked before it gets the answer that `granted` has for the line's verb."""

    def answer(peer):
        peer.sendall(greeting)
        while True:
            line = read_until(peer, b"\n").strip()
            tag, verb = line.split(b" ", 1) if asked == b"STARTTLS" and greeting.startswith(b"*") else (b"", line)
            verb = verb.split(b" ")[0].upper()
            peer.sendall(granted[verb].replace(b"TAG", tag))
            if verb == asked:
                return answer_tls(peer)

    return answer


answer_smtp = answer_lines(
    b"220 here ESMTP\r\n", b"STARTTLS", {b"EHLO": b"250-here\r\n250 STARTTLS\r\n", b"HELO": b"250 here\r\n", b"STARTTLS": b"220 go\r\n"}
)
answer_pop3 = answer_lines(b"+OK here\r\n", b"STLS", {b"CAPA": b"+OK\r\nSTLS\r\n.\r\n", b"STLS": b"+OK go\r\n"})
answer_imap = answer_lines(
    b"* OK here\r\n", b"STARTTLS", {b"CAPABILITY": b"* CAPABILITY IMAP4rev1 STARTTLS\r\nTAG OK\r\n", b"STARTTLS": b"TAG OK go\r\n"}
)


def answer_ldap(peer):
    """RFC 4511 §4.14: an ExtendedRequest of up to 127 octets, answered with success under its message id."""
    header = read_exactly(peer, 2)
    request = read_exactly(peer, header[1])
    peer.sendall(b"\x30\x0c" + request[:3] + b"\x78\x07\x0a\x01\x00\x04\x00\x04\x00")
    answer_tls(peer)


def answer_xmpp(peer):
    """RFC 6120 §5.4"""
    while not read_until(peer, b">").startswith(b"<stream:stream"):
        pass
    peer.sendall(
        b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' from='here' version='1.0'>"
        b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>"
    )
    while b"starttls" not in read_until(peer, b">"):
        pass
    peer.sendall(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    answer_tls(peer)


def answer_postgres(peer):
    """SSLRequest: its length 8, then 80877103."""
    read_exactly(peer, 8)
    peer.sendall(b"S")
    answer_tls(peer)


def answer_mysql(peer):
    """A greeting of protocol 10 that offers SSL (0x0800), answered with an SSLRequest packet."""
    greeting = b"\x0a" + b"8.0.0\0" + struct.pack("<I", 1) + b"saltsalt\0" + struct.pack("<H", 0xFFFF) + b"\x21\2\0" + struct.pack("<H", 0xFFFF)
    greeting += b"\x15" + bytes(10) + b"saltsaltsalt\0" + b"mysql_native_password\0"
    peer.sendall(struct.pack("<I", len(greeting))[:3] + b"\0" + greeting)
    header = read_exactly(peer, 4)
    read_exactly(peer, header[0] | header[1] << 8 | header[2] << 16)
    answer_tls(peer)


def dns_answer(question):
    """The question again, with an address of the documentation's behind it where one was asked for (RFC 5737)."""
    at = 12
    while question[at]:
        at += 1 + question[at]
    end = at + 5
    is_address = question[at + 1 : end] == b"\0\1\0\1"
    flags = struct.pack(">5H", 0x8580, 1, is_address, 0, 0)
    record = b"\xc0\x0c\0\1\0\1" + struct.pack(">IH", 60, 4) + bytes((192, 0, 2, 1)) if is_address else b""
    return question[:2] + flags + question[12:end] + record


def answer_dns_stream(peer):
    while True:
        answer = dns_answer(read_exactly(peer, struct.unpack(">H", read_exactly(peer, 2))[0]))
        peer.sendall(struct.pack(">H", len(answer)) + answer)


def dtls_answer(datagram):
    """To the first hello a cookie, to the second, which shows it, a fatal alert: all of the server that a client's hellos need. RFC 6347 §4.2.1"""
    header = datagram[1:3] + datagram[3:11]  # version, epoch and sequence as the client's
    if datagram[0] != 22 or datagram[13] != 1:
        return None
    if datagram[17:19] == b"\0\0":  # message 0
        verify = b"\xfe\xff\x08" + b"a cookie"
        message = b"\3" + struct.pack(">I", len(verify))[1:] + bytes(5) + struct.pack(">I", len(verify))[1:] + verify
        return b"\x16\xfe\xff" + header[2:] + struct.pack(">H", len(message)) + message
    return b"\x15\xfe\xff" + header[2:] + b"\0\2\2\x28"


def peer_port(peer):
    return peer.getsockname()[1]


def serve_stream(port, answer):
    listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64)

    def converse(peer):
        peer.settimeout(TIMEOUT_S)
        try:
            with peer:
                answer(peer)
        except (OSError, EOFError, KeyError, IndexError):
            pass  # a client that goes early has said its hello

    def accept():
        while True:
            threading.Thread(target=converse, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def serve_datagrams(port, answer):
    """Answers from the address that was asked: there are many on one socket."""
    server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    server.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
    server.bind(("::", port))

    def answer_all():
        while True:
            datagram, ancillary, _, peer = server.recvmsg(65535, 64)
            try:
                said = answer(datagram)
                if said:
                    asked = [(level, kind, data[:16] + bytes(4)) for level, kind, data in ancillary if kind == socket.IPV6_PKTINFO]
                    server.sendmsg([said], asked, 0, peer)
            except (OSError, IndexError):
                pass

    threading.Thread(target=answer_all, daemon=True).start()


STREAMS = {
    25: answer_smtp,
    53: answer_dns_stream,
    80: answer_http,
    110: answer_pop3,
    143: answer_imap,
    389: answer_ldap,
    443: answer_tls,
    853: answer_tls,
    1080: answer_socks,
    3306: answer_mysql,
    5222: answer_xmpp,
    5432: answer_postgres,
    8080: answer_proxy,
}
DATAGRAMS = {53: dns_answer, 443: lambda datagram: None, 853: lambda datagram: None, 4433: dtls_answer}

for number, service in STREAMS.items():
    serve_stream(number, service)
for number, service in DATAGRAMS.items():
    serve_datagrams(number, service)
print("serving", flush=True)
threading.Event().wait()
