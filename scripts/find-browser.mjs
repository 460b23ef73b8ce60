/** Finds a Chromium for the browser tests: an installed one, else Playwright's download, else Debian's package. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from '@playwright/test';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];

const APT = '/usr/bin/apt-get';

/** Nobody is there to answer questions, and a download host that does not answer is given up soon. */
const ENVIRONMENT = {
  ...process.env,
  DEBIAN_FRONTEND: 'noninteractive',
  PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000',
};

const FIXED_PLACES = [
  '/usr/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there or not ours to run: the next place is tried.
    return false;
  }
}

/**
 * The path of a browser that is already on this machine, or null. `CHROME_PATH` overrides the search.
 * @param {NodeJS.ProcessEnv} env
 */
export function installedBrowser(env = process.env) {
  if (env.CHROME_PATH) return env.CHROME_PATH;
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const onPath = COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command)));
  const downloaded = chromium.executablePath();
  return [...onPath, ...FIXED_PLACES, downloaded].find(isExecutable) ?? null;
}

/** @param {string} command @param {string[]} args */
function runs(command, args) {
  console.error(`find-browser: ${command} ${args.join(' ')}`);
  return spawnSync(command, args, { stdio: ['ignore', 2, 2], env: ENVIRONMENT }).status === 0;
}

function installFromDebian() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync(APT)) return false;
  return runs(APT, ['update', '-q']) && runs(APT, ['install', '-qy', '--no-install-recommends', 'chromium']);
}

/** The path of a browser, installing one if there is none. Throws with the choices that remain. */
export function findBrowser() {
  const present = installedBrowser();
  if (present) return present;
  const playwright = join(import.meta.dirname, '../node_modules/@playwright/test/cli.js');
  if (runs(process.execPath, [playwright, 'install', 'chromium'])) return chromium.executablePath();
  if (installFromDebian()) {
    const packaged = installedBrowser();
    if (packaged) return packaged;
  }
  throw new Error('No Chromium found and none could be installed. Install Chrome or Chromium, or set CHROME_PATH.');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) console.log(findBrowser());
