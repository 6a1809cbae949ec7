/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NATIVE_STATIC_STUB_H
#define _NATIVE_STATIC_STUB_H

/* Allocations are made to fail in the allocator: slab.c. */
#define KUNIT_STATIC_STUB_REDIRECT(...)	do { } while (0)

#endif /* _NATIVE_STATIC_STUB_H */
