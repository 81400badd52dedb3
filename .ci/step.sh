# The steps of the full gate: sourced by .ci/run, and by the test of what counts as a failure.
passed=0
failed=0

# step NAME FUNCTION: runs it in a shell of its own, where the first error ends it; counts it; shows
# the end of what it printed where it failed. A crash after the last line is a failure as well.
step() {
  local name=$1 start=$SECONDS code=0 how
  bash -euo pipefail -c "$(declare -f "$2"); $2" >"$work/log" 2>&1 || code=$?
  if [ "$code" -eq 0 ]; then
    passed=$((passed + 1))
    echo "ok      $name ($((SECONDS - start)) s)"
  else
    failed=$((failed + 1))
    how="exit code $code"
    if [ "$code" -gt 128 ]; then how="ended by SIG$(kill -l $((code - 128)))"; fi
    echo "FAILED  $name ($((SECONDS - start)) s), $how"
    tail -n 150 "$work/log"
  fi
}
