// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers in files and events that are read later, or by somebody else than who
 * they are about: timers, cgroups, core dumps, perf records and some others.
 */
#include "pidns.h"
#include "core_file.h"
#include <glob.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/rtnetlink.h>
#include <linux/seccomp.h>
#include <sys/resource.h>
#include <sys/socket.h>

/* Outside number of a process that is number 2 of a namespace; fn() and parks. */
static pid_t second_inside(pid_t *init, void (*fn)(void))
{
	pid_t pid;

	*init = parked(CLONE_NEWPID);
	pid = spawn_in(*init, NULL, 0);
	if (!pid) {
		fn();
		park();
	}
	return pid;
}

static int notified(const char *path)
{
	const char *value = field(path, "notify");
	const char *dot = strrchr(value, '.');

	return dot ? atoi(dot + 1) : -1;
}

static void arm_timer(void)
{
	struct sigevent event = {
		.sigev_notify	= SIGEV_SIGNAL,
		.sigev_signo	= SIGUSR1,
	};
	int timer;

	syscall(__NR_timer_create, CLOCK_MONOTONIC, &event, &timer);
}

TEST_F(pidns, proc_timers_notify_is_the_number_of_its_mount)
{
	pid_t init, pid = second_inside(&init, arm_timer);

	if (access(proc_path(pid, "timers"), F_OK))
		SKIP(return, "the kernel has no /proc/PID/timers");
	EXPECT_TRUE(WAIT_UNTIL(notified(proc_path(pid, "timers")) >= 0));
	EXPECT_EQ(pid, notified(proc_path(pid, "timers")));
	IN_CHILD(CLONE_NEWNS) {
		ASSERT_EQ(0, setns(ns_open(init, "pid"), CLONE_NEWPID));
		IN_CHILD(0) {
			ASSERT_EQ(0, mount_proc());
			EXPECT_EQ(2, notified("/proc/2/timers"));
		}
	}
	end(pid);
	end(init);
}

#define GROUP "/sys/fs/cgroup/pidns_files"

/* Does a file of numbers have that one, as a line of its own? */
static bool lists(const char *path, pid_t pid)
{
	char buffer[4096];

	buffer[0] = '\n';
	return read_file(path, buffer + 1, sizeof(buffer) - 1) >= 0 &&
	       strstr(buffer, text("\n%d\n", pid));
}

static void test_group_file(struct __test_metadata *_metadata, const char *path)
{
	pid_t outside = parked(0), init, pid = second_inside(&init, (void (*)(void))tzset);

	rmdir(GROUP);
	ASSERT_EQ(0, ret(mkdir(GROUP, 0755)));
	EXPECT_EQ(0, write_long(GROUP "/cgroup.procs", outside));
	ASSERT_EQ(0, setns(ns_open(init, "pid"), CLONE_NEWPID));
	IN_CHILD(0) {
		/* 2 is one's own number for it, and 0 whom one does not see. */
		EXPECT_EQ(0, write_long(GROUP "/cgroup.procs", 2));
		EXPECT_EQ(-ESRCH, write_long(GROUP "/cgroup.procs", pid));
		EXPECT_TRUE(lists(path, 2));
		EXPECT_TRUE(lists(path, 0));
		EXPECT_FALSE(lists(path, pid));
		EXPECT_FALSE(lists(path, outside));
	}
	ASSERT_EQ(0, setns(ns_open(0, "pid"), CLONE_NEWPID));
	EXPECT_TRUE(lists(path, pid));
	EXPECT_TRUE(lists(path, outside));
	EXPECT_FALSE(lists(path, 0));
	end(pid);
	end(outside);
	end(init);
	EXPECT_TRUE(WAIT_UNTIL(!rmdir(GROUP)));
}

TEST_F(pidns, cgroup_procs_has_the_readers_numbers)
{
	if (access("/sys/fs/cgroup/cgroup.procs", F_OK))
		SKIP(return, "no cgroup2 is mounted");
	test_group_file(_metadata, GROUP "/cgroup.procs");
}

TEST_F(pidns, cgroup_threads_has_the_readers_numbers)
{
	if (access("/sys/fs/cgroup/cgroup.procs", F_OK))
		SKIP(return, "no cgroup2 is mounted");
	test_group_file(_metadata, GROUP "/cgroup.threads");
}

static int install_filter(int flags)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { .len = 1, .filter = &allow };

	return ret(syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}

struct other {
	int gate;
	pid_t nr;
};

static void *filter_of_its_own(void *arg)
{
	struct other *other = arg;

	install_filter(0);
	other->nr = syscall(__NR_gettid);
	gate_open(other->gate);
	park();
	return NULL;
}

TEST_F(pidns, seccomp_tsync_names_a_thread_by_the_callers_number)
{
	/* A seccomp of other threads ends with the process: a child, then. */
	IN_CHILD(CLONE_NEWPID) {
		struct other other = { .gate = gate_make() };
		pthread_t thread;

		ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		ASSERT_EQ(0, pthread_create(&thread, NULL, filter_of_its_own, &other));
		gate_pass(other.gate);
		EXPECT_EQ(2, other.nr);
		EXPECT_EQ(2, install_filter(SECCOMP_FILTER_FLAG_TSYNC));
	}
}

#define CAD_PID "/proc/sys/kernel/cad_pid"

TEST_F(pidns, cad_pid_is_the_readers_and_the_writers_number)
{
	pid_t init, pid, was = read_long(CAD_PID);

	if (was < 0)
		SKIP(return, "the kernel has no sysctl");
	if (!getenv("PIDNS_SYSCTL"))
		SKIP(return, "changes kernel.cad_pid for all; PIDNS_SYSCTL=1 allows it");
	pid = second_inside(&init, (void (*)(void))tzset);
	EXPECT_EQ(1, was);
	ASSERT_EQ(0, setns(ns_open(init, "pid"), CLONE_NEWPID));
	IN_CHILD(0) {
		EXPECT_EQ(0, read_long(CAD_PID));
		EXPECT_EQ(0, write_long(CAD_PID, 2));
		EXPECT_EQ(2, read_long(CAD_PID));
	}
	EXPECT_EQ(pid, read_long(CAD_PID));
	EXPECT_EQ(0, write_long(CAD_PID, was));
	EXPECT_EQ(was, read_long(CAD_PID));
	end(pid);
	end(init);
}

/* 0 if the kernel finds that process's network namespace, or -errno. */
static int ask_netns_of(pid_t pid)
{
	struct {
		struct nlmsghdr head;
		struct rtgenmsg body;
		char pad[3];
		struct nlattr attribute;
		pid_t pid;
	} ask = {
		.head.nlmsg_len		= sizeof(ask),
		.head.nlmsg_type	= RTM_GETNSID,
		.head.nlmsg_flags	= NLM_F_REQUEST,
		.attribute.nla_type	= NETNSA_PID,
		.attribute.nla_len	= NLA_HDRLEN + sizeof(pid),
		.pid			= pid,
	};
	int buffer[1024];
	struct nlmsghdr *head = (void *)buffer;
	struct nlmsgerr *error = NLMSG_DATA(head);
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), err;

	err = ret(send(fd, &ask, sizeof(ask), 0));
	if (err > 0)
		err = ret(recv(fd, buffer, sizeof(buffer), 0));
	close(fd);
	if (err > 0)
		err = head->nlmsg_type == NLMSG_ERROR ? error->error : 0;
	return err;
}

TEST_F(pidns, netns_of_a_process_takes_the_callers_number)
{
	pid_t outside = getpid(), init;

	if (access("/proc/self/ns/net", F_OK))
		SKIP(return, "the kernel has no network namespaces");
	EXPECT_EQ(0, ask_netns_of(outside));
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(2, parked(0));
		EXPECT_EQ(0, ask_netns_of(1));
		EXPECT_EQ(0, ask_netns_of(2));
		EXPECT_EQ(-ESRCH, ask_netns_of(outside));
	}
	init = parked(CLONE_NEWPID);
	EXPECT_EQ(0, ask_netns_of(init));
	end(init);
}

static int ask_audit(void)
{
	struct nlmsghdr ask = {
		.nlmsg_len	= sizeof(ask),
		.nlmsg_type	= AUDIT_GET,
		.nlmsg_flags	= NLM_F_REQUEST | NLM_F_ACK,
	};
	int buffer[1024], fd, err;
	struct nlmsghdr *head = (void *)buffer;
	struct nlmsgerr *error = NLMSG_DATA(head);

	fd = ret(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT));
	if (fd < 0)
		return fd;
	err = ret(send(fd, &ask, sizeof(ask), 0));
	if (err > 0)
		err = ret(recv(fd, buffer, sizeof(buffer), 0));
	close(fd);
	if (err > 0)
		err = head->nlmsg_type == NLMSG_ERROR ? error->error : 0;
	return err;
}

TEST_F(pidns, audit_answers_nobody_below)
{
	int err = ask_audit();

	if (err == -EPROTONOSUPPORT)
		SKIP(return, "the kernel has no audit");
	EXPECT_EQ(0, err);
	IN_CHILD(CLONE_NEWPID)
		EXPECT_EQ(-EPERM, ask_audit());
	EXPECT_EQ(0, ask_audit());
}

/* The next record of a kind: pid, tid; then, of a fork, parent and its thread. */
static bool next_record(struct perf_event_mmap_page *page, unsigned int type,
			unsigned int numbers[4])
{
	size_t at = page->data_tail, size = page->data_size;
	char *data = (char *)page + page->data_offset;

	while (at < __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE)) {
		struct perf_event_header *head = (void *)(data + at % size);

		at += head->size;
		page->data_tail = at;
		if (head->type != type)
			continue;
		memcpy(numbers, head + 1, 2 * sizeof(int));
		if (type != PERF_RECORD_FORK)
			return true;
		/* pid, ppid, tid, ptid */
		memcpy(numbers, head + 1, 4 * sizeof(int));
		return true;
	}
	return false;
}

static struct perf_event_mmap_page *watch(pid_t pid)
{
	struct perf_event_attr attr = {
		.type		= PERF_TYPE_SOFTWARE,
		.size		= sizeof(attr),
		.config		= PERF_COUNT_SW_DUMMY,
		.comm		= 1,
		.task		= 1,
		.exclude_kernel	= 1,
	};
	int fd = ret(syscall(__NR_perf_event_open, &attr, pid, -1, -1, 0));
	void *page;

	if (fd < 0)
		return NULL;
	page = mmap(NULL, 2 * getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return page == MAP_FAILED ? NULL : page;
}

static void name_and_fork(int go, int done)
{
	gate_pass(go);
	prctl(PR_SET_NAME, "renamed");
	wait_exit(try_spawn(0));
	gate_open(done);
	park();
}

static void test_perf(struct __test_metadata *_metadata, pid_t reader_init,
		      pid_t init, pid_t seen, pid_t seen_child)
{
	int go = gate_make(), done = gate_make();
	pid_t pid = spawn_in(init, NULL, 0);

	if (!pid)
		name_and_fork(go, done);
	/* Where the reader's numbers are. */
	if (reader_init)
		ASSERT_EQ(0, setns(ns_open(reader_init, "pid"), CLONE_NEWPID));
	IN_CHILD(0) {
		pid_t whom = seen ?: pid, child = seen_child;
		struct perf_event_mmap_page *page = watch(whom);
		unsigned int got[4] = { 0 };

		ASSERT_NE(NULL, page);
		gate_open(go);
		gate_pass(done);
		EXPECT_TRUE(next_record(page, PERF_RECORD_COMM, got));
		EXPECT_EQ(whom, got[0]);
		EXPECT_EQ(whom, got[1]);
		EXPECT_TRUE(next_record(page, PERF_RECORD_FORK, got));
		if (child)
			EXPECT_EQ(child, got[0]);
		EXPECT_EQ(whom, got[1]);
		EXPECT_EQ(whom, got[3]);
	}
	end(pid);
}

TEST_F(pidns, perf_records_have_the_openers_numbers)
{
	struct perf_event_mmap_page *page = watch(0);
	pid_t init;

	if (!page)
		SKIP(return, "perf_event_open: %s", strerror(errno));
	init = parked(CLONE_NEWPID);
	test_perf(_metadata, 0, init, 0, 0);	/* opened outside */
	end(init);
	init = parked(CLONE_NEWPID);
	test_perf(_metadata, init, init, 2, 4);	/* opened inside, by 3 */
	end(init);
}

#define PATTERN "/proc/sys/kernel/core_pattern"

FIXTURE(core) {
	char pattern[128];
	char dir[32];
};

FIXTURE_SETUP(core)
{
	if (access("/proc/self/ns/pid", F_OK))
		SKIP(return, "the kernel has no pid namespaces");
	if (read_file(PATTERN, self->pattern, sizeof(self->pattern)) < 0)
		SKIP(return, "the kernel writes no core dumps");
	if (!getenv("PIDNS_SYSCTL"))
		SKIP(return, "changes kernel.core_pattern for all; PIDNS_SYSCTL=1 allows it");
	snprintf(self->dir, sizeof(self->dir), "/tmp/pidns_core.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	ASSERT_EQ(0, write_text(PATTERN, text("%s/%%p.%%P.%%i.%%I", self->dir)));
}

FIXTURE_TEARDOWN(core)
{
	glob_t found;

	write_text(PATTERN, self->pattern);
	if (!glob(text("%s/*", self->dir), 0, NULL, &found))
		for (size_t i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
	rmdir(self->dir);
}

/* Number 2 of a new namespace, leader of its group there, dies with a core. */
static pid_t dump_core(void)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	pid_t init, pid;

	init = parked(CLONE_NEWPID);
	pid = spawn_in(init, NULL, 0);
	if (!pid) {
		setrlimit(RLIMIT_CORE, &all);
		setpgid(0, 0);
		signal(SIGABRT, SIG_DFL);
		abort();
	}
	wait_exit(pid);
	end(init);
	return pid;
}

TEST_F(core, pattern_p_and_i_are_own_numbers_P_and_I_the_initial_ones)
{
	pid_t pid = dump_core();

	EXPECT_EQ(0, access(text("%s/2.%d.2.%d", self->dir, pid, pid), F_OK)) {
		glob_t found;

		if (!glob(text("%s/*", self->dir), 0, NULL, &found))
			TH_LOG("found %s", found.gl_pathv[0]);
	}
}

TEST_F(core, notes_have_the_numbers_of_who_died)
{
	pid_t pid = dump_core();
	struct elf_prstatus status = { .pr_pid = -1 };

	EXPECT_TRUE(read_core(text("%s/2.%d.2.%d", self->dir, pid, pid), &status));
	EXPECT_EQ(2, status.pr_pid);
	EXPECT_EQ(2, status.pr_pgrp);
	EXPECT_EQ(0, status.pr_ppid);
	EXPECT_EQ(0, status.pr_sid);
}

TEST_HARNESS_MAIN
