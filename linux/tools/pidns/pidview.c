// SPDX-License-Identifier: GPL-2.0-only
/*
 * pidview - processes as each pid namespace sees them
 *
 * "pidview PID" shows one process or thread: its number, process, group and
 * session at each level, and the namespace of that level. "pidview -a" shows all
 * namespaces that have processes here, as a tree.
 *
 * The numbers are the NS lines of /proc/PID/status, which begin with the
 * namespace that /proc was mounted in and end with the process's own
 * (proc_pid_status(5)). The namespaces come from the other end: /proc/PID/ns/pid
 * is the process's own (pid_namespaces(7)), NS_GET_PARENT gives the one above, and
 * fails with EPERM above that of the caller (ioctl_nsfs(2)). So what is above the
 * caller has no inode here. Nothing is guessed: a number that a level does not
 * have is "none", a namespace that cannot be asked for says why.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* The initial namespace and 32 below it. */
#define LEVELS 33

/* The NS lines, outermost level first. */
enum { PROCESS, NUMBER, GROUP, SESSION, LINES };

static const char * const line_names[LINES] = {
	"NStgid:", "NSpid:", "NSpgid:", "NSsid:"
};

struct task {
	char name[64];
	char state[32];
	int tgid;
	int pid;
	int levels;		/* 0: the kernel has no pid namespaces */
	int nr[LINES][LEVELS];
};

/* One of "pidview -a". */
struct space {
	dev_t dev;
	ino_t ino;
	int fd;			/* keeps it, so that the inode stays its own */
	int parent;		/* index, or -1: above what can be seen */
	int processes;
	int init;		/* number here, 0: none is seen */
	char init_name[64];
};

static void print_usage(FILE *out)
{
	fputs("usage: pidview PID	a process or thread as each namespace sees it\n"
	      "       pidview -a	all pid namespaces that have processes here\n", out);
}

static int read_numbers(const char *text, int *nr)
{
	int count = 0, used;

	while (count < LEVELS && sscanf(text, "%d%n", &nr[count], &used) == 1) {
		text += used;
		count++;
	}
	return count;
}

static void copy_word(char *to, size_t size, const char *from)
{
	from += strspn(from, " \t");
	snprintf(to, size, "%.*s", (int)strcspn(from, "\n"), from);
}

/* Else what cannot be opened would look as if it were not there. */
static bool out_of_files(void)
{
	return errno == EMFILE || errno == ENFILE;
}

/* false: it is not there, or not any more. */
static bool read_task(int pid, struct task *task)
{
	char path[64], line[4096];
	int counts[LINES] = { 0 };
	FILE *file;

	memset(task, 0, sizeof(*task));
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	if (!file && out_of_files())
		err(1, "%s", path);
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, "Name:", 5))
			copy_word(task->name, sizeof(task->name), line + 5);
		else if (!strncmp(line, "State:", 6))
			copy_word(task->state, sizeof(task->state), line + 6);
		else if (!strncmp(line, "Tgid:", 5))
			task->tgid = atoi(line + 5);
		else if (!strncmp(line, "Pid:", 4))
			task->pid = atoi(line + 4);
		for (int i = 0; i < LINES; i++) {
			size_t length = strlen(line_names[i]);

			if (!strncmp(line, line_names[i], length))
				counts[i] = read_numbers(line + length, task->nr[i]);
		}
	}
	fclose(file);
	for (int i = 1; i < LINES; i++)
		if (counts[i] != counts[0])
			errx(1, "/proc/%d/status has %d numbers in %s and %d in %s", pid,
			     counts[0], line_names[0], counts[i], line_names[i]);
	task->levels = counts[0];
	return task->pid;
}

/* Group and session of a kernel that has no NS lines: fields 5 and 6 of stat. */
static bool read_stat(int pid, int *group, int *session)
{
	char path[64], line[1024], *end;
	FILE *file;
	bool ok;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return false;
	/* A name may have any character but the last parenthesis ends it. */
	ok = fgets(line, sizeof(line), file) && (end = strrchr(line, ')')) &&
	     sscanf(end + 1, " %*c %*d %d %d", group, session) == 2;
	fclose(file);
	return ok;
}

static int open_namespace(int pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* For a namespace that could not be had. */
static const char *why_not(int error)
{
	switch (error) {
	case EACCES:
		return "no permission to see its namespace";
	case EPERM:
		return "not visible from here";
	case ENOENT:
	case ESRCH:
		return "gone";
	default:
		return strerror(error);
	}
}

static void print_number(const char *what, int nr)
{
	if (nr)
		printf("  %s %d", what, nr);
	else
		printf("  %s none", what);
}

static void print_head(const struct task *task)
{
	printf("%d %s, %s", task->pid, task->name, task->state);
	if (task->pid != task->tgid)
		printf(", a thread of %d", task->tgid);
	putchar('\n');
}

static void print_level(const struct task *task, int level, const char *namespace)
{
	if (level)
		printf("%*s`- %d down:", 3 * (level - 1), "", level);
	else
		printf("here:");
	print_number("number", task->nr[NUMBER][level]);
	if (task->pid != task->tgid)
		print_number("process", task->nr[PROCESS][level]);
	print_number("group", task->nr[GROUP][level]);
	print_number("session", task->nr[SESSION][level]);
	printf("  %s\n", namespace);
}

static int show_plain(const struct task *task)
{
	int group, session;

	if (!read_stat(task->pid, &group, &session))
		errx(1, "no process %d here any more", task->pid);
	print_head(task);
	printf("one number for all:");
	print_number("number", task->pid);
	if (task->pid != task->tgid)
		print_number("process", task->tgid);
	print_number("group", group);
	print_number("session", session);
	printf("\nThis kernel has no pid namespaces (CONFIG_PID_NS).\n");
	return 0;
}

static int show_task(int pid)
{
	char names[LEVELS][64];
	struct task task;
	int fd, error;

	if (!read_task(pid, &task))
		errx(1, "no process %d here", pid);
	if (!task.levels)
		return show_plain(&task);

	/* From the process's own namespace up to that of /proc. */
	fd = open_namespace(pid);
	error = errno;
	for (int level = task.levels - 1; level >= 0; level--) {
		struct stat stat;
		int parent;

		if (fd < 0) {
			snprintf(names[level], sizeof(names[level]), "%s", why_not(error));
			continue;
		}
		if (fstat(fd, &stat))
			err(1, "fstat of a namespace");
		snprintf(names[level], sizeof(names[level]), "pid:[%lu]",
			 (unsigned long)stat.st_ino);
		parent = level ? ioctl(fd, NS_GET_PARENT) : -1;
		error = errno;
		close(fd);
		fd = parent;
	}

	print_head(&task);
	for (int level = 0; level < task.levels; level++)
		print_level(&task, level, names[level]);
	return 0;
}

static struct space *spaces;
static int space_count;

/* Index of a namespace; takes the descriptor. Those above it come with it. */
static int find_space(int fd)
{
	struct stat stat;
	int i, parent;

	if (fstat(fd, &stat))
		err(1, "fstat of a namespace");
	for (i = 0; i < space_count; i++) {
		if (spaces[i].dev == stat.st_dev && spaces[i].ino == stat.st_ino) {
			close(fd);
			return i;
		}
	}
	spaces = realloc(spaces, (space_count + 1) * sizeof(*spaces));
	if (!spaces)
		errx(1, "no memory");
	space_count++;
	spaces[i] = (struct space) {
		.dev = stat.st_dev, .ino = stat.st_ino, .fd = fd, .parent = -1,
	};
	parent = ioctl(fd, NS_GET_PARENT);
	if (parent >= 0) {
		/* This may move the array. */
		parent = find_space(parent);
		spaces[i].parent = parent;
	} else if (errno != EPERM) {
		err(1, "NS_GET_PARENT");
	}
	return i;
}

static void print_space(int index, int depth)
{
	const struct space *space = &spaces[index];

	if (depth)
		printf("%*s`- ", 3 * (depth - 1), "");
	printf("pid:[%lu]  %d process%s, ", (unsigned long)space->ino,
	       space->processes, space->processes == 1 ? "" : "es");
	if (space->init)
		printf("init is %d %s\n", space->init, space->init_name);
	else
		printf("init is not seen here\n");
	for (int i = 0; i < space_count; i++)
		if (spaces[i].parent == index)
			print_space(i, depth + 1);
}

/* A descriptor is kept for each namespace, and there may be thousands. */
static void raise_limit_of_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int show_all(void)
{
	int total = 0, refused = 0;
	struct dirent *entry;
	struct task task;
	DIR *proc;

	raise_limit_of_files();
	proc = opendir("/proc");
	if (!proc || !read_task(getpid(), &task))
		errx(1, "/proc of this namespace is needed: mount -t proc none /proc");
	while ((entry = readdir(proc))) {
		struct space *space;
		int fd, index;

		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    !read_task(atoi(entry->d_name), &task))
			continue;
		total++;
		if (!task.levels)
			continue;
		fd = open_namespace(task.pid);
		if (fd < 0 && errno == EACCES)
			refused++;
		else if (fd < 0 && out_of_files())
			err(1, "the namespace of %d", task.pid);
		if (fd < 0)
			continue;
		index = find_space(fd);
		space = &spaces[index];
		space->processes++;
		if (task.nr[NUMBER][task.levels - 1] == 1) {
			space->init = task.pid;
			memcpy(space->init_name, task.name, sizeof(task.name));
		}
	}
	closedir(proc);
	if (!space_count && !refused) {
		printf("%d processes. This kernel has no pid namespaces (CONFIG_PID_NS).\n",
		       total);
		return 0;
	}
	for (int i = 0; i < space_count; i++)
		if (spaces[i].parent < 0)
			print_space(i, 0);
	if (refused)
		printf("%d of %d processes: %s\n", refused, total, why_not(EACCES));
	return 0;
}

int main(int argc, char **argv)
{
	char *end;
	long pid;

	if (argc == 2 && !strcmp(argv[1], "-h")) {
		print_usage(stdout);
		return 0;
	}
	if (argc < 2) {
		print_usage(stderr);
		return 1;
	}
	if (argc > 2)
		errx(1, "one PID, or -a; see pidview -h");
	if (!strcmp(argv[1], "-a"))
		return show_all();
	errno = 0;
	pid = strtol(argv[1], &end, 10);
	if (!isdigit((unsigned char)argv[1][0]) || *end)
		errx(1, "'%s' is no number; see pidview -h", argv[1]);
	if (errno || pid < 1 || pid > INT_MAX)
		errx(1, "'%s' can't be a process: a number from 1 on is needed", argv[1]);
	if (access("/proc/self", F_OK))
		errx(1, "/proc of this namespace is needed: mount -t proc none /proc");
	return show_task(pid);
}
