/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pidstorm: random operations on pids, each answer held against a model.
 *
 * Words: a *world* is a pid namespace with all that lives in it. Its *driver*,
 * which is its init, chooses an operation, orders an *agent* (a process or a
 * thread of the world) to do it, and compares what the agent says with what the
 * model foresees. One order at a time in a world, so that each answer is exact;
 * several worlds at once, so that the kernel is busy.
 *
 * pidstorm.c has the worlds, pidstorm_agent.c what agents do, pidstorm_model.c
 * what should come of it, pidstorm_ops.c the operations, pidstorm_death.c those
 * that end processes and namespaces.
 */
#ifndef __PIDSTORM_H
#define __PIDSTORM_H

#define PIDNS_NO_HARNESS
#include "pidns.h"
#include <linux/futex.h>
#include <sched.h>

#define AGENTS		56	/* in a world, its driver included */
#define SPACES		20	/* namespaces of a world */
#define DEPTH		30	/* levels of a world */
#define PIDS		1000	/* numbers that the model keeps in mind */
#define LISTED		400	/* numbers that an answer can list */
#define WORLD_FD	100

enum op {
	OP_FORK, OP_THREAD, OP_EXIT, OP_THREAD_EXIT, OP_EXEC, OP_KILL, OP_TGKILL,
	OP_WAIT, OP_SETSID, OP_SETPGID, OP_GETPGID, OP_GETSID, OP_UNSHARE,
	OP_SETNS, OP_PIDFD, OP_TRACE, OP_LIST, OP_STATUS, OP_LAST_PID,
	OP_SET_LAST_PID, OP_BURST, OP_WHO,
};

/* An order and its answer. */
struct box {
	unsigned int	go;		/* futex: orders given */
	unsigned int	done;		/* futex: answers given */
	enum op		op;
	long		arg[4];
	long		result;		/* or -errno */
	int		code;		/* of a process waited for: si_status */
	int		pid, tid, ppid, pgid, sid;
	int		outer;		/* its number for the driver */
	int		signals;	/* SIGUSR1 received, counted up */
	int		sender;		/* si_pid of the last one */
	int		count;		/* of numbers */
	int		number[LISTED];
};

struct world {
	unsigned long long seed;
	unsigned long	operations;	/* done */
	unsigned long	checks;		/* answers compared */
	unsigned long	deaths;		/* namespaces ended */
	int		deepest;
	bool		failed;
	char		why[512];
	char		history[24][96];
	struct box	box[AGENTS];
};

extern struct world *world;

/* pidstorm_agent.c */
void agent_do(struct box *box);
void agent_main(int slot);
void agent_setup(int slot);
void futex_wait(unsigned int *word, unsigned int value, int seconds);
void futex_wake(unsigned int *word);

/*
 * The model. A namespace of it (space), a pid with a number on each level of the
 * world, a process, a task. Unused ones have used == false.
 */
struct space {
	bool		used, dead, unsure;
	int		level;
	struct space	*parent;
	struct proc	*init;
	int		next;		/* where the next number is looked for */
};

struct mpid {
	bool		used;
	int		users;		/* as task, group and session */
	unsigned long	left;		/* operation that ended its last user */
	struct space	*space;
	int		nr[DEPTH];	/* 0: was given out again */
};

struct proc {
	bool		used, zombie, session_leader, execed, doomed;
	int		code;		/* with which it ended */
	struct mpid	*pid, *group, *session;
	struct proc	*parent;
};

struct task {
	bool		used;
	struct mpid	*pid;
	struct proc	*proc;
	struct space	*children;	/* where its children are born */
	struct box	*box;
};

extern struct space spaces[SPACES];
extern struct mpid pids[PIDS];
extern struct proc procs[AGENTS];
extern struct task tasks[AGENTS];
extern int pid_max;

unsigned int chance(unsigned int below);
void __noreturn __printf(1, 2) fail(const char *format, ...);
void __printf(1, 2) note(const char *format, ...);
void check(const char *what, long got, long wanted);

struct space *space_new(struct space *parent);
struct space *space_at(struct space *space, int level);
bool space_within(struct space *space, struct space *ancestor);
void spaces_tidy(void);
int view(struct mpid *pid, struct space *from);
struct mpid *pid_at(struct space *space, int nr);
bool nr_unsure(struct space *space, int nr);
struct mpid *pid_new(struct space *space, const int *numbers, const int *wanted,
		     int count);
void turn_taken(struct space *space, int got);
void pid_leave(struct mpid *pid, bool settled);
struct proc *proc_of(struct mpid *pid);
struct task *task_of(struct mpid *pid);
struct task *a_task_of(struct proc *proc);
int threads_of(struct proc *proc);
bool has_users(struct mpid *pid, bool session);
struct proc *proc_new(struct mpid *pid, struct proc *parent, struct mpid *group,
		      struct mpid *session);
struct task *task_new(struct mpid *pid, struct proc *proc, struct space *children,
		      struct box *box);
void task_gone(struct task *task, bool settled);
void proc_zombie(struct proc *proc, int code);
void proc_reaped(struct proc *proc);
struct proc *driver_proc(void);
struct task *pick_task(void);
struct proc *pick_proc(void);
struct mpid *pick_visible(struct space *from);
struct box *box_new(void);

/* pidstorm_ops.c */
long ask(struct task *task, enum op op, long a, long b, long c);
void await(struct box *box, unsigned int done);
struct space *space_of(struct task *task);
bool is_init(struct proc *proc);
struct proc *owner(struct mpid *pid);
void check_who(struct task *task);
void one_operation(void);
void world_begin(void);

/* pidstorm_death.c */
void op_exit(void);
void op_kill(void);
void op_reap(void);
void op_end_space(void);
void op_thread_exit(void);
void op_exec(void);

#endif /* __PIDSTORM_H */
