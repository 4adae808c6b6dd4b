/* SPDX-License-Identifier: Apache-2.0 */
/* Capture files from our own octets: every form that is read, and each of them cut, contradicting itself, or no capture at all. */
#include "app/savefile.h"

#include "octets.h"
#include "table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* pcap, little-endian and big-endian */
#define PCAP_LE(magic, type) magic " 0200 0400 00000000 00000000 00000400 " type " "
#define PCAP_BE(magic, type) magic " 0002 0004 00000000 00000000 00040000 " type " "
#define US_LE "d4c3b2a1"
#define NS_LE "4d3cb2a1"
#define US_BE "a1b2c3d4"
#define NS_BE "a1b23c4d"
#define KUZNETZOV_LE "34cdb2a1"
#define REC_LE(seconds, fraction, len, original) seconds " " fraction " " len " " original " "
#define ONE_LE "01000000 02000000 03000000 03000000 'abc' "
#define ONE_BE "00000001 00000002 00000003 00000003 'abc' "

/* pcapng blocks; lengths are written out, they are what is tested */
#define SHB_LE "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000 "
#define SHB_BE "0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c "
#define IDB_LE(type) "01000000 14000000 " type " 0000 00000400 14000000 "
#define IDB_BE(type) "00000001 00000014 " type " 0000 00040000 00000014 "
/* 1.000002 s in microseconds: 0xf4242 */
#define EPB_LE(interface) "06000000 24000000 " interface " 00000000 42420f00 03000000 03000000 'abc' 00 24000000 "
#define EPB_BE(interface) "00000006 00000024 " interface " 00000000 000f4242 00000003 00000003 'abc' 00 00000024 "

struct file_row {
	const char *name;
	const char *octets;
	const char *want; /* the frames as `time/type=octets`, then how it ended; `refused` when it could not be opened */
};

static const struct file_row rows[] = {
	/* pcap */
	{"pcap, microseconds", PCAP_LE(US_LE, "01000000") ONE_LE, "1000002000/1=abc end"},
	{"pcap, nanoseconds", PCAP_LE(NS_LE, "01000000") ONE_LE, "1000000002/1=abc end"},
	{"pcap, the other byte order", PCAP_BE(US_BE, "00000001") ONE_BE, "1000002000/1=abc end"},
	{"pcap, nanoseconds in the other byte order", PCAP_BE(NS_BE, "00000071") ONE_BE, "1000000002/113=abc end"},
	{"pcap, Kuznetzov's", PCAP_LE(KUZNETZOV_LE, "01000000") "01000000 02000000 03000000 03000000 00000000 0000 00 00 'abc'",
		"1000002000/1=abc end"},
	{"pcap, IXIA's", PCAP_LE("ac01001c", "01000000") "13000000" ONE_LE, "1000000002/1=abc end"},
	{"pcap, IXIA's in the other byte order", PCAP_BE("1c0001ab", "00000001") "00000013" ONE_BE, "1000000002/1=abc end"},
	{"pcap, IXIA's, cut in its header", PCAP_LE("ac01001c", "01000000") "1300", "refused"},
	{"pcap 2.2, a record's lengths the other way round",
		US_LE " 0200 0200 00000000 00000000 00000400 01000000 " REC_LE("01000000", "02000000", "05000000", "03000000") "'abc'",
		"1000002000/1=abc end"},
	{"pcap 2.3, and as they stand now",
		US_LE " 0200 0300 00000000 00000000 00000400 01000000 " REC_LE("01000000", "02000000", "03000000", "05000000") "'abc'",
		"1000002000/1=abc end"},
	{"pcap, no frame", PCAP_LE(US_LE, "01000000"), "end"},
	{"pcap, two frames", PCAP_LE(US_LE, "65000000") ONE_LE ONE_LE, "1000002000/101=abc 1000002000/101=abc end"},
	{"pcap, an empty frame", PCAP_LE(US_LE, "01000000") REC_LE("01000000", "00000000", "00000000", "00000000") ONE_LE,
		"1000000000/1= 1000002000/1=abc end"},
	{"pcap, frame check sequence length in the link type", PCAP_LE(US_LE, "01000024") ONE_LE, "1000002000/1=abc end"},
	{"pcap, link type 276", PCAP_LE(US_LE, "14010000") ONE_LE, "1000002000/276=abc end"},
	{"pcap, more captured than sent", PCAP_LE(US_LE, "01000000") REC_LE("01000000", "00000000", "03000000", "01000000") "'abc'",
		"1000000000/1=abc end"},
	{"pcap, the last second", PCAP_LE(US_LE, "01000000") REC_LE("ffffffff", "3f420f00", "00000000", "00000000"), "4294967295999999000/1= end"},
	{"pcap, more microseconds than a second has", PCAP_LE(US_LE, "01000000") REC_LE("00000000", "ffffffff", "00000000", "00000000"),
		"4294967295000/1= end"},
	{"pcap, caplen 262144 and nothing there", PCAP_LE(US_LE, "01000000") REC_LE("01000000", "00000000", "00000400", "00000400"), "cut"},
	{"pcap, caplen 262145", PCAP_LE(US_LE, "01000000") REC_LE("01000000", "00000000", "01000400", "01000400") "00*64", "bad"},
	{"pcap, caplen 0xffffffff", PCAP_LE(US_LE, "01000000") ONE_LE REC_LE("01000000", "00000000", "ffffffff", "ffffffff"), "1000002000/1=abc bad"},
	{"pcap, cut in a record's header", PCAP_LE(US_LE, "01000000") ONE_LE "01000000 02", "1000002000/1=abc cut"},
	{"pcap, cut in a frame", PCAP_LE(US_LE, "01000000") ONE_LE "01000000 02000000 03000000 03000000 'ab'", "1000002000/1=abc cut"},
	{"pcap, cut before a frame", PCAP_LE(US_LE, "01000000") "01000000 02000000 03000000 03000000", "cut"},
	{"pcap, cut in its header", "d4c3b2a1 0200 0400 00000000 00000000 00000400 010000", "refused"},
	/* pcapng */
	{"pcapng", SHB_LE IDB_LE("0100") EPB_LE("00000000"), "1000002000/1=abc end"},
	{"pcapng, the other byte order", SHB_BE IDB_BE("0001") EPB_BE("00000000"), "1000002000/1=abc end"},
	{"pcapng, two interfaces of two link types", SHB_LE IDB_LE("0100") IDB_LE("6500") EPB_LE("01000000") EPB_LE("00000000"),
		"1000002000/101=abc 1000002000/1=abc end"},
	{"pcapng, two sections of two byte orders", SHB_LE IDB_LE("0100") EPB_LE("00000000") SHB_BE IDB_BE("0071") EPB_BE("00000000"),
		"1000002000/1=abc 1000002000/113=abc end"},
	{"pcapng, a section begins without interfaces", SHB_LE IDB_LE("0100") SHB_LE EPB_LE("00000000"), "bad"},
	{"pcapng, nanoseconds", SHB_LE "01000000 20000000 0100 0000 00000400 0900 0100 09 000000 0000 0000 20000000 " EPB_LE("00000000"),
		"1000002/1=abc end"},
	{"pcapng, a clock of 2^10 ticks", SHB_LE "01000000 20000000 0100 0000 00000400 0900 0100 8a 000000 0000 0000 20000000 " EPB_LE("00000000"),
		"976564453125/1=abc end"},
	{"pcapng, seconds", SHB_LE "01000000 20000000 0100 0000 00000400 0900 0100 00 000000 0000 0000 20000000 " EPB_LE("00000000"),
		"1000002000000000/1=abc end"},
	{"pcapng, a clock of 10^20 ticks", SHB_LE "01000000 20000000 0100 0000 00000400 0900 0100 14 000000 0000 0000 20000000 " EPB_LE("00000000"),
		"bad"},
	{"pcapng, a clock of 2^64 ticks", SHB_LE "01000000 20000000 0100 0000 00000400 0900 0100 c0 000000 0000 0000 20000000 " EPB_LE("00000000"),
		"bad"},
	{"pcapng, a clock of 2^63 ticks", SHB_LE "01000000 20000000 0100 0000 00000400 0900 0100 bf 000000 0000 0000 20000000 " EPB_LE("00000000"),
		"0/1=abc end"},
	{"pcapng, an offset of ten seconds",
		SHB_LE "01000000 24000000 0100 0000 00000400 0e00 0800 0a00000000000000 0000 0000 24000000 " EPB_LE("00000000"),
		"11000002000/1=abc end"},
	{"pcapng, an offset of ten seconds, big-endian",
		SHB_BE "00000001 00000024 0001 0000 00040000 000e 0008 000000000000000a 0000 0000 00000024 " EPB_BE("00000000"),
		"11000002000/1=abc end"},
	{"pcapng, an option longer than its block", SHB_LE "01000000 1c000000 0100 0000 00000400 0900 ff00 09000000 1c000000 " EPB_LE("00000000"),
		"1000002000/1=abc end"},
	{"pcapng, simple packet", SHB_LE IDB_LE("0100") "03000000 14000000 03000000 'abc' 00 14000000", "0/1=abc end"},
	{"pcapng, simple packet after a packet with a time", SHB_LE IDB_LE("0100") EPB_LE("00000000") "03000000 14000000 03000000 'abc' 00 14000000",
		"1000002000/1=abc 1000002000/1=abc end"},
	{"pcapng, simple packet cut by the snap length",
		SHB_LE "01000000 14000000 0100 0000 03000000 14000000 "
		       "03000000 14000000 dc050000 'abcx' 14000000",
		"0/1=abc end"},
	{"pcapng, simple packet longer than its block", SHB_LE IDB_LE("0100") "03000000 14000000 ff000000 'abcd' 14000000", "0/1=abcd end"},
	{"pcapng, simple packet without an interface", SHB_LE "03000000 14000000 03000000 'abc' 00 14000000", "bad"},
	{"pcapng, the obsolete packet", SHB_LE IDB_LE("0100") "02000000 24000000 0000 0000 00000000 42420f00 03000000 03000000 'abc' 00 24000000",
		"1000002000/1=abc end"},
	{"pcapng, unknown blocks", SHB_LE "aa000000 10000000 deadbeef 10000000" IDB_LE("0100") "05000000 0c000000 0c000000" EPB_LE("00000000"),
		"1000002000/1=abc end"},
	{"pcapng, options behind the packet",
		SHB_LE IDB_LE("0100") "06000000 2c000000 00000000 00000000 42420f00 03000000 03000000 'abc' 00 0200 0000 0000 0000 2c000000",
		"1000002000/1=abc end"},
	{"pcapng, no block at all", SHB_LE, "end"},
	{"pcapng, a packet of an interface that is not there", SHB_LE IDB_LE("0100") EPB_LE("01000000"), "bad"},
	{"pcapng, a packet longer than its block",
		SHB_LE IDB_LE("0100") "06000000 24000000 00000000 00000000 00000000 05000000 05000000 'abcd' 24000000", "bad"},
	{"pcapng, a packet of 0xffffffff", SHB_LE IDB_LE("0100") "06000000 24000000 00000000 00000000 00000000 ffffffff ffffffff 'abcd' 24000000",
		"bad"},
	{"pcapng, a packet block too short for its fields", SHB_LE IDB_LE("0100") "06000000 1c000000 00000000 00000000 00000000 00000000 1c000000",
		"bad"},
	{"pcapng, a block of 8", SHB_LE "aa000000 08000000 08000000", "bad"},
	{"pcapng, a block of 0", SHB_LE "aa000000 00000000 00000000", "bad"},
	{"pcapng, a block of 13", SHB_LE "aa000000 0d000000 00 0d000000", "bad"},
	{"pcapng, a packet block of 2 MiB", SHB_LE IDB_LE("0100") "06000000 00002000 00*64", "bad"},
	{"pcapng, an interface block too short", SHB_LE "01000000 10000000 0100 0000 10000000", "bad"},
	{"pcapng, cut in an unknown block", SHB_LE IDB_LE("0100") EPB_LE("00000000") "aa000000 00010000 00*40", "1000002000/1=abc cut"},
	{"pcapng, cut in a large unknown block, at its megabyte", SHB_LE IDB_LE("0100") EPB_LE("00000000") "aa000000 00002000 00*1048568",
		"1000002000/1=abc cut"},
	{"pcapng, cut in a packet", SHB_LE IDB_LE("0100") "06000000 24000000 00000000 0000", "cut"},
	{"pcapng, cut in a block's header", SHB_LE "06000000 24", "cut"},
	{"pcapng, cut in the second section's header", SHB_LE IDB_LE("0100") EPB_LE("00000000") "0a0d0d0a 1c000000 4d3c2b1a 0100",
		"1000002000/1=abc cut"},
	{"pcapng, cut in the second section's options", SHB_LE "0a0d0d0a 2c000000 4d3c2b1a 0100 0000 ffffffffffffffff 0000", "cut"},
	{"pcapng, a second section without byte order", SHB_LE "0a0d0d0a 1c000000 4d3c2b1b 0100 0000 ffffffffffffffff 1c000000", "bad"},
	{"pcapng, a second section of 24 octets", SHB_LE "0a0d0d0a 18000000 4d3c2b1a 0100 0000 ffffffffffffffff 18000000", "bad"},
	{"pcapng, cut in its first header", "0a0d0d0a 1c000000 4d3c2b1a 0100 0000", "refused"},
	{"pcapng, no byte order", "0a0d0d0a 1c000000 00000000 0100 0000 ffffffffffffffff 1c000000", "refused"},
	/* no captures */
	{"an empty file", "", "refused"},
	{"three octets", "d4c3b2", "refused"},
	{"text", "'not a capture file, but as long as one header'", "refused"},
	{"gzip", "1f8b0800 00*64", "refused"},
};

/* A file of those octets; the caller closes it. */
static int memory_file(const void *octets, size_t len, char path[static 32])
{
	int fd = memfd_create("capture", MFD_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, octets, len), len);
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

static void read_all(const void *octets, size_t len, char *text, size_t cap)
{
	static const char *const ends[] = {NULL, "end", "cut", "bad"};
	char path[32];
	char why[SAVEFILE_WHY_CAP] = "";
	struct savefile *file;
	struct savefile_frame frame;
	enum savefile_rc rc;
	int fd = memory_file(octets, len, path);
	text[0] = '\0';
	if (savefile_open(&file, path, NULL, why) < 0) {
		assert_string_equal(why, "not a pcap or pcapng capture file");
		snprintf(text, cap, "refused");
		close(fd);
		return;
	}
	assert_int_equal(savefile_size(file), len);
	while ((rc = savefile_next(file, &frame, why)) == SAVEFILE_FRAME) {
		size_t n = strlen(text);
		snprintf(text + n, cap - n, "%llu/%u=%.*s ", (unsigned long long)frame.at_ns, frame.type, (int)frame.len, (const char *)frame.octets);
	}
	assert_int_equal(savefile_next(file, &frame, why), rc);
	assert_true(rc == SAVEFILE_END || why[0] != '\0');
	if (rc == SAVEFILE_END)
		assert_int_equal(savefile_position(file), len);
	size_t n = strlen(text);
	snprintf(text + n, cap - n, "%s", ends[rc]);
	savefile_close(file);
	close(fd);
}

static void test_row(void **state)
{
	const struct file_row *row = *state;
	struct octets octets = octets_from(row->octets);
	char text[1024];
	read_all(octets.at, octets.len, text, sizeof text);
	assert_string_equal(text, row->want);
	octets_free(&octets);
}

/* Cut anywhere: the frames before the cut as ever, and an end that says cut unless a record ended there. */
static void test_cut(void **state)
{
	const struct file_row *row = *state;
	struct octets octets = octets_from(row->octets);
	for (size_t len = 0; len < octets.len; len++) {
		char text[1024];
		read_all(octets.at, len, text, sizeof text);
		char *end = strrchr(text, ' ');
		end = end != NULL ? end + 1 : text;
		if (strcmp(text, "refused") == 0)
			continue;
		assert_true(strcmp(end, "end") == 0 || strcmp(end, "cut") == 0);
		assert_memory_equal(text, row->want, (size_t)(end - text));
	}
	octets_free(&octets);
}

/* Frames that lie across the reader's window, from a file and from a pipe that gives few octets at a time. */
static uint8_t *large_file(size_t frames, size_t frame_len, size_t *len)
{
	struct octets header = octets_from(PCAP_LE(US_LE, "01000000"));
	uint8_t *octets = malloc(header.len + frames * (16 + frame_len));
	memcpy(octets, header.at, header.len);
	*len = header.len;
	for (size_t i = 0; i < frames; i++) {
		uint32_t record[4] = {(uint32_t)i, 0, (uint32_t)frame_len, (uint32_t)frame_len};
		memcpy(octets + *len, record, 16);
		memset(octets + *len + 16, (int)(i & 0xff), frame_len);
		*len += 16 + frame_len;
	}
	octets_free(&header);
	return octets;
}

static void test_window(void **state)
{
	(void)state;
	char path[32];
	char why[SAVEFILE_WHY_CAP];
	size_t len;
	uint8_t *octets = large_file(50, 100001, &len);
	struct savefile *file;
	struct savefile_frame frame;
	int fd = memory_file(octets, len, path);
	assert_int_equal(savefile_open(&file, path, NULL, why), 0);
	for (size_t i = 0; i < 50; i++) {
		assert_int_equal(savefile_next(file, &frame, why), SAVEFILE_FRAME);
		assert_int_equal(frame.len, 100001);
		assert_int_equal(frame.octets[0], i);
		assert_int_equal(frame.octets[100000], i);
		assert_int_equal(frame.at_ns, i * 1000000000);
	}
	assert_int_equal(savefile_next(file, &frame, why), SAVEFILE_END);
	savefile_close(file);
	close(fd);
	free(octets);
}

static void test_pipe(void **state)
{
	(void)state;
	char path[32];
	char why[SAVEFILE_WHY_CAP];
	int ends[2];
	struct savefile *file;
	struct savefile_frame frame;
	struct octets octets = octets_from(PCAP_LE(US_LE, "01000000") ONE_LE);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], octets.at, octets.len), octets.len);
	close(ends[1]);
	snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
	assert_int_equal(savefile_open(&file, path, NULL, why), 0);
	assert_int_equal(savefile_size(file), 0);
	assert_int_equal(savefile_next(file, &frame, why), SAVEFILE_FRAME);
	assert_int_equal(savefile_next(file, &frame, why), SAVEFILE_END);
	savefile_close(file);
	close(ends[0]);
	octets_free(&octets);
}

static void test_no_file(void **state)
{
	(void)state;
	char why[SAVEFILE_WHY_CAP];
	struct savefile *file;
	assert_int_equal(savefile_open(&file, "/nonexistent/capture", NULL, why), -ENOENT);
	assert_string_equal(why, "No such file or directory");
	assert_int_equal(savefile_open(&file, "/", NULL, why), -EISDIR);
	assert_string_equal(why, "Is a directory");
	savefile_close(NULL);
}

int main(void)
{
	static struct tests tests;
	static char names[sizeof rows / sizeof rows[0]][96];
	TESTS_ROWS(&tests, rows, test_row);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = strlen(rows[i].want);
		if (n < 3 || strcmp(rows[i].want + n - 3, "end") != 0)
			continue;
		snprintf(names[i], sizeof names[i], "cut anywhere: %s", rows[i].name);
		tests_add(&tests, names[i], test_cut, &rows[i]);
	}
	tests_add(&tests, "frames across the window", test_window, NULL);
	tests_add(&tests, "a pipe", test_pipe, NULL);
	tests_add(&tests, "no file", test_no_file, NULL);
	return tests_run(&tests, "savefile");
}
