/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Atomic operations by the compiler's builtins, which the kernel's shims have in
 * assembler or not at all: ThreadSanitizer has to see them.
 */
#ifndef _NATIVE_ATOMIC_H
#define _NATIVE_ATOMIC_H

#include <linux/compiler.h>
#include <linux/stall.h>
#include <linux/types.h>
#include <asm/barrier.h>

#undef cmpxchg
#undef smp_mb

#ifdef __SANITIZE_THREAD__
/* It knows no fences: an atomic change that all such have in common. */
extern int native_fence;
#define smp_mb()	((void)__atomic_fetch_add(&native_fence, 0, __ATOMIC_SEQ_CST))
#else
#define smp_mb()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif

/* An atomic change, with a moment before it and one after. */
#define stalled(change)							\
({									\
	stall();							\
	typeof(change) __did = (change);				\
	stall();							\
	__did;								\
})

#define atomic_read(v)		__atomic_load_n(&(v)->counter, __ATOMIC_RELAXED)
#define atomic_set(v, i)	__atomic_store_n(&(v)->counter, i, __ATOMIC_RELAXED)
#define atomic_fetch_inc(v)	stalled(__atomic_fetch_add(&(v)->counter, 1, __ATOMIC_SEQ_CST))
#define atomic_long_fetch_sub(i, v)	stalled(__atomic_fetch_sub(&(v)->counter, i, __ATOMIC_SEQ_CST))
#define atomic_try_cmpxchg(v, old, new)	try_cmpxchg(&(v)->counter, old, new)

#define try_cmpxchg(ptr, old, new)					\
	stalled(__atomic_compare_exchange_n(ptr, old, new, false,	\
					    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))

#define cmpxchg(ptr, old, new)						\
({									\
	typeof(*(ptr)) __was = (old);					\
	try_cmpxchg(ptr, &__was, new);					\
	__was;								\
})

#define test_and_set_bit(nr, addr)					\
({									\
	unsigned long __bit = 1UL << (nr) % (8 * sizeof(long));		\
	!!(stalled(__atomic_fetch_or(addr, __bit, __ATOMIC_SEQ_CST)) & __bit); \
})

#endif /* _NATIVE_ATOMIC_H */
