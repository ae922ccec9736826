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

test('every package of the lock file is pinned by its hash, those of other platforms too', () => {
  const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
    packages: Readonly<Record<string, { integrity?: string; link?: boolean }>>;
  };
  const installed = Object.entries(packages).filter(([path, { link }]) => path !== '' && !link);

  expect(installed.length).toBeGreaterThan(100);
  const unpinned = installed.filter(
    ([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity),
  );
  expect(unpinned.map(([path]) => path)).toEqual([]);
});

test('every `docker run` of the documentation drops what the bot does not need', () => {
  const pages = ['README.md', 'docs/connect-haproxy.md', 'docs/connect-slack.md'];
  const runs = pages
    .flatMap((page) => readFileSync(`${root}${page}`, 'utf8').replaceAll('\\\n', ' ').split('\n'))
    .filter((line) => /^\s*docker run\b/.test(line));

  expect(runs.length).toBeGreaterThan(0);
  for (const run of runs) {
    expect(run).toMatch(/--cap-drop[ =]ALL/);
    expect(run).toMatch(/--security-opt[ =]no-new-privileges/);
  }
});
