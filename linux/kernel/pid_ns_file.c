// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pid namespaces as files: /proc/PID/ns/pid and pid_for_children, setns(2), and
 * the ioctls of ioctl_nsfs(2). fs/nsfs.c makes the files and calls these.
 *
 * A file holds its namespace, also one that is dead: it can be looked at, and
 * entered, but not be given a process.
 */

#include <linux/capability.h>
#include <linux/err.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/proc_ns.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>

static struct pid_namespace *to_pid_ns(struct ns_common *ns)
{
	return container_of(ns, struct pid_namespace, ns);
}

/* The namespace that @task is in; NULL if it is released. */
static struct ns_common *ns_of_task(struct task_struct *task)
{
	struct pid_namespace *ns;

	guard(rcu)();
	ns = task_active_pid_ns(task);
	return ns ? &get_pid_ns(ns)->ns : NULL;
}

/* A namespace before its first process: only its maker can give it an init. */
static bool has_reaper(struct pid_namespace *ns)
{
	bool ret;

	read_lock(&tasklist_lock);
	ret = ns->child_reaper;
	read_unlock(&tasklist_lock);

	return ret;
}

/* The namespace that @task's children will be in. */
static struct ns_common *ns_of_children(struct task_struct *task)
{
	struct pid_namespace *ns = NULL;

	task_lock(task);
	if (task->nsproxy)
		ns = get_pid_ns(task->nsproxy->pid_ns_for_children);
	task_unlock(task);

	if (!ns)
		return NULL;
	if (has_reaper(ns))
		return &ns->ns;

	put_pid_ns(ns);
	return NULL;
}

static void drop_ns(struct ns_common *ns)
{
	put_pid_ns(to_pid_ns(ns));
}

static bool is_or_is_below(struct pid_namespace *ns,
			   struct pid_namespace *ancestor)
{
	while (ns && ns->level > ancestor->level)
		ns = ns->parent;

	return ns == ancestor;
}

/* setns(2): over the namespace, and over the user namespace of who enters it. */
static bool may_enter(const struct nsset *nsset, const struct pid_namespace *ns)
{
	return ns_capable(ns->user_ns, CAP_SYS_ADMIN) &&
	       ns_capable(nsset->cred->user_ns, CAP_SYS_ADMIN);
}

/*
 * Send the caller's next children to a namespace. Never upwards or sideways: a
 * process can see its children, and cannot leave its namespace by them.
 */
static int enter_ns(struct nsset *nsset, struct ns_common *common)
{
	struct pid_namespace **children = &nsset->nsproxy->pid_ns_for_children;
	struct pid_namespace *ns = to_pid_ns(common);

	if (!may_enter(nsset, ns))
		return -EPERM;
	if (!is_or_is_below(ns, task_active_pid_ns(current)))
		return -EINVAL;

	get_pid_ns(ns);
	put_pid_ns(*children);
	*children = ns;
	return 0;
}

static struct user_namespace *owner_of(struct ns_common *ns)
{
	return to_pid_ns(ns)->user_ns;
}

/* The namespace above, if the caller can see it from where it is. */
static struct ns_common *parent_of(struct ns_common *ns)
{
	struct pid_namespace *parent = to_pid_ns(ns)->parent;

	if (!is_or_is_below(parent, task_active_pid_ns(current)))
		return ERR_PTR(-EPERM);

	return &get_pid_ns(parent)->ns;
}

const struct proc_ns_operations pidns_operations = {
	.name		= "pid",
	.type		= CLONE_NEWPID,
	.get		= ns_of_task,
	.put		= drop_ns,
	.install	= enter_ns,
	.owner		= owner_of,
	.get_parent	= parent_of,
};

const struct proc_ns_operations pidns_for_children_operations = {
	.name		= "pid_for_children",
	.real_ns_name	= "pid",
	.type		= CLONE_NEWPID,
	.get		= ns_of_children,
	.put		= drop_ns,
	.install	= enter_ns,
	.owner		= owner_of,
	.get_parent	= parent_of,
};
