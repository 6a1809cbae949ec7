// SPDX-License-Identifier: GPL-2.0-only
/*
 * The base's side: the calls to the base's idr that its pid core makes for a
 * pid, in their order and under one lock for all namespaces. Each number is
 * taken under a hold of its own, with no pid behind it; one more hold makes
 * them all visible, one gives them all back.
 */

#include <stdio.h>
#include <stdlib.h>
#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "native.h"

struct base_ns {
	struct idr	idr;
	unsigned int	pids;
};

static spinlock_t lock __attribute__((aligned(128)));

static void *base_make(unsigned int id)
{
	struct base_ns *ns = aligned_alloc(128, 128);

	memset(ns, 0, sizeof(*ns));
	idr_init(&ns->idr);
	return ns;
}

static int base_number(struct base_ns *ns, int max)
{
	int nr, low;

	idr_preload(GFP_KERNEL);
	spin_lock_irq(&lock);
	low = idr_get_cursor(&ns->idr) > RESERVED_PIDS ? RESERVED_PIDS : 1;
	nr = idr_alloc_cyclic(&ns->idr, NULL, low, max, GFP_ATOMIC);
	spin_unlock_irq(&lock);
	idr_preload_end();
	return nr;
}

static void base_alloc(void **ns, int level, int *nr, int max)
{
	struct base_ns *at;
	int i;

	for (i = level; i >= 0; i--) {
		nr[i] = base_number(ns[i], max);
		if (unlikely(nr[i] < 0)) {
			fprintf(stderr, "no number: %d\n", nr[i]);
			exit(1);
		}
	}

	spin_lock_irq(&lock);
	for (i = level; i >= 0; i--) {
		at = ns[i];
		idr_replace(&at->idr, nr, nr[i]);
		at->pids++;
	}
	spin_unlock_irq(&lock);
}

static void base_free(void **ns, int level, const int *nr)
{
	unsigned long flags = 0;
	struct base_ns *at;
	int i;

	spin_lock_irqsave(&lock, flags);
	for (i = 0; i <= level; i++) {
		at = ns[i];
		at->pids--;
		idr_remove(&at->idr, nr[i]);
	}
	spin_unlock_irqrestore(&lock, flags);
}

const struct side side_base = {
	.name		= "base",
	.make		= base_make,
	.alloc		= base_alloc,
	.free		= base_free,
};
