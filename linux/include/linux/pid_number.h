/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a pid to a number: translation for any reader.
 *
 *	..._nr()	the number in the initial namespace: for logs and traces
 *	..._vnr()	the number that current sees: for a system call's result
 *	..._nr_ns()	the number that a reader in @ns sees
 *
 * All give 0 for what the reader cannot see: a process outside its namespace
 * and the namespaces below it, or none at all. With namespaces switched off a
 * pid has one number, and everybody sees that.
 *
 * Context of all: any. A struct pid must be held by a reference or by RCU, a
 * task by a reference.
 */
#ifndef _LINUX_PID_NUMBER_H
#define _LINUX_PID_NUMBER_H

#include <linux/pid.h>
#include <linux/rcupdate.h>

static inline pid_t pid_nr(struct pid *pid)
{
	return pid ? pid->numbers[0].nr : 0;
}

static inline pid_t task_pid_nr(struct task_struct *tsk)
{
	return tsk->pid;
}

#ifdef CONFIG_PID_NS
pid_t pid_nr_ns(struct pid *pid, struct pid_namespace *ns);
pid_t pid_vnr(struct pid *pid);
pid_t task_pid_vnr(struct task_struct *task);
pid_t __task_pid_nr_ns(struct task_struct *task, enum pid_type type,
		       struct pid_namespace *ns);

static inline unsigned int pid_level(const struct pid *pid)
{
	return pid->level;
}

static inline void pid_set_level(struct pid *pid, unsigned int level)
{
	pid->level = level;
}

static inline struct pid_namespace *upid_ns(const struct upid *upid)
{
	return upid->ns;
}

static inline void upid_set(struct upid *upid, int nr, struct pid_namespace *ns)
{
	upid->nr = nr;
	upid->ns = ns;
}
#else
/* Out of line: callers are many, and a call is less than a test for NULL. */
pid_t __pid_nr(struct pid *pid);
pid_t __task_pid_nr(struct task_struct *task, enum pid_type type);

static inline pid_t pid_nr_ns(struct pid *pid, struct pid_namespace *ns)
{
	return __pid_nr(pid);
}

static inline pid_t pid_vnr(struct pid *pid)
{
	return __pid_nr(pid);
}

static inline pid_t __task_pid_nr_ns(struct task_struct *task,
				     enum pid_type type,
				     struct pid_namespace *ns)
{
	return __task_pid_nr(task, type);
}

static inline pid_t task_pid_vnr(struct task_struct *task)
{
	return __task_pid_nr(task, PIDTYPE_PID);
}

static inline unsigned int pid_level(const struct pid *pid)
{
	return 0;
}

static inline void pid_set_level(struct pid *pid, unsigned int level)
{
}

static inline struct pid_namespace *upid_ns(const struct upid *upid)
{
	return &init_pid_ns;
}

static inline void upid_set(struct upid *upid, int nr, struct pid_namespace *ns)
{
	upid->nr = nr;
}
#endif

/**
 * ns_of_pid() - the namespace in which a pid was made
 * @pid: pid, may be NULL: a task that is released has none
 *
 * Return: The namespace, which @pid keeps alive; NULL for NULL.
 */
static inline struct pid_namespace *ns_of_pid(struct pid *pid)
{
	return pid ? upid_ns(&pid->numbers[pid_level(pid)]) : NULL;
}

/**
 * is_child_reaper() - is this the pid of its namespace's init
 * @pid: pid
 *
 * By its number: fork asks before the namespace knows its reaper.
 *
 * Return: True for number 1 in its own namespace.
 */
static inline bool is_child_reaper(struct pid *pid)
{
	return pid->numbers[pid_level(pid)].nr == 1;
}

static inline pid_t task_pid_nr_ns(struct task_struct *tsk,
				   struct pid_namespace *ns)
{
	return __task_pid_nr_ns(tsk, PIDTYPE_PID, ns);
}

static inline pid_t task_tgid_nr(struct task_struct *tsk)
{
	return tsk->tgid;
}

static inline pid_t task_tgid_nr_ns(struct task_struct *tsk,
				    struct pid_namespace *ns)
{
	return __task_pid_nr_ns(tsk, PIDTYPE_TGID, ns);
}

static inline pid_t task_tgid_vnr(struct task_struct *tsk)
{
	return __task_pid_nr_ns(tsk, PIDTYPE_TGID, NULL);
}

static inline pid_t task_pgrp_nr_ns(struct task_struct *tsk,
				    struct pid_namespace *ns)
{
	return __task_pid_nr_ns(tsk, PIDTYPE_PGID, ns);
}

static inline pid_t task_pgrp_vnr(struct task_struct *tsk)
{
	return __task_pid_nr_ns(tsk, PIDTYPE_PGID, NULL);
}

static inline pid_t task_pgrp_nr(struct task_struct *tsk)
{
	return task_pgrp_nr_ns(tsk, &init_pid_ns);
}

static inline pid_t task_session_nr_ns(struct task_struct *tsk,
				       struct pid_namespace *ns)
{
	return __task_pid_nr_ns(tsk, PIDTYPE_SID, ns);
}

static inline pid_t task_session_vnr(struct task_struct *tsk)
{
	return __task_pid_nr_ns(tsk, PIDTYPE_SID, NULL);
}

static inline pid_t task_ppid_nr_ns(const struct task_struct *tsk,
				    struct pid_namespace *ns)
{
	guard(rcu)();
	if (!pid_alive(tsk))
		return 0;

	return task_tgid_nr_ns(rcu_dereference(tsk->real_parent), ns);
}

static inline pid_t task_ppid_nr(const struct task_struct *tsk)
{
	return task_ppid_nr_ns(tsk, &init_pid_ns);
}

/**
 * is_global_init() - is this a thread of the system's init
 * @tsk: task
 *
 * Return: True for the first user space process and its threads.
 */
static inline int is_global_init(struct task_struct *tsk)
{
	return task_tgid_nr(tsk) == 1;
}

#endif /* _LINUX_PID_NUMBER_H */
