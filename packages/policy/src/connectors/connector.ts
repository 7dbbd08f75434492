import type { Readings } from '../readings/readings.ts'
import type { Risk } from '../words.ts'
import type { NameShape } from './name-shape.ts'

/** One action that a connector names, as a person reads it. */
export interface ActionDescription {
  /** `<tool>` and the like stand for what the caller chooses. */
  readonly name: string
  /** What is asked with it: a method of the protocol. */
  readonly asks: string
  /** Wider names that permissions may use as well, the narrowest first. */
  readonly lessSpecific: readonly string[]
  /** `by name`: the words in the chosen name tell. */
  readonly risk: Risk | 'by name'
}

/** A kind of upstream: how its traffic is named and where agents reach it. Pure data and functions, no I/O. */
export interface Connector {
  readonly kind: string
  /** One line for a person who chooses a kind. */
  readonly summary: string
  readonly actions: readonly ActionDescription[]
  /** Every name that it gives to an action. */
  readonly shapes: readonly NameShape[]
  /**
   * Names of discovery, each with the beginning of the names that it lists. A pattern with `*` behind that beginning is
   * about what is listed, and does not cover the list.
   */
  readonly discovery: ReadonlyMap<string, string>
  /** Patterns that are allowed to every gateway where no permission says otherwise. */
  readonly builtin: readonly string[]
  /** Which targets an upstream of this kind may have. */
  readonly targets: readonly ('http' | 'stdio' | 'attached')[]
  /** The path on the proxy under which agents reach the upstream of this name. */
  pathOf(upstream: string): string
  /** The address that stands for a domain. */
  addressOf(domain: string): string
  riskOf(action: string): Risk
  /** The wider names of an action, the narrowest first. */
  lessSpecificOf(action: string): readonly string[]
  /** What servers of this kind may take an action for, beside what its name says. */
  readingsOf(action: string): Readings
}
