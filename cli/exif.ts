/** An EXIF orientation → the size of the upright picture and the matrix that draws the stored one into it. */

export interface Turn {
  width: number;
  height: number;
  /** Row by row, 3 x 3: a stored point (x, y, 1) → its place in the upright picture. */
  matrix: number[];
}

/** `width` and `height` are those of the stored picture, in pixels. Orientations 5-8 swap them. */
export function upright(width: number, height: number, orientation: number): Turn {
  const [w, h] = [width, height];
  const rows: Record<number, [number[], number[]]> = {
    2: [
      [-1, 0, w],
      [0, 1, 0],
    ],
    3: [
      [-1, 0, w],
      [0, -1, h],
    ],
    4: [
      [1, 0, 0],
      [0, -1, h],
    ],
    5: [
      [0, 1, 0],
      [1, 0, 0],
    ],
    6: [
      [0, -1, h],
      [1, 0, 0],
    ],
    7: [
      [0, -1, h],
      [-1, 0, w],
    ],
    8: [
      [0, 1, 0],
      [-1, 0, w],
    ],
  };
  const [across, down] = rows[orientation] ?? [
    [1, 0, 0],
    [0, 1, 0],
  ];
  const swap = orientation >= 5;
  return { width: swap ? h : w, height: swap ? w : h, matrix: [...across, ...down, 0, 0, 1] };
}
