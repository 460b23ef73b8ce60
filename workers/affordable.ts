/** A load request → the version of the model to run, so that no more is fetched than somebody has agreed to. */
import { AppError } from '../contract/errors.ts';
import type { Variant } from '../contract/manifest.ts';
import type { LoadRequest } from '../contract/protocol.ts';
import { type GpuFacts, planLadder } from './device-ladder.ts';
import { openModel, type StoredModel } from './store/store.ts';
import { pathsOf } from './variant-choice.ts';

/** What `download-unconfirmed` tells about a model. */
function priceOf({ modelUrl, manifest }: StoredModel, variant: Variant, missing: number): AppError {
  const { name, license } = manifest;
  const message = `${name} has to be fetched first: ${Math.ceil(missing / 1e6)} MB.`;
  const evidence = {
    model: modelUrl,
    name,
    license,
    variant: variant.id,
    bytes: variant.bytes,
    missing_bytes: missing,
  };
  return new AppError('download-unconfirmed', message, evidence);
}

/** The newest version, unless it would have to be fetched without anybody's agreement and an older one is complete here. */
export async function openAffordable(request: LoadRequest, looking: Promise<GpuFacts | null>, signal: AbortSignal) {
  const { modelUrl, max_network_bytes: limit = Number.POSITIVE_INFINITY } = request;
  const opening = openModel(modelUrl, { signal, keptOnly: request.kept_only ?? false });
  const [model, gpu] = await Promise.all([opening, looking]);
  const ladder = planLadder(model.manifest, request, gpu);
  const [first] = ladder.rungs;
  const missing = first && limit < Infinity ? await model.missingBytes(pathsOf(model.manifest, first)) : 0;
  if (!first || missing <= limit) return { model, ...ladder };
  if (!model.update) throw priceOf(model, first, missing);
  const kept = await openModel(modelUrl, { signal, keptOnly: true });
  const again = planLadder(kept.manifest, request, gpu);
  const [runs] = again.rungs;
  if (!runs || (await kept.missingBytes(pathsOf(kept.manifest, runs))) > 0) throw priceOf(model, first, missing);
  again.reasons.push(`A newer version of this model (${Math.ceil(missing / 1e6)} MB) can be fetched under Models.`);
  return { model: kept, ...again };
}
