// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which number a new process gets: the next in turn, after the last the lowest
 * again; and who may move that. What needs a small kernel.pid_max runs only with
 * PIDNS_SYSCTL=1, as that is the whole system's.
 */
#include "pidns.h"

#define PID_MAX "/proc/sys/kernel/pid_max"

TEST_F(pidns, ns_last_pid_reads_the_last_number_of_ones_namespace)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(1, read_long(LAST_PID));
		EXPECT_EQ(2, next_number());
		EXPECT_EQ(2, read_long(LAST_PID));
		IN_CHILD(CLONE_NEWPID)
			EXPECT_EQ(1, read_long(LAST_PID));
		EXPECT_EQ(3, read_long(LAST_PID));
	}
}

TEST_F(pidns, ns_last_pid_write_chooses_the_next_number)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, write_long(LAST_PID, 499));
		EXPECT_EQ(499, read_long(LAST_PID));
		EXPECT_EQ(500, next_number());
		EXPECT_EQ(0, write_long(LAST_PID, 99));
		EXPECT_EQ(100, next_number());
	}
}

TEST_F(pidns, ns_last_pid_of_a_taken_number_gives_the_next_free)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, write_long(LAST_PID, 599));
		EXPECT_EQ(600, parked(0));
		EXPECT_EQ(601, parked(0));
		EXPECT_EQ(0, write_long(LAST_PID, 599));
		EXPECT_EQ(602, next_number());
	}
}

TEST_F(pidns, ns_last_pid_0_gives_the_lowest_free)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(2, next_number());
		EXPECT_EQ(3, next_number());
		EXPECT_EQ(0, write_long(LAST_PID, 0));
		EXPECT_EQ(0, read_long(LAST_PID));
		EXPECT_EQ(2, next_number());
	}
}

TEST_F(pidns, ns_last_pid_out_of_range_is_einval)
{
	long max = read_long(PID_MAX);

	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(-EINVAL, write_long(LAST_PID, -1));
		EXPECT_EQ(-EINVAL, write_long(LAST_PID, max + 1));
		EXPECT_EQ(-EINVAL, write_text(LAST_PID, "many"));
		EXPECT_EQ(0, write_long(LAST_PID, max));
		EXPECT_EQ(300, next_number());
	}
}

TEST_F(pidns, ns_last_pid_without_capabilities_reads_but_write_is_eperm)
{
	IN_CHILD(CLONE_NEWPID) {
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(1, read_long(LAST_PID));
		EXPECT_EQ(-EPERM, write_long(LAST_PID, 10));
	}
}

TEST_F(pidns, ns_last_pid_with_cap_checkpoint_restore_is_written)
{
	IN_CHILD(CLONE_NEWPID) {
		ASSERT_EQ(0, keep_capability(CAP_CHECKPOINT_RESTORE));
		EXPECT_EQ(0, write_long(LAST_PID, 10));
		EXPECT_EQ(11, next_number());
	}
}

TEST_F(pidns, numbers_ascend_and_a_freed_one_is_not_reused)
{
	IN_CHILD(CLONE_NEWPID) {
		for (int i = 2; i < 40; i++)
			EXPECT_EQ(i, next_number());
	}
}

TEST_F(pidns, numbers_wrap_to_300)
{
	long max = read_long(PID_MAX);

	IN_CHILD(CLONE_NEWPID) {
		ASSERT_EQ(0, write_long(LAST_PID, max - 2));
		EXPECT_EQ(max - 1, next_number());
		EXPECT_EQ(300, next_number());
		EXPECT_EQ(301, next_number());
		EXPECT_EQ(301, read_long(LAST_PID));
	}
}

TEST_F(pidns, numbers_wrap_past_those_that_are_taken)
{
	long max = read_long(PID_MAX);

	IN_CHILD(CLONE_NEWPID) {
		ASSERT_EQ(0, write_long(LAST_PID, 299));
		EXPECT_EQ(300, parked(0));
		EXPECT_EQ(301, parked(0));
		EXPECT_EQ(302, next_number());
		EXPECT_EQ(303, parked(0));
		ASSERT_EQ(0, write_long(LAST_PID, max - 1));
		EXPECT_EQ(302, next_number());
		EXPECT_EQ(304, next_number());
	}
}

TEST_F(pidns, numbers_wrap_alone_in_each_namespace)
{
	pid_t init = parked(CLONE_NEWPID);
	long max = read_long(PID_MAX);
	pid_t last = max - 1, pid;

	IN_CHILD(CLONE_NEWPID)
		EXPECT_EQ(0, write_long(LAST_PID, max - 1));
	pid = spawn_in(init, &last, 1);
	if (!pid)
		_exit(0);
	wait_exit(pid);
	pid = spawn_in(init, NULL, 0);
	if (!pid)
		_exit(getpid());
	EXPECT_EQ(2, wait_exit(pid));
	end(init);
}

TEST_F(pidns, threads_take_numbers_in_turn_on_each_level)
{
	int gate = gate_make();
	pid_t init = spawn(CLONE_NEWPID), tid;
	char list[64];

	if (!init) {
		pthread_t thread;

		EXPECT_EQ(0, pthread_create(&thread, NULL,
					    (void *(*)(void *))park, NULL));
		EXPECT_EQ(3, next_number());
		EXPECT_EQ(1, getpid());
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	/* The thread as seen from outside: two numbers, one process. */
	for (tid = init + 1; tid < init + 100; tid++) {
		snprintf(list, sizeof(list), "/proc/%d/task/%d/status", init, tid);
		if (!access(list, F_OK))
			break;
	}
	EXPECT_STREQ(text("%d 2", tid), field(list, "NSpid"));
	EXPECT_STREQ(text("%d 1", init), field(list, "NStgid"));
	EXPECT_STREQ(text("%d", init), field(list, "Tgid"));
	end(init);
}

TEST_F(pidns, pid_max_out_of_range_is_einval)
{
	EXPECT_EQ(-EINVAL, write_long(PID_MAX, 300));
	EXPECT_EQ(-EINVAL, write_long(PID_MAX, 0));
	EXPECT_EQ(-EINVAL, write_long(PID_MAX, 4194305));
}

TEST_F_TIMEOUT(pidns, numbers_run_out_is_eagain_and_come_back, 120)
{
	long max = read_long(PID_MAX);
	pid_t *pids = shared(2000 * sizeof(*pids)), again;
	int count, i;

	if (!getenv("PIDNS_SYSCTL"))
		SKIP(return, "changes kernel.pid_max: set PIDNS_SYSCTL=1");
	ASSERT_EQ(0, write_long(PID_MAX, 500));
	for (count = 0; count < 500; count++) {
		pids[count] = parked(0);
		if (pids[count] < 0)
			break;
		EXPECT_GT(500, pids[count]);
	}
	EXPECT_EQ(-EAGAIN, pids[count]);
	EXPECT_LT(100, count);
	/* Kernel threads may come for the odd one. */
	for (i = 0; i < 50; i++)
		end(pids[i]);
	again = next_number();
	EXPECT_LT(0, again);
	EXPECT_GT(500, again);
	for (; i < count; i++)
		end(pids[i]);
	EXPECT_EQ(0, write_long(PID_MAX, max));
}

TEST_F(pidns, number_above_a_lowered_pid_max_stays_and_new_ones_are_below)
{
	long max = read_long(PID_MAX);
	pid_t high, tid = free_number(), below;

	if (!getenv("PIDNS_SYSCTL"))
		SKIP(return, "changes kernel.pid_max: set PIDNS_SYSCTL=1");
	high = spawn_tid(tid);
	if (!high)
		park();
	ASSERT_EQ(tid, high);
	ASSERT_EQ(0, write_long(PID_MAX, 1000));
	below = next_number();
	EXPECT_LT(0, below);
	EXPECT_GT(1000, below);
	EXPECT_EQ(0, kill(high, 0));
	EXPECT_TRUE(WAIT_UNTIL(state_of(high) == 'S'));
	EXPECT_EQ(128 + SIGKILL, end(high));
	EXPECT_EQ(0, write_long(PID_MAX, max));
}

TEST_HARNESS_MAIN
