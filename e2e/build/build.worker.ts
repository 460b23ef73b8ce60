/** A worker for tests alone: the doors to OPFS against their contract, and a checkpoint that is fetched, kept and built there. */
import { expose } from 'comlink';
import { buildModel } from '../../builder/build.ts';
import type { ModelCard } from '../../builder/emit/manifest.ts';
import type { Sink, Source } from '../../contract/files.ts';
import { downloadInto } from '../../files/http/into.ts';
import { DEFAULT_TIMING } from '../../files/http/retry.ts';
import { replacingOpfsSink } from '../../files/opfs/replacing.ts';
import { opfsSink } from '../../files/opfs/sink.ts';
import { opfsSource } from '../../files/opfs/source.ts';
import { runningSum } from '../../files/running-sum.ts';
import { sha256 } from '../../files/sha256.ts';
import { SAMPLE, SINK_CASES, SOURCE_CASES } from '../../files/test/folders.ts';
import { createWasmRuntime } from '../../runtime/ort.ts';

export interface CheckpointFile {
  path: string;
  url: string;
  bytes: number;
  sha256: string;
}

// No await out here: a call that comes before `expose` has run would be lost.
const opfs = navigator.storage.getDirectory();
let folders = 0;
const fresh = async (): Promise<FileSystemDirectoryHandle> =>
  (await opfs).getDirectoryHandle(`case-${folders++}`, { create: true });

async function names(): Promise<string[]> {
  const found: string[] = [];
  for await (const name of (await opfs).keys()) found.push(name);
  return found.sort();
}

async function sampleFolder(): Promise<Source> {
  const folder = await fresh();
  const sink = opfsSink(folder);
  for (const [path, bytes] of Object.entries(SAMPLE)) await sink.write(path, 0, bytes);
  await sink.finish();
  return opfsSource(folder);
}

async function sums(files: Source): Promise<Record<string, string>> {
  const entries = (await files.list()).map(async (path) => [path, await sha256(await files.read(path))] as const);
  return Object.fromEntries(await Promise.all(entries));
}

const building = {
  /** Runs every case; what went wrong, by its name. */
  async contract(): Promise<Record<string, string>> {
    const sinks: Record<string, () => Promise<Sink>> = {
      'in place': async () => opfsSink(await fresh()),
      replacing: async () => replacingOpfsSink(await opfs, `case-${folders++}`),
    };
    const tasks: [string, () => Promise<void>][] = [
      ...Object.entries(SOURCE_CASES).map(([title, check]): [string, () => Promise<void>] => [
        title,
        async () => check(await sampleFolder()),
      ]),
      ...Object.entries(sinks).flatMap(([kind, open]) =>
        Object.entries(SINK_CASES).map(([title, check]): [string, () => Promise<void>] => [
          `${kind}: ${title}`,
          async () => check(await open()),
        ]),
      ),
    ];
    const results: Record<string, string> = {};
    for (const [title, run] of tasks)
      results[title] = await run().then(
        () => 'passed',
        (thrown: unknown) => (thrown as Error).message,
      );
    return results;
  },

  /** What a folder shows while it is replaced, then, and after another attempt was given up. */
  async replace(): Promise<string[][]> {
    const seen: string[][] = [];
    const look = async (): Promise<void> => {
      seen.push(await opfsSource(await (await opfs).getDirectoryHandle('replaced')).list());
    };
    for (const [path, ends] of [
      ['old', 'finish'],
      ['new/file', 'finish'],
      ['never', 'abort'],
    ] as const) {
      const sink = await replacingOpfsSink(await opfs, 'replaced');
      await sink.write(path, 0, Uint8Array.of(1));
      if (path !== 'old') await look();
      await sink[ends]();
      await look();
    }
    return seen;
  },

  /** Fetches into OPFS. Stopped after so many bytes when told to. */
  async fetch(files: readonly CheckpointFile[], stopAfter = Number.POSITIVE_INFINITY): Promise<string> {
    const sink = opfsSink(await (await opfs).getDirectoryHandle('checkpoint', { create: true }));
    const stop = new AbortController();
    const options = { fetch: fetch.bind(globalThis), timing: DEFAULT_TIMING, runningSum, signal: stop.signal };
    const onBytes = (here: number): void => {
      if (here >= stopAfter) stop.abort();
    };
    try {
      for (const file of files) await downloadInto(sink, { ...file, version: 'v1' }, { ...options, onBytes });
      return 'done';
    } catch (thrown) {
      return (thrown as { code?: string }).code ?? String(thrown);
    } finally {
      await sink.finish();
    }
  },

  /** Builds what was fetched; the sums of the model's files, or the name of the failure and what is left behind. */
  async build(variants: string[], card: ModelCard, stopAt = ''): Promise<Record<string, string> | string[]> {
    const stop = new AbortController();
    try {
      await buildModel({
        checkpoint: opfsSource(await (await opfs).getDirectoryHandle('checkpoint')),
        out: await replacingOpfsSink(await opfs, card.id),
        variants,
        card,
        tokenizer: false,
        createRuntime: () => createWasmRuntime({ threads: 1 }),
        signal: stop.signal,
        onProgress: (step) => {
          if (step === stopAt) stop.abort();
        },
      });
    } catch (thrown) {
      if (stopAt === '') throw thrown;
      return [(thrown as Error).name, ...(await names())];
    }
    return sums(opfsSource(await (await opfs).getDirectoryHandle(card.id)));
  },

  list: names,
};

export type Building = typeof building;
expose(building);
