// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: each receiver is told its own number, also where one message goes to
 * many. The receiver is where its socket was opened.
 */
#define BORDER_FIXTURE
#include "border.h"
#include <arpa/inet.h>
#include <linux/audit.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/genetlink.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <sys/socket.h>

#define WANTED	seen_from(variant->to, variant->from, *self->actor)

struct buffer {
	char bytes[4096];
	size_t used;
};

static struct nlmsghdr *begin(struct buffer *buffer, int type, int flags,
			      const void *header, size_t size)
{
	struct nlmsghdr *message = (void *)(buffer->bytes + buffer->used);

	memset(message, 0, NLMSG_SPACE(size));
	message->nlmsg_len = NLMSG_LENGTH(size);
	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	memcpy(NLMSG_DATA(message), header, size);
	buffer->used += NLMSG_ALIGN(message->nlmsg_len);
	return message;
}

static void put(struct buffer *buffer, struct nlmsghdr *message, int type,
		const void *data, size_t size)
{
	struct nlattr *attribute = (void *)(buffer->bytes + buffer->used);

	attribute->nla_type = type;
	attribute->nla_len = NLA_HDRLEN + size;
	memcpy((char *)attribute + NLA_HDRLEN, data, size);
	buffer->used += NLA_ALIGN(attribute->nla_len);
	message->nlmsg_len += NLA_ALIGN(attribute->nla_len);
}

/* Where an attribute's data begins, among those of size bytes; NULL if absent. */
static void *find(void *attributes, size_t size, int type)
{
	struct nlattr *at = attributes;

	while (size >= NLA_HDRLEN && at->nla_len >= NLA_HDRLEN &&
	       at->nla_len <= size) {
		size_t step = NLA_ALIGN(at->nla_len);

		if ((at->nla_type & NLA_TYPE_MASK) == type)
			return (char *)at + NLA_HDRLEN;
		if (step >= size)
			break;
		size -= step;
		at = (void *)((char *)at + step);
	}
	return NULL;
}

/* A socket that listens to groups, or to none. */
static int open_netlink(int protocol, unsigned int groups)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK, .nl_groups = groups,
	};
	struct timeval limit = { .tv_sec = 5 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), on = 1;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return -errno;
	return fd;
}

static int send_to(int fd, const void *data, size_t size, unsigned int port,
		   unsigned int groups)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK, .nl_pid = port, .nl_groups = groups,
	};

	return ret(sendto(fd, data, size, 0, (struct sockaddr *)&address,
			  sizeof(address)));
}

/* Opens a socket at a place, and takes it. */
static int open_at(struct worlds *worlds, enum place place, int protocol,
		   unsigned int groups, int *fd, int ready, int go)
{
	pid_t pid = spawn_at(worlds, place);
	int taken;

	if (!pid) {
		*fd = open_netlink(protocol, groups);
		gate_open(ready);
		gate_pass(go);
		_exit(0);
	}
	gate_pass(ready);
	taken = *fd < 0 ? *fd : take_fd(pid, *fd);
	gate_open(go);
	wait_exit(pid);
	return taken;
}

static unsigned int port_of(int fd)
{
	struct sockaddr_nl address;
	socklen_t size = sizeof(address);

	getsockname(fd, (struct sockaddr *)&address, &size);
	return address.nl_pid;
}

/* The sender's number by SCM_CREDENTIALS, -1 if nothing comes. */
static pid_t sender_of(int fd)
{
	char control[CMSG_SPACE(sizeof(struct ucred))] = {}, data[64];
	struct iovec vector = { data, sizeof(data) };
	struct msghdr message = {
		.msg_iov = &vector, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;

	if (recvmsg(fd, &message, 0) < 0)
		return -1;
	header = CMSG_FIRSTHDR(&message);
	return header && header->cmsg_type == SCM_CREDENTIALS ?
		((struct ucred *)CMSG_DATA(header))->pid : -2;
}

static const struct nlmsghdr nothing = {
	.nlmsg_len = NLMSG_HDRLEN, .nlmsg_type = NLMSG_DONE,
};

TEST_F(border, credentials_of_a_sender_are_the_receivers_number)
{
	int fd = open_at(&self->worlds, variant->to, NETLINK_USERSOCK, 0,
			 self->fd, self->ready, self->go);

	if (fd == -EPROTONOSUPPORT)
		SKIP(return, "no NETLINK_USERSOCK");
	ASSERT_LE(0, fd);
	AT_PLACE(&self->worlds, variant->from) {
		int own = open_netlink(NETLINK_USERSOCK, 0);

		*self->actor = own_numbers();
		EXPECT_EQ(NLMSG_HDRLEN, send_to(own, &nothing, NLMSG_HDRLEN,
						port_of(fd), 0));
	}
	EXPECT_EQ(WANTED, sender_of(fd));
}

TEST_F(pidns, credentials_of_a_broadcast_are_each_receivers_number)
{
	static const enum place places[] = {
		BELOW, OUTSIDE, DEEP, BESIDE, OUTSIDE, BELOW,
	};
	struct numbers *sender = SHARED(struct numbers);
	struct worlds worlds = make_worlds();
	int fds[ARRAY_SIZE(places)];

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		fds[i] = open_at(&worlds, places[i], NETLINK_USERSOCK, 1,
				 SHARED(int), gate_make(), gate_make());
		ASSERT_LE(0, fds[i]);
	}
	AT_PLACE(&worlds, BELOW) {
		int own = open_netlink(NETLINK_USERSOCK, 0);

		*sender = own_numbers();
		/* Also to port 0, where no kernel is. */
		EXPECT_EQ(-ECONNREFUSED,
			  send_to(own, &nothing, NLMSG_HDRLEN, 0, 1));
	}
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		EXPECT_EQ(seen_from(places[i], BELOW, *sender),
			  sender_of(fds[i])) {
			TH_LOG("receiver %zu, place %d", i, places[i]);
		}
	}
	end_worlds(&worlds);
}

/* nf_tables: who committed a ruleset. */

#define NFT(type)	(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_##type)

/* The committer in the next NEWGEN message; -1 if none comes. */
static pid_t committer(int fd)
{
	const size_t size = NLMSG_SPACE(sizeof(struct nfgenmsg));
	char bytes[4096];

	for (;;) {
		int left = recv(fd, bytes, sizeof(bytes), 0);
		struct nlmsghdr *message = (void *)bytes;

		if (left <= 0)
			return -1;
		for (; NLMSG_OK(message, left);
		     message = NLMSG_NEXT(message, left)) {
			__be32 *pid;

			if (message->nlmsg_type != NFT(NEWGEN))
				continue;
			pid = find((char *)message + size,
				   message->nlmsg_len - size, NFTA_GEN_PROC_PID);
			return pid ? (pid_t)ntohl(*pid) : -2;
		}
	}
}

static int add_table(int fd, int flags)
{
	struct nfgenmsg batch = {
		.res_id = htons(NFNL_SUBSYS_NFTABLES),
	};
	struct nfgenmsg table = { .nfgen_family = AF_INET };
	struct buffer buffer = { .used = 0 };
	struct nlmsghdr *message;

	begin(&buffer, NFNL_MSG_BATCH_BEGIN, 0, &batch, sizeof(batch));
	message = begin(&buffer, NFT(NEWTABLE), NLM_F_CREATE | flags, &table,
			sizeof(table));
	put(&buffer, message, NFTA_TABLE_NAME, "border", sizeof("border"));
	begin(&buffer, NFNL_MSG_BATCH_END, 0, &batch, sizeof(batch));
	return send_to(fd, buffer.bytes, buffer.used, 0, 0) < 0 ? -errno : 0;
}

TEST_F(border, nft_gen_proc_pid_is_the_listeners_number_of_the_committer)
{
	int fd;

	/* Rules of its own: all places share this network. */
	ASSERT_EQ(0, ret(unshare(CLONE_NEWNET)));
	end_worlds(&self->worlds);
	self->worlds = make_worlds();
	fd = open_at(&self->worlds, variant->to, NETLINK_NETFILTER,
		     1 << (NFNLGRP_NFTABLES - 1), self->fd, self->ready, self->go);
	if (fd == -EPROTONOSUPPORT)
		SKIP(return, "no CONFIG_NF_TABLES");
	ASSERT_LE(0, fd);
	AT_PLACE(&self->worlds, variant->from) {
		int own = open_netlink(NETLINK_NETFILTER, 0);

		*self->actor = own_numbers();
		EXPECT_EQ(0, add_table(own, 0));
	}
	EXPECT_EQ(WANTED, committer(fd));
}

TEST_F(pidns, nft_gen_proc_pid_is_each_listeners_number_and_the_echos)
{
	static const enum place places[] = {
		BESIDE, DEEP, OUTSIDE, BELOW, BESIDE, OUTSIDE, DEEP, BELOW,
	};
	struct numbers *sender = SHARED(struct numbers);
	int fds[ARRAY_SIZE(places)];
	struct worlds worlds;

	ASSERT_EQ(0, ret(unshare(CLONE_NEWNET)));
	worlds = make_worlds();
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		fds[i] = open_at(&worlds, places[i], NETLINK_NETFILTER,
				 1 << (NFNLGRP_NFTABLES - 1), SHARED(int),
				 gate_make(), gate_make());
		if (fds[i] == -EPROTONOSUPPORT)
			SKIP(return, "no CONFIG_NF_TABLES");
		ASSERT_LE(0, fds[i]);
	}
	AT_PLACE(&worlds, DEEP) {
		int own = open_netlink(NETLINK_NETFILTER, 0);

		*sender = own_numbers();
		EXPECT_EQ(0, add_table(own, NLM_F_ECHO));
		EXPECT_EQ(getpid(), committer(own));
	}
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		EXPECT_EQ(seen_from(places[i], DEEP, *sender),
			  committer(fds[i])) {
			TH_LOG("listener %zu, place %d", i, places[i]);
		}
	}
	end_worlds(&worlds);
}

TEST_F(pidns, nft_getgen_answers_with_the_askers_own_number)
{
	ASSERT_EQ(0, ret(unshare(CLONE_NEWNET)));
	IN_CHILD(CLONE_NEWPID) {
		struct nfgenmsg header = { .nfgen_family = AF_UNSPEC };
		struct buffer buffer = { .used = 0 };
		int fd = open_netlink(NETLINK_NETFILTER, 0);

		if (fd == -EPROTONOSUPPORT)
			SKIP(_exit(0), "no CONFIG_NF_TABLES");
		ASSERT_LE(0, fd);
		begin(&buffer, NFT(GETGEN), 0, &header, sizeof(header));
		EXPECT_LT(0, send_to(fd, buffer.bytes, buffer.used, 0, 0));
		EXPECT_EQ(1, committer(fd));
	}
}

/* Process events: in numbers of the initial namespace, for listeners there. */

static int listen_for_processes(int fd)
{
	enum proc_cn_mcast_op op = PROC_CN_MCAST_LISTEN;
	char ask[sizeof(struct cn_msg) + sizeof(op)] = {};
	struct buffer buffer = { .used = 0 };
	struct cn_msg *message = (void *)ask;

	message->id.idx = CN_IDX_PROC;
	message->id.val = CN_VAL_PROC;
	message->len = sizeof(op);
	memcpy(message->data, &op, sizeof(op));
	begin(&buffer, NLMSG_DONE, 0, ask, sizeof(ask));
	return send_to(fd, buffer.bytes, buffer.used, 0, 0);
}

static int something_comes(int fd, int seconds)
{
	struct timeval limit = { .tv_sec = seconds };
	char bytes[256];

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return recv(fd, bytes, sizeof(bytes), 0) > 0;
}

TEST_F(pidns, process_events_reach_no_socket_that_was_opened_below)
{
	struct worlds worlds = make_worlds();
	int below = open_at(&worlds, BELOW, NETLINK_CONNECTOR, CN_IDX_PROC,
			    SHARED(int), gate_make(), gate_make());
	int own = open_netlink(NETLINK_CONNECTOR, CN_IDX_PROC);

	if (own == -EPROTONOSUPPORT)
		SKIP(return, "no CONFIG_PROC_EVENTS");
	ASSERT_LE(0, own);
	ASSERT_LT(0, listen_for_processes(own));
	try_spawn(0);
	EXPECT_EQ(1, something_comes(own, 5));
	if (below >= 0)
		EXPECT_EQ(0, something_comes(below, 1));
	end_worlds(&worlds);
}

/* taskstats: asked by number. */

static int ask_genl(int fd, int family, int command, int type, const void *data,
		    size_t size, char *answer, size_t room)
{
	struct genlmsghdr header = { .cmd = command, .version = 1 };
	struct buffer buffer = { .used = 0 };
	struct nlmsghdr *message = begin(&buffer, family, 0, &header,
					 sizeof(header));

	put(&buffer, message, type, data, size);
	if (send_to(fd, buffer.bytes, buffer.used, 0, 0) < 0)
		return -errno;
	size = recv(fd, answer, room, 0);
	message = (void *)answer;
	if (message->nlmsg_type == NLMSG_ERROR)
		return ((struct nlmsgerr *)NLMSG_DATA(message))->error;
	return size;
}

/* The number in the statistics of a process that is asked for by number. */
static pid_t stats_of(int fd, int family, __u32 pid)
{
	char answer[4096], *attributes = answer + NLMSG_HDRLEN + GENL_HDRLEN, *at;
	struct taskstats *stats;
	int size = ask_genl(fd, family, TASKSTATS_CMD_GET, TASKSTATS_CMD_ATTR_PID,
			    &pid, sizeof(pid), answer, sizeof(answer));

	if (size < 0)
		return size;
	at = find(attributes, size, TASKSTATS_TYPE_AGGR_PID);
	stats = at ? find(at, size - (at - answer), TASKSTATS_TYPE_STATS) : NULL;
	return stats ? (pid_t)stats->ac_pid : -1;
}

TEST_F(pidns, taskstats_takes_and_gives_the_askers_numbers)
{
	char answer[4096], *attributes = answer + NLMSG_HDRLEN + GENL_HDRLEN;
	int fd = open_netlink(NETLINK_GENERIC, 0), size;
	pid_t outside = getpid();
	__u16 family, *id;

	ASSERT_LE(0, fd);
	size = ask_genl(fd, GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
			CTRL_ATTR_FAMILY_NAME, TASKSTATS_GENL_NAME,
			sizeof(TASKSTATS_GENL_NAME), answer, sizeof(answer));
	if (size == -ENOENT)
		SKIP(return, "no CONFIG_TASKSTATS");
	ASSERT_LT(0, size);
	id = find(attributes, size, CTRL_ATTR_FAMILY_ID);
	ASSERT_NE(NULL, id);
	family = *id;
	EXPECT_EQ(outside, stats_of(fd, family, outside));
	IN_CHILD(CLONE_NEWPID) {
		fd = open_netlink(NETLINK_GENERIC, 0);
		EXPECT_EQ(2, parked(0));
		EXPECT_EQ(3, parked(CLONE_NEWPID));
		EXPECT_EQ(2, stats_of(fd, family, 2));
		EXPECT_EQ(3, stats_of(fd, family, 3));
		EXPECT_EQ(-ESRCH, stats_of(fd, family, outside));
	}
}

/* Audit: one log, in numbers of the initial namespace. */

/* The error in the next acknowledgment, 0 for anything else that comes. */
static int error_of(int fd)
{
	char bytes[8192];
	struct nlmsghdr *message = (void *)bytes;

	if (recv(fd, bytes, sizeof(bytes), 0) <= 0)
		return -ETIMEDOUT;
	return message->nlmsg_type == NLMSG_ERROR ?
		((struct nlmsgerr *)NLMSG_DATA(message))->error : 0;
}

static int ask_audit(int type, const void *data, size_t size)
{
	int fd = open_netlink(NETLINK_AUDIT, 0), err;
	struct buffer buffer = { .used = 0 };

	if (fd < 0)
		return fd;
	begin(&buffer, type, NLM_F_ACK, data, size);
	err = send_to(fd, buffer.bytes, buffer.used, 0, 0);
	err = err < 0 ? err : error_of(fd);
	close(fd);
	return err;
}

TEST_F(pidns, audit_is_not_controlled_from_below)
{
	if (ask_audit(AUDIT_GET, "", 0) == -EPROTONOSUPPORT)
		SKIP(return, "no CONFIG_AUDIT");
	EXPECT_EQ(0, ask_audit(AUDIT_GET, "", 0));
	IN_CHILD(CLONE_NEWPID)
		EXPECT_EQ(-EPERM, ask_audit(AUDIT_GET, "", 0));
}

TEST_F(pidns, audit_record_of_who_is_below_has_the_number_outside)
{
	int fd = open_netlink(NETLINK_AUDIT, 1 << (AUDIT_NLGRP_READLOG - 1));
	char bytes[8192], *found = NULL;
	pid_t pid;

	if (fd == -EPROTONOSUPPORT)
		SKIP(return, "no CONFIG_AUDIT");
	ASSERT_LE(0, fd);
	pid = spawn(CLONE_NEWPID);
	if (!pid)
		_exit(-ask_audit(AUDIT_USER_AVC, "border", sizeof("border")));
	EXPECT_EQ(0, wait_exit(pid));
	while (!found) {
		int got = recv(fd, bytes, sizeof(bytes) - 1, 0);

		ASSERT_LT(0, got);
		bytes[got] = '\0';
		found = strstr(bytes + NLMSG_HDRLEN, " pid=");
		if (found && !strstr(bytes + NLMSG_HDRLEN, "border"))
			found = NULL;
	}
	EXPECT_EQ(pid, atoi(found + strlen(" pid=")));
}

TEST_HARNESS_MAIN
