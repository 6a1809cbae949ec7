// SPDX-License-Identifier: GPL-2.0-only
/*
 * pidstorm [-s SEED] [-n OPERATIONS] [-t SECONDS] [-w WORLDS]: see pidstorm.h.
 *
 * Ends after so many operations in all, or after the time. A failure prints the
 * last operations of its world and the seed, with which it comes again.
 */
#include "pidstorm.h"

struct world *world;

static int world_fd;

static struct world *map_world(int fd)
{
	void *map = mmap(NULL, sizeof(struct world), PROT_READ | PROT_WRITE,
			 MAP_SHARED, fd, 0);

	return map == MAP_FAILED ? NULL : map;
}

static struct world *make_world(unsigned long long seed)
{
	struct world *made;

	world_fd = memfd_create("pidstorm", MFD_CLOEXEC);
	if (world_fd < 0 || ftruncate(world_fd, sizeof(struct world)))
		ksft_exit_fail_msg("no memory for a world\n");
	made = map_world(world_fd);
	if (!made)
		ksft_exit_fail_msg("no memory for a world\n");
	made->seed = seed;
	return made;
}

/* Its init: never returns. */
static void run_world(unsigned long operations, time_t end)
{
	if (dup2(world_fd, WORLD_FD) < 0 || mount_proc())
		fail("the world has no proc: %s", strerror(errno));
	pid_max = read_long("/proc/sys/kernel/pid_max");
	agent_setup(0);
	world_begin();
	while (world->operations < operations && time(NULL) < end)
		one_operation();
	_exit(0);
}

/* What everybody does meanwhile: proc lists numbers that ascend. */
static bool proc_ascends(void)
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	int last = 0, nr;
	bool good = proc;

	while (proc && (entry = readdir(proc))) {
		nr = atoi(entry->d_name);
		good &= !nr || nr > last;
		last = nr ?: last;
	}
	if (proc)
		closedir(proc);
	return good;
}

static bool tell(struct world *one, int number, int code)
{
	ksft_print_msg("world %d: %lu operations, %lu answers, %lu namespaces ended, depth %d\n",
		       number, one->operations, one->checks, one->deaths,
		       one->deepest);
	if (!code)
		return true;
	ksft_print_msg("world %d ended with %d: %s\n", number, code,
		       one->failed ? one->why : "no reason given");
	for (unsigned int i = ARRAY_SIZE(one->history); i--;)
		if (one->operations >= i)
			ksft_print_msg("  %lu: %s\n", one->operations - i,
				       one->history[(one->operations - i) %
						    ARRAY_SIZE(one->history)]);
	return false;
}

/* A driver that does nothing for minutes hangs itself, or in a call. */
static void watch(struct world *one, int number)
{
	static struct world *watched;
	static unsigned long operations;
	static time_t since;

	if (one != watched || one->operations != operations) {
		watched = one;
		operations = one->operations;
		since = time(NULL);
	} else if (time(NULL) > since + 150) {
		tell(one, number, KSFT_FAIL);
		ksft_exit_fail_msg("world %d hangs\n", number);
	}
}

static unsigned long long positive(const char *arg)
{
	char *end;
	unsigned long long value = strtoull(arg, &end, 10);

	if (!*arg || *end || *arg == '-' || !value)
		ksft_exit_fail_msg("'%s' is no number above 0\n", arg);
	return value;
}

int main(int argc, char **argv)
{
	unsigned long long seed = time(NULL), operations = 20000, seconds = 3600;
	int worlds = 4, option, good = 0, ascends = 1;
	unsigned long total = 0;
	struct world *all[16];
	pid_t inits[16];
	time_t start = time(NULL);

	if (argc == 3 && !strcmp(argv[1], "agent")) {
		world = map_world(WORLD_FD);
		if (world)
			agent_main(atoi(argv[2]));
		return 1;
	}
	while ((option = getopt(argc, argv, "s:n:t:w:")) != -1) {
		switch (option) {
		case 's':
			seed = positive(optarg);
			break;
		case 'n':
			operations = positive(optarg);
			break;
		case 't':
			seconds = positive(optarg);
			break;
		case 'w':
			worlds = positive(optarg);
			break;
		default:
			return KSFT_FAIL;
		}
	}
	if (worlds > (int)ARRAY_SIZE(all))
		ksft_exit_fail_msg("%d worlds at most\n", (int)ARRAY_SIZE(all));
	ksft_print_header();
	if (access("/proc/self/ns/pid", F_OK))
		ksft_exit_skip("the kernel has no pid namespaces\n");
	if (geteuid())
		ksft_exit_skip("needs root\n");
	ksft_set_plan(2);
	ksft_print_msg("seed %llu, %llu operations, %d worlds\n", seed, operations,
		       worlds);

	for (int i = 0; i < worlds; i++) {
		all[i] = make_world(seed + i * 1000003ULL);
		world = all[i];
		inits[i] = spawn(CLONE_NEWPID | CLONE_NEWNS);
		if (!inits[i])
			run_world(operations / worlds, start + seconds);
		close(world_fd);
	}
	for (int i = 0; i < worlds; i++) {
		siginfo_t info = {};

		while (inits[i] > 0 && !info.si_pid) {
			ascends &= proc_ascends();
			usleep(50000);
			if (waitid(P_PID, inits[i], &info,
				   WEXITED | WNOHANG | WNOWAIT))
				break;
			watch(all[i], i + 1);
		}
		good += tell(all[i], i + 1, wait_exit(inits[i]));
		total += all[i]->operations;
	}
	ksft_print_msg("%lu operations in %ld s, seed %llu\n", total,
		       (long)(time(NULL) - start), seed);
	ksft_test_result(good == worlds, "every_answer_is_the_models\n");
	ksft_test_result(ascends, "proc_lists_ascending_numbers_meanwhile\n");
	ksft_finished();
}
