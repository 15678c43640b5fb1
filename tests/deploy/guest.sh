#!/bin/sh
# What is tried inside the machine that tests/deploy/realunits.py starts; a line for each claim.
base=http://127.0.0.1:8123
python=/opt/catfoot/bin/python

claim() {
    name=$1
    shift
    if "$@" >/tmp/said 2>&1; then echo "ok: $name"; else echo "NOT: $name"; sed 's/^/    /' /tmp/said; fi
}
is() { test "$(systemctl show --value -p "$2" "$1")" = "$3"; }
ask() { $python -c 'import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode())' "$1"; }
# until COMMAND...: again and again, for a minute at most
until_true() {
    for _ in $(seq 120); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.5
    done
    "$@"
}
as_catfoot() {
    systemd-run --quiet --pipe --wait --collect --unit=as-catfoot -p DynamicUser=yes -p User=catfoot \
        -p StateDirectory=catfoot -p UMask=0077 -p EnvironmentFile=-/etc/catfoot/catfoot.env \
        -p LoadCredential=logbook_url:/etc/catfoot/logbook_url \
        -E CATFOOT_LOGBOOK_URL_FILE=/run/credentials/as-catfoot.service/logbook_url \
        -E CATFOOT_DATA=/var/lib/catfoot /usr/local/bin/catfoot "$@"
}
uid() { stat -c %u "/proc/$(systemctl show --value -p MainPID catfoot)"; }
of_main() { grep "$1" "/proc/$(systemctl show --value -p MainPID catfoot)/status"; }

claim "the server starts, and counts as started once it answers" systemctl start catfoot
claim "it answers" ask $base/ready
claim "its user is one that systemd lends" test "$(uid)" -ge 61184 -a "$(uid)" -le 65519
claim "system calls are filtered" of_main "^Seccomp:.2"
claim "no capability is left" of_main "^CapBnd:.0000000000000000"
claim "and none can be had" of_main "^NoNewPrivs:.1"
claim "its folder is its own" test "$(stat -c %a /var/lib/private/catfoot)" = 700
claim "a secret in a file of root's is read" test -f /var/lib/private/catfoot/secretly.db

cat >/tmp/upload.py <<'PY'
import json, sys, time, urllib.request as u
base = sys.argv[1]
def post(path, body, kind):
    return json.load(u.urlopen(u.Request(base + path, body, {"Content-Type": kind})))
ada = post("/api/v1/athletes", b'{"name": "ada"}', "application/json")["id"]
rows = "".join(f"{i / 200:.3f},0,0,{9.81 + (i % 70 < 10) * 20}\n" for i in range(8000))
asked = post(f"/api/v1/athletes/{ada}/recordings?name=a.csv", ("t_s,ax,ay,az\n" + rows).encode(), "application/octet-stream")
for _ in range(240):
    (job,) = json.load(u.urlopen(f"{base}/api/v1/athletes/{ada}/jobs"))["items"]
    if job["state"] not in ("waiting", "working"):
        break
    time.sleep(0.5)
print(job)
sys.exit(job["state"] not in ("done", "refused"))
PY
claim "a process of its own works on an upload" $python /tmp/upload.py $base
claim "the command line knows the same athlete" as_catfoot export /var/lib/catfoot/ada.zip --athlete ada
claim "a backup is made while it runs" as_catfoot backup /var/lib/catfoot/backups
claim "and belongs to it" test "$(stat -c %u /var/lib/private/catfoot/backups)" = "$(uid)"

claim "a gateway starts with its key" until_true sh -c 'journalctl -u catfoot-gateway@ada | grep -q "Started catfoot-gateway@ada"' &
systemctl start --no-block catfoot-gateway@ada
wait
claim "it says in one sentence that there is no Bluetooth" until_true sh -c 'journalctl -u catfoot-gateway@ada | grep "catfoot: .*Bluetooth"'
claim "and tries again" until_true sh -c 'test "$(systemctl show --value -p NRestarts catfoot-gateway@ada)" -ge 1'
systemctl stop catfoot-gateway@ada

kill -STOP "$(systemctl show --value -p MainPID catfoot)"
claim "a server that hangs is started again" until_true is catfoot NRestarts 1
claim "for the watchdog's sake" sh -c 'journalctl -u catfoot | grep -i watchdog'
claim "and answers again" until_true ask $base/ready
claim "it ends in order" systemctl stop catfoot
claim "without a fault" is catfoot Result success
echo "the story is over"
