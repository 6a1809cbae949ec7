// SPDX-License-Identifier: GPL-2.0-only
/*
 * What pids cost: one figure a line, "NAME DEPTH NANOSECONDS".
 *
 * Under "qemu -icount shift=0" the guest's clock advances by one nanosecond an
 * instruction, so these are instructions. Operations are given as the median of
 * many: timer ticks and RCU batches land in some of them, and would move a mean by
 * 5 %. They are timed in twos: each exit adds 8 bytes and the time to the entropy
 * pool, which hashes every second time, for 1,600 instructions; the median of
 * single ones would be one or the other. Loops of short calls are given as a mean.
 *
 * On a kernel without pid namespaces only depth 0 is measured, by -p 0.
 *
 * Usage: pidbench [-n ROUNDS] [-p PROCESSES] DEPTH...
 *	  pidbench -f FIGURE	for scripts/profile: ROUNDS times spawn, newpid
 *				or thread at depth 0 between "begin" and "end"
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CALLS	20000
#define DEEPEST	31

static int rounds = 1000;
static int processes = 10000;
/* clone() wants the top of it aligned, and its size keeps that. */
static _Alignas(16) char stack[65536];

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static void report(const char *name, int depth, double value)
{
	printf("%s %d %.1f\n", name, depth, value);
	fflush(stdout);
}

static void report_median(const char *name, int depth, void (*op)(void))
{
	long long *cost = calloc(rounds, sizeof(*cost)), start;
	int i;

	for (i = 0; i < rounds / 10; i++)
		op();
	for (i = 0; i < rounds; i++) {
		start = now();
		op();
		op();
		cost[i] = now() - start;
	}
	qsort(cost, rounds, sizeof(*cost), by_value);
	report(name, depth, cost[rounds / 2] / 2.0);
	free(cost);
}

static int leave(void *arg)
{
	_exit(0);
}

static void spawn(int flags)
{
	int pid = clone(leave, stack + sizeof(stack), flags | SIGCHLD, NULL);

	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		err(1, "clone");
}

static void op_spawn(void)
{
	spawn(CLONE_VM | CLONE_VFORK);
}

static void op_newpid(void)
{
	spawn(CLONE_VM | CLONE_VFORK | CLONE_NEWPID);
}

static void op_fork(void)
{
	spawn(0);
}

static void *nothing(void *arg)
{
	return NULL;
}

static void op_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, nothing, NULL) ||
	    pthread_join(thread, NULL))
		errx(1, "pthread_create");
}

#define MEAN(name, depth, call)						\
do {									\
	long long start;							\
	int i;								\
									\
	for (i = 0; i < CALLS / 10; i++)				\
		(void)!(call);						\
	start = now();							\
	for (i = 0; i < CALLS; i++)					\
		(void)!(call);						\
	report(name, depth, (double)(now() - start) / CALLS);		\
} while (0)

static void calls(int depth)
{
	int self = getpid();

	MEAN("kill", depth, syscall(SYS_kill, self, 0));
	MEAN("getpid", depth, syscall(SYS_getpid));
	MEAN("gettid", depth, syscall(SYS_gettid));
	MEAN("getppid", depth, syscall(SYS_getppid));
	MEAN("getpgid", depth, syscall(SYS_getpgid, 0));
	MEAN("getsid", depth, syscall(SYS_getsid, 0));
}

static void measure(int depth)
{
	calls(depth);
	report_median("spawn", depth, op_spawn);
	report_median("thread", depth, op_thread);
	report_median("fork", depth, op_fork);
	if (depth < DEEPEST && !access("/proc/self/ns/pid", F_OK))
		report_median("newpid", depth, op_newpid);
}

struct nest {
	int depth;
	int left;
};

/*
 * Go down to where it is measured: always DEEPEST processes, of which the last
 * depth ones begin a namespace. So each depth is measured in a process with the
 * same history, and as many mappings.
 */
static int nested(void *arg)
{
	struct nest *nest = arg;
	int flags = nest->left <= nest->depth ? CLONE_NEWPID : 0;
	char *mine;
	int pid;

	if (!nest->left) {
		measure(nest->depth);
		return 0;
	}
	nest->left--;
	mine = malloc(sizeof(stack));
	pid = clone(nested, mine + sizeof(stack), flags | SIGCHLD, nest);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		err(1, "clone at depth %d", nest->depth);
	return 0;
}

static int wait_for_death(void *arg)
{
	while (pause())
		;
	return 0;
}

/*
 * A namespace full of processes: how long is a readdir of its proc, its death.
 * They share their memory: freeing a copy of it costs several times as much as
 * all the rest of a death, and hides that. "death-fork" has it in.
 */
static int crowd(int *ready, bool share)
{
	enum { STACK = 4096 };
	int i, pid, count = 0;
	struct dirent *entry;
	long long start;
	char *stacks;
	DIR *proc;

	stacks = mmap(NULL, (size_t)processes * STACK, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stacks == MAP_FAILED)
		err(1, "mmap");
	setsid();
	if (mount("proc", "/proc", "proc", 0, NULL))
		err(1, "mount /proc");
	for (i = 0; i < processes; i++) {
		if (share)
			pid = clone(wait_for_death, stacks + (i + 1L) * STACK,
				    CLONE_VM | SIGCHLD, NULL);
		else
			pid = fork();
		if (pid < 0)
			err(1, "process %d", i);
		if (!pid)
			wait_for_death(NULL);
	}
	proc = opendir("/proc");
	start = now();
	while ((entry = readdir(proc)))
		count += entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
	if (share)
		report("readdir", 1, (double)(now() - start) / count);
	if (count != processes + 1)
		errx(1, "%d entries in /proc, not %d", count, processes + 1);
	if (write(ready[1], "", 1) != 1)
		err(1, "pipe");
	for (;;)
		pause();
}

static void measure_crowd(const char *name, bool share)
{
	long long start;
	int ready[2], pid;
	char byte;

	if (pipe(ready))
		err(1, "pipe");
	pid = syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0);
	if (pid < 0)
		err(1, "clone");
	if (!pid) {
		crowd(ready, share);
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		errx(1, "the crowd did not form");
	start = now();
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	report(name, 1, (double)(now() - start) / processes);
}

static long slab_kib(void)
{
	char line[128];
	FILE *file = fopen("/proc/meminfo", "r");
	long kib = -1;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Slab: %ld", &kib) == 1)
			break;
	if (!file || kib < 0)
		errx(1, "no Slab in /proc/meminfo");
	fclose(file);
	return kib;
}

/* Slab pages that a process takes: as init of a namespace, or as plain one. */
static void measure_memory(const char *name, int flags)
{
	enum { COUNT = 2000 };
	int pids[COUNT], i;
	long before = 0;

	/* Twice: what is allocated once and kept is not counted. */
	for (int round = 0; round < 2; round++) {
		before = slab_kib();
		for (i = 0; i < COUNT; i++) {
			pids[i] = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
			if (pids[i] < 0)
				err(1, "clone");
			if (!pids[i])
				for (;;)
					pause();
		}
		if (round)
			report(name, 0, (slab_kib() - before) * 1024.0 / COUNT);
		for (i = 0; i < COUNT; i++) {
			kill(pids[i], SIGKILL);
			waitpid(pids[i], NULL, 0);
		}
		sleep(3);
	}
}

/* Pauses, for who looks at our output to be ready too. */
static void profile(const char *figure)
{
	static const struct {
		const char *name;
		void (*op)(void);
	} figures[] = {
		{ "spawn", op_spawn },
		{ "newpid", op_newpid },
		{ "thread", op_thread },
	};
	unsigned int i;
	int n;

	for (i = 0; strcmp(figures[i].name, figure); i++)
		if (i + 1 == sizeof(figures) / sizeof(*figures))
			errx(2, "no figure '%s': spawn, newpid, thread", figure);
	for (n = 0; n < 50; n++)
		figures[i].op();
	puts("begin");
	fflush(stdout);
	sleep(4);
	for (n = 0; n < rounds; n++)
		figures[i].op();
	puts("end");
	fflush(stdout);
	sleep(2);
}

int main(int argc, char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "n:p:f:")) != -1) {
		switch (opt) {
		case 'f':
			profile(optarg);
			return 0;
		case 'n':
			rounds = atoi(optarg);
			break;
		case 'p':
			processes = atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	if (rounds < 10 || processes < 0)
		errx(2, "-n takes 10 or more, -p 0 or more");
	for (; optind < argc; optind++) {
		struct nest nest = { atoi(argv[optind]), DEEPEST };

		if (nest.depth < 0 || nest.depth > DEEPEST)
			errx(2, "a depth is 0 to %d", DEEPEST);
		nested(&nest);
	}
	if (processes) {
		measure_memory("process-bytes", 0);
		measure_memory("namespace-bytes", CLONE_NEWPID);
		measure_crowd("death", true);
		measure_crowd("death-fork", false);
	}
	return 0;
}
