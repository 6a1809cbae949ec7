// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table against a model: a byte a number, searched from end to end. The
 * model shares nothing with the table but its text: what is free, reserved or
 * published, where the cursor is, whether it is closed.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/errno.h>
#include <linux/pid.h>
#include <linux/pid_table.h>
#include "pid_table_fast.h"
#include "native.h"
#include "test.h"

/* Operations on a table, at least; then it is emptied and a new one made. */
#define PER_TABLE	50000
/* Operations between two looks at every node. */
#define PER_LOOK	5000

enum { FREE, RESERVED, PUBLISHED };

static unsigned char state[PID_TABLE_LIMIT + 1];
static void __rcu **slots[PID_TABLE_LIMIT];
static uint32_t tag[PID_TABLE_LIMIT];
static uint32_t last_tag;

/* All that are not free, in any order; at[] is where a number is in it. */
static uint32_t live[PID_TABLE_LIMIT], at[PID_TABLE_LIMIT];
static unsigned int nr_live, next, top;
static bool closed;

static struct pid_table *t;
static uint64_t random_state;

static unsigned int below(unsigned int limit)
{
	return random_u32(&random_state) % limit;
}

/* Different for each time that a number is published. */
static void *entry_of(unsigned int nr)
{
	return (void *)(((uint64_t)tag[nr] << 24 | nr) << 2);
}

static unsigned int model_search(int what, unsigned int from, unsigned int end)
{
	unsigned char *found;

	if (from >= end)
		return end;
	found = memchr(state + from, what, end - from);
	return found ? found - state : end;
}

/* Closed matters last: who asks for what is not to be had is told that. */
static int model_reserve(unsigned int max)
{
	unsigned int nr;

	nr = model_search(FREE, next, max);
	if (nr >= max)
		nr = model_search(FREE, next > RESERVED_PIDS ? RESERVED_PIDS : 1,
				  max);
	if (nr >= max)
		return -EAGAIN;
	return closed ? -ENOMEM : nr;
}

static void model_add(unsigned int nr, void __rcu **slot)
{
	state[nr] = RESERVED;
	slots[nr] = slot;
	at[nr] = nr_live;
	live[nr_live++] = nr;
	if (nr > top)
		top = nr;
}

static void model_remove(unsigned int nr)
{
	uint32_t last = live[--nr_live];

	state[nr] = FREE;
	live[at[nr]] = last;
	at[last] = at[nr];
	if (!nr_live && nr == 1 && !closed)
		next = 1;
}

static void check_state(const char *after)
{
	unsigned int enough = below(8) ? 3 : PID_TABLE_LIMIT;
	unsigned int count = pid_table_count(t, enough);

	check(count >= enough ? nr_live >= enough : count == nr_live,
	      "%s: %u numbers, not %u", after, count, nr_live);
	check(pid_table_last(t) == next - 1, "%s: the last number is %u, not %u",
	      after, pid_table_last(t), next - 1);
}

static void publish(unsigned int nr)
{
	tag[nr] = ++last_tag;
	pid_table_publish(slots[nr], entry_of(nr));
	state[nr] = PUBLISHED;
}

/* @nr: 0 for the next in turn. One time in eight memory runs out somewhere. */
static void do_reserve(unsigned int nr, unsigned int max)
{
	long nodes;
	int got, want;
	void __rcu **slot = NULL;

	if (nr)
		want = state[nr] != FREE ? -EEXIST : closed ? -ENOMEM : nr;
	else
		want = model_reserve(max);

	rcu_drain();
	nodes = slab_objects();
	slab_until_failure = below(8) ? -1 : below(4);
	got = nr ? pid_table_reserve_nr(t, nr, &slot) :
		   pid_table_reserve(t, max, &slot);
	/* The next in turn can do without what it asks for in advance. */
	check(!slab_failed || !nr || got == -ENOMEM, "failed allocation: %d", got);
	if (slab_failed && got == -ENOMEM) {
		slab_failed = false;
		check(slab_objects() == nodes,
		      "failed allocation: %ld nodes, not %ld", slab_objects(),
		      nodes);
		check_state("failed allocation");
		return;
	}
	slab_failed = false;
	slab_until_failure = -1;

	check(got == want, "reserve(%u, max %u) is %d, not %d", nr, max, got,
	      want);
	if (got > 0) {
		if (!nr)
			next = got + 1;
		model_add(got, slot);
		if (below(4))
			publish(got);
	}
	check_state("reserve");
}

/* How many numbers are taken in the leaf of @nr. */
static unsigned int beside(unsigned int nr)
{
	unsigned int i, count = 0;

	nr -= nr % PID_NODE_SLOTS;
	for (i = 0; i < PID_NODE_SLOTS; i++)
		count += state[nr + i] != FREE;

	return count;
}

static void do_erase(unsigned int nr)
{
	bool few = pid_table_erase(t, nr);

	model_remove(nr);
	check(few == (closed && beside(nr) <= 2), "erase(%u) is %d with %u left",
	      nr, few, beside(nr));
	check(!pid_table_find(t, nr), "%u is found when erased", nr);
	check_state("erase");
}

static void do_find(unsigned int nr)
{
	void *got = pid_table_find(t, nr), *want = NULL;

	if (nr < PID_TABLE_LIMIT && state[nr] == PUBLISHED)
		want = entry_of(nr);
	check(got == want, "find(%u) is %p, not %p", nr, got, want);
}

static void do_next(unsigned int nr)
{
	unsigned int found = model_search(PUBLISHED, nr, top + 1);
	void *got = pid_table_next(t, nr), *want = NULL;

	if (nr <= top && found <= top)
		want = entry_of(found);
	check(got == want, "next(%u) is %p, not %p", nr, got, want);
}

/* Every node: is it where it belongs, needed, and are its bits right? */
static long look_at(struct pid_node *node, struct pid_node *parent,
		    unsigned int base, unsigned int *numbers)
{
	unsigned int i, first, used, none_left, full = 0;
	struct pid_node *child, *path;
	long nodes = 1;

	check(node->parent == parent, "node of %u: wrong parent", base);
	check(node->base == base, "node of %u: base %u", base, node->base);
	for (i = 0; i < PID_NODE_SLOTS; i++) {
		first = base + (i << node->shift);
		used = node->used >> i & 1;
		if (!node->shift) {
			check(used == (state[first] != FREE),
			      "number %u: bit is %u", first, used);
			check(node->slot[i] == (state[first] == PUBLISHED ?
						entry_of(first) : NULL),
			      "number %u: slot is %p", first, node->slot[i]);
			*numbers += used;
			continue;
		}
		child = node->slot[i];
		check(used == !!child, "child at %u: bit is %u", first, used);
		full = node->full >> i & 1;
		check(child || !full, "child at %u: full, and not there", first);
		if (!child)
			continue;
		check(child->shift == node->shift - PID_NODE_SHIFT,
		      "child at %u: shift %u", first, child->shift);
		nodes += look_at(child, node, first, numbers);
		/* The cursor's leaf may wait until the cursor leaves it. */
		none_left = !~(child->shift ? child->full : child->used);
		check(full == none_left || (none_left && child == t->cur),
		      "child at %u: full is %u", first, full);
	}

	if (!node->used) {
		for (path = t->cur; path && path != node; path = path->parent)
			;
		check(path, "node of %u, shift %u is empty and stays", base,
		      node->shift);
	}
	return nodes;
}

static void look_at_all(void)
{
	struct pid_node *root = t->root;
	unsigned int numbers = 0;
	long nodes = 0;

	rcu_drain();
	if (root) {
		nodes = look_at(root, NULL, 0, &numbers);
		check(!root->shift || root->used != 1,
		      "a root of shift %u with its first child alone",
		      root->shift);
	}
	check(numbers == nr_live, "the nodes have %u numbers, not %u", numbers,
	      nr_live);
	check(nodes == slab_objects(), "%ld nodes, %ld allocated", nodes,
	      slab_objects());
}

/* The size of the table and how full it gets differ from table to table. */
static unsigned int random_limit(void)
{
	static const unsigned int limits[] = {
		2, 64, 65, 128, 299, 300, 301, 330, 400, 1000, 4096, 4097, 5000,
		9000, 20000, 262144, 262145, 300000,
	};
	unsigned int i = below(ARRAY_SIZE(limits) + 4);

	if (i < ARRAY_SIZE(limits))
		return limits[i];
	return i == ARRAY_SIZE(limits) ? PID_TABLE_LIMIT : 2 + below(3000);
}

static unsigned int random_nr(unsigned int limit)
{
	/* Close to the cursor, among those that live, anywhere. */
	switch (below(4)) {
	case 0:
		return min(next + below(70), PID_TABLE_LIMIT - 1U);
	case 1:
		if (nr_live)
			return live[below(nr_live)];
		fallthrough;
	default:
		return 1 + below(limit - 1);
	}
}

static void step(unsigned int limit, unsigned int growth)
{
	unsigned int nr = random_nr(limit), what = below(100);

	if (what < growth) {
		do_reserve(below(4) ? 0 : nr, limit);
	} else if (what < 70) {
		/* Oldest, youngest, any. */
		if (nr_live)
			do_erase(live[below(8) ? below(nr_live) : nr_live - 1]);
	} else if (what < 82) {
		do_find(below(16) ? nr : random_u32(&random_state));
	} else if (what < 94) {
		do_next(below(16) ? nr : random_u32(&random_state));
	} else if (what < 98) {
		if (state[nr] == RESERVED)
			publish(nr);
	} else if (!below(20)) {
		next = 1 + (below(4) ? nr : below(PID_TABLE_LIMIT));
		pid_table_set_last(t, next - 1);
	} else if (!below(2000)) {
		pid_table_close(t);
		closed = true;
	}
}

static void use_table(uint64_t operations)
{
	unsigned int limit = random_limit(), growth = 35;
	uint64_t end = operation + operations;

	t = calloc(1, sizeof(*t));
	pid_table_init(t);
	next = 1;
	top = 0;
	closed = false;

	while (operation < end) {
		if (operation % 2000 == 0)
			growth = 15 + 10 * below(6);
		if (operation % PER_LOOK == 0)
			look_at_all();
		step(limit, growth);
		operation++;
	}

	look_at_all();
	while (nr_live)
		do_erase(live[below(nr_live)]);
	look_at_all();
	pid_table_destroy(t);
	rcu_drain();
	check(!slab_objects(), "%ld nodes stay after all", slab_objects());
	free(t);
}

unsigned int test_model(uint64_t operations, uint64_t seed)
{
	unsigned int tables = 0;
	uint64_t left, some;

	random_state = seed * 0x9e3779b97f4a7c15ULL | 1;
	for (left = operations; left; left -= some) {
		some = min(left, (uint64_t)PER_TABLE + below(PER_TABLE));
		use_table(some);
		tables++;
	}
	return tables;
}
