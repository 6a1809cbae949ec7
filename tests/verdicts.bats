#!/usr/bin/env bats
# What is made of a boot's output: every way not to pass must be seen.

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	cd "$BATS_TEST_TMPDIR" || return
}

# verdicts KERNEL TEXT: in $output, blanks for tabs
verdicts() {
	printf '%s\n' "$2" >in
	run "$top/scripts/verdicts" "$1" in
	[ "$status" = 0 ]
	output=$(tr '\t' ' ' <<<"$output")
}

has() {
	grep -qxF -- "$1" <<<"$output" || { echo "no line '$1' in:"; echo "$output"; false; }
}

@test "a passed and a failed test are told, with the message" {
	verdicts on 'ours/d/p: 1..2
ours/d/p: ok 1 one
ours/d/p: # p.c:3:two:Expected 1 (1) == x (2)
ours/d/p: not ok 2 two
ours/d/p: END 1 0
ALL DONE'
	has 'on ours/d/p one pass '
	has 'on ours/d/p two fail p.c:3:two:Expected 1 (1) == x (2)'
	[ "$(grep -c '^on' <<<"$output")" = 2 ]
}

@test "a skip has its reason" {
	verdicts off 'ours/d/p: 1..1
ours/d/p: ok 1 one # SKIP not here
ours/d/p: END 0 0
ALL DONE'
	has 'off ours/d/p one skip not here'
}

@test "a remark is no part of a name, with SKIP or without" {
	verdicts on 'ours/d/p: ok 1 one #  left by another test
ours/d/p: ok 2 # SKIP two
ours/d/p: END 0 0
ALL DONE'
	has 'on ours/d/p one pass '
	has 'on ours/d/p two skip two'
}

@test "a program that ends before its last test fails" {
	verdicts on 'ours/d/p: 1..3
ours/d/p: ok 1 one
ours/d/p: END 139 0
ALL DONE'
	has 'on ours/d/p all of its tests fail 1 of 3 ran, exit status 139'
}

@test "a time-out fails" {
	verdicts on 'ours/d/p: 1..2
ours/d/p: ok 1 one
ours/d/p: END timeout 60
ALL DONE'
	has 'on ours/d/p all of its tests fail 1 of 2 ran, time-out after 60 s'
}

@test "a bad status after good tests fails" {
	verdicts on 'ours/d/p: 1..1
ours/d/p: ok 1 one
ours/d/p: END 134 0
ALL DONE'
	has 'on ours/d/p exit status fail exit status 134'
}

@test "without TAP the status judges: 0, 4, another" {
	verdicts on 'base/proc/a: END 0 0
base/proc/b: END 4 0
base/proc/c: c: c.c:7: assertion
base/proc/c: END 134 0
ALL DONE'
	has 'on base/proc/a exit status pass '
	has 'on base/proc/b exit status skip exit status 4'
	has 'on base/proc/c exit status fail exit status 134: c: c.c:7: assertion'
}

@test "a run that was cut off fails" {
	verdicts on 'ours/d/p: ok 1 one
ours/d/p: END 0 0'
	has 'on guest/run all programs fail ended after 1 programs'
}

@test "no output at all fails" {
	verdicts on ''
	has 'on guest/run all programs fail ended after 0 programs'
}

@test "tests of one name are told apart" {
	verdicts on 'ours/d/p: ok 1 one
ours/d/p: ok 2 one
ours/d/p: END 0 0
ALL DONE'
	has 'on ours/d/p one pass '
	has 'on ours/d/p one (2) pass '
}

@test "KUnit: cases count, not their suites" {
	verdicts unit-on '[    1.000000] KTAP version 1
[    1.000000] 1..1
[    1.000000]     KTAP version 1
[    1.000000]     # Subtest: pid_table
[    1.000000]     1..2
[    1.000000]     ok 1 reserve
[    1.000000]     # wrap: EXPECTATION FAILED at kernel/pid_kunit.c:9
[    1.000000]     not ok 2 wrap
[    1.000000] not ok 1 pid_table'
	has 'unit-on kunit pid_table.reserve pass '
	grep -q '^unit-on kunit pid_table.wrap fail' <<<"$output"
	[ "$(grep -c '^unit-on' <<<"$output")" = 2 ]
}

@test "KUnit: a suite that stops early fails" {
	verdicts unit-on '1..2
    # Subtest: a
    1..2
    ok 1 one'
	grep -q '^unit-on kunit all suites fail 0 of 2 suites ran' <<<"$output"
}

@test "KUnit: a console without results fails" {
	verdicts unit-on '[    0.1] Linux version 6.12'
	has 'unit-on kunit all suites fail no KTAP on the console'
}

# judged OURS STOCK: fields parted by a bar
judged() {
	tr '|' '\t' <<<"$1" >ours
	tr '|' '\t' <<<"$2" >stock
	run "$top/scripts/judge" ours stock
}

@test "judge: a failure of ours is one, whatever stock does" {
	judged 'on|ours/p|t|fail|why' 'on|ours/p|t|fail|why'
	[ "$status" = 1 ]
	has '0 passed, 1 failed, 0 skipped'
}

@test "judge: what fails on stock too is skipped, with the reason" {
	judged 'on|base/p|t|fail|why' 'on|base/p|t|fail|there'
	[ "$status" = 0 ]
	has '  skipped p: t: fails on stock: there'
	has '0 passed, 0 failed, 1 skipped'
}

@test "judge: what passes on stock must not fail" {
	judged 'on|base/p|t|fail|why' 'on|base/p|t|pass|'
	[ "$status" = 1 ]
	has '  FAILED p: t: why'
}

@test "judge: what passes on stock must not be skipped" {
	judged 'on|base/p|t|skip|why' 'on|base/p|t|pass|'
	[ "$status" = 1 ]
	has '0 passed, 1 failed, 0 skipped'
}

@test "judge: what passes on stock must run" {
	judged 'on|base/p|t|pass|' 'on|base/p|t|pass|
on|base/p|u|pass|'
	[ "$status" = 1 ]
	has '  FAILED base/p: u: did not run, but passes on stock'
}

@test "judge: the other kernel's tests are not missed" {
	judged 'on|base/p|t|pass|' 'on|base/p|t|pass|
off|base/p|u|pass|'
	[ "$status" = 0 ]
	has '1 passed, 0 failed, 0 skipped'
}

@test "judge: a test that is told twice is not counted twice" {
	judged 'on|ours/p|t|pass|
on|ours/p|t|pass|' ''
	[ "$status" = 1 ]
	has '1 passed, 1 failed, 0 skipped'
}

@test "judge: no test at all is a failure" {
	judged '' ''
	[ "$status" = 1 ]
	has '0 passed, 1 failed, 0 skipped'
}
