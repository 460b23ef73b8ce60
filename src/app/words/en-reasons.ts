/** What went wrong and what to do, in English: with a server, and by the reason of an error. */
export const enServerFailures = {
  serverUnreachable: 'The server cannot be reached. Check that it runs and that its address is right.',
  serverKey: '{server} wants a valid key. Check the key under “Source”.',
  serverForbidden: '{server} does not allow this. Check the key and what it may be used for.',
  serverUnknown: '{server} knows no such address or model. Check both under “Source”.',
  serverBusy: '{server} is busy, or you have reached a limit. Wait a while, then try again.',
  serverMoved:
    '{server} redirects to another address, which this page does not follow. Enter the final address under “Source”.',
  serverFailed: '{server} failed. Look at its log, or try again later.',
  serverRefused: '{server} did not accept the request.',
  serverForeign: '{server} does not answer like an OpenAI-compatible server. Check the address.',
  serverSaid: 'It said: “{said}”',
};

/** By the `reason` in an error's evidence, whose other fields fill the places. `contract/reasons.ts` has more, which join them. */
export const enReasons = {
  noQuestion: 'Type a question first.',
  noImage: 'Add a picture first; your question is kept.',
  oneAtATime: 'This model looks at one picture at a time: the last one was kept.',
  /** Counted by `max`. */
  tooManyImages: {
    one: 'This model looks at one picture at a time. Remove the others first.',
    other: 'This model looks at {max} pictures at a time. Remove some first.',
  },
  noFile: 'That came without a file. Save the picture first, then add it; this page fetches nothing from elsewhere.',
  address:
    'That is an address. This page opens none, so that nobody learns what you look at. Save the picture, then add it.',
  sampleMissing: 'The sample picture could not be fetched. Check the connection, or add a picture of your own.',
  screenFailed: 'The screen was not captured.',
  emptyFile: 'This file is empty. Add another picture.',
  damaged: 'This picture is damaged or incomplete. Add another copy of it.',
  unreadable:
    'This picture is damaged or incomplete, or of an unusual kind that this browser cannot read. Save it anew as PNG or JPEG, or add another copy.',
  gone: 'The file could not be read. Was it moved or deleted?',
  notAnImage: 'This file is not a picture. Add a PNG, JPEG, WebP, GIF, AVIF or BMP file.',
  cannotOpen: 'This browser cannot open this kind of picture, or it is damaged. Save it as JPEG or PNG.',
  tooManyPixels: 'This picture has {width} × {height} pixels, more than can be opened here. Add a smaller copy.',
  tooManyBytes: 'This file is larger than 256 MB. Add a smaller picture.',
  heic: 'This is a HEIC file, which cannot be opened here. Save or share it as JPEG.',
  tiff: 'This is a TIFF file, which cannot be opened here. Save it as PNG or JPEG.',
  pdf: 'This is a PDF file, which cannot be opened here. Take a screenshot of the page and add that.',
  svg: 'This is an SVG file, which cannot be opened here. Save it as PNG.',
  zip: 'This is a ZIP file, which cannot be opened here. Unpack it and add the picture inside.',
  video: 'This is a video file, which cannot be opened here. Take a screenshot of the scene and add that.',
  insecureContext:
    'Browsers allow this only to pages that come over https or from localhost. Open this page over https or on localhost.',
  importNotJson: '“{file}” was not imported: it is not a JSON file.',
  importForeign: '“{file}” was not imported: it was not saved by this page.',
  importNewer: '“{file}” was not imported: a newer version of this page saved it.',
  importBroken: '“{file}” was not imported: {path} is not as expected.',
  importImage: '“{file}” was not imported: {path} is not a picture that can be opened here.',
  importTooLarge: '“{file}” was not imported: it is larger than {max} MB.',
  'mixed-content':
    'This page came over https, so the browser lets it talk to {server} over https only. Give the server a certificate, or open this page over http.',
  policy: 'This page’s own security policy forbids talking to {server}. Open the page for other servers.',
  network:
    '{server} does not answer. Check that it runs, that its address is right, and that it accepts pages from {page} (Ollama: OLLAMA_ORIGINS, vLLM: --allowed-origins).',
  offline: '{server} cannot be reached: this device is offline.',
  cors: '{server} answers, but not to pages of this site. To change that, let the server accept pages from {page} (Ollama: OLLAMA_ORIGINS, vLLM: --allowed-origins).',
  silent: 'The server was silent for {seconds} s. Look at its log, or try again.',
  endless: 'The server sent a message that never ended.',
  badAddress: 'That is not the address of a server. It looks like http://localhost:8000/v1.',
  passwordInAddress: 'Leave name and password out of the address; a key has a field of its own.',
  badKey: 'A key has only letters, digits and signs, and no spaces.',
  partNotFetched:
    'The part of the page that computes answers could not be fetched. Check the connection, then try again.',
  noModelListed: '{server} lists no model. Load one there, or enter a name.',
  wrongModel: '{server} has no model “{model}”. It has: {list}',
  cut: 'The connection to {server} ended before the answer did. Try again.',
  blind: 'The model on {server} does not look at pictures.',
  serverTooLarge: '{server} does not take a request this large. Use a smaller picture.',
  notKept: 'This model is not kept in this browser any more. Fetch it again, or add its files again.',
  noManifest: 'There is no manifest.json among these files. Pick the whole folder of a model in model-format 1.',
  severalModels: 'There are several models among these files. Pick the folder of one of them.',
  fileMissing: 'The file {path} is missing among those that were picked. Pick the whole folder of the model.',
  modelAddress: 'That is no address of a model. It looks like https://example.org/model/ or owner/name.',
  strictPage:
    'This page fetches models from its own site only, and the browser enforces that. Open the other page for this one.',
  otherOrigin:
    'The model could not be fetched from {server}. Check the address and the connection. Its host also has to allow other sites to read it: it has to send the header Access-Control-Allow-Origin with every file.',
  modelNeedsHttps:
    'This page came over https, so the browser lets it fetch from {server} over https only. Use an address that begins with https.',
};
