// SPDX-License-Identifier: GPL-2.0-only
/*
 * What no sane program asks for: prints a line a call, "who: call: answer", the
 * same text on each run. Two kernels are compared by it, line by line; see
 * scripts/hostile of the pidns project. The answers are not judged here.
 *
 * Each call is made in a child of its own, which tells how it went by its exit
 * status. Children of the call itself do nothing but exit, wherever their stack
 * may be: so no flag is too wild to be tried.
 */
#define PIDNS_NO_HARNESS
#include "pidns.h"
#include <limits.h>
#include <linux/nsfs.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static const char *who;
static int lines;
static bool *survived;

static void put(const char *call, int status)
{
	const char *name = status ? strerrorname_np(status) : "0";

	if (status > 128 && !name)
		name = text("signal %d", status - 128);
	printf("# %s: %s: %s\n", who, call, name ?: text("status %d", status));
	lines++;
}

/* An init that is kept as a target: the only child that stays. */
static pid_t kept;

/* The answers must not depend on who is gone already. */
static void reap_all(void)
{
	pid_t pid;

	do {
		pid = waitpid(-1, NULL, __WALL | WNOHANG);
		if (!pid && !kept)
			usleep(100);
	} while (pid > 0 || (!pid && !kept));
}

static pid_t begun;

static pid_t begin(void)
{
	sigset_t all;

	begun = fork();
	if (begun)
		return begun;
	/* A child that exits may send any signal. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	kept = 0;
	return 0;
}

static void tell(long result)
{
	reap_all();
	_exit(result < 0 ? -result : 0);
}

static void finish(const char *call)
{
	put(call, wait_exit(begun));
	reap_all();
}

/* Runs the block in a child; its value is a result or -errno. */
#define TRY(call, ...) do {						\
	if (!begin())							\
		tell(({ __VA_ARGS__; }));				\
	finish(call);							\
} while (0)

#ifdef __x86_64__
/* The child exits before it could touch memory. */
#define CALL_AND_EXIT							\
	"syscall\n\ttest %%rax, %%rax\n\tjnz 1f\n\t"			\
	"xor %%edi, %%edi\n\tmov $60, %%eax\n\tsyscall\n1:"

static long raw_clone3(const void *args, size_t size)
{
	long result = __NR_clone3;

	asm volatile(CALL_AND_EXIT : "+a" (result)
		     : "D" (args), "S" (size) : "rcx", "r11", "memory", "cc");
	return result;
}

static long raw_clone(unsigned long flags)
{
	long result = __NR_clone;
	int pidfd;

	register long none asm("r10") = 0;
	asm volatile(CALL_AND_EXIT : "+a" (result)
		     : "D" (flags), "S" (0L), "d" (&pidfd), "r" (none), "r" (none)
		     : "rcx", "r11", "r8", "memory", "cc");
	return result;
}
#else
static long raw_clone3(const void *args, size_t size)
{
	return -EOPNOTSUPP;
}

static long raw_clone(unsigned long flags)
{
	return -EOPNOTSUPP;
}
#endif

static const struct {
	unsigned long flag;
	const char *name;
} kinds[] = {
	{ CLONE_NEWPID, "NEWPID" }, { CLONE_NEWUSER, "NEWUSER" },
	{ CLONE_NEWNS, "NEWNS" }, { CLONE_THREAD, "THREAD" }, { CLONE_VM, "VM" },
	{ CLONE_SIGHAND, "SIGHAND" }, { CLONE_PARENT, "PARENT" },
	{ CLONE_FS, "FS" }, { CLONE_PIDFD, "PIDFD" }, { CLONE_VFORK, "VFORK" },
};

static unsigned long subset(unsigned int bits, char *names)
{
	unsigned long flags = 0;

	*names = '\0';
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
		if (bits & 1 << i) {
			flags |= kinds[i].flag;
			strcat(strcat(names, "|"), kinds[i].name);
		}
	return flags;
}

static void clone_flags(void)
{
	static const unsigned int signals[] = { 0, SIGCHLD, 64, 65, 255 };
	unsigned long flags;
	char names[128];
	int pidfd;

	for (unsigned int bits = 0; bits < 1 << ARRAY_SIZE(kinds); bits++) {
		flags = subset(bits, names);
		TRY(text("clone %s", names), raw_clone(flags | SIGCHLD));
		struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD,
					   .pidfd = (unsigned long)&pidfd };
		TRY(text("clone3 %s", names), raw_clone3(&args, sizeof(args)));
		args.exit_signal = 0;
		TRY(text("clone3 %s no signal", names),
		    raw_clone3(&args, sizeof(args)));
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(signals); i++) {
		struct clone_args args = { .flags = CLONE_NEWPID,
					   .exit_signal = signals[i] };
		TRY(text("clone NEWPID signal %u", signals[i]),
		    raw_clone(CLONE_NEWPID | signals[i]));
		TRY(text("clone3 NEWPID signal %u", signals[i]),
		    raw_clone3(&args, sizeof(args)));
	}
	for (int bit = 0; bit < 64; bit++) {
		struct clone_args args = { .flags = 1ULL << bit,
					   .exit_signal = SIGCHLD };
		TRY(text("clone3 bit %d", bit), raw_clone3(&args, sizeof(args)));
		args.flags |= CLONE_NEWPID;
		TRY(text("clone3 bit %d NEWPID", bit),
		    raw_clone3(&args, sizeof(args)));
	}
}

static void clone3_sizes(void)
{
	static const size_t sizes[] = { 0, 1, 8, 63, 64, 65, 71, 72, 79, 80, 81, 87,
		88, 89, 96, 128, 4095, 4096, 4097, INT_MAX, SIZE_MAX };
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct clone_args *args = (void *)page;

	munmap(page + 4096, 4096);
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		*args = (struct clone_args) { .exit_signal = SIGCHLD };
		memset(args + 1, 0, 4096 - sizeof(*args));
		TRY(text("clone3 size %zu", sizes[i]), raw_clone3(args, sizes[i]));
		memset(args + 1, 1, 4096 - sizeof(*args));
		TRY(text("clone3 size %zu, rest not 0", sizes[i]),
		    raw_clone3(args, sizes[i]));
	}
	TRY("clone3 of NULL", raw_clone3(NULL, sizeof(*args)));
	TRY("clone3 of 1", raw_clone3((void *)1, sizeof(*args)));
	TRY("clone3 past a page", raw_clone3(page + 4090, sizeof(*args)));
	TRY("clone3 of the kernel's",
	    raw_clone3((void *)0xffffffff81000000UL, sizeof(*args)));
}

static void set_tids(const char *where)
{
	static const int values[] = { INT_MIN, -1, 0, 1, 2, 299, 300, 20001, 32767,
		32768, 32769, 4194303, 4194304, INT_MAX };
	pid_t tids[40];
	struct clone_args args = { .exit_signal = SIGCHLD };

	for (int count = 0; count <= 35; count++) {
		args.set_tid_size = count;
		args.set_tid = count ? (unsigned long)tids : 0;
		for (unsigned int i = 0; i < ARRAY_SIZE(values); i++)
			for (int flags = 0; flags < 2; flags++) {
				for (int j = 0; j < 40; j++)
					tids[j] = 20001 + j;
				/* In a new one only 1 is the first. */
				tids[0] = flags ? 1 : values[i];
				tids[flags] = values[i];
				args.flags = flags ? CLONE_NEWPID : 0;
				TRY(text("set_tid %s, %d numbers, %d%s", where,
					 count, values[i], flags ? " NEWPID" : ""),
				    raw_clone3(&args, sizeof(args)));
				if (!count)
					break;
			}
	}
	for (int count = 1; count <= 33; count += 16) {
		args = (struct clone_args) { .set_tid_size = count };
		TRY(text("set_tid %s NULL, %d", where, count),
		    raw_clone3(&args, sizeof(args)));
		args.set_tid = 1;
		TRY(text("set_tid %s at 1, %d", where, count),
		    raw_clone3(&args, sizeof(args)));
	}
	args = (struct clone_args) { .set_tid = (unsigned long)tids };
	TRY(text("set_tid %s of size 0", where), raw_clone3(&args, sizeof(args)));
	args.set_tid_size = ULLONG_MAX;
	TRY(text("set_tid %s of size -1", where), raw_clone3(&args, sizeof(args)));
}

static void unshares(void)
{
	for (int bit = 0; bit < 32; bit++) {
		TRY(text("unshare bit %d", bit), ret(unshare(1U << bit)));
		TRY(text("unshare bit %d NEWPID", bit),
		    ret(unshare(1U << bit | CLONE_NEWPID)));
	}
	TRY("unshare twice", unshare(CLONE_NEWPID); ret(unshare(CLONE_NEWPID)));
	TRY("unshare, then NEWPID", unshare(CLONE_NEWPID);
	    raw_clone(CLONE_NEWPID | SIGCHLD));
	TRY("unshare, then THREAD", unshare(CLONE_NEWPID);
	    raw_clone(CLONE_THREAD | CLONE_VM | CLONE_SIGHAND));
	TRY("unshare, then VM", unshare(CLONE_NEWPID);
	    raw_clone(CLONE_VM | SIGCHLD));
	TRY("unshare, then PARENT", unshare(CLONE_NEWPID);
	    raw_clone(CLONE_PARENT | SIGCHLD));
	TRY("unshare, init ends, then fork", unshare(CLONE_NEWPID);
	    wait_exit(raw_clone(SIGCHLD)); raw_clone(SIGCHLD));
	TRY("unshare, init ends, then NEWPID", unshare(CLONE_NEWPID);
	    wait_exit(raw_clone(SIGCHLD)); raw_clone(CLONE_NEWPID | SIGCHLD));
}

static void setns_of(const char *name, int fd)
{
	static const struct {
		int type;
		const char *name;
	} types[] = { { 0, "0" }, { CLONE_NEWPID, "NEWPID" },
		{ CLONE_NEWUSER, "NEWUSER" },
		{ CLONE_NEWPID | CLONE_NEWUSER, "NEWPID|NEWUSER" },
		{ CLONE_NEWPID | CLONE_THREAD, "NEWPID|THREAD" }, { -1, "-1" } };

	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++) {
		TRY(text("setns %s as %s", name, types[i].name),
		    ret(setns(fd, types[i].type)));
		TRY(text("setns %s as %s, then fork", name, types[i].name),
		    setns(fd, types[i].type); raw_clone(SIGCHLD));
	}
}

static void ioctls_of(const char *name, int fd)
{
	static const unsigned long args[] = { 0, 1, 2, 20001, INT_MAX, INT_MIN,
		(unsigned long)-1, 0xffffffff81000000UL };

	for (int nr = 0; nr < 16; nr++)
		for (unsigned int i = 0; i < ARRAY_SIZE(args); i++) {
			TRY(text("ioctl %s nr %d of %#lx", name, nr, args[i]),
			    ret(ioctl(fd, _IO(NSIO, nr), args[i])));
			TRY(text("ioctl %s read nr %d of %#lx", name, nr, args[i]),
			    ret(ioctl(fd, _IOR(NSIO, nr, int), args[i])));
		}
}

static pid_t outer;

static void descriptors(void)
{
	static const char *const names[] = { "pid", "pid_for_children", "user",
		"mnt", "uts", "ipc", "net", "cgroup", "time" };
	pid_t init = parked(CLONE_NEWUSER | CLONE_NEWPID), dead;
	int fd;

	kept = init;
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		setns_of(text("own %s", names[i]), ns_open(0, names[i]));
	setns_of("of nobody", -1);
	setns_of("of 9999", 9999);
	setns_of("/dev/null", open("/dev/null", O_RDWR));
	setns_of("/proc", open("/proc", O_RDONLY));
	setns_of("a socket", socket(AF_UNIX, SOCK_STREAM, 0));
	setns_of("an eventfd", eventfd(0, 0));
	setns_of("an epoll", epoll_create1(0));
	setns_of("own pidfd", syscall(__NR_pidfd_open, getpid(), 0));
	setns_of("pidfd of who is outside", syscall(__NR_pidfd_open, outer, 0));
	setns_of("pidfd of an init below", syscall(__NR_pidfd_open, init, 0));
	setns_of("pid of who is outside", ns_open(outer, "pid"));
	fd = ns_open(init, "pid");
	setns_of("pid below", fd);
	ioctls_of("pid below", fd);
	ioctls_of("own pid", ns_open(0, "pid"));
	dead = syscall(__NR_pidfd_open, init, 0);
	end(init);
	kept = 0;
	setns_of("pid below, dead", fd);
	ioctls_of("pid below, dead", fd);
	setns_of("pidfd of who is dead", dead);
}

static void last_pids(void)
{
	static const char *const values[] = { "", "\n", "-1", "0", "1", "0x10",
		"32767", "32768", "32769", "2147483647", "2147483648",
		"99999999999999999999", "abc", "1 2", " 5", "5x", "--1", "+7" };

	for (unsigned int i = 0; i < ARRAY_SIZE(values); i++)
		TRY(text("ns_last_pid \"%s\"", *values[i] == '\n' ? "newline" :
			 values[i]), write_text(LAST_PID, values[i]));
}

static void numbers(void)
{
	static const int values[] = { INT_MIN, INT_MIN + 1, -1000000, -1, 0,
		4194303, 4194304, INT_MAX };

	for (unsigned int i = 0; i < ARRAY_SIZE(values); i++) {
		int nr = values[i];

		if (nr < -1 || nr > 0)
			TRY(text("kill %d", nr), ret(kill(nr, 0)));
		TRY(text("tgkill %d", nr),
		    ret(syscall(__NR_tgkill, nr, nr, 0)));
		TRY(text("pidfd_open %d", nr),
		    ret(syscall(__NR_pidfd_open, nr, 0)));
		TRY(text("pidfd_open self, flags %d", nr),
		    ret(syscall(__NR_pidfd_open, getpid(), nr)));
		TRY(text("getpgid %d", nr), ret(getpgid(nr)));
		TRY(text("getsid %d", nr), ret(getsid(nr)));
		TRY(text("setpgid %d", nr), ret(setpgid(nr, 0)));
		TRY(text("setpgid 0 to %d", nr), ret(setpgid(0, nr)));
		TRY(text("waitid %d", nr),
		    ret(waitid(P_PID, nr, NULL, WEXITED | WNOHANG)));
		TRY(text("waitid of group %d", nr),
		    ret(waitid(P_PGID, nr, NULL, WEXITED | WNOHANG)));
	}
}

static void all(const char *name)
{
	who = name;
	clone_flags();
	clone3_sizes();
	set_tids("here");
	unshares();
	descriptors();
	last_pids();
	numbers();
	fflush(stdout);
}

/* In a namespace of its own, so that its numbers are no secret of the boot. */
static void enter(const char *name, unsigned long flags, bool nobody)
{
	pid_t pid;

	fflush(stdout);
	outer = getpid();
	pid = spawn(flags | CLONE_NEWPID | CLONE_NEWNS);
	if (!pid) {
		if (flags & CLONE_NEWUSER && map_root(nobody ? 65534 : 0))
			_exit(1);
		/* Unprivileged there, not able to mount: the view is outer's. */
		mount_proc();
		if (nobody && !(flags & CLONE_NEWUSER) && become_nobody())
			_exit(1);
		all(name);
		/* What counts is that it comes so far. */
		++*(int *)survived;
		_exit(0);
	}
	if (pid < 0 || wait_exit(pid))
		printf("# %s did not come to its end\n", name);
}

int main(void)
{
	survived = shared(sizeof(int));
	ksft_print_header();
	if (access("/proc/self/ns/pid", F_OK))
		ksft_exit_skip("the kernel has no pid namespaces\n");
	if (geteuid())
		ksft_exit_skip("needs root\n");
	ksft_set_plan(1);
	enter("root", 0, false);
	enter("nobody", 0, true);
	enter("root of a user namespace", CLONE_NEWUSER, false);
	ksft_test_result(*(int *)survived == 3, "every_call_is_answered\n");
	ksft_finished();
}
