/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of pid namespaces share.
 *
 * Expectations may stand in a child process too: the harness shares a test's
 * result with all its children. Nothing here sleeps to let others go ahead:
 * processes wait for each other at a gate, or look at /proc until a state is
 * reached, and give up after a while.
 *
 * Words: a process is "parked" when it waits to be killed; "outside" is the test
 * itself, "inside" a namespace below it.
 */
#ifndef __PIDNS_H
#define __PIDNS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A program without the harness takes the helpers alone. */
#ifdef PIDNS_NO_HARNESS
#include "../kselftest.h"
#define PIDNS_DEFAULT_FIXTURE
#else
#include "../kselftest_harness.h"
#endif

#ifndef PIDNS_DEFAULT_FIXTURE
/* What most tests need; anything else defines its own. */
FIXTURE(pidns) {};

FIXTURE_SETUP(pidns)
{
	if (access("/proc/self/ns/pid", F_OK))
		SKIP(return, "the kernel has no pid namespaces");
	if (geteuid())
		SKIP(return, "needs root");
}

FIXTURE_TEARDOWN(pidns) {}
#endif

/* A libc that gives up on -1 and errno makes long tests: -errno it is. */
static inline int ret(long result)
{
	return result < 0 ? -errno : result;
}

static inline int sys_clone3(struct clone_args *args)
{
	return ret(syscall(__NR_clone3, args, sizeof(*args)));
}

/* fork() with flags, by the older call: whose first arguments s390 swaps. */
static inline pid_t sys_clone(unsigned long flags)
{
#ifdef __s390__
	return ret(syscall(__NR_clone, 0, flags, 0, 0, 0));
#else
	return ret(syscall(__NR_clone, flags, 0, 0, 0, 0));
#endif
}

/* Forks with clone flags and wanted numbers; the child dies with its parent. */
static inline pid_t spawn_tids(unsigned long flags, const pid_t *tids, int count)
{
	struct clone_args args = {
		.flags		= flags,
		.exit_signal	= SIGCHLD,
		.set_tid	= (unsigned long)tids,
		.set_tid_size	= count,
	};
	pid_t pid = sys_clone3(&args);

	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static inline pid_t spawn(unsigned long flags)
{
	return spawn_tids(flags, NULL, 0);
}

static inline pid_t spawn_tid(pid_t tid)
{
	return spawn_tids(0, &tid, 1);
}

static inline void park(void)
{
	for (;;)
		pause();
}

static inline pid_t parked(unsigned long flags)
{
	pid_t pid = spawn(flags);

	if (!pid)
		park();
	return pid;
}

/* An exit code, 128 + a deadly signal, or -errno. */
static inline int wait_exit(pid_t pid)
{
	int status, err;

	do {
		err = ret(waitpid(pid, &status, __WALL));
	} while (err == -EINTR || (err > 0 && WIFSTOPPED(status)));
	if (err < 0)
		return err;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static inline int end(pid_t pid)
{
	if (pid > 0)
		kill(pid, SIGKILL);
	return wait_exit(pid);
}

/* The number that a child got, which exits and is reaped; or -errno. */
static inline pid_t try_tids(unsigned long flags, const pid_t *tids, int count)
{
	pid_t pid = spawn_tids(flags, tids, count);

	if (!pid)
		_exit(0);
	if (pid > 0)
		wait_exit(pid);
	return pid;
}

static inline pid_t try_tid(pid_t tid)
{
	return try_tids(0, &tid, 1);
}

static inline pid_t try_spawn(unsigned long flags)
{
	return try_tids(flags, NULL, 0);
}

static inline pid_t next_number(void)
{
	return try_spawn(0);
}

#ifndef PIDNS_NO_HARNESS
static inline pid_t begin_child(struct __test_metadata *_metadata,
				unsigned long flags)
{
	pid_t pid = spawn(flags);

	if (!pid)
		return 0;
	ASSERT_LT(0, pid) {
		TH_LOG("no child with flags %#lx: %s", flags, strerror(-pid));
	}
	EXPECT_EQ(0, wait_exit(pid)) {
		TH_LOG("a child with flags %#lx ended badly", flags);
	}
	return pid;
}

/* The block after it runs in a child, whose end is waited for. */
#define IN_CHILD(flags) \
	for (pid_t child_ = begin_child(_metadata, flags); !child_; _exit(0))
#endif

/* Gates: who passes waits until somebody opened, once for each opening. */
static inline int gate_make(void)
{
	return eventfd(0, EFD_SEMAPHORE);
}

static inline void gate_open(int gate)
{
	eventfd_write(gate, 1);
}

static inline void gate_pass(int gate)
{
	eventfd_t value;

	while (eventfd_read(gate, &value) && errno == EINTR)
		;
}

/* The program's own list of tests, which exits with KSFT_SKIP. */
static inline void exec_self(void)
{
	close(STDERR_FILENO);
	execl("/proc/self/exe", "pidns", "-l", NULL);
	_exit(99);
}

/* Memory that a test and its children see. */
static inline void *shared(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* printf into one of a few buffers that take turns, each thread's own. */
static inline const char *text(const char *format, ...)
{
	static __thread char buffers[8][512];
	static __thread int turn;
	char *buffer = buffers[turn++ % 8];
	va_list args;

	va_start(args, format);
	vsnprintf(buffer, sizeof(buffers[0]), format, args);
	va_end(args);
	return buffer;
}

/* Polls until the condition holds, 20 s at most; true if it does. */
#define WAIT_UNTIL(condition) ({					\
	time_t limit_ = time(NULL) + 20;				\
	bool holds_;							\
	while (!(holds_ = (condition)) && time(NULL) < limit_)		\
		usleep(1000);						\
	holds_; })

/* What stands after "KEY:" in a file, blanks made single spaces; "" if absent. */
static inline const char *field(const char *path, const char *key)
{
	static __thread char line[2048];
	char value[512] = "", *word, *rest;
	FILE *file = fopen(path, "re");

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, key, strlen(key)) || line[strlen(key)] != ':')
			continue;
		rest = line + strlen(key) + 1;
		while ((word = strsep(&rest, " \t\n")))
			if (*word && strlen(value) + strlen(word) + 2 < sizeof(value)) {
				strcat(value, *value ? " " : "");
				strcat(value, word);
			}
		break;
	}
	if (file)
		fclose(file);
	return text("%s", value);
}

/* A file of /proc/PID, of the caller's own with 0 and wherever it looks from. */
static inline const char *proc_path(pid_t pid, const char *name)
{
	return pid ? text("/proc/%d/%s", pid, name) : text("/proc/self/%s", name);
}

/* The same of /proc/PID/status. */
static inline const char *status_of(pid_t pid, const char *key)
{
	return field(proc_path(pid, "status"), key);
}

/* A process's state letter in /proc, 0 if it is gone. */
static inline char state_of(pid_t pid)
{
	return *status_of(pid, "State");
}

static inline int read_file(const char *path, char *buffer, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), got;

	if (fd < 0)
		return -errno;
	got = ret(read(fd, buffer, size - 1));
	close(fd);
	buffer[got > 0 ? got : 0] = '\0';
	return got;
}

static inline long read_long(const char *path)
{
	char buffer[64];
	int err = read_file(path, buffer, sizeof(buffer));

	return err < 0 ? err : atol(buffer);
}

/* 0 or -errno. */
static inline int write_text(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = ret(write(fd, value, strlen(value)));
	close(fd);
	return err < 0 ? err : 0;
}

static inline int write_long(const char *path, long value)
{
	return write_text(path, text("%ld", value));
}

#define LAST_PID "/proc/sys/kernel/ns_last_pid"

/* In a child with CLONE_NEWNS: its namespace's view, instead of the test's. */
static inline int mount_proc(void)
{
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -errno;
	return ret(mount("proc", "/proc", "proc", 0, NULL));
}

static inline int ns_open(pid_t pid, const char *name)
{
	return ret(open(proc_path(pid, text("ns/%s", name)),
			O_RDONLY | O_CLOEXEC));
}

/* Tells namespaces apart. */
static inline unsigned long ns_id(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

static inline unsigned long ns_id_of(pid_t pid, const char *name)
{
	struct stat st;

	return stat(proc_path(pid, text("ns/%s", name)), &st) ? 0 : st.st_ino;
}

/* Forks into the namespace of an init that is below the caller's. */
static inline pid_t spawn_in(pid_t init, const pid_t *tids, int count)
{
	int there = ns_open(init, "pid"), here = ns_open(0, "pid");
	pid_t pid = ret(setns(there, CLONE_NEWPID));

	if (!pid)
		pid = spawn_tids(0, tids, count);
	if (pid)
		setns(here, CLONE_NEWPID);
	close(there);
	close(here);
	return pid;
}

static inline pid_t parked_in(pid_t init)
{
	pid_t pid = spawn_in(init, NULL, 0);

	if (!pid)
		park();
	return pid;
}

/* In a child: an ordinary user without capabilities. */
static inline int become_nobody(void)
{
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return -errno;
	/* Its files in /proc would stay root's. */
	return ret(prctl(PR_SET_DUMPABLE, 1));
}

/* In a child: keep one capability of all. */
static inline int keep_capability(int cap)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {};

	data[cap / 32].permitted = 1U << cap % 32;
	data[cap / 32].effective = 1U << cap % 32;
	return ret(syscall(__NR_capset, &header, data));
}

/* In a child with CLONE_NEWUSER: the user that it was outside is root. */
static inline int map_root(unsigned int uid)
{
	int err = write_text("/proc/self/uid_map", text("0 %u 1", uid));

	if (!err)
		err = write_text("/proc/self/setgroups", "deny");
	if (!err)
		err = write_text("/proc/self/gid_map", text("0 %u 1", uid));
	return err;
}

/* A number that is free here, far from where the next one comes from. */
static inline pid_t free_number(void)
{
	long nr = read_long("/proc/sys/kernel/pid_max") - 100;

	while (nr > 300 && kill(nr, 0) == 0)
		nr--;
	return nr;
}

#endif /* __PIDNS_H */
