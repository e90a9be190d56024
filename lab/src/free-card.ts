import type { LabHost } from './lab-host.ts';

/** For each macvtap device its node in /dev, as udev makes it: libvirt waits a fifth of a second for it. */
const makeNodes = `ip monitor link | while read -r line; do
  for file in /sys/class/net/*/tap*/dev; do
    [ -e "$file" ] || continue
    node=/dev/$(basename "$(dirname "$file")")
    IFS=: read -r major minor < "$file"
    [ "$(stat -c %Hr:%Lr "$node" 2>/dev/null)" = "$major:$minor" ] || { rm -f "$node"; mknod "$node" c "$major" "$minor"; }
  done
done`;

/** Takes the cable to the guests' network out of the host's bridge: macvtap devices can stand on the card `eth1` then. */
export async function freeCard(host: LabHost): Promise<void> {
  await host.execOk(['sh', '-ec', 'ip link set eth1 nomaster; ip link set eth1 up']);
  await host.execOk(['sh', '-c', `(${makeNodes}) >/dev/null 2>&1 </dev/null &`]);
}
