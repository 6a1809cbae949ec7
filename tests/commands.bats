#!/usr/bin/env bats
# Bad input: one line on stderr that says what is wrong, and a status.

load common

@test "boot: unknown option" { refused 126 'no option -x' "$top/scripts/boot" -x a b; }
@test "boot: no program" { refused 126 'are needed' "$top/scripts/boot" "$build/on"; }
@test "boot: a limit that is no number" { refused 126 "'soon'" "$top/scripts/boot" -t soon a b; }
@test "boot: no processors" { refused 126 "'0'" "$top/scripts/boot" -c 0 a b; }
@test "boot: memory without unit" { refused 126 '512' "$top/scripts/boot" -m 512 a b; }
@test "boot: a folder without a kernel" { refused 126 'no arch/x86/boot/bzImage' "$top/scripts/boot" . /bin/true; }
@test "boot: a folder to copy that isn't there" { refused 126 'nowhere' "$top/scripts/boot" -d nowhere a b; }

@test "boot: a program that isn't there" {
	mkdir -p arch/x86/boot
	: >arch/x86/boot/bzImage
	refused 127 'nowhere' "$top/scripts/boot" . ./nowhere
}

@test "boot: a program's status is its own" {
	[ -e "$build/on/arch/x86/boot/bzImage" ] || skip "build/on isn't built"
	printf '#!/bin/sh\necho in the guest\nexit 42\n' >program
	chmod +x program
	run "$top/scripts/boot" "$build/on" ./program
	[ "$status" = 42 ]
	[[ "$output" == *"in the guest"* ]]
}

@test "boot: a program that hangs is a time-out" {
	[ -e "$build/on/arch/x86/boot/bzImage" ] || skip "build/on isn't built"
	run "$top/scripts/boot" -t 15 "$build/on" guest:/bin/sleep 1000
	[ "$status" = 124 ]
	[[ "$output" == *"time-out after 15 s"* ]]
}

@test "boot: a panic is told" {
	[ -e "$build/on/arch/x86/boot/bzImage" ] || skip "build/on isn't built"
	printf '#!/bin/sh\nkill -SEGV 1\necho c >/proc/sysrq-trigger\nsleep 100\n' >program
	chmod +x program
	run "$top/scripts/boot" -t 60 -k 'init=/nowhere rdinit=/nowhere' "$build/on" ./program
	[ "$status" = 125 ]
	[[ "$output" == *"panic"* ]]
}

@test "boot: a silent console is a failure" {
	[ -e "$build/on/arch/x86/boot/bzImage" ] || skip "build/on isn't built"
	run "$top/scripts/boot" -t 60 -k loglevel=0 "$build/on" guest:/bin/true
	[ "$status" = 125 ]
	[[ "$output" == *"console stayed silent"* ]]
}

@test "kernel: unknown name" { refused 126 "no kernel 'up'" "$top/scripts/kernel" up; }
@test "check: unknown kernel" { refused 126 "no kernel 'up'" "$top/scripts/check" up; }
@test "check-stock: an argument" { refused 126 'no argument' "$top/scripts/check-stock" up; }
@test "selftests: unknown option" { refused 126 'no option -x' "$top/scripts/selftests" -x; }
@test "boot-tests: unknown kernel" { refused 126 "no kernel 'up'" "$top/scripts/boot-tests" up; }
@test "verdicts: a file that isn't there" { refused 1 'no file nowhere' "$top/scripts/verdicts" on nowhere; }
@test "judge: a file that isn't there" { refused 1 'no file nowhere' "$top/scripts/judge" nowhere; }
@test "clients: an argument" { refused 126 "what is 'up'" "$top/scripts/clients" up; }
@test "setup: unknown group" { refused 1 "no group 'up'" "$top/scripts/setup" up; }
@test "borders: unknown option" { refused 126 'no option -x' "$top/scripts/borders" -x; }
@test "borders: a folder without git" { refused 1 'no git tree' "$top/scripts/borders" /proc; }
@test "guest/tests/run: unknown kernel" { refused 126 'on, off or immature' "$top/guest/tests/run" up; }

@test "tree: a base that is no kernel" {
	mkdir base
	refused 1 'no Makefile' env BASE="$PWD/base" "$top/scripts/tree"
}

@test "tree: a base of another version is refused, the one that is there stays" {
	[ -e "$build/base/Makefile" ] || skip "build/base isn't unpacked"
	mkdir base
	printf 'VERSION = 6\nPATCHLEVEL = 11\nSUBLEVEL = 3\n' >base/Makefile
	before=$(stat -c '%i %Y' "$build/base" "$build/tree/.git/HEAD")
	run env BASE="$PWD/base" "$top/scripts/tree"
	[ "$status" = 1 ]
	[[ "$output" == *"6.11.3"* ]]
	[[ "$output" == *"6.12"* ]]
	[ "$(stat -c '%i %Y' "$build/base" "$build/tree/.git/HEAD")" = "$before" ]
}

@test "tree: changes in build/tree are not lost" {
	[ -e "$build/tree/README" ] || skip "build/tree isn't made"
	cp "$build/tree/README" README
	echo mine >>"$build/tree/README"
	refused=0
	run "$top/scripts/tree"
	kept=$(tail -n 1 "$build/tree/README")
	cp README "$build/tree/README"
	[ "$status" = 1 ]
	[ "$kept" = mine ]
	[[ "$output" == *"changes of its own"* ]]
}

@test "borders: a new place is told, and one that is gone" {
	git init -q tree
	mkdir tree/kernel
	echo 'int nobody = nobodys->pid;' >tree/kernel/fork.c
	git -C tree add kernel
	run "$top/scripts/borders" tree
	[ "$status" = 1 ]
	[[ "$output" == *"kernel/fork.c: nobodys->pid is not in the list"* ]]
	[[ "$output" == *"kernel/kcmp.c: find_task_by_vpid is in the list, and not there any more"* ]]
}

@test "setup: without root and without QEMU it names the command" {
	[ "$(id -u)" = 0 ] || skip "needs root, to be somebody else"
	mkdir bin
	for program in /usr/bin/* /bin/*; do
		case $program in *qemu*) ;; *) ln -sf "$program" bin/ ;; esac
	done
	chmod 755 "$BATS_TEST_TMPDIR" bin
	cp -r "$top/scripts" scripts
	chmod -R go+rX scripts
	chmod go+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* 2>/dev/null || :
	run setpriv --reuid=65534 --regid=65534 --clear-groups \
		env PATH="$PWD/bin" "$PWD/scripts/setup" guest
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 1 ]
	[[ "$output" == *"missing: qemu-system-x86; as root: apt-get install"* ]]
}

@test "each script tells its usage" {
	for script in "$top"/scripts/*; do
		case $script in *.sh | *.list) continue ;; esac
		run "$script" -h
		[ "$status" = 0 ]
		[[ "$output" == usage:* ]]
	done
}

@test "deb: an argument" { refused 126 "what is 'x'" "$top/scripts/deb" x; }
@test "deb: a config that isn't there" { refused 1 'CONFIG=nowhere: no such file' env CONFIG=nowhere "$top/scripts/deb" -c; }
@test "deb: another machine" { refused 1 'not for ARCH=arm64' env ARCH=arm64 "$top/scripts/deb"; }
@test "check-deb: an argument" { refused 126 'no argument' "$top/scripts/check-deb" x; }
@test "excerpt: no folder named" { refused 126 'BASE and DIR' "$top/scripts/excerpt" x; }

@test "deb: a config of another machine" {
	echo CONFIG_ARM64=y | gzip >config.gz
	refused 1 'no line CONFIG_64BIT=y' env CONFIG=config.gz "$top/scripts/deb" -c
}

@test "check-debug: no such kernel" { refused 126 "no kernel 'fast'" "$top/scripts/check-debug" fast; }
@test "soak: rounds that are no number" { refused 126 "'many'" "$top/scripts/soak" many; }
@test "hostile: an argument" { refused 126 'no argument' "$top/scripts/hostile" x; }
@test "kcsan: no console" { refused 1 'no file' "$top/scripts/kcsan" . ./nowhere; }
@test "warned: no log" { refused 1 'no file' "$top/scripts/warned" . HEAD ./nowhere; }

@test "kcsan: a race in our files and one in others" {
	mkdir -p kernel
	echo 'void alloc_pid(void) { }' | gcc -c -x c -o kernel/pid.o -
	printf '[    1.0] %s\n' 'BUG: KCSAN: data-race in a / b' '====' \
		'BUG: KCSAN: data-race in alloc_pid / b' 'write to 1' '====' >console
	run "$top/scripts/kcsan" . console
	[ "$status" = 1 ]
	[[ "$output" == *"elsewhere: BUG: KCSAN: data-race in a / b"* ]]
	[[ "$output" == *"write to 1"* ]]
	[[ "$output" == *"2 races reported, 1 in our files" ]]
}
