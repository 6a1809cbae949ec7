// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who sees which number: what a process is told of itself and of others, and what
 * /proc shows, from inside, from outside, and from another namespace.
 */
#include "pidns.h"

TEST_F(pidns, init_sees_no_parent_its_child_sees_1)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, getppid());
		IN_CHILD(0)
			EXPECT_EQ(1, getppid());
	}
}

TEST_F(pidns, child_of_setns_sees_no_parent)
{
	pid_t init = parked(CLONE_NEWPID);
	pid_t pid = spawn_in(init, NULL, 0);

	if (!pid)
		_exit(getppid());
	EXPECT_EQ(0, wait_exit(pid));
	end(init);
}

TEST_F(pidns, inherited_group_and_session_are_0_inside)
{
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, getpgrp());
		EXPECT_EQ(0, getpgid(0));
		EXPECT_EQ(0, getsid(0));
		EXPECT_EQ(0, getpgid(1));
	}
}

TEST_F(pidns, setsid_inside_is_own_number_in_each_view)
{
	int gate = gate_make();
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		EXPECT_EQ(1, setsid());
		EXPECT_EQ(1, getsid(0));
		EXPECT_EQ(1, getpgrp());
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	EXPECT_EQ(init, getsid(init));
	EXPECT_EQ(init, getpgid(init));
	end(init);
}

TEST_F(pidns, setpgid_from_outside_is_seen_inside_as_own_number)
{
	int gate = gate_make();
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		gate_pass(gate);
		EXPECT_EQ(1, getpgrp());
		EXPECT_EQ(0, getsid(0));
		_exit(0);
	}
	EXPECT_EQ(0, setpgid(init, init));
	EXPECT_EQ(init, getpgid(init));
	gate_open(gate);
	EXPECT_EQ(0, wait_exit(init));
}

TEST_F(pidns, settid_pointers_get_the_number_of_whom_they_belong_to)
{
	pid_t *child = shared(2 * sizeof(*child)), parent = 0, pid;
	struct clone_args args = {
		.flags = CLONE_NEWPID | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID,
		.parent_tid = (unsigned long)&parent,
		.child_tid = (unsigned long)&child[0],
		.exit_signal = SIGCHLD,
	};

	pid = sys_clone3(&args);
	if (!pid)
		_exit(0);
	EXPECT_EQ(0, wait_exit(pid));
	EXPECT_EQ(pid, parent);
	EXPECT_EQ(1, child[0]);
}

TEST_F(pidns, status_nspid_has_a_number_each_level)
{
	int gate = gate_make();
	pid_t *pids = shared(2 * sizeof(*pids));
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		EXPECT_EQ(2, next_number());
		EXPECT_EQ(3, parked(CLONE_NEWPID));
		EXPECT_EQ(4, parked(0));
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	/* Two levels up, the children's numbers are unknown: look for them. */
	for (pid_t pid = init + 1; pid < init + 100; pid++) {
		if (!strcmp(status_of(pid, "NSpid"), text("%d 3 1", pid)))
			pids[0] = pid;
		if (!strcmp(status_of(pid, "NSpid"), text("%d 4", pid)))
			pids[1] = pid;
	}
	EXPECT_STREQ(text("%d 1", init), status_of(init, "NSpid"));
	EXPECT_LT(0, pids[0]);
	EXPECT_LT(0, pids[1]);
	EXPECT_STREQ(text("%d 3 1", pids[0]), status_of(pids[0], "NStgid"));
	end(init);
}

TEST_F(pidns, status_of_an_inherited_group_is_0_inside)
{
	pid_t init = parked(CLONE_NEWPID);

	EXPECT_STREQ(text("%d 0", getpgrp()), status_of(init, "NSpgid"));
	EXPECT_STREQ(text("%d 0", getsid(0)), status_of(init, "NSsid"));
	end(init);
}

TEST_F(pidns, status_of_a_leader_has_its_numbers_in_group_and_session)
{
	int gate = gate_make();
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		setsid();
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	EXPECT_STREQ(text("%d 1", init), status_of(init, "NSpgid"));
	EXPECT_STREQ(text("%d 1", init), status_of(init, "NSsid"));
	EXPECT_STREQ(text("%d 1", init), status_of(init, "NStgid"));
	end(init);
}

TEST_F(pidns, status_seen_inside_starts_with_that_namespace)
{
	IN_CHILD(CLONE_NEWPID | CLONE_NEWNS) {
		ASSERT_EQ(0, mount_proc());
		EXPECT_STREQ("1", status_of(1, "NSpid"));
		EXPECT_STREQ("1", status_of(1, "Pid"));
		EXPECT_STREQ("1", status_of(1, "Tgid"));
		EXPECT_STREQ("0", status_of(1, "PPid"));
		EXPECT_EQ(2, parked(CLONE_NEWPID));
		EXPECT_STREQ("2 1", status_of(2, "NSpid"));
		EXPECT_STREQ("1", status_of(2, "PPid"));
	}
}

TEST_F(pidns, status_ppid_outside_is_the_real_parent)
{
	pid_t init = parked(CLONE_NEWPID);

	EXPECT_STREQ(text("%d", getpid()), status_of(init, "PPid"));
	EXPECT_STREQ(text("%d", init), status_of(init, "Pid"));
	end(init);
}

static void stat_numbers(pid_t pid, int numbers[4])
{
	char line[512], *rest;

	memset(numbers, -1, 4 * sizeof(*numbers));
	if (read_file(proc_path(pid, "stat"), line, sizeof(line)) < 0)
		return;
	rest = strrchr(line, ')');
	numbers[0] = atoi(line);
	if (sscanf(rest, ") %*c %d %d %d", &numbers[1], &numbers[2],
		   &numbers[3]) != 3)
		numbers[0] = -1;
}

TEST_F(pidns, stat_has_the_numbers_of_its_mount)
{
	pid_t init = parked(CLONE_NEWPID);
	int seen[4];

	stat_numbers(init, seen);
	EXPECT_EQ(init, seen[0]);
	EXPECT_EQ(getpid(), seen[1]);
	EXPECT_EQ(getpgrp(), seen[2]);
	EXPECT_EQ(getsid(0), seen[3]);
	end(init);
	IN_CHILD(CLONE_NEWPID | CLONE_NEWNS) {
		ASSERT_EQ(0, mount_proc());
		stat_numbers(1, seen);
		EXPECT_EQ(1, seen[0]);
		EXPECT_EQ(0, seen[1]);
		EXPECT_EQ(0, seen[2]);
		EXPECT_EQ(0, seen[3]);
	}
}

/* All numbers that a directory has, blanks between. */
static const char *numbers_in(const char *path)
{
	struct dirent *entry;
	DIR *dir = opendir(path);
	char list[400] = "";

	while (dir && (entry = readdir(dir)))
		if (atoi(entry->d_name) && strlen(list) < sizeof(list) - 16)
			strcat(strcat(list, *list ? " " : ""), entry->d_name);
	if (dir)
		closedir(dir);
	return text("%s", list);
}

TEST_F(pidns, proc_inside_lists_its_own_only)
{
	IN_CHILD(CLONE_NEWPID | CLONE_NEWNS) {
		ASSERT_EQ(0, mount_proc());
		EXPECT_STREQ("1", numbers_in("/proc"));
		parked(0);
		parked(CLONE_NEWPID);
		EXPECT_STREQ("1 2 3", numbers_in("/proc"));
		end(2);
		EXPECT_STREQ("1 3", numbers_in("/proc"));
	}
}

TEST_F(pidns, proc_lists_sparse_numbers_all_and_ascending)
{
	static const pid_t at[] = {
		2, 63, 64, 65, 127, 128, 255, 256, 257, 299, 300, 511, 512, 1023,
		1024, 4095, 4096, 4097, 16383, 16384, 32766, 32767,
	};
	char want[400] = "1";

	IN_CHILD(CLONE_NEWPID | CLONE_NEWNS) {
		ASSERT_EQ(0, mount_proc());
		for (int i = ARRAY_SIZE(at) - 1; i >= 0; i--) {
			pid_t pid = spawn_tid(at[i]);

			if (!pid)
				park();
			EXPECT_EQ(at[i], pid);
		}
		for (size_t i = 0; i < ARRAY_SIZE(at); i++)
			sprintf(want + strlen(want), " %d", at[i]);
		EXPECT_STREQ(want, numbers_in("/proc"));
	}
}

TEST_F(pidns, proc_lists_members_of_a_namespace_below_by_its_own_numbers)
{
	IN_CHILD(CLONE_NEWPID | CLONE_NEWNS) {
		int gate = gate_make();
		pid_t init;

		ASSERT_EQ(0, mount_proc());
		init = spawn(CLONE_NEWPID);
		if (!init) {
			pid_t tid = 800;

			tid = spawn_tids(0, &tid, 1);
			if (!tid)
				park();
			EXPECT_EQ(800, tid);
			gate_open(gate);
			park();
		}
		gate_pass(gate);
		EXPECT_STREQ("1 2 3", numbers_in("/proc"));
		EXPECT_STREQ("3 800", status_of(3, "NSpid"));
		end(init);
	}
}

TEST_F(pidns, proc_inside_has_no_outside_numbers)
{
	pid_t outside = getpid();

	IN_CHILD(CLONE_NEWPID | CLONE_NEWNS) {
		ASSERT_EQ(0, mount_proc());
		EXPECT_NE(0, access(text("/proc/%d", outside), F_OK));
		EXPECT_EQ(0, access("/proc/1/status", R_OK));
	}
}

/* Where a link of /proc points, "" if it can't be read. */
static const char *link_of(const char *path)
{
	char where[256] = "";
	int length = readlink(path, where, sizeof(where) - 1);

	return text("%.*s", length > 0 ? length : 0, where);
}

TEST_F(pidns, proc_self_is_the_number_in_that_mount)
{
	int gate = gate_make();
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		gate_pass(gate);
		EXPECT_STREQ(status_of(0, "Pid"), link_of("/proc/self"));
		EXPECT_NE(1, atoi(link_of("/proc/self")));
		_exit(0);
	}
	gate_open(gate);
	EXPECT_EQ(0, wait_exit(init));
	IN_CHILD(CLONE_NEWPID | CLONE_NEWNS) {
		ASSERT_EQ(0, mount_proc());
		EXPECT_STREQ("1", link_of("/proc/self"));
		EXPECT_STREQ("1/task/1", link_of("/proc/thread-self"));
	}
}

TEST_F(pidns, proc_self_is_absent_for_who_is_not_in_that_namespace)
{
	int gate = gate_make();
	pid_t init = spawn(CLONE_NEWPID | CLONE_NEWNS);

	if (!init) {
		EXPECT_EQ(0, mount_proc());
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	EXPECT_EQ(0, access(text("/proc/%d/root/proc/1", init), F_OK));
	EXPECT_STREQ("", link_of(text("/proc/%d/root/proc/self", init)));
	EXPECT_STREQ("", link_of(text("/proc/%d/root/proc/thread-self", init)));
	end(init);
}

TEST_F(pidns, proc_task_lists_threads_by_their_numbers_there)
{
	IN_CHILD(CLONE_NEWPID | CLONE_NEWNS) {
		pthread_t thread;

		ASSERT_EQ(0, mount_proc());
		EXPECT_EQ(2, next_number());
		ASSERT_EQ(0, pthread_create(&thread, NULL,
					    (void *(*)(void *))park, NULL));
		EXPECT_STREQ("1 3", numbers_in("/proc/self/task"));
		EXPECT_STREQ("1", numbers_in("/proc"));
		/* Looked up by number a thread is there, though not listed. */
		EXPECT_STREQ("1", field("/proc/3/status", "Tgid"));
		EXPECT_STREQ("3", field("/proc/3/status", "Pid"));
	}
}

TEST_F(pidns, proc_children_lists_numbers_of_its_mount)
{
	if (access("/proc/self/task", F_OK) ||
	    access(text("/proc/self/task/%d/children", getpid()), F_OK))
		SKIP(return, "no CONFIG_PROC_CHILDREN");
	IN_CHILD(CLONE_NEWPID | CLONE_NEWNS) {
		char list[64];

		ASSERT_EQ(0, mount_proc());
		EXPECT_EQ(2, parked(0));
		EXPECT_EQ(3, parked(CLONE_NEWPID));
		EXPECT_LT(0, read_file("/proc/1/task/1/children", list,
				       sizeof(list)));
		EXPECT_STREQ("2 3 ", list);
	}
}

TEST_F(pidns, loadavg_ends_with_the_readers_last_number)
{
	IN_CHILD(CLONE_NEWPID) {
		char line[128];

		EXPECT_LT(0, read_file("/proc/loadavg", line, sizeof(line)));
		EXPECT_EQ(1, atoi(strrchr(line, ' ')));
		EXPECT_EQ(2, next_number());
		EXPECT_LT(0, read_file("/proc/loadavg", line, sizeof(line)));
		EXPECT_EQ(2, atoi(strrchr(line, ' ')));
	}
}

TEST_F(pidns, tracer_is_seen_outside_and_0_inside)
{
	int ready = gate_make(), traced = gate_make();
	pid_t init = spawn(CLONE_NEWPID | CLONE_NEWNS);

	if (!init) {
		EXPECT_EQ(0, mount_proc());
		gate_open(ready);
		gate_pass(traced);
		EXPECT_STREQ("0", status_of(1, "TracerPid"));
		_exit(0);
	}
	gate_pass(ready);
	/* PTRACE_SEIZE */
	EXPECT_EQ(0, ret(syscall(__NR_ptrace, 0x4206, init, 0, 0)));
	EXPECT_STREQ(text("%d", getpid()), status_of(init, "TracerPid"));
	gate_open(traced);
	EXPECT_EQ(0, wait_exit(init));
}

TEST_F(pidns, zombie_keeps_its_numbers_until_reaped)
{
	pid_t init = spawn(CLONE_NEWPID);

	if (!init)
		_exit(3);
	EXPECT_TRUE(WAIT_UNTIL(state_of(init) == 'Z'));
	EXPECT_STREQ(text("%d 1", init), status_of(init, "NSpid"));
	EXPECT_EQ(3, wait_exit(init));
	EXPECT_STREQ("", status_of(init, "NSpid"));
}

TEST_HARNESS_MAIN
