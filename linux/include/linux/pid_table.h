/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The number table: which numbers of one pid namespace are taken, and by whom.
 *
 * Words: a *number* is an int, 1 ... 4,194,303. It is *reserved* (taken, but
 * nobody finds it), then *published* (lookups find its pid), then *erased*.
 * The *cursor* is the number after the last one that the table chose itself.
 *
 * The shape: a tree of nodes of 64 slots, as high as its largest number needs.
 * A *leaf* (shift 0) holds pids, a node above it holds nodes:
 *
 *	root (shift 6)            used ...0101   a bit: that child is there
 *	  |         |             full ...0001   a bit: that child has no room
 *	leaf 0    leaf 2
 *	1 ... 63  128 ... 191     used ...0110   a bit: that number is taken
 *
 * Locking: pid_table.lock protects everything but what readers load, which are
 * root, slot and the hint in used; they run under RCU and see each number
 * either published or absent. Nodes are freed after a grace period. The lock is
 * a leaf lock taken in process context only, never inside tasklist_lock.
 */
#ifndef _LINUX_PID_TABLE_H
#define _LINUX_PID_TABLE_H

#include <linux/bitmap.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#define PID_NODE_SHIFT	6
#define PID_NODE_SLOTS	64
/* The first number too large: what linux/threads.h allows pid_max on 64 bits. */
#define PID_TABLE_LIMIT	(4 * 1024 * 1024)

/**
 * struct pid_node - 64 slots of the number table
 * @used: leaf: numbers taken; above: children present
 * @full: above a leaf: children that have no number left
 * @parent: the node above, NULL in the root
 * @base: the first number under this node
 * @shift: bits of a number below one slot: 0 in a leaf
 * @rcu: frees the node after its last reader
 * @slot: leaf: struct pid; above: struct pid_node
 */
struct pid_node {
	DECLARE_BITMAP(used, PID_NODE_SLOTS);
	DECLARE_BITMAP(full, PID_NODE_SLOTS);
	struct pid_node		*parent;
	unsigned int		base;
	unsigned int		shift;
	struct rcu_head		rcu;
	void __rcu		*slot[PID_NODE_SLOTS];
};

/**
 * struct pid_table - the numbers of one namespace
 * @lock: protects all fields, and every node but for lockless loads
 * @count: numbers reserved or published
 * @next: the cursor
 * @closed: no number is given out any more
 * @cur: the leaf that the cursor's last number came from; kept when empty
 * @root: the top of the tree; NULL before the first number
 *
 * The fields that each fork writes come first, the one that each lookup reads
 * comes last, so that the embedding structure can put a line between them.
 */
struct pid_table {
	spinlock_t		lock;	/* protects all but lockless loads */
	unsigned int		count;
	unsigned int		next;
	bool			closed;
	struct pid_node		*cur;
	struct pid_node __rcu	*root;
};

#define PID_TABLE_INIT(name) {					\
	.lock	= __SPIN_LOCK_UNLOCKED((name).lock),		\
	.next	= 1,						\
}

void pid_table_init(struct pid_table *t);
void pid_table_destroy(struct pid_table *t);
void pid_table_close(struct pid_table *t);
void pid_table_set_last(struct pid_table *t, unsigned int nr);
void *pid_table_next(const struct pid_table *t, unsigned int nr);
void pid_table_boot(void);

/**
 * pid_table_publish() - let lookups find a reserved number
 * @slot: what the reservation returned
 * @entry: what lookups are to return
 *
 * A reserved number pins its leaf, so the slot can be written without the lock
 * and without another walk.
 *
 * Context: Any. Pairs with the dependent loads in pid_table_find().
 */
static inline void pid_table_publish(void __rcu **slot, void *entry)
{
	rcu_assign_pointer(*slot, entry);
}

/**
 * pid_table_find() - what is published under a number
 * @t: table
 * @nr: any number, also one that the table never gave out
 *
 * Context: RCU read side, or anything that keeps the number from being erased.
 * Return: The published entry, NULL if there is none.
 */
static inline void *pid_table_find(const struct pid_table *t, unsigned int nr)
{
	struct pid_node *node = rcu_dereference_raw(t->root);
	unsigned int shift;

	if (!node)
		return NULL;

	shift = node->shift;
	if (nr >> shift >= PID_NODE_SLOTS)
		return NULL;

	for (; shift; shift -= PID_NODE_SHIFT) {
		node = rcu_dereference_raw(node->slot[(nr >> shift) % PID_NODE_SLOTS]);
		if (!node)
			return NULL;
	}

	return rcu_dereference_raw(node->slot[nr % PID_NODE_SLOTS]);
}

/**
 * pid_table_last() - the number that the table chose last
 * @t: table
 *
 * Context: Any; the answer is old as soon as it is had.
 * Return: A number, 0 if the table chose none yet.
 */
static inline unsigned int pid_table_last(const struct pid_table *t)
{
	return READ_ONCE(t->next) - 1;
}

#endif /* _LINUX_PID_TABLE_H */
