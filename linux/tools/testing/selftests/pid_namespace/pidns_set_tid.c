// SPDX-License-Identifier: GPL-2.0-only
/*
 * clone3's set_tid: a number of one's own choice, on one level or on several,
 * and all that speaks against it.
 */
#include "pidns.h"
#include <glob.h>

#define PID_MAX "/proc/sys/kernel/pid_max"

TEST_F(pidns, set_tid_gives_that_number)
{
	pid_t want = free_number(), pid = spawn_tid(want);

	if (!pid)
		_exit(getpid() != want);
	EXPECT_EQ(want, pid);
	EXPECT_EQ(0, wait_exit(pid));
}

TEST_F(pidns, set_tid_on_every_level)
{
	pid_t outer = free_number();
	pid_t tids[] = { 1, 77, outer };
	pid_t init = parked(CLONE_NEWPID);

	IN_CHILD(0) {
		int ns = ns_open(init, "pid");
		pid_t pid;

		ASSERT_EQ(0, ret(setns(ns, CLONE_NEWPID)));
		pid = spawn(0);
		if (!pid) {
			/* In the first namespace; its child makes the second. */
			pid = spawn_tids(CLONE_NEWPID, tids, 3);
			if (!pid)
				park();
			EXPECT_EQ(77, pid);
			EXPECT_STREQ(text("%d 77 1", outer),
				     status_of(outer, "NSpid"));
			end(pid);
			_exit(0);
		}
		EXPECT_EQ(0, wait_exit(pid));
	}
	end(init);
}

TEST_F(pidns, set_tid_of_the_inner_level_leaves_the_outer_in_turn)
{
	pid_t init = parked(CLONE_NEWPID), tid = 50;
	pid_t pid = spawn_in(init, &tid, 1);

	if (!pid)
		park();
	ASSERT_LT(0, pid);
	EXPECT_NE(50, pid);
	EXPECT_STREQ(text("%d 50", pid), status_of(pid, "NSpid"));
	end(pid);
	end(init);
}

TEST_F(pidns, set_tid_moves_the_next_number_of_nobody)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(900, try_tid(900));
		EXPECT_EQ(2, next_number());
		EXPECT_EQ(3, next_number());
	}
}

TEST_F(pidns, set_tid_below_1_is_einval)
{
	EXPECT_EQ(-EINVAL, try_tid(0));
	EXPECT_EQ(-EINVAL, try_tid(-1));
	EXPECT_EQ(-EINVAL, try_tid(-300));
}

TEST_F(pidns, set_tid_pid_max_is_einval_one_less_is_not)
{
	long max = read_long(PID_MAX);

	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(-EINVAL, try_tid(max));
		EXPECT_EQ(-EINVAL, try_tid(max + 1));
		EXPECT_EQ(max - 1, try_tid(max - 1));
	}
}

TEST_F(pidns, set_tid_of_more_levels_than_there_are_is_einval)
{
	pid_t tids[32], i;

	for (i = 0; i < 32; i++)
		tids[i] = free_number() - i;
	EXPECT_EQ(-EINVAL, try_tids(0, tids, 32));
	if (ns_id_of(0, "pid") == 0xeffffffc)
		EXPECT_EQ(-EINVAL, try_tids(0, tids, 2));
}

TEST_F(pidns, set_tid_33_numbers_is_einval)
{
	pid_t tids[33] = { 1 };

	EXPECT_EQ(-EINVAL, try_tids(0, tids, 33));
}

TEST_F(pidns, set_tid_without_a_size_or_without_numbers_is_einval)
{
	pid_t tid = free_number();

	EXPECT_EQ(-EINVAL, try_tids(0, &tid, 0));
	EXPECT_EQ(-EINVAL, try_tids(0, NULL, 1));
}

TEST_F(pidns, set_tid_from_a_bad_address_is_efault)
{
	EXPECT_EQ(-EFAULT, try_tids(0, (pid_t *)1, 1));
}

TEST_F(pidns, set_tid_taken_by_a_process_is_eexist)
{
	EXPECT_EQ(-EEXIST, try_tid(1));
	EXPECT_EQ(-EEXIST, try_tid(getpid()));
}

TEST_F(pidns, set_tid_taken_by_a_zombie_is_eexist_until_reaped)
{
	pid_t pid = spawn(0);

	if (!pid)
		_exit(0);
	EXPECT_TRUE(WAIT_UNTIL(state_of(pid) == 'Z'));
	EXPECT_EQ(-EEXIST, try_tid(pid));
	EXPECT_EQ(0, wait_exit(pid));
	EXPECT_EQ(pid, try_tid(pid));
}

TEST_F(pidns, set_tid_taken_by_a_group_without_leader_is_eexist)
{
	pid_t leader = parked(0), member = parked(0);

	ASSERT_EQ(0, setpgid(leader, leader));
	ASSERT_EQ(0, setpgid(member, leader));
	end(leader);
	EXPECT_EQ(-EEXIST, try_tid(leader));
	end(member);
	EXPECT_EQ(leader, try_tid(leader));
}

TEST_F(pidns, set_tid_taken_by_a_session_without_leader_is_eexist)
{
	IN_CHILD(CLONE_NEWPID) {
		int ready = gate_make();
		pid_t leader = spawn(0), *member = shared(sizeof(*member));

		if (!leader) {
			setsid();
			*member = fork();
			if (!*member) {
				setpgid(0, 0);
				gate_open(ready);
				park();
			}
			gate_pass(ready);
			_exit(0);
		}
		EXPECT_EQ(0, wait_exit(leader));
		EXPECT_EQ(leader, getsid(3));
		EXPECT_EQ(-EEXIST, try_tid(leader));
		end(3);
		EXPECT_EQ(leader, try_tid(leader));
	}
}

TEST_F(pidns, set_tid_taken_by_a_thread_is_eexist)
{
	pthread_barrier_t wait;
	pthread_t thread;

	IN_CHILD(CLONE_NEWPID) {
		pthread_barrier_init(&wait, NULL, 2);
		ASSERT_EQ(0, pthread_create(&thread, NULL,
					    (void *(*)(void *))pthread_barrier_wait,
					    &wait));
		/* The only one there but init: number 2. */
		EXPECT_EQ(-EEXIST, try_tid(2));
		pthread_barrier_wait(&wait);
		pthread_join(thread, NULL);
		/* Joined is not yet gone. */
		EXPECT_TRUE(WAIT_UNTIL(try_tid(2) == 2));
	}
}

static void *exit_after(void *gate)
{
	struct sched_param none = {};

	sched_setscheduler(0, SCHED_IDLE, &none);
	gate_pass(*(int *)gate);
	syscall(__NR_exit, 0);
	return NULL;
}

/* The leader, which exits first, of a group of two; *tid is the other, from outside. */
static pid_t outlived(unsigned long flags, int gate, pid_t *tid)
{
	pthread_t thread;
	glob_t found;
	pid_t pid = spawn(flags);

	if (!pid) {
		pthread_create(&thread, NULL, exit_after, &gate);
		syscall(__NR_exit, 0);
	}
	WAIT_UNTIL(state_of(pid) == 'Z');
	*tid = 0;
	if (glob(text("/proc/%d/task/*/*", pid), 0, NULL, &found))
		return pid;
	for (size_t i = 0; i < found.gl_pathc && (!*tid || *tid == pid); i++)
		*tid = atoi(strstr(found.gl_pathv[i], "/task/") + strlen("/task/"));
	globfree(&found);
	return pid;
}

/*
 * The thread that goes last lets go of its numbers before its group can be reaped.
 * On one processor, where its own end gives way to who waits for that.
 */
static void last_tids_are_free(struct __test_metadata *_metadata, unsigned long flags)
{
	int gate = gate_make(), taken = 0;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(one), &one));
	for (int i = 0; i < 20; i++) {
		pid_t tid, pid = outlived(flags, gate, &tid);

		ASSERT_NE(pid, tid);
		ASSERT_LT(0, tid);
		gate_open(gate);
		EXPECT_EQ(0, wait_exit(pid));
		taken += try_tid(tid) != tid;
	}
	EXPECT_EQ(0, taken);
}

TEST_F(pidns, set_tid_of_the_last_thread_is_free_when_its_group_is_reaped)
{
	last_tids_are_free(_metadata, 0);
}

TEST_F(pidns, set_tid_of_the_last_thread_is_free_when_its_init_is_reaped)
{
	last_tids_are_free(_metadata, CLONE_NEWPID);
}

TEST_F(pidns, set_tid_first_in_a_namespace_must_be_1)
{
	pid_t two = 2, one = 1, pid;

	ASSERT_EQ(-EINVAL, try_tids(CLONE_NEWPID, &two, 1));
	pid = spawn_tids(CLONE_NEWPID, &one, 1);
	if (!pid)
		_exit(getpid());
	EXPECT_EQ(1, wait_exit(pid));
}

TEST_F(pidns, set_tid_of_init_and_its_number_outside)
{
	pid_t tids[] = { 1, free_number() };
	pid_t pid = spawn_tids(CLONE_NEWPID, tids, 2);

	if (!pid)
		_exit(getpid());
	EXPECT_EQ(tids[1], pid);
	EXPECT_EQ(1, wait_exit(pid));
}

TEST_F(pidns, set_tid_refused_outside_gives_the_inner_number_back)
{
	pid_t init = parked(CLONE_NEWPID), pid;
	pid_t tids[] = { 7, getpid() };

	EXPECT_EQ(-EEXIST, spawn_in(init, tids, 2));
	EXPECT_EQ(-EEXIST, spawn_in(init, tids, 2));
	pid = spawn_in(init, tids, 1);
	if (!pid)
		_exit(getpid());
	EXPECT_EQ(7, wait_exit(pid));
	end(init);
}

TEST_F(pidns, set_tid_without_capabilities_is_eperm)
{
	pid_t want = free_number();

	IN_CHILD(0) {
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(-EPERM, try_tid(want));
		/* Who may not ask is not told what is taken, but what is no number. */
		EXPECT_EQ(-EPERM, try_tid(1));
		EXPECT_EQ(-EINVAL, try_tid(0));
	}
}

TEST_F(pidns, set_tid_with_cap_checkpoint_restore_works)
{
	pid_t want = free_number();

	IN_CHILD(0) {
		ASSERT_EQ(0, keep_capability(CAP_CHECKPOINT_RESTORE));
		EXPECT_EQ(want, try_tid(want));
	}
}

TEST_F(pidns, set_tid_with_cap_sys_admin_works)
{
	pid_t want = free_number();

	IN_CHILD(0) {
		ASSERT_EQ(0, keep_capability(CAP_SYS_ADMIN));
		EXPECT_EQ(want, try_tid(want));
	}
}

TEST_F(pidns, set_tid_with_another_capability_is_eperm)
{
	IN_CHILD(0) {
		ASSERT_EQ(0, keep_capability(CAP_SYS_PTRACE));
		EXPECT_EQ(-EPERM, try_tid(free_number()));
	}
}

TEST_F(pidns, set_tid_of_ones_own_user_namespace_only)
{
	pid_t tids[] = { 1, free_number() }, pid;

	IN_CHILD(CLONE_NEWUSER) {
		/* The new namespace is ours; the one that we are in isn't. */
		EXPECT_EQ(-EPERM, try_tids(CLONE_NEWPID, tids, 2));
		EXPECT_EQ(-EPERM, try_tid(tids[1]));
		pid = spawn_tids(CLONE_NEWPID, tids, 1);
		if (!pid)
			_exit(getpid());
		EXPECT_EQ(1, wait_exit(pid));
	}
}

TEST_HARNESS_MAIN
