// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the number table under stress: an allocation that fails at each step,
 * random operations against a model, threads.
 */

#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/pid.h>
#include <linux/pid_table.h>
#include <linux/prandom.h>
#include <linux/sched/task.h>
#include "pid_core.h"
#include "pid_table_kunit.h"

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
	unsigned int nodes = nodes_of(t), count = count_of(t), last = pid_table_last(t);
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
		KUNIT_EXPECT_EQ(test, count_of(t), count);
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

	KUNIT_EXPECT_EQ(test, count_of(t), bitmap_weight(model, MODEL_MAX));
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
	KUNIT_EXPECT_EQ(test, count_of(t), 0);
}

static struct kunit_case pid_table_stress_cases[] = {
	KUNIT_CASE(failed_allocation_changes_nothing),
	KUNIT_CASE(failed_allocation_keeps_the_cursor),
	KUNIT_CASE_SLOW(random_operations_agree_with_a_model),
	KUNIT_CASE_SLOW(threads_never_share_a_number),
	{ }
};

static struct kunit_suite pid_table_stress_suite = {
	.name		= "pid_table_stress",
	.test_cases	= pid_table_stress_cases,
};

kunit_test_suite(pid_table_stress_suite);

MODULE_DESCRIPTION("KUnit stress tests of the number table of pid namespaces");
MODULE_LICENSE("GPL");
