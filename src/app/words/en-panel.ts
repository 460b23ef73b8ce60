/** The words of the panel in which a person chooses what computes their answers, in English. */
export const enPanel = {
  title: 'What answers?',
  mipha: { label: 'Mipha, in this browser', privacy: 'Pictures and questions never leave this device.' },
  hub: {
    label: 'A model of the Hugging Face hub, in this browser',
    privacy:
      'Pictures and questions stay on this device. The hub is asked for the model’s files, so it learns your network address and which model you use.',
    list: 'Model',
    other: 'Another one…',
    address: 'Repository',
    addressHint: 'owner/name, or the address of a hub’s page for it',
    facts: '{skill} {size}, licence {licence}.',
    size: 'About {size} to fetch',
    sizeUnknown: 'Size shown when it is fetched',
  },
  /** What the models that are offered by name are good at. */
  skills: {
    smallest: 'Short descriptions and simple questions; the smallest.',
    charts: 'Descriptions, charts and text in pictures; twice the size, fewer mistakes.',
    severalSmall: 'Like SmolVLM 256M, newer; several pictures in one question.',
    severalCharts: 'Like SmolVLM 500M, newer; several pictures in one question.',
    details: 'Questions about details of a picture, longer answers.',
    strongest: 'The most capable of these, in many languages; needs a strong GPU and gigabytes of room.',
  },
  browser: {
    label: 'The browser’s own model',
    privacy: 'The browser computes the answers on this device, with a model it chose.',
    unavailable: 'This browser has no model that looks at pictures.',
    downloadable: 'The browser fetches its model first; that can be gigabytes.',
  },
  server: {
    label: 'A server of your choice',
    privacy: 'Your pictures and questions are sent to {host}. Whoever runs it can read them.',
    unnamed: 'that server',
    explained: 'Any server that speaks OpenAI’s chat protocol: vLLM, llama.cpp, Ollama and others.',
    address: 'Address',
    model: 'Model name',
    modelHint: 'empty: the first one that the server has',
    key: 'Key',
    keyHint: 'kept until this page is closed, unless you tick the box',
    remember: 'Remember the key on this device, readable by anyone who uses this browser',
  },
  strict:
    'This page can talk to its own site and to nobody else; the browser enforces that. For this, open the other page:',
  connect: 'Open the page that may talk to other servers',
  disconnect: 'Back to the page that talks to nobody else',
  use: 'Use',
};
