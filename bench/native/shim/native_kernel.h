/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Before each file: what the kernel's own build has everywhere and its shims
 * for user space bring along by chance, or not at all.
 */
#ifndef _NATIVE_KERNEL_H
#define _NATIVE_KERNEL_H

#include "shared.h"
#include <stdlib.h>
#include <linux/err.h>
#include <linux/init.h>

#endif /* _NATIVE_KERNEL_H */
