import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchWorld } from '../bench-world.ts';
import { shapeLink } from '../shape-link.ts';
import { isWanted, type Link, links, loads, ways } from './cells.ts';
import { convergencePage } from './convergence-page.ts';
import { Results } from './results.ts';
import { runCell } from './run-cell.ts';

/**
 * Live moves of guests that do different things, over different links, by Ferry's policies and by virsh: time, bytes, the
 * pause as the guest's network saw it, forecast against fact. `CELLS='idle;hot-set @ 200'` takes some cells, `RUNS` how often,
 * `LIMIT` the seconds after which a move is aborted. Goes on where its results file ends; `CELLS=none` writes the page alone.
 */
const folder = join(import.meta.dirname, '../../docs/convergence');
mkdirSync(folder, { recursive: true });
const results = new Results(join(folder, 'results.json'));
const runs = Number(process.env['RUNS'] ?? 1);
const limitMs = Number(process.env['LIMIT'] ?? 60) * 1000;
const wanted = process.env['CELLS'];

for (const link of links) await measureLink(link);
const { page, plots } = convergencePage(results.all, loads, links);
for (const [name, svg] of plots) writeFileSync(join(folder, name), svg);
writeFileSync(`${folder}.md`, page);

/** Hosts and a controller of their own for each link: what the controller learns of a link is of that one alone. */
async function measureLink(link: Link): Promise<void> {
  const cells = loads.filter((load) => isWanted(load, link, wanted));
  const isOpen = cells.some((load) =>
    ways.some((way) =>
      Array.from({ length: runs }, (_, run) => run).some(
        (run) => !results.has({ guest: load.name, link: link.name, way: way.name, run }),
      ),
    ),
  );
  if (!isOpen) return;
  const world = await benchWorld();
  try {
    const [source, target] = world.lab.hosts;
    if (source === undefined || target === undefined) throw new Error('two hosts are needed');
    if (link.bitsPerSecond !== null) await shapeLink({ source, target }, link.bitsPerSecond);
    for (const load of cells) await runCell({ world, load, link, runs, limitMs, results, say }, ways);
  } finally {
    await world.down();
  }
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}
