// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pid's life, and the way from a number to a pid.
 *
 * include/linux/pid.h has the words and the locking, include/linux/pid_table.h
 * the table in which each namespace keeps its numbers.
 *
 * A pid is born in alloc_pid() with a number in its namespace and in each one
 * above. All numbers are reserved before the first is published, so whoever
 * finds a pid finds it complete. No lock is taken for that but when a table's
 * shape changes; there is no lock that all namespaces share.
 *
 * It dies in free_pids() or free_pid(), called when the last task has left it and
 * tasklist_lock is dropped. In between, a lookup may still find it, without a task.
 * That of a thread that leads no group loses its numbers before the thread leaves
 * it: who sees the group end may ask for them.
 */

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/init_task.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/proc_ns.h>
#include <linux/rcuwait.h>
#include <linux/refcount.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include "pid_core.h"
#include "pid_table_fast.h"

#ifdef CONFIG_PID_NS
#define PID_LEVELS	(MAX_PID_NS_LEVEL + 1)
#else
#define PID_LEVELS	1
#endif

struct pid init_struct_pid = {
	.count		= REFCOUNT_INIT(1),
	.numbers	= { {
		.nr	= 0,
#ifdef CONFIG_PID_NS
		.ns	= &init_pid_ns,
#endif
	} },
};

struct pid_namespace init_pid_ns = {
	.ns.count	= REFCOUNT_INIT(2),
	.ns.inum	= PROC_PID_INIT_INO,
#ifdef CONFIG_PID_NS
	.ns.ops		= &pidns_operations,
#endif
	.table		= PID_TABLE_INIT(init_pid_ns.table),
	.child_reaper	= &init_task,
	.user_ns	= &init_user_ns,
};
EXPORT_SYMBOL_GPL(init_pid_ns);

int pid_max = PID_MAX_DEFAULT;
int pid_max_min = RESERVED_PIDS + 1;
int pid_max_max = PID_MAX_LIMIT;

/* Those above 0 are made when the first namespace of that level is. */
struct kmem_cache *pid_caches[PID_LEVELS];

/**
 * get_pid() - take a reference
 * @pid: pid, may be NULL
 *
 * Out of line: it has many callers, and in line a check of the count each.
 *
 * Context: Any, when @pid is held by a reference or by RCU.
 * Return: @pid.
 */
struct pid *get_pid(struct pid *pid)
{
	if (pid)
		refcount_inc(&pid->count);
	return pid;
}
EXPORT_SYMBOL_GPL(get_pid);

/**
 * put_pid() - drop a reference
 * @pid: pid, may be NULL
 *
 * Context: Any. Whoever found @pid under RCU alone holds no reference.
 */
void put_pid(struct pid *pid)
{
	struct pid_namespace *ns;

	if (!pid || !refcount_dec_and_test(&pid->count))
		return;

	ns = ns_of_pid(pid);
	kmem_cache_free(pid_caches[pid_level(pid)], pid);
	put_pid_ns(ns);
}
EXPORT_SYMBOL_GPL(put_pid);

static void put_pid_rcu(struct rcu_head *rcu)
{
	put_pid(container_of(rcu, struct pid, rcu));
}

#ifdef CONFIG_PID_NS
/* An init in zap_pid_ns_processes() waits for the others to go. */
static __always_inline void erase_upid(struct upid *upid)
{
	struct pid_namespace *ns = upid->ns;

	if (unlikely(pid_table_erase(&ns->table, upid->nr)))
		rcuwait_wake_up(&ns->zap_wait);
}
#else
static __always_inline void erase_upid(struct upid *upid)
{
	pid_table_erase(&init_pid_ns.table, upid->nr);
}
#endif

/*
 * Take @pid off the tables of its levels from @top down to its own. In this
 * order: whoever reaps an init, which waits for the number in its own namespace,
 * finds those further out free too.
 */
static __always_inline void __erase_numbers(struct pid *pid, int top)
{
	int i;

	for (i = top; i <= (int)pid_level(pid); i++)
		erase_upid(&pid->numbers[i]);
}

static void erase_numbers(struct pid *pid, int top)
{
	__erase_numbers(pid, top);
}

/**
 * free_pid() - take a pid off every table
 * @pid: pid that no task uses any more, may be NULL
 *
 * What detach_pids() and change_pid() give comes here, after tasklist_lock is
 * dropped; so does a pid whose fork failed. Drops the reference that alloc_pid()
 * gave, after a grace period.
 *
 * Context: Process context, tasklist_lock not held. May take and drop the lock
 *	    of each table.
 */
void free_pid(struct pid *pid)
{
	if (!pid)
		return;

	erase_numbers(pid, 0);
	call_rcu(&pid->rcu, put_pid_rcu);
}

/**
 * free_pids() - free_pid() for what a released task leaves
 * @task: task, before put_task_struct_rcu_user()
 * @pids: from detach_pids(), or its own if it leads no group; ends with NULL
 *
 * The last one, mostly its own and the only one, needs no callback for itself: it
 * goes with the task, whose grace period begins later. So who keeps the task from
 * that, as a BPF program can, keeps the pid.
 *
 * Context: As free_pid().
 */
void free_pids(struct task_struct *task, struct pid **pids)
{
	struct pid *last = NULL;

	for (; *pids; pids++) {
		if (last)
			call_rcu(&last->rcu, put_pid_rcu);
		last = *pids;
		__erase_numbers(last, 0);
	}
	task->unused_pid = last;
}

/*
 * Reserve the number @nr in @ns, for a restorer of checkpoints: clone3(2),
 * set_tid. The order of the checks decides the error that user space sees.
 */
static int reserve_set_tid(struct pid_namespace *ns, int nr, int max,
			   void __rcu ***slot)
{
	if (nr < 1 || nr >= max)
		return -EINVAL;
	/* Nobody comes into a namespace before its init. */
	if (nr != 1 && !READ_ONCE(ns->child_reaper))
		return -EINVAL;
	if (!checkpoint_restore_ns_capable(ns->user_ns))
		return -EPERM;

	return pid_table_reserve_nr(&ns->table, nr, slot);
}

#ifdef CONFIG_PID_NS_LIMIT
/*
 * The limit of each level, where its number will be: pid_ns_limit() for each one
 * would look at those above again and again.
 */
static void note_limits(struct pid *pid, struct pid_namespace *ns, int max)
{
	int i, last = pid->level;

	/* The initial namespace has 0 there: its limit is @max. */
	for (i = last; i >= 0; i--, ns = ns->parent)
		pid->numbers[i].nr = READ_ONCE(ns->pid_max);

	for (i = 0; i <= last; i++) {
		max = min_not_zero(pid->numbers[i].nr, max);
		pid->numbers[i].nr = max;
	}
}

static int limit_at(const struct upid *upid, int max)
{
	return upid->nr;
}
#else
static void note_limits(struct pid *pid, struct pid_namespace *ns, int max)
{
}

static int limit_at(const struct upid *upid, int max)
{
	return max;
}
#endif

/* Reserve the @n numbers in @set_tid for @pid, and step *@at up past their levels. */
static int reserve_set_tids(struct pid *pid, struct pid_namespace **at,
			    const pid_t *set_tid, size_t n, int max,
			    void __rcu ***slot)
{
	int i, nr;

	for (i = pid_level(pid); n; n--, i--) {
		nr = reserve_set_tid(*at, *set_tid++,
				     limit_at(&pid->numbers[i], max), slot++);
		if (nr < 0) {
			erase_numbers(pid, i + 1);
			return nr;
		}
		upid_set(&pid->numbers[i], nr, *at);
		*at = pid_ns_parent(*at);
	}

	return 0;
}

static void init_pid(struct pid *pid, unsigned int level)
{
	enum pid_type type;

	refcount_set(&pid->count, 1);
	pid_set_level(pid, level);
	spin_lock_init(&pid->lock);
	pid->stashed = NULL;
	pid->ino = 0;
	for (type = 0; type < PIDTYPE_MAX; type++)
		INIT_HLIST_HEAD(&pid->tasks[type]);
	INIT_HLIST_HEAD(&pid->inodes);
	init_waitqueue_head(&pid->wait_pidfd);
}

/**
 * alloc_pid() - make a pid
 * @ns: its namespace
 * @set_tid: the numbers that it must have, from @ns upwards
 * @set_tid_size: how many those are; levels beyond take the next in turn
 *
 * Context: Process context, may sleep. May take and drop the lock of each table.
 * Return: The pid with one reference, for a task to attach to or for free_pid();
 *	   -EINVAL if @set_tid has more numbers than there are levels, one out of
 *	   range, or one that is not 1 where there is no init; -EPERM without
 *	   CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN over a level that it names;
 *	   -EEXIST if one is taken; -EAGAIN if a level has none left; -ENOMEM if
 *	   memory ran out, or if an init among these namespaces has exited (see
 *	   pid_namespaces(7)). On error everything is as it was.
 */
struct pid *alloc_pid(struct pid_namespace *ns, pid_t *set_tid,
		      size_t set_tid_size)
{
	const unsigned int level = pid_ns_level(ns);
	const int max = READ_ONCE(pid_max);
	void __rcu **slots[PID_LEVELS] __uninitialized;
	struct pid_namespace *at = ns;
	void __rcu ***slot;
	struct upid *upid;
	struct pid *pid;
	int nr;

	if (set_tid_size > level + 1)
		return ERR_PTR(-EINVAL);

	pid = kmem_cache_alloc(pid_caches[level], GFP_KERNEL);
	if (!pid)
		return ERR_PTR(-ENOMEM);

	init_pid(pid, level);
	note_limits(pid, ns, max);
	if (unlikely(set_tid_size)) {
		nr = reserve_set_tids(pid, &at, set_tid, set_tid_size, max, slots);
		if (nr < 0)
			goto free;
	}

	slot = slots + set_tid_size;
	upid = &pid->numbers[level] - set_tid_size;
	for (; at; at = pid_ns_parent(at), upid--) {
		nr = pid_table_reserve(&at->table, limit_at(upid, max), slot++);
		if (unlikely(nr < 0))
			goto undo;
		upid_set(upid, nr, at);
	}

	get_pid_ns(ns);
	while (slot-- > slots)
		pid_table_publish(*slot, pid);

	return pid;

undo:
	erase_numbers(pid, upid + 1 - pid->numbers);
free:
	kmem_cache_free(pid_caches[level], pid);
	return ERR_PTR(nr);
}

/**
 * pid_ino() - the inode number of a pid's file in pidfs
 * @pid: pid
 *
 * It tells pids apart for as long as the system runs: a number of 64 bits is not
 * used twice. Most pids never have a file, so it is chosen by whoever asks first
 * rather than by every fork. Numbering begins after RESERVED_PIDS, which leaves
 * room for the root and the like.
 *
 * Context: Any, when @pid is held.
 * Return: The inode number, the same each time.
 */
unsigned long pid_ino(struct pid *pid)
{
	static atomic_long_t last = ATOMIC_LONG_INIT(RESERVED_PIDS);
	unsigned long ino = READ_ONCE(pid->ino);

	if (ino)
		return ino;

	cmpxchg(&pid->ino, 0, (unsigned long)atomic_long_inc_return(&last));
	return READ_ONCE(pid->ino);
}

#ifdef CONFIG_PID_NS
/**
 * find_pid_ns() - the pid that a number stands for
 * @nr: any number
 * @ns: the namespace in which it is meant
 *
 * Context: RCU read side or tasklist_lock; the pid is good for as long, unless
 *	    get_pid() makes it last.
 * Return: The pid, which may have lost its last task; NULL if there is none.
 */
struct pid *find_pid_ns(int nr, struct pid_namespace *ns)
{
	return pid_table_find(&ns->table, nr);
}
EXPORT_SYMBOL_GPL(find_pid_ns);

#endif

/* In line: a wait for a certain child takes this way too. */
static __always_inline struct pid *find_own(int nr)
{
	return pid_table_find(&task_active_pid_ns(current)->table, nr);
}

/**
 * find_vpid() - the pid that a number stands for where current is
 * @nr: any number
 *
 * Context: RCU read side or tasklist_lock; the pid is good for as long, unless
 *	    get_pid() makes it last.
 * Return: The pid, which may have lost its last task; NULL if there is none.
 */
struct pid *find_vpid(int nr)
{
	return find_own(nr);
}
EXPORT_SYMBOL_GPL(find_vpid);

/**
 * find_get_pid() - the pid that a number stands for where current is, held
 * @nr: any number
 *
 * Context: Any.
 * Return: The pid with a reference for the caller; NULL if there is none.
 */
struct pid *find_get_pid(int nr)
{
	struct pid *pid;

	rcu_read_lock();
	pid = get_pid(find_own(nr));
	rcu_read_unlock();

	return pid;
}
EXPORT_SYMBOL_GPL(find_get_pid);

/**
 * find_ge_pid() - the pid with the lowest number that is not below a given one
 * @nr: where to begin
 * @ns: the namespace in which numbers are meant
 *
 * For walks over all that is in a namespace, as readdir of proc.
 *
 * Context: As find_pid_ns().
 * Return: As find_pid_ns().
 */
struct pid *find_ge_pid(int nr, struct pid_namespace *ns)
{
	return pid_table_next(&ns->table, nr);
}
EXPORT_SYMBOL_GPL(find_ge_pid);

/**
 * pid_boot() - prepare for the first fork
 *
 * The limit grows with the machine: threads.h says by how much.
 *
 * Context: Boot, once, when slabs can be had.
 */
void __init pid_boot(void)
{
	const int cpus = num_possible_cpus();

	pid_max = clamp(PIDS_PER_CPU_DEFAULT * cpus, pid_max, pid_max_max);
	pid_max_min = max(pid_max_min, PIDS_PER_CPU_MIN * cpus);
	pr_info("pid_max: default: %u minimum: %u\n", pid_max, pid_max_min);

	pid_table_boot();
	pid_caches[0] = kmem_cache_create("pid", offsetof(struct pid, numbers[1]),
					  __alignof__(struct pid),
					  SLAB_HWCACHE_ALIGN | SLAB_PANIC |
					  SLAB_ACCOUNT, NULL);
}
