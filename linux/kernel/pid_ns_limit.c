// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel.pid_max of each pid namespace.
 *
 * In the initial namespace it is what it always was. Elsewhere it reads as the
 * lowest limit from there up, and a write sets the namespace's own, at most as
 * high as those above allow. Numbers that are taken already stay valid.
 *
 * The reader's namespace is the one it is in, as with the sysctls of
 * kernel/pid_sysctl.c, so there is one table and no namespace has to register
 * its own. The table has a root of its own for the sake of permissions: mode
 * 0644 would shut out a root that is user 0 in its own user namespace only. They
 * are asked at each open, read and write, so that a descriptor gives no rights to
 * whoever gets it; and a write asks them of who opened too, so that a descriptor
 * from inside does not lend the rights of who writes it outside.
 */

#include <linux/capability.h>
#include <linux/init.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sysctl.h>
#include <linux/user_namespace.h>

static int pid_max_handler(const struct ctl_table *table, int write,
			   void *buffer, size_t *lenp, loff_t *ppos)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct ctl_table mine = *table;
	int above, limit = 0, err;

	if (ns == &init_pid_ns)
		return proc_dointvec_minmax(table, write, buffer, lenp, ppos);

	above = pid_ns_limit(ns->parent, READ_ONCE(pid_max));
	if (!write)
		limit = min_not_zero(above, READ_ONCE(ns->pid_max));
	mine.data = &limit;
	mine.extra2 = &above;
	err = proc_dointvec_minmax(&mine, write, buffer, lenp, ppos);
	/* A write can have had no number in it. */
	if (!err && write && limit)
		WRITE_ONCE(ns->pid_max, limit);

	return err;
}

static int pid_max_permissions(struct ctl_table_header *head,
			       const struct ctl_table *table)
{
	struct pid_namespace *ns = task_active_pid_ns(current);

	if (ns == &init_pid_ns)
		return table->mode;

	return ns_capable_noaudit(ns->user_ns, CAP_SYS_ADMIN) ? 0666 : 0444;
}

static struct ctl_table_root pid_max_root = {
	.permissions	= pid_max_permissions,
};

static struct ctl_table pid_max_table[] = {
	{
		.procname	= "pid_max",
		.data		= &pid_max,
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= pid_max_handler,
		.extra1		= &pid_max_min,
		.extra2		= &pid_max_max,
	},
};

static int __init pid_max_boot(void)
{
	setup_sysctl_set(&pid_max_root.default_set, &pid_max_root, NULL);
	if (!__register_sysctl_table(&pid_max_root.default_set, "kernel",
				     pid_max_table, ARRAY_SIZE(pid_max_table)))
		pr_err("pid_max: no memory for the sysctl\n");

	return 0;
}
device_initcall(pid_max_boot);
