// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel.pid_max of a namespace's own (CONFIG_PID_NS_LIMIT): who may set it, how
 * high, and what it limits. Without the option there is one for all, which the
 * fixture "absent" looks at; what it does there harms nobody.
 */
#define PIDNS_DEFAULT_FIXTURE
#include "pidns.h"

#define PID_MAX "/proc/sys/kernel/pid_max"

/* In a child: root of a new user namespace, user 1000 outside, with a pid ns. */
static int become_root_inside(void)
{
	int err = ret(setresgid(1000, 1000, 1000)) ?: ret(setresuid(1000, 1000, 1000));

	if (!err)
		err = ret(prctl(PR_SET_DUMPABLE, 1));
	if (!err)
		err = ret(unshare(CLONE_NEWUSER | CLONE_NEWPID));
	return err ?: map_root(1000);
}

/*
 * Only with the option does such a one get as far as opening it: 0 with, 1
 * without, 2 if that cannot be found out.
 */
static int probe(void)
{
	pid_t pid = spawn(0), init;

	if (pid)
		return wait_exit(pid);
	if (become_root_inside())
		_exit(2);
	init = spawn(0);
	if (!init)
		_exit(open(PID_MAX, O_WRONLY) < 0);
	_exit(wait_exit(init));
}

/*
 * Why a test cannot be run, NULL if it can. PIDNS_LIMIT=y or n says that the option
 * is there or not: then what the probe looks at is under test like the rest.
 */
static const char *obstacle(int wanted)
{
	const char *said = getenv("PIDNS_LIMIT");
	int found;

	if (access("/proc/self/ns/pid", F_OK))
		return "the kernel has no pid namespaces";
	if (geteuid())
		return "needs root";
	found = said ? *said != 'y' : probe();
	if (found > 1)
		return "needs user namespaces";
	if (found == wanted)
		return NULL;
	return found ? "one pid_max for all: CONFIG_PID_NS_LIMIT=n" :
		       "each namespace has a pid_max: CONFIG_PID_NS_LIMIT=y";
}

FIXTURE(limit) {
	long max;
};

FIXTURE_SETUP(limit)
{
	const char *why = obstacle(0);

	if (why)
		SKIP(return, "%s", why);
	self->max = read_long(PID_MAX);
}

/* Whatever a test does inside, out here it stays. */
FIXTURE_TEARDOWN(limit)
{
	if (self->max)
		EXPECT_EQ(self->max, read_long(PID_MAX));
}

FIXTURE(absent) {};

FIXTURE_SETUP(absent)
{
	const char *why = obstacle(1);

	if (why)
		SKIP(return, "%s", why);
}

FIXTURE_TEARDOWN(absent) {}

TEST_F(absent, pid_max_of_a_user_namespaces_root_is_eacces)
{
	IN_CHILD(0) {
		ASSERT_EQ(0, become_root_inside());
		IN_CHILD(0)
			EXPECT_EQ(-EACCES, write_long(PID_MAX, 1000));
	}
}

TEST_F(absent, pid_max_inside_is_the_one_of_all)
{
	long max = read_long(PID_MAX);

	if (!getenv("PIDNS_SYSCTL"))
		SKIP(return, "changes kernel.pid_max: set PIDNS_SYSCTL=1");
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, write_long(PID_MAX, max - 1));
		EXPECT_EQ(max - 1, read_long(PID_MAX));
	}
	EXPECT_EQ(max - 1, read_long(PID_MAX));
	EXPECT_EQ(0, write_long(PID_MAX, max));
}

TEST_F(limit, new_namespace_has_the_limit_of_its_parent)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(self->max, read_long(PID_MAX));
		EXPECT_EQ(0, write_long(PID_MAX, 1000));
		EXPECT_EQ(1000, read_long(PID_MAX));
		IN_CHILD(CLONE_NEWPID)
			IN_CHILD(CLONE_NEWPID)
				EXPECT_EQ(1000, read_long(PID_MAX));
	}
}

TEST_F(limit, siblings_and_outside_keep_theirs)
{
	pid_t sibling = parked(CLONE_NEWPID), pid;

	IN_CHILD(CLONE_NEWPID)
		EXPECT_EQ(0, write_long(PID_MAX, 1000));
	EXPECT_EQ(self->max, read_long(PID_MAX));
	pid = spawn_in(sibling, NULL, 0);
	if (!pid) {
		EXPECT_EQ(self->max, read_long(PID_MAX));
		_exit(0);
	}
	EXPECT_EQ(0, wait_exit(pid));
	end(sibling);
}

TEST_F(limit, lower_than_the_minimum_or_above_the_parents_is_einval)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(-EINVAL, write_long(PID_MAX, 300));
		EXPECT_EQ(-EINVAL, write_long(PID_MAX, 0));
		EXPECT_EQ(-EINVAL, write_long(PID_MAX, self->max + 1));
		EXPECT_EQ(-EINVAL, write_text(PID_MAX, "many"));
		EXPECT_EQ(self->max, read_long(PID_MAX));
		EXPECT_EQ(0, write_long(PID_MAX, 1000));
		IN_CHILD(CLONE_NEWPID) {
			EXPECT_EQ(-EINVAL, write_long(PID_MAX, 1001));
			EXPECT_EQ(0, write_long(PID_MAX, 1000));
		}
	}
}

TEST_F(limit, can_be_raised_again_up_to_the_parents)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, write_long(PID_MAX, 1000));
		EXPECT_EQ(0, write_long(PID_MAX, 2000));
		EXPECT_EQ(2000, read_long(PID_MAX));
		EXPECT_EQ(0, write_long(PID_MAX, self->max));
		EXPECT_EQ(self->max, read_long(PID_MAX));
	}
}

TEST_F(limit, write_without_a_number_sets_none)
{
	int gate = gate_make(), go = gate_make();

	IN_CHILD(CLONE_NEWPID) {
		pid_t pid;

		EXPECT_EQ(0, write_long(PID_MAX, 1000));
		pid = spawn(CLONE_NEWPID);
		if (!pid) {
			EXPECT_EQ(0, write_text(PID_MAX, ""));
			gate_open(gate);
			gate_pass(go);
			EXPECT_EQ(2000, read_long(PID_MAX));
			_exit(0);
		}
		gate_pass(gate);
		EXPECT_EQ(0, write_long(PID_MAX, 2000));
		gate_open(go);
		EXPECT_EQ(0, wait_exit(pid));
	}
}

TEST_F(limit, parents_change_reaches_those_below)
{
	int gate = gate_make(), go = gate_make();

	IN_CHILD(CLONE_NEWPID) {
		pid_t pid = spawn(CLONE_NEWPID);

		if (!pid) {
			EXPECT_EQ(0, write_long(PID_MAX, 2000));
			EXPECT_EQ(0, write_long(LAST_PID, 1500));
			gate_open(gate);
			gate_pass(go);
			/* Also where numbers go on from above it. */
			EXPECT_EQ(1000, read_long(PID_MAX));
			EXPECT_EQ(300, next_number());
			EXPECT_EQ(-EINVAL, write_long(PID_MAX, 1001));
			gate_open(gate);
			gate_pass(go);
			EXPECT_EQ(2000, read_long(PID_MAX));
			_exit(0);
		}
		gate_pass(gate);
		EXPECT_EQ(0, write_long(PID_MAX, 1000));
		gate_open(go);
		gate_pass(gate);
		EXPECT_EQ(0, write_long(PID_MAX, 3000));
		gate_open(go);
		EXPECT_EQ(0, wait_exit(pid));
	}
}

TEST_F(limit, numbers_wrap_below_it)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, write_long(PID_MAX, 400));
		EXPECT_EQ(0, write_long(LAST_PID, 398));
		EXPECT_EQ(399, next_number());
		EXPECT_EQ(300, next_number());
	}
}

TEST_F(limit, numbers_run_out_is_eagain_inside_only)
{
	IN_CHILD(CLONE_NEWPID) {
		int count = 0, err;

		EXPECT_EQ(0, write_long(PID_MAX, 310));
		while ((err = parked(0)) > 0 && count < 400) {
			EXPECT_GT(310, err);
			count++;
		}
		EXPECT_EQ(-EAGAIN, err);
		/* All from 2 to 309: nobody else is here. */
		EXPECT_EQ(308, count);
		EXPECT_EQ(128 + SIGKILL, end(309));
		EXPECT_EQ(309, next_number());
		/* With room again it goes on. */
		EXPECT_EQ(309, parked(0));
		EXPECT_EQ(0, write_long(PID_MAX, 320));
		EXPECT_EQ(310, next_number());
	}
	EXPECT_LT(0, next_number());
}

/* Forks at a level below use up the numbers of each level above. */
TEST_F(limit, outer_limit_holds_for_deep_forks)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, write_long(PID_MAX, 310));
		IN_CHILD(CLONE_NEWPID) {
			IN_CHILD(CLONE_NEWPID) {
				int count = 0, err;

				while ((err = parked(0)) > 0 && count < 400)
					count++;
				EXPECT_EQ(-EAGAIN, err);
				/* The three inits have numbers out there too. */
				EXPECT_EQ(309 - 3, count);
			}
		}
		EXPECT_LT(0, next_number());
	}
}

TEST_F(limit, inner_limit_does_not_hold_outside)
{
	IN_CHILD(CLONE_NEWPID | CLONE_NEWNS) {
		pid_t init, pid;

		ASSERT_EQ(0, mount_proc());
		init = parked(CLONE_NEWPID);
		pid = spawn_in(init, NULL, 0);
		if (!pid) {
			EXPECT_EQ(0, write_long(PID_MAX, 310));
			EXPECT_EQ(0, write_long(LAST_PID, 308));
			_exit(0);
		}
		EXPECT_EQ(0, wait_exit(pid));
		EXPECT_EQ(0, write_long(LAST_PID, 599));
		pid = spawn_in(init, NULL, 0);
		if (!pid)
			_exit(getpid() % 256);
		EXPECT_EQ(600, pid);
		EXPECT_EQ(309 % 256, wait_exit(pid));
		EXPECT_EQ(601, next_number());
	}
}

TEST_F(limit, numbers_above_a_lowered_limit_stay_valid)
{
	IN_CHILD(CLONE_NEWPID) {
		pid_t pid = spawn_tid(900);

		if (!pid)
			park();
		ASSERT_EQ(900, pid);
		EXPECT_EQ(0, write_long(PID_MAX, 500));
		EXPECT_EQ(0, ret(kill(900, 0)));
		EXPECT_EQ(0, ret(setpgid(900, 900)));
		EXPECT_EQ(900, ret(getpgid(900)));
		EXPECT_LE(0, ret(syscall(__NR_pidfd_open, 900, 0)));
		EXPECT_EQ(128 + SIGKILL, end(900));
		EXPECT_EQ(-ESRCH, ret(kill(900, 0)));
		EXPECT_EQ(-EINVAL, try_tid(900));
	}
}

TEST_F(limit, set_tid_is_bound_by_each_levels_own)
{
	IN_CHILD(CLONE_NEWPID) {
		pid_t inner[] = { 1, 700 };

		EXPECT_EQ(0, write_long(PID_MAX, 800));
		EXPECT_EQ(-EINVAL, try_tid(800));
		EXPECT_EQ(799, try_tid(799));
		IN_CHILD(CLONE_NEWPID) {
			pid_t tids[] = { 500, 799 };

			EXPECT_EQ(0, write_long(PID_MAX, 500));
			EXPECT_EQ(-EINVAL, try_tids(0, tids, 2));
			tids[0] = 499;
			EXPECT_EQ(499, try_tids(0, tids, 2));
			tids[1] = 800;
			EXPECT_EQ(-EINVAL, try_tids(0, tids, 2));
		}
		EXPECT_EQ(700, try_tids(CLONE_NEWPID, inner, 2));
		inner[1] = 800;
		EXPECT_EQ(-EINVAL, try_tids(CLONE_NEWPID, inner, 2));
	}
}

TEST_F(limit, ns_last_pid_is_bound_by_it)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, write_long(PID_MAX, 500));
		EXPECT_EQ(-EINVAL, write_long(LAST_PID, 501));
		EXPECT_EQ(0, write_long(LAST_PID, 500));
		EXPECT_EQ(300, next_number());
	}
}

TEST_F(limit, root_of_a_user_namespace_sets_its_own)
{
	IN_CHILD(0) {
		ASSERT_EQ(0, become_root_inside());
		IN_CHILD(0) {
			EXPECT_EQ(0, write_long(PID_MAX, 500));
			EXPECT_EQ(500, read_long(PID_MAX));
			EXPECT_EQ(-EINVAL, write_long(PID_MAX, self->max + 1));
		}
	}
}

TEST_F(limit, root_of_a_user_namespace_alone_sets_nothing)
{
	IN_CHILD(0) {
		ASSERT_EQ(0, ret(setresuid(1000, 1000, 1000)));
		ASSERT_EQ(0, ret(prctl(PR_SET_DUMPABLE, 1)));
		/* In the initial pid namespace, and in one that others own. */
		ASSERT_EQ(0, ret(unshare(CLONE_NEWUSER)));
		EXPECT_EQ(-EACCES, write_long(PID_MAX, 500));
	}
	IN_CHILD(CLONE_NEWPID) {
		ASSERT_EQ(0, ret(setresuid(1000, 1000, 1000)));
		ASSERT_EQ(0, ret(prctl(PR_SET_DUMPABLE, 1)));
		ASSERT_EQ(0, ret(unshare(CLONE_NEWUSER)));
		EXPECT_EQ(-EACCES, write_long(PID_MAX, 500));
		EXPECT_EQ(self->max, read_long(PID_MAX));
	}
}

TEST_F(limit, without_cap_sys_admin_is_eacces)
{
	IN_CHILD(CLONE_NEWPID) {
		ASSERT_EQ(0, keep_capability(CAP_CHECKPOINT_RESTORE));
		EXPECT_EQ(-EACCES, write_long(PID_MAX, 500));
	}
	IN_CHILD(CLONE_NEWPID) {
		ASSERT_EQ(0, keep_capability(CAP_SYS_ADMIN));
		EXPECT_EQ(0, write_long(PID_MAX, 500));
	}
	IN_CHILD(CLONE_NEWPID) {
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(self->max, read_long(PID_MAX));
		EXPECT_EQ(-EACCES, write_long(PID_MAX, 500));
	}
}

TEST_F(limit, descriptor_gives_no_rights_to_who_gets_it)
{
	IN_CHILD(CLONE_NEWPID) {
		int fd = open(PID_MAX, O_WRONLY);

		ASSERT_LE(0, fd);
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(-EPERM, ret(write(fd, "500", 3)));
		EXPECT_EQ(self->max, read_long(PID_MAX));
	}
}

/* As a setuid program would, with a descriptor that it was started with. */
TEST_F(limit, descriptor_from_inside_lends_nobody_the_rights_of_outside)
{
	int *fd = shared(sizeof(*fd)), gate = gate_make(), mine;
	pid_t *opener = shared(sizeof(*opener)), pid = spawn(0), init;
	const char *lower = text("%ld", self->max - 1);

	if (!pid) {
		if (become_root_inside())
			_exit(2);
		init = spawn(0);
		if (!init) {
			*fd = ret(open(PID_MAX, O_WRONLY));
			gate_open(gate);
			park();
		}
		*opener = init;
		wait_exit(init);
		_exit(0);
	}
	gate_pass(gate);
	EXPECT_TRUE(WAIT_UNTIL(*opener));
	EXPECT_LE(0, *fd);
	mine = ret(syscall(__NR_pidfd_getfd, syscall(__NR_pidfd_open, *opener, 0), *fd, 0));
	EXPECT_LE(0, mine);
	EXPECT_EQ(-EPERM, ret(write(mine, lower, strlen(lower))));
	EXPECT_EQ(self->max, read_long(PID_MAX));
	/* The same a level further in: there the writer has rights over its own. */
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(-EPERM, ret(write(mine, "1000", 4)));
		EXPECT_EQ(self->max, read_long(PID_MAX));
	}
	kill(*opener, SIGKILL);
	wait_exit(pid);
	close(mine);
	write_long(PID_MAX, self->max);
}

TEST_F(limit, file_of_a_namespace_tells_the_one_that_counts)
{
	if (access("/proc/self/pidns", F_OK))
		SKIP(return, "no /proc/PID/pidns: CONFIG_PID_NS_INFO=n");
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, write_long(PID_MAX, 1000));
		EXPECT_STREQ("1000", field("/proc/self/pidns", "Limit"));
		IN_CHILD(CLONE_NEWPID) {
			EXPECT_STREQ("1000", field("/proc/self/pidns", "Limit"));
			EXPECT_EQ(0, write_long(PID_MAX, 500));
			EXPECT_STREQ("500", field("/proc/self/pidns", "Limit"));
		}
		EXPECT_STREQ("1000", field("/proc/self/pidns", "Limit"));
	}
}

TEST_F(limit, initial_namespaces_is_as_ever)
{
	EXPECT_EQ(0, write_long(PID_MAX, self->max));
	EXPECT_EQ(-EINVAL, write_long(PID_MAX, 300));
	EXPECT_EQ(-EINVAL, write_long(PID_MAX, 4194305));
	IN_CHILD(0) {
		/* User 0 is enough, as with other sysctls. */
		ASSERT_EQ(0, keep_capability(CAP_CHECKPOINT_RESTORE));
		EXPECT_EQ(0, write_long(PID_MAX, self->max));
	}
	IN_CHILD(0) {
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(-EACCES, write_long(PID_MAX, self->max));
	}
}

TEST_F(limit, limits_set_while_others_fork_are_kept)
{
	long rounds = 300;

	IN_CHILD(CLONE_NEWPID) {
		pid_t *worst = shared(sizeof(*worst)), writer;

		writer = spawn(0);
		if (!writer)
			for (long i = 0;; i++)
				write_long(PID_MAX, i & 1 ? 320 : 340);
		for (long i = 0; i < rounds; i++) {
			pid_t pid = next_number();

			EXPECT_LT(0, pid);
			if (pid > *worst)
				*worst = pid;
		}
		end(writer);
		EXPECT_GT(340, *worst);
		EXPECT_EQ(0, write_long(PID_MAX, 320));
		for (long i = 0; i < 40; i++)
			EXPECT_GT(320, next_number());
	}
}

TEST_HARNESS_MAIN
