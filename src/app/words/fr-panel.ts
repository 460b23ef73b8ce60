/** The words of the panel in which a person chooses what computes their answers, in French. */
import type { Words } from './en.ts';

export const frPanel: Words['panel'] = {
  open: 'Origine',
  sending: 'Envoyé à {host}',
  title: 'Qui répond ?',
  mipha: {
    label: 'Mipha, dans ce navigateur',
    privacy: 'Les images et les questions ne quittent jamais cet appareil.',
  },
  hub: {
    label: 'Un modèle du hub Hugging Face, dans ce navigateur',
    privacy:
      'Les images et les questions restent sur cet appareil. Les fichiers du modèle sont demandés au hub, qui apprend ainsi votre adresse réseau et le modèle que vous utilisez.',
    list: 'Modèle',
    other: 'Un autre…',
    address: 'Dépôt',
    addressHint: 'propriétaire/nom, ou l’adresse de sa page sur un hub',
    facts: '{skill} {size}, licence {licence}.',
    size: 'Environ {size} à télécharger',
    sizeUnknown: 'La taille s’affiche au téléchargement',
  },
  skills: {
    smallest: 'Descriptions courtes et questions simples ; le plus petit.',
    charts: 'Descriptions, graphiques et texte dans les images ; deux fois plus gros, moins d’erreurs.',
    severalSmall: 'Comme SmolVLM 256M, plus récent ; plusieurs images par question.',
    severalCharts: 'Comme SmolVLM 500M, plus récent ; plusieurs images par question.',
    details: 'Questions sur les détails d’une image, réponses plus longues.',
    strongest:
      'Le plus capable de tous, dans de nombreuses langues ; demande un GPU puissant et des gigaoctets de place.',
  },
  browser: {
    label: 'Le modèle propre au navigateur',
    privacy: 'Le navigateur calcule les réponses sur cet appareil, avec un modèle qu’il a choisi.',
    unavailable: 'Ce navigateur n’en a aucun qui regarde des images.',
    downloadable: 'Le navigateur télécharge d’abord son modèle ; cela peut faire des gigaoctets.',
  },
  server: {
    label: 'Un serveur de votre choix',
    privacy: 'Vos images et vos questions sont envoyées à {host}. Qui l’exploite peut les lire.',
    unnamed: 'ce serveur',
    explained: 'Tout serveur qui parle le protocole de chat d’OpenAI : vLLM, llama.cpp, Ollama et d’autres.',
    address: 'Adresse',
    model: 'Nom du modèle',
    modelHint: 'vide : le premier que possède le serveur',
    key: 'Clé',
    keyHint: 'gardée jusqu’à la fermeture de cette page, sauf si vous cochez la case',
    remember: 'Retenir la clé sur cet appareil, lisible par quiconque utilise ce navigateur',
  },
  strict: 'Cette page ne peut parler qu’à son propre site ; le navigateur y veille. Pour cela, ouvrez l’autre page :',
  connect: 'Ouvrir la page qui peut parler à d’autres serveurs',
  disconnect: 'Revenir à la page qui ne parle à personne d’autre',
  use: 'Utiliser',
};
