/* SPDX-License-Identifier: GPL-2.0-only */
/* The base's own: the build has the base's folder itself as a last include. */
#include <linux/kconfig.h>
#define PAGE_SIZE	4096
#include <include/linux/threads.h>
