// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel without CONFIG_PID_NS: what asks for a pid namespace is refused,
 * nothing of them is seen, and processes live as ever.
 */
#define PIDNS_DEFAULT_FIXTURE
#include "pidns.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

FIXTURE(off) {};

FIXTURE_SETUP(off)
{
	if (!access("/proc/self/ns/pid", F_OK))
		SKIP(return, "the kernel has pid namespaces");
	if (geteuid())
		SKIP(return, "needs root");
}

FIXTURE_TEARDOWN(off) {}

TEST_F(off, clone_newpid_is_einval)
{
	EXPECT_EQ(-EINVAL, sys_clone(CLONE_NEWPID | SIGCHLD));
}

TEST_F(off, clone3_newpid_is_einval)
{
	EXPECT_EQ(-EINVAL, try_spawn(CLONE_NEWPID));
	EXPECT_EQ(-EINVAL, try_spawn(CLONE_NEWPID | CLONE_NEWNS));
}

TEST_F(off, unshare_newpid_is_einval)
{
	EXPECT_EQ(-EINVAL, ret(unshare(CLONE_NEWPID)));
	EXPECT_LT(1, next_number());
}

TEST_F(off, newpid_with_newuser_is_einval)
{
	EXPECT_EQ(-EINVAL, try_spawn(CLONE_NEWUSER | CLONE_NEWPID));
	IN_CHILD(0)
		EXPECT_EQ(-EINVAL, ret(unshare(CLONE_NEWUSER | CLONE_NEWPID)));
}

TEST_F(off, newpid_without_capabilities_is_eperm)
{
	IN_CHILD(0) {
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(-EPERM, try_spawn(CLONE_NEWPID));
		EXPECT_EQ(-EPERM, ret(unshare(CLONE_NEWPID)));
	}
}

TEST_F(off, setns_of_that_type_is_einval)
{
	int pidfd = syscall(__NR_pidfd_open, getpid(), 0);

	EXPECT_EQ(-EINVAL, ret(setns(pidfd, CLONE_NEWPID)));
	EXPECT_EQ(-EINVAL, ret(setns(pidfd, CLONE_NEWPID | CLONE_NEWUTS)));
	EXPECT_EQ(-EINVAL, ret(setns(ns_open(0, "uts"), CLONE_NEWPID)));
	EXPECT_EQ(0, ret(setns(pidfd, CLONE_NEWUTS)));
}

TEST_F(off, other_namespaces_still_work)
{
	IN_CHILD(CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWIPC)
		EXPECT_LT(1, getpid());
	IN_CHILD(CLONE_NEWUSER)
		EXPECT_LT(1, getpid());
}

TEST_F(off, proc_has_no_links_of_pid_namespaces)
{
	EXPECT_EQ(-ENOENT, ns_open(0, "pid"));
	EXPECT_EQ(-ENOENT, ns_open(0, "pid_for_children"));
	EXPECT_LE(0, ns_open(0, "uts"));
}

TEST_F(off, status_has_no_ns_lines)
{
	EXPECT_STREQ("", status_of(0, "NSpid"));
	EXPECT_STREQ("", status_of(0, "NStgid"));
	EXPECT_STREQ("", status_of(0, "NSpgid"));
	EXPECT_STREQ("", status_of(0, "NSsid"));
	EXPECT_STREQ(text("%d", getpid()), status_of(0, "Pid"));
	EXPECT_STREQ(text("%d", getpid()), status_of(0, "Tgid"));
	EXPECT_STREQ(text("%d", getppid()), status_of(0, "PPid"));
}

TEST_F(off, sysctls_of_pid_namespaces_are_absent)
{
	EXPECT_NE(0, access(LAST_PID, F_OK));
	EXPECT_NE(0, access("/proc/sys/vm/memfd_noexec", F_OK));
	EXPECT_EQ(0, access("/proc/sys/kernel/pid_max", F_OK));
}

TEST_F(off, pidfd_has_a_pid_line_only)
{
	pid_t pid = parked(0);
	int pidfd = syscall(__NR_pidfd_open, pid, 0);
	const char *info = text("/proc/self/fdinfo/%d", pidfd);

	EXPECT_STREQ(text("%d", pid), field(info, "Pid"));
	EXPECT_STREQ("", field(info, "NSpid"));
	end(pid);
	EXPECT_STREQ("-1", field(info, "Pid"));
}

TEST_F(off, pidfd_asked_for_a_pid_namespace_is_eopnotsupp)
{
	int pidfd = syscall(__NR_pidfd_open, getpid(), 0);

	EXPECT_EQ(-EOPNOTSUPP, ret(ioctl(pidfd, _IO(0xff, 5), 0)));
	EXPECT_EQ(-EOPNOTSUPP, ret(ioctl(pidfd, _IO(0xff, 6), 0)));
}

TEST_F(off, set_tid_gives_that_number)
{
	pid_t want = free_number(), pid = spawn_tid(want);

	if (!pid)
		_exit(getpid() != want);
	EXPECT_EQ(want, pid);
	EXPECT_EQ(0, wait_exit(pid));
}

TEST_F(off, set_tid_errors_are_as_ever)
{
	pid_t two[] = { free_number(), 1 };

	EXPECT_EQ(-EEXIST, try_tid(1));
	EXPECT_EQ(-EEXIST, try_tid(getpid()));
	EXPECT_EQ(-EINVAL, try_tid(0));
	EXPECT_EQ(-EINVAL, try_tid(-1));
	EXPECT_EQ(-EINVAL, try_tid(read_long("/proc/sys/kernel/pid_max")));
	/* There is one level. */
	EXPECT_EQ(-EINVAL, try_tids(0, two, 2));
	IN_CHILD(0) {
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(-EPERM, try_tid(two[0]));
	}
}

TEST_F(off, fork_wait_and_exit_codes)
{
	for (int i = 0; i < 20; i++) {
		pid_t pid = spawn(0);

		if (!pid)
			_exit(i);
		EXPECT_EQ(i, wait_exit(pid));
		EXPECT_EQ(-ECHILD, wait_exit(pid));
	}
}

TEST_F(off, child_sees_its_parent)
{
	pid_t parent = getpid();

	IN_CHILD(0) {
		EXPECT_EQ(parent, getppid());
		EXPECT_EQ(getpid(), syscall(__NR_gettid));
	}
}

TEST_F(off, killed_child_is_gone_after_wait)
{
	pid_t pid = parked(0);

	EXPECT_EQ(0, kill(pid, 0));
	EXPECT_EQ(128 + SIGKILL, end(pid));
	EXPECT_EQ(-ESRCH, ret(kill(pid, 0)));
	EXPECT_NE(0, access(text("/proc/%d", pid), F_OK));
}

TEST_F(off, exec_works)
{
	pid_t pid = spawn(0);

	if (!pid)
		exec_self();
	EXPECT_EQ(KSFT_SKIP, wait_exit(pid));
}

static void *note_tid(void *tid)
{
	*(pid_t *)tid = syscall(__NR_gettid);
	return NULL;
}

TEST_F(off, threads_have_numbers_of_their_own)
{
	pid_t tids[10];

	for (int i = 0; i < 10; i++) {
		pthread_t thread;

		ASSERT_EQ(0, pthread_create(&thread, NULL, note_tid, &tids[i]));
		pthread_join(thread, NULL);
		EXPECT_NE(getpid(), tids[i]);
		if (i)
			EXPECT_LT(tids[i - 1], tids[i]);
	}
}

TEST_F(off, sessions_and_groups)
{
	int gate = gate_make();
	pid_t pid = spawn(0);

	if (!pid) {
		EXPECT_EQ(getpid(), setsid());
		EXPECT_EQ(getpid(), getpgrp());
		EXPECT_EQ(getpid(), getsid(0));
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	EXPECT_EQ(pid, getsid(pid));
	EXPECT_EQ(pid, getpgid(pid));
	EXPECT_EQ(0, kill(-pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, wait_exit(pid));
	EXPECT_EQ(-ESRCH, ret(kill(-pid, 0)));
}

TEST_F(off, group_keeps_the_number_of_its_leader)
{
	pid_t leader = parked(0), member = parked(0);

	ASSERT_EQ(0, setpgid(leader, leader));
	ASSERT_EQ(0, setpgid(member, leader));
	end(leader);
	EXPECT_EQ(-EEXIST, try_tid(leader));
	EXPECT_EQ(0, kill(-leader, 0));
	EXPECT_EQ(leader, getpgid(member));
	end(member);
	EXPECT_EQ(-ESRCH, ret(kill(-leader, 0)));
}

TEST_F(off, orphan_goes_to_the_subreaper)
{
	int gate = gate_make();
	pid_t *child = shared(sizeof(*child)), pid, reaper = getpid();

	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	pid = spawn(0);
	if (!pid) {
		*child = fork();
		if (!*child) {
			gate_pass(gate);
			_exit(getppid() != reaper);
		}
		_exit(0);
	}
	EXPECT_EQ(0, wait_exit(pid));
	gate_open(gate);
	EXPECT_EQ(0, wait_exit(*child));
}

TEST_F(off, pidfd_waits_and_signals)
{
	pid_t pid = parked(0);
	int pidfd = syscall(__NR_pidfd_open, pid, 0);
	struct pollfd poller = { .fd = pidfd, .events = POLLIN };
	siginfo_t info = {};

	EXPECT_EQ(0, poll(&poller, 1, 0));
	EXPECT_EQ(0, ret(syscall(__NR_pidfd_send_signal, pidfd, SIGKILL, NULL, 0)));
	EXPECT_EQ(1, poll(&poller, 1, 20000));
	EXPECT_EQ(0, waitid(P_PIDFD, pidfd, &info, WEXITED));
	EXPECT_EQ(pid, info.si_pid);
	EXPECT_EQ(SIGKILL, info.si_status);
	EXPECT_EQ(-ESRCH, ret(syscall(__NR_pidfd_open, pid, 0)));
}

TEST_F(off, so_peercred_is_the_process)
{
	struct ucred cred = {};
	socklen_t size = sizeof(cred);
	int fds[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	EXPECT_EQ(0, getsockopt(fds[0], SOL_SOCKET, SO_PEERCRED, &cred, &size));
	EXPECT_EQ(getpid(), cred.pid);
}

TEST_F(off, proc_lists_numbers_ascending_and_all)
{
	int last = 0, found = 0, number;
	struct dirent *entry;
	pid_t pids[20];
	DIR *proc;

	for (int i = 0; i < 20; i++)
		pids[i] = parked(0);
	proc = opendir("/proc");
	while (proc && (entry = readdir(proc))) {
		number = atoi(entry->d_name);
		if (!number)
			continue;
		EXPECT_LT(last, number);
		last = number;
		for (int i = 0; i < 20; i++)
			found += number == pids[i];
	}
	EXPECT_EQ(20, found);
	for (int i = 0; i < 20; i++)
		end(pids[i]);
}

TEST_F(off, memfd_is_made_executable)
{
	struct stat st = {};
	int fd = syscall(__NR_memfd_create, "pidns", 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(0111, st.st_mode & 0111);
}

TEST_F_TIMEOUT(off, numbers_wrap_to_300_and_run_out_with_eagain, 120)
{
	const char *pid_max = "/proc/sys/kernel/pid_max";
	pid_t *pids = shared(500 * sizeof(*pids));
	int count, wrapped = 0;
	long max = read_long(pid_max);

	if (!getenv("PIDNS_SYSCTL"))
		SKIP(return, "changes kernel.pid_max: set PIDNS_SYSCTL=1");
	ASSERT_EQ(0, write_long(pid_max, 400));
	for (int i = 0; i < 450; i++) {
		pid_t pid = next_number();

		EXPECT_LT(0, pid);
		EXPECT_GT(400, pid);
		wrapped += i && pid < pids[0];
		/* The wrap is to 300, where system processes may be. */
		if (wrapped == 1)
			EXPECT_LE(300, pid);
		pids[0] = pid;
	}
	EXPECT_LE(1, wrapped);
	for (count = 0; count < 400; count++) {
		pids[count] = parked(0);
		if (pids[count] < 0)
			break;
	}
	EXPECT_EQ(-EAGAIN, pids[count]);
	for (int i = 0; i < count; i++)
		end(pids[i]);
	EXPECT_LT(0, next_number());
	EXPECT_EQ(0, write_long(pid_max, max));
}

TEST_HARNESS_MAIN
