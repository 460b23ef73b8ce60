/** How fast this machine moves memory: the limit that a decoder on one thread cannot pass. */

const PAGE = 65_536;
const MEBIBYTE = 1024 ** 2;
/** Far beyond every cache. */
const BYTES = 128 * MEBIBYTE;

/** Bytes per second that a copy inside a wasm heap reads and writes together; one value per repetition. */
export function copyBandwidth(repetitions: number): number[] {
  const memory = new WebAssembly.Memory({ initial: (2 * BYTES) / PAGE });
  const heap = new Uint8Array(memory.buffer).fill(1);
  return Array.from({ length: repetitions }, () => {
    const started = performance.now();
    heap.copyWithin(BYTES, 0, BYTES);
    return (2 * BYTES * 1000) / (performance.now() - started);
  });
}
