// Proves a journal in a thread of its own: `run-proof.ts` starts it.
import { parentPort, workerData } from 'node:worker_threads';
import { announce } from '../release/announce.ts';
import { proveWhole } from './prove-whole.ts';
import type { ProofJob } from './run-proof.ts';

const { path, program, anchors, corrects } = workerData as ProofJob;

parentPort?.postMessage(proveWhole(path, { anchors, corrects, rules: { program, announce } }));
