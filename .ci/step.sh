# The steps of the full gate: sourced by .ci/run, and by the test of what counts as a failure.
passed=0
failed=0

# step NAME FUNCTION: runs it in a shell of its own, where the first error ends it; counts it; shows
# the end of what it printed where it failed. A crash after the last line is a failure as well.
step() {
  attempt "$2" "$work/log"
  told "$1" "$work/log"
}

# both NAME FUNCTION NAME FUNCTION: two steps that keep one core busy each and leave each other alone.
both() {
  attempt "$2" "$work/log" &
  attempt "$4" "$work/log_beside"
  wait $!
  told "$1" "$work/log"
  told "$3" "$work/log_beside"
}

# attempt FUNCTION LOG: writes what it prints to the log, its exit code and seconds beside that.
attempt() {
  local start=$SECONDS code=0
  bash -euo pipefail -c "$(declare -f "$1"); $1" >"$2" 2>&1 || code=$?
  echo "$code $((SECONDS - start))" >"$2.end"
}

# told NAME LOG: counts and tells a step that has ended.
told() {
  local name=$1 log=$2 code seconds how
  read -r code seconds <"$log.end"
  if [ "$code" -eq 0 ]; then
    passed=$((passed + 1))
    echo "ok      $name ($seconds s)"
  else
    failed=$((failed + 1))
    how="exit code $code"
    if [ "$code" -gt 128 ]; then how="ended by SIG$(kill -l $((code - 128)))"; fi
    echo "FAILED  $name ($seconds s), $how"
    tail -n 150 "$log"
  fi
}
