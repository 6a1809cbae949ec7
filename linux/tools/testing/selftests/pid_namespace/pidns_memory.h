/* SPDX-License-Identifier: GPL-2.0-only */
/* How much of the kernel's memory is in use, for tests that look for leaks. */
#ifndef __PIDNS_MEMORY_H
#define __PIDNS_MEMORY_H

#include "pidns.h"

/*
 * Objects in a slab; -1 if the kernel doesn't tell. Shrinking it also empties
 * KASAN's quarantine, whose objects count as used.
 */
static inline long objects(const char *cache)
{
	FILE *file;
	char line[512], name[64];
	long active, found = -1;

	write_text(text("/sys/kernel/slab/%s/shrink", cache), "1");
	file = fopen("/proc/slabinfo", "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %ld", name, &active) == 2 &&
		    !strcmp(name, cache))
			found = active;
	if (file)
		fclose(file);
	return found;
}

/* KiB of what processes and namespaces are made of. */
static inline long kernel_memory(void)
{
	return atol(field("/proc/meminfo", "Slab")) +
	       atol(field("/proc/meminfo", "KernelStack")) +
	       atol(field("/proc/meminfo", "PageTables")) +
	       atol(field("/proc/meminfo", "Percpu"));
}

#endif /* __PIDNS_MEMORY_H */
