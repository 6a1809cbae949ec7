// SPDX-License-Identifier: GPL-2.0-only
/*
 * System calls that take a number, or tell one of an event: it is meant in the
 * caller's namespace, or translated to it, 0 for what the caller can't see.
 */
#include "pidns.h"
#include <linux/kcmp.h>
#include <poll.h>
#include <sys/ptrace.h>
#include <sys/resource.h>

/*
 * A system call with a process's number: inside it works for 1 and for 2, and
 * gives ESRCH for a number that only exists outside; outside it works for the
 * number that a process has there.
 */
#define TAKES_A_NUMBER(name, call)					\
static int call_##name(pid_t pid) { return ret(call); }			\
TEST_F(pidns, name##_takes_the_callers_numbers_only)			\
{									\
	pid_t outside = getpid(), init;					\
	IN_CHILD(CLONE_NEWPID) {					\
		EXPECT_EQ(2, parked(0));				\
		EXPECT_EQ(0, call_##name(1));				\
		EXPECT_EQ(0, call_##name(2));				\
		EXPECT_EQ(-ESRCH, call_##name(3));			\
		EXPECT_EQ(-ESRCH, call_##name(outside));		\
	}								\
	init = parked(CLONE_NEWPID);					\
	EXPECT_EQ(0, call_##name(init));				\
	end(init);							\
	EXPECT_EQ(-ESRCH, call_##name(init));				\
}

static struct rlimit limit;
static unsigned long mask[32];
static void *list;
static size_t length;

TAKES_A_NUMBER(kill, kill(pid, 0))
TAKES_A_NUMBER(tgkill, syscall(__NR_tgkill, pid, pid, 0))
TAKES_A_NUMBER(tkill, syscall(__NR_tkill, pid, 0))
TAKES_A_NUMBER(getpgid, getpgid(pid) < 0 ? -1 : 0)
TAKES_A_NUMBER(getsid, getsid(pid) < 0 ? -1 : 0)
TAKES_A_NUMBER(prlimit, prlimit(pid, RLIMIT_NOFILE, NULL, &limit))
TAKES_A_NUMBER(sched_getscheduler, sched_getscheduler(pid))
TAKES_A_NUMBER(sched_getaffinity,
	       syscall(__NR_sched_getaffinity, pid, sizeof(mask), mask) < 0 ? -1 : 0)
TAKES_A_NUMBER(getpriority, getpriority(PRIO_PROCESS, pid))
TAKES_A_NUMBER(get_robust_list,
	       syscall(__NR_get_robust_list, pid, &list, &length))
TAKES_A_NUMBER(pidfd_open, close(syscall(__NR_pidfd_open, pid, 0)) ?
	       (errno = ESRCH, -1) : 0)

TEST_F(pidns, pidfd_open_of_an_outside_number_is_esrch)
{
	pid_t outside = getpid();

	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(-ESRCH, ret(syscall(__NR_pidfd_open, outside, 0)));
		EXPECT_EQ(-EINVAL, ret(syscall(__NR_pidfd_open, 0, 0)));
		EXPECT_EQ(-EINVAL, ret(syscall(__NR_pidfd_open, -1, 0)));
	}
}

TEST_F(pidns, kcmp_takes_the_callers_numbers_only)
{
	pid_t outside = getpid();

	if (ret(syscall(__NR_kcmp, outside, outside, KCMP_TYPES, 0, 0)) != -EINVAL)
		SKIP(return, "no CONFIG_KCMP");
	EXPECT_EQ(0, ret(syscall(__NR_kcmp, outside, outside, KCMP_FILES, 0, 0)));
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, ret(syscall(__NR_kcmp, 1, 1, KCMP_FILES, 0, 0)));
		EXPECT_EQ(-ESRCH, ret(syscall(__NR_kcmp, 1, outside, KCMP_FILES,
					      0, 0)));
	}
}

TEST_F(pidns, kill_minus_1_spares_self_init_and_all_outside)
{
	int gate = gate_make();
	pid_t bystander = parked(0);

	IN_CHILD(CLONE_NEWPID) {
		pid_t first = parked(0), second = parked(CLONE_NEWPID), killer;

		killer = spawn(0);
		if (!killer) {
			EXPECT_EQ(0, kill(-1, SIGKILL));
			gate_open(gate);
			_exit(5);
		}
		gate_pass(gate);
		EXPECT_EQ(128 + SIGKILL, wait_exit(first));
		EXPECT_EQ(128 + SIGKILL, wait_exit(second));
		EXPECT_EQ(5, wait_exit(killer));
	}
	EXPECT_EQ(0, kill(bystander, 0));
	EXPECT_TRUE(WAIT_UNTIL(state_of(bystander) == 'S'));
	end(bystander);
}

TEST_F(pidns, kill_of_a_group_reaches_its_members_below)
{
	pid_t first = parked(0), init = parked(CLONE_NEWPID);

	ASSERT_EQ(0, setpgid(first, first));
	ASSERT_EQ(0, setpgid(init, first));
	EXPECT_EQ(0, kill(-first, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, wait_exit(first));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

/* Blocks SIGUSR1 and SIGCHLD, so that nothing is missed. */
static void block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGUSR1);
	sigaddset(set, SIGCHLD);
	sigprocmask(SIG_BLOCK, set, NULL);
}

TEST_F(pidns, si_pid_of_a_signal_inside_is_the_senders_number)
{
	IN_CHILD(CLONE_NEWPID) {
		siginfo_t info;
		sigset_t set;
		pid_t pid;

		block_signals(&set);
		pid = spawn(0);
		if (!pid) {
			kill(1, SIGUSR1);
			_exit(0);
		}
		EXPECT_EQ(SIGUSR1, sigwaitinfo(&set, &info));
		EXPECT_EQ(2, info.si_pid);
	}
}

TEST_F(pidns, si_pid_of_a_signal_from_outside_is_0)
{
	int gate = gate_make();
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		siginfo_t info = { .si_pid = -1 };
		sigset_t set;

		block_signals(&set);
		gate_open(gate);
		EXPECT_EQ(SIGUSR1, sigwaitinfo(&set, &info));
		EXPECT_EQ(0, info.si_pid);
		_exit(0);
	}
	gate_pass(gate);
	kill(init, SIGUSR1);
	EXPECT_EQ(0, wait_exit(init));
}

TEST_F(pidns, si_pid_of_sigchld_is_the_parents_number)
{
	siginfo_t info;
	sigset_t set;
	pid_t init;

	block_signals(&set);
	init = spawn(CLONE_NEWPID);
	if (!init)
		_exit(4);
	EXPECT_EQ(SIGCHLD, sigwaitinfo(&set, &info));
	EXPECT_EQ(init, info.si_pid);
	EXPECT_EQ(4, info.si_status);
	EXPECT_EQ(4, wait_exit(init));
}

TEST_F(pidns, waitid_returns_the_callers_number)
{
	pid_t init = spawn(CLONE_NEWPID);
	siginfo_t info = {};

	if (!init) {
		pid_t pid = spawn(0);

		if (!pid)
			_exit(6);
		EXPECT_EQ(0, waitid(P_PID, 2, &info, WEXITED));
		EXPECT_EQ(2, info.si_pid);
		EXPECT_EQ(6, info.si_status);
		EXPECT_EQ(-1, waitid(P_PID, 2, &info, WEXITED));
		EXPECT_EQ(ECHILD, errno);
		_exit(7);
	}
	EXPECT_EQ(0, waitid(P_ALL, 0, &info, WEXITED));
	EXPECT_EQ(init, info.si_pid);
	EXPECT_EQ(7, info.si_status);
}

TEST_F(pidns, wait_for_a_group_takes_the_callers_number)
{
	IN_CHILD(CLONE_NEWPID) {
		pid_t pid = parked(0);
		int status;

		ASSERT_EQ(0, setpgid(pid, pid));
		kill(pid, SIGKILL);
		EXPECT_EQ(-ECHILD, ret(waitpid(-3, &status, 0)));
		EXPECT_EQ(2, waitpid(-2, &status, 0));
	}
}

TEST_F(pidns, pidfd_signal_to_who_is_outside_is_einval)
{
	int pidfd = syscall(__NR_pidfd_open, getpid(), 0);

	IN_CHILD(CLONE_NEWPID)
		EXPECT_EQ(-EINVAL, ret(syscall(__NR_pidfd_send_signal, pidfd, 0,
					       NULL, 0)));
	EXPECT_EQ(0, ret(syscall(__NR_pidfd_send_signal, pidfd, 0, NULL, 0)));
}

TEST_F(pidns, pidfd_fdinfo_has_the_numbers_of_the_reader)
{
	pid_t init = parked(CLONE_NEWPID);
	int below = syscall(__NR_pidfd_open, init, 0);
	int own = syscall(__NR_pidfd_open, getpid(), 0);
	const char *info = text("/proc/self/fdinfo/%d", below);

	EXPECT_STREQ(text("%d", init), field(info, "Pid"));
	EXPECT_STREQ(text("%d 1", init), field(info, "NSpid"));
	IN_CHILD(CLONE_NEWPID | CLONE_NEWNS) {
		ASSERT_EQ(0, mount_proc());
		info = text("/proc/self/fdinfo/%d", own);
		EXPECT_STREQ("0", field(info, "Pid"));
		EXPECT_STREQ("0", field(info, "NSpid"));
		/* Sideways: an init, but not of here. */
		info = text("/proc/self/fdinfo/%d", below);
		EXPECT_STREQ("0", field(info, "Pid"));
		EXPECT_STREQ("0", field(info, "NSpid"));
	}
	end(init);
	info = text("/proc/self/fdinfo/%d", below);
	EXPECT_STREQ("-1", field(info, "Pid"));
	EXPECT_STREQ("-1", field(info, "NSpid"));
}

TEST_F(pidns, pidfd_waits_for_a_child_below)
{
	pid_t init = spawn(CLONE_NEWPID);
	int pidfd = syscall(__NR_pidfd_open, init, 0);
	struct pollfd poller = { .fd = pidfd, .events = POLLIN };
	siginfo_t info = {};

	if (!init)
		_exit(9);
	EXPECT_EQ(1, poll(&poller, 1, 20000));
	EXPECT_EQ(0, waitid(P_PIDFD, pidfd, &info, WEXITED));
	EXPECT_EQ(init, info.si_pid);
	EXPECT_EQ(9, info.si_status);
}

TEST_F(pidns, ptrace_attaches_by_the_callers_number)
{
	pid_t outside = getpid(), init;

	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(2, parked(0));
		EXPECT_EQ(-ESRCH, ret(ptrace(PTRACE_SEIZE, outside, 0, 0)));
		EXPECT_EQ(0, ret(ptrace(PTRACE_SEIZE, 2, 0, 0)));
		EXPECT_EQ(128 + SIGKILL, end(2));
	}
	init = parked(CLONE_NEWPID);
	EXPECT_EQ(0, ret(ptrace(PTRACE_SEIZE, init, 0, 0)));
	EXPECT_EQ(128 + SIGKILL, end(init));
}

TEST_F(pidns, ptrace_fork_event_has_the_tracers_number)
{
	int gate = gate_make(), status;
	unsigned long message = 0;
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		gate_pass(gate);
		parked(0);
		park();
	}
	ASSERT_EQ(0, ret(ptrace(PTRACE_SEIZE, init, 0,
				PTRACE_O_TRACEFORK | PTRACE_O_TRACECLONE)));
	gate_open(gate);
	ASSERT_EQ(init, waitpid(init, &status, __WALL));
	EXPECT_EQ(0, ret(ptrace(PTRACE_GETEVENTMSG, init, 0, &message)));
	EXPECT_STREQ(text("%lu 2", message), status_of(message, "NSpid"));
	kill(init, SIGKILL);
	/* The traced child goes first, then init may. */
	EXPECT_EQ(128 + SIGKILL, wait_exit(message));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_HARNESS_MAIN
