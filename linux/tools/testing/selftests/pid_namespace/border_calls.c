// SPDX-License-Identifier: GPL-2.0-only
/*
 * More system calls that take a number, which pidns_calls.c has not: it is the
 * caller's. And files and timers that keep a process for later.
 */
#define BORDER_FIXTURE
#include "border.h"
#include <linux/futex.h>
#include <linux/ioprio.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>

/*
 * From below: who is there and who is deep is found by the number that it has
 * below, nobody by a number from outside.
 */
#define TAKES_A_NUMBER(name, call)					\
static int call_##name(pid_t pid) { return ret(call); }			\
TEST_F(pidns, name##_takes_the_callers_numbers_only)			\
{									\
	pid_t outside = getpid();					\
	if (call_##name(outside))					\
		SKIP(return, "fails without namespaces: %s",		\
		     strerror(-call_##name(outside)));			\
	IN_CHILD(CLONE_NEWPID) {					\
		EXPECT_EQ(2, parked(0));				\
		EXPECT_EQ(3, parked(CLONE_NEWPID));			\
		EXPECT_EQ(0, call_##name(1));				\
		EXPECT_EQ(0, call_##name(2));				\
		EXPECT_EQ(0, call_##name(3));				\
		EXPECT_EQ(-ESRCH, call_##name(outside));		\
	}								\
}

static cpu_set_t cpus;
static struct sched_param param;
static struct timespec interval;
static unsigned long attr[16];
static char byte[2];
static struct iovec vector[2] = {
	{ .iov_base = &byte[0], .iov_len = 1 },
	{ .iov_base = &byte[1], .iov_len = 1 },
};

static int owned = -1;

static int capget_of(pid_t pid)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3, .pid = pid,
	};
	struct __user_cap_data_struct data[2];

	return syscall(__NR_capget, &header, data);
}

static int perf_open(pid_t pid)
{
	struct perf_event_attr event = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(event),
		.config = PERF_COUNT_SW_DUMMY,
	};
	int fd = syscall(__NR_perf_event_open, &event, pid, -1, -1, 0);

	return fd < 0 ? fd : close(fd);
}

static int own(int cmd, void *arg)
{
	int pair[2];

	if (owned < 0 && !socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		owned = pair[0];
	return fcntl(owned, cmd, arg);
}

static int own_thread(pid_t pid)
{
	struct f_owner_ex owner = { .type = F_OWNER_TID, .pid = pid };

	return own(F_SETOWN_EX, &owner);
}

static int own_by_ioctl(pid_t pid)
{
	own(F_GETOWN, NULL);
	return ioctl(owned, FIOSETOWN, &pid);
}

/* The clock that counts a process's CPU time, by its number. */
static int cpu_clock(pid_t pid)
{
	struct timespec now;

	return clock_gettime(~(clockid_t)pid << 3 | 2, &now) ?
		(errno = errno == EINVAL ? ESRCH : errno, -1) : 0;
}

TAKES_A_NUMBER(setpriority, setpriority(PRIO_PROCESS, pid, 0))
TAKES_A_NUMBER(ioprio_get,
	       syscall(__NR_ioprio_get, IOPRIO_WHO_PROCESS, pid) < 0 ? -1 : 0)
TAKES_A_NUMBER(ioprio_set, syscall(__NR_ioprio_set, IOPRIO_WHO_PROCESS, pid,
				   IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4)))
TAKES_A_NUMBER(sched_getparam, sched_getparam(pid, &param))
TAKES_A_NUMBER(sched_setaffinity, sched_getaffinity(0, sizeof(cpus), &cpus) ?:
	       sched_setaffinity(pid, sizeof(cpus), &cpus))
TAKES_A_NUMBER(sched_getattr,
	       syscall(__NR_sched_getattr, pid, attr, sizeof(attr), 0))
TAKES_A_NUMBER(sched_rr_get_interval, sched_rr_get_interval(pid, &interval))
TAKES_A_NUMBER(capget, capget_of(pid))
TAKES_A_NUMBER(perf_event_open, perf_open(pid))
TAKES_A_NUMBER(setown, own(F_SETOWN, (void *)(long)pid))
TAKES_A_NUMBER(setown_of_a_thread, own_thread(pid))
TAKES_A_NUMBER(setown_by_ioctl, own_by_ioctl(pid))
TAKES_A_NUMBER(cpu_clock, cpu_clock(pid))
TAKES_A_NUMBER(process_vm_readv,
	       syscall(__NR_process_vm_readv, pid, &vector[0], 1, &vector[1], 1,
		       0) == 1 ? 0 : -1)

/* Groups: a namespace's own, by its number there. */
TEST_F(pidns, priority_of_a_group_takes_the_callers_number)
{
	pid_t outside = getpgrp();

	IN_CHILD(CLONE_NEWPID) {
		pid_t pid = parked(0);

		EXPECT_EQ(0, setpgid(pid, pid));
		EXPECT_EQ(0, ret(setpriority(PRIO_PGRP, 2, 5)));
		EXPECT_EQ(5, getpriority(PRIO_PROCESS, 2));
		EXPECT_EQ(5, getpriority(PRIO_PGRP, 2));
		EXPECT_EQ(-ESRCH, ret(setpriority(PRIO_PGRP, outside, 6)));
		EXPECT_EQ(0, getpriority(PRIO_PROCESS, 0));
	}
}

TEST_F(pidns, io_priority_of_a_group_takes_the_callers_number)
{
	int value = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6);
	pid_t outside = getpgrp();

	if (syscall(__NR_ioprio_get, IOPRIO_WHO_PROCESS, 0) < 0)
		SKIP(return, "no ioprio_get(): no CONFIG_BLOCK");
	IN_CHILD(CLONE_NEWPID) {
		pid_t pid = parked(0);

		EXPECT_EQ(0, setpgid(pid, pid));
		EXPECT_EQ(0, ret(syscall(__NR_ioprio_set, IOPRIO_WHO_PGRP, 2,
					 value)));
		EXPECT_EQ(value, ret(syscall(__NR_ioprio_get,
					     IOPRIO_WHO_PROCESS, 2)));
		EXPECT_EQ(-ESRCH, ret(syscall(__NR_ioprio_get, IOPRIO_WHO_PGRP,
					      outside)));
	}
}

/*
 * A word in memory has one value for all. Who waits looks its owner up in its
 * own numbers: one outside isn't found there.
 */
TEST_F(pidns, pi_futex_word_is_looked_up_in_the_waiters_numbers)
{
	unsigned int *word = SHARED(unsigned int);

	*word = getpid();
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(-ESRCH, ret(syscall(__NR_futex, word, FUTEX_LOCK_PI, 0,
					      NULL, NULL, 0)));
		*word = 0;
		EXPECT_EQ(0, ret(syscall(__NR_futex, word, FUTEX_LOCK_PI, 0,
					 NULL, NULL, 0)));
		EXPECT_EQ(1, *word & FUTEX_TID_MASK);
	}
}

TEST_F(border, getown_is_the_readers_number_of_the_owner)
{
	struct f_owner_ex owner = {};
	int pair[2];
	pid_t found;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	self->pid = spawn_at(&self->worlds, variant->from);
	if (!self->pid) {
		*self->actor = own_numbers();
		fcntl(pair[0], F_SETOWN, getpid());
		gate_open(self->ready);
		park();
	}
	gate_pass(self->ready);
	AT_PLACE(&self->worlds, variant->to) {
		pid_t wanted = seen_from(variant->to, variant->from,
					 *self->actor);

		EXPECT_EQ(wanted, fcntl(pair[0], F_GETOWN));
		EXPECT_EQ(0, fcntl(pair[0], F_GETOWN_EX, &owner));
		EXPECT_EQ(wanted, owner.pid);
		EXPECT_EQ(0, ioctl(pair[0], FIOGETOWN, &found));
		EXPECT_EQ(wanted, found);
	}
}

TEST_F(pidns, getown_of_an_owner_that_is_gone_is_0)
{
	pid_t pid = parked(CLONE_NEWPID);
	int pair[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	ASSERT_EQ(0, fcntl(pair[0], F_SETOWN, pid));
	EXPECT_EQ(pid, fcntl(pair[0], F_GETOWN));
	end(pid);
	EXPECT_EQ(0, fcntl(pair[0], F_GETOWN));
}

TEST_F(pidns, sigio_reaches_an_owner_below_that_was_set_outside)
{
	siginfo_t *info = SHARED(siginfo_t);
	int pair[2];
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	block(SIGUSR1);
	pid = spawn(CLONE_NEWPID);
	if (!pid) {
		*info = await_signal(SIGUSR1);
		_exit(0);
	}
	EXPECT_EQ(0, fcntl(pair[0], F_SETOWN, pid));
	EXPECT_EQ(0, fcntl(pair[0], F_SETSIG, SIGUSR1));
	EXPECT_EQ(0, fcntl(pair[0], F_SETFL, O_ASYNC));
	EXPECT_EQ(1, write(pair[1], "x", 1));
	EXPECT_EQ(0, wait_exit(pid));
	EXPECT_EQ(pair[0], info->si_fd);
}

/* The parent death signal: who died, in the child's numbers. */
static void parent_dies(struct worlds *worlds, enum place from, enum place to,
			struct numbers *parent, siginfo_t *info)
{
	int done = gate_make(), ready = gate_make();
	pid_t pid = spawn_at(worlds, from);

	if (!pid) {
		*parent = own_numbers();
		pid = from == to ? spawn(0) : spawn_in(worlds->init[to], NULL, 0);
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGUSR1);
			gate_open(ready);
			*info = await_signal(SIGUSR1);
			gate_open(done);
			_exit(0);
		}
		gate_pass(ready);
		_exit(0);
	}
	wait_exit(pid);
	gate_pass(done);
}

TEST_F(pidns, pdeath_signal_beside_has_the_parents_number)
{
	struct numbers *parent = SHARED(struct numbers);
	siginfo_t *info = SHARED(siginfo_t);
	struct worlds worlds;

	block(SIGUSR1);
	worlds = make_worlds();
	parent_dies(&worlds, BELOW, BELOW, parent, info);
	EXPECT_EQ(parent->nr[1], info->si_pid);
	end_worlds(&worlds);
}

TEST_F(pidns, pdeath_signal_of_a_parent_outside_is_of_0)
{
	struct numbers *parent = SHARED(struct numbers);
	siginfo_t *info = SHARED(siginfo_t);
	struct worlds worlds;

	block(SIGUSR1);
	worlds = make_worlds();
	parent_dies(&worlds, OUTSIDE, DEEP, parent, info);
	EXPECT_EQ(0, info->si_pid);
	end_worlds(&worlds);
}

/* Timers: a thread is named by the number that its process knows. */
struct timed {
	struct numbers numbers;
	int err, foreign_err;
	siginfo_t info;
};

static void *timed_thread(void *arg)
{
	struct itimerspec soon = { .it_value.tv_nsec = 1000000 };
	struct timed *timed = arg;
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1,
	};
	timer_t timer;

	timed->numbers = thread_numbers();
	event._sigev_un._tid = timed->numbers.nr[0];
	timed->foreign_err = ret(syscall(__NR_timer_create, CLOCK_MONOTONIC,
					 &event, &timer));
	event._sigev_un._tid = syscall(__NR_gettid);
	timed->err = ret(timer_create(CLOCK_MONOTONIC, &event, &timer));
	timer_settime(timer, 0, &soon, NULL);
	timed->info = await_signal(SIGUSR1);
	return NULL;
}

TEST_F(pidns, timer_for_a_thread_takes_the_callers_number)
{
	block(SIGUSR1);
	IN_CHILD(CLONE_NEWPID) {
		struct timed timed = {};

		run(true, timed_thread, &timed);
		EXPECT_EQ(-EINVAL, timed.foreign_err);
		EXPECT_EQ(0, timed.err);
		EXPECT_EQ(SI_TIMER, timed.info.si_code);
	}
}

TEST_HARNESS_MAIN
