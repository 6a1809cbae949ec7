/* SPDX-License-Identifier: GPL-2.0-only */
/* The first process status in a core file of this machine's words, see core(5). */
#ifndef __CORE_FILE_H
#define __CORE_FILE_H

#include <linux/elf.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/procfs.h>

#ifdef __LP64__
#define ELF(name)	elf64_##name
#else
#define ELF(name)	elf32_##name
#endif

static inline bool read_core(const char *path, struct elf_prstatus *status)
{
	FILE *file = fopen(path, "re");
	struct ELF(hdr) head;
	struct ELF(phdr) part;
	struct ELF(note) note;
	bool found = false;

	if (!file)
		return false;
	if (fread(&head, sizeof(head), 1, file) != 1)
		goto out;
	for (int i = 0; i < head.e_phnum && !found; i++) {
		if (fseek(file, head.e_phoff + i * head.e_phentsize, SEEK_SET) ||
		    fread(&part, sizeof(part), 1, file) != 1 || part.p_type != PT_NOTE)
			continue;
		if (fseek(file, part.p_offset, SEEK_SET) ||
		    fread(&note, sizeof(note), 1, file) != 1 ||
		    note.n_type != NT_PRSTATUS ||
		    fseek(file, (note.n_namesz + 3) & ~3, SEEK_CUR))
			continue;
		found = fread(status, sizeof(*status), 1, file) == 1;
	}
out:
	fclose(file);
	return found;
}

#endif /* __CORE_FILE_H */
