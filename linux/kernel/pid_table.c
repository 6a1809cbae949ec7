// SPDX-License-Identifier: GPL-2.0-only
/*
 * The number table of a pid namespace.
 *
 * include/linux/pid_table.h has the words, the shape and the locking. What
 * shapes this file:
 *
 * - Numbers ascend, so the next one is nearly always in the leaf that the last
 *   one came from: kernel/pid_table_fast.h looks there first.
 * - Memory is had outside the lock: where nodes are missing the lock is dropped,
 *   the nodes are allocated (kernel/pid_node.c), and the choice is made again.
 * - A node that holds nothing goes back at once, except the cursor's leaf and
 *   the way to it: a lone process that forks and reaps would otherwise allocate
 *   and free a leaf each time.
 */

#include <linux/pid.h>
#include <linux/pid_table.h>
#include "pid_core.h"
#include "pid_table_fast.h"

static struct pid_node *table_root(const struct pid_table *t)
{
	return rcu_dereference_protected(t->root, lockdep_is_held(&t->lock));
}

static struct pid_node *child_of(const struct pid_table *t,
				 const struct pid_node *node, unsigned int i)
{
	return rcu_dereference_protected(node->slot[i],
					 lockdep_is_held(&t->lock));
}

static unsigned int slot_of(const struct pid_node *node, unsigned int nr)
{
	return (nr >> node->shift) % PID_NODE_SLOTS;
}

/* Is @nr under @root: under a node below, base would have to be looked at. */
static bool covers(const struct pid_node *root, unsigned int nr)
{
	return nr >> root->shift < PID_NODE_SLOTS;
}

/* The first number after those of @node. */
static unsigned int node_end(const struct pid_node *node)
{
	return node->base + (PID_NODE_SLOTS << node->shift);
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
	__set_bit(i, parent->used);
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
	__set_bit(0, node->used);
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

/*
 * The lowest number that is free and not below @nr; past every limit when all
 * are taken. full leads past children without room, so that the lock is held
 * for a few walks at most, however many numbers are taken.
 */
static unsigned int next_free(const struct pid_table *t, unsigned int nr)
{
	struct pid_node *root = table_root(t), *node = root;
	unsigned int i;

	while (node && covers(root, nr)) {
		i = find_next_zero_bit(node->shift ? node->full : node->used,
				       PID_NODE_SLOTS, slot_of(node, nr));
		if (i == PID_NODE_SLOTS) {
			nr = node_end(node);
			node = root;
			continue;
		}
		nr = max(nr, node->base + (i << node->shift));
		if (!node->shift)
			break;
		node = child_of(t, node, i);
	}

	return nr;
}

/* The next number in turn: from the cursor on, after the limit from the start. */
static unsigned int next_in_turn(const struct pid_table *t, unsigned int max)
{
	/* Daemons of the boot keep the low numbers once they were passed. */
	unsigned int min = t->next > RESERVED_PIDS ? RESERVED_PIDS : 1;
	unsigned int nr = next_free(t, t->next);

	return nr < max ? nr : next_free(t, min);
}

/**
 * pid_node_mark_full() - see that searches skip a node without room
 * @node: node of a table whose lock is held
 *
 * Context: The table's lock.
 */
void pid_node_mark_full(struct pid_node *node)
{
	while (node->parent && bitmap_full(node->shift ? node->full : node->used,
					   PID_NODE_SLOTS)) {
		__set_bit(slot_of(node->parent, node->base), node->parent->full);
		node = node->parent;
	}
}

static void mark_room(struct pid_node *node)
{
	while (node->parent &&
	       __test_and_clear_bit(slot_of(node->parent, node->base),
				    node->parent->full))
		node = node->parent;
}

/* Give back @node and those above it, as far as they hold nothing. */
static void prune(struct pid_table *t, struct pid_node *node)
{
	struct pid_node *parent, *root;
	unsigned int i;

	while (node && node != t->cur &&
	       bitmap_empty(node->used, PID_NODE_SLOTS)) {
		parent = node->parent;
		if (parent) {
			i = slot_of(parent, node->base);
			RCU_INIT_POINTER(parent->slot[i], NULL);
			__clear_bit(i, parent->used);
		} else {
			RCU_INIT_POINTER(t->root, NULL);
		}
		pid_node_free_later(node);
		node = parent;
	}

	/* A root with its first child alone makes every walk longer. */
	for (root = table_root(t); root && root->shift; root = node) {
		if (find_next_bit(root->used, PID_NODE_SLOTS, 1) < PID_NODE_SLOTS)
			break;
		node = child_of(t, root, 0);
		node->parent = NULL;
		rcu_assign_pointer(t->root, node);
		pid_node_free_later(root);
	}
}

static int take(struct pid_table *t, struct pid_node *leaf, unsigned int nr,
		void __rcu ***slot)
{
	unsigned int i = nr % PID_NODE_SLOTS;

	__set_bit(i, leaf->used);
	if (bitmap_full(leaf->used, PID_NODE_SLOTS))
		pid_node_mark_full(leaf);
	WRITE_ONCE(t->count, t->count + 1);
	*slot = &leaf->slot[i];
	return nr;
}

static void move_cursor(struct pid_table *t, struct pid_node *leaf,
			unsigned int nr)
{
	struct pid_node *old = t->cur;

	WRITE_ONCE(t->next, nr + 1);
	t->cur = leaf;
	if (old && old != leaf)
		prune(t, old);
}

/**
 * pid_table_reserve_slowly() - reserve a number in any case
 * @t: table, its lock held
 * @nr: the number, 0 for the next in turn
 * @max: the first number that is too large
 * @slot: set to the number's place
 *
 * The loop ends: what was chosen is taken under the same lock hold in which the
 * spares turn out to be enough.
 *
 * Context: Process context, may sleep. Drops the table's lock.
 * Return: As pid_table_reserve() and pid_table_reserve_nr().
 */
int pid_table_reserve_slowly(struct pid_table *t, unsigned int nr,
			     unsigned int max, void __rcu ***slot)
	__releases(&t->lock)
{
	struct pid_spares spares = { };
	unsigned int chosen, missing;
	struct pid_node *leaf;
	int ret;

	for (;;) {
		ret = -EAGAIN;
		chosen = nr ?: next_in_turn(t, max);
		if (chosen >= max)
			break;

		leaf = find_leaf(t, chosen, &missing);
		ret = -EEXIST;
		if (leaf && test_bit(chosen % PID_NODE_SLOTS, leaf->used))
			break;

		ret = -ENOMEM;
		if (t->closed)
			break;

		if (missing <= spares.count) {
			leaf = leaf ?: make_leaf(t, chosen, &spares);
			ret = take(t, leaf, chosen, slot);
			if (!nr)
				move_cursor(t, leaf, chosen);
			break;
		}

		spin_unlock(&t->lock);
		ret = pid_spares_fill(&spares, missing);
		if (ret)
			goto out;
		spin_lock(&t->lock);
	}

	spin_unlock(&t->lock);
out:
	pid_spares_free(&spares);
	return ret;
}

/**
 * pid_table_erase_slowly() - pid_table_erase() in any case
 * @t: table, its lock held
 * @nr: a number that is reserved or published
 *
 * Context: Drops the table's lock.
 * Return: As pid_table_erase().
 */
unsigned int pid_table_erase_slowly(struct pid_table *t, unsigned int nr)
	__releases(&t->lock)
{
	unsigned int i = nr % PID_NODE_SLOTS, left = t->count, missing;
	struct pid_node *leaf = find_leaf(t, nr, &missing);

	if (WARN_ON_ONCE(!leaf || !test_bit(i, leaf->used)))
		goto out;

	RCU_INIT_POINTER(leaf->slot[i], NULL);
	if (bitmap_full(leaf->used, PID_NODE_SLOTS))
		mark_room(leaf);
	__clear_bit(i, leaf->used);
	WRITE_ONCE(t->count, --left);
	if (!left)
		WRITE_ONCE(t->next, 1);
	if (leaf != t->cur && bitmap_empty(leaf->used, PID_NODE_SLOTS))
		prune(t, leaf);
out:
	spin_unlock(&t->lock);
	return left;
}

/**
 * pid_table_close() - give out no more numbers
 * @t: table
 *
 * Context: Process context. Takes and drops the table's lock: a reservation
 *	    that succeeds was made before this returns.
 */
void pid_table_close(struct pid_table *t)
{
	spin_lock(&t->lock);
	WRITE_ONCE(t->closed, true);
	spin_unlock(&t->lock);
}

/**
 * pid_table_set_last() - put the cursor behind a number
 * @t: table
 * @nr: the next number in turn is the first free one above it, 0 or more
 *
 * Context: Process context. Takes and drops the table's lock.
 */
void pid_table_set_last(struct pid_table *t, unsigned int nr)
{
	spin_lock(&t->lock);
	WRITE_ONCE(t->next, nr + 1);
	spin_unlock(&t->lock);
}

/*
 * One walk from the root: the entry at *@nr or after it in the same leaf, or
 * NULL with *@nr moved past what the walk found empty. used is a hint here,
 * read while others write it: a number that is published all the time has its
 * bits set all the time, and any other one may be missed.
 */
static void *walk_to_used(const struct pid_node *node, unsigned int *nr)
{
	unsigned int i;
	void *entry;

	for (;;) {
		/* A hint, as said above. */
		i = data_race(find_next_bit(node->used, PID_NODE_SLOTS,
					    slot_of(node, *nr)));
		if (i == PID_NODE_SLOTS) {
			*nr = node_end(node);
			return NULL;
		}

		*nr = max(*nr, node->base + (i << node->shift));
		entry = rcu_dereference_raw(node->slot[i]);
		if (!entry)
			*nr = node->base + ((i + 1) << node->shift);
		if (!entry || !node->shift)
			return entry;
		node = entry;
	}
}

/**
 * pid_table_next() - the first published entry at a number or after it
 * @t: table
 * @nr: where to begin
 *
 * Context: RCU read side.
 * Return: An entry, NULL when there is none. What is published all through the
 *	   call is found.
 */
void *pid_table_next(const struct pid_table *t, unsigned int nr)
{
	struct pid_node *root;
	void *entry;

	for (;;) {
		root = rcu_dereference_raw(t->root);
		if (!root || !covers(root, nr))
			return NULL;
		entry = walk_to_used(root, &nr);
		if (entry)
			return entry;
	}
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

/**
 * pid_table_destroy() - free what a table holds when its numbers are gone
 * @t: table
 *
 * Context: Any, when no reader and no writer is left: after a grace period.
 */
void pid_table_destroy(struct pid_table *t)
{
	struct pid_node *node, *parent;

	/* The cursor's leaf and the way to it are all that an empty table keeps. */
	WARN_ON_ONCE(t->count);
	for (node = t->cur; node; node = parent) {
		parent = node->parent;
		if (parent)
			RCU_INIT_POINTER(parent->slot[slot_of(parent, node->base)],
					 NULL);
		pid_node_free(node);
	}
}
