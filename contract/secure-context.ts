/** Whether the browser counts this page as safe → what is not there over plain http: GPU, threads, service worker, hashes. */
import { AppError } from './errors.ts';

/** True on a page that came over plain http, from another host than this device. False where nobody tells (Node). */
export function isInsecure(): boolean {
  return (globalThis as { isSecureContext?: boolean }).isSecureContext === false;
}

/** `webgpu-missing`; over plain http with the `reason` `insecureContext`, and with what to do about it. */
export function noWebGpu(): AppError {
  if (!isInsecure()) return new AppError('webgpu-missing', 'This browser offers no WebGPU here. Use the CPU instead.');
  const message =
    'Browsers give WebGPU only to pages that come over https or from localhost. Open this page over https or on localhost, or use the CPU.';
  return new AppError('webgpu-missing', message, { reason: 'insecureContext' });
}
