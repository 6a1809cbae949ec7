// SPDX-License-Identifier: GPL-2.0-only
/* pidstorm's agents: they do what they are told, and say what came of it. */
#include "pidstorm.h"
#include <setjmp.h>
#include <sys/ptrace.h>

#ifndef PTRACE_EVENT_STOP
#define PTRACE_EVENT_STOP 128
#endif

/* A child goes on from its thread's beginning, so that stacks don't grow. */
static __thread sigjmp_buf beginning;
static __thread bool begun;
static __thread int own_slot;

void futex_wait(unsigned int *word, unsigned int value, int seconds)
{
	struct timespec limit = { .tv_sec = seconds };

	syscall(__NR_futex, word, FUTEX_WAIT, value, seconds ? &limit : NULL);
}

void futex_wake(unsigned int *word)
{
	syscall(__NR_futex, word, FUTEX_WAKE, 1);
}

static void answer(struct box *box)
{
	__atomic_add_fetch(&box->done, 1, __ATOMIC_SEQ_CST);
	futex_wake(&box->done);
}

static void on_signal(int signal, siginfo_t *info, void *context)
{
	struct box *box = &world->box[own_slot];
	int saved = errno;

	box->sender = info->si_pid;
	__atomic_add_fetch(&box->signals, 1, __ATOMIC_SEQ_CST);
	errno = saved;
}

static void read_numbers(struct box *box, const char *line)
{
	char *end;

	for (box->count = 0; box->count < LISTED; line = end) {
		long number = strtol(line, &end, 10);

		if (end == line)
			break;
		box->number[box->count++] = number;
	}
}

/* Who the caller is, in its own eyes and on each level of the world. */
static void say_who(struct box *box)
{
	box->pid = getpid();
	box->tid = syscall(__NR_gettid);
	box->ppid = getppid();
	box->pgid = getpgrp();
	box->sid = getsid(0);
	read_numbers(box, field("/proc/thread-self/status", "NSpid"));
	box->outer = box->number[0];
}

void agent_setup(int slot)
{
	struct sigaction action = {
		.sa_sigaction = on_signal,
		.sa_flags = SA_SIGINFO | SA_RESTART,
	};

	own_slot = slot;
	sigaction(SIGUSR1, &action, NULL);
}

/* Never returns in a child: it begins anew as the agent of another box. */
static long do_fork(struct box *box)
{
	pid_t tids[DEPTH];
	struct clone_args args = {
		.flags = box->arg[0],
		.exit_signal = box->arg[0] & CLONE_PARENT ? 0 : SIGCHLD,
		.set_tid = (unsigned long)tids,
		.set_tid_size = box->arg[2],
	};
	int slot = box->arg[1], pid;

	if (args.set_tid_size <= DEPTH)
		memcpy(tids, box->number, args.set_tid_size * sizeof(*tids));
	if (!args.set_tid_size)
		args.set_tid = 0;
	pid = sys_clone3(&args);
	if (!pid && begun)
		siglongjmp(beginning, slot + 1);
	if (!pid)
		agent_main(slot);
	return pid;
}

static void *thread_main(void *slot)
{
	agent_main((long)slot);
	return NULL;
}

static long do_thread(struct box *box)
{
	pthread_attr_t attr;
	pthread_t thread;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 128 * 1024);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	err = pthread_create(&thread, &attr, thread_main, (void *)box->arg[0]);
	pthread_attr_destroy(&attr);
	return -err;
}

static long do_exec(struct box *box)
{
	execl("/proc/self/exe", "pidstorm", "agent", text("%ld", box->arg[0]),
	      NULL);
	return -errno;
}

/* Looks again and again rather than sleep: who waits in vain must say so. */
static long do_wait(struct box *box)
{
	time_t limit = time(NULL) + 60;
	siginfo_t info;
	int err;

	for (int i = 0;; i++) {
		info.si_pid = 0;
		err = ret(waitid(box->arg[0], box->arg[1], &info,
				 box->arg[2] | WNOHANG | __WALL));
		if (err || info.si_pid || box->arg[2] & WNOHANG)
			break;
		if (time(NULL) > limit)
			return -ETIME;
		usleep(i < 100 ? 50 : 1000);
	}
	box->code = info.si_code == CLD_EXITED ? info.si_status :
						 128 + info.si_status;
	return err < 0 ? err : info.si_pid;
}

static long do_setns(struct box *box)
{
	int fd = ns_open(box->arg[0], "pid"), err;

	if (fd < 0)
		return fd;
	err = ret(setns(fd, CLONE_NEWPID));
	close(fd);
	return err;
}

/* The numbers that a pidfd has for the caller: Pid and NSpid. */
static long do_pidfd(struct box *box)
{
	int fd = ret(syscall(__NR_pidfd_open, (int)box->arg[0], 0)), err;
	const char *path;

	if (fd < 0)
		return fd;
	err = ret(syscall(__NR_pidfd_send_signal, fd, 0, NULL, 0));
	/* /proc is the world's, and so are the numbers there. */
	path = text("/proc/thread-self/fdinfo/%d", fd);
	read_numbers(box, field(path, "NSpid"));
	close(fd);
	return err;
}

/* Seizes, stops and lets go; the number that the stop was told with. */
static long do_trace(struct box *box)
{
	siginfo_t info = {};
	long err = ret(ptrace(PTRACE_SEIZE, (pid_t)box->arg[0], 0, 0));

	if (err)
		return err;
	err = ret(ptrace(PTRACE_INTERRUPT, (pid_t)box->arg[0], 0, 0));
	while (!err) {
		err = ret(waitid(P_PID, box->arg[0], &info, WSTOPPED | __WALL));
		if (!err && info.si_status >> 8 == PTRACE_EVENT_STOP)
			break;
		if (!err)
			err = ret(ptrace(PTRACE_CONT, (pid_t)box->arg[0], 0,
					 info.si_status & 0x7f));
	}
	box->code = atoi(field(text("/proc/%ld/status", box->arg[1]),
			       "TracerPid"));
	if (!err)
		err = ret(ptrace(PTRACE_DETACH, (pid_t)box->arg[0], 0, 0));
	return err ? err : info.si_pid;
}

/* A proc of the caller's own namespace, mounted nowhere. */
static int own_proc(void)
{
	int fs = ret(syscall(__NR_fsopen, "proc", 0)), proc;

	if (fs < 0)
		return fs;
	/* FSCONFIG_CMD_CREATE */
	proc = ret(syscall(__NR_fsconfig, fs, 6, NULL, NULL, 0));
	if (!proc)
		proc = ret(syscall(__NR_fsmount, fs, 0, 0));
	close(fs);
	return proc;
}

static long do_list(struct box *box)
{
	int proc = own_proc(), list;
	struct dirent *entry;
	DIR *dir;

	box->count = 0;
	if (proc < 0)
		return proc;
	list = ret(openat(proc, ".", O_RDONLY | O_DIRECTORY));
	close(proc);
	if (list < 0)
		return list;
	dir = fdopendir(list);
	while ((entry = readdir(dir)))
		if (atoi(entry->d_name) && box->count < LISTED)
			box->number[box->count++] = atoi(entry->d_name);
	closedir(dir);
	return 0;
}

/* NSpid, NSpgid and NSsid of a process, and its parent, in this order. */
static long do_status(struct box *box)
{
	static const char *const keys[] = { "NSpid", "NSpgid", "NSsid", "PPid" };
	int proc = own_proc(), file, got;
	char buffer[4096], *line;

	box->count = 0;
	if (proc < 0)
		return proc;
	file = ret(openat(proc, text("%ld/status", box->arg[0]), O_RDONLY));
	close(proc);
	if (file < 0)
		return file;
	got = ret(read(file, buffer, sizeof(buffer) - 1));
	close(file);
	if (got < 0)
		return got;
	buffer[got] = '\0';
	for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++) {
		line = strstr(buffer, text("\n%s:", keys[i]));
		/* Only the mount's own number, and of NSpid the last one too. */
		if (!line)
			return -ENOMSG;
		line = strchr(line, ':') + 1;
		box->number[box->count++] = strtol(line, NULL, 10);
		if (i)
			continue;
		*strchr(line, '\n') = '\0';
		box->number[box->count++] = atoi(strrchr(line, '\t') + 1);
		line[strlen(line)] = '\n';
	}
	return 0;
}

static int vforked(void *unused)
{
	syscall(__NR_exit, 0);
	return 0;
}

static long do_burst(struct box *box)
{
	static __thread char stack[4096];
	int count = box->arg[0], pid, status;

	for (box->count = 0; box->count < count; box->count++) {
		pid = ret(clone(vforked, stack + sizeof(stack) - 64,
				CLONE_VM | CLONE_VFORK | SIGCHLD, NULL));
		if (pid < 0)
			return pid;
		box->number[box->count] = pid;
		status = ret(waitpid(pid, NULL, __WALL));
		if (status != pid)
			return status;
	}
	return 0;
}

void agent_do(struct box *box)
{
	long a = box->arg[0], b = box->arg[1], c = box->arg[2], r = 0;

	switch (box->op) {
	case OP_FORK:
		r = do_fork(box);
		break;
	case OP_THREAD:
		r = do_thread(box);
		break;
	case OP_EXIT:
		_exit(a);
	case OP_THREAD_EXIT:
		break;
	case OP_EXEC:
		r = do_exec(box);
		break;
	case OP_KILL:
		r = ret(kill(a, b));
		break;
	case OP_TGKILL:
		r = ret(syscall(__NR_tgkill, (int)a, (int)b, (int)c));
		break;
	case OP_WAIT:
		r = do_wait(box);
		break;
	case OP_SETSID:
		r = ret(setsid());
		break;
	case OP_SETPGID:
		r = ret(setpgid(a, b));
		break;
	case OP_GETPGID:
		r = ret(getpgid(a));
		break;
	case OP_GETSID:
		r = ret(getsid(a));
		break;
	case OP_UNSHARE:
		r = ret(unshare(CLONE_NEWPID));
		break;
	case OP_SETNS:
		r = do_setns(box);
		break;
	case OP_PIDFD:
		r = do_pidfd(box);
		break;
	case OP_TRACE:
		r = do_trace(box);
		break;
	case OP_LIST:
		r = do_list(box);
		break;
	case OP_STATUS:
		r = do_status(box);
		break;
	case OP_LAST_PID:
		r = read_long(LAST_PID);
		break;
	case OP_SET_LAST_PID:
		r = write_long(LAST_PID, a);
		break;
	case OP_BURST:
		r = do_burst(box);
		break;
	case OP_WHO:
		say_who(box);
		break;
	}
	box->result = r;
}

void agent_main(int slot)
{
	struct box *box;
	unsigned int seen;
	bool last;
	int again;

	begun = true;
	again = sigsetjmp(beginning, 0);
	if (again)
		slot = again - 1;
	box = &world->box[slot];
	seen = __atomic_load_n(&box->go, __ATOMIC_SEQ_CST);
	agent_setup(slot);
	say_who(box);
	answer(box);
	for (;;) {
		while (__atomic_load_n(&box->go, __ATOMIC_SEQ_CST) == seen)
			futex_wait(&box->go, seen, 0);
		seen++;
		/* With the answer the next order may come. */
		last = box->op == OP_THREAD_EXIT;
		agent_do(box);
		answer(box);
		if (last)
			return;
	}
}
