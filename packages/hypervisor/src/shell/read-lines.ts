import type { Readable } from 'node:stream';

const newline = 0x0a;

/** How a stream of lines is read. */
export interface LineReading {
  /** Bytes that one line may have, its end not counted. */
  readonly maxBytes: number;
  /** Is told each whole line, without its end. */
  readonly line: (text: string) => void;
  /** Once, when a line has more: nothing is read after it, and the stream is closed. */
  readonly tooLong: () => void;
}

/** Reads lines as they come; of a line that is not whole yet no more than its bytes is kept, however long it gets. */
export function readLines(stream: Readable, { maxBytes, line, tooLong }: LineReading): void {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  const onData = (piece: Buffer): void => {
    let rest = piece;
    for (;;) {
      const end = rest.indexOf(newline);
      const part = end === -1 ? rest : rest.subarray(0, end);
      keptBytes += part.length;
      if (keptBytes > maxBytes) {
        kept = [];
        stream.off('data', onData);
        stream.destroy();
        tooLong();
        return;
      }
      kept.push(part);
      if (end === -1) return;
      const text = Buffer.concat(kept).toString('utf8').replace(/\r$/, '');
      kept = [];
      keptBytes = 0;
      line(text);
      rest = rest.subarray(end + 1);
    }
  };
  stream.on('data', onData);
}
