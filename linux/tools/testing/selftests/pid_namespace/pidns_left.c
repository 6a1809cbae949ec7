// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers that one process leaves for others to read: in messages, sockets, file
 * owners, locks, System V objects. Each reader gets its own, 0 for what it can't
 * see.
 */
#include "pidns.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>

/* Sends a byte with credentials that name a process; 0 or -errno. */
static int send_pid(int fd, pid_t pid)
{
	struct ucred cred = { .pid = pid, .uid = getuid(), .gid = getgid() };
	char byte = 0, control[CMSG_SPACE(sizeof(cred))] = {};
	struct iovec io = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &io, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&msg);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_CREDENTIALS;
	header->cmsg_len = CMSG_LEN(sizeof(cred));
	memcpy(CMSG_DATA(header), &cred, sizeof(cred));
	return ret(sendmsg(fd, &msg, 0)) == 1 ? 0 : -errno;
}

/* The number that came with a byte, -1 if none. */
static pid_t receive_pid(int fd)
{
	struct ucred cred = { .pid = -1 };
	char byte, control[CMSG_SPACE(sizeof(cred))] = {};
	struct iovec io = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &io, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};

	if (recvmsg(fd, &msg, 0) == 1 && CMSG_FIRSTHDR(&msg))
		memcpy(&cred, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(cred));
	return cred.pid;
}

static void credential_sockets(int fds[2])
{
	int yes = 1;

	socketpair(AF_UNIX, SOCK_DGRAM, 0, fds);
	setsockopt(fds[0], SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes));
	setsockopt(fds[1], SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes));
}

TEST_F(pidns, scm_credentials_upwards_are_the_outer_number)
{
	int fds[2];
	pid_t init;

	credential_sockets(fds);
	init = spawn(CLONE_NEWPID);
	if (!init) {
		EXPECT_EQ(0, send_pid(fds[1], getpid()));
		_exit(0);
	}
	EXPECT_EQ(init, receive_pid(fds[0]));
	EXPECT_EQ(0, wait_exit(init));
}

TEST_F(pidns, scm_credentials_downwards_and_sideways_are_0)
{
	int fds[2];
	pid_t pid;

	credential_sockets(fds);
	EXPECT_EQ(0, send_pid(fds[1], getpid()));
	pid = spawn(CLONE_NEWPID);
	if (!pid) {
		EXPECT_EQ(0, send_pid(fds[1], 1));
		_exit(0);
	}
	EXPECT_EQ(0, wait_exit(pid));
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, receive_pid(fds[0]));
		EXPECT_EQ(0, receive_pid(fds[0]));
	}
}

TEST_F(pidns, scm_credentials_with_an_outside_number_are_esrch)
{
	pid_t outside = getpid();
	int fds[2];

	credential_sockets(fds);
	IN_CHILD(CLONE_NEWPID)
		EXPECT_EQ(-ESRCH, send_pid(fds[1], outside));
}

static pid_t peer_of(int fd)
{
	struct ucred cred = { .pid = -1 };
	socklen_t size = sizeof(cred);

	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size);
	return cred.pid;
}

TEST_F(pidns, so_peercred_is_the_readers_number)
{
	int fds[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	EXPECT_EQ(getpid(), peer_of(fds[0]));
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, peer_of(fds[0]));
		ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
		EXPECT_EQ(1, peer_of(fds[0]));
		IN_CHILD(CLONE_NEWPID)
			EXPECT_EQ(0, peer_of(fds[0]));
	}
}

TEST_F(pidns, file_owner_is_the_readers_number)
{
	int fds[2];

	ASSERT_EQ(0, pipe(fds));
	ASSERT_EQ(0, fcntl(fds[0], F_SETOWN, getpid()));
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, fcntl(fds[0], F_GETOWN));
		EXPECT_EQ(0, fcntl(fds[1], F_SETOWN, 1));
		EXPECT_EQ(1, fcntl(fds[1], F_GETOWN));
		/* Outside it is read while the owner is there. */
		IN_CHILD(CLONE_NEWPID)
			EXPECT_EQ(0, fcntl(fds[1], F_GETOWN));
	}
	EXPECT_EQ(getpid(), fcntl(fds[0], F_GETOWN));
}

TEST_F(pidns, file_owner_below_is_the_outer_number)
{
	int fds[2], gate = gate_make();
	pid_t init;

	ASSERT_EQ(0, pipe(fds));
	init = spawn(CLONE_NEWPID);
	if (!init) {
		EXPECT_EQ(0, fcntl(fds[0], F_SETOWN, 1));
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	EXPECT_EQ(init, fcntl(fds[0], F_GETOWN));
	end(init);
	EXPECT_EQ(0, fcntl(fds[0], F_GETOWN));
}

static pid_t lock_holder(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_pid = -2 };

	fcntl(fd, F_GETLK, &lock);
	return lock.l_type == F_UNLCK ? -1 : lock.l_pid;
}

TEST_F(pidns, lock_holder_is_the_readers_number)
{
	struct flock lock = { .l_type = F_WRLCK };
	int gate = gate_make(), fd;
	pid_t init;

	fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	if (fd < 0)
		SKIP(return, "no temporary file in /tmp: %s", strerror(errno));
	init = spawn(CLONE_NEWPID);
	if (!init) {
		EXPECT_EQ(0, fcntl(fd, F_SETLK, &lock));
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	EXPECT_EQ(init, lock_holder(fd));
	end(init);
	EXPECT_EQ(-1, lock_holder(fd));
	ASSERT_EQ(0, fcntl(fd, F_SETLK, &lock));
	IN_CHILD(CLONE_NEWPID)
		EXPECT_EQ(0, lock_holder(fd));
}

TEST_F(pidns, sysv_ipc_shows_the_readers_numbers)
{
	int shm = shmget(IPC_PRIVATE, 4096, 0600);
	int msg = msgget(IPC_PRIVATE, 0600), sem = semget(IPC_PRIVATE, 1, 0600);
	struct { long type; char byte; } message = { 1 };
	struct shmid_ds shm_info = {};
	struct msqid_ds msg_info = {};
	int gate = gate_make();
	pid_t init;

	if (shm < 0)
		SKIP(return, "no CONFIG_SYSVIPC");
	init = spawn(CLONE_NEWPID);
	if (!init) {
		EXPECT_EQ(0, shmctl(shm, IPC_STAT, &shm_info));
		EXPECT_EQ(0, shm_info.shm_cpid);
		EXPECT_EQ(0, msgsnd(msg, &message, 1, 0));
		EXPECT_EQ(0, msgctl(msg, IPC_STAT, &msg_info));
		EXPECT_EQ(1, msg_info.msg_lspid);
		EXPECT_EQ(0, semctl(sem, 0, SETVAL, 1));
		EXPECT_EQ(1, semctl(sem, 0, GETPID));
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	EXPECT_EQ(0, shmctl(shm, IPC_STAT, &shm_info));
	EXPECT_EQ(getpid(), shm_info.shm_cpid);
	EXPECT_EQ(0, msgctl(msg, IPC_STAT, &msg_info));
	EXPECT_EQ(init, msg_info.msg_lspid);
	EXPECT_EQ(init, semctl(sem, 0, GETPID));
	end(init);
	shmctl(shm, IPC_RMID, NULL);
	msgctl(msg, IPC_RMID, NULL);
	semctl(sem, 0, IPC_RMID);
}

TEST_HARNESS_MAIN
