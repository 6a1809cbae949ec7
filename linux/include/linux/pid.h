/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * struct pid: the kernel's name for a task, a thread group, a process group or
 * a session.
 *
 * Words: a *number* (nr) is an int that user space knows; a *pid* is the
 * structure that it stands for. A pid has one number in the namespace in which
 * it was made, and one in each ancestor of that: numbers[0] is the initial
 * namespace's, the last one its own. Whoever keeps a process for later keeps a
 * pid, never a number: numbers come back with other owners, pids do not.
 *
 * Lifetime: a pid is found by number from alloc_pid() to free_pid(), that is as
 * long as a task uses it as any of its four types. The structure lives on until
 * the last put_pid() and a grace period. It keeps its namespace alive.
 *
 * Locking: tasklist_lock protects the lists of tasks against writers; readers
 * hold it or are under RCU. pid.lock protects inodes. The numbers never change.
 */
#ifndef _LINUX_PID_H
#define _LINUX_PID_H

#include <linux/pid_types.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/wait.h>

struct file;

/* After the wrap numbers go on here: those of the boot's daemons stay theirs. */
#define RESERVED_PIDS	300

/**
 * struct upid - one number of a pid
 * @nr: the number
 * @ns: the namespace in which it is valid
 */
struct upid {
	int			nr;
#ifdef CONFIG_PID_NS
	struct pid_namespace	*ns;
#endif
};

/* One number exactly where there are no namespaces, level + 1 where there are. */
#ifdef CONFIG_PID_NS
#define PID_NUMBERS
#else
#define PID_NUMBERS	1
#endif

/**
 * struct pid - what a number stands for
 * @count: references
 * @level: of the namespace it was made in; its numbers are level + 1
 * @lock: protects @inodes
 * @stashed: the dentry of its pidfs file, see pidfs_alloc_file()
 * @ino: the inode number there, 0 until somebody asks: pid_ino()
 * @tasks: the tasks that use it, by type
 * @inodes: its inodes in proc
 * @wait_pidfd: who polls a pidfd of it
 * @rcu: frees it after its last reader
 * @numbers: see above
 */
struct pid {
	refcount_t		count;
#ifdef CONFIG_PID_NS
	unsigned int		level;
#endif
	spinlock_t		lock;	/* protects inodes */
	struct dentry		*stashed;
	unsigned long		ino;
	struct hlist_head	tasks[PIDTYPE_MAX];
	struct hlist_head	inodes;
	wait_queue_head_t	wait_pidfd;
	struct rcu_head		rcu;
	struct upid		numbers[PID_NUMBERS];
};

extern struct pid init_struct_pid;
extern int pid_max;
extern int pid_max_min, pid_max_max;

/* A pid's life: kernel/pid.c */

struct pid *alloc_pid(struct pid_namespace *ns, pid_t *set_tid,
		      size_t set_tid_size);
void free_pid(struct pid *pid);
void free_pids(struct task_struct *task, struct pid **pids);
struct pid *get_pid(struct pid *pid);
void put_pid(struct pid *pid);
unsigned long pid_ino(struct pid *pid);

/* Tasks on a pid: kernel/pid_task.c */

void attach_pids(struct task_struct *task, bool leader);
void detach_pids(struct task_struct *task, bool group_dead,
		 struct pid **unused);
struct pid *change_pid(struct task_struct *task, enum pid_type type,
		       struct pid *pid) __must_check;
void exchange_tids(struct task_struct *left, struct task_struct *right);
void transfer_pid(struct task_struct *old, struct task_struct *new,
		  enum pid_type type);

struct task_struct *get_pid_task(struct pid *pid, enum pid_type type);
struct pid *get_task_pid(struct task_struct *task, enum pid_type type);

/* kernel/fork.c; linux/sched/task.h would want more. */
int lockdep_tasklist_lock_is_held(void);

/**
 * pid_task() - a task that uses a pid
 * @pid: pid, may be NULL
 * @type: as what
 *
 * Context: RCU read side or tasklist_lock; the task is good for as long.
 * Return: The first user, NULL if there is none.
 */
static inline struct task_struct *pid_task(struct pid *pid, enum pid_type type)
{
	struct hlist_node *first;

	if (!pid)
		return NULL;

	first = rcu_dereference_check(hlist_first_rcu(&pid->tasks[type]),
				      lockdep_tasklist_lock_is_held());
	return hlist_entry_safe(first, struct task_struct, pid_links[type]);
}

static inline bool pid_has_task(struct pid *pid, enum pid_type type)
{
	return !hlist_empty(&pid->tasks[type]);
}

static inline struct pid *task_pid(struct task_struct *task)
{
	return task->thread_pid;
}

/**
 * pid_alive() - is a task not released yet
 * @p: task
 *
 * A task that is released has left the lists of its parent, group and pids: what
 * it points to there must not be followed.
 *
 * Context: Any; for the answer to last, RCU read side or tasklist_lock.
 * Return: True until release_task() has detached @p, so also for a zombie.
 */
static inline int pid_alive(const struct task_struct *p)
{
	return !!p->thread_pid;
}

/* From a number to a pid: kernel/pid.c */

struct pid *find_vpid(int nr);
struct pid *find_get_pid(int nr);
struct pid *find_ge_pid(int nr, struct pid_namespace *ns);

#ifdef CONFIG_PID_NS
struct pid *find_pid_ns(int nr, struct pid_namespace *ns);
#else
static inline struct pid *find_pid_ns(int nr, struct pid_namespace *ns)
{
	return find_vpid(nr);
}
#endif

/* pidfds: kernel/pidfd.c, fs/pidfs.c, kernel/fork.c, kernel/signal.c */

struct pid *pidfd_pid(const struct file *file);
struct pid *pidfd_get_pid(unsigned int fd, unsigned int *flags);
struct task_struct *pidfd_get_task(int pidfd, unsigned int *flags);
int pidfd_prepare(struct pid *pid, unsigned int flags, struct file **ret);
void do_notify_pidfd(struct task_struct *task);

/* Where a walk over the tasks that use a pid is: see do_each_pid_task(). */
struct pid_walk {
	struct pid		*pid;
	enum pid_type		type;
	struct task_struct	*user;
};

static inline struct task_struct *pid_walk_next(struct pid_walk *walk)
{
	struct hlist_node *next = NULL;

	if (!walk->user) {
		walk->user = pid_task(walk->pid, walk->type);
		return walk->user;
	}

	/*
	 * While a thread takes over the number of its leader in de_thread(),
	 * both can be on the list of PIDTYPE_PID.
	 */
	if (walk->type != PIDTYPE_PID)
		next = rcu_dereference_raw(hlist_next_rcu(&walk->user->pid_links[walk->type]));

	walk->user = hlist_entry_safe(next, struct task_struct,
				      pid_links[walk->type]);
	return walk->user;
}

/*
 * do_each_pid_task(pid, type, task) {...} while_each_pid_task(pid, type, task);
 * walks over the tasks that use a pid as @type, do_each_pid_thread() over all
 * threads of each. Under RCU or tasklist_lock.
 */
#define do_each_pid_task(pid, type, task)				\
	for (struct pid_walk walk___ = { pid, type };			\
	     (task = pid_walk_next(&walk___));)

#define do_each_pid_thread(pid, type, task)				\
	for (struct pid_walk walk___ = { pid, type };			\
	     pid_walk_next(&walk___);)					\
		for_each_thread(walk___.user, task)

/* The loops above end by themselves; what follows them is older than that. */
#define while_each_pid_task(...)	do { } while (0)
#define while_each_pid_thread(...)	do { } while (0)

#include <linux/pid_number.h>

#endif /* _LINUX_PID_H */
