// Prints `N passed, N failed` from the file of vitest's json reporter: `node scripts/count-tests.mjs <file>`.
import { readFileSync } from 'node:fs';

const text = readFileSync(process.argv[2], 'utf8');
if (text.trim() === '') {
  // The tests did not even start; there is nothing honest to count.
  process.stdout.write('no test was run\n');
  process.exit(1);
}
const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(text);
// A file that cannot be loaded fails without a test of its own.
const brokenFiles = testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
).length;
if (numPendingTests > 0) process.stdout.write(`${numPendingTests} skipped\n`);
process.stdout.write(`${numPassedTests} passed, ${numFailedTests + brokenFiles} failed\n`);
