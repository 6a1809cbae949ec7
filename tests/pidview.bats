#!/usr/bin/env bats
# pidview: what it says to bad input, and what of a process on this machine.

load common

setup_file() {
	make -s -C "$BATS_TEST_DIRNAME/../linux/tools/pidns" OUTPUT="$BATS_FILE_TMPDIR/"
}
setup() {
	pidview=$BATS_FILE_TMPDIR/pidview
	cd "$BATS_TEST_TMPDIR" || return
}

# refuses WORDS ARG...: status 1, one line on stderr, nothing on stdout
refuses() {
	local words=$1
	shift
	refused 1 "$words" "$pidview" "$@"
}
# In namespaces of its own, which not every machine lets one make.
inside() {
	unshare --pid --fork --mount-proc true 2>/dev/null || skip "no unshare --pid here"
	run unshare --pid --fork --mount-proc "$@"
	echo "$output"
}

@test "pidview: a word" { refuses "'soon' is no number" soon; }
@test "pidview: a number with a tail" { refuses "'12x' is no number" 12x; }
@test "pidview: an empty word" { refuses "'' is no number" ''; }
@test "pidview: a blank before a number" { refuses "' 1' is no number" ' 1'; }
@test "pidview: a negative number" { refuses "'-5' is no number" -5; }
@test "pidview: 0" { refuses 'a number from 1 on' 0; }
@test "pidview: more than an int" { refuses 'a number from 1 on' 2147483648; }
@test "pidview: more than a long" { refuses 'a number from 1 on' 99999999999999999999; }
@test "pidview: nobody's number" { refuses 'no process 4194304 here' 4194304; }
@test "pidview: two numbers" { refuses 'one PID' 1 2; }

@test "pidview: without argument it tells its usage and fails" {
	run "$pidview"
	[ "$status" = 1 ]
	[[ "$output" == usage:* ]]
}

@test "pidview: -h tells its usage" {
	run "$pidview" -h
	[ "$status" = 0 ]
	[[ "$output" == usage:* ]]
}

@test "pidview: a process has its number, group and session" {
	run "$pidview" $$
	echo "$output"
	[ "$status" = 0 ]
	read -r _ _ _ _ group session _ <"/proc/$$/stat"
	[ "$session" != 0 ] || session=none
	[ "$group" != 0 ] || group=none
	[[ "${lines[1]}" == "here:  number $$  group $group  session $session  "* ]]
}

@test "pidview: a zombie" {
	bash -c 'sleep 0 & echo $! >number; exec sleep 60' &
	parent=$!
	until [ -s number ] && grep -q '^State:.Z' "/proc/$(cat number)/status"; do sleep 0.1; done
	run "$pidview" "$(cat number)"
	kill $parent
	echo "$output"
	[ "$status" = 0 ]
	[[ "${lines[0]}" == *"Z (zombie)"* ]]
	[[ "${lines[1]}" == *"number $(cat number) "* ]]
}

@test "pidview: a child in a namespace below, seen from above it" {
	inside bash -c 'unshare --pid --fork sleep 60 &
		until child=$(cat /proc/$!/task/$!/children) && [ -n "$child" ] &&
			read -r name </proc/${child% }/comm && [ $name = sleep ]; do sleep 0.1; done
		'"$pidview"' $child; readlink /proc/self/ns/pid /proc/${child% }/ns/pid; echo $child
		'"$pidview"' -a; kill -KILL $child'
	[ "$status" = 0 ]
	[[ "${lines[1]}" == "here:  number ${lines[5]}  "*"  ${lines[3]}" ]]
	[[ "${lines[2]}" == '`- 1 down:  number 1  '*"  ${lines[4]}" ]]
	[[ "${lines[6]}" == "${lines[3]}  "*" processes, init is 1 bash" ]]
	[[ "${lines[7]}" == "\`- ${lines[4]}  1 process, init is ${lines[5]} sleep" ]]
}

@test "pidview: a group that was named outside is none" {
	inside "$pidview" 1
	[[ "${lines[1]}" == "here:  number 1  group none  session none  pid:["* ]]
}

@test "pidview: a namespace that one may not look at" {
	[ "$(id -u)" = 0 ] || skip "needs root, to be somebody else"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR"/* 2>/dev/null || :
	run setpriv --reuid=65534 --regid=65534 --clear-groups "$pidview" $$
	echo "$output"
	[ "$status" = 0 ]
	[[ "${lines[1]}" == *"no permission to see its namespace" ]]
}

@test "pidview: a kernel without pid namespaces" {
	unshare --mount true 2>/dev/null || skip "no unshare --mount here"
	run unshare --mount bash -c 'mkdir new
		for n in 42 $$; do
			mkdir new/$n
			printf "Name:\tsh\nState:\tS (sleeping)\nTgid:\t$n\nPid:\t$n\n" >new/$n/status
			echo "$n (s) h) S 1 7 8 0" >new/$n/stat
		done
		ln -s $$ new/self
		mount --bind new /proc
		'"$pidview"' 42; exec '"$pidview"' -a'
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[1]}" = "one number for all:  number 42  group 7  session 8" ]
	[[ "${lines[2]}" == *"no pid namespaces"* ]]
	[[ "${lines[3]}" == "2 processes. This kernel has no pid namespaces"* ]]
}
