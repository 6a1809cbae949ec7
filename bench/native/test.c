// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random operations on the number table: model.c foresees each answer, then
 * readers.c looks while others write. Prints one line, "ok - ..." at the end;
 * on a failure the seed and the operation, and exits with 1.
 */

#include <err.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <linux/pid_table.h>
#include "native.h"
#include "test.h"

bool spin_timed;
__thread struct spin_stat spin_stat;
__thread uint64_t operation;
static uint64_t seed = 1;

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "not ok - %s: seed %" PRIu64 ", operation %" PRIu64 ": ",
		VARIANT, seed, operation);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	/* Other threads go on: no exit handler may wait for them. */
	_exit(1);
}

void native_warned(const char *file, int line)
{
	fail("warning at %s:%d", file, line);
}

/* The table's constructor is its promise: so must a node be that goes back. */
static void check_node(const void *object)
{
	const struct pid_node *node = object;
	unsigned int i;

	check(!node->used && !node->full, "a node went back with bits set");
	for (i = 0; i < PID_NODE_SLOTS; i++)
		check(!node->slot[i], "a node went back with slot %u filled", i);
}

static uint64_t number(const char *arg, char option, uint64_t min)
{
	char *end;
	uint64_t value = strtoull(arg, &end, 10);

	if (end == arg || *end || *arg == '-' || value < min)
		errx(2, "-%c takes a number from %" PRIu64 ", not '%s'", option,
		     min, arg);
	return value;
}

int main(int argc, char **argv)
{
	uint64_t operations = 1000000, looked;
	unsigned int tables;
	int opt;

	while ((opt = getopt(argc, argv, "hn:S:")) != -1) {
		switch (opt) {
		case 'n':
			operations = number(optarg, opt, 1000);
			break;
		case 'S':
			seed = number(optarg, opt, 1);
			break;
		default:
			fprintf(opt == 'h' ? stdout : stderr,
				"usage: pidtable-test [-n OPERATIONS] [-S SEED]\n");
			return opt == 'h' ? 0 : 2;
		}
	}
	if (optind < argc)
		errx(2, "'%s' is no option: see -h", argv[optind]);

	rcu_enter();
	pid_table_boot();
	slab_check = check_node;
	tables = test_model(operations, seed);
	looked = test_readers(operations / 4, seed);
	rcu_leave();
	slab_drain();
	check(!slab_objects(), "%ld nodes were not given back", slab_objects());

	printf("ok - %s: %" PRIu64 " operations on %u tables as the model has it, "
	       "%" PRIu64 " among threads, %" PRIu64 " lookups beside them\n",
	       VARIANT, operations, tables, operations / 4, looked);
	return 0;
}
