/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's shim, and what ThreadSanitizer has to be told: it takes volatile
 * accesses for plain ones, and does not know which races are meant.
 */
#ifndef _NATIVE_COMPILER_H
#define _NATIVE_COMPILER_H

#include_next <linux/compiler.h>

#ifdef __SANITIZE_THREAD__
#undef READ_ONCE
#undef WRITE_ONCE
#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, val)	__atomic_store_n(&(x), val, __ATOMIC_RELAXED)

void AnnotateIgnoreReadsBegin(const char *file, int line);
void AnnotateIgnoreReadsEnd(const char *file, int line);

#define data_race(expr)						\
({								\
	AnnotateIgnoreReadsBegin(__FILE__, __LINE__);		\
	typeof(expr) __racy = (expr);				\
	AnnotateIgnoreReadsEnd(__FILE__, __LINE__);		\
	__racy;							\
})
#else
#define data_race(expr)		(expr)
#endif

#ifndef __ro_after_init
#define __ro_after_init
#endif

#endif /* _NATIVE_COMPILER_H */
