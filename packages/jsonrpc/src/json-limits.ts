/** The limits of a JSON text. Every limit is of the text as it was sent, before escapes are resolved. */
export interface JsonLimits {
  /**
   * Whether `__proto__`, `constructor` and `prototype` are keys like any other. A server's parser may take them for
   * more, so that requests must not have them; in an answer they are data, such as the properties of a schema. Default
   * false.
   */
  readonly prototypeKeys?: boolean
  /** Bytes of UTF-8. Default 4 MiB. */
  readonly maxBytes?: number
  /** Nesting of arrays and objects. Default 64. */
  readonly maxDepth?: number
  /** Members of all objects and elements of all arrays together: each costs far more than its bytes. Default 50,000. */
  readonly maxMembers?: number
  /**
   * Members whose key the object before, at the same depth, did not have in the same place: each costs far more than one
   * that is repeated like in the rows of a table. Default 20,000.
   */
  readonly maxKeys?: number
  /** Length of a key, in UTF-16 units. Default 1024. */
  readonly maxKeyLength?: number
  /** Length of any other string, in UTF-16 units. Default 1 Mi. */
  readonly maxStringLength?: number
}

/** For texts that were checked before. Depth has a bound, as reading takes stack. */
export const UNBOUNDED: Required<JsonLimits> & { readonly maxArguments: number } = {
  prototypeKeys: true,
  maxBytes: Number.MAX_SAFE_INTEGER,
  maxDepth: 512,
  maxMembers: Number.MAX_SAFE_INTEGER,
  maxKeys: Number.MAX_SAFE_INTEGER,
  maxKeyLength: Number.MAX_SAFE_INTEGER,
  maxStringLength: Number.MAX_SAFE_INTEGER,
  maxArguments: Number.MAX_SAFE_INTEGER,
}

export const DEFAULT_LIMITS: Required<JsonLimits> = {
  prototypeKeys: false,
  maxBytes: 4 * 1024 * 1024,
  maxDepth: 64,
  maxMembers: 50_000,
  maxKeys: 20_000,
  maxKeyLength: 1024,
  maxStringLength: 1024 * 1024,
}
