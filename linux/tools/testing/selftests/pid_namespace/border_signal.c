// SPDX-License-Identifier: GPL-2.0-only
/*
 * si_pid of a signal that a process sends: each receiver, also each of one group,
 * is told its own number of the sender, 0 if it can't see the sender.
 */
#define BORDER_FIXTURE
#include "border.h"

#ifndef PIDFD_SIGNAL_PROCESS_GROUP
#define PIDFD_SIGNAL_PROCESS_GROUP 4
#endif

/* What a program puts into a signal that it queues: itself, in its own view. */
static siginfo_t own_info(pid_t pid)
{
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };

	info.si_pid = pid;
	info.si_uid = getuid();
	return info;
}

static int queue(pid_t pid, siginfo_t *info)
{
	return ret(syscall(__NR_rt_sigqueueinfo, pid, SIGUSR1, info));
}

static int pidfd_signal(int pidfd, siginfo_t *info, unsigned int flags)
{
	return ret(syscall(__NR_pidfd_send_signal, pidfd, SIGUSR1, info, flags));
}

static pid_t receiver_at(struct worlds *worlds, enum place place,
			 siginfo_t *info)
{
	pid_t pid = spawn_at(worlds, place);

	if (!pid) {
		*info = await_signal(SIGUSR1);
		_exit(0);
	}
	return pid;
}

/* A whole group at once: the only way up. */
TEST_F(border, kill_0_si_pid_is_the_receivers_number_of_the_sender)
{
	pid_t receiver = receiver_at(&self->worlds, variant->to, self->info);
	pid_t pid = spawn_at(&self->worlds, variant->from);

	if (!pid) {
		*self->actor = own_numbers();
		_exit(-ret(kill(0, SIGUSR1)));
	}
	EXPECT_EQ(0, wait_exit(pid));
	EXPECT_EQ(0, wait_exit(receiver));
	EXPECT_EQ(SI_USER, self->info->si_code);
	EXPECT_EQ(seen_from(variant->to, variant->from, *self->actor),
		  self->info->si_pid);
	EXPECT_EQ(getuid(), self->info->si_uid);
}

/* A group that a process below leads; one outside, below, ... joins it. */
FIXTURE(border_led) {
	struct worlds worlds;
	struct numbers *actor;
	siginfo_t *info;
	pid_t leader, receiver, seen;
	int pidfd;
};

FIXTURE_VARIANT(border_led) {
	enum place from, to;
};

FIXTURE_SETUP(border_led)
{
	if (unable())
		SKIP(return, "%s", unable());
	block(SIGUSR1);
	self->worlds = make_worlds();
	self->actor = SHARED(struct numbers);
	self->info = SHARED(siginfo_t);
	self->leader = spawn_at(&self->worlds, BELOW);
	if (!self->leader)
		park();
	self->receiver = receiver_at(&self->worlds, variant->to, self->info);
	EXPECT_EQ(0, setpgid(self->leader, self->leader));
	EXPECT_EQ(0, setpgid(self->receiver, self->leader));
	self->pidfd = syscall(__NR_pidfd_open, self->leader, 0);
	self->seen = numbers_of(proc_path(self->leader, "status"), "NSpid")
		.nr[level_of(variant->from)];
}

FIXTURE_TEARDOWN(border_led)
{
	end(self->leader);
	end_worlds(&self->worlds);
}

FIXTURE_VARIANT_ADD(border_led, outside_to_outside) { OUTSIDE, OUTSIDE };
FIXTURE_VARIANT_ADD(border_led, outside_to_deep) { OUTSIDE, DEEP };
FIXTURE_VARIANT_ADD(border_led, below_to_outside) { BELOW, OUTSIDE };
FIXTURE_VARIANT_ADD(border_led, below_to_below) { BELOW, BELOW };
FIXTURE_VARIANT_ADD(border_led, below_to_deep) { BELOW, DEEP };
FIXTURE_VARIANT_ADD(border_led, below_to_beside) { BELOW, BESIDE };

#define LED_TEST(name, call)						\
static int send_##name(int pidfd, pid_t seen, siginfo_t info)		\
{									\
	return call;							\
}									\
TEST_F(border_led, name##_si_pid_is_the_receivers_number_of_the_sender)	\
{									\
	pid_t pid = spawn_at(&self->worlds, variant->from);		\
	if (!pid) {							\
		*self->actor = own_numbers();				\
		_exit(-send_##name(self->pidfd, self->seen,		\
				   own_info(getpid())));		\
	}								\
	EXPECT_EQ(0, wait_exit(pid));					\
	EXPECT_EQ(0, wait_exit(self->receiver));			\
	EXPECT_EQ(seen_from(variant->to, variant->from, *self->actor),	\
		  self->info->si_pid);					\
}

LED_TEST(kill_of_a_group, ret(kill(-seen, SIGUSR1)))
LED_TEST(pidfd_of_a_group, pidfd_signal(pidfd, NULL,
					PIDFD_SIGNAL_PROCESS_GROUP))
LED_TEST(info_queued_to_a_group, pidfd_signal(pidfd, &info,
					      PIDFD_SIGNAL_PROCESS_GROUP))

/* One receiver, named by a number or a pidfd: beside the sender or below. */
FIXTURE(border_one) {
	struct worlds worlds;
	struct numbers *actor;
	siginfo_t *info;
	pid_t receiver, seen;
	int pidfd;
};

FIXTURE_VARIANT(border_one) {
	enum place from, to;
};

FIXTURE_SETUP(border_one)
{
	if (unable())
		SKIP(return, "%s", unable());
	block(SIGUSR1);
	self->worlds = make_worlds();
	self->actor = SHARED(struct numbers);
	self->info = SHARED(siginfo_t);
	self->receiver = receiver_at(&self->worlds, variant->to, self->info);
	self->pidfd = syscall(__NR_pidfd_open, self->receiver, 0);
	self->seen = numbers_of(proc_path(self->receiver, "status"), "NSpid")
		.nr[level_of(variant->from)];
}

FIXTURE_TEARDOWN(border_one)
{
	end_worlds(&self->worlds);
}

FIXTURE_VARIANT_ADD(border_one, outside_to_deep) { OUTSIDE, DEEP };
FIXTURE_VARIANT_ADD(border_one, below_to_below) { BELOW, BELOW };
FIXTURE_VARIANT_ADD(border_one, below_to_deep) { BELOW, DEEP };

/* The one who sends is a thread: its process is named, not the thread. */
static long thread_call(long nr, pid_t to, void *info)
{
	switch (nr) {
	case __NR_tkill:
		return syscall(nr, to, SIGUSR1);
	case __NR_tgkill:
		return syscall(nr, to, to, SIGUSR1);
	case __NR_rt_tgsigqueueinfo:
		return syscall(nr, to, to, SIGUSR1, info);
	}
	return kill(to, SIGUSR1);
}

struct errand {
	long nr;
	pid_t to;
	siginfo_t info;
	int result;
};

static void *run_errand(void *arg)
{
	struct errand *errand = arg;

	errand->result = ret(thread_call(errand->nr, errand->to, &errand->info));
	return NULL;
}

static int by_thread(long nr, pid_t to)
{
	struct errand errand = { nr, to, own_info(getpid()), 0 };
	pthread_t thread;

	if (pthread_create(&thread, NULL, run_errand, &errand))
		return -EAGAIN;
	pthread_join(thread, NULL);
	return errand.result;
}

#define ONE_TEST(name, call)						\
static int send_##name(int pidfd, pid_t seen, siginfo_t info)		\
{									\
	return call;							\
}									\
TEST_F(border_one, name##_si_pid_is_the_receivers_number_of_the_sender)	\
{									\
	pid_t pid = spawn_at(&self->worlds, variant->from);		\
	if (!pid) {							\
		*self->actor = own_numbers();				\
		_exit(-send_##name(self->pidfd, self->seen,		\
				   own_info(getpid())));		\
	}								\
	EXPECT_EQ(0, wait_exit(pid));					\
	EXPECT_EQ(0, wait_exit(self->receiver));			\
	EXPECT_EQ(seen_from(variant->to, variant->from, *self->actor),	\
		  self->info->si_pid);					\
}

ONE_TEST(kill_by_a_thread, by_thread(__NR_kill, seen))
ONE_TEST(tkill_by_a_thread, by_thread(__NR_tkill, seen))
ONE_TEST(tgkill_by_a_thread, by_thread(__NR_tgkill, seen))
ONE_TEST(tgsigqueue_by_a_thread, by_thread(__NR_rt_tgsigqueueinfo, seen))
ONE_TEST(sigqueue, queue(seen, &info))
ONE_TEST(pidfd, pidfd_signal(pidfd, NULL, 0))
ONE_TEST(pidfd_with_info, pidfd_signal(pidfd, &info, 0))

TEST_HARNESS_MAIN
