import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const dockerfile = readFileSync(`${root}Dockerfile`, 'utf8');
const ignore = readFileSync(`${root}.dockerignore`, 'utf8');

/** What the Dockerfile copies from the checkout; the last word of a COPY is where to. */
const copied = dockerfile
  .split('\n')
  .filter((line) => /^COPY (?!--from)/.test(line))
  .flatMap((line) => line.split(/\s+/).slice(1, -1));

test('everything the image is built from exists, and gets into the build', () => {
  const letIn = ignore.split('\n').filter((line) => line.startsWith('!'));

  expect(copied.filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
  expect(letIn.map((line) => line.slice(1)).sort()).toEqual([...new Set(copied)].sort());
});

test('the image runs without root, on a pinned Node that the package allows', () => {
  const bases = dockerfile.split('\n').filter((line) => line.startsWith('FROM '));
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

  expect(bases).toHaveLength(2);
  for (const base of bases) expect(base).toMatch(/^FROM node:24\.\d+\.\d+-\w+-slim( AS build)?$/);
  expect(last).toMatch(/^USER node$/m);
  expect(last).toMatch(/^VOLUME \/data$/m);
  expect(last).toContain('/healthz');
});
