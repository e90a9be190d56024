import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const program = join(import.meta.dirname, 'program');
const parts = ['common.py', 'writing.py'].map((name) => readFileSync(join(program, name), 'utf8'));
const mebibyte = 1024 * 1024;
/** Adjoining pieces, a hole, and an end that fills no block. */
const offsets = [...Array.from({ length: 12 }, (_, number) => number * mebibyte), 20 * mebibyte];
const endBytes = 777;
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-writing-'));
  path = join(folder, 'part');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Brings the pieces to the file as the receiver does, after `accident`, and gives what Python said in the end. */
function written(accident = ''): { direct: boolean; flushes: number; failed: string | null } {
  const run = `
flushes, real_sync, real_write, real_fcntl = [], os.fdatasync, os.pwritev, fcntl.fcntl
os.fdatasync = lambda fd: (flushes.append(1), real_sync(fd))
UNWRITTEN_BYTES = PIECE
fd = os.open(${JSON.stringify(path)}, os.O_RDWR | os.O_CREAT, 0o600)
${accident}
failed, writing = None, Writing(fd)
try:
    for offset in ${JSON.stringify(offsets)}:
        count = ${endBytes} if offset > 12 * PIECE else PIECE
        buffer = memory_of(writing.free, writing)
        memoryview(buffer)[:] = bytes([7]) * PIECE
        memoryview(buffer)[:count] = bytes([1 + offset // PIECE]) * count
        writing.put(offset, count, buffer)
    writing.finish()
    os.ftruncate(fd, ${20 * mebibyte + endBytes})
except OSError as error:
    failed = errno.errorcode[error.errno]
print(json.dumps({"direct": writing.direct, "flushes": len(flushes), "failed": failed}))
`;
  const said = execFileSync('python3', ['-I', '-c', [...parts, run].join('\n')], { encoding: 'utf8' });
  return JSON.parse(said) as ReturnType<typeof written>;
}

function whole(): Buffer {
  const bytes = Buffer.alloc(20 * mebibyte + endBytes);
  for (const at of offsets) bytes.fill(1 + at / mebibyte, at, Math.min(at + mebibyte, bytes.length));
  return bytes;
}

const noDirect = `
def refusing(fd, what, flags=0):
    if flags & os.O_DIRECT:
        raise OSError(errno.EINVAL, "no")
    return real_fcntl(fd, what, flags)
fcntl.fcntl = refusing`;

test('the pieces stand where they belong, with nothing behind the end', () => {
  expect(written()).toMatchObject({ failed: null });
  expect(readFileSync(path).equals(whole())).toBe(true);
});

test('where the page cache cannot be passed by, the disk is made to write meanwhile', () => {
  const { direct, flushes, failed } = written(noDirect);
  expect({ direct, failed }).toEqual({ direct: false, failed: null });
  expect(flushes).toBeGreaterThan(0);
  expect(readFileSync(path).equals(whole())).toBe(true);
});

test('a file system that lets it and then refuses it gets the data through the page cache', () => {
  const result = written(`
def misaligned(fd, views, at):
    if real_fcntl(fd, fcntl.F_GETFL) & os.O_DIRECT:
        raise OSError(errno.EINVAL, "no")
    return real_write(fd, views, at)
os.pwritev, set_direct_of_disk, set_direct = misaligned, set_direct, lambda fd, wanted: set_direct_of_disk(fd, wanted) or wanted`);
  expect(result).toMatchObject({ direct: false, failed: null });
  expect(readFileSync(path).equals(whole())).toBe(true);
});

test('a write that the system cuts short goes on where it ended', () => {
  const short = 'os.pwritev = lambda fd, views, at: real_write(fd, [views[0][: 3 * BLOCK]], at)';
  expect(written(short)).toMatchObject({ failed: null });
  expect(readFileSync(path).equals(whole())).toBe(true);
});

test.each([
  ['a full disk', 'os.pwritev', 'ENOSPC', ''],
  ['a disk that fails when it is made to write', 'os.fdatasync', 'EIO', noDirect],
])('%s is told, however many pieces wait', (_, call, code, first) => {
  const accident = `${first}
def failing(*_):
    raise OSError(errno.${code}, "no")
${call} = failing`;
  expect(written(accident).failed).toBe(code);
});
