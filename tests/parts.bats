#!/usr/bin/env bats
# What check-debug, check-deb and soak make of the commands that they run.

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	parts=$BATS_TEST_TMPDIR/parts
}

# run_parts COMMANDS: in a shell that has the words of scripts/parts.sh
run_parts() {
	run bash -eu -c '. "$1/scripts/lib.sh"; . "$1/scripts/parts.sh"; parts=$2; eval "$3"' \
		test "$top" "$parts" "$1"
}

@test "one that fails is told, counted and kept" {
	run_parts 'part good true; part "bad: one" sh -c "echo why; exit 3"; counted'
	[ "$status" = 1 ]
	[[ ${lines[0]} == "test: good: passed "* ]]
	[[ ${lines[1]} == "test: bad: one: FAILED with 3; all is in "*/bad--one.out ]]
	[ "${lines[2]}" = '1 passed, 1 failed, 0 skipped' ]
	[ "$(cat "$parts/bad--one.out")" = why ]
}

@test "lines that are to be shown are, of a good one too" {
	run_parts 'shown="^# "; part good printf "# 5 operations\nmore\n"; counted'
	[ "$status" = 0 ]
	[ "${lines[1]}" = '  # 5 operations' ]
	[ "${lines[2]}" = '1 passed, 0 failed, 0 skipped' ]
}

@test "no test at all is a failure" {
	run_parts counted
	[ "$status" = 1 ]
}
