// SPDX-License-Identifier: GPL-2.0-only
/*
 * Our number table beside the base's idr: one figure a line, "NAME THREADS
 * LEVEL VALUE". LEVEL is that of the namespace, 0 the initial one: a pid has
 * LEVEL + 1 numbers.
 *
 *	throughput-SIDE		pids allocated and freed a second, all threads
 *	hold-SIDE		nanoseconds that the hottest lock is held for one
 *	bytes-COUNT-SIDE	memory of the nodes for each of COUNT numbers
 *	...-ratio		ours to base, the median of the rounds' ratios
 *
 * A second is one of each thread's CPU: what else the machine does is left out.
 * As root the threads run before all else, in rounds of a fraction of a second:
 * else two of them hardly ever run at once on a busy machine.
 *
 * "private-" before a name: all levels but 0 are the thread's own. The sides
 * take turns, a round each, so that a busy machine slows both; a figure is the
 * median of its rounds. Holds come from rounds of their own, as reading the
 * clock takes time; what that takes is subtracted.
 */

#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/radix-tree.h>
#include <linux/pid_table.h>
#include <linux/threads.h>
#include "native.h"

#define ROUNDS		9
#define MAX_LEVEL	32
#define MAX_THREADS	64
/* Pids that each thread keeps alive. */
#define WINDOW		64

struct worker {
	pthread_t	thread;
	int		cpu;
	const struct side *side;
	int		level;
	void		*ns[MAX_LEVEL + 1];
	int		nr[WINDOW][MAX_LEVEL + 1];
	uint64_t	pids;
	double		took;
} __attribute__((aligned(128)));

static const struct side *const sides[] = { &side_ours, &side_base };
static struct worker workers[MAX_THREADS];
static pthread_barrier_t start;
static bool stop;

bool spin_timed;
__thread struct spin_stat spin_stat;
/* Of all threads, and a lock for the addition. */
static struct spin_stat all_stat;
static pthread_mutex_t all_stat_lock = PTHREAD_MUTEX_INITIALIZER;

static void add_up_stat(void)
{
	int i;

	pthread_mutex_lock(&all_stat_lock);
	for (i = 0; i < SPIN_LOCKS; i++) {
		all_stat.held[i] += spin_stat.held[i];
		all_stat.holds[i] += spin_stat.holds[i];
	}
	pthread_mutex_unlock(&all_stat_lock);
}

void native_warned(const char *file, int line)
{
	errx(1, "warning at %s:%d", file, line);
}

static double seconds(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* In vain without the right to it; the figures are then as the machine is. */
static void run_before_others(int priority)
{
	struct sched_param param = { .sched_priority = priority };

	pthread_setschedparam(pthread_self(), SCHED_FIFO, &param);
}

static void *work(void *data)
{
	struct worker *w = data;
	const struct side *side = w->side;
	unsigned int i = 0;
	uint64_t pids = 0;
	double began;
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(w->cpu, &cpu);
	pthread_setaffinity_np(pthread_self(), sizeof(cpu), &cpu);
	run_before_others(1);
	rcu_enter();
	for (i = 0; i < WINDOW; i++)
		side->alloc(w->ns, w->level, w->nr[i], PID_MAX_DEFAULT);
	pthread_barrier_wait(&start);
	memset(&spin_stat, 0, sizeof(spin_stat));
	began = seconds(CLOCK_THREAD_CPUTIME_ID);

	/*
	 * A CPU of the kernel says that its readers are gone when it switches
	 * tasks, and its readers say nothing: here once in a window.
	 */
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		rcu_read_lock();
		for (i = 0; i < WINDOW; i++) {
			side->free(w->ns, w->level, w->nr[i]);
			side->alloc(w->ns, w->level, w->nr[i], PID_MAX_DEFAULT);
		}
		rcu_read_unlock();
		pids += WINDOW;
	}
	w->took = seconds(CLOCK_THREAD_CPUTIME_ID) - began;
	w->pids = pids;
	add_up_stat();

	for (i = 0; i < WINDOW; i++)
		side->free(w->ns, w->level, w->nr[i]);
	rcu_leave();
	slab_drain();
	return NULL;
}

/* One round of one side: pids, and how many that is a second. */
static uint64_t run(const struct side *side, int threads, int level,
		    bool private, double length, double *rate)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN), count = 0, i, j;
	uint64_t pids = 0;

	*rate = 0;
	stop = false;
	pthread_barrier_init(&start, NULL, threads + 1);
	for (i = 0; i < threads; i++) {
		struct worker *w = &workers[i];

		w->side = side;
		w->level = level;
		w->cpu = i % cpus;
		for (j = 0; j <= level; j++) {
			if (i && (!private || !j))
				w->ns[j] = workers[0].ns[j];
			else
				w->ns[j] = side->make(count++ % SPIN_LOCKS);
		}
		if (pthread_create(&w->thread, NULL, work, w))
			errx(1, "no thread");
	}
	memset(&all_stat, 0, sizeof(all_stat));
	pthread_barrier_wait(&start);
	usleep(length * 1e6);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < threads; i++) {
		pthread_join(workers[i].thread, NULL);
		pids += workers[i].pids;
		*rate += workers[i].pids / workers[i].took;
	}
	pthread_barrier_destroy(&start);
	/* The tables stay: a few hundred bytes each, and nobody uses them. */
	return pids;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), by_value);
	return values[ROUNDS / 2];
}

static void report(const char *prefix, const char *figure, const char *side,
		   int threads, int level, double value)
{
	printf("%s%s-%s %d %d %.*f\n", prefix, figure, side, threads, level,
	       value < 1000 ? 3 : 0, value);
	fflush(stdout);
}

static double clock_cost, ns_a_tick;

/* Nanoseconds, of the lock that was held longest. */
static double longest_held(void)
{
	double most = 0, held;
	int i;

	for (i = 0; i < SPIN_LOCKS; i++) {
		held = all_stat.held[i] - clock_cost * all_stat.holds[i];
		most = max(most, held);
	}
	return most * ns_a_tick;
}

static void calibrate(void)
{
	static spinlock_t lock;
	double began = seconds(CLOCK_MONOTONIC), took;
	uint64_t from = spin_clock();
	int i;

	spin_timed = true;
	for (i = 0; i < 1000000; i++) {
		spin_lock(&lock);
		spin_unlock(&lock);
	}
	spin_timed = false;
	took = seconds(CLOCK_MONOTONIC) - began;
	ns_a_tick = took * 1e9 / (spin_clock() - from);
	clock_cost = (double)spin_stat.held[0] / spin_stat.holds[0];
}

static void measure(int threads, int level, bool private, bool timed,
		    double length)
{
	const char *prefix = private ? "private-" : "";
	const char *figure = timed ? "hold" : "throughput";
	double value[2][ROUNDS], ratio[ROUNDS];
	uint64_t pids;
	int i, s;

	spin_timed = timed;
	for (i = 0; i < ROUNDS; i++) {
		for (s = 0; s < 2; s++) {
			pids = run(sides[s], threads, level, private,
				   length / ROUNDS, &value[s][i]);
			if (timed)
				value[s][i] = longest_held() / pids;
		}
		ratio[i] = value[0][i] / value[1][i];
	}
	spin_timed = false;

	for (s = 0; s < 2; s++)
		report(prefix, figure, sides[s]->name, threads, level,
		       median(value[s]));
	report(prefix, figure, "ratio", threads, level, median(ratio));
}

static void measure_memory(int count)
{
	double value[2];
	char name[32];
	long before;
	int s, i;

	snprintf(name, sizeof(name), "bytes-%d", count);
	for (s = 0; s < 2; s++) {
		void *scratch = sides[s]->make(0), *ns = sides[s]->make(0);
		int *nr = calloc(count, sizeof(*nr));

		/* What the base keeps ready for a CPU is no namespace's. */
		sides[s]->alloc(&scratch, 0, nr, PID_MAX_LIMIT);
		sides[s]->free(&scratch, 0, nr);
		rcu_drain();

		before = slab_bytes();
		for (i = 0; i < count; i++)
			sides[s]->alloc(&ns, 0, &nr[i], PID_MAX_LIMIT);
		rcu_drain();
		value[s] = (double)(slab_bytes() - before) / count;
		report("", name, sides[s]->name, 1, 0, value[s]);
		for (i = 0; i < count; i++)
			sides[s]->free(&ns, 0, &nr[i]);
		rcu_drain();
		free(nr);
	}
	report("", name, "ratio", 1, 0, value[0] / value[1]);
}

static int number(const char *arg, char option, int min, int max)
{
	char *end;
	long value = strtol(arg, &end, 10);

	if (end == arg || *end || value < min || value > max)
		errx(2, "-%c takes a number from %d to %d, not '%s'", option,
		     min, max, arg);
	return value;
}

int main(int argc, char **argv)
{
	static const int counts[] = { 1, 64, 10000, 32000 };
	int threads = 0, level = -1, opt, t, l, i;
	double length = 1.8;

	while ((opt = getopt(argc, argv, "ht:l:s:")) != -1) {
		switch (opt) {
		case 't':
			threads = number(optarg, opt, 1, MAX_THREADS);
			break;
		case 'l':
			level = number(optarg, opt, 0, MAX_LEVEL);
			break;
		case 's':
			length = number(optarg, opt, 1, 3600);
			break;
		default:
			fprintf(opt == 'h' ? stdout : stderr,
				"usage: pidtable-bench [-t THREADS] [-l LEVEL] [-s SECONDS]\n"
				"Default: 1 and 2 threads, levels 0 and 4; SECONDS a figure and side.\n");
			return opt == 'h' ? 0 : 2;
		}
	}
	if (optind < argc)
		errx(2, "'%s' is no option: see -h", argv[optind]);

	rcu_enter();
	radix_tree_init();
	pid_table_boot();
	run_before_others(2);
	calibrate();
	for (t = threads ?: 1; t <= (threads ?: 2); t++) {
		for (l = level < 0 ? 0 : level; l <= (level < 0 ? 4 : level);
		     l += 4) {
			for (i = 0; i < 2; i++) {
				measure(t, l, false, i, length);
				/* Alone, or at level 0, it is the same. */
				if (t > 1 && l)
					measure(t, l, true, i, length);
			}
		}
	}
	for (i = 0; i < 4; i++)
		measure_memory(counts[i]);
	return 0;
}
