/** What Node imports where a page fetches files: packages, by their names. The packed command brings its own instead. */

/** Starts ONNX Runtime's CPU build, whose WebAssembly lies beside it. */
export const ORT_GLUE = 'onnxruntime-web/ort-wasm-simd-threaded.mjs';
