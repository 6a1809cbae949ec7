// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is special about a namespace's init: signals that it doesn't get, threads
 * and exec in it, and reboot.
 */
#include "pidns.h"
#include <linux/reboot.h>

/* In the namespace's second process: init is alive after a signal from there. */
static void survives(struct __test_metadata *_metadata, int sig)
{
	IN_CHILD(CLONE_NEWPID) {
		IN_CHILD(0) {
			EXPECT_EQ(0, kill(1, sig));
			EXPECT_EQ(0, kill(1, 0));
		}
		/* It ran on, and could wait. */
		EXPECT_EQ(3, next_number());
	}
}

TEST_F(pidns, sigkill_from_inside_has_no_effect_on_init)
{
	survives(_metadata, SIGKILL);
}

TEST_F(pidns, sigstop_from_inside_has_no_effect_on_init)
{
	survives(_metadata, SIGSTOP);
}

TEST_F(pidns, unhandled_sigterm_from_inside_has_no_effect_on_init)
{
	survives(_metadata, SIGTERM);
}

TEST_F(pidns, unhandled_realtime_signal_from_inside_has_no_effect_on_init)
{
	survives(_metadata, SIGRTMIN);
}

TEST_F(pidns, init_cannot_kill_itself)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, kill(1, SIGKILL));
		EXPECT_EQ(0, raise(SIGTERM));
	}
}

/* Opened by the handler of a signal. */
static int caught;

static void catch(int sig)
{
	gate_open(caught);
}

TEST_F(pidns, handled_signal_from_inside_reaches_init)
{
	caught = gate_make();
	IN_CHILD(CLONE_NEWPID) {
		signal(SIGTERM, catch);
		IN_CHILD(0)
			EXPECT_EQ(0, kill(1, SIGTERM));
		gate_pass(caught);
	}
}

TEST_F(pidns, unhandled_sigterm_from_outside_has_no_effect_on_init)
{
	int gate = gate_make(), ready = gate_make();
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		gate_open(ready);
		gate_pass(gate);
		_exit(11);
	}
	gate_pass(ready);
	EXPECT_EQ(0, kill(init, SIGTERM));
	EXPECT_EQ(0, kill(init, SIGUSR1));
	gate_open(gate);
	EXPECT_EQ(11, wait_exit(init));
}

TEST_F(pidns, handled_signal_from_outside_reaches_init)
{
	int ready = gate_make();
	pid_t init;

	caught = gate_make();
	init = spawn(CLONE_NEWPID);
	if (!init) {
		signal(SIGTERM, catch);
		gate_open(ready);
		park();
	}
	gate_pass(ready);
	EXPECT_EQ(0, kill(init, SIGTERM));
	gate_pass(caught);
	EXPECT_EQ(128 + SIGKILL, end(init));
}

TEST_F(pidns, sigkill_from_outside_kills_init)
{
	pid_t init = parked(CLONE_NEWPID);

	EXPECT_EQ(0, kill(init, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_F(pidns, sigkill_from_a_namespace_between_kills_init)
{
	IN_CHILD(CLONE_NEWPID) {
		pid_t init = parked(CLONE_NEWPID);

		IN_CHILD(0)
			EXPECT_EQ(0, kill(2, SIGKILL));
		EXPECT_EQ(128 + SIGKILL, wait_exit(init));
	}
}

TEST_F(pidns, sigstop_from_outside_stops_init_sigcont_continues_it)
{
	pid_t init = parked(CLONE_NEWPID);
	int status;

	EXPECT_EQ(0, kill(init, SIGSTOP));
	EXPECT_EQ(init, waitpid(init, &status, WUNTRACED));
	EXPECT_TRUE(WIFSTOPPED(status));
	EXPECT_EQ('T', state_of(init));
	EXPECT_EQ(0, kill(init, SIGCONT));
	EXPECT_EQ(init, waitpid(init, &status, WCONTINUED));
	EXPECT_TRUE(WIFCONTINUED(status));
	end(init);
}

TEST_F(pidns, fault_kills_init)
{
	char *page = mmap(NULL, 1, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t init = spawn(CLONE_NEWPID);

	if (!init)
		*page = 1;
	EXPECT_EQ(128 + SIGSEGV, wait_exit(init));
}

TEST_F(pidns, child_of_init_is_killed_from_inside)
{
	IN_CHILD(CLONE_NEWPID)
		EXPECT_EQ(128 + SIGKILL, end(parked(0)));
}

static void *exec_here(void *arg)
{
	exec_self();
	return arg;
}

TEST_F(pidns, exec_from_another_thread_of_init_keeps_pid_1)
{
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		pthread_t thread;

		pthread_create(&thread, NULL, exec_here, NULL);
		park();
	}
	EXPECT_TRUE(WAIT_UNTIL(state_of(init) == 'Z'));
	EXPECT_STREQ(text("%d 1", init), status_of(init, "NSpid"));
	EXPECT_EQ(KSFT_SKIP, wait_exit(init));
}

static void *leave_then_go_on(void *go)
{
	pid_t pid;

	gate_pass(*(int *)go);
	pid = spawn(0);
	if (!pid)
		_exit(getppid());
	_exit(pid < 0 ? 99 : 20 + wait_exit(pid));
}

TEST_F(pidns, namespace_lives_on_after_inits_leader_until_its_last_thread)
{
	int go = gate_make();
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		pthread_t thread;

		parked(0);
		pthread_create(&thread, NULL, leave_then_go_on, &go);
		syscall(__NR_exit, 0);
	}
	/* A leader that is gone while others live looks like a zombie. */
	EXPECT_TRUE(WAIT_UNTIL(state_of(init) == 'Z'));
	EXPECT_EQ(0, waitpid(init, NULL, WNOHANG));
	gate_open(go);
	/* The last thread could fork, its child's parent is 1. */
	EXPECT_EQ(21, wait_exit(init));
}

static void *exit_thread(void *go)
{
	gate_pass(*(int *)go);
	syscall(__NR_exit, 0);
	return NULL;
}

TEST_F(pidns, last_thread_of_init_takes_all_with_it)
{
	int go = gate_make(), pipes[2];
	pid_t init;
	char byte;

	ASSERT_EQ(0, pipe(pipes));
	init = spawn(CLONE_NEWPID);
	if (!init) {
		pthread_t thread;

		for (int i = 0; i < 3; i++)
			parked(0);
		for (int i = 0; i < 3; i++)
			pthread_create(&thread, NULL, exit_thread, &go);
		syscall(__NR_exit, 0);
	}
	close(pipes[1]);
	for (int i = 0; i < 3; i++)
		gate_open(go);
	EXPECT_EQ(0, wait_exit(init));
	EXPECT_EQ(0, read(pipes[0], &byte, 1));
}

static int reboot_inside(int command)
{
	return ret(syscall(__NR_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			   command, "pidns"));
}

/* Init's end after a reboot from itself, or from its child. */
static int end_after_reboot(int command, bool by_child)
{
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		/* Never in the namespace that the machine belongs to. */
		if (ns_id_of(0, "pid") == 0xeffffffc || getpid() != 1)
			_exit(98);
		if (!by_child || !spawn(0))
			_exit(100 - reboot_inside(command));
		park();
	}
	return wait_exit(init);
}

TEST_F(pidns, reboot_restart_is_death_by_sighup)
{
	EXPECT_EQ(128 + SIGHUP, end_after_reboot(LINUX_REBOOT_CMD_RESTART, false));
	EXPECT_EQ(128 + SIGHUP, end_after_reboot(LINUX_REBOOT_CMD_RESTART2, false));
}

TEST_F(pidns, reboot_halt_and_power_off_are_death_by_sigint)
{
	EXPECT_EQ(128 + SIGINT, end_after_reboot(LINUX_REBOOT_CMD_HALT, false));
	EXPECT_EQ(128 + SIGINT, end_after_reboot(LINUX_REBOOT_CMD_POWER_OFF, false));
}

TEST_F(pidns, reboot_by_a_child_of_init_ends_init)
{
	EXPECT_EQ(128 + SIGHUP, end_after_reboot(LINUX_REBOOT_CMD_RESTART, true));
	EXPECT_EQ(128 + SIGINT, end_after_reboot(LINUX_REBOOT_CMD_HALT, true));
}

TEST_F(pidns, reboot_with_another_command_is_einval)
{
	EXPECT_EQ(100 + EINVAL, end_after_reboot(LINUX_REBOOT_CMD_CAD_OFF, false));
	EXPECT_EQ(100 + EINVAL, end_after_reboot(LINUX_REBOOT_CMD_KEXEC, false));
}

TEST_F(pidns, reboot_without_capabilities_is_eperm)
{
	IN_CHILD(CLONE_NEWPID) {
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(-EPERM, reboot_inside(LINUX_REBOOT_CMD_RESTART));
	}
}

TEST_F(pidns, reboot_in_a_namespace_below_spares_the_one_above)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(128 + SIGHUP,
			  end_after_reboot(LINUX_REBOOT_CMD_RESTART, false));
		EXPECT_EQ(3, next_number());
	}
}

TEST_HARNESS_MAIN
