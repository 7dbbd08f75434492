import type { Static, TObject } from 'typebox'
import type { Definition } from '../catalog.ts'

/** A version of an event that is not written any more, and how its data become those of the next version. */
export interface Upcaster {
  /** The type as it was written, such as `sallyport.kill_switch.set.v1`. */
  readonly type: string
  /** The type that the data are of afterwards: the one that is written now, or another that has an upcaster. */
  readonly next: string
  /** What the version was when it was written. It never changes. */
  readonly definition: Definition
  /** A pure function. Members that this release does not know stay. */
  readonly upcast: (data: never) => object
}

/** Declares an upcaster; `upcast` gets data that keep the schema of its version. */
export function upcaster<S extends TObject>(
  made: Omit<Upcaster, 'definition' | 'upcast'> & {
    readonly definition: Omit<Definition, 'schema'> & { readonly schema: S }
    readonly upcast: (data: Static<S>) => object
  },
): Upcaster {
  return made
}
