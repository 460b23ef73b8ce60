/** A load request → the version of the model to run, so that no more is fetched than somebody has agreed to. */
import type { LoadRequest } from '../contract/protocol.ts';
import { type GpuFacts, planLadder } from './device-ladder.ts';
import { localFolder } from './store/local-files.ts';
import { newerExists, unconfirmed } from './store/price.ts';
import { type OpenOptions, openModel } from './store/store.ts';
import { pathsOf } from './variant-choice.ts';

/** Where the model comes from: the files that came with the request, or its folder. */
async function sourceOf({ modelUrl, kept_only, files }: LoadRequest): Promise<[string, OpenOptions]> {
  if (!files) return [modelUrl, { keptOnly: kept_only ?? false }];
  const folder = await localFolder(files);
  return [folder.modelUrl, { fetch: folder.fetch }];
}

/**
 * The newest version, unless it would have to be fetched without anybody's agreement and an older one is complete here.
 * Throws `download-unconfirmed` where nothing can run without it, else the errors of the store and the ladder.
 */
export async function openAffordable(
  request: LoadRequest,
  looking: Promise<GpuFacts | null>,
  signal: AbortSignal,
  options: OpenOptions = {},
) {
  const limit = request.files ? Number.POSITIVE_INFINITY : (request.max_network_bytes ?? Number.POSITIVE_INFINITY);
  const [modelUrl, source] = await sourceOf(request);
  const opening = openModel(modelUrl, { ...options, ...source, signal });
  const [model, gpu] = await Promise.all([opening, looking]);
  const ladder = planLadder(model.manifest, request, gpu);
  const [first] = ladder.rungs;
  const missing = first && limit < Infinity ? await model.missingBytes(pathsOf(model.manifest, first)) : 0;
  if (!first || missing <= limit) return { model, ...ladder };
  const { name, license } = model.manifest;
  const price = { model: model.modelUrl, name, license, variant: first.id, bytes: first.bytes, missing_bytes: missing };
  if (!model.update) throw unconfirmed(price);
  const kept = await openModel(modelUrl, { ...options, signal, keptOnly: true });
  const again = planLadder(kept.manifest, request, gpu);
  const [runs] = again.rungs;
  if (!runs || (await kept.missingBytes(pathsOf(kept.manifest, runs))) > 0) throw unconfirmed(price);
  again.reasons.push(newerExists(missing));
  return { model: kept, ...again };
}
