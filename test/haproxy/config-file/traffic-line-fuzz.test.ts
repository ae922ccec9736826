import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findTrafficLine, withBackend } from '../../../src/haproxy/config-file/traffic-line.ts';

const www = { frontend: 'www' };
const bytes = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).filter(
  (byte) => byte !== '\n',
);
const blanks = fc.string({ unit: fc.constantFrom(' ', '\t'), minLength: 1, maxLength: 3 });
const end = fc.constantFrom('', '\r', ' # a word', '\t#default_backend x', '#');
const name = fc.string({ unit: fc.constantFrom(...'abz_.:-09'), minLength: 1, maxLength: 8 });
/** Any line that neither begins a section nor is the one that is looked for. */
const noise = fc
  .string({ unit: fc.constantFrom(...bytes), maxLength: 30 })
  .map((line) => `#${line}`)
  .chain((comment) =>
    fc.oneof(
      fc.constant(comment),
      fc.tuple(blanks, name, blanks, name).map((parts) => `${parts.join('')}`),
      blanks,
      fc.constant(''),
    ),
  )
  .filter((line) => !/^\s*(frontend|backend|defaults|default_backend)\b/.test(line));
const lines = fc.array(noise, { maxLength: 6 }).map((all) => all.map((one) => `${one}\n`).join(''));

test('whatever stands around it: the line is found, and every other byte is kept', () => {
  fc.assert(
    fc.property(
      fc.tuple(lines, lines, lines),
      fc.tuple(blanks, blanks, name, end),
      name,
      ([above, inside, below], [indent, gap, from, tail], to) => {
        const before = `${above}frontend www\n${inside}${indent}default_backend${gap}`;
        const after = `${tail}\nbackend x\n${below}`;
        const line = findTrafficLine(`${before}${from}${after}`, www);

        expect(line).toMatchObject({ kind: 'found', backend: from });
        if (line.kind !== 'found') return;
        const edited = withBackend(`${before}${from}${after}`, line, to);
        expect(edited).toBe(`${before}${to}${after}`);
        expect(findTrafficLine(edited, www)).toEqual({
          ...line,
          backend: to,
          end: line.start + to.length,
        });
      },
    ),
    { numRuns: 300 },
  );
});

test('no text at all makes it fail, and what it finds it can put back', () => {
  const word = fc.constantFrom(
    'frontend www',
    'default_backend',
    'blue',
    '"',
    "'",
    '\\',
    '#',
    ' ',
    '\n',
    '\r',
    '\0',
    '.if',
    '\xe9',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      const line = findTrafficLine(text, www);
      if (line.kind !== 'found') return;
      const there = text.slice(line.start, line.end);

      const edited = withBackend(text, line, 'green');
      const again = findTrafficLine(edited, www);

      expect(again).toMatchObject({ kind: 'found', backend: 'green', start: line.start });
      if (again.kind === 'found') expect(withBackend(edited, again, there)).toBe(text);
    }),
    { numRuns: 2000 },
  );
});
