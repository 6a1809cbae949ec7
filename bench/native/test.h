/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two halves of pidtable-test share. */
#ifndef _NATIVE_TEST_H
#define _NATIVE_TEST_H

#include <stdint.h>

/* Says what is wrong, the seed and the operation, and exits with 1. */
void fail(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
#define check(cond, ...)	do { if (!(cond)) fail(__VA_ARGS__); } while (0)

/* The operation that fail() names: one count a thread. */
extern __thread uint64_t operation;

/* xorshift64*: the same numbers on every machine. */
static inline uint32_t random_u32(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * 0x2545f4914f6cdd1dULL) >> 32;
}

/* model.c: one thread, each answer is foreseen. Returns the tables it used. */
unsigned int test_model(uint64_t operations, uint64_t seed);
/* readers.c: writers and readers at once. Returns what readers looked up. */
uint64_t test_readers(uint64_t operations, uint64_t seed);

#endif /* _NATIVE_TEST_H */
