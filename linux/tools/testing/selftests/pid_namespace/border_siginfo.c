// SPDX-License-Identifier: GPL-2.0-only
/*
 * What else stands in a siginfo: several receivers at once, users, numbers that
 * the sender makes up, and signals that come without kill().
 */
#define BORDER_FIXTURE
#include "border.h"
#include <mqueue.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>

static pid_t receiver_at(struct worlds *worlds, enum place place, int sig,
			 siginfo_t *info)
{
	pid_t pid = spawn_at(worlds, place);

	if (!pid) {
		*info = await_signal(sig);
		_exit(0);
	}
	return pid;
}

TEST_F(pidns, kill_0_tells_all_receivers_in_their_own_numbers_whatever_the_order)
{
	static const enum place places[] = {
		OUTSIDE, DEEP, BELOW, BESIDE, DEEP, OUTSIDE, BESIDE, BELOW,
	};
	siginfo_t *info = shared(ARRAY_SIZE(places) * sizeof(*info));
	struct numbers *sender = SHARED(struct numbers);
	pid_t receivers[ARRAY_SIZE(places)], pid;
	struct worlds worlds;

	setpgid(0, 0);
	block(SIGUSR1);
	worlds = make_worlds();
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		receivers[i] = receiver_at(&worlds, places[i], SIGUSR1, &info[i]);
	pid = spawn_at(&worlds, BELOW);
	if (!pid) {
		*sender = own_numbers();
		_exit(-ret(kill(0, SIGUSR1)));
	}
	EXPECT_EQ(0, wait_exit(pid));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		EXPECT_EQ(0, wait_exit(receivers[i]));
		EXPECT_EQ(seen_from(places[i], BELOW, *sender), info[i].si_pid) {
			TH_LOG("receiver %zu, place %d", i, places[i]);
		}
	}
	end_worlds(&worlds);
}

TEST_F(pidns, signalfd_ssi_pid_is_the_readers_number_of_the_sender)
{
	struct signalfd_siginfo got = {};
	struct numbers *sender = SHARED(struct numbers);
	sigset_t set;
	pid_t pid;
	int fd;

	setpgid(0, 0);
	block(SIGUSR1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	fd = signalfd(-1, &set, SFD_NONBLOCK);
	pid = spawn(CLONE_NEWPID);
	if (!pid) {
		*sender = own_numbers();
		_exit(-ret(kill(0, SIGUSR1)));
	}
	EXPECT_EQ(0, wait_exit(pid));
	EXPECT_EQ(sizeof(got), read(fd, &got, sizeof(got)));
	EXPECT_EQ(sender->nr[0], got.ssi_pid);
}

TEST_F(pidns, si_pid_of_a_sender_that_is_gone_stays_its_number)
{
	struct numbers *sender = SHARED(struct numbers);
	siginfo_t info;
	pid_t pid;

	setpgid(0, 0);
	block(SIGUSR1);
	pid = spawn(CLONE_NEWPID);
	if (!pid) {
		*sender = own_numbers();
		_exit(-ret(kill(0, SIGUSR1)));
	}
	EXPECT_EQ(0, wait_exit(pid));
	EXPECT_EQ(-ESRCH, ret(kill(pid, 0)));
	info = await_signal(SIGUSR1);
	EXPECT_EQ(pid, info.si_pid);
	EXPECT_EQ(sender->nr[0], info.si_pid);
}

/* Numbers that the sender makes up: si_code is SI_QUEUE. */

static int queue_nr(pid_t to, pid_t nr)
{
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };

	info.si_pid = nr;
	info.si_uid = getuid();
	return ret(syscall(__NR_rt_sigqueueinfo, to, SIGUSR1, &info));
}

TEST_F(pidns, info_queued_to_oneself_keeps_a_number_of_nobody)
{
	block(SIGUSR1);
	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(0, queue_nr(1, 4000000));
		EXPECT_EQ(4000000, await_signal(SIGUSR1).si_pid);
	}
}

TEST_F(pidns, info_queued_beside_keeps_a_number_of_nobody)
{
	siginfo_t *info = SHARED(siginfo_t);
	struct worlds worlds;
	pid_t receiver, pid;

	block(SIGUSR1);
	worlds = make_worlds();
	receiver = receiver_at(&worlds, BELOW, SIGUSR1, info);
	pid = spawn_at(&worlds, BELOW);
	if (!pid)
		_exit(-queue_nr(numbers_of(proc_path(receiver, "status"),
					   "NSpid").nr[1], 4000000));
	EXPECT_EQ(0, wait_exit(pid));
	EXPECT_EQ(0, wait_exit(receiver));
	EXPECT_EQ(4000000, info->si_pid);
	end_worlds(&worlds);
}

FIXTURE(border_named) {
	struct worlds worlds;
	siginfo_t *info;
	pid_t receiver, third;
};

FIXTURE_VARIANT(border_named) {
	enum place third;	/* who is named; PLACES: nobody */
	enum place to;
};

FIXTURE_SETUP(border_named)
{
	if (unable())
		SKIP(return, "%s", unable());
	block(SIGUSR1);
	self->worlds = make_worlds();
	self->info = SHARED(siginfo_t);
	self->receiver = receiver_at(&self->worlds, variant->to, SIGUSR1,
				     self->info);
	self->third = 4000000;
	if (variant->third != PLACES) {
		self->third = spawn_at(&self->worlds, variant->third);
		if (!self->third)
			park();
	}
}

FIXTURE_TEARDOWN(border_named)
{
	if (variant->third != PLACES)
		end(self->third);
	end_worlds(&self->worlds);
}

FIXTURE_VARIANT_ADD(border_named, outside_to_below) { OUTSIDE, BELOW };
FIXTURE_VARIANT_ADD(border_named, below_to_below) { BELOW, BELOW };
FIXTURE_VARIANT_ADD(border_named, deep_to_below) { DEEP, BELOW };
FIXTURE_VARIANT_ADD(border_named, beside_to_below) { BESIDE, BELOW };
FIXTURE_VARIANT_ADD(border_named, deep_to_deep) { DEEP, DEEP };
FIXTURE_VARIANT_ADD(border_named, below_to_deep) { BELOW, DEEP };
FIXTURE_VARIANT_ADD(border_named, nobody_to_below) { PLACES, BELOW };
FIXTURE_VARIANT_ADD(border_named, outside_to_outside) { OUTSIDE, OUTSIDE };

TEST_F(border_named, who_is_named_in_a_queued_info_is_the_receivers_number)
{
	struct numbers third = numbers_of(proc_path(self->third, "status"),
					  "NSpid");
	pid_t pid = spawn(0);

	if (!pid)
		_exit(-queue_nr(self->receiver, self->third));
	EXPECT_EQ(0, wait_exit(pid));
	EXPECT_EQ(0, wait_exit(self->receiver));
	EXPECT_EQ(variant->third == PLACES ? 0 :
		  seen_from(variant->to, variant->third, third),
		  self->info->si_pid);
}

/* Users: 0 outside is 5 in one namespace below, and 7 in another. */
static int map_user(int inside)
{
	int err = write_text("/proc/self/uid_map", text("%d 0 1", inside));

	return err ?: ret(setresuid(inside, inside, inside));
}

static pid_t user_receiver(int uid, int ready, siginfo_t *info)
{
	pid_t pid = spawn(CLONE_NEWPID | (uid ? CLONE_NEWUSER : 0));

	if (!pid) {
		if (uid && map_user(uid))
			_exit(1);
		gate_open(ready);
		*info = await_signal(SIGUSR1);
		_exit(0);
	}
	gate_pass(ready);
	return pid;
}

TEST_F(pidns, kill_0_si_uid_is_each_receivers_number_of_the_user)
{
	siginfo_t *info = shared(3 * sizeof(*info));
	int ready = gate_make(), err = 0;
	pid_t pids[3], pid;

	setpgid(0, 0);
	block(SIGUSR1);
	pids[0] = user_receiver(7, ready, &info[0]);
	pids[1] = user_receiver(0, ready, &info[1]);
	pids[2] = user_receiver(7, ready, &info[2]);
	pid = spawn(CLONE_NEWPID | CLONE_NEWUSER);
	if (!pid) {
		err = map_user(5);
		_exit(err ? 1 : -ret(kill(0, SIGUSR1)));
	}
	EXPECT_EQ(0, wait_exit(pid));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(0, wait_exit(pids[i]));
	EXPECT_EQ(7, info[0].si_uid);
	EXPECT_EQ(0, info[1].si_uid);
	EXPECT_EQ(7, info[2].si_uid);
	EXPECT_EQ(0, await_signal(SIGUSR1).si_uid);
}

TEST_F(pidns, kill_0_si_uid_of_a_user_unmapped_where_it_is_is_known_outside)
{
	siginfo_t info;
	pid_t pid;

	setpgid(0, 0);
	block(SIGUSR1);
	pid = spawn(CLONE_NEWPID | CLONE_NEWUSER);
	if (!pid)
		_exit(getuid() == 0 ? 1 : -ret(kill(0, SIGUSR1)));
	EXPECT_EQ(0, wait_exit(pid));
	info = await_signal(SIGUSR1);
	EXPECT_EQ(pid, info.si_pid);
	EXPECT_EQ(0, info.si_uid);
}

/* Children: exit, stop, continue. */

FIXTURE(border_child) {};

FIXTURE_VARIANT(border_child) {
	unsigned long flags;
	int sig;		/* to the child */
	int code;		/* what the parent is told */
};

FIXTURE_SETUP(border_child)
{
	if (unable())
		SKIP(return, "%s", unable());
}

FIXTURE_TEARDOWN(border_child) {}

FIXTURE_VARIANT_ADD(border_child, killed_below) {
	CLONE_NEWPID, SIGKILL, CLD_KILLED };
FIXTURE_VARIANT_ADD(border_child, stopped_below) {
	CLONE_NEWPID, SIGSTOP, CLD_STOPPED };
FIXTURE_VARIANT_ADD(border_child, continued_below) {
	CLONE_NEWPID, SIGCONT, CLD_CONTINUED };
FIXTURE_VARIANT_ADD(border_child, killed_with_users) {
	CLONE_NEWPID | CLONE_NEWUSER, SIGKILL, CLD_KILLED };
FIXTURE_VARIANT_ADD(border_child, stopped_with_users) {
	CLONE_NEWPID | CLONE_NEWUSER, SIGSTOP, CLD_STOPPED };
FIXTURE_VARIANT_ADD(border_child, continued_with_users) {
	CLONE_NEWPID | CLONE_NEWUSER, SIGCONT, CLD_CONTINUED };

TEST_F(border_child, sigchld_has_the_parents_number_and_user)
{
	int ready = gate_make();
	siginfo_t info;
	pid_t pid;

	block(SIGCHLD);
	pid = spawn(variant->flags);
	if (!pid) {
		if (variant->flags & CLONE_NEWUSER && map_user(5))
			_exit(1);
		gate_open(ready);
		park();
	}
	gate_pass(ready);
	if (variant->sig == SIGCONT) {
		kill(pid, SIGSTOP);
		EXPECT_EQ(CLD_STOPPED, await_signal(SIGCHLD).si_code);
	}
	kill(pid, variant->sig);
	info = await_signal(SIGCHLD);
	EXPECT_EQ(variant->code, info.si_code);
	EXPECT_EQ(pid, info.si_pid);
	EXPECT_EQ(0, info.si_uid);
	end(pid);
}

/* mq_notify(): who wrote the message. */

static pid_t notified_at(struct worlds *worlds, enum place place, mqd_t mq,
			 siginfo_t *info)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1,
	};
	int ready = gate_make();
	pid_t pid = spawn_at(worlds, place);

	if (!pid) {
		int err = ret(mq_notify(mq, &event));

		gate_open(ready);
		*info = await_signal(SIGUSR1);
		_exit(-err);
	}
	gate_pass(ready);
	return pid;
}

static mqd_t open_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	const char *name = text("/border-%d", getpid());
	mqd_t mq = mq_open(name, O_CREAT | O_RDWR, 0600, &attr);

	mq_unlink(name);
	return mq;
}

TEST_F(border, mq_notify_si_pid_is_the_receivers_number_of_the_writer)
{
	pid_t receiver, pid;
	mqd_t mq;

	if (access("/proc/sys/fs/mqueue", F_OK))
		SKIP(return, "no CONFIG_POSIX_MQUEUE");
	mq = open_queue();
	ASSERT_LE(0, mq);
	receiver = notified_at(&self->worlds, variant->to, mq, self->info);
	pid = spawn_at(&self->worlds, variant->from);
	if (!pid) {
		*self->actor = own_numbers();
		_exit(-ret(mq_send(mq, "x", 1, 0)));
	}
	EXPECT_EQ(0, wait_exit(pid));
	EXPECT_EQ(0, wait_exit(receiver));
	EXPECT_EQ(SI_MESGQ, self->info->si_code);
	EXPECT_EQ(seen_from(variant->to, variant->from, *self->actor),
		  self->info->si_pid);
	EXPECT_EQ(0, self->info->si_uid);
}

TEST_F(pidns, mq_notify_si_uid_is_the_receivers_number_of_the_user)
{
	siginfo_t *info = SHARED(siginfo_t);
	struct worlds worlds;
	pid_t receiver, pid;
	mqd_t mq;

	if (access("/proc/sys/fs/mqueue", F_OK))
		SKIP(return, "no CONFIG_POSIX_MQUEUE");
	block(SIGUSR1);
	worlds = make_worlds();
	mq = open_queue();
	ASSERT_LE(0, mq);
	receiver = notified_at(&worlds, OUTSIDE, mq, info);
	pid = spawn(CLONE_NEWPID | CLONE_NEWUSER);
	if (!pid)
		_exit(map_user(5) ? 1 : -ret(mq_send(mq, "x", 1, 0)));
	EXPECT_EQ(0, wait_exit(pid));
	EXPECT_EQ(0, wait_exit(receiver));
	EXPECT_EQ(pid, info->si_pid);
	EXPECT_EQ(0, info->si_uid);
	end_worlds(&worlds);
}

TEST_HARNESS_MAIN
