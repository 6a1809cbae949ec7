# shellcheck shell=bash
# Sourced by the other scripts: where things are, and how to complain.
# The repo's own top, whatever the working directory.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
build=$top/build
me=${0##*/}
. "${BASH_SOURCE[0]%/*}/arch.sh"

# A user's git settings (hooks, line ends, signing) must not change results.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
export PATH=$PATH:/usr/sbin:/sbin
# Kernel folders share compiler results wherever the paths differ.
export CCACHE_BASEDIR=$top CCACHE_NOHASHDIR=1
# Our own make's options and SHELL=1 are not for the kernel's make.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

say() { echo "$me: $*"; }
die() { echo "$me: $*" >&2; exit 1; }
# usage 'TEXT' "$@": prints TEXT for -h.
usage() {
	local text=$1
	shift
	case ${1-} in -h | --help) printf '%s\n' "$text"; exit 0 ;; esac
}
bad_usage() { echo "$me: $*; see $me -h" >&2; exit 126; }

# lock NAME: one at a time, until this script ends; a second one waits.
lock() {
	mkdir -p "$build"
	exec 9>"$build/.lock-$1"
	flock -n 9 || { say "waiting for another $1"; flock 9; }
}
# room GIB: fail before a build that can't end well.
room() {
	mkdir -p "$build"
	[ "$(df -Pk "$build" | awk 'NR == 2 { print $4 }')" -ge $(($1 * 1048576)) ] ||
		die "$build has less than $1 GiB free: make room, then run this again"
}
# version DIR: the kernel version that DIR's Makefile states.
version() {
	sed -n 's/^\(VERSION\|PATCHLEVEL\|SUBLEVEL\) *= *//p' "$1/Makefile" |
		head -n 3 | paste -sd.
}
# objects_of [DIR]: the objects of the source files on stdin, as scripts/kernel takes
# them for x86_64; with DIR only those that were built there. Some files are included
# by another.
objects_of() {
	sed -n 's|^kernel/sched/debug\.c$|kernel/sched/build_utility.c|
		/^tools\//d; /^arch\/powerpc\//d; s/\.c$/.o/p' | sort -u |
		while read -r object; do
			[ -n "${1-}" ] && [ ! -e "$1/$object" ] || echo "$object"
		done
}
