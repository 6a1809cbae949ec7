// SPDX-License-Identifier: GPL-2.0-only
/* Our side: what alloc_pid() and free_pid() of linux/kernel/pid.c ask of tables. */

#include <stdio.h>
#include <stdlib.h>
#include <linux/pid_table.h>
#include "pid_table_fast.h"
#include "native.h"

#define MAX_LEVELS	33

static void *ours_make(unsigned int id)
{
	/* A namespace has a line of its own for what each fork writes. */
	struct pid_table *t = aligned_alloc(128, round_up(sizeof(*t), 128));

	memset(t, 0, sizeof(*t));
	pid_table_init(t);
	t->lock.id = id;
	return t;
}

static void ours_alloc(void **ns, int level, int *nr, int max)
{
	void __rcu **slots[MAX_LEVELS];
	int i;

	for (i = level; i >= 0; i--) {
		nr[i] = pid_table_reserve(ns[i], max, &slots[i]);
		if (unlikely(nr[i] < 0)) {
			fprintf(stderr, "no number: %d\n", nr[i]);
			exit(1);
		}
	}
	for (i = level; i >= 0; i--)
		pid_table_publish(slots[i], nr);
}

static void ours_free(void **ns, int level, const int *nr)
{
	int i;

	for (i = level; i >= 0; i--)
		pid_table_erase(ns[i], nr[i]);
}

const struct side side_ours = {
	.name		= "ours",
	.make		= ours_make,
	.alloc		= ours_alloc,
	.free		= ours_free,
};
