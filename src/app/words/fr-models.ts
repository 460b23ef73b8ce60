/** The model manager's part of the words in French. */
import type { Words } from './en.ts';

export const frModels: Words['models'] = {
  title: 'Modèles',
  explained:
    'Les modèles sont conservés dans ce navigateur. En supprimer un libère sa place ; on peut le retélécharger ou l’ajouter à nouveau.',
  none: 'Aucun modèle n’est conservé ici.',
  stored: '{size}, conservé ici',
  partly: '{size} déjà ici',
  running: 'Utilisé en ce moment',
  use: 'Utiliser {name}',
  update: 'Mettre à jour ({size})',
  resume: 'Télécharger le reste ({size})',
  delete: 'Supprimer {name}',
  deleteAll: 'Supprimer tous les modèles',
  deleteAllSure: 'Appuyez encore pour supprimer tous les modèles',
  add: 'Ajouter un modèle depuis un dossier',
  addHelp:
    'Choisissez un dossier contenant un modèle au format model-format 1. Il est vérifié et copié dans ce navigateur ; rien n’est envoyé.',
  working: 'Téléchargement ou copie d’un modèle',
  progress: '{loaded} sur {total}',
  speed: '{speed} par seconde',
  left: 'encore {time}',
  pause: 'Suspendre',
  firstRun: 'Télécharger un modèle',
  firstRunText: '{name} doit d’abord être téléchargé : {size}.',
  firstRunMore: 'Il est conservé dans ce navigateur, cela n’arrive donc qu’une fois. Licence : {license}.',
  metered: 'Cette connexion est limitée ou économise les données.',
  download: 'Télécharger ({size})',
  notNow: 'Pas maintenant',
};
