// SPDX-License-Identifier: GPL-2.0-only
/*
 * pidstorm's operations: each picks who does what to whom, foresees the answer,
 * orders it, compares, and brings the model up to date.
 */
#include "pidstorm.h"

void await(struct box *box, unsigned int done)
{
	time_t limit = time(NULL) + 90;

	while (__atomic_load_n(&box->done, __ATOMIC_SEQ_CST) == done) {
		futex_wait(&box->done, done, 20);
		if (time(NULL) > limit)
			fail("%d gave no answer to order %d; State: %s",
			     box->outer, box->op, status_of(box->outer, "State"));
	}
}

/* The driver does its own, at once. */
long ask(struct task *task, enum op op, long a, long b, long c)
{
	struct box *box = task->box;
	unsigned int done = box->done;

	box->op = op;
	box->arg[0] = a;
	box->arg[1] = b;
	box->arg[2] = c;
	if (task->proc == driver_proc()) {
		agent_do(box);
		return box->result;
	}
	__atomic_add_fetch(&box->go, 1, __ATOMIC_SEQ_CST);
	futex_wake(&box->go);
	if (op != OP_EXIT)
		await(box, done);
	return box->result;
}

struct space *space_of(struct task *task)
{
	return task->pid->space;
}

bool is_init(struct proc *proc)
{
	return proc->pid->space->init == proc;
}

/* What a newborn task says of itself. */
void check_who(struct task *task)
{
	struct box *box = task->box;
	struct proc *proc = task->proc;
	struct space *here = space_of(task);

	check("a level for each number", box->count, here->level + 1);
	check("getpid", box->pid, view(proc->pid, here));
	check("gettid", box->tid, view(task->pid, here));
	check("getppid", box->ppid,
	      proc->parent ? view(proc->parent->pid, here) : 0);
	check("getpgrp", box->pgid, view(proc->group, here));
	check("getsid", box->sid, view(proc->session, here));
	for (int level = 0; level <= here->level; level++)
		check("NSpid", box->number[level], task->pid->nr[level]);
}

/*
 * Numbers for set_tid, inside first: free ones mostly. Returns the error that
 * they bring, 0 if they are good.
 */
static int choose_wanted(struct space *space, int *wanted, int count)
{
	for (int i = 0; i < count; i++, space = space->parent) {
		int nr = 1 + chance(pid_max - 1);

		if (!space->init)
			nr = 1 + !chance(10);
		else if (!chance(8))
			nr = view(pick_visible(space), space) ?: 1;
		else if (!chance(40))
			nr = chance(2) ? pid_max : -(int)chance(2);
		/* Whether that is free is not known. */
		while (nr_unsure(space, nr))
			nr = 1 + chance(pid_max - 1);
		wanted[i] = nr;
		if (nr < 1 || nr >= pid_max || (nr > 1 && !space->init))
			return -EINVAL;
		if (pid_at(space, nr))
			return -EEXIST;
	}
	return 0;
}

static void unsure_from(struct space *space)
{
	for (; space; space = space->parent)
		space->unsure = true;
}

static int fork_error(struct task *task, long flags, struct space *target)
{
	if (flags & CLONE_PARENT && is_init(task->proc))
		return -EINVAL;
	if (flags & CLONE_NEWPID && task->children != space_of(task))
		return -EINVAL;
	return target->dead ? -ENOMEM : 0;
}

static void op_fork(void)
{
	static const long kinds[] = { 0, 0, 0, CLONE_NEWPID, CLONE_NEWPID,
		CLONE_PARENT, CLONE_NEWPID | CLONE_PARENT };
	long flags = kinds[chance(ARRAY_SIZE(kinds))], got;
	struct task *task = pick_task();
	struct space *target = task->children, *made = NULL;
	struct proc *parent = task->proc;
	int wanted[DEPTH] = {}, count = 0, err;
	struct box *box = box_new();
	unsigned int done;
	struct mpid *pid;

	if (!box)
		return;
	if (flags & CLONE_NEWPID) {
		if (space_of(task)->level + 1 >= DEPTH)
			return;
		made = space_new(space_of(task));
		if (!made)
			return;
		target = made;
	}
	err = fork_error(task, flags, target);
	if (!err && !chance(4)) {
		count = 1 + chance(target->level + 1);
		err = choose_wanted(target, wanted, count);
	}
	if (flags & CLONE_PARENT)
		parent = parent->parent;
	note("fork by %d, flags %lx, %d numbers wanted, first %d",
	     task->pid->nr[0], flags, count, wanted[0]);
	memcpy(task->box->number, wanted, sizeof(wanted));
	done = box->done;
	got = ask(task, OP_FORK, flags, box - world->box, count);
	if (err) {
		check("a fork that must fail", got, err);
		if (target->dead)
			unsure_from(target);
		if (made)
			made->used = false;
		return;
	}
	if (got < 0)
		fail("fork: %s", strerror(-got));
	await(box, done);
	pid = pid_new(target, box->number, wanted, count);
	task_new(pid, proc_new(pid, parent, task->proc->group,
			       task->proc->session), target, box);
	check("the parent's name for its child", got, view(pid, space_of(task)));
	check_who(task_of(pid) ?: a_task_of(proc_of(pid)));
}

static void op_thread(void)
{
	struct task *task = pick_task();
	struct box *box = box_new();
	unsigned int done;
	long got;

	if (!box || task->proc == driver_proc() || threads_of(task->proc) > 5)
		return;
	note("thread by %d", task->pid->nr[0]);
	done = box->done;
	got = ask(task, OP_THREAD, box - world->box, 0, 0);
	if (task->children != space_of(task)) {
		check("a thread of who sends its children elsewhere", got, -EINVAL);
		return;
	}
	check("pthread_create", got, 0);
	await(box, done);
	check_who(task_new(pid_new(space_of(task), box->number, NULL, 0),
			   task->proc, space_of(task), box));
}

/* Children that are born, end and are waited for at once. */
static void op_burst(void)
{
	struct task *task = pick_task();
	struct space *target = task->children;
	int count = 1 + chance(30);
	struct box *box = task->box;

	if (!target->init || target->dead)
		return;
	note("burst of %d by %d", count, task->pid->nr[0]);
	check("a burst", ask(task, OP_BURST, count, 0, 0), 0);
	for (int i = 0; i < count; i++)
		for (struct space *at = target; at; at = at->parent)
			turn_taken(at, at == space_of(task) ? box->number[i] : 0);
	world->operations += count;
}

static void op_unshare(void)
{
	struct task *task = pick_task();
	struct space *made;

	if (task->proc == driver_proc() || space_of(task)->level + 1 >= DEPTH)
		return;
	note("unshare by %d", task->pid->nr[0]);
	if (task->children != space_of(task)) {
		check("unshare twice", ask(task, OP_UNSHARE, 0, 0, 0), -EINVAL);
		return;
	}
	made = space_new(space_of(task));
	if (!made)
		return;
	check("unshare", ask(task, OP_UNSHARE, 0, 0, 0), 0);
	task->children = made;
}

static void op_setns(void)
{
	struct task *task = pick_task(), *other = pick_task();
	bool below = space_within(space_of(other), space_of(task));

	if (task->proc == driver_proc())
		return;
	note("setns by %d to that of %d", task->pid->nr[0], other->pid->nr[0]);
	check("setns", ask(task, OP_SETNS, other->pid->nr[0], 0, 0),
	      below ? 0 : -EINVAL);
	if (below)
		task->children = space_of(other);
}

static void op_setsid(void)
{
	struct task *task = pick_task();
	struct proc *proc = task->proc;
	bool bad = proc->session_leader || has_users(proc->pid, false);
	long got;

	note("setsid by %d", task->pid->nr[0]);
	got = ask(task, OP_SETSID, 0, 0, 0);
	if (bad) {
		check("setsid of a leader", got, -EPERM);
		return;
	}
	check("setsid", got, view(proc->pid, space_of(task)));
	proc->session_leader = true;
	proc->pid->users += 2;
	pid_leave(proc->group, true);
	pid_leave(proc->session, true);
	proc->group = proc->pid;
	proc->session = proc->pid;
}

static long setpgid_error(struct proc *caller, struct mpid *whose,
			  struct mpid *group)
{
	struct proc *proc = proc_of(whose);

	/* A thread that leads nothing, or a number that only names a group. */
	if (!proc)
		return task_of(whose) ? -EINVAL : -ESRCH;
	if (proc->parent == caller) {
		if (proc->session != caller->session)
			return -EPERM;
		if (proc->execed)
			return -EACCES;
	} else if (proc != caller) {
		return -ESRCH;
	}
	if (proc->session_leader)
		return -EPERM;
	if (group == whose)
		return 0;
	for (int i = 0; i < AGENTS; i++)
		if (procs[i].used && procs[i].group == group)
			return procs[i].session == caller->session ? 0 : -EPERM;
	return -EPERM;
}

static void op_setpgid(void)
{
	struct task *task = pick_task();
	struct space *here = space_of(task);
	struct mpid *whose = pick_visible(here), *group = pick_visible(here);
	struct proc *proc;
	long err;

	if (chance(2)) {
		proc = pick_proc();
		whose = proc && proc->parent == task->proc ? proc->pid :
							     task->proc->pid;
	}
	if (chance(2))
		group = whose;
	if (!view(whose, here) || !view(group, here))
		return;
	/* Init would wait for an outsider in a group that is named inside. */
	if (!space_within(whose->space, group->space))
		return;
	err = setpgid_error(task->proc, whose, group);
	note("setpgid of %d to %d by %d", whose->nr[0], group->nr[0],
	     task->pid->nr[0]);
	check("setpgid", ask(task, OP_SETPGID, view(whose, here),
			     view(group, here), 0), err);
	proc = proc_of(whose);
	if (err || proc->group == group)
		return;
	group->users++;
	pid_leave(proc->group, true);
	proc->group = group;
}

/* The process of a task's number, of a process's too while it is not reaped. */
struct proc *owner(struct mpid *pid)
{
	struct task *task = task_of(pid);

	return task ? task->proc : proc_of(pid);
}

static void op_look(void)
{
	struct task *task = pick_task();
	struct space *here = space_of(task);
	struct mpid *pid = pick_visible(here);
	struct proc *proc = owner(pid);
	int nr = view(pid, here), random = 1 + chance(pid_max + 10);

	note("look by %d at %d", task->pid->nr[0], pid->nr[0]);
	if (nr) {
		check("getpgid", ask(task, OP_GETPGID, nr, 0, 0),
		      proc ? view(proc->group, here) : -ESRCH);
		check("getsid", ask(task, OP_GETSID, nr, 0, 0),
		      proc ? view(proc->session, here) : -ESRCH);
		check("kill 0", ask(task, OP_KILL, nr, 0, 0), proc ? 0 : -ESRCH);
		if (proc)
			check("tgkill 0",
			      ask(task, OP_TGKILL, view(proc->pid, here), nr, 0), 0);
	}
	/* -1 is everybody. */
	if (nr > 1)
		check("kill 0 of a group", ask(task, OP_KILL, -nr, 0, 0),
		      has_users(pid, false) ? 0 : -ESRCH);
	if (!pid_at(here, random))
		check("kill of a number that nobody has",
		      ask(task, OP_KILL, random, 0, 0), -ESRCH);
}

static void op_pidfd(void)
{
	struct task *task = pick_task();
	struct space *here = space_of(task);
	struct mpid *pid = pick_visible(here);
	struct proc *proc = proc_of(pid);
	int nr = view(pid, here);

	if (!nr)
		return;
	note("pidfd by %d of %d", task->pid->nr[0], pid->nr[0]);
	check("pidfd", ask(task, OP_PIDFD, nr, 0, 0), proc ? 0 : -EINVAL);
	if (!proc)
		return;
	check("a level for each number", task->box->count, pid->space->level + 1);
	for (int level = 0; level <= pid->space->level; level++)
		check("NSpid of a pidfd", task->box->number[level],
		      pid->nr[level]);
}

static void op_trace(void)
{
	struct task *task = pick_task();
	struct space *here = space_of(task);
	struct task *other = pick_task();
	int nr = view(other->pid, here);

	if (!nr || other->proc == task->proc || other->proc == driver_proc())
		return;
	note("trace of %d by %d", other->pid->nr[0], task->pid->nr[0]);
	check("the stop's number", ask(task, OP_TRACE, nr, other->pid->nr[0], 0),
	      nr);
	check("TracerPid", task->box->code, task->pid->nr[0]);
}

static void op_list(void)
{
	struct task *task = pick_task();
	struct space *here = space_of(task);
	int last = 0, count = 0;
	struct mpid *pid;

	note("list by %d", task->pid->nr[0]);
	check("list", ask(task, OP_LIST, 0, 0, 0), 0);
	for (int i = 0; i < task->box->count; i++) {
		int nr = task->box->number[i];

		pid = pid_at(here, nr);
		if (nr <= last)
			fail("list: %d after %d", nr, last);
		if (!proc_of(pid))
			fail("list: %d is no process", nr);
		last = nr;
	}
	for (int i = 0; i < AGENTS; i++)
		count += procs[i].used && view(procs[i].pid, here);
	check("processes listed", task->box->count, count);
}

static void op_status(void)
{
	struct task *task = pick_task();
	struct space *here = space_of(task);
	struct mpid *pid = pick_visible(here);
	struct proc *proc = owner(pid);
	int *number = task->box->number, nr = view(pid, here);

	if (!nr)
		return;
	note("status by %d of %d", task->pid->nr[0], pid->nr[0]);
	check("status", ask(task, OP_STATUS, nr, 0, 0), proc ? 0 : -ENOENT);
	if (!proc)
		return;
	check("NSpid, first", number[0], nr);
	check("NSpid, last", number[1], pid->nr[pid->space->level]);
	check("NSpgid", number[2], view(proc->group, here));
	check("NSsid", number[3], view(proc->session, here));
	check("PPid", number[4], proc->parent ? view(proc->parent->pid, here) : 0);
}

static void op_last_pid(void)
{
	struct task *task = pick_task();
	struct space *here = space_of(task);
	int nr;

	if (!here->unsure && here->next > 1)
		check("ns_last_pid", ask(task, OP_LAST_PID, 0, 0, 0),
		      here->next - 1);
	if (chance(4))
		return;
	nr = chance(2) ? pid_max - 1 - chance(20) : chance(pid_max);
	note("ns_last_pid of %d made %d", task->pid->nr[0], nr);
	check("ns_last_pid", ask(task, OP_SET_LAST_PID, nr, 0, 0), 0);
	here->next = nr + 1;
	here->unsure = false;
}

static void op_who(void)
{
	struct task *task = pick_task();

	note("who is %d", task->pid->nr[0]);
	ask(task, OP_WHO, 0, 0, 0);
	check_who(task);
}

void world_begin(void)
{
	struct space *space = space_new(NULL);
	int one = 1;
	struct mpid *pid = pid_new(space, &one, NULL, 0);

	task_new(pid, proc_new(pid, NULL, NULL, NULL), space, &world->box[0]);
	setsid();
	pid->users += 2;
	procs[0].group = pid;
	procs[0].session = pid;
	procs[0].session_leader = true;
}

void one_operation(void)
{
	static const struct {
		int weight;
		void (*run)(void);
	} ops[] = {
		{ 14, op_fork }, { 5, op_thread }, { 6, op_burst },
		{ 4, op_unshare }, { 5, op_setns }, { 3, op_setsid },
		{ 6, op_setpgid }, { 12, op_look }, { 6, op_pidfd },
		{ 3, op_trace }, { 3, op_list }, { 4, op_status },
		{ 4, op_last_pid }, { 4, op_who }, { 5, op_exit },
		{ 7, op_kill }, { 8, op_reap }, { 2, op_end_space },
		{ 3, op_thread_exit }, { 1, op_exec },
	};
	int total = 0, at, i;

	for (i = 0; i < (int)ARRAY_SIZE(ops); i++)
		total += ops[i].weight;
	at = chance(total);
	for (i = 0; at >= ops[i].weight; i++)
		at -= ops[i].weight;
	ops[i].run();
	spaces_tidy();
	world->operations++;
}
