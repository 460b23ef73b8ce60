/** Paths of a checkpoint and of a model → a build in Node. */
import type { AdapterSource } from '../builder/adapters.ts';
import { buildModel, type BuildOptions } from '../builder/build.ts';
import { buildTransformersJs, type PeerModel, type PeerOptions } from '../builder/layouts/transformers-js.ts';
import type { ModelManifest } from '../contract/manifest.ts';
import { replacingSink } from '../files/node/replacing.ts';
import { folderSource } from '../files/node/source.ts';
import { createWasmRuntime } from '../runtime/ort.ts';

export type FolderAdapter = Omit<AdapterSource, 'files'> & { directory: string };

interface Folders {
  checkpoint: string;
  visionTower?: string | undefined;
  out: string;
  /** Replace `out` when it exists. */
  force?: boolean;
}

export interface FolderBuild
  extends Folders,
    Omit<BuildOptions, 'checkpoint' | 'visionTower' | 'mergeAdapter' | 'adapters' | 'out' | 'createRuntime'> {
  mergeAdapter?: string | undefined;
  adapters?: readonly FolderAdapter[];
}

const optional = (directory: string | undefined) => (directory === undefined ? undefined : folderSource(directory));

/** Throws `request-invalid` when there is a folder that must not be replaced, else what `buildModel` throws. */
export async function buildFolder({
  adapters = [],
  out,
  force = false,
  ...options
}: FolderBuild): Promise<ModelManifest> {
  const sink = await replacingSink(out, { force });
  return buildModel({
    ...options,
    out: sink,
    checkpoint: folderSource(options.checkpoint),
    visionTower: optional(options.visionTower),
    mergeAdapter: optional(options.mergeAdapter),
    adapters: adapters.map(({ directory, ...texts }) => ({ ...texts, files: folderSource(directory) })),
    createRuntime: createWasmRuntime,
  });
}

export type PeerFolderBuild = Folders & Omit<PeerOptions, 'checkpoint' | 'visionTower' | 'out'>;

/** The same in the layout of transformers.js. */
export async function buildPeerFolder({ out, force = false, ...options }: PeerFolderBuild): Promise<PeerModel> {
  const sink = await replacingSink(out, { force });
  const visionTower = optional(options.visionTower);
  return buildTransformersJs({ ...options, out: sink, checkpoint: folderSource(options.checkpoint), visionTower });
}
