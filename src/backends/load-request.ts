/** What a backend was made with → the request that its worker is sent. */
import type { LoadRequest } from '../../contract/protocol.ts';
import type { WorkerBackendOptions } from './worker.ts';

type LoadOptions = Pick<
  WorkerBackendOptions,
  'modelUrl' | 'device' | 'variant' | 'keptOnly' | 'files' | 'maxNetworkBytes'
>;

export function loadRequestOf(options: LoadOptions): LoadRequest {
  const { modelUrl, device, variant, keptOnly, files, maxNetworkBytes } = options;
  const base = typeof location === 'undefined' ? undefined : location.href;
  const { href } = new URL(modelUrl.endsWith('/') ? modelUrl : `${modelUrl}/`, base);
  const limit = maxNetworkBytes?.(href) ?? Number.POSITIVE_INFINITY;
  return {
    modelUrl: href,
    ...(device ? { device } : {}),
    ...(variant ? { variant } : {}),
    ...(keptOnly ? { kept_only: true } : {}),
    ...(files ? { files } : {}),
    ...(Number.isFinite(limit) ? { max_network_bytes: limit } : {}),
  };
}
