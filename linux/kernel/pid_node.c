// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of number tables: nodes, and nodes in hand before they are needed.
 *
 * Nodes return to their cache as they came: no bit set, no slot filled. So a node
 * is cleared when its slab is made, not each time that it is allocated.
 */

#include <linux/init.h>
#include <linux/pid_table.h>
#include <linux/slab.h>
#include <linux/threads.h>
#include <kunit/static_stub.h>
#include <kunit/visibility.h>
#include "pid_core.h"

static struct kmem_cache *pid_node_cache __ro_after_init;

static void pid_node_ctor(void *object)
{
	memset(object, 0, sizeof(struct pid_node));
}

VISIBLE_IF_KUNIT struct pid_node *pid_node_alloc(void)
{
	KUNIT_STATIC_STUB_REDIRECT(pid_node_alloc);
	return kmem_cache_alloc(pid_node_cache, GFP_KERNEL);
}

/**
 * pid_node_free() - free a node that no reader can have
 * @node: node with no entry, or with the child that took its place as root; a
 *	  leaf that left the tree has bits set
 *
 * Context: Any.
 */
void pid_node_free(struct pid_node *node)
{
	RCU_INIT_POINTER(node->slot[0], NULL);
	node->used = 0;
	node->full = 0;
	kmem_cache_free(pid_node_cache, node);
}

static void pid_node_free_rcu(struct rcu_head *rcu)
{
	pid_node_free(container_of(rcu, struct pid_node, rcu));
}

/**
 * pid_node_free_later() - pid_node_free() after a grace period
 * @node: node that is in no tree any more
 *
 * Context: Any.
 */
void pid_node_free_later(struct pid_node *node)
{
	call_rcu(&node->rcu, pid_node_free_rcu);
}

/**
 * pid_spares_fill() - have a number of nodes in hand
 * @spares: those that are had already
 * @wanted: how many there are to be
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ENOMEM with fewer in hand.
 */
int pid_spares_fill(struct pid_spares *spares, unsigned int wanted)
{
	struct pid_node *node;

	while (spares->count < wanted) {
		node = pid_node_alloc();
		if (!node)
			return -ENOMEM;
		node->parent = spares->first;
		spares->first = node;
		spares->count++;
	}

	return 0;
}

/**
 * pid_spares_take() - use one
 * @spares: nodes in hand, at least one
 *
 * Context: Any.
 * Return: A node, empty.
 */
struct pid_node *pid_spares_take(struct pid_spares *spares)
{
	struct pid_node *node = spares->first;

	spares->first = node->parent;
	spares->count--;
	return node;
}

/**
 * pid_spares_free() - free what was not used
 * @spares: nodes in hand
 *
 * Context: Any.
 */
void pid_spares_free(struct pid_spares *spares)
{
	while (spares->count)
		pid_node_free(pid_spares_take(spares));
}

/**
 * pid_table_boot() - prepare for the first table
 *
 * Context: Boot, once, when slabs can be had.
 */
void __init pid_table_boot(void)
{
	BUILD_BUG_ON(PID_MAX_LIMIT > PID_TABLE_LIMIT);

	pid_node_cache = kmem_cache_create("pid_node", sizeof(struct pid_node),
					   0, SLAB_PANIC, pid_node_ctor);
}
