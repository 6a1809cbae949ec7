/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs here ask of the kernel's stand-ins, and of both sides. */
#ifndef _NATIVE_H
#define _NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* rcu.c: each thread that takes part, from its start to its end. */
void rcu_enter(void);
void rcu_leave(void);
/* Run what this thread queued, when the readers of now are gone. */
void rcu_drain(void);

/* slab.c */
long slab_objects(void);
long slab_bytes(void);
void slab_drain(void);

/*
 * Allocations that succeed before one fails; negative: none does. Then it is
 * negative again, and slab_failed is set. For use by a single thread.
 */
extern long slab_until_failure;
extern bool slab_failed;
/* Told of every object that goes back, to see that it is as it was made. */
extern void (*slab_check)(const void *object);

/* A side of the benchmark: numbers in LEVEL + 1 namespaces for each pid. */
struct side {
	const char *name;
	/* @id tells its lock from others, if it has one: below SPIN_LOCKS. */
	void *(*make)(unsigned int id);
	/* From level 0 down; nr is filled. Dies if there is no number. */
	void (*alloc)(void **ns, int level, int *nr, int max);
	void (*free)(void **ns, int level, const int *nr);
};

extern const struct side side_ours;
extern const struct side side_base;

#endif /* _NATIVE_H */
