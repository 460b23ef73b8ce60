/** Source → dist-lib/, the package that other sites install: entries, types, the runtime folder with its model. */
import { spawnSync } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'dist-lib');
const MODEL = 'mipha-nano';

/** What can be imported: the built file and the source of its types. */
const EXPORTS = {
  '.': ['index', 'index'],
  './element': ['element', 'define-element'],
  './ai-sdk': ['ai-sdk', 'ai-sdk/language-model'],
  './prompt-api': ['prompt-api', 'prompt-api/index'],
  './frame': ['frame', 'frame/client'],
};
/** Entries that do something when they are imported. */
const SIDE_EFFECTS = ['./element.js'];

/** Declarations name files of the package, which end in .js. */
async function writeTypes() {
  const { status } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'src/library/tsconfig.package.json'],
    { cwd: ROOT, stdio: 'inherit' },
  );
  if (status !== 0) throw new Error('the types of the library do not compile');
  const folder = join(OUT, 'types');
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.d.ts')) continue;
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/(from\s+|import\(\s*)(['"])(\.[^'"]+)\.ts\2/g, '$1$2$3.js$2'));
  }
}

async function writePackage() {
  const own = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const { version, description, license, engines, devDependencies } = own;
  const exports = Object.fromEntries(
    Object.entries(EXPORTS).map(([name, [built, source]]) => [
      name,
      { types: `./types/src/library/${source}.d.ts`, default: `./${built}.js` },
    ]),
  );
  const manifest = {
    name: 'mipha-web',
    version,
    description,
    license,
    type: 'module',
    engines,
    bin: { 'mipha-web': './bin/mipha-web.js' },
    sideEffects: SIDE_EFFECTS,
    // Its types alone, and for one entry alone: whoever has `ai` has it.
    peerDependencies: { '@ai-sdk/provider': `^${devDependencies['@ai-sdk/provider']}` },
    peerDependenciesMeta: { '@ai-sdk/provider': { optional: true } },
    exports: { ...exports, './runtime/*': './runtime/*', './package.json': './package.json' },
  };
  await writeFile(join(OUT, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await cp(join(ROOT, 'LICENSE'), join(OUT, 'LICENSE'));
  await cp(join(ROOT, 'docs/library.md'), join(OUT, 'README.md'));
  await cp(join(ROOT, 'docs/embedding.md'), join(OUT, 'embedding.md'));
}

for (const mode of ['library', 'runtime', 'command', 'decoder'])
  await build({ configFile: join(ROOT, 'vite.lib.config.ts'), mode });
for (const path of ['canvaskit-wasm/bin/canvaskit.wasm', '@jsquash/avif/codec/dec/avif_dec.wasm'])
  await cp(join(ROOT, 'node_modules', path), join(OUT, 'decoder', basename(path)));
await cp(join(ROOT, 'public/models', MODEL), join(OUT, 'runtime/models', MODEL), { recursive: true });
await writeTypes();
await writePackage();
