/** What a model costs to fetch → the error that asks a person first, and what is said when an older version runs meanwhile. */
import { AppError } from '../../contract/errors.ts';

export interface Price {
  /** URL under which the model is kept. */
  model: string;
  name: string;
  /** Empty where nobody says. */
  license: string;
  variant: string;
  bytes: number;
  missing_bytes: number;
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

/** `download-unconfirmed`: nothing was fetched yet, and nothing will be until somebody agrees. */
export function unconfirmed(price: Price): AppError {
  const message = `${price.name} has to be fetched first: ${megabytes(price.missing_bytes)}.`;
  return new AppError('download-unconfirmed', message, { ...price });
}

export function newerExists(missingBytes: number): string {
  return `A newer version of this model (${megabytes(missingBytes)}) can be fetched under Models.`;
}
