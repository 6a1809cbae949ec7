// SPDX-License-Identifier: GPL-2.0-only
/*
 * pidstorm's model: which pids there are in a world, with which numbers, who
 * uses them, and which number comes next.
 *
 * A number that nobody waits for (that of a thread that ends, or of what dies
 * with a namespace) is free a little after its user is gone. Until it is given
 * out again the model is unsure of it, and takes either answer; "settled" is
 * what was freed before somebody's wait returned.
 */
#include "pidstorm.h"

#define RESERVED_PIDS	300

struct space spaces[SPACES];
struct mpid pids[PIDS];
struct proc procs[AGENTS];
struct task tasks[AGENTS];
int pid_max;

/* Numbers of a known sequence: xorshift64*. */
unsigned int chance(unsigned int below)
{
	static unsigned long long state;

	if (!state)
		state = world->seed * 0x9e3779b97f4a7c15ULL + 1;
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1dULL >> 33) % below;
}

void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(world->history[world->operations % ARRAY_SIZE(world->history)],
		  sizeof(world->history[0]), format, args);
	va_end(args);
}

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(world->why, sizeof(world->why), format, args);
	va_end(args);
	world->failed = true;
	_exit(1);
}

void check(const char *what, long got, long wanted)
{
	world->checks++;
	if (got != wanted)
		fail("%s: got %ld, wanted %ld", what, got, wanted);
}

struct space *space_new(struct space *parent)
{
	for (struct space *space = spaces; space < spaces + SPACES; space++) {
		if (space->used)
			continue;
		*space = (struct space) {
			.used = true,
			.level = parent ? parent->level + 1 : 0,
			.parent = parent,
			.next = 1,
		};
		if (space->level > world->deepest)
			world->deepest = space->level;
		return space;
	}
	return NULL;
}

struct space *space_at(struct space *space, int level)
{
	while (space->level > level)
		space = space->parent;
	return space;
}

bool space_within(struct space *space, struct space *ancestor)
{
	return space->level >= ancestor->level &&
	       space_at(space, ancestor->level) == ancestor;
}

/* Forget the namespaces that nothing refers to. */
void spaces_tidy(void)
{
	for (int i = SPACES - 1; i > 0; i--) {
		struct space *space = &spaces[i];
		bool held = space->init || !space->used;

		for (int j = 0; j < AGENTS && !held; j++)
			held = tasks[j].used && tasks[j].children == space;
		for (int j = 0; j < SPACES && !held; j++)
			held = spaces[j].used && spaces[j].parent == space;
		for (int j = 0; j < PIDS && !held; j++)
			held = pids[j].used && pids[j].users &&
			       pids[j].space == space;
		if (held)
			continue;
		for (int j = 0; j < PIDS; j++)
			if (pids[j].used && space_within(pids[j].space, space))
				/* Its numbers further out stay in doubt. */
				pids[j].space = space->parent;
		space->used = false;
	}
}

int view(struct mpid *pid, struct space *from)
{
	if (!pid || !space_within(pid->space, from))
		return 0;
	return pid->nr[from->level];
}

/* The pid that uses a number; one that is in doubt does not. */
struct mpid *pid_at(struct space *space, int nr)
{
	for (struct mpid *pid = pids; pid < pids + PIDS; pid++)
		if (pid->used && pid->users && view(pid, space) == nr)
			return pid;
	return NULL;
}

bool nr_unsure(struct space *space, int nr)
{
	for (struct mpid *pid = pids; pid < pids + PIDS; pid++)
		if (pid->used && !pid->users && view(pid, space) == nr)
			return true;
	return false;
}

static int free_from(struct space *space, int nr)
{
	while (nr < pid_max && pid_at(space, nr))
		nr++;
	return nr;
}

static int in_turn(struct space *space, int from)
{
	int nr = free_from(space, from);

	if (nr < pid_max)
		return nr;
	return free_from(space, space->next > RESERVED_PIDS ? RESERVED_PIDS : 1);
}

/* Holds a number that was given out against the one that was its turn. */
static void check_turn(struct space *space, int got)
{
	int wanted = in_turn(space, space->next);

	while (wanted != got && nr_unsure(space, wanted))
		wanted = in_turn(space, wanted + 1);
	if (space->unsure && !pid_at(space, got))
		wanted = got;
	check("the next number", got, wanted);
	space->unsure = false;
	space->next = got + 1;
}

static void forget_number(struct space *space, int nr)
{
	for (struct mpid *pid = pids; pid < pids + PIDS; pid++)
		if (pid->used && !pid->users && view(pid, space) == nr)
			pid->nr[space->level] = 0;
}

/* A child got a number in turn and is gone already; 0: which one isn't known. */
void turn_taken(struct space *space, int got)
{
	int nr = in_turn(space, space->next);

	if (got) {
		check_turn(space, got);
		forget_number(space, got);
	} else if (nr_unsure(space, nr)) {
		space->unsure = true;
	} else {
		space->next = nr + 1;
	}
}

static struct mpid *pid_slot(void)
{
	struct mpid *oldest = NULL;

	for (struct mpid *pid = pids; pid < pids + PIDS; pid++) {
		if (!pid->used)
			return pid;
		if (!pid->users && (!oldest || pid->left < oldest->left))
			oldest = pid;
	}
	if (!oldest)
		fail("the model is full of pids");
	return oldest;
}

/*
 * A pid was born with these numbers, one a level from the world's on, of which
 * the innermost @count were wanted.
 */
struct mpid *pid_new(struct space *space, const int *numbers, const int *wanted,
		     int count)
{
	struct mpid *pid = pid_slot();
	struct space *at;

	for (int level = space->level; level >= 0; level--) {
		at = space_at(space, level);
		if (count > 0) {
			check("a wanted number", numbers[level], *wanted++);
			count--;
		} else {
			check_turn(at, numbers[level]);
		}
		if (pid_at(at, numbers[level]))
			fail("number %d of level %d was handed out twice",
			     numbers[level], level);
		forget_number(at, numbers[level]);
	}
	*pid = (struct mpid) { .used = true, .space = space };
	memcpy(pid->nr, numbers, (space->level + 1) * sizeof(*numbers));
	return pid;
}

void pid_leave(struct mpid *pid, bool settled)
{
	if (!pid || --pid->users)
		return;
	pid->left = world->operations;
	if (settled)
		pid->used = false;
}

struct proc *proc_of(struct mpid *pid)
{
	for (struct proc *proc = procs; pid && proc < procs + AGENTS; proc++)
		if (proc->used && proc->pid == pid)
			return proc;
	return NULL;
}

struct task *task_of(struct mpid *pid)
{
	for (struct task *task = tasks; pid && task < tasks + AGENTS; task++)
		if (task->used && task->pid == pid)
			return task;
	return NULL;
}

struct task *a_task_of(struct proc *proc)
{
	for (struct task *task = tasks; task < tasks + AGENTS; task++)
		if (task->used && task->proc == proc)
			return task;
	return NULL;
}

int threads_of(struct proc *proc)
{
	int count = 0;

	for (int i = 0; i < AGENTS; i++)
		count += tasks[i].used && tasks[i].proc == proc;
	return count;
}

/* Does a process group or a session have this name? */
bool has_users(struct mpid *pid, bool session)
{
	for (struct proc *proc = procs; pid && proc < procs + AGENTS; proc++)
		if (proc->used && (session ? proc->session : proc->group) == pid)
			return true;
	return false;
}

struct proc *proc_new(struct mpid *pid, struct proc *parent, struct mpid *group,
		      struct mpid *session)
{
	for (struct proc *proc = procs; proc < procs + AGENTS; proc++) {
		if (proc->used)
			continue;
		*proc = (struct proc) {
			.used = true,
			.pid = pid,
			.group = group,
			.session = session,
			.parent = parent,
		};
		pid->users++;
		if (group)
			group->users++;
		if (session)
			session->users++;
		if (!pid->space->init)
			pid->space->init = proc;
		return proc;
	}
	fail("the model is full of processes");
}

struct task *task_new(struct mpid *pid, struct proc *proc, struct space *children,
		      struct box *box)
{
	for (struct task *task = tasks; task < tasks + AGENTS; task++) {
		if (task->used)
			continue;
		*task = (struct task) {
			.used = true,
			.pid = pid,
			.proc = proc,
			.children = children,
			.box = box,
		};
		/* A leader's pid is the process's. */
		if (proc->pid != pid)
			pid->users++;
		return task;
	}
	fail("the model is full of tasks");
}

void task_gone(struct task *task, bool settled)
{
	task->used = false;
	if (task->pid != task->proc->pid)
		pid_leave(task->pid, settled);
}

/* All threads are gone; its children are those of its namespace's init. */
void proc_zombie(struct proc *proc, int code)
{
	for (int i = 0; i < AGENTS; i++)
		if (tasks[i].used && tasks[i].proc == proc)
			task_gone(&tasks[i], false);
	for (int i = 0; i < AGENTS; i++)
		if (procs[i].used && procs[i].parent == proc)
			procs[i].parent = proc->pid->space->init;
	proc->zombie = true;
	proc->code = code;
}

/* Its numbers are free when the wait, or init's own death, was seen. */
void proc_reaped(struct proc *proc)
{
	proc->used = false;
	if (proc->pid->space->init == proc)
		proc->pid->space->init = NULL;
	pid_leave(proc->group, true);
	pid_leave(proc->session, true);
	pid_leave(proc->pid, true);
}

struct proc *driver_proc(void)
{
	return &procs[0];
}

/* Any task that lives, the driver too. */
struct task *pick_task(void)
{
	struct task *task;

	do {
		task = &tasks[chance(AGENTS)];
	} while (!task->used);
	return task;
}

/* Any process but the driver, perhaps a zombie; NULL if there is none. */
struct proc *pick_proc(void)
{
	for (int i = 0; i < 100; i++) {
		struct proc *proc = &procs[1 + chance(AGENTS - 1)];

		if (proc->used)
			return proc;
	}
	return NULL;
}

/* Any pid that has users; mostly one that can be seen from there. */
struct mpid *pick_visible(struct space *from)
{
	struct mpid *pid = NULL;

	for (int i = 0; i < 4000; i++) {
		pid = &pids[chance(PIDS)];
		if (pid->used && pid->users && (view(pid, from) || !chance(50)))
			return pid;
	}
	return driver_proc()->pid;
}

/* A box for one more process or thread, NULL when the world is full. */
struct box *box_new(void)
{
	int count = 0;

	for (int i = 0; i < AGENTS; i++)
		count += procs[i].used;
	if (count == AGENTS)
		return NULL;
	for (int slot = 1; slot < AGENTS; slot++) {
		bool taken = false;

		for (int i = 0; i < AGENTS; i++)
			taken |= tasks[i].used &&
				 tasks[i].box == &world->box[slot];
		if (!taken)
			return &world->box[slot];
	}
	return NULL;
}
