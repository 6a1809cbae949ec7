// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks and the pids that they use.
 *
 * A task uses its own pid as PIDTYPE_PID; its thread group uses the leader's as
 * PIDTYPE_TGID, and those of its process group and session. The pointers are in
 * the task and in its signal_struct, the lists of users in the pids. Both change
 * under tasklist_lock held for writing. Readers hold it or are under RCU; these
 * may see a task that has just left.
 *
 * A pid that loses its last user is handed to the caller, who gives it to
 * free_pids() or free_pid() when tasklist_lock is dropped: no number table is
 * touched inside.
 * Nobody can come to use it in between: a task attaches to a pid of its own, or
 * to one that has a user under the same lock.
 */

#include <linux/export.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

static struct pid **task_pid_ptr(struct task_struct *task, enum pid_type type)
{
	return type == PIDTYPE_PID ? &task->thread_pid :
				     &task->signal->pids[type];
}

static struct pid *task_pid_rcu(struct task_struct *task, enum pid_type type)
{
	return rcu_dereference_raw(*task_pid_ptr(task, type));
}

/* In line here and below: of the type most is known when it is compiled. */
static __always_inline void attach_pid(struct task_struct *task,
				       enum pid_type type)
{
	struct pid *pid = *task_pid_ptr(task, type);

	lockdep_assert_held_write(&tasklist_lock);
	hlist_add_head_rcu(&task->pid_links[type], &pid->tasks[type]);
}

/**
 * attach_pids() - put a new task on the lists of its pids' users
 * @task: task that points to them already
 * @leader: it begins a thread group
 *
 * Context: tasklist_lock held for writing.
 */
void attach_pids(struct task_struct *task, bool leader)
{
	if (leader) {
		attach_pid(task, PIDTYPE_TGID);
		attach_pid(task, PIDTYPE_PGID);
		attach_pid(task, PIDTYPE_SID);
	}
	attach_pid(task, PIDTYPE_PID);
}

static bool pid_in_use(struct pid *pid)
{
	return pid_has_task(pid, PIDTYPE_PID) ||
	       pid_has_task(pid, PIDTYPE_TGID) ||
	       pid_has_task(pid, PIDTYPE_PGID) ||
	       pid_has_task(pid, PIDTYPE_SID);
}

static __always_inline struct pid *leave_list(struct task_struct *task,
					      enum pid_type type, struct pid *new)
{
	struct pid **link = task_pid_ptr(task, type);
	struct pid *pid = *link;

	lockdep_assert_held_write(&tasklist_lock);
	hlist_del_rcu(&task->pid_links[type]);
	WRITE_ONCE(*link, new);

	return pid;
}

/* NULL if the pid that @task left is in use all the same. */
static __always_inline struct pid *leave_pid(struct task_struct *task,
					     enum pid_type type, struct pid *new)
{
	struct pid *pid = leave_list(task, type, new);

	if (type == PIDTYPE_PID) {
		WARN_ON_ONCE(pid_has_task(pid, PIDTYPE_PID));
		/* Few are polled. The barrier is paired with poll_wait()'s. */
		if (wq_has_sleeper(&pid->wait_pidfd))
			wake_up_all(&pid->wait_pidfd);
	}

	return pid_in_use(pid) ? NULL : pid;
}

/**
 * detach_pids() - take a task off its pids for good
 * @task: task that is being released
 * @group_dead: it is the leader, and the last one of its thread group
 * @unused: set to the pids that lost their last user, for free_pids() after the
 *	    unlock; ends with NULL, has room for PIDTYPE_MAX and that
 *
 * Its own pid it leaves last, and so that is the last one of @unused. It is the
 * only one of a task that leads no group.
 *
 * Context: tasklist_lock held for writing.
 */
void detach_pids(struct task_struct *task, bool group_dead, struct pid **unused)
{
	struct pid *pid;

	if (group_dead) {
		pid = leave_pid(task, PIDTYPE_SID, NULL);
		if (unlikely(pid))
			*unused++ = pid;
		pid = leave_pid(task, PIDTYPE_PGID, NULL);
		if (unlikely(pid))
			*unused++ = pid;
		/* In use as PIDTYPE_PID. */
		leave_list(task, PIDTYPE_TGID, NULL);
	}

	pid = leave_pid(task, PIDTYPE_PID, NULL);
	if (pid)
		*unused++ = pid;
	*unused = NULL;
}

/**
 * change_pid() - move a task to another process group or session
 * @task: task
 * @type: PIDTYPE_PGID or PIDTYPE_SID
 * @pid: the new one: its own, or one that has users
 *
 * Context: tasklist_lock held for writing.
 * Return: The pid that it left if that has no user any more, for free_pid()
 *	   after the unlock; NULL otherwise.
 */
struct pid *change_pid(struct task_struct *task, enum pid_type type,
		       struct pid *pid)
{
	struct pid *left = leave_pid(task, type, pid);

	attach_pid(task, type);
	return left;
}

/* An own pid has one user: put @task in its place. */
static void set_owner(struct pid *pid, struct task_struct *task)
{
	struct hlist_head *head = &pid->tasks[PIDTYPE_PID];
	struct hlist_node *node = &task->pid_links[PIDTYPE_PID];

	rcu_assign_pointer(hlist_first_rcu(head), node);
	WRITE_ONCE(node->pprev, &head->first);
	WRITE_ONCE(task->thread_pid, pid);
	/* What task_pid_nr() reads. */
	WRITE_ONCE(task->pid, pid_nr(pid));
}

/**
 * exchange_tids() - let two threads of a group swap their own pids
 * @left: a thread
 * @right: another one
 *
 * For exec: the thread that calls it goes on under the leader's number.
 *
 * Context: tasklist_lock held for writing. An RCU reader may find either thread
 *	    under either number meanwhile.
 */
void exchange_tids(struct task_struct *left, struct task_struct *right)
{
	struct pid *lpid = left->thread_pid;
	struct pid *rpid = right->thread_pid;

	lockdep_assert_held_write(&tasklist_lock);
	set_owner(rpid, left);
	set_owner(lpid, right);
}

/**
 * transfer_pid() - let a task take another one's place among a pid's users
 * @old: task that leaves
 * @new: task that comes, whose pointer to the pid is the same
 * @type: PIDTYPE_TGID, PIDTYPE_PGID or PIDTYPE_SID
 *
 * Context: tasklist_lock held for writing. RCU readers find the one or the other.
 */
void transfer_pid(struct task_struct *old, struct task_struct *new,
		  enum pid_type type)
{
	lockdep_assert_held_write(&tasklist_lock);
	WARN_ON_ONCE(type == PIDTYPE_PID);
	hlist_replace_rcu(&old->pid_links[type], &new->pid_links[type]);
}

/**
 * get_pid_task() - a task that uses a pid, held
 * @pid: pid, may be NULL
 * @type: as what
 *
 * Context: Any, when @pid is held.
 * Return: The first user with a reference for the caller, NULL if there is none.
 */
struct task_struct *get_pid_task(struct pid *pid, enum pid_type type)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(pid, type);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();

	return task;
}
EXPORT_SYMBOL_GPL(get_pid_task);

/**
 * get_task_pid() - a pid that a task uses, held
 * @task: task
 * @type: as what
 *
 * Context: Any, when @task is held.
 * Return: The pid with a reference for the caller; NULL if @task is released.
 */
struct pid *get_task_pid(struct task_struct *task, enum pid_type type)
{
	struct pid *pid;

	rcu_read_lock();
	pid = get_pid(task_pid_rcu(task, type));
	rcu_read_unlock();

	return pid;
}
EXPORT_SYMBOL_GPL(get_task_pid);

/**
 * find_task_by_pid_ns() - the task with a number
 * @nr: any number
 * @ns: the namespace in which it is meant
 *
 * Context: RCU read side; the task is good for as long.
 * Return: The task, NULL if there is none.
 */
struct task_struct *find_task_by_pid_ns(pid_t nr, struct pid_namespace *ns)
{
	RCU_LOCKDEP_WARN(!rcu_read_lock_held(),
			 "looking for a task outside an RCU read side");
	return pid_task(find_pid_ns(nr, ns), PIDTYPE_PID);
}

/**
 * find_task_by_vpid() - the task with a number where current is
 * @vnr: any number
 *
 * Context: As find_task_by_pid_ns().
 * Return: As find_task_by_pid_ns().
 */
struct task_struct *find_task_by_vpid(pid_t vnr)
{
	return find_task_by_pid_ns(vnr, task_active_pid_ns(current));
}

/**
 * find_get_task_by_vpid() - the task with a number where current is, held
 * @nr: any number
 *
 * Context: Any.
 * Return: The task with a reference for the caller, NULL if there is none.
 */
struct task_struct *find_get_task_by_vpid(pid_t nr)
{
	guard(rcu)();
	return get_pid_task(find_vpid(nr), PIDTYPE_PID);
}

#ifdef CONFIG_PID_NS
/**
 * pid_nr_ns() - the number of a pid for a reader in a namespace
 * @pid: pid, may be NULL
 * @ns: the reader's namespace, may be NULL
 *
 * Return: The number, 0 if @ns is not the pid's namespace nor above it.
 */
pid_t pid_nr_ns(struct pid *pid, struct pid_namespace *ns)
{
	struct upid *upid;

	if (!pid || !ns || ns->level > pid->level)
		return 0;

	upid = &pid->numbers[ns->level];
	return upid->ns == ns ? upid->nr : 0;
}
EXPORT_SYMBOL_GPL(pid_nr_ns);

/**
 * pid_vnr() - the number of a pid for current
 * @pid: pid, may be NULL
 *
 * Current's own pid tells its level and its namespace, so the namespace itself
 * is not looked at; current's number is the last one.
 *
 * Return: The number, 0 if current cannot see it.
 */
pid_t pid_vnr(struct pid *pid)
{
	const struct pid *me = task_pid(current);
	unsigned int level;

	/* An exiting task may run on after it is released, and sees nobody. */
	if (!pid || !me)
		return 0;

	level = me->level;
	if (pid != me && (level > pid->level ||
			  pid->numbers[level].ns != me->numbers[level].ns))
		return 0;

	return pid->numbers[level].nr;
}
EXPORT_SYMBOL_GPL(pid_vnr);

/**
 * task_pid_vnr() - a task's own number for current
 * @task: task
 *
 * Context: Any, when @task is held.
 * Return: The number; 0 if current cannot see it, or @task is released.
 */
pid_t task_pid_vnr(struct task_struct *task)
{
	pid_t nr;

	rcu_read_lock();
	nr = pid_vnr(task_pid_rcu(task, PIDTYPE_PID));
	rcu_read_unlock();

	return nr;
}
EXPORT_SYMBOL(task_pid_vnr);

/**
 * __task_pid_nr_ns() - a number of a task
 * @task: task
 * @type: which one
 * @ns: the reader's namespace, NULL for current's
 *
 * Context: Any, when @task is held.
 * Return: The number; 0 if the reader cannot see it, or @task is released.
 */
pid_t __task_pid_nr_ns(struct task_struct *task, enum pid_type type,
		       struct pid_namespace *ns)
{
	struct pid *pid;
	pid_t nr;

	rcu_read_lock();
	pid = task_pid_rcu(task, type);
	nr = ns ? pid_nr_ns(pid, ns) : pid_vnr(pid);
	rcu_read_unlock();

	return nr;
}
EXPORT_SYMBOL(__task_pid_nr_ns);
#else
/* For all readers: include/linux/pid_number.h leaves their namespace out. */
pid_t __pid_nr(struct pid *pid)
{
	return pid_nr(pid);
}
EXPORT_SYMBOL_GPL(__pid_nr);

pid_t __task_pid_nr(struct task_struct *task, enum pid_type type)
{
	pid_t nr;

	rcu_read_lock();
	nr = pid_nr(task_pid_rcu(task, type));
	rcu_read_unlock();

	return nr;
}
EXPORT_SYMBOL(__task_pid_nr);
#endif
