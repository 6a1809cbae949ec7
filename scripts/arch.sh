# shellcheck shell=bash disable=SC2034,SC2054,SC2086,SC2100,SC2154
# (variables for who sources this, and of who does; commas in words of QEMU)
# Sourced by lib.sh: all that depends on the machine a kernel is for. ARCH names
# it; without ARCH it is x86_64.
#   machine    its name, empty for x86_64
#   made       where its kernels and results are
#   userland   where its programs are: its initramfs, its selftests
#   kernel_make  words for the kernel's make
#   cross, foreign  prefix of its compiler; Debian's name of it, if its programs
#              are not this machine's own
#   target, image  what make is to build, and where that is then
#   unit_config  configs/ of the kernels with unit tests
#   last_configs  configs/ that are merged last
#   compiler, emulator  Debian's packages of them, as scripts/setup wants them
#   run_machine  runs it: scripts/boot's variables say what, and how long
machine='' kernel_make=() cross='' foreign=''
compiler='' emulator='qemu-system-x86:qemu-system-x86_64'
qemu=(qemu-system-x86_64 -M pc -cpu max) console=ttyS0 channels=serial
target=bzImage image=arch/x86/boot/bzImage unit_config=unit last_configs=''

case ${ARCH-} in
'' | x86_64) ;;
i386)
	machine=i386 cross=i686-linux-gnu- foreign=i386
	kernel_make=(ARCH=i386) last_configs=small
	# As an AMD with 32 bits it would be one that is not for SMP: a warning.
	qemu=(qemu-system-i386 -M pc -cpu max,vendor=GenuineIntel)
	;;
arm64)
	machine=arm64 cross=aarch64-linux-gnu- foreign=arm64
	kernel_make=(ARCH=arm64) last_configs=no-pc
	emulator=qemu-system-arm:qemu-system-aarch64
	# Signed pointers by a cipher would cost more than all else.
	qemu=(qemu-system-aarch64 -M virt -cpu max,pauth-impdef=on)
	console=ttyAMA0 channels=virtio-serial-device
	target=Image image=arch/arm64/boot/Image
	;;
s390x)
	machine=s390x cross=s390x-linux-gnu- foreign=s390x
	kernel_make=(ARCH=s390) last_configs='small no-pc'
	emulator=qemu-system-misc:qemu-system-s390x
	qemu=(qemu-system-s390x -M s390-ccw-virtio -cpu max)
	console=ttysclp0 channels=virtio-serial-ccw image=arch/s390/boot/bzImage
	;;
um)
	# A kernel that is a program of this machine, with this machine's programs.
	machine=um kernel_make=(ARCH=um) channels=um last_configs=no-pc
	target=linux image=linux
	;;
*)
	echo "$me: no machine ARCH=$ARCH: x86_64, i386, arm64, s390x or um" >&2
	exit 126
	;;
esac
if [ -n "$machine" ]; then
	unit_config='guest kunit' last_configs="$last_configs arch-$machine"
fi
made=$build${machine:+/$machine}
userland=$build${foreign:+/$machine}
kernel_make+=("CC=ccache ${cross}gcc")
if [ -n "$cross" ]; then
	kernel_make+=("CROSS_COMPILE=$cross")
	compiler="gcc-${cross%-}:${cross}gcc libc6-dev-$foreign-cross:/usr/${cross%-}/include/stdio.h"
fi

# The console goes to $log, the program's port is stdin and stdout, the verdict
# goes to $work/verdict, each on a way of its own.
run_machine() {
	local accel="-accel tcg,thread=multi -smp sockets=$cpus" ways
	[ -z "$icount" ] || accel='-accel tcg,thread=single -icount shift=0,sleep=off -smp 1'
	case $channels in
	serial)
		ways=(-serial chardev:program -debugcon "file:$work/verdict")
		;;
	um)
		# It kills itself on a panic.
		ulimit -c 0
		exec timeout --foreground -k 5 "$limit" "$dir/$image" \
			"mem=$mem" "initrd=$work/initrd" con0=null,fd:1 con=null \
			ssl0=fd:3,fd:4 ssl1=null,fd:5 ssl=null noreboot panic=-1 \
			PORT=/dev/ttyS0 VERDICT=/dev/ttyS1 $words \
			3<&0 4>&1 5>"$work/verdict" >"$log" 2>"$work/qemu" </dev/null
		;;
	*)
		ways=(-device "$channels" -device virtconsole,chardev=program
			-chardev "file,id=verdict,path=$work/verdict"
			-device virtconsole,chardev=verdict)
		words="PORT=/dev/hvc0 VERDICT=/dev/hvc1 $words"
		;;
	esac
	exec timeout --foreground -k 5 "$limit" "${qemu[@]}" -m "$mem" \
		$accel -nodefaults -no-user-config -display none -no-reboot \
		-kernel "$dir/$image" -initrd "$work/initrd" \
		-append "console=$console panic=-1 oops=panic watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120 $words" \
		-serial "file:$log" -chardev stdio,id=program,signal=off \
		"${ways[@]}" 2>"$work/qemu"
}
