// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records that one process causes and another one reads: they name who caused
 * them by the number that the reader knows, 0 if it can't see that process.
 */
#define BORDER_FIXTURE
#include "border.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <stddef.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>

static int readable(int fd)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	return poll(&poller, 1, 10000);
}

/* userfaultfd: the thread that waits for a page. */

struct toucher {
	char *page;
	struct numbers *numbers;
};

static void *touch(void *arg)
{
	struct toucher *toucher = arg;

	*toucher->numbers = thread_numbers();
	__atomic_store_n(toucher->page, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void fault_below(int ready, int *fd, struct numbers *numbers, bool thread)
{
	struct uffdio_api api = {
		.api = UFFD_API, .features = UFFD_FEATURE_THREAD_ID,
	};
	struct toucher toucher = { .numbers = numbers };
	struct uffdio_register area = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	toucher.page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	area.range.start = (unsigned long)toucher.page;
	area.range.len = 4096;
	*fd = ret(syscall(__NR_userfaultfd, O_CLOEXEC | O_NONBLOCK));
	if (*fd >= 0 && (ioctl(*fd, UFFDIO_API, &api) ||
			 ioctl(*fd, UFFDIO_REGISTER, &area)))
		*fd = -errno;
	gate_open(ready);
	if (*fd >= 0)
		run(thread, touch, &toucher);
	_exit(0);
}

TEST_F(border, userfaultfd_ptid_is_the_readers_number_of_the_thread)
{
	int fd;

	if (access("/proc/sys/vm/unprivileged_userfaultfd", F_OK))
		SKIP(return, "no CONFIG_USERFAULTFD");
	/* The process's first thread, then another one. */
	for (int thread = 0; thread < 2; thread++) {
		self->pid = spawn_at(&self->worlds, variant->from);
		if (!self->pid)
			fault_below(self->ready, self->fd, self->actor, thread);
		gate_pass(self->ready);
		fd = take_fd(self->pid, *self->fd);
		ASSERT_LE(0, fd);
		AT_PLACE(&self->worlds, variant->to) {
			struct uffd_msg msg = {};

			ASSERT_EQ(1, readable(fd));
			EXPECT_EQ(sizeof(msg), read(fd, &msg, sizeof(msg)));
			EXPECT_EQ(UFFD_EVENT_PAGEFAULT, msg.event);
			EXPECT_EQ(seen_from(variant->to, variant->from,
					    *self->actor),
				  msg.arg.pagefault.feat.ptid) {
				TH_LOG("thread %d of that process", thread);
			}
		}
		end(self->pid);
		close(fd);
	}
	self->pid = 0;
}

/* fanotify: who opened a file. */

struct opener {
	const char *path;
	struct numbers *numbers;
};

static void *open_once(void *arg)
{
	struct opener *opener = arg;

	*opener->numbers = thread_numbers();
	close(open(opener->path, O_RDONLY));
	return NULL;
}

/* A group, and then a process that opens what it watches. */
static pid_t make_event(struct __test_metadata *_metadata, unsigned int flags,
			struct worlds *worlds, enum place from,
			struct numbers *actor, bool thread, int *fd)
{
	struct opener opener = { text("/tmp/border-%d", getpid()), actor };
	pid_t pid;

	*fd = ret(fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK | flags, O_RDONLY));
	if (*fd < 0)
		return *fd;
	close(open(opener.path, O_CREAT | O_RDWR, 0600));
	EXPECT_EQ(0, ret(fanotify_mark(*fd, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD,
				       opener.path)));
	pid = spawn_at(worlds, from);
	if (!pid) {
		run(thread, open_once, &opener);
		/* Alive until it is told: a pidfd of it can be made. */
		park();
	}
	EXPECT_EQ(1, readable(*fd));
	unlink(opener.path);
	return pid;
}

static void read_event(struct __test_metadata *_metadata, int fd, pid_t wanted)
{
	struct fanotify_event_metadata event = {};

	EXPECT_EQ(sizeof(event), read(fd, &event, sizeof(event)));
	EXPECT_EQ(wanted, event.pid);
}

TEST_F(border, fanotify_pid_is_the_readers_number_of_the_process)
{
	int fd;

	if (access("/proc/sys/fs/fanotify", F_OK))
		SKIP(return, "no CONFIG_FANOTIFY");
	self->pid = make_event(_metadata, 0, &self->worlds, variant->from,
			       self->actor, false, &fd);
	ASSERT_LT(0, self->pid);
	AT_PLACE(&self->worlds, variant->to)
		read_event(_metadata, fd, seen_from(variant->to, variant->from,
						    *self->actor));
}

TEST_F(border, fanotify_tid_is_the_readers_number_of_the_thread)
{
	int fd;

	if (access("/proc/sys/fs/fanotify", F_OK))
		SKIP(return, "no CONFIG_FANOTIFY");
	self->pid = make_event(_metadata, FAN_REPORT_TID, &self->worlds,
			       variant->from, self->actor, true, &fd);
	ASSERT_LT(0, self->pid);
	AT_PLACE(&self->worlds, variant->to)
		read_event(_metadata, fd, seen_from(variant->to, variant->from,
						    *self->actor));
}

TEST_F(border, fanotify_gives_a_pidfd_only_of_whom_the_reader_sees)
{
	int fd;

	if (access("/proc/sys/fs/fanotify", F_OK))
		SKIP(return, "no CONFIG_FANOTIFY");
	self->pid = make_event(_metadata, FAN_REPORT_PIDFD, &self->worlds,
			       variant->from, self->actor, false, &fd);
	ASSERT_LT(0, self->pid);
	AT_PLACE(&self->worlds, variant->to) {
		struct {
			struct fanotify_event_metadata event;
			struct fanotify_event_info_pidfd info;
		} got = {};

		EXPECT_EQ(sizeof(got), read(fd, &got, sizeof(got)));
		EXPECT_EQ(FAN_EVENT_INFO_TYPE_PIDFD, got.info.hdr.info_type);
		EXPECT_EQ(sees(variant->to, variant->from),
			  got.info.pidfd >= 0);
	}
}

/* seccomp: who waits for an answer. */

static int listen_to_getppid(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return ret(syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER,
			   SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
}

static void *call_getppid(void *arg)
{
	*(struct numbers *)arg = thread_numbers();
	syscall(__NR_getppid);
	return NULL;
}

TEST_F(border, seccomp_notification_pid_is_the_readers_number_of_the_thread)
{
	int fd;

	for (int thread = 0; thread < 2; thread++) {
		self->pid = spawn_at(&self->worlds, variant->from);
		if (!self->pid) {
			*self->fd = listen_to_getppid();
			gate_open(self->ready);
			gate_pass(self->go);
			run(thread, call_getppid, self->actor);
			_exit(0);
		}
		gate_pass(self->ready);
		fd = take_fd(self->pid, *self->fd);
		ASSERT_LE(0, fd);
		gate_open(self->go);
		AT_PLACE(&self->worlds, variant->to) {
			struct seccomp_notif request = {};

			ASSERT_EQ(1, readable(fd));
			EXPECT_EQ(0, ret(ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV,
					       &request)));
			EXPECT_EQ(seen_from(variant->to, variant->from,
					    *self->actor), request.pid) {
				TH_LOG("thread %d of that process", thread);
			}
		}
		end(self->pid);
		close(fd);
	}
	self->pid = 0;
}

TEST_HARNESS_MAIN
