const keptBytes = 4_096;
const keptLines = 5;

/** Keeps the end of what a program says, for messages. */
export class LastWords {
  #kept = Buffer.alloc(0);

  hear(piece: Uint8Array): void {
    this.#kept = Buffer.concat([this.#kept, piece]).subarray(-keptBytes);
  }

  /** The last lines on one, without what would steer a terminal; empty when nothing was said. */
  get text(): string {
    const lines = this.#kept.toString('utf8').split(/[\r\n]+/);
    const plain = lines.map((line) => line.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').trim());
    return plain
      .filter((line) => line !== '')
      .slice(-keptLines)
      .join(' / ');
  }
}
