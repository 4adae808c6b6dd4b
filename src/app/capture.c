/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live capture. TPACKET_V3 needs a block timeout and no immediate mode (which falls back to V2: a fifth of the frames lost, ten times the
 * cost); the timeout bounds a hit's delay. It begins with a block's first frame, so libpcap would wait for ever on a wire without any: the waiting is done
 * here. Workers share an interface by PACKET_FANOUT, packet(7), which libpcap leaves to its users.
 */
#include "app/capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#define BLOCK_TIMEOUT_MS 10
#define QUIET_MS 100
#define SNAPLEN 262144
#define BATCH_FRAMES 4096

struct capture {
	const char *iface; /* the options' */
	pcap_t *pcap;
	enum c2_link link;
	struct capture_stats total;
	struct pcap_stat seen; /* libpcap's counters are 32 bits wide and wrap */
};

static int capture_share(pcap_t *pcap, const struct capture_options *options, char why[static CAPTURE_WHY_CAP])
{
	unsigned how = PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG;
	int argument = (int)(options->group | how << 16);
	if (setsockopt(pcap_fileno(pcap), SOL_PACKET, PACKET_FANOUT, &argument, sizeof argument) == 0)
		return 0;
	int error = errno;
	snprintf(why, CAPTURE_WHY_CAP, "workers cannot share it: %s", strerror(error));
	return -error;
}

static int capture_filter_set(pcap_t *pcap, const char *expression, char why[static CAPTURE_WHY_CAP])
{
	struct bpf_program program;
	if (pcap_compile(pcap, &program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		snprintf(why, CAPTURE_WHY_CAP, "filter `%s`: %s", expression, pcap_geterr(pcap));
		return -EINVAL;
	}
	int error = pcap_setfilter(pcap, &program);
	pcap_freecode(&program);
	if (error == 0)
		return 0;
	snprintf(why, CAPTURE_WHY_CAP, "filter `%s`: %s", expression, pcap_geterr(pcap));
	return -EIO;
}

/* What libpcap's error means to the user. */
static int capture_error(pcap_t *pcap, int error, char why[static CAPTURE_WHY_CAP])
{
	switch (error) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		snprintf(why, CAPTURE_WHY_CAP, "no permission to capture: start as root, or give the program CAP_NET_RAW");
		return -EPERM;
	case PCAP_ERROR_NO_SUCH_DEVICE:
		snprintf(why, CAPTURE_WHY_CAP, "no such interface; -D lists them");
		return -ENODEV;
	case PCAP_ERROR_IFACE_NOT_UP:
		snprintf(why, CAPTURE_WHY_CAP, "the interface is down: `ip link set IFACE up`");
		return -ENODEV;
	default:
		snprintf(why, CAPTURE_WHY_CAP, "%s", pcap_geterr(pcap)[0] != '\0' ? pcap_geterr(pcap) : pcap_statustostr(error));
		return -EIO;
	}
}

static int capture_activate(struct capture *capture, const struct capture_options *options, char why[static CAPTURE_WHY_CAP])
{
	pcap_t *pcap = capture->pcap;
	pcap_set_snaplen(pcap, SNAPLEN);
	pcap_set_promisc(pcap, strcmp(options->iface, "any") != 0);
	pcap_set_timeout(pcap, BLOCK_TIMEOUT_MS);
	pcap_set_buffer_size(pcap, (int)options->ring);
	pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
	int error = pcap_activate(pcap);
	if (error < 0)
		return capture_error(pcap, error, why);
	if (!c2_link_from_type((unsigned)pcap_datalink(pcap), &capture->link)) {
		snprintf(why, CAPTURE_WHY_CAP, "link type %d (%s) is not read", pcap_datalink(pcap), pcap_datalink_val_to_name(pcap_datalink(pcap)));
		return -EINVAL;
	}
	if (options->filter != NULL) {
		error = capture_filter_set(pcap, options->filter, why);
		if (error < 0)
			return error;
	}
	char text[PCAP_ERRBUF_SIZE];
	if (pcap_setnonblock(pcap, 1, text) < 0) {
		snprintf(why, CAPTURE_WHY_CAP, "%s", text);
		return -EIO;
	}
	return options->fanout > 1 ? capture_share(pcap, options, why) : 0;
}

int capture_open(struct capture **out, const struct capture_options *options, char why[static CAPTURE_WHY_CAP])
{
	char text[PCAP_ERRBUF_SIZE];
	struct capture *capture = calloc(1, sizeof *capture);
	if (capture == NULL) {
		snprintf(why, CAPTURE_WHY_CAP, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	capture->iface = options->iface;
	capture->pcap = pcap_create(options->iface, text);
	if (capture->pcap == NULL) {
		snprintf(why, CAPTURE_WHY_CAP, "%s", text);
		free(capture);
		return -EIO;
	}
	int error = capture_activate(capture, options, why);
	if (error < 0) {
		capture_close(capture);
		return error;
	}
	*out = capture;
	return 0;
}

void capture_close(struct capture *capture)
{
	if (capture == NULL)
		return;
	pcap_close(capture->pcap);
	free(capture);
}

enum c2_link capture_link(const struct capture *capture)
{
	return capture->link;
}

struct capture_see {
	void (*see)(void *arg, const uint8_t *frame, size_t len, uint64_t at_ns);
	void *arg;
};

static void capture_frame(u_char *user, const struct pcap_pkthdr *header, const u_char *frame)
{
	const struct capture_see *see = (const void *)user;
	uint64_t at_ns = (uint64_t)header->ts.tv_sec * 1000000000u + (uint64_t)header->ts.tv_usec; /* nanoseconds were asked for */
	see->see(see->arg, frame, header->caplen, at_ns);
}

int capture_batch(struct capture *capture, void (*see)(void *arg, const uint8_t *frame, size_t len, uint64_t at_ns), void *arg,
	char why[static CAPTURE_WHY_CAP])
{
	struct capture_see user = {.see = see, .arg = arg};
	int n = pcap_dispatch(capture->pcap, BATCH_FRAMES, capture_frame, (u_char *)&user);
	if (n == 0) {
		struct pollfd ready = {.fd = pcap_get_selectable_fd(capture->pcap), .events = POLLIN};
		poll(&ready, 1, QUIET_MS); /* what becomes of it is the next batch's */
	}
	if (n >= 0)
		return n;
	snprintf(why, CAPTURE_WHY_CAP, "%s: %s", capture->iface, pcap_geterr(capture->pcap));
	return -EIO;
}

void capture_count(struct capture *capture, struct capture_stats *stats)
{
	struct pcap_stat now;
	if (pcap_stats(capture->pcap, &now) == 0) {
		capture->total.received += (uint32_t)(now.ps_recv - capture->seen.ps_recv);
		capture->total.dropped += (uint32_t)(now.ps_drop - capture->seen.ps_drop);
		capture->total.missed += (uint32_t)(now.ps_ifdrop - capture->seen.ps_ifdrop);
		capture->seen = now;
	}
	*stats = capture->total;
}

int capture_list(FILE *out, char why[static CAPTURE_WHY_CAP])
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_if_t *all;
	if (pcap_findalldevs(&all, text) != 0) {
		snprintf(why, CAPTURE_WHY_CAP, "%s", text);
		return -EIO;
	}
	for (const pcap_if_t *iface = all; iface != NULL; iface = iface->next)
		fprintf(out, "%s%s%s%s\n", iface->name, (iface->flags & PCAP_IF_UP) ? "" : " (down)", iface->description != NULL ? ": " : "",
			iface->description != NULL ? iface->description : "");
	pcap_freealldevs(all);
	return 0;
}

struct capture_filter {
	struct bpf_program program;
};

int capture_filter_open(struct capture_filter **out, const char *expression, unsigned type, char why[static CAPTURE_WHY_CAP])
{
	struct capture_filter *filter = calloc(1, sizeof *filter);
	pcap_t *dead = pcap_open_dead(type == 101 ? DLT_RAW : (int)type, SNAPLEN);
	int error = filter == NULL || dead == NULL ? -ENOMEM : 0;
	if (error < 0)
		snprintf(why, CAPTURE_WHY_CAP, "%s", strerror(ENOMEM));
	else if (pcap_compile(dead, &filter->program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		snprintf(why, CAPTURE_WHY_CAP, "filter `%s`: %s", expression, pcap_geterr(dead));
		error = -EINVAL;
	}
	if (dead != NULL)
		pcap_close(dead);
	if (error < 0) {
		free(filter);
		return error;
	}
	*out = filter;
	return 0;
}

void capture_filter_close(struct capture_filter *filter)
{
	if (filter == NULL)
		return;
	pcap_freecode(&filter->program);
	free(filter);
}

bool capture_filter_passes(const struct capture_filter *filter, const uint8_t *frame, size_t len)
{
	struct pcap_pkthdr header = {.caplen = (bpf_u_int32)len, .len = (bpf_u_int32)len};
	return pcap_offline_filter(&filter->program, &header, frame) != 0;
}
