#!/usr/bin/env bats
# Other machines: bad values of ARCH, and a guest of each that was built.

load common

@test "ARCH: a machine that nobody has, by each script that builds or boots" {
	for script in kernel boot initramfs selftests boot-tests check run packages; do
		refused 126 "no machine ARCH=pdp11: x86_64, i386, arm64, s390x or um" \
			env ARCH=pdp11 "$top/scripts/$script"
	done
}
@test "ARCH: the kernel's word for a machine, not ours" {
	refused 126 'no machine ARCH=s390: ' env ARCH=s390 "$top/scripts/kernel" on
}
@test "ARCH: a path" { refused 126 'no machine ARCH=../x' env ARCH=../x "$top/scripts/kernel" on; }
@test "ARCH: a word of make that is for x86_64 alone" {
	refused 2 'bench is for x86_64 alone: leave ARCH=arm64 out' make -s -C "$top" --no-print-directory bench ARCH=arm64
}
@test "ARCH: make passes on what is wrong, and fails" {
	run make -s -C "$top" --no-print-directory on ARCH=pdp11
	[ "$status" = 2 ]
	[[ "$output" == *"no machine ARCH=pdp11"* ]]
}
@test "ARCH: a kernel of another machine is not booted" {
	mkdir -p arch/x86/boot
	: >arch/x86/boot/bzImage
	refused 126 "no arch/arm64/boot/Image in .: 'make on ARCH=arm64'" \
		env ARCH=arm64 "$top/scripts/boot" . /bin/true
}
@test "packages: for this machine itself" { refused 1 "this machine's own" "$top/scripts/packages"; }
@test "packages: for UML, which runs this machine's programs" {
	refused 1 "this machine's own" env ARCH=um "$top/scripts/packages"
}
@test "boot: instructions can't be counted in UML" {
	: >linux
	refused 126 'not counted in UML' env ARCH=um "$top/scripts/boot" -i . /bin/true
}

@test "ARCH: each machine's results are apart" {
	for machine in '' x86_64 i386 arm64 s390x um; do
		# shellcheck disable=SC2016 # for the inner shell
		ARCH=$machine bash -c '. "$1/scripts/lib.sh"; echo "$made $userland $target $image"' - "$top"
	done >told
	cat told
	[ "$(sort -u told | wc -l)" = 5 ]
	[ "$(sed -n 1p told)" = "$build $build bzImage arch/x86/boot/bzImage" ]
	[ "$(sed -n 2p told)" = "$(sed -n 1p told)" ]
	[ "$(sed -n 6p told)" = "$build/um $build linux linux" ]
}

# A script's status and words come back, from each machine with a kernel.
@test "ARCH: a guest's output and status come back" {
	printf '#!/bin/sh\nuname -m\nexit 42\n' >program
	chmod +x program
	booted=0
	for machine in i386:i686 arm64:aarch64 s390x:s390x um:x86_64; do
		kernel=$(ARCH=${machine%:*} bash -c '. "$1/scripts/lib.sh"; echo "$made/on/$image"' - "$top")
		[ -e "$kernel" ] || continue
		booted=$((booted + 1))
		run env ARCH="${machine%:*}" "$top/scripts/boot" -t 120 "$build/${machine%:*}/on" ./program
		echo "$machine: status $status: $output"
		[ "$status" = 42 ]
		[[ "$output" == *"${machine#*:}"* ]]
	done
	[ $booted -gt 0 ] || skip "no kernel of another machine is built"
}
@test "ARCH: a guest that ends without a verdict is a failure" {
	printf '#!/bin/sh\nreboot -f\n' >program
	chmod +x program
	booted=0
	for machine in i386 arm64 s390x um; do
		kernel=$(ARCH=$machine bash -c '. "$1/scripts/lib.sh"; echo "$made/on/$image"' - "$top")
		[ -e "$kernel" ] || continue
		booted=$((booted + 1))
		run env ARCH=$machine "$top/scripts/boot" -t 120 "$build/$machine/on" ./program
		echo "$machine: status $status: $output"
		[ "$status" = 125 ]
		[[ "$output" == *"without a verdict"* ]]
		rm -f "$top/${output##*console: }"
	done
	[ $booted -gt 0 ] || skip "no kernel of another machine is built"
}
