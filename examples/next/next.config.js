/** A folder of plain files: `next build` writes out/, which any static host serves. */
export default { output: 'export' };
