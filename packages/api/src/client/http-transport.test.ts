import { expect, test } from 'vitest';
import { readServerSentEvents } from './http-transport.ts';

test('events are read however the stream is cut, comments passed over', async () => {
  const bytes = Buffer.from(
    ': here\n\nid: 1\nevent: a\ndata: {"x":"\u00e4"}\n\n: still\n\ndata: two\ndata: lines\n\ndata: cut',
  );
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const parts = async function* (): AsyncGenerator<Uint8Array> {
      for (let start = 0; start < bytes.length; start += cut) yield bytes.subarray(start, start + cut);
    };
    const seen: string[] = [];
    for await (const data of readServerSentEvents(parts())) seen.push(data);
    expect(seen).toEqual(['{"x":"\u00e4"}', 'two\nlines']);
  }
});
