// SPDX-License-Identifier: GPL-2.0-only
/*
 * io_uring: the polling thread in a ring's fdinfo, and the names of its threads.
 */
#define BORDER_FIXTURE
#include "border.h"
#include <linux/io_uring.h>

#define URING_SYSCTL	"/proc/sys/kernel/io_uring_disabled"

/* Makes a ring with a polling thread and a request that a worker must do. */
static int make_ring(void)
{
	struct io_uring_params params = {
		.flags = IORING_SETUP_SQPOLL, .sq_thread_idle = 60000,
	};
	int fd = ret(syscall(__NR_io_uring_setup, 4, &params));
	struct io_uring_sqe *sqe;
	unsigned int *tail;
	int pipes[2];
	char *ring;

	if (fd < 0 || pipe(pipes))
		return fd;
	ring = mmap(NULL, params.sq_off.array + 4 * sizeof(int),
		    PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQ_RING);
	sqe = mmap(NULL, 4 * sizeof(*sqe), PROT_READ | PROT_WRITE, MAP_SHARED,
		   fd, IORING_OFF_SQES);
	if (ring == MAP_FAILED || sqe == MAP_FAILED)
		return -errno;
	/* Nobody writes into the pipe: the worker stays. */
	*sqe = (struct io_uring_sqe) {
		.opcode = IORING_OP_READ, .flags = IOSQE_ASYNC, .fd = pipes[0],
		.addr = (unsigned long)ring, .len = 1,
	};
	tail = (unsigned int *)(ring + params.sq_off.tail);
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	syscall(__NR_io_uring_enter, fd, 1, 0, IORING_ENTER_SQ_WAKEUP, NULL, 0);
	return fd;
}

/* The outside number of a thread whose name begins so, 0 if there is none. */
static pid_t named_thread(pid_t pid, const char *prefix, char *name)
{
	const char *path = text("/proc/%d/task", pid);
	struct dirent *entry;
	DIR *dir = opendir(path);
	pid_t tid = 0;

	while (dir && !tid && (entry = readdir(dir))) {
		if (!atoi(entry->d_name) ||
		    read_file(text("/proc/%d/task/%s/comm", pid, entry->d_name),
			      name, 32) <= 0)
			continue;
		name[strcspn(name, "\n")] = '\0';
		if (!strncmp(name, prefix, strlen(prefix)))
			tid = atoi(entry->d_name);
	}
	if (dir)
		closedir(dir);
	return tid;
}

TEST_F(border, fdinfo_sqthread_is_the_readers_number_of_the_thread)
{
	char name[32];
	pid_t tid, got;
	int fd;

	if (access(URING_SYSCTL, F_OK))
		SKIP(return, "no CONFIG_IO_URING");
	self->pid = spawn_at(&self->worlds, variant->from);
	if (!self->pid) {
		*self->fd = make_ring();
		gate_open(self->ready);
		park();
	}
	gate_pass(self->ready);
	fd = take_fd(self->pid, *self->fd);
	ASSERT_LE(0, fd);
	ASSERT_TRUE(WAIT_UNTIL(tid = named_thread(self->pid, "iou-sqp-", name)));
	AT_PLACE(&self->worlds, variant->to) {
		struct numbers numbers = numbers_of(proc_path(tid, "status"),
						    "NSpid");
		const char *path = text("/proc/self/fdinfo/%d", fd);

		ASSERT_EQ(0, ret(unshare(CLONE_NEWNS)));
		ASSERT_EQ(0, mount_proc());
		/* It says -1 while somebody else has the ring's lock. */
		EXPECT_TRUE(WAIT_UNTIL((got = atoi(field(path, "SqThread"))) != -1));
		EXPECT_EQ(seen_from(variant->to, variant->from, numbers), got);
	}
}

struct here {
	struct numbers *numbers;
	int *fd, ready;
};

FIXTURE(border_ring_name) {
	struct worlds worlds;
	struct here here;
	pid_t pid;
};

FIXTURE_VARIANT(border_ring_name) {
	enum place place;
	bool thread;
};

static void *make_ring_here(void *arg)
{
	struct here *here = arg;

	*here->numbers = thread_numbers();
	*here->fd = make_ring();
	gate_open(here->ready);
	park();
	return NULL;
}

FIXTURE_SETUP(border_ring_name)
{
	if (unable())
		SKIP(return, "%s", unable());
	if (access(URING_SYSCTL, F_OK))
		SKIP(return, "no CONFIG_IO_URING");
	self->worlds = make_worlds();
	self->here.numbers = SHARED(struct numbers);
	self->here.fd = SHARED(int);
	self->here.ready = gate_make();
	self->pid = spawn_at(&self->worlds, variant->place);
	if (!self->pid)
		run(variant->thread, make_ring_here, &self->here);
	gate_pass(self->here.ready);
	ASSERT_LE(0, *self->here.fd);
}

FIXTURE_TEARDOWN(border_ring_name)
{
	end(self->pid);
	end_worlds(&self->worlds);
}

FIXTURE_VARIANT_ADD(border_ring_name, outside) { .place = OUTSIDE };
FIXTURE_VARIANT_ADD(border_ring_name, below) { .place = BELOW };
FIXTURE_VARIANT_ADD(border_ring_name, deep) { .place = DEEP };
FIXTURE_VARIANT_ADD(border_ring_name, thread_below) {
	.place = BELOW, .thread = true };

TEST_F(border_ring_name, iou_sqp_has_the_number_that_the_creator_has_at_home)
{
	char name[32] = "";

	ASSERT_TRUE(WAIT_UNTIL(named_thread(self->pid, "iou-sqp-", name)));
	EXPECT_STREQ(text("iou-sqp-%d",
			  self->here.numbers->nr[self->here.numbers->count - 1]), name);
}

/* The worker belongs to who submits: the polling thread. */
TEST_F(border_ring_name, iou_wrk_has_the_number_that_its_thread_has_at_home)
{
	struct numbers numbers;
	char name[32] = "";
	pid_t tid;

	ASSERT_TRUE(WAIT_UNTIL(tid = named_thread(self->pid, "iou-sqp-", name)));
	numbers = numbers_of(proc_path(tid, "status"), "NSpid");
	ASSERT_TRUE(WAIT_UNTIL(named_thread(self->pid, "iou-wrk-", name)));
	EXPECT_STREQ(text("iou-wrk-%d", numbers.nr[numbers.count - 1]), name);
}

TEST_HARNESS_MAIN
