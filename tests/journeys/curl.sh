#!/bin/sh
# The curl lines of the first releases, as they were printed, over a node at $1 with the token $2.
# Placeholders are replaced by real ids, and the Bearer header is added where it was missing.
# $3 and $4 are a video and a sound to upload, $5 a folder that may be imported from.
set -eu
NODE=$1 TOKEN=$2 VIDEO=$3 AUDIO=$4 IMPORTS=$5
AUTH="Authorization: Bearer $TOKEN"

field() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
expect() { # status, then what curl is to be told
    wanted=$1; shift
    got=$(curl -sS -o /dev/null -w '%{http_code}' "$@")
    [ "$got" = "$wanted" ] || fail "$got instead of $wanted: $*"
}
ended() { # wait for a run, and answer its state
    for _ in $(seq 600); do
        status=$(curl -sS "$NODE/runs/$1" -H "$AUTH" | field status)
        case $status in completed|failed|cancelled) printf '%s' "$status"; return ;; esac
        sleep 0.1
    done
    printf '%s' "$status"
}

# Nobody unknown may write.
expect 401 -X POST "$NODE/runs" -H "Content-Type: application/json" -d '{"recipe": "dog", "inputs": []}'
expect 401 -X POST "$NODE/cache/upload" -F "file=@$VIDEO"
expect 401 -X DELETE "$NODE/runs/00000000-0000-4000-8000-000000000000"

curl -sSf "$NODE/" -H "Accept: application/json" | field name >/dev/null

# Content comes in: uploaded, and imported by path.
video=$(curl -sSf -X POST "$NODE/cache/upload" -F "file=@$VIDEO" -H "$AUTH" | field cid)
audio=$(curl -sSf -X POST "$NODE/cache/upload" -F "file=@$AUDIO" -H "$AUTH" | field content_hash)
cp "$VIDEO" "$IMPORTS/imported.mp4"
imported=$(curl -sSf -X POST "$NODE/cache/import?path=$IMPORTS/imported.mp4" -H "$AUTH" | field cid)
[ "$imported" = "$video" ] || fail "an imported file has another CID than the same uploaded"

# 000 to 002: Start a run
run=$(curl -sSf -X POST "$NODE/runs" \
  -H "Content-Type: application/json" \
  -d "{\"recipe\": \"dog\", \"inputs\": [\"$video\"], \"output_name\": \"my-output\"}" \
  -H "$AUTH" | field run_id)

# 000 to 002: Check run status
curl -sSf "$NODE/runs/$run" -H "$AUTH" >/dev/null
[ "$(ended "$run")" = completed ] || fail "the run of dog"
output=$(curl -sSf "$NODE/runs/$run" -H "$AUTH" | field output_cid)

# 000 to 002: lists, content, assets
curl -sSf "$NODE/runs" -H "$AUTH" | field items >/dev/null
curl -sSf "$NODE/cache" -H "$AUTH" | field items >/dev/null
curl -sSf "$NODE/assets" -H "$AUTH" | field items >/dev/null
bytes=$(curl -sSf "$NODE/cache/$output" -H "$AUTH" | wc -c)
[ "$bytes" = "$(curl -sSf "$NODE/cache/$output/meta" -H "$AUTH" | field size)" ] || fail "$bytes bytes"
curl -sSf "$NODE/cache/$output/raw" -H "$AUTH" -o /dev/null
curl -sSf "$NODE/cache/$output/meta" -H "$AUTH" | field content_hash >/dev/null

# 002: Delete cached content; 001: what a run depends on stays
expect 409 -X DELETE "$NODE/cache/$output" -H "$AUTH"
expect 409 -X DELETE "$NODE/cache/$video" -H "$AUTH"

# 003: beat-sync ships; a run of it over a video and a sound
beats=$(curl -sSf -X POST "$NODE/recipes/beat-sync/run" \
  -H "Content-Type: application/json" \
  -H "$AUTH" \
  -d "{\"inputs\": {\"video\": \"$video\", \"audio\": \"$audio\"}}" | field run_id)
[ "$(ended "$beats")" = completed ] || fail "the run of beat-sync"
curl -sSf "$NODE/api/run/$beats" -H "$AUTH" | field output_cid >/dev/null
curl -sSf "$NODE/api/run/$beats/plan" -H "$AUTH" | field plan_id >/dev/null
curl -sSf "$NODE/api/run/$beats/analysis" -H "$AUTH" | field items >/dev/null

# 003: recipes; 002: the same as configs
text=$(mktemp)
trap 'rm -f "$text"' EXIT
cat > "$text" <<'YAML'
name: twice-seen
dag:
  nodes:
    - {id: image, type: SOURCE, config: {input: true, name: input_image}}
    - {id: once, type: EFFECT, config: {effect: dog}, inputs: [image]}
    - {id: twice, type: EFFECT, config: {effect: dog}, inputs: [once]}
  output: twice
YAML
curl -sSf -X POST "$NODE/configs/upload" -F "file=@$text" -H "$AUTH" | field recipe_id >/dev/null
curl -sSf "$NODE/configs" -H "$AUTH" | field items >/dev/null
curl -sSf "$NODE/configs/twice-seen" -H "$AUTH" | field yaml >/dev/null
config=$(curl -sSf -X POST "$NODE/configs/twice-seen/run" -H "Content-Type: application/json" \
  -d "{\"inputs\": {\"input_image\": \"$video\"}}" -H "$AUTH" | field run_id)
[ "$(ended "$config")" = completed ] || fail "the run of a config"
expect 409 -X DELETE "$NODE/configs/twice-seen" -H "$AUTH"
curl -sSf "$NODE/recipes" -H "$AUTH" | field items >/dev/null
curl -sSf "$NODE/recipes/my-effect" -H "$AUTH" | field yaml >/dev/null

# 003: the three phases
plan=$(mktemp)
trap 'rm -f "$text" "$plan"' EXIT
curl -sSf -X POST "$NODE/api/plan" -H "Content-Type: application/json" \
  -d "{\"recipe\": \"beat-sync\", \"inputs\": {\"video\": \"$video\", \"audio\": \"$audio\"}}" \
  -H "$AUTH" > "$plan"
[ "$(field needed < "$plan")" = 0 ] || fail "a plan of what was done needs steps"
python3 -c 'import json,sys; json.dump({"plan": json.load(open(sys.argv[1]))["plan"]}, sys.stdout)' "$plan" > "$text"
again=$(curl -sSf -X POST "$NODE/api/execute" -H "Content-Type: application/json" -d "@$text" \
  -H "$AUTH" | field run_id)
[ "$(ended "$again")" = completed ] || fail "the execution of a plan"
curl -sSf -X POST "$NODE/api/run-recipe" -H "Content-Type: application/json" \
  -d "{\"recipe\": \"dog\", \"inputs\": [\"$video\"]}" -H "$AUTH" | field run_id >/dev/null

# 001, 002: Delete a run
curl -sSf -X DELETE "$NODE/runs/$run" -H "Authorization: Bearer $TOKEN" >/dev/null
expect 404 "$NODE/runs/$run" -H "$AUTH"
echo "all lines answered"
