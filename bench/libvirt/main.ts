import { cpus, totalmem } from 'node:os';
import { median, percentile } from '../median.ts';
import { type BenchClient, libvirtBenchWorld } from './libvirt-bench-world.ts';

const turns = Number(process.env['BENCH_TURNS'] ?? 5);
const callsOneByOne = 5_000;
const callsTogether = 20_000;
const volumeMib = Number(process.env['BENCH_VOLUME_MIB'] ?? 512);

/** What is measured on each client in turn, and how a turn's value is had from its answer. */
interface Row {
  readonly what: string;
  readonly unit: string;
  readonly better: 'less' | 'more';
  readonly measure: (client: BenchClient) => Promise<number>;
  /** The yardstick where it is not the Python client. */
  readonly peer?: () => Promise<number>;
}

const world = await libvirtBenchWorld(volumeMib);
const latencies = (which: 'unix' | 'tcp', percent: number): Row => ({
  what: `small call over ${which}, p${percent}`,
  unit: 'ms',
  better: 'less',
  measure: async ({ process, uris }) =>
    percentile(await process.ask<number[]>('latency', uris[which], callsOneByOne), percent),
});
const rates = (which: 'unix' | 'tcp', inFlight: number): Row => ({
  what: `calls a second over ${which}, ${inFlight} in flight`,
  unit: '/s',
  better: 'more',
  measure: ({ process, uris }) => process.ask<number>('rate', uris[which], callsTogether, inFlight),
});
const rows: readonly Row[] = [
  ...(['unix', 'tcp'] as const).flatMap((which) => [latencies(which, 50), latencies(which, 99)]),
  ...(['unix', 'tcp'] as const).flatMap((which) => [1, 16, 128].map((inFlight) => rates(which, inFlight))),
  {
    what: 'list 1,000 domains and read the XML of each',
    unit: 'ms',
    better: 'less',
    measure: async ({ process, uris }) => {
      const found = await process.ask<{ ms: number; domains: number }>('inventory', uris.thousand);
      if (found.domains !== 1_000) throw new Error(`${found.domains} domains where 1,000 were made`);
      return found.ms;
    },
  },
  ...(['virsh', 'python'] as const).flatMap((peer): Row[] => [
    {
      what: `volume download (against ${peer})`,
      unit: 'MB/s',
      better: 'more',
      measure: ({ process, uris }) => process.ask<number>('download', uris.qemu, world.volumes.read),
      ...(peer === 'virsh' && { peer: () => world.virsh('download') }),
    },
    {
      what: `volume upload (against ${peer})`,
      unit: 'MB/s',
      better: 'more',
      measure: ({ process, uris, source }) =>
        process.ask<number>('upload', uris.qemu, world.volumes.write, source),
      ...(peer === 'virsh' && { peer: () => world.virsh('upload') }),
    },
  ]),
];

try {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  process.stdout.write(
    `${new Date().toISOString().slice(0, 10)}, ${machine}, Node ${process.versions.node}; median of ${turns} runs in turn\n\n`,
  );
  process.stdout.write(
    '| what | @ferry/libvirt | python3-libvirt or virsh | ahead by |\n|---|---|---|---|\n',
  );
  for (const row of rows) process.stdout.write(`${await measured(row)}\n`);
} finally {
  await world.down();
}

/** A row of the table: each client once to warm up, then in turn. `ahead by` is over 1 where Ferry's client is better. */
async function measured({ what, unit, better, measure, peer }: Row): Promise<string> {
  const theirs = peer ?? (() => measure(world.python));
  await measure(world.node);
  await theirs();
  const [our, their]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < turns; turn += 1) {
    our.push(await measure(world.node));
    their.push(await theirs());
  }
  const [ourMedian, theirMedian] = [median(our), median(their)];
  const ratio = better === 'less' ? theirMedian / ourMedian : ourMedian / theirMedian;
  const value = (number: number): string => `${number.toFixed(number < 10 ? 3 : 0)} ${unit}`;
  return `| ${what} | ${value(ourMedian)} | ${value(theirMedian)} | ${ratio.toFixed(2)} |`;
}
