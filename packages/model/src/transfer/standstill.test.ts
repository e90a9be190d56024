import { expect, test } from 'vitest';
import { isStoppedByOthers, runsOn, type StandstillNews, withNews } from './standstill.ts';

const pass = (number: number): StandstillNews => ({ kind: 'pass', pass: number });
const found = (number: number, sentBytes: number): StandstillNews => ({
  kind: 'found-standing',
  pass: number,
  sentBytes,
});
const stopped: StandstillNews = { kind: 'stopped' };
const ran = (number: number): StandstillNews => ({ kind: 'found-running', pass: number });

function stoppedByOthers(...news: readonly StandstillNews[]): boolean {
  return isStoppedByOthers(news.reduce(withNews, runsOn));
}

// As libvirt 11.3 with QEMU 10.0 tell it of a guest that is sent (virsh event --all).
test('one that is stopped for its switch-over begins one more pass', () => {
  expect(stoppedByOthers(pass(1), pass(2), pass(6), stopped)).toBe(false);
  expect(stoppedByOthers(pass(1), pass(2), pass(6), stopped, pass(7))).toBe(false);
});

test('one that somebody suspends begins at least two', () => {
  expect(stoppedByOthers(pass(1), stopped, pass(2))).toBe(false);
  expect(stoppedByOthers(pass(1), stopped, pass(2), pass(3))).toBe(true);
  expect(stoppedByOthers(pass(1), stopped, pass(2), pass(3), pass(4))).toBe(true);
});

test('events that were not heard from the beginning on prove nothing', () => {
  expect(stoppedByOthers(stopped, pass(9))).toBe(false);
  expect(stoppedByOthers(stopped, pass(9), pass(10))).toBe(true);
  expect(stoppedByOthers(found(4, 100), stopped, pass(5))).toBe(false);
  expect(stoppedByOthers(found(4, 100), pass(6))).toBe(true);
});

test('a stop after passes that were not heard is taken for one in the last of them', () => {
  expect(stoppedByOthers(pass(1), stopped, pass(7))).toBe(false);
  expect(stoppedByOthers(pass(1), stopped, found(6, 100), pass(7))).toBe(false);
  expect(stoppedByOthers(pass(1), stopped, found(7, 100), found(7, 200), pass(7))).toBe(false);
});

test('the last pass of a switch-over is sent while it stands, however long that takes', () => {
  expect(stoppedByOthers(pass(4), stopped, pass(5), found(5, 100), found(5, 200), found(5, 300))).toBe(false);
  expect(stoppedByOthers(found(5, 100), found(5, 200), pass(5))).toBe(false);
  expect(stoppedByOthers(pass(4), found(5, 100), stopped, found(5, 200), pass(5))).toBe(false);
});

test('one that Ferry has stopped is nobody else’s', () => {
  expect(stoppedByOthers(pass(1), { kind: 'own-stop' }, stopped, pass(2), pass(3))).toBe(false);
  expect(stoppedByOthers(pass(1), stopped, { kind: 'own-stop' }, pass(2), pass(3))).toBe(true);
});

test('one that runs on again is not stopped by anybody', () => {
  expect(stoppedByOthers(pass(1), stopped, pass(2), pass(3), { kind: 'runs-on' })).toBe(false);
});

test('of one that was stopped for its switch-over nothing more of the pass is sent', () => {
  expect(stoppedByOthers(pass(4), stopped, found(4, 100), found(4, 100))).toBe(false);
  expect(stoppedByOthers(pass(4), stopped, found(4, 100), found(5, 200), pass(5))).toBe(false);
  expect(stoppedByOthers(pass(4), stopped, found(4, 100), found(4, 101))).toBe(true);
});

// As libvirt 12.9 with QEMU 11.1 do, which tell of no first pass.
test('where no pass is told of, more of the one in which it was last seen to run proves it', () => {
  expect(stoppedByOthers(ran(1), stopped, found(1, 100), found(1, 101))).toBe(true);
  expect(stoppedByOthers(ran(1), found(1, 100), found(1, 101))).toBe(true);
  expect(stoppedByOthers(ran(1), stopped, found(1, 100), found(1, 100))).toBe(false);
  expect(stoppedByOthers(ran(1), stopped, found(2, 100), found(2, 101))).toBe(false);
  expect(stoppedByOthers(ran(1), pass(2), stopped, found(2, 100), found(1, 101))).toBe(false);
  expect(stoppedByOthers(stopped, ran(2), found(2, 100), found(2, 101))).toBe(false);
});
