/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RCU as ../../rcu.c does it: no library to install, callbacks that run on the
 * thread that queued them, as the kernel's do on their CPU, and nothing that
 * ThreadSanitizer can't follow.
 */
#ifndef _NATIVE_RCUPDATE_H
#define _NATIVE_RCUPDATE_H

#include <stdbool.h>
#include <linux/compiler.h>

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
void rcu_read_lock(void);
void rcu_read_unlock(void);
static inline bool rcu_read_lock_held(void) { return true; }

/* A load that others depend on: what the kernel has from the CPU's ordering. */
#define rcu_dereference_raw(p)		__atomic_load_n(&(p), __ATOMIC_CONSUME)
#define rcu_dereference(p)		rcu_dereference_raw(p)
#define rcu_dereference_check(p, c)	rcu_dereference_raw(p)
#define rcu_dereference_protected(p, c)	__atomic_load_n(&(p), __ATOMIC_RELAXED)
#define rcu_access_pointer(p)		__atomic_load_n(&(p), __ATOMIC_RELAXED)
#define rcu_assign_pointer(p, v)	__atomic_store_n(&(p), v, __ATOMIC_RELEASE)
#define RCU_INIT_POINTER(p, v)		__atomic_store_n(&(p), v, __ATOMIC_RELAXED)

#endif /* _NATIVE_RCUPDATE_H */
