/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lock of both sides, in place of the mutex that the kernel's own shims
 * take: a ticket lock, which is first come, first served, as the kernel's is;
 * an unfair one lets whoever just had it have it again, and so hides what many
 * short holds cost. It can add up for how long it was held; that is off where
 * throughput is measured.
 */
#ifndef _NATIVE_SPINLOCK_H
#define _NATIVE_SPINLOCK_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <linux/compiler.h>
#include <linux/stall.h>

/* A hold longer than this had another process on its CPU in the middle. */
#define SPIN_PREEMPTED	50000

/* Locks that are told apart when holds are added up; the others are number 0. */
#define SPIN_LOCKS	128

typedef struct {
	uint16_t	tail;		/* the next ticket */
	uint16_t	head;		/* the ticket whose turn it is */
	unsigned int	id;
} spinlock_t;

#define __SPIN_LOCK_UNLOCKED(x)	{ 0 }
#define lockdep_assert_held(x)	((void)(x))
#define DEFINE_SPINLOCK(x)	spinlock_t x = __SPIN_LOCK_UNLOCKED(x)

/* A thread's own: adding up must not move the lock's line between CPUs. */
struct spin_stat {
	uint64_t	since;
	uint64_t	held[SPIN_LOCKS];
	uint64_t	holds[SPIN_LOCKS];
};

extern __thread struct spin_stat spin_stat;
extern bool spin_timed;

/* All before is done when the clock is read, nothing after has begun. */
static inline uint64_t spin_clock(void)
{
#if defined(__x86_64__)
	uint32_t low, high;

	asm volatile("lfence\n\trdtsc\n\tlfence"
		     : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
#else
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
#endif
}

static inline void spin_pause(void)
{
#if defined(__x86_64__)
	asm volatile("pause");
#elif defined(__aarch64__)
	asm volatile("yield");
#endif
}

static inline void spin_lock_init(spinlock_t *lock)
{
	*lock = (spinlock_t){ 0 };
}

static inline void spin_wait(const spinlock_t *lock, uint16_t mine)
{
	int spins = 0;

	while (__atomic_load_n(&lock->head, __ATOMIC_ACQUIRE) != mine) {
		spin_pause();
		/* Here, unlike in the kernel, a holder can be preempted. */
		if (++spins % 4096 == 0)
			sched_yield();
	}
}

static inline void spin_lock(spinlock_t *lock)
{
	uint16_t mine;

	/* Before it queues: who has a ticket holds up the others. */
	stall_before_lock();
	mine = __atomic_fetch_add(&lock->tail, 1, __ATOMIC_RELAXED);
	if (unlikely(__atomic_load_n(&lock->head, __ATOMIC_ACQUIRE) != mine))
		spin_wait(lock, mine);
	if (unlikely(spin_timed))
		spin_stat.since = spin_clock();
}

static inline void spin_unlock(spinlock_t *lock)
{
	if (unlikely(spin_timed)) {
		uint64_t time = spin_clock() - spin_stat.since;

		if (time < SPIN_PREEMPTED) {
			spin_stat.held[lock->id] += time;
			spin_stat.holds[lock->id]++;
		}
	}
	/* Nobody but the holder writes it. */
	__atomic_store_n(&lock->head, lock->head + 1, __ATOMIC_RELEASE);
}

/* There are no interrupts to keep away. */
#define spin_lock_nested(x, subclass)	spin_lock(x)
#define spin_lock_bh(x)			spin_lock(x)
#define spin_unlock_bh(x)		spin_unlock(x)
#define spin_lock_irq(x)		spin_lock(x)
#define spin_unlock_irq(x)		spin_unlock(x)
#define spin_lock_irqsave(x, f)		((void)(f), spin_lock(x))
#define spin_unlock_irqrestore(x, f)	((void)(f), spin_unlock(x))

#endif /* _NATIVE_SPINLOCK_H */
