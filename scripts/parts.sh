# shellcheck shell=bash disable=SC2034,SC2154
# Sourced after lib.sh by commands that count tests, and run commands as tests.
#   parts    the folder for each one's output, in a file of its name
#   shown    grep -E: lines of that output to show, whether it passed or not
passed=0 failed=0 skipped=0 shown='^$'

# part NAME COMMAND...: COMMAND, with its output, as one test; $out is where that is
part() {
	local name=$1 status=0 began=$SECONDS
	shift
	mkdir -p "$parts"
	out=$parts/${name//[^A-Za-z0-9]/-}.out
	"$@" >"$out" 2>&1 || status=$?
	if [ $status = 0 ]; then
		passed=$((passed + 1))
		say "$name: passed ($((SECONDS - began)) s)"
	else
		failed=$((failed + 1))
		say "$name: FAILED with $status; all is in ${out#"$top"/}"
	fi
	grep -aE "$shown" "$out" | sed 's/^/  /' || :
}
# add "N passed, N failed, N skipped"
add() {
	local counts=${1//[!0-9 ]/}
	# shellcheck disable=SC2086 # three numbers
	set -- $counts
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}
# The last line and the status.
counted() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ] && [ $passed -gt 0 ]
}
