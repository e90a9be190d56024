import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { connect, downloadVolume, type StreamChunk, uploadVolume } from '@ferry/libvirt';

// Runs as a process of its own beside libvirtd, like the Python client it is measured against: each line of standard
// input is a measurement with its arguments, each line of standard output its result, in JSON.

/** Milliseconds of each of so many small calls, one after another. */
async function latency(uri: string, calls: number): Promise<number[]> {
  const connection = await connect(uri);
  const { dom } = await connection.call('domainLookupByName', { name: 'test' });
  for (let index = 0; index < 200; index += 1) await connection.call('domainGetState', { dom, flags: 0 });
  const times: number[] = [];
  for (let index = 0; index < calls; index += 1) {
    const start = performance.now();
    await connection.call('domainGetState', { dom, flags: 0 });
    times.push(performance.now() - start);
  }
  await connection.close();
  return times;
}

/** Calls a second with so many in flight. */
async function rate(uri: string, calls: number, inFlight: number): Promise<number> {
  const connection = await connect(uri);
  const { dom } = await connection.call('domainLookupByName', { name: 'test' });
  const work = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) await connection.call('domainGetState', { dom, flags: 0 });
  };
  await work(200);
  const each = Math.floor(calls / inFlight);
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, () => work(each)));
  const seconds = (performance.now() - start) / 1000;
  await connection.close();
  return (each * inFlight) / seconds;
}

/** Milliseconds to list all domains and read the XML of each; and how many there were. */
async function inventory(uri: string): Promise<{ ms: number; domains: number; characters: number }> {
  const connection = await connect(uri);
  const start = performance.now();
  const { domains } = await connection.call('connectListAllDomains', { needResults: 1, flags: 0 });
  const texts = await Promise.all(
    domains.map((dom) => connection.call('domainGetXmlDesc', { dom, flags: 0 })),
  );
  const characters = texts.reduce((sum, { xml }) => sum + xml.length, 0);
  const ms = performance.now() - start;
  await connection.close();
  return { ms, domains: domains.length, characters };
}

/** MB a second of a volume read through a stream and dropped. */
async function download(uri: string, path: string): Promise<number> {
  const connection = await connect(uri);
  const { vol } = await connection.call('storageVolLookupByPath', { path });
  let bytes = 0;
  const start = performance.now();
  for await (const chunk of downloadVolume(connection, vol, { reuseMemory: true })) {
    if (chunk.kind === 'data') bytes += chunk.bytes.length;
  }
  const seconds = (performance.now() - start) / 1000;
  await connection.close();
  return bytes / 1e6 / seconds;
}

const pieceBytes = 1024 * 1024;

/** MB a second of a file written to a volume through a stream. */
async function upload(uri: string, path: string, source: string): Promise<number> {
  const connection = await connect(uri);
  const { vol } = await connection.call('storageVolLookupByPath', { path });
  let bytes = 0;
  async function* pieces(): AsyncGenerator<StreamChunk> {
    const file = await open(source);
    // The next piece is read while this one is sent.
    const buffers = [Buffer.allocUnsafe(pieceBytes), Buffer.allocUnsafe(pieceBytes)] as const;
    let next = file.read(buffers[0]);
    for (let turn = 1; ; turn += 1) {
      const { bytesRead, buffer } = await next;
      if (bytesRead === 0) break;
      next = file.read(buffers[turn % 2 === 0 ? 0 : 1]);
      bytes += bytesRead;
      yield { kind: 'data', bytes: buffer.subarray(0, bytesRead) };
    }
    await file.close();
  }
  const start = performance.now();
  await uploadVolume(connection, vol, pieces());
  const seconds = (performance.now() - start) / 1000;
  await connection.close();
  return bytes / 1e6 / seconds;
}

// oxlint-disable-next-line typescript/no-explicit-any -- arguments come as JSON from bench/libvirt/main.ts
const measurements: Record<string, (...args: any[]) => Promise<unknown>> = {
  latency,
  rate,
  inventory,
  download,
  upload,
};
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...args] = JSON.parse(line) as [string, ...unknown[]];
  process.stdout.write(`${JSON.stringify(await measurements[name]?.(...args))}\n`);
}
