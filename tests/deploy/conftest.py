"""Servers that tests of dashboards share with those of the stores."""

from tests.store.conftest import influx_url, influxd

__all__ = ["influx_url", "influxd"]
