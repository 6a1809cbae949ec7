/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the pid core share with each other and with their tests,
 * and with nobody else.
 */
#ifndef _KERNEL_PID_CORE_H
#define _KERNEL_PID_CORE_H

#include <linux/types.h>

struct pid_node;

int pid_cache_prepare(unsigned int level);

#if IS_ENABLED(CONFIG_KUNIT)
struct pid_node *pid_node_alloc(void);
#endif

#endif /* _KERNEL_PID_CORE_H */
