#!/usr/bin/env bats
# A series of two patches on small trees: what moves, merges, conflicts.

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	cp -r "$BATS_TEST_DIRNAME/../scripts" scripts
	mkdir -p linux/kernel patches old/kernel
	printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 1\n' >old/Makefile
	# Two functions, ours to edit is the second.
	{
		printf 'int first(void)\n{\n'
		printf '\tone_%d();\n' 1 2 3 4 5 6 7 8 9
		printf '}\n\nint second(void)\n{\n'
		printf '\ttwo_%d();\n' 1 2 3 4 5 6 7 8 9
		printf '}\n'
	} >old/kernel/fork.c
	echo 'int base;' >old/kernel/pid.c
	echo 'int ours;' >linux/kernel/pid.c
	echo 'int other;' >old/kernel/sys.c
	printf '# for the tests\n6.12.1\n' >patches/VERSIONS
	printf '0001-five.patch kernel/pid.c\n0002-eight.patch -kernel/gone.c\n0003-text.patch\n' >patches/series
	edit 0001-five.patch 's/two_5/TWO_5/'
	edit 0002-eight.patch 's/two_5/TWO_5/; s/two_8/TWO_8/' 's/two_5/TWO_5/'
	printf 'Subject: [PATCH] files of ours\n\nNo edit.\n' >patches/0003-text.patch
	cp -r old new
	sed -i 's/SUBLEVEL = 1/SUBLEVEL = 2/' new/Makefile
}
setup() {
	cp -r "$BATS_FILE_TMPDIR"/* "$BATS_TEST_TMPDIR/"
	cd "$BATS_TEST_TMPDIR" || return
}

# edit PATCH SCRIPT [BEFORE]: that change of old/kernel/fork.c, with a header
edit() {
	local repo
	repo=repo.$1
	git init -q "$repo"
	mkdir "$repo/kernel"
	sed "${3-}" old/kernel/fork.c >"$repo/kernel/fork.c"
	git -C "$repo" add .
	sed "$2" old/kernel/fork.c >"$repo/kernel/fork.c"
	{
		printf 'From: pidns <pidns@localhost>\nSubject: [PATCH] %s\n\nWhy.\n---\n\n' "$1"
		git -C "$repo" diff -U"${CONTEXT-1}"
	} >"patches/$1"
	rm -rf "$repo"
}
rebase() { run env BASE="${BASE-new}" OLD="${OLD-old}" scripts/rebase "$@"; }
# said WORDS: the output has them
said() {
	[[ "$output" == *"$1"* ]] || { echo "wanted: $1"; echo "$output"; return 1; }
}
kept() { git diff --no-index --stat patches.before patches; }

@test "rebase: a base in which nothing moved leaves the patches alone" {
	cp -r patches patches.before
	rebase
	[ "$status" = 0 ]
	said '2 as they are, 0 moved, 0 merged, 0 in conflict'
	said 'patches/ fits Linux 6.12.2 as it is'
	kept
}

@test "rebase: moved hunks get their new line numbers, headers stay" {
	sed -i '1i /* new */\n/* lines */' new/kernel/fork.c
	cp -r new new.before
	before=$(sed '/^diff/,$d' patches/0001-five.patch)
	grep -q '^@@ -19,' patches/0001-five.patch
	rebase
	[ "$status" = 0 ]
	said 'moved     0001-five.patch: kernel/fork.c hunk 1 by +2'
	said '0 as they are, 2 moved, 0 merged, 0 in conflict'
	grep -q '^@@ -21,3 +21,3 @@ int second(void)$' patches/0001-five.patch
	grep -q '^@@ -24,3 +24,3 @@ int second(void)$' patches/0002-eight.patch
	[ "$(sed '/^diff/,$d' patches/0001-five.patch)" = "$before" ]
	git diff --no-index --quiet new.before new
	# And now they fit as they are.
	rebase
	[ "$status" = 0 ]
	said '2 as they are, 0 moved'
}

@test "rebase: -n writes nothing to the patches" {
	sed -i '1i /* new */' new/kernel/fork.c
	cp -r patches patches.before
	rebase -n
	[ "$status" = 0 ]
	said '2 moved'
	kept
	grep -q '^@@ -20,3' build/rebase/0001-five.patch
}

@test "rebase: a line beside a hunk that changed is merged" {
	# Two lines away: out of the merge's sight, not of a patch with that context.
	CONTEXT=2 edit 0002-eight.patch 's/two_5/TWO_5/; s/two_9/TWO_9/' 's/two_5/TWO_5/'
	sed -i 's/two_7/changed/' new/kernel/fork.c
	rebase
	[ "$status" = 0 ]
	said 'merged    0002-eight.patch: kernel/fork.c: hunk 1'
	said '1 merged, 0 in conflict'
	said 'fits 6.12.1 too'
}

@test "rebase: a conflict is shown, and nothing is written" {
	sed -i 's/two_8/upstream/; 1i /* new */' new/kernel/fork.c
	cp -r patches patches.before
	rebase
	[ "$status" = 1 ]
	said 'moved     0001-five.patch'
	said 'CONFLICT  0002-eight.patch: kernel/fork.c: hunk 1'
	said '<<<<<<< Linux 6.12.2'
	said '||||||| Linux 6.12.1'
	said 'patches/ is as it was'
	grep -q TWO_8 build/rebase/0002-eight.patch.conflict
	kept
}

@test "rebase: a file that upstream removed is a conflict" {
	rm new/kernel/fork.c
	cp -r patches patches.before
	rebase
	[ "$status" = 1 ]
	said 'CONFLICT  0001-five.patch: kernel/fork.c: No such file'
	kept
}

@test "rebase: a patch that upstream took is told" {
	sed -i 's/two_5/TWO_5/' new/kernel/fork.c
	rebase
	[ "$status" = 0 ]
	said 'upstream  0001-five.patch: 6.12.2 has all of it'
}

@test "rebase: bad input" {
	BASE='' rebase
	[ "$status" = 126 ]
	said 'BASE=/path'
	BASE=nowhere rebase
	[ "$status" = 1 ]
	[ "$output" = "excerpt: nowhere isn't there" ]
	sed -i 's/two_5/else/' old/kernel/fork.c
	rebase
	[ "$status" = 1 ]
	[[ "$output" == "rebase: OLD=old is no base that the series applies to: "* ]]
	sed -i 's/LEVEL = 12/LEVEL = 13/' new/Makefile
	rebase
	[ "$status" = 1 ]
	said '6.13.2, the series is for 6.12.y'
}

@test "base-diff: no difference is told" {
	run scripts/base-diff old new
	[ "$status" = 0 ]
	[ "${lines[3]}" = 'base-diff: no difference where the series replaces or edits' ]
}

@test "base-diff: a line of a replaced file, from a tarball" {
	echo 'int fix;' >>new/kernel/pid.c
	tar -cJf new.tar.xz new
	run scripts/base-diff old new.tar.xz
	[ "$status" = 0 ]
	said 'of 1 files that the series replaces 1 differ'
	said 'kernel/pid.c: +1 -0'
	said '+int fix;'
}

@test "base-diff: in an edited file what is in functions that we edit" {
	sed -i 's/one_1/ONE_1/; s/two_1/TWO_1/' new/kernel/fork.c
	run scripts/base-diff old new
	[ "$status" = 0 ]
	said 'of 1 files that it edits 1 differ'
	said 'kernel/fork.c: +2 -2; changes in functions that our patches edit: 1 of 2'
	said '+	TWO_1'
	[[ "$output" != *'+	ONE_1'* ]]
	run scripts/base-diff -a old new
	said '+	ONE_1'
	run scripts/base-diff -s old new
	[[ "$output" != *'+	TWO_1'* ]]
	# A file that the series has nothing to do with.
	echo 'int more;' >>new/kernel/sys.c
	run scripts/base-diff -a old new
	[[ "$output" != *more* ]]
}

@test "base-diff: bad input" {
	run scripts/base-diff old
	[ "$status" = 126 ]
	said 'OLD and NEW'
	run scripts/base-diff -x old new
	[ "$status" = 126 ]
	run scripts/base-diff old patches
	[ "$status" = 1 ]
	[ "$output" = 'excerpt: patches is no kernel tree: no Makefile in it' ]
	head -c 100 /dev/urandom >new.tar.xz
	run scripts/base-diff old new.tar.xz
	[ "$status" = 1 ]
	said 'new.tar.xz is no tarball that can be read'
	cp new.tar.xz new.deb
	run scripts/base-diff old new.deb
	[ "$status" = 1 ]
	said "is it Debian's linux-source-6.12?"
}
