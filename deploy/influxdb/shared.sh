#!/bin/bash
# Runs once, when InfluxDB is first set up: the database that dashboards read, and a user who may
# read that database and nothing else.
set -euo pipefail
bucket=$(influx bucket create --org "$DOCKER_INFLUXDB_INIT_ORG" --name shared --hide-headers | cut -f 1)
influx v1 auth create --org "$DOCKER_INFLUXDB_INIT_ORG" --description "Grafana reads shared" \
    --username grafana --password "$(cat /run/secrets/grafana_reader)" --read-bucket "$bucket"
