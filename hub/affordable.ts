/** A load request → the hub files and precisions to run, so that no more is fetched than somebody has agreed to. */
import type { LoadRequest } from '../contract/protocol.ts';
import { affordable, type Price } from '../store/price.ts';
import type { HubAddress } from '../files/hub/address.ts';
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

/** See `affordable`; throws the errors of `openHubFiles` and `planRungs` too. */
export async function openAffordableHub(
  address: HubAddress,
  request: LoadRequest,
  looking: Promise<Gpu | null>,
  options: HubFilesOptions,
) {
  const limit = request.max_network_bytes ?? Number.POSITIVE_INFINITY;
  const opening = openHubFiles(address, { ...options, keptOnly: request.kept_only ?? false });
  const [, gpu] = await Promise.all([opening, looking]);
  const { version, ...plan } = await affordable<HubFiles, Rung>({
    limit,
    newest: opening,
    kept: () => openHubFiles(address, { ...options, keptOnly: true }),
    plan: (files) => planRungs(files.paths, request, gpu),
    missing: (files, rung) => files.missingBytes(pathsOf(files, rung)),
    price: (files, rung, missing) => priceOf(address, files, rung, missing),
  });
  return { files: version, ...plan };
}
