/** Runs every test: unit tests in Node, then the built site in a browser; the last line of output is the sum of both. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findBrowser } from './find-browser.mjs';

const ROOT = join(import.meta.dirname, '..');
const REPORTS = join(ROOT, '.cache/test-reports');
const UNIT_REPORT = join(REPORTS, 'unit.json');
const BROWSER_REPORT = join(REPORTS, 'browser.json');

/** @param {string} cli path inside node_modules @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
function run(cli, args, env = {}) {
  const command = [join(ROOT, 'node_modules', cli), ...args];
  return (
    spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } }).status === 0
  );
}

/** @param {string} path @returns {any} */
function report(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // No report means that the runner did not get so far; its exit status already counts as a failure.
    return null;
  }
}

/** A step that failed without a failed test (a crash, a broken build, no tests at all) counts as one failure. */
function count(/** @type {boolean} */ ok, /** @type {number} */ passed, /** @type {number} */ failed) {
  return { passed, failed: ok ? failed : Math.max(failed, 1) };
}

function unitTests() {
  const ok = run('vitest/vitest.mjs', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${UNIT_REPORT}`,
  ]);
  const { numPassedTests = 0, numFailedTests = 0 } = report(UNIT_REPORT) ?? {};
  return count(ok, numPassedTests, numFailedTests);
}

/** A port that nobody uses now. @returns {Promise<number>} */
function freePort() {
  return new Promise((found, failed) => {
    const probe = createServer().on('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
      probe.close(() => found(port));
    });
  });
}

async function browserTests() {
  if (!run('vite/bin/vite.js', ['build'])) return count(false, 0, 0);
  try {
    await import('./build-library.mjs');
  } catch (thrown) {
    console.error(thrown);
    return count(false, 0, 0);
  }
  const env = { E2E_REPORT: BROWSER_REPORT, E2E_PORT: String(await freePort()), CHROME_PATH: findBrowser() };
  // Firefox has a command of its own: npm run e2e:firefox.
  const ok = run('@playwright/test/cli.js', ['test', '--project', 'wasm', '--project', 'webgpu'], env);
  const { expected = 0, flaky = 0, unexpected = 0 } = report(BROWSER_REPORT)?.stats ?? {};
  return count(ok, expected + flaky, unexpected);
}

rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });
const results = [unitTests(), await browserTests()];
const sum = (/** @type {'passed' | 'failed'} */ key) => results.reduce((total, result) => total + result[key], 0);
const line = `${sum('passed')} passed, ${sum('failed')} failed`;
writeFileSync(join(REPORTS, 'sum.txt'), `${line}\n`);
console.log(line);
if (sum('failed') > 0) process.exitCode = 1;
