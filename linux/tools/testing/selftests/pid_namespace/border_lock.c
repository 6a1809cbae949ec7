// SPDX-License-Identifier: GPL-2.0-only
/*
 * File locks: who holds one, in the numbers of who asks, and of the mount of
 * /proc that is read.
 */
#define BORDER_FIXTURE
#include "border.h"
#include <sys/file.h>

#define WANTED	seen_from(variant->to, variant->from, *self->actor)

static int open_file(void)
{
	char name[64];
	int fd;

	sprintf(name, "/tmp/border-%d", getpid());
	fd = open(name, O_CREAT | O_RDWR, 0600);
	unlink(name);
	return fd;
}

/* Through /proc: an open file of its own, for who must not share the lock. */
static int reopen(int fd, int flags)
{
	return open(text("/proc/self/fd/%d", fd), flags);
}

static struct flock whole(int type)
{
	return (struct flock) { .l_type = type, .l_whence = SEEK_SET };
}

static int lock_posix(int fd)
{
	struct flock lock = whole(F_WRLCK);

	return fcntl(fd, F_SETLK, &lock);
}

static int lock_ofd(int fd)
{
	struct flock lock = whole(F_WRLCK);

	return fcntl(fd, F_OFD_SETLK, &lock);
}

static int lock_flock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB);
}

static int lock_lease(int fd)
{
	int own = reopen(fd, O_RDONLY);

	/* A lease to write is had by the only opener. */
	return fcntl(own, F_SETLEASE, F_RDLCK);
}

/* Who holds a lock until the test ends. */
static pid_t holder_at(struct worlds *worlds, enum place place,
		       struct numbers *holder, int (*lock)(int fd), int fd,
		       int ready)
{
	int *err = SHARED(int);
	pid_t pid = spawn_at(worlds, place);

	if (!pid) {
		*holder = own_numbers();
		*err = ret(lock(fd));
		gate_open(ready);
		park();
	}
	gate_pass(ready);
	if (!*err)
		return pid;
	end(pid);
	return *err;
}

#define HOLD(lock, fd) do {						\
	self->pid = holder_at(&self->worlds, variant->from,		\
			      self->actor, lock, fd, self->ready);	\
	ASSERT_LT(0, self->pid);					\
} while (0)

TEST_F(border, getlk_pid_is_the_askers_number_of_the_holder)
{
	int fd = open_file();

	HOLD(lock_posix, fd);
	AT_PLACE(&self->worlds, variant->to) {
		struct flock lock = whole(F_WRLCK);

		EXPECT_EQ(0, fcntl(fd, F_GETLK, &lock));
		EXPECT_EQ(F_WRLCK, lock.l_type);
		EXPECT_EQ(WANTED, lock.l_pid);
	}
}

TEST_F(border, ofd_getlk_pid_is_the_askers_number_of_a_posix_holder)
{
	int fd = open_file();

	HOLD(lock_posix, fd);
	AT_PLACE(&self->worlds, variant->to) {
		struct flock lock = whole(F_WRLCK);

		EXPECT_EQ(0, fcntl(fd, F_OFD_GETLK, &lock));
		EXPECT_EQ(WANTED, lock.l_pid);
	}
}

TEST_F(border, getlk_pid_of_an_ofd_holder_is_minus_1)
{
	int fd = open_file();

	HOLD(lock_ofd, fd);
	AT_PLACE(&self->worlds, variant->to) {
		struct flock lock = whole(F_WRLCK);

		EXPECT_EQ(0, fcntl(fd, F_GETLK, &lock));
		EXPECT_EQ(-1, lock.l_pid);
	}
}

/* In /proc/locks by inode: a holder's number, -1 for OFD, -2 if not listed. */
static pid_t listed(const char *path, int fd)
{
	char kind[16], mode[16], access[16], line[256];
	unsigned long inode;
	pid_t pid, found = -2;
	struct stat st;
	FILE *file = fopen(path, "re");

	fstat(fd, &st);
	while (file && fgets(line, sizeof(line), file)) {
		char *at = strstr(line, ": ");

		if (at && sscanf(at, ": %15s %15s %15s %d %*x:%*x:%lu", kind,
				 mode, access, &pid, &inode) == 5 &&
		    inode == st.st_ino)
			found = pid;
	}
	if (file)
		fclose(file);
	return found;
}

static void look(struct __test_metadata *_metadata, int fd, pid_t wanted)
{
	pid_t found;

	ASSERT_EQ(0, ret(unshare(CLONE_NEWNS)));
	ASSERT_EQ(0, mount_proc());
	found = listed("/proc/locks", fd);
	/* Whom the reader doesn't see isn't listed. */
	EXPECT_EQ(wanted ?: -2, found);
}

TEST_F(border, proc_locks_posix_has_the_mounts_number_or_no_line)
{
	int fd = open_file();

	HOLD(lock_posix, fd);
	AT_PLACE(&self->worlds, variant->to)
		look(_metadata, fd, WANTED);
}

TEST_F(border, proc_locks_flock_has_the_mounts_number_or_no_line)
{
	int fd = open_file();

	HOLD(lock_flock, fd);
	AT_PLACE(&self->worlds, variant->to)
		look(_metadata, fd, WANTED);
}

TEST_F(pidns, proc_locks_lease_has_the_mounts_number_of_the_holder)
{
	struct numbers *holder = SHARED(struct numbers);
	struct worlds worlds = make_worlds();
	int fd = open_file(), own;
	pid_t pid;

	own = reopen(fd, O_RDONLY);
	close(fd);
	pid = holder_at(&worlds, DEEP, holder, lock_lease, own, gate_make());
	ASSERT_LT(0, pid);
	EXPECT_EQ(holder->nr[0], listed("/proc/locks", own));
	AT_PLACE(&worlds, BELOW)
		look(_metadata, own, holder->nr[1]);
	end(pid);
	end_worlds(&worlds);
}

TEST_F(border, fdinfo_lock_has_the_mounts_number_of_the_holder)
{
	int fd = open_file();

	HOLD(lock_flock, fd);
	AT_PLACE(&self->worlds, variant->to) {
		const char *path = text("/proc/self/fdinfo/%d", fd);

		ASSERT_EQ(0, ret(unshare(CLONE_NEWNS)));
		ASSERT_EQ(0, mount_proc());
		EXPECT_EQ(WANTED, listed(path, fd));
	}
}

TEST_HARNESS_MAIN
