#!/bin/sh
# Makes the secrets of the profile `club`, once: what is there stays. Nobody has to know them but
# the first login of Grafana (admin, secrets/grafana_password).
#   secrets.sh [FOLDER]     ./secrets beside compose.yaml unless said
set -eu
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder/catfoot"
# Nobody else gets into the folder; in there every container's own user must be able to read.
chmod 700 "$folder"
umask 022

# write FILE TEXT
write() {
    [ -e "$folder/$1" ] || printf '%s' "$2" >"$folder/$1"
}
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

for name in postgres_password influxdb_password influxdb_token grafana_password grafana_reader; do
    write "$name" "$(random)"
done
postgres=$(cat "$folder/postgres_password")
token=$(cat "$folder/influxdb_token")
write catfoot/logbook_url "postgresql://catfoot:$postgres@postgres/catfoot"
write catfoot/series_url "influx://:$token@influxdb:8086/catfoot?org=club"
write catfoot/dashboards_url "influx://:$token@influxdb:8086/shared?org=club"
