import { expect, test } from 'vitest';
import { readBridges } from './open-vswitch.ts';

const record = (value: object): string => {
  const text = JSON.stringify(value);
  return `OVSDB JSON ${text.length} b11e5d5818677f72d6bcd462654e59c68be1b9f3\n${text}\n`;
};
const schema = record({ name: 'Open_vSwitch', tables: { Bridge: { columns: { name: {} } } } });
const add = (id: string, name: string): string => record({ _date: 1, Bridge: { [id]: { name } } });

test('bridges are those that transactions have made and not removed', () => {
  const later = record({ Bridge: { a: { datapath_version: '<built-in>' } }, _is_diff: true });
  const port = record({ Port: { p: { name: 'eth1' } }, Interface: { i: { name: 'eth1' } } });
  const text =
    schema + add('a', 'br-int') + add('b', 'br-old') + later + port + record({ Bridge: { b: null } });
  expect(readBridges(text)).toEqual(new Set(['br-int']));
});

test('a bridge that is made again has the name that was given last', () => {
  expect(readBridges(schema + add('a', 'br-one') + add('a', 'br-two'))).toEqual(new Set(['br-two']));
});

test('a last record that is still being written is left out', () => {
  const text = schema + add('a', 'br-int');
  for (let cut = 1; cut < 40; cut += 1)
    expect(readBridges(text + add('b', 'br-new').slice(0, -cut))).not.toBeNull();
  expect(readBridges(text + add('b', 'br-new').slice(0, -20))).toEqual(new Set(['br-int']));
});

test('a database without bridges, and what is no such database', () => {
  expect(readBridges(schema)).toEqual(new Set());
  for (const text of ['', 'OVSDB CLUSTER 10 aa\n{}\n', '{"Bridge": {"a": {"name": "br-int"}}}'])
    expect(readBridges(text)).toBeNull();
});
