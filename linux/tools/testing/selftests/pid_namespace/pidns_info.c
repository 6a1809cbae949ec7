// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/PID/pidns (CONFIG_PID_NS_INFO): what it tells of a namespace, and above
 * all of one that cannot die: which process its init waits for, and who has to
 * do something about that. Who may read it. Without the option it is absent.
 */
#define PIDNS_DEFAULT_FIXTURE
#include "pidns.h"
#include <sys/ptrace.h>

#define WAITS_SHOWN	32

/* PIDNS_INFO=y or n says that the option is there or not; else the file does. */
static const char *obstacle(bool wanted)
{
	const char *said = getenv("PIDNS_INFO");
	bool found = said ? *said == 'y' : !access("/proc/self/pidns", F_OK);

	if (access("/proc/self/ns/pid", F_OK))
		return "the kernel has no pid namespaces";
	if (geteuid())
		return "needs root";
	if (found == wanted)
		return NULL;
	return wanted ? "no /proc/PID/pidns: CONFIG_PID_NS_INFO=n" :
			"there is /proc/PID/pidns: CONFIG_PID_NS_INFO=y";
}

FIXTURE(info) {};

FIXTURE_SETUP(info)
{
	const char *why = obstacle(true);

	if (why)
		SKIP(return, "%s", why);
}

FIXTURE_TEARDOWN(info) {}

FIXTURE(absent) {};

FIXTURE_SETUP(absent)
{
	const char *why = obstacle(false);

	if (why)
		SKIP(return, "%s", why);
}

FIXTURE_TEARDOWN(absent) {}

static const char *info_of(pid_t pid, const char *key)
{
	return field(proc_path(pid, "pidns"), key);
}

static int read_info(pid_t pid)
{
	char buffer[4096];
	int got = read_file(proc_path(pid, "pidns"), buffer, sizeof(buffer));

	return got < 0 ? got : 0;
}

/* How many lines begin with "KEY:". */
static int lines_of(pid_t pid, const char *key)
{
	FILE *file = fopen(proc_path(pid, "pidns"), "re");
	char line[256];
	int count = 0;

	while (file && fgets(line, sizeof(line), file))
		count += !strncmp(line, key, strlen(key)) &&
			 line[strlen(key)] == ':';
	if (file)
		fclose(file);
	return count;
}

static bool has_line(pid_t pid, const char *wanted)
{
	FILE *file = fopen(proc_path(pid, "pidns"), "re");
	bool found = false;
	char line[256];

	while (file && !found && fgets(line, sizeof(line), file))
		found = !strcmp(line, wanted);
	if (file)
		fclose(file);
	return found;
}

/* In the end @init waits for @pid, about which @who has to do something. */
static void expect_waits(struct __test_metadata *_metadata, pid_t init,
			 pid_t pid, const char *why, pid_t who)
{
	char wanted[64];

	snprintf(wanted, sizeof(wanted), "Waits:\t%d %s %d\n", pid, why, who);
	EXPECT_TRUE(WAIT_UNTIL(has_line(init, wanted))) {
		TH_LOG("wanted: %d %s %d; the first of %d: %s", pid, why, who,
		       lines_of(init, "Waits"), info_of(init, "Waits"));
	}
}

TEST_F(absent, proc_has_no_such_file)
{
	EXPECT_EQ(-ENOENT, read_info(0));
	IN_CHILD(CLONE_NEWPID | CLONE_NEWNS) {
		ASSERT_EQ(0, mount_proc());
		EXPECT_EQ(-ENOENT, read_info(1));
	}
}

TEST_F(info, tells_level_limit_pids_and_reaper)
{
	const char *max = text("%ld", read_long("/proc/sys/kernel/pid_max"));
	int gate = gate_make();
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		for (int i = 0; i < 5; i++)
			parked(0);
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	EXPECT_STREQ("1", info_of(init, "Level"));
	EXPECT_STREQ(max, info_of(init, "Limit"));
	EXPECT_STREQ("6", info_of(init, "Pids"));
	EXPECT_STREQ(text("%d", init), info_of(init, "Reaper"));
	EXPECT_STREQ("no", info_of(init, "Dying"));
	EXPECT_EQ(0, lines_of(init, "Waits"));
	EXPECT_EQ(5, lines_of(init, "Level") + lines_of(init, "Limit") +
		     lines_of(init, "Pids") + lines_of(init, "Reaper") +
		     lines_of(init, "Dying"));
	end(init);
}

TEST_F(info, initial_namespace_has_it_too)
{
	EXPECT_STREQ("0", info_of(1, "Level"));
	EXPECT_STREQ("1", info_of(1, "Reaper"));
	EXPECT_STREQ("no", info_of(1, "Dying"));
	EXPECT_LT(1, atoi(info_of(1, "Pids")));
	EXPECT_STREQ("0", info_of(0, "Level"));
}

TEST_F(info, any_member_tells_the_same)
{
	pid_t init = parked(CLONE_NEWPID), pid = parked_in(init);

	EXPECT_STREQ(text("%d", init), info_of(pid, "Reaper"));
	EXPECT_STREQ("2", info_of(pid, "Pids"));
	EXPECT_EQ(128 + SIGKILL, end(pid));
	EXPECT_STREQ("1", info_of(init, "Pids"));
	end(init);
}

TEST_F(info, numbers_are_those_of_the_mount)
{
	IN_CHILD(CLONE_NEWPID | CLONE_NEWNS) {
		ASSERT_EQ(0, mount_proc());
		pid_t init = parked(CLONE_NEWPID);

		EXPECT_EQ(2, init);
		EXPECT_STREQ("1", info_of(0, "Level"));
		EXPECT_STREQ("1", info_of(0, "Reaper"));
		EXPECT_STREQ("2", info_of(0, "Pids"));
		EXPECT_STREQ("2", info_of(init, "Level"));
		EXPECT_STREQ("2", info_of(init, "Reaper"));
		EXPECT_STREQ("1", info_of(init, "Pids"));
	}
}

TEST_F(info, threads_groups_and_sessions_count_as_pids)
{
	int gate = gate_make();
	pid_t init = spawn(CLONE_NEWPID);

	if (!init) {
		pthread_t thread;
		pid_t pid;

		pthread_create(&thread, NULL, (void *(*)(void *))park, NULL);
		/* A group whose leader is gone keeps that one's number. */
		pid = parked(0);
		setpgid(pid, pid);
		setpgid(parked(0), pid);
		end(pid);
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	EXPECT_STREQ("4", info_of(init, "Pids"));
	end(init);
}

TEST_F(info, death_held_by_a_zombie_names_it_and_its_parent)
{
	pid_t init = parked(CLONE_NEWPID), pid = parked_in(init);

	kill(init, SIGKILL);
	expect_waits(_metadata, init, pid, "Z parent", getpid());
	EXPECT_EQ(1, lines_of(init, "Waits"));
	EXPECT_EQ(0, lines_of(init, "More"));
	EXPECT_STREQ("2", info_of(init, "Pids"));
	EXPECT_STREQ(text("%d", init), info_of(init, "Reaper"));
	/* Doing what it says is what helps. */
	EXPECT_EQ(128 + SIGKILL, wait_exit(pid));
	EXPECT_TRUE(WAIT_UNTIL(state_of(init) == 'Z'));
	EXPECT_STREQ("1", info_of(init, "Pids"));
	EXPECT_EQ(0, lines_of(init, "Waits"));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_F(info, parent_that_the_reader_cannot_see_is_0)
{
	int gate = gate_make(), go = gate_make();
	pid_t outer = spawn(CLONE_NEWPID | CLONE_NEWNS), pid;

	if (!outer) {
		pid_t init;

		ASSERT_EQ(0, mount_proc());
		init = parked(CLONE_NEWPID);
		EXPECT_EQ(2, init);
		gate_open(gate);
		gate_pass(go);
		EXPECT_EQ(0, kill(init, SIGKILL));
		expect_waits(_metadata, init, 3, "Z parent", 0);
		gate_open(gate);
		EXPECT_EQ(128 + SIGKILL, wait_exit(init));
		_exit(0);
	}
	gate_pass(gate);
	/* Two levels down, a child of ours. */
	for (pid = outer + 1; pid < outer + 100; pid++)
		if (!strcmp(status_of(pid, "NSpid"), text("%d 2 1", pid)))
			break;
	pid = parked_in(pid);
	gate_open(go);
	gate_pass(gate);
	EXPECT_EQ(128 + SIGKILL, wait_exit(pid));
	EXPECT_EQ(0, wait_exit(outer));
}

TEST_F(info, death_held_by_a_tracer_names_it)
{
	int gate = gate_make(), go = gate_make();
	pid_t init = spawn(CLONE_NEWPID), pid, tracer;

	if (!init) {
		parked(0);
		park();
	}
	EXPECT_TRUE(WAIT_UNTIL(!strcmp(info_of(init, "Pids"), "2")));
	for (pid = init + 1; pid < init + 100; pid++)
		if (!strcmp(status_of(pid, "NSpid"), text("%d 2", pid)))
			break;
	tracer = spawn(0);
	if (!tracer) {
		EXPECT_EQ(0, ret(ptrace(PTRACE_SEIZE, pid, 0, 0)));
		gate_open(gate);
		gate_pass(go);
		_exit(0);
	}
	gate_pass(gate);
	kill(init, SIGKILL);
	expect_waits(_metadata, init, pid, "Z tracer", tracer);
	gate_open(go);
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
	EXPECT_EQ(0, wait_exit(tracer));
}

TEST_F(info, death_held_at_a_tracers_exit_stop_names_it)
{
	pid_t init = parked(CLONE_NEWPID), pid = parked_in(init);
	int status;

	EXPECT_EQ(0, ret(ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXIT)));
	kill(init, SIGKILL);
	EXPECT_EQ(pid, ret(waitpid(pid, &status, __WALL)));
	expect_waits(_metadata, init, pid, "t tracer", getpid());
	EXPECT_EQ(0, ret(ptrace(PTRACE_DETACH, pid, 0, 0)));
	EXPECT_EQ(128 + SIGKILL, wait_exit(pid));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_F(info, death_held_by_a_traced_thread_names_leader_and_thread)
{
	pid_t init = parked(CLONE_NEWPID), pid = spawn_in(init, NULL, 0), tid;

	if (!pid) {
		pthread_t thread;

		pthread_create(&thread, NULL, (void *(*)(void *))park, NULL);
		park();
	}
	EXPECT_TRUE(WAIT_UNTIL(!strcmp(status_of(pid, "Threads"), "2")));
	for (tid = pid + 1; tid < pid + 100; tid++)
		if (!access(text("/proc/%d/task/%d", pid, tid), F_OK))
			break;
	EXPECT_EQ(0, ret(ptrace(PTRACE_SEIZE, tid, 0, 0)));
	kill(init, SIGKILL);
	expect_waits(_metadata, init, pid, "Z thread", tid);
	expect_waits(_metadata, init, tid, "Z tracer", getpid());
	EXPECT_EQ(tid, ret(waitpid(tid, NULL, __WALL)));
	expect_waits(_metadata, init, pid, "Z parent", getpid());
	EXPECT_EQ(128 + SIGKILL, wait_exit(pid));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_F(info, death_held_by_a_group_names_who_is_in_it)
{
	pid_t init = parked(CLONE_NEWPID), *name = shared(sizeof(*name)), pid;
	int gate = gate_make();

	pid = spawn(0);
	if (!pid) {
		*name = parked_in(init);
		EXPECT_EQ(0, ret(setpgid(*name, *name)));
		EXPECT_EQ(0, ret(setpgid(0, *name)));
		end(*name);
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	kill(init, SIGKILL);
	expect_waits(_metadata, init, *name, "- group", pid);
	EXPECT_EQ(128 + SIGKILL, end(pid));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_F(info, death_held_by_a_session_names_who_is_in_it)
{
	pid_t init = parked(CLONE_NEWPID), *pid = shared(sizeof(*pid)), leader;

	/* Its member is the test's child as well, and in a group of its own. */
	leader = spawn_in(init, NULL, 0);
	if (!leader) {
		setsid();
		if (sys_clone(CLONE_PARENT))
			_exit(0);
		EXPECT_EQ(0, ret(setpgid(0, 0)));
		*pid = atoi(status_of(0, "NSpid"));
		park();
	}
	EXPECT_EQ(0, wait_exit(leader));
	EXPECT_TRUE(WAIT_UNTIL(*pid));
	kill(init, SIGKILL);
	expect_waits(_metadata, init, leader, "- session", *pid);
	EXPECT_EQ(128 + SIGKILL, wait_exit(*pid));
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_F(info, list_ends_after_32_and_counts_the_rest)
{
	pid_t init = parked(CLONE_NEWPID), pids[WAITS_SHOWN + 8];

	for (int i = 0; i < WAITS_SHOWN + 8; i++)
		pids[i] = parked_in(init);
	kill(init, SIGKILL);
	for (int i = 0; i < WAITS_SHOWN + 8; i++)
		EXPECT_TRUE(WAIT_UNTIL(state_of(pids[i]) == 'Z'));
	EXPECT_EQ(WAITS_SHOWN, lines_of(init, "Waits"));
	EXPECT_STREQ("8", info_of(init, "More"));
	EXPECT_STREQ(text("%d Z parent %d", pids[0], getpid()),
		     info_of(init, "Waits"));
	for (int i = 0; i < 8; i++)
		wait_exit(pids[i]);
	EXPECT_EQ(WAITS_SHOWN, lines_of(init, "Waits"));
	EXPECT_EQ(0, lines_of(init, "More"));
	for (int i = 8; i < WAITS_SHOWN + 8; i++)
		wait_exit(pids[i]);
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_F(info, dying_is_for_as_long_as_it_takes)
{
	pid_t init = parked(CLONE_NEWPID), pid = parked_in(init);
	int seconds, later;

	kill(init, SIGKILL);
	expect_waits(_metadata, init, pid, "Z parent", getpid());
	EXPECT_TRUE(WAIT_UNTIL(atoi(info_of(init, "Dying")) > 0));
	seconds = atoi(info_of(init, "Dying"));
	EXPECT_STREQ(text("%d s", seconds), info_of(init, "Dying"));
	EXPECT_GT(10, seconds);
	EXPECT_TRUE(WAIT_UNTIL(atoi(info_of(init, "Dying")) >= seconds + 2));
	later = atoi(info_of(init, "Dying"));
	EXPECT_GT(seconds + 20, later);
	wait_exit(pid);
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_F(info, init_that_left_by_a_thread_is_not_what_it_waits_for)
{
	pid_t init = spawn(CLONE_NEWPID), pid;

	if (!init) {
		pthread_t thread;

		/* The first thread goes, the other one is killed as the last. */
		pthread_create(&thread, NULL, (void *(*)(void *))park, NULL);
		pthread_exit(NULL);
	}
	EXPECT_TRUE(WAIT_UNTIL(state_of(init) == 'Z'));
	pid = parked_in(init);
	kill(init, SIGKILL);
	expect_waits(_metadata, init, pid, "Z parent", getpid());
	EXPECT_EQ(1, lines_of(init, "Waits"));
	EXPECT_STREQ("3", info_of(init, "Pids"));
	EXPECT_EQ(0, lines_of(init, "More"));
	wait_exit(pid);
	EXPECT_EQ(128 + SIGKILL, wait_exit(init));
}

TEST_F(info, is_for_who_has_cap_sys_admin_over_the_owner)
{
	pid_t init = parked(CLONE_NEWPID);

	IN_CHILD(0) {
		ASSERT_EQ(0, keep_capability(CAP_SYS_ADMIN));
		EXPECT_EQ(0, read_info(init));
	}
	IN_CHILD(0) {
		ASSERT_EQ(0, keep_capability(CAP_SYS_PTRACE));
		EXPECT_EQ(-EPERM, read_info(init));
	}
	IN_CHILD(0) {
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(-EPERM, read_info(init));
		EXPECT_EQ(-EPERM, read_info(0));
	}
	end(init);
}

TEST_F(info, right_to_read_is_that_of_who_opened)
{
	int fd = open("/proc/self/pidns", O_RDONLY);
	char buffer[256];

	IN_CHILD(0) {
		ASSERT_EQ(0, become_nobody());
		EXPECT_LT(0, ret(read(fd, buffer, sizeof(buffer))));
	}
	IN_CHILD(0) {
		pid_t pid = getpid();

		ASSERT_EQ(0, setresuid(-1, 65534, -1));
		fd = open(proc_path(pid, "pidns"), O_RDONLY);
		EXPECT_LE(0, fd);
		ASSERT_EQ(0, setresuid(-1, 0, -1));
		EXPECT_EQ(-EPERM, ret(read(fd, buffer, sizeof(buffer))));
	}
}

TEST_F(info, maker_of_a_user_namespace_reads_what_that_owns)
{
	IN_CHILD(0) {
		pid_t init;

		ASSERT_EQ(0, become_nobody());
		init = parked(CLONE_NEWUSER | CLONE_NEWPID);
		ASSERT_LT(0, init);
		EXPECT_EQ(0, read_info(init));
		EXPECT_STREQ(text("%d", init), info_of(init, "Reaper"));
		EXPECT_EQ(-EPERM, read_info(0));
		kill(init, SIGKILL);
		EXPECT_TRUE(WAIT_UNTIL(state_of(init) == 'Z'));
		EXPECT_EQ(0, read_info(init));
		wait_exit(init);
	}
}

TEST_F(info, of_a_reaped_process_is_esrch)
{
	pid_t init = parked(CLONE_NEWPID);
	int fd = open(proc_path(init, "pidns"), O_RDONLY);
	char byte;

	EXPECT_EQ(128 + SIGKILL, end(init));
	EXPECT_EQ(-ESRCH, ret(read(fd, &byte, 1)));
}

TEST_F(info, can_be_read_while_all_is_in_motion)
{
	pid_t reader = spawn(0);

	if (!reader) {
		char buffer[4096], path[300];
		DIR *proc;
		struct dirent *entry;

		for (;;) {
			proc = opendir("/proc");
			while (proc && (entry = readdir(proc))) {
				snprintf(path, sizeof(path), "/proc/%s/pidns",
					 entry->d_name);
				if (atoi(entry->d_name))
					read_file(path, buffer, sizeof(buffer));
			}
			closedir(proc);
		}
	}
	for (int i = 0; i < 100; i++) {
		pid_t init = spawn(CLONE_NEWPID), pid;

		if (!init) {
			for (int j = 0; j < 10; j++)
				parked(j & 1 ? CLONE_NEWPID : 0);
			park();
		}
		pid = parked_in(init);
		EXPECT_EQ(128 + SIGKILL, ret(kill(init, SIGKILL)) ?: wait_exit(pid));
		EXPECT_EQ(128 + SIGKILL, wait_exit(init));
	}
	EXPECT_EQ(128 + SIGKILL, end(reader));
}

TEST_HARNESS_MAIN
