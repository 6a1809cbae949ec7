/* SPDX-License-Identifier: GPL-2.0-only */
/* What the table takes from linux/pid.h, which takes half the kernel itself. */
#ifndef _NATIVE_PID_H
#define _NATIVE_PID_H

#include <linux/errno.h>

#define RESERVED_PIDS	300

#endif /* _NATIVE_PID_H */
