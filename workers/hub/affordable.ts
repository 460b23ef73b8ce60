/** A load request → the hub files and precisions to run, so that no more is fetched than somebody has agreed to. */
import type { LoadRequest } from '../../contract/protocol.ts';
import { newerExists, type Price, unconfirmed } from '../store/price.ts';
import type { HubAddress } from './address.ts';
import type { HubFiles } from './hub-files.ts';
import { settingsPaths } from './listing.ts';
import { type HubFilesOptions, openHubFiles } from './open-files.ts';
import { type Gpu, planRungs, type Rung } from './precision.ts';

/** Everything that a rung needs. */
export function pathsOf(files: HubFiles, rung: Rung): string[] {
  return [...settingsPaths(files.paths), ...rung.paths];
}

function priceOf({ url, repo }: HubAddress, files: HubFiles, rung: Rung, missing_bytes: number): Price {
  const { license } = files;
  const bytes = files.bytesOf(pathsOf(files, rung));
  return { model: url, name: repo.split('/')[1] ?? repo, license, variant: rung.id, bytes, missing_bytes };
}

/**
 * The newest commit, unless it would have to be fetched without anybody's agreement and an older one is complete here.
 * Throws `download-unconfirmed` where nothing can run without it, else the errors of `openHubFiles` and `planRungs`.
 */
export async function openAffordableHub(
  address: HubAddress,
  request: LoadRequest,
  looking: Promise<Gpu | null>,
  options: HubFilesOptions,
) {
  const limit = request.max_network_bytes ?? Number.POSITIVE_INFINITY;
  const opening = openHubFiles(address, { ...options, keptOnly: request.kept_only ?? false });
  const [files, gpu] = await Promise.all([opening, looking]);
  const plan = planRungs(files.paths, request, gpu);
  const [first] = plan.rungs;
  const missing = first && limit < Infinity ? await files.missingBytes(pathsOf(files, first)) : 0;
  if (!first || missing <= limit) return { files, ...plan };
  const price = priceOf(address, files, first, missing);
  if (!files.update) throw unconfirmed(price);
  const kept = await openHubFiles(address, { ...options, keptOnly: true });
  const again = planRungs(kept.paths, request, gpu);
  const [runs] = again.rungs;
  if (!runs || (await kept.missingBytes(pathsOf(kept, runs))) > 0) throw unconfirmed(price);
  again.reasons.push(newerExists(missing));
  return { files: kept, ...again };
}
