/** Documentation that compiles: every sample is of a known language and holds for the code as it is; links lead somewhere. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evalCommand, scoreCommand } from '../bench/accuracy/arguments.ts';
import { quantisation } from '../bench/accuracy/quantisation/measure.ts';
import { bench } from '../bench/speed/bench.ts';
import { altText } from '../cli/alt-text.ts';
import { ask } from '../cli/ask.ts';
import { buildModelCommand } from '../cli/build-model.ts';
import { createOpenAiServer } from '../cli/openai-server.ts';
import { serve } from '../cli/serve.ts';
import { syntheticCheckpoint } from '../cli/synthetic-checkpoint.ts';
import { verifyModel } from '../cli/verify-model.ts';
import type { ChatEvent } from '../contract/chat.ts';
import { faults } from '../faults/run.ts';
import { commandsOf, documents, linksOf, ROOT, type Sample, samplesOf } from './test/doc-samples.ts';

const ALL = documents().flatMap(samplesOf);
const of = (...languages: string[]): Sample[] => ALL.filter(({ language }) => languages.includes(language));
const place = ({ file, line }: Sample): string => `${file}:${line}`;
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

test('every sample says what it is written in', () => {
  const known = [
    'mermaid',
    'ts',
    'tsx',
    'js',
    'html',
    'css',
    'json',
    'sh',
    'http',
    'text',
    'nginx',
    'caddyfile',
    'apache',
  ];
  expect(ALL.filter(({ language }) => !known.includes(language)).map(place)).toEqual([]);
  expect(ALL.length).toBeGreaterThan(15);
});

test('links lead to files', () => {
  const broken = documents().flatMap((file) =>
    linksOf(file)
      .filter((link) => !existsSync(join(ROOT, dirname(file), link)))
      .map((link) => `${file}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test('JSON is JSON', () => {
  for (const sample of of('json')) expect(() => JSON.parse(sample.code), place(sample)).not.toThrow();
});

describe('TypeScript', () => {
  const folder = join(ROOT, '.cache/doc-samples');
  /** The package's entries are the sources they are built from. */
  const build = readFileSync(join(ROOT, 'vite.lib.config.ts'), 'utf8');
  const entries = [...build.matchAll(/^ {2}'?([\w-]+)'?: '(src\/library\/[^']+)',$/gm)].map(
    ([, name = '', path = '']) => [name === 'index' ? 'mipha-web' : `mipha-web/${name}`, [`../../${path}`]],
  );

  test('samples compile against the sources, strictly', () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const samples = of('ts', 'tsx', 'js');
    for (const [i, { code, language, file, line }] of samples.entries()) {
      const name = `${file.replaceAll(/[^\w]+/g, '-')}-${line}-${i}.${language === 'tsx' ? 'tsx' : 'ts'}`;
      writeFileSync(join(folder, name), `${code}\nexport {};\n`);
    }
    const compilerOptions = {
      lib: ['ES2024', 'DOM', 'DOM.Iterable'],
      types: ['vite/client'],
      jsx: 'react-jsx',
      composite: false,
      emitDeclarationOnly: false,
      noEmit: true,
      noUncheckedIndexedAccess: false,
      paths: Object.fromEntries(entries),
    };
    const config = { extends: '../../tsconfig.base.json', compilerOptions, include: ['*.ts', '*.tsx'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    // The compiler is asked about a sample that is wrong as well: its silence would mean nothing otherwise.
    const wrong = `import { createAssistant } from 'mipha-web';\ncreateAssistant({ nonsense: 1 });\n`;
    writeFileSync(join(folder, 'wrong.ts'), wrong);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    const errors = stdout.split('\n').filter((line) => line !== '');
    expect(errors).toEqual([expect.stringMatching(/wrong\.ts\(2,\d+\): error TS2353.*nonsense/)]);
    expect([entries.length, samples.length].every((count) => count > 3)).toBe(true);
  });
});

describe('HTML', () => {
  const VOID = new Set(['area', 'base', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr']);
  const TAG = /<(\/?)([a-z][a-z0-9-]*)((?:\s+[a-z:-]+(?:="[^"<]*")?)*)\s*(\/?)>/g;

  /** What is not closed, or not a tag at all. */
  function problemsOf(code: string): string[] {
    const open: string[] = [];
    const problems: string[] = [];
    const text = code
      .replaceAll(/<!--.*?-->|<!doctype html>/gis, '')
      .replaceAll(/(<script[^>]*>).*?(<\/script>)/gs, '$1$2');
    for (const [, closing, name = '', , selfClosing] of text.matchAll(TAG)) {
      if (closing) {
        if (open.pop() !== name) problems.push(`</${name}> closes nothing`);
      } else if (!VOID.has(name) && !selfClosing) open.push(name);
    }
    if (/[<>]/.test(text.replaceAll(TAG, ''))) problems.push('a tag that cannot be read');
    return [...problems, ...open.map((name) => `<${name}> is not closed`)];
  }

  test('samples are well formed, and the element has the attributes it is given', () => {
    const source = readFileSync(join(ROOT, 'src/library/element-attributes.ts'), 'utf8');
    const element = readFileSync(join(ROOT, 'src/library/element.ts'), 'utf8');
    for (const sample of of('html')) {
      expect(problemsOf(sample.code), place(sample)).toEqual([]);
      for (const [, attributes = ''] of sample.code.matchAll(/<image-assistant\b([^>]*)>/g)) {
        for (const [, name = ''] of attributes.matchAll(/([a-z-]+)(?:="[^"]*")?/g)) {
          const known =
            ['name', 'id', 'class', 'lang', 'hidden'].includes(name) || `${source}${element}`.includes(`'${name}'`);
          expect(known, `${place(sample)}: ${name}`).toBe(true);
        }
      }
    }
    expect(problemsOf('<p><b></p>')).not.toEqual([]);
    expect(problemsOf('<p class=>x</p>')).not.toEqual([]);
  });
});

describe('shell', () => {
  /** Names of the options that a program's source reads. */
  function optionsIn(path: string): Set<string> {
    const source = readFileSync(join(ROOT, path), 'utf8');
    return new Set(
      [
        ...source.matchAll(/^\s*'?([a-z][a-z-]*)'?: \{ type: '/gm),
        ...source.matchAll(/\b'?([a-z][a-z-]*)'?: \{ type: '/g),
      ].map(([, name = '']) => name),
    );
  }

  const ignore = async () => {};
  const programs: Record<string, { parse(words: string[]): unknown }> = {
    'bench/accuracy/eval.ts': evalCommand(ignore),
    'bench/accuracy/score.ts': scoreCommand(ignore),
    'bench/accuracy/quantisation/measure.ts': quantisation,
    'bench/speed/bench.ts': bench,
    'cli/build-model.ts': buildModelCommand,
    'cli/verify-model.ts': verifyModel,
    'cli/synthetic-checkpoint.ts': syntheticCheckpoint,
    'faults/run.ts': faults,
  };

  /** Throws where the program would explain its usage. */
  function checkProgram(path: string, words: string[]): void {
    const [first = '', ...rest] = words;
    if (path === 'cli/main.ts') {
      const commands = { ask, 'alt-text': altText, serve };
      if (!Object.hasOwn(commands, first)) throw new Error(`no command "${first}"`);
      commands[first as keyof typeof commands].parse(rest);
    } else if (Object.hasOwn(programs, path)) programs[path]!.parse(words);
    else {
      if (!existsSync(join(ROOT, path))) throw new Error(`no file ${path}`);
      const known = optionsIn(path);
      const unknown = words
        .filter((word) => word.startsWith('--'))
        .filter((word) => !known.has(word.slice(2).split('=')[0]!));
      if (unknown.length > 0) throw new Error(`${path} has no ${unknown.join(', ')}`);
    }
  }

  function checkNpm([sub = '', ...words]: string[]): void {
    if (['ci', 'install', 'pack'].includes(sub)) return;
    const [name = '', ...rest] = sub === 'run' ? words.filter((word) => word !== '-s') : [sub, ...words];
    const script = scripts[name];
    if (script === undefined) throw new Error(`no script "${name}"`);
    const [, path = '', before = ''] = /^tsx (\S+)(.*)$/.exec(script) ?? [];
    const given = rest[0] === '--' ? rest.slice(1) : rest;
    if (rest.length > 0 && rest[0] !== '--') throw new Error(`words for ${name} belong behind --`);
    if (path) checkProgram(path, [...before.trim().split(' ').filter(Boolean), ...given]);
  }

  function checkCommand(command: string[]): void {
    const words = command.filter((word) => !/^[A-Z_]+=/.test(word));
    const [name = '', ...rest] = words;
    if (name === 'npm') checkNpm(rest);
    else if (name === 'npx' && rest[0] === 'mipha-web') checkProgram('cli/main.ts', rest.slice(1));
    else if (name === 'npx' && rest[0] === 'tsx') checkProgram(rest[1] ?? '', rest.slice(2));
    else if (name === 'npx') expect(['vitest', 'playwright'], rest[0]).toContain(rest[0]);
    else if (name === 'node') checkProgram(rest[0] ?? '', rest.slice(1));
    else if (name === 'python' && rest[0] === '-m') {
      const path = `training/${rest[1]?.replaceAll('.', '/')}`;
      const source = [`${path}.py`, `${path}/__main__.py`].find((file) => existsSync(join(ROOT, file)));
      if (!source) throw new Error(`no module ${rest[1]}`);
      const text = readFileSync(join(ROOT, source), 'utf8');
      for (const word of rest.filter((option) => option.startsWith('--')))
        if (!text.includes(`"${word}"`) && !text.includes(`'${word}'`)) throw new Error(`${source} has no ${word}`);
    } else if (!['cp', 'mkdir', 'cat', 'curl', 'git', 'pip', 'python', 'tar'].includes(name))
      throw new Error(`unknown command ${name}`);
  }

  test('commands exist and take the words they are given', () => {
    for (const sample of of('sh'))
      for (const command of commandsOf(sample.code))
        expect(() => checkCommand(command), `${place(sample)}: ${command.join(' ')}`).not.toThrow();
    const wrong = [
      'npm run -s nothing',
      'npx mipha-web ask --imagine x',
      'npm run -s build-model -- X --outt Y',
      'npm run eval --data x',
    ];
    for (const line of wrong) expect(() => commandsOf(line).forEach(checkCommand), line).toThrow();
  });
});

describe('samples that need no page run as they stand', () => {
  const named = (text: string): Sample => ALL.find(({ code }) => code.includes(text))!;
  /** Not waiting in this thread: what it asks may be answered here. */
  const run = (program: string, words: string[]): Promise<string> =>
    new Promise((printed, failed) => {
      const child = spawn(program, words, { cwd: ROOT, env: { ...process.env, INIT_CWD: ROOT } });
      let out = '';
      let errors = '';
      child.stdout.on('data', (text: Buffer) => (out += String(text)));
      child.stderr.on('data', (text: Buffer) => (errors += String(text)));
      child.on('close', (status) => (status === 0 ? printed(out) : failed(new Error(errors))));
    });

  test('a question from the shell', async () => {
    const [command = []] = commandsOf(named('mipha-web -- ask').code);
    expect(await run(command[0]!, command.slice(1))).toMatch(/circle|square|triangle|rectangle|star/);
  });

  test('a client of the server', async () => {
    async function* answer(): AsyncGenerator<ChatEvent> {
      yield { type: 'text', text: 'A circle.' };
      const usage = { prompt_tokens: 1, cached_tokens: 0, completion_tokens: 1 };
      const timings = { image: 0, vision: 0, prefill: 0, first_token: 0, decode: 0 };
      yield { type: 'done', finish_reason: 'stop', usage, timings };
    }
    const server = createOpenAiServer({ engine: { answer }, model: 'mipha-nano' });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const { code } = named("from 'openai'");
    expect(code).toContain('127.0.0.1:8080');
    mkdirSync(join(ROOT, '.cache/doc-samples'), { recursive: true });
    const path = join(ROOT, '.cache/doc-samples/client.mts');
    writeFileSync(path, code.replace('127.0.0.1:8080', `127.0.0.1:${port}`));
    try {
      expect(await run(process.execPath, ['--import', 'tsx', path])).toContain('A circle.');
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
