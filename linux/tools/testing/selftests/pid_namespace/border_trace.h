/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of tracers share: words for stops, and what one is told there. */
#ifndef __BORDER_TRACE_H
#define __BORDER_TRACE_H

#include "border.h"
#include <sys/ptrace.h>

/* What next_stop() gives for an event. */
#define EVENT(name)	(SIGTRAP | PTRACE_EVENT_##name << 8)

static inline int seize(pid_t pid, unsigned long options)
{
	return ret(ptrace(PTRACE_SEIZE, pid, NULL, options));
}

/* Event and signal of the next stop: 0x80 for SIGTRAP | 0x80; -1 if it ended. */
static inline int next_stop(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		return -1;
	return status >> 8;
}

/* The stop's info; si_pid is -1 if there is none. */
static inline siginfo_t told(pid_t pid)
{
	siginfo_t info = { .si_pid = -1 };

	ptrace(PTRACE_GETSIGINFO, pid, NULL, &info);
	return info;
}

/* The number, by way of /proc, of who has this one outside. */
static inline pid_t number_at(pid_t outside, enum place place)
{
	return numbers_of(proc_path(outside, "status"), "NSpid")
		.nr[level_of(place)];
}

#endif /* __BORDER_TRACE_H */
