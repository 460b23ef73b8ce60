/** JSON schemas → which tokens may come next, by the XGrammar library; loaded when the first answer needs it. */
import type * as XGrammar from '@mlc-ai/web-xgrammar';
import { AppError } from '../contract/errors.ts';
import { closeJson } from '../engine/close-json.ts';
import type { Constraint, Grammar, Vocabulary } from '../engine/grammar.ts';
import { XGRAMMAR } from './node-files.ts';

/** One line, no spaces to choose: a small model would otherwise get lost in white space. */
const FORM = { anyWhitespace: false, indent: -1, separators: [', ', ': '] as [string, string], strict: true };

const scope = globalThis as {
  xgrammar?: typeof XGrammar;
  location?: unknown;
  process?: { versions?: { node?: string } };
};

async function scriptUrl(): Promise<string> {
  if (scope.process?.versions?.node !== undefined) return XGRAMMAR;
  const { default: url } = await import('@mlc-ai/web-xgrammar/lib/index.js?url');
  return url;
}

let copies = 0;

/**
 * The package is a UMD script without exports that a bundler could see: it is loaded as a file of its own and leaves a
 * global. A new address makes a new copy with a memory of its own.
 */
async function importCopy(): Promise<typeof XGrammar> {
  const url = `${await scriptUrl()}?copy=${copies++}`;
  // In Node it asks CommonJS where it lies, unless something stands in for the page's address.
  const needsLocation = scope.location === undefined;
  if (needsLocation) scope.location = { href: 'file:///' };
  try {
    await import(/* @vite-ignore */ url);
    const library = scope.xgrammar;
    if (!library) throw new Error('it left no global');
    (await library.Grammar.builtinJSONGrammar()).dispose(); // starts its WebAssembly
    return library;
  } catch (cause) {
    const message = 'The part that keeps answers in a form could not be loaded. Reload the page while online.';
    throw new AppError('backend-failed', message, {}, cause);
  } finally {
    if (needsLocation) delete scope.location;
    delete scope.xgrammar;
  }
}

/** The library with the vocabulary of one model in it. */
interface Prepared {
  library: typeof XGrammar;
  compiler: XGrammar.GrammarCompiler;
  vocabulary: Vocabulary;
}

class XGrammarConstraint implements Constraint {
  readonly #library: typeof XGrammar;
  readonly #compiled: XGrammar.CompiledGrammar;
  readonly #matcher: XGrammar.GrammarMatcher;
  readonly #schema: string;
  /** What an exception of the library becomes; nothing of it may be called afterwards. */
  readonly #onBroken: (cause: unknown) => AppError;
  #broken = false;

  constructor(
    library: typeof XGrammar,
    compiled: XGrammar.CompiledGrammar,
    matcher: XGrammar.GrammarMatcher,
    schema: string,
    onBroken: (cause: unknown) => AppError,
  ) {
    this.#library = library;
    this.#compiled = compiled;
    this.#matcher = matcher;
    this.#schema = schema;
    this.#onBroken = onBroken;
  }

  allowed(): Promise<Int32Array> {
    return this.#try(() => this.#matcher.getNextTokenBitmask());
  }

  accept(id: number): Promise<void> {
    return this.#try(() => {
      if (this.#matcher.acceptToken(id)) return;
      throw new AppError('backend-failed', 'The grammar refused a token that it had allowed.', { id });
    });
  }

  closing(text: string): Promise<string> {
    return this.#try(async () => {
      const matcher = await this.#library.GrammarMatcher.createGrammarMatcher(this.#compiled, undefined, true);
      const closing = closeJson(text, this.#schema, {
        accept: (part) => matcher._acceptString(part),
        forced: () => matcher.findJumpForwardString(),
        isWhole: () => matcher.isTerminated(),
      });
      matcher.dispose();
      return closing;
    });
  }

  dispose(): void {
    if (this.#broken) return;
    this.#matcher.dispose();
    this.#compiled.dispose();
  }

  async #try<T>(task: () => T | Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      this.#broken = true;
      throw this.#onBroken(thrown);
    }
  }
}

class JsonGrammar implements Grammar {
  #prepared: Promise<Prepared> | null = null;

  async constrain(schema: string, vocabulary: Vocabulary): Promise<Constraint> {
    const { library, compiler } = await this.#prepare(vocabulary);
    const onBroken = (cause: unknown): AppError => {
      // It breaks off in the middle of something; the next request gets a fresh copy.
      this.#prepared = null;
      const message =
        'The schema of response_format cannot be used: it is wrong, contradicts itself or is too complex.';
      return new AppError('request-invalid', message, { option: 'response_format' }, cause);
    };
    try {
      const { anyWhitespace, indent, separators, strict } = FORM;
      const compiled = await compiler.compileJSONSchema(schema, anyWhitespace, indent, separators, strict);
      const matcher = await library.GrammarMatcher.createGrammarMatcher(compiled);
      return new XGrammarConstraint(library, compiled, matcher, schema, onBroken);
    } catch (cause) {
      throw onBroken(cause);
    }
  }

  async #prepare(vocabulary: Vocabulary): Promise<Prepared> {
    const prepared = await this.#prepared?.catch(() => null); // whoever waited for a failed start has its error
    if (prepared?.vocabulary === vocabulary) return prepared;
    const starting = prepareLibrary(vocabulary);
    this.#prepared = starting;
    starting.catch(() => {
      if (this.#prepared === starting) this.#prepared = null;
    });
    return starting;
  }
}

async function prepareLibrary(vocabulary: Vocabulary): Promise<Prepared> {
  const library = await importCopy();
  const { tokens, stopIds } = vocabulary;
  const encoding = vocabulary.encoding === 'byte-level' ? 'byte_level' : 'byte_fallback';
  const info = await library.TokenizerInfo.createTokenizerInfo([...tokens], encoding, false, tokens.length, [
    ...stopIds,
  ]);
  return { library, compiler: await library.GrammarCompiler.createGrammarCompiler(info), vocabulary };
}

/** A grammar for one engine; nothing is loaded before it is used. */
export function createJsonGrammar(): Grammar {
  return new JsonGrammar();
}
