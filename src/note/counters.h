/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTE_COUNTERS_H
#define NOTE_COUNTERS_H

#include "note/unread.h"

/* What became of the octets given to one decoder: one counter for each enum c2_rc, in its order. */
#define COUNTERS_OF_DECODER(X, decoder, what)                        \
	X(decoder##_ok, "count", what " read")                       \
	X(decoder##_none, "count", what " without anything to read") \
	X(decoder##_more, "count", what " cut short")                \
	X(decoder##_bad, "count", what " that contradict their grammar")

/* Every counter a worker keeps: name, unit, help. The statistics line comes from this list. */
#define COUNTERS(X)                                                                                                                          \
	X(packets, "packets", "frames seen")                                                                                                 \
	X(octets, "octets", "captured octets in them")                                                                                       \
	COUNTERS_OF_DECODER(X, link, "link headers")                                                                                         \
	COUNTERS_OF_DECODER(X, ip, "IP headers")                                                                                             \
	COUNTERS_OF_DECODER(X, transport, "TCP and UDP headers")                                                                             \
	X(link_unknown, "packets", "frames of a capture file whose link type is not read: left out")                                         \
	X(sealed_esp, "packets", "IPsec ESP, in IP or in UDP: encrypted")                                                                    \
	X(sealed_wifi, "packets", "802.11 frames that are encrypted")                                                                        \
	X(sealed_wireguard, "packets", "datagrams of WireGuard, on any port: encrypted")                                                     \
	X(sealed_openvpn, "packets", "datagrams of OpenVPN, on its own port: encrypted")                                                     \
	X(fragments, "packets", "fragments of IP datagrams")                                                                                 \
	X(fragments_refused, "packets", "fragments beyond a source's share, or beyond the longest datagram")                                 \
	X(fragments_contradicted, "packets", "fragments that repeat octets at hand with others, or tell another end: the first copy stands") \
	X(datagrams_whole, "count", "IP datagrams put together from their fragments")                                                        \
	X(datagrams_given_up, "count", "IP datagrams whose fragments did not all come, or had no room: read as far as their head goes")      \
	X(payloads_cut, "packets", "payloads that go on beyond the captured octets")                                                         \
	COUNTERS_OF_DECODER(X, dns, "DNS messages")                                                                                          \
	COUNTERS_OF_DECODER(X, dhcp, "DHCP messages")                                                                                        \
	COUNTERS_OF_DECODER(X, hello, "looks at a TLS ClientHello")                                                                          \
	X(hello_begun, "count", "TLS ClientHellos begun over TCP: those beyond hello_ok were cut")                                           \
	COUNTERS_OF_DECODER(X, dtls, "looks at a DTLS ClientHello")                                                                          \
	COUNTERS_OF_DECODER(X, http, "HTTP requests")                                                                                        \
	COUNTERS_OF_DECODER(X, http2, "looks at the first request of an HTTP/2 connection")                                                  \
	X(hello_nosni, "count", "ClientHellos without a server name")                                                                        \
	X(hello_badname, "count", "ClientHellos whose server name is no domain name")                                                        \
	X(hello_v2, "count", "ClientHellos in the form of SSL 2.0, which have no room for a server name")                                    \
	X(hello_ech, "count", "ClientHellos with an encrypted one inside: the name is the outer one")                                        \
	X(hello_dot, "count", "ClientHellos to a resolver: DNS over TLS, or over DTLS")                                                      \
	X(hello_doh, "count", "ClientHellos to a resolver that is listed: DNS over HTTPS")                                                   \
	X(hello_doq, "count", "ClientHellos to a resolver: DNS over QUIC")                                                                   \
	X(client_only, "count", "TLS ClientHellos of connections whose SYN was seen and whose SYN/ACK was not")                              \
	X(server_only, "packets", "SYN/ACKs whose SYN was not seen")                                                                         \
	X(connections, "count", "connections begun to addresses of the Internet: TCP, and QUIC whose Initial opened")                        \
	X(connections_unnamed, "count", "those to an address that no DNS answer had told")                                                   \
	COUNTERS_OF_DECODER(X, quic, "datagrams of QUIC handshakes")                                                                         \
	X(quic_unknown_version, "count", "datagrams of a QUIC version that is not known, whether or not the keys of another opened them")    \
	X(quic_unopened, "count", "QUIC Initials that no key opened: damaged, or a server's whose client was not seen")                      \
	X(quic_negotiations, "count", "QUIC version negotiations")                                                                           \
	X(flows_opened, "flows", "flows admitted to the table")                                                                              \
	X(flows_evicted_decided, "flows", "decided flows that made room for new ones")                                                       \
	X(flows_evicted_open, "flows", "undecided flows that made room for new ones: a name may be lost")                                    \
	X(heads_opened, "count", "heads buffered because their first segment did not tell")                                                  \
	X(heads_robbed, "count", "buffers taken from the oldest head: a name may be lost")                                                   \
	X(head_overlaps, "count", "segments that repeat octets already at hand")                                                             \
	X(head_contradictions, "count", "segments that repeat octets at hand with others: the first copy stands")                            \
	X(sightings, "count", "names seen")                                                                                                  \
	X(hits, "count", "names seen that are listed")                                                                                       \
	X(notes_lost, "count", "notes that found the ring to the publisher full")                                                            \
	COUNTERS_OF_DECODER(X, server_hello, "looks at a TLS ServerHello")                                                                   \
	COUNTERS_OF_DECODER(X, certificate, "looks at a TLS server's certificate")

enum counter {
#define COUNTER_ENUM(name, unit, help) COUNTER_##name,
	COUNTERS(COUNTER_ENUM)
#undef COUNTER_ENUM
		COUNTER_COUNT
};

struct counters {
	uint64_t value[COUNTER_COUNT]; /* written by one worker, read by anyone */
	struct unread unread;          /* what no decoder reads, by number; the same */
};

extern const char *const counter_names[COUNTER_COUNT];

/* Adds to a counter that this thread alone writes: a plain add that a reader never sees torn. */
static inline void counter_add(struct counters *counters, enum counter which, uint64_t n)
{
	uint64_t *value = &counters->value[which];
	__atomic_store_n(value, __atomic_load_n(value, __ATOMIC_RELAXED) + n, __ATOMIC_RELAXED);
}

/* Adds all of `from`, which its worker may be writing, to `sums`, which is the caller's. */
void counters_gather(struct counters *sums, const struct counters *from);

static inline uint64_t counter_get(const struct counters *counters, enum counter which)
{
	return __atomic_load_n(&counters->value[which], __ATOMIC_RELAXED);
}

#endif
