// SPDX-License-Identifier: GPL-2.0-only
/*
 * pidstorm's operations that send signals, and that end threads, processes and
 * namespaces. Whoever dies is waited for before the next operation: the parent
 * looks at the zombie and leaves it, so that it can be reaped later.
 */
#include "pidstorm.h"

#define KILLED	(128 + SIGKILL)

/* The parent sees it end: with what, and under which number. */
static void wait_for(struct proc *proc, int code, int options)
{
	struct task *waiter = a_task_of(proc->parent);
	int nr = view(proc->pid, space_of(waiter));

	long got = ask(waiter, OP_WAIT, P_PID, nr, WEXITED | options);

	if (got == -ETIME)
		fail("%d does not end; State: %s", proc->pid->nr[0],
		     status_of(proc->pid->nr[0], "State"));
	check("waitid", got, nr);
	check("how it ended", waiter->box->code, code);
}

static void see_zombie(struct proc *proc, int code)
{
	wait_for(proc, code, WNOWAIT);
	proc_zombie(proc, code);
}

void op_exit(void)
{
	struct task *task = pick_task();
	int code = chance(100);

	if (task->proc == driver_proc() || is_init(task->proc))
		return;
	note("exit %d of %d", code, task->pid->nr[0]);
	ask(task, OP_EXIT, code, 0, 0);
	see_zombie(task->proc, code);
}

static int signals_of(struct proc *proc, int *from)
{
	int count = 0;

	for (int i = 0; i < AGENTS; i++)
		if (tasks[i].used && tasks[i].proc == proc) {
			count += __atomic_load_n(&tasks[i].box->signals,
						 __ATOMIC_SEQ_CST);
			*from |= tasks[i].box->sender;
		}
	return count;
}

static void forget_signals(struct proc *proc)
{
	for (int i = 0; i < AGENTS; i++) {
		if (!tasks[i].used || tasks[i].proc != proc)
			continue;
		tasks[i].box->signals = 0;
		tasks[i].box->sender = 0;
	}
}

static bool is_target(struct proc *proc, struct proc *one, struct mpid *group)
{
	return proc->used && (one ? proc == one : proc->group == group);
}

/* Would this signal end a namespace, or who sends it? */
static bool too_deadly(struct task *sender, struct proc *proc)
{
	if (proc == sender->proc)
		return true;
	return is_init(proc) && !proc->zombie &&
	       space_of(sender)->level < proc->pid->space->level;
}

static void see_signal(struct task *sender, struct proc *proc, bool group)
{
	int from = 0;

	if (!WAIT_UNTIL(signals_of(proc, &from) > 0))
		fail("%d did not get its signal", proc->pid->nr[0]);
	check("signals", signals_of(proc, &from), 1);
	/* To a group one number goes out for all readers. */
	if (!group || space_of(sender) == proc->pid->space)
		check("si_pid", from,
		      view(sender->proc->pid, proc->pid->space));
}

static void see_deaths(void)
{
	bool again;

	/* Those first whose parents live on: the others get new ones. */
	do {
		again = false;
		for (int i = 0; i < AGENTS; i++) {
			struct proc *proc = &procs[i];

			if (!proc->used || !proc->doomed || proc->parent->doomed)
				continue;
			proc->doomed = false;
			see_zombie(proc, KILLED);
			again = true;
		}
	} while (again);
}

void op_kill(void)
{
	struct task *sender = pick_task();
	struct space *here = space_of(sender);
	struct mpid *pid = pick_visible(here);
	struct proc *one = NULL;
	bool group = chance(3) == 0;
	int signal = chance(2) ? SIGKILL : SIGUSR1, nr = view(pid, here);

	if (!nr || (group && (nr == 1 || !has_users(pid, false))))
		return;
	if (!group) {
		one = owner(pid);
		if (!one)
			return;
	}
	for (int i = 0; i < AGENTS; i++) {
		if (!is_target(&procs[i], one, pid))
			continue;
		if (signal == SIGKILL && too_deadly(sender, &procs[i]))
			return;
	}
	for (int i = 0; i < AGENTS; i++)
		if (is_target(&procs[i], one, pid))
			forget_signals(&procs[i]);
	note("signal %d to %d%s by %d", signal, pid->nr[0],
	     group ? "'s group" : "", sender->pid->nr[0]);
	check("kill", ask(sender, OP_KILL, group ? -nr : nr, signal, 0), 0);
	for (int i = 0; i < AGENTS; i++) {
		struct proc *proc = &procs[i];

		if (!is_target(proc, one, pid) || proc->zombie)
			continue;
		if (signal == SIGUSR1)
			see_signal(sender, proc, group);
		else
			proc->doomed = !is_init(proc);
	}
	see_deaths();
}

/* Does a wait of these children have something to tell? */
static long reap_answer(struct proc *parent, struct mpid *group, bool *any)
{
	long answer = -ECHILD;

	*any = false;
	for (int i = 0; i < AGENTS; i++) {
		struct proc *proc = &procs[i];

		if (!proc->used || proc->parent != parent ||
		    (group && proc->group != group))
			continue;
		if (answer)
			answer = 0;
		*any |= proc->zombie;
	}
	return answer;
}

/* Any child, or any of a group; or a zombie by its number. */
void op_reap(void)
{
	struct proc *proc = pick_proc();
	struct mpid *group = NULL;
	struct task *task;
	bool any;
	long wanted, got;

	if (!proc)
		return;
	if (proc->zombie && chance(3)) {
		note("reap %d", proc->pid->nr[0]);
		wait_for(proc, proc->code, 0);
		proc_reaped(proc);
		return;
	}
	task = a_task_of(proc->parent);
	if (chance(2) && view(proc->group, space_of(task)))
		group = proc->group;
	note("reap any%s by %d", group ? " of a group" : "", task->pid->nr[0]);
	wanted = reap_answer(task->proc, group, &any);
	got = ask(task, OP_WAIT, group ? P_PGID : P_ALL,
		  group ? view(group, space_of(task)) : 0, WEXITED | WNOHANG);
	if (!any) {
		check("waitid of nobody", got, wanted);
		return;
	}
	proc = got > 0 ? proc_of(pid_at(space_of(task), got)) : NULL;
	if (!proc || !proc->zombie || proc->parent != task->proc ||
	    (group && proc->group != group))
		fail("waitid: %ld is no zombie child", got);
	check("how it ended", task->box->code, proc->code);
	proc_reaped(proc);
}

static bool doomed(struct proc *proc, struct space *space)
{
	return proc->used && space_within(proc->pid->space, space);
}

/* Those whose parents are outside wait for them, and hold init up to then. */
static void reap_from_outside(struct space *space, struct proc *init, int level,
			      bool inits)
{
	for (int i = 0; i < AGENTS; i++) {
		struct proc *proc = &procs[i];

		if (!doomed(proc, space) || proc == init ||
		    proc->pid->space->level != level || is_init(proc) != inits ||
		    doomed(proc->parent, space))
			continue;
		wait_for(proc, proc->zombie ? proc->code : KILLED, 0);
		proc_zombie(proc, KILLED);
		proc_reaped(proc);
	}
}

static void forget_space(struct space *space, struct proc *init)
{
	for (int i = 0; i < AGENTS; i++)
		if (doomed(&procs[i], space) && &procs[i] != init)
			procs[i].doomed = true;
	for (int i = 0; i < AGENTS; i++) {
		struct proc *proc = &procs[i];

		if (!proc->used || !proc->doomed)
			continue;
		for (int j = 0; j < AGENTS; j++)
			if (tasks[j].used && tasks[j].proc == proc)
				task_gone(&tasks[j], true);
		proc_reaped(proc);
	}
	for (int i = 0; i < SPACES; i++)
		if (spaces[i].used && space_within(&spaces[i], space))
			spaces[i].dead = true;
}

/* An init exits, or is killed from further out; all that is inside dies. */
void op_end_space(void)
{
	struct space *space = &spaces[1 + chance(SPACES - 1)];
	struct proc *init = space->init;
	struct task *killer = pick_task();
	int code = KILLED, nr;

	if (!space->used || !init || init->zombie)
		return;
	if (space_of(killer)->level < space->level &&
	    view(init->pid, space_of(killer))) {
		note("kill of init %d by %d", init->pid->nr[0],
		     killer->pid->nr[0]);
		nr = view(init->pid, space_of(killer));
		check("kill", ask(killer, OP_KILL, nr, SIGKILL, 0), 0);
	} else {
		code = chance(100);
		note("exit of init %d", init->pid->nr[0]);
		ask(a_task_of(init), OP_EXIT, code, 0, 0);
	}
	for (int level = DEPTH; level >= space->level; level--) {
		reap_from_outside(space, init, level, false);
		reap_from_outside(space, init, level, true);
	}
	wait_for(init, code, WNOWAIT);
	forget_space(space, init);
	if (init->group != init->pid && view(init->group, space)) {
		/* A dying init leaves a group that was named inside. */
		pid_leave(init->group, true);
		init->group = init->pid;
		init->pid->users++;
	}
	proc_zombie(init, code);
	world->deaths++;
}

void op_thread_exit(void)
{
	struct task *task = pick_task();
	int tgid = task->proc->pid->nr[0], tid = task->pid->nr[0];

	if (task->pid == task->proc->pid)
		return;
	note("end of thread %d", tid);
	ask(task, OP_THREAD_EXIT, 0, 0, 0);
	if (!WAIT_UNTIL(ret(syscall(__NR_tgkill, tgid, tid, 0)) == -ESRCH))
		fail("thread %d does not end", tid);
	task_gone(task, false);
}

/* Whichever thread calls it goes on alone, under the leader's number. */
void op_exec(void)
{
	struct task *task = pick_task(), *leader = task_of(task->proc->pid);
	struct proc *proc = task->proc;
	struct box *box = task->box;
	unsigned int done;

	if (proc == driver_proc())
		return;
	note("exec by %d of %d", task->pid->nr[0], proc->pid->nr[0]);
	done = leader->box->done;
	box->op = OP_EXEC;
	box->arg[0] = leader->box - world->box;
	__atomic_add_fetch(&box->go, 1, __ATOMIC_SEQ_CST);
	futex_wake(&box->go);
	await(leader->box, done);
	leader->children = task->children;
	for (int i = 0; i < AGENTS; i++)
		if (tasks[i].used && tasks[i].proc == proc && &tasks[i] != leader)
			/* Its own number, before exec, was given back in it. */
			task_gone(&tasks[i], &tasks[i] == task);
	proc->execed = true;
	check_who(leader);
}
