// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracers that change, users of tracees, what a tracer is told by wait and by
 * SIGCHLD, and what it puts into its tracee.
 */
#include "border_trace.h"

FIXTURE(border_change) {
	struct worlds worlds;
	pid_t tracee;
};

FIXTURE_VARIANT(border_change) {
	enum place from, to;	/* the first tracer, the next one */
};

FIXTURE_SETUP(border_change)
{
	if (unable())
		SKIP(return, "%s", unable());
	self->worlds = make_worlds();
	self->tracee = spawn_at(&self->worlds, DEEP);
	if (!self->tracee)
		park();
}

FIXTURE_TEARDOWN(border_change)
{
	end(self->tracee);
	end_worlds(&self->worlds);
}

FIXTURE_VARIANT_ADD(border_change, outside_to_below) { OUTSIDE, BELOW };
FIXTURE_VARIANT_ADD(border_change, below_to_outside) { BELOW, OUTSIDE };
FIXTURE_VARIANT_ADD(border_change, outside_to_deep) { OUTSIDE, DEEP };
FIXTURE_VARIANT_ADD(border_change, deep_to_outside) { DEEP, OUTSIDE };

TEST_F(border_change, the_next_tracer_is_told_its_own_number)
{
	enum place places[] = { variant->from, variant->to };

	for (int i = 0; i < 2; i++) {
		pid_t seen = number_at(self->tracee, places[i]);

		AT_PLACE(&self->worlds, places[i]) {
			ASSERT_EQ(0, seize(seen, 0));
			EXPECT_EQ(0, ret(ptrace(PTRACE_INTERRUPT, seen, 0, 0)));
			EXPECT_EQ(EVENT(STOP), next_stop(seen));
			EXPECT_EQ(seen, told(seen).si_pid);
			/* It goes, and the tracee goes on. */
		}
	}
}

TEST_F(border_change, a_tracee_left_in_group_stop_is_told_anew)
{
	enum place places[] = { variant->from, variant->to };

	kill(self->tracee, SIGSTOP);
	EXPECT_TRUE(WAIT_UNTIL(state_of(self->tracee) == 'T'));
	for (int i = 0; i < 2; i++) {
		pid_t seen = number_at(self->tracee, places[i]);

		AT_PLACE(&self->worlds, places[i]) {
			ASSERT_EQ(0, seize(seen, 0));
			EXPECT_EQ(SIGSTOP | PTRACE_EVENT_STOP << 8,
				  next_stop(seen));
			EXPECT_EQ(seen, told(seen).si_pid);
		}
	}
}

/* A tracer that waits for a tracee and gets SIGCHLD. */
FIXTURE(border_waits) {
	struct worlds worlds;
	pid_t tracee, seen;
};

FIXTURE_VARIANT(border_waits) {
	enum place from, to;
};

FIXTURE_SETUP(border_waits)
{
	if (unable())
		SKIP(return, "%s", unable());
	block(SIGCHLD);
	self->worlds = make_worlds();
	self->tracee = spawn_at(&self->worlds, variant->to);
	if (!self->tracee)
		park();
	self->seen = number_at(self->tracee, variant->from);
}

FIXTURE_TEARDOWN(border_waits)
{
	end(self->tracee);
	end_worlds(&self->worlds);
}

FIXTURE_VARIANT_ADD(border_waits, outside_to_below) { OUTSIDE, BELOW };
FIXTURE_VARIANT_ADD(border_waits, outside_to_deep) { OUTSIDE, DEEP };
FIXTURE_VARIANT_ADD(border_waits, below_to_deep) { BELOW, DEEP };
FIXTURE_VARIANT_ADD(border_waits, below_to_below) { BELOW, BELOW };

TEST_F(border_waits, sigchld_and_waitid_have_the_tracers_number)
{
	AT_PLACE(&self->worlds, variant->from) {
		siginfo_t info;

		ASSERT_EQ(0, seize(self->seen, 0));
		ptrace(PTRACE_INTERRUPT, self->seen, 0, 0);
		/* For a PTRACE_EVENT_STOP too it says so. */
		info = await_signal(SIGCHLD);
		EXPECT_EQ(self->seen, info.si_pid);
		memset(&info, 0, sizeof(info));
		EXPECT_EQ(0, waitid(P_ALL, 0, &info, WSTOPPED | __WALL));
		EXPECT_EQ(self->seen, info.si_pid);
		kill(self->seen, SIGKILL);
		memset(&info, 0, sizeof(info));
		EXPECT_EQ(0, waitid(P_PID, self->seen, &info, WEXITED | __WALL));
		EXPECT_EQ(self->seen, info.si_pid);
	}
}

static pid_t *who;

static void note(int sig, siginfo_t *info, void *context)
{
	*who = info->si_pid;
}

TEST_F(border_waits, a_signal_put_in_has_the_tracees_number_of_the_tracer)
{
	struct numbers *tracer = SHARED(struct numbers);
	struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO };
	int ready = gate_make(), go = gate_make();
	pid_t pid, seen;

	who = SHARED(pid_t);
	*who = -1;
	pid = spawn_at(&self->worlds, variant->to);
	if (!pid) {
		sigaction(SIGUSR2, &action, NULL);
		gate_open(ready);
		gate_pass(go);
		kill(getpid(), SIGUSR1);
		_exit(0);
	}
	gate_pass(ready);
	seen = number_at(pid, variant->from);
	AT_PLACE(&self->worlds, variant->from) {
		*tracer = own_numbers();
		ASSERT_EQ(0, seize(seen, 0));
		gate_open(go);
		EXPECT_EQ(SIGUSR1, next_stop(seen));
		EXPECT_EQ(0, ret(ptrace(PTRACE_CONT, seen, 0, SIGUSR2)));
		waitpid(seen, NULL, __WALL);
	}
	EXPECT_EQ(0, wait_exit(pid));
	EXPECT_EQ(seen_from(variant->to, variant->from, *tracer), *who);
}

/* Users: 0 outside is 5 there. */
TEST_F(pidns, si_uid_at_a_stop_is_the_tracers_number_of_the_tracees_user)
{
	int ready = gate_make();
	pid_t pid = spawn(CLONE_NEWPID | CLONE_NEWUSER);

	if (!pid) {
		if (write_text("/proc/self/uid_map", "5 0 1") ||
		    setresuid(5, 5, 5))
			_exit(1);
		gate_open(ready);
		park();
	}
	gate_pass(ready);
	ASSERT_EQ(0, seize(pid, 0));
	ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	EXPECT_EQ(EVENT(STOP), next_stop(pid));
	EXPECT_EQ(pid, told(pid).si_pid);
	EXPECT_EQ(0, told(pid).si_uid);
	end(pid);
}

/* The SIGTRAP of an exec is the tracee's own signal. */
TEST_F(pidns, exec_of_who_asked_to_be_traced_is_a_sigtrap)
{
	pid_t pid = spawn(CLONE_NEWPID);

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		exec_self();
	}
	EXPECT_EQ(SIGTRAP, next_stop(pid));
	EXPECT_EQ(SI_USER, told(pid).si_code);
	EXPECT_EQ(1, told(pid).si_pid);
	end(pid);
}

TEST_F(pidns, exec_of_who_is_seized_without_the_event_is_no_stop)
{
	int go = gate_make();
	pid_t pid = spawn(CLONE_NEWPID);

	if (!pid) {
		gate_pass(go);
		exec_self();
	}
	ASSERT_EQ(0, seize(pid, 0));
	gate_open(go);
	EXPECT_EQ(4, wait_exit(pid));
}

/* PTRACE_ATTACH: its SIGSTOP comes from the kernel. */
TEST_F(pidns, attach_stops_with_a_signal_of_nobody)
{
	pid_t pid = parked(CLONE_NEWPID);

	EXPECT_EQ(0, ret(ptrace(PTRACE_ATTACH, pid, 0, 0)));
	EXPECT_EQ(SIGSTOP, next_stop(pid));
	EXPECT_EQ(0, told(pid).si_pid);
	EXPECT_EQ(SI_KERNEL, told(pid).si_code);
	end(pid);
}

static void *trace(void *arg)
{
	pid_t *pids = arg;

	pids[1] = thread_numbers().nr[0];
	if (!seize(pids[0], 0))
		park();
	return NULL;
}

TEST_F(pidns, tracer_that_is_a_thread_is_named_by_its_own_number)
{
	pid_t pids[2] = { parked(CLONE_NEWPID), 0 };
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, trace, pids));
	EXPECT_TRUE(WAIT_UNTIL(atoi(status_of(pids[0], "TracerPid"))));
	EXPECT_NE(getpid(), pids[1]);
	EXPECT_EQ(pids[1], atoi(status_of(pids[0], "TracerPid")));
	kill(pids[0], SIGKILL);
}

TEST_HARNESS_MAIN
