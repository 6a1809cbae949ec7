// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is told by a file system or a device: autofs asks its daemon on behalf of a
 * process, fuse its server, nbd shows its client.
 */
#define BORDER_FIXTURE
#include "border.h"
#include <linux/auto_fs.h>
#include <linux/fuse.h>
#include <linux/nbd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define WANTED	seen_from(variant->to, variant->from, *self->actor)

static bool file_system_known(const char *name)
{
	char list[4096];

	return read_file("/proc/filesystems", list, sizeof(list)) > 0 &&
	       strstr(list, name);
}

/* A mount namespace that all places share: they are made anew in it. */
static void share_mounts(struct __test_metadata *_metadata, struct worlds *worlds)
{
	ASSERT_EQ(0, ret(unshare(CLONE_NEWNS)));
	ASSERT_EQ(0, ret(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)));
	end_worlds(worlds);
	*worlds = make_worlds();
}

/* Becomes the daemon of a new mount: the end of the pipe that it reads. */
static int mount_autofs(const char *path)
{
	int pipes[2], err;

	if (pipe2(pipes, O_DIRECT))
		return -errno;
	setpgid(0, 0);
	err = ret(mount("border", path, "autofs", 0,
			text("fd=%d,pgrp=%d,minproto=5,maxproto=5,indirect",
			     pipes[1], getpgrp())));
	return err ?: pipes[0];
}

static void make_directory(char *path)
{
	sprintf(path, "/tmp/border-%d", getpid());
	mkdir(path, 0755);
}

TEST_F(border, autofs_packet_has_the_daemons_number_of_who_looks)
{
	struct autofs_v5_packet *packet = SHARED(struct autofs_v5_packet);
	char path[64];
	pid_t pid;

	if (!file_system_known("autofs"))
		SKIP(return, "no CONFIG_AUTOFS_FS");
	make_directory(path);
	share_mounts(_metadata, &self->worlds);
	self->pid = spawn_at(&self->worlds, variant->to);
	if (!self->pid) {
		struct pollfd poller = { .events = POLLIN };
		int root;

		poller.fd = mount_autofs(path);
		root = open(path, O_RDONLY);
		gate_open(self->ready);
		if (poller.fd < 0 || poll(&poller, 1, 3000) != 1)
			_exit(0);
		EXPECT_EQ(sizeof(*packet),
			  read(poller.fd, packet, sizeof(*packet)));
		EXPECT_EQ(0, ret(ioctl(root, AUTOFS_IOC_FAIL,
				       packet->wait_queue_token)));
		_exit(0);
	}
	gate_pass(self->ready);
	pid = spawn_at(&self->worlds, variant->from);
	if (!pid) {
		*self->actor = own_numbers();
		_exit(access(text("%s/wanted", path), F_OK) ? errno : 0);
	}
	EXPECT_EQ(ENOENT, wait_exit(pid));
	wait_exit(self->pid);
	self->pid = 0;
	/* Who can't be named is not asked for. */
	EXPECT_EQ(WANTED ? autofs_ptype_missing_indirect : 0, packet->hdr.type);
	EXPECT_EQ(WANTED, packet->pid);
	EXPECT_EQ(WANTED, packet->tgid);
	umount2(path, MNT_DETACH);
	rmdir(path);
}

TEST_F(border, autofs_pgrp_option_is_the_readers_number_of_the_daemon)
{
	char path[64];

	if (!file_system_known("autofs"))
		SKIP(return, "no CONFIG_AUTOFS_FS");
	make_directory(path);
	share_mounts(_metadata, &self->worlds);
	self->pid = spawn_at(&self->worlds, variant->from);
	if (!self->pid) {
		*self->actor = own_numbers();
		*self->fd = mount_autofs(path);
		gate_open(self->ready);
		park();
	}
	gate_pass(self->ready);
	ASSERT_LE(0, *self->fd);
	AT_PLACE(&self->worlds, variant->to) {
		char mounts[8192], *line, *option = NULL;

		ASSERT_LT(0, read_file("/proc/self/mounts", mounts, sizeof(mounts)));
		line = strstr(mounts, path);
		if (line)
			option = strstr(line, "pgrp=");
		ASSERT_NE(NULL, option);
		EXPECT_EQ(WANTED, atoi(option + strlen("pgrp=")));
	}
	umount2(path, MNT_DETACH);
	rmdir(path);
}

/* fuse: each request names the thread that waits for it. */

static int mount_fuse(const char *path)
{
	int fd = open("/dev/fuse", O_RDWR), err;

	if (fd < 0)
		return -errno;
	err = ret(mount("border", path, "fuse", 0,
			text("fd=%d,rootmode=40000,user_id=0,group_id=0", fd)));
	return err ?: fd;
}

static void answer(int fd, __u64 unique, int error, void *data, size_t size)
{
	struct {
		struct fuse_out_header header;
		char data[sizeof(struct fuse_init_out)];
	} out = {
		.header = {
			.len = sizeof(out.header) + size,
			.error = error,
			.unique = unique,
		},
	};

	if (size)
		memcpy(out.data, data, size);
	if (write(fd, &out, out.header.len) < 0)
		perror("# fuse");
}

/* Who is named in the first request that a process makes; -1 if none comes. */
static pid_t serve_one(int fd)
{
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096,
	};
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	char bytes[FUSE_MIN_READ_BUFFER + 4096];
	struct fuse_in_header *in = (void *)bytes;

	while (poll(&poller, 1, 5000) == 1 &&
	       read(fd, bytes, sizeof(bytes)) > 0) {
		if (in->opcode == FUSE_INIT) {
			answer(fd, in->unique, 0, &init, sizeof(init));
			continue;
		}
		answer(fd, in->unique, -ENOENT, NULL, 0);
		return in->pid;
	}
	return -1;
}

TEST_F(border, fuse_request_has_the_servers_number_of_who_waits)
{
	pid_t *named = SHARED(pid_t), pid;
	char path[64];

	if (!file_system_known("fuse"))
		SKIP(return, "no CONFIG_FUSE_FS");
	make_directory(path);
	share_mounts(_metadata, &self->worlds);
	self->pid = spawn_at(&self->worlds, variant->to);
	if (!self->pid) {
		*self->fd = mount_fuse(path);
		gate_open(self->ready);
		if (*self->fd >= 0)
			*named = serve_one(*self->fd);
		_exit(0);
	}
	gate_pass(self->ready);
	ASSERT_LE(0, *self->fd);
	pid = spawn_at(&self->worlds, variant->from);
	if (!pid) {
		*self->actor = own_numbers();
		_exit(access(text("%s/wanted", path), F_OK) ? errno : 0);
	}
	EXPECT_NE(0, wait_exit(pid));
	EXPECT_EQ(0, wait_exit(self->pid));
	self->pid = 0;
	EXPECT_EQ(WANTED, *named);
	umount2(path, MNT_DETACH);
	rmdir(path);
}

/* nbd: the process that serves the device by waiting in the kernel. */
#define NBD	"nbd0"

static int serve(int ready)
{
	int fd = open("/dev/" NBD, O_RDWR), pair[2];

	if (fd < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return errno;
	ioctl(fd, NBD_CLEAR_SOCK);
	if (ioctl(fd, NBD_SET_SOCK, pair[0]))
		return errno;
	gate_open(ready);
	ioctl(fd, NBD_DO_IT);
	return 0;
}

TEST_F(border, nbd_pid_is_the_readers_number_of_the_client)
{
	const char *path = "/sys/block/" NBD "/pid";

	if (access("/sys/block/" NBD, F_OK))
		SKIP(return, "no CONFIG_BLK_DEV_NBD");
	self->pid = spawn_at(&self->worlds, variant->from);
	if (!self->pid) {
		*self->actor = own_numbers();
		_exit(serve(self->ready));
	}
	gate_pass(self->ready);
	ASSERT_TRUE(WAIT_UNTIL(!access(path, F_OK)));
	AT_PLACE(&self->worlds, variant->to)
		EXPECT_EQ(WANTED, read_long(path));
	end(self->pid);
	self->pid = 0;
	EXPECT_TRUE(WAIT_UNTIL(access(path, F_OK)));
}

TEST_HARNESS_MAIN
