/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The number table: which numbers of one pid namespace are taken, and by whom.
 *
 * Words: a *number* is an int, 1 ... 4,194,303. It is *reserved* (taken, but
 * nobody finds it), then *published* (lookups find its pid), then *erased*.
 * The *cursor* is the number after the last one that the table chose itself.
 *
 * The shape: a tree of nodes with a slot for each bit of a word, as high as its
 * largest number needs. A *leaf* (shift 0) holds pids, a node above it nodes:
 *
 *	root (shift 6)            used ...0101   a bit: that child is there
 *	  |         |             full ...0001   a bit: that child has no room
 *	leaf 0    leaf 2
 *	1 ... 63  128 ... 191     used ...0110   a bit: that number is taken
 *
 * Who sets a bit of a leaf's used has that number, and who clears it gives it
 * back; both are atomic, and take no lock. A number that is taken pins its leaf.
 * A leaf that leaves the tree has all its bits set, in one step from none, so
 * that whoever still looks at it finds no number there.
 *
 * Locking: pid_table.lock protects the shape: which nodes are in the tree, their
 * bits but for a leaf's used, where the cursor's leaf is. Readers are under RCU
 * and see each number either published or absent. Nodes are freed after a grace
 * period. The lock is a leaf lock taken in process context only, never inside
 * tasklist_lock, for one fork and one exit in 64.
 */
#ifndef _LINUX_PID_TABLE_H
#define _LINUX_PID_TABLE_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/log2.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#define PID_NODE_SLOTS	BITS_PER_LONG
#define PID_NODE_SHIFT	ilog2(BITS_PER_LONG)
/* The first number too large: what linux/threads.h allows pid_max on 64 bits. */
#define PID_TABLE_LIMIT	(4 * 1024 * 1024)

/**
 * struct pid_node - the slots of one word of bits
 * @used: leaf: numbers taken; above: children present
 * @full: above a leaf: children that have no number left
 * @next: the cursor's leaf: its next slot, from PID_NODE_SLOTS on none
 * @base: the first number under this node
 * @shift: bits of a number below one slot: 0 in a leaf
 * @parent: the node above, NULL in the root
 * @rcu: frees the node after its last reader
 * @slot: leaf: struct pid; above: struct pid_node
 */
struct pid_node {
	unsigned long		used;
	union {
		unsigned long	full;
		atomic_t	next;
	};
	unsigned int		base;
	unsigned int		shift;
	struct pid_node		*parent;
	struct rcu_head		rcu;
	void __rcu		*slot[PID_NODE_SLOTS];
};

/**
 * struct pid_table - the numbers of one namespace
 * @root: the top of the tree; NULL before the first number
 * @cur: the cursor's leaf, kept when empty; NULL if the cursor is not in one
 * @next: the cursor, where there is no @cur
 * @closed: no number is given out any more; written under @lock
 * @lock: protects the shape, see above
 *
 * A fork writes here once in 64 times, so lookups find the line in their cache.
 */
struct pid_table {
	struct pid_node __rcu	*root;
	struct pid_node __rcu	*cur;
	unsigned int		next;
	bool			closed;
	spinlock_t		lock;	/* protects the shape of the tree */
};

#define PID_TABLE_INIT(name) {					\
	.next	= 1,						\
	.lock	= __SPIN_LOCK_UNLOCKED((name).lock),		\
}

void pid_table_init(struct pid_table *t);
void pid_table_destroy(struct pid_table *t);
void pid_table_close(struct pid_table *t);
void pid_table_set_last(struct pid_table *t, unsigned int nr);
unsigned int pid_table_last(const struct pid_table *t);
unsigned int pid_table_count(const struct pid_table *t, unsigned int enough);
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
 * pid_table_leaf() - the leaf of a number
 * @t: table
 * @nr: any number, also one that the table never gave out
 *
 * Context: RCU read side.
 * Return: The leaf, NULL if there is none; it may leave the tree meanwhile,
 *	   unless @nr is taken.
 */
static inline struct pid_node *pid_table_leaf(const struct pid_table *t,
					      unsigned int nr)
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

	return node;
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
	struct pid_node *leaf = pid_table_leaf(t, nr);

	return leaf ? rcu_dereference_raw(leaf->slot[nr % PID_NODE_SLOTS]) : NULL;
}

#endif /* _LINUX_PID_TABLE_H */
