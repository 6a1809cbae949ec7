// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a pid namespace comes to be: clone, clone3, unshare and setns, what may go
 * with CLONE_NEWPID, and what stands against it.
 */
#include "pidns.h"
#include <sys/resource.h>

#define MAX_NAMESPACES "/proc/sys/user/max_pid_namespaces"

TEST_F(pidns, clone_newpid_child_is_pid_1)
{
	pid_t pid = sys_clone(CLONE_NEWPID | SIGCHLD);

	if (!pid)
		_exit(getpid());
	EXPECT_LT(1, pid);
	EXPECT_EQ(1, wait_exit(pid));
}

TEST_F(pidns, clone3_newpid_child_is_pid_1)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(1, getpid());
		EXPECT_EQ(1, syscall(__NR_gettid));
	}
}

TEST_F(pidns, newpid_second_child_is_pid_2)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(2, next_number());
		EXPECT_EQ(3, next_number());
	}
}

TEST_F(pidns, unshare_newpid_caller_keeps_its_number)
{
	unsigned long before = ns_id_of(0, "pid");
	pid_t pid = getpid();

	ASSERT_EQ(0, ret(unshare(CLONE_NEWPID)));
	EXPECT_EQ(pid, getpid());
	EXPECT_EQ(before, ns_id_of(0, "pid"));
}

TEST_F(pidns, unshare_newpid_first_child_is_pid_1_next_is_2)
{
	pid_t init, pid;

	ASSERT_EQ(0, ret(unshare(CLONE_NEWPID)));
	init = spawn(0);
	if (!init) {
		EXPECT_EQ(1, getpid());
		park();
	}
	pid = spawn(0);
	if (!pid)
		_exit(getpid());
	EXPECT_EQ(2, wait_exit(pid));
	EXPECT_EQ(128 + SIGKILL, end(init));
}

#define STACK_SIZE 16384

static int report_pid(void *number)
{
	*(pid_t *)number = getpid();
	return 0;
}

TEST_F(pidns, clone_newpid_with_vm_child_is_pid_1)
{
	char *stack = shared(STACK_SIZE);
	pid_t seen = 0;
	pid_t pid = clone(report_pid, stack + STACK_SIZE,
			  CLONE_NEWPID | CLONE_VM | SIGCHLD, &seen);

	ASSERT_LT(0, pid);
	EXPECT_EQ(0, wait_exit(pid));
	EXPECT_EQ(1, seen);
}

TEST_F(pidns, vfork_after_unshare_child_is_pid_1)
{
	char *stack = shared(STACK_SIZE);
	pid_t seen = 0, pid;

	ASSERT_EQ(0, ret(unshare(CLONE_NEWPID)));
	pid = clone(report_pid, stack + STACK_SIZE,
		    CLONE_VFORK | CLONE_VM | SIGCHLD, &seen);
	ASSERT_LT(0, pid);
	EXPECT_EQ(1, seen);
	EXPECT_EQ(0, wait_exit(pid));
}

TEST_F(pidns, clone_newpid_with_thread_is_einval)
{
	struct clone_args args = {
		.flags = CLONE_NEWPID | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM,
	};

	EXPECT_EQ(-EINVAL, sys_clone3(&args));
	EXPECT_EQ(-EINVAL, sys_clone(args.flags));
}

TEST_F(pidns, clone_newpid_with_parent_makes_a_sibling_that_is_pid_1)
{
	pid_t *pid = shared(sizeof(*pid));

	IN_CHILD(0) {
		struct clone_args args = { .flags = CLONE_NEWPID | CLONE_PARENT };

		*pid = sys_clone3(&args);
		if (!*pid)
			_exit(getpid());
		EXPECT_EQ(-ECHILD, wait_exit(*pid));
	}
	EXPECT_EQ(1, wait_exit(*pid));
}

TEST_F(pidns, init_clone_parent_is_einval)
{
	IN_CHILD(CLONE_NEWPID) {
		struct clone_args args = { .flags = CLONE_PARENT };

		EXPECT_EQ(-EINVAL, sys_clone3(&args));
	}
}

TEST_F(pidns, child_of_init_may_clone_parent)
{
	IN_CHILD(CLONE_NEWPID) {
		IN_CHILD(0) {
			struct clone_args args = { .flags = CLONE_PARENT };
			pid_t pid = sys_clone3(&args);

			if (!pid)
				_exit(getppid() != 1);
			EXPECT_EQ(3, pid);
		}
		EXPECT_EQ(0, wait_exit(3));
	}
}

TEST_F(pidns, unshare_newpid_twice_is_einval)
{
	ASSERT_EQ(0, ret(unshare(CLONE_NEWPID)));
	EXPECT_EQ(-EINVAL, ret(unshare(CLONE_NEWPID)));
}

TEST_F(pidns, unshare_newpid_twice_with_a_child_between_is_einval)
{
	pid_t init;

	ASSERT_EQ(0, ret(unshare(CLONE_NEWPID)));
	init = parked(0);
	EXPECT_EQ(-EINVAL, ret(unshare(CLONE_NEWPID)));
	end(init);
}

TEST_F(pidns, clone_newpid_after_unshare_newpid_is_einval)
{
	ASSERT_EQ(0, ret(unshare(CLONE_NEWPID)));
	EXPECT_EQ(-EINVAL, try_spawn(CLONE_NEWPID));
}

static void *run_nothing(void *arg)
{
	return arg;
}

TEST_F(pidns, thread_after_unshare_newpid_is_einval)
{
	pthread_t thread;

	ASSERT_EQ(0, ret(unshare(CLONE_NEWPID)));
	EXPECT_EQ(EINVAL, pthread_create(&thread, NULL, run_nothing, NULL));
}

TEST_F(pidns, setns_home_after_unshare_undoes_it)
{
	int home = ns_open(0, "pid");
	pthread_t thread;

	ASSERT_EQ(0, ret(unshare(CLONE_NEWPID)));
	ASSERT_EQ(0, ret(setns(home, CLONE_NEWPID)));
	EXPECT_EQ(0, pthread_create(&thread, NULL, run_nothing, NULL));
	pthread_join(thread, NULL);
	EXPECT_LT(1, next_number());
	EXPECT_EQ(0, ret(unshare(CLONE_NEWPID)));
}

TEST_F(pidns, setns_next_child_gets_the_next_number_there)
{
	pid_t init = parked(CLONE_NEWPID);
	pid_t before = getpid(), pid;

	pid = spawn_in(init, NULL, 0);
	if (!pid)
		_exit(getpid());
	EXPECT_EQ(2, wait_exit(pid));
	EXPECT_EQ(before, getpid());
	end(init);
}

TEST_F(pidns, siblings_namespaces_count_from_1_each)
{
	pid_t first = parked(CLONE_NEWPID), second = parked(CLONE_NEWPID);

	EXPECT_NE(first, second);
	EXPECT_STREQ(text("%d 1", first), status_of(first, "NSpid"));
	EXPECT_STREQ(text("%d 1", second), status_of(second, "NSpid"));
	EXPECT_NE(ns_id_of(first, "pid"), ns_id_of(second, "pid"));
	end(first);
	end(second);
}

TEST_F(pidns, fork_after_init_died_is_enomem)
{
	ASSERT_EQ(0, ret(unshare(CLONE_NEWPID)));
	EXPECT_LT(0, next_number());
	EXPECT_EQ(-ENOMEM, next_number());
	EXPECT_EQ(-ENOMEM, next_number());
}

TEST_F(pidns, setns_into_a_dead_namespace_works_but_fork_is_enomem)
{
	pid_t init = parked(CLONE_NEWPID);
	int ns = ns_open(init, "pid");

	end(init);
	ASSERT_EQ(0, ret(setns(ns, CLONE_NEWPID)));
	EXPECT_EQ(-ENOMEM, next_number());
}

TEST_F(pidns, exec_keeps_the_number)
{
	pid_t init = spawn(CLONE_NEWPID);

	if (!init)
		exec_self();
	EXPECT_TRUE(WAIT_UNTIL(state_of(init) == 'Z'));
	EXPECT_STREQ(text("%d 1", init), status_of(init, "NSpid"));
	EXPECT_EQ(KSFT_SKIP, wait_exit(init));
}

static void nest(struct __test_metadata *_metadata, int level, int *deepest)
{
	pid_t pid = spawn(CLONE_NEWPID);

	if (pid < 0) {
		EXPECT_EQ(-ENOSPC, pid);
		return;
	}
	if (pid) {
		EXPECT_EQ(0, wait_exit(pid));
		return;
	}
	EXPECT_EQ(1, getpid());
	*deepest = level;
	if (level < 40)
		nest(_metadata, level + 1, deepest);
	_exit(0);
}

TEST_F(pidns, nesting_32_levels_then_enospc)
{
	int *deepest = shared(sizeof(*deepest));

	/* The inode number that the first namespace always has. */
	if (ns_id_of(0, "pid") != 0xeffffffc)
		SKIP(return, "not in the initial pid namespace");
	nest(_metadata, 1, deepest);
	EXPECT_EQ(32, *deepest);
}

TEST_F(pidns, max_pid_namespaces_limit_is_enospc)
{
	IN_CHILD(CLONE_NEWUSER) {
		pid_t first, second;

		ASSERT_EQ(0, write_long(MAX_NAMESPACES, 2));
		first = parked(CLONE_NEWPID);
		second = parked(CLONE_NEWPID);
		EXPECT_LT(0, second);
		EXPECT_EQ(-ENOSPC, try_spawn(CLONE_NEWPID));
		EXPECT_EQ(-ENOSPC, ret(unshare(CLONE_NEWPID)));
		/* A dead one is given back, in its time. */
		end(first);
		EXPECT_TRUE(WAIT_UNTIL((first = parked(CLONE_NEWPID)) > 0));
		end(first);
		end(second);
	}
}

TEST_F(pidns, max_pid_namespaces_0_forbids_them)
{
	IN_CHILD(CLONE_NEWUSER) {
		ASSERT_EQ(0, write_long(MAX_NAMESPACES, 0));
		EXPECT_EQ(-ENOSPC, try_spawn(CLONE_NEWPID));
	}
}

TEST_F(pidns, max_pid_namespaces_counts_those_below)
{
	IN_CHILD(CLONE_NEWUSER) {
		ASSERT_EQ(0, write_long(MAX_NAMESPACES, 1));
		ASSERT_EQ(0, map_root(0));
		IN_CHILD(CLONE_NEWUSER) {
			pid_t first = parked(CLONE_NEWPID);

			EXPECT_LT(0, first);
			EXPECT_EQ(-ENOSPC, try_spawn(CLONE_NEWPID));
			end(first);
		}
	}
}

/*
 * Better than the base kernel: there, a first fork that fails after it got its
 * number shuts the namespace for good, and this fork gives ENOMEM.
 */
TEST_F(pidns, first_fork_with_efault_leaves_the_namespace_as_new)
{
	struct clone_args args = {
		.flags		= CLONE_PIDFD,
		.pidfd		= 1,
		.exit_signal	= SIGCHLD,
	};
	pid_t pid;

	ASSERT_EQ(0, ret(unshare(CLONE_NEWPID)));
	ASSERT_EQ(-EFAULT, sys_clone3(&args));
	ASSERT_EQ(-EFAULT, sys_clone3(&args));
	pid = spawn(0);
	if (!pid)
		_exit(getpid());
	ASSERT_LT(0, pid) {
		TH_LOG("fork after a failed first fork: %s", strerror(-pid));
	}
	EXPECT_EQ(1, wait_exit(pid));
}

/* Better than the base kernel, as above. */
TEST_F(pidns, first_fork_over_a_pids_limit_leaves_the_namespace_as_new)
{
	const char *top = "/sys/fs/cgroup", *dir = "/sys/fs/cgroup/pidns_create";

	if (write_text(text("%s/cgroup.subtree_control", top), "+pids") ||
	    (mkdir(dir, 0755) && errno != EEXIST))
		SKIP(return, "no pids controller in %s", top);

	IN_CHILD(0) {
		pid_t pid;

		ASSERT_EQ(0, write_text(text("%s/cgroup.procs", dir), "0"));
		ASSERT_EQ(0, write_text(text("%s/pids.max", dir), "1"));
		ASSERT_EQ(0, ret(unshare(CLONE_NEWPID)));
		ASSERT_EQ(-EAGAIN, try_spawn(0));
		ASSERT_EQ(0, write_text(text("%s/pids.max", dir), "max"));
		pid = spawn(0);
		if (!pid)
			_exit(getpid());
		ASSERT_LT(0, pid) {
			TH_LOG("fork below the limit: %s", strerror(-pid));
		}
		EXPECT_EQ(1, wait_exit(pid));
	}
	EXPECT_TRUE(WAIT_UNTIL(!rmdir(dir)));
}

TEST_F(pidns, first_fork_over_rlimit_nproc_leaves_the_namespace_as_new)
{
	/* Root is above this limit. */
	IN_CHILD(0) {
		struct rlimit none = { 0, 1000 }, some = { 1000, 1000 };
		pid_t pid;

		ASSERT_EQ(0, become_nobody());
		ASSERT_EQ(0, ret(unshare(CLONE_NEWUSER | CLONE_NEWPID)));
		ASSERT_EQ(0, setrlimit(RLIMIT_NPROC, &none));
		EXPECT_EQ(-EAGAIN, try_spawn(0));
		ASSERT_EQ(0, setrlimit(RLIMIT_NPROC, &some));
		pid = spawn(0);
		if (!pid)
			_exit(getpid());
		EXPECT_EQ(1, wait_exit(pid));
	}
}

TEST_F(pidns, first_fork_with_a_refused_set_tid_leaves_the_namespace_as_new)
{
	pid_t first_5[] = { 5 }, parent_taken[] = { 1, 1 };
	pid_t pid;

	ASSERT_EQ(0, ret(unshare(CLONE_NEWPID)));
	ASSERT_EQ(-EINVAL, try_tids(0, first_5, 1));
	ASSERT_EQ(-EEXIST, try_tids(0, parent_taken, 2));
	pid = spawn(0);
	if (!pid)
		_exit(getpid());
	EXPECT_EQ(1, wait_exit(pid));
}

TEST_F(pidns, newpid_without_capabilities_is_eperm)
{
	IN_CHILD(0) {
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(-EPERM, try_spawn(CLONE_NEWPID));
		EXPECT_EQ(-EPERM, ret(unshare(CLONE_NEWPID)));
		EXPECT_EQ(-EPERM, sys_clone(CLONE_NEWPID | SIGCHLD));
	}
}

TEST_F(pidns, clone3_newpid_pidfd_is_of_the_init)
{
	int pidfd = -1;
	struct clone_args args = {
		.flags		= CLONE_NEWPID | CLONE_PIDFD,
		.pidfd		= (unsigned long)&pidfd,
		.exit_signal	= SIGCHLD,
	};
	pid_t init = sys_clone3(&args);

	if (!init)
		park();
	ASSERT_LE(0, pidfd);
	EXPECT_EQ(0, ret(syscall(__NR_pidfd_send_signal, pidfd, SIGKILL, NULL, 0)));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_HARNESS_MAIN
