// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sysctls that belong to a pid namespace, each reader's own:
 *
 *	kernel.ns_last_pid	the last number given out; written by restorers of
 *				checkpoints to choose the next one
 *	vm.memfd_noexec		MEMFD_NOEXEC_SCOPE_*, inherited, and never laxer
 *				than above
 */

#include <linux/capability.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sysctl.h>
#include <linux/user_namespace.h>

#ifdef CONFIG_CHECKPOINT_RESTORE
static int ns_last_pid_handler(const struct ctl_table *table, int write,
			       void *buffer, size_t *lenp, loff_t *ppos)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	int max = pid_ns_limit(ns, READ_ONCE(pid_max));
	struct ctl_table mine = *table;
	int last, err;

	if (write && !checkpoint_restore_ns_capable(ns->user_ns))
		return -EPERM;

	last = pid_ns_last_nr(ns);
	mine.data = &last;
	mine.extra2 = &max;
	err = proc_dointvec_minmax(&mine, write, buffer, lenp, ppos);
	if (!err && write)
		pid_table_set_last(&ns->table, last);

	return err;
}

static struct ctl_table pid_ns_kernel_table[] = {
	{
		.procname	= "ns_last_pid",
		.maxlen		= sizeof(int),
		.mode		= 0666, /* the handler asks for the capability */
		.proc_handler	= ns_last_pid_handler,
		.extra1		= SYSCTL_ZERO,
	},
};

static int __init ns_last_pid_boot(void)
{
	register_sysctl_init("kernel", pid_ns_kernel_table);
	return 0;
}
device_initcall(ns_last_pid_boot);
#endif

#ifdef CONFIG_MEMFD_CREATE
static int memfd_noexec_handler(const struct ctl_table *table, int write,
				void *buffer, size_t *lenp, loff_t *ppos)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	int above = pidns_memfd_noexec_scope(ns->parent);
	struct ctl_table mine = *table;
	int scope, err;

	if (write && !ns_capable(ns->user_ns, CAP_SYS_ADMIN))
		return -EPERM;

	scope = max(READ_ONCE(ns->memfd_noexec_scope), above);
	mine.data = &scope;
	mine.extra1 = &above;
	err = proc_dointvec_minmax(&mine, write, buffer, lenp, ppos);
	if (!err && write)
		WRITE_ONCE(ns->memfd_noexec_scope, scope);

	return err;
}

static struct ctl_table pid_ns_vm_table[] = {
	{
		.procname	= "memfd_noexec",
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= memfd_noexec_handler,
		.extra1		= SYSCTL_ZERO,
		.extra2		= SYSCTL_TWO,
	},
};

static int __init memfd_noexec_boot(void)
{
	register_sysctl_init("vm", pid_ns_vm_table);
	return 0;
}
device_initcall(memfd_noexec_boot);
#endif
