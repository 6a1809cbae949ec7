// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the number table, one property a test: kernel/pid_table.c.
 */

#include <kunit/test.h>
#include <linux/err.h>
#include <linux/limits.h>
#include <linux/pid.h>
#include <linux/pid_table.h>
#include "pid_table_kunit.h"

/* Without namespaces no table ends: what would look for that is not built. */
static void namespaces_only(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_PID_NS))
		kunit_skip(test, "no table ends without namespaces");
}

static void first_number_is_1_and_they_ascend(struct kunit *test)
{
	struct pid_table *t = new_table(test);
	int nr;

	KUNIT_EXPECT_EQ(test, pid_table_last(t), 0);
	for (nr = 1; nr <= 1000; nr++)
		KUNIT_ASSERT_EQ(test, add(t, 0, NO_LIMIT), nr);
	KUNIT_EXPECT_EQ(test, pid_table_last(t), 1000);
	KUNIT_EXPECT_EQ(test, count_of(t), 1000);
}

static void reserved_number_is_not_found(struct kunit *test)
{
	struct pid_table *t = new_table(test);
	void __rcu **slot;

	KUNIT_ASSERT_EQ(test, pid_table_reserve(t, NO_LIMIT, &slot), 1);
	KUNIT_EXPECT_NULL(test, find(t, 1));
	KUNIT_EXPECT_NULL(test, next(t, 1));

	pid_table_publish(slot, entry_of(1));
	KUNIT_EXPECT_PTR_EQ(test, find(t, 1), entry_of(1));
	KUNIT_EXPECT_PTR_EQ(test, next(t, 1), entry_of(1));

	KUNIT_EXPECT_FALSE(test, pid_table_erase(t, 1));
	KUNIT_EXPECT_NULL(test, find(t, 1));
}

static void numbers_never_given_out_are_not_found(struct kunit *test)
{
	static const unsigned int absent[] = {
		0, 2, 63, 64, 4095, 4096, LAST_NR, PID_TABLE_LIMIT,
		INT_MAX, (unsigned int)INT_MIN, (unsigned int)-1,
	};
	struct pid_table *t = new_table(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(absent); i++)
		KUNIT_EXPECT_NULL(test, find(t, absent[i]));
	KUNIT_ASSERT_EQ(test, add(t, 0, NO_LIMIT), 1);
	for (i = 0; i < ARRAY_SIZE(absent); i++)
		KUNIT_EXPECT_NULL(test, find(t, absent[i]));
}

static void freed_number_is_not_reused_before_the_wrap(struct kunit *test)
{
	struct pid_table *t = new_table(test);
	int nr;

	KUNIT_ASSERT_EQ(test, add(t, 0, 1000), 1);
	for (nr = 2; nr < 1000; nr++) {
		KUNIT_ASSERT_EQ(test, add(t, 0, 1000), nr);
		pid_table_erase(t, nr);
	}
	KUNIT_EXPECT_EQ(test, add(t, 0, 1000), RESERVED_PIDS);
}

static void wrap_goes_to_reserved_pids(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	add_all(test, t, 1, 5);
	add_all(test, t, RESERVED_PIDS, RESERVED_PIDS + 9);
	pid_table_set_last(t, 998);
	KUNIT_EXPECT_EQ(test, add(t, 0, 1000), 999);
	KUNIT_EXPECT_EQ(test, add(t, 0, 1000), RESERVED_PIDS + 10);
}

static void wrap_goes_to_1_before_reserved_pids_were_passed(struct kunit *test)
{
	struct pid_table *t = new_table(test);
	int nr;

	for (nr = 1; nr < 200; nr++)
		KUNIT_ASSERT_EQ(test, add(t, 0, 200), nr);
	pid_table_erase(t, 7);
	KUNIT_EXPECT_EQ(test, add(t, 0, 200), 7);
}

static void full_table_gives_eagain_and_recovers(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	add_all(test, t, 1, 999);
	pid_table_set_last(t, 999);
	KUNIT_EXPECT_EQ(test, add(t, 0, 1000), -EAGAIN);
	KUNIT_EXPECT_EQ(test, count_of(t), 999);

	/* Below RESERVED_PIDS nothing is had after the wrap. */
	pid_table_erase(t, 299);
	KUNIT_EXPECT_EQ(test, add(t, 0, 1000), -EAGAIN);
	pid_table_erase(t, 640);
	KUNIT_EXPECT_EQ(test, add(t, 0, 1000), 640);
	KUNIT_EXPECT_EQ(test, add(t, 0, 1000), -EAGAIN);
}

static void last_number_of_all_can_be_had(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	pid_table_set_last(t, LAST_NR - 1);
	KUNIT_EXPECT_EQ(test, add(t, 0, NO_LIMIT), LAST_NR);
	KUNIT_EXPECT_PTR_EQ(test, find(t, LAST_NR), entry_of(LAST_NR));
	KUNIT_EXPECT_PTR_EQ(test, next(t, 1), entry_of(LAST_NR));
	KUNIT_EXPECT_NULL(test, next(t, PID_TABLE_LIMIT));
	KUNIT_EXPECT_EQ(test, add(t, 0, NO_LIMIT), RESERVED_PIDS);
}

static void cursor_beyond_a_lowered_limit_wraps(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	pid_table_set_last(t, 5000);
	KUNIT_EXPECT_EQ(test, add(t, 0, 1000), RESERVED_PIDS);
}

static void certain_number_is_had_or_eexist(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	KUNIT_ASSERT_EQ(test, add(t, 0, NO_LIMIT), 1);
	KUNIT_EXPECT_EQ(test, add(t, 77777, 0), 77777);
	KUNIT_EXPECT_EQ(test, add(t, 77777, 0), -EEXIST);
	KUNIT_EXPECT_EQ(test, add(t, 1, 0), -EEXIST);
	KUNIT_EXPECT_EQ(test, count_of(t), 2);

	/* The cursor has not moved. */
	KUNIT_EXPECT_EQ(test, add(t, 0, NO_LIMIT), 2);
	KUNIT_EXPECT_PTR_EQ(test, find(t, 77777), entry_of(77777));
}

static void numbers_taken_are_skipped(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	add_all(test, t, 2, 300);
	KUNIT_EXPECT_EQ(test, add(t, 0, NO_LIMIT), 1);
	KUNIT_EXPECT_EQ(test, add(t, 0, NO_LIMIT), 301);
}

static void holes_are_found_after_the_wrap(struct kunit *test)
{
	static const unsigned int holes[] = { 301, 383, 384, 2048, 4095, 4096, 8999 };
	struct pid_table *t = new_table(test);
	int i;

	add_all(test, t, 1, 8999);
	for (i = 0; i < ARRAY_SIZE(holes); i++)
		pid_table_erase(t, holes[i]);
	pid_table_set_last(t, 8999);
	for (i = 0; i < ARRAY_SIZE(holes); i++)
		KUNIT_EXPECT_EQ(test, add(t, 0, 9000), holes[i]);
	KUNIT_EXPECT_EQ(test, add(t, 0, 9000), -EAGAIN);
}

static void next_finds_across_empty_leaves(struct kunit *test)
{
	static const unsigned int nrs[] = {
		1, 63, 64, 4095, 4096, 262143, 262144, 1000000, LAST_NR,
	};
	struct pid_table *t = new_table(test);
	unsigned int from = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(nrs); i++)
		KUNIT_ASSERT_EQ(test, add(t, nrs[i], 0), nrs[i]);
	for (i = 0; i < ARRAY_SIZE(nrs); i++) {
		KUNIT_EXPECT_PTR_EQ(test, next(t, from), entry_of(nrs[i]));
		KUNIT_EXPECT_PTR_EQ(test, next(t, nrs[i]), entry_of(nrs[i]));
		from = nrs[i] + 1;
	}
	KUNIT_EXPECT_NULL(test, next(t, from));
	KUNIT_EXPECT_NULL(test, next(t, (unsigned int)-1));
}

static void root_grows_and_keeps_what_it_had(struct kunit *test)
{
	static const unsigned int nrs[] = { 1, 64, 4096, 262144 };
	struct pid_table *t = new_table(test);
	int i, j;

	for (i = 0; i < ARRAY_SIZE(nrs); i++) {
		KUNIT_ASSERT_EQ(test, add(t, nrs[i], 0), nrs[i]);
		KUNIT_EXPECT_EQ(test, root_of(t)->shift, i * PID_NODE_SHIFT);
		for (j = 0; j <= i; j++)
			KUNIT_EXPECT_PTR_EQ(test, find(t, nrs[j]), entry_of(nrs[j]));
	}
	for (i = ARRAY_SIZE(nrs) - 1; i > 0; i--) {
		pid_table_erase(t, nrs[i]);
		KUNIT_EXPECT_EQ(test, root_of(t)->shift,
				(i - 1) * PID_NODE_SHIFT);
		KUNIT_EXPECT_PTR_EQ(test, find(t, 1), entry_of(1));
	}
}

static void full_marks_survive_growth(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	/* All of one node of leaves but number 0, which nobody can have. */
	add_all(test, t, 64, 4095);
	add_all(test, t, 1, 63);
	KUNIT_ASSERT_EQ(test, add(t, 300000, 0), 300000);
	pid_table_set_last(t, 63);
	KUNIT_EXPECT_EQ(test, add(t, 0, NO_LIMIT), 4096);
	pid_table_erase(t, 2000);
	pid_table_set_last(t, 64);
	KUNIT_EXPECT_EQ(test, add(t, 0, NO_LIMIT), 2000);
}

static void fresh_table_takes_one_node(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	KUNIT_EXPECT_EQ(test, nodes_of(t), 0);
	add_all(test, t, 1, PID_NODE_SLOTS - 1);
	KUNIT_EXPECT_EQ(test, nodes_of(t), 1);
	/* Not more than the base kernel needs for a first number on 64 bits. */
	KUNIT_EXPECT_LE(test, sizeof(struct pid_node), 576);
}

static void empty_leaves_go_back(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	add_all(test, t, 1, 10000);
	/* Leaves, nodes above them, and the root, in whatever words. */
	KUNIT_EXPECT_EQ(test, nodes_of(t), (10000 >> PID_NODE_SHIFT) + 1 +
			(10000 >> 2 * PID_NODE_SHIFT) + 1 + 1);
	erase_range(t, PID_NODE_SLOTS, 9983);
	KUNIT_EXPECT_EQ(test, nodes_of(t), 1 + 1 + 2 + 1);
	erase_range(t, 9984, 10000);
	KUNIT_EXPECT_EQ(test, nodes_of(t), 1);
	erase_range(t, 1, PID_NODE_SLOTS - 1);
	KUNIT_EXPECT_EQ(test, nodes_of(t), 0);
	KUNIT_EXPECT_EQ(test, count_of(t), 0);
}

static void leaf_of_the_cursor_stays_until_it_moves_on(struct kunit *test)
{
	struct pid_table *t = new_table(test);
	struct pid_node *leaf;
	int nr;

	KUNIT_ASSERT_EQ(test, add(t, 0, NO_LIMIT), 1);
	pid_table_set_last(t, 64);
	nr = add(t, 0, NO_LIMIT);
	leaf = cur_of(t);
	pid_table_erase(t, nr);
	KUNIT_EXPECT_PTR_EQ(test, cur_of(t), leaf);
	KUNIT_EXPECT_EQ(test, nodes_of(t), 3);

	pid_table_set_last(t, 1000);
	KUNIT_ASSERT_EQ(test, add(t, 0, NO_LIMIT), 1001);
	KUNIT_EXPECT_PTR_NE(test, cur_of(t), leaf);
	KUNIT_EXPECT_EQ(test, nodes_of(t), 3);
}

/* Who erases first from a full leaf is late, and the others empty it meanwhile. */
static void late_eraser_of_a_full_leaf_loses_no_number(struct kunit *test)
{
	const unsigned int first = 10 * PID_NODE_SLOTS, max = 16 * PID_NODE_SLOTS;
	struct pid_table *t = new_table(test);
	struct pid_node *leaf;
	unsigned long used;

	add_all(test, t, 1, max - 1);
	rcu_read_lock();
	leaf = pid_table_leaf_of_taken(t, first);
	RCU_INIT_POINTER(leaf->slot[0], NULL);
	used = atomic_long_fetch_sub(1, (atomic_long_t *)&leaf->used);
	KUNIT_EXPECT_EQ(test, used, ~0UL);
	erase_range(t, first + 1, first + PID_NODE_SLOTS - 1);
	pid_table_erased(t, leaf, used, first);
	rcu_read_unlock();

	KUNIT_EXPECT_EQ(test, count_of(t), max - 1 - PID_NODE_SLOTS);
	KUNIT_EXPECT_EQ(test, add(t, 0, max), first);
}

static void emptied_table_is_as_new(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	namespaces_only(test);
	KUNIT_ASSERT_EQ(test, add(t, 0, NO_LIMIT), 1);
	pid_table_erase(t, 1);
	KUNIT_EXPECT_EQ(test, nodes_of(t), 0);
	KUNIT_EXPECT_EQ(test, pid_table_last(t), 0);
	KUNIT_EXPECT_EQ(test, add(t, 0, NO_LIMIT), 1);
}

static void closed_table_gives_enomem(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	namespaces_only(test);
	KUNIT_ASSERT_EQ(test, add(t, 0, NO_LIMIT), 1);
	pid_table_close(t);
	KUNIT_EXPECT_EQ(test, add(t, 0, NO_LIMIT), -ENOMEM);
	KUNIT_EXPECT_EQ(test, add(t, 5, 0), -ENOMEM);
	/* What is wrong with the number itself is told first. */
	KUNIT_EXPECT_EQ(test, add(t, 1, 0), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test, find(t, 1), entry_of(1));
	KUNIT_EXPECT_EQ(test, pid_table_last(t), 1);
}

static void closed_table_tells_when_a_leaf_has_two_left(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	namespaces_only(test);
	/* In leaves of their own, which go. */
	add_all(test, t, 1, 4);
	KUNIT_ASSERT_EQ(test, add(t, 5000, 0), 5000);
	KUNIT_EXPECT_FALSE(test, pid_table_erase(t, 3));
	KUNIT_EXPECT_FALSE(test, pid_table_erase(t, 4));
	KUNIT_ASSERT_EQ(test, add(t, 3, 0), 3);
	KUNIT_ASSERT_EQ(test, add(t, 4, 0), 4);
	pid_table_close(t);
	KUNIT_EXPECT_FALSE(test, pid_table_erase(t, 2));
	KUNIT_EXPECT_TRUE(test, pid_table_erase(t, 5000));
	KUNIT_EXPECT_TRUE(test, pid_table_erase(t, 3));
	KUNIT_EXPECT_TRUE(test, pid_table_erase(t, 4));
	KUNIT_EXPECT_EQ(test, count_of(t), 1);
	KUNIT_EXPECT_TRUE(test, pid_table_erase(t, 1));
	KUNIT_EXPECT_EQ(test, nodes_of(t), 0);
}

static void count_ends_where_it_is_enough(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	KUNIT_EXPECT_EQ(test, pid_table_count(t, 1), 0);
	add_all(test, t, 1, 999);
	KUNIT_EXPECT_EQ(test, pid_table_count(t, 0), 0);
	KUNIT_EXPECT_GE(test, pid_table_count(t, 100), 100);
	KUNIT_EXPECT_LT(test, pid_table_count(t, 100), 200);
	KUNIT_EXPECT_EQ(test, pid_table_count(t, 1000), 999);
}

static struct kunit_case pid_table_cases[] = {
	KUNIT_CASE(first_number_is_1_and_they_ascend),
	KUNIT_CASE(reserved_number_is_not_found),
	KUNIT_CASE(numbers_never_given_out_are_not_found),
	KUNIT_CASE(freed_number_is_not_reused_before_the_wrap),
	KUNIT_CASE(wrap_goes_to_reserved_pids),
	KUNIT_CASE(wrap_goes_to_1_before_reserved_pids_were_passed),
	KUNIT_CASE(full_table_gives_eagain_and_recovers),
	KUNIT_CASE(last_number_of_all_can_be_had),
	KUNIT_CASE(cursor_beyond_a_lowered_limit_wraps),
	KUNIT_CASE(certain_number_is_had_or_eexist),
	KUNIT_CASE(numbers_taken_are_skipped),
	KUNIT_CASE(holes_are_found_after_the_wrap),
	KUNIT_CASE(next_finds_across_empty_leaves),
	KUNIT_CASE(root_grows_and_keeps_what_it_had),
	KUNIT_CASE(full_marks_survive_growth),
	KUNIT_CASE(fresh_table_takes_one_node),
	KUNIT_CASE(empty_leaves_go_back),
	KUNIT_CASE(leaf_of_the_cursor_stays_until_it_moves_on),
	KUNIT_CASE(late_eraser_of_a_full_leaf_loses_no_number),
	KUNIT_CASE(emptied_table_is_as_new),
	KUNIT_CASE(closed_table_gives_enomem),
	KUNIT_CASE(closed_table_tells_when_a_leaf_has_two_left),
	KUNIT_CASE(count_ends_where_it_is_enough),
	{ }
};

static struct kunit_suite pid_table_suite = {
	.name		= "pid_table",
	.test_cases	= pid_table_cases,
};

kunit_test_suite(pid_table_suite);

MODULE_DESCRIPTION("KUnit tests of the number table of pid namespaces");
MODULE_LICENSE("GPL");
