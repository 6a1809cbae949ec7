/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the pid core share with each other and with their tests,
 * and with nobody else.
 */
#ifndef _KERNEL_PID_CORE_H
#define _KERNEL_PID_CORE_H

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/pid_table.h>

/**
 * struct pid_spares - nodes in hand that are in no tree yet
 * @first: one of them; the others follow by pid_node.parent
 * @count: how many there are
 */
struct pid_spares {
	struct pid_node	*first;
	unsigned int	count;
};

static inline unsigned int slot_of(const struct pid_node *node, unsigned int nr)
{
	return (nr >> node->shift) % PID_NODE_SLOTS;
}

/* Is @nr under @root: under a node below, base would have to be looked at. */
static inline bool covers(const struct pid_node *root, unsigned int nr)
{
	return nr >> root->shift < PID_NODE_SLOTS;
}

/* The first number after those of @node. */
static inline unsigned int node_end(const struct pid_node *node)
{
	return node->base + (PID_NODE_SLOTS << node->shift);
}

/* The cursor in a leaf: whoever found its end has moved it past that. */
static inline unsigned int leaf_cursor(const struct pid_node *leaf)
{
	return leaf->base + min(atomic_read(&leaf->next), PID_NODE_SLOTS);
}

/* kernel/pid_table.c */
unsigned int pid_table_cursor(const struct pid_table *t);
void pid_table_set_cursor(struct pid_table *t, unsigned int nr);

/* kernel/pid_table_walk.c */
struct pid_node *pid_table_next_leaf(const struct pid_table *t, unsigned int *nr);

/* kernel/pid_table_ns.c */
#ifdef CONFIG_PID_NS
void pid_table_begin_again(struct pid_table *t);

static inline bool pid_table_is_closed(const struct pid_table *t)
{
	return READ_ONCE(t->closed);
}
#else
/* Number 1 stays, and so does the table. */
static inline void pid_table_begin_again(struct pid_table *t)
{
}

static inline bool pid_table_is_closed(const struct pid_table *t)
{
	return false;
}
#endif

/* kernel/pid_node.c */
void pid_node_free(struct pid_node *node);
void pid_node_free_later(struct pid_node *node);
int pid_spares_fill(struct pid_spares *spares, unsigned int wanted);
struct pid_node *pid_spares_take(struct pid_spares *spares);
void pid_spares_free(struct pid_spares *spares);

/* kernel/pid.c: one a level */
extern struct kmem_cache *pid_caches[];

#if IS_ENABLED(CONFIG_KUNIT)
struct pid_node *pid_node_alloc(void);
#endif

#endif /* _KERNEL_PID_CORE_H */
