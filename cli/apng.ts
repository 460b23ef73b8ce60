/** An animated PNG whose first frame is not the picture that plain readers see → that frame as a PNG of its own. */
import { crc32 } from 'node:zlib';

interface Chunk {
  type: string;
  data: Uint8Array;
}

/** A PNG to draw at (x, y) of a canvas. */
interface Frame {
  png: Uint8Array;
  x: number;
  y: number;
}

const SIGNATURE_BYTES = 8;
/** Chunks that say how the samples of any frame are read. */
const SHARED = new Set(['PLTE', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'sBIT']);

function* chunksOf(png: Uint8Array): Generator<Chunk> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let at = SIGNATURE_BYTES; at + 12 <= png.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > png.length) return;
    yield { type: Buffer.from(png.subarray(at + 4, at + 8)).toString('latin1'), data: png.subarray(at + 8, end - 4) };
    at = end;
  }
}

function written({ type, data }: Chunk): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return chunk;
}

/** The chunks of the first frame's data, without their sequence numbers; ends where the second frame begins. */
function frameData(chunks: readonly Chunk[], control: number): Chunk[] {
  const next = chunks.findIndex(({ type }, at) => at > control && type === 'fcTL');
  const own = chunks.slice(control, next === -1 ? undefined : next);
  return own.filter(({ type }) => type === 'fdAT').map(({ data }) => ({ type: 'IDAT', data: data.subarray(4) }));
}

/** Null where the ordinary picture is the first frame: no animation, or one that begins with it. */
export function hiddenFirstFrame(png: Uint8Array): Frame | null {
  const chunks = [...chunksOf(png)];
  const types = chunks.map(({ type }) => type);
  const pixels = types.indexOf('IDAT');
  const control = types.indexOf('fcTL');
  if (types[0] !== 'IHDR' || pixels === -1 || control < pixels || !types.slice(0, pixels).includes('acTL')) return null;
  const { data } = chunks[control] as Chunk;
  const frame = frameData(chunks, control);
  if (data.length !== 26 || frame.length === 0) return null;
  // fcTL: sequence number, width, height, x, y; IHDR begins with width and height.
  const field = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const header = Buffer.from((chunks[0] as Chunk).data);
  header.set(data.subarray(4, 12), 0);
  const shared = chunks.slice(0, pixels).filter(({ type }) => SHARED.has(type));
  const end = { type: 'IEND', data: new Uint8Array() };
  const parts = [{ type: 'IHDR', data: header }, ...shared, ...frame, end].map(written);
  const whole = Buffer.concat([png.subarray(0, SIGNATURE_BYTES), ...parts]);
  return { png: whole, x: field.getUint32(12), y: field.getUint32(16) };
}
