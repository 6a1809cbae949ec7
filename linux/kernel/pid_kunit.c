// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of a pid's life and of the translation between namespaces:
 * kernel/pid.c, kernel/pid_task.c, kernel/pid_namespace.c.
 *
 * They run in a kernel thread, so current is in the initial namespace. The pids
 * that they make have no task.
 */

#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>

static struct pid *find_in(int nr, struct pid_namespace *ns)
{
	guard(rcu)();
	return find_pid_ns(nr, ns);
}

static void free_pid_action(void *pid)
{
	free_pid(pid);
}

static struct pid *new_pid(struct kunit *test, struct pid_namespace *ns)
{
	struct pid *pid = alloc_pid(ns, NULL, 0);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pid);
	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, free_pid_action, pid), 0);
	return pid;
}

static void pid_is_found_until_it_is_freed(struct kunit *test)
{
	struct pid *pid = alloc_pid(&init_pid_ns, NULL, 0);
	int nr;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pid);
	nr = pid_nr(pid);
	KUNIT_EXPECT_GT(test, nr, 0);
	KUNIT_EXPECT_PTR_EQ(test, find_in(nr, &init_pid_ns), pid);
	KUNIT_EXPECT_PTR_EQ(test, ns_of_pid(pid), &init_pid_ns);

	get_pid(pid);
	free_pid(pid);
	KUNIT_EXPECT_NULL(test, find_in(nr, &init_pid_ns));
	KUNIT_EXPECT_EQ(test, pid_nr(pid), nr);
	put_pid(pid);
}

static void no_pid_is_number_0(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, pid_nr(NULL), 0);
	KUNIT_EXPECT_EQ(test, pid_vnr(NULL), 0);
	KUNIT_EXPECT_EQ(test, pid_nr_ns(NULL, &init_pid_ns), 0);
	KUNIT_EXPECT_NULL(test, ns_of_pid(NULL));
	KUNIT_EXPECT_NULL(test, find_in(0, &init_pid_ns));
	KUNIT_EXPECT_NULL(test, find_in(-1, &init_pid_ns));
	KUNIT_EXPECT_NULL(test, find_in(INT_MAX, &init_pid_ns));
	free_pid(NULL);
	put_pid(NULL);
}

static void own_numbers_of_a_kernel_thread_agree(struct kunit *test)
{
	int nr = task_pid_nr(current);

	KUNIT_EXPECT_GT(test, nr, 0);
	KUNIT_EXPECT_EQ(test, task_pid_vnr(current), nr);
	KUNIT_EXPECT_EQ(test, task_tgid_vnr(current), nr);
	KUNIT_EXPECT_EQ(test, task_pid_nr_ns(current, &init_pid_ns), nr);
	KUNIT_EXPECT_EQ(test, pid_vnr(task_pid(current)), nr);
	KUNIT_EXPECT_PTR_EQ(test, find_in(nr, &init_pid_ns), task_pid(current));
	KUNIT_EXPECT_PTR_EQ(test, task_active_pid_ns(current), &init_pid_ns);
}

static void last_nr_is_that_of_the_last_pid(struct kunit *test)
{
	int before = pid_ns_last_nr(&init_pid_ns);
	struct pid *pid = new_pid(test, &init_pid_ns);

	KUNIT_EXPECT_GT(test, pid_nr(pid), before);
	KUNIT_EXPECT_GE(test, pid_ns_last_nr(&init_pid_ns), pid_nr(pid));
}

static void find_ge_pid_walks_upwards(struct kunit *test)
{
	struct pid *a = new_pid(test, &init_pid_ns);
	struct pid *b = new_pid(test, &init_pid_ns);

	guard(rcu)();
	KUNIT_EXPECT_PTR_EQ(test, find_ge_pid(pid_nr(a), &init_pid_ns), a);
	KUNIT_EXPECT_LE(test, pid_nr(find_ge_pid(pid_nr(a) + 1, &init_pid_ns)),
			pid_nr(b));
	KUNIT_EXPECT_NULL(test, find_ge_pid(PID_MAX_LIMIT, &init_pid_ns));
}

static void inode_numbers_are_stable_and_differ(struct kunit *test)
{
	struct pid *a = new_pid(test, &init_pid_ns);
	struct pid *b = new_pid(test, &init_pid_ns);

	KUNIT_EXPECT_GT(test, pid_ino(a), RESERVED_PIDS);
	KUNIT_EXPECT_EQ(test, pid_ino(a), pid_ino(a));
	KUNIT_EXPECT_NE(test, pid_ino(a), pid_ino(b));
}

struct set_tid_case {
	const char *name;
	int nr;
	size_t size;
	int err;
};

static const struct set_tid_case set_tid_cases[] = {
	{ "zero is EINVAL", 0, 1, -EINVAL },
	{ "negative is EINVAL", -1, 1, -EINVAL },
	{ "beyond the limit is EINVAL", PID_MAX_LIMIT, 1, -EINVAL },
	{ "largest int is EINVAL", INT_MAX, 1, -EINVAL },
	{ "more levels than there are is EINVAL", 30000, 2, -EINVAL },
	{ "init's is EEXIST", 1, 1, -EEXIST },
	{ "free one is had", 30000, 1, 0 },
};

static void set_tid_desc(const struct set_tid_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(set_tid, set_tid_cases, set_tid_desc);

static void set_tid_gives(struct kunit *test)
{
	const struct set_tid_case *c = test->param_value;
	int last = pid_ns_last_nr(&init_pid_ns);
	pid_t nrs[2] = { c->nr, 1 };
	struct pid *pid;

	pid = alloc_pid(&init_pid_ns, nrs, c->size);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(pid), c->err);
	if (IS_ERR(pid))
		return;

	KUNIT_EXPECT_EQ(test, pid_nr(pid), c->nr);
	KUNIT_EXPECT_LT(test, pid_ns_last_nr(&init_pid_ns), last + 100);
	free_pid(pid);
}

#ifdef CONFIG_PID_NS

static void put_pid_ns_action(void *ns)
{
	put_pid_ns(ns);
}

static struct pid_namespace *new_ns(struct kunit *test,
				    struct pid_namespace *parent)
{
	struct pid_namespace *ns;

	/* As current's own would be: copy_pid_ns() asks for no other. */
	ns = copy_pid_ns(CLONE_NEWPID, &init_user_ns, parent);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ns);
	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, put_pid_ns_action, ns), 0);
	return ns;
}

/*
 * A line of namespaces below each other, made by hand: current, who would have to
 * be inside the upper one to make the lower one, is not.
 */
#define LINE	4

struct line {
	struct pid_namespace ns[LINE];
	struct pid_namespace sibling;
	struct pid *pid;
};

static struct line *new_line(struct kunit *test)
{
	struct line *line = kunit_kzalloc(test, sizeof(*line), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, line);
	line->pid = kunit_kzalloc(test, struct_size(line->pid, numbers, LINE),
				  GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, line->pid);
	line->pid->level = LINE - 1;
	for (i = 0; i < LINE; i++) {
		line->ns[i].level = i;
		line->ns[i].parent = i ? &line->ns[i - 1] : NULL;
		upid_set(&line->pid->numbers[i], 1000 - i, &line->ns[i]);
	}
	line->sibling.level = LINE - 1;
	line->sibling.parent = &line->ns[LINE - 2];

	return line;
}

static void each_ancestor_sees_its_own_number(struct kunit *test)
{
	struct line *line = new_line(test);
	int i;

	for (i = 0; i < LINE; i++)
		KUNIT_EXPECT_EQ(test, pid_nr_ns(line->pid, &line->ns[i]), 1000 - i);
	KUNIT_EXPECT_EQ(test, pid_nr(line->pid), 1000);
	KUNIT_EXPECT_PTR_EQ(test, ns_of_pid(line->pid), &line->ns[LINE - 1]);
}

static void sibling_and_stranger_see_0(struct kunit *test)
{
	struct line *line = new_line(test), *other = new_line(test);
	int i;

	KUNIT_EXPECT_EQ(test, pid_nr_ns(line->pid, &line->sibling), 0);
	KUNIT_EXPECT_EQ(test, pid_nr_ns(line->pid, NULL), 0);
	for (i = 0; i < LINE; i++)
		KUNIT_EXPECT_EQ(test, pid_nr_ns(line->pid, &other->ns[i]), 0);
	/* current is in the real initial namespace, this pid is not. */
	KUNIT_EXPECT_EQ(test, pid_vnr(line->pid), 0);
}

static void namespace_below_sees_0(struct kunit *test)
{
	struct line *line = new_line(test);
	int i;

	line->pid->level = 1;
	KUNIT_EXPECT_EQ(test, pid_nr_ns(line->pid, &line->ns[1]), 999);
	for (i = 2; i < LINE; i++)
		KUNIT_EXPECT_EQ(test, pid_nr_ns(line->pid, &line->ns[i]), 0);
}

static void init_is_told_by_its_own_number(struct kunit *test)
{
	struct line *line = new_line(test);

	KUNIT_EXPECT_FALSE(test, is_child_reaper(line->pid));
	line->pid->numbers[0].nr = 1;
	KUNIT_EXPECT_FALSE(test, is_child_reaper(line->pid));
	line->pid->numbers[LINE - 1].nr = 1;
	KUNIT_EXPECT_TRUE(test, is_child_reaper(line->pid));
}

static void child_namespace_numbers_from_1(struct kunit *test)
{
	struct pid_namespace *ns = new_ns(test, &init_pid_ns);
	struct pid *a = new_pid(test, ns), *b = new_pid(test, ns);

	KUNIT_EXPECT_EQ(test, ns->level, 1);
	KUNIT_EXPECT_EQ(test, pid_nr_ns(a, ns), 1);
	KUNIT_EXPECT_EQ(test, pid_nr_ns(b, ns), 2);
	KUNIT_EXPECT_GT(test, pid_nr(b), pid_nr(a));
	KUNIT_EXPECT_EQ(test, pid_vnr(a), pid_nr(a));
	KUNIT_EXPECT_PTR_EQ(test, find_in(1, ns), a);
	KUNIT_EXPECT_PTR_EQ(test, find_in(pid_nr(a), &init_pid_ns), a);
	KUNIT_EXPECT_NULL(test, find_in(pid_nr(a), ns));
	KUNIT_EXPECT_TRUE(test, is_child_reaper(a));
	KUNIT_EXPECT_FALSE(test, is_child_reaper(b));
}

static void first_fork_that_fails_leaves_the_namespace_as_new(struct kunit *test)
{
	struct pid_namespace *ns = new_ns(test, &init_pid_ns);
	pid_t taken[2] = { 1, 1 };
	struct pid *pid;

	/* Had in ns, taken in the initial namespace: given back. */
	KUNIT_EXPECT_EQ(test, PTR_ERR(alloc_pid(ns, taken, 2)), -EEXIST);
	KUNIT_EXPECT_NULL(test, find_in(1, ns));

	/* Published, and freed as fork does when it fails later. */
	pid = alloc_pid(ns, NULL, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pid);
	free_pid(pid);

	KUNIT_EXPECT_EQ(test, pid_nr_ns(new_pid(test, ns), ns), 1);
}

static void nobody_comes_before_init(struct kunit *test)
{
	struct pid_namespace *ns = new_ns(test, &init_pid_ns);
	pid_t nr = 2;

	KUNIT_EXPECT_EQ(test, PTR_ERR(alloc_pid(ns, &nr, 1)), -EINVAL);
}

static void dying_namespace_starts_nobody(struct kunit *test)
{
	struct pid_namespace *ns = new_ns(test, &init_pid_ns);
	struct pid *init = new_pid(test, ns), *other = new_pid(test, ns);

	KUNIT_EXPECT_TRUE(test, pid_may_start(init));
	KUNIT_EXPECT_TRUE(test, pid_may_start(other));
	pid_table_close(&ns->table);
	KUNIT_EXPECT_TRUE(test, pid_ns_is_dying(ns));
	KUNIT_EXPECT_FALSE(test, pid_may_start(init));
	KUNIT_EXPECT_FALSE(test, pid_may_start(other));
	KUNIT_EXPECT_EQ(test, PTR_ERR(alloc_pid(ns, NULL, 0)), -ENOMEM);
	KUNIT_EXPECT_FALSE(test, pid_ns_is_dying(&init_pid_ns));
}

static void dying_namespace_starts_no_init_below(struct kunit *test)
{
	struct line *line = new_line(test);
	int i;

	line->pid->numbers[LINE - 1].nr = 1;
	KUNIT_EXPECT_TRUE(test, pid_may_start(line->pid));
	for (i = 0; i < LINE; i++) {
		line->ns[i].table.closed = true;
		KUNIT_EXPECT_FALSE(test, pid_may_start(line->pid));
		line->ns[i].table.closed = false;
	}
}

static void pid_keeps_its_namespace(struct kunit *test)
{
	struct pid_namespace *ns;
	struct pid *pid;

	ns = copy_pid_ns(CLONE_NEWPID, &init_user_ns, &init_pid_ns);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ns);
	pid = new_pid(test, ns);
	KUNIT_EXPECT_EQ(test, refcount_read(&ns->ns.count), 2);
	put_pid_ns(ns);
	KUNIT_EXPECT_EQ(test, refcount_read(&ns->ns.count), 1);
	KUNIT_EXPECT_EQ(test, pid_nr_ns(pid, ns), 1);
}

static void only_the_own_namespace_can_be_left(struct kunit *test)
{
	struct pid_namespace *ns = new_ns(test, &init_pid_ns);

	KUNIT_EXPECT_EQ(test, PTR_ERR(copy_pid_ns(CLONE_NEWPID, &init_user_ns, ns)),
			-EINVAL);
	KUNIT_EXPECT_PTR_EQ(test, copy_pid_ns(0, &init_user_ns, ns), ns);
	put_pid_ns(ns);
}

#else /* !CONFIG_PID_NS */

static void pid_has_one_number_and_nothing_else(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sizeof(struct upid), sizeof(int));
	KUNIT_EXPECT_EQ(test, sizeof_field(struct pid, numbers), sizeof(int));
	KUNIT_EXPECT_EQ(test, pid_level(task_pid(current)), 0);
}

static void namespaces_cannot_be_made(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, PTR_ERR(copy_pid_ns(CLONE_NEWPID, &init_user_ns,
						  &init_pid_ns)), -EINVAL);
	KUNIT_EXPECT_PTR_EQ(test, copy_pid_ns(0, &init_user_ns, &init_pid_ns),
			    &init_pid_ns);
	KUNIT_EXPECT_FALSE(test, pid_ns_is_dying(&init_pid_ns));
	KUNIT_EXPECT_EQ(test, reboot_pid_ns(&init_pid_ns, 0), 0);
}

static void everybody_sees_the_one_number(struct kunit *test)
{
	struct pid *pid = new_pid(test, &init_pid_ns);

	KUNIT_EXPECT_EQ(test, pid_vnr(pid), pid_nr(pid));
	KUNIT_EXPECT_EQ(test, pid_nr_ns(pid, &init_pid_ns), pid_nr(pid));
}

#endif /* CONFIG_PID_NS */

static struct kunit_case pid_cases[] = {
	KUNIT_CASE(pid_is_found_until_it_is_freed),
	KUNIT_CASE(no_pid_is_number_0),
	KUNIT_CASE(own_numbers_of_a_kernel_thread_agree),
	KUNIT_CASE(last_nr_is_that_of_the_last_pid),
	KUNIT_CASE(find_ge_pid_walks_upwards),
	KUNIT_CASE(inode_numbers_are_stable_and_differ),
	KUNIT_CASE_PARAM(set_tid_gives, set_tid_gen_params),
#ifdef CONFIG_PID_NS
	KUNIT_CASE(each_ancestor_sees_its_own_number),
	KUNIT_CASE(sibling_and_stranger_see_0),
	KUNIT_CASE(namespace_below_sees_0),
	KUNIT_CASE(init_is_told_by_its_own_number),
	KUNIT_CASE(child_namespace_numbers_from_1),
	KUNIT_CASE(first_fork_that_fails_leaves_the_namespace_as_new),
	KUNIT_CASE(nobody_comes_before_init),
	KUNIT_CASE(dying_namespace_starts_nobody),
	KUNIT_CASE(dying_namespace_starts_no_init_below),
	KUNIT_CASE(pid_keeps_its_namespace),
	KUNIT_CASE(only_the_own_namespace_can_be_left),
#else
	KUNIT_CASE(pid_has_one_number_and_nothing_else),
	KUNIT_CASE(namespaces_cannot_be_made),
	KUNIT_CASE(everybody_sees_the_one_number),
#endif
	{ }
};

static struct kunit_suite pid_suite = {
	.name		= "pid",
	.test_cases	= pid_cases,
};

kunit_test_suite(pid_suite);

MODULE_DESCRIPTION("KUnit tests of the pid core");
MODULE_LICENSE("GPL");
