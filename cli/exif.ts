/** Stored pixels and their EXIF orientation → pixels turned upright. */

/** Four-byte pixels turned upright. Orientations 5-8 swap width and height. */
export function upright(data: Uint8Array, width: number, height: number, orientation: number) {
  if (orientation === 1) return { data, width, height };
  const swap = orientation >= 5;
  const outWidth = swap ? height : width;
  const outHeight = swap ? width : height;
  const source = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const turned = new Uint32Array(width * height);
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const [sx, sy] = sourceOf(x, y, width - 1, height - 1, orientation);
      turned[y * outWidth + x] = source[sy * width + sx] as number;
    }
  }
  return { data: new Uint8Array(turned.buffer), width: outWidth, height: outHeight };
}

/** Where the upright pixel (x, y) lies in the stored picture, whose last column and row are `right` and `bottom`. */
function sourceOf(x: number, y: number, right: number, bottom: number, orientation: number): [number, number] {
  switch (orientation) {
    case 2:
      return [right - x, y];
    case 3:
      return [right - x, bottom - y];
    case 4:
      return [x, bottom - y];
    case 5:
      return [y, x];
    case 6:
      return [y, bottom - x];
    case 7:
      return [right - y, bottom - x];
    case 8:
      return [right - y, x];
    default:
      return [x, y];
  }
}
