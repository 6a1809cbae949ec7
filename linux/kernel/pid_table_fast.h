/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The number table's two operations that a fork at level N does N + 1 times,
 * for kernel/pid.c to have in line. What does not go the usual way, in the
 * cursor's leaf, is in kernel/pid_table.c.
 */
#ifndef _KERNEL_PID_TABLE_FAST_H
#define _KERNEL_PID_TABLE_FAST_H

#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/pid_table.h>

int pid_table_reserve_slowly(struct pid_table *t, unsigned int nr,
			     unsigned int max, void __rcu ***slot)
	__releases(&t->lock);
void pid_node_mark_full(struct pid_node *node);
unsigned int pid_table_erase_slowly(struct pid_table *t, unsigned int nr)
	__releases(&t->lock);

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
 * Context: Process context, may sleep. Takes and drops the table's lock, once
 *	    unless nodes are missing.
 * Return: The number; -EAGAIN if none is free, -ENOMEM if the table is closed
 *	   or memory ran out. On error the table is as it was.
 */
static inline int pid_table_reserve(struct pid_table *t, unsigned int max,
				    void __rcu ***slot)
{
	struct pid_node *leaf;
	unsigned int i, nr;

	spin_lock(&t->lock);
	leaf = t->cur;
	nr = t->next;
	if (unlikely(!leaf || t->closed || nr >= max))
		return pid_table_reserve_slowly(t, 0, max, slot);

	i = nr - leaf->base;
	if (unlikely(i >= PID_NODE_SLOTS || __test_and_set_bit(i, leaf->used)))
		return pid_table_reserve_slowly(t, 0, max, slot);
	if (unlikely(bitmap_full(leaf->used, PID_NODE_SLOTS)))
		pid_node_mark_full(leaf);

	WRITE_ONCE(t->count, t->count + 1);
	WRITE_ONCE(t->next, nr + 1);
	*slot = &leaf->slot[i];
	spin_unlock(&t->lock);
	return nr;
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
	spin_lock(&t->lock);
	return pid_table_reserve_slowly(t, nr, PID_TABLE_LIMIT, slot);
}

/**
 * pid_table_erase() - give a number back
 * @t: table
 * @nr: a number that is reserved or published
 *
 * When the last number goes, the cursor goes back to the start: a namespace
 * whose first fork failed is as new.
 *
 * Context: Process context. Takes and drops the table's lock. Readers may see
 *	    the entry until a grace period has passed.
 * Return: How many numbers are left.
 */
static inline unsigned int pid_table_erase(struct pid_table *t, unsigned int nr)
{
	struct pid_node *leaf;
	unsigned int i, left;

	spin_lock(&t->lock);
	leaf = t->cur;
	left = t->count - 1;
	if (unlikely(!leaf || !left))
		return pid_table_erase_slowly(t, nr);

	i = nr - leaf->base;
	if (unlikely(i >= PID_NODE_SLOTS || bitmap_full(leaf->used, PID_NODE_SLOTS)))
		return pid_table_erase_slowly(t, nr);

	WARN_ON_ONCE(!__test_and_clear_bit(i, leaf->used));
	RCU_INIT_POINTER(leaf->slot[i], NULL);
	WRITE_ONCE(t->count, left);
	spin_unlock(&t->lock);
	return left;
}

#endif /* _KERNEL_PID_TABLE_FAST_H */
