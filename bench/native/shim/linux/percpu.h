/* SPDX-License-Identifier: GPL-2.0-only */
/* A thread stands for a CPU: the base's preloaded nodes are then its own. */
#ifndef _NATIVE_PERCPU_H
#define _NATIVE_PERCPU_H

#define DECLARE_PER_CPU(type, name)	extern __thread type name
#define DEFINE_PER_CPU(type, name)	__thread type name
#define this_cpu_ptr(ptr)		(ptr)
#define per_cpu_ptr(ptr, cpu)		({ (void)(cpu); (ptr); })
#define per_cpu(name, cpu)		(*per_cpu_ptr(&(name), cpu))

#endif /* _NATIVE_PERCPU_H */
