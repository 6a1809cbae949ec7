// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in a number table: for those who go through it, without its lock.
 *
 * include/linux/pid_table.h has the words and the shape. All here is under RCU,
 * beside others that change what is looked at.
 */

#include <linux/bitops.h>
#include <linux/pid_table.h>
#include "pid_core.h"

/**
 * pid_table_last() - the number that the table chose last
 * @t: table
 *
 * Context: Any; the answer is old as soon as it is had.
 * Return: A number, 0 if the table chose none yet.
 */
unsigned int pid_table_last(const struct pid_table *t)
{
	struct pid_node *cur;
	unsigned int next;

	rcu_read_lock();
	cur = rcu_dereference(t->cur);
	next = cur ? leaf_cursor(cur) : READ_ONCE(t->next);
	rcu_read_unlock();

	return next - 1;
}

/**
 * pid_table_next_leaf() - the first leaf that may have a number
 * @t: table
 * @nr: from which number on; moved past what is empty
 *
 * used is a hint here, read while others write it: a number that is taken all the
 * time has its bits set all the time, and any other one may be missed.
 *
 * Context: RCU read side.
 * Return: The leaf, NULL if there is none.
 */
struct pid_node *pid_table_next_leaf(const struct pid_table *t, unsigned int *nr)
{
	struct pid_node *node, *child;
	unsigned long used;
	unsigned int i;

restart:
	node = rcu_dereference_raw(t->root);
	if (!node || !covers(node, *nr))
		return NULL;

	while (node->shift) {
		used = READ_ONCE(node->used) & (~0UL << slot_of(node, *nr));
		if (!used) {
			*nr = node_end(node);
			goto restart;
		}
		i = __ffs(used);
		*nr = max(*nr, node->base + (i << node->shift));
		child = rcu_dereference_raw(node->slot[i]);
		if (!child) {
			*nr = node->base + ((i + 1) << node->shift);
			goto restart;
		}
		node = child;
	}

	return node;
}

/**
 * pid_table_next() - the first published entry at a number or after it
 * @t: table
 * @nr: where to begin
 *
 * Context: RCU read side.
 * Return: An entry, NULL when there is none. What is published all through the
 *	   call is found.
 */
void *pid_table_next(const struct pid_table *t, unsigned int nr)
{
	struct pid_node *leaf;
	unsigned long used;
	void *entry;

	while ((leaf = pid_table_next_leaf(t, &nr))) {
		used = READ_ONCE(leaf->used) & (~0UL << nr % PID_NODE_SLOTS);
		for (; used; used &= used - 1) {
			entry = rcu_dereference_raw(leaf->slot[__ffs(used)]);
			if (entry)
				return entry;
		}
		nr = node_end(leaf);
	}

	return NULL;
}
