/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests named border_* share: places to stand at, on each side of a
 * border between namespaces, and the number that is right in each.
 *
 * Places: "outside" is the test's own namespace, "below" the one of a child that
 * it made with CLONE_NEWPID, "deep" one below that, "beside" a second child's.
 * Whoever acts at a place is no init: a process that the place's init forked.
 *
 * /proc stays the test's own mount wherever a process is, so NSpid: of
 * /proc/self/status is the list of a process's numbers from outside to its own.
 */
#ifndef __BORDER_H
#define __BORDER_H

#include "pidns.h"
#include <sys/mman.h>

/* Why these tests can't be run, NULL if they can. */
static inline const char *unable(void)
{
	if (access("/proc/self/ns/pid", F_OK))
		return "the kernel has no pid namespaces";
	return geteuid() ? "needs root" : NULL;
}

enum place { OUTSIDE, BELOW, DEEP, BESIDE, PLACES };

/* A process's numbers: [0] is the one outside. */
struct numbers {
	pid_t nr[4];
	int count;
};

static inline struct numbers numbers_of(const char *path, const char *key)
{
	struct numbers numbers = { { 0 }, 0 };
	const char *list = field(path, key);
	char *rest;

	while (numbers.count < 4 && *list) {
		numbers.nr[numbers.count++] = strtol(list, &rest, 10);
		list = rest;
	}
	return numbers;
}

static inline struct numbers own_numbers(void)
{
	return numbers_of("/proc/self/status", "NStgid");
}

static inline struct numbers thread_numbers(void)
{
	return numbers_of("/proc/thread-self/status", "NSpid");
}

static inline int level_of(enum place place)
{
	return place == OUTSIDE ? 0 : place == DEEP ? 2 : 1;
}

/* Does a reader at one place see who is at another one. */
static inline bool sees(enum place reader, enum place who)
{
	return reader == who || reader == OUTSIDE ||
	       (reader == BELOW && who == DEEP);
}

/* The number of who is at a place, as a reader sees it; 0 if it doesn't. */
static inline pid_t seen_from(enum place reader, enum place who,
			      struct numbers numbers)
{
	return sees(reader, who) ? numbers.nr[level_of(reader)] : 0;
}

/* A namespace for one or several who come and go: its init waits to be killed. */
struct worlds {
	pid_t init[PLACES];
};

/* The outside numbers of the inits; with count processes in each before. */
static inline struct worlds make_worlds(void)
{
	struct worlds worlds = { { 0 } };
	pid_t *deep = shared(sizeof(*deep));
	int gate = gate_make();

	worlds.init[BELOW] = spawn(CLONE_NEWPID);
	if (!worlds.init[BELOW]) {
		pid_t pid = spawn(CLONE_NEWPID);

		if (!pid) {
			*deep = own_numbers().nr[0];
			gate_open(gate);
			park();
		}
		park();
	}
	gate_pass(gate);
	worlds.init[DEEP] = *deep;
	worlds.init[BESIDE] = parked(CLONE_NEWPID);
	close(gate);
	munmap(deep, sizeof(*deep));
	return worlds;
}

/* Forks into a place of a world. */
static inline pid_t spawn_at(const struct worlds *worlds, enum place place)
{
	if (place == OUTSIDE)
		return spawn(0);
	return spawn_in(worlds->init[place], NULL, 0);
}

/* The block after it runs at a place, 30 s at most, and is waited for. */
#define AT_PLACE(worlds, place) \
	for (pid_t child_ = begin_at(_metadata, worlds, place); !child_; _exit(0))

static inline pid_t begin_at(struct __test_metadata *_metadata,
			     const struct worlds *worlds, enum place place)
{
	pid_t pid = spawn_at(worlds, place);

	if (!pid) {
		alarm(30);
		return 0;
	}
	EXPECT_EQ(0, wait_exit(pid)) {
		TH_LOG("who acted at place %d ended badly", place);
	}
	return pid;
}

static inline void end_worlds(struct worlds *worlds)
{
	end(worlds->init[BELOW]);
	end(worlds->init[BESIDE]);
}

/* An actor's file of that number, as the caller's own. */
static inline int take_fd(pid_t pid, int fd)
{
	int pidfd = syscall(__NR_pidfd_open, pid, 0);
	int taken = ret(syscall(__NR_pidfd_getfd, pidfd, fd, 0));

	close(pidfd);
	return taken;
}

/* Runs fn() in a thread or, with as_thread 0, in the caller itself. */
static inline void run(bool as_thread, void *(*fn)(void *), void *arg)
{
	pthread_t thread;

	if (!as_thread || pthread_create(&thread, NULL, fn, arg))
		fn(arg);
	else
		pthread_join(thread, NULL);
}

/* A signal that is waited for; -1 as its si_pid says that none came in 10 s. */
static inline siginfo_t await_signal(int sig)
{
	struct timespec limit = { .tv_sec = 10 };
	siginfo_t info = { .si_pid = -1 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	if (sigtimedwait(&set, &info, &limit) != sig) {
		memset(&info, 0, sizeof(info));
		info.si_pid = -1;
	}
	return info;
}

static inline void block(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* Memory for one of a type that a test and its children see. */
#define SHARED(type)	((__typeof__(type) *)shared(sizeof(type)))

#ifdef BORDER_FIXTURE
/* Somebody acts at one place and somebody reads of it at another one. */
FIXTURE(border) {
	struct worlds worlds;
	struct numbers *actor;	/* filled in by who acts */
	siginfo_t *info;
	int *fd;
	int ready, go;		/* gates */
	pid_t pid;		/* ended with the test, if it is set */
};

FIXTURE_VARIANT(border) {
	enum place from, to;
};

FIXTURE_SETUP(border)
{
	if (unable())
		SKIP(return, "%s", unable());
	/* The harness's own process is in the group that it made. */
	setpgid(0, 0);
	block(SIGUSR1);
	self->worlds = make_worlds();
	self->actor = SHARED(struct numbers);
	self->info = SHARED(siginfo_t);
	self->fd = SHARED(int);
	self->ready = gate_make();
	self->go = gate_make();
}

FIXTURE_TEARDOWN(border)
{
	if (self->pid > 0)
		end(self->pid);
	end_worlds(&self->worlds);
}

FIXTURE_VARIANT_ADD(border, outside_to_outside) { OUTSIDE, OUTSIDE };
FIXTURE_VARIANT_ADD(border, outside_to_below) { OUTSIDE, BELOW };
FIXTURE_VARIANT_ADD(border, outside_to_deep) { OUTSIDE, DEEP };
FIXTURE_VARIANT_ADD(border, below_to_outside) { BELOW, OUTSIDE };
FIXTURE_VARIANT_ADD(border, below_to_below) { BELOW, BELOW };
FIXTURE_VARIANT_ADD(border, below_to_deep) { BELOW, DEEP };
FIXTURE_VARIANT_ADD(border, below_to_beside) { BELOW, BESIDE };
FIXTURE_VARIANT_ADD(border, deep_to_outside) { DEEP, OUTSIDE };
FIXTURE_VARIANT_ADD(border, deep_to_below) { DEEP, BELOW };
#endif

#endif /* __BORDER_H */
