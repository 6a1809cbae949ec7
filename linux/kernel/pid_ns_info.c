// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/PID/pidns: what is in the pid namespace of a process, and what a dying
 * namespace waits for.
 *
 *	Level:	1
 *	Limit:	4194304		the lowest kernel.pid_max from there up
 *	Pids:	4		numbers taken: processes, threads, groups, sessions
 *	Reaper:	65		0 when it is reaped, or not born
 *	Dying:	42 s		for how long, or "no"
 *	Waits:	70 Z parent 61	a pid that init waits for: its number, its state,
 *	Waits:	71 t tracer 62	and which process has to do something about it
 *	More:	2		those that there was no room for
 *
 * The last word but one tells what that one has to do:
 *
 *	parent	reap it
 *	tracer	let it go, or reap it
 *	thread	exit first, a thread of that process
 *	self	exit: it was killed, and is on its way
 *	group	leave the process group of that name, or exit
 *	session	the same for a session
 *
 * Numbers are those of the mount of proc, 0 for what cannot be seen there. It is
 * a look at things that change, without a lock that would stop them.
 *
 * The file tells of all that is in the namespace, so having a right to that one
 * process is not enough: it is for who has CAP_SYS_ADMIN over the user namespace
 * that owns it, when the file is opened. A mount with hidepid thus hides no less.
 */

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/pid_table.h>
#include <linux/ptrace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>

#define WAITS_SHOWN	32

/**
 * pid_ns_note_death() - remember when a namespace began to die
 * @ns: namespace, whose init exits
 *
 * Context: Any, once.
 */
void pid_ns_note_death(struct pid_namespace *ns)
{
	WRITE_ONCE(ns->dying_since, ktime_get_boottime_seconds());
}

static void show_task(struct seq_file *m, struct task_struct *task,
		      struct pid_namespace *reader)
{
	struct task_struct *tracer = ptrace_parent(task);
	const char *why = "parent";
	pid_t who;

	if (!task->exit_state && !task_is_traced(task)) {
		why = "self";
		who = task_pid_nr_ns(task, reader);
	} else if (task->exit_state && delay_group_leader(task)) {
		why = "thread";
		who = task_pid_nr_ns(next_thread(task), reader);
	} else if (tracer) {
		why = "tracer";
		who = task_pid_nr_ns(tracer, reader);
	} else {
		who = task_ppid_nr_ns(task, reader);
	}

	seq_printf(m, "Waits:\t%d %c %s %d\n", task_pid_nr_ns(task, reader),
		   task_state_to_char(task), why, who);
}

/* A pid without a task of its own is the name of a group or session. */
static void show_name(struct seq_file *m, struct pid *pid,
		      struct pid_namespace *reader)
{
	struct task_struct *member = pid_task(pid, PIDTYPE_PGID);
	const char *why = "group";

	if (!member) {
		member = pid_task(pid, PIDTYPE_SID);
		why = "session";
	}
	if (member)
		seq_printf(m, "Waits:\t%d - %s %d\n", pid_nr_ns(pid, reader),
			   why, task_pid_nr_ns(member, reader));
}

/* The thread of init that waits for the others, which need not be the first. */
static bool is_waiting_init(struct task_struct *task, struct pid *init)
{
	return task_tgid(task) == init && !task->exit_state;
}

static void show_waits(struct seq_file *m, struct pid_namespace *ns,
		       struct pid_namespace *reader, unsigned int pids)
{
	struct pid *init = find_pid_ns(1, ns), *pid;
	unsigned int seen = 1;
	struct task_struct *task;
	int nr = 2;

	while (seen <= WAITS_SHOWN && (pid = find_ge_pid(nr, ns))) {
		nr = pid->numbers[ns->level].nr + 1;
		seen++;
		task = pid_task(pid, PIDTYPE_PID);
		if (!task)
			show_name(m, pid, reader);
		else if (!is_waiting_init(task, init))
			show_task(m, task, reader);
	}

	if (pids > seen)
		seq_printf(m, "More:\t%u\n", pids - seen);
}

static void show_ns(struct seq_file *m, struct pid_namespace *ns,
		    struct pid_namespace *reader)
{
	unsigned int pids = pid_table_count(&ns->table, UINT_MAX);
	unsigned long since = READ_ONCE(ns->dying_since);

	guard(rcu)();
	seq_printf(m, "Level:\t%u\n", ns->level);
	seq_printf(m, "Limit:\t%d\n", pid_ns_limit(ns, READ_ONCE(pid_max)));
	seq_printf(m, "Pids:\t%u\n", pids);
	seq_printf(m, "Reaper:\t%d\n", pid_nr_ns(find_pid_ns(1, ns), reader));
	if (!since) {
		seq_puts(m, "Dying:\tno\n");
		return;
	}

	seq_printf(m, "Dying:\t%lu s\n",
		   (unsigned long)ktime_get_boottime_seconds() - since);
	show_waits(m, ns, reader, pids);
}

/**
 * proc_pid_ns_info() - print the file
 * @m: where to
 * @reader: the namespace of the mount of proc
 * @pid: the process named by the directory
 * @task: its first task
 *
 * Context: Process context.
 * Return: 0; -EPERM without CAP_SYS_ADMIN over the owner of the namespace.
 */
int proc_pid_ns_info(struct seq_file *m, struct pid_namespace *reader,
		     struct pid *pid, struct task_struct *task)
{
	struct pid_namespace *ns = ns_of_pid(pid);

	if (!file_ns_capable(m->file, ns->user_ns, CAP_SYS_ADMIN))
		return -EPERM;

	show_ns(m, ns, reader);
	return 0;
}
