// SPDX-License-Identifier: GPL-2.0-only
/*
 * AF_UNIX: a peer's credentials are kept as a struct pid and become a number for
 * who asks, 0 if the peer can't be seen; a sender may name only whom it sees.
 */
#define BORDER_FIXTURE
#include "border.h"
#include <sys/socket.h>
#include <sys/un.h>

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD	76
#define SO_PEERPIDFD	77
#endif
#ifndef SCM_PIDFD
#define SCM_PIDFD	0x04
#endif

#define WANTED	seen_from(variant->to, variant->from, *self->actor)

/* A pair, made where the test says: credentials are those of who made it. */
static void make_pair(struct worlds *worlds, enum place place,
		      struct numbers *maker, int *fd, int ready, pid_t *pid)
{
	*pid = spawn_at(worlds, place);
	if (!*pid) {
		int pair[2];

		*maker = own_numbers();
		*fd = socketpair(AF_UNIX, SOCK_STREAM, 0, pair) ? -errno : pair[0];
		gate_open(ready);
		park();
	}
	gate_pass(ready);
}

TEST_F(border, peercred_is_the_readers_number_of_the_peer)
{
	int fd;

	make_pair(&self->worlds, variant->from, self->actor, self->fd,
		  self->ready, &self->pid);
	fd = take_fd(self->pid, *self->fd);
	ASSERT_LE(0, fd);
	AT_PLACE(&self->worlds, variant->to) {
		struct ucred cred = { .pid = -1 };
		socklen_t size = sizeof(cred);

		EXPECT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size));
		EXPECT_EQ(WANTED, cred.pid);
	}
}

TEST_F(border, peerpidfd_reads_as_the_readers_number_of_the_peer)
{
	int fd;

	make_pair(&self->worlds, variant->from, self->actor, self->fd,
		  self->ready, &self->pid);
	fd = take_fd(self->pid, *self->fd);
	ASSERT_LE(0, fd);
	AT_PLACE(&self->worlds, variant->to) {
		int pidfd = -1;
		socklen_t size = sizeof(pidfd);

		ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &size));
		ASSERT_EQ(0, ret(unshare(CLONE_NEWNS)));
		ASSERT_EQ(0, mount_proc());
		EXPECT_EQ(WANTED, atoi(field(text("/proc/self/fdinfo/%d", pidfd),
					     "Pid")));
	}
}

/* Sends a byte; with credentials that name somebody if pid isn't 0. */
static int send_as(int fd, pid_t pid)
{
	char control[CMSG_SPACE(sizeof(struct ucred))] = {};
	struct ucred cred = { .pid = pid, .uid = getuid(), .gid = getgid() };
	struct iovec vector = { "x", 1 };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
	struct cmsghdr *header;

	if (pid) {
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_CREDENTIALS;
		header->cmsg_len = CMSG_LEN(sizeof(cred));
		memcpy(CMSG_DATA(header), &cred, sizeof(cred));
	}
	return ret(sendmsg(fd, &message, MSG_DONTWAIT));
}

struct got {
	pid_t pid;
	int pidfd;
};

static struct got receive(int fd)
{
	char control[256] = {}, byte;
	struct iovec vector = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &vector, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct got got = { -1, -1 };
	struct cmsghdr *header;

	if (recvmsg(fd, &message, MSG_DONTWAIT) != 1)
		return got;
	for (header = CMSG_FIRSTHDR(&message); header;
	     header = CMSG_NXTHDR(&message, header)) {
		if (header->cmsg_type == SCM_CREDENTIALS)
			got.pid = ((struct ucred *)CMSG_DATA(header))->pid;
		if (header->cmsg_type == SCM_PIDFD)
			memcpy(&got.pidfd, CMSG_DATA(header), sizeof(int));
	}
	return got;
}

static void pass(int fd, int option)
{
	int on = 1;

	setsockopt(fd, SOL_SOCKET, option, &on, sizeof(on));
}

TEST_F(border, credentials_unasked_are_the_receivers_number_of_the_sender)
{
	int pair[2];
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	pass(pair[1], SO_PASSCRED);
	pid = spawn_at(&self->worlds, variant->from);
	if (!pid) {
		*self->actor = own_numbers();
		_exit(send_as(pair[0], 0) != 1);
	}
	EXPECT_EQ(0, wait_exit(pid));
	AT_PLACE(&self->worlds, variant->to)
		EXPECT_EQ(WANTED, receive(pair[1]).pid);
}

TEST_F(border, credentials_of_oneself_are_the_receivers_number_of_the_sender)
{
	int pair[2];
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	pass(pair[1], SO_PASSCRED);
	pid = spawn_at(&self->worlds, variant->from);
	if (!pid) {
		*self->actor = own_numbers();
		_exit(send_as(pair[0], getpid()) != 1);
	}
	EXPECT_EQ(0, wait_exit(pid));
	AT_PLACE(&self->worlds, variant->to)
		EXPECT_EQ(WANTED, receive(pair[1]).pid);
}

TEST_F(border, credentials_of_another_are_the_receivers_number_of_that_one)
{
	int pair[2];
	pid_t seen;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	pass(pair[1], SO_PASSCRED);
	self->pid = spawn_at(&self->worlds, variant->from);
	if (!self->pid)
		park();
	*self->actor = numbers_of(proc_path(self->pid, "status"), "NSpid");
	seen = self->actor->nr[level_of(variant->from)];
	/* Root at the same place names it. */
	AT_PLACE(&self->worlds, variant->from)
		EXPECT_EQ(1, send_as(pair[0], seen));
	AT_PLACE(&self->worlds, variant->to)
		EXPECT_EQ(WANTED, receive(pair[1]).pid);
}

TEST_F(border, credentials_with_a_pidfd_name_whom_the_receiver_sees)
{
	int pair[2];
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	pass(pair[1], SO_PASSPIDFD);
	self->pid = spawn_at(&self->worlds, variant->from);
	if (!self->pid) {
		*self->actor = own_numbers();
		send_as(pair[0], 0);
		gate_open(self->ready);
		park();
	}
	gate_pass(self->ready);
	AT_PLACE(&self->worlds, variant->to) {
		struct got got = receive(pair[1]);

		ASSERT_LE(0, got.pidfd);
		ASSERT_EQ(0, ret(unshare(CLONE_NEWNS)));
		ASSERT_EQ(0, mount_proc());
		pid = atoi(field(text("/proc/self/fdinfo/%d", got.pidfd), "Pid"));
		EXPECT_EQ(WANTED, pid);
	}
}

TEST_F(pidns, credentials_of_a_number_outside_are_esrch)
{
	pid_t outside = getpid();
	int pair[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	IN_CHILD(CLONE_NEWPID)
		EXPECT_EQ(-ESRCH, send_as(pair[0], outside));
}

TEST_F(pidns, credentials_of_another_without_privilege_are_eperm)
{
	int pair[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(2, parked(0));
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(-EPERM, send_as(pair[0], 2));
		EXPECT_EQ(1, send_as(pair[0], 1));
	}
}

TEST_F(pidns, credentials_of_a_sender_that_is_gone_stay_its_number)
{
	int pair[2];
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	pass(pair[1], SO_PASSCRED);
	pid = spawn(CLONE_NEWPID);
	if (!pid)
		_exit(send_as(pair[0], 0) != 1);
	EXPECT_EQ(0, wait_exit(pid));
	EXPECT_EQ(pid, receive(pair[1]).pid);
}

TEST_F(pidns, peercred_after_connect_is_the_listeners_and_the_callers_number)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	struct ucred cred = { .pid = -1 };
	socklen_t size = sizeof(cred);
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), fd;
	pid_t outside = getpid(), pid;

	sprintf(name.sun_path + 1, "border-%d", getpid());
	ASSERT_EQ(0, bind(listener, (struct sockaddr *)&name, sizeof(name)));
	ASSERT_EQ(0, listen(listener, 1));
	pid = spawn(CLONE_NEWPID);
	if (!pid) {
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		EXPECT_EQ(0, connect(fd, (struct sockaddr *)&name, sizeof(name)));
		EXPECT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size));
		EXPECT_EQ(0, cred.pid);
		_exit(0);
	}
	fd = accept(listener, NULL, NULL);
	EXPECT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size));
	EXPECT_EQ(pid, cred.pid);
	EXPECT_NE(outside, cred.pid);
	EXPECT_EQ(0, wait_exit(pid));
}

TEST_HARNESS_MAIN
