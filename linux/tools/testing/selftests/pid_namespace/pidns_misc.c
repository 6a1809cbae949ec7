// SPDX-License-Identifier: GPL-2.0-only
/*
 * What else hangs on a pid namespace: the user namespace that owns it, vm's
 * memfd_noexec, process accounting.
 */
#include "pidns.h"
#include <linux/acct.h>
#include <sys/mman.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL	0x0008U
#define MFD_EXEC	0x0010U
#endif

#define NOEXEC "/proc/sys/vm/memfd_noexec"

TEST_F(pidns, unprivileged_user_with_newuser_gets_pid_1)
{
	IN_CHILD(0) {
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(-EPERM, try_spawn(CLONE_NEWPID));
		IN_CHILD(CLONE_NEWUSER | CLONE_NEWPID) {
			EXPECT_EQ(1, getpid());
			EXPECT_EQ(2, next_number());
		}
	}
}

TEST_F(pidns, unprivileged_unshare_user_and_pid_gets_pid_1)
{
	IN_CHILD(0) {
		pid_t pid;

		ASSERT_EQ(0, become_nobody());
		ASSERT_EQ(0, ret(unshare(CLONE_NEWUSER | CLONE_NEWPID)));
		pid = spawn(0);
		if (!pid)
			_exit(getpid());
		EXPECT_EQ(1, wait_exit(pid));
	}
}

TEST_F(pidns, unprivileged_owner_may_set_tid_and_ns_last_pid_inside)
{
	IN_CHILD(0) {
		ASSERT_EQ(0, become_nobody());
		IN_CHILD(CLONE_NEWUSER | CLONE_NEWPID) {
			pid_t pid = spawn_tid(70);

			if (!pid)
				_exit(0);
			EXPECT_EQ(70, pid);
			EXPECT_EQ(0, wait_exit(pid));
			EXPECT_EQ(0, write_long(LAST_PID, 80));
			EXPECT_EQ(81, next_number());
		}
	}
}

TEST_F(pidns, unprivileged_owner_may_not_set_tid_outside)
{
	pid_t tids[] = { 1, free_number() };

	IN_CHILD(0) {
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(-EPERM, try_tids(CLONE_NEWUSER | CLONE_NEWPID, tids, 2));
	}
}

TEST_F(pidns, unprivileged_user_may_not_enter_another_users_namespace)
{
	pid_t init = parked(CLONE_NEWPID);
	int ns = ns_open(init, "pid");

	IN_CHILD(0) {
		ASSERT_EQ(0, become_nobody());
		ASSERT_EQ(0, ret(unshare(CLONE_NEWUSER)));
		EXPECT_EQ(-EPERM, ret(setns(ns, CLONE_NEWPID)));
	}
	end(init);
}

TEST_F(pidns, newpid_of_a_user_namespace_that_is_no_descendant_is_einval)
{
	pid_t init = parked(CLONE_NEWUSER | CLONE_NEWPID);
	pid_t pid = spawn_in(init, NULL, 0);

	/* In that namespace, but still in the user namespace above. */
	if (!pid) {
		EXPECT_EQ(2, getpid());
		EXPECT_EQ(-EINVAL, try_spawn(CLONE_NEWPID));
		EXPECT_EQ(-EINVAL, ret(unshare(CLONE_NEWPID)));
		_exit(0);
	}
	EXPECT_EQ(0, wait_exit(pid));
	end(init);
}

static int make_memfd(unsigned int flags)
{
	int fd = ret(syscall(__NR_memfd_create, "pidns", flags));

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

/* Permission bits to execute of a memfd that was asked for nothing special. */
static int exec_bits(void)
{
	struct stat st;
	int fd = syscall(__NR_memfd_create, "pidns", 0);

	if (fstat(fd, &st))
		return -errno;
	close(fd);
	return st.st_mode & 0111;
}

/* Tested in namespaces below, so that the system's setting stays. */
FIXTURE(noexec) {};

FIXTURE_SETUP(noexec)
{
	pidns_setup(_metadata, NULL, NULL);
	if (access(NOEXEC, F_OK))
		SKIP(return, "no " NOEXEC);
	if (read_long(NOEXEC))
		SKIP(return, NOEXEC " isn't 0");
}

FIXTURE_TEARDOWN(noexec) {}

TEST_F(noexec, is_inherited)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, read_long(NOEXEC));
		ASSERT_EQ(0, write_long(NOEXEC, 1));
		IN_CHILD(CLONE_NEWPID) {
			EXPECT_EQ(1, read_long(NOEXEC));
			IN_CHILD(CLONE_NEWPID)
				EXPECT_EQ(1, read_long(NOEXEC));
		}
	}
}

TEST_F(noexec, of_a_child_namespace_leaves_the_parents)
{
	IN_CHILD(CLONE_NEWPID) {
		IN_CHILD(CLONE_NEWPID) {
			ASSERT_EQ(0, write_long(NOEXEC, 2));
			EXPECT_EQ(2, read_long(NOEXEC));
		}
		EXPECT_EQ(0, read_long(NOEXEC));
		EXPECT_EQ(0, make_memfd(MFD_EXEC));
	}
	EXPECT_EQ(0, read_long(NOEXEC));
}

TEST_F(noexec, below_the_parents_is_einval)
{
	IN_CHILD(CLONE_NEWPID) {
		ASSERT_EQ(0, write_long(NOEXEC, 1));
		IN_CHILD(CLONE_NEWPID) {
			EXPECT_EQ(-EINVAL, write_long(NOEXEC, 0));
			EXPECT_EQ(0, write_long(NOEXEC, 2));
			EXPECT_EQ(0, write_long(NOEXEC, 1));
			EXPECT_EQ(1, read_long(NOEXEC));
		}
		EXPECT_EQ(0, write_long(NOEXEC, 0));
	}
}

TEST_F(noexec, out_of_range_is_einval)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(-EINVAL, write_long(NOEXEC, 3));
		EXPECT_EQ(-EINVAL, write_long(NOEXEC, -1));
	}
}

TEST_F(noexec, raised_above_holds_below_at_once)
{
	IN_CHILD(CLONE_NEWPID) {
		int go = gate_make();
		pid_t init = spawn(CLONE_NEWPID);

		if (!init) {
			gate_pass(go);
			EXPECT_EQ(2, read_long(NOEXEC));
			EXPECT_EQ(-EACCES, make_memfd(MFD_EXEC));
			_exit(0);
		}
		ASSERT_EQ(0, write_long(NOEXEC, 2));
		gate_open(go);
		EXPECT_EQ(0, wait_exit(init));
	}
}

TEST_F(noexec, without_capabilities_is_eperm)
{
	IN_CHILD(CLONE_NEWPID) {
		/* Root by name, for the file's mode, without its power. */
		ASSERT_EQ(0, keep_capability(CAP_CHECKPOINT_RESTORE));
		EXPECT_EQ(-EPERM, write_long(NOEXEC, 1));
		EXPECT_EQ(0, read_long(NOEXEC));
	}
}

TEST_F(noexec, 0_makes_executable_files)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0111, exec_bits());
		EXPECT_EQ(0, make_memfd(MFD_EXEC));
		EXPECT_EQ(0, make_memfd(MFD_NOEXEC_SEAL));
	}
}

TEST_F(noexec, 1_makes_others_unless_asked)
{
	IN_CHILD(CLONE_NEWPID) {
		ASSERT_EQ(0, write_long(NOEXEC, 1));
		EXPECT_EQ(0, exec_bits());
		EXPECT_EQ(0, make_memfd(MFD_EXEC));
	}
}

TEST_F(noexec, 2_refuses_executable_files)
{
	IN_CHILD(CLONE_NEWPID) {
		ASSERT_EQ(0, write_long(NOEXEC, 2));
		EXPECT_EQ(-EACCES, make_memfd(MFD_EXEC));
		EXPECT_EQ(0, make_memfd(MFD_NOEXEC_SEAL));
		EXPECT_EQ(0, exec_bits());
	}
}

/* The records in a file of process accounting; how many. */
static int read_records(const char *path, struct acct_v3 *records, int max)
{
	int fd = open(path, O_RDONLY), got;

	got = read(fd, records, max * sizeof(*records));
	close(fd);
	return got < 0 ? -errno : got / (int)sizeof(*records);
}

FIXTURE(acct) {};

FIXTURE_SETUP(acct)
{
	pidns_setup(_metadata, NULL, NULL);
	if (access("/proc/sys/kernel/acct", F_OK))
		SKIP(return, "no CONFIG_BSD_PROCESS_ACCT");
}

FIXTURE_TEARDOWN(acct) {}

static const char *acct_file(const char *name)
{
	const char *path = text("/tmp/pidns-acct-%s-%d", name, getpid());
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	close(fd);
	return path;
}

TEST_F(acct, inside_records_inside_numbers)
{
	const char *path = acct_file("in");
	struct acct_v3 records[4] = {};

	IN_CHILD(CLONE_NEWPID) {
		pid_t pid;

		ASSERT_EQ(0, ret(acct(path)));
		pid = spawn_tid(44);
		if (!pid)
			_exit(7);
		EXPECT_EQ(7, wait_exit(pid));
		ASSERT_EQ(0, ret(acct(NULL)));
		/* Who ends accounting is recorded too, last. */
		ASSERT_LE(1, read_records(path, records, 4));
		if ((records[0].ac_version & 0xf) != 3)
			SKIP(_exit(0), "no CONFIG_BSD_PROCESS_ACCT_V3");
		EXPECT_EQ(44, records[0].ac_pid);
		EXPECT_EQ(1, records[0].ac_ppid);
		EXPECT_EQ(7 << 8, records[0].ac_exitcode);
	}
	unlink(path);
}

TEST_F(acct, above_records_who_ends_below_by_its_own_numbers)
{
	const char *path = acct_file("above");
	struct acct_v3 records[4] = {};

	IN_CHILD(CLONE_NEWPID) {
		pid_t tids[] = { 1, 55 }, init;

		ASSERT_EQ(0, ret(acct(path)));
		init = spawn_tids(CLONE_NEWPID, tids, 2);
		if (!init) {
			EXPECT_EQ(2, next_number());
			_exit(0);
		}
		EXPECT_EQ(0, wait_exit(init));
		ASSERT_EQ(0, ret(acct(NULL)));
		ASSERT_LE(2, read_records(path, records, 4));
		if ((records[0].ac_version & 0xf) != 3)
			SKIP(_exit(0), "no CONFIG_BSD_PROCESS_ACCT_V3");
		EXPECT_EQ(55, records[0].ac_ppid);
		EXPECT_EQ(2, records[0].ac_pid);
		EXPECT_EQ(55, records[1].ac_pid);
		EXPECT_EQ(1, records[1].ac_ppid);
	}
	unlink(path);
}

TEST_F(acct, ends_with_its_namespace)
{
	const char *path = acct_file("end");
	struct acct_v3 records[8] = {};
	int count;

	IN_CHILD(CLONE_NEWPID) {
		ASSERT_EQ(0, ret(acct(path)));
		EXPECT_EQ(2, next_number());
	}
	count = read_records(path, records, 8);
	EXPECT_LE(1, count);
	EXPECT_EQ(2, records[0].ac_pid);
	EXPECT_LT(1, next_number());
	EXPECT_EQ(count, read_records(path, records, 8));
	unlink(path);
}

TEST_HARNESS_MAIN
