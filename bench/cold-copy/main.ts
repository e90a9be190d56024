import { cpus, totalmem } from 'node:os';
import { median } from '../median.ts';
import { coldCopyWorld, type ColdCopyWorld } from './cold-copy-world.ts';
import { ferryCopy, type FerryWay } from './ferry-ways.ts';
import { asBefore, type Content, imagePath, keepImage, makeImage } from './image.ts';
import { shapeLink } from '../shape-link.ts';
import { byHand } from './ways.ts';

/** MiB of data in the image; the article's case is 1.8 GB. */
const mib = Number(process.env['BENCH_COPY_MIB'] ?? 1800);
const turns = Number(process.env['BENCH_TURNS'] ?? 3);
/** Only ways of these names, parted by semicolons; all when nothing is said. */
const only = process.env['BENCH_COPY_WAYS']?.split(';');
const gigabit = 1_000_000_000;

const world = await coldCopyWorld();
try {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  say(`${new Date().toISOString()}, ${machine}; ${mib} MiB of data, medians of ${turns}\n`);
  await measure('no limit of the link, half of the data compresses', 'half', allWays());
  const shaped: Ways = {
    ...ferryWays(['encrypted', 'trusted']),
    ...pick(['rsync --sparse', 'socat (raw TCP)']),
  };
  const unshape = await shapeLink(world, gigabit);
  const least = ((mib * 2 ** 20 * 8) / gigabit).toFixed(1);
  await measure(`1 Gbit/s, nothing compresses (the link alone: ${least} s)`, 'none', shaped);
  await measure(`1 Gbit/s, all compresses (the link alone: ${least} s)`, 'all', shaped);
  await unshape();
} finally {
  await world.down();
}

type Ways = Readonly<Record<string, (world: ColdCopyWorld) => Promise<number>>>;

function ferryWays(ways: readonly FerryWay[]): Ways {
  return Object.fromEntries(ways.map((way) => [`ferry, ${way}`, (one) => ferryCopy(one, way, imagePath)]));
}

function pick(names: readonly string[]): Ways {
  return Object.fromEntries(
    Object.entries(byHand)
      .filter(([name]) => names.includes(name))
      .map(([name, copy]) => [name, (one) => copy(one, imagePath)]),
  );
}

function allWays(): Ways {
  return { ...ferryWays(['encrypted', 'trusted', 'streams']), ...pick(Object.keys(byHand)) };
}

/** All ways in turn, so that what else the machine does hits them alike. */
async function measure(title: string, content: Content, all: Ways): Promise<void> {
  const ways = Object.fromEntries(Object.entries(all).filter(([name]) => only?.includes(name) ?? true));
  await makeImage(world, mib, content);
  await keepImage(world);
  const times = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [name, copy] of Object.entries(ways)) {
      await asBefore(world);
      times.get(name)?.push(await copy(world));
    }
  }
  const seconds = (name: string): number => median(times.get(name) ?? []) / 1000;
  const against = ['scp', 'rsync --sparse', 'socat (raw TCP)'].filter((name) => times.has(name));
  say(`| ${title} | seconds | ${against.map((name) => `of ${name}`).join(' | ')} |`);
  say(`|---|---|${against.map(() => '---|').join('')}`);
  for (const name of times.keys()) {
    const shares = against.map((other) => (seconds(name) / seconds(other)).toFixed(2));
    say(`| ${name} | ${seconds(name).toFixed(2)} | ${shares.join(' | ')} |`);
  }
  say('');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
