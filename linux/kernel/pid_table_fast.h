/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The number table's two operations that a fork at level N does N + 1 times,
 * for kernel/pid.c to have in line: what goes the usual way, without the lock.
 * The rest is in kernel/pid_table.c.
 *
 * Barriers: claiming and clearing a bit are full ones. Who clears a bit then
 * looks at closed and at cur, and smp_mb() stands behind each store to these. So
 * either it sees the store, or whoever stored sees the bit cleared: when it
 * counts what is left of a closed table, or retires a leaf that the cursor left.
 */
#ifndef _KERNEL_PID_TABLE_FAST_H
#define _KERNEL_PID_TABLE_FAST_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/pid_table.h>
#include "pid_core.h"

int pid_table_reserve_slowly(struct pid_table *t, unsigned int nr,
			     unsigned int max, void __rcu ***slot);
void pid_table_erased(struct pid_table *t, struct pid_node *leaf,
		      unsigned long used, unsigned int nr);

/* Is there a slot @i in a leaf, and its number not too large. */
static inline bool leaf_allows(const struct pid_node *leaf, unsigned int i,
			       unsigned int max)
{
	return i < PID_NODE_SLOTS && leaf->base + i < max;
}

/**
 * pid_table_reserve() - reserve the next number in turn
 * @t: table
 * @max: the first number that is too large, at most PID_TABLE_LIMIT
 * @slot: set to the number's place, for pid_table_publish()
 *
 * Numbers ascend; after @max they go on with RESERVED_PIDS, or with 1 as long
 * as RESERVED_PIDS was not passed. A number that was erased does not come back
 * before that.
 *
 * The cursor is looked at before it is moved: when no number is to be had it
 * stays where it is.
 *
 * Context: Process context, may sleep.
 * Return: The number; -EAGAIN if none is free, -ENOMEM if the table is closed
 *	   or memory ran out. On error the table is as it was.
 */
static __always_inline int pid_table_reserve(struct pid_table *t,
					     unsigned int max,
					     void __rcu ***slot)
{
	struct pid_node *leaf;
	unsigned int i, next;

	rcu_read_lock();
	leaf = rcu_dereference(t->cur);
	if (unlikely(!leaf))
		goto slowly;

	i = atomic_read(&leaf->next);
	if (unlikely(!leaf_allows(leaf, i, max) || READ_ONCE(leaf->used) >> i & 1))
		goto slowly;
	next = atomic_fetch_inc(&leaf->next);
	if (unlikely(next != i && !leaf_allows(leaf, next, max)))
		goto slowly;
	if (unlikely(test_and_set_bit(next, &leaf->used)))
		goto slowly;
	rcu_read_unlock();

	*slot = &leaf->slot[next];
	return leaf->base + next;

slowly:
	rcu_read_unlock();
	return pid_table_reserve_slowly(t, 0, max, slot);
}

/**
 * pid_table_reserve_nr() - reserve a certain number
 * @t: table
 * @nr: the number, above 0 and below PID_TABLE_LIMIT
 * @slot: set to the number's place, for pid_table_publish()
 *
 * The cursor stays where it is.
 *
 * Context: Process context, may sleep. Takes and drops the table's lock.
 * Return: @nr; -EEXIST if it is taken, -ENOMEM if the table is closed or memory
 *	   ran out. On error the table is as it was.
 */
static inline int pid_table_reserve_nr(struct pid_table *t, unsigned int nr,
				       void __rcu ***slot)
{
	return pid_table_reserve_slowly(t, nr, PID_TABLE_LIMIT, slot);
}

/* pid_table_leaf() of a number that pins the way to it: nothing can be missing. */
static inline struct pid_node *pid_table_leaf_of_taken(const struct pid_table *t,
						       unsigned int nr)
{
	struct pid_node *node = rcu_dereference(t->root);
	unsigned int shift;

	for (shift = node->shift; shift; shift -= PID_NODE_SHIFT)
		node = rcu_dereference(node->slot[(nr >> shift) % PID_NODE_SLOTS]);

	return node;
}

/**
 * pid_table_erase() - give a number back
 * @t: table
 * @nr: a number that is reserved or published
 *
 * When number 1 goes as the last one, the cursor goes back to the start: a
 * namespace whose first fork failed is as new.
 *
 * Context: Process context. Takes and drops the table's lock if the leaf was
 *	    full or is empty now. Readers may see the entry until a grace period
 *	    has passed.
 * Return: True if the table is closed and the number's leaf has two others at
 *	   most: nobody who waits for the last ones has to be told before, and it
 *	   takes no look at other leaves.
 */
static __always_inline bool pid_table_erase(struct pid_table *t, unsigned int nr)
{
	const unsigned long bit = BIT(nr % PID_NODE_SLOTS);
	struct pid_node *leaf;
	unsigned long used;

	rcu_read_lock();
	leaf = pid_table_leaf_of_taken(t, nr);
	RCU_INIT_POINTER(leaf->slot[nr % PID_NODE_SLOTS], NULL);
	/* The bit is set, and ours: this clears it, and tells of the others. */
	used = atomic_long_fetch_sub(bit, (atomic_long_t *)&leaf->used);

	/* The cursor's leaf may be empty; with number 1 it is the whole table. */
	if (unlikely((used == bit && (leaf != rcu_access_pointer(t->cur) ||
				      nr == 1)) || used == ~0UL))
		pid_table_erased(t, leaf, used, nr);
	rcu_read_unlock();

	return pid_table_is_closed(t) && hweight_long(used) <= 2 + 1;
}

#endif /* _KERNEL_PID_TABLE_FAST_H */
