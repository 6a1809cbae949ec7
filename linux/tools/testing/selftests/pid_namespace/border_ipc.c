// SPDX-License-Identifier: GPL-2.0-only
/*
 * System V and POSIX IPC: who last did something to an object, in the reader's
 * numbers. All places share one IPC namespace.
 */
#define BORDER_FIXTURE
#include "border.h"
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

/* One at from uses what the test has made; one at to looks at it. */
#define ACTS(call) do {							\
	pid_t pid_ = spawn_at(&self->worlds, variant->from);		\
	if (!pid_) {							\
		*self->actor = own_numbers();				\
		_exit((call) < 0 ? errno : 0);				\
	}								\
	EXPECT_EQ(0, wait_exit(pid_));					\
} while (0)

#define WANTED	seen_from(variant->to, variant->from, *self->actor)

static int use_shm(int id)
{
	void *at = shmat(id, NULL, 0);

	return at == (void *)-1 ? -1 : shmdt(at);
}

TEST_F(border, shm_lpid_is_the_readers_number_of_who_attached)
{
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);

	if (id < 0)
		SKIP(return, "no CONFIG_SYSVIPC");
	ACTS(use_shm(id));
	AT_PLACE(&self->worlds, variant->to) {
		struct shmid_ds ds = {};

		EXPECT_EQ(0, shmctl(id, IPC_STAT, &ds));
		EXPECT_EQ(WANTED, ds.shm_lpid);
	}
	shmctl(id, IPC_RMID, NULL);
}

TEST_F(border, shm_cpid_is_the_readers_number_of_who_made_it)
{
	int *id = SHARED(int);

	ACTS(*id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600));
	AT_PLACE(&self->worlds, variant->to) {
		struct shmid_ds ds = {};

		EXPECT_EQ(0, shmctl(*id, IPC_STAT, &ds));
		EXPECT_EQ(WANTED, ds.shm_cpid);
	}
	shmctl(*id, IPC_RMID, NULL);
}

TEST_F(border, sem_getpid_is_the_readers_number_of_who_operated)
{
	struct sembuf up = { .sem_op = 1 };
	int id = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);

	if (id < 0)
		SKIP(return, "no CONFIG_SYSVIPC");
	ACTS(semop(id, &up, 1));
	AT_PLACE(&self->worlds, variant->to)
		EXPECT_EQ(WANTED, semctl(id, 0, GETPID));
	semctl(id, 0, IPC_RMID);
}

TEST_F(border, msg_lspid_and_lrpid_are_the_readers_numbers)
{
	struct { long type; char text[1]; } message = { .type = 1 };
	int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);

	if (id < 0)
		SKIP(return, "no CONFIG_SYSVIPC");
	ACTS(msgsnd(id, &message, 1, IPC_NOWAIT));
	AT_PLACE(&self->worlds, variant->to) {
		struct msqid_ds ds = {};

		EXPECT_EQ(0, msgctl(id, IPC_STAT, &ds));
		EXPECT_EQ(WANTED, ds.msg_lspid);
		EXPECT_EQ(0, ds.msg_lrpid);
	}
	ACTS(msgrcv(id, &message, 1, 0, IPC_NOWAIT));
	AT_PLACE(&self->worlds, variant->to) {
		struct msqid_ds ds = {};

		EXPECT_EQ(0, msgctl(id, IPC_STAT, &ds));
		EXPECT_EQ(WANTED, ds.msg_lrpid);
	}
	msgctl(id, IPC_RMID, NULL);
}

/* The numbers of one object in a table of /proc/sysvipc. */
static int sysvipc(const char *path, int id, int column)
{
	char line[512];
	int found = -1, value;
	FILE *file = fopen(path, "re");

	while (file && fgets(line, sizeof(line), file)) {
		char *rest = line, *word;

		for (int i = 0; (word = strsep(&rest, "\n ")); ) {
			if (!*word)
				continue;
			value = atoi(word);
			if (i == 1 && value != id)
				break;
			if (i++ == column)
				found = value;
		}
		if (found >= 0)
			break;
	}
	if (file)
		fclose(file);
	return found;
}

TEST_F(border, proc_sysvipc_shm_has_the_openers_numbers)
{
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);

	if (id < 0)
		SKIP(return, "no CONFIG_SYSVIPC");
	ACTS(use_shm(id));
	AT_PLACE(&self->worlds, variant->to)
		EXPECT_EQ(WANTED, sysvipc("/proc/sysvipc/shm", id, 5));
	shmctl(id, IPC_RMID, NULL);
}

TEST_F(border, proc_sysvipc_msg_has_the_openers_numbers)
{
	struct { long type; char text[1]; } message = { .type = 1 };
	int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);

	if (id < 0)
		SKIP(return, "no CONFIG_SYSVIPC");
	ACTS(msgsnd(id, &message, 1, IPC_NOWAIT));
	AT_PLACE(&self->worlds, variant->to)
		EXPECT_EQ(WANTED, sysvipc("/proc/sysvipc/msg", id, 5));
	msgctl(id, IPC_RMID, NULL);
}

TEST_F(pidns, shm_lpid_of_who_is_gone_stays_its_number)
{
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	struct shmid_ds ds = {};
	pid_t pid;

	if (id < 0)
		SKIP(return, "no CONFIG_SYSVIPC");
	pid = spawn(CLONE_NEWPID);
	if (!pid)
		_exit(use_shm(id));
	EXPECT_EQ(0, wait_exit(pid));
	EXPECT_EQ(0, shmctl(id, IPC_STAT, &ds));
	EXPECT_EQ(pid, ds.shm_lpid);
	shmctl(id, IPC_RMID, NULL);
}

TEST_F(border, mqueue_file_notify_pid_is_the_readers_number)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1,
	};
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	char name[32];
	mqd_t mq;

	sprintf(name, "/border-%d", getpid());
	if (access("/dev/mqueue", F_OK) || access("/proc/sys/fs/mqueue", F_OK))
		SKIP(return, "no mqueue file system at /dev/mqueue");
	mq = mq_open(name, O_CREAT | O_RDWR, 0600, &attr);
	ASSERT_LE(0, mq);
	self->pid = spawn_at(&self->worlds, variant->from);
	if (!self->pid) {
		*self->actor = own_numbers();
		mq_notify(mq, &event);
		gate_open(self->ready);
		park();
	}
	gate_pass(self->ready);
	AT_PLACE(&self->worlds, variant->to) {
		char line[256] = "", *found;

		EXPECT_LT(0, read_file(text("/dev/mqueue%s", name), line,
				       sizeof(line)));
		found = strstr(line, "NOTIFY_PID:");
		ASSERT_NE(NULL, found);
		EXPECT_EQ(WANTED, atoi(found + strlen("NOTIFY_PID:")));
	}
	mq_unlink(name);
}

TEST_HARNESS_MAIN
