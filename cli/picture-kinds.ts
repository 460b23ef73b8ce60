/** The kinds of pictures that Node reads → how texts name them and how their files do. */

export const PICTURE_KINDS = 'PNG, JPEG, WebP, GIF, AVIF or BMP';
export const PICTURE_FILE = /\.(a?png|jpe?g|jfif|webp|gif|avif|bmp)$/i;
