/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In the kernel an interrupt or another task can come between any two steps, and
 * take long. With STALLS readers.c lets a thread wait now and then where that
 * matters: around each atomic change, and before a lock is had.
 */
#ifndef _NATIVE_STALL_H
#define _NATIVE_STALL_H

#ifdef STALLS
void stall(void);
void stall_before_lock(void);
#else
static inline void stall(void) { }
static inline void stall_before_lock(void) { }
#endif

#endif /* _NATIVE_STALL_H */
