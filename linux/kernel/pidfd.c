// SPDX-License-Identifier: GPL-2.0-only
/*
 * System calls on pidfds: file descriptors that stand for a process or a thread.
 *
 * A pidfd holds a pid, so it never comes to mean another process, as a number
 * can. fs/pidfs.c has the file, kernel/fork.c and kernel/signal.c the other
 * system calls. See pidfd_open(2), pidfd_getfd(2).
 */

#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/pid.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/syscalls.h>
#include <net/sock.h>
#include <uapi/linux/pidfd.h>

/* The pid of a pidfd, which holds it. */
static struct pid *pid_of_fd(struct fd f)
{
	return fd_empty(f) ? ERR_PTR(-EBADF) : pidfd_pid(fd_file(f));
}

/**
 * pidfd_get_pid() - the pid of a pidfd, held
 * @fd: file descriptor
 * @flags: set to the flags of the file
 *
 * Context: Process context.
 * Return: The pid with a reference for the caller; -EBADF if @fd is not open, or
 *	   not a pidfd.
 */
struct pid *pidfd_get_pid(unsigned int fd, unsigned int *flags)
{
	CLASS(fd, f)(fd);
	struct pid *pid = pid_of_fd(f);

	if (IS_ERR(pid))
		return pid;

	*flags = fd_file(f)->f_flags;
	return get_pid(pid);
}

/**
 * pidfd_get_task() - the process of a pidfd, held
 * @pidfd: file descriptor
 * @flags: set to the flags of the file
 *
 * Context: Process context.
 * Return: The leader of the thread group, with a reference for the caller;
 *	   -ESRCH if it is gone; else as pidfd_get_pid().
 */
struct task_struct *pidfd_get_task(int pidfd, unsigned int *flags)
{
	CLASS(fd, f)(pidfd);
	struct pid *pid = pid_of_fd(f);
	struct task_struct *task;

	if (IS_ERR(pid))
		return ERR_CAST(pid);

	task = get_pid_task(pid, PIDTYPE_TGID);
	if (!task)
		return ERR_PTR(-ESRCH);

	*flags = fd_file(f)->f_flags;
	return task;
}

/**
 * sys_pidfd_open() - open a pidfd
 * @pid: number, in the caller's namespace
 * @flags: PIDFD_NONBLOCK, PIDFD_THREAD
 *
 * Context: Process context, may sleep.
 * Return: A descriptor that exec closes; -EINVAL for other flags, for a number
 *	   that is not positive, or for a thread's number without PIDFD_THREAD;
 *	   -ESRCH if there is no such process; -EMFILE, -ENFILE, -ENOMEM.
 */
SYSCALL_DEFINE2(pidfd_open, pid_t, pid, unsigned int, flags)
{
	struct file *file;
	struct pid *held;
	int fd;

	if (pid <= 0 || flags & ~(PIDFD_NONBLOCK | PIDFD_THREAD))
		return -EINVAL;

	held = find_get_pid(pid);
	if (!held)
		return -ESRCH;

	fd = pidfd_prepare(held, flags, &file);
	put_pid(held);
	if (fd >= 0)
		fd_install(fd, file);

	return fd;
}

/* The file that @task has open as @fd, held, if the caller may trace @task. */
static struct file *get_task_file(struct task_struct *task, int fd)
{
	struct file *file;
	int err;

	err = down_read_killable(&task->signal->exec_update_lock);
	if (err)
		return ERR_PTR(err);

	if (!ptrace_may_access(task, PTRACE_MODE_ATTACH_REALCREDS))
		file = ERR_PTR(-EPERM);
	else if (task->flags & PF_EXITING)
		file = ERR_PTR(-ESRCH);
	else
		file = fget_task(task, fd) ?: ERR_PTR(-EBADF);

	up_read(&task->signal->exec_update_lock);

	/* It may have begun to exit meanwhile, and closed all: it is just gone. */
	if (file == ERR_PTR(-EBADF) && task->flags & PF_EXITING)
		return ERR_PTR(-ESRCH);

	return file;
}

static int copy_fd_of_pid(struct pid *pid, int fd)
{
	struct task_struct *task;
	struct file *file;
	int ret;

	task = get_pid_task(pid, PIDTYPE_PID);
	if (!task)
		return -ESRCH;

	file = get_task_file(task, fd);
	put_task_struct(task);
	if (IS_ERR(file))
		return PTR_ERR(file);

	ret = receive_fd(file, NULL, O_CLOEXEC);
	fput(file);
	return ret;
}

/**
 * sys_pidfd_getfd() - take a copy of a file descriptor of another process
 * @pidfd: pidfd of that process
 * @fd: its descriptor
 * @flags: none yet, 0
 *
 * Context: Process context, may sleep.
 * Return: A descriptor of the caller's for the same open file, which exec closes;
 *	   -EINVAL for flags; -EBADF if @pidfd is not a pidfd, or @fd not open
 *	   there; -ESRCH if the process is gone; -EPERM if the caller may not
 *	   trace it; -EMFILE; -EINTR.
 */
SYSCALL_DEFINE3(pidfd_getfd, int, pidfd, int, fd, unsigned int, flags)
{
	CLASS(fd, f)(pidfd);
	struct pid *pid = pid_of_fd(f);

	if (flags)
		return -EINVAL;
	if (IS_ERR(pid))
		return PTR_ERR(pid);

	return copy_fd_of_pid(pid, fd);
}
