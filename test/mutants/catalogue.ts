import { configMutants } from './config-mutants.ts';
import { doorMutants } from './door-mutants.ts';
import { driftMutants } from './drift-mutants.ts';
import { endingMutants } from './ending-mutants.ts';
import { engineMutants } from './engine-mutants.ts';
import { hookMutants } from './hook-mutants.ts';
import { houseMutants } from './house-mutants.ts';
import { journalMutants } from './journal-mutants.ts';
import type { Mutant } from './mutant.ts';
import { nodeMutants } from './node-mutants.ts';
import { orderMutants } from './order-mutants.ts';
import { reloadMutants } from './reload-mutants.ts';
import { ruleMutants } from './rule-mutants.ts';
import { serversMutants } from './servers-mutants.ts';
import { sessionsMutants } from './sessions-mutants.ts';
import { sizeMutants } from './size-mutants.ts';
import { timingMutants } from './timing-mutants.ts';
import { wayBackMutants } from './way-back-mutants.ts';
import { zoneMutants } from './zone-mutants.ts';

/** Every safety check that is known to matter. */
export const catalogue: readonly Mutant[] = [
  ...engineMutants,
  ...endingMutants,
  ...reloadMutants,
  ...driftMutants,
  ...ruleMutants,
  ...nodeMutants,
  ...configMutants,
  ...journalMutants,
  ...houseMutants,
  ...doorMutants,
  ...sessionsMutants,
  ...serversMutants,
  ...hookMutants,
  ...zoneMutants,
  ...timingMutants,
  ...orderMutants,
  ...wayBackMutants,
  ...sizeMutants,
];
