/** A load request → the version of the model to run, so that no more is fetched than somebody has agreed to. */
import type { Variant } from '../../contract/manifest.ts';
import type { LoadRequest } from '../../contract/protocol.ts';
import { type GpuFacts, planFallback } from '../../runtime/fallback-order.ts';
import { localFolder } from '../../store/local-files.ts';
import { affordable } from '../../store/price.ts';
import { type OpenOptions, openModel, type StoredModel } from '../../store/store.ts';
import { pathsOf } from '../../runtime/variant-choice.ts';

/** Where the model comes from: the files that came with the request, or its folder. */
async function sourceOf({ modelUrl, kept_only, files }: LoadRequest): Promise<[string, OpenOptions]> {
  if (!files) return [modelUrl, { keptOnly: kept_only ?? false }];
  const folder = await localFolder(files);
  return [folder.modelUrl, { fetch: folder.fetch }];
}

/** See `affordable`; throws the errors of the store and of `planFallback` too. */
export async function openAffordable(
  request: LoadRequest,
  looking: Promise<GpuFacts | null>,
  signal: AbortSignal,
  options: OpenOptions = {},
) {
  const limit = request.files ? Number.POSITIVE_INFINITY : (request.max_network_bytes ?? Number.POSITIVE_INFINITY);
  const [modelUrl, source] = await sourceOf(request);
  const opening = openModel(modelUrl, { ...options, ...source, signal });
  const [, gpu] = await Promise.all([opening, looking]);
  const { version, ...plan } = await affordable<StoredModel, Variant>({
    limit,
    newest: opening,
    kept: () => openModel(modelUrl, { ...options, signal, keptOnly: true }),
    plan: ({ manifest }) => planFallback(manifest, request, gpu),
    missing: (model, variant) => model.missingBytes(pathsOf(model.manifest, variant)),
    price: ({ modelUrl: model, manifest: { name, license } }, { id: variant, bytes }, missing_bytes) => ({
      model,
      name,
      license,
      variant,
      bytes,
      missing_bytes,
    }),
  });
  return { model: version, ...plan };
}
