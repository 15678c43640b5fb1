#!/bin/bash
# The guest's first process: a minimal system, BlueZ with the snippet docs/devices.md gives, the stories.
python=$1 root=$2 tape=$3
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/libexec/bluetooth HOME=/run/home LANG=C.UTF-8
export PYTHONPATH="$root/typings:$root"
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mkdir -p /run/dbus /run/home /etc/bluetooth
printf '[LE]\nMinConnectionInterval=6\nMaxConnectionInterval=12\nConnectionSupervisionTimeout=400\n' \
    > /etc/bluetooth/main.conf
ip link set lo up 2>/dev/null
dbus-uuidgen --ensure
dbus-daemon --system --fork
cd "$root" || exit 1
"$python" -m tests.bluez.stories "$tape"
sync
echo o > /proc/sysrq-trigger
sleep 60
