/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the pid core share with each other and with their tests,
 * and with nobody else.
 */
#ifndef _KERNEL_PID_CORE_H
#define _KERNEL_PID_CORE_H

#include <linux/types.h>

struct pid_node;

/**
 * struct pid_spares - nodes in hand that are in no tree yet
 * @first: one of them; the others follow by pid_node.parent
 * @count: how many there are
 */
struct pid_spares {
	struct pid_node	*first;
	unsigned int	count;
};

/* kernel/pid_node.c */
void pid_node_free(struct pid_node *node);
void pid_node_free_later(struct pid_node *node);
int pid_spares_fill(struct pid_spares *spares, unsigned int wanted);
struct pid_node *pid_spares_take(struct pid_spares *spares);
void pid_spares_free(struct pid_spares *spares);

/* kernel/pid.c */
int pid_cache_prepare(unsigned int level);

#if IS_ENABLED(CONFIG_KUNIT)
struct pid_node *pid_node_alloc(void);
#endif

#endif /* _KERNEL_PID_CORE_H */
