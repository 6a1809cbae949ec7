/* SPDX-License-Identifier: GPL-2.0-only */
/* A warning of the kernel's code is the end of a test, not a line in its log. */
#ifndef _NATIVE_BUG_H
#define _NATIVE_BUG_H

#include <stdio.h>
#include <asm/bug.h>

void native_warned(const char *file, int line);

#undef WARN_ON
#undef WARN_ON_ONCE
#define WARN_ON(cond)					\
({							\
	bool __warn = !!(cond);				\
	if (unlikely(__warn))				\
		native_warned(__FILE__, __LINE__);	\
	unlikely(__warn);				\
})
#define WARN_ON_ONCE(cond)	WARN_ON(cond)

#endif /* _NATIVE_BUG_H */
