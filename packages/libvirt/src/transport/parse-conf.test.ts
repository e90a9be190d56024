import { expect, test } from 'vitest';
import { parseConf } from './parse-conf.ts';

function values(text: string): unknown {
  return Object.fromEntries([...parseConf(text, 'a.conf')].map(([name, { value }]) => [name, value]));
}

test('reads what libvirt writes into its own files', () => {
  const text = `
# a comment; "with" [signs
uri_aliases = [
  "hail=qemu+ssh://root@hail.cloud.example.com/system",
  'sleet=qemu+ssh://root@sleet.cloud.example.com/system',
]
uri_default = "qemu:///system" # behind it
keepalive_interval = 5; keepalive_count=-1\r
empty = []
nested = [ 1, [ "a", +2 ], ""]
long = """two
"lines" """
quotes = 'a "b" \\n#'`;
  expect(values(text)).toEqual({
    uri_aliases: [
      'hail=qemu+ssh://root@hail.cloud.example.com/system',
      'sleet=qemu+ssh://root@sleet.cloud.example.com/system',
    ],
    uri_default: 'qemu:///system',
    keepalive_interval: 5n,
    keepalive_count: -1n,
    empty: [],
    nested: [1n, ['a', 2n], ''],
    long: 'two\n"lines" ',
    quotes: String.raw`a "b" \n#`,
  });
});

test.each(['', '\n \t\n', '# only a comment', '# one\n\n# two'])('%j says nothing', (text) => {
  expect(values(text)).toEqual({});
});

test('of two settings of one name the first counts, and lines are known', () => {
  const entries = parseConf('\n\na = 1\na = 2\n', 'a.conf');
  expect(entries.get('a')).toEqual({ value: 1n, line: 3 });
});

test.each([
  ['a', 1, '"="'],
  ['\n\n= 1', 3, 'name'],
  ['9a = 1', 1, 'name'],
  ['a = \n"b"', 1, 'a value'],
  ['a = b', 1, 'a value'],
  ['a = -', 1, 'a value'],
  ['a = "b', 1, 'the end of the text'],
  ['a = """b\n\nc', 1, 'the end of the text'],
  ["a = 'b\n'", 1, 'the end of the text'],
  ['a = [ "b"', 1, 'in a list'],
  ['a = [ "b"\n "c" ]', 2, 'in a list'],
  ['a = [\n# no\n1 ]', 2, 'a value'],
  ['a = [ , ]', 1, 'a value'],
  ['a = 1 b = 2', 1, 'end of the line'],
])('%j is refused at line %i', (text, line, what) => {
  expect(() => parseConf(text, '/etc/a.conf')).toThrow(
    expect.objectContaining({
      code: 'bad-configuration',
      mayHaveRun: false,
      message: expect.stringMatching(new RegExp(`^/etc/a.conf:${line}: .*${what}`)),
    }),
  );
});
