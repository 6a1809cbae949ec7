// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the number table: kernel/pid_table.c.
 *
 * Entries are never followed, so the tests publish numbers disguised as pointers.
 */

#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/pid.h>
#include <linux/pid_table.h>
#include <linux/prandom.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include "pid_core.h"
#include "pid_table_fast.h"

/* Where a test does not care for the limit. */
#define NO_LIMIT	PID_TABLE_LIMIT
#define LAST_NR		(PID_TABLE_LIMIT - 1)

static void *entry_of(unsigned int nr)
{
	return (void *)((unsigned long)nr << 2);
}

/* Reserve and publish; @nr as for pid_table_reserve_slowly(): 0 for the next in turn. */
static int add(struct pid_table *t, unsigned int nr, unsigned int max)
{
	void __rcu **slot;
	int ret;

	ret = nr ? pid_table_reserve_nr(t, nr, &slot) :
		   pid_table_reserve(t, max, &slot);
	if (ret > 0)
		pid_table_publish(slot, entry_of(ret));

	return ret;
}

static void add_all(struct kunit *test, struct pid_table *t,
		    unsigned int from, unsigned int to)
{
	unsigned int nr;

	for (nr = from; nr <= to; nr++)
		KUNIT_ASSERT_EQ(test, add(t, nr, 0), nr);
}

static void erase_range(struct pid_table *t, unsigned int from, unsigned int to)
{
	unsigned int nr;

	for (nr = from; nr <= to; nr++)
		pid_table_erase(t, nr);
}

static void *find(struct pid_table *t, unsigned int nr)
{
	guard(rcu)();
	return pid_table_find(t, nr);
}

static void *next(struct pid_table *t, unsigned int nr)
{
	guard(rcu)();
	return pid_table_next(t, nr);
}

static struct pid_node *root_of(struct pid_table *t)
{
	return rcu_dereference_protected(t->root, true);
}

static unsigned int count_nodes(struct pid_node *node)
{
	unsigned int i, count = 1;

	if (!node)
		return 0;
	if (node->shift)
		for_each_set_bit(i, node->used, PID_NODE_SLOTS)
			count += count_nodes(rcu_dereference_protected(node->slot[i],
								       true));

	return count;
}

static unsigned int nodes_of(struct pid_table *t)
{
	return count_nodes(root_of(t));
}

static void table_release(void *data)
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

static struct pid_table *new_table(struct kunit *test)
{
	struct pid_table *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	pid_table_init(t);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, table_release, t), 0);
	return t;
}

static void first_number_is_1_and_they_ascend(struct kunit *test)
{
	struct pid_table *t = new_table(test);
	int nr;

	KUNIT_EXPECT_EQ(test, pid_table_last(t), 0);
	for (nr = 1; nr <= 1000; nr++)
		KUNIT_ASSERT_EQ(test, add(t, 0, NO_LIMIT), nr);
	KUNIT_EXPECT_EQ(test, pid_table_last(t), 1000);
	KUNIT_EXPECT_EQ(test, t->count, 1000);
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

	KUNIT_EXPECT_EQ(test, pid_table_erase(t, 1), 0);
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
	KUNIT_EXPECT_EQ(test, t->count, 999);

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
	KUNIT_EXPECT_EQ(test, t->count, 2);

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
	add_all(test, t, 1, 63);
	KUNIT_EXPECT_EQ(test, nodes_of(t), 1);
	/* Not more than the base kernel needs for a first number on 64 bits. */
	KUNIT_EXPECT_LE(test, sizeof(struct pid_node), 576);
}

static void empty_leaves_go_back(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	add_all(test, t, 1, 10000);
	KUNIT_EXPECT_EQ(test, nodes_of(t), 157 + 3 + 1);
	erase_range(t, 64, 9983);
	KUNIT_EXPECT_EQ(test, nodes_of(t), 1 + 1 + 2 + 1);
	erase_range(t, 9984, 10000);
	KUNIT_EXPECT_EQ(test, nodes_of(t), 1);
	erase_range(t, 1, 63);
	KUNIT_EXPECT_EQ(test, nodes_of(t), 0);
	KUNIT_EXPECT_EQ(test, t->count, 0);
}

static void leaf_of_the_cursor_stays_until_it_moves_on(struct kunit *test)
{
	struct pid_table *t = new_table(test);
	struct pid_node *leaf;
	int nr;

	KUNIT_ASSERT_EQ(test, add(t, 0, NO_LIMIT), 1);
	pid_table_set_last(t, 64);
	nr = add(t, 0, NO_LIMIT);
	leaf = t->cur;
	pid_table_erase(t, nr);
	KUNIT_EXPECT_PTR_EQ(test, t->cur, leaf);
	KUNIT_EXPECT_EQ(test, nodes_of(t), 3);

	pid_table_set_last(t, 1000);
	KUNIT_ASSERT_EQ(test, add(t, 0, NO_LIMIT), 1001);
	KUNIT_EXPECT_PTR_NE(test, t->cur, leaf);
	KUNIT_EXPECT_EQ(test, nodes_of(t), 3);
}

static void emptied_table_is_as_new(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	KUNIT_ASSERT_EQ(test, add(t, 0, NO_LIMIT), 1);
	KUNIT_EXPECT_EQ(test, pid_table_erase(t, 1), 0);
	KUNIT_EXPECT_EQ(test, pid_table_last(t), 0);
	KUNIT_EXPECT_EQ(test, add(t, 0, NO_LIMIT), 1);
}

static void closed_table_gives_enomem(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	KUNIT_ASSERT_EQ(test, add(t, 0, NO_LIMIT), 1);
	pid_table_close(t);
	KUNIT_EXPECT_EQ(test, add(t, 0, NO_LIMIT), -ENOMEM);
	KUNIT_EXPECT_EQ(test, add(t, 5, 0), -ENOMEM);
	/* What is wrong with the number itself is told first. */
	KUNIT_EXPECT_EQ(test, add(t, 1, 0), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test, find(t, 1), entry_of(1));
	KUNIT_EXPECT_EQ(test, pid_table_erase(t, 1), 0);
}

/* Allocations that succeed before one fails. */
static int allocs_left;

static struct pid_node *alloc_until_none_left(void)
{
	struct pid_node *node = NULL;

	if (allocs_left-- > 0) {
		kunit_deactivate_static_stub(kunit_get_current_test(), pid_node_alloc);
		node = pid_node_alloc();
		kunit_activate_static_stub(kunit_get_current_test(), pid_node_alloc,
					   alloc_until_none_left);
	}

	return node;
}

/* Add @nr with fewer nodes than it needs, then with enough: @needs of them. */
static void fail_each_step(struct kunit *test, struct pid_table *t,
			   unsigned int nr, int needs)
{
	unsigned int nodes = nodes_of(t), count = t->count, last = pid_table_last(t);
	int i;

	for (i = 0; i <= needs; i++) {
		allocs_left = i;
		kunit_activate_static_stub(test, pid_node_alloc,
					   alloc_until_none_left);
		KUNIT_EXPECT_EQ(test, add(t, nr, 0), i < needs ? -ENOMEM : nr);
		kunit_deactivate_static_stub(test, pid_node_alloc);
		if (i == needs)
			break;
		KUNIT_EXPECT_EQ(test, nodes_of(t), nodes);
		KUNIT_EXPECT_EQ(test, t->count, count);
		KUNIT_EXPECT_EQ(test, pid_table_last(t), last);
		KUNIT_EXPECT_NULL(test, find(t, nr));
	}
	KUNIT_EXPECT_EQ(test, nodes_of(t), nodes + needs);
	KUNIT_EXPECT_PTR_EQ(test, find(t, nr), entry_of(nr));
}

static void failed_allocation_changes_nothing(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	fail_each_step(test, t, 5000, 3);	/* a first root, two below it */
	fail_each_step(test, t, 70, 2);		/* a way down beside that */
	fail_each_step(test, t, 71, 0);
	fail_each_step(test, t, 300000, 4);	/* a new root, three below it */

	t = new_table(test);
	fail_each_step(test, t, 1, 1);
	fail_each_step(test, t, 300000, 6);	/* three new roots, three below */
	KUNIT_EXPECT_PTR_EQ(test, find(t, 1), entry_of(1));
}

static void failed_allocation_keeps_the_cursor(struct kunit *test)
{
	struct pid_table *t = new_table(test);

	KUNIT_ASSERT_EQ(test, add(t, 0, NO_LIMIT), 1);
	pid_table_set_last(t, 63);
	allocs_left = 1;
	kunit_activate_static_stub(test, pid_node_alloc, alloc_until_none_left);
	KUNIT_EXPECT_EQ(test, add(t, 0, NO_LIMIT), -ENOMEM);
	kunit_deactivate_static_stub(test, pid_node_alloc);
	KUNIT_EXPECT_EQ(test, add(t, 0, NO_LIMIT), 64);
}

#define MODEL_MAX	9000
#define MODEL_STEPS	60000

/* What the table should answer, held as one bit a number. */
static unsigned int model_next_in_turn(unsigned long *model, unsigned int cursor)
{
	unsigned int nr = find_next_zero_bit(model, MODEL_MAX, cursor);

	if (nr < MODEL_MAX)
		return nr;
	return find_next_zero_bit(model, MODEL_MAX,
				  cursor > RESERVED_PIDS ? RESERVED_PIDS : 1);
}

static void model_step(struct kunit *test, struct pid_table *t,
		       unsigned long *model, struct rnd_state *rnd)
{
	unsigned int nr = 1 + prandom_u32_state(rnd) % (MODEL_MAX - 1), want;
	int got;

	switch (prandom_u32_state(rnd) % 8) {
	case 0:
		got = add(t, nr, 0);
		KUNIT_EXPECT_EQ(test, got, test_bit(nr, model) ? -EEXIST : nr);
		__set_bit(nr, model);
		break;
	case 1:
	case 2:
	case 3:
		want = model_next_in_turn(model, pid_table_last(t) + 1);
		got = add(t, 0, MODEL_MAX);
		KUNIT_EXPECT_EQ(test, got, want < MODEL_MAX ? want : -EAGAIN);
		__set_bit(want, model);
		break;
	case 4:
		if (!(prandom_u32_state(rnd) % 64))
			pid_table_set_last(t, nr);
		break;
	default:
		nr = find_next_bit(model, MODEL_MAX, nr);
		if (nr >= MODEL_MAX)
			break;
		KUNIT_EXPECT_PTR_EQ(test, next(t, nr), entry_of(nr));
		pid_table_erase(t, nr);
		__clear_bit(nr, model);
		KUNIT_EXPECT_NULL(test, find(t, nr));
	}
}

static void random_operations_agree_with_a_model(struct kunit *test)
{
	unsigned long *model = kunit_kzalloc(test, BITS_TO_LONGS(MODEL_MAX + 1) *
					     sizeof(long), GFP_KERNEL);
	struct pid_table *t = new_table(test);
	struct rnd_state rnd;
	unsigned int nr;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, model);
	prandom_seed_state(&rnd, 20071019);
	for (i = 0; i < MODEL_STEPS; i++)
		model_step(test, t, model, &rnd);

	KUNIT_EXPECT_EQ(test, t->count, bitmap_weight(model, MODEL_MAX));
	for (nr = 1; nr < MODEL_MAX; nr++)
		KUNIT_EXPECT_PTR_EQ(test, find(t, nr),
				    test_bit(nr, model) ? entry_of(nr) : NULL);
}

#define HAMMERS		4
#define HAMMER_ROUNDS	3000
#define HAMMER_HELD	50

struct hammer {
	struct pid_table *t;
	struct task_struct *task;
	unsigned int wrong;
};

/* Take numbers, see that each is ours alone, give them back. */
static int hammer_thread(void *data)
{
	struct hammer *hammer = data;
	int held[HAMMER_HELD] = { };
	void __rcu **slot;
	int i, nr;

	for (i = 0; i < HAMMER_ROUNDS; i++) {
		int *mine = &held[i % HAMMER_HELD];

		if (*mine) {
			hammer->wrong += find(hammer->t, *mine) != mine;
			pid_table_erase(hammer->t, *mine);
		}
		nr = pid_table_reserve(hammer->t, 1500, &slot);
		hammer->wrong += nr <= 0;
		*mine = max(nr, 0);
		if (*mine)
			pid_table_publish(slot, mine);
		cond_resched();
	}
	for (i = 0; i < HAMMER_HELD; i++)
		if (held[i])
			pid_table_erase(hammer->t, held[i]);

	return 0;
}

static void threads_never_share_a_number(struct kunit *test)
{
	struct pid_table *t = new_table(test);
	struct hammer hammers[HAMMERS] = { };
	int i;

	for (i = 0; i < HAMMERS; i++) {
		hammers[i].t = t;
		hammers[i].task = kthread_create(hammer_thread, &hammers[i],
						 "pid_hammer/%d", i);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, hammers[i].task);
		get_task_struct(hammers[i].task);
	}
	for (i = 0; i < HAMMERS; i++)
		wake_up_process(hammers[i].task);
	for (i = 0; i < HAMMERS; i++) {
		kthread_stop_put(hammers[i].task);
		KUNIT_EXPECT_EQ(test, hammers[i].wrong, 0);
	}
	KUNIT_EXPECT_EQ(test, t->count, 0);
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
	KUNIT_CASE(emptied_table_is_as_new),
	KUNIT_CASE(closed_table_gives_enomem),
	KUNIT_CASE(failed_allocation_changes_nothing),
	KUNIT_CASE(failed_allocation_keeps_the_cursor),
	KUNIT_CASE_SLOW(random_operations_agree_with_a_model),
	KUNIT_CASE_SLOW(threads_never_share_a_number),
	{ }
};

static struct kunit_suite pid_table_suite = {
	.name		= "pid_table",
	.test_cases	= pid_table_cases,
};

kunit_test_suite(pid_table_suite);

MODULE_DESCRIPTION("KUnit tests of the number table of pid namespaces");
MODULE_LICENSE("GPL");
