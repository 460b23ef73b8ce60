/** What can go wrong before anything else has arrived, and what to do then, in English: by the code of an error. */
export const enFailures = {
  webgpuMissing: 'WebGPU was asked for, but this browser offers no usable graphics adapter.',
  downloadUnconfirmed: 'This needs a larger download than you agreed to.',
  outOfMemory: 'There was not enough memory. Close other tabs or programs, then try again.',
  downloadFailed: 'The model could not be fetched. Check the connection, then try again; what has arrived is kept.',
  chunkCorrupt: 'Part of the model arrived damaged and was discarded. Try again to fetch that part anew.',
  quota: 'The browser has no space to keep this. Free some disk space, then try again.',
  storageBlocked:
    'The browser blocks storage for this page. Allow site data, or leave private browsing, then try again.',
  manifestInvalid: 'The model folder is not in the expected form.',
  modelUnsupported: 'This version of the page cannot run this model.',
  selfTestFailed: 'This device computes wrong answers with the model, so it was not started.',
  contextFull:
    'The question and the conversation so far are longer than the model can read. Shorten the question, or start a new conversation.',
  cancelled: 'Stopped.',
  workerLost: 'The part of the page that computes answers stopped working and is being started again.',
  backendFailed: 'The answer could not be computed.',
  partMissing: 'This part of the page could not be fetched. Check the connection, then reload the page.',
};
