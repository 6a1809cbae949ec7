// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slabs: a list of free objects per thread, as the kernel's have one per CPU,
 * so that neither side waits for its allocator. What is free stays as it was
 * made. Under a sanitizer each object comes from malloc() and goes back there.
 */

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <linux/slab.h>
#include "native.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KEEP		0
#else
#define KEEP		4096
#endif
#define MAX_CACHES	8

struct kmem_cache {
	unsigned int	size;
	unsigned int	index;
	void		(*ctor)(void *object);
};

static struct kmem_cache caches[MAX_CACHES];
static unsigned int nr_caches;

struct freelist {
	void		*object[KEEP + 1];
	unsigned int	count;
};

static __thread struct freelist freelists[MAX_CACHES];
/* Of this thread: others may have allocated what it frees. */
static __thread long bytes, objects;
static long left_bytes, left_objects;

long slab_until_failure = -1;
bool slab_failed;
void (*slab_check)(const void *object);

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size,
				     unsigned int align, unsigned int flags,
				     void (*ctor)(void *object))
{
	struct kmem_cache *cache = &caches[nr_caches];

	assert(nr_caches < MAX_CACHES);
	cache->size = size;
	cache->index = nr_caches++;
	cache->ctor = ctor;
	return cache;
}

void *kmem_cache_alloc_lru(struct kmem_cache *cache, struct list_lru *lru,
			   int flags)
{
	struct freelist *list = &freelists[cache->index];
	void *object;

	if (unlikely(slab_until_failure >= 0) && !slab_until_failure--) {
		slab_failed = true;
		return NULL;
	}

	if (likely(list->count)) {
		object = list->object[--list->count];
	} else {
		object = aligned_alloc(64, (cache->size + 63) & ~63U);
		assert(object);
		if (cache->ctor)
			cache->ctor(object);
	}
	bytes += cache->size;
	objects++;
	return object;
}

void kmem_cache_free(struct kmem_cache *cache, void *object)
{
	struct freelist *list = &freelists[cache->index];

	if (unlikely(slab_check))
		slab_check(object);
	bytes -= cache->size;
	objects--;
	if (list->count < KEEP)
		list->object[list->count++] = object;
	else
		free(object);
}

/* The caller's share; a thread that ended left its own. */
long slab_bytes(void)
{
	return bytes + __atomic_load_n(&left_bytes, __ATOMIC_RELAXED);
}

long slab_objects(void)
{
	return objects + __atomic_load_n(&left_objects, __ATOMIC_RELAXED);
}

/* A thread ends. */
void slab_drain(void)
{
	unsigned int i;

	for (i = 0; i < nr_caches; i++)
		while (freelists[i].count)
			free(freelists[i].object[--freelists[i].count]);
	__atomic_fetch_add(&left_bytes, bytes, __ATOMIC_RELAXED);
	__atomic_fetch_add(&left_objects, objects, __ATOMIC_RELAXED);
	bytes = 0;
	objects = 0;
}

void *kmalloc(size_t size, gfp_t flags)
{
	return flags & __GFP_ZERO ? calloc(1, size) : malloc(size);
}

void kfree(void *object)
{
	free(object);
}

/* What the kernel's shims expect somebody to have. */
int kmalloc_verbose, test_verbose;

int lockdep_is_held(const void *lock)
{
	return 1;
}
