/** The things that a server may take one action for, beside the name that it was sent under. */
export interface Readings {
  /** Names in other readings of all of it. What is allowed has to be allowed under each. */
  readonly whole: readonly string[]
  /** Names for a server that leaves a part out. A rule that denies or holds one of them counts. */
  readonly shorter: readonly string[]
  /** Where it cannot be told what a server makes of it: what the names begin with that it may have. */
  readonly unclear: Beginnings | null
}

export interface Beginnings {
  /** Of its own name. */
  readonly own: string
  /** Of its wider name; null where that is known. */
  readonly wider: string | null
}

/** An action that every server takes for the same. */
export const ONE_READING: Readings = { whole: [], shorter: [], unclear: null }
