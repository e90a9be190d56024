/** Whether `ferry doctor --fix` mends what a finding says, and what it does, or why it does not. */
export interface Fixability {
  /** `in-part`: only where what is said of it holds. */
  readonly fixed: 'yes' | 'in-part' | 'no';
  readonly what: string;
}

/**
 * Every finding of the doctor, in the order of its documents. What is mended is what a shell on the host can do, that can be
 * put back, and of which there is no doubt what is meant. The page docs/reference/doctor.md is written from it.
 */
export const fixTable = {
  answers: no('there is no way to a host that does not answer'),
  shell: no('it takes a shell to mend anything; where there is none, or no python3, the commands are said'),
  versions: no(
    'packages are upgraded by you: a daemon that restarts, and guests that keep the old QEMU, are yours to plan',
  ),
  'cpu-baseline': no('it is told for the definitions of guests, and nothing is wrong'),
  'own-name': inPart(
    'a line of /etc/hosts with its address; not where it has several addresses and no URI says which is meant',
  ),
  certificate: inPart(
    "renewed by this controller's authority as `ferry host configure --rotate` does it; access to keys is set (`chmod`, `chgrp`). Certificates of another authority are for who has that one to renew",
  ),
  'migration-tls': inPart(
    "certificates as `ferry host configure` makes them; not where another authority's is there already",
  ),
  'libvirt-tls': inPart(
    "certificates as `ferry host configure --transport tls` makes them; not where another authority's is there already",
  ),
  clock: inPart(
    'chrony or systemd-timesyncd that is installed is started and has the clock set; where neither is, the packages are said',
  ),
  userfaultfd: yes('vm.unprivileged_userfaultfd=1, now and in /etc/sysctl.d/60-ferry-post-copy.conf'),
  autostart: no('which guests start with the host is theirs who have them'),
  'libvirt-guests': no('what becomes of guests when a host is shut down is yours to decide'),
  'other-balancers': no('who looks after the guests is yours to decide'),
  'stopped-networks': no('a move starts what it needs'),
  identity: no('a new uuid or machine-id takes a restart of the host while it is empty'),
  cpu: no('a processor is what it is: give guests the model of cpu-baseline'),
  'machine-types': no('QEMU is upgraded by you, or guests are started with an older machine'),
  name: inPart(
    'the line of /etc/hosts that makes the name of the other the loopback is taken out, and one with its address added; not where it is not known which address or name is meant. A name that leads elsewhere may be meant so',
  ),
  'peer-daemon': inPart(
    'libvirtd that does not listen for TLS is configured (`ferry host configure --transport tls`); where it listens, the firewall lets the other host in (firewalld, ufw, nftables). sshd and libvirtd by TCP are yours',
  ),
  'migration-ports': inPart(
    "firewalld, ufw or nftables of the target let the other host's addresses in at these ports; not where the host turns nothing away itself (a firewall in between)",
  ),
  authority: no('whose authority is trusted is yours to decide (`ferry host configure --replace-authority`)'),
  'qemu-owner': no('numbers of users change while no guest runs, with the owner of every file of theirs'),
  storage: no('which storage both see is told'),
  locks: no(
    'which of the two lock managers is meant is not known, and changing it takes a host without guests',
  ),
  networks: no(
    'what is plugged into a network is not known here: `ferry host set --define-networks`, or --map-network',
  ),
  mtu: no('what lies between the hosts is not known from here'),
  latency: no('a way is as long as it is'),
  throughput: no('it is told'),
} as const satisfies Readonly<Record<string, Fixability>>;

/** The name of a finding of the doctor. */
export type DoctorCode = keyof typeof fixTable;

function yes(what: string): Fixability & { readonly fixed: 'yes' } {
  return { fixed: 'yes', what };
}

function inPart(what: string): Fixability & { readonly fixed: 'in-part' } {
  return { fixed: 'in-part', what };
}

function no(what: string): Fixability & { readonly fixed: 'no' } {
  return { fixed: 'no', what };
}
