// SPDX-License-Identifier: GPL-2.0-only
/*
 * Epochs: a reader notes the epoch it began in. The epoch moves on when no
 * reader is in an older one, so what was unlinked in epoch N is out of every
 * reader's hands in epoch N + 2. A thread keeps its callbacks to itself.
 */

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include "native.h"

#define MAX_THREADS	256
/* Callbacks between two looks at the readers. */
#define BATCH		32

struct rcu_thread {
	unsigned long	seen;		/* epoch of a reader, 0 outside */
	unsigned int	depth;
	bool		used;
} __attribute__((aligned(128)));

struct rcu_list {
	struct rcu_head *first;
	struct rcu_head **end;
};

static struct rcu_thread threads[MAX_THREADS];
static int nr_threads;
static pthread_mutex_t threads_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long epoch __attribute__((aligned(128))) = 1;

#ifdef __SANITIZE_THREAD__
int native_fence;
#endif

static __thread struct rcu_thread *self;
/* By age: [0] is being filled, in the epoch filling. */
static __thread struct rcu_list lists[3];
static __thread unsigned long filling;
static __thread unsigned int queued;

void rcu_enter(void)
{
	int i;

	pthread_mutex_lock(&threads_lock);
	for (i = 0; i < nr_threads && threads[i].used; i++)
		;
	assert(i < MAX_THREADS);
	threads[i].used = true;
	if (i == nr_threads)
		__atomic_store_n(&nr_threads, i + 1, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&threads_lock);

	self = &threads[i];
	for (i = 0; i < 3; i++)
		lists[i] = (struct rcu_list){ NULL, &lists[i].first };
	filling = __atomic_load_n(&epoch, __ATOMIC_ACQUIRE);
}

void rcu_read_lock(void)
{
	if (self->depth++)
		return;
	/* An exchange and a barrier: the store is out before the first load. */
	__atomic_exchange_n(&self->seen,
			    __atomic_load_n(&epoch, __ATOMIC_ACQUIRE),
			    __ATOMIC_SEQ_CST);
	smp_mb();
}

void rcu_read_unlock(void)
{
	if (--self->depth)
		return;
	__atomic_store_n(&self->seen, 0, __ATOMIC_RELEASE);
}

static void try_to_move_on(void)
{
	unsigned long now = __atomic_load_n(&epoch, __ATOMIC_ACQUIRE), seen;
	int i, count = __atomic_load_n(&nr_threads, __ATOMIC_ACQUIRE);

	smp_mb();
	for (i = 0; i < count; i++) {
		seen = __atomic_load_n(&threads[i].seen, __ATOMIC_SEQ_CST);
		if (seen && seen != now)
			return;
	}
	__atomic_compare_exchange_n(&epoch, &now, now + 1, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

static void run(struct rcu_list *list)
{
	struct rcu_head *head = list->first, *next;

	list->first = NULL;
	list->end = &list->first;
	for (; head; head = next) {
		next = head->next;
		head->func(head);
	}
}

static void append(struct rcu_list *to, struct rcu_list *from)
{
	if (!from->first)
		return;
	*to->end = from->first;
	to->end = from->end;
	from->first = NULL;
	from->end = &from->first;
}

/* Let the lists grow older with the epoch, run what is old enough. */
static void age(void)
{
	unsigned long now = __atomic_load_n(&epoch, __ATOMIC_ACQUIRE);

	for (; filling != now && (lists[0].first || lists[1].first ||
				  lists[2].first); filling++) {
		run(&lists[2]);
		append(&lists[2], &lists[1]);
		append(&lists[1], &lists[0]);
	}
	filling = now;
}

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	/* What was unlinked is so for all before the epoch is read. */
	smp_mb();
	age();

	head->func = func;
	head->next = NULL;
	*lists[0].end = head;
	lists[0].end = &head->next;
	if (++queued % BATCH == 0) {
		try_to_move_on();
		age();
	}
}

void rcu_drain(void)
{
	while (lists[0].first || lists[1].first || lists[2].first) {
		try_to_move_on();
		age();
		sched_yield();
	}
}

void rcu_leave(void)
{
	rcu_drain();
	pthread_mutex_lock(&threads_lock);
	self->used = false;
	pthread_mutex_unlock(&threads_lock);
	self = NULL;
}
