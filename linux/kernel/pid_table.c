// SPDX-License-Identifier: GPL-2.0-only
/*
 * The number table of a pid namespace.
 *
 * include/linux/pid_table.h has the words, the shape and the locking. What
 * shapes this file:
 *
 * - Numbers ascend, so the next one is nearly always in the leaf that the last
 *   one came from: kernel/pid_table_fast.h takes it there, without the lock.
 * - Memory is had outside the lock: where nodes are missing the lock is dropped,
 *   the nodes are allocated (kernel/pid_node.c), and the choice is made again.
 * - A node that holds nothing goes back at once, except the cursor's leaf and
 *   the way to it: a lone process that forks and reaps would otherwise allocate
 *   and free a leaf each time.
 *
 * The lock does not keep others from claiming and clearing bits of a leaf's
 * used. Whatever is decided here by such a bit is decided by an atomic change of
 * it, or looked at again under the lock by whoever changed it.
 */

#include <linux/bitops.h>
#include <linux/pid.h>
#include <linux/pid_table.h>
#include "pid_core.h"
#include "pid_table_fast.h"

static struct pid_node *table_root(const struct pid_table *t)
{
	return rcu_dereference_protected(t->root, lockdep_is_held(&t->lock));
}

static struct pid_node *table_cur(const struct pid_table *t)
{
	return rcu_dereference_protected(t->cur, lockdep_is_held(&t->lock));
}

static struct pid_node *child_of(const struct pid_table *t,
				 const struct pid_node *node, unsigned int i)
{
	return rcu_dereference_protected(node->slot[i],
					 lockdep_is_held(&t->lock));
}

/* The slots of @node that have no number left, as bits. */
static unsigned long node_taken(const struct pid_node *node)
{
	return node->shift ? node->full : READ_ONCE(node->used);
}

/* The shift of the lowest root that covers @nr. */
static unsigned int root_shift(unsigned int nr)
{
	unsigned int shift = 0;

	while (nr >> shift >= PID_NODE_SLOTS)
		shift += PID_NODE_SHIFT;

	return shift;
}

/*
 * The leaf of @nr, or NULL where the way to it ends; *@missing tells how many
 * nodes it takes to get there.
 */
static struct pid_node *find_leaf(const struct pid_table *t, unsigned int nr,
				  unsigned int *missing)
{
	unsigned int shift = root_shift(nr);
	struct pid_node *node = table_root(t);

	if (!node) {
		*missing = shift / PID_NODE_SHIFT + 1;
		return NULL;
	}
	if (!covers(node, nr)) {
		/* New roots above the old one, then a way down beside it. */
		*missing = (shift - node->shift + shift) / PID_NODE_SHIFT;
		return NULL;
	}

	while (node->shift) {
		*missing = node->shift / PID_NODE_SHIFT;
		node = child_of(t, node, slot_of(node, nr));
		if (!node)
			return NULL;
	}

	*missing = 0;
	return node;
}

static void link_node(struct pid_node *parent, struct pid_node *node,
		      unsigned int base)
{
	unsigned int i = slot_of(parent, base);

	node->parent = parent;
	node->base = base;
	node->shift = parent->shift - PID_NODE_SHIFT;
	rcu_assign_pointer(parent->slot[i], node);
	WRITE_ONCE(parent->used, parent->used | BIT(i));
}

static void set_root(struct pid_table *t, struct pid_node *node,
		     unsigned int shift)
{
	node->parent = NULL;
	node->base = 0;
	node->shift = shift;
	rcu_assign_pointer(t->root, node);
}

static void add_root(struct pid_table *t, struct pid_node *node)
{
	struct pid_node *old = table_root(t);

	/* Filled before it is seen: a reader must not lose the old numbers. */
	RCU_INIT_POINTER(node->slot[0], old);
	node->used = BIT(0);
	/* The old root has room: nobody is given number 0. */

	set_root(t, node, old->shift + PID_NODE_SHIFT);
	old->parent = node;
}

/* Build the way to @nr out of @spares, which has as many as find_leaf() said. */
static struct pid_node *make_leaf(struct pid_table *t, unsigned int nr,
				  struct pid_spares *spares)
{
	struct pid_node *node, *child;

	if (!table_root(t))
		set_root(t, pid_spares_take(spares), root_shift(nr));
	while (!covers(table_root(t), nr))
		add_root(t, pid_spares_take(spares));

	for (node = table_root(t); node->shift; node = child) {
		child = child_of(t, node, slot_of(node, nr));
		if (child)
			continue;
		child = pid_spares_take(spares);
		link_node(node, child, round_down(nr, 1U << node->shift));
	}

	return node;
}

/* See that searches skip a node without room. */
static void mark_full(struct pid_node *node)
{
	while (node->parent && node_taken(node) == ~0UL) {
		node->parent->full |= BIT(slot_of(node->parent, node->base));
		node = node->parent;
	}
}

/*
 * The lowest number that is free and not below @nr; past every limit when all
 * are taken. full leads past children without room, so that the lock is held
 * for a few walks at most, however many numbers are taken.
 */
static unsigned int next_free(const struct pid_table *t, unsigned int nr)
{
	struct pid_node *root = table_root(t), *node = root;
	unsigned long free;
	unsigned int i;

	while (node && covers(root, nr)) {
		free = ~node_taken(node) & (~0UL << slot_of(node, nr));
		if (!free) {
			mark_full(node);
			nr = node_end(node);
			node = root;
			continue;
		}
		i = __ffs(free);
		nr = max(nr, node->base + (i << node->shift));
		if (!node->shift)
			break;
		node = child_of(t, node, i);
	}

	return nr;
}

/**
 * pid_table_cursor() - where the cursor is
 * @t: table
 *
 * Context: The table's lock.
 * Return: The number from which on the next one is looked for.
 */
unsigned int pid_table_cursor(const struct pid_table *t)
{
	struct pid_node *cur = table_cur(t);

	return cur ? leaf_cursor(cur) : t->next;
}

/* The next number in turn: on from the cursor, after the limit from the start. */
static unsigned int next_in_turn(const struct pid_table *t, unsigned int from,
				 unsigned int max)
{
	unsigned int nr = next_free(t, from);

	if (nr < max)
		return nr;

	/* Daemons of the boot keep the low numbers once they were passed. */
	return next_free(t, from > RESERVED_PIDS ? RESERVED_PIDS : 1);
}

/* See that they do not. A leaf that left the tree looks full, and stays so. */
static void mark_room(struct pid_node *node)
{
	struct pid_node *parent;
	unsigned long bit;

	for (; node_taken(node) != ~0UL; node = parent) {
		parent = node->parent;
		if (!parent)
			return;
		bit = BIT(slot_of(parent, node->base));
		if (!(parent->full & bit))
			return;
		parent->full &= ~bit;
	}
}

/* Is @node without use: then nobody can take a number in it from now on. */
static bool retire(struct pid_node *node)
{
	return node->shift ? !node->used : !cmpxchg(&node->used, 0, ~0UL);
}

/*
 * A slot without a child has room. Whoever found the leaf full and erased from it
 * first may be late with mark_room(), and would find it gone.
 */
static void unlink_node(struct pid_table *t, struct pid_node *node)
{
	struct pid_node *parent = node->parent;
	unsigned int i;

	if (parent) {
		i = slot_of(parent, node->base);
		RCU_INIT_POINTER(parent->slot[i], NULL);
		WRITE_ONCE(parent->used, parent->used & ~BIT(i));
		parent->full &= ~BIT(i);
		mark_room(parent);
	} else {
		RCU_INIT_POINTER(t->root, NULL);
	}
	pid_node_free_later(node);
}

/* Give back @node and those above it, as far as they hold nothing. */
static void prune(struct pid_table *t, struct pid_node *node)
{
	struct pid_node *parent, *root;

	for (; node && node != table_cur(t) && retire(node); node = parent) {
		parent = node->parent;
		unlink_node(t, node);
	}

	/* A root with its first child alone makes every walk longer. */
	for (root = table_root(t); root && root->shift; root = node) {
		if (root->used != BIT(0))
			break;
		node = child_of(t, root, 0);
		node->parent = NULL;
		rcu_assign_pointer(t->root, node);
		pid_node_free_later(root);
	}
}

/*
 * Look after the leaf in which the cursor was. It was not marked when its last
 * number was taken; one that is taken in it from now on makes it full without
 * notice, until next_free() comes by.
 */
static void leave_leaf(struct pid_table *t, struct pid_node *old)
{
	smp_mb(); /* pairs with the atomic change in pid_table_erase() */
	if (!old)
		return;

	mark_full(old);
	prune(t, old);
}

/**
 * pid_table_set_cursor() - let the cursor be at a number, in no leaf
 * @t: table
 * @nr: the number
 *
 * Context: The table's lock.
 */
void pid_table_set_cursor(struct pid_table *t, unsigned int nr)
{
	struct pid_node *old = table_cur(t);

	lockdep_assert_held(&t->lock);
	WRITE_ONCE(t->next, nr);
	RCU_INIT_POINTER(t->cur, NULL);
	leave_leaf(t, old);
}

/*
 * Let the cursor go from @from to behind @nr, which is in @leaf. Within a leaf
 * others may have moved it on meanwhile: it goes back in a wrap only.
 */
static void move_cursor(struct pid_table *t, struct pid_node *leaf,
			unsigned int from, unsigned int nr)
{
	const int behind = nr % PID_NODE_SLOTS + 1;
	struct pid_node *old = table_cur(t);
	int next = atomic_read(&leaf->next);

	if (leaf == old && nr >= from) {
		while (next < behind &&
		       !atomic_try_cmpxchg(&leaf->next, &next, behind))
			;
		return;
	}

	atomic_set(&leaf->next, behind);
	if (leaf == old)
		return;
	rcu_assign_pointer(t->cur, leaf);
	leave_leaf(t, old);
}

/* Is @nr taken, and its slot at *@slot? Not if somebody else was faster. */
static bool claim(struct pid_node *leaf, unsigned int nr, void __rcu ***slot)
{
	if (test_and_set_bit(nr % PID_NODE_SLOTS, &leaf->used))
		return false;

	mark_full(leaf);
	*slot = &leaf->slot[nr % PID_NODE_SLOTS];
	return true;
}

static bool is_taken(const struct pid_node *leaf, unsigned int nr)
{
	return leaf && READ_ONCE(leaf->used) & BIT(nr % PID_NODE_SLOTS);
}

/*
 * One try to reserve @nr, or the next in turn, with @spares. -ENOBUFS: there are
 * fewer than *@missing; -ERESTART: what was chosen was taken meanwhile.
 */
static int try_to_reserve(struct pid_table *t, unsigned int nr, unsigned int max,
			  struct pid_spares *spares, unsigned int *missing,
			  void __rcu ***slot)
{
	unsigned int from = pid_table_cursor(t), chosen = nr ?: next_in_turn(t, from, max);
	struct pid_node *leaf;

	lockdep_assert_held(&t->lock);
	if (chosen >= max)
		return -EAGAIN;

	leaf = find_leaf(t, chosen, missing);
	if (is_taken(leaf, chosen))
		return nr ? -EEXIST : -ERESTART;
	if (pid_table_is_closed(t))
		return -ENOMEM;
	if (*missing > spares->count)
		return -ENOBUFS;

	leaf = leaf ?: make_leaf(t, chosen, spares);
	if (!claim(leaf, chosen, slot))
		return -ERESTART;
	if (!nr)
		move_cursor(t, leaf, from, chosen);

	return chosen;
}

/**
 * pid_table_reserve_slowly() - reserve a number in any case
 * @t: table
 * @nr: the number, 0 for the next in turn
 * @max: the first number that is too large
 * @slot: set to the number's place
 *
 * The loop ends: each time round memory was had for what was missing, or
 * somebody else made progress.
 *
 * Context: Process context, may sleep. Takes and drops the table's lock.
 * Return: As pid_table_reserve() and pid_table_reserve_nr().
 */
int pid_table_reserve_slowly(struct pid_table *t, unsigned int nr,
			     unsigned int max, void __rcu ***slot)
{
	struct pid_spares spares = { };
	unsigned int missing = 0;
	int ret;

	/* The next in turn is here mostly as it begins a leaf; if not, as well. */
	if (!nr)
		pid_spares_fill(&spares, 1);

	do {
		ret = pid_spares_fill(&spares, missing);
		if (ret)
			break;
		spin_lock(&t->lock);
		ret = try_to_reserve(t, nr, max, &spares, &missing, slot);
		spin_unlock(&t->lock);
	} while (ret == -ENOBUFS || ret == -ERESTART);

	pid_spares_free(&spares);
	return ret;
}

/**
 * pid_table_erased() - look after a leaf that was full or is empty now
 * @t: table
 * @leaf: the leaf
 * @used: what the leaf's bits were before
 * @nr: the number that was erased
 *
 * Context: RCU read side, as @leaf may have left the tree meanwhile. Takes and
 *	    drops the table's lock.
 */
void pid_table_erased(struct pid_table *t, struct pid_node *leaf,
		      unsigned long used, unsigned int nr)
{
	spin_lock(&t->lock);
	if (used == ~0UL) {
		mark_room(leaf);
	} else {
		prune(t, leaf);
		if (nr == 1)
			pid_table_begin_again(t);
	}
	spin_unlock(&t->lock);
}

/**
 * pid_table_init() - make a table fit for use
 * @t: table, memory that is all zero
 *
 * Context: Any. The first number brings the first memory.
 */
void pid_table_init(struct pid_table *t)
{
	spin_lock_init(&t->lock);
	t->next = 1;
}
