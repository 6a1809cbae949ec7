// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every allocation under fork, clone, unshare and setns fails in turn: the
 * first, the second, and so on until the call gets through (fail-nth, see
 * Documentation/fault-injection). Each failure has its errno, and leaves all as
 * it was: numbers, the count of namespaces, memory.
 *
 * Each test prints how many sites it made fail.
 */
#include "pidns_memory.h"

#define FAULTS		"/sys/kernel/debug/"
#define MOST_SITES	2000

FIXTURE(faults) {
	int nth;
};

static int want_fault(const char *kind, const char *knob, const char *value)
{
	return write_text(text(FAULTS "%s/%s", kind, knob), value);
}

FIXTURE_SETUP(faults)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc" };

	if (access("/proc/self/ns/pid", F_OK))
		SKIP(return, "the kernel has no pid namespaces");
	if (geteuid())
		SKIP(return, "needs root");
	if (access("/proc/self/fail-nth", W_OK))
		SKIP(return, "the kernel injects no faults: no /proc/self/fail-nth");
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	for (int i = 0; i < 2; i++) {
		/* Those that may sleep fail too, and no trace is printed. */
		ASSERT_EQ(0, want_fault(kinds[i], "ignore-gfp-wait", "N"));
		ASSERT_EQ(0, want_fault(kinds[i], "verbose", "0"));
	}
	ASSERT_EQ(0, want_fault("fail_page_alloc", "min-order", "0"));
}

FIXTURE_TEARDOWN(faults) {}

/* The next allocations of this thread: the @nth fails. */
static int arm(int fd, int nth)
{
	return ret(pwrite(fd, text("%d", nth), strlen(text("%d", nth)), 0));
}

/* True if the fault happened: then nothing is left to be counted down. */
static bool fired(int fd)
{
	char buffer[16] = "";
	int got = pread(fd, buffer, sizeof(buffer) - 1, 0);

	arm(fd, 0);
	return got > 0 && atoi(buffer) == 0;
}

/* What is tried: a result below 0 is a failure. Undoes what it did. */
typedef int attempt(int fd, int nth, bool *hit);

static int attempt_fork(int fd, int nth, bool *hit)
{
	pid_t pid;

	arm(fd, nth);
	pid = sys_clone(SIGCHLD);
	if (!pid)
		_exit(0);
	*hit = fired(fd);
	return pid < 0 ? pid : wait_exit(pid);
}

static int clone3_with(int fd, int nth, bool *hit, struct clone_args *args)
{
	pid_t pid;

	args->exit_signal = SIGCHLD;
	arm(fd, nth);
	pid = sys_clone3(args);
	if (!pid)
		_exit(0);
	*hit = fired(fd);
	return pid < 0 ? pid : wait_exit(pid);
}

static int attempt_set_tid(int fd, int nth, bool *hit)
{
	static pid_t tids[] = { 12345 };
	struct clone_args args = {
		.set_tid = (unsigned long)tids,
		.set_tid_size = 1,
	};

	/* In a far part of the table, which has to grow for it. */
	return clone3_with(fd, nth, hit, &args);
}

static int attempt_newpid(int fd, int nth, bool *hit)
{
	struct clone_args args = { .flags = CLONE_NEWPID };
	int err;

	/* Those that ended are taken off the count a little later. */
	WAIT_UNTIL((err = clone3_with(fd, nth, hit, &args)) != -ENOSPC);
	return err;
}

static int attempt_pidfd(int fd, int nth, bool *hit)
{
	int pidfd = -1, err;
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (unsigned long)&pidfd,
	};

	err = clone3_with(fd, nth, hit, &args);
	if (!err)
		close(pidfd);
	return err;
}

/* In a child of its own: what unshare did can't be undone. */
static int in_child(int fd, int nth, bool *hit, int (*call)(void))
{
	bool *seen = shared(sizeof(*seen));
	pid_t pid = fork();
	int err, own;

	if (!pid) {
		own = open("/proc/self/fail-nth", O_RDWR);
		arm(own, nth);
		err = call();
		*seen = fired(own);
		_exit(-err);
	}
	err = wait_exit(pid);
	*hit = *seen;
	munmap(seen, sizeof(*seen));
	return -err;
}

static int call_unshare(void)
{
	return ret(unshare(CLONE_NEWPID));
}

static int target;

static int call_setns(void)
{
	return ret(setns(target, CLONE_NEWPID));
}

/* When it has failed, the next one is init all the same. */
static int call_first_fork(void)
{
	int fd = open("/proc/self/fail-nth", O_RDWR), err = 0;
	char nth[16] = "";
	pid_t pid;

	pread(fd, nth, sizeof(nth) - 1, 0);
	arm(fd, 0);
	if (unshare(CLONE_NEWPID))
		return -EPERM;
	arm(fd, atoi(nth));
	pid = sys_clone(SIGCHLD);
	if (pid < 0) {
		err = pid;
		pid = sys_clone(SIGCHLD);
	}
	if (!pid)
		_exit(getpid());
	return wait_exit(pid) == 1 ? err : -EBADMSG;
}

static int attempt_unshare(int fd, int nth, bool *hit)
{
	return in_child(fd, nth, hit, call_unshare);
}

static int attempt_setns(int fd, int nth, bool *hit)
{
	return in_child(fd, nth, hit, call_setns);
}

static const char *const caches[] = {
	"pid", "pid_2", "pid_namespace", "pid_node", "task_struct",
	"signal_cache", "sighand_cache", "nsproxy", "cred_jar",
};

static void count_objects(long *counts)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(caches); i++)
		counts[i] = objects(caches[i]);
}

/* What a slab keeps for each processor comes and goes, but not with the sites. */
#define SLACK	64

static void check_objects(struct __test_metadata *_metadata, const long *before)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(caches); i++) {
		long now = 0;

		EXPECT_TRUE(WAIT_UNTIL((now = objects(caches[i])) <=
				       before[i] + SLACK)) {
			TH_LOG("%s: %ld objects, %ld before", caches[i], now,
			       before[i]);
		}
	}
}

/* What one site loses each time is more than the slack then. */
static void fail_again(attempt *try, int fd, int nth)
{
	bool hit;

	for (int i = 0; i < SLACK; i++)
		try(fd, nth, &hit);
}

/* Makes each site fail; the number that comes next must be the expected one. */
static void fail_all(struct __test_metadata *_metadata, const char *name,
		     attempt *try, int forks)
{
	int fd = open("/proc/self/fail-nth", O_RDWR), nth, err, failed = 0;
	long before[ARRAY_SIZE(caches)], last;
	bool hit = true;

	ASSERT_LT(0, fd);
	try(fd, 0, &hit);
	count_objects(before);
	for (nth = 1; nth < MOST_SITES; nth++) {
		last = read_long(LAST_PID);
		err = try(fd, nth, &hit);
		if (err < 0) {
			failed++;
			EXPECT_TRUE(err == -ENOMEM || err == -EAGAIN) {
				TH_LOG("%s, site %d: %s", name, nth,
				       strerror(-err));
			}
		}
		/* A fork that fails late may have had a number; no two. */
		EXPECT_GE(last + forks + 1, read_long(LAST_PID)) {
			TH_LOG("%s, site %d: numbers are lost", name, nth);
		}
		if (err < 0)
			fail_again(try, fd, nth);
		/* One that fails in vain leaves the number that was next. */
		if (!hit)
			break;
	}
	EXPECT_LT(nth, MOST_SITES);
	EXPECT_EQ(0, err);
	EXPECT_LT(0, failed);
	EXPECT_LT(0, next_number());
	check_objects(_metadata, before);
	TH_LOG("%s: %d sites, %d made it fail, all survived", name, nth - 1,
	       failed);
	close(fd);
}

TEST_F_TIMEOUT(faults, fork_fails_at_each_allocation_and_leaves_nothing, 600)
{
	IN_CHILD(CLONE_NEWPID)
		fail_all(_metadata, "fork", attempt_fork, 1);
}

TEST_F_TIMEOUT(faults, set_tid_fails_at_each_allocation_and_gives_it_back, 600)
{
	IN_CHILD(CLONE_NEWPID) {
		fail_all(_metadata, "clone3 with set_tid", attempt_set_tid, 0);
		EXPECT_EQ(12345, try_tid(12345));
	}
}

TEST_F_TIMEOUT(faults, clone_newpid_fails_at_each_allocation_and_is_not_counted, 600)
{
	IN_CHILD(CLONE_NEWUSER) {
		/* One that is not given back would be one too many. */
		ASSERT_EQ(0, write_long("/proc/sys/user/max_pid_namespaces", 40));
		fail_all(_metadata, "clone(CLONE_NEWPID)", attempt_newpid, 1);
		ASSERT_EQ(0, write_long("/proc/sys/user/max_pid_namespaces", 1));
		EXPECT_TRUE(WAIT_UNTIL(try_spawn(CLONE_NEWPID) > 0));
	}
}

TEST_F_TIMEOUT(faults, clone_pidfd_fails_at_each_allocation, 600)
{
	IN_CHILD(CLONE_NEWPID)
		fail_all(_metadata, "clone3 with CLONE_PIDFD", attempt_pidfd, 1);
}

TEST_F_TIMEOUT(faults, unshare_fails_at_each_allocation_and_is_not_counted, 600)
{
	IN_CHILD(CLONE_NEWUSER) {
		fail_all(_metadata, "unshare", attempt_unshare, 1);
		ASSERT_EQ(0, write_long("/proc/sys/user/max_pid_namespaces", 1));
		EXPECT_TRUE(WAIT_UNTIL(try_spawn(CLONE_NEWPID) > 0));
	}
}

TEST_F_TIMEOUT(faults, setns_fails_at_each_allocation, 600)
{
	pid_t init = parked(CLONE_NEWPID);

	target = ns_open(init, "pid");
	fail_all(_metadata, "setns", attempt_setns, 1);
	end(init);
}

TEST_F_TIMEOUT(faults, fork_at_depth_8_fails_at_each_allocation, 600)
{
	IN_CHILD(CLONE_NEWPID) IN_CHILD(CLONE_NEWPID)
	IN_CHILD(CLONE_NEWPID) IN_CHILD(CLONE_NEWPID)
	IN_CHILD(CLONE_NEWPID) IN_CHILD(CLONE_NEWPID)
	IN_CHILD(CLONE_NEWPID) IN_CHILD(CLONE_NEWPID)
		fail_all(_metadata, "fork at depth 8", attempt_fork, 1);
}

/* The first fork in a namespace that unshare made: it fails, then it is init. */
TEST_F_TIMEOUT(faults, first_fork_fails_at_each_allocation_and_leaves_it_as_new, 600)
{
	int nth, failed = 0;
	bool hit = true;

	for (nth = 1; hit && nth < MOST_SITES; nth++) {
		int got = in_child(-1, nth, &hit, call_first_fork);

		EXPECT_TRUE(!got || got == -ENOMEM || got == -EAGAIN) {
			TH_LOG("site %d: %s", nth, strerror(-got));
		}
		failed += got < 0;
	}
	EXPECT_LT(nth, MOST_SITES);
	EXPECT_LT(0, failed);
	TH_LOG("first fork: %d sites, %d made it fail, all survived", nth - 2,
	       failed);
}

TEST_HARNESS_MAIN
