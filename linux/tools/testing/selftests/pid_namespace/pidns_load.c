// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many at once: forks, threads, deaths and lookups in several namespaces, and
 * what must be there afterwards: as much as before.
 */
#include "pidns.h"

#define WORKERS		6
#define EACH		20

static int compare(const void *a, const void *b)
{
	return *(const pid_t *)a - *(const pid_t *)b;
}

/* Pairs of equal numbers, after sorting; numbers below 1 count too. */
static int bad_numbers(pid_t *pids, int count)
{
	int bad = 0;

	qsort(pids, count, sizeof(*pids), compare);
	for (int i = 0; i < count; i++)
		bad += pids[i] < 1 || (i && pids[i] == pids[i - 1]);
	return bad;
}

/* Workers fork at once; all their children stay. Returns when they are there. */
static void fork_crowd(pid_t *pids)
{
	int start = gate_make(), done = gate_make();

	for (int worker = 0; worker < WORKERS; worker++) {
		if (spawn(0))
			continue;
		gate_pass(start);
		for (int i = 0; i < EACH; i++)
			pids[worker * EACH + i] = parked(0);
		gate_open(done);
		park();
	}
	for (int worker = 0; worker < WORKERS; worker++)
		gate_open(start);
	for (int worker = 0; worker < WORKERS; worker++)
		gate_pass(done);
}

TEST_F_TIMEOUT(pidns, forks_at_once_get_different_numbers, 120)
{
	pid_t *pids = shared(WORKERS * EACH * sizeof(*pids));

	IN_CHILD(CLONE_NEWPID) {
		fork_crowd(pids);
		EXPECT_EQ(0, bad_numbers(pids, WORKERS * EACH));
		/* Nobody else was there: 1 is init, then all in a row. */
		EXPECT_EQ(2 + WORKERS * EACH + WORKERS - 1,
			  read_long(LAST_PID));
	}
}

TEST_F_TIMEOUT(pidns, forks_at_once_in_several_namespaces_stay_apart, 120)
{
	pid_t *pids[4], inits[4];
	int gate = gate_make();

	for (int i = 0; i < 4; i++) {
		pids[i] = shared(WORKERS * EACH * sizeof(pid_t));
		inits[i] = spawn(CLONE_NEWPID);
		if (!inits[i]) {
			fork_crowd(pids[i]);
			EXPECT_EQ(1 + WORKERS * (EACH + 1), read_long(LAST_PID));
			gate_open(gate);
			park();
		}
	}
	for (int i = 0; i < 4; i++)
		gate_pass(gate);
	for (int i = 0; i < 4; i++) {
		EXPECT_EQ(0, bad_numbers(pids[i], WORKERS * EACH));
		EXPECT_EQ(128 + SIGKILL, end(inits[i]));
	}
}

static int failures;

static void *fork_and_reap(void *count)
{
	for (int i = 0; i < *(int *)count; i++) {
		pid_t pid = spawn(0);

		if (!pid)
			_exit(i % 100);
		if (pid < 0 || wait_exit(pid) != i % 100)
			__sync_fetch_and_add(&failures, 1);
	}
	return NULL;
}

TEST_F_TIMEOUT(pidns, threads_fork_and_reap_at_once, 120)
{
	int count = 50;

	IN_CHILD(CLONE_NEWPID) {
		pthread_t threads[8];

		for (int i = 0; i < 8; i++)
			ASSERT_EQ(0, pthread_create(&threads[i], NULL,
						    fork_and_reap, &count));
		for (int i = 0; i < 8; i++)
			pthread_join(threads[i], NULL);
		EXPECT_EQ(0, failures);
		/* Each thread and each child took one, none was lost. */
		EXPECT_EQ(1 + 8 + 8 * count, read_long(LAST_PID));
		EXPECT_EQ(-ECHILD, wait_exit(-1));
	}
}

static void *note_tid(void *tid)
{
	*(pid_t *)tid = syscall(__NR_gettid);
	return NULL;
}

TEST_F_TIMEOUT(pidns, threads_at_once_get_different_numbers, 120)
{
	IN_CHILD(CLONE_NEWPID) {
		pthread_t threads[60];
		pid_t tids[60];

		for (int i = 0; i < 60; i++)
			ASSERT_EQ(0, pthread_create(&threads[i], NULL, note_tid,
						    &tids[i]));
		for (int i = 0; i < 60; i++)
			pthread_join(threads[i], NULL);
		EXPECT_EQ(0, bad_numbers(tids, 60));
		EXPECT_EQ(61, read_long(LAST_PID));
	}
}

TEST_F_TIMEOUT(pidns, namespaces_made_and_ended_are_given_back, 120)
{
	IN_CHILD(CLONE_NEWUSER) {
		pid_t inits[5];

		ASSERT_EQ(0, write_long("/proc/sys/user/max_pid_namespaces", 5));
		for (int i = 0; i < 100; i++) {
			pid_t init;

			/* They are freed a little later than they end. */
			ASSERT_TRUE(WAIT_UNTIL((init = parked(CLONE_NEWPID)) > 0));
			EXPECT_EQ(128 + SIGKILL, end(init));
		}
		for (int i = 0; i < 5; i++) {
			EXPECT_TRUE(WAIT_UNTIL((inits[i] =
						parked(CLONE_NEWPID)) > 0));
		}
		EXPECT_EQ(-ENOSPC, try_spawn(CLONE_NEWPID));
		for (int i = 0; i < 5; i++)
			end(inits[i]);
	}
}

TEST_F_TIMEOUT(pidns, namespaces_never_filled_are_given_back, 120)
{
	IN_CHILD(CLONE_NEWUSER) {
		ASSERT_EQ(0, write_long("/proc/sys/user/max_pid_namespaces", 2));
		for (int i = 0; i < 50; i++) {
			IN_CHILD(0)
				EXPECT_TRUE(WAIT_UNTIL(!unshare(CLONE_NEWPID)));
		}
		EXPECT_TRUE(WAIT_UNTIL(!unshare(CLONE_NEWPID)));
	}
}

TEST_F_TIMEOUT(pidns, setns_forks_against_a_dying_init_end_in_enomem, 120)
{
	for (int round = 0; round < 10; round++) {
		pid_t init = parked(CLONE_NEWPID), pid;
		int started = gate_make(), forks = 0;

		IN_CHILD(0) {
			ASSERT_EQ(0, ret(setns(ns_open(init, "pid"), CLONE_NEWPID)));
			while ((pid = spawn(0)) > 0) {
				EXPECT_LT(forks++, 100000);
				/* Killed by init's end, or by its own. */
				gate_open(started);
				pid = wait_exit(pid);
				EXPECT_TRUE(pid == 0 || pid == 128 + SIGKILL);
				if (forks == 5)
					kill(init, SIGKILL);
			}
			if (!pid)
				_exit(0);
			EXPECT_EQ(-ENOMEM, pid);
			EXPECT_LE(5, forks);
		}
		EXPECT_EQ(128 + SIGKILL, wait_exit(init));
		close(started);
	}
}

TEST_F_TIMEOUT(pidns, init_dies_while_all_fork, 120)
{
	for (int round = 0; round < 5; round++) {
		int going = gate_make(), pipes[2];
		pid_t init;
		char byte;

		ASSERT_EQ(0, pipe(pipes));
		init = spawn(CLONE_NEWPID);
		if (!init) {
			for (int i = 0; i < 4; i++) {
				if (spawn(0))
					continue;
				gate_open(going);
				while (next_number() > 0)
					;
				_exit(0);
			}
			park();
		}
		close(pipes[1]);
		for (int i = 0; i < 4; i++)
			gate_pass(going);
		EXPECT_EQ(128 + SIGKILL, end(init));
		EXPECT_EQ(0, read(pipes[0], &byte, 1));
		close(pipes[0]);
		close(going);
	}
}

TEST_F_TIMEOUT(pidns, proc_lists_those_that_stay_while_others_come_and_go, 120)
{
	IN_CHILD(CLONE_NEWPID | CLONE_NEWNS) {
		pid_t stay[30];

		ASSERT_EQ(0, mount_proc());
		for (int i = 0; i < 30; i++) {
			stay[i] = parked(0);
			next_number();
		}
		if (!spawn(0))
			while (next_number() > 0)
				;
		for (int round = 0; round < 30; round++) {
			DIR *proc = opendir("/proc");
			struct dirent *entry;
			int found = 0, last = 0, number;

			while (proc && (entry = readdir(proc))) {
				number = atoi(entry->d_name);
				if (!number)
					continue;
				EXPECT_LT(last, number);
				last = number;
				found += !!bsearch(&number, stay, 30,
						   sizeof(*stay), compare);
			}
			EXPECT_EQ(30, found);
			closedir(proc);
		}
	}
}

TEST_F_TIMEOUT(pidns, wanted_numbers_at_once_go_to_one_each, 120)
{
	IN_CHILD(CLONE_NEWPID) {
		int start = gate_make(), *won = shared(100 * sizeof(*won));
		pid_t workers[4], pid;

		for (int worker = 0; worker < 4; worker++) {
			workers[worker] = spawn(0);
			if (workers[worker])
				continue;
			gate_pass(start);
			for (int i = 0; i < 100; i++) {
				pid = spawn_tid(1000 + i);
				if (!pid)
					park();
				if (pid > 0)
					__sync_fetch_and_add(&won[i], 1);
				else
					EXPECT_EQ(-EEXIST, pid);
			}
			gate_open(start);
			park();
		}
		for (int worker = 0; worker < 4; worker++)
			gate_open(start);
		for (int i = 0; i < 100; i++)
			EXPECT_TRUE(WAIT_UNTIL(won[i] == 1));
	}
}

TEST_F_TIMEOUT(pidns, failed_forks_lose_no_numbers, 120)
{
	pid_t init = parked(CLONE_NEWPID), taken[] = { 20, 1 }, pid;
	int failed = 0;

	for (int i = 0; i < 200; i++)
		failed += spawn_in(init, taken, 2) == -EEXIST;
	EXPECT_EQ(200, failed);
	/* Were it kept once, it would be taken now. */
	pid = spawn_in(init, taken, 1);
	if (!pid)
		_exit(getpid());
	EXPECT_EQ(20, wait_exit(pid));
	end(init);
}

TEST_HARNESS_MAIN
