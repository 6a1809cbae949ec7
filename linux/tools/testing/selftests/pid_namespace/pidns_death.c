// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a pid namespace dies: with its init, and with it all that is inside,
 * however it came there; init itself goes last.
 */
#include "pidns.h"
#include <poll.h>
#include <sys/ptrace.h>

/* The numbers, seen from outside, of what is inside; at most max of them. */
static int members_of(pid_t init, pid_t *pids, int max)
{
	unsigned long id = ns_id_of(init, "pid");
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int count = 0;

	while (proc && (entry = readdir(proc))) {
		pid_t pid = atoi(entry->d_name);

		if (pid && pid != init && count < max &&
		    ns_id_of(pid, "pid") == id)
			pids[count++] = pid;
	}
	if (proc)
		closedir(proc);
	return count;
}

TEST_F(pidns, init_exit_kills_all_before_it_can_be_reaped)
{
	int gate = gate_make(), go = gate_make(), count;
	pid_t init = spawn(CLONE_NEWPID), pids[10];

	if (!init) {
		for (int i = 0; i < 5; i++)
			parked(0);
		gate_open(gate);
		gate_pass(go);
		_exit(42);
	}
	gate_pass(gate);
	count = members_of(init, pids, 10);
	EXPECT_EQ(5, count);
	gate_open(go);
	EXPECT_EQ(42, wait_exit(init));
	while (count--)
		EXPECT_EQ(-ESRCH, ret(kill(pids[count], 0)));
}

TEST_F(pidns, killing_init_kills_all)
{
	int gate = gate_make(), count;
	pid_t init = spawn(CLONE_NEWPID), pids[10];

	if (!init) {
		/* Also who is another's child. */
		if (!spawn(0)) {
			parked(0);
			gate_open(gate);
			park();
		}
		park();
	}
	gate_pass(gate);
	count = members_of(init, pids, 10);
	EXPECT_EQ(2, count);
	EXPECT_EQ(128 + SIGKILL, end(init));
	while (count--)
		EXPECT_EQ(-ESRCH, ret(kill(pids[count], 0)));
}

TEST_F(pidns, members_pidfd_tells_of_the_death)
{
	int gate = gate_make();
	pid_t init = spawn(CLONE_NEWPID), pid;
	struct pollfd poller = { .events = POLLIN };

	if (!init) {
		parked(0);
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	ASSERT_EQ(1, members_of(init, &pid, 1));
	poller.fd = syscall(__NR_pidfd_open, pid, 0);
	EXPECT_EQ(0, poll(&poller, 1, 0));
	kill(init, SIGKILL);
	EXPECT_EQ(1, poll(&poller, 1, 20000));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_F(pidns, init_exit_kills_processes_of_many_threads)
{
	int gate = gate_make();
	pid_t init = spawn(CLONE_NEWPID), pid;

	if (!init) {
		pthread_t thread;

		if (spawn(0))
			park();
		for (int i = 0; i < 8; i++)
			EXPECT_EQ(0, pthread_create(&thread, NULL,
						    (void *(*)(void *))park,
						    NULL));
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	ASSERT_EQ(1, members_of(init, &pid, 1));
	EXPECT_STREQ("9", status_of(pid, "Threads"));
	EXPECT_EQ(128 + SIGKILL, end(init));
	EXPECT_EQ(-ESRCH, ret(kill(pid, 0)));
}

TEST_F(pidns, init_exit_kills_namespaces_below)
{
	int gate = gate_make();
	pid_t *below = shared(sizeof(*below)), init = spawn(CLONE_NEWPID);

	if (!init) {
		if (spawn(CLONE_NEWPID))
			park();
		if (spawn(CLONE_NEWPID))
			park();
		parked(0);
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	/* Init's child, that one's child, and both theirs. */
	for (pid_t pid = init + 1; pid < init + 100; pid++)
		if (!strcmp(status_of(pid, "NSpid"), text("%d 4 3 2", pid)))
			*below = pid;
	EXPECT_LT(0, *below);
	EXPECT_EQ(128 + SIGKILL, end(init));
	EXPECT_EQ(-ESRCH, ret(kill(*below, 0)));
}

/* A namespace in a namespace in ...; the deepest opens the gate. */
static void nest(int depth, int gate)
{
	while (depth && !spawn(CLONE_NEWPID))
		depth--;
	if (!depth)
		gate_open(gate);
	park();
}

TEST_F(pidns, chain_of_20_namespaces_dies_from_its_top)
{
	int gate = gate_make(), pipes[2];
	pid_t init;
	char byte;

	ASSERT_EQ(0, pipe(pipes));
	init = spawn(CLONE_NEWPID);
	if (!init)
		nest(19, gate);
	close(pipes[1]);
	gate_pass(gate);
	EXPECT_EQ(128 + SIGKILL, end(init));
	/* Each of them had the other end. */
	EXPECT_EQ(0, read(pipes[0], &byte, 1));
}

TEST_F(pidns, two_hundred_members_die_with_init)
{
	int gate = gate_make(), pipes[2];
	pid_t init;
	char byte;

	ASSERT_EQ(0, pipe(pipes));
	init = spawn(CLONE_NEWPID);
	if (!init) {
		for (int i = 0; i < 200; i++)
			EXPECT_LT(0, parked(0));
		gate_open(gate);
		park();
	}
	close(pipes[1]);
	gate_pass(gate);
	EXPECT_EQ(128 + SIGKILL, end(init));
	EXPECT_EQ(0, read(pipes[0], &byte, 1));
}

TEST_F(pidns, stopped_members_die_with_init)
{
	int gate = gate_make();
	pid_t init = spawn(CLONE_NEWPID), pid;

	if (!init) {
		parked(0);
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	ASSERT_EQ(1, members_of(init, &pid, 1));
	kill(pid, SIGSTOP);
	EXPECT_TRUE(WAIT_UNTIL(state_of(pid) == 'T'));
	EXPECT_EQ(128 + SIGKILL, end(init));
	EXPECT_EQ(-ESRCH, ret(kill(pid, 0)));
}

TEST_F(pidns, zombies_of_init_do_not_hold_it)
{
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		for (int i = 0; i < 20; i++)
			if (!spawn(0))
				_exit(0);
		_exit(8);
	}
	EXPECT_EQ(8, wait_exit(init));
}

/* Init is beyond its exit, without memory and asleep; and can't be reaped. */
static bool init_waits(pid_t init)
{
	siginfo_t info = {};

	return WAIT_UNTIL(!*status_of(init, "VmSize") && state_of(init) &&
			  strchr("DIS", state_of(init))) &&
	       !waitid(P_PID, init, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       !info.si_pid;
}

TEST_F(pidns, init_waits_for_a_zombie_whose_parent_is_outside)
{
	pid_t init = parked(CLONE_NEWPID), pid = parked_in(init);

	kill(init, SIGKILL);
	EXPECT_TRUE(WAIT_UNTIL(state_of(pid) == 'Z'));
	EXPECT_TRUE(init_waits(init));
	EXPECT_EQ(128 + SIGKILL, wait_exit(pid));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_F(pidns, init_is_freed_when_the_outside_parent_exits)
{
	pid_t init = parked(CLONE_NEWPID);
	int gate = gate_make(), go = gate_make();
	pid_t *pid = shared(sizeof(*pid)), parent = spawn(0);

	if (!parent) {
		*pid = parked_in(init);
		gate_open(gate);
		gate_pass(go);
		_exit(0);
	}
	gate_pass(gate);
	kill(init, SIGKILL);
	EXPECT_TRUE(WAIT_UNTIL(state_of(*pid) == 'Z'));
	EXPECT_TRUE(init_waits(init));
	gate_open(go);
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
	EXPECT_EQ(0, wait_exit(parent));
	EXPECT_EQ(-ESRCH, ret(kill(*pid, 0)));
}

TEST_F(pidns, init_waits_for_a_zombie_whose_tracer_is_outside)
{
	int gate = gate_make();
	pid_t init = spawn(CLONE_NEWPID), pid;

	if (!init) {
		parked(0);
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	ASSERT_EQ(1, members_of(init, &pid, 1));
	ASSERT_EQ(0, ret(ptrace(PTRACE_SEIZE, pid, 0, 0)));
	kill(init, SIGKILL);
	EXPECT_TRUE(WAIT_UNTIL(state_of(pid) == 'Z'));
	EXPECT_TRUE(init_waits(init));
	EXPECT_EQ(128 + SIGKILL, wait_exit(pid));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_F(pidns, init_waits_for_a_group_that_an_outsider_is_in)
{
	pid_t init = parked(CLONE_NEWPID);
	pid_t leader = parked_in(init), outsider = parked(0);

	/* The group keeps the leader's number, also inside. */
	ASSERT_EQ(0, setpgid(leader, leader));
	ASSERT_EQ(0, setpgid(outsider, leader));
	kill(init, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, wait_exit(leader));
	EXPECT_TRUE(init_waits(init));
	EXPECT_EQ(leader, getpgid(outsider));
	EXPECT_EQ(128 + SIGKILL, end(outsider));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_F(pidns, outsider_that_leaves_the_group_lets_init_go)
{
	pid_t init = parked(CLONE_NEWPID);
	pid_t leader = parked_in(init), outsider = parked(0);

	ASSERT_EQ(0, setpgid(leader, leader));
	ASSERT_EQ(0, setpgid(outsider, leader));
	kill(init, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, wait_exit(leader));
	EXPECT_TRUE(init_waits(init));
	ASSERT_EQ(0, setpgid(outsider, outsider));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
	end(outsider);
}

TEST_F(pidns, setns_fork_after_a_member_was_killed_with_init_is_enomem)
{
	pid_t init = parked(CLONE_NEWPID), pid = parked_in(init);

	kill(init, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, wait_exit(pid));
	EXPECT_EQ(-ENOMEM, parked_in(init));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_F(pidns, orphan_goes_to_init)
{
	IN_CHILD(CLONE_NEWPID) {
		int gate = gate_make();
		pid_t pid = spawn(0);

		if (!pid) {
			pid = fork();
			if (!pid) {
				gate_pass(gate);
				_exit(getppid());
			}
			_exit(pid);
		}
		EXPECT_EQ(3, wait_exit(pid));
		gate_open(gate);
		EXPECT_EQ(1, wait_exit(3));
	}
}

TEST_F(pidns, orphan_goes_to_a_subreaper_inside)
{
	IN_CHILD(CLONE_NEWPID) {
		IN_CHILD(0) {
			int gate = gate_make();
			pid_t pid;

			ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
			pid = spawn(0);
			if (!pid) {
				pid = fork();
				if (!pid) {
					gate_pass(gate);
					_exit(getppid());
				}
				_exit(pid);
			}
			EXPECT_EQ(4, wait_exit(pid));
			gate_open(gate);
			EXPECT_EQ(2, wait_exit(4));
		}
	}
}

TEST_F(pidns, orphan_of_a_setns_child_goes_to_init_not_to_a_subreaper_outside)
{
	int gate = gate_make(), ready = gate_make();
	pid_t init = parked(CLONE_NEWPID), pid, *seen = shared(sizeof(*seen));

	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	pid = spawn_in(init, NULL, 0);
	if (!pid) {
		if (!fork()) {
			gate_pass(gate);
			*seen = getppid();
			gate_open(ready);
			park();
		}
		_exit(0);
	}
	EXPECT_EQ(0, wait_exit(pid));
	gate_open(gate);
	gate_pass(ready);
	EXPECT_EQ(1, *seen);
	EXPECT_EQ(128 + SIGKILL, end(init));
}

/* Its number stays taken while the group has a member: init must not be it. */
TEST_F_TIMEOUT(pidns, init_in_a_group_named_inside_can_die, 60)
{
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		pid_t leader = parked(0);

		setpgid(leader, leader);
		_exit(setpgid(0, leader) || end(leader) != 128 + SIGKILL);
	}
	EXPECT_TRUE(WAIT_UNTIL(state_of(init) == 'Z'));
	EXPECT_EQ(0, wait_exit(init));
}

TEST_F_TIMEOUT(pidns, init_in_a_group_named_further_in_can_die, 60)
{
	pid_t init = spawn(CLONE_NEWPID | CLONE_NEWNS);

	if (!init) {
		pid_t inner, leader;

		mount_proc();
		inner = parked(CLONE_NEWPID);
		leader = parked_in(inner);
		setpgid(leader, leader);
		_exit(setpgid(0, leader) || end(leader) != 128 + SIGKILL);
	}
	EXPECT_TRUE(WAIT_UNTIL(state_of(init) == 'Z'));
	EXPECT_EQ(0, wait_exit(init));
}

TEST_HARNESS_MAIN
