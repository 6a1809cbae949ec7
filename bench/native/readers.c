// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readers beside writers. Each entry says which number it was published for,
 * and its memory goes after a grace period, as a pid's does: a checker sees who
 * looks too long. Some numbers are published all the time: they are found, and
 * no walk may pass them by.
 */

#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/errno.h>
#include <linux/pid_table.h>
#include "pid_table_fast.h"
#include "native.h"
#include "test.h"

#define WRITERS		3
#define READERS		2
#define WINDOW		200
#define ALIVE		0x616c697665ULL
#define DEAD		0x64656164ULL

struct entry {
	uint64_t	life;
	unsigned int	nr;
	struct rcu_head	rcu;
};

/* What is done on a table: numbers in turn below max, some certain ones. */
struct scene {
	unsigned int	max;
	unsigned int	certain_max;
	unsigned int	certain_every;	/* so many: one in certain_every */
	unsigned int	window;		/* numbers that are held at most */
	unsigned int	anchors[4];	/* ascending, 0 ends */
};

static const struct scene scenes[] = {
	/* Wraps all the time. */
	{ 400, 400, 8, WINDOW, { 1, 64, 390 } },
	/* The root grows and shrinks all the time. */
	{ 700, 300000, 2, 4, { 1 } },
	{ 5000, 5000, 8, WINDOW, { 1, 63, 4096, 4999 } },
	{ 20000, PID_TABLE_LIMIT, 8, WINDOW,
	  { 2, 5000, 300000, PID_TABLE_LIMIT - 1 } },
	/* Down to nothing, and again. */
	{ 500, 5000, 4, 6, { 0 } },
};

static const struct scene *scene;
static struct pid_table *t;
static struct entry *held[WINDOW];
static struct entry anchors[4];
/* Who has a number: two at once is what a table must not do. */
static unsigned char owned[PID_TABLE_LIMIT];
static uint64_t steps, lookups;
static bool stop;

struct runner {
	pthread_t	thread;
	uint64_t	seed;
	bool		last_mover;
};

#ifdef STALLS
/* A writer's own, 0 in other threads: those never wait. */
static __thread uint64_t stall_random;

/* As long as it takes others to fill and empty leaves, once in so many times. */
static void stall_once_in(unsigned int odds)
{
	if (stall_random && random_u32(&stall_random) % odds == 0)
		usleep(random_u32(&stall_random) % 1000);
}

void stall(void)
{
	stall_once_in(1024);
}

/* There are few locks. */
void stall_before_lock(void)
{
	stall_once_in(16);
}

static void stall_from(uint64_t seed)
{
	stall_random = seed;
}
#else
static void stall_from(uint64_t seed) { }
#endif

static void free_entry(struct rcu_head *rcu)
{
	struct entry *entry = container_of(rcu, struct entry, rcu);

	entry->life = DEAD;
	free(entry);
}

static struct entry *take_number(unsigned int certain, bool hide)
{
	struct entry *entry;
	void __rcu **slot;
	int nr;

	nr = certain ? pid_table_reserve_nr(t, certain, &slot) :
		       pid_table_reserve(t, scene->max, &slot);
	if (certain ? nr == -EEXIST : nr == -EAGAIN)
		return NULL;
	check(nr > 0 && nr < PID_TABLE_LIMIT, "reserve(%u) is %d", certain, nr);
	check(!__atomic_exchange_n(&owned[nr], 1, __ATOMIC_RELAXED),
	      "%d was given out twice", nr);

	entry = malloc(sizeof(*entry));
	entry->life = ALIVE;
	entry->nr = nr;
	if (!hide)
		pid_table_publish(slot, entry);
	return entry;
}

static void give_back(struct entry *entry)
{
	owned[entry->nr] = 0;
	pid_table_erase(t, entry->nr);
	call_rcu(&entry->rcu, free_entry);
}

/*
 * All writers have their numbers in common, as all processors that may reap a
 * process: one is late with the first number of a leaf, others go on with the rest.
 */
static void give_back_any(unsigned int i)
{
	struct entry *entry = __atomic_exchange_n(&held[i], NULL, __ATOMIC_ACQ_REL);

	if (entry)
		give_back(entry);
}

static void hold(unsigned int i, struct entry *entry)
{
	struct entry *none = NULL;

	if (entry && !__atomic_compare_exchange_n(&held[i], &none, entry, false,
						  __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		give_back(entry);
}

static bool is_held(unsigned int i)
{
	return __atomic_load_n(&held[i], __ATOMIC_RELAXED);
}

/* In turn, as many as there is room for: leaves that are full. */
static void take_all(unsigned int window)
{
	unsigned int i;

	for (i = 0; i < window; i++)
		if (!is_held(i))
			hold(i, take_number(0, false));
}

static void give_all_back(void)
{
	unsigned int i;

	for (i = 0; i < WINDOW; i++)
		give_back_any(i);
}

static void *write_numbers(void *data)
{
	struct runner *self = data;
	uint64_t random = self->seed;
	unsigned int certain, i, window = 1;

	rcu_enter();
	stall_from(random);
	for (operation = 0; operation < steps; operation++) {
		/* Few and many at a time: leaves and roots come and go. */
		if (operation % 256 == 0) {
			give_all_back();
			window = 1 + random_u32(&random) % scene->window;
			take_all(window);
		}
		i = random_u32(&random) % window;
		if (is_held(i)) {
			give_back_any(i);
			continue;
		}
		certain = 0;
		if (random_u32(&random) % scene->certain_every == 0)
			certain = 1 + random_u32(&random) %
				  (scene->certain_max - 1);
		hold(i, take_number(certain, random_u32(&random) % 8 == 0));
		if (self->last_mover && random_u32(&random) % 256 == 0)
			pid_table_set_last(t, random_u32(&random) % scene->max);
		if (random_u32(&random) % 64 == 0)
			sched_yield();
	}
	give_all_back();
	stall_from(0);
	rcu_leave();
	slab_drain();
	return NULL;
}

static struct entry *anchor_from(unsigned int nr)
{
	int i;

	for (i = 0; i < 4; i++)
		if (anchors[i].nr && anchors[i].nr >= nr)
			return &anchors[i];
	return NULL;
}

static void check_found(struct entry *entry, const char *how, unsigned int nr)
{
	check(entry->life == ALIVE, "%s(%u) found memory that was freed", how,
	      nr);
	check(entry->nr < PID_TABLE_LIMIT, "%s(%u) found no entry", how, nr);
}

static void look_up(unsigned int nr)
{
	struct entry *entry, *anchor = anchor_from(nr);

	check(pid_table_last(t) < PID_TABLE_LIMIT, "the last number is %u",
	      pid_table_last(t));
	rcu_read_lock();
	entry = pid_table_find(t, nr);
	if (entry) {
		check_found(entry, "find", nr);
		check(entry->nr == nr, "find(%u) found %u", nr, entry->nr);
	}
	if (anchor && anchor->nr == nr)
		check(entry == anchor, "find(%u) lost what is always there", nr);
	rcu_read_unlock();
}

static unsigned int look_on(unsigned int nr)
{
	struct entry *entry, *anchor = anchor_from(nr);
	unsigned int found = 0;

	rcu_read_lock();
	entry = pid_table_next(t, nr);
	if (entry) {
		check_found(entry, "next", nr);
		found = entry->nr;
		check(found >= nr, "next(%u) went back to %u", nr, found);
	}
	check(!anchor || (entry && found <= anchor->nr),
	      "next(%u) passed by %u, which is always there, and found %u", nr,
	      anchor ? anchor->nr : 0, found);
	rcu_read_unlock();
	return found;
}

static void *read_numbers(void *data)
{
	struct runner *self = data;
	uint64_t random = self->seed, count = 0;
	unsigned int nr, limit;

	rcu_enter();
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		limit = random_u32(&random) % 2 ? scene->max : scene->certain_max;
		nr = random_u32(&random) % limit;
		look_up(nr);
		look_up(anchors[random_u32(&random) % 4].nr);
		look_on(nr);
		count += 3;
		/* Now and then all of it, as readdir of /proc does. */
		if (random_u32(&random) % 512 == 0)
			for (nr = 1; (nr = look_on(nr)); nr++)
				count++;
		operation = count;
	}
	__atomic_fetch_add(&lookups, count, __ATOMIC_RELAXED);
	rcu_leave();
	slab_drain();
	return NULL;
}

/* Each number below max can be had in turn but those that are taken. */
static void check_no_number_is_lost(void)
{
	unsigned int nr, wanted = scene->max - 1, had = 0;
	struct entry *anchor;
	void __rcu **slot;
	int i;

	for (i = 0; i < 4 && anchors[i].nr; i++)
		wanted -= anchors[i].nr < scene->max;
	pid_table_set_last(t, 0);
	while (pid_table_reserve(t, scene->max, &slot) > 0)
		had++;
	check(had == wanted, "%u numbers can be had, not %u", had, wanted);
	for (nr = 1; nr < scene->max; nr++) {
		anchor = anchor_from(nr);
		if (!anchor || anchor->nr != nr)
			pid_table_erase(t, nr);
	}
}

static void play(uint64_t seed)
{
	struct runner runners[WRITERS + READERS];
	void __rcu **slot;
	int i, got;

	t = calloc(1, sizeof(*t));
	pid_table_init(t);
	memset(anchors, 0, sizeof(anchors));
	for (i = 0; i < 4 && scene->anchors[i]; i++) {
		anchors[i].nr = scene->anchors[i];
		anchors[i].life = ALIVE;
		owned[anchors[i].nr] = 1;
		got = pid_table_reserve_nr(t, anchors[i].nr, &slot);
		check(got == anchors[i].nr, "reserve(%u) is %d", anchors[i].nr,
		      got);
		pid_table_publish(slot, &anchors[i]);
	}

	stop = false;
	for (i = 0; i < WRITERS + READERS; i++) {
		runners[i].seed = (seed + i) * 0x9e3779b97f4a7c15ULL | 1;
		runners[i].last_mover = i == 0;
		if (pthread_create(&runners[i].thread, NULL, i < WRITERS ?
				   write_numbers : read_numbers, &runners[i]))
			errx(1, "no thread");
	}
	for (i = 0; i < WRITERS; i++)
		pthread_join(runners[i].thread, NULL);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (; i < WRITERS + READERS; i++)
		pthread_join(runners[i].thread, NULL);

	check_no_number_is_lost();
	for (i = 0; i < 4 && anchors[i].nr; i++) {
		owned[anchors[i].nr] = 0;
		pid_table_erase(t, anchors[i].nr);
	}
	check(!pid_table_count(t, 1), "numbers are left");
	rcu_drain();
	pid_table_destroy(t);
	free(t);
	check(!slab_objects(), "%ld nodes stay after all", slab_objects());
}

uint64_t test_readers(uint64_t operations, uint64_t seed)
{
	unsigned int i;

	steps = operations / ARRAY_SIZE(scenes) / WRITERS;
	for (i = 0; i < ARRAY_SIZE(scenes); i++) {
		scene = &scenes[i];
		play(seed + i * 100);
	}
	return lookups;
}
