/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NATIVE_VISIBILITY_H
#define _NATIVE_VISIBILITY_H

#define VISIBLE_IF_KUNIT	static

#endif /* _NATIVE_VISIBILITY_H */
