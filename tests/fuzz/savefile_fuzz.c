/* SPDX-License-Identifier: Apache-2.0 */
/* A capture file. Reads every octet of every frame. */
#include "app/savefile.h"

#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	char path[32];
	char why[SAVEFILE_WHY_CAP];
	struct savefile *file;
	struct savefile_frame frame;
	int fd = memfd_create("capture", MFD_CLOEXEC);
	MUST(fd >= 0 && write(fd, octets, len) == (ssize_t)len);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (savefile_open(&file, path, NULL, why) == 0) {
		enum savefile_rc rc;
		uint64_t total = 0;
		unsigned sum = 0;
		while ((rc = savefile_next(file, &frame, why)) == SAVEFILE_FRAME) {
			total += frame.len;
			for (uint32_t i = 0; i < frame.len; i++)
				sum += frame.octets[i];
		}
		MUST(total <= len && savefile_position(file) <= len && sum <= total * 255);
		MUST(savefile_next(file, &frame, why) == rc);
		savefile_close(file);
	}
	close(fd);
	return 0;
}
