// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a tracer is told at a stop: si_pid is the tracee, and the message of an
 * event names a process, both in the tracer's numbers. The info of a signal that
 * the tracee is about to get is written for the tracee, and stays so.
 */
#include "border_trace.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

#define LISTED	4	/* what exec_self() ends with: KSFT_SKIP */

FIXTURE(border_tracer) {
	struct worlds worlds;
	int go;
	pid_t tracee;		/* outside */
	pid_t seen;		/* by the tracer */
};

FIXTURE_VARIANT(border_tracer) {
	enum place from, to;
};

FIXTURE_SETUP(border_tracer)
{
	if (unable())
		SKIP(return, "%s", unable());
	self->worlds = make_worlds();
	self->go = gate_make();
}

FIXTURE_TEARDOWN(border_tracer)
{
	end(self->tracee);
	end_worlds(&self->worlds);
}

FIXTURE_VARIANT_ADD(border_tracer, outside_to_outside) { OUTSIDE, OUTSIDE };
FIXTURE_VARIANT_ADD(border_tracer, outside_to_below) { OUTSIDE, BELOW };
FIXTURE_VARIANT_ADD(border_tracer, outside_to_deep) { OUTSIDE, DEEP };
FIXTURE_VARIANT_ADD(border_tracer, below_to_below) { BELOW, BELOW };
FIXTURE_VARIANT_ADD(border_tracer, below_to_deep) { BELOW, DEEP };

/* Starts who is traced: fn(), when the tracer lets it go. */
#define START(fn) do {							\
	self->tracee = spawn_at(&self->worlds, variant->to);		\
	if (!self->tracee) {						\
		gate_pass(self->go);					\
		_exit(fn());						\
	}								\
	self->seen = number_at(self->tracee, variant->from);		\
} while (0)

static pid_t message(pid_t pid)
{
	unsigned long message;

	return ptrace(PTRACE_GETEVENTMSG, pid, NULL, &message) ? -errno :
		(pid_t)message;
}

static int cont(pid_t pid)
{
	return ret(ptrace(PTRACE_CONT, pid, NULL, NULL));
}

static int wait_killed(void)
{
	park();
	return 0;
}

TEST_F(border_tracer, interrupt_stop_in_the_tracers_numbers)
{
	START(wait_killed);
	AT_PLACE(&self->worlds, variant->from) {
		ASSERT_EQ(0, seize(self->seen, 0));
		EXPECT_EQ(0, ret(ptrace(PTRACE_INTERRUPT, self->seen, 0, 0)));
		EXPECT_EQ(EVENT(STOP), next_stop(self->seen));
		EXPECT_EQ(self->seen, told(self->seen).si_pid);
	}
}

TEST_F(border_tracer, group_stop_in_the_tracers_numbers)
{
	START(wait_killed);
	AT_PLACE(&self->worlds, variant->from) {
		ASSERT_EQ(0, seize(self->seen, 0));
		kill(self->seen, SIGSTOP);
		EXPECT_EQ(SIGSTOP, next_stop(self->seen));
		EXPECT_EQ(0, ret(ptrace(PTRACE_CONT, self->seen, 0, SIGSTOP)));
		EXPECT_EQ(SIGSTOP | PTRACE_EVENT_STOP << 8, next_stop(self->seen));
		EXPECT_EQ(self->seen, told(self->seen).si_pid);
	}
}

static int call_often(void)
{
	for (;;)
		syscall(__NR_getppid);
	return 0;
}

TEST_F(border_tracer, syscall_stop_in_the_tracers_numbers)
{
	START(call_often);
	AT_PLACE(&self->worlds, variant->from) {
		ASSERT_EQ(0, seize(self->seen, PTRACE_O_TRACESYSGOOD));
		ptrace(PTRACE_INTERRUPT, self->seen, 0, 0);
		EXPECT_EQ(EVENT(STOP), next_stop(self->seen));
		gate_open(self->go);
		/* Its entry, its exit. */
		for (int i = 0; i < 4; i++) {
			ptrace(PTRACE_SYSCALL, self->seen, 0, 0);
			EXPECT_EQ(SIGTRAP | 0x80, next_stop(self->seen));
			EXPECT_EQ(self->seen, told(self->seen).si_pid);
		}
	}
}

static int fork_one(void)
{
	parked(0);
	park();
	return 0;
}

TEST_F(border_tracer, fork_event_and_first_stop_of_the_child_in_the_tracers_numbers)
{
	START(fork_one);
	AT_PLACE(&self->worlds, variant->from) {
		pid_t child;

		ASSERT_EQ(0, seize(self->seen, PTRACE_O_TRACEFORK |
				   PTRACE_O_TRACECLONE));
		gate_open(self->go);
		/* clone3() with SIGCHLD is a fork. */
		EXPECT_EQ(EVENT(FORK), next_stop(self->seen));
		EXPECT_EQ(self->seen, told(self->seen).si_pid);
		child = message(self->seen);
		EXPECT_EQ(EVENT(STOP), next_stop(child));
		EXPECT_EQ(child, told(child).si_pid);
		kill(child, SIGKILL);
	}
}

static int fork_below(void)
{
	parked(CLONE_NEWPID);
	park();
	return 0;
}

TEST_F(border_tracer, fork_event_of_a_namespaces_first_process_in_the_tracers_numbers)
{
	START(fork_below);
	AT_PLACE(&self->worlds, variant->from) {
		pid_t child;

		ASSERT_EQ(0, seize(self->seen, PTRACE_O_TRACEFORK));
		gate_open(self->go);
		EXPECT_EQ(EVENT(FORK), next_stop(self->seen));
		child = message(self->seen);
		EXPECT_EQ(EVENT(STOP), next_stop(child));
		EXPECT_EQ(child, told(child).si_pid);
		kill(child, SIGKILL);
	}
}

static int vfork_one(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(0);
	park();
	return 0;
}

TEST_F(border_tracer, vfork_event_and_its_end_in_the_tracers_numbers)
{
	START(vfork_one);
	AT_PLACE(&self->worlds, variant->from) {
		pid_t child;

		ASSERT_EQ(0, seize(self->seen, PTRACE_O_TRACEVFORK |
				   PTRACE_O_TRACEVFORKDONE));
		gate_open(self->go);
		EXPECT_EQ(EVENT(VFORK), next_stop(self->seen));
		EXPECT_EQ(self->seen, told(self->seen).si_pid);
		child = message(self->seen);
		EXPECT_EQ(EVENT(STOP), next_stop(child));
		EXPECT_EQ(0, cont(child));
		EXPECT_EQ(0, cont(self->seen));
		EXPECT_EQ(EVENT(VFORK_DONE), next_stop(self->seen));
		EXPECT_EQ(self->seen, told(self->seen).si_pid);
		EXPECT_EQ(child, message(self->seen));
	}
}

static void *thread_parks(void *arg)
{
	park();
	return arg;
}

static int start_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, thread_parks, NULL);
	park();
	return 0;
}

TEST_F(border_tracer, clone_event_and_first_stop_of_the_thread_in_the_tracers_numbers)
{
	START(start_thread);
	AT_PLACE(&self->worlds, variant->from) {
		pid_t thread;

		ASSERT_EQ(0, seize(self->seen, PTRACE_O_TRACECLONE));
		gate_open(self->go);
		EXPECT_EQ(EVENT(CLONE), next_stop(self->seen));
		thread = message(self->seen);
		EXPECT_NE(self->seen, thread);
		EXPECT_EQ(EVENT(STOP), next_stop(thread));
		EXPECT_EQ(thread, told(thread).si_pid);
	}
}

static int exec_now(void)
{
	exec_self();
	return 1;
}

TEST_F(border_tracer, exec_event_in_the_tracers_numbers)
{
	START(exec_now);
	AT_PLACE(&self->worlds, variant->from) {
		ASSERT_EQ(0, seize(self->seen, PTRACE_O_TRACEEXEC));
		gate_open(self->go);
		EXPECT_EQ(EVENT(EXEC), next_stop(self->seen));
		EXPECT_EQ(self->seen, told(self->seen).si_pid);
		EXPECT_EQ(self->seen, message(self->seen));
	}
	kill(self->tracee, SIGKILL);
}

static void *thread_execs(void *arg)
{
	exec_self();
	return arg;
}

static int exec_by_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, thread_execs, NULL);
	park();
	return 0;
}

TEST_F(border_tracer, exec_event_of_a_thread_has_the_tracers_number_of_it)
{
	START(exec_by_thread);
	AT_PLACE(&self->worlds, variant->from) {
		pid_t thread;

		ASSERT_EQ(0, seize(self->seen, PTRACE_O_TRACEEXEC |
				   PTRACE_O_TRACECLONE));
		gate_open(self->go);
		EXPECT_EQ(EVENT(CLONE), next_stop(self->seen));
		thread = message(self->seen);
		EXPECT_EQ(EVENT(STOP), next_stop(thread));
		EXPECT_EQ(0, cont(self->seen));
		EXPECT_EQ(0, cont(thread));
		EXPECT_EQ(EVENT(EXEC), next_stop(self->seen));
		EXPECT_EQ(self->seen, told(self->seen).si_pid);
		EXPECT_EQ(thread, message(self->seen));
	}
	kill(self->tracee, SIGKILL);
}

static int exit_7(void)
{
	return 7;
}

TEST_F(border_tracer, exit_event_in_the_tracers_numbers)
{
	START(exit_7);
	AT_PLACE(&self->worlds, variant->from) {
		ASSERT_EQ(0, seize(self->seen, PTRACE_O_TRACEEXIT));
		gate_open(self->go);
		EXPECT_EQ(EVENT(EXIT), next_stop(self->seen));
		EXPECT_EQ(self->seen, told(self->seen).si_pid);
		EXPECT_EQ(7 << 8, message(self->seen));
	}
}

static int filtered(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | 5),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return 1;
	syscall(__NR_getppid);
	return 0;
}

TEST_F(border_tracer, seccomp_event_in_the_tracers_numbers)
{
	START(filtered);
	AT_PLACE(&self->worlds, variant->from) {
		ASSERT_EQ(0, seize(self->seen, PTRACE_O_TRACESECCOMP));
		gate_open(self->go);
		EXPECT_EQ(EVENT(SECCOMP), next_stop(self->seen));
		EXPECT_EQ(self->seen, told(self->seen).si_pid);
		EXPECT_EQ(5, message(self->seen));
	}
}

static int signal_itself(void)
{
	return kill(getpid(), SIGUSR1);
}

TEST_F(border_tracer, a_signal_to_be_delivered_keeps_the_tracees_number)
{
	START(signal_itself);
	AT_PLACE(&self->worlds, variant->from) {
		ASSERT_EQ(0, seize(self->seen, 0));
		gate_open(self->go);
		EXPECT_EQ(SIGUSR1, next_stop(self->seen));
		EXPECT_EQ(number_at(self->tracee, variant->to),
			  told(self->seen).si_pid);
	}
}

static int queue_for_itself(void)
{
	block(SIGUSR1);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGSTOP);
	return 0;
}

TEST_F(border_tracer, peeksiginfo_keeps_the_tracees_number)
{
	START(queue_for_itself);
	AT_PLACE(&self->worlds, variant->from) {
		struct __ptrace_peeksiginfo_args args = {
			.flags = PTRACE_PEEKSIGINFO_SHARED, .nr = 1,
		};
		siginfo_t info = {};

		ASSERT_EQ(0, seize(self->seen, 0));
		gate_open(self->go);
		EXPECT_EQ(SIGSTOP, next_stop(self->seen));
		EXPECT_EQ(1, ret(ptrace(PTRACE_PEEKSIGINFO, self->seen, &args,
					&info)));
		EXPECT_EQ(number_at(self->tracee, variant->to),
			  info.si_pid);
	}
}

TEST_HARNESS_MAIN
