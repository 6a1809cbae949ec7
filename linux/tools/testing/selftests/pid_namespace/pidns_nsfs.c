// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pid namespaces as files: the links in /proc/PID/ns, setns, the ioctls that ask
 * of a namespace, and those that ask a pidfd for one.
 */
#include "pidns.h"
#include <linux/nsfs.h>
#include <sys/ioctl.h>

/* linux/pidfd.h and fcntl.h can't be had together. */
#define PIDFD_GET_PID_NAMESPACE			_IO(0xff, 5)
#define PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE	_IO(0xff, 6)

/* The only child of a process, in whatever namespace it is. */
static pid_t child_of(pid_t pid)
{
	const char *path = text("/proc/%d/task/%d/children", pid, pid);

	if (!WAIT_UNTIL(read_long(path) > 0))
		return -1;
	return read_long(path);
}

TEST_F(pidns, link_names_the_kind_and_the_inode)
{
	char where[64] = "";
	pid_t init = parked(CLONE_NEWPID);

	EXPECT_LT(0, readlink(text("/proc/%d/ns/pid", init), where,
			      sizeof(where) - 1));
	EXPECT_STREQ(text("pid:[%lu]", ns_id_of(init, "pid")), where);
	EXPECT_NE(ns_id_of(0, "pid"), ns_id_of(init, "pid"));
	end(init);
}

TEST_F(pidns, link_is_the_same_for_all_members)
{
	pid_t init = parked(CLONE_NEWPID), pid = parked_in(init);

	EXPECT_NE(0, ns_id_of(init, "pid"));
	EXPECT_EQ(ns_id_of(init, "pid"), ns_id_of(pid, "pid"));
	EXPECT_EQ(ns_id_of(init, "pid"), ns_id_of(pid, "pid_for_children"));
	end(pid);
	end(init);
}

TEST_F(pidns, pid_for_children_is_empty_before_the_first_child)
{
	char where[64];
	pid_t init;

	EXPECT_EQ(ns_id_of(0, "pid"), ns_id_of(0, "pid_for_children"));
	ASSERT_EQ(0, ret(unshare(CLONE_NEWPID)));
	EXPECT_EQ(-ENOENT, ret(readlink("/proc/self/ns/pid_for_children", where,
					sizeof(where))));
	EXPECT_EQ(-ENOENT, ns_open(0, "pid_for_children"));
	init = parked(0);
	EXPECT_EQ(ns_id_of(init, "pid"), ns_id_of(0, "pid_for_children"));
	EXPECT_NE(ns_id_of(0, "pid"), ns_id_of(0, "pid_for_children"));
	end(init);
}

TEST_F(pidns, file_keeps_a_dead_namespace)
{
	pid_t init = parked(CLONE_NEWPID);
	int ns = ns_open(init, "pid");
	unsigned long id = ns_id(ns);

	end(init);
	EXPECT_EQ(id, ns_id(ns));
	EXPECT_EQ(CLONE_NEWPID, ret(ioctl(ns, NS_GET_NSTYPE)));
}

TEST_F(pidns, ns_get_nstype_is_newpid)
{
	EXPECT_EQ(CLONE_NEWPID, ret(ioctl(ns_open(0, "pid"), NS_GET_NSTYPE)));
	EXPECT_EQ(CLONE_NEWPID, ret(ioctl(ns_open(0, "pid_for_children"),
					  NS_GET_NSTYPE)));
}

TEST_F(pidns, ns_get_parent_of_a_child_namespace_is_ones_own)
{
	pid_t init = parked(CLONE_NEWPID);
	int parent = ret(ioctl(ns_open(init, "pid"), NS_GET_PARENT));

	EXPECT_LE(0, parent);
	EXPECT_EQ(ns_id_of(0, "pid"), ns_id(parent));
	end(init);
}

TEST_F(pidns, ns_get_parent_of_what_is_below_that_is_the_one_between)
{
	pid_t init = parked(CLONE_NEWPID), pid = spawn_in(init, NULL, 0);
	int parent;

	if (!pid) {
		parked(CLONE_NEWPID);
		park();
	}
	parent = ret(ioctl(ns_open(child_of(pid), "pid"), NS_GET_PARENT));
	EXPECT_EQ(ns_id_of(init, "pid"), ns_id(parent));
	parent = ret(ioctl(parent, NS_GET_PARENT));
	EXPECT_EQ(ns_id_of(0, "pid"), ns_id(parent));
	end(pid);
	end(init);
}

TEST_F(pidns, ns_get_parent_of_ones_own_is_eperm)
{
	EXPECT_EQ(-EPERM, ret(ioctl(ns_open(0, "pid"), NS_GET_PARENT)));
	IN_CHILD(CLONE_NEWPID)
		EXPECT_EQ(-EPERM, ret(ioctl(ns_open(0, "pid"), NS_GET_PARENT)));
}

TEST_F(pidns, ns_get_parent_sideways_is_eperm)
{
	pid_t init = parked(CLONE_NEWPID);
	int ns = ns_open(init, "pid");

	IN_CHILD(CLONE_NEWPID)
		EXPECT_EQ(-EPERM, ret(ioctl(ns, NS_GET_PARENT)));
	end(init);
}

TEST_F(pidns, ns_get_userns_is_the_owner)
{
	pid_t init = parked(CLONE_NEWPID), other;
	int user = ret(ioctl(ns_open(init, "pid"), NS_GET_USERNS));

	EXPECT_EQ(ns_id_of(0, "user"), ns_id(user));
	other = parked(CLONE_NEWPID | CLONE_NEWUSER);
	user = ret(ioctl(ns_open(other, "pid"), NS_GET_USERNS));
	EXPECT_EQ(ns_id_of(other, "user"), ns_id(user));
	EXPECT_NE(ns_id_of(0, "user"), ns_id(user));
	end(init);
	end(other);
}

TEST_F(pidns, ns_get_userns_of_an_owner_above_is_eperm)
{
	int own = ns_open(0, "pid");

	IN_CHILD(CLONE_NEWUSER)
		EXPECT_EQ(-EPERM, ret(ioctl(own, NS_GET_USERNS)));
}

TEST_F(pidns, ns_get_owner_uid_of_a_pid_namespace_is_einval)
{
	uid_t uid;

	EXPECT_EQ(-EINVAL, ret(ioctl(ns_open(0, "pid"), NS_GET_OWNER_UID, &uid)));
}

TEST_F(pidns, ns_unknown_ioctl_is_enotty)
{
	EXPECT_EQ(-ENOTTY, ret(ioctl(ns_open(0, "pid"), _IO(NSIO, 0x7f))));
}

TEST_F(pidns, ns_get_pid_translates_both_ways)
{
	pid_t init = parked(CLONE_NEWPID), pid = parked_in(init);
	int ns = ns_open(init, "pid");

	EXPECT_EQ(init, ret(ioctl(ns, NS_GET_PID_FROM_PIDNS, 1)));
	EXPECT_EQ(pid, ret(ioctl(ns, NS_GET_PID_FROM_PIDNS, 2)));
	EXPECT_EQ(init, ret(ioctl(ns, NS_GET_TGID_FROM_PIDNS, 1)));
	EXPECT_EQ(1, ret(ioctl(ns, NS_GET_PID_IN_PIDNS, init)));
	EXPECT_EQ(2, ret(ioctl(ns, NS_GET_PID_IN_PIDNS, pid)));
	EXPECT_EQ(2, ret(ioctl(ns, NS_GET_TGID_IN_PIDNS, pid)));
	end(pid);
	end(init);
}

TEST_F(pidns, ns_get_tgid_of_a_thread_is_its_process)
{
	int gate = gate_make(), ns;
	pid_t init = spawn(CLONE_NEWPID), thread;

	if (!init) {
		pthread_t unused;

		pthread_create(&unused, NULL, (void *(*)(void *))park, NULL);
		gate_open(gate);
		park();
	}
	gate_pass(gate);
	ns = ns_open(init, "pid");
	thread = ret(ioctl(ns, NS_GET_PID_FROM_PIDNS, 2));
	EXPECT_LT(0, thread);
	EXPECT_NE(init, thread);
	EXPECT_EQ(init, ret(ioctl(ns, NS_GET_TGID_FROM_PIDNS, 2)));
	EXPECT_EQ(2, ret(ioctl(ns, NS_GET_PID_IN_PIDNS, thread)));
	EXPECT_EQ(1, ret(ioctl(ns, NS_GET_TGID_IN_PIDNS, thread)));
	end(init);
}

TEST_F(pidns, ns_get_pid_of_nobody_is_esrch)
{
	pid_t init = parked(CLONE_NEWPID);
	int ns = ns_open(init, "pid");

	EXPECT_EQ(-ESRCH, ret(ioctl(ns, NS_GET_PID_FROM_PIDNS, 2)));
	EXPECT_EQ(-ESRCH, ret(ioctl(ns, NS_GET_PID_FROM_PIDNS, 0)));
	EXPECT_EQ(-ESRCH, ret(ioctl(ns, NS_GET_PID_FROM_PIDNS, -1)));
	/* Here, but not there. */
	EXPECT_EQ(-ESRCH, ret(ioctl(ns, NS_GET_PID_IN_PIDNS, getpid())));
	EXPECT_EQ(-ESRCH, ret(ioctl(ns, NS_GET_TGID_IN_PIDNS, getpid())));
	end(init);
	EXPECT_EQ(-ESRCH, ret(ioctl(ns, NS_GET_PID_FROM_PIDNS, 1)));
}

TEST_F(pidns, ns_get_pid_of_who_the_caller_cannot_see_is_esrch)
{
	int outside = ns_open(0, "pid");
	pid_t pid = getpid();

	IN_CHILD(CLONE_NEWPID)
		EXPECT_EQ(-ESRCH, ret(ioctl(outside, NS_GET_PID_FROM_PIDNS, pid)));
}

TEST_F(pidns, ns_get_pid_of_another_kind_of_namespace_is_einval)
{
	int uts = ns_open(0, "uts");

	EXPECT_EQ(-EINVAL, ret(ioctl(uts, NS_GET_PID_FROM_PIDNS, 1)));
	EXPECT_EQ(-EINVAL, ret(ioctl(uts, NS_GET_TGID_FROM_PIDNS, 1)));
	EXPECT_EQ(-EINVAL, ret(ioctl(uts, NS_GET_PID_IN_PIDNS, 1)));
	EXPECT_EQ(-EINVAL, ret(ioctl(uts, NS_GET_TGID_IN_PIDNS, 1)));
}

TEST_F(pidns, setns_to_ones_own_namespace_works)
{
	EXPECT_EQ(0, ret(setns(ns_open(0, "pid"), CLONE_NEWPID)));
	EXPECT_LT(1, next_number());
}

TEST_F(pidns, setns_to_an_ancestor_is_einval)
{
	int above = ns_open(0, "pid");

	IN_CHILD(CLONE_NEWPID) {
		EXPECT_EQ(-EINVAL, ret(setns(above, CLONE_NEWPID)));
		IN_CHILD(CLONE_NEWPID)
			EXPECT_EQ(-EINVAL, ret(setns(above, CLONE_NEWPID)));
	}
}

TEST_F(pidns, setns_sideways_is_einval)
{
	pid_t init = parked(CLONE_NEWPID);
	int aside = ns_open(init, "pid");

	IN_CHILD(CLONE_NEWPID)
		EXPECT_EQ(-EINVAL, ret(setns(aside, CLONE_NEWPID)));
	end(init);
}

TEST_F(pidns, setns_two_levels_down_and_back_works)
{
	pid_t init = parked(CLONE_NEWPID), pid;
	int here = ns_open(0, "pid");

	pid = spawn_in(init, NULL, 0);
	if (!pid) {
		parked(CLONE_NEWPID);
		park();
	}
	ASSERT_EQ(0, ret(setns(ns_open(child_of(pid), "pid"), CLONE_NEWPID)));
	pid = spawn(0);
	if (!pid)
		park();
	EXPECT_STREQ(text("%d 4 2", pid), status_of(pid, "NSpid"));
	ASSERT_EQ(0, ret(setns(here, CLONE_NEWPID)));
	end(pid);
	kill(init, SIGKILL);
	while (wait_exit(-1) >= 0)
		;
}

TEST_F(pidns, setns_without_capabilities_is_eperm)
{
	pid_t init = parked(CLONE_NEWPID);
	int ns = ns_open(init, "pid"), own = ns_open(0, "pid");

	IN_CHILD(0) {
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(-EPERM, ret(setns(ns, CLONE_NEWPID)));
		EXPECT_EQ(-EPERM, ret(setns(own, CLONE_NEWPID)));
	}
	end(init);
}

TEST_F(pidns, setns_with_the_wrong_type_is_einval_with_none_works)
{
	int own = ns_open(0, "pid"), uts = ns_open(0, "uts");

	EXPECT_EQ(-EINVAL, ret(setns(own, CLONE_NEWUTS)));
	EXPECT_EQ(-EINVAL, ret(setns(uts, CLONE_NEWPID)));
	EXPECT_EQ(0, ret(setns(own, 0)));
	EXPECT_EQ(-EINVAL, ret(setns(0, CLONE_NEWPID)));
	EXPECT_EQ(-EBADF, ret(setns(-1, CLONE_NEWPID)));
}

TEST_F(pidns, setns_by_pidfd_enters_the_namespace_of_the_process)
{
	pid_t init = parked(CLONE_NEWPID), pid;
	int pidfd = syscall(__NR_pidfd_open, init, 0);

	ASSERT_EQ(0, ret(setns(pidfd, CLONE_NEWPID)));
	pid = spawn(0);
	if (!pid)
		_exit(getpid());
	EXPECT_EQ(2, wait_exit(pid));
	end(init);
	EXPECT_EQ(-ESRCH, ret(setns(pidfd, CLONE_NEWPID)));
}

TEST_F(pidns, setns_by_pidfd_of_who_is_above_is_einval)
{
	int pidfd = syscall(__NR_pidfd_open, getpid(), 0);

	IN_CHILD(CLONE_NEWPID)
		EXPECT_EQ(-EINVAL, ret(setns(pidfd, CLONE_NEWPID)));
}

TEST_F(pidns, pidfd_gives_the_namespaces_of_its_process)
{
	pid_t init = parked(CLONE_NEWPID);
	int pidfd = syscall(__NR_pidfd_open, init, 0);

	EXPECT_EQ(ns_id_of(init, "pid"),
		  ns_id(ioctl(pidfd, PIDFD_GET_PID_NAMESPACE, 0)));
	EXPECT_EQ(ns_id_of(init, "pid"),
		  ns_id(ioctl(pidfd, PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE, 0)));
	end(init);
	EXPECT_EQ(-ESRCH, ret(ioctl(pidfd, PIDFD_GET_PID_NAMESPACE, 0)));
}

TEST_F(pidns, pidfd_tells_for_children_from_own)
{
	int pidfd = syscall(__NR_pidfd_open, getpid(), 0);
	unsigned long own = ns_id_of(0, "pid");
	pid_t init;

	ASSERT_EQ(0, ret(unshare(CLONE_NEWPID)));
	init = parked(0);
	EXPECT_EQ(own, ns_id(ioctl(pidfd, PIDFD_GET_PID_NAMESPACE, 0)));
	EXPECT_EQ(ns_id_of(init, "pid"),
		  ns_id(ioctl(pidfd, PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE, 0)));
	end(init);
}

TEST_HARNESS_MAIN
