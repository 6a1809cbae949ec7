// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a number table needs besides where namespaces are born and die. Without
 * them there is one table for as long as the system runs: only unit tests have
 * this then.
 */

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/pid_table.h>
#include "pid_core.h"

/**
 * pid_table_count() - how many numbers are taken
 * @t: table
 * @enough: where counting may end
 *
 * No fork and no exit keeps a count for this: whoever asks goes through the
 * leaves.
 *
 * Context: Any.
 * Return: The count, or @enough or more. Numbers that come and go meanwhile are
 *	   in it or not.
 */
unsigned int pid_table_count(const struct pid_table *t, unsigned int enough)
{
	unsigned int nr = 0, count = 0;
	struct pid_node *leaf;

	rcu_read_lock();
	while (count < enough && (leaf = pid_table_next_leaf(t, &nr))) {
		count += hweight_long(READ_ONCE(leaf->used));
		nr = node_end(leaf);
	}
	rcu_read_unlock();

	return count;
}

#ifdef CONFIG_PID_NS
/**
 * pid_table_begin_again() - put the cursor of a table without numbers to 1
 * @t: table
 *
 * Nothing happens if there is a number, or the table is closed.
 *
 * Context: The table's lock.
 */
void pid_table_begin_again(struct pid_table *t)
{
	lockdep_assert_held(&t->lock);
	if (!t->closed && !pid_table_count(t, 1))
		pid_table_set_cursor(t, 1);
}
#endif

/**
 * pid_table_close() - give out no more numbers
 * @t: table
 *
 * Who was about to take one without the lock may still have it afterwards: a
 * fork that is told so looks again, pid_may_start().
 *
 * Context: Process context. Takes and drops the table's lock.
 */
void pid_table_close(struct pid_table *t)
{
	spin_lock(&t->lock);
	WRITE_ONCE(t->closed, true);
	/* Has the barrier between closed and what our caller counts. */
	pid_table_set_cursor(t, pid_table_cursor(t));
	spin_unlock(&t->lock);
}

/**
 * pid_table_set_last() - put the cursor behind a number
 * @t: table
 * @nr: the next number in turn is the first free one above it, 0 or more
 *
 * Context: Process context. Takes and drops the table's lock.
 */
void pid_table_set_last(struct pid_table *t, unsigned int nr)
{
	spin_lock(&t->lock);
	pid_table_set_cursor(t, nr + 1);
	spin_unlock(&t->lock);
}

/**
 * pid_table_destroy() - free what a table holds when its numbers are gone
 * @t: table
 *
 * Context: Any, when no reader and no writer is left: after a grace period.
 */
void pid_table_destroy(struct pid_table *t)
{
	struct pid_node *node, *parent;

	/* The cursor's leaf and the way to it are all that an empty table keeps. */
	for (node = rcu_dereference_protected(t->cur, true); node; node = parent) {
		WARN_ON_ONCE(hweight_long(node->used) > !!node->shift);
		parent = node->parent;
		if (parent)
			RCU_INIT_POINTER(parent->slot[slot_of(parent, node->base)],
					 NULL);
		pid_node_free(node);
	}
}
