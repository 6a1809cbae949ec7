/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pid namespaces: each has its own numbers, beginning with 1, for the processes
 * made in it and in the namespaces below it.
 *
 * Words: the *level* of a namespace is its distance from the initial one, which
 * is level 0. Its *reaper* (init) is the process with number 1: it inherits
 * orphans, and when it exits the namespace dies: no new number is given out, all
 * that lives there is killed, and init is reaped as the last one.
 *
 * Lifetime: a namespace lives as long as somebody holds it: a pid made in it, a
 * namespace below it, an nsproxy, a file. It is freed after a grace period, so
 * that RCU readers may follow a pid to it.
 *
 * Locking: table has its own lock. child_reaper is written under tasklist_lock,
 * by the first fork and by an exiting init thread. The rest is written before
 * the namespace is seen, or says its own rule.
 *
 * With CONFIG_PID_NS off there is one namespace, which everybody is in: what
 * would tell one from another is not there, and the rest are constants.
 */
#ifndef _LINUX_PID_NS_H
#define _LINUX_PID_NS_H

#include <linux/err.h>
#include <linux/ns_common.h>
#include <linux/pid.h>
#include <linux/pid_table.h>
#include <linux/rcuwait.h>
#include <linux/sched.h>
#include <linux/threads.h>

/* Not needed here: files elsewhere rely on getting them from here. */
#include <linux/bug.h>
#include <linux/mm.h>
#include <linux/nsproxy.h>
#include <linux/workqueue.h>

/* The deepest level: a pid has at most 33 numbers. See pid_namespaces(7). */
#define MAX_PID_NS_LEVEL 32

struct fs_pin;
struct seq_file;
struct ucounts;

#if defined(CONFIG_SYSCTL) && defined(CONFIG_MEMFD_CREATE)
/* What memfd_create() does without MFD_EXEC and MFD_NOEXEC_SEAL: vm.memfd_noexec */
#define MEMFD_NOEXEC_SCOPE_EXEC			0 /* as with MFD_EXEC */
#define MEMFD_NOEXEC_SCOPE_NOEXEC_SEAL		1 /* as with MFD_NOEXEC_SEAL */
#define MEMFD_NOEXEC_SCOPE_NOEXEC_ENFORCED	2 /* and MFD_EXEC is refused */
#endif

/**
 * struct pid_namespace - a namespace of pids
 * @ns: what it has in common with other kinds of namespaces
 * @ucounts: whose count of namespaces it is in, until it is destroyed
 * @zap_wait: its init, waiting in zap_pid_ns_processes() for the others
 * @user_ns: who has capabilities over it
 * @bacct: its process accounting file
 * @memfd_noexec_scope: see MEMFD_NOEXEC_SCOPE_*
 * @reboot: the signal that init shall seem to have died of, 0 without reboot(2)
 * @dying_since: when init began to exit, in seconds since boot; 0 before
 * @table: its numbers
 * @level: distance from the initial namespace
 * @pid_max: its own, 0 while it has none: pid_ns_limit()
 * @parent: the namespace above, which it keeps alive; NULL at level 0
 * @child_reaper: its init, NULL before the first fork; stale after its death
 * @rcu: frees it after its last reader
 *
 * Each fork writes the count in ns, each lookup reads from table on: on 64 bits
 * with all options these are two lines of 64 bytes.
 */
struct pid_namespace {
	struct ns_common	ns;
#ifdef CONFIG_PID_NS
	union {
		struct {
			struct ucounts	*ucounts;
			struct rcuwait	zap_wait;
		};
		struct rcu_head		rcu;
	};
#endif
	struct user_namespace	*user_ns;
#ifdef CONFIG_BSD_PROCESS_ACCT
	struct fs_pin		*bacct;
#endif
#if defined(CONFIG_PID_NS) && defined(CONFIG_SYSCTL) && defined(CONFIG_MEMFD_CREATE)
	int			memfd_noexec_scope;
#endif
#ifdef CONFIG_PID_NS
	int			reboot;
#endif
#ifdef CONFIG_PID_NS_INFO
	unsigned long		dying_since;
#endif
	struct pid_table	table;
#ifdef CONFIG_PID_NS
	unsigned int		level;
#ifdef CONFIG_PID_NS_LIMIT
	int			pid_max;
#endif
	struct pid_namespace	*parent;
#endif
	struct task_struct	*child_reaper;
} __randomize_layout;

extern struct pid_namespace init_pid_ns;

void pid_boot(void);

#ifdef CONFIG_PID_NS

struct pid_namespace *copy_pid_ns(unsigned long flags,
				  struct user_namespace *user_ns,
				  struct pid_namespace *old_ns);
void put_pid_ns(struct pid_namespace *ns);
void zap_pid_ns_processes(struct pid_namespace *ns);
int reboot_pid_ns(struct pid_namespace *ns, int cmd);

static inline struct pid_namespace *get_pid_ns(struct pid_namespace *ns)
{
	if (ns != &init_pid_ns)
		refcount_inc(&ns->ns.count);
	return ns;
}

static inline unsigned int pid_ns_level(const struct pid_namespace *ns)
{
	return ns->level;
}

static inline struct pid_namespace *pid_ns_parent(const struct pid_namespace *ns)
{
	return ns->parent;
}

/**
 * pid_ns_is_dying() - has the init of a namespace begun to exit
 * @ns: namespace
 *
 * Context: Any. Under tasklist_lock a fork that is told no has its child
 *	    attached before zap_pid_ns_processes() looks for whom to kill.
 * Return: True if no process can be started in it any more.
 */
static inline bool pid_ns_is_dying(const struct pid_namespace *ns)
{
	return READ_ONCE(ns->table.closed);
}

/**
 * task_active_pid_ns() - the namespace that a task is in
 * @tsk: task
 *
 * Not the one that its children will be in: that is nsproxy's.
 *
 * Context: RCU read side, unless @tsk is current.
 * Return: The namespace; NULL if @tsk is released.
 */
static inline struct pid_namespace *task_active_pid_ns(struct task_struct *tsk)
{
	return ns_of_pid(task_pid(tsk));
}

#else /* !CONFIG_PID_NS */

static inline struct pid_namespace *copy_pid_ns(unsigned long flags,
						struct user_namespace *user_ns,
						struct pid_namespace *old_ns)
{
	return flags & CLONE_NEWPID ? ERR_PTR(-EINVAL) : old_ns;
}

static inline void put_pid_ns(struct pid_namespace *ns)
{
}

/* The one init of this kernel cannot exit: do_exit() panics before. */
static inline void zap_pid_ns_processes(struct pid_namespace *ns)
{
}

static inline int reboot_pid_ns(struct pid_namespace *ns, int cmd)
{
	return 0;
}

static inline struct pid_namespace *get_pid_ns(struct pid_namespace *ns)
{
	return ns;
}

static inline unsigned int pid_ns_level(const struct pid_namespace *ns)
{
	return 0;
}

static inline struct pid_namespace *pid_ns_parent(const struct pid_namespace *ns)
{
	return NULL;
}

static inline bool pid_ns_is_dying(const struct pid_namespace *ns)
{
	return false;
}

static inline struct pid_namespace *task_active_pid_ns(struct task_struct *tsk)
{
	return &init_pid_ns;
}

#endif /* CONFIG_PID_NS */

#if defined(CONFIG_PID_NS) && defined(CONFIG_SYSCTL) && defined(CONFIG_MEMFD_CREATE)
/**
 * pidns_memfd_noexec_scope() - what memfd_create() does in a namespace
 * @ns: namespace, may be NULL
 *
 * Context: Any, when @ns is held.
 * Return: The strictest MEMFD_NOEXEC_SCOPE_* of it and all above it.
 */
static inline int pidns_memfd_noexec_scope(const struct pid_namespace *ns)
{
	int scope = MEMFD_NOEXEC_SCOPE_EXEC;

	for (; ns; ns = ns->parent)
		scope = max(scope, READ_ONCE(ns->memfd_noexec_scope));

	return scope;
}
#else
static inline int pidns_memfd_noexec_scope(const struct pid_namespace *ns)
{
	return 0;
}
#endif

#ifdef CONFIG_PID_NS_INFO
void pid_ns_note_death(struct pid_namespace *ns);
int proc_pid_ns_info(struct seq_file *m, struct pid_namespace *reader,
		     struct pid *pid, struct task_struct *task);
#else
static inline void pid_ns_note_death(struct pid_namespace *ns)
{
}
#endif

#ifdef CONFIG_PID_NS_LIMIT
/**
 * pid_ns_limit() - the first number that is too large in a namespace
 * @ns: namespace
 * @max: the limit of the initial namespace, which the caller has read
 *
 * No namespace is told when the limit of one above it changes: whoever asks
 * looks at all of them, which are few.
 *
 * Context: Any, when @ns is held.
 * Return: The lowest limit of @ns and all above it.
 */
static inline int pid_ns_limit(const struct pid_namespace *ns, int max)
{
	for (; ns->parent; ns = ns->parent)
		max = min_not_zero(max, READ_ONCE(ns->pid_max));

	return max;
}
#else
static inline int pid_ns_limit(const struct pid_namespace *ns, int max)
{
	return max;
}
#endif

/**
 * pid_may_start() - can a fork be completed
 * @pid: what alloc_pid() gave for the child
 *
 * The init of a namespace kills those that it finds. One that was being forked
 * meanwhile must not come to life behind its back: neither in its namespace, nor
 * as the init of one below, which nobody else would kill.
 *
 * Context: tasklist_lock held for writing: see pid_ns_is_dying().
 * Return: False if the child must not be started; fork(2) then gives ENOMEM,
 *	   see pid_namespaces(7).
 */
static inline bool pid_may_start(struct pid *pid)
{
	struct pid_namespace *ns = ns_of_pid(pid);

	if (likely(!is_child_reaper(pid)))
		return !pid_ns_is_dying(ns);

	for (; ns; ns = pid_ns_parent(ns))
		if (pid_ns_is_dying(ns))
			return false;

	return true;
}

/**
 * pid_ns_last_nr() - the number given to the last process of a namespace
 * @ns: namespace
 *
 * Context: Any; the answer is old as soon as it is had.
 * Return: A number; 0 if there was none yet.
 */
static inline int pid_ns_last_nr(const struct pid_namespace *ns)
{
	return pid_table_last(&ns->table);
}

static inline bool task_is_in_init_pid_ns(struct task_struct *tsk)
{
	return task_active_pid_ns(tsk) == &init_pid_ns;
}

#endif /* _LINUX_PID_NS_H */
