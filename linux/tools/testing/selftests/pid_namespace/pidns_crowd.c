// SPDX-License-Identifier: GPL-2.0-only
/*
 * Crowds: many processes in many namespaces, wide and deep ones that die, and
 * what comes in from outside meanwhile. SCALE=N in the environment makes them N
 * times as large; 100 is 30,000 processes in 1,000 namespaces.
 */
#include "pidns_memory.h"
#include <sched.h>
#include <sys/ptrace.h>

#define WIDTH	30	/* processes of one namespace */

static int scale(void)
{
	const char *value = getenv("SCALE");

	return value && atoi(value) > 0 ? atoi(value) : 1;
}

static int *born;

/* They share their parent's memory, so that there can be many. */
static int wait_to_die(void *unused)
{
	__atomic_add_fetch(born, 1, __ATOMIC_SEQ_CST);
	for (;;)
		syscall(__NR_ppoll, NULL, 0, NULL, NULL, 0);
	return 0;
}

struct crowd {
	char *stacks;
	int width;
	unsigned long flags;
};

#define STACK	2048

static pid_t thin_child(int (*run)(void *), char *stack, unsigned long flags,
			void *arg)
{
	return ret(clone(run, stack + STACK, CLONE_VM | SIGCHLD | flags, arg));
}

static int run_crowd(void *arg)
{
	struct crowd *crowd = arg;

	for (int i = 1; i < crowd->width; i++)
		if (thin_child(wait_to_die, crowd->stacks + i * STACK, 0, NULL) < 0)
			syscall(__NR_exit_group, 1);
	return wait_to_die(NULL);
}

/* Processes in a namespace of their own; init's number. */
static pid_t make_crowd(struct crowd *crowd, int width)
{
	crowd->width = width;
	crowd->stacks = mmap(NULL, (width + 1) * STACK, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (crowd->stacks == MAP_FAILED)
		return -ENOMEM;
	/* Its loop needs more of a stack than those who wait. */
	return ret(clone(run_crowd, crowd->stacks + STACK,
			 CLONE_VM | CLONE_NEWPID | SIGCHLD, crowd));
}

#define WAIT_LONG(condition) ({						\
	time_t end_ = time(NULL) + 900;					\
	bool good_;							\
	while (!(good_ = (condition)) && time(NULL) < end_)		\
		usleep(10000);						\
	good_; })

TEST_F_TIMEOUT(pidns, many_processes_in_many_namespaces_live_and_die, 1800)
{
	int spaces = 10 * scale(), dead = 0;
	struct crowd *crowds = calloc(spaces, sizeof(*crowds));
	pid_t *inits = calloc(spaces, sizeof(*inits));
	time_t start = time(NULL);

	born = shared(sizeof(*born));
	for (int i = 0; i < spaces; i++) {
		inits[i] = make_crowd(&crowds[i], WIDTH);
		ASSERT_LT(0, inits[i]) {
			TH_LOG("namespace %d: %s", i, strerror(-inits[i]));
		}
	}
	EXPECT_TRUE(WAIT_LONG(*born == spaces * WIDTH)) {
		TH_LOG("%d processes, wanted %d", *born, spaces * WIDTH);
	}
	for (int i = 0; i < spaces; i++)
		EXPECT_EQ(0, kill(inits[i], SIGKILL));
	for (int i = 0; i < spaces; i++)
		dead += wait_exit(inits[i]) == 128 + SIGKILL;
	EXPECT_EQ(spaces, dead);
	TH_LOG("%d processes in %d namespaces, %ld s", *born, spaces,
	       (long)(time(NULL) - start));
}

TEST_F_TIMEOUT(pidns, wide_namespace_dies_whole, 1800)
{
	struct crowd crowd;
	int width = 100 * scale(), last;
	time_t start;
	pid_t init;

	born = shared(sizeof(*born));
	init = make_crowd(&crowd, width);
	ASSERT_LT(0, init);
	EXPECT_TRUE(WAIT_LONG(*born == width));
	last = read_long(LAST_PID);
	start = time(NULL);
	EXPECT_EQ(128 + SIGKILL, end(init));
	TH_LOG("%d processes died in %ld s", width, (long)(time(NULL) - start));
	/* The numbers out here are free as soon as init is reaped. */
	for (int nr = last; nr > last - 20; nr--)
		EXPECT_EQ(nr, try_tid(nr));
}

TEST_F_TIMEOUT(pidns, outer_numbers_are_free_when_init_is_reaped, 600)
{
	int taken = 0, *outer = shared(sizeof(*outer));

	for (int round = 0; round < 300; round++) {
		int gate = gate_make();
		pid_t init = spawn(CLONE_NEWPID);

		if (!init) {
			parked(0);
			gate_open(gate);
			park();
		}
		gate_pass(gate);
		*outer = read_long(LAST_PID);
		kill(init, SIGKILL);
		EXPECT_EQ(128 + SIGKILL, wait_exit(init));
		taken += try_tid(*outer) == -EEXIST;
		close(gate);
	}
	EXPECT_EQ(0, taken);
}

/* Each level's init makes the next, and two that wait. */
static void tower(int levels, int gate)
{
	for (int level = 0; level < levels; level++) {
		parked(0);
		parked(0);
		if (level + 1 < levels && spawn(CLONE_NEWPID))
			park();
	}
	gate_open(gate);
	park();
}

TEST_F_TIMEOUT(pidns, tower_of_31_dies_from_its_root, 300)
{
	for (int round = 0; round < 3 * scale(); round++) {
		int gate = gate_make();
		pid_t root = spawn(CLONE_NEWPID);

		if (!root)
			tower(31, gate);
		gate_pass(gate);
		EXPECT_EQ(128 + SIGKILL, end(root));
		close(gate);
	}
}

/* Who is born marks its number; whoever reaps wipes the mark off before. */
static void fork_marked(int *marks, int rounds, int *twice)
{
	for (int i = 0; i < rounds; i++) {
		pid_t pid = spawn(0);

		if (!pid) {
			if (__atomic_exchange_n(&marks[getpid()], 1, __ATOMIC_SEQ_CST))
				__atomic_add_fetch(twice, 1, __ATOMIC_SEQ_CST);
			_exit(0);
		}
		if (pid < 0)
			continue;
		waitid(P_PID, pid, NULL, WEXITED | WNOWAIT);
		__atomic_store_n(&marks[pid], 0, __ATOMIC_SEQ_CST);
		wait_exit(pid);
	}
}

TEST_F_TIMEOUT(pidns, numbers_that_wrap_under_load_are_not_handed_out_twice, 900)
{
	long limit = read_long("/proc/sys/kernel/pid_max");
	int *marks = shared(limit * sizeof(*marks)), *twice = shared(sizeof(int));

	IN_CHILD(CLONE_NEWPID) {
		pid_t workers[8];

		for (int i = 0; i < 8; i++) {
			workers[i] = spawn(0);
			if (workers[i])
				continue;
			fork_marked(marks, 100 * scale(), twice);
			_exit(0);
		}
		/* The cursor jumps to the end again and again. */
		for (int i = 0; i < 20 * scale(); i++) {
			EXPECT_EQ(0, write_long(LAST_PID, limit - 20));
			usleep(20000);
		}
		for (int i = 0; i < 8; i++)
			EXPECT_EQ(0, wait_exit(workers[i]));
		EXPECT_EQ(0, *twice);
	}
}

#define FORKERS		(scale() > 1 ? 400 : 60)
#define VISITORS	10

static void come_by_setns(pid_t init)
{
	while (setns(ns_open(init, "pid"), CLONE_NEWPID) == 0 && next_number() > 0)
		;
	_exit(0);
}

static void come_by_ptrace(pid_t init)
{
	while (!ptrace(PTRACE_SEIZE, init, 0, 0)) {
		ptrace(PTRACE_INTERRUPT, init, 0, 0);
		if (waitpid(init, NULL, __WALL) != init)
			break;
		if (ptrace(PTRACE_DETACH, init, 0, 0))
			break;
	}
	_exit(0);
}

TEST_F_TIMEOUT(pidns, init_killed_while_others_fork_setns_and_ptrace_into_it, 600)
{
	for (int round = 0; round < 3; round++) {
		int there = gate_make(), start = gate_make();
		pid_t init = spawn(CLONE_NEWPID), visitors[VISITORS];

		if (!init) {
			for (int i = 0; i < FORKERS; i++) {
				if (spawn(0))
					continue;
				/* Init and the visitors get their turn. */
				nice(19);
				gate_open(there);
				gate_pass(start);
				while (next_number() > 0)
					;
				_exit(0);
			}
			park();
		}
		for (int i = 0; i < FORKERS; i++)
			gate_pass(there);
		for (int i = 0; i < FORKERS; i++)
			gate_open(start);
		for (int i = 0; i < VISITORS; i++) {
			visitors[i] = spawn(0);
			if (visitors[i])
				continue;
			if (i)
				come_by_setns(init);
			come_by_ptrace(init);
		}
		usleep(50000);
		kill(init, SIGKILL);
		for (int i = 0; i < VISITORS; i++)
			EXPECT_EQ(0, wait_exit(visitors[i]));
		EXPECT_EQ(128 + SIGKILL, wait_exit(init));
		close(there);
		close(start);
	}
}

static void churn(int seconds, long *made)
{
	time_t end = time(NULL) + seconds;

	while (time(NULL) < end) {
		if (try_spawn(CLONE_NEWPID) < 0)
			_exit(1);
		++*made;
	}
}

TEST_F_TIMEOUT(pidns, namespaces_that_come_and_go_leave_no_memory, 900)
{
	static const char *const caches[] = { "pid", "pid_2", "pid_namespace",
		"pid_node" };
	long before[4], now[4], kib, made = 0;

	/* What is made once is there after the first. */
	churn(2, &made);
	usleep(500000);
	kib = kernel_memory();
	for (int i = 0; i < 4; i++)
		before[i] = objects(caches[i]);
	made = 0;
	churn(scale() > 1 ? 60 : 4, &made);
	for (int i = 0; i < 4; i++) {
		EXPECT_TRUE(WAIT_UNTIL((now[i] = objects(caches[i])) <=
				       before[i] + 64)) {
			TH_LOG("%s: %ld objects, %ld before", caches[i], now[i],
			       before[i]);
		}
	}
	/* Where slabs tell nothing: less than 100 bytes for each made. */
	if (before[0] < 0)
		EXPECT_TRUE(WAIT_UNTIL(kernel_memory() <
				       kib + 512 + made / 10)) {
			TH_LOG("%ld KiB, %ld before", kernel_memory(), kib);
		}
	TH_LOG("%ld namespaces made and ended; memory %ld KiB, then %ld", made,
	       kib, kernel_memory());
}

TEST_HARNESS_MAIN
