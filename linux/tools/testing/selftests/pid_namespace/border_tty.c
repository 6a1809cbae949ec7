// SPDX-License-Identifier: GPL-2.0-only
/*
 * Terminals: foreground group and session in the caller's numbers, in ioctls and
 * in /proc/PID/stat; the signals that a terminal sends are the kernel's.
 */
#include "border.h"
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

static int open_terminal(char *name, size_t size)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || grantpt(fd) || unlockpt(fd) || ptsname_r(fd, name, size))
		return -errno;
	return fd;
}

/* A session below, whose leader has the terminal: its numbers, its signal. */
struct session {
	struct numbers leader;
	pid_t group, session, group_err;
	siginfo_t info;
};

static pid_t start_session(unsigned long flags, const char *name,
			   struct session *session, int ready, int sig)
{
	pid_t pid = spawn(flags);

	if (!pid) {
		int fd;

		/* Not the init: its child, where the namespace is new. */
		if (flags & CLONE_NEWPID) {
			pid = spawn(0);
			if (pid)
				_exit(wait_exit(pid));
		}
		setsid();
		fd = open(name, O_RDWR);
		ioctl(fd, TIOCSCTTY, 0);
		session->leader = own_numbers();
		if (ioctl(fd, TIOCGPGRP, &session->group))
			session->group = -errno;
		if (ioctl(fd, TIOCGSID, &session->session))
			session->session = -errno;
		gate_open(ready);
		session->info = await_signal(sig);
		park();
	}
	gate_pass(ready);
	return pid;
}

FIXTURE(border_tty) {
	char name[64];
	struct session *session;
	int fd;
	pid_t pid;
};

FIXTURE_VARIANT(border_tty) {
	unsigned long flags;
};

FIXTURE_SETUP(border_tty)
{
	if (unable())
		SKIP(return, "%s", unable());
	block(SIGINT);
	self->session = SHARED(struct session);
	self->fd = open_terminal(self->name, sizeof(self->name));
	if (self->fd < 0)
		SKIP(return, "no pseudo terminal: %s", strerror(-self->fd));
	self->pid = start_session(variant->flags, self->name, self->session,
				  gate_make(), SIGINT);
}

FIXTURE_TEARDOWN(border_tty)
{
	if (self->pid > 0)
		end(self->pid);
}

FIXTURE_VARIANT_ADD(border_tty, beside) { 0 };
FIXTURE_VARIANT_ADD(border_tty, below) { CLONE_NEWPID };

TEST_F(border_tty, group_and_session_at_home_are_the_leaders_own_number)
{
	struct numbers *leader = &self->session->leader;

	EXPECT_EQ(leader->nr[leader->count - 1], self->session->group);
	EXPECT_EQ(leader->nr[leader->count - 1], self->session->session);
}

TEST_F(border_tty, group_and_session_asked_by_the_master_are_the_askers_numbers)
{
	pid_t group = -1, session = -1;

	EXPECT_EQ(0, ioctl(self->fd, TIOCGPGRP, &group));
	EXPECT_EQ(0, ioctl(self->fd, TIOCGSID, &session));
	EXPECT_EQ(self->session->leader.nr[0], group);
	EXPECT_EQ(self->session->leader.nr[0], session);
}

TEST_F(border_tty, group_and_session_asked_from_beside_are_0)
{
	IN_CHILD(CLONE_NEWPID) {
		pid_t group = -1, session = -1;

		EXPECT_EQ(0, ioctl(self->fd, TIOCGPGRP, &group));
		EXPECT_EQ(0, ioctl(self->fd, TIOCGSID, &session));
		EXPECT_EQ(0, group);
		EXPECT_EQ(0, session);
	}
}

TEST_F(border_tty, stat_has_the_foreground_group_in_the_readers_numbers)
{
	pid_t leader = self->session->leader.nr[0];
	char line[512], *rest;
	int group = -1;

	ASSERT_LT(0, read_file(proc_path(leader, "stat"), line, sizeof(line)));
	rest = strrchr(line, ')');
	if (sscanf(rest, ") %*c %*d %*d %*d %*d %d", &group) != 1)
		group = -1;
	EXPECT_EQ(leader, group);
}

TEST_F(border_tty, interrupt_from_the_terminal_is_the_kernels)
{
	EXPECT_EQ(1, write(self->fd, "\003", 1));
	EXPECT_TRUE(WAIT_UNTIL(self->session->info.si_signo == SIGINT));
	EXPECT_EQ(SI_KERNEL, self->session->info.si_code);
	EXPECT_EQ(0, self->session->info.si_pid);
}

/* Session, group and terminal at fork: those of the parent. */
TEST_F(pidns, child_in_a_new_namespace_keeps_session_group_and_terminal)
{
	struct session *session = SHARED(struct session);
	int ready = gate_make();
	char name[64];
	pid_t pid;
	int fd;

	fd = open_terminal(name, sizeof(name));
	if (fd < 0)
		SKIP(return, "no pseudo terminal: %s", strerror(-fd));
	pid = spawn(0);
	if (!pid) {
		setsid();
		close(open(name, O_RDWR));
		pid = spawn(CLONE_NEWPID);
		if (!pid) {
			session->leader = own_numbers();
			session->group = getpgrp();
			session->session = getsid(0);
			/* It has the terminal, and may open it by this name. */
			session->group_err = ret(open("/dev/tty", O_RDWR));
			gate_open(ready);
			park();
		}
		park();
	}
	gate_pass(ready);
	EXPECT_EQ(0, session->group);
	EXPECT_EQ(0, session->session);
	EXPECT_EQ(pid, getsid(session->leader.nr[0]));
	EXPECT_EQ(pid, getpgid(session->leader.nr[0]));
	EXPECT_LE(0, session->group_err);
	end(pid);
}

TEST_F(pidns, tcsetpgrp_takes_the_callers_number)
{
	struct session *session = SHARED(struct session);
	char name[64];
	int fd = open_terminal(name, sizeof(name));

	if (fd < 0)
		SKIP(return, "no pseudo terminal: %s", strerror(-fd));
	IN_CHILD(CLONE_NEWPID) {
		pid_t member, nobody = 4000000, group = -1;
		int tty;

		signal(SIGTTOU, SIG_IGN);
		EXPECT_EQ(1, setsid());
		tty = open(name, O_RDWR);
		member = parked(0);
		EXPECT_EQ(2, member);
		EXPECT_EQ(0, setpgid(member, member));
		EXPECT_EQ(0, ret(ioctl(tty, TIOCSPGRP, &member)));
		EXPECT_EQ(0, ioctl(tty, TIOCGPGRP, &group));
		EXPECT_EQ(2, group);
		EXPECT_EQ(-ESRCH, ret(ioctl(tty, TIOCSPGRP, &nobody)));
		session->group = status_of(0, "Pid") ? atoi(status_of(0, "Pid")) : 0;
		EXPECT_EQ(-ESRCH, ret(ioctl(tty, TIOCSPGRP, &session->group)));
	}
}

TEST_HARNESS_MAIN
