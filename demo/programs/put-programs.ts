import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Puts stand-ins for programs that an example's scripts call into `<folder>/bin`, and gives that folder. */
export function putPrograms(
  folder: string,
  names: readonly ('docker' | 'curl' | 'ssh')[],
  control: number,
): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const name of names) {
    const program = join(here, `${name}.mjs`);
    const text = `#!/bin/sh\nDEMO_CONTROL=${control} exec "${process.execPath}" "${program}" "$@"\n`;
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}
