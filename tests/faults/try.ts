import { allCells, cellName, only } from './cells.ts';
import { FaultWorld } from './fault-world.ts';
import { runCell } from './run-cell.ts';
const world = await FaultWorld.up('faultstry', 'postgres');
try {
  for (const filter of process.argv.slice(2))
    for (const cell of only(allCells('postgres'), filter)) {
      const t = performance.now();
      try {
        const r = await runCell(world, cell, 1);
        console.log(((performance.now() - t) / 1000).toFixed(1), JSON.stringify(r));
      } catch (error) { console.log(cellName(cell), error); console.log(world.ferry.log.split('\n').slice(-15).join('\n')); break; }
    }
} finally { await world.down(); }
