#!/bin/bash
# Gives CODER_FIX_COMMAND the first prompt, later each message that is typed, on its standard
# input, in the folder that is the argument, and reports to Coder how it ended.
set -uo pipefail

state="$HOME/.coder-fix"
mkdir -p "$state" "$1"
cd "$1" || exit 1

report() {
  # The token goes by standard input: arguments can be seen by every process.
  curl --config - --silent --show-error --fail --max-time 20 --output /dev/null <<END || true
url = "${CODER_AGENT_URL%/}/api/v2/workspaceagents/me/app-status"
request = "PATCH"
header = "Coder-Session-Token: $CODER_AGENT_TOKEN"
header = "Content-Type: application/json"
data = "{\"app_slug\":\"agent\",\"state\":\"$1\",\"message\":\"$2\",\"uri\":\"\"}"
END
}

work() {
  report working "The command runs"
  # AgentAPI takes a screen that stands still for an agent that has nothing to do.
  while sleep 1; do printf '.'; done &
  local beat=$!
  printf '%s\n\n%s\n' "$CODER_FIX_RULES" "$1" | bash -c "$CODER_FIX_COMMAND"
  local code=$?
  kill "$beat"
  wait "$beat" 2>/dev/null
  printf '\nThe command ended with %s\n' "$code"
  if [ "$code" = 0 ]; then
    report complete "The command ended"
  else
    report failure "The command ended with $code"
  fi
}

# Once only: a workspace that is paused and resumed begins here anew.
if [ ! -e "$state/prompted" ]; then
  touch "$state/prompted"
  work "$CODER_FIX_PROMPT"
fi

# AgentAPI pastes a message between two marks, with lines of its own, and ends it by a return.
begin=$'\e[200~' end=$'\e[201~' typed=''
stty -icanon min 1 2>/dev/null
printf '> '
while IFS= read -r -d '~' part; do
  typed+="$part~"
  [ "${typed%"$end"}" != "$typed" ] || continue
  message=${typed#*"$begin"}
  message=${message%"$end"}
  typed=''
  IFS= read -r _
  work "$message"
  printf '> '
done
