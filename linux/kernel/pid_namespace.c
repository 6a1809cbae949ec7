// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life and death of a pid namespace.
 *
 * include/linux/pid_namespace.h has the words, the lifetime and the locking.
 *
 * A namespace is made by clone(2), clone3(2) or unshare(2), empty; its first
 * process becomes its init. When that exits, zap_pid_ns_processes() closes the
 * table of numbers, kills who is left and waits until it is alone. The structure
 * stays until the last reference to it is gone, which may be long after.
 */

#include <linux/acct.h>
#include <linux/bitops.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/proc_ns.h>
#include <linux/reboot.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <uapi/linux/wait.h>
#include "pid_core.h"

static struct kmem_cache *pid_ns_cache __ro_after_init;

/* Each entry of pid_caches is written once, under this, and never taken back. */
static DEFINE_MUTEX(pid_caches_mutex);

/* See that pids of @level can be allocated. */
static int pid_cache_prepare(unsigned int level)
{
	const unsigned int size = offsetof(struct pid, numbers[level + 1]);
	struct kmem_cache **cache = &pid_caches[level];
	char name[16];

	if (READ_ONCE(*cache))
		return 0;

	snprintf(name, sizeof(name), "pid_%u", level + 1);
	guard(mutex)(&pid_caches_mutex);
	/* Not on lines of their own: with two numbers that is 48 of 192 bytes. */
	if (!*cache)
		*cache = kmem_cache_create(name, size, __alignof__(struct pid),
					   SLAB_ACCOUNT, NULL);

	return *cache ? 0 : -ENOMEM;
}

static struct pid_namespace *new_pid_ns(struct user_namespace *user_ns,
					struct pid_namespace *parent)
{
	const unsigned int level = parent->level + 1;
	struct pid_namespace *ns;
	int err = -ENOMEM;

	if (pid_cache_prepare(level))
		return ERR_PTR(-ENOMEM);

	ns = kmem_cache_zalloc(pid_ns_cache, GFP_KERNEL);
	if (!ns)
		return ERR_PTR(-ENOMEM);

	err = ns_alloc_inum(&ns->ns);
	if (err) {
		kmem_cache_free(pid_ns_cache, ns);
		return ERR_PTR(err);
	}

	refcount_set(&ns->ns.count, 1);
	ns->ns.ops = &pidns_operations;
	rcuwait_init(&ns->zap_wait);
	pid_table_init(&ns->table);
	ns->level = level;
	ns->parent = get_pid_ns(parent);
	ns->user_ns = get_user_ns(user_ns);
#if defined(CONFIG_SYSCTL) && defined(CONFIG_MEMFD_CREATE)
	ns->memfd_noexec_scope = pidns_memfd_noexec_scope(parent);
#endif
	return ns;
}

static struct pid_namespace *create_pid_ns(struct user_namespace *user_ns,
					   struct pid_namespace *parent)
{
	struct pid_namespace *ns;
	struct ucounts *ucounts;

	if (!in_userns(parent->user_ns, user_ns))
		return ERR_PTR(-EINVAL);
	if (parent->level >= MAX_PID_NS_LEVEL)
		return ERR_PTR(-ENOSPC);

	ucounts = inc_ucount(user_ns, current_euid(), UCOUNT_PID_NAMESPACES);
	if (!ucounts)
		return ERR_PTR(-ENOSPC);

	ns = new_pid_ns(user_ns, parent);
	if (IS_ERR(ns))
		dec_ucount(ucounts, UCOUNT_PID_NAMESPACES);
	else
		ns->ucounts = ucounts;

	return ns;
}

/**
 * copy_pid_ns() - the namespace for the children of a new nsproxy
 * @flags: CLONE_* of clone(2) or unshare(2)
 * @user_ns: user namespace that is to own a new one
 * @old_ns: the namespace for current's children
 *
 * Context: Process context, may sleep.
 * Return: @old_ns held, or with CLONE_NEWPID a new namespace below it; -EINVAL
 *	   if current already sends its children elsewhere, or if @user_ns is
 *	   not @old_ns's owner nor below that; -ENOSPC beyond MAX_PID_NS_LEVEL
 *	   or max_pid_namespaces; -ENOMEM.
 */
struct pid_namespace *copy_pid_ns(unsigned long flags,
				  struct user_namespace *user_ns,
				  struct pid_namespace *old_ns)
{
	if (!(flags & CLONE_NEWPID))
		return get_pid_ns(old_ns);
	if (task_active_pid_ns(current) != old_ns)
		return ERR_PTR(-EINVAL);

	return create_pid_ns(user_ns, old_ns);
}

static void free_pid_ns_rcu(struct rcu_head *rcu)
{
	struct pid_namespace *ns = container_of(rcu, struct pid_namespace, rcu);

	pid_table_destroy(&ns->table);
	put_user_ns(ns->user_ns);
	kmem_cache_free(pid_ns_cache, ns);
}

static void destroy_pid_ns(struct pid_namespace *ns)
{
	ns_free_inum(&ns->ns);
	/* Before call_rcu(), which takes its place. */
	dec_ucount(ns->ucounts, UCOUNT_PID_NAMESPACES);
	call_rcu(&ns->rcu, free_pid_ns_rcu);
}

/**
 * put_pid_ns() - drop a reference
 * @ns: namespace
 *
 * The last one also drops the reference to the parent, and so on: in a loop, as
 * there may be 32 of them.
 *
 * Context: Any.
 */
void put_pid_ns(struct pid_namespace *ns)
{
	struct pid_namespace *parent;

	while (ns != &init_pid_ns && refcount_dec_and_test(&ns->ns.count)) {
		parent = ns->parent;
		destroy_pid_ns(ns);
		ns = parent;
	}
}
EXPORT_SYMBOL_GPL(put_pid_ns);

/*
 * Leaves before others may run, some 10 ms. Were it each time, those who die and
 * who frees their memory would come in between, all of them several times over.
 */
#define ZAP_RESCHED	256

/*
 * Kill the processes of the first leaf that has a number from @nr on, each once,
 * whatever the number of its threads. A leaf is what one hold of tasklist_lock
 * is for: forks and exits wait for it. Return: where to go on, 0 at the end.
 */
static unsigned int kill_leaf(struct pid_namespace *ns, unsigned int nr)
{
	struct task_struct *task;
	struct pid_node *leaf;
	unsigned long used;

	rcu_read_lock();
	read_lock(&tasklist_lock);
	leaf = pid_table_next_leaf(&ns->table, &nr);
	used = leaf ? READ_ONCE(leaf->used) & (~0UL << nr % PID_NODE_SLOTS) : 0;
	for (; used; used &= used - 1) {
		task = pid_task(rcu_dereference(leaf->slot[__ffs(used)]),
				PIDTYPE_TGID);
		if (task)
			group_send_sig_info(SIGKILL, SEND_SIG_PRIV, task,
					    PIDTYPE_MAX);
	}
	nr = leaf ? node_end(leaf) : 0;
	read_unlock(&tasklist_lock);
	rcu_read_unlock();

	return nr;
}

/*
 * The table is closed. A fork that had a number all the same attaches its child
 * before the first hold of tasklist_lock here, and then it is found, or looks
 * after it, and then pid_may_start() says no: so one walk finds all.
 */
static void kill_all(struct pid_namespace *ns)
{
	unsigned int leaves = 0, nr = 2;

	do {
		nr = kill_leaf(ns, nr);
		if (!(++leaves % ZAP_RESCHED))
			cond_resched();
	} while (nr);
}

/*
 * From now on a child of current that ends is released at once: nobody has to
 * wait for it. That takes both: exit_signal can be any, and only SIGCHLD can be
 * ignored in this sense. Orphans that current inherits get it from reparenting.
 */
static void release_children_when_they_end(void)
{
	struct task_struct *child;
	struct sighand_struct *sighand;

	write_lock_irq(&tasklist_lock);
	sighand = rcu_dereference_protected(current->sighand,
					    lockdep_tasklist_lock_is_held());
	spin_lock(&sighand->siglock);
	sighand->action[SIGCHLD - 1].sa.sa_handler = SIG_IGN;
	spin_unlock(&sighand->siglock);

	list_for_each_entry(child, &current->children, sibling)
		child->exit_signal = SIGCHLD;
	write_unlock_irq(&tasklist_lock);
}

/*
 * A process group that was named inside keeps a number taken for as long as it
 * has a member, here or in a namespace below. Were that member init itself, it
 * would wait for its own end, so it goes back to a group of its own.
 */
static void leave_group_named_inside(struct pid_namespace *ns)
{
	struct task_struct *leader = current->group_leader;
	struct pid *unused = NULL;

	write_lock_irq(&tasklist_lock);
	if (task_pgrp(leader) != task_pid(leader) &&
	    pid_nr_ns(task_pgrp(leader), ns))
		unused = change_pid(leader, PIDTYPE_PGID, task_pid(leader));
	write_unlock_irq(&tasklist_lock);

	free_pid(unused);
}

static void reap_zombies(void)
{
	while (kernel_wait4(-1, NULL, __WALL | WNOHANG, NULL) > 0)
		cond_resched();
}

/**
 * zap_pid_ns_processes() - let a namespace die with its init
 * @ns: namespace of current, whose group is its init and has no other thread
 *	that lives
 *
 * When this returns, init is the last one that has a number in @ns: so whoever
 * reaps init knows that all are gone. Most go by themselves. But a process that
 * came in by setns(2) and fork(2) can have its parent outside, and stays until
 * that one reaps it, or exits and leaves it to init; a traced one stays until its
 * tracer lets go.
 *
 * Init sleeps until it is alone, and is not woken by each that goes but by a few
 * in 64, those whose number was among the last of its leaf: to look through those
 * that are left each time would make the death of a wide namespace quadratic.
 *
 * Context: Process context, may sleep; for as long as such a parent or tracer
 *	    pleases, without counting as load and without hindering the freezer.
 */
void zap_pid_ns_processes(struct pid_namespace *ns)
{
	/* A leader that exited before its last thread still has its number. */
	const unsigned int own = thread_group_leader(current) ? 1 : 2;

	pid_ns_note_death(ns);
	pid_table_close(&ns->table);
	release_children_when_they_end();
	leave_group_named_inside(ns);
	kill_all(ns);
	reap_zombies();

	rcuwait_wait_event(&ns->zap_wait, pid_table_count(&ns->table, own + 1) <= own,
			   TASK_IDLE | TASK_FREEZABLE);

	if (ns->reboot)
		current->signal->group_exit_code = ns->reboot;

	acct_exit_ns(ns);
}

/**
 * reboot_pid_ns() - what reboot(2) does inside a namespace
 * @ns: current's namespace
 * @cmd: LINUX_REBOOT_CMD_*
 *
 * Its init is killed, and its parent sees it dead of SIGHUP where it would have
 * been started again, of SIGINT where not: reboot(2).
 *
 * Context: Process context.
 * Return: 0 in the initial namespace, for the caller to go on with the machine;
 *	   -EINVAL for a command without a meaning here; else not at all.
 */
int reboot_pid_ns(struct pid_namespace *ns, int cmd)
{
	if (ns == &init_pid_ns)
		return 0;

	switch (cmd) {
	case LINUX_REBOOT_CMD_RESTART:
	case LINUX_REBOOT_CMD_RESTART2:
		ns->reboot = SIGHUP;
		break;
	case LINUX_REBOOT_CMD_HALT:
	case LINUX_REBOOT_CMD_POWER_OFF:
		ns->reboot = SIGINT;
		break;
	default:
		return -EINVAL;
	}

	read_lock(&tasklist_lock);
	send_sig(SIGKILL, ns->child_reaper, 1);
	read_unlock(&tasklist_lock);

	do_exit(0);
}

static int __init pid_ns_boot(void)
{
	pid_ns_cache = KMEM_CACHE(pid_namespace,
				  SLAB_HWCACHE_ALIGN | SLAB_PANIC | SLAB_ACCOUNT);
	return 0;
}
device_initcall(pid_ns_boot);
