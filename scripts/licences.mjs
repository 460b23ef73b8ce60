/** Vite plugin: the packages whose code a build bundles → one file with their licences, from the installed packages. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const LICENCES_FILE = 'third-party-licences.txt';
const ROOT = join(import.meta.dirname, '..');

/** @typedef {{ name: string, version: string, license?: string, author?: string | { name: string },
 *   repository?: string | { url: string }, dependencies?: Record<string, string> }} Manifest */

/** The folder of the package that a module is part of; null for our own code. @param {string} id */
export function packageFolder(id) {
  const match = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/?]+)/.exec(id);
  return match?.[1] ?? null;
}

/** Where Node would find a dependency of the package in `folder`; null when it is not installed. */
function dependencyFolder(/** @type {string} */ folder, /** @type {string} */ name) {
  for (let at = folder; at.includes('node_modules'); at = at.slice(0, at.lastIndexOf('/node_modules/'))) {
    const nested = join(at, 'node_modules', name);
    if (existsSync(join(nested, 'package.json'))) return nested;
  }
  const top = join(ROOT, 'node_modules', name);
  return existsSync(join(top, 'package.json')) ? top : null;
}

/** @param {string} folder @returns {Promise<Manifest>} */
const manifestOf = async (folder) => JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));

/**
 * The packages and what they depend on: published files often hold their dependencies already, where no bundler sees them.
 * @param {Iterable<string>} folders
 */
async function withDependencies(folders) {
  const all = new Map();
  const waiting = [...folders];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (all.has(folder)) continue;
    const manifest = await manifestOf(folder);
    all.set(folder, manifest);
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      const found = name.startsWith('@types/') ? null : dependencyFolder(folder, name);
      if (found !== null) waiting.push(found);
    }
  }
  return all;
}

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
const ISC = `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.`;

/** Who holds the rights where the package's own data name one of its authors. @type {Record<string, string>} */
const HOLDERS = {
  'onnxruntime-common': 'Microsoft Corporation',
  'onnxruntime-web': 'Microsoft Corporation',
};

/** The text that a package names without bringing it. @param {Manifest} manifest */
async function namedText({ name, license, author }) {
  const holder = HOLDERS[name] ?? (typeof author === 'string' ? author : (author?.name ?? `the authors of ${name}`));
  if (license === 'MIT') return `Copyright (c) ${holder}\n\n${MIT}`;
  if (license === 'ISC') return `Copyright (c) ${holder}\n\n${ISC}`;
  if (license === 'Apache-2.0') return readFile(join(ROOT, 'LICENSE'), 'utf8');
  throw new Error(`${name} has no licence file, and the text of "${license}" is not known here`);
}

/** The licence and notice files of a package. @param {string} folder @param {Manifest} manifest */
async function textOf(folder, manifest) {
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice|thirdpartynotices)/i.test(file));
  const texts = await Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')));
  return texts.length > 0 ? texts.join('\n\n') : namedText(manifest);
}

/** What compiled files hold beyond what a package manager knows of. @type {Record<string, (version: string) => string>} */
const COMPILED = {
  'onnxruntime-web': (version) =>
    'Its WebAssembly holds further libraries, listed with their licences in\n' +
    `https://github.com/microsoft/onnxruntime/blob/v${version}/ThirdPartyNotices.txt`,
  'canvaskit-wasm': () =>
    'Its WebAssembly holds further libraries (libjpeg-turbo, libpng, libwebp, zlib, wuffs and others), listed with their\n' +
    'licences in https://skia.googlesource.com/skia/+/refs/heads/main/third_party/',
  '@jsquash/avif': () =>
    'Its WebAssembly holds libavif and libaom: https://github.com/AOMediaCodec/libavif/blob/main/LICENSE and\n' +
    'https://aomedia.googlesource.com/aom/+/refs/heads/main/LICENSE',
};

/** The whole file. @param {Iterable<string>} folders of the bundled packages */
export async function licencesOf(folders) {
  /** @type {[string, string][]} */
  const parts = [];
  for (const [folder, manifest] of await withDependencies(folders)) {
    const { name, version, license = 'see below', repository } = manifest;
    // Packages that an override has put out of the way.
    if (name === 'empty-npm-package') continue;
    const address = typeof repository === 'string' ? repository : (repository?.url ?? '');
    const text = (await textOf(folder, manifest)).replaceAll('\r\n', '\n').trim();
    const compiled = COMPILED[name]?.(version) ?? '';
    const part = [`${name} ${version} (${license})`, address, compiled, '', text].filter(
      (line, at) => line || at === 3,
    );
    parts.push([`${name} ${version}`, part.join('\n')]);
  }
  parts.sort(([a], [b]) => (a < b ? -1 : 1));
  const unique = [...new Map(parts).values()];
  const rule = `\n\n${'='.repeat(100)}\n`;
  return `This software holds code of the following packages, under the licences below.${rule}${unique.join(rule)}\n`;
}

/** Emits the file with every build. @returns {import('vite').Plugin} */
export function licences() {
  return {
    name: 'licences',
    apply: 'build',
    async generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
      const folders = modules.map(packageFolder).filter((folder) => folder !== null);
      this.emitFile({ type: 'asset', fileName: LICENCES_FILE, source: await licencesOf(folders) });
    },
  };
}
