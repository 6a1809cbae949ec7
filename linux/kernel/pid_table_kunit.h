/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the number table share.
 *
 * Entries are never followed, so the tests publish numbers disguised as pointers.
 */
#ifndef _KERNEL_PID_TABLE_KUNIT_H
#define _KERNEL_PID_TABLE_KUNIT_H

#include <kunit/test.h>
#include <linux/pid_table.h>
#include "pid_table_fast.h"

/* Where a test does not care for the limit. */
#define NO_LIMIT	PID_TABLE_LIMIT
#define LAST_NR		(PID_TABLE_LIMIT - 1)

static inline void *entry_of(unsigned int nr)
{
	return (void *)((unsigned long)nr << 2);
}

/* Reserve and publish; @nr as for pid_table_reserve_slowly(): 0 for the next in turn. */
static inline int add(struct pid_table *t, unsigned int nr, unsigned int max)
{
	void __rcu **slot;
	int ret;

	ret = nr ? pid_table_reserve_nr(t, nr, &slot) :
		   pid_table_reserve(t, max, &slot);
	if (ret > 0)
		pid_table_publish(slot, entry_of(ret));

	return ret;
}

static inline void add_all(struct kunit *test, struct pid_table *t,
			   unsigned int from, unsigned int to)
{
	unsigned int nr;

	for (nr = from; nr <= to; nr++)
		KUNIT_ASSERT_EQ(test, add(t, nr, 0), nr);
}

static inline void erase_range(struct pid_table *t, unsigned int from, unsigned int to)
{
	unsigned int nr;

	for (nr = from; nr <= to; nr++)
		pid_table_erase(t, nr);
}

static inline void *find(struct pid_table *t, unsigned int nr)
{
	guard(rcu)();
	return pid_table_find(t, nr);
}

static inline void *next(struct pid_table *t, unsigned int nr)
{
	guard(rcu)();
	return pid_table_next(t, nr);
}

static inline struct pid_node *root_of(struct pid_table *t)
{
	return rcu_dereference_protected(t->root, true);
}

static inline struct pid_node *cur_of(struct pid_table *t)
{
	return rcu_dereference_protected(t->cur, true);
}

static inline unsigned int count_nodes(struct pid_node *node)
{
	unsigned int i, count = 1;

	if (!node)
		return 0;
	if (node->shift)
		for_each_set_bit(i, &node->used, PID_NODE_SLOTS)
			count += count_nodes(rcu_dereference_protected(node->slot[i],
								       true));

	return count;
}

static inline unsigned int nodes_of(struct pid_table *t)
{
	return count_nodes(root_of(t));
}

static inline unsigned int count_of(struct pid_table *t)
{
	return pid_table_count(t, PID_TABLE_LIMIT);
}

static inline void table_release(void *data)
{
	struct pid_table *t = data;
	unsigned long nr;

	for (;;) {
		nr = (unsigned long)next(t, 1) >> 2;
		if (!nr)
			break;
		pid_table_erase(t, nr);
	}
	pid_table_destroy(t);
}

static inline struct pid_table *new_table(struct kunit *test)
{
	struct pid_table *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	pid_table_init(t);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, table_release, t), 0);
	return t;
}

#endif /* _KERNEL_PID_TABLE_KUNIT_H */
