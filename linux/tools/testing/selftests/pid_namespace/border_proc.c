// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that list or name processes: cgroups, timers, core dumps, kernel threads.
 */
#define BORDER_FIXTURE
#include "border.h"
#include "core_file.h"
#include <sys/resource.h>

#define WANTED	seen_from(variant->to, variant->from, *self->actor)

/* cgroups */

#define GROUPS	"/sys/fs/cgroup"

static const char *make_cgroup(char *path)
{
	sprintf(path, GROUPS "/border-%d", getpid());
	return mkdir(path, 0755) ? NULL : path;
}

/* A cgroup that is left by all can be removed a moment later. */
static void remove_cgroup(const char *path)
{
	WAIT_UNTIL(!rmdir(path) || errno != EBUSY);
}

TEST_F(border, cgroup_procs_has_the_readers_number_of_a_member)
{
	char path[64];

	if (!make_cgroup(path))
		SKIP(return, "no cgroup2 at " GROUPS);
	self->pid = spawn_at(&self->worlds, variant->from);
	if (!self->pid)
		park();
	*self->actor = numbers_of(proc_path(self->pid, "status"), "NSpid");
	EXPECT_EQ(0, write_long(text("%s/cgroup.procs", path), self->pid));
	AT_PLACE(&self->worlds, variant->to) {
		EXPECT_EQ(WANTED, read_long(text("%s/cgroup.procs", path)));
		EXPECT_EQ(WANTED, read_long(text("%s/cgroup.threads", path)));
	}
	end(self->pid);
	self->pid = 0;
	remove_cgroup(path);
}

TEST_F(border, cgroup_procs_takes_the_writers_number_of_whom_it_sees)
{
	struct numbers target;
	char path[64];

	if (!make_cgroup(path))
		SKIP(return, "no cgroup2 at " GROUPS);
	self->pid = spawn_at(&self->worlds, variant->from);
	if (!self->pid)
		park();
	target = numbers_of(proc_path(self->pid, "status"), "NSpid");
	*self->actor = target;
	AT_PLACE(&self->worlds, variant->to) {
		pid_t seen = WANTED ?: target.nr[0];

		EXPECT_EQ(WANTED ? 0 : -ESRCH,
			  write_long(text("%s/cgroup.procs", path), seen));
	}
	EXPECT_EQ(sees(variant->to, variant->from) ? self->pid : 0,
		  read_long(text("%s/cgroup.procs", path)));
	end(self->pid);
	self->pid = 0;
	remove_cgroup(path);
}

/* Timers that signal a thread: /proc/PID/timers */

TEST_F(border, timers_name_a_thread_by_the_mounts_number)
{
	pid_t seen;

	if (access("/proc/self/timers", F_OK))
		SKIP(return, "no /proc/PID/timers");
	self->pid = spawn_at(&self->worlds, variant->from);
	if (!self->pid) {
		struct sigevent event = {
			.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1,
		};
		timer_t timer;

		*self->actor = own_numbers();
		event._sigev_un._tid = getpid();
		timer_create(CLOCK_MONOTONIC, &event, &timer);
		gate_open(self->ready);
		park();
	}
	gate_pass(self->ready);
	seen = WANTED;
	AT_PLACE(&self->worlds, variant->to) {
		ASSERT_EQ(0, ret(unshare(CLONE_NEWNS)));
		ASSERT_EQ(0, mount_proc());
		/* Whom the reader doesn't see has no directory. */
		EXPECT_STREQ(seen ? text("signal/tid.%d", seen) : "",
			     field(text("/proc/%d/timers",
					seen ?: self->actor->nr[0]), "notify"));
	}
}

/* Core dumps */

#define CORE_PATTERN "/proc/sys/kernel/core_pattern"

/* Dies of a signal below; the path of its core file, as the pattern has it. */
static pid_t dump_below(struct numbers *numbers)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	pid_t init = spawn(CLONE_NEWPID), pid;

	if (!init) {
		pid = spawn(0);
		if (!pid) {
			*numbers = own_numbers();
			setrlimit(RLIMIT_CORE, &all);
			abort();
		}
		wait_exit(pid);
		_exit(0);
	}
	wait_exit(init);
	return init;
}

TEST_F(pidns, core_file_and_its_name_have_the_dumpers_own_number)
{
	struct numbers *numbers = SHARED(struct numbers);
	struct elf_prstatus status;
	char pattern[256], path[128];
	pid_t init;

	if (read_file(CORE_PATTERN, pattern, sizeof(pattern)) < 0)
		SKIP(return, "no CONFIG_COREDUMP");
	if (!getenv("PIDNS_SYSCTL"))
		SKIP(return, "changes kernel.core_pattern for all; PIDNS_SYSCTL=1 allows it");
	EXPECT_EQ(0, write_text(CORE_PATTERN, "/tmp/border.%p.%P.%i.%I"));
	init = dump_below(numbers);
	write_text(CORE_PATTERN, pattern);
	sprintf(path, "/tmp/border.%d.%d.%d.%d", numbers->nr[1], numbers->nr[0],
		numbers->nr[1], numbers->nr[0]);
	ASSERT_TRUE(read_core(path, &status)) {
		TH_LOG("%s: %s", path, strerror(errno));
	}
	EXPECT_EQ(numbers->nr[1], status.pr_pid);
	EXPECT_EQ(1, status.pr_ppid);
	EXPECT_NE(init, status.pr_ppid);
	unlink(path);
}

/* Kernel threads: they have one number, that of the initial namespace. */
TEST_F(pidns, kernel_threads_are_in_no_other_namespace)
{
	int threads = 0, inside = 0;
	struct worlds worlds;
	struct dirent *entry;
	DIR *dir;

	if (!*status_of(0, "Kthread"))
		SKIP(return, "no Kthread: in /proc/PID/status");
	worlds = make_worlds();
	dir = opendir("/proc");
	while (dir && (entry = readdir(dir))) {
		pid_t pid = atoi(entry->d_name);

		if (!pid || atoi(status_of(pid, "Kthread")) != 1)
			continue;
		threads++;
		if (strchr(status_of(pid, "NSpid"), ' '))
			inside++;
	}
	closedir(dir);
	EXPECT_LT(0, threads);
	EXPECT_EQ(0, inside);
	AT_PLACE(&worlds, BELOW) {
		ASSERT_EQ(0, ret(unshare(CLONE_NEWNS)));
		ASSERT_EQ(0, mount_proc());
		/* Inits and actors, of this place and the one below it. */
		for (pid_t pid = 1; pid < 100; pid++)
			EXPECT_NE(1, atoi(status_of(pid, "Kthread")));
	}
	end_worlds(&worlds);
}

TEST_HARNESS_MAIN
