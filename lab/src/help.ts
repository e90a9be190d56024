/** What `lab --help` prints. */
export const help = `lab: real libvirt and QEMU hosts in network namespaces of this machine

  lab setup                          install what is missing, make the hosts' Debian root and the guest (once)
  lab up [--hosts N] [--guests M]    bring a lab up; 3 hosts and no guest when not said; waits until guests answer
  lab status [--name X]              hosts, guests and where each runs; all labs when no name is given
  lab exec HOST|ctl -- COMMAND...    run a command inside a host, or beside the controller
  lab power on|off HOST              boot a host again, or cut its power
  lab guest create NAME [--host H]   one more guest, on compute11 when not said; --off leaves it shut off
  lab guest stat NAME                the guest's counters
  lab down [--name X | --all]        take a lab down: no process, mount, namespace or file stays behind

Options
  --name X             which lab; "main" when not given. Several run side by side
  --memory MIB         memory of a guest (128; 80 is the least that boots)
  --storage KIND       where a guest's disk stands: local or shared (lab up: by turns when not said)
  --disk KIND          overlay on a base image, standalone, or raw
  --dirty MIB:RATE     memory that the guest keeps dirty, at so many MiB a second

At most 4 hosts and 12 guests. Exit codes: 0 done, 1 failed, 2 wrong use, 3 this machine cannot (no root).
\`lab exec\` ends with the code of the command it ran.
`;
