# shellcheck shell=bash
# Loaded by the tests of commands.

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	# shellcheck disable=SC2034 # for who loads this
	build=$top/build
	cd "$BATS_TEST_TMPDIR" || return
}

# refused STATUS WORDS COMMAND...: and nothing on stdout
refused() {
	local want=$1 words=$2 code=0
	shift 2
	"$@" >out 2>err </dev/null || code=$?
	if [ "$code" != "$want" ] || [ "$(wc -l <err)" != 1 ] || ! grep -qe "$words" err || [ -s out ]; then
		echo "status $code, wanted $want; stdout and stderr:"
		cat out err
		return 1
	fi
}
